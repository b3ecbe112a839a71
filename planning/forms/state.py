"""The form to state, change, withdraw and judge an assumption."""

from collections.abc import Callable
from decimal import Decimal
from html import escape
from typing import Any

from planning import sheets
from planning.assumptions.assumption import CONFIDENCES, STATUSES, Assumption
from planning.assumptions.kinds import KINDS, Kind, Unit
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company
from planning.forms.widgets import VBox
from planning.settings import Settings
from planning.workbook import history
from planning.workbook.expected import assumptions

VALUES = (("low", "Low"), ("likely", "Likely"), ("high", "High"))
SCOPES = (
    ("territory", "Territory", "Everywhere"),
    ("product_line", "Product line", "All product lines"),
    ("channel", "Channel", "All channels"),
    ("segment", "Customer segment", "All segments"),
    ("tier", "Customer tier", "All tiers"),
)
_SHOWN = 8
"""Rows of the preview: the whole, and the parts that change most."""
TEXTS = ("owner", "evidence", "link", "indicator", "review_on")


class Form:
    """The form to state, change or withdraw an assumption.

    Parameters
    ----------
    here
        The page.
    changed
        Called after something was kept.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._stated: dict[int, Assumption] = {}
        self._which = inputs.choice("Assumption", {"A new one": 0}, 0, "Choose one that is in force to change it.")
        self._kind = inputs.choice(
            "Kind", {each.label: name for name, each in sorted(KINDS.items())}, "market_growth"
        )
        self._scope = {name: _scope(here, name, label, everything) for name, label, everything in SCOPES}
        months = {sheets.month(each, here.settings): each for each in here.context.calendar.months(here.context.year)}
        self._scope["first"] = inputs.choice("From", {"The beginning of the year": "", **months}, "")
        self._scope["last"] = inputs.choice("Until", {"The end of the year": "", **months}, "")
        self._about = {
            "owner": inputs.text("Owner", hint="Who stands for it.", required=True),
            "evidence": inputs.long_text("Evidence", hint="Why it is believed: a source, a figure.", required=True),
            "link": inputs.text("Link", hint="Where the evidence is to be found."),
            "confidence": inputs.choice("Confidence", {each.capitalize(): each for each in CONFIDENCES}, "medium"),
            "indicator": inputs.text("Sign that it is wrong", hint="What would show it, such as orders of March."),
            "review_on": inputs.text("Look at it again on", hint="A day, such as 2027-03-31."),
        }
        self._unit: Unit | None = None
        self._values: dict[str, inputs.Input] = {}
        self._numbers: dict[str, inputs.Input] = {}
        self._asked = VBox()
        self._withdraw = blocks.button(
            "Withdraw", self._messages, self._take_back, hint="What was said stays on record."
        )
        self._kind.control.observe(lambda _: self._ask(), names="value")
        self._which.control.observe(lambda _: self._show(), names="value")
        self._ask()
        self._does = Live(self._preview)
        self.list()
        about = self._about
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._which, self._kind),
            self._asked,
            inputs.side_by_side(*list(self._scope.values())[:3]),
            inputs.side_by_side(*list(self._scope.values())[3:]),
            inputs.side_by_side(about["owner"], about["confidence"], about["review_on"]),
            about["evidence"].view,
            inputs.side_by_side(about["link"], about["indicator"]),
            self._does.view,
            blocks.actions(blocks.button("Save", self._messages, self._save, main=True), self._withdraw),
            self._messages.view,
        )
        for each in (*self._scope.values(), *self._about.values()):
            self._watch(each)

    def begin(self, proposed: Assumption) -> None:
        """Fill in a proposal, to be changed and kept as a new assumption."""
        self._which.control.value = 0
        self._fill(proposed)

    def list(self) -> None:
        """Offer what is in force to be changed."""
        self._stated = _offered(self._here, self._which)
        self._show()

    @property
    def _rule(self) -> Kind:
        return KINDS[self._kind.control.value or "market_growth"]

    def _ask(self) -> None:
        """Ask for what the kind needs, in its unit."""
        rule, settings = self._rule, self._here.settings
        if rule.unit != self._unit:
            # Of the same unit, what was typed already stays.
            self._unit, self._values = (
                rule.unit,
                {name: _figure(label, rule.unit, settings) for name, label in VALUES},
            )
            for each in self._values.values():
                self._watch(each)
        self._numbers = {each.name: _number(each.label, each.default, each.maximum, settings) for each in rule.fields}
        explained = f'<p class="words">{escape(rule.asks)}<br><small>Effect: {escape(rule.formula)}.</small></p>'
        for each in self._numbers.values():
            self._watch(each)
        rows = [blocks.shown(sheets.Html(explained)), inputs.side_by_side(*self._values.values())]
        self._asked.children = [*rows, *([inputs.side_by_side(*self._numbers.values())] if self._numbers else [])]

    def _show(self) -> None:
        """Fill in what is chosen to be changed."""
        chosen = self._stated.get(self._which.control.value or 0)
        blocks.show(self._withdraw, chosen is not None)
        if chosen is not None:
            self._fill(chosen)

    def _watch(self, each: inputs.Input) -> None:
        each.control.observe(lambda _: self._does.redraw(), names="value")

    def _fill(self, chosen: Assumption) -> None:
        self._kind.fill(chosen.kind)
        for name, each in (*self._scope.items(), *self._about.items()):
            each.fill(getattr(chosen, name))
        settings = self._here.settings
        for name, each in self._values.items():
            each.fill(typed(getattr(chosen, name), self._rule.unit, settings))
        for field in self._rule.fields:
            value = chosen.numbers.get(field.name, field.default)
            self._numbers[field.name].fill(typed(value, "share" if field.maximum <= 1 else "heads", settings))

    def _read(self) -> Assumption:
        """Give what is filled in."""
        read = inputs.read_all(kind=self._kind, **self._values, **self._numbers, **self._about)
        numbers = {name: Decimal(str(read.pop(name))) for name in self._numbers}
        before = self._stated.get(self._which.control.value or 0)
        read |= {name: Decimal(read[name]) for name, _ in VALUES}
        read |= {name: read[name] or "" for name in TEXTS}
        read |= {name: each.control.value or "" for name, each in self._scope.items()}
        return Assumption(
            **read,
            numbers=numbers,
            status=before.status if before else "proposed",
            remark=before.remark if before else "",
            identity=before.identity if before else 0,
            version=before.version if before else 0,
        )

    def _preview(self) -> Any:
        """Show what the figures do, before anything is kept; nothing while they are not complete."""
        try:
            values = {name: each.peek() for name, each in {**self._values, **self._numbers}.items()}
        except PlanningError:
            return sheets.Html("")
        if None in values.values():
            return sheets.Html("")
        scope: dict[str, Any] = {name: each.control.value or "" for name, each in self._scope.items()}
        ends: dict[str, Any] = {name: Decimal(values[name]) for name, _ in VALUES}
        numbers = {name: Decimal(str(values[name])) for name in self._numbers}
        # Who stands for it, and why, is not asked before it is kept.
        asked = Assumption(
            self._rule.name, **ends, **scope, owner="–", evidence="–", numbers=numbers,
            identity=self._which.control.value or 0,
        )  # fmt: skip
        table = assumptions.previewed(self._here.context, asked)
        table = table[(table["effect"] != 0) | (table.index == 0)].head(_SHOWN)
        fields = [
            sheets.Field("name", "What it would do"),
            sheets.Field("before", "Expected now", "rounded"),
            sheets.Field("effect", "Change", "difference"),
            sheets.Field("after", "Expected then", "rounded"),
        ]
        return sheets.table(table, fields, self._here.settings, caption="What this would do, if it were kept")

    def _save(self) -> str:
        kept = assumptions.state(self._here.context, self._read(), actor=self._here.person or "planner")
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
        self.list()
        for each in (*self._values.values(), *(self._about[name] for name in TEXTS)):
            each.fill("")
        self._changed()


class Judgement:
    """The form to challenge, accept or reject an assumption.

    Parameters
    ----------
    here, changed
        As for `Form`.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._which = inputs.choice("Assumption", {"None": 0}, 0)
        self._status = inputs.choice("Is", {each.capitalize(): each for each in STATUSES}, "accepted")
        self._remark = inputs.text("Why", hint="Needed to challenge or reject it.")
        self._who = inputs.text("Who says so", here.person, required=True)
        self.list()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._which, self._status, self._who),
            self._remark.view,
            blocks.actions(blocks.button("Say so", self._messages, self._save, main=True)),
            self._messages.view,
        )

    def list(self) -> None:
        """Offer what is in force."""
        _offered(self._here, self._which, "None")

    def _save(self) -> str:
        read = inputs.read_all(status=self._status, remark=self._remark, actor=self._who)
        if not self._which.control.value:
            raise PlanningError("Choose the assumption that this is about.")
        kept = assumptions.judge(
            self._here.context, self._which.control.value, read["status"], read["remark"] or "", read["actor"]
        )
        self._remark.fill("")
        self._changed()
        return f"{KINDS[kept.kind].label} on {kept.scope} is {kept.status}."


def typed(value: Decimal, unit: Unit, settings: Settings) -> str:
    """Write a value as a person would type it."""
    if unit == "share":
        return sheets.percent(value, settings, digits=2).replace(sheets.MINUS, "-")
    if unit == "money":
        return sheets.money(int(value), settings).replace(sheets.MINUS, "-")
    return f"{value.normalize():f}"


def _scope(here: Page, name: str, label: str, everything: str) -> inputs.Input:
    known = history.names(here.settings, name)
    chosen = here.context.territory if name == "territory" else ""
    return inputs.choice(label, {everything: "", **{each: each for each in known}}, chosen)


def _figure(label: str, unit: Unit, settings: Settings) -> inputs.Input:
    if unit == "share":
        return inputs.percent(label, settings, required=True)
    if unit == "money":
        return inputs.money(label, settings, required=True)
    return inputs.number(label, hint="People, such as 2 or 1.5", required=True)


def _number(label: str, default: Decimal, maximum: Decimal, settings: Settings) -> inputs.Input:
    if maximum <= 1:
        return inputs.percent(label, settings, default, required=True)
    return inputs.number(label, default, required=True)


def _offered(here: Page, which: inputs.Input, none: str = "A new one") -> dict[int, Assumption]:
    """Let one choose among the assumptions in force."""
    stated = {each.identity: each for each in assumptions.stated(of_company(here))}
    named = {f"{key} · {KINDS[each.kind].label} on {each.scope}": key for key, each in stated.items()}
    which.control.options = [(none, 0), *named.items()]
    which.control.value = 0
    return stated
