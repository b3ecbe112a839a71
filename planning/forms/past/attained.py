"""Results against goals, at every level and for every metric."""

from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, choosers, section, words
from planning.forms.past.names import LEVELS, PERIODS, kind_of, level_name, told, written
from planning.sheets import Field
from planning.workbook import history

DRAWN = 60
"""Rows that can still be read as a picture."""


@section
def attainment(here: Page) -> Any:
    """Let one choose year, level and metric, and hold results against goals."""
    years = {f"FY{year}": year for year in reversed(history.years(here.context))}
    first = "Rep" if here.context.territory else "Territory"
    levels = {first: LEVELS[first], **LEVELS, **PERIODS}
    metrics = {here.metrics[name].label: name for name in history.metrics(here.context)}
    options: dict[str, dict[str, Any]] = {"Year": years, "Level": levels, "Metric": metrics}
    return choosers(options, lambda year, by, metric: attained(here, by, metric, year))


def attained(here: Page, by: str, metric: str = "revenue", year: int = 0) -> list[Any]:
    """Show results against goals by one level: a picture where it can be read, the table, and what counts."""
    year = year or here.context.year - 1
    first, last = history.months(here.context, year=year)
    table = history.attainment(here.context, metric, [by], first, last)
    if by not in PERIODS.values():
        table = table.sort_values("result", ascending=False, na_position="last", kind="stable")
    whole = history.attainment(here.context, metric, [], first, last).assign(**{by: "Together"})
    measured, label = here.metrics[metric], level_name(by)
    fields = [
        Field(by, label),
        Field("result", "Result", kind_of(here.metrics[metric])),
        Field("goal", "Goal", kind_of(here.metrics[metric])),
        Field("difference", "Difference", kind_of(here.metrics[metric], difference=True)),
        Field("attainment", "Attainment", "percent"),
    ]
    caption = f"{measured.label} of FY{year} by {label.lower()}"
    shown = table.assign(**{by: told(table[by])})
    sheet = sheets.table(shown, fields, here.settings, caption=caption, total=whole)
    drawn = [picture(here, shown, by, metric, f"{caption}.")] if len(table) <= DRAWN else []
    return [*drawn, sheet, words(f"What counts: {measured.counts}")]


def picture(here: Page, table: pd.DataFrame, by: str, metric: str, says: str) -> charts.Picture:
    """Draw results against goals, with figure and attainment beside each bar."""
    write = written(here, metric, compact=True)
    figures = [
        write(result) + ("" if pd.isna(share) else f"  {sheets.percent(share, here.settings)}")
        for result, share in zip(table["result"], table["attainment"], strict=True)
    ]
    frame = pd.DataFrame({"name": table[by], "goal": table["goal"], "result": table["result"], "told": figures})
    return charts.against_goal(frame, here.settings, says, write=write)
