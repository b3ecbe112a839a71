"""The live parts of the page of one's own week: tasks, boards, calendar, timeline, grid and hours."""

from typing import Any

from planning.forms import blocks
from planning.forms.meet.board import Actions, Deals
from planning.forms.meet.dates import Dates
from planning.forms.meet.own import Week
from planning.forms.meet.rows import Grid
from planning.forms.meet.subscribe import Subscribe
from planning.forms.meet.tasks import Tasks
from planning.forms.meet.who import Who
from planning.forms.page import Page, later, of_company, section
from planning.workbook.tracking import team


class Board:
    """The page's live parts: what is changed in one is seen in all.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._day = team.day(of_company(here))
        self._drawn: list[Any] = []
        self._who = Who(here, self._sat)
        self._tasks = Tasks(here, self._who, self._day, lambda: self._changed(self._tasks))
        self.tasks = blocks.panel("", *self._tasks.parts)

    @property
    def actions(self) -> Any:
        """Actions by state."""
        return _later(self._here, lambda: self._keep(Actions(self._here, self._who, self._day, self._moved)).view)

    @property
    def deals(self) -> Any:
        """Open deals by step."""
        return _later(self._here, lambda: Deals(self._here, self._who, self._day).view)

    @property
    def calendar(self) -> Any:
        """A month, and the year as a timeline."""

        def draw() -> Any:
            made = self._keep(Dates(self._here, self._who, self._day))
            return blocks.panel("", *made.month_view, *made.year_view)

        return _later(self._here, draw)

    @property
    def grid(self) -> Any:
        """Actions as rows, with columns of one's own."""
        return _later(self._here, lambda: self._keep(Grid(self._here, self._who, self._day)).view)

    @property
    def hours(self) -> Any:
        """A manager's own hours."""

        def draw() -> Any:
            return self._keep(Week(self._here, self._who, self._day, lambda: self._changed(None))).view

        return _later(self._here, draw)

    @property
    def subscribe(self) -> Any:
        """One's own calendar elsewhere."""
        return _later(self._here, lambda: self._keep(Subscribe(self._here, self._who, self._day)).view)

    def _keep(self, part: Any) -> Any:
        self._drawn.append(part)
        return part

    def _moved(self) -> None:
        self._changed(None)
        self._tasks.redraw()

    def _changed(self, by: Any) -> None:
        """Show what was changed in every part but the one that changed it."""
        for each in self._drawn:
            if each is not by and not isinstance(each, Subscribe):
                each.redraw()

    def _sat(self) -> None:
        self._tasks.redraw()
        for each in self._drawn:
            if isinstance(each, Week):
                each.fill()
            else:
                each.redraw()


@later
@section
def _later(here: Page, draw: Any) -> Any:
    return draw()


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
