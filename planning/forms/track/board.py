"""Who is how far this year, and when each passed half, nine tenths and all of the goal."""

from typing import Any

import pandas as pd

from planning.forms.page import Page, beginning, chooser, later, section, words
from planning.forms.track import look
from planning.sheets import Field, Kind
from planning.tracking.milestones import PARTS
from planning.workbook.tracking import seats
from planning.workbook.tracking.course import asked
from planning.workbook.tracking.milestones import leaderboard

_KINDS: dict[str, Kind] = {"money": "money", "days": "number"}


@later
@section
@look.once_begun("Here will stand who is how far, from the first day on.")
def milestones(here: Page) -> Any:
    """Put everybody in view in the order in which they reach their goals of the year."""
    # What does not add up over the months, and what is one sum over another, passes no part of a goal for good.
    known = {
        each.label: each.name
        for each in asked(here.context)
        if each.table and each.over_time == "sum" and each.higher_is_better
    }
    if not known:
        return words("Nothing was asked of that adds up over the year, so there are no parts of a goal to pass.")
    first = {label: name for label, name in known.items() if name == "revenue"}
    return chooser("Metric", first | known, lambda metric: _leaders(here, metric))


def _leaders(here: Page, metric: str) -> list[Any]:
    """Show the leaderboard of a metric; who sees themselves and all others as one has no place among them."""
    table, settings = leaderboard(here.context, metric), here.settings
    for name in PARTS:
        table[name] = pd.to_datetime(table[name]).dt.date
    kind = _KINDS.get(here.metrics[metric].unit, "count")
    place = [] if seats.limited(here.context) is not None else [Field("place", "Place", "count")]
    fields = [
        *place,
        Field("name", "Rep"),
        Field("territory", "Territory"),
        Field("reached", "Of the year's goal", "percent"),
        Field("result", "Result", kind),
        Field("goal", "Goal", kind),
        *(Field(name, f"{part:.0%} passed", "day") for name, part in PARTS.items()),
    ]
    people = table[table["name"] != seats.OTHERS]
    counts = [f"{part:.0%} by {int(people[name].notna().sum()) or 'nobody'}" for name, part in PARTS.items()]
    caption = f"{here.metrics[metric].label} of FY{here.context.year}: the furthest first"
    empty = "Nobody in view carries a goal of it."
    said = f"Passed so far of the goal of the year, of {len(people)} in view: {', '.join(counts)}."
    return [words(said), *beginning(table, fields, settings, caption, empty)]
