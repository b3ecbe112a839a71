"""A rep's own proposal from accounts and activity up."""

from typing import Any

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Page, of_company
from planning.forms.settle.seat import Seat
from planning.forms.widgets import VBox
from planning.sheets import Html
from planning.workbook.negotiation import build
from planning.workbook.negotiation.build import REST


class Building:
    """What one expects of each large account, of all others, and of opportunities opened.

    Parameters
    ----------
    here, seat
        The page, and the table that one sits at.
    """

    def __init__(self, here: Page, seat: Seat) -> None:
        self._here, self._seat, self._messages = here, seat, Messages()
        self._parts: dict[str, inputs.Input] = {}
        self._opened = inputs.number(
            "Opportunities a week", hint="Opened beside what these accounts bring; empty for none."
        )
        self._place, self._says = VBox(), blocks.shown(Html(""))
        self._opened.control.observe(lambda _: self._add_up(), names="value")
        self.view = blocks.panel(
            "",
            self._place,
            self._opened.view,
            self._says,
            blocks.actions(blocks.button("Take it into the form", self._messages, self._take)),
            self._messages.view,
        )
        self.redraw()

    def redraw(self) -> None:
        """Begin again with the accounts of the rep at the table, as last year."""
        settings = self._here.settings
        table = build.parts(of_company(self._here), self._seat.rep)
        self._parts = {}
        for row in table.to_dict("records"):
            what, last = str(row["what"]), int(row["last_year"])
            named = f"{REST} ({row['accounts']})" if what == REST else what
            asked = sheets.money(int(row["goal"]), settings)
            hint = f"Last year {sheets.money(last, settings)}, its part of the goal {asked}"
            self._parts[what] = inputs.money(named, settings, max(last, 0), hint=hint)
            self._parts[what].control.observe(lambda _: self._add_up(), names="value")
        inputs.all_optional(*self._parts.values(), self._opened)
        self._place.children = [inputs.side_by_side(*self._parts.values())]
        self._add_up()

    def _built(self) -> Any:
        expected = {what: each.peek() or 0 for what, each in self._parts.items()}
        return build.built(of_company(self._here), self._seat.rep, expected, float(self._opened.peek() or 0))

    def _add_up(self) -> None:
        settings = self._here.settings
        found = self._built()
        difference = found.total - sum(self._seat.talk.held.values())
        self._says.value = (
            f'<p class="words">Together <strong>{sheets.money(found.total, settings)}</strong>, '
            f"{sheets.money(difference, settings, signed=True)} to the goal as it stands.</p>"
        )

    def _take(self) -> str:
        found = self._built()
        return self._seat.take(found.lines, {"support": found.support})
