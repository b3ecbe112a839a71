"""Close the months of the year in course, see what was corrected since, and hand the year over at its end."""

from dataclasses import replace
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, section, words
from planning.sheets import Field
from planning.workbook.context import Context
from planning.workbook.tracking import closing, handover

_STATES = {"closed": "Closed", "reopened": "Open again", "open": "Open", "to close": "Can be closed"}
_MONTHS = [
    Field("month", "Month"),
    Field("state", "State"),
    Field("reported", "Reported", "money"),
    Field("difference", "Corrected since", "difference"),
    Field("now", "Now", "money"),
    Field("actor", "By"),
    Field("reason", "Why"),
]
_CHANGED = [
    Field("month", "Month"),
    Field("rep", "Rep"),
    Field("reported", "Reported", "money"),
    Field("difference", "Corrected since", "difference"),
    Field("now", "Now", "money"),
    Field("why", "What happened"),
]


@section
def months(here: Page) -> Any:
    """Show every month of the year in course, and what a planner may do with it."""
    view = closing.year_to_close(here.context)
    if view is None:
        return words(f"No month of FY{here.context.year} is in yet, so there is none to close.")
    return Closing(here, view).view


class Closing:
    """The months, what was corrected in closed ones, and the planner's buttons.

    Parameters
    ----------
    here
        The page.
    view
        The year whose months are closed, with the territory in view.
    """

    def __init__(self, here: Page, view: Context) -> None:
        self._here, self._view, self._messages = here, view, Messages()
        self._context = replace(view, territory="")
        self._listing, self._changed = Live(self._draw_months), Live(self._draw_corrections)
        self._why = inputs.text("Why open it again", hint="For the last closed month; it stays on record.")
        planner = self._context.person is None or self._context.person.role == "planner"
        does = [self._buttons(), self._messages.view] if planner else []
        self.view = blocks.panel("", self._listing.view, *does, self._changed.view)

    def _buttons(self) -> Any:
        return blocks.panel(
            "",
            inputs.side_by_side(self._why),
            blocks.actions(
                blocks.button("Close the next month", self._messages, self._close, main=True),
                blocks.button("Open the last closed month again", self._messages, self._reopen),
                blocks.button("Hand the year over", self._messages, self._hand_over),
            ),
        )

    def _draw_months(self) -> Any:
        table, settings = closing.standing(self._view), self._here.settings
        shown = table.assign(
            month=[sheets.month(each, settings) for each in table["month"]], state=table["state"].map(_STATES)
        )
        caption = f"Months of FY{self._context.year}, revenue"
        return sheets.table(shown, _MONTHS, settings, caption=caption)

    def _draw_corrections(self) -> Any:
        table, settings = closing.corrections(self._view, ["rep"], "revenue"), self._here.settings
        shown = table.assign(month=[sheets.month(each, settings) for each in table["month"]])
        caption = "What changed in closed months since they were closed"
        empty = "Nothing has changed in the months that are closed."
        return sheets.table(shown, _CHANGED, settings, caption=caption, empty=empty)

    def _actor(self) -> str:
        return self._here.person or "planner"

    def _close(self) -> str:
        still = [each.month for each in closing.closings(self._context) if not each.closed]
        if not still:
            raise PlanningError(f"Every month of FY{self._context.year} is closed.")
        closing.close(self._context, still[0], self._actor())
        return self._done(f"{sheets.month(still[0], self._here.settings)} is closed: its figures are frozen.")

    def _reopen(self) -> str:
        closed = closing.closed_months(self._context)
        if not closed:
            raise PlanningError("No month is closed.")
        closing.reopen(self._context, closed[-1], str(self._why.read() or ""), self._actor())
        self._why.fill("")
        return self._done(f"{sheets.month(closed[-1], self._here.settings)} is open again.")

    def _hand_over(self) -> str:
        found = handover.handover(self._context, self._actor())
        left = "".join(f"\n- not handed over: {each}" for each in found.left)
        done = "is history now" if found.changed else "was handed over already"
        return self._done(f"FY{found.year} {done}: {handover.told(found)}{left}")

    def _done(self, said: str) -> str:
        self._listing.redraw()
        self._changed.redraw()
        return said
