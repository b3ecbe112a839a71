"""What the goals ask people to do, week by week, and whether goal, capacity and funnel agree."""

from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms.page import Page, chooser, folded, later, section, words
from planning.forms.takes.plan import Plan
from planning.goals.activity.arithmetic import METHOD, Backwards, label
from planning.goals.activity.gap import TOLERANCE, in_words
from planning.history import rhythm
from planning.sheets import Field
from planning.sheets.sentences import writers
from planning.workbook.activity import arithmetic as activity
from planning.workbook.activity.standing import Standing, standing

VERDICTS = {
    "fits": "Fits",
    "within chance": "Short, within chance",
    "falls short": "Contradicts",
    "more than asked": "More than asked",
}


@later
@section
def backwards(here: Page) -> Any:
    """Go from a rep's goal back to what is to be done each month and week."""
    seen = standing(here.context)
    activity.backwards(seen, _first(here, seen))
    return chooser("Rep", _options(here, seen), lambda rep: _asked(here, rep))


@later
@section
def forwards(here: Page) -> Any:
    """Let a rep say what they plan to do in a week, and show at once what it leads to."""
    seen = standing(here.context)
    return Plan(here, _options(here, seen)).view


@later
@section
def contradictions(here: Page) -> Any:
    """Show whose goal and activity contradict each other, and what would close the gap."""
    settings, table = here.settings, activity.check(standing(here.context)).reset_index()
    told = [in_words(row, *writers(settings)) for row in table.to_dict("records")]
    table = table.assign(verdict=table["verdict"].map(VERDICTS), says=told, opened_in_four=4 * table["opened"])
    table = table.sort_values("gap", ignore_index=True)
    short = table[table["verdict"] == VERDICTS["falls short"]]
    fields = [
        Field("rep", "Rep"),
        Field("asked", "Asked of the pipeline", "rounded"),
        Field("expected", "To expect", "rounded"),
        Field("low", "One in ten below", "rounded"),
        Field("high", "One in ten above", "rounded"),
        Field("verdict", "Which"),
        Field("opened_in_four", "Opened in four weeks", "number"),
        Field("win_rate", "Won of these", "percent"),
        Field("deal_size", "Deal size", "rounded"),
    ]
    caption = "What goals ask of the pipeline, and what last year's rhythm brings through it"
    whole = sheets.table(table, fields, settings, caption=caption)
    return [
        words(
            f"Goals that last year's rhythm contradicts, beyond chance: {len(short)} of {len(table)}; goals that "
            f"would need good luck: {int((table['verdict'] == VERDICTS['within chance']).sum())}."
        ),
        _listed(short if len(short) else table.head(3)),
        whole,
    ]


@later
@section
def triangle(here: Page) -> Any:
    """Set goal, capacity and funnel of each rep against each other, and say where to talk."""
    table = activity.set_against(standing(here.context)).reset_index()
    whole = table["goal"].astype("float64").where(table["goal"] > 0)
    table = table.assign(capacity_off=table["to_capacity"] / whole, funnel_off=table["to_funnel"] / whole)
    far = table[["to_capacity", "to_funnel"]].astype("float64").abs().max(axis=1)
    table = table.assign(far=far).sort_values(["talk", "far"], ascending=False, ignore_index=True)
    fields = [
        Field("rep", "Rep"),
        Field("goal", "Goal", "rounded"),
        Field("capacity", "Capacity carries", "rounded"),
        Field("funnel", "The funnel yields", "rounded"),
        Field("low", "One in ten below", "rounded"),
        Field("high", "One in ten above", "rounded"),
        Field("capacity_off", "Capacity against goal", "change"),
        Field("funnel_off", "Funnel against goal", "change"),
        Field("says", "Which means"),
    ]
    talk = int(table["talk"].sum())
    tolerance = sheets.percent(TOLERANCE, here.settings, digits=0)
    said = (
        f"For {talk} of {len(table)} reps the three numbers do not go together: there is something to talk about."
        if talk
        else f"For all {len(table)} reps the three numbers go together."
    )
    rule = (
        f"Two numbers agree when they differ by no more than {tolerance} of the larger; the funnel agrees with what "
        "lies in its range, too. Capacity is what the people of a territory can carry, shared by what each sells "
        "when ramped, drawn towards the others where a few months say little."
    )
    caption = "Goal, capacity and funnel of each rep"
    return [words(said), sheets.table(table, fields, here.settings, caption=caption), _method(rule)]


@later
@section
def coverage(here: Page) -> Any:
    """Hold the pipeline open now against what the goals still need."""
    seen = standing(here.context)
    table = activity.covered(seen).reset_index().sort_values("short", ascending=False, ignore_index=True)
    fields = [
        Field("rep", "Rep"),
        Field("needed", "Still needed of the pipeline", "rounded"),
        Field("due", "Of it in one sales cycle", "rounded"),
        Field("open", "Open now", "rounded"),
        Field("expected", "Which should bring", "rounded"),
        Field("ratio", "Coverage", "number"),
        Field("required", "Coverage needed", "number"),
        Field("short", "Pipeline missing", "rounded"),
    ]
    names = [field.column for field in fields if field.kind == "rounded"]
    total = pd.DataFrame([{"rep": "All", **table[names].sum()}])
    months = activity.coming(seen).assign(
        month=lambda rows: [sheets.month(each, here.settings) for each in rows["month"]]
    )
    brings = [Field("month", "Month"), Field("amount", "To expect", "rounded")]
    return [
        words(
            "Coverage is the pipeline open now over what the goals need within one sales cycle: what is opened later "
            "can still serve the rest. Coverage needed is one over the win rate of the rep, not a fixed three times."
        ),
        sheets.table(table, fields, here.settings, caption="Pipeline open now against what goals need", total=total),
        folded(
            "When the open pipeline should come in",
            sheets.table(months, brings, here.settings, caption="What the open pipeline brings by month"),
        ),
    ]


def _asked(here: Page, rep: str) -> list[Any]:
    seen = standing(here.context)
    found = activity.backwards(seen, rep)
    year = found.year.reset_index(names="activity")
    year = year.assign(activity=[label(name) for name in year["activity"]], in_four=4 * year["a_week"])
    fields = [
        Field("activity", "What"),
        Field("count", "In the year", "count"),
        Field("in_four", "In four full weeks", "number"),
        Field("reach", "Won in the end", "percent"),
        Field("lag", "Days to the win", "number"),
        Field("next_year", "Of the year's, for the year after", "count"),
    ]
    return [
        words(_sentence(here, seen, rep, found)),
        sheets.table(year, fields, here.settings, caption=f"What the goal of {rep} asks for"),
        _spread(here, found, "month", f"What is to be done each month: {rep}"),
        folded("Week by week", _spread(here, found, "week", f"What is to be done each week: {rep}")),
        _method(),
    ]


def _sentence(here: Page, seen: Standing, rep: str, found: Backwards) -> str:
    settings, year, first = here.settings, found.year, seen.rhythm.steps[0]
    person = seen.rhythm.reps.loc[rep]
    money, percent, _ = writers(settings)
    listed = ", ".join(
        f"{sheets.count(year.at[name, 'count'], settings)} {label(name).lower()}" for name in found.activities[:-1]
    )
    mine = seen.pipeline[seen.pipeline["rep"] == rep]
    return (
        f"The goal of <strong>{escape(rep)}</strong> for FY{here.context.year} is {money(found.goal)}. "
        f"{percent(person['part'])} of revenue comes through the pipeline: {money(found.through_pipeline)}, "
        f"which at {money(person['deal_size'])} a deal is "
        f"<strong>{sheets.count(year['count'].iloc[-1], settings)} deals</strong>. They take {escape(listed)}. "
        f"A deal takes {round(float(year.at[first, 'lag']))} days from its start, so "
        f"{sheets.count(year.at[first, 'next_year'], settings)} of the year's opportunities are for the year after, "
        "and as many should be under way when the year begins. "
        f"Open now: {sheets.count(mine['deals'].sum(), settings)}."
    )


def _spread(here: Page, found: Backwards, by: str, caption: str) -> Any:
    table = found.by(by)
    total = pd.DataFrame([{by: "Year", **table.drop(columns=by).sum()}])
    write = sheets.month if by == "month" else sheets.day
    table = table.assign(**{by: [write(each, here.settings) for each in table[by]]})
    fields = [Field(by, "Month" if by == "month" else "Week from"), Field("days", "Working days", "count")]
    fields += [Field(name, label(name), "count") for name in found.activities]
    return sheets.table(table, fields, here.settings, caption=caption, total=total)


def _options(here: Page, seen: Standing) -> dict[str, str]:
    """Name the reps, the person at the page first."""
    first = _first(here, seen)
    return {name: name for name in [first, *(each for each in seen.reps if each != first)]}


def _first(here: Page, seen: Standing) -> str:
    if not seen.reps:
        raise PlanningError("Nobody carries a goal here, so nothing is asked of anybody.")
    return here.person if here.person in seen.reps else seen.reps[0]


def _listed(rows: pd.DataFrame) -> Any:
    items = [f"<strong>{escape(row['rep'])}.</strong> {escape(row['says'])}" for row in rows.to_dict("records")]
    return words("<br>".join(items))


def _method(*rules: str) -> Any:
    return folded("Where this comes from", words(*map(escape, [*rules, METHOD, rhythm.METHOD])))
