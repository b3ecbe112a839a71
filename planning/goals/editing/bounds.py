"""How far an edit may move the goals of others, and what they can give or take within it."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from planning.amounts import Tell, Whole, apportion
from planning.errors import AllocationError, LedgerError, bulleted
from planning.goals.owners import Owners

_NAMED = 10
"""How many are named where all of them cannot give or take enough."""


@dataclass(frozen=True)
class Bounds:
    """How far an edit may move a goal, in growth over what it is.

    Parameters
    ----------
    floor, cap
        Fractions, such as -0.1 and 0.1; none for no bound.
    tell
        Writes an amount where something cannot hold.
    """

    floor: Decimal | None = None
    cap: Decimal | None = None
    tell: Tell = "{:,} minor units".format


def shared(owners: Owners, carried: pd.Series, moved: int, bounds: Bounds | None) -> Whole:
    """Take an amount off the goals of others in proportion to what they carry, inside their bounds.

    Parameters
    ----------
    owners
        The book's owners, for their names.
    carried
        What the others carry, by owner, whole minor units.
    moved
        What they give up together, whole minor units; below zero they take it on.
    bounds
        How far each may be moved; none for no bound.

    Returns
    -------
    What each carries then, in whole minor units.

    Raises
    ------
    LedgerError
        If there is nobody, or the bounds leave no room: with what they would have to do, and what they can.
    """
    limits = bounds or Bounds()
    tell = limits.tell
    if carried.empty:
        raise LedgerError(
            f"Nobody is left to {_takes(moved)} {tell(abs(moved))}: the others are held. Hold fewer, or change the "
            "goal of the parent."
        )
    total = int(carried.sum()) - moved
    size = carried.to_numpy(dtype=float)
    lower = np.zeros(len(size)) if limits.floor is None else np.ceil(size * float(1 + limits.floor))
    upper = np.full(len(size), np.inf) if limits.cap is None else np.floor(size * float(1 + limits.cap))
    if not lower.sum() <= total <= upper.sum():
        raise LedgerError(_no_room(owners, carried, moved, limits, (float(lower.sum()), float(upper.sum()))))
    try:
        return apportion(total, np.where(size > 0, size, 0) if size.sum() > 0 else np.ones(len(size)), lower, upper)
    except AllocationError as error:
        raise LedgerError(f"The others cannot {_takes(moved)} {tell(abs(moved))}: {error}") from error


def _no_room(owners: Owners, carried: pd.Series, moved: int, limits: Bounds, ends: tuple[float, float]) -> str:
    """Say what the others would have to do, what they can at most, and by how much that is too little."""
    named = [owners.name(each) for each in carried.index]
    names = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
    now, tell = int(carried.sum()), limits.tell
    end, bound = (ends[0], limits.floor) if moved > 0 else (ends[1], limits.cap)
    most = abs(now - round(end))
    why = f"with a {'floor' if moved > 0 else 'cap'} of {bound:+.1%}" if bound is not None else "down to nothing"
    return bulleted(
        "The bounds leave no room for this:",
        [
            f"{names} carry {tell(now)} together, and would have to {_takes(moved)} {tell(abs(moved))}",
            f"{why}, they can {_takes(moved)} {tell(most)} at most: {tell(abs(moved) - most)} too little",
        ],
    )


def _takes(moved: int) -> str:
    return "give up" if moved > 0 else "take on"
