"""What the people can carry next year, against what is expected or asked of them."""

from dataclasses import dataclass

import pandas as pd

from planning.assumptions import capacity
from planning.assumptions.kinds import kind
from planning.goals.setting import cascade
from planning.history import seats
from planning.history.engine import open_history
from planning.history.results import months_in
from planning.workbook.context import Context
from planning.workbook.goals import Outlook, outlook, rests_on
from planning.workbook.kept import kept


@dataclass(frozen=True)
class Carried:
    """Capacity against what the expected result asks for.

    Parameters
    ----------
    year
        The company's or the territory's year, one row (`planning.assumptions.capacity.against`).
    territories, months, grid
        The same by territory, by month, and by both.
    steps
        How the capacity comes about: ``step`` (in words) and ``amount``, minor units.
    productivity, of_each
        What a ramped seat sells, and what each rep sells when ramped (`planning.history.seats`).
    """

    year: pd.DataFrame
    territories: pd.DataFrame
    months: pd.DataFrame
    grid: pd.DataFrame
    steps: pd.DataFrame
    productivity: pd.DataFrame
    of_each: pd.DataFrame


def carried(context: Context, selling_time: float = 1.0) -> Carried:
    """Say what the people can carry by territory and month, and hold it against the expected result.

    Parameters
    ----------
    context
        Where one stands; a territory in view limits everything to it.
    selling_time
        Time for selling over last year's: 1.1 is a tenth more.
    """
    on = rests_on(context)
    told = None if on is None else (on, context.territory, selling_time)
    return kept(context.settings, "capacity", told, lambda: _carried(context, selling_time))


def _carried(context: Context, selling_time: float) -> Carried:
    seen = outlook(context)
    calendar, ramp = context.calendar, context.settings.ramp_months
    with open_history(context.settings) as history:
        _, told = months_in(history)
        past = [month for month in calendar.months(context.year - 1) if month <= told]
        productive, of_each = (find(history, past, ramp) for find in (seats.productivity, seats.of_each))
        people = seats.served(history, calendar.months(context.year), ramp)
    present = _present(people, seen, calendar.months(context.year))
    worth = productive.set_index("territory")["drawn"]
    table = capacity.capacity(present, worth, _season(seen), seen.assumptions, seen.scene, selling_time)
    asked = cascade.expected(seen.steps).groupby(["territory", "period"], as_index=False)["amount"].sum()
    if context.territory:
        table, asked = (each[each["territory"] == context.territory] for each in (table, asked))
    year, territories, months, grid = (
        capacity.against(table, asked, by) for by in ([], ["territory"], ["period"], ["territory", "period"])
    )
    return Carried(year, territories, months, grid, _steps(table), productive, of_each)


def _present(people: pd.DataFrame, seen: Outlook, months: list[str]) -> pd.DataFrame:
    """Give everybody who has a position, by territory and month."""
    here = people.merge(seen.places, on=["territory", "rep"])
    sums = here.groupby(["territory", "month"])[["served", "ramped"]].sum()
    everywhere = pd.MultiIndex.from_product([seen.territories["territory"], months], names=["territory", "month"])
    return sums.reindex(everywhere, fill_value=0.0).reset_index().rename(columns={"month": "period"})


def _season(seen: Outlook) -> pd.Series:
    """Give the share of the year that each month brings at the company, if nothing changes."""
    months = seen.baseline.groupby("period")["amount"].sum().clip(lower=0)
    months = months.reindex(seen.scene.months, fill_value=0)
    total = months.sum()
    return months / total if total > 0 else pd.Series(1 / len(months), months.index)


def _steps(table: pd.DataFrame) -> pd.DataFrame:
    kinds = [name for name in capacity.PEOPLE if name in table]
    rows = [("The people there are, as far as they are ramped", int(table["people"].sum()))]
    rows += [(kind(name).label, int(table[name].sum())) for name in kinds]
    return pd.DataFrame(rows, columns=["step", "amount"])
