"""One forecast of the whole tree from one moment: methods chosen, levels made coherent, bounds from past errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.amounts import Real
from planning.history.outlook.candidates import ENDED, Known
from planning.history.outlook.coherence import Coherent, adding_up, bounded, reconcile
from planning.history.outlook.series import LEAVES, LINE, Panel
from planning.history.outlook.trials import Choice, Trial, choices, combined, picked
from planning.history.season import MONTHS

_FEWEST_FOR_TOTAL = 6
_MUCH_SMALLER = 3.0
"""Errors of a series that was so many times smaller than now, just starting, say little of what it is now."""

_WEIGHT_OF_LEVEL = 1.0
"""The spread of a level's nodes counts in each node's as much as this many errors of its own."""


@dataclass(frozen=True)
class Projection:
    """What is expected of every node.

    Parameters
    ----------
    choices
        Method of each node.
    periods
        Expected amounts with bounds: a row a node, a column a month, and as the last column all these months
        together.
    floor
        What no amount of a node falls below: 0, or nothing where its last twelve months fell below 0.
    """

    choices: list[Choice]
    periods: Coherent
    floor: Real


@dataclass(frozen=True)
class Tested:
    """A trial, and the projection that would have been made then, with methods and bounds as known then."""

    trial: Trial
    projection: Projection

    def until(self, month: int) -> "Tested":
        """Give what of it could be judged when only so many months were known."""
        return Tested(self.trial.until(month), self.projection)

    def size(self) -> Real:
        """Size of a month of each node, as known then."""
        return _size(self.projection.periods.points[:, :-1], self.trial.seen)

    def off(self) -> Real:
        """Errors of the months that came; NaN where a node was not there yet."""
        came = self.trial.came
        errors = came - self.projection.periods.points[:, : came.shape[1]]
        return np.where((self.trial.seen.starts < self.trial.origin)[:, None], errors, np.nan)


def project(panel: Panel, past: list[Tested], seen: Known, found: dict[str, Real], span: slice) -> Projection:
    """Forecast all nodes from what is known.

    Bounds come from how far off the projections of the past were as they would have been made then: with the methods
    that would have been chosen and reconciled. Errors of the methods chosen now would be too small, since having
    been small is what they were chosen for. The bounds of the total are not the sum of monthly bounds: they come from
    the errors that totals had in the trials, taken to grow with the square root of how far ahead a total reaches
    where the trials did not look as far, as those of a level that drifts.

    Parameters
    ----------
    panel
        Says how nodes hang together.
    past
        Trials before now, the earliest first.
    seen, found
        What is known now, and its forecasts by method.
    span
        Months asked for, as columns of the forecasts.
    """
    past = [each.until(seen.months) for each in past]
    chosen = choices([each.trial for each in past], seen)
    points = picked(combined(found), chosen)[:, span]
    floor = np.where((seen.values[:, -MONTHS:] < 0).any(axis=1), -np.inf, 0.0)
    alive = np.array([choice.method != ENDED for choice in chosen])
    count = points.shape[1]
    spreads = _spreads(panel, past, _size(points, seen), span.stop)
    months = _added_up(panel, alive, points, spreads.total * count, floor)
    each = np.column_stack([np.tile(spreads.month[:, None], count), spreads.total * count])
    return Projection(chosen, bounded(_with_total(months), np.where(alive[:, None], each, 0.0), floor), floor)


def _added_up(panel: Panel, alive: NDArray[np.bool_], points: Real, spread_now: Real, floor: Real) -> Real:
    """Make the months of the tree add up, and those of the product lines to the company; series that ended are 0."""
    level = panel.nodes["level"].to_numpy()
    periods = _with_total(points)
    months = np.zeros_like(points)
    summing = panel.summing()[:, alive[np.isin(level, LEAVES)]]
    held = np.flatnonzero(summing.any(axis=1))
    if len(held):
        leaves = np.flatnonzero(np.isin(level, LEAVES) & alive)
        found = reconcile(summing[held], periods[held], spread_now[held])[-len(leaves) :, :-1]
        months[held] = summing[held] @ np.maximum(found, floor[leaves][:, None])
    lines = np.flatnonzero((level == LINE) & alive)
    if len(lines):
        rows = np.concatenate([[0], lines])
        by_line = np.vstack([np.ones(len(lines)), np.eye(len(lines))])
        found = reconcile(by_line, periods[rows], spread_now[rows])[1:, :-1]
        months[lines] = adding_up(np.maximum(found, floor[lines][:, None]), months[0])
    return months


def _with_total(months: Real) -> Real:
    return np.column_stack([months, months.sum(axis=1)])


def _size(expected: Real, seen: Known) -> Real:
    """Size of a month of each node: of those expected, or of the last twelve, whichever is more."""
    return np.maximum(np.abs(expected).mean(axis=1), np.abs(seen.values[:, -MONTHS:]).mean(axis=1))


@dataclass(frozen=True)
class _Spreads:
    """Standard deviation of the errors of each node, of a single month, and of a total over its number of months."""

    month: Real
    total: Real


def _spreads(panel: Panel, past: list[Tested], size: Real, ahead: int) -> _Spreads:
    """Measure how far off the past projections were over the size of a month, and bring it to the size of one now.

    Parameters
    ----------
    panel
        Says which level a node is of.
    past
        Trials, each cut to what has come.
    size
        Size of a month of each node now.
    ahead
        How far ahead the total ends, in months.
    """
    off = [_relative(each, size) for each in past]
    farthest = max((each.shape[1] for each in off), default=0)
    totals = [
        each.mean(axis=1, keepdims=True) * np.sqrt(max(ahead, each.shape[1]) / each.shape[1])
        for each in off
        if each.shape[1] >= min(farthest, _FEWEST_FOR_TOTAL)
    ]
    none, level = np.empty((len(panel.nodes), 0)), panel.nodes["level"].to_numpy()
    month, total = (spread(np.hstack([none, *errors]), level) for errors in (off, totals))
    return _Spreads(month * size, total * size)


def _relative(tested: Tested, size: Real) -> Real:
    """Errors of a trial over the size of a month then; NaN where a node was much smaller than it is now."""
    then = tested.size()[:, None]
    alike = (then > 0) & (then >= size[:, None] / _MUCH_SMALLER)
    off = tested.off()
    return np.divide(off, then, out=np.full(off.shape, np.nan), where=alike)


def spread(errors: Real, level: NDArray[np.str_]) -> Real:
    """Root mean square of each node's errors, steadied by those of its level.

    What a level is like is the median of its nodes, so that one that was far off for once does not widen all others.

    Parameters
    ----------
    errors
        A row a node, a column an occasion; NaN where there is none.
    level
        Level of each node.

    Returns
    -------
    A number a node; NaN where nothing is known of any of its level.
    """
    counted = (~np.isnan(errors)).sum(axis=1).astype(float)
    squares = np.nan_to_num(errors**2).sum(axis=1)
    own = np.divide(squares, counted, out=np.full(len(errors), np.nan), where=counted > 0)
    found = np.full(len(errors), np.nan)
    for name in np.unique(level[counted > 0]):
        rows = level == name
        usual = float(np.median(own[rows & (counted > 0)]))
        found[rows] = (squares[rows] + _WEIGHT_OF_LEVEL * usual) / (counted[rows] + _WEIGHT_OF_LEVEL)
    return np.sqrt(found)
