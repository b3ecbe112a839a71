"""What next year looks like if nothing changes."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, chooser, folded, section, words
from planning.forms.past.names import kind_of
from planning.history.outlook import METHOD
from planning.metrics import METRICS
from planning.periods import add_months
from planning.sheets import Field, Html
from planning.workbook import history

LEVELS = {
    "company": "Company",
    "region": "Regions",
    "territory": "Territories",
    "position": "Reps in their territories",
    "unassigned": "Accounts that nobody holds",
    "product_line": "Product lines",
}

ERRORS = {
    "off": "Months off by",
    "naive_off": "Seasonal naive",
    "inside_80": "Inside 80%",
    "year_off": "Years off by",
    "naive_year_off": "Seasonal naive, years",
    "year_inside_80": "Years inside 80%",
}


@section
def outlook(here: Page) -> Any:
    """Let one choose a metric, and show the forecast of the coming year with its intervals and its past errors."""
    asked = history.metrics_with_goals(here.context, here.context.year - 1) or ["revenue"]
    return chooser("Metric", {METRICS[name].label: name for name in asked}, lambda metric: ahead(here, metric))


def ahead(here: Page, metric: str = "revenue") -> list[Any]:
    """Show the year to come: in words, month by month, node by node, and how far off such forecasts were."""
    found = history.forecast(here.context, metric)
    place = f"territory:{here.context.territory}" if here.context.territory else "company"
    years = found.years[found.years["node"] == place]
    if years.empty:
        return [words(f"{escape(METRICS[metric].label)} of {escape(here.context.territory)} has no series to go by.")]
    parts: list[Any] = [_sentence(here, metric, years.iloc[0], found.left_out)]
    if METRICS[metric].unit == "money" and not METRICS[metric].over:
        parts.append(_months(here, found, place))
    parts += [_nodes(here, found, metric), _errors(here, found.tested)]
    return [*parts, folded("How this is forecast", words(escape(METHOD)))]


def _sentence(here: Page, metric: str, row: Any, left_out: list[str]) -> Html:
    figure = _writer(here, metric)
    said = (
        f"If nothing changes, {escape(METRICS[metric].label.lower())} of FY{here.context.year} is expected at "
        f"<strong>{figure(row['expected'])}</strong>, after {figure(row['last_12_months'])} in the last twelve "
        f"months. Four times in five it lies between {figure(row['low_80'])} and {figure(row['high_80'])}."
    )
    return words(said, *(escape(each) for each in left_out))


def _months(here: Page, found: Any, place: str) -> charts.Picture:
    coming = found.months[found.months["node"] == place]
    past = found.past[found.past["node"] == place].set_index("month")["result"]
    frame = pd.DataFrame(
        {
            "month": coming["month"].to_numpy(),
            "result": coming["expected"].to_numpy(),
            "before": past.reindex([add_months(month, -12) for month in coming["month"]]).to_numpy(),
            "goal": coming["low_80"].to_numpy(),
        }
    )
    series = {"result": f"expected in FY{here.context.year}", "before": "a year before", "goal": "low end of 80%"}
    return charts.months(frame, series, here.settings, f"What FY{here.context.year} brings if nothing changes.")


def _nodes(here: Page, found: Any, metric: str) -> Html:
    territory, kind = here.context.territory, kind_of(metric)
    rows = found.years[found.years["territory"] == territory] if territory else found.years
    rows = rows[rows["level"] != "position"] if not territory else rows
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
    caption = f"{METRICS[metric].label} of FY{here.context.year} if nothing changes"
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


def _writer(here: Page, metric: str) -> Any:
    kind = kind_of(metric)
    writers: dict[str, Any] = {
        "money": sheets.money,
        "count": sheets.count,
        "percent": sheets.percent,
        "number": sheets.number,
    }
    return lambda value: writers[kind](value, here.settings)
