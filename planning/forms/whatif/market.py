"""The market: how large it is, how it grows, what our share is, and who else is there."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, folded, later, section, words
from planning.history.market import ESTIMATED, RULES, STATED, UNKNOWN
from planning.sheets import Field
from planning.workbook import history

BASES = {STATED: "", ESTIMATED: "Estimated", UNKNOWN: "Not known"}


@later
@section
def market(here: Page) -> list[Any]:
    """Show last year's market by territory: size, growth, share, what share did to sales, and who else is there."""
    table = history.market(here.context)
    year = here.context.year - 1
    if table.empty:
        return [
            words(
                f"The history tells no market figures for FY{year}. Bring a table of markets in, with their size by "
                "territory and year, to see shares and potential."
            )
        ]
    if here.context.territory:
        table = table[table["territory"] == here.context.territory]
    shown = table.assign(
        territory=table["territory"].replace("", here.settings.company), basis=table["basis"].map(BASES)
    )
    fields = [
        Field("territory", "Territory"),
        Field("size", f"Market FY{year}", "rounded"),
        Field("basis", ""),
        Field("growth", "Growth", "change"),
        Field("sales", "Our sales", "rounded"),
        Field("share", "Share", "percent"),
        Field("share_before", "Share before", "percent"),
        Field("size_effect", "By the market", "difference"),
        Field("share_effect", "By our share", "difference"),
        Field("potential", "Potential", "rounded"),
    ]
    about = [
        Field("territory", "Territory"),
        Field("competitors", "Competitors"),
        Field("positioning", "How we stand"),
    ]
    about += [Field("evidence", "Where this is from")]
    caption = f"The market of FY{year}, and what it and our share did to sales"
    named = shown[shown["competitors"] != ""]
    told = sheets.table(named, about, here.settings, caption="Who else is there, and how we stand")
    return [
        *_picture(here, table, year),
        sheets.table(shown, fields, here.settings, caption=caption),
        told,
        folded("How this is found", words(*(escape(each) for each in RULES))),
    ]


def _picture(here: Page, table: pd.DataFrame, year: int) -> list[Any]:
    known = table[(table["territory"] != "") & table["potential"].notna()].sort_values("share", ascending=False)
    if len(known) < 2:
        return []
    told = [sheets.percent(share, here.settings) for share in known["share"]]
    frame = pd.DataFrame(
        {"name": known["territory"], "goal": known["potential"], "result": known["sales"], "told": told}
    ).reset_index(drop=True)
    says = f"Our sales and share of the market in FY{year} by territory."
    return [charts.against_goal(frame, here.settings, says, "potential at the best quarter's share")]
