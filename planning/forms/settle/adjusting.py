"""The form that changes a settled goal during the year: what it would do is seen while it is typed."""

from collections.abc import Callable
from typing import Any

from planning import charts, sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs, shell
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.forms.settle.naming import Named
from planning.forms.settle.seat import Seat
from planning.forms.widgets import VBox
from planning.negotiation.adjusting import CARRY, TRIGGERS
from planning.negotiation.changes import changes
from planning.sheets import Field
from planning.workbook.editing import company
from planning.workbook.negotiation import adjusted, adjusting, evidence, proposing
from planning.workbook.negotiation.adjusting import Effect, Outset
from planning.workbook.negotiation.proposing import Wish

_TRIGGERS = {each[:1].upper() + each[1:]: name for name, each in TRIGGERS.items() if name != CARRY}
_ABSORBED = {
    "The territory's account, to be placed": "territory",
    "Named colleagues, each by an agreement of their own": "others",
    "The company's goal, changed by the planner": "company",
}
STATES = {
    "asked": "Asked for", "talked about": "Talked about", "agreed": "Agreed", "set": "Set without agreement",
    "refused": "Refused", "withdrawn": "Withdrawn", "ended": "Ended",
}  # fmt: skip
_LISTED = [
    Field("rep", "Rep"),
    Field("state", "Change"),
    Field("trigger", "Why it came up"),
    Field("since", "Holds from"),
    Field("original", "Original goal", "money"),
    Field("before", "Goal before", "money"),
    Field("goal", "Goal asked for or agreed", "money"),
    Field("change", "Change", "difference"),
    Field("note", "Reason"),
]
_PLACED = [
    Field("territory", "Territory"),
    Field("conceded", "Conceded to reps", "difference"),
    Field("company", "Company goal changed by", "difference"),
    Field("left", "To be placed", "difference"),
]
_BESIDE = [
    Field("goal_is", "Goal"),
    Field("goal", "Of the year", "money"),
    Field("rest", "Of it in the months left", "money"),
    Field("probability", "Likely to be met", "percent"),
    Field("pay", "Pay to expect", "rounded"),
    Field("company", "Company, if it is absorbed", "money"),
    Field("company_changed", "Company, if its goal is changed", "money"),
]
_BY_LINE = [
    Field("product", "Product line"),
    Field("original", "Original goal", "money"),
    Field("goal", "Goal as it stands", "money"),
    Field("over", "In months that stay", "money"),
    Field("rest", "In the months left then", "money"),
    Field("proposed", "Goal as proposed", "money"),
]


class Adjusting:
    """A change of the goal of the rep at the table.

    Parameters
    ----------
    here, seat
        The page, and the table that one sits at.
    changed
        Called after something was sent or posted.
    """

    def __init__(self, here: Page, seat: Seat, changed: Callable[[], None]) -> None:
        self._here, self._seat, self._changed, self._messages = here, seat, changed, Messages()
        self._begin: Outset | None = None
        self._filling = False
        settings = here.settings
        self._trigger = inputs.choice("What brings it up", _TRIGGERS)
        self._since = inputs.choice("Holds from", {"": ""}, "")
        self._total = inputs.money("Goal of the year", settings, hint="Shared over the lines below in proportion.")
        inputs.all_optional(self._total)
        self._absorbed = inputs.choice("Who absorbs the difference", _ABSORBED, "territory")
        self._why = inputs.long_text("Why the goal is to change", required=True)
        self._evidence = Named("What speaks for it", settings, "Such as: pace to the end of May", link=True)
        self._others = Named("Colleague", settings, "Amount that they take on")
        self._lines: dict[str, inputs.Input] = {}
        self._place, self._effect = VBox(), Live(self._draw)
        self._send = blocks.button("Propose the change", self._messages, self._propose, main=True)
        self._ask = blocks.button("Ask the colleagues", self._messages, self._ask_others)
        self._company = blocks.button("Change the company's goal by it", self._messages, self._take_over)
        self._form = VBox([
            inputs.side_by_side(self._trigger, self._since, self._absorbed), self._others.view,
            inputs.side_by_side(self._total), self._place, self._effect.view, self._why.view, self._evidence.view,
            blocks.actions(self._send),
        ])  # fmt: skip
        self._says, self._listing = Live(self._told), Live(self._list)
        for each in (self._since, self._total):
            each.control.observe(lambda _: self._spread(), names="value")
        self._absorbed.control.observe(lambda _: self._show_others(), names="value")
        self.view = blocks.panel(
            "", self._says.view, self._form, self._listing.view, blocks.actions(self._ask, self._company),
            self._messages.view,
        )  # fmt: skip
        self.redraw()
        self._take_warning()

    def redraw(self) -> None:
        """Draw it again for the goal at the table as it stands now."""
        if self._begin is not None and self._begin.talk.thread.rep != self._seat.rep:
            self._evidence.clear()
        self._begin = adjusting.outset(of_company(self._here), self._seat.rep)
        begin, settings = self._begin, self._here.settings
        self._filling = True
        self._since.control.options = [(sheets.month(each, settings), each) for each in begin.left] or [("", "")]
        self._since.control.value = begin.left[0] if begin.left else ""
        self._total.fill("")
        self._lines = {
            line: inputs.money(line, settings, amount, required=True)
            for line, amount in sorted(begin.talk.held.items())
        }
        for each in self._lines.values():
            each.control.observe(lambda _: self._typed(), names="value")
        self._place.children = [inputs.side_by_side(*self._lines.values())]
        self._evidence.offer(evidence.evidence(of_company(self._here), self._seat.rep))
        self._filling = False
        blocks.show(self._form, self._open())
        self._show_others()
        for part in (self._says, self._effect, self._listing):
            part.redraw()

    def _take_warning(self) -> None:
        """Name the warning by which the page was opened as evidence."""
        key = shell.query().get("warning", "")
        if not key or not self._open():
            return
        found = evidence.of_warning(of_company(self._here), self._seat.rep, key)
        if found is None:
            self._messages.say("info", "The warning that led here does not stand any more, so it is not named below.")
        else:
            self._evidence.take(found)

    def _open(self) -> bool:
        """Say whether a change can be asked for now, by who sits here."""
        return bool(self._begin and self._begin.left) and "reopen" in self._seat.talk.allowed(
            self._seat.role or "senior"
        )

    def _show_others(self) -> None:
        leads = self._seat.role != "rep"
        now = str(self._absorbed.control.value)
        # What colleagues are asked for is between them and those who lead them.
        may = {label: name for label, name in _ABSORBED.items() if leads or name != "others"}
        if self._absorbed.control.options != tuple(may.items()):
            self._absorbed.control.options = tuple(may.items())
            self._absorbed.control.value = now = now if now in may.values() else "territory"
        named = leads and now == "others"
        blocks.show(self._others.view, named)
        me, owed = self._here.context.person, self._owed()
        blocks.show(self._ask, leads and owed == "others")
        plans = me is None or me.role == "planner"
        blocks.show(self._company, plans and owed == "company")

    def _owed(self) -> str:
        """Say who is to absorb the last change of this goal that was settled; empty if there is nothing to absorb."""
        settled = [each for each in changes(self._seat.talk.thread) if each.state in ("agreed", "set")]
        if not settled or not company.left(of_company(self._here), self._seat.rep):
            return ""
        return str(settled[-1].offer.detail.get("absorbed", ""))

    def _told(self) -> Any:
        thread = self._seat.talk.thread
        if self._begin is not None and not self._begin.left:
            return words("Every month of the year is over: there is nothing left to change.")
        if thread.reopened is not None:
            return words("A change of this goal is being talked about: answer it at the table above.")
        if not thread.settled:
            return words("This goal is not settled yet: an offer at the table above changes it.")
        if not self._open():
            return words("The rep, or whoever leads the rep, asks for a change.")
        return words("Months that are over stay as they are. The other side is asked, and signs, at the table above.")

    def _typed(self) -> None:
        if not self._filling:
            self._effect.redraw()

    def _spread(self) -> None:
        """Share a goal of the year over the lines."""
        if self._filling or self._begin is None:
            return
        self._filling = True
        try:
            total = self._total.peek()
            if total is not None:
                lines = adjusting.in_proportion(self._begin, total, str(self._since.control.value))
                for name, amount in lines.items():
                    self._lines[name].fill(inputs.typed_money(amount, self._here.settings))
        except PlanningError as error:
            self._messages.say("refused", str(error))
        else:
            self._messages.clear()
        self._filling = False
        self._effect.redraw()

    def _draw(self) -> Any:
        begin = self._begin
        if begin is None or not self._open():
            return []
        lines = inputs.read_all(**self._lines)
        if lines == dict(begin.talk.held):
            return words("What a change would do stands here while you type it.")
        return self._shown(adjusting.effect(begin, lines, str(self._since.control.value)))

    def _shown(self, found: Effect) -> list[Any]:
        settings = self._here.settings
        beside = [each for each in _BESIDE if found.beside[each.column].notna().any()]
        difference = sheets.money(found.difference, settings, signed=True)
        says = "Goal by month: as proposed, and as it stands"
        months = charts.months(found.months, {"proposed": "As proposed", "goal": "As it stands"}, settings, says)
        return [
            words(f"The goal of the year changes by <strong>{difference}</strong>."),
            sheets.table(found.beside, beside, settings, caption="What the change does"),
            sheets.table(found.lines, _BY_LINE, settings, caption="By product line"),
            folded("Month by month", months),
        ]

    def _list(self) -> list[Any]:
        context, settings = of_company(self._here), self._here.settings
        table = adjusted.listing(context)
        if table.empty:
            return [words("No goal was asked to be changed during the year yet.")]
        told = table.assign(
            state=table["state"].map(STATES),
            trigger=[TRIGGERS.get(each, each).capitalize() for each in table["trigger"]],
            since=[sheets.month(each, settings) for each in table["since"]],
        )
        parts: list[Any] = [sheets.table(told, _LISTED, settings, caption="Changes asked for during the year")]
        placed = adjusted.to_place(context)
        if len(placed) and self._seat.role != "rep":
            parts.append(sheets.table(placed, _PLACED, settings, caption="What changes left to be placed"))
        return parts

    def _propose(self) -> str:
        lines = inputs.read_all(**self._lines, trigger=self._trigger, why=self._why)
        trigger, why = lines.pop("trigger"), lines.pop("why")
        absorbed = str(self._absorbed.control.value)
        others = (
            {each["what"]: int(each["amount"] or 0) for each in self._others.chosen} if absorbed == "others" else {}
        )
        since = str(self._since.control.value)
        wish = Wish(lines, since, trigger, why, absorbed, self._evidence.chosen, others)
        seen = len(self._seat.talk.thread.moves)
        proposing.propose(of_company(self._here), self._seat.rep, wish, self._seat.person, seen)
        self._why.fill("")
        self._evidence.clear()
        self._others.clear()
        self._after()
        return "The other side is asked; until both have signed, the goal stands as it is."

    def _ask_others(self) -> str:
        instead = {each["what"]: int(each["amount"] or 0) for each in self._others.chosen}
        asked = proposing.ask_others(of_company(self._here), self._seat.rep, self._seat.person, instead)
        self._after()
        return (
            f"Asked, each in the thread of their own goal: {', '.join(asked)}."
            if asked
            else "They were asked already."
        )

    def _take_over(self) -> str:
        why = str(self._why.read() or "")
        actor = self._here.person or self._seat.person
        now = company.take_over(of_company(self._here), self._seat.rep, why, actor)
        self._after()
        return f"The company's goal is {sheets.money(now, self._here.settings)} now; the original stands beside it."

    def _after(self) -> None:
        self._seat.look_again()
        self._changed()
