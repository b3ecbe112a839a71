"""What happened last year, in words and month by month, and what counts as a result."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.errors import HistoryError
from planning.forms.page import Page, folded, section, words
from planning.forms.past.names import AGAINST, EFFECTS
from planning.metrics import METRICS
from planning.sheets import Field, Html
from planning.workbook import history

LARGEST = 3
"""Effects of a view that are told in words."""
BY_VIEW = {"sales": "By what was sold", "customers": "By customer", "people": "By the people"}


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
    return words(
        ", ".join(told) + ".", *_one_offs(here, row, first, last), *_reasons(here), *_reps(here, first, last)
    )


@section
def months(here: Page) -> list[Any]:
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
    says = f"Revenue of FY{_last(here)} by month"
    fields = [Field("month", "Month", "month"), *(Field(key, name, "money") for key, name in series.items())]
    table = sheets.table(frame, [*fields], here.settings, caption=says)
    return [charts.months(frame, series, here.settings, f"{says}."), folded("The figures", table)]


@section
def rules(here: Page) -> list[Any]:
    """Say what counts as a result, row by row, and that everything loaded is in it."""
    counted = history.what_counts(here.context, *history.months(here.context))
    same = "are not" if counted.difference else "are"
    says = words(
        escape(METRICS["revenue"].counts),
        f"The results shown {same} the amounts that were loaded for these months, to the cent.",
        "A dash means that there is nothing to tell; it is never a zero.",
    )
    fields = [Field("what", "What"), Field("lines", "Order lines", "count"), Field("amount", "Amount", "money")]
    parts = [says, sheets.table(counted.table(), fields, here.settings, caption="What counts as a result")]
    return parts


def _one_offs(here: Page, row: Any, first: str, last: str) -> list[str]:
    """Say what the result is without orders that will not come again, if there were any."""
    counted = history.what_counts(here.context, first, last)
    if not counted.one_off_orders:
        return []
    without = counted.without_one_offs.amount
    share = f", {sheets.percent(without / float(row['goal']), here.settings)} of the goal" if row["goal"] > 0 else ""
    return [f"Without one-off deals: {sheets.money(without, here.settings)}{share}."]


def _reasons(here: Page) -> list[str]:
    """Say by each view what moved the result most; a history that cannot be compared gives no reasons."""
    context = here.context
    against = history.held_against(context)[0]
    before = "" if against == "last_year" else f", against {AGAINST[against].lower()}"
    told = []
    for seen in ("sales", "customers", "people"):
        try:
            table = history.account(context, context.year - 1, None, against, seen)
        except HistoryError:
            return []
        effects = table.iloc[1:-1]
        largest = effects[effects["amount"] != 0].sort_values("amount", key=abs, ascending=False).head(LARGEST)
        if len(largest) > 1:
            parts = [
                f"{EFFECTS[effect].lower()} {sheets.money(amount, here.settings, signed=True, compact=True)}"
                for effect, amount in zip(largest["effect"], largest["amount"], strict=True)
            ]
            told.append(f"{BY_VIEW[seen]}{before}: {', '.join(parts)}.")
    return told


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


def _last(here: Page) -> int:
    return here.context.year - 1
