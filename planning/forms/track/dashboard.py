"""The dashboard: everybody against their standards, filtered by what one likes, with the target on every figure."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms import blocks, inputs
from planning.forms.page import Live, Page, later, section, words
from planning.forms.track import look
from planning.forms.widgets import Box, VBox
from planning.sheets import Field
from planning.workbook.leading import managers
from planning.workbook.tracking import progress, seats, standards, views
from planning.workbook.tracking.course import Where, asked, told

_BY = {
    "Reps": "rep",
    "Territories": "territory",
    "Regions": "region",
    "Teams": "manager",
    "Product lines": "product_line",
}
_ALL = "All"
_DRAWN = 12
_NO_RANGE = (
    "A ratio has a landing and no range. How far off such landings were in past years was tried as a range, and did "
    "not hold what it promised: what moves a ratio in one year moves it for everybody."
)


class Dashboard:
    """Choices above, and what they choose below.

    Parameters
    ----------
    here
        The page.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        year = here.context.year
        part = told(here.context)
        units = part.course(year).units
        mine = seats.limited(here.context)
        if mine is not None:
            units = units[units["rep"].isin(mine)]
        lines = sorted(set(part.goals["product_line"]) - {""})
        leaders = sorted(set(managers(here.context).values())) if mine is None else []
        quarters = dict.fromkeys(here.context.calendar.label(month, each) for each in ("half", "quarter")
                                 for month in here.context.calendar.months(year))  # fmt: skip
        stages = list(views.stages(here.context)["name"])
        self._metrics = asked(here.context)
        self._by = inputs.choice("Show", _BY, "territory" if mine is None and not here.context.territory else "rep")
        self._metric = inputs.choice("Metric", {each.label: each.name for each in self._metrics}, "revenue")
        self._period = _choice("Period", list(quarters), "The whole year")
        self._team = _choice("Team of", leaders)
        self._rep = _choice("Person", sorted(set(units["rep"]) - {""}))
        self._place = _choice("Territory", sorted(set(units["territory"]) - {""}))
        self._line = _choice("Product line", lines)
        self._stage = _choice("Stage", stages)
        chosen = [self._by, self._metric, self._period, self._team, self._rep, self._place, self._line]
        chosen += [self._stage] if stages else []
        self._live = Live(self._draw)
        for each in chosen:
            each.control.observe(lambda _: self._live.redraw(), names="value")
        self.view = VBox([Box([each.view for each in chosen]).add_class("choices"), self._live.view])

    def _where(self) -> Where:
        found: dict[str, list[str]] = {}
        if self._team.control.value:
            found["rep"] = views.team(self._here.context, self._team.control.value)
        for name, each in (("rep", self._rep), ("territory", self._place), ("product_line", self._line)):
            if each.control.value:
                found[name] = [each.control.value]
        return found

    def _draw(self) -> Any:
        here, where, by = self._here, self._where(), self._by.control.value or "rep"
        metric, period = self._metric.control.value or "revenue", self._period.control.value or ""
        seen = progress.standing(here.context, by, metric, where=where, period=period)
        if seen.table.empty:
            return words("Nothing was asked of these, and nothing came.")
        write, label = look.writer(here, seen.metric), seen.metric.label
        table = seen.table.assign(off=seen.table["expected"] - seen.table["result"])
        drawn = table.sort_values("off", ascending=False).head(_DRAWN)
        shown = next(name for name, value in _BY.items() if value == by)
        span = sheets.period(period, here.settings) if period else f"FY{here.context.year}"
        caption = f"{label} of {span} as of {sheets.day(seen.at.as_of, here.settings)}"
        parts: list[Any] = [
            charts.bullets(
                look.bullets(here, drawn, write), f"{caption}, {shown.lower()}, where most is missing first."
            )
        ]
        if not seen.metric.over and not period:
            frame = views.by_month(here.context, metric, where=where)
            whole = progress.standing(here.context, "company", metric, where=where)
            ahead = None if seats.limited(here.context) is not None or whole.table.empty else look.ahead(whole)
            parts.append(charts.course(frame, ahead, here.settings, f"{label} and its goal, added up.", write))
        changed = bool((table["goal"] != table["original"]).any())
        parts.append(sheets.table(table, look.fields(shown, seen.metric, changed), here.settings, caption=caption))
        parts += [words(_NO_RANGE)] if seen.metric.over and not period else []
        return [*parts, *self._open(where, by, shown)]

    def _open(self, where: Where, by: str, shown: str) -> list[Any]:
        """Show what is open now by stage; what is in one stage, by what is shown above."""
        stage = self._stage.control.value
        kept = {**where, "stage": [stage]} if stage else where
        rows = views.stages(self._here.context, by if stage else "stage", kept)
        if rows.empty:
            return [words(f"Nothing of these is open in the stage {escape(stage)} now.")] if stage else []
        fields = [
            Field("name", shown if stage else "Stage"),
            Field("deals", "Opportunities open", "count"),
            Field("value", "Value", "rounded"),
        ]
        total = pd.DataFrame([{"name": "All", "deals": rows["deals"].sum(), "value": rows["value"].sum()}])
        caption = f"What is open now in the stage {stage}" if stage else "What is open now, by stage"
        told = [words("A result has no stage: the stage narrows the opportunities alone.")] if stage else []
        return [*told, sheets.table(rows, fields, self._here.settings, caption=caption, total=total)]


@later
@section
@look.once_begun("Here everybody will be held against what was due, as you choose.")
def dashboard(here: Page) -> Any:
    """Let one choose what is shown of whom."""
    progress.standing(here.context, "company")
    held = standards.standards(here.context)
    said = " ".join(f"<strong>{escape(role)}</strong>: {escape(held.in_words(role))}" for role in held.ends if role)
    return VBox([blocks.shown(words(escape(held.in_words()), said)), Dashboard(here).view])


@later
@section
@look.once_begun("Here each month will be held against its goal.")
def months(here: Page) -> Any:
    """Show attainment month by month as a map."""
    by = "rep" if look.narrow(here) else "territory"
    ends = standards.standards(here.context).of("")
    says = f"Revenue of each month over its goal, by {by}."
    return charts.heat(views.by_place(here.context, by), here.settings, says, (ends.watch, ends.on))


def _choice(label: str, names: list[str], all_of: str = _ALL) -> inputs.Input:
    return inputs.choice(label, {all_of: "", **{name: name for name in names}}, "")
