"""The form that carries what months that are over missed, or exceeded, to the months that are left."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.forms.settle.seat import Seat
from planning.sheets import Field
from planning.workbook.negotiation import adjusting, carrying, proposing
from planning.workbook.negotiation.adjusting import Outset

_EVERY = "All months that are over"
_BY_MONTH = [
    Field("month", "Month"),
    Field("goal", "Goal as it stands", "money"),
    Field("result", "Result", "money"),
    Field("carried", "Carried to the months left", "difference"),
    Field("then", "Goal then", "money"),
]


class Carrying:
    """What is carried of the goal of the rep at the table.

    Parameters
    ----------
    here, seat
        The page, and the table that one sits at.
    changed
        Called after something was sent.
    """

    def __init__(self, here: Page, seat: Seat, changed: Callable[[], None]) -> None:
        self._here, self._seat, self._changed, self._messages = here, seat, changed, Messages()
        self._begin: Outset | None = None
        self._filling = False
        self._month = inputs.choice("Carried from", {_EVERY: ""}, "")
        self._since = inputs.choice("Carried to the months from", {"": ""}, "")
        self._part = inputs.percent("How much of it", here.settings, hint="Empty: all of it")
        inputs.all_optional(self._part)
        self._why = inputs.text("Why it is carried", hint="It stands in the account of the goal.", required=True)
        self._does = Live(self._draw)
        for each in (self._month, self._since, self._part):
            each.control.observe(lambda _: self._typed(), names="value")
        self.view = blocks.panel(
            "Carry what months missed, or exceeded",
            inputs.side_by_side(self._month, self._since, self._part, self._why),
            self._does.view,
            blocks.actions(blocks.button("Propose to carry it", self._messages, self._propose, main=True)),
            self._messages.view,
        )
        self.redraw()

    def redraw(self) -> None:
        """Draw it again for the goal at the table as it stands now; hidden where nothing can be carried."""
        begin, settings = adjusting.outset(of_company(self._here), self._seat.rep), self._here.settings
        self._begin, self._filling = begin, True
        months = dict.fromkeys(begin.over["month"])
        self._month.control.options = [(_EVERY, ""), *((sheets.month(each, settings), each) for each in months)]
        self._since.control.options = [(sheets.month(each, settings), each) for each in begin.left] or [("", "")]
        self._month.control.value, self._since.control.value = "", begin.left[0] if begin.left else ""
        self._part.fill("")
        self._filling = False
        may = "reopen" in self._seat.talk.allowed(self._seat.role or "senior")
        blocks.show(self.view, may and months and begin.left)
        self._does.redraw()

    def _typed(self) -> None:
        if not self._filling:
            self._does.redraw()

    def _carry(self, begin: Outset) -> dict[str, dict[str, int]]:
        month, part = str(self._month.control.value), self._part.read()
        return carrying.carry_of(begin.over, [month] if month else (), (), *([] if part is None else [part]))

    def _draw(self) -> Any:
        begin, settings = self._begin, self._here.settings
        if begin is None or begin.over.empty or not begin.left:
            return []
        carry = self._carry(begin)
        months = adjusting.effect(begin, {}, str(self._since.control.value), carry).months
        table = begin.over.groupby("month", as_index=False)[["goal", "result"]].sum()
        table["carried"] = [sum(carry.get(each, {}).values()) for each in table["month"]]
        table = table.assign(then=table["goal"] - table["carried"])
        moved = int(table["carried"].sum())
        total = pd.DataFrame([{"month": "Together", **table.drop(columns="month").sum()}])
        told = table.assign(month=[sheets.month(each, settings) for each in table["month"]])
        does = "more" if moved >= 0 else "less"
        first = sheets.month(str(self._since.control.value), settings)
        amount = sheets.money(abs(moved), settings)
        says = "Goal by month: as proposed, and as it stands"
        return [
            words(
                f"The months from {first} on would ask for <strong>{amount}</strong> {does}; the goal of the year "
                "and the company's stay as they are. The original stays beside it."
            ),
            sheets.table(told, _BY_MONTH, settings, caption="What would be carried", total=total),
            folded(
                "Month by month",
                charts.months(months, {"proposed": "As proposed", "goal": "As it stands"}, settings, says),
            ),
        ]

    def _propose(self) -> str:
        begin = self._begin or adjusting.outset(of_company(self._here), self._seat.rep)
        carry, since, seen = self._carry(begin), str(self._since.control.value), len(self._seat.talk.thread.moves)
        why, rep, person = self._why.read(), self._seat.rep, self._seat.person
        proposing.propose_to_carry(of_company(self._here), rep, carry, since, why, person, seen)
        self._why.fill("")
        self._seat.look_again()
        self._changed()
        return "The other side is asked; until both have signed, the months stand as they are."
