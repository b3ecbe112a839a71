"""What a page, a report or a command is about: whose company, which year, scenario and territory."""

from dataclasses import dataclass

from planning.periods import FiscalCalendar
from planning.settings import Settings
from planning.store.assumed import PLAN

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
    """

    settings: Settings
    year: int
    scenario: str = PLAN
    territory: str = ""

    @property
    def calendar(self) -> FiscalCalendar:
        """The company's fiscal calendar."""
        return FiscalCalendar(self.settings.fiscal_year_start, self.settings.holidays)
