"""The page of assumptions: what is expected, what it does, and the form to state it."""

from decimal import Decimal
from html import escape
from typing import Any

from planning import sheets
from planning.assumptions.kinds import KINDS
from planning.forms.account import waterfall
from planning.forms.page import Live, Page, section, words
from planning.forms.state import Form, Judgement, typed
from planning.settings import Settings
from planning.sheets import Field
from planning.workbook import assumptions, goals

_FIELDS = [
    Field("identity", "No.", "count"),
    Field("kind", "Assumption"),
    Field("scope", "On"),
    Field("likely", "Likely"),
    Field("range", "Range"),
    Field("effect_low", "Effect at low", "difference"),
    Field("effect_likely", "Effect, likely", "difference"),
    Field("effect_high", "Effect at high", "difference"),
    Field("owner", "Owner"),
    Field("confidence", "Confidence"),
    Field("status", "Status"),
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
        self._findings = Live(self._draw_findings)
        self.findings = self._findings.view
        self._form, self._judgement = Form(here, self.redraw), Judgement(here, self.redraw)
        self.form, self.judgement = self._form.view, self._judgement.view

    def redraw(self) -> None:
        """Show the assumptions as they are now."""
        for each in (self._picture, self._listing, self._findings):
            each.redraw()
        self._form.list()
        self._judgement.list()

    def _draw_picture(self) -> list[Any]:
        context = self._here.context
        steps = goals.outlook(context).table(context.territory)
        who = context.territory or context.settings.company
        says = f"From the result of FY{context.year - 1} to what {who} can expect in FY{context.year}."
        return waterfall(self._here, steps, f"Expected in FY{context.year}", says)

    def _draw_listing(self) -> Any:
        table = assumptions.priced(self._here.context)
        settings, rows = self._here.settings, table.to_dict("records")
        named = table.assign(
            kind=table["kind"].map(lambda name: KINDS[name].label),
            likely=[_told(row, "likely", settings) for row in rows],
            range=[f"{_told(row, 'low', settings)} to {_told(row, 'high', settings)}" for row in rows],
            confidence=table["confidence"].str.capitalize(),
            status=table["status"].str.capitalize(),
        )
        caption = f"Assumptions in force for FY{self._here.context.year}"
        empty = "Nothing is assumed yet, so the coming year is expected to be like the last."
        return sheets.table(named, _FIELDS, self._here.settings, caption=caption, empty=empty)

    def _draw_findings(self) -> Any:
        found = assumptions.findings(self._here.context)
        if not found:
            return words("The assumptions do not contradict each other, and no territory is without any.")
        return sheets.Html(f'<ul class="words">{"".join(f"<li>{escape(each.says)}</li>" for each in found)}</ul>')


def _told(row: dict[Any, Any], name: str, settings: Settings) -> str:
    return typed(Decimal(str(row[name])), row["unit"], settings)


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
