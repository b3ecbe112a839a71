"""The page of assumptions: what is expected, what it does, and the form to state it."""

from collections.abc import Callable
from decimal import Decimal
from html import escape
from typing import Any

from planning import sheets
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import KINDS
from planning.forms import blocks, inputs
from planning.forms.account import waterfall
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, afterwards, chooser, later, section, together, words
from planning.forms.past.ahead import rests_on
from planning.forms.state import Form, Judgement, typed
from planning.forms.widgets import VBox
from planning.settings import Settings
from planning.sheets import Field
from planning.workbook import goals
from planning.workbook.expected import assumptions, proposals

_FIELDS = [
    Field("kind", "Assumption"),
    Field("scope", "On"),
    Field("likely", "Likely"),
    Field("range", "Range"),
    Field("effect_likely", "Effect", "difference"),
    Field("effects", "From low to high"),
    Field("status", "Status"),
    Field("owner", "Owner, confidence"),
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
        self._drawn: list[Live] = []
        self._form, self._judgement = Form(here, self.redraw), Judgement(here, self.redraw)
        self.form, self.judgement = self._form.view, self._judgement.view

    @property
    def picture(self) -> Any:
        """The way from last year's result to what is expected."""
        return self._live(self._draw_picture)

    @property
    def listing(self) -> Any:
        """The assumptions in force, with their effects."""
        return self._live(self._draw_listing)

    @property
    def findings(self) -> Any:
        """Whether they fit together."""
        return self._live(self._draw_findings)

    @property
    def changes(self) -> Any:
        """Every version that was ever kept."""
        return self._live(self._draw_changes)

    @property
    def proposals(self) -> Any:
        """What history proposes, and a way to take it into the form."""
        return _proposals(self._here, self._form)

    def redraw(self) -> None:
        """Show the assumptions as they are now."""
        for each in self._drawn:
            each.redraw()
        self._form.list()
        self._judgement.list()

    def _live(self, draw: Callable[[], Any]) -> Any:
        """Draw a part after the page is there, and again after every change."""

        def made() -> Any:
            self._drawn.append(Live(draw))
            return self._drawn[-1].view

        return afterwards(self._here, made)

    def _draw_picture(self) -> list[Any]:
        context = self._here.context
        steps = goals.outlook(context).table(context.territory)
        who = context.territory or context.settings.company
        says = f"From the result of FY{context.year - 1} to what {who} can expect in FY{context.year}."
        drawn = waterfall(self._here, steps, f"Expected in FY{context.year}", says)
        begun = rests_on(self._here)
        return [*drawn, words(*begun)] if begun else drawn

    def _draw_listing(self) -> Any:
        table = assumptions.priced(self._here.context)
        settings, rows = self._here.settings, table.to_dict("records")
        named = table.assign(
            kind=[f"{row['identity']} · {KINDS[row['kind']].label}" for row in rows],
            likely=[_told(row, "likely", settings) for row in rows],
            range=[f"{_told(row, 'low', settings)} to {_told(row, 'high', settings)}" for row in rows],
            effects=[_from_to(row, settings) for row in rows],
            owner=table["owner"] + ", " + table["confidence"],
            status=table["status"].str.capitalize(),
        )
        caption = f"Assumptions in force for FY{self._here.context.year}"
        empty = "Nothing is assumed yet, so the coming year is expected to be like the last."
        return sheets.table(named, _FIELDS, self._here.settings, caption=caption, empty=empty)

    def _draw_changes(self) -> Any:
        context = self._here.context
        stated = {each.identity: each for each in assumptions.stated(context)}
        if not stated:
            return words("Nothing was stated yet.")
        named = {f"{key} · {KINDS[each.kind].label} on {each.scope}": key for key, each in stated.items()}
        return chooser("Assumption", named, lambda identity: _versions(self._here, stated[identity]))

    def _draw_findings(self) -> Any:
        found = assumptions.findings(self._here.context)
        if not found:
            return words("The assumptions do not contradict each other, and no territory is without any.")
        return sheets.Html(f'<ul class="words">{"".join(f"<li>{escape(each.says)}</li>" for each in found)}</ul>')


def _from_to(row: dict[Any, Any], settings: Settings) -> str:
    ends = (sheets.money(row[name], settings, compact=True, signed=True) for name in ("effect_low", "effect_high"))
    return " to ".join(ends)


def _versions(here: Page, each: Assumption) -> Any:
    table = assumptions.versions(here.context, each.identity)
    unit = KINDS[each.kind].unit
    values = {
        name: [typed(Decimal(value), unit, here.settings) for value in table[name]]
        for name in ("low", "likely", "high")
    }
    status = table["status"].where(~table["withdrawn"].astype(bool), "withdrawn").str.capitalize()
    fields = [
        Field("version", "Version", "count"),
        Field("scenario", "Scenario"),
        Field("low", "Low"),
        Field("likely", "Likely"),
        Field("high", "High"),
        Field("status", "Status"),
        Field("remark", "What was said"),
        Field("actor", "Who"),
        Field("at", "When", "moment"),
    ]
    caption = f"Every version of {KINDS[each.kind].label.lower()} on {each.scope}"
    about = [
        f"Sign that it is wrong: {escape(each.indicator)}." if each.indicator else "",
        f"To be looked at again on {escape(sheets.day(each.review_on, here.settings))}." if each.review_on else "",
        f"Evidence: {escape(each.link)}." if each.link else "",
    ]
    told = [words(" ".join(part for part in about if part))] if any(about) else []
    shown = table.assign(**values, status=status)
    return together([*told, sheets.table(shown, fields, here.settings, caption=caption)])


@later
@section
def _proposals(here: Page, form: Form) -> Any:
    found = proposals.proposed(here.context)
    if not found:
        return words("The history is too short to propose anything.")
    table = proposals.listed(found)
    rows = table.to_dict("records")
    shown = table.assign(
        kind=table["kind"].map(lambda name: KINDS[name].label),
        likely=[_told(row, "likely", here.settings) for row in rows],
        range=[f"{_told(row, 'low', here.settings)} to {_told(row, 'high', here.settings)}" for row in rows],
    )
    fields = [Field("kind", "Assumption"), Field("likely", "Likely"), Field("range", "Range")]
    fields += [Field("evidence", "Evidence"), Field("indicator", "Sign that it is wrong")]
    named = {KINDS[each.kind].label: place for place, each in enumerate(found)}
    which, messages = inputs.choice("Proposal", named, 0), Messages()

    def take() -> str:
        chosen = found[which.control.value or 0]
        form.begin(chosen)
        return f"{KINDS[chosen.kind].label} is in the form below. Say who stands for it, and save."

    button = blocks.button("Take it into the form", messages, take)
    listing = sheets.table(shown, fields, here.settings, caption="What history proposes")
    return VBox([blocks.shown(listing), which.view, blocks.actions(button), messages.view])


def _told(row: dict[Any, Any], name: str, settings: Settings) -> str:
    return typed(Decimal(str(row[name])), row["unit"], settings)


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
