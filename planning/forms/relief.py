"""The form for relief: what is taken off a goal for leave, a late start or ramp, seen before it is given."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section, words
from planning.goals.editing.relief import Relief, asked_for
from planning.sheets import Field
from planning.workbook import goals
from planning.workbook.editing import relief

_OF = {"Of the goal in these months": "goal", "Of last year's result in these months": "last_year"}
_GOES = {"To the territory, to be placed": "above", "Shared by those beside": "beside"}
_FIELDS = [
    Field("name", "On the account of"),
    Field("before", "Now", "money"),
    Field("change", "Change", "difference"),
    Field("after", "Then", "money"),
]


@section
def form(here: Page, changed: Callable[[], None]) -> Any:
    """Open the form."""
    return _Form(here, changed).view


class _Form:
    """The form, with a preview of what is asked."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._context, self._changed, self._messages = here, of_company(here), changed, Messages()
        table = goals.goals(self._context)
        if here.context.territory:
            table = table[table["territory"] == here.context.territory]
        people = sorted(set(table["rep"]) - {""})
        first, *_, last = self._context.calendar.months(self._context.year)
        self._who = inputs.choice("Who", {each: each for each in people}, people[0] if people else None)
        self._first = inputs.text("From", hint=f"Such as {first}-01; empty: the first day of the year")
        self._last = inputs.text("To", hint=f"Such as {last}-15; empty: the last day of the year")
        self._part = inputs.text("Part", hint="Such as 50%, or by month: 75%, 50%, 25%; empty: all of it")
        self._of = inputs.choice("A part of what", _OF, "goal")
        self._goes = inputs.choice("What is taken off", _GOES, "above")
        self._why = inputs.why("Why relief")
        inputs.all_optional(self._first, self._last, self._part)
        self._does = Live(self._draw)
        typed = (self._first, self._last, self._part, self._of, self._goes)
        inputs.on_change(self._does.redraw, self._who, *typed)
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._who, self._first, self._last, self._part),
            inputs.side_by_side(self._of, self._goes, self._why),
            self._does.view,
            blocks.actions(blocks.button("Give relief", self._messages, self._give, main=True)),
            self._messages.view,
        )

    def _asked(self) -> Relief:
        typed = (self._first, self._last, self._part, self._of, self._goes)
        first, last, part, of, goes = (str(each.control.value) for each in typed)
        return asked_for(self._context.calendar, self._context.year, first, last, part, of, goes)

    def _draw(self) -> Any:
        if not any(str(each.control.value) for each in (self._first, self._last, self._part)):
            return words("Fill in the days or the part to see what would be taken off, and who would carry it.")
        table = relief.previewed(self._context, str(self._who.control.value), self._asked())
        total = pd.DataFrame([{"name": "Together", **table[["before", "change", "after"]].sum()}])
        return sheets.table(table, _FIELDS, self._here.settings, caption="What this would do", total=total)

    def _give(self) -> str:
        asked, who = self._asked(), str(self._who.control.value)
        relief.give(self._context, who, asked, self._why.read(), self._here.person or "planner")
        for each in (self._first, self._last, self._part):
            each.fill("")
        self._changed()
        return f"Relief for {who}: {asked}. The totals above are what they were; undo it like any other change."
