"""What the goals ask people to do, what their plans lead to, and whether goal, capacity and funnel agree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planning.errors import LedgerError, unknown_name
from planning.goals.activity import arithmetic as activity
from planning.goals.activity import coverage
from planning.goals.activity.arithmetic import Backwards
from planning.goals.activity.gap import TOLERANCE, gaps
from planning.goals.activity.triangle import finding, triangle
from planning.periods import add_months, first_day, last_day
from planning.workbook.activity.standing import Standing
from planning.workbook.expected.capacity import carried


@dataclass(frozen=True)
class Expected:
    """What a planned activity leads to.

    Parameters
    ----------
    activities
        A row a planned activity (`planning.goals.activity.arithmetic.forwards`).
    through_pipeline, low, high
        Result to expect through the pipeline, and where it lies four times in five, minor units.
    besides
        Orders outside the pipeline, as last year, minor units.
    goal, asked
        The goal, and its part that comes through the pipeline, minor units.
    """

    activities: pd.DataFrame
    through_pipeline: int
    low: int
    high: int
    besides: int
    goal: int
    asked: int

    @property
    def result(self) -> int:
        """The result to expect, with the orders outside the pipeline."""
        return self.through_pipeline + self.besides


def backwards(seen: Standing, rep: str) -> Backwards:
    """Go from a rep's goal back to deals, opportunities, calls and visits by week (`goals.activity.arithmetic`).

    Raises
    ------
    LedgerError
        If the rep has no goal.
    HistoryError
        If the history has no pipeline.
    """
    _known(seen, rep)
    return activity.backwards(seen.rhythm, rep, seen.goals.loc[rep], seen.context.calendar, seen.context.year)


def forwards(seen: Standing, rep: str, planned: Mapping[str, float]) -> Expected:
    """Say what a rep's planned activity a week leads to, and hold it against the goal.

    Parameters
    ----------
    seen
        What it is reckoned from.
    rep
        Who.
    planned
        How many in a working week, of some kinds and steps.

    Raises
    ------
    LedgerError
        If the rep has no goal.
    PlanningError
        If the history has no pipeline, or the plan names what is not known.
    """
    _known(seen, rep)
    weeks = float(seen.weeks[rep])
    table = activity.forwards(seen.rhythm, rep, planned, weeks)
    least = table[table["binds"]].iloc[0]
    goal = int(seen.goals.loc[rep].sum())
    part = float(seen.rhythm.reps.at[rep, "part"])
    return Expected(
        table, int(least["result"]), int(least["low"]), int(least["high"]), int(besides(seen)[rep]), goal,
        round(goal * part),
    )  # fmt: skip


def usual(seen: Standing, rep: str) -> pd.Series:
    """Give what a rep did in a working week of the last twelve months, by kind and step."""
    _known(seen, rep)
    return seen.rhythm.per_week.loc[rep]


def besides(seen: Standing) -> pd.Series:
    """Give the orders outside the pipeline by rep, as last year: minor units."""
    part = seen.rhythm.reps["part"].reindex(seen.reps)
    return (seen.base.clip(lower=0) * (1 - part)).round().astype("int64")


def check(seen: Standing, opened: Mapping[str, float] | None = None, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Say of everybody whether goal and activity contradict each other (`planning.goals.activity.gap`).

    Parameters
    ----------
    seen
        What it is reckoned from.
    opened
        Opportunities that reps plan to open a week; others go on as in the last twelve months.
    tolerance
        Part by which the two may differ.

    Raises
    ------
    LedgerError
        If a plan is for somebody without a goal.
    HistoryError
        If the history has no pipeline.
    """
    for rep in opened or {}:
        _known(seen, rep)
    planned = pd.Series(dict(opened), dtype="float64") if opened else None
    return gaps(seen.rhythm, seen.goals.sum(axis=1), seen.weeks, planned, tolerance)


def against_plan(seen: Standing, rep: str, found: Expected, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Hold what a rep's plan leads to against the goal, as `check` does: one row.

    The plan counts as the opportunities a week that bring as much as its least activity does.
    """
    a_win = float(seen.rhythm.reach.at[rep, seen.rhythm.steps[0]])
    least = found.activities[found.activities["binds"]].iloc[0]
    weeks = float(seen.weeks[rep])
    opened = float(least["deals"]) / a_win / weeks if weeks else 0.0
    return check(seen, {rep: opened}, tolerance).loc[[rep]]


def covered(seen: Standing) -> pd.DataFrame:
    """Hold the pipeline open now against what the goals still need.

    Returns
    -------
    A row a rep: ``needed`` of the pipeline in what is left of the year, ``due`` of it within one sales cycle from the
    end of the history, ``open``, ``expected`` (open, each deal by the part of its step that is won), ``ratio`` of
    open to due, ``required`` (1 / win rate), ``pipeline_needed`` and ``short`` (never below zero); minor units.

    Raises
    ------
    HistoryError
        If the history has no pipeline.
    """
    found = seen.rhythm
    activity.require(found)
    step, part = found.steps[0], found.reps["part"].reindex(seen.reps)
    left = [month for month in seen.goals.columns if month > found.last]
    needed = (seen.goals.sum(axis=1) * part - seen.booked).clip(lower=0)
    due = np.minimum(_due(seen, left) * part, needed)
    stock = seen.pipeline.assign(expected=seen.pipeline["amount"] * _each(seen.pipeline, found.reach))
    sums = stock.groupby("rep")[["amount", "expected"]].sum().reindex(seen.reps, fill_value=0.0)
    rates = found.reach.loc[seen.reps, step]
    rows = [coverage.coverage(round(asked), 0, int(there), rate)
            for asked, there, rate in zip(due, sums["amount"], rates, strict=True)]  # fmt: skip
    table = pd.DataFrame({
        "needed": needed.round().astype("int64"), "due": due.round().astype("int64"),
        "open": sums["amount"].astype("int64"), "expected": sums["expected"].round().astype("int64"),
        "ratio": [each.ratio for each in rows], "required": [each.required for each in rows],
        "pipeline_needed": [each.pipeline_needed for each in rows],
    }, index=seen.goals.index)  # fmt: skip
    return table.assign(short=(table["pipeline_needed"] - table["open"]).clip(lower=0))


def coming(seen: Standing) -> pd.DataFrame:
    """Give what the open pipeline is expected to bring by the month in which it should be won.

    A deal is expected after the mean days from its step to the win, but not before the history ends; what it brings
    is its value by the part of its step that is won.

    Returns
    -------
    ``month`` and ``amount``, minor units.

    Raises
    ------
    HistoryError
        If the history has no pipeline.
    """
    activity.require(seen.rhythm)
    stock = seen.pipeline[seen.pipeline["rep"].isin(seen.reps)].reset_index(drop=True)
    days = pd.to_timedelta(_each(stock, seen.rhythm.lags).round(), unit="D")
    next_day = pd.Timestamp(first_day(add_months(seen.rhythm.last, 1)))
    closes = (pd.to_datetime(stock["reached"]).fillna(next_day) + days).clip(lower=next_day)
    return coverage.weighted(stock["amount"], _each(stock, seen.rhythm.reach), [each.date() for each in closes])


def set_against(seen: Standing, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Set goal, capacity and funnel of each rep against each other (`planning.goals.activity.triangle`).

    Returns
    -------
    A row a rep: ``goal``, ``capacity``, ``funnel`` with ``low`` and ``high``, the gaps, ``alone``, ``talk`` and
    ``says``, in words. The funnel is empty where the history has no pipeline.
    """
    goal = seen.goals.sum(axis=1)
    table = pd.DataFrame({"goal": goal, "capacity": _capacity(seen).reindex(goal.index)}, dtype="Int64")
    funnel = pd.DataFrame(pd.NA, goal.index, ["funnel", "low", "high"], dtype="Int64")
    if seen.rhythm.pipeline:
        brought = check(seen)[["expected", "low", "high"]].set_axis(funnel.columns, axis=1)
        funnel = brought.add(besides(seen), axis=0)
    found = triangle(pd.concat([table, funnel], axis=1), tolerance)
    return found.assign(says=[finding(row) for row in found.to_dict("records")])


def _capacity(seen: Standing) -> pd.Series:
    """Share the capacity of each territory and month over those who serve it, by what each sells when ramped."""
    found = carried(replace(seen.context, territory=""))
    grid = found.grid.rename(columns={"period": "month"})
    shared = seen.present.merge(grid[["territory", "month", "capacity"]], on=["territory", "month"])
    sells = found.of_each.set_index("rep")["drawn"].clip(lower=0)
    weight = shared["ramped"] * shared["rep"].map(sells).fillna(sells.mean())
    whole = weight.groupby([shared["territory"], shared["month"]]).transform("sum")
    shared["carries"] = shared["capacity"] * (weight / whole.where(whole > 0)).fillna(0.0)
    return shared.groupby("rep")["carries"].sum().round().astype("Int64")


def _known(seen: Standing, rep: str) -> None:
    if rep not in seen.goals.index:
        raise LedgerError(unknown_name("rep with a goal", rep, seen.reps))


def _each(stock: pd.DataFrame, of: pd.DataFrame) -> pd.Series:
    """Give for each row of the pipeline what its rep has for its step."""
    keys = pd.MultiIndex.from_frame(stock[["rep", "step"]])
    return pd.Series(of.stack().reindex(keys).to_numpy(dtype=float), stock.index).fillna(0.0)


def _due(seen: Standing, left: list[str]) -> pd.Series:
    """Give what goals ask for within one sales cycle from the first month that is not in yet."""
    cycle = seen.rhythm.lags.loc[seen.reps, seen.rhythm.steps[0]]
    asked = pd.Series(0.0, seen.goals.index)
    for month in left:
        begins, days = (first_day(month) - first_day(left[0])).days, (last_day(month) - first_day(month)).days + 1
        asked += seen.goals[month].clip(lower=0) * ((cycle - begins) / days).clip(0, 1)
    return asked
