"""Results held against goals, at every level that the data tells.

Variance is result minus goal, everywhere: below goal is negative. Empty is not zero:

- somebody with a goal and no result has a result of 0 and an attainment of 0;
- somebody with a result and no goal has no goal, no difference and no attainment;
- goals that do not tell the dimension asked for are not spread over it: the goal stays empty. Where
  some tell it and some do not, the latter stand in a row with an empty name, so that the total is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from planning.errors import PlanningError, unknown_name
from planning.history.engine import History, check_dimension, summed, told_by
from planning.metrics import Metric, metric
from planning.periods import PERIODS, FiscalCalendar, first_day, last_day

FIGURES = ("goal", "result", "difference", "attainment")


@dataclass(frozen=True)
class Scope:
    """What is asked: split by what, over which months, and of what alone."""

    by: list[str]
    first: str
    last: str
    where: Mapping[str, str]

    @property
    def dimensions(self) -> list[str]:
        """What it is split by, but for time."""
        return [each for each in self.by if each not in PERIODS]

    @property
    def period(self) -> str:
        """Kind of period it is split by, empty if none."""
        return next((each for each in self.by if each in PERIODS), "")


def attainment(
    history: History,
    calendar: FiscalCalendar,
    name: str,
    by: list[str],
    first: str,
    last: str,
    where: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Hold results against goals.

    Parameters
    ----------
    history, calendar
        The history, and the fiscal calendar for quarters, halves and years.
    name
        Metric of the catalogue.
    by
        Dimensions and periods, any of `planning.history.engine.DIMENSIONS` and `planning.periods.PERIODS`.
    first, last
        ISO months, both included.
    where
        Dimensions that must have a value, such as ``{"territory": "Canada"}``.

    Returns
    -------
    The columns of `by`, then ``goal``, ``result``, ``difference`` (whole minor units or counts; fractions for
    a ratio) and ``attainment`` (a fraction). The results add up to all results of these months.

    Raises
    ------
    PlanningError
        If a metric, dimension or value is not known.
    """
    measured, scope = metric(name), Scope(by, first, last, dict(where or {}))
    _check(history, scope)
    table = _ratio(history, calendar, measured, scope) if measured.over else _sum(history, calendar, measured, scope)
    return table.sort_values(by, ignore_index=True)[[*by, *FIGURES]] if by else table[list(FIGURES)]


def _sum(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    results = _sums(history, calendar, measured, scope)
    table = _side_by_side(results, _goals(history, calendar, measured, scope), scope.by, "outer")
    named = table[scope.by].notna().all(axis=1)
    measurable = len(history.rows(f"select 1 from {measured.table} limit 1")) > 0
    unsold = table["result"].isna() & table["goal"].notna() & named & measurable
    result = table["result"].mask(unsold, 0)
    difference = result - table["goal"]
    return table.assign(result=result, difference=difference, attainment=_quotient(result, table["goal"]))


def _check(history: History, scope: Scope) -> None:
    for dimension in (*scope.dimensions, *scope.where):
        check_dimension(dimension)
    if len(set(scope.by)) < len(scope.by) or len(scope.by) - len(scope.dimensions) > 1:
        raise PlanningError(f"A dimension, or more than one kind of period, is named twice: {', '.join(scope.by)}.")
    for dimension, value in scope.where.items():
        known = history.names(dimension)
        if value not in known:
            raise PlanningError(unknown_name(dimension.replace("_", " "), value, known))


def _sums(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    asked = (*scope.dimensions, *scope.where)
    untold = [dimension for dimension in asked if not told_by(measured.table, dimension)]
    if untold:
        raise PlanningError(
            f"{measured.label} is measured on {measured.table}, which do not tell {', '.join(untold)}."
        )
    counted = f"({measured.expression}) is not null"
    return _by_period(
        history, calendar, measured.table, measured.date, ("result", measured.expression), counted, scope
    )


def _goals(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    empty = pd.DataFrame({**{name: pd.Series(dtype="str") for name in scope.by}, "goal": pd.Series(dtype="Int64")})
    if not all(told_by("goals", dimension) for dimension in (*scope.dimensions, *scope.where)):
        return empty
    asked = f"fact.metric = '{measured.name}'"
    table = _by_period(history, calendar, "goals", "month", ("goal", "target"), asked, scope)
    # Where no goal at all tells a dimension, a row of goals without a name would say nothing.
    return table if all(table[dimension].notna().any() for dimension in scope.dimensions) else empty


def _by_period(
    history: History,
    calendar: FiscalCalendar,
    table: str,
    date: str,
    figure: tuple[str, str],
    condition: str,
    scope: Scope,
) -> pd.DataFrame:
    """Sum by dimensions and months in the engine, then months to the period asked for."""
    name, expression = figure
    monthly = ["month" if each in PERIODS else each for each in scope.by]
    within = f"fact.{date} between $first and $last and {condition}"
    sql = summed(table, {name: expression}, monthly, scope.where, date, within)
    values = {f"where_{dimension}": value for dimension, value in scope.where.items()}
    found = history.rows(sql, first=first_day(scope.first), last=last_day(scope.last), **values).astype(
        {name: "Int64"}
    )
    if scope.period in ("", "month"):
        return found
    found[scope.period] = found.pop("month").map(lambda month: calendar.label(month, scope.period)).astype("str")
    return found.groupby(scope.by, as_index=False, dropna=False)[[name]].sum()


def _ratio(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    """Divide two sums; a goal for a ratio is not a sum of goals, so there is none at any other level."""
    above, below = (metric(each) for each in measured.over or ())
    top = _sums(history, calendar, above, scope).rename(columns={"result": "above"})
    bottom = _sums(history, calendar, below, scope).rename(columns={"result": "below"})
    table = _side_by_side(bottom, top, scope.by, "left")
    quotient = _quotient(table["above"].fillna(0), table["below"])
    if measured.unit == "money":
        quotient = quotient.round().astype("Int64")
    empty = pd.Series(pd.NA, table.index, dtype="Float64")
    return table.assign(goal=empty, result=quotient, difference=empty, attainment=empty)


def _side_by_side(
    one: pd.DataFrame, other: pd.DataFrame, by: list[str], how: Literal["left", "outer"]
) -> pd.DataFrame:
    if by:
        return one.merge(other, on=by, how=how)
    return pd.concat([each.reindex(range(1)) for each in (one, other)], axis=1)


def _quotient(above: pd.Series, below: pd.Series) -> pd.Series:
    top, bottom = above.astype("Float64"), below.astype("Float64")
    return (top / bottom.where(bottom != 0)).replace([np.inf, -np.inf], pd.NA)
