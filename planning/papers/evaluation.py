"""The evaluation of a year, as both keep it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from planning import sheets
from planning.papers.paper import Columns, Heading, Paper, Part, Points, Signatures, Words
from planning.settings import Settings
from planning.tracking import scoring
from planning.tracking.judging import DONE
from planning.workbook.context import Context
from planning.workbook.tracking import circumstances
from planning.workbook.tracking.evaluation import Evaluation
from planning.workbook.tracking.evaluation import evaluation as evaluated

EFFECTS = {"goal": "Goal", "growth_asked": "Growth that was asked for", "volume": "Volume", "price": "Price",
            "channel_mix": "Mix of channels", "product_mix": "Mix of products", "result": "Result"}  # fmt: skip
KINDS = {"market_growth": "Market growth", "price_change": "Price change"}


def evaluation(context: Context, rep: str) -> Paper:
    """Write the evaluation of a rep's year: every part with how it came about, what the market did, what was said.

    Raises
    ------
    TrackingError
        If no criteria were made known; or to the rep, as long as it was not shared.
    AccessError
        If it is none of the business of who is asking.
    """
    settings, found = context.settings, evaluated(context, rep)
    parts: list[Part] = [Words(summary(found, settings)), *_said_of_it(found), _parts(found, settings)]
    parts += [Heading("How every figure came about"), Points(how(found)), Words(scoring.RULE)]
    parts += [Heading("Beside others"), Words(beside(found, settings))]
    parts += [Heading("What the market and our assumptions did"), *_circumstances(found, settings)]
    parts += [Heading("Pay"), *_pay(found, settings)]
    parts += [Heading("By what it was judged"), Points(versions(found, settings))]
    parts += [Heading("What both sides said"), *_exchange(found, settings), *_signed(found, settings)]
    about = f"{settings.company}: evaluation, {found.record.state}"
    return Paper(f"FY{context.year} of {rep}", about, parts, language=settings.locale[:2])


def summary(found: Evaluation, settings: Settings) -> str:
    """Say in words what it comes to."""
    first, last = (sheets.month(each, settings) for each in found.months)
    told = f"{found.rep}, {found.role}; led by {found.manager or 'nobody'}. {first} to {last}."
    if found.score is None:
        return f"{told} Nothing of it is told yet."
    score = sheets.percent(float(found.score), settings)
    weight = sheets.percent(float(found.told), settings)
    part = "" if found.whole else f", of {weight} of the weight; the rest is not told yet"
    moved = ""
    if found.moved:
        before = sheets.percent(found.record.score, settings)
        moved = f" When it was shared it came to {before}: results were corrected since."
    return f"{told} Together {score}, where 100% is as expected{part}.{moved}"


def how(found: Evaluation) -> list[str]:
    """Say of every part how its figures came about."""
    return [f"{row['label']}: {row['how']}" for row in found.parts.to_dict("records")]


def beside(found: Evaluation, settings: Settings) -> str:
    """Say in which quarter of the role the rep lies; nobody is named."""
    if found.peers.empty:
        return (
            f"There are {found.of} to compare with; with fewer than {scoring.FEWEST_PEERS} somebody could be named."
        )
    row = found.peers[found.peers["mine"]].iloc[0]
    ends = [(name, row[end]) for name, end in (("from", "least"), ("to", "most")) if abs(row[end]) != float("inf")]
    span = " ".join(f"{name} {sheets.percent(value, settings)}" for name, value in ends)
    return (
        f"By goals and activities alone, in the {row['band']} of the {found.of} people of the role ({span}). What "
        "single colleagues reached is not shown."
    )


def versions(found: Evaluation, settings: Settings) -> list[str]:
    """Say when criteria were made known, by whom, and why they were changed."""
    labels = dict(zip(found.parts["name"], found.parts["label"], strict=True))
    told = []
    for each in found.versions:
        parts = ", ".join(
            f"{labels.get(part.name, part.name)} {sheets.percent(part.weight, settings, digits=0)}"
            for part in each.parts
        )
        when = f"{sheets.moment(each.at, settings)}{', after the year had begun' if each.late else ''}"
        why = f": {each.reason}" if each.reason else ""
        told.append(f"Version {each.version}, made known by {each.actor} on {when}{why}. {parts}.")
    return told


def figure(value: Any, unit: str, settings: Settings) -> str:
    """Write a goal or a result of a part by its unit."""
    if value is None or unit == "level":
        return str(value) if value is not None else sheets.NOTHING
    if unit == "money":
        return sheets.money(int(value), settings)
    if unit == "ratio":
        return sheets.percent(float(value), settings)
    return (
        sheets.number(float(value), settings) if unit in ("days", "average") else sheets.count(round(value), settings)
    )


def between(row: Mapping[Any, Any], settings: Settings) -> str:
    """Write the interval of what happened; nothing where it has none."""
    ends = [row["low"], row["high"]]
    return "" if any(map(pd.isna, ends)) else " to ".join(sheets.money(each, settings, compact=True) for each in ends)


def _said_of_it(found: Evaluation) -> list[Part]:
    return [Words(found.record.summary)] if found.record.summary else []


def _parts(found: Evaluation, settings: Settings) -> Columns:
    rows = []
    for row in found.parts.to_dict("records"):
        figures = [figure(row[name], row["unit"], settings) for name in ("original", "goal", "result")]
        held = [_share(row[name], settings) for name in ("against_original", "attainment", "points")]
        rows.append([row["label"], sheets.percent(row["weight"], settings, digits=0), *figures, *held])
    score = sheets.NOTHING if found.score is None else sheets.percent(float(found.score), settings)
    rows.append(["Together", "", "", "", "", "", "", score])
    heads = ["What counts", "Weight", "Original goal", "Goal", "Result", "Of the original", "Of the goal", "Counts"]
    return Columns(heads, rows, numbers=7, total=True)


def _share(value: Any, settings: Settings) -> str:
    return sheets.NOTHING if value is None else sheets.percent(float(value), settings)


def _circumstances(found: Evaluation, settings: Settings) -> list[Part]:
    seen = found.circumstances
    if seen is None:
        return [Words("There is no revenue goal to hold the year against.")]
    rows = [
        [row["what"], between(row, settings), sheets.money(row["amount"], settings, signed=True)]
        for row in seen.gap.to_dict("records")
    ]
    rows.append(["Result less goal", "", sheets.money(int(seen.gap["amount"].sum()), settings, signed=True)])
    parts: list[Part] = [
        Columns(["What happened", "19 times in 20 between", "Of the gap"], rows, numbers=2, total=True)
    ]
    parts += _assumed(seen.assumed, settings)
    if len(seen.why):
        told = [[EFFECTS.get(row["effect"], row["effect"]), sheets.money(row["amount"], settings)]
                for row in seen.why.to_dict("records")]  # fmt: skip
        parts.append(Columns(["The same by what was sold", "Amount"], told, numbers=1, total=True))
    return [*parts, Points(circumstances.RULES)]


def _assumed(table: pd.DataFrame, settings: Settings) -> list[Part]:
    rows = [
        [f"{KINDS.get(row['kind'], row['kind'])}, {row['where']}",
         sheets.percent(row["likely"], settings, signed=True),
         sheets.percent(row["happened"], settings, signed=True), sheets.money(row["amount"], settings, signed=True)]
        for row in table.to_dict("records")
    ]  # fmt: skip
    heads = ["Assumptions that did not hold", "Assumed", "Happened", "On the rep's sales"]
    return [Columns(heads, rows, numbers=3)] if rows else [Words("Every assumption that can be measured held.")]


def _pay(found: Evaluation, settings: Settings) -> list[Part]:
    if found.pay is None:
        return [Words(found.pay_says)]
    rows = [
        [
            " ".join(filter(None, (row["part"].capitalize(), row["metric"]))),
            row["why"],
            sheets.money(row["amount"], settings),
        ]
        for row in found.pay.to_dict("records")
    ]
    total = ["Together", "", sheets.money(int(found.pay["amount"].sum()), settings)]
    return [Columns(["Part of pay", "Why", "Amount"], [*rows, total], numbers=1, total=True)]


def _exchange(found: Evaluation, settings: Settings) -> list[Part]:
    rows = [
        [sheets.moment(each.at, settings), each.by, DONE[each.done] + _agrees(each.agrees), each.text]
        for each in found.record.said
    ]
    return [Columns(["When", "Who", "What", "What was said"], rows)] if rows else [Words("It was not shared yet.")]


def _agrees(agrees: bool | None) -> str:
    return "" if agrees is None else ", agrees" if agrees else ", does not agree"


def _signed(found: Evaluation, settings: Settings) -> list[Part]:
    names = {
        each.by: f"{DONE[each.done]}{_agrees(each.agrees)}, {sheets.moment(each.at, settings)}"
        for each in found.record.said
        if each.done in ("share", "answer", "close")
    }
    return [Signatures(list(names.items()))] if names else []
