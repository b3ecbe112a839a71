"""At which pace a goal is being reached: what was due, what came, and what each day left would have to bring.

What is due by a day are the goal's own months up to it; of the month in course, the part of its working days that has
passed. So a season in the goal is a season in the pace, and never a straight line over the year.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from planning.amounts import Real, Whole
from planning.errors import TrackingError
from planning.periods import FiscalCalendar, first_day, last_day

WEEK = 5
"""Working days of a week."""

FIGURES = (
    "goal", "expected", "result", "difference", "attainment", "reached", "a_day", "needed_per_day", "needed_per_week",
    "projected",
)  # fmt: skip


@dataclass(frozen=True)
class Elapsed:
    """How far a year has gone on a day.

    Parameters
    ----------
    as_of
        The day; what was done on it counts.
    months
        The year's months (ISO).
    parts
        Part of each month's working days that has passed, 0 to 1.
    days, days_left
        Working days that have passed and that are left.
    """

    as_of: date
    months: tuple[str, ...]
    parts: Real
    days: int
    days_left: int

    @property
    def whole(self) -> int:
        """How many months are over."""
        return int((self.parts >= 1).sum())

    @property
    def place(self) -> float:
        """How many months are over, the one in course in part."""
        return float(self.parts.sum())


def elapsed(calendar: FiscalCalendar, year: int, as_of: date) -> Elapsed:
    """Say how far a fiscal year has gone on a day.

    Raises
    ------
    TrackingError
        If the year has not begun on that day.
    """
    months = calendar.months(year)
    first, last = first_day(months[0]), last_day(months[-1])
    if as_of < first:
        raise TrackingError(f"FY{year} begins on {first}: on {as_of} there is nothing to tell of it yet.")
    day = min(as_of, last)
    parts = [_part(calendar, month, day) for month in months]
    done = calendar.working_days(first, day)
    return Elapsed(day, tuple(months), np.array(parts), done, calendar.working_days(first, last) - done)


def due(goals: Whole, parts: Real) -> Whole:
    """Give what is due of goals by month: a row a goal, a column a month; each rounded once, to the unit.

    Examples
    --------
    >>> due(np.array([[500, 300, 200]]), np.array([1.0, 0.5, 0.0])).tolist()
    [650]
    """
    return np.rint((goals * parts).sum(axis=-1)).astype(np.int64)


def paced(goals: Whole, results: Whole, at: Elapsed, higher_is_better: bool = True) -> pd.DataFrame:
    """Hold results so far against what was due, and say what is left to be done.

    Parameters
    ----------
    goals
        A row a goal, a column a month, whole units.
    results
        Results to date, one a goal.
    at
        How far the year has gone.
    higher_is_better
        Whether more is good.

    Returns
    -------
    A row a goal: ``goal`` (of the year), ``expected`` (due by the day), ``result``, ``difference`` (result less
    expected), ``attainment`` (result over expected; where less is better, the other way round), ``reached`` (result
    over the year's goal), ``a_day`` (result a working day so far), ``needed_per_day`` and ``needed_per_week`` (what
    is left of the goal over the days and weeks that are left, never below zero; empty when none are) and
    ``projected`` (the goal at the pace so far; empty where nothing was due). Whole units, shares as fractions.
    """
    goal, expected = goals.sum(axis=1), due(goals, at.parts)
    attained = ratio(results, expected) if higher_is_better else ratio(expected, results)
    left = np.clip(goal - results, 0, None).astype(float)
    per_day = left / at.days_left if at.days_left else np.full(len(goal), np.nan)
    return pd.DataFrame({
        "goal": goal, "expected": expected, "result": results, "difference": results - expected,
        "attainment": attained, "reached": ratio(results, goal),
        "a_day": _whole(results / at.days if at.days else np.full(len(goal), np.nan)),
        "needed_per_day": _whole(per_day), "needed_per_week": _whole(WEEK * per_day),
        "projected": _whole(ratio(results, expected) * goal),
    })  # fmt: skip


def ratio(above: Whole, below: Whole) -> Real:
    """Divide, and give nothing where there is nothing to divide by."""
    bottom = below.astype(float)
    return np.divide(above, bottom, out=np.full(len(bottom), np.nan), where=bottom > 0)


def _whole(values: Real) -> pd.Series:
    return pd.Series(values).round().astype("Int64")


def _part(calendar: FiscalCalendar, month: str, day: date) -> float:
    first, last = first_day(month), last_day(month)
    if day >= last or day < first:
        return float(day >= last)
    worked = calendar.working_days(first, last)
    return calendar.working_days(first, day) / worked if worked else (day.day / last.day)
