"""The year by its dates: a month as a calendar, and the year as a timeline."""

from datetime import date
from typing import Any

from planning import sheets
from planning.forms import inputs
from planning.forms.meet.who import Who
from planning.forms.page import Live, Page, of_company
from planning.periods import first_day, last_day
from planning.sheets import Bar, Line, Mark
from planning.tracking.entries import Entry, by_day, grid
from planning.workbook.tracking.checkpoints import STATES
from planning.workbook.tracking.schedule import entries

_STATE: dict[str, str] = {
    "open": "Open",
    "late": "Late",
    "done": "Done",
    "dropped": "Dropped",
    "": "",
    **{str(state): said for state, said in STATES.items()},
}
_KINDS = {
    "Everything": ("checkpoint", "action", "block"), "Conversations": ("checkpoint",), "Actions": ("action",),
    "Hours set aside": ("block",),
}  # fmt: skip
_SPANS = {"The whole year": 12, "Three months from here": 3}


class Dates:
    """Calendar and timeline of what is one's own, or of all in view.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when something is late.
    """

    def __init__(self, here: Page, who: Who, day: date) -> None:
        self._here, self._who, self._day = here, who, day
        months = here.context.calendar.months(here.context.year)
        shown = {sheets.month(each, here.settings): each for each in months}
        now = f"{day:%Y-%m}" if f"{day:%Y-%m}" in months else months[0]
        self._month = inputs.choice("Month", shown, now)
        self._kind = inputs.choice("Show", {each: each for each in _KINDS}, "Everything")
        self._whose = inputs.choice("Whose", {"My own": "mine", "All in view": "all"}, "mine")
        self._span = inputs.choice("How far", _SPANS, 3)
        self._calendar, self._timeline = Live(self._draw_month), Live(self._draw_year)
        for each in (self._month, self._kind, self._whose):
            each.control.observe(lambda _: self._calendar.redraw(), names="value")
        for each in (self._span, self._whose):
            each.control.observe(lambda _: self._timeline.redraw(), names="value")
        self.month_view = [inputs.side_by_side(self._month, self._kind, self._whose), self._calendar.view]
        self.year_view = [inputs.side_by_side(self._span), self._timeline.view]

    def redraw(self) -> None:
        """Show what stands there now."""
        self._calendar.redraw()
        self._timeline.redraw()

    def _entries(self) -> list[Entry]:
        whom = self._who.name if self._whose.control.value == "mine" else ""
        return entries(of_company(self._here), self._day, whom)

    def _draw_month(self) -> Any:
        month = str(self._month.control.value)
        kinds = _KINDS[str(self._kind.control.value)]
        shown = [each for each in self._entries() if each.kind in kinds]
        marks = {day: [self._mark(each) for each in found] for day, found in by_day(shown).items()}
        return sheets.calendar(month, grid(month), marks, self._day, self._here.settings)

    def _mark(self, entry: Entry) -> Mark:
        at = f"{entry.at:%H:%M}" if entry.at else ""
        hours = f"{sheets.number(entry.hours, self._here.settings)} h" if entry.kind == "block" else ""
        whom = entry.whom if entry.kind == "action" and entry.whom != self._who.name else ""
        title = " ".join(filter(None, [at, ", ".join(filter(None, [entry.title, whom, hours]))]))
        return Mark(title, f"{entry.kind} {entry.state}".strip(), _STATE[entry.state], entry.detail)

    def _draw_year(self) -> Any:
        calendar, year = self._here.context.calendar, self._here.context.year
        months = calendar.months(year)
        if self._span.control.value == 12:
            first, last = first_day(months[0]), last_day(months[-1])
        else:
            from_ = min(months.index(f"{self._day:%Y-%m}") if f"{self._day:%Y-%m}" in months else 0, 9)
            first, last = first_day(months[from_]), last_day(months[from_ + 2])
        ends = [(last_day(month), calendar.label(month, "quarter").split()[-1]) for month in months[2::3]]
        caption = f"{sheets.day(first, self._here.settings)} to {sheets.day(last, self._here.settings)}"
        return sheets.timeline(self._lines(first, last), first, last, ends, self._day, self._here.settings, caption)

    def _lines(self, first: date, last: date) -> list[Line]:
        """Give a row of conversations for each rep, and a row for each action."""
        shown = [
            each for each in self._entries() if each.kind != "block" and each.end >= first and each.begin <= last
        ]
        talks: dict[str, list[Bar]] = {}
        for each in shown:
            if each.kind == "checkpoint":
                talks.setdefault(each.whom, []).append(_bar(each))
        actions = [Line(each.title, [_bar(each)]) for each in shown if each.kind == "action"]
        return [*(Line(f"With {rep}" if rep != self._who.name else "Conversations", bars)
                  for rep, bars in sorted(talks.items())), *actions]  # fmt: skip


def _bar(entry: Entry) -> Bar:
    point = entry.kind == "checkpoint" or entry.begin == entry.end
    look = f"{entry.kind} {entry.state}".strip()
    return Bar(entry.begin, entry.end, entry.title, look, _STATE[entry.state], point)
