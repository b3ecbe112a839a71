"""What the page of the year in course draws: the course by month, the map of months, signals, and open stages."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from planning.errors import PlanningError
from planning.goals.activity.arithmetic import backwards
from planning.history import signs as past
from planning.history.engine import open_history
from planning.tracking.pace import ratio
from planning.workbook.activity.standing import standing as reckoned
from planning.workbook.context import Context
from planning.workbook.leading import managers
from planning.workbook.tracking import alerts, seats
from planning.workbook.tracking.course import UNIT, Where
from planning.workbook.tracking.progress import begun, levelled

SIGNALS = (
    "rep", "territory", "activity_a_week", "usual_a_week", "activity", "opened_a_month", "usual_a_month", "openings",
    "proposals", "open", "coverage", "required", "win_rate", "usual_win_rate", "cycle", "usual_cycle",
)  # fmt: skip


def by_month(
    context: Context, metric: str = "revenue", as_of: date | None = None, where: Where | None = None
) -> pd.DataFrame:
    """Give goal and result added up month by month.

    Parameters
    ----------
    context
        Where one stands; who may not see everybody gets their own and their team's.
    metric
        An additive metric; of a ratio its upper part.
    as_of
        The day; none for the last one that anything is known of.
    where
        ``territory``, ``rep`` or ``product_line`` that must have one of some values.

    Returns
    -------
    ``month``, ``goal``, ``original`` and ``result`` (empty after the month in course), whole units.
    """
    with open_history(context.settings) as history:
        measured = history.metric(metric)
    at, parts = begun(context, measured, as_of)
    limits = _limits(context, where or {})
    course = parts[0].course(context.year, UNIT, limits)
    first = parts[0].course(context.year, UNIT, limits, "original").goals
    result = levelled(parts[0].metric, course.results, at).sum(axis=0).cumsum()
    goal, original = (levelled(parts[0].metric, table, at).sum(axis=0).cumsum() for table in (course.goals, first))
    told = pd.Series(result, dtype="Int64").mask(at.parts <= 0)
    return pd.DataFrame({"month": at.months, "goal": goal, "original": original, "result": told})


def by_place(
    context: Context, by: str = "territory", as_of: date | None = None, where: Where | None = None
) -> pd.DataFrame:
    """Give attainment of each month that is over: a row a territory, rep or team, a column a month, fractions."""
    with open_history(context.settings) as history:
        measured = history.metric("revenue")
    at, parts = begun(context, measured, as_of)
    course = parts[0].course(context.year, UNIT, _limits(context, where or {}))
    over = at.parts >= 1
    keys = course.units["rep"].map(managers(context)).fillna("") if by == "manager" else course.units[by]
    names = sorted(set(keys) - {""})
    rows = []
    for name in names:
        mine = (keys == name).to_numpy()
        attained = ratio(course.results[mine].sum(axis=0), course.goals[mine].sum(axis=0))
        rows.append(np.where(over, attained, np.nan))
    table = pd.DataFrame(rows, index=names, columns=list(at.months))
    return table.loc[:, over]


def leading(context: Context, as_of: date | None = None) -> pd.DataFrame:
    """Give the signals of each rep on a day (`planning.tracking.signals`), those furthest below their usual first.

    Returns
    -------
    `SIGNALS`; of what the history does not tell, the column is empty. Only whose business it is of who is asking.
    """
    year = alerts.signs_of(context, as_of)
    last = year.reps[year.reps["place"] == year.reps["place"].max()]
    mine = seats.limited(context)
    last = last if mine is None else last[last["rep"].isin(mine)]
    if context.territory:
        last = last[last["territory"] == context.territory]
    table = last.reindex(columns=list(SIGNALS))
    return table.sort_values("activity", ignore_index=True, na_position="last")


def takes(context: Context, rep: str) -> pd.Series:
    """Give what the goal of a rep takes in a full working week, by activity; empty where it cannot be told."""
    try:
        seen = reckoned(context)
        return backwards(seen.rhythm, rep, seen.goals.loc[rep], context.calendar, context.year).year["a_week"]
    except (PlanningError, KeyError):
        return pd.Series(dtype="float64")


def stages(context: Context, by: str = "stage", where: Where | None = None) -> pd.DataFrame:
    """Sum up what is open now.

    Parameters
    ----------
    context
        Where one stands; who may not see everybody gets their own and their team's.
    by
        ``stage``, or one of `planning.workbook.tracking.progress.BY`.
    where
        ``territory``, ``rep``, ``product_line`` or ``stage`` that must have one of some values.

    Returns
    -------
    ``name``, ``deals`` and ``value`` (minor units), the largest first.
    """
    with open_history(context.settings) as history:
        rows = past.stages(history)
    for name, values in _limits(context, where or {}).items():
        rows = rows[rows[name].isin(list(values))]
    told = rows["stage"] if by == "stage" else seats.names(context, rows, by)
    sums = rows.assign(name=told).groupby("name", as_index=False)[["deals", "value"]].sum()
    return sums.sort_values(["value", "name"], ascending=[False, True], ignore_index=True)


def team(context: Context, manager: str) -> list[str]:
    """Name the people who report to a manager directly."""
    return sorted(rep for rep, leader in managers(context).items() if leader == manager)


def _limits(context: Context, where: Where) -> dict[str, Sequence[str]]:
    """Limit to what one may see, and to the territory in view."""
    limits: dict[str, Sequence[str]] = {name: list(values) for name, values in where.items()}
    if context.territory:
        limits["territory"] = [context.territory]
    mine = seats.limited(context)
    if mine is not None:
        limits["rep"] = sorted(mine & set(limits.get("rep", mine)))
    return limits
