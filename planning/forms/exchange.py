"""The plan out to a spreadsheet and back: saved by a press, compared when it comes back, posted when one says so."""

import base64
from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section, words
from planning.forms.widgets import Box, FileUpload
from planning.goals.editing.brought import Brought, Comparison
from planning.sheets import Field, Html
from planning.sheets.html import element
from planning.sheets.plan_file import write_plan
from planning.sheets.plan_reading import read_plan
from planning.workbook.editing import exchange

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REST = {"Goes onto the account of the territory or region above": False, "Is shared by those beside": True}
_STATES = {
    "change": "Changes",
    "same": "As it was",
    "already": "Stands in the book already",
    "conflict": "Changed here since",
}
_OWN_ACCOUNT = "Own account (unplaced)"


@section
def out_and_back(here: Page, changed: Callable[[], None]) -> Any:
    """Offer the plan as a file, and take it back.

    Parameters
    ----------
    here
        The page.
    changed
        Is called when goals were posted.
    """
    return _Exchange(here, changed).view


class _Exchange:
    """The file that is offered, the one that came back, and what it would change."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._context = of_company(here)
        self._brought: Brought | None = None
        self._file = FileUpload(accept=".xlsx", multiple=False, description="Choose the file").add_class("action")
        self._file.add_class("other")
        self._file.observe(lambda _: self._take(), names="value")
        self._rest = inputs.choice("What is left over", _REST, False)
        self._why = inputs.why()
        self._link, self._does = Live(lambda: Html("")), Live(self._draw)
        self._rest.control.observe(lambda _: self._does.redraw(), names="value")
        self.view = blocks.panel(
            "",
            blocks.actions(blocks.button("Take the plan out", self._messages, self._take_out)),
            self._link.view,
            words("When you have typed new goals into the yellow column and saved the file, bring it back here."),
            Box([self._file]).add_class("actions"),
            self._does.view,
            inputs.side_by_side(self._rest, self._why),
            blocks.actions(blocks.button("Post these changes", self._messages, self._post, main=True)),
            self._messages.view,
        )

    def _take_out(self) -> str:
        settings, year = self._here.settings, self._here.context.year
        content = write_plan(exchange.taken_out(self._context), settings, year)
        name = f"{sheets.file_name(f'{settings.company} goals FY{year}')}.xlsx"
        address = f"data:{_TYPE};base64,{base64.b64encode(content).decode()}"
        label = f"Save {name} ({len(content) / 1024:,.0f} KB)"
        self._link.view.children = [
            blocks.shown(Html(element("a", escape(label), "save", href=address, download=name)))
        ]
        return "The plan is taken out as it is now. Save the file with the link."

    def _take(self) -> None:
        self._messages.clear()
        self._brought = None
        self._does.redraw()

    def _read(self) -> Brought | None:
        """Read the file that was chosen, once."""
        if self._brought is None and self._file.value:
            self._brought = read_plan(bytes(self._file.value[0]["content"]), self._here.settings)
        return self._brought

    def _draw(self) -> Any:
        brought = self._read()
        if brought is None:
            return Html("")
        found = exchange.compared(self._context, brought, bool(self._rest.control.value))
        parts = [words(*(f"{escape(line)}<br>" for line in found.said.splitlines()))]
        return [*parts, *_listed(self._here, found)]

    def _post(self) -> str:
        brought, why = self._read(), self._why.read()
        if brought is None:
            raise PlanningError("Choose the file first.")
        person, share = self._here.person or "planner", bool(self._rest.control.value)
        found = exchange.brought_in(self._context, brought, why, person, share)
        self._why.fill("")
        self._does.redraw()
        if found.does is None:
            return found.said
        self._changed()
        count = len(found.changes)
        said = "1 goal of the file is" if count == 1 else f"{count} goals of the file are"
        return f"{said} posted. The total of the company is what it was."


def _listed(here: Page, found: Comparison) -> list[Any]:
    """Show each typed goal before and after, and what follows for others."""
    told = found.rows[found.rows["state"] != "same"]
    table = told.assign(
        change=told["typed"] - told["now"], state=told["state"].map(_STATES), territory=told["territory"]
    )
    fields = [
        Field("name", "Goal of"),
        Field("territory", "Territory"),
        Field("cell", "Cell"),
        Field("exported", "When taken out", "money"),
        Field("now", "Now", "money"),
        Field("typed", "Typed", "money"),
        Field("change", "Change", "difference"),
        Field("state", "Which is"),
    ]
    parts = [sheets.table(table, fields, here.settings, caption="What was typed in the file")] if len(table) else []
    return [*parts, *_follows(here, found)]


def _follows(here: Page, found: Comparison) -> list[Any]:
    if found.does is None:
        return []
    table = found.does.table
    others = table[~table["typed"] & (table["before"] != table["after"])]
    accounts = table[table["unplaced_before"] != table["unplaced_after"]]
    rows = pd.concat(
        [
            others.assign(what=others["name"]),
            accounts.assign(
                what=accounts["name"] + ": " + _OWN_ACCOUNT.lower(),
                before=accounts["unplaced_before"],
                after=accounts["unplaced_after"],
            ),
        ]
    )
    if rows.empty:
        return []
    rows = rows.assign(change=rows["after"] - rows["before"])
    fields = [
        Field("what", "For"),
        Field("before", "Now", "money"),
        Field("change", "Change", "difference"),
        Field("after", "Then", "money"),
    ]
    return [sheets.table(rows, fields, here.settings, caption="What follows for others")]
