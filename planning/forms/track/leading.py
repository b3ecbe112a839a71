"""Signals that turn before the result does."""

from html import escape
from typing import Any

from planning import sheets
from planning.forms.page import Page, beginning, chooser, folded, later, section, words
from planning.forms.track import look
from planning.goals.activity.arithmetic import label
from planning.sheets import Field
from planning.tracking.signals import METHOD
from planning.workbook.tracking import views

_FEW = 0.85
"""Part of the usual below which the sentence names somebody."""


@later
@section
@look.once_begun("Here activity and pipeline will be held against what is usual.")
def signals(here: Page) -> Any:
    """Show activity and pipeline of everybody against their own usual and against what is needed."""
    table = views.leading(here.context)
    if table["activity_a_week"].isna().all() and table["open"].isna().all():
        return words(
            "The history holds neither activities nor opportunities, so nothing tells before the result does."
        )
    low = table.loc[table["activity"] < _FEW, "rep"]
    said = (
        f"{', '.join(escape(name) for name in low)} did clearly less than their own usual in the last six weeks."
        if len(low)
        else "Nobody did clearly less than their own usual in the last six weeks."
    )
    fields = [
        Field("rep", "Rep"),
        Field("activity_a_week", "Activities a week", "number"),
        Field("usual_a_week", "Usual now", "number"),
        Field("activity", "of the usual", "percent"),
        Field("opened_a_month", "Opened a month", "number"),
        Field("usual_a_month", "Usual", "number"),
        Field("proposals", "Proposals in process", "count"),
        Field("open", "Open opportunities", "rounded"),
        Field("coverage", "Coverage", "number"),
        Field("required", "Coverage needed", "number"),
    ]
    deals = [
        Field("rep", "Rep"),
        Field("win_rate", "Deals won of late", "percent"),
        Field("usual_win_rate", "Usual", "percent"),
        Field("cycle", "Days to the win of late", "number"),
        Field("usual_cycle", "Usual", "number"),
    ]
    table = table.assign(proposals=table["proposals"].astype("Int64"), open=table["open"].round().astype("Int64"))
    return [
        words(said),
        *beginning(table, fields, here.settings, "Before the result turns: activity and pipeline"),
        *(beginning(table, deals, here.settings, "Before the result turns: win rate and sales cycle")
          if table["win_rate"].notna().any() else []),
        folded("Where this comes from", words(escape(METHOD))),
    ]  # fmt: skip


@later
@section
@look.once_begun("Here what was done will be held against what the goal takes.")
def needed(here: Page) -> Any:
    """Let one choose a rep, and hold what was done against what the goal takes."""
    table = views.leading(here.context)
    names = list(table["rep"])
    if not names:
        return words("Nobody carries a goal here.")
    first = here.person if here.person in names else names[0]
    return chooser(
        "Rep",
        {name: name for name in [first, *(each for each in names if each != first)]},
        lambda rep: _of(here, rep),
    )


def _of(here: Page, rep: str) -> Any:
    asked = views.takes(here.context, rep)
    if asked.empty:
        return words("Nothing tells what this goal takes: the history has no pipeline to go back through.")
    row = views.leading(here.context).set_index("rep").loc[rep]

    def four(a_week: float) -> str:
        return sheets.number(4 * a_week, here.settings, digits=0)

    counted = ", ".join(f"{four(value)} {escape(label(str(name)).lower())}" for name, value in asked.items())
    said = f"In four full weeks the goal of <strong>{escape(rep)}</strong> takes {counted}."
    if not sheets.is_empty(row["activity_a_week"]):
        said += (
            f" In the last six weeks it was {four(row['activity_a_week'])} activities in four weeks, where "
            f"{four(row['usual_a_week'])} are usual now."
        )
    return words(said)
