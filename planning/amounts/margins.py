"""A table fitted to the totals of its rows and of its columns at once, in whole units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planning.amounts.minor import LARGEST, Real, Tell, Whole
from planning.amounts.split import apportion, water_level
from planning.errors import AllocationError, bulleted

_FAR = 1e90
_SWEEPS = 200
"""Sweeps of the fit in floats; what they leave is moved in whole units, which always ends."""
_SLOW = 0.98
"""Part of the gap that is still there after a sweep, past which another one is not worth it."""


@dataclass(frozen=True)
class Called:
    """What the rows, the columns and the amounts of a table are called where something cannot hold.

    Parameters
    ----------
    rows, columns
        A name each.
    amount
        Writes an amount.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    amount: Tell = "{:,}".format

    @classmethod
    def by_number(cls, shape: tuple[int, ...]) -> "Called":
        """Call rows and columns by their number."""
        return cls([f"row {place}" for place in range(shape[0])], [f"column {place}" for place in range(shape[1])])


def fit(
    table: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    lower: ArrayLike | None = None,
    upper: ArrayLike | None = None,
    holds: ArrayLike | None = None,
    called: Called | None = None,
) -> Whole:
    r"""Fit a table to totals of its rows and totals of its columns at once, in whole units.

    .. math:: x_{ij} = \mathrm{clip}(a_i\, b_j\, t_{ij},\; l_{ij},\; u_{ij}), \qquad
              \sum_j x_{ij} = R_i, \quad \sum_i x_{ij} = C_j

    Iterative proportional fitting (Deming and Stephan 1940): rows and columns are scaled in turn until both agree,
    which keeps the odds ratios of the table. Each row is then rounded by largest remainder, and units move along the
    rows from columns that have too many to columns that have too few, those first that lie farthest from their fitted
    value, until both totals hold to the unit. Where any table of whole units meets both, one is found.

    - A cell of 0 stays 0, unless a lower bound makes it more.
    - A table that meets its totals already comes back as it was.

    Parameters
    ----------
    table
        What is there, not negative and finite; a row a group of the first cut, a column one of the second.
    rows, columns
        Whole units, none below zero, with the same sum.
    lower, upper
        Whole units by cell, or one number for all; none means 0 and no bound.
    holds
        True for cells that keep what they have, in whole units.
    called
        What rows, columns and amounts are called where something cannot hold; by their number if not given.

    Returns
    -------
    Whole units of the shape of `table`.

    Raises
    ------
    AllocationError
        If the two cuts ask for different sums, or cells of 0, bounds and holds leave no table that meets both: with
        where, and by how much.

    Examples
    --------
    >>> fit([[40, 30], [35, 50]], rows=[100, 80], columns=[90, 90])
    array([[57, 43],
           [33, 47]])
    >>> fit([[40, 30], [35, 50]], rows=[100, 80], columns=[90, 90], holds=[[True, False], [False, False]])
    array([[40, 60],
           [50, 30]])
    """
    seeds, cuts = _cuts(table, rows, columns)
    low, high = _limits(seeds, cuts, lower, upper, holds)
    named = called or Called.by_number(seeds.shape)
    _refuse_crossed(cuts, low, high, named)
    ideal = _fitted(seeds, cuts, low, high)
    whole = _rows_rounded(ideal, cuts, low, high)
    _balance(whole, cuts, ideal, *_near(ideal, low, high))
    short = _balance(whole, cuts, ideal, low, high)
    if short is not None:
        _refuse_cut(whole, *short, (low, high), named)
    return whole


@dataclass(frozen=True)
class _Cuts:
    """Totals of the rows and of the columns of one table."""

    rows: Whole
    columns: Whole


def _cuts(table: ArrayLike, rows: ArrayLike, columns: ArrayLike) -> tuple[Real, _Cuts]:
    seeds = np.asarray(table, dtype=float)
    if seeds.ndim != 2:
        raise AllocationError("Two cuts are fitted to a table of rows and columns.")
    totals = [_totals(rows, seeds.shape[0], "row"), _totals(columns, seeds.shape[1], "column")]
    problems = [each for each in totals if isinstance(each, str)]
    unusable = np.argwhere(~(np.isfinite(seeds) & (seeds >= 0)))
    problems += [f"row {i}, column {j} is {seeds[i, j]}; cells are finite and not negative" for i, j in unusable[:20]]
    if problems:
        raise AllocationError(bulleted("The two cuts cannot be fitted:", problems))
    cuts = _Cuts(np.asarray(totals[0]), np.asarray(totals[1]))
    gap = int(cuts.rows.sum()) - int(cuts.columns.sum())
    if gap:
        raise AllocationError(
            f"The two cuts cannot be fitted: the rows add up to {cuts.rows.sum():,} and the columns to "
            f"{cuts.columns.sum():,}, so the rows ask for {abs(gap):,} {'more' if gap > 0 else 'less'}."
        )
    return seeds, cuts


def _totals(given: ArrayLike, size: int, what: str) -> Whole | str:
    totals = np.asarray(given)
    if totals.shape != (size,):
        return f"there are {size} {what}s, but {totals.size} totals of {what}s"
    real = totals.astype(float)
    wrong = np.flatnonzero(~(np.isfinite(real) & (real >= 0) & (real % 1 == 0) & (real <= LARGEST)))
    if len(wrong):
        return f"the total of {what} {wrong[0]} is {totals[wrong[0]]}; totals are whole units, none below zero"
    return totals.astype(np.int64)


def _limits(
    seeds: Real, cuts: _Cuts, lower: ArrayLike | None, upper: ArrayLike | None, holds: ArrayLike | None
) -> tuple[Real, Real]:
    """Bring bounds and holds to the least and the most of each cell; no cell exceeds its row or its column."""
    low = np.zeros(seeds.shape) if lower is None else np.broadcast_to(np.asarray(lower, dtype=float), seeds.shape)
    low = np.maximum(low, 0.0)
    high = np.full(seeds.shape, np.inf)
    if upper is not None:
        high = np.broadcast_to(np.asarray(upper, dtype=float), seeds.shape).copy()
    if holds is not None:
        held = np.broadcast_to(np.asarray(holds, dtype=bool), seeds.shape)
        low, high = np.where(held, seeds, low), np.where(held, seeds, high)
    wrong = np.argwhere(np.isnan(low) | np.isnan(high) | (low != np.floor(low)) | (high != np.floor(high)))
    if len(wrong):
        where = ", ".join(f"row {i}, column {j}" for i, j in wrong[:10])
        raise AllocationError(f"Bounds and held cells are whole units; these are not: {where}.")
    # What is 0 stays 0: it has no share of anything.
    high = np.where(seeds > 0, high, np.minimum(high, low))
    crossed = np.argwhere(low > high)
    if len(crossed):
        where = ", ".join(f"row {i}, column {j}" for i, j in crossed[:10])
        raise AllocationError(f"A lower bound lies above its upper bound: {where}.")
    return low, np.minimum(high, np.maximum(low, np.minimum(cuts.rows[:, None], cuts.columns)))


def _refuse_crossed(cuts: _Cuts, low: Real, high: Real, named: Called) -> None:
    """Name every row and column that cannot reach its total even by itself, and by how much."""
    problems, say = [], named.amount
    for names, totals, axis in ((named.rows, cuts.rows, 1), (named.columns, cuts.columns, 0)):
        least, most = (each.sum(axis=axis).astype(np.int64) for each in (low, high))
        problems += [
            f"{names[g]} cannot go below {say(least[g])}, {say(least[g] - totals[g])} past its total of "
            f"{say(totals[g])}"
            for g in np.flatnonzero(least > totals)[:10]
        ]
        problems += [
            f"{names[g]} cannot reach its total of {say(totals[g])}: its cells take {say(most[g])} at most, "
            f"{say(totals[g] - most[g])} short"
            for g in np.flatnonzero(most < totals)[:10]
        ]
    if problems:
        raise AllocationError(bulleted("No table meets both cuts:", problems))


def _fitted(seeds: Real, cuts: _Cuts, low: Real, high: Real) -> Real:
    """Scale rows and columns in turn, until both agree to a tenth of a unit or hardly come nearer."""
    free = high > low
    bound = bool((free & ((low > 0) | (high < np.minimum(cuts.rows[:, None], cuts.columns)))).any())
    scaled = _scaled_inside if bound else _scaled
    fixed = np.where(free, 0.0, low)
    seed, low, high = np.where(free, seeds, 0.0), np.where(free, low, 0.0), np.where(free, high, 0.0)
    rows, columns = cuts.rows - fixed.sum(axis=1), cuts.columns - fixed.sum(axis=0)
    fitted, by_column, last = seed, np.ones(len(columns)), np.inf
    for _ in range(_SWEEPS):
        fitted, by_row = scaled(seed * by_column, rows, low, high)
        gap = np.abs(fitted.sum(axis=0) - columns).sum()
        if gap < 0.1 or gap > _SLOW * last:
            break
        last = gap
        by_column = scaled((seed * by_row[:, None]).T, columns, low.T, high.T)[1]
    return fitted + fixed


def _tame(factors: Real) -> Real:
    """Keep factors where floats can still be reckoned with; a fit that empties a cell would let them run away."""
    return np.where(factors > 0, np.clip(factors, 1 / _FAR, _FAR), 0.0)


def _scaled(seed: Real, totals: Real, _low: Real, _high: Real) -> tuple[Real, Real]:
    """Scale each row to its total; give the factors too."""
    sums = seed.sum(axis=1)
    factor = np.divide(totals, sums, out=np.zeros(len(totals)), where=sums > 0)
    return seed * factor[:, None], factor


def _scaled_inside(seed: Real, totals: Real, low: Real, high: Real) -> tuple[Real, Real]:
    """Scale each row to its total inside the bounds of its cells."""
    table = low.copy()
    cells = np.nonzero(seed > 0)
    level = water_level(totals, seed[cells], low[cells], high[cells], cells[0])
    table[cells] = np.clip(level[cells[0]] * seed[cells], low[cells], high[cells])
    return table, level


def _rows_rounded(ideal: Real, cuts: _Cuts, low: Real, high: Real) -> Whole:
    """Round each row to its total; a cell that the fit left at 0 may be needed, so it counts a little."""
    weight = np.where(high > low, np.maximum(ideal, 1e-9), 0.0)
    near_low, near_high = _near(ideal, low, high)
    enough = (near_low.sum(axis=1) <= cuts.rows) & (near_high.sum(axis=1) >= cuts.rows)
    least, most = np.where(enough[:, None], near_low, low), np.where(enough[:, None], near_high, high)
    return apportion(cuts.rows, weight, least, most)


def _near(ideal: Real, low: Real, high: Real) -> tuple[Real, Real]:
    """Give the whole units below and above each fitted value, inside its bounds."""
    return np.clip(np.floor(ideal), low, high), np.clip(np.ceil(ideal), low, high)


def _balance(whole: Whole, cuts: _Cuts, ideal: Real, low: Real, high: Real) -> tuple[NDArray[np.bool_], Whole] | None:
    """Move units within rows, from columns with too many to columns with too few, until the columns hold.

    Where they cannot, gives the columns that those with too many can reach, and by how much each has too many.

    Rows keep their totals at every move. A column that cannot give to another at once gives through others on the
    way: that is a flow on a network of as many nodes as columns, so where it stops, no table meets both cuts.
    """
    while True:
        over = whole.sum(axis=0) - cuts.columns
        if not over.any():
            return None
        gives, takes = whole > low, whole < high
        reach = gives.T.astype(np.float32) @ takes.astype(np.float32) > 0
        path, seen = _path(reach, over)
        if not path:
            return seen, over
        most = min(int(over[path[0]]), -int(over[path[-1]]))
        steps = list(zip(path[:-1], path[1:], strict=True))
        # Units go cell by cell on a way over others, and many at once between two columns.
        size = most if len(steps) == 1 else min(most, *(_room(whole, low, high, a, b)[0] for a, b in steps))
        for giver, taker in steps:
            _move(whole, ideal, low, high, giver, taker, size)


def _path(reach: NDArray[np.bool_], over: Whole) -> tuple[list[int], NDArray[np.bool_]]:
    """Find the shortest way from a column with too many to one with too few, and who can be reached at all."""
    start = np.flatnonzero(over > 0)
    before = np.full(len(over), -1)
    seen = over > 0
    front = list(start[np.argsort(-over[start], kind="stable")])
    while front:
        here = front.pop(0)
        fresh = np.flatnonzero(reach[here] & ~seen)
        before[fresh], seen[fresh] = here, True
        wanting = fresh[over[fresh] < 0]
        if len(wanting):
            path = [int(wanting[np.argmin(over[wanting])])]
            while before[path[0]] >= 0:
                path.insert(0, int(before[path[0]]))
            return path, seen
        front += list(fresh)
    return [], seen


def _room(whole: Whole, low: Real, high: Real, giver: int, taker: int) -> tuple[int, Real]:
    """Give how much can move between two columns, together and by row."""
    room = np.minimum(whole[:, giver] - low[:, giver], high[:, taker] - whole[:, taker])
    room = np.maximum(room, 0.0)
    return int(room.sum()), room


def _move(whole: Whole, ideal: Real, low: Real, high: Real, giver: int, taker: int, size: int) -> None:
    """Move units between two columns, in the rows where that brings the cells nearest to their fitted values."""
    room = _room(whole, low, high, giver, taker)[1]
    gain = (ideal[:, taker] - whole[:, taker]) - (ideal[:, giver] - whole[:, giver])
    order = np.argsort(np.where(room > 0, -gain, np.inf), kind="stable")
    before = np.cumsum(room[order]) - room[order]
    moved = np.zeros(len(room), dtype=np.int64)
    moved[order] = np.clip(size - before, 0, room[order]).astype(np.int64)
    whole[:, giver] -= moved
    whole[:, taker] += moved


def _refuse_cut(whole: Whole, seen: NDArray[np.bool_], over: Whole, bounds: tuple[Real, Real], named: Called) -> None:
    """Say which columns have too many and cannot pass any on, and what stands in their way.

    Whoever is not seen is short by the same amount, and every row either has nothing more to give in the columns that
    are seen, or has no room in the others (the minimum cut of the flow).
    """
    low, high = bounds
    many, few = (", ".join(named.columns[each] for each in np.flatnonzero(which)[:10])
                 for which in (seen, ~seen & (over < 0)))  # fmt: skip
    stuck: NDArray[np.bool_] = np.all(whole[:, seen] <= low[:, seen], axis=1)
    fixed = (low == high) & (high > 0)
    held = np.where(stuck[:, None], fixed & seen, fixed & ~seen)
    cells = [
        f"{named.rows[i]} in {named.columns[j]} ({named.amount(int(whole[i, j]))})" for i, j in np.argwhere(held)[:10]
    ]
    surplus = int(over[seen].sum())
    raise AllocationError(
        bulleted(
            "No table meets both cuts:",
            [
                f"{many} would carry {named.amount(surplus)} more than asked, and {few} as much less",
                *([f"in the way stand what is held: {'; '.join(cells)}"] if cells else []),
                *([] if cells else ["what is 0 stays 0, and leaves no other way to them"]),
            ],
        )
    )
