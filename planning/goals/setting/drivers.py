r"""The split by drivers: several metrics, each with a direction and a weight, say who is asked for how much.

At every level a child's share of its parent is

.. math:: s_c = \sum_d \frac{w_d}{\sum w} \cdot \frac{v_{cd}}{\sum_{siblings} v_d}

where the value of a parent is the sum of what its leaves count. Where less is better, a leaf counts as the reciprocal
of its value, so that a team of ten is not asked for less because it has ten. Two layers come out: *goal*, where every
parent is the sum of its children, and *assigned*, where levels pass down more than they carry. They are never summed
into one another.

What a person should know of is not left to be found: `Split.notes` names it, and `shares.RULES` says what was done.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from planning.amounts import Real, Whole, apportion
from planning.errors import AllocationError, bulleted, unknown_name
from planning.goals.owners import COMPANY
from planning.goals.setting.shares import NEWCOMERS, NOTE, Driver, Newcomers, count, note, shares
from planning.goals.setting.tree import Tree, grow


@dataclass(frozen=True)
class Split:
    """What a split by drivers came to.

    Parameters
    ----------
    leaves
        The names of each leaf as given, ``goal`` and ``assigned``: whole units.
    levels
        The same a level: a row a node with the names down to it.
    notes
        Columns of `NOTE`: all that a person should know of, empty if there is nothing.
    """

    leaves: pd.DataFrame
    levels: dict[str, pd.DataFrame]
    notes: pd.DataFrame


def split(
    total: int | pd.Series,
    levels: pd.DataFrame,
    values: pd.DataFrame,
    drivers: Sequence[Driver],
    newcomers: Newcomers = "equal",
    over_assignment: Mapping[str, Decimal] | None = None,
    lower: Whole | None = None,
    upper: Real | None = None,
) -> Split:
    """Split goals down any number of levels, in proportion to drivers.

    Parameters
    ----------
    total
        Whole units: one number for all, or a number for each value of the first levels, such as product and quarter,
        by which its index is named.
    levels
        A row a leaf, a column a level from the top down; an empty name where nobody is named.
    values
        A row a leaf in the same order, a column a driver; empty where it is not known.
    drivers
        What counts, and how much.
    newcomers
        What somebody without any value gets: see `NEWCOMERS`.
    over_assignment
        Part that each level passes down on top of what it carries, such as ``{"region": Decimal("0.05")}``; what
        passes the total down is called by the last level that the totals are given for, or ``company``.
    lower, upper
        Whole units by leaf, none for no bound: see `within`.

    Raises
    ------
    AllocationError
        With everything that cannot be used: leaves that are there twice, unknown levels, totals without leaves,
        bounds that leave no room.
    """
    used = [each for each in drivers if each.weight]
    totals, given = _totals(total)
    _refuse_unusable(totals, given, levels, values, drivers, over_assignment or {}, newcomers)
    tree = grow(levels, given)
    limits = [None if each is None else np.asarray(each, dtype=float)[tree.order] for each in (lower, upper)]
    counted = count(tree, values, used, newcomers)
    goals = [tree.of_roots(totals)]
    assigned, notes = list(goals), counted.notes
    for depth in range(1, tree.depth + 1):
        parent = tree.parents(depth)
        part, told = shares(tree, depth, counted, used, newcomers)
        low, high = (None if each is None else tree.under(each, depth) for each in limits)
        goals.append(_apportioned(tree, depth, goals[-1], part, low, high))
        ratio = (over_assignment or {}).get(tree.names[depth - 1], Decimal(0))
        passed = _passed(assigned[-1], ratio)
        assigned.append(goals[-1] if not over_assignment else apportion(passed, goals[-1], groups=parent))
        notes += told
        if depth == tree.depth:
            notes += _bitten(tree, part * goals[-2][parent], low, high)
    notes += _without_owner(tree)
    return _result(tree, goals, assigned, notes)


def within(
    before: Whole,
    floor: Decimal | None = None,
    cap: Decimal | None = None,
    fixed: Mapping[int, int] | None = None,
) -> tuple[Whole, Real]:
    """Give the bounds of leaves: growth over what they had, and goals that are fixed or held.

    Parameters
    ----------
    before
        Whole units that each leaf had; who had nothing is not bound by growth.
    floor, cap
        Growth, such as -0.1 and 0.1; none for no bound.
    fixed
        Whole units by place of the leaf.

    Returns
    -------
    The least and the most that each leaf gets.
    """
    had = np.asarray(before, dtype=np.int64)
    lower, upper = np.zeros(len(had), dtype=np.int64), np.full(len(had), np.inf)
    bound = had > 0
    if floor is not None:
        lower[bound] = [math.ceil((1 + floor) * int(each)) for each in had[bound]]
    if cap is not None:
        upper[bound] = [math.floor((1 + cap) * int(each)) for each in had[bound]]
    for place, goal in (fixed or {}).items():
        lower[place], upper[place] = goal, goal
    return lower, upper


def _totals(total: int | pd.Series) -> tuple[pd.Series, list[str]]:
    if isinstance(total, pd.Series):
        return total, [str(name) for name in total.index.names]
    return pd.Series([total]), []


def _refuse_unusable(
    totals: pd.Series, given: list[str], levels: pd.DataFrame, values: pd.DataFrame, drivers: Sequence[Driver],
    ratios: Mapping[str, Decimal], newcomers: str,
) -> None:  # fmt: skip
    """Refuse what cannot be split, all at once."""
    problems = [f"a total of {each:,} is below zero" for each in totals[totals < 0].head(20)]
    problems += [unknown_name("level", name, map(str, levels.columns)) for name in given if name not in levels]
    problems += ["a total is given twice"] if given and totals.index.duplicated().any() else []
    below = [str(name) for name in levels.columns if name not in given]
    problems += [] if below and len(levels) else ["there is no level below the totals to split over"]
    passing = [given[-1] if given else COMPANY, *below[:-1]]
    problems += [unknown_name("level that passes down", name, passing) for name in ratios if name not in passing]
    problems += [
        f"{name} cannot pass down {ratio} on top: a part is from 0 to 10, with six decimals at most"
        for name, ratio in ratios.items()
        if not (0 <= ratio <= 10 and ratio == round(ratio, 6))
    ]
    problems += [] if newcomers in NEWCOMERS else [unknown_name("rule for newcomers", newcomers, NEWCOMERS)]
    problems += [f"{each.name}: a weight of {each.weight} is below zero" for each in drivers if each.weight < 0]
    problems += [] if sum(each.weight for each in drivers) > 0 else ["no driver has a weight"]
    problems += [] if len(values) == len(levels) else [f"{len(levels)} leaves, but {len(values)} rows of values"]
    known = [each.name for each in drivers if each.name in values]
    problems += [unknown_name("driver", each.name, values.columns) for each in drivers if each.name not in values]
    for name in known:
        column = values[name].to_numpy(dtype=float, na_value=np.nan)
        wrong = np.flatnonzero((column < 0) | np.isinf(column))
        problems += [
            f"{name} in row {row} is {column[row]}; values are finite and not below zero" for row in wrong[:5]
        ]
    if problems:
        raise AllocationError(bulleted("The split by drivers cannot be made:", problems))


def _apportioned(tree: Tree, depth: int, above: Whole, shares: Real, low: Real | None, high: Real | None) -> Whole:
    try:
        return apportion(above, shares, low, high, tree.parents(depth))
    except AllocationError as error:
        named = tree.paths(depth - 1, np.arange(len(above)))
        told = re.sub(r"group (\d+)", lambda found: str(named[int(found[1])]) or COMPANY, str(error))
        raise AllocationError(told) from error


def _passed(carried: Whole, ratio: Decimal) -> Whole:
    """Give what is passed down with the part on top, in whole numbers alone; halves go to the even one."""
    above, below = (1 + ratio).as_integer_ratio()
    whole, rest = np.divmod(carried, below)
    up, exact = np.divmod(rest * above * 2 + below, 2 * below)
    passed = whole * above + up
    return passed - ((exact == 0) & (passed % 2 == 1))


def _bitten(tree: Tree, ideal: Real, low: Real | None, high: Real | None) -> list[pd.DataFrame]:
    notes = []
    if low is not None:
        notes += note(tree, tree.depth, low > np.ceil(ideal), "lower bound")
    if high is not None:
        notes += note(tree, tree.depth, high < np.floor(ideal), "upper bound")
    return notes


def _without_owner(tree: Tree) -> list[pd.DataFrame]:
    notes = []
    for depth in range(1, tree.depth + 1):
        nameless = np.zeros(len(tree.starts[depth]), dtype=bool)
        nameless[tree.nameless(depth)] = True
        notes += note(tree, depth, nameless, "no owner")
    return notes


def _result(tree: Tree, goals: list[Whole], assigned: list[Whole], notes: list[pd.DataFrame]) -> Split:
    levels = {
        tree.names[depth]: tree.table(depth).assign(goal=goals[depth], assigned=assigned[depth])
        for depth in range(tree.depth)
    }
    back = np.empty(len(tree.order), dtype=np.intp)
    back[tree.order] = np.arange(len(back))
    leaves = tree.labels.assign(goal=goals[-1][back], assigned=assigned[-1][back])
    said = pd.concat(notes, ignore_index=True) if notes else pd.DataFrame(columns=list(NOTE), dtype="str")
    return Split(leaves, levels, said)
