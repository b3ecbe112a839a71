"""One forecast of the whole tree from one moment: methods chosen, levels made coherent, bounds from past errors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.amounts import Real
from planning.history.candidates import ENDED, Known
from planning.history.coherence import BOUNDS, Coherent, nothing, reconcile
from planning.history.season import MONTHS
from planning.history.series import LEAVES, LINE, Panel
from planning.history.trials import Trial, chosen, combined, picked

Rows = NDArray[np.intp]

_FEWEST_FOR_TOTAL = 6
_WEIGHT_OF_LEVEL = 4.0
"""The spread of all nodes of a level counts in each node's as much as this many trials of its own."""


@dataclass(frozen=True)
class Projection:
    """What is expected of every node.

    Parameters
    ----------
    methods
        Method of each node.
    months
        Expected amounts with bounds, a row a node, a column a month.
    total
        The same for all the months together, one column.
    """

    methods: list[str]
    months: Coherent
    total: Coherent


@dataclass(frozen=True)
class Errors:
    """How far off the chosen methods were in the past, relative to what a month was expected to bring.

    Parameters
    ----------
    each
        Errors of single months, a row a node, a column a month of a trial; what a node lacks is its parent's.
    month, total
        Standard deviation for each node, of a month over a month, and of a total over the total.
    """

    each: Real
    month: Real
    total: Real


def project(panel: Panel, past: list[Trial], seen: Known, found: dict[str, Real], span: slice) -> Projection:
    """Forecast all nodes from what is known.

    The total of the months is not the sum of monthly bounds: it is a period of its own, with the errors that totals
    had in the trials, reconciled together with the months.

    Parameters
    ----------
    panel
        Says how nodes hang together.
    past
        Trials before now, each cut to what has come since.
    seen, found
        What is known now, and its forecasts by method.
    span
        Months asked for, as columns of the forecasts.
    """
    methods = chosen(past, seen)
    points = picked(combined(found), methods)[:, span]
    errors = _errors(panel, past, methods)
    scale = _scale(points, seen)
    spread = np.column_stack([np.tile((errors.month * scale)[:, None], points.shape[1]), errors.total * scale])
    spread[:, -1] *= points.shape[1]
    periods = np.column_stack([points, points.sum(axis=1)])
    each = errors.each * scale[:, None]
    coherent = _tree_and_lines(panel, methods, periods, each, spread)
    floored = _floored(coherent, (seen.values[:, -MONTHS:] >= 0).all(axis=1))
    months = _mapped(floored, lambda amounts: amounts[:, :-1])
    return Projection(methods, months, _mapped(floored, lambda amounts: amounts[:, -1:]))


def _tree_and_lines(panel: Panel, methods: list[str], points: Real, each: Real, spread: Real) -> Coherent:
    """Reconcile the tree of positions, and the product lines with the company; lines then follow the tree's company."""
    level = panel.nodes["level"].to_numpy()
    alive = np.array([method != ENDED for method in methods])
    summing = panel.summing()[:, alive[np.isin(level, LEAVES)]]
    held, lines = np.flatnonzero(summing.any(axis=1)), np.flatnonzero((level == LINE) & alive)
    result = nothing(*points.shape)
    if len(held):
        _put(result, held, reconcile(summing[held], points[held], each[held], spread[held]))
    if len(lines):
        rows = np.concatenate([[0], lines])
        by_line = np.vstack([np.ones(len(lines)), np.eye(len(lines))])
        _put(result, rows, _moved_to(result, reconcile(by_line, points[rows], each[rows], spread[rows])))
    return result


def _put(result: Coherent, rows: Rows, found: Coherent) -> None:
    result.points[rows] = found.points
    for percent in BOUNDS:
        result.low[percent][rows] = found.low[percent]
        result.high[percent][rows] = found.high[percent]


def _moved_to(tree: Coherent, lines: Coherent) -> Coherent:
    """Move forecasts by product line, the company's first, to add up to what the tree says of the company."""
    company = lines.points[0]
    factor = np.divide(tree.points[0], company, out=np.ones_like(company), where=company * tree.points[0] > 0)
    moved = _mapped(lines, lambda amounts: amounts * factor)
    moved.points[0] = tree.points[0]
    for percent in BOUNDS:
        moved.low[percent][0], moved.high[percent][0] = tree.low[percent][0], tree.high[percent][0]
    return moved


def _floored(coherent: Coherent, never_below: NDArray[np.bool_]) -> Coherent:
    """Keep amounts and bounds of series that were not below 0 in the last twelve months from falling below it."""
    floor = np.where(never_below, 0.0, -np.inf)[:, None]
    return _mapped(coherent, lambda amounts: np.maximum(amounts, floor))


def _mapped(coherent: Coherent, change: Callable[[Real], Real]) -> Coherent:
    low, high = (
        {percent: change(amounts) for percent, amounts in bounds.items()} for bounds in (coherent.low, coherent.high)
    )
    return Coherent(change(coherent.points), low, high)


def _scale(expected: Real, seen: Known) -> Real:
    """Size of a month of each node: what is expected of one, or what one of the last twelve brought, if that is more."""
    return np.maximum(np.abs(expected).mean(axis=1), np.abs(seen.values[:, -MONTHS:]).mean(axis=1))


def _errors(panel: Panel, past: list[Trial], methods: list[str]) -> Errors:
    """Measure how far off the chosen methods were, over the size of a month; NaN where a node was not there yet."""
    judged = [(trial, picked(trial.found, methods)) for trial in past if trial.came.shape[1]]
    off = [_relative(trial, expected) for trial, expected in judged]
    farthest = max((each.shape[1] for each in off), default=0)
    totals = [each.mean(axis=1, keepdims=True) for each in off if each.shape[1] >= min(farthest, _FEWEST_FOR_TOTAL)]
    none = np.empty((len(methods), 0))
    each, total = np.hstack([none, *off]), np.hstack([none, *totals])
    level = panel.nodes["level"].to_numpy()
    return Errors(_inherited(panel, each), _spread(each, level), _spread(total, level))


def _relative(trial: Trial, expected: Real) -> Real:
    scale = _scale(expected, trial.seen)[:, None]
    there = (trial.seen.starts < trial.origin)[:, None] & (scale > 0) & np.ones(expected.shape, bool)
    return np.divide(trial.came - expected, scale, out=np.full(expected.shape, np.nan), where=there)


def _spread(errors: Real, level: NDArray[np.str_]) -> Real:
    """Root mean square of each node's errors, steadied by those of its level."""
    counted = (~np.isnan(errors)).sum(axis=1).astype(float)
    squares = np.nan_to_num(errors**2).sum(axis=1)
    found = np.zeros(len(errors))
    for name in np.unique(level):
        rows = level == name
        pool = squares[rows].sum() / max(counted[rows].sum(), 1.0)
        found[rows] = (squares[rows] + _WEIGHT_OF_LEVEL * pool) / (counted[rows] + _WEIGHT_OF_LEVEL)
    return np.sqrt(found)


def _inherited(panel: Panel, errors: Real) -> Real:
    """Give a node its parent's error where it has none of its own; parents stand before their children."""
    row_of = {node: row for row, node in enumerate(panel.nodes["node"])}
    found = np.nan_to_num(errors[:1])
    filled = np.vstack([found, errors[1:]])
    for row, parent in enumerate(panel.nodes["parent"]):
        if parent:
            filled[row] = np.where(np.isnan(filled[row]), filled[row_of[parent]], filled[row])
    return filled
