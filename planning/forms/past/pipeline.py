"""Where deals go wrong: the funnel stage by stage, against the team's and against its own past."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, chooser, folded, later, section, words
from planning.forms.past.names import LEVELS, level_name, told
from planning.history import leaks, stages
from planning.sheets import Field, Html
from planning.workbook import history

STAGES = {"opened": "Opened", "qualified": "Qualified", "presented": "Presented", "proposed": "Proposed"}
SAYS = {"above": "Higher", "below": "Lower", leaks.TOO_FEW: "No difference shown"}
AGAINST_OTHERS = [
    Field("team", "Others", "percent"),
    Field("team_says", "Against others"),
    Field("team_at_stake", "At stake", "money"),
]
NO_PIPELINE = "The history holds no opportunities, so there is no funnel to show."
WHOLE = "All together"


@later
@section
def pipeline(here: Page) -> Any:
    """Let one choose a level, and show the stages of each of its values."""
    if not history.has_pipeline(here.context):
        return words(NO_PIPELINE)
    first = "Rep" if here.context.territory else "Territory"
    names = dict.fromkeys((first, "Rep", "Manager's team", "Product line", "Channel"))
    return chooser("By", {WHOLE: "", **{name: LEVELS[name] for name in names}}, lambda by: staged(here, by))


def all_together(here: Page) -> list[Any]:
    """Show the stages of what is in view."""
    return staged(here) if history.has_pipeline(here.context) else [words(NO_PIPELINE)]


def staged(here: Page, by: str = "") -> list[Any]:
    """Show what became of opportunities at each stage, and what is at stake where less goes on than elsewhere."""
    first, last = history.months(here.context)
    table = history.stages(here.context, [by] if by else [], first, last)
    shown = table[table["ended"] > 0] if "ended" in table else table
    shown = shown.assign(stage=shown["stage"].map(lambda name: STAGES.get(name, name)))
    shown = shown.assign(**{name: shown[name].map(SAYS) for name in ("team_says", "past_says")})
    if by:
        shown = shown.assign(**{by: told(shown[by])})
    fields = [
        *([Field(by, level_name(by))] if by else []),
        Field("stage", "Stage"),
        Field("entered", "Entered", "count"),
        Field("went_on", "Went on", "count"),
        Field("lost", "Lost there", "count"),
        Field("still", "Still there", "count"),
        Field("conversion", "Went on", "percent"),
        *(AGAINST_OTHERS if by or here.context.territory else []),
        Field("past", "A year before", "percent"),
        Field("past_says", "Against then"),
        Field("median_days", "Days there", "number"),
        Field("lost_value", "Value lost", "money"),
    ]
    caption = f"Opportunities of FY{here.context.year - 1}, stage by stage"
    empty = "There are no opportunities in these months."
    listing = sheets.table(shown, fields, here.settings, caption=caption, empty=empty)
    rules = "".join(f"<li>{escape(each)}</li>" for each in (*stages.RULES, leaks.METHOD))
    drawn = [] if by or shown.empty else [_picture(here, shown, f"{caption}.")]
    return [_leaks(here, shown, by), *drawn, listing, folded("How this is counted", Html(f"<ul>{rules}</ul>"))]


def _picture(here: Page, table: Any, says: str) -> charts.Picture:
    """Draw how many came into each stage, with the share that went on."""
    rows = table.to_dict("records")
    frame = pd.DataFrame(
        {
            "name": table["stage"],
            "count": table["entered"].astype("float64"),
            "told": [sheets.count(row["entered"], here.settings) for row in rows],
            "share": [
                "" if sheets.is_empty(row["conversion"]) else f"{_share(here, row['conversion'])} went on"
                for row in rows
            ],
        }
    )
    return charts.funnel(frame, says)


def _share(here: Page, value: float) -> str:
    return sheets.percent(value, here.settings, digits=0)


def _leaks(here: Page, table: Any, by: str) -> Html:
    """Name the biggest leaks in words."""
    found = table[table["leak"].fillna(False).astype(bool)].sort_values("team_at_stake", ascending=False).head(3)
    if found.empty:
        return words("No stage loses more than elsewhere beyond what chance explains.")
    lines = [
        f"<strong>{escape(str(row[by]) if by else 'Here')}</strong> after {escape(str(row['stage']).lower())}: "
        f"{sheets.percent(row['conversion'], here.settings)} go on, elsewhere "
        f"{sheets.percent(row['team'], here.settings)}; "
        f"{sheets.money(row['team_at_stake'], here.settings, compact=True)} at stake."
        for row in found.to_dict("records")
    ]
    return words("The biggest leaks.", *lines)
