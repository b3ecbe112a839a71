"""Whom to sell to: classes and scores, each explained, and the test of the weights on the past."""

from typing import Any

import pandas as pd

from planning import sheets
from planning.forms.page import Page, chooser, folded, later, of_company, section, words
from planning.history.known import CAVEAT
from planning.plans import targeting as shape
from planning.plans import trial as trials
from planning.plans.targeting import CLASSES, Targeting
from planning.plans.trial import Trial
from planning.sheets import Field
from planning.workbook.plans import targeting

FIRST = 20
"""Accounts that are listed at once; the rest is folded away."""
_ACCOUNT = [
    Field("customer", "Account"),
    Field("priority", "Class"),
    Field("rank", "A, B, C"),
    Field("score", "Score", "number"),
    Field("rep", "Rep"),
    Field("place", "Segment"),
    Field("band", "Revenue", "rounded"),
    Field("growth", "Growth", "change"),
    Field("lines", "Lines bought", "count"),
    Field("months_since", "Months since last order", "number"),
    Field("open_value", "Open opportunities", "rounded"),
]


@section
def classes(here: Page) -> list[Any]:
    """Show how many accounts of each class there are, what they bought, and the accounts that come first."""
    table = targeting.in_view(here.context)
    if table.empty:
        return [words("There is no account here that is yours to see.")]
    return [_summed(here, table), *_listed(here, table)]


@later
@section
def why(here: Page) -> Any:
    """Explain the score of one account, criterion by criterion."""
    names = list(targeting.in_view(here.context)["customer"])
    return chooser("Account", {each: each for each in names}, lambda name: _explained(here, name))


@later
@section
def past(here: Page) -> list[Any]:
    """Test the weights in force on the year before."""
    return tested(here, targeting.targeting(of_company(here)))


def tested(here: Page, by: Targeting) -> list[Any]:
    """Show what the accounts that a targeting puts first would have brought in the year before."""
    found = targeting.trial(of_company(here), by)
    parts = [words(found.says), _parts(here, found), _classes(here, found)]
    parts.append(folded("Each criterion alone", _alone(here, found)))
    if len(found.prospects):
        fields = [Field("rank", "Prospects"), Field("prospects", "Were", "count"), Field("won", "Bought", "count"),
                  Field("rate", "Part", "percent")]  # fmt: skip
        parts.append(
            folded("Prospects", sheets.table(found.prospects, fields, here.settings, caption="Prospects won"))
        )
    parts.append(folded("How it is tested", words(trials.METHOD, CAVEAT)))
    return parts


def _summed(here: Page, table: pd.DataFrame) -> Any:
    found = table.groupby("priority").agg(
        accounts=("customer", "count"), revenue=("revenue", "sum"), open_value=("open_value", "sum")
    )
    found = found.reindex(list(CLASSES)).fillna(0).reset_index()
    found["share"] = found["revenue"] / max(int(found["revenue"].sum()), 1)
    contacts = targeting.targeting(of_company(here)).contacts
    found["contacts"] = found["priority"].map(contacts)
    fields = [
        Field("priority", "Class"),
        Field("accounts", "Accounts", "count"),
        Field("revenue", "Revenue of twelve months", "rounded"),
        Field("share", "Part", "percent"),
        Field("open_value", "Open opportunities", "rounded"),
        Field("contacts", "Calls and visits each wants a year", "count"),
    ]
    return sheets.table(found, fields, here.settings, caption=f"Priority classes for FY{here.context.year}")


def _listed(here: Page, table: pd.DataFrame) -> list[Any]:
    shown = table.assign(band=table["revenue"])
    fields = [each for each in _ACCOUNT if shown[each.column].notna().any()]
    first, rest = shown.head(FIRST), shown.iloc[FIRST:]
    parts: list[Any] = [sheets.table(first, fields, here.settings, caption=f"The first {len(first)} by score")]
    if len(rest):
        parts.append(folded(f"{len(rest)} more", sheets.table(rest, fields, here.settings, caption="All others")))
    return [*parts, folded("How classes come about", words(shape.METHOD))]


def _explained(here: Page, name: str) -> list[Any]:
    table = targeting.explained(here.context, name)
    row = targeting.in_view(here.context).set_index("customer").loc[name]
    told = f"Score {sheets.number(row['score'], here.settings)}: worth {sheets.number(row['worth'], here.settings)}, "
    told += f"promise {sheets.number(row['promise'], here.settings)}. Class: {row['priority']}, {row['rank']}."
    told += " What is not known does not count."
    fields = [
        Field("criterion", "Criterion"),
        Field("weight", "Weight", "number"),
        Field("points", "Points, 0 to 1"),
        Field("adds", "Adds to the score", "number"),
        Field("says", "A point is"),
    ]
    table = table.assign(points=[sheets.number(each, here.settings, digits=2) for each in table["points"]])
    total = pd.DataFrame([{"criterion": "Score", "adds": row["score"]}])
    return [words(told), sheets.table(table, fields, here.settings, caption=f"Score of {name}", total=total)]


def _parts(here: Page, found: Trial) -> Any:
    fields = [
        Field("part", "First of the list", "percent"),
        Field("accounts", "Accounts", "count"),
        Field("revenue", "Revenue found, by score", "percent"),
        Field("revenue_by_sales", "By last year's sales", "percent"),
        Field("revenue_best", "At best", "percent"),
        Field("growth", "Growth found, by score", "percent"),
        Field("growth_by_promise", "By promise", "percent"),
        Field("growth_by_sales", "By last year's sales", "percent"),
        Field("growth_best", "At best", "percent"),
    ]
    caption = f"What the list of FY{here.context.year - 2} found of FY{here.context.year - 1}"
    return sheets.table(found.parts, fields, here.settings, caption=caption)


def _classes(here: Page, found: Trial) -> Any:
    fields = [
        Field("priority", "Class"),
        Field("accounts", "Accounts", "count"),
        Field("revenue", "Revenue that came", "rounded"),
        Field("revenue_share", "Part", "percent"),
        Field("growth", "Growth that came", "rounded"),
        Field("growth_share", "Part", "percent"),
        Field("stayed", "Bought", "percent"),
    ]
    return sheets.table(found.classes, fields, here.settings, caption="What each class brought")


def _alone(here: Page, found: Trial) -> Any:
    fields = [
        Field("criterion", "The first fifth by this alone"),
        Field("revenue", "Revenue found", "percent"),
        Field("growth", "Growth found", "percent"),
    ]
    return sheets.table(found.alone, fields, here.settings, caption="Each criterion alone")
