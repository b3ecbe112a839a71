"""Whether the goals can be met: probabilities, what growth they ask, and what each extra percent does."""

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Live, Page, folded, later, of_company, section, words
from planning.sheets import Field
from planning.workbook.chances import Chances, attainable

VERDICTS = {
    "out of reach": "Out of reach",
    "hard": "Hard",
    "balanced": "Balanced",
    "likely": "Likely",
    "certain": "As good as certain",
    "": "Not known",
}
_EVEN = 0.5
_DRAWN = 60


@later
@section
def chances(here: Page, keep: Callable[[Live], None]) -> Any:
    """Show with what probability goals are reached, and what raising them all would do.

    Parameters
    ----------
    here
        The page.
    keep
        Is given the part, to draw it again when a goal has changed.
    """
    live = Live(lambda: met(here))
    keep(live)
    return live.view


def met(here: Page) -> list[Any]:
    """Draw it: in words, as a picture, and as tables."""
    found = attainable(of_company(here))
    return [_sentence(here, found), *_listing(here, found), _raised(here, found), _method()]


def _sentence(here: Page, found: Chances) -> Any:
    now = found.raised[found.raised["extra"] == 0].iloc[0]
    settings, table = here.settings, found.owners
    mine = table[table["kind"] == "position"]
    if here.context.territory:
        mine = mine[mine["territory"] == here.context.territory]
    hard = mine[mine["verdict"] == "out of reach"]
    company = table[table["kind"] == "company"].iloc[0]
    chance = sheets.percent(company["probability"], settings, digits=0)
    said = (
        f"The company's goal is reached with a probability of <strong>{chance}</strong>. Of {int(now['of'])} goals "
        f"of reps, {sheets.count(round(now['people']), settings)} are expected to be reached, four times in five "
        f"{sheets.count(round(now['low']), settings)} to {sheets.count(round(now['high']), settings)}."
    )
    named = ", ".join(
        f"{escape(row['name'])} ({sheets.percent(row['growth'], settings, signed=True)})"
        for row in hard.to_dict("records")
    )
    return words(said, f"Out of reach as things are: {named}." if len(hard) else "No goal is out of reach.")


def _listing(here: Page, found: Chances) -> list[Any]:
    table = found.owners[(found.owners["goal"] != 0) | (found.owners["base"] != 0)]
    if here.context.territory:
        rows = table[(table["kind"] == "position") & (table["territory"] == here.context.territory)]
    else:
        rows = table[table["kind"] == "territory"]
    told = [sheets.percent(chance, here.settings, digits=0) for chance in rows["probability"]]
    frame = pd.DataFrame({"name": rows["name"], "goal": _EVEN, "result": rows["probability"], "told": told})
    says = f"Probability that the goals of FY{here.context.year} are reached."
    picture = charts.against_goal(
        frame.reset_index(drop=True), here.settings, says, "even chance",
        lambda chance: sheets.percent(chance, here.settings, digits=0),
    )  # fmt: skip
    shown = table[table["kind"].isin(["territory", "position"])]
    if here.context.territory:
        shown = shown[shown["territory"] == here.context.territory]
    fields = [
        Field("name", "Goal of"),
        Field("territory", "Territory"),
        Field("base", f"Result FY{here.context.year - 1}", "money"),
        Field("goal", "Goal", "money"),
        Field("growth", "Growth asked", "change"),
        Field("probability", "Probability", "percent"),
        Field("verdict", "Which is"),
    ]
    shown = shown.assign(verdict=shown["verdict"].map(VERDICTS).where(shown["goal"] > 0, "Nothing asked"))
    part = sheets.table(shown, fields, here.settings, caption="Whether the goals can be met")
    return [picture, folded("The figures", part)] if len(frame) <= _DRAWN else [part]


def _raised(here: Page, found: Chances) -> Any:
    fields = [
        Field("extra", "All goals", "change"),
        Field("people", "Expected to be reached", "number"),
        Field("low", "One time in ten fewer than", "number"),
        Field("high", "One time in ten more than", "number"),
        Field("of", "Of", "count"),
    ]
    return sheets.table(found.raised, fields, here.settings, caption="What each extra percent does")


def _method() -> Any:
    return folded(
        "Where this comes from",
        words(
            "The probability of a goal is the part of all draws of next year that reach it. How the draws are made, "
            "and how often such draws held in past years, is shown on the page of what-ifs."
        ),
    )
