"""The page of the past: what happened last year, and why."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import Page, chooser, section, words
from planning.metrics import METRICS
from planning.settings import Settings
from planning.sheets import Field, Html
from planning.workbook import history

LEVELS = {
    "Rep": "rep",
    "Territory": "territory",
    "Region": "region",
    "Manager": "manager",
    "Product line": "product_line",
    "Product": "product",
    "Channel": "channel",
    "Customer segment": "segment",
    "Customer tier": "tier",
    "Quarter": "quarter",
}
EFFECTS = {
    "last_year": "Result of {before}",
    "goal": "Goal of {year}",
    "growth_asked": "Growth that the goal asked for",
    "volume": "Volume",
    "price": "Price",
    "mix": "Mix",
    "result": "Result of {year}",
}
"""Names of the effects of an account, in its order."""


@section
def sentence(here: Page) -> Html:
    """Say in a sentence or two what happened."""
    first, last = history.months(here.context)
    row = history.attainment(here.context, "revenue", [], first, last).iloc[0]
    before = history.attainment(here.context, "revenue", [], *history.year_before(first, last)).iloc[0]
    settings = here.settings
    who = escape(here.context.territory or settings.company)
    whole = last == here.context.calendar.months(_last(here))[-1]
    until = "" if whole else f" ({sheets.month(first, settings)} to {sheets.month(last, settings)})"
    brought = sheets.money(row["result"], settings)
    told = [f"<strong>{who}</strong> brought <strong>{brought}</strong> in FY{_last(here)}{until}"]
    if pd.notna(before["result"]) and before["result"] > 0:
        change = row["result"] - before["result"]
        share = float(change) / float(before["result"])
        more = "more" if change >= 0 else "less"
        when = "the year before" if whole else "in the same months of the year before"
        told.append(
            f"{sheets.money(abs(change), settings)} {more} than {when} "
            f"({sheets.percent(share, settings, signed=True)})"
        )
    if pd.notna(row["attainment"]):
        told.append(f"<strong>{sheets.percent(row['attainment'], settings)}</strong> of its goal")
    return words(", ".join(told) + ".", *_reps(here, first, last))


@section
def attainment(here: Page) -> Any:
    """Let one choose a level, and hold results against goals at it."""
    return chooser("Compare by", LEVELS, lambda by: attained(here, by), _first_level(here))


def attained(here: Page, by: str) -> list[Any]:
    """Show results against goals by one dimension: a picture where it can be read, and the table behind it."""
    first, last = history.months(here.context)
    table = history.attainment(here.context, "revenue", [by], first, last)
    if by != "quarter":
        table = table.sort_values("result", ascending=False, na_position="last", kind="stable")
    label = next((name for name, each in LEVELS.items() if each == by), by)
    whole = history.attainment(here.context, "revenue", [], first, last).assign(**{by: "Together"})
    fields = [
        Field(by, label),
        Field("result", "Result", "money"),
        Field("goal", "Goal", "money"),
        Field("difference", "Difference", "difference"),
        Field("attainment", "Attainment", "percent"),
    ]
    caption = f"Revenue of FY{_last(here)} by {label.lower()}"
    sheet = sheets.table(table, fields, here.settings, caption=caption, total=whole)
    return [picture(table, by, here.settings, caption + "."), sheet] if len(table) <= 60 else [sheet]


def picture(table: pd.DataFrame, by: str, settings: Settings, says: str) -> charts.Picture:
    """Draw results against goals."""
    told = [
        sheets.money(result, settings, compact=True)
        + ("" if pd.isna(share) else f"  {sheets.percent(share, settings)}")
        for result, share in zip(table["result"], table["attainment"], strict=True)
    ]
    names = table[by].astype(object).where(table[by].notna(), "Not told")
    frame = pd.DataFrame({"name": names, "goal": table["goal"], "result": table["result"], "told": told})
    return charts.against_goal(frame, settings, says)


@section
def why(here: Page) -> Any:
    """Let one choose what the year is held against, and account for the difference."""
    options = {"The year before": "last_year", "The goal": "goal"}
    return chooser("Held against", options, lambda against: account(here, against))


def account(here: Page, against: Any) -> list[Any]:
    """Show the account of a difference as a waterfall and as a table."""
    year = _last(here)
    table = history.account(here.context, year, None, against)
    names = {key: text.format(year=f"FY{year}", before=f"FY{year - 1}") for key, text in EFFECTS.items()}
    ends = (table["effect"].iloc[0], "result")
    rows = pd.DataFrame(
        {
            "label": table["effect"].map(names),
            "amount": table["amount"],
            "role": table["effect"].map(lambda effect: "total" if effect in ends else "step"),
        }
    )
    months = " to ".join(sheets.month(each, here.settings) for each in table.attrs["months"])
    says = f"Why the result of FY{year} differs, {months}; the steps add up exactly."
    fields = [Field("label", "Step"), Field("amount", "Amount", "money")]
    return [charts.waterfall(rows, here.settings, says), sheets.table(rows, fields, here.settings, caption=says)]


@section
def months(here: Page) -> charts.Picture:
    """Draw last year's months beside the year before and the goal."""
    first, last = history.months(here.context)
    now = history.attainment(here.context, "revenue", ["month"], first, last)
    before = history.attainment(here.context, "revenue", ["month"], *history.year_before(first, last))
    wanted = here.context.calendar.months(_last(here))
    held = now.set_index("month").reindex(wanted)
    past = before.set_index("month").reindex(here.context.calendar.months(_last(here) - 1))
    frame = pd.DataFrame(
        {
            "month": wanted,
            "result": held["result"].to_numpy(),
            "before": past["result"].to_numpy(),
            "goal": held["goal"].to_numpy(),
        }
    )
    series = {"result": f"FY{_last(here)}", "before": f"FY{_last(here) - 1}", "goal": f"goal of FY{_last(here)}"}
    return charts.months(frame, series, here.settings, "Revenue by month.")


@section
def pipeline(here: Page) -> Any:
    """Let one choose a level, and count the pipeline at it."""
    levels = {name: LEVELS[name] for name in ("Rep", "Territory", "Product line", "Channel")}
    return chooser("Count by", levels, lambda by: _pipeline(here, by), _first_level(here))


@section
def rules(here: Page) -> Html:
    """Say what counts as a result, and that everything loaded is in it."""
    first, last = history.months(here.context)
    found = history.reconciliation(here.context, first, last)
    same = "not the same as" if found.difference else "the same as"
    return words(
        escape(METRICS["revenue"].counts),
        f"Results shown by territory are {sheets.money(found.shown, here.settings)}, {same} the "
        f"{sheets.money(found.loaded, here.settings)} that were loaded for these months.",
        "A dash means that there is nothing to tell; it is never a zero.",
    )


def _pipeline(here: Page, by: str) -> Html:
    first, last = history.months(here.context)
    table = history.funnel(here.context, [by], first, last)
    label = next(name for name, each in LEVELS.items() if each == by)
    fields = [
        Field(by, label),
        Field("opened", "Opened", "count"),
        Field("won", "Won", "count"),
        Field("lost", "Lost", "count"),
        Field("win_rate", "Win rate", "percent"),
        Field("won_value", "Value won", "money"),
        Field("deal_size", "Average deal", "money"),
        Field("cycle_days", "Days to close", "number"),
    ]
    caption = f"Pipeline of FY{_last(here)} by {label.lower()}"
    empty = "There are no opportunities in these months."
    return sheets.table(table, fields, here.settings, caption=caption, empty=empty)


def _reps(here: Page, first: str, last: str) -> list[str]:
    """Say how many reps made their goal, and who is farthest off on both sides."""
    table = history.attainment(here.context, "revenue", ["rep"], first, last)
    table = table[table["attainment"].notna() & (table["result"] > 0)].sort_values("attainment")
    if table.empty:
        return []
    made = int((table["attainment"] >= 1).sum())
    told = [f"{made} of {len(table)} reps with a goal made it."]
    if len(table) > 1:
        ends = [
            f"{escape(str(row['rep']))} ({sheets.percent(row['attainment'], here.settings)})"
            for _, row in (table.iloc[[-1, 0]]).iterrows()
        ]
        told.append(f"Farthest above: {ends[0]}; farthest below: {ends[1]}.")
    return told


def _first_level(here: Page) -> str:
    """Begin one level below what is in view."""
    return "rep" if here.context.territory else "territory"


def _share(attainment: Any, settings: Settings) -> list[str]:
    return [] if pd.isna(attainment) else [sheets.percent(attainment, settings)]


def _last(here: Page) -> int:
    return here.context.year - 1
