"""What each side wants to know before it moves: how fair the goal is, what conceding means, who could absorb it."""

from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import AccessError, PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.forms.settle.seat import Seat
from planning.goals.activity.arithmetic import label
from planning.sheets import Field
from planning.workbook.negotiation import prepare

_MEANS = [
    Field("probability", "Likely to be met", "percent"),
    Field("gives", "Left to place elsewhere", "difference"),
    Field("pay", "Pay to expect", "rounded"),
]


class Ground:
    """What the goal at the table can be held against, and fair ways to settle it.

    Parameters
    ----------
    here, seat
        The page, and the table that one sits at.
    """

    def __init__(self, here: Page, seat: Seat) -> None:
        self._here, self._seat, self._messages = here, seat, Messages()
        self._ways = inputs.choice("Way to settle", {"": ""}, "")
        self._take = blocks.button("Take it into the form", self._messages, self._taken)
        self._facts, self._suggested = Live(self._draw), Live(self._draw_ways)
        self.view = blocks.panel(
            "",
            self._facts.view,
            self._suggested.view,
            self._ways.view,
            blocks.actions(self._take),
            self._messages.view,
        )

    def redraw(self) -> None:
        """Draw it again for who sits at the table now."""
        self._facts.redraw()
        self._suggested.redraw()

    def _draw(self) -> list[Any]:
        context, rep, settings = of_company(self._here), self._seat.rep, self._here.settings
        found = prepare.ground(context, rep)
        low, high = (sheets.money(each, settings) for each in found.fair)
        growth = (
            sheets.percent(found.growth, settings, signed=True)
            if found.growth is not None
            else "no result to compare with"
        )
        told = (
            f"The goal of {rep} asks for {growth} over last year. "
            f"{sheets.money(found.expected, settings)} is expected, and four times in five the year ends between "
            f"{sheets.money(found.low, settings)} and {sheets.money(found.high, settings)}. A goal between "
            f"<strong>{low} and {high}</strong> has a fair chance: it is met with a probability of 70% to 50%."
        )
        steps = [Field("amount", "A goal of", "money"), *_MEANS]
        parts: list[Any] = [
            words(told),
            sheets.table(found.amounts, _shown(steps, found.amounts), settings, caption="What each step means"),
        ]
        corners = [
            {"what": "Goal", "amount": found.goal},
            {"what": "What the rep's time carries", "amount": found.capacity},
            {"what": "What the funnel yields", "amount": found.funnel},
        ]
        table = pd.DataFrame(corners).astype({"amount": "Int64"})
        fields = [Field("what", ""), Field("amount", "Year", "money")]
        parts += [sheets.table(table, fields, settings, caption="Goal, capacity and funnel"), words(found.says)]
        if len(found.week):
            week = found.week.assign(activity=[label(name) for name in found.week["activity"]])
            asked = [
                Field("activity", "What"),
                Field("in_four", "In four full weeks", "number"),
                Field("count", "In the year", "count"),
            ]
            parts.append(
                folded(
                    "What the goal means in activity",
                    sheets.table(week, asked, settings, caption=f"Activity of {rep}"),
                )
            )
        if found.pipeline:
            pipe = pd.DataFrame([found.pipeline])
            names = {
                "open": "Pipeline open now",
                "expected": "Which should bring",
                "needed": "Needed of the pipeline",
                "short": "Pipeline missing",
            }
            heads = [Field(name, head, "rounded") for name, head in names.items()]
            parts.append(folded("The pipeline", sheets.table(pipe, heads, settings, caption=f"Pipeline of {rep}")))
        return [*parts, *self._absorbed()]

    def _absorbed(self) -> list[Any]:
        """Show who could absorb what is conceded, to those who lead the rep."""
        if self._seat.role in (None, "rep"):
            return []
        try:
            table = prepare.absorbing(of_company(self._here), self._seat.rep)
        except AccessError:
            return []
        fields = [
            Field("rep", "Rep"),
            Field("goal", "Goal", "money"),
            Field("probability", "Likely to be met", "percent"),
            Field("room", "Room until as likely missed as met", "money"),
        ]
        shown = sheets.table(
            table, fields, self._here.settings, caption="Colleagues in the same team whose goal is open"
        )
        return [folded("Who could absorb what is conceded", shown)]

    def _draw_ways(self) -> Any:
        table = prepare.suggested(of_company(self._here), self._seat.rep)
        for each in (self._ways.view, self._take):
            blocks.show(each, len(table))
        self._ways.control.options = [(each, each) for each in table["name"]] or [("", "")]
        if table.empty:
            return words("Ways to settle are suggested here once both sides have said what they want.")
        fields = [
            Field("name", "Way to settle"),
            Field("total", "Goal", "money"),
            *_MEANS,
            Field("why", "Why it is fair"),
        ]
        caption = "Ways to settle; none of them is applied by itself"
        return sheets.table(table, _shown(fields, table), self._here.settings, caption=caption)

    def _taken(self) -> str:
        table = prepare.suggested(of_company(self._here), self._seat.rep).set_index("name")
        way = self._ways.control.value
        if way not in table.index:
            raise PlanningError("There is no such way to settle any more; look at the table again.")
        return self._seat.take(table.at[way, "lines"], table.at[way, "detail"])


def _shown(fields: list[Field], table: pd.DataFrame) -> list[Field]:
    """Leave out what is not known of anybody, such as pay where no pay plan is kept."""
    return [each for each in fields if table[each.column].notna().any()]
