"""What attainment earns: nothing below a threshold, all at the target, more or less above it, up to a cap.

Pay is *marginal*: each stretch of attainment earns by its own rate, so that passing a tier never takes anything away.
The threshold is the one step there may be: what is earned there is earned at once. Attainment and pay are fractions,
1 is the target and all that stands on it.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from planning.amounts import Real

Part = Decimal
"""A fraction, such as 0.5."""


@dataclass(frozen=True)
class Tier:
    """A rate that holds from an attainment on.

    Parameters
    ----------
    begins
        Attainment from which it holds, at least 1.
    rate
        What each part of attainment beyond earns: 1.5 pays one and a half percent for one percent. Above 1 it is an
        accelerator, below 1 a decelerator.
    """

    begins: Part
    rate: Part


@dataclass(frozen=True)
class Bonus:
    """An amount for reaching a stretch level.

    Parameters
    ----------
    at
        Attainment, above 1.
    amount
        Whole minor units.
    """

    at: Part
    amount: int


@dataclass(frozen=True)
class Curve:
    """What attainment earns.

    Parameters
    ----------
    threshold
        Attainment below which nothing is earned.
    at_threshold
        Pay at the threshold; from there it rises evenly to 1 at the target.
    tiers
        Rates above the target, in their order; the last goes on. Without one, each percent earns as much as on the
        way from the threshold to the target.
    cap
        Pay that is not exceeded; none for no end.
    """

    threshold: Part = Decimal(0)
    at_threshold: Part = Decimal(0)
    tiers: tuple[Tier, ...] = ()
    cap: Part | None = None

    @property
    def segments(self) -> list[tuple[Fraction, Fraction | None, Fraction]]:
        """Begin, end and rate of each stretch from the threshold on; the last has no end."""
        low, at = Fraction(self.threshold), Fraction(self.at_threshold)
        found: list[tuple[Fraction, Fraction | None, Fraction]] = []
        if low < 1:
            found.append((low, Fraction(1), (1 - at) / (1 - low)))
        rate = found[0][2] if found else Fraction(1)
        begins = [Fraction(1), *(Fraction(each.begins) for each in self.tiers)]
        rates = [rate, *(Fraction(each.rate) for each in self.tiers)]
        ends: list[Fraction | None] = [*begins[1:], None]
        return found + [each for each in zip(begins, ends, rates, strict=True) if each[0] != each[1]]

    def stretches(self, attainment: Fraction) -> list[tuple[str, Fraction]]:
        """Give what an attainment earns stretch by stretch: in words, and how much; they add up to `pays`."""
        low = Fraction(self.threshold)
        if attainment < low or attainment <= 0:
            return [(f"below the threshold of {percent(self.threshold)}" if low > 0 else "nothing done", Fraction(0))]
        at = self._at_once
        found = [(f"at {percent(self.threshold)}", at)] if at else []
        for begins, end, rate in self.segments:
            inside = min(attainment, end) if end is not None else attainment
            if inside > begins:
                told = f"from {_as_percent(begins)} to {_as_percent(inside)}, {_short(rate)}% for each percent"
                found.append((told, (inside - begins) * rate))
        paid = sum((part for _, part in found), Fraction(0))
        if self.cap is not None and paid > Fraction(self.cap):
            found.append((f"beyond the cap of {percent(self.cap)}", Fraction(self.cap) - paid))
        return found

    def pays(self, attainment: Fraction) -> Fraction:
        """Give what one attainment earns, exactly."""
        return sum((part for _, part in self.stretches(attainment)), Fraction(0))

    @property
    def _at_once(self) -> Fraction:
        """What is earned at the threshold at once."""
        return Fraction(self.at_threshold) if self.threshold < 1 else Fraction(1)

    def pays_all(self, attainment: Real) -> Real:
        """Give what many attainments earn, at once; of the shape of `attainment`."""
        paid = np.full_like(attainment, float(self._at_once), dtype=float)
        for begins, end, rate in self.segments:
            top = np.inf if end is None else float(end)
            paid += np.clip(np.minimum(attainment, top) - float(begins), 0, None) * float(rate)
        paid = paid if self.cap is None else np.minimum(paid, float(self.cap))
        return np.where((attainment < float(self.threshold)) | (attainment <= 0), 0.0, paid)

    @property
    def reaches_cap_at(self) -> Fraction | None:
        """The attainment from which the cap holds; none if it never does."""
        if self.cap is None:
            return None
        paid, cap = self._at_once, Fraction(self.cap)
        for begins, end, rate in self.segments:
            if rate > 0 and (end is None or paid + (end - begins) * rate >= cap):
                return begins + max(cap - paid, Fraction(0)) / rate
            paid += (end - begins) * rate if end is not None else 0
        return None

    def problems(self) -> list[str]:
        """Find what is wrong with it."""
        found = []
        if not 0 <= self.threshold <= 1:
            found.append(f"a threshold of {percent(self.threshold)} does not lie between 0% and the target")
        if not 0 <= self.at_threshold <= 1:
            found.append(f"pay of {percent(self.at_threshold)} at the threshold does not lie between 0% and 100%")
        if self.threshold == 0 and self.at_threshold > 0:
            found.append(
                f"{percent(self.at_threshold)} would be earned for nothing: name the threshold it is earned at"
            )
        if self.threshold == 1 and self.at_threshold != 1:
            found.append(f"{percent(self.at_threshold)} at a threshold that is the target, which earns 100%")
        begins = [each.begins for each in self.tiers]
        found += [f"a tier from {percent(each)} begins below the target" for each in begins if each < 1]
        if any(later <= earlier for earlier, later in zip(begins, begins[1:], strict=False)):
            found.append(f"tiers from {', '.join(map(percent, begins))} do not rise")
        found += [f"a rate of {percent(each.rate)} is below zero" for each in self.tiers if each.rate < 0]
        if self.cap is not None and self.cap < 1:
            found.append(f"a cap of {percent(self.cap)} lies below what the target earns")
        return found


def percent(part: Part) -> str:
    """Write a part as people do, losing nothing of it: 0.5 is 50%."""
    return f"{(part * 100).normalize():f}%"


def _as_percent(part: Fraction) -> str:
    return f"{_short(part * 100)}%"


def _short(number: Fraction) -> str:
    """Write a number with two decimals at most; it is told, not computed with."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")
