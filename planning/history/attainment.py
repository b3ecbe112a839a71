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

import pandas as pd

from planning.errors import PlanningError
from planning.history.engine import History
from planning.history.sums import ALL_IF_EMPTY, Sums, told_by
from planning.metrics import Metric, metric
from planning.periods import PERIODS, FiscalCalendar, month_range

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


@dataclass(frozen=True)
class Reconciliation:
    """The results that a table shows beside all that was loaded, in whole minor units or counts."""

    shown: int
    loaded: int

    @property
    def difference(self) -> int:
        """What the table shows beyond what was loaded; anything but 0 is a defect."""
        return self.shown - self.loaded


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
        Any of `planning.history.engine.DIMENSIONS`, and at most one of `planning.periods.PERIODS`.
    first, last
        ISO months, both included.
    where
        Dimensions that must have a value, such as ``{"territory": "Canada"}``.

    Returns
    -------
    The columns of `by`, then ``goal``, ``result``, ``difference`` (whole minor units or counts; fractions for
    a ratio) and ``attainment`` (a fraction). The results add up to all results of these months, except for a
    ratio, which is never added up and has no goal here: goals of past years are amounts that add up.

    Raises
    ------
    PlanningError
        If a metric, dimension or value is not known, or the months are not in order.
    """
    measured, scope = _asked(history, name, by, first, last, where)
    table = _ratio(history, calendar, measured, scope) if measured.over else _sum(history, calendar, measured, scope)
    return table.sort_values(by, ignore_index=True)[[*by, *FIGURES]] if by else table[list(FIGURES)]


def reconcile(
    history: History, table: pd.DataFrame, name: str, first: str, last: str, where: Mapping[str, str] | None = None
) -> Reconciliation:
    """Hold the results of an attainment table against one plain sum over the rows loaded.

    Parameters
    ----------
    history, name, first, last, where
        As for `attainment`.
    table
        What `attainment` gave.

    Raises
    ------
    PlanningError
        If the metric is a ratio, which does not add up.
    """
    measured, scope = _asked(history, name, [], first, last, where)
    if measured.over:
        raise PlanningError(f"{measured.label} is a ratio: its results do not add up to a total.")
    loaded = _results(history, FiscalCalendar(), measured, scope)["result"].sum()
    return Reconciliation(int(table["result"].sum()), int(loaded))


def _asked(
    history: History, name: str, by: list[str], first: str, last: str, where: Mapping[str, str] | None
) -> tuple[Metric, Scope]:
    measured = metric(name)
    month_range(first, last)
    table = metric(measured.over[0]).table if measured.over else measured.table
    scope = Scope(by, first, last, dict(where or {}))
    history.check(table, scope.by, scope.where, PERIODS)
    return measured, scope


def _sum(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    results = _results(history, calendar, measured, scope)
    table = _side_by_side(results, _goals(history, calendar, measured, scope), scope.by, "outer")
    # An empty name means "all" in a goal and "not known" in a result: the two are shown, not compared.
    named = table[[each for each in scope.by if each in ALL_IF_EMPTY]].notna().all(axis=1)
    unsold = table["result"].isna() & table["goal"].notna() & named & _is_measured(history, measured)
    result = table["result"].mask(unsold, 0)
    goal = table["goal"].where(named)
    return table.assign(result=result, difference=result - goal, attainment=_quotient(result, goal))


def _is_measured(history: History, measured: Metric) -> bool:
    return len(history.rows(f"select 1 as one from {measured.table} limit 1")) > 0


def _results(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    return history.sums(
        Sums(
            measured.table,
            {"result": measured.expression},
            scope.by,
            measured.date,
            scope.first,
            scope.last,
            scope.where,
            condition=f"({measured.expression}) is not null",
        ),
        calendar,
    )


def _goals(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    empty = pd.DataFrame({**{name: pd.Series(dtype="str") for name in scope.by}, "goal": pd.Series(dtype="Int64")})
    if not all(told_by("goals", dimension) for dimension in (*scope.dimensions, *scope.where)):
        return empty
    asked = Sums(
        "goals",
        {"goal": "target"},
        scope.by,
        "month",
        scope.first,
        scope.last,
        scope.where,
        condition="fact.metric = $metric",
        parameters={"metric": measured.name},
    )
    table = history.sums(asked, calendar)
    # Where no goal at all tells a dimension, a row of goals without a name would say nothing.
    told = all(table[each].notna().any() for each in scope.by if each in ALL_IF_EMPTY)
    return table if told else empty


def _ratio(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    above, below = (metric(each) for each in measured.over or ())
    top = _results(history, calendar, above, scope).rename(columns={"result": "above"})
    bottom = _results(history, calendar, below, scope).rename(columns={"result": "below"})
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
    bottom = below.astype("Float64")
    return above.astype("Float64") / bottom.where(bottom != 0)
