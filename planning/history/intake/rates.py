"""Plan rates: at which a source's amounts in other currencies become the company's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from planning.errors import SourceError
from planning.history.intake.declaration import Section

FOREIGN_DECIMALS = 4
"""No currency has more."""
_RATE = r"[0-9]{1,6}(\.[0-9]{1,9})?"


@dataclass(frozen=True)
class PlanRates:
    """The company's currency, and what others are worth in it for the whole plan.

    Parameters
    ----------
    own
        Currency of the company; its amounts stay as they are.
    rates
        Units of the company's currency for one unit of another.
    """

    own: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.own in self.rates:
            raise SourceError(f"[rates] names {self.own}, the company's own currency: leave it out.")

    @property
    def known(self) -> tuple[str, ...]:
        """Currencies that an amount may be in."""
        return (self.own, *self.rates)

    def factor(self, currency: str, minor_digits: int) -> Decimal:
        """Say exactly what a ten-thousandth of a currency is worth in minor units of the company's."""
        return self.rates[currency].scaleb(minor_digits - FOREIGN_DECIMALS)


OWN_CURRENCY = PlanRates()
"""Where all amounts are in the company's currency."""


def read_rates(section: Section) -> dict[str, Decimal]:
    """Read the plan rates of a source; they are texts, so that none is a float on its way."""
    rates = {}
    for currency, text in section.texts().items():
        if not re.fullmatch("[A-Z]{3}", currency):
            section.wrong(f"{currency!r} is no currency; write its three letters, such as EUR")
        elif not re.fullmatch(_RATE, text) or not Decimal(text):
            section.wrong(f'{currency} is {text!r}; write a rate above 0 such as "1.08", with at most 9 decimals')
        else:
            rates[currency] = Decimal(text)
    return rates
