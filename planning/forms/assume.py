"""The page of assumptions: what is expected, what it does, and the form to state it."""

from decimal import Decimal
from typing import Any

from ipywidgets import VBox

from planning import sheets
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import KINDS
from planning.forms import blocks, inputs
from planning.forms.account import waterfall
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section
from planning.sheets import Field
from planning.workbook import assumptions, goals, history

_FIELDS = [
    Field("kind", "Assumption"),
    Field("scope", "On"),
    Field("low", "Low", "percent"),
    Field("likely", "Likely", "percent"),
    Field("high", "High", "percent"),
    Field("effect_low", "Effect at low", "difference"),
    Field("effect_likely", "Effect, likely", "difference"),
    Field("effect_high", "Effect at high", "difference"),
    Field("owner", "Owner"),
    Field("evidence", "Evidence"),
]


class Board:
    """The page's live parts: they are drawn again after every change.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._picture, self._listing = Live(self._draw_picture), Live(self._draw_listing)
        self.picture, self.listing = self._picture.view, self._listing.view
        self.form = _Form(here, self.redraw).view

    def redraw(self) -> None:
        """Show the assumptions as they are now."""
        self._picture.redraw()
        self._listing.redraw()

    def _draw_picture(self) -> list[Any]:
        context = self._here.context
        steps = goals.outlook(context).table(context.territory)
        who = context.territory or context.settings.company
        says = f"From the result of FY{context.year - 1} to what {who} can expect in FY{context.year}."
        return waterfall(self._here, steps, f"Expected in FY{context.year}", says)

    def _draw_listing(self) -> Any:
        table = assumptions.priced(self._here.context)
        named = table.assign(kind=table["kind"].map(lambda name: KINDS[name].label))
        caption = f"Assumptions in force for FY{self._here.context.year}"
        empty = "Nothing is assumed yet, so the coming year is expected to be like the last."
        return sheets.table(named, _FIELDS, self._here.settings, caption=caption, empty=empty)


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)


class _Form:
    """The form to state, change or withdraw an assumption."""

    def __init__(self, here: Page, changed: Any) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        settings = here.settings
        self._stated: dict[int, Assumption] = {}
        self._which = inputs.choice("Assumption", {"A new one": 0}, 0, "Choose one that is in force to change it.")
        self._kind = inputs.choice("Kind", {kind.label: name for name, kind in KINDS.items()}, "market_growth")
        places = {"Everywhere": "", **{each: each for each in history.names(settings, "territory")}}
        lines = {"All product lines": "", **{each: each for each in history.names(settings, "product_line")}}
        self._territory = inputs.choice("Territory", places, here.context.territory)
        self._line = inputs.choice("Product line", lines, "")
        self._values = {
            name: inputs.percent(label, settings, required=True)
            for name, label in (("low", "Low"), ("likely", "Likely"), ("high", "High"))
        }
        self._owner = inputs.text("Owner", hint="Who stands for it.", required=True)
        self._evidence = inputs.long_text("Evidence", hint="Why it is believed: a source, a figure.", required=True)
        self._numbers: dict[str, inputs.Input] = {}
        self._extra = VBox()
        self._explain = blocks.shown(sheets.Html(""))
        self._withdraw = blocks.button(
            "Withdraw", self._messages, self._take_back, hint="What was said stays on record."
        )
        self._which.control.observe(lambda _: self._show(), names="value")
        self._kind.control.observe(lambda _: self._ask_numbers(), names="value")
        self._list()
        self._ask_numbers()
        self.view = blocks.panel(
            "",
            self._which.view,
            inputs.side_by_side(self._kind, self._territory, self._line),
            self._explain,
            inputs.side_by_side(*self._values.values()),
            self._extra,
            self._owner.view,
            self._evidence.view,
            blocks.actions(blocks.button("Save", self._messages, self._save, main=True), self._withdraw),
            self._messages.view,
        )

    def _list(self) -> None:
        """Offer what is in force to be changed."""
        self._stated = {each.identity: each for each in assumptions.stated(of_company(self._here))}
        told = {f"{KINDS[each.kind].label} on {each.scope}": key for key, each in self._stated.items()}
        named = {f"{text} (number {key})": key for text, key in told.items()}
        self._which.control.options = [("A new one", 0), *named.items()]
        self._which.control.value = 0
        self._show()

    def _ask_numbers(self) -> None:
        rule = KINDS[self._kind.control.value or "market_growth"]
        settings = self._here.settings
        self._numbers = {
            each.name: inputs.percent(each.label, settings, each.default, required=True)
            if each.maximum <= 1
            else inputs.text(each.label, str(each.default), required=True)
            for each in rule.fields
        }
        self._extra.children = [inputs.side_by_side(*self._numbers.values())] if self._numbers else []
        self._explain.value = f'<p class="words">{rule.asks}</p>'

    def _show(self) -> None:
        """Fill in what is chosen to be changed."""
        chosen = self._stated.get(self._which.control.value or 0)
        self._withdraw.layout.display = "none" if chosen is None else None
        if chosen is None:
            return
        self._kind.fill(chosen.kind)
        self._territory.fill(chosen.territory)
        self._line.fill(chosen.product_line)
        for name, each in self._values.items():
            each.fill(_typed(getattr(chosen, name), self._here))
        for name, each in self._numbers.items():
            value = chosen.numbers.get(name)
            if value is not None:
                each.fill(_typed(value, self._here) if value <= 1 else str(value))
        self._owner.fill(chosen.owner)
        self._evidence.fill(chosen.evidence)

    def _save(self) -> str:
        read = inputs.read_all(kind=self._kind, owner=self._owner, evidence=self._evidence, **self._values)
        numbers = inputs.read_all(**self._numbers)
        before = self._stated.get(self._which.control.value or 0)
        kept = assumptions.state(
            self._here.context,
            Assumption(
                **read,
                territory=self._territory.control.value or "",
                product_line=self._line.control.value or "",
                numbers={name: Decimal(str(value)) for name, value in numbers.items()},
                identity=before.identity if before else 0,
                version=before.version if before else 0,
            ),
            actor=self._here.person or "planner",
        )
        self._after()
        return f"{KINDS[kept.kind].label} on {kept.scope} is kept. The picture above shows what it does."

    def _take_back(self) -> str:
        chosen = self._stated.get(self._which.control.value or 0)
        if chosen is None:
            return "Nothing was chosen, so nothing was withdrawn."
        assumptions.withdraw(self._here.context, chosen.identity, self._here.person or "planner")
        self._after()
        return f"{KINDS[chosen.kind].label} on {chosen.scope} is withdrawn."

    def _after(self) -> None:
        self._list()
        for each in (*self._values.values(), self._owner, self._evidence):
            each.fill("")
        self._changed()


def _typed(value: Decimal, here: Page) -> str:
    return sheets.percent(value, here.settings, digits=2).replace(sheets.MINUS, "-")
