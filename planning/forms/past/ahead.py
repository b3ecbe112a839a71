"""What next year looks like if nothing changes."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, chooser, folded, later, section, words
from planning.forms.past.names import rounded_kind, written
from planning.history.outlook import METHOD
from planning.periods import add_months, first_day
from planning.sheets import Field, Html
from planning.workbook import history
from planning.workbook.ground import begun_until
from planning.workbook.tracking.closing import closed_months

LEVELS = {
    "company": "Company",
    "region": "Region",
    "territory": "Territory",
    "position": "Rep in a territory",
    "unassigned": "Held by nobody",
    "product_line": "Product line",
}

ERRORS = {
    "off": "Months off by",
    "naive_off": "Seasonal naive",
    "inside_80": "Inside 80%",
    "year_off": "Years off by",
    "naive_year_off": "Seasonal naive, years",
    "year_inside_80": "Years inside 80%",
}


@later
@section
def outlook(here: Page) -> Any:
    """Let one choose a metric, and show the forecast of the coming year with its intervals and its past errors."""
    asked = history.metrics_with_goals(here.context, here.context.year - 1) or ["revenue"]
    return chooser("Metric", {here.metrics[name].label: name for name in asked}, lambda metric: ahead(here, metric))


def ahead(here: Page, metric: str = "revenue") -> list[Any]:
    """Show the year to come: in words, month by month, node by node, and how far off such forecasts were."""
    found = history.forecast(here.context, metric)
    place = f"territory:{here.context.territory}" if here.context.territory else "company"
    years = found.years[found.years["node"] == place]
    if years.empty:
        return [
            words(f"{escape(here.metrics[metric].label)} of {escape(here.context.territory)} has no series to go by.")
        ]
    parts: list[Any] = [_sentence(here, metric, years.iloc[0], found.left_out)]
    if not found.months[found.months["node"] == place].empty:
        parts += _months(here, found, place, metric)
    parts += [_nodes(here, found, metric), _errors(here, found.tested)]
    return [*parts, folded("How this is forecast", words(escape(METHOD)))]


def _sentence(here: Page, metric: str, row: Any, left_out: list[str]) -> Html:
    figure = written(here, metric, estimated=True)
    said = (
        f"If nothing changes, {escape(here.metrics[metric].label.lower())} of FY{here.context.year} is expected at "
        f"<strong>{figure(row['expected'])}</strong>, after {figure(row['last_12_months'])} in the last twelve "
        f"months. Four times in five it lies between {figure(row['low_80'])} and {figure(row['high_80'])}."
    )
    return words(said, *(escape(each) for each in left_out), *rests_on(here))


def rests_on(here: Page) -> list[str]:
    """Say what the outlook rests on where the year has begun; nothing before."""
    last = begun_until(here.context)
    if not last:
        return []
    year = here.context.year
    first = sheets.day(first_day(here.context.calendar.months(year)[0]), here.settings)
    return [
        f"FY{year} has begun: results are in to {sheets.month(last, here.settings)}. The outlook rests on what came "
        f"before {first} and on who was there that day, as the goals do: it does not move with what comes in.",
        *_closed(here),
    ]


def _closed(here: Page) -> list[str]:
    closed = closed_months(here.context)
    if not closed:
        return []
    last = sheets.month(closed[-1], here.settings)
    return [f"The months to {last} are closed; what changes in them later is shown as a correction."]


def _months(here: Page, found: Any, place: str, metric: str) -> list[Any]:
    coming = found.months[found.months["node"] == place].reset_index(drop=True)
    past = found.past[found.past["node"] == place].set_index("month")["result"]
    before = past.reindex([add_months(month, -12) for month in coming["month"]])
    frame = coming.assign(before=before.to_numpy())
    year, kind = here.context.year, rounded_kind(here.metrics[metric])
    series = {"expected": f"expected in FY{year}", "before": "a year before"}
    says = f"{here.metrics[metric].label} of FY{year} by month if nothing changes"
    write = written(here, metric, compact=True)
    drawn = charts.months(
        frame, series, here.settings, f"{says}.", write, ("low_80", "high_80", "where it lies four times in five")
    )
    fields = [
        Field("month", "Month", "month"),
        Field("expected", "Expected", kind),
        Field("low_80", "Low, 80%", kind),
        Field("high_80", "High, 80%", kind),
        Field("before", "A year before", kind),
    ]
    return [drawn, folded("The figures", sheets.table(frame, fields, here.settings, caption=says))]


def _nodes(here: Page, found: Any, metric: str) -> Html:
    territory, kind = here.context.territory, rounded_kind(here.metrics[metric])
    rows = found.years[found.years["territory"] == territory] if territory else found.years
    rows = rows if territory else rows[~rows["level"].isin(["position", "unassigned"])]
    rows = rows[(rows["expected"] != 0) | (rows["last_12_months"] != 0)]
    shown = rows.assign(level=rows["level"].map(LEVELS), name=rows["name"].replace("company", here.settings.company))
    fields = [
        Field("name", "Name"),
        Field("level", "Level"),
        Field("last_12_months", "Last 12 months", kind),
        Field("expected", f"FY{here.context.year}", kind),
        Field("low_80", "Low, 80%", kind),
        Field("high_80", "High, 80%", kind),
        Field("low_95", "Low, 95%", kind),
        Field("high_95", "High, 95%", kind),
        Field("method", "Method"),
    ]
    caption = f"{here.metrics[metric].label} of FY{here.context.year} if nothing changes"
    return sheets.table(shown, fields, here.settings, caption=caption)


def _errors(here: Page, tested: pd.DataFrame) -> Html:
    fields = [
        Field("level", "Level"),
        *(Field(name, label, "percent") for name, label in ERRORS.items() if name in tested),
    ]
    shown = tested.assign(level=tested["level"].map(lambda name: LEVELS.get(name, name)))
    caption = "How far off such forecasts were in the past, beside last year's months taken again"
    empty = "The history is too short to put forecasts to the test."
    return sheets.table(shown, fields, here.settings, caption=caption, empty=empty)
