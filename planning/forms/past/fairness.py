"""Whether the goals were fair: how attainment is spread over reps, over the years, and over groups of reps."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, choosers, folded, later, section, words
from planning.history.distribution import BANDS, BIAS_METHOD, LEVEL_RULE
from planning.sheets import Field, Html
from planning.workbook import history

GROUPS = {
    "Product line": "product_line",
    "Territory": "territory",
    "Region": "region",
    "Tenure": "tenure",
    "Channel": "channel",
    "Size of goal": "goal_size",
}
LEVELS = {
    "too high": "Too high",
    "too low": "Too low",
    "badly shared": "Badly shared out",
    "in order": "In order",
    "too few": "Too few to tell",
}
VERDICTS = {
    "asked more": "Asked more than others",
    "asked less": "Asked less than others",
    "not shown": "No difference shown",
    "too few": "Too few to tell",
}


@later
@section
def fairness(here: Page) -> Any:
    """Let one choose a metric and a group, and show how goals were spread and whom they leaned against."""
    asked = history.metrics_with_goals(here.context, here.context.year - 1)
    if not asked:
        return words(f"No goals were set for FY{here.context.year - 1}, so there is nothing to hold results against.")
    metrics = {here.metrics[name].label: name for name in asked}
    options: dict[str, dict[str, Any]] = {"Metric": metrics, "Held against each other": _groups(here)}
    return choosers(options, lambda metric, group: judged(here, metric, group))


def judged(here: Page, metric: str, group: str) -> list[Any]:
    """Say how attainment is spread, whom the goals leaned against, and how the years compare."""
    return [*spread(here, metric), leaning(here, metric, group), over_years(here, metric), rules()]


def spread(here: Page, metric: str) -> list[Any]:
    """Say how many reps made their goal, and where the others are."""
    context, settings = here.context, here.settings
    year = context.year - 1
    told = history.spread(context, metric, year)
    if not told["reps"]:
        return [words(f"No rep has a goal for {escape(here.metrics[metric].label.lower())} in FY{year}.")]
    low, *_, top = (told[f"band_{place}"] for place in range(len(BANDS)))
    together, median, lower, upper = (
        sheets.percent(told[name], settings) for name in ("together", "median", "lower", "upper")
    )
    said = [
        f"<strong>{told['made']:.0f} of {told['reps']:.0f}</strong> reps made their goal for "
        f"{escape(here.metrics[metric].label.lower())} in FY{year}; {low:.0f} ended below "
        f"{sheets.percent(BANDS[0][1], settings, digits=0)}, {top:.0f} above "
        f"{sheets.percent(BANDS[-1][0], settings, digits=0)}.",
        f"All together came to {together}, the rep in the middle to {median}, half of them to between {lower} and "
        f"{upper}.",
    ]
    if part := history.part_of_year(context, metric, year):
        said.append(f"With a goal for a part of the year only: {escape(', '.join(part))}.")
    return [words(*said), *_bands(here, told, f"{here.metrics[metric].label} of FY{year}: reps by attainment.")]


def _bands(here: Page, told: dict[str, float], says: str) -> list[Any]:
    """Draw how many reps came to how much of their goal, and fold the figures below."""
    settings = here.settings
    names = [f"Below {sheets.percent(BANDS[0][1], settings, digits=0)}"]
    names += [
        f"{sheets.percent(low, settings, digits=0)} to {sheets.percent(high, settings, digits=0)}"
        for low, high in BANDS[1:-1]
    ]
    names.append(f"From {sheets.percent(BANDS[-1][0], settings, digits=0)}")
    reps = [int(told[f"band_{place}"]) for place in range(len(BANDS))]
    frame = pd.DataFrame({"name": names, "goal": None, "result": reps, "told": [str(each) for each in reps]})
    fields = [Field("name", "Attainment"), Field("result", "Reps", "count")]
    table = sheets.table(frame, fields, settings, caption=says)
    return [charts.against_goal(frame, settings, says), folded("The figures", table)]


def leaning(here: Page, metric: str, group: str) -> Html:
    """Show by group whether the goals asked more of it than of the others."""
    settings, year = here.settings, here.context.year - 1
    table = history.bias(here.context, metric, group, year)
    label = next(name for name, each in GROUPS.items() if each == group)
    interval = [
        "" if pd.isna(low) else f"{sheets.points(low, settings)} to {sheets.points(high, settings)}"
        for low, high in zip(table["low"], table["high"], strict=True)
    ]
    shown = table.assign(interval=interval, verdict=table["verdict"].map(VERDICTS))
    middle = "Rep in the middle, less own total" if group == "product_line" else "Attainment in the middle"
    fields = [
        Field("group", label),
        Field("reps", "Reps", "count"),
        Field("attainment", middle, "points" if group == "product_line" else "percent"),
        Field("shift", "Against the others", "points"),
        Field("interval", "Range"),
        Field("verdict", "Goals"),
    ]
    caption = f"{here.metrics[metric].label} of FY{year}: whom the goals leaned against, by {label.lower()}"
    empty = "There are not two groups with goals to hold against each other."
    return sheets.table(shown, fields, settings, caption=caption, empty=empty)


def over_years(here: Page, metric: str) -> Html:
    """Show year by year whether goals were too high or too low."""
    table = history.goals_over_years(here.context, metric)
    shown = table.assign(year=[f"FY{year}" for year in table["year"]], verdict=table["verdict"].map(LEVELS))
    fields = [
        Field("year", "Year"),
        Field("reps", "Reps with a goal", "count"),
        Field("made", "Made it", "count"),
        Field("share", "Share", "percent"),
        Field("median", "Rep in the middle", "percent"),
        Field("together", "All together", "percent"),
        Field("verdict", "Goals"),
    ]
    caption = f"{here.metrics[metric].label}: goals over the years"
    return sheets.table(shown, fields, here.settings, caption=caption)


def rules() -> Html:
    """Write how goals are judged."""
    return folded("How this is judged", Html(f"<ul><li>{escape(LEVEL_RULE)}</li><li>{escape(BIAS_METHOD)}</li></ul>"))


def _groups(here: Page) -> dict[str, str]:
    """Leave out what holds one group alone while a territory is in view."""
    alone = ("territory", "region") if here.context.territory else ()
    return {name: group for name, group in GROUPS.items() if group not in alone}
