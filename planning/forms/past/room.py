"""Where growth is: prizes by cell, and sales per rep against the best quarter of peers."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.errors import PlanningError
from planning.forms.page import Page, chooser, choosers, folded, later, section, words
from planning.forms.past.names import told
from planning.history import growth, productivity
from planning.sheets import Field, Html
from planning.workbook import history

CELLS = {
    "Product line and territory": ("product_line", "territory"),
    "Territory": ("territory",),
    "Product line, territory and segment": ("product_line", "territory", "segment"),
    "Product line and rep": ("product_line", "rep"),
}
RANKS = {"Prize": "prize", "Speed: months that a deal takes": "months", "Effort: deals it takes": "deals"}
ALIKE = {"All reps": "", "Same channel": "channel", "Same region": "region", "Same manager": "manager"}
DRAWN, DRAWN_REPS = 12, 60
"""Rows that can still be read as a picture: the largest prizes, and reps."""
LISTED = 40
"""Prizes that are listed."""


@later
@section
def growth_areas(here: Page) -> Any:
    """Let one choose cells and an order, and rank them by the size of the prize."""
    options: dict[str, dict[str, Any]] = {"Compare": dict(CELLS), "Rank by": dict(RANKS)}
    return choosers(options, lambda by, rank: ranked(here, by, rank))


def ranked(here: Page, by: tuple[str, ...] = ("product_line", "territory"), rank: str = "prize") -> list[Any]:
    """Rank cells: what they brought, what the best quarter of peers would bring there, and how to get it."""
    settings = here.settings
    first, last = history.months(here.context)
    try:
        table = history.growth(here.context, list(by), first, last)
    except PlanningError as error:
        return [words(escape(str(error)))]
    table = table[table["prize"].fillna(0) > 0].sort_values(rank, ascending=rank != "prize", kind="stable")
    names = zip(*(told(table[each]) for each in by), strict=True)
    cell = pd.Series([", ".join(map(str, each)) for each in names], table.index, dtype="str")
    shown = table.assign(cell=cell, few=table["few"].map({True: "Few customers", False: ""}))
    fields = [
        Field("cell", "Where"),
        Field("actual", "Sales", "money"),
        Field("benchmark", "At the best quarter", "money"),
        Field("prize", "Prize", "money"),
        Field("to_win", "Customers to win", "count"),
        Field("to_develop", "To develop", "count"),
        Field("deals", "Deals", "number"),
        Field("months", "Months a deal", "number"),
        Field("few", "Note"),
    ]
    caption = f"Growth areas, from the sales of FY{here.context.year - 1}"
    empty = "No cell lies below the best quarter of its peers, or there are too few peers to compare."
    listing = sheets.table(shown.head(LISTED), _told(fields, shown), settings, caption=caption, empty=empty)
    part = folded("The figures", listing) if len(shown) else listing
    return [*_picture(here, shown, caption), part, _rules(growth.METHOD, *growth.RULES)]


@later
@section
def per_rep(here: Page) -> Any:
    """Let one choose who is held against whom, and show sales a month of each rep against the best quarter."""
    return chooser("Peers", ALIKE, lambda alike: beside_peers(here, alike))


def beside_peers(here: Page, alike: str = "") -> list[Any]:
    """Show sales a month of each rep, drawn towards the peers' where there is little to go by, and the gap."""
    first, last = history.months(here.context)
    table = history.by_rep(here.context, first, last, alike)
    shown = table.assign(few=table["few"].map({True: "Few months", False: ""}))
    fields = [
        Field("rep", "Rep"),
        Field("months", "Months here", "count"),
        Field("per_month", "Sales a month", "money"),
        Field("shrunk", "Steadied", "money"),
        Field("best", "Best quarter", "money"),
        Field("gap", "Gap of the year", "money"),
        Field("few", "Note"),
    ]
    caption = f"Sales per rep in FY{here.context.year - 1} against the best quarter of peers"
    empty = "There are no reps with results in these months."
    listing = sheets.table(shown, _told(fields, shown), here.settings, caption=caption, empty=empty)
    if 0 < len(shown) <= DRAWN_REPS:
        parts: list[Any] = [_beside(here, shown, f"{caption}."), folded("The figures", listing)]
    else:
        parts = [listing]
    return [*parts, _rules(productivity.METHOD, *productivity.RULES)]


def _told(fields: list[Field], table: pd.DataFrame) -> list[Field]:
    """Leave out a note that no row has."""
    return [each for each in fields if each.column != "few" or (table["few"] != "").any()]


def _beside(here: Page, table: pd.DataFrame, says: str) -> charts.Picture:
    figures = [sheets.money(amount, here.settings, compact=True) for amount in table["per_month"]]
    frame = pd.DataFrame(
        {"name": told(table["rep"]), "goal": table["best"], "result": table["per_month"], "told": figures}
    )
    return charts.against_goal(frame, here.settings, says, "best quarter of peers")


def _picture(here: Page, table: pd.DataFrame, caption: str) -> list[charts.Picture]:
    if table.empty:
        return []
    rows = table.head(DRAWN)
    figures = [f"+{sheets.money(prize, here.settings, compact=True)}" for prize in rows["prize"]]
    frame = pd.DataFrame(
        {"name": rows["cell"], "goal": rows["benchmark"], "result": rows["actual"], "told": figures}
    ).reset_index(drop=True)
    return [charts.against_goal(frame, here.settings, f"{caption}.", "best quarter of peers")]


def _rules(*sentences: str) -> Html:
    listed = "".join(f"<li>{escape(each)}</li>" for each in sentences)
    return folded("How this is found", Html(f"<ul>{listed}</ul>"))
