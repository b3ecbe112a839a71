"""Where the year stands in one look: bullets, the chance in words, and the course by month."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms import blocks, shell
from planning.forms.page import Page, folded, later, section, words
from planning.forms.track import look
from planning.goals.chances import verdict
from planning.sheets import Field, Html
from planning.tracking.alerts import in_hundred
from planning.tracking.landing import ANCHORS
from planning.tracking.trials import INSIDE, left_open
from planning.workbook.tracking import progress, seats, views
from planning.workbook.tracking.progress import Standing

_MOST = 8
"""Bullets that are drawn; who wants all finds them in the table below."""


@section
def stands(here: Page) -> Any:
    """Show where the company, or what is in view, stands."""
    missing = progress.not_begun(here.context)
    if missing:
        return not_begun(here, missing)
    whole = progress.standing(here.context, "company")
    parts = progress.standing(here.context, "rep" if look.narrow(here) else "territory")
    own = parts.table[~parts.table["name"].isin([seats.OTHERS, seats.NOBODY])]
    worst = own.assign(short=own["goal"] - own["landing"]).sort_values("short", ascending=False).head(_MOST)
    drawn = pd.concat([whole.table, worst]) if seats.limited(here.context) is None else worst
    day = sheets.day(whole.at.as_of, here.settings)
    says = f"FY{here.context.year} as of {day}: the whole, and where most is missing."
    return [*_told(here, whole), charts.bullets(look.bullets(here, drawn), says), _course(here, whole)]


@later
@section
def trust(here: Page) -> Any:
    """Say how well landings of past years did, and what they are made of."""
    kept, true = progress.landed_before(here.context)
    company = kept[kept["level"] == "company"].to_dict("records")
    if kept.empty:
        return words("There are not two past years with goals and results, so nothing tells how sure a landing is.")
    kept = kept.assign(level=kept["level"].map({"rep": "Reps", "territory": "Territories", "company": "Company"}))
    fields = [
        Field("level", "Landings of"), Field("cases", "Landings", "count"), Field("years", "Years", "count"),
        Field("inside_50", "Ended in the half range", "percent"),
        Field("inside_80", "Ended in the four-in-five range", "percent"),
        Field("off", "Off by, the middle one", "percent"),
    ]  # fmt: skip
    chances = [
        Field("told", "Chance told", "percent"), Field("came", "Made the goal", "percent"),
        Field("cases", "Cases", "count"),
    ]  # fmt: skip
    ways = ", ".join(ANCHORS)
    rule = (
        f"What is left of a year is told in four ways: {ways}. How much each counts was learned from past years, "
        "month by month; each past year was then told by the others, and how far it was off makes the ranges. "
        "Landings of reps add up to those of territories and of the company. Their ranges do not: what one misses "
        "another may make, so the range of a sum is narrower than the sum of ranges."
    )
    caption = "Past years landed again after each month, by what other years taught"
    return [
        sheets.table(kept, fields, here.settings, caption=caption),
        *(words(_few_years(here, row)) for row in company),
        sheets.table(true, chances, here.settings, caption="Chances told of reps, and how many made their goals"),
        folded("Where this comes from", words(escape(rule))),
    ]  # fmt: skip


def _few_years(here: Page, row: dict[str, Any]) -> str:
    """Say how little a few years of one company tell of its ranges."""
    years = int(row["years"])

    ends = {part: left_open(row[f"inside_{part * 100:.0f}"], years) for part in INSIDE}
    said = "; ".join(
        f"in the range for {look.percent(here, part)} ended {look.percent(here, row[f'inside_{part * 100:.0f}'])}, "
        f"and anything from {look.percent(here, low)} to {look.percent(here, high)} is left open"
        for part, (low, high) in ends.items()
    )
    holds = all(low <= part <= high for part, (low, high) in ends.items())
    verdict_ = "So nothing speaks against its ranges, and little for them." if holds else (
        "So its ranges do not hold what they promise: take the landing of the company without them."
    )  # fmt: skip
    return f"Of the company there are {years} years alone, whose months go together: {said}. {verdict_}"


def not_begun(here: Page, says: str) -> Html:
    """Show what stands where the year has not begun: what will be here, and what to do."""
    link = shell.link("See the goals meanwhile", "4_goals.ipynb", here.context, here.person)
    return blocks.nothing_yet(says, link)


def _told(here: Page, whole: Standing) -> list[Html]:
    row, money = whole.table.iloc[0].to_dict(), look.money(here)
    landing, low, high = (money(row[name]) for name in ("landing", "low_80", "high_80"))
    said = (
        f"<strong>{escape(row['name'])}</strong> has {money(row['result'])} of {money(row['expected'])} due by "
        f"{sheets.day(whole.at.as_of, here.settings)}, {look.percent(here, row['attainment'])}. "
    )
    if pd.notna(row["probability"]):
        chance = f"{in_hundred(row['probability'])}: {verdict(row['probability'])}"
        said += (
            f"The year is going to land at <strong>{landing}</strong> of a goal of {money(row['goal'])}, four times "
            f"in five between {low} and {high}. The chance of making the goal is {chance}. "
        )
    if pd.notna(row["needed_per_week"]):
        said += f"From here on it takes {money(row['needed_per_week'])} a week."
    changed = row["goal"] - row["original"]
    if changed:
        said += f" The goal was {money(row['original'])} before it was changed during the year."
    return [words(said)]


def _course(here: Page, whole: Standing) -> charts.Picture:
    frame = views.by_month(here.context)
    changed = bool((frame["goal"] != frame["original"]).any())
    ahead = None if seats.limited(here.context) is not None else look.ahead(whole)
    mine = "Your and your team's year" if seats.limited(here.context) is not None else "The year"
    return charts.course(
        frame, ahead, here.settings, f"{mine} month by month, goal and result added up.", original=changed
    )
