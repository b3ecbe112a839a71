"""The live parts of the page of negotiation."""

from typing import Any

from planning.forms.page import Live, Page, later, section
from planning.forms.settle import overall
from planning.forms.settle.adjusting import Adjusting
from planning.forms.settle.building import Building
from planning.forms.settle.ground import Ground
from planning.forms.settle.rules import RulesForm
from planning.forms.settle.seat import Seat


class Board:
    """The page's live parts.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._drawn: list[Any] = []
        self._listing = Live(lambda: overall.listing(here))
        self._teams = Live(lambda: [*overall.teams(here), *overall.waiting(here)])
        self.listing, self.teams = self._listing.view, self._teams.view
        self._seat = Seat(here, self._changed, self._sat)
        self.table = self._seat.view

    @property
    def ground(self) -> Any:
        """What each side wants to know before it moves."""
        return _later(self._here, self._ground)

    @property
    def building(self) -> Any:
        """A proposal from accounts and activity up."""
        return _later(self._here, self._building)

    @property
    def adjusting(self) -> Any:
        """A change of a settled goal during the year."""
        return _later(self._here, self._adjusting)

    @property
    def rules(self) -> Any:
        """The planner's rules."""
        return RulesForm(self._here, self._changed).view

    def _ground(self) -> Any:
        self._drawn.append(Ground(self._here, self._seat))
        return self._drawn[-1].view

    def _building(self) -> Any:
        self._drawn.append(Building(self._here, self._seat))
        return self._drawn[-1].view

    def _adjusting(self) -> Any:
        self._drawn.append(Adjusting(self._here, self._seat, self._changed))
        return self._drawn[-1].view

    def _changed(self) -> None:
        self._listing.redraw()
        self._teams.redraw()
        self._sat()

    def _sat(self) -> None:
        for each in self._drawn:
            each.redraw()


@later
@section
def _later(here: Page, draw: Any) -> Any:
    return draw()


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
