"""The form to change goals: fix one, even a territory out, round it, undo; what it would do is seen before."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section, words
from planning.goals.editing.typed import Typed
from planning.sheets import Field
from planning.workbook import chances, goals
from planning.workbook.editing import book, edits, exchange

_WAYS = {
    "Fix it": "fix",
    "Fix a part of it": "part",
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
        if not here.context.territory:
            named |= {f"{manager} and team": manager for manager in goals.teams(of_company(here))["manager"]}
        self._who = inputs.choice("Goal of", named, next(iter(named.values()), None))
        self._way = inputs.choice("What to do", _WAYS, "fix")
        self._amount = inputs.money("New goal", here.settings, required=True)
        lines, quarters = goals.parts(of_company(here))
        self._line = inputs.choice("Product line", {"All of them": "", **{each: each for each in lines}}, "")
        self._quarter = inputs.choice("Quarter", {"The whole year": "", **{each: each for each in quarters}}, "")
        self._by = inputs.percent("Change", here.settings, hint="Such as 5% or -3%", required=True)
        more = "The others move by this at most."
        limits = [inputs.percent(label, here.settings, hint=more) for label in ("Floor", "Cap")]
        self._floor, self._cap = limits
        self._hold = inputs.choice("Holds its goal", {"Nobody": "", **named}, "")
        self._why = inputs.why()
        self._does = Live(self._draw)
        typed = (self._who, self._way, self._amount, self._line, self._quarter, self._by, *limits, self._hold)
        inputs.on_change(self._choose, *typed)
        self._bounds, self._cut = inputs.side_by_side(*limits), inputs.side_by_side(self._line, self._quarter)
        self._choose()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._who, self._way, self._amount, self._by),
            self._cut,
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
            (self._amount.view, ("fix", "part")),
            (self._cut, ("part",)),
            (self._by.view, ("scale",)),
            (self._bounds, ("fix", "scale")),
            (self._hold.view, ("fix", "scale", "even", "round")),
        ):
            blocks.show(each, way in ways)
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
        way = str(self._way.control.value)
        field = {"fix": self._amount, "part": self._amount, "scale": self._by}.get(way)
        if field is not None and not field.control.value:
            return words("Fill in the new goal to see who would give or take the difference.")
        table = self._part(exchange.previewed) if way == "part" else self._whole()
        total = table[["before", "after", "change"]].sum().to_frame().T.assign(name="Together", held="")
        fields = [
            Field("name", "Goal of"),
            Field("before", "Now", "money"),
            Field("change", "Change", "difference"),
            Field("after", "Then", "money"),
            Field("held", ""),
        ]
        return sheets.table(table, fields, self._here.settings, caption="What this would do", total=total)

    def _whole(self) -> pd.DataFrame:
        table = edits.previewed(of_company(self._here), self._asked()).table
        return table.assign(
            change=table["after"] - table["before"], held=table["held"].map({True: "Held", False: ""})
        )

    def _part(self, does: Callable[..., Typed], *said: str) -> pd.DataFrame:
        """Give what fixing a part of a goal does to it and to those beside it."""
        typed = {str(self._who.control.value): self._amount.read()}
        cut = {"product": str(self._line.control.value), "quarter": str(self._quarter.control.value)}
        if not any(cut.values()):
            raise PlanningError("Choose a product line or a quarter, or fix the whole goal.")
        table = does(of_company(self._here), typed, *said, share=True, **cut).table
        # What those below it come to follows from it, and would be counted twice in the sum.
        table = table[table["kind"] == table.loc[table["typed"], "kind"].iloc[0]]
        return table.assign(change=table["after"] - table["before"], held="")

    def _apply(self) -> str:
        why, who = self._why.read(), self._here.person or "planner"
        if self._way.control.value == "part":
            self._part(exchange.typed, why, who)
            what = "A part of the goal is fixed"
        else:
            what = edits.apply(of_company(self._here), self._asked(), why, who).what
        for each in (self._amount, self._by, self._floor, self._cap):
            each.fill("")
        self._changed()
        self._does.redraw()
        return f"{what}. The totals above are what they were."

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
