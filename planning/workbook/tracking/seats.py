"""Who sees whose year: their own and their team's by name, all others together."""

import pandas as pd

from planning.history import results
from planning.history.engine import open_history
from planning.workbook.context import Context
from planning.workbook.leading import concerned, led, managers
from planning.workbook.tracking.course import Where

OTHERS = "All others"
NOBODY = "Not handed to anybody"
FEWEST = 3
"""People whose sum is shown to who may not see each of them: what fewer did could be told apart."""


def limited(context: Context) -> set[str] | None:
    """Name the people whose year is the business of who is asking; none for everybody's."""
    me = context.person
    return None if me is None or me.role == "planner" else {me.name, *led(context)}


def named(context: Context, units: pd.DataFrame, by: str, where: Where) -> pd.DataFrame:
    """Say under which name each unit is shown.

    Parameters
    ----------
    context
        Who is asking; a territory in view leaves the others out.
    units
        ``territory``, ``rep`` and, if lines are shown, ``product_line``.
    by
        What is shown.
    where
        Territories and reps that are shown alone.

    Returns
    -------
    The units with ``name``, empty where a unit is not shown.
    """
    table = units.assign(name=names(context, units, by))
    for dimension, values in where.items():
        if dimension != "product_line" and by != "product_line":
            table["name"] = table["name"].where(table[dimension].isin(list(values)), "")
    if context.territory and by != "product_line":
        table["name"] = table["name"].where(table["territory"] == context.territory, "")
    narrowed = context.territory or any(name != "product_line" for name in where)
    if by == "product_line" or (by == "company" and not narrowed):
        return table
    # The sum of few people would tell of each: what is narrowed to some is of one's own alone.
    return _only_ours(context, table, "" if by == "company" else OTHERS)


def _only_ours(context: Context, table: pd.DataFrame, together: str) -> pd.DataFrame:
    """Put together what is none of the business of who is asking."""
    if limited(context) is None:
        return table
    mine = table["rep"].isin(concerned(context, table["rep"]) - {""})
    others = table.loc[~mine & (table["rep"] != ""), "rep"].nunique()
    return table.assign(name=table["name"].where(mine, together if others >= FEWEST else ""))


def names(context: Context, units: pd.DataFrame, by: str) -> pd.Series:
    """Name what each of some units belongs to: its rep, manager, territory, region, product line or the company."""
    if by == "product_line":
        return units["product_line"].where(units["product_line"] != "", "No product line")
    if by == "rep":
        return units["rep"].where(units["rep"] != "", NOBODY)
    if by == "manager":
        return units["rep"].map(managers(context)).fillna("Nobody's team")
    if by == "company":
        return pd.Series(context.territory or context.settings.company, units.index)
    if by == "territory":
        return units["territory"].where(units["territory"] != "", "No territory")
    with open_history(context.settings) as history:
        regions = results.territories(history).set_index("territory")["region"]
    return units["territory"].map(regions).fillna("No region")
