"""The form to change goals: fix one, even a territory out, round it, undo; what it would do is seen before."""

from collections.abc import Callable
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section, words
from planning.sheets import Field
from planning.workbook import chances, goals
from planning.workbook.editing import book, edits

_WAYS = {
    "Fix it": "fix",
    "Change it by percent": "scale",
    "Make it equally hard for all below": "even",
    "Round those below": "round",
}
_QUANTUM = 1000


@section
def form(here: Page, changed: Callable[[], None]) -> Any:
    """Open the form."""
    return _Form(here, changed).view


class _Form:
    """The form, with a preview of what is asked."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        table = goals.goals(of_company(here))
        table = table[table["kind"].isin(["territory", "position"])]
        if here.context.territory:
            table = table[table["territory"] == here.context.territory]
        named = {
            f"{row['name']}, {row['territory']}" if row["kind"] == "position" else row["name"]: row["owner"]
            for row in table.to_dict("records")
        }
        self._who = inputs.choice("Goal of", named, next(iter(named.values()), None))
        self._way = inputs.choice("What to do", _WAYS, "fix")
        self._amount = inputs.money("New goal", here.settings, required=True)
        self._by = inputs.percent("Change", here.settings, hint="Such as 5% or -3%", required=True)
        more = "The others move by this at most."
        self._floor, self._cap = (inputs.percent(label, here.settings, hint=more) for label in ("Floor", "Cap"))
        self._hold = inputs.choice("Holds its goal", {"Nobody": "", **named}, "")
        self._why = inputs.text("Why", hint="It stands in the account of every goal that is moved.", required=True)
        self._does = Live(self._draw)
        for each in (self._who, self._way, self._amount, self._by, self._floor, self._cap, self._hold):
            each.control.observe(lambda _: self._choose(), names="value")
        self._bounds = inputs.side_by_side(self._floor, self._cap)
        self._choose()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._who, self._way, self._amount, self._by),
            self._bounds,
            inputs.side_by_side(self._hold, self._why),
            self._does.view,
            blocks.actions(
                blocks.button("Change it", self._messages, self._apply, main=True),
                blocks.button("Undo the last change", self._messages, self._undo),
                blocks.button("Hold it", self._messages, self._freeze, hint="No change beside it moves it then."),
                blocks.button("Release it", self._messages, self._release),
            ),
            self._messages.view,
        )

    def _choose(self) -> None:
        way = self._way.control.value
        for each, ways in (
            (self._amount.view, ("fix",)),
            (self._by.view, ("scale",)),
            (self._bounds, ("fix", "scale")),
        ):
            each.layout.display = None if way in ways else "none"
        self._does.redraw()

    def _asked(self) -> edits.Asked:
        who, hold = str(self._who.control.value), [self._hold.control.value] if self._hold.control.value else []
        way = self._way.control.value
        if way in ("fix", "scale"):
            limits = [each.read() for each in (self._floor, self._cap)]
            if way == "fix":
                return edits.pinned(who, self._amount.read(), hold, *limits)
            return edits.scaled(who, self._by.read(), hold, *limits)
        if not who.startswith("territory:"):
            raise PlanningError("Choose a territory: those below it are changed.")
        if way == "even":
            return chances.evened(of_company(self._here), who.removeprefix("territory:"))
        return edits.rounded(who, _QUANTUM * 10**self._here.settings.minor_digits, hold)

    def _draw(self) -> Any:
        field = {"fix": self._amount, "scale": self._by}.get(str(self._way.control.value))
        if field is not None and not field.control.value:
            return words("Fill in the new goal to see who would give or take the difference.")
        edit = edits.previewed(of_company(self._here), self._asked())
        table = edit.table.assign(
            change=edit.table["after"] - edit.table["before"], held=edit.table["held"].map({True: "Held", False: ""})
        )
        total = table[["before", "after", "change"]].sum().to_frame().T.assign(name="Together", held="")
        fields = [
            Field("name", "Goal of"),
            Field("before", "Now", "money"),
            Field("change", "Change", "difference"),
            Field("after", "Then", "money"),
            Field("held", ""),
        ]
        return sheets.table(table, fields, self._here.settings, caption="What this would do", total=total)

    def _apply(self) -> str:
        why = self._why.read()
        edit = edits.apply(of_company(self._here), self._asked(), why, self._here.person or "planner")
        for each in (self._amount, self._by, self._floor, self._cap):
            each.fill("")
        self._changed()
        self._does.redraw()
        return f"{edit.what}. The totals above are what they were."

    def _freeze(self) -> str:
        who = str(self._who.control.value)
        book.hold(of_company(self._here), who, self._why.read(), self._here.person or "planner")
        self._does.redraw()
        return "It is held: changes beside it leave it as it is, until it is released."

    def _release(self) -> str:
        book.release(of_company(self._here), str(self._who.control.value), self._here.person or "planner")
        self._does.redraw()
        return "It is released."

    def _undo(self) -> str:
        reason = book.undo(of_company(self._here), self._here.person or "planner")
        self._changed()
        self._does.redraw()
        return f"Undone: {reason}."
