"""Commission: a part of what is sold, by marginal tiers, with the higher ones held back until a quota is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import numpy as np

from planning.amounts import Real
from planning.errors import unknown_name
from planning.goals.pay.curve import percent
from planning.periods import PERIODS

GATES = {
    "none": "nothing: they hold at once",
    "year_to_date": "what is due so far in the year",
    "year": "the quota of the whole year",
}
"""What must be met before the rates above the first hold."""


@dataclass(frozen=True)
class Commission:
    """What each amount sold earns.

    Parameters
    ----------
    tiers
        From which amount on (the first from 0; whole minor units), and the rate, a fraction; in their order.
    per
        Period at whose beginning the tiers begin anew, one of `planning.periods.PERIODS`.
    gate
        One of `GATES`: what the year to date must have met for the rates above the first to hold. With a gate, pay
        jumps where it is passed; without one it is continuous.
    """

    tiers: tuple[tuple[int, Decimal], ...]
    per: str = "year"
    gate: str = "none"

    @property
    def months(self) -> int:
        """Months of a period."""
        return {"month": 1, "quarter": 3, "half": 6, "year": 12}[self.per]

    def of(self, amount: int, since: int = 0) -> Fraction:
        """Give what an amount earns on top of what was sold in the period before it; exact, in minor units.

        Examples
        --------
        5,000 at 4% and 15,000 at 6%:

        >>> steps = ((0, Decimal("0.04")), (150_000, Decimal("0.06")), (250_000, Decimal("0.08")))
        >>> Commission(steps).of(20_000, since=145_000)
        Fraction(1100, 1)
        """
        return sum((part * Fraction(rate) for part, rate in self.parts(amount, since)), Fraction(0))

    def parts(self, amount: int, since: int = 0) -> list[tuple[int, Decimal]]:
        """Cut an amount by the tiers that it falls into: what each holds, and its rate."""
        high = since + amount
        ends = [*(begins for begins, _ in self.tiers[1:]), max(high, self.tiers[-1][0])]
        cut = [
            (max(min(high, end) - max(since, begins), 0), rate)
            for (begins, rate), end in zip(self.tiers, ends, strict=True)
        ]
        return [each for each in cut if each[0] > 0]

    def by_period(self, amounts: Sequence[int], quotas: Sequence[int]) -> list[Fraction]:
        """Give the commission of each period of a year, exact, in minor units.

        Parameters
        ----------
        amounts, quotas
            What was sold in each period from the first on, and what is due in all of them; whole minor units.
        """
        opened = self.opened(amounts, quotas)
        first = Commission(self.tiers[:1])
        return [(self if open_ else first).of(amount) for amount, open_ in zip(amounts, opened, strict=True)]

    def opened(self, amounts: Sequence[int], quotas: Sequence[int]) -> list[bool]:
        """Say for each period whether the rates above the first hold in it."""
        due = self._due(quotas)
        return [due is None or sold >= due[place] for place, sold in enumerate(accumulate(amounts))]

    def by_period_all(self, amounts: Real, quotas: Sequence[int]) -> Real:
        """Give the commission of many years at once.

        Parameters
        ----------
        amounts
            A row a year, a column a period; minor units.
        quotas
            What was due in each period.

        Returns
        -------
        Of the shape of `amounts`.
        """
        begins = [float(each) for each, _ in self.tiers]
        ends = [*begins[1:], np.inf]
        earned = [
            (np.clip(amounts, low, high) - low) * float(rate)
            for low, high, (_, rate) in zip(begins, ends, self.tiers, strict=True)
        ]
        whole: Real = np.sum(earned, axis=0)
        due = self._due(quotas)
        if due is None:
            return whole
        first = np.clip(amounts, 0, None) * float(self.tiers[0][1])
        return np.where(np.cumsum(amounts, axis=1) >= np.array(due), whole, first)

    def _due(self, quotas: Sequence[int]) -> list[int] | None:
        if self.gate == "none":
            return None
        return list(accumulate(quotas)) if self.gate == "year_to_date" else [sum(quotas)] * len(quotas)

    def problems(self) -> list[str]:
        """Find what is wrong with it."""
        begins = [each for each, _ in self.tiers]
        found = [] if begins[:1] == [0] else ["the first tier does not begin at 0"]
        if any(later <= earlier for earlier, later in zip(begins, begins[1:], strict=False)):
            found.append("tiers do not rise: each begins above the one before it")
        found += [f"a rate of {percent(rate)} is below zero" for _, rate in self.tiers if rate < 0]
        found += [f"a rate of {percent(rate)} pays more than is sold" for _, rate in self.tiers if rate > 1]
        if self.per not in PERIODS:
            found.append(unknown_name("period", self.per, PERIODS))
        if self.gate not in GATES:
            found.append(unknown_name("gate", self.gate, GATES))
        return found
