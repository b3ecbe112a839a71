"""The live parts of the page of evaluation."""

from dataclasses import replace
from typing import Any

from planning.errors import AccessError
from planning.forms.judge.desk import Desk
from planning.forms.judge.publishing import Publishing
from planning.forms.judge.shown import STATES
from planning.forms.page import Live, Page, beginning, of_company, section, words
from planning.sheets import Field
from planning.workbook.tracking.attained import last_year
from planning.workbook.tracking.evaluation import standing

_LISTED = [
    Field("rep", "Rep"),
    Field("role", "Role"),
    Field("manager", "Led by"),
    Field("state", "Evaluation"),
    Field("score", "Came to", "percent"),
    Field("last", "Last step"),
]


class Board:
    """The page's live parts, of the year that is evaluated: the one in view if it has results, else the one before.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = replace(here, context=last_year(of_company(here)))
        self._listing = Live(self._list)
        self.listing = self._listing.view
        self._desk = Desk(self._here, here.context.territory, self._listing.redraw)
        self.desk = self._desk.view

    @property
    def criteria(self) -> Any:
        """By what the year is judged, and the planner's form to make it known."""
        return Publishing(self._here, self._desk.redraw).view

    def _list(self) -> Any:
        context = self._here.context
        table = standing(context)
        if context.person is not None and context.person.role == "viewer":
            raise AccessError("Evaluations are between a rep and those who lead them.")
        told = table.assign(state=table["state"].map(STATES))
        caption = f"Evaluations of FY{context.year}"
        shared, closed = int((table["state"] != "draft").sum()), int((table["state"] == "closed").sum())
        return [
            words(f"{shared} of {len(table)} are shared with the rep, {closed} are closed."),
            *beginning(told, _LISTED, self._here.settings, caption, empty="There is nobody here."),
        ]


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
