"""Results held against goals, at every level that the data tells.

Variance is result minus goal, everywhere: below goal is negative. Empty is not zero:

- somebody with a goal and no result has a result of 0 and an attainment of 0;
- somebody with a result and no goal has no goal, no difference and no attainment;
- goals that do not tell the dimension asked for are not spread over it: the goal stays empty. Where
  some tell it and some do not, the latter stand in a row with an empty name, so that the total is kept.

Attainment is result over goal; of a metric where less is better, goal over result: over 100% is good for all.

A ratio is never added up: it is one sum over another. Its goal is the goal of the one over the goal of the other,
where both were set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from planning.errors import PlanningError
from planning.history.engine import History
from planning.history.sums import ALL_IF_EMPTY, Sums, told_by
from planning.metrics import Metric
from planning.periods import PERIODS, FiscalCalendar, first_day, last_day, month_range

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
        """What it is split by of time; empty if it is not."""
        return next((each for each in self.by if each in PERIODS), "")

    def months(self, calendar: FiscalCalendar) -> pd.Series:
        """Give the months asked for, each under the name of its period; all under none if not split by time."""
        asked = month_range(self.first, self.last)
        return pd.Series(asked, [calendar.label(each, self.period) if self.period else "" for each in asked])


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
    ratio.

    Raises
    ------
    PlanningError
        If a metric, dimension or value is not known, or the months are not in order.
    """
    measured, scope = _asked(history, name, by, first, last, where)
    table = _ratio(history, calendar, measured, scope) if measured.over else _sum(history, calendar, measured, scope)
    return table[[*by, *FIGURES]]


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
        If the metric is a ratio or an average, which does not add up.
    """
    measured, scope = _asked(history, name, [], first, last, where)
    if measured.over or measured.over_time == "average":
        kind = "a ratio" if measured.over else "an average"
        raise PlanningError(f"{measured.label} is {kind}: its results do not add up to a total.")
    loaded = _results(history, FiscalCalendar(), measured, scope)["result"].sum()
    return Reconciliation(int(table["result"].sum()), int(loaded))


def _asked(
    history: History, name: str, by: list[str], first: str, last: str, where: Mapping[str, str] | None
) -> tuple[Metric, Scope]:
    measured = history.metric(name)
    month_range(first, last)
    table = history.metric(measured.over[0]).table if measured.over else measured.table
    scope = Scope(by, first, last, dict(where or {}))
    history.check(table, scope.by, scope.where, PERIODS)
    return measured, scope


def measured_by(history: History, dimensions: Sequence[str] = ()) -> list[str]:
    """Name the metrics that the history holds results of, and that tell some dimensions, in the catalogue's order."""
    told = [
        history.metric(each.name)
        for each in history.metrics.values()
        if each.table and all(told_by(each.table, name) for name in dimensions)
    ]
    filled: set[str] = set()
    for table in dict.fromkeys(each.table for each in told):
        counted = ", ".join(f"count({each.expression}) as {each.name}" for each in told if each.table == table)
        counts = history.rows(f"select {counted} from {table}").iloc[0]
        filled |= set(counts.index[counts > 0])
    return _with_ratios(history, filled)


def goal_metrics(history: History, first: str, last: str) -> list[str]:
    """Name the metrics that goals were set on for some months: ratios too, where both of their parts have goals."""
    found = history.rows(
        "select distinct metric from goals where month between $first and $last",
        first=first_day(first),
        last=last_day(last),
    )
    return _with_ratios(history, set(found["metric"]))


def _with_ratios(history: History, names: set[str]) -> list[str]:
    return [
        name
        for name, each in history.metrics.items()
        if not each.part_only and (names.issuperset(each.over) if each.over else name in names)
    ]


def _sum(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    results = _results(history, calendar, measured, scope)
    table = _side_by_side(results, _goals(history, calendar, measured, scope), scope.by)
    # An empty name means "all" in a goal and "not known" in a result: the two are shown, not compared.
    named = table[[each for each in scope.by if each in ALL_IF_EMPTY]].notna().all(axis=1)
    unsold = table["result"].isna() & table["goal"].notna() & named & _is_measured(history, measured)
    return _compared(table.assign(result=table["result"].mask(unsold, 0)), named, measured)


def _compared(table: pd.DataFrame, named: pd.Series, measured: Metric) -> pd.DataFrame:
    """Hold results against goals, where the goal is for the same thing."""
    result, goal = table["result"], table["goal"].where(named)
    if not goal.notna().any():
        return table.assign(difference=goal, attainment=goal.astype("Float64"))
    above, below = (result, goal) if measured.higher_is_better else (goal, result)
    return table.assign(difference=result - goal, attainment=_quotient(above, below))


def _is_measured(history: History, measured: Metric) -> bool:
    sql = f"select 1 as one from {measured.table} where ({measured.expression}) is not null limit 1"
    return len(history.rows(sql)) > 0


def _results(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    asked = Sums(
        measured.table,
        {"result": measured.expression},
        scope.by,
        measured.date,
        scope.first,
        scope.last,
        scope.where,
        condition=f"({measured.expression}) is not null",
    )
    return _over_time(history, calendar, measured, scope, asked)


def _over_time(
    history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope, asked: Sums
) -> pd.DataFrame:
    """Add up over each period, average its months, or take its last one, as the metric says."""
    months = scope.months(calendar)
    if measured.over_time == "last":
        ends = months.groupby(level=0).last()
        listed = ", ".join(f"date '{first_day(each)}'" for each in ends)
        asked = replace(asked, condition=f"{asked.condition} and fact.{asked.date} in ({listed})")
    table = history.sums(asked, calendar)
    if measured.over_time == "average":
        counts = months.groupby(level=0).size()
        over = table[scope.period].map(counts).astype("Float64") if scope.period else counts.iloc[0]
        table = table.assign(**{name: table[name].astype("Float64") / over for name in asked.of})
        if measured.unit == "money":
            table = table.assign(**{name: table[name].round().astype("Int64") for name in asked.of})
    return table


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
    table = _over_time(history, calendar, measured, scope, asked)
    # Where no goal at all tells a dimension, a row of goals without a name would say nothing.
    told = all(table[each].notna().any() for each in scope.by if each in ALL_IF_EMPTY)
    return table if told else empty


def _ratio(history: History, calendar: FiscalCalendar, measured: Metric, scope: Scope) -> pd.DataFrame:
    parts = [history.metric(each) for each in measured.over or ()]
    results = [_results(history, calendar, part, scope) for part in parts]
    goals = [_goals(history, calendar, part, scope) for part in parts]
    over = _side_by_side(
        _one_over_other(results[0], results[1], scope.by).rename(columns={"quotient": "result"}),
        _one_over_other(goals[0], goals[1], scope.by).rename(columns={"quotient": "goal"}),
        scope.by,
    )
    if measured.unit == "money":
        over = over.assign(**{name: over[name].round().astype("Int64") for name in ("result", "goal")})
    return _compared(over, over[scope.by].notna().all(axis=1), measured)


def _one_over_other(above: pd.DataFrame, below: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Divide one sum by the other, row by row; no row where the other has none."""
    empty = above.empty or above.iloc[:, -1].isna().all()
    names = [*by, "above"], [*by, "below"]
    table = _side_by_side(below.set_axis(names[1], axis=1), above.set_axis(names[0], axis=1), by, "left")
    # Where others have something above the line, nothing is a zero; where nobody has, it is not known.
    top = table["above"] if empty else table["above"].fillna(0)
    return table.assign(quotient=_quotient(top, table["below"]))[[*by, "quotient"]]


def _side_by_side(
    one: pd.DataFrame, other: pd.DataFrame, by: list[str], how: Literal["left", "outer"] = "outer"
) -> pd.DataFrame:
    if by and not len(other):
        # With many millions of groups, a join with nothing costs more than the query did.
        figure = other.columns[-1]
        return one.assign(**{figure: pd.Series(pd.NA, one.index, dtype=other[figure].dtype)})
    if by:
        return one.merge(other, on=by, how=how).sort_values(by, ignore_index=True)
    return pd.concat([each.reindex(range(1)) for each in (one, other)], axis=1)


def _quotient(above: pd.Series, below: pd.Series) -> pd.Series:
    bottom = below.astype("Float64")
    return above.astype("Float64") / bottom.where(bottom != 0)
