"""An evaluation for people to read on a page: figures, how they came about, circumstances, pay, and what was said."""

from html import escape
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.forms.page import folded, together, words
from planning.goals.pay.earned import RULE as PAY_RULE
from planning.papers.evaluation import EFFECTS, KINDS, beside, figure, how, summary, versions
from planning.settings import Settings
from planning.sheets import Field, Html
from planning.tracking import scoring
from planning.tracking.judging import DONE
from planning.workbook.tracking import circumstances
from planning.workbook.tracking.circumstances import Circumstances
from planning.workbook.tracking.evaluating import Record
from planning.workbook.tracking.evaluation import Evaluation

STATES = {"draft": "Being prepared", "shared": "Shared", "answered": "Answered", "closed": "Closed"}

_PARTS = [
    Field("label", "What counts"),
    Field("points", "Counts", "percent"),
    Field("weight", "Weight", "percent"),
    Field("result", "Result"),
    Field("goal", "Goal"),
    Field("original", "Original goal"),
    Field("attainment", "Of the goal", "percent"),
    Field("against_original", "Of the original", "percent"),
]
_GAP = [
    Field("what", "What happened"),
    Field("amount", "Of the gap", "difference"),
    Field("low", "At least", "difference"),
    Field("high", "At most", "difference"),
]
_ASSUMED = [
    Field("kind", "Assumption"),
    Field("where", "Where"),
    Field("likely", "Assumed", "change"),
    Field("happened", "Happened", "change"),
    Field("amount", "On the rep's sales", "difference"),
    Field("evidence", "What it rested on"),
]
_PEERS = [
    Field("band", "Quarter of the role"),
    Field("least", "From", "percent"),
    Field("most", "To", "percent"),
    Field("you", "Here"),
]
_PAY = [
    Field("part", "Part of pay"),
    Field("why", "Why"),
    Field("amount", "Amount", "money"),
]


def figures(found: Evaluation, settings: Settings) -> list[Any]:
    """Show what a year comes to, part by part."""
    table = found.parts.copy()
    for name in ("original", "goal", "result"):
        table[name] = [figure(value, unit, settings) for value, unit in zip(table[name], table["unit"], strict=True)]
    for name in ("weight", "attainment", "against_original", "points"):
        table[name] = pd.array([None if each is None else float(each) for each in table[name]], dtype="Float64")
    together_ = pd.DataFrame([{"label": "Together", "points": None if found.score is None else float(found.score)}])
    caption = f"What counts in the year of {found.rep}"
    said = [f"<em>{escape(found.record.summary)}</em>"] if found.record.summary else []
    return [
        words(escape(summary(found, settings)), *said),
        sheets.table(table, _PARTS, settings, caption=caption, total=together_),
        folded("How every figure came about", together([_list([*how(found), scoring.RULE])])),
        folded("By what it is judged", _list(versions(found, settings))),
    ]


def peers(found: Evaluation, settings: Settings) -> list[Any]:
    """Show in which quarter of the role the rep lies."""
    told = words(escape(beside(found, settings)))
    if found.peers.empty:
        return [told]
    ends = found.peers[["least", "most"]].replace([float("inf"), float("-inf")], pd.NA).astype("Float64")
    table = found.peers.assign(you=found.peers["mine"].map({True: found.rep, False: ""}), **ends)
    return [told, sheets.table(table, _PEERS, settings, caption="By what goals and activities count")]


def happened(found: Evaluation, settings: Settings) -> list[Any]:
    """Show what the market and assumptions did, beside the gap and never netted with it."""
    seen = found.circumstances
    if seen is None:
        return [words("There is no revenue goal to hold the year against.")]
    gap = int(seen.gap["amount"].sum())
    total = pd.DataFrame([{"what": "Result less goal", "amount": gap}])
    parts: list[Any] = [
        words(_cost(seen, gap, settings)),
        sheets.table(seen.gap, _GAP, settings, caption="What happened, of the gap", total=total),
    ]
    if len(seen.assumed):
        told = seen.assumed.assign(kind=seen.assumed["kind"].map(lambda kind: KINDS.get(kind, kind)))
        parts.append(sheets.table(told, _ASSUMED, settings, caption="Assumptions that did not hold"))
    if len(seen.why):
        parts.append(folded("The same gap by what was sold", _waterfall(seen.why, settings)))
    notes = [f"{row['what']}: {row['says']}" for row in seen.gap.to_dict("records") if row["says"]]
    return [*parts, folded("How it is told", _list([*notes, *circumstances.RULES]))]


def paid(found: Evaluation, settings: Settings) -> list[Any]:
    """Show what the pay plan pays for the result."""
    if found.pay is None:
        return [words(escape(found.pay_says))]
    table = found.pay.assign(
        part=[
            f"{part.capitalize()} {metric}".strip()
            for part, metric in zip(found.pay["part"], found.pay["metric"], strict=True)
        ]
    )
    total = pd.DataFrame([{"part": "Together", "amount": int(found.pay["amount"].sum())}])
    shown = sheets.table(table, _PAY, settings, caption=f"What the pay plan pays {found.rep}", total=total)
    return [shown, words(escape(PAY_RULE))]


def said(record: Record, settings: Settings) -> Html:
    """Show what both sides did and said, in order."""
    items = []
    for each in record.said:
        agrees = "" if each.agrees is None else " and agrees" if each.agrees else " and does not agree"
        text = f"<blockquote>{escape(each.text)}</blockquote>" if each.text else ""
        when = f'<span class="when">{sheets.moment(each.at, settings)}</span>'
        items.append(f"<li><strong>{escape(each.by)}</strong> {DONE[each.done]}{agrees} {when}{text}</li>")
    return Html(f'<ol class="exchange">{"".join(items)}</ol>') if items else words("It was not shared yet.")


def _cost(seen: Circumstances, gap: int, settings: Settings) -> str:
    known = seen.gap.iloc[:-1]
    if known.empty:
        return "Of nothing that happened where the rep sells can it be told what it cost or brought."
    amount = int(known["amount"].sum())
    did = "cost" if amount < 0 else "brought"
    return (
        f"What happened {did} <strong>{sheets.money(abs(amount), settings)}</strong>, beside a gap of "
        f"<strong>{sheets.money(gap, settings, signed=True)}</strong>. It is information: nothing is taken off "
        "attainment or pay."
    )


def _waterfall(why: pd.DataFrame, settings: Settings) -> Any:
    labels = why["effect"].map(lambda name: EFFECTS.get(name, name))
    roles = ["total" if name in ("goal", "result") else "step" for name in why["effect"]]
    bars = pd.DataFrame({"label": labels, "amount": why["amount"], "role": roles})
    return charts.waterfall(bars, settings, "From goal to result, by what was sold")


def _list(texts: list[str] | tuple[str, ...]) -> Html:
    return Html(f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in texts)}</ul>")
