"""Edits of goals that always conserve: what one owner gains, others give, and the totals above stay what they were.

An edit looks at the children of one parent: the positions of a territory, the territories of a region, the regions of
the company. It says what each child is to carry; the differences are posted as one transaction that sums to zero, so
that the parent, and everybody above it, carries what it did. Within a child, the difference is spread over its cells
in proportion to what they hold, so that the profile of its months, products and channels is kept.

Whoever is *held* keeps the goal they have: agreed goals, and whom the planner names. What cannot be satisfied is
refused before anything is posted, with the bounds that clash.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Tell, apportion, settle
from planning.errors import LedgerError, bulleted
from planning.goals import ledger
from planning.goals.editing.bounds import Bounds, shared
from planning.goals.editing.spreading import spread
from planning.goals.ledger import Transaction
from planning.goals.owners import Owners

STEP = "edited"


@dataclass(frozen=True)
class Edit:
    """What an edit would do.

    Parameters
    ----------
    table
        A row a child of the parent: ``owner``, ``name``, ``before``, ``after`` and ``held``; whole minor units.
    what
        What is done, in words.
    """

    table: pd.DataFrame
    what: str

    @property
    def changed(self) -> pd.DataFrame:
        """The children whose goal changes."""
        return self.table[self.table["before"] != self.table["after"]]


def pin(
    owners: Owners,
    rows: pd.DataFrame,
    targets: Mapping[str, int],
    held: Collection[str] = (),
    bounds: Bounds | None = None,
) -> Edit:
    """Fix the goals of one or several children of one parent; the others share what is left, by what they carry.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric.
    targets
        Owner and whole minor units.
    held
        Owners who keep what they have.
    bounds
        How far the others may be moved.

    Raises
    ------
    LedgerError
        If they have no parent in common, somebody is both fixed and held, nobody is left to take the difference, or
        the bounds leave no room for it: with what clashes, and by how much.
    """
    family = _family(owners, rows, list(targets))
    both = sorted(set(targets) & set(held))
    problems = [f"{owners.name(each)} is to be changed and is held at once" for each in both]
    tell = (bounds or Bounds()).tell
    problems += [
        f"{owners.name(each)}: a goal of {tell(target)} is below zero"
        for each, target in targets.items()
        if target < 0
    ]
    if problems:
        raise LedgerError(bulleted("This cannot be fixed:", problems))
    wanted = pd.Series(targets)
    moved = int(wanted.sum() - family.loc[wanted.index, "before"].sum())
    others = [each for each in family.index if each not in targets and each not in held]
    after = family["before"].copy()
    after[wanted.index] = wanted
    if moved:
        after[others] = shared(owners, family.loc[others, "before"], moved, bounds)
    named = ", ".join(owners.name(each) for each in targets)
    return _edit(family, after, held, f"{named} fixed")


def pin_together(
    owners: Owners,
    rows: pd.DataFrame,
    members: Collection[str],
    target: int,
    held: Collection[str] = (),
    bounds: Bounds | None = None,
) -> Edit:
    """Fix what several positions carry together, wherever they are; the other positions share what is left.

    The others are those under the nearest owner who has more positions below than these: what that owner carries, and
    everybody above, stays what it was.

    Parameters
    ----------
    owners, rows, held, bounds
        As for `pin`.
    members
        Positions, such as those of a manager's team or of a rep in several territories.
    target
        What they are to carry together, whole minor units.

    Raises
    ------
    LedgerError
        If all who are inside, or all who are outside, are held, or the bounds leave no room.
    """
    inside = set(members)
    family = _carried(owners, rows, owners.frame["owner"].isin(_around(owners, inside)))
    before = family["before"]
    mine = before.index.isin(list(inside))
    free = ~before.index.isin(list(held))
    moved = target - int(before[mine].sum())
    if target < 0 or (moved and not (mine & free).any()):
        why = "all of them are held" if target >= 0 else f"{(bounds or Bounds()).tell(target)} is below zero"
        raise LedgerError(f"What they carry together cannot be fixed: {why}.")
    after = before.copy()
    if moved:
        after[mine & free] = shared(owners, before[mine & free], -moved, None)
        after[~mine & free] = shared(owners, before[~mine & free], moved, bounds)
    return _edit(family, after, held, f"{len(inside)} positions fixed together")


def resplit(
    owners: Owners, rows: pd.DataFrame, parent: str, weights: Mapping[str, float], held: Collection[str] = ()
) -> Edit:
    """Split what the children of a parent carry together anew, by weights.

    A child without a weight shares what is left evenly with the others without one: empty is not zero. A weight is a
    share of the whole if all have one.

    Parameters
    ----------
    owners, rows, held
        As for `pin`.
    parent
        Whose children.
    weights
        Weight by child; none below zero.

    Raises
    ------
    LedgerError
        If a weight is below zero, names nobody, or there is nobody to split over.
    """
    family = _children(owners, rows, parent)
    free = [each for each in family.index if each not in held]
    problems = [
        f"{owners.name(each)}: a weight of {value} is below zero" for each, value in weights.items() if value < 0
    ]
    problems += [f"{each!r} is not below {owners.name(parent)}" for each in weights if each not in family.index]
    problems += [] if free else ["everybody is held, so nobody is left to split over"]
    if problems:
        raise LedgerError(bulleted(f"{owners.name(parent)} cannot be split anew:", problems))
    given = pd.Series({each: weights.get(each, np.nan) for each in free}, dtype=float)
    # Who has no weight counts as the average of those who have one.
    filled = given.fillna(given.mean() if given.notna().any() else 1.0)
    if not filled.sum() > 0:
        filled[:] = 1.0
    after = family["before"].copy()
    after[free] = apportion(int(family.loc[free, "before"].sum()), filled.to_numpy())
    return _edit(family, after, held, f"{owners.name(parent)} split anew")


def rounded(owners: Owners, rows: pd.DataFrame, parent: str, quantum: int, held: Collection[str] = ()) -> Edit:
    """Round the goals of children to what a person would say, without losing a unit.

    All are multiples of the quantum but the largest, which takes what does not go into one.

    Parameters
    ----------
    owners, rows, held
        As for `pin`.
    parent
        Whose children.
    quantum
        Whole minor units, such as 100,000 for a thousand.

    Raises
    ------
    LedgerError
        If the quantum is not above zero, or everybody is held.
    """
    family = _children(owners, rows, parent)
    free = [each for each in family.index if each not in held]
    if quantum <= 0 or not free:
        why = "everybody is held" if quantum > 0 else "what is rounded to is not above zero"
        raise LedgerError(f"{owners.name(parent)} cannot be rounded: {why}.")
    before = family.loc[free, "before"]
    total = int(before.sum())
    whole = settle(before.to_numpy(dtype=float) / quantum, round(total / quantum)) * quantum
    after = family["before"].copy()
    after[free] = whole
    largest = before.idxmax()
    after[largest] += total - int(whole.sum())
    return _edit(family, after, held, f"{owners.name(parent)} rounded")


def transfer(
    owners: Owners,
    rows: pd.DataFrame,
    giver: str,
    taker: str,
    amount: int,
    tell: Tell = "{:,} minor units".format,
) -> pd.DataFrame:
    """Move an amount from one owner to another within each product and month.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric.
    giver, taker
        Owners without anybody below them, or whose own account is meant.
    amount
        Whole minor units above zero, at most what the giver carries.
    tell
        Writes an amount where it cannot be.

    Returns
    -------
    The entries to post: product by product and month by month, what one gives the other gets.

    Raises
    ------
    LedgerError
        If both are the same, or the giver does not carry so much.
    """
    cells = rows[rows["owner"] == giver].groupby(["product", "channel", "period"], as_index=False)["amount"].sum()
    cells = cells[cells["amount"] > 0]
    carries = int(cells["amount"].sum())
    problems = [f"{owners.name(giver)} cannot give to itself"] if giver == taker else []
    problems += [f"{tell(amount)} is not above zero"] if amount <= 0 else []
    problems += (
        [f"{owners.name(giver)} carries {tell(carries)}, less than {tell(amount)}"] if carries < amount else []
    )
    if problems:
        raise LedgerError(bulleted("This cannot be transferred:", problems))
    given = cells.assign(amount=apportion(amount, cells["amount"].to_numpy(dtype=float)))
    return ledger.entries(pd.concat([given.assign(owner=taker), given.assign(owner=giver, amount=-given["amount"])]))


def transaction(
    owners: Owners,
    rows: pd.DataFrame,
    edit: Edit,
    reason: str,
    actor: str,
    months: list[str],
    held: Collection[str] = (),
    metric: str = "revenue",
) -> Transaction:
    """Make the transaction that an edit is posted as.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of the metric.
    edit
        What is to change.
    reason, actor
        Why, and who.
    months
        Months of the year, over which somebody who carries nothing yet gets a goal evenly.
    held
        Owners below the children whose goal stays; where nobody else is below one, it takes the change itself.
    metric
        Metric of the catalogue.

    Raises
    ------
    LedgerError
        If nothing changes.
    """
    if edit.changed.empty:
        raise LedgerError("This edit changes nothing.")
    changes = dict(zip(edit.changed["owner"], edit.changed["after"] - edit.changed["before"], strict=True))
    moved = spread(owners, rows, changes, months, held)
    told = {"metric": metric, "step": STEP, "reason": reason, "source": f"{edit.what}, by {actor}"}
    return Transaction("move", reason, actor, ledger.entries(moved, **told))


def _family(owners: Owners, rows: pd.DataFrame, members: list[str]) -> pd.DataFrame:
    parents = {owners.parents.get(each, "") for each in members}
    if len(parents) != 1 or "" in parents:
        names = ", ".join(owners.name(each) for each in members)
        raise LedgerError(
            f"{names} do not share one parent, so no total would be kept. Change them one after the other."
        )
    return _children(owners, rows, parents.pop())


def _around(owners: Owners, members: set[str]) -> list[str]:
    """Give the positions under the nearest owner who has others below than some members."""
    positions = set(owners.positions["owner"])
    for top in owners.above(min(members)):
        found = [each for each in owners.under([top]) if each in positions]
        if members < set(found):
            return found
    raise LedgerError("Nobody is left to take the difference: these are all positions. Set the company's goal anew.")


def _children(owners: Owners, rows: pd.DataFrame, parent: str) -> pd.DataFrame:
    return _carried(owners, rows, owners.frame["parent"] == parent)


def _carried(owners: Owners, rows: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
    """Give what some owners carry: ``name`` and ``before`` by owner."""
    carried = owners.roll_up(rows.groupby("owner")["amount"].sum())
    mine = owners.frame[which].set_index("owner")
    return pd.DataFrame({"name": mine["name"], "before": carried.reindex(mine.index).astype("int64")})


def _edit(family: pd.DataFrame, after: pd.Series, held: Collection[str], what: str) -> Edit:
    table = family.assign(after=after.astype("int64"), held=family.index.isin(list(held)))
    return Edit(table.rename_axis("owner").reset_index(), what)
