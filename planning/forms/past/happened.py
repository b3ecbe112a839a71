"""Events laid over the results: what each seems to have cost or brought in."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, folded, later, section, words
from planning.history.cost import METHOD
from planning.history.events import RULES
from planning.sheets import Field, Html
from planning.workbook import history

KINDS = {
    "competitor_entry": "Competitor entered",
    "price_rise": "Price rise",
    "launch": "Launch",
    "departure": "Departure",
}
MEASURES = {
    "sales": "Sales",
    "price": "Price",
    "volume": "Volume",
    "elasticity": "Elasticity of volume",
    "share": "Share of its line",
    "siblings": "Taken from other products",
}
CAPTION = "What events seem to have cost or brought in"


@later
@section
def events(here: Page) -> list[Any]:
    """Say what each event seems to have cost or brought in, with its range and how it was measured."""
    return told(here)


def told(here: Page) -> list[Any]:
    """Say in words, as a picture and as a table what the events of last year did."""
    year = here.context.year - 1
    table = history.events(here.context, year)
    if table.empty:
        return [
            words(f"The history tells no events for FY{year}. Events come with the history, in the table events.")
        ]
    return [_sentences(here, table), *_picture(here, table), _listing(here, table), _rules(table)]


def _sentences(here: Page, table: pd.DataFrame) -> Html:
    """Tell in words what moved sales most."""
    told = table[(table["measure"] == "sales") & (table["verdict"] != "cannot tell")]
    lines = [
        f"<li><strong>{escape(_name(row))}</strong>{escape(_where(row))}: "
        f"{'brought in' if row['amount'] > 0 else 'cost'} about "
        f"{_compact(here, abs(row['amount']))} ({escape(_range(here, row))}) "
        f"from {sheets.month(row['first'], here.settings)} to {sheets.month(row['last'], here.settings)}.</li>"
        for row in told.sort_values("amount", key=abs, ascending=False).to_dict("records")
    ]
    return Html(f'<ul class="words">{"".join(lines)}</ul>')


def _picture(here: Page, table: pd.DataFrame) -> list[charts.Picture]:
    """Draw the ranges of what is told of sales."""
    rows = table[(table["measure"] == "sales") & table["amount_low"].notna()].to_dict("records")
    if not rows:
        return []
    frame = pd.DataFrame(
        {
            "name": [f"{_name(row)}{_where(row)}" for row in rows],
            "low": [row["amount_low"] for row in rows],
            "high": [row["amount_high"] for row in rows],
            "value": [row["amount"] for row in rows],
            "told": [_compact(here, row["amount"], True) for row in rows],
        }
    )
    return [charts.ranges(frame, f"{CAPTION}: sales, with the range of 95%.", "the likeliest figure")]


def _listing(here: Page, table: pd.DataFrame) -> Html:
    settings = here.settings
    rows = table.to_dict("records")
    shown = pd.DataFrame(
        {
            "event": [f"{_name(row)}{_where(row)}" for row in rows],
            "measure": [MEASURES.get(row["measure"], row["measure"]) for row in rows],
            "months": [_months(here, row) for row in rows],
            "effect": [_effect(here, row) for row in rows],
            "amount": table["amount"].to_numpy(),
            "low": table["amount_low"].to_numpy(),
            "high": table["amount_high"].to_numpy(),
            "verdict": [row["reason"] or row["verdict"].capitalize() for row in rows],
        }
    )
    fields = [
        Field("event", "Event"),
        Field("measure", "Measured"),
        Field("months", "Over"),
        Field("effect", "Effect"),
        Field("amount", "In money", "difference"),
        Field("low", "Low, 95%", "compact"),
        Field("high", "High, 95%", "compact"),
        Field("verdict", "Told"),
    ]
    return sheets.table(shown, fields, settings, caption=CAPTION)


def _rules(table: pd.DataFrame) -> Html:
    methods = dict.fromkeys(
        f"{MEASURES.get(measure, measure)}: {method}"
        for measure, method in zip(table["measure"], table["method"], strict=True)
        if method
    )
    listed = "".join(f"<li>{escape(each)}</li>" for each in (METHOD, *methods, *RULES))
    return folded("How this is measured", Html(f"<ul>{listed}</ul>"))


def _name(row: dict[Any, Any]) -> str:
    return KINDS.get(row["kind"], str(row["kind"]).replace("_", " ").capitalize())


def _where(row: dict[Any, Any]) -> str:
    places = [each for each in (row["territory"], row["product_line"]) if each]
    return f", {', '.join(places)}" if places else ""


def _months(here: Page, row: dict[Any, Any]) -> str:
    if not row["first"]:
        return ""
    return f"{sheets.month(row['first'], here.settings)} to {sheets.month(row['last'], here.settings)}"


def _effect(here: Page, row: dict[Any, Any]) -> str:
    if pd.isna(row["effect"]):
        return sheets.NOTHING
    if row["measure"] == "elasticity":
        ends = (f"{row[name]:.1f}".replace("-", sheets.MINUS) for name in ("effect", "low", "high"))
    else:
        ends = (sheets.percent(row[name], here.settings, signed=True) for name in ("effect", "low", "high"))
    effect, low, high = ends
    return f"{effect} ({low} to {high})"


def _range(here: Page, row: dict[Any, Any]) -> str:
    if pd.isna(row["amount_low"]):
        return ""
    return f"{_compact(here, row['amount_low'], True)} to {_compact(here, row['amount_high'], True)}"


def _compact(here: Page, amount: Any, signed: bool = False) -> str:
    return sheets.money(amount, here.settings, compact=True, signed=signed)
