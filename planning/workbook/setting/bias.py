"""How own numbers of past years came out: told beside the new ones, as information and never as a cut."""

import pandas as pd

from planning.history.attainment import attainment
from planning.history.engine import History, open_history
from planning.history.results import is_complete, months_in
from planning.store import bottom
from planning.workbook.context import Context
from planning.workbook.leading import concerned
from planning.workbook.place import plan

COLUMNS = ("rep", "years", "said", "result", "quotient")


def bias(context: Context) -> pd.DataFrame:
    """Hold what people said they could bring in past years against what they brought.

    Parameters
    ----------
    context
        Where one stands, and who is asking: one sees oneself and whom one leads.

    Returns
    -------
    Columns `COLUMNS`, a row a person who said a number for a year that is told in whole: how many ``years``, what was
    ``said`` and what came of it (``result``) in these together, whole minor units, and the ``quotient`` of result and
    said (the bias quotient: above 1 for who says too little, below for who says too much). No rows where no own
    number of a past year was kept.
    """
    with open_history(context.settings) as history:
        first, last = (context.calendar.year_of_month(month) for month in months_in(history))
        years = [
            year
            for year in range(first, min(last, context.year - 1) + 1)
            if is_complete(history, context.calendar, context.calendar.months(year)[-1])
        ]
        with plan(context.settings) as database, database.reading() as connection:
            said = {year: bottom.own(connection, year) for year in years}
        found = [_of_year(context, history, year, told) for year, told in said.items() if len(told)]
    empty = pd.DataFrame({name: pd.Series(dtype="str" if name == "rep" else "int64") for name in COLUMNS[:4]})
    table = pd.concat([empty, *found]).groupby("rep", as_index=False)[["years", "said", "result"]].sum()
    mine = concerned(context, table["rep"])
    table = table[table["rep"].isin(mine)].reset_index(drop=True)
    return table.assign(quotient=table["result"] / table["said"].where(table["said"] > 0))


def _of_year(context: Context, history: History, year: int, said: pd.DataFrame) -> pd.DataFrame:
    months = context.calendar.months(year)
    came = attainment(history, context.calendar, "revenue", ["rep"], months[0], months[-1])
    own = said.groupby("rep", as_index=False)["amount"].sum().rename(columns={"amount": "said"})
    both = own.merge(came[["rep", "result"]], how="left", on="rep").fillna({"result": 0})
    return both.assign(years=1).astype({"result": "int64"})
