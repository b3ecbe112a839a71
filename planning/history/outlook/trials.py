"""Forecasts put to the test on the company's own past: how far off each method was, and which one a series gets.

A trial stands at an earlier month, forecasts what was then to come from what was then known, and is held against what
came. Accounts stand with whoever serves them today in all trials, so the company, territories and product lines are
judged exactly as they would have been then, positions as the accounts that they hold now.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.amounts import Real
from planning.history.outlook.candidates import (
    CANDIDATES,
    ENDED,
    INTERMITTENT,
    SEASONAL_NAIVE,
    SHORT,
    STEADY,
    Known,
    forced,
    forecasts,
    known,
)
from planning.history.season import MONTHS

COMBINED = "average of methods"
"""What a series gets while nothing tells the methods apart: the mean of their forecasts, hardly ever the worst."""

_SPACING = 3
_FEWEST_AHEAD = 3
_FEWEST_KNOWN = 6
_ENOUGH_ERRORS = 12


@dataclass(frozen=True)
class Choice:
    """The method that a series gets, and how far off it was in the trials.

    Parameters
    ----------
    method
        One of the candidates, their average, or a rule.
    off, naive_off
        Sum of absolute errors over the sum of what came (WAPE), of months: the method's, and the seasonal naive's;
        NaN where the method was not chosen by trials.
    """

    method: str
    off: float = np.nan
    naive_off: float = np.nan


@dataclass(frozen=True)
class Trial:
    """What was forecast at an earlier moment, and what came.

    Parameters
    ----------
    seen
        What was known then.
    found
        Forecasts by method, a row a node, a column a month.
    came
        What came, of the same shape.
    """

    seen: Known
    found: dict[str, Real]
    came: Real

    @property
    def origin(self) -> int:
        """How many months were known."""
        return self.seen.months

    def until(self, month: int) -> "Trial":
        """Give what of it could be judged when only so many months were known."""
        span = max(0, month - self.origin)
        return Trial(self.seen, {name: fit[:, :span] for name, fit in self.found.items()}, self.came[:, :span])


def trials(values: Real, days: Real) -> list[Trial]:
    """Try at every third month, back from three months before the end, up to twelve months ahead.

    With two years or more, the first trial knows at least a year, and one looks twelve months ahead; shorter
    histories are tried at every month from the sixth.

    Parameters
    ----------
    values
        Amounts, a row a node, a column a month.
    days
        Working days over the average, of the same months and at least no fewer.
    """
    count = values.shape[1]
    long = count >= 2 * MONTHS
    first, spacing = (MONTHS, _SPACING) if long else (_FEWEST_KNOWN, 1)
    return [
        Trial(seen, combined(forecasts(seen)), values[:, origin : origin + MONTHS])
        for origin in range(count - _FEWEST_AHEAD, first - 1, -spacing)
        for seen in [known(values, days, origin, min(MONTHS, count - origin))]
    ][::-1]


def combined(found: dict[str, Real]) -> dict[str, Real]:
    """Add the mean of all methods that a series is long enough for."""
    stack = np.stack([found[name] for name in CANDIDATES])
    there = ~np.isnan(stack)
    mean = np.where(there, stack, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return {**found, COMBINED: mean}


def choices(past: list[Trial], seen: Known) -> list[Choice]:
    """Choose the method of each series.

    By rule where there is one; the average so far under a year. Else the method with the smallest mean absolute error
    over the trials that knew as much: those with two years of the series if it has two years now. A tie goes to the
    seasonal naive. Where fewer than twelve months can be judged, it is the average of the methods.

    Parameters
    ----------
    past
        Trials before now, each cut to what has come since.
    seen
        What is known now.
    """
    ages = seen.months - seen.starts
    names = (*CANDIDATES, COMBINED)
    error, size, judged = _scores(past, ages, names)
    score = np.where(judged >= _ENOUGH_ERRORS, error / np.maximum(judged, 1), np.inf)
    off = np.divide(error, size, out=np.full_like(error, np.nan), where=size > 0)
    found = []
    for row, (rule, age) in enumerate(zip(forced(seen), ages, strict=True)):
        best = int(score[:, row].argmin())
        if rule or age < MONTHS:
            found.append(Choice(rule or SHORT))
        elif np.isfinite(score[best, row]):
            found.append(Choice(names[best], off[best, row], off[names.index(SEASONAL_NAIVE), row]))
        else:
            found.append(Choice(COMBINED))
    return found


def _scores(past: list[Trial], ages: NDArray[np.intp], names: tuple[str, ...]) -> tuple[Real, Real, Real]:
    """Add up absolute errors, sizes of what came, and months judged: a row a method, a column a series."""
    error, size, judged = np.zeros((3, len(names), len(ages)))
    for trial in past:
        alike = (trial.origin - trial.seen.starts >= np.where(ages >= 2 * MONTHS, 2 * MONTHS, MONTHS)).astype(float)
        for place, name in enumerate(names):
            off = np.abs(trial.found[name] - trial.came)
            told = ~np.isnan(off)
            error[place] += np.nan_to_num(off).sum(axis=1) * alike
            size[place] += np.where(told, np.abs(trial.came), 0.0).sum(axis=1) * alike
            judged[place] += told.sum(axis=1) * alike
    return error, size, judged


def picked(found: dict[str, Real], chosen: list[Choice]) -> Real:
    """Give each series its method's forecast; a series that has ended is 0, one that is intermittent its average."""
    source = {ENDED: np.zeros_like(found[STEADY]), INTERMITTENT: found[STEADY], **found}
    rows = [source[choice.method][row] for row, choice in enumerate(chosen)]
    fallback = found[SHORT]
    return np.where(np.isnan(rows), fallback, rows)
