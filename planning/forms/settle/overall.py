"""Where all negotiations stand: teams, who has to move, and every rep."""

from typing import Any

import pandas as pd

from planning import sheets
from planning.forms.page import Page, folded, of_company, words
from planning.forms.settle.said import STATES
from planning.sheets import Field, Html
from planning.workbook.negotiation import overview

STANDING = [
    Field("rep", "Rep"),
    Field("state", "Negotiation"),
    Field("original", "Original goal", "money"),
    Field("goal", "Goal as it stands", "money"),
    Field("company", "Company's last offer", "money"),
    Field("own", "Rep's last offer", "money"),
    Field("distance", "Between them", "difference"),
    Field("waits", "For whom to move"),
    Field("last_move", "Last move"),
]


def in_view(here: Page) -> pd.DataFrame:
    """Say where the negotiations in view stand (`planning.workbook.negotiation.overview.standing`)."""
    table = overview.standing(of_company(here))
    place = here.context.territory
    return table[table["territories"].str.split(", ").map(lambda names: place in names)] if place else table


def listing(here: Page) -> Html:
    """Show every negotiation in view."""
    table = in_view(here)
    changed = bool((table["goal"] != table["original"]).any())
    fields = [each for each in STANDING if each.column != "original" or changed]
    caption = f"Negotiations of FY{here.context.year}"
    return sheets.table(table.assign(state=table["state"].map(STATES)), fields, here.settings, caption=caption)


def teams(here: Page) -> list[Any]:
    """Add every team up against the number that was passed down to it."""
    table = overview.roll_up(of_company(here))
    whole, teams_ = table[table["manager"] == ""], table[table["manager"] != ""]
    row = whole.iloc[0]
    told = f"{row['agreed']} of {row['reps']} goals are agreed, {row['moving']} are being talked about."
    over = sheets.money(row["over"], here.settings, signed=True)
    told += f" What is on the table comes to {over} against what was passed down."
    fields = [
        Field("manager", "Team of"),
        Field("reps", "Reps", "count"),
        Field("agreed", "Agreed", "count"),
        Field("moving", "Being talked about", "count"),
        Field("set", "Set without agreement", "count"),
        Field("untouched", "Not begun", "count"),
        Field("number", "Passed down", "money"),
        Field("on_table", "Agreed or on the table", "money"),
        Field("over", "Over or under", "difference"),
    ]
    total = whole.assign(manager="Together")
    return [words(told), sheets.table(teams_, fields, here.settings, caption="Team by team", total=total)]


def waiting(here: Page) -> list[Any]:
    """List who has to move, since when, and what is due."""
    context = of_company(here)
    table = overview.waiting(context)
    begun = table[table["state"] != "not started"]
    rules = overview.rules_of(context)
    due = f"The deadline is {rules.deadline:%Y-%m-%d}." if rules.deadline else "No deadline is set."
    late = " It has passed." if bool(table["late"].any()) else ""
    fields = [
        Field("person", "For whom to move"),
        Field("rep", "Goal of"),
        Field("state", "Negotiation"),
        Field("last_move", "Last move"),
        Field("days", "Days since", "count"),
        Field("questions", "Open questions", "count"),
    ]
    begun = begun.assign(state=begun["state"].map(STATES))
    untouched = int((table["state"] == "not started").sum())
    said = f"{due}{late} {len(begun)} wait for somebody's answer; {untouched} were not begun."
    return [
        words(said),
        folded("Who has to move", sheets.table(begun, fields, here.settings, caption="Longest wait first")),
    ]
