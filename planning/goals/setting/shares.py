"""What each node of a tree counts by drivers, and its share of its parent; what degrades on the way is noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import Real
from planning.goals.setting.tree import Tree

Newcomers = Literal["equal", "none", "average"]

NEWCOMERS: dict[str, str] = {
    "equal": "an equal share of what their team is asked for; they add nothing to what the team is asked for",
    "none": "nothing",
    "average": "what their team gets on average, and the team is asked for more on their account",
}
RULES = {
    "no value": "Has no value, and counts as the average of the siblings who have one: empty is not zero.",
    "zero": "Is zero where less is better, and counts as half the smallest value that anybody has.",
    "silent": "Is zero or empty for all siblings, so that it says nothing here: its weight goes to the others.",
    "newcomer": "Has no value above zero in any driver, and gets {}.",
    "no share": "Nobody below has a value above zero, so nothing is asked for here.",
    "even": "No driver says anything of these siblings: they share evenly.",
    "lower bound": "Gets more than its share, by a lower bound.",
    "upper bound": "Gets less than its share, by an upper bound.",
    "no owner": "Nobody is named: this stands where it is, to be placed.",
}
NOTE = ("what", "level", "where", "driver", "says")


@dataclass(frozen=True)
class Driver:
    """A metric that a goal is split by.

    Parameters
    ----------
    name
        Column of the values.
    higher_is_better
        Whether more of it draws more goal.
    weight
        Its part among all drivers; only the ratio of weights counts.
    """

    name: str
    higher_is_better: bool = True
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Counted:
    """What each node counts: a list a depth, a row a node, a column a driver; empty where no sibling has a value."""

    values: list[Real]
    new: NDArray[np.bool_]
    notes: list[pd.DataFrame]


def count(tree: Tree, values: pd.DataFrame, drivers: Sequence[Driver], newcomers: str) -> Counted:
    """Turn values into what leaves count, fill in who has none, and sum them level by level to the roots."""
    raw = values[[each.name for each in drivers]].to_numpy(dtype=float, na_value=np.nan)[tree.order]
    new = ~(raw > 0).any(axis=1)
    counts, notes = raw.copy(), []
    for column, driver in enumerate(drivers):
        mine = raw[:, column]
        empty, zero = np.isnan(mine) & ~new, (mine == 0) & ~new
        notes += note(tree, tree.depth, empty, "no value", driver.name)
        if not driver.higher_is_better:
            notes += note(tree, tree.depth, zero, "zero", driver.name)
            least = mine[mine > 0].min(initial=np.inf)
            # Where nobody has more than zero there is no telling who has less.
            counts[:, column] = 1 / np.where(mine > 0, mine, least / 2 if np.isfinite(least) else np.nan)
            counts[np.isnan(mine), column] = np.nan
    notes += note(tree, tree.depth, new, "newcomer", says=RULES["newcomer"].format(NEWCOMERS[newcomers]))
    counts[new] = np.nan
    nodes = [counts]
    for depth in range(tree.depth, 0, -1):
        if depth < tree.depth:
            for column, driver in enumerate(drivers):
                notes += note(tree, depth, np.isnan(nodes[0][:, column]), "no value", driver.name)
        nodes[0] = _filled(tree, depth, nodes[0], new if depth == tree.depth and newcomers != "average" else None)
        above = tree.sums(np.nan_to_num(nodes[0]), depth)
        known = tree.sums((~np.isnan(nodes[0])).astype(float), depth) > 0
        nodes.insert(0, np.where(known, above, np.nan))
    return Counted(nodes, new, notes)


def _filled(tree: Tree, depth: int, counts: Real, nothing: NDArray[np.bool_] | None) -> Real:
    """Give who has no value the average of the siblings who have one, but newcomers who add nothing, nothing."""
    empty = np.isnan(counts)
    if empty.any():
        known = tree.sums((~empty).astype(float), depth)
        mean = tree.sums(np.where(empty, 0.0, counts), depth) / np.where(known > 0, known, np.nan)
        counts = np.where(empty, mean[tree.parents(depth)], counts)
        if nothing is not None:
            counts[nothing] = 0.0
    return counts


def shares(
    tree: Tree, depth: int, counted: Counted, drivers: Sequence[Driver], newcomers: str
) -> tuple[Real, list[pd.DataFrame]]:
    """Give each node's share of its parent, and what is to be said of it."""
    counts, parent = np.nan_to_num(counted.values[depth]), tree.parents(depth)
    sums = tree.sums(counts, depth)
    weights = np.array([float(each.weight) for each in drivers])
    says = np.where(sums > 0, weights, 0.0)
    heard = says.sum(axis=1)
    factor = says / np.where(sums > 0, sums, 1.0) / np.where(heard > 0, heard, 1.0)[:, None]
    shares = (counts * factor[parent]).sum(axis=1)
    many = np.bincount(parent, minlength=len(sums))
    silent = (heard == 0)[parent]
    shares[silent] = 1.0
    notes = []
    for column, driver in enumerate(drivers):
        quiet = (sums[:, column] <= 0) & (heard > 0) & (many > 1)
        notes += note(tree, depth - 1, quiet, "silent", driver.name)
    notes += note(tree, depth - 1, (heard == 0) & (many > 1), "even")
    if depth < tree.depth:
        return shares, notes + note(tree, depth, (shares == 0) & ~silent, "no share")
    if newcomers == "equal":
        added = np.bincount(parent, counted.new, minlength=len(sums)) / many
        shares = np.where(silent, 1.0, np.where(counted.new, 1.0 / many[parent], shares * (1 - added)[parent]))
    return shares, notes


def note(
    tree: Tree, depth: int, which: NDArray[np.bool_], what: str, driver: str = "", says: str = ""
) -> list[pd.DataFrame]:
    """Note something of nodes of a depth; nothing if there are none."""
    nodes = np.flatnonzero(which)
    if not len(nodes):
        return []
    told = {"what": what, "level": tree.names[depth], "driver": driver, "says": says or RULES[what]}
    return [pd.DataFrame({"where": tree.paths(depth, nodes)}).assign(**told)[list(NOTE)]]
