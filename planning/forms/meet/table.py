"""The live parts of the page of checkpoints."""

from typing import Any

from planning.forms.meet import held
from planning.forms.meet.talk import Talk
from planning.forms.page import Live, Page, later, of_company, section, words
from planning.workbook.tracking import team


class Board:
    """The page's live parts.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._day = team.day(of_company(here))
        self._drawn: list[Live] = []
        self.table = Talk(here, self._day, self._changed).view

    @property
    def missed(self) -> Any:
        """Conversations that were planned, and of which there is no record."""
        return self._live(lambda: held.missed(self._here, self._day))

    @property
    def listing(self) -> Any:
        """All conversations in view."""
        return self._live(lambda: held.listing(self._here, self._day))

    @property
    def cadence(self) -> Any:
        """How often conversations are held."""
        person = self._here.context.person
        if person is not None and person.role != "planner":
            return words("The planner sets how often conversations are held.")
        return held.CadenceForm(self._here, self._day, self._changed).view

    def _live(self, draw: Any) -> Any:
        def drawn() -> Any:
            self._drawn.append(Live(draw))
            return self._drawn[-1].view

        return _later(self._here, drawn)

    def _changed(self) -> None:
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
