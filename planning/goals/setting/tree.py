"""A tree of any number of levels as arrays: leaves in an order in which siblings stand together.

There are no loops over nodes: a node is the run of leaves below it, so a sum over nodes is one pass over an array.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import Real, Whole
from planning.errors import AllocationError, bulleted
from planning.goals.owners import COMPANY

Place = NDArray[np.intp]


@dataclass(frozen=True)
class Tree:
    """Roots, levels below them, and leaves.

    Parameters
    ----------
    labels
        A row a leaf as given, a column a level.
    given
        Levels whose values are the roots; none if there is one root.
    names
        Name of the roots' level, then of each level below.
    order
        Rows of `labels` in the order of the tree; siblings are in the order in which they first appear.
    starts
        First leaf of each node, a depth an array.
    """

    labels: pd.DataFrame
    given: list[str]
    names: list[str]
    order: Place
    starts: list[Place]

    @property
    def depth(self) -> int:
        """Depth of the leaves."""
        return len(self.names) - 1

    def parents(self, depth: int) -> Place:
        """Give the parent of each node of a depth, as its number among those of the depth above."""
        return np.searchsorted(self.starts[depth - 1], self.starts[depth], side="right") - 1

    def sums(self, values: Real, depth: int) -> Real:
        """Sum values of the nodes of a depth by their parents."""
        if depth == self.depth:
            return np.add.reduceat(values, self.starts[depth - 1], axis=0)
        return np.add.reduceat(values, np.searchsorted(self.starts[depth], self.starts[depth - 1]), axis=0)

    def under(self, leaves: Real, depth: int) -> Real:
        """Sum values of the leaves, in the order of the tree, by the node of a depth that they are under."""
        return leaves if depth == self.depth else np.add.reduceat(leaves, self.starts[depth], axis=0)

    def table(self, depth: int) -> pd.DataFrame:
        """Give the names down to each node of a depth."""
        columns = [*self.given, *self.names[1 : depth + 1]]
        return self.labels[columns].iloc[self.order[self.starts[depth]]].reset_index(drop=True)

    def paths(self, depth: int, nodes: Place) -> pd.Series:
        """Name nodes of a depth by all names down to them, such as ``East / Ana``."""
        rows = self.order[self.starts[depth][nodes]]
        columns = [*self.given, *self.names[1 : depth + 1]]
        if not columns:
            return pd.Series(self.names[0], range(len(rows)), dtype="str")
        parts = [self.labels[name].iloc[rows].astype("str").fillna("").reset_index(drop=True) for name in columns]
        path = parts[0]
        for part in parts[1:]:
            path = path + " / " + part
        return path

    def nameless(self, depth: int) -> Place:
        """Give the nodes of a depth that have no name."""
        column = self.labels[self.names[depth]].iloc[self.order[self.starts[depth]]]
        return np.flatnonzero((column.isna() | (column == "")).to_numpy())

    def of_roots(self, totals: pd.Series) -> Whole:
        """Give the total of each root, in the order of the tree.

        Raises
        ------
        AllocationError
            If a total has no leaves, or leaves have no total.
        """
        if not self.given:
            return totals.to_numpy().astype(np.int64)
        roots = self.table(0)
        index = pd.MultiIndex.from_frame(roots[list(totals.index.names)])
        wanted = totals.index if totals.index.nlevels > 1 else pd.MultiIndex.from_arrays([totals.index])
        places = wanted.get_indexer(index)
        bare = totals[~wanted.isin(index) & (totals != 0).to_numpy()]
        problems = [f"{name} has {total:,} to split and nobody to carry it" for name, total in bare.head(20).items()]
        problems += [f"{path} has no total" for path in self.paths(0, np.flatnonzero(places < 0)[:20])]
        if problems:
            raise AllocationError(bulleted("Totals and leaves do not go together:", problems))
        return totals.to_numpy()[places].astype(np.int64)


def grow(labels: pd.DataFrame, given: Sequence[str]) -> Tree:
    """Make the tree of leaves.

    Parameters
    ----------
    labels
        A row a leaf, a column a level from the top down.
    given
        The columns whose values are the roots.

    Raises
    ------
    AllocationError
        If a leaf is there twice: then nobody could say which of the two is meant.
    """
    below = [str(name) for name in labels.columns if name not in given]
    codes = {name: _codes(labels[name]) for name in [*given, *below]}
    key = np.zeros(len(labels), dtype=np.int64)
    span = 1
    for code in codes.values():
        size = int(code.max(initial=0)) + 1
        if span * size > 2**62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            span = len(labels)
        key, span = key * size + code, span * size
    order = np.arange(len(key)) if (key[1:] >= key[:-1]).all() else np.argsort(key, kind="stable")
    _refuse_twice(labels, key[order], order)
    new = np.zeros(len(key), dtype=bool)
    new[:1] = True
    starts = []
    for place, code in enumerate(codes.values()):
        if place == len(given):
            starts.append(np.flatnonzero(new))
        new[1:] |= (code[order][1:] != code[order][:-1]) if len(key) else False
        if place >= len(given):
            starts.append(np.flatnonzero(new))
    return Tree(labels, list(given), [given[-1] if given else COMPANY, *below], order, starts)


def _codes(names: pd.Series) -> NDArray[np.int64]:
    return pd.factorize(names, use_na_sentinel=False)[0].astype(np.int64)


def _refuse_twice(labels: pd.DataFrame, key: NDArray[np.int64], order: Place) -> None:
    twice = order[1:][key[1:] == key[:-1]]
    if len(twice):
        rows = labels.iloc[twice[:20]].astype("str").drop_duplicates()
        found = [" / ".join(row) for row in rows.itertuples(index=False, name=None)]
        raise AllocationError(
            bulleted(f"The same leaf is there more than once ({len(twice):,} rows too many):", found)
        )
