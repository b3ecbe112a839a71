"""What was found out about an event: one measure of it, as a fraction and in money."""

import math
from dataclasses import dataclass

from planning.history.cost.cells import Window
from planning.history.cost.spread import Estimate


@dataclass(frozen=True)
class Finding:
    """One measure of an event.

    Parameters
    ----------
    measure
        What was measured, such as ``sales`` or ``price``.
    method
        How, in words.
    window
        Months that it was measured over; none where it could not be.
    effect
        As a fraction, or as an elasticity; with its interval.
    money
        What it cost (negative) or brought in over the window, and its interval, in minor units; empty for a measure
        that is not money or cannot be told.
    beside
        Other events that fell on the same cells: their effect is part of this one.
    """

    measure: str
    method: str
    window: Window | None
    effect: Estimate
    money: tuple[int, int, int] | None = None
    beside: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Say which way it went: fell, rose, or cannot tell."""
        if not self.effect.told:
            return "cannot tell"
        return "rose" if self.effect.value > 0 else "fell"


def in_money(sold: int, change: Estimate) -> tuple[int, int, int] | None:
    """Price a difference of logarithms on what was sold: the amount, and the ends of its interval.

    What was sold less what would have been sold without the event, ``sold * (1 - exp(-change))``. There is none where
    the estimate has no value.

    Examples
    --------
    >>> in_money(780, Estimate(math.log(0.78), math.log(0.7), math.log(0.9), 9))
    (-220, -334, -87)
    """
    if math.isnan(change.value):
        return None
    amount, low, high = (round(-sold * math.expm1(-each)) for each in (change.value, change.low, change.high))
    return amount, min(low, high), max(low, high)
