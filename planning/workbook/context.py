"""What a page, a report or a command is about: whose company, which year, scenario and territory."""

from dataclasses import dataclass

from planning.amounts import Tell, in_money
from planning.periods import FiscalCalendar
from planning.settings import Settings
from planning.store.assumed import PLAN
from planning.store.people import Person

__all__ = ["PLAN", "Context"]


@dataclass(frozen=True)
class Context:
    """The place in the workbook where a person stands.

    Parameters
    ----------
    settings
        Settings of the workspace.
    year
        Fiscal year that is planned.
    scenario
        Name of the book's scenario; ``plan`` is the one that is negotiated.
    territory
        Territory in view; empty means the whole company.
    person
        Who is asking; none where nobody logs in, and whoever uses this machine may do everything.
    """

    settings: Settings
    year: int
    scenario: str = PLAN
    territory: str = ""
    person: Person | None = None

    @property
    def calendar(self) -> FiscalCalendar:
        """The company's fiscal calendar."""
        return FiscalCalendar(self.settings.fiscal_year_start, self.settings.holidays)

    @property
    def tell(self) -> Tell:
        """What writes an amount of the company's money in a message."""
        return in_money(self.settings.currency, self.settings.minor_digits)

    def actor(self, name: str) -> str:
        """Name who acts: the person who is logged in; where nobody logs in, who it is said to be."""
        return self.person.name if self.person is not None else name
