"""The live parts of the page of negotiation."""

from collections.abc import Callable
from typing import Any

from planning.forms.page import Live, Page, afterwards, section
from planning.forms.settle import overall
from planning.forms.settle.adjusting import Adjusting
from planning.forms.settle.building import Building
from planning.forms.settle.carrying import Carrying
from planning.forms.settle.ground import Ground
from planning.forms.settle.rules import RulesForm
from planning.forms.settle.seat import Seat
from planning.forms.watch import Redrawing
from planning.forms.widgets import VBox


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
        self._lists: list[Live] = []
        self._redrawing = Redrawing()
        self._seat = Seat(here, self._changed, self._sat)
        self.table = self._seat.view

    @property
    def ground(self) -> Any:
        """What each side wants to know before it moves."""
        return afterwards(self._here, self._ground)

    @property
    def building(self) -> Any:
        """A proposal from accounts and activity up."""
        return afterwards(self._here, self._building)

    @property
    def listing(self) -> Any:
        """Where every negotiation stands."""
        return afterwards(self._here, lambda: self._list(lambda: overall.listing(self._here)))

    @property
    def teams(self) -> Any:
        """How far teams are, and what waits for whom."""
        here = self._here
        return afterwards(here, lambda: self._list(lambda: [*overall.teams(here), *overall.waiting(here)]))

    @property
    def adjusting(self) -> Any:
        """A change of a settled goal during the year."""
        return afterwards(self._here, self._adjusting)

    @property
    def rules(self) -> Any:
        """The planner's rules."""
        return RulesForm(self._here, self._changed).view

    def _list(self, draw: Callable[[], Any]) -> Any:
        self._lists.append(Live(draw))
        return self._lists[-1].view

    def _ground(self) -> Any:
        self._drawn.append(Ground(self._here, self._seat))
        return self._drawn[-1].view

    def _building(self) -> Any:
        self._drawn.append(Building(self._here, self._seat))
        return self._drawn[-1].view

    def _adjusting(self) -> Any:
        both = [each(self._here, self._seat, self._changed) for each in (Adjusting, Carrying)]
        self._drawn += both
        return VBox([each.view for each in both])

    def _changed(self) -> None:
        self._redrawing.ask([*self._drawn, *self._lists])

    def _sat(self) -> None:
        self._redrawing.ask(self._drawn)


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
