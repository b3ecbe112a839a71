"""What is expected of a metric's months and its year, beside what came and what the seasonal naive forecast said.

A metric is a sum, an average or the last of its months, or one such metric over another; of each, a column a month
and one for the year. A ratio's errors are taken to shrink with the square root of what it is measured on, as those of
a share of independent cases: they are measured times that root, and divided by the root of what is expected.
"""

from dataclasses import dataclass

import numpy as np

from planning.amounts import Real
from planning.history.outlook.candidates import SEASONAL_NAIVE
from planning.history.outlook.coherence import BOUNDS, NORMAL, Bounds, Coherent
from planning.history.outlook.projection import Projection, spread
from planning.history.outlook.study import Study
from planning.history.outlook.trials import Trial
from planning.metrics import OverTime


@dataclass(frozen=True)
class Figures:
    """Expected figures with bounds by percent: a row a node, a column a month, and one for the year."""

    expected: Real
    low: Bounds
    high: Bounds


@dataclass(frozen=True)
class Judged:
    """A trial, judged.

    Parameters
    ----------
    figures
        What was expected then.
    came
        What came; NaN where a node was not there yet.
    naive
        What the seasonal naive forecast said; NaN where a node was too short for it.
    weight
        What each figure counts: the same for sums, what it is measured on for a ratio.
    """

    figures: Figures
    came: Real
    naive: Real
    weight: Real


def of_sum(periods: Coherent, over_time: OverTime) -> Figures:
    """Give the figures of an additive metric from its months and their total."""
    low, high = (
        {percent: _yearly(each, over_time) for percent, each in bounds.items()}
        for bounds in (periods.low, periods.high)
    )
    return Figures(_yearly(periods.points, over_time), low, high)


def judged_sums(seen: Study, over_time: OverTime) -> list[Judged]:
    """Judge all trials of an additive metric."""
    return [_judged_sum(each.trial, each.projection, over_time) for each in seen.past]


def _judged_sum(trial: Trial, projection: Projection, over_time: OverTime) -> Judged:
    figures = of_sum(projection.periods, over_time)
    came = np.where((trial.seen.starts < trial.origin)[:, None], trial.came, np.nan)
    naive = _with_year(trial.found[SEASONAL_NAIVE], over_time)
    return Judged(figures, _with_year(came, over_time), naive, np.ones_like(figures.expected))


def _with_year(months: Real, over_time: OverTime) -> Real:
    return _yearly(np.column_stack([months, months.sum(axis=1)]), over_time)


def _yearly(periods: Real, over_time: OverTime) -> Real:
    """Turn the total of the months, the last column, into what the metric calls its year."""
    year = {"sum": periods[:, -1], "average": periods[:, -1] / (periods.shape[1] - 1), "last": periods[:, -2]}
    return np.column_stack([periods[:, :-1], year[over_time]])


def judged_ratios(above: list[Judged], below: list[Judged], level: np.ndarray) -> list[Judged]:
    """Judge all trials of a ratio, from those of its two sums over the same months."""
    found: list[Judged] = []
    for one, other in zip(above, below, strict=True):
        figures = of_ratio(one.figures.expected, other.figures.expected, found, level)
        naive = quotient(one.naive, other.naive)
        found.append(Judged(figures, quotient(one.came, other.came), naive, np.maximum(other.came, 0.0)))
    return found


def of_ratio(above: Real, below: Real, past: list[Judged], level: np.ndarray, most: float = np.inf) -> Figures:
    """Give the figures of a ratio, with bounds from how far off it was in trials.

    Parameters
    ----------
    above, below
        What is expected of its two sums.
    past
        Trials before now, judged.
    level
        Level of each node.
    most
        What the ratio cannot exceed.
    """
    expected = np.minimum(quotient(above, below), most)
    off = [(each.came - each.figures.expected) * np.sqrt(each.weight) for each in past]
    if not off:
        unknown = {percent: np.full_like(expected, np.nan) for percent in BOUNDS}
        return Figures(expected, unknown, unknown)
    month = spread(np.hstack([each[:, :-1] for each in off]), level)
    year = spread(np.hstack([each[:, -1:] for each in off]), level)
    each = np.column_stack([np.tile(month[:, None], above.shape[1] - 1), year])
    wide = np.divide(each, np.sqrt(np.maximum(below, 0.0)), out=np.full_like(each, np.nan), where=below > 0)
    floor = np.where((above >= 0).all(axis=1), 0.0, -np.inf)[:, None]
    low = {percent: np.maximum(expected - NORMAL[percent] * wide, floor) for percent in BOUNDS}
    return Figures(
        expected, low, {percent: np.minimum(expected + NORMAL[percent] * wide, most) for percent in BOUNDS}
    )


def quotient(above: Real, below: Real) -> Real:
    """Divide one sum by the other; NaN where there is nothing to divide by."""
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
