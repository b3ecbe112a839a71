"""The exact split: in proportion to weights, inside bounds, many groups at once."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.amounts.minor import LARGEST, Real, Whole
from planning.errors import AllocationError, bulleted


def apportion(
    total: ArrayLike,
    weights: ArrayLike,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> Whole:
    r"""Split whole units in proportion to weights, inside bounds, adding up exactly.

    .. math:: x_i = \mathrm{clip}(\lambda w_i,\; l_i,\; u_i), \qquad \sum_i x_i = T

    with one :math:`\lambda` a group, then rounded by largest remainder (Hamilton's method): every part
    is rounded down and the units left go to the largest fractions, ties to the earlier part. Without
    bounds :math:`\lambda = T / \sum w` and every part lies within one unit of its exact share.

    - A negative total is split as its opposite is, with the sign turned.
    - A part of weight 0 gets nothing, unless a bound makes it, or all others stand at their bounds:
      what is then left is spread evenly over the parts of weight 0.
    - Weights that are all 0 are refused unless there is nothing to split: an even split is asked for
      with equal weights.

    Parameters
    ----------
    total
        Whole units, one number, or one a group; at most `LARGEST` in size.
    weights
        Not negative, finite. A table of two dimensions is split row by row.
    lower, upper
        Whole units of the same shape as `weights`, or one number for all; none means no bound.
    groups
        Code of the group of each part, 0 to the number of totals less one; in any order.

    Returns
    -------
    Whole units of the shape of `weights`.

    Raises
    ------
    AllocationError
        If weights or totals are unusable, or bounds cannot hold; with all groups concerned and by how
        much.

    Examples
    --------
    >>> apportion(7, [50, 30, 20])
    array([4, 2, 1])
    >>> apportion(100, [10, 20, 30], lower=[0, 20, 0], upper=[100, 20, 100])  # hold the second
    array([20, 20, 60])
    >>> apportion([10, 3], [1, 1, 1, 2], groups=[0, 0, 1, 1])
    array([5, 5, 1, 2])
    """
    shape, weight, code, totals = _normalised(total, weights, groups)
    sign = np.where(totals < 0, -1, 1)
    size = np.abs(totals)
    sums = np.bincount(code, weight, minlength=len(size))
    if lower is None and upper is None:
        _refuse_weightless(sums, size)
        whole = _largest_remainder(_shares(size, weight, sums, code), size, None, code)
    else:
        low, high = _bound(lower, weight, -np.inf), _bound(upper, weight, np.inf)
        flip = sign[code] < 0
        low, high = np.where(flip, -high, low), np.where(flip, -low, high)
        _refuse_impossible(size, sign, low, high, code)
        ideal = _shares(size, weight, sums, code)
        # Bounds that nobody meets change nothing; only the groups of those who meet one are solved for.
        met = (np.bincount(code, (ideal < low) | (ideal > high), minlength=len(size)) > 0) | (sums == 0)
        inside, name = met[code], np.flatnonzero(met)
        within = (np.cumsum(met) - 1)[code[inside]]
        ideal[inside] = _inside_bounds(
            size[met].astype(float), weight[inside], low[inside], high[inside], within, name
        )
        whole = _largest_remainder(ideal, size, (low, high), code)
    return (whole if (sign > 0).all() else whole * sign[code]).reshape(shape)


def settle(parts: ArrayLike, total: ArrayLike, groups: ArrayLike | None = None) -> Whole:
    """Round parts to whole units so that they add up exactly to a total they nearly add up to.

    Largest remainder, ties to the earlier part. Parts may be negative.

    Raises
    ------
    AllocationError
        If the parts of a group differ from its total by more than a unit a part: then the parts are
        wrong, and rounding must not hide it.

    Examples
    --------
    >>> settle([4.0, 20.444, -0.444], 24)
    array([ 4, 20,  0])
    """
    given = np.asarray(parts, dtype=float)
    if not np.isfinite(given).all():
        raise AllocationError("Parts that are not finite numbers cannot be rounded to a total.")
    shape, _, code, totals = _normalised(total, np.ones(given.shape), groups)
    flat = given.ravel()
    gap = np.abs(np.bincount(code, flat, minlength=len(totals)) - totals)
    members = np.bincount(code, minlength=len(totals))
    wrong = np.flatnonzero(gap > members + 1e-6 * np.abs(totals))
    if len(wrong):
        raise AllocationError(
            bulleted(
                "Parts do not add up to their total, so they cannot be rounded to it:",
                [f"group {g}: off by {gap[g]:,.2f} units" for g in wrong[:20]],
            )
        )
    return _largest_remainder(flat, totals, None, code).reshape(shape)


def _normalised(
    total: ArrayLike, weights: ArrayLike, groups: ArrayLike | None
) -> tuple[tuple[int, ...], Real, NDArray[np.intp], Whole]:
    """Bring all accepted shapes to flat weights, a group code each, and a whole total a group."""
    table = np.asarray(weights, dtype=float)
    weight = table.ravel()
    if groups is not None:
        code = np.asarray(groups, dtype=np.intp).ravel()
    elif table.ndim == 2:
        code = np.repeat(np.arange(table.shape[0]), table.shape[1])
    else:
        code = np.zeros(weight.shape, dtype=np.intp)
    totals = _whole_totals(total)
    if totals.ndim == 0:
        count = int(code.max(initial=0)) + 1
        totals = np.full(count if groups is not None or table.ndim == 2 else 1, totals)
    problems = _shape_problems(weight, code, totals)
    if problems:
        raise AllocationError(bulleted("The amounts cannot be split:", problems))
    return table.shape, weight, code, totals


def _whole_totals(total: ArrayLike) -> Whole:
    given: NDArray[Any] = np.asarray(total)
    if given.dtype.kind not in "iu" and not (
        given.dtype.kind == "f" and np.isfinite(given).all() and (given == np.floor(given)).all()
    ):
        raise AllocationError(f"Only whole minor units can be split, not {total!r}.")
    if given.size and max(abs(int(given.max())), abs(int(given.min()))) > LARGEST:
        raise AllocationError("An amount of 16 digits or more, its decimals counted, cannot be split exactly.")
    return given.astype(np.int64)


def _shape_problems(weight: Real, code: NDArray[np.intp], totals: Whole) -> list[str]:
    problems = []
    if code.shape != weight.shape:
        return [f"{len(weight)} weights but {len(code)} group codes"]
    if len(code) and (code.min() < 0 or code.max() >= len(totals)):
        return [f"group codes run from {code.min()} to {code.max()}, but there are {len(totals)} totals"]
    unusable = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    problems += [f"weight {i} is {weight[i]}; weights are finite and not negative" for i in unusable[:20]]
    empty = np.flatnonzero((np.bincount(code, minlength=len(totals)) == 0) & (totals != 0))
    problems += [f"group {g} has {totals[g]:,} to split and nobody to carry it" for g in empty[:20]]
    return problems


def _bound(bound: ArrayLike | None, weight: Real, default: float) -> Real:
    if bound is None:
        return np.full(weight.shape, default)
    values = np.broadcast_to(np.asarray(bound, dtype=float).ravel(), weight.shape)
    if np.isnan(values).any() or (values[np.isfinite(values)] % 1 != 0).any():
        raise AllocationError("Bounds are whole minor units; some are not.")
    return values.copy()


def _refuse_weightless(sums: NDArray[Any], totals: NDArray[Any], name: NDArray[np.intp] | None = None) -> None:
    bare = np.flatnonzero((sums == 0) & (totals != 0))
    if len(bare):
        raise AllocationError(
            bulleted(
                "All weights are zero, so nothing says how to split. Give weights, or equal ones for an even split:",
                [f"group {g if name is None else name[g]}: {totals[g]:,} to split" for g in bare[:20]],
            )
        )


def _refuse_impossible(size: Whole, sign: Whole, low: Real, high: Real, code: NDArray[np.intp]) -> None:
    """Name every group whose bounds cross or leave no room for its total, and by how much."""
    least, most = (np.bincount(code, bound, minlength=len(size)) for bound in (low, high))
    crossed = np.bincount(code, low > high, minlength=len(size)) > 0
    problems = []
    for g in np.flatnonzero(crossed | (least > size) | (most < size)):
        total = int(size[g] * sign[g])
        if crossed[g]:
            problems.append(f"group {g}: a lower bound lies above its upper bound")
        elif least[g] > size[g]:
            what = "lower bounds add up to" if sign[g] > 0 else "upper bounds add up to"
            problems.append(f"group {g}: {what} {least[g] * sign[g]:,.0f}, {least[g] - size[g]:,.0f} past {total:,}")
        else:
            what = "upper bounds add up to" if sign[g] > 0 else "lower bounds add up to"
            problems.append(
                f"group {g}: {what} {most[g] * sign[g]:,.0f}, {size[g] - most[g]:,.0f} short of {total:,}"
            )
    if problems:
        raise AllocationError(bulleted("The bounds cannot hold:", problems[:20]))


def _shares(size: Whole, weight: Real, sums: NDArray[Any], code: NDArray[np.intp]) -> Real:
    """Give the exact shares without bounds, before rounding."""
    return size[code] * (weight / np.where(sums > 0, sums, 1.0)[code])


def _inside_bounds(
    size: Real, weight: Real, low: Real, high: Real, code: NDArray[np.intp], name: NDArray[np.intp]
) -> Real:
    """Find the exact shares inside bounds, before rounding."""
    at_rest = np.clip(0.0, low, high)
    carries = weight > 0
    reach_low = np.bincount(code, np.where(carries, low, at_rest), minlength=len(size))
    reach_high = np.bincount(code, np.where(carries, high, at_rest), minlength=len(size))
    weighted = np.bincount(code, carries, minlength=len(size)) > 0
    _refuse_weightless(
        np.where(weighted | (reach_low == size), 1.0, 0.0),
        np.where(reach_low == size, 0, size).astype(np.int64),
        name,
    )
    over, under = size > reach_high, size < reach_low
    # Where all weighted parts stand at a bound, the parts of weight 0 share what is left evenly.
    ideal = np.where(carries, np.where(over[code], high, low), at_rest)
    solve = carries & ~(over | under)[code] | ~carries & (over | under)[code] & weighted[code]
    if solve.any():
        settled = np.bincount(code, np.where(solve, 0.0, ideal), minlength=len(size))
        pull = np.where(carries, weight, 1.0)[solve]
        level = water_level(size - settled, pull, low[solve], high[solve], code[solve])
        ideal[solve] = np.clip(level[code[solve]] * pull, low[solve], high[solve])
    return ideal


def water_level(rest: Real, weight: Real, low: Real, high: Real, code: NDArray[np.intp]) -> Real:
    r"""Solve :math:`\sum \mathrm{clip}(\lambda w, l, u) = T` for every group by one sort of its bends.

    The left side rises with :math:`\lambda` in straight pieces that bend where a part leaves its lower
    or meets its upper bound, so the piece that holds the total is found by a running sum over the bends.
    """
    count = len(rest)
    # No share can lie farther out than everything finite taken together.
    finite = np.where(np.isfinite(low), np.abs(low), 0.0) + np.where(np.isfinite(high), np.abs(high), 0.0)
    far = (np.abs(rest) + np.bincount(code, finite, minlength=count) + 1.0)[code]
    low, high = np.maximum(low, -far), np.minimum(high, far)

    bend = np.concatenate([low / weight, high / weight])
    slope_change = np.concatenate([weight, -weight])
    owner = np.concatenate([code, code])
    order = np.lexsort((bend, owner))
    bend, slope_change, owner = bend[order], slope_change[order], owner[order]
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    start = np.maximum.accumulate(np.where(first, np.arange(len(owner)), 0))
    running = np.cumsum(slope_change)
    slope = running - (running - slope_change)[start]
    rise = np.concatenate([[0.0], slope[:-1] * np.diff(bend)])
    rise[first] = 0.0
    climbed = np.cumsum(rise)
    height = np.bincount(code, low, minlength=count)[owner] + climbed - climbed[start]

    reached = np.bincount(owner, height < rest[owner], minlength=count).astype(np.intp)
    begin = np.searchsorted(owner, np.arange(count))
    piece = np.clip(begin + np.maximum(reached - 1, 0), 0, len(owner) - 1)
    steep = np.where(slope[piece] > 0, slope[piece], 1.0)
    level = bend[piece] + np.where(slope[piece] > 0, (rest - height[piece]) / steep, 0.0)
    return level


def _largest_remainder(ideal: Real, totals: Whole, bounds: tuple[Real, Real] | None, code: NDArray[np.intp]) -> Whole:
    """Round down, then give the units left to the largest fractions, ties to the earlier part."""
    whole = np.floor(ideal)
    fraction = ideal - whole
    members = np.bincount(code, minlength=len(totals))
    begin = np.cumsum(members) - members
    left = totals - np.bincount(code, whole, minlength=len(totals)).astype(np.int64)
    while left.any():
        # More than one pass happens only where floats could not tell neighbouring units apart, or bounds stop parts.
        place = 1.0 - fraction if (left >= 0).all() else np.where((left > 0)[code], 1.0 - fraction, fraction)
        many = members
        if bounds is not None:
            room = np.where((left > 0)[code], whole < bounds[1], whole > bounds[0])
            place, many = np.where(room, place, 2.0), np.bincount(code, room, minlength=len(totals)).astype(np.int64)
        count = np.minimum(np.abs(left), many)
        first = np.repeat(begin - (np.cumsum(count) - count), count)
        chosen = _order(place, code)[first + np.arange(len(first))]
        whole[chosen] += np.sign(left)[code[chosen]]
        left = totals - np.bincount(code, whole, minlength=len(totals)).astype(np.int64)
    return whole.astype(np.int64)


def _order(place: Real, code: NDArray[np.intp]) -> NDArray[np.intp]:
    """Sort parts by group and by a number from 0 to 2, ties to the earlier part.

    Both go into one whole number, which sorts several times as fast as two keys do. Numbers that differ by less than
    a four-billionth of a unit are a tie, whatever else is split with them: floats tell no more of a share.
    """
    return np.argsort((code << 34) + (place * 2.0**32).astype(np.int64), kind="stable")
