"""The one-page sheet for the one-to-one on a goal."""

import pandas as pd

from planning import sheets
from planning.errors import AssumptionError, HistoryError
from planning.goals.activity.arithmetic import label
from planning.papers.paper import Columns, Heading, Paper, Part, Points, Words
from planning.settings import Settings
from planning.workbook import goals
from planning.workbook.context import Context
from planning.workbook.negotiation import prepare, talks
from planning.workbook.negotiation.prepare import Ground
from planning.workbook.negotiation.talks import Talk

_PARTS = {
    "base": "Last year's result, made whole",
    "one_off": "Orders that will not come again",
    "outlook": "As history goes on",
    "assumed": "What is assumed",
    "asked": "Asked for beyond",
    "on_top": "Passed down on top",
    "changed": "Changed, transferred or agreed since",
    "adjusted": "Changed during the year",
}


def meeting(context: Context, rep: str) -> Paper:
    """Write the sheet of a one-to-one: where both stand line by line, what the goal rests on, and the agenda.

    Raises
    ------
    NegotiationError
        If the rep holds no goal in the book.
    AccessError
        If it is none of the business of who is asking.
    """
    settings, sat = context.settings, talks.talk(context, rep)
    manager = sat.manager or "The manager"
    parts: list[Part] = [Words(f"{manager} and {rep}."), Heading("Both sides"), _sides(sat, settings)]
    reasons = [(side, sat.thread.last_offer(side)) for side in ("manager", "rep")]
    told = [f"{offer.person}: {offer.note}" for _, offer in reasons if offer]
    told += [
        f"{each['what']}: {sheets.money(each['amount'], settings)}"
        if each.get("amount") is not None
        else each["what"]
        for _, offer in reasons
        if offer
        for each in offer.detail.get("support", [])
    ]
    parts += [Points(told)] if told else []
    parts += [Heading("What it rests on"), *_ground(context, rep)]
    parts += [Heading("Agenda"), Points(prepare.agenda(context, rep), numbered=True)]
    parts += [Heading("Agreed today"), Points(["Goal:", "What each does until when:", "We meet again on:"])]
    return Paper(
        f"The goal of {rep}", f"{settings.company}, FY{context.year}: one-to-one", parts, language=settings.locale[:2]
    )


def _sides(sat: Talk, settings: Settings) -> Columns:
    table = sat.table()
    sums = table[["goal", "manager", "rep", "distance"]].sum(min_count=1)
    rows = [_side(str(row["product"]), row, settings) for row in table.to_dict("records")]
    heads = ["Product line", "Goal as it stands", "Company's offer", "Rep's offer", "Between them"]
    return Columns(heads, [*rows, _side("Together", sums.to_dict(), settings)], numbers=4, total=True)


def _side(name: str, row: dict[str, object], settings: Settings) -> list[str]:
    amounts = [sheets.money(row[each], settings) for each in ("goal", "manager", "rep")]
    return [name, *amounts, sheets.money(row["distance"], settings, signed=True)]


def _ground(context: Context, rep: str) -> list[Part]:
    settings = context.settings
    try:
        found = prepare.ground(context, rep)
    except (AssumptionError, HistoryError) as error:
        return [_way(context, rep), Words(str(error))]
    return [_way(context, rep), Words(_fair(found, settings)), *_activity(found, settings)]


def _fair(found: Ground, settings: Settings) -> str:
    low, high, expected, fair_low, fair_high = (
        sheets.money(each, settings) for each in (found.low, found.high, found.expected, *found.fair)
    )
    told = [
        f"Last year {sheets.money(found.base, settings)}; expected {expected}, four times in five {low} to {high}."
    ]
    if found.growth is not None:
        told.append(f"The goal as it stands asks for {sheets.percent(found.growth, settings, signed=True)}.")
    told.append(f"A goal between {fair_low} and {fair_high} has a fair chance (70% to 50%).")
    corners = [("capacity", found.capacity), ("funnel", found.funnel)]
    known = [f"{name} {sheets.money(each, settings)}" for name, each in corners if each is not None]
    if known:
        told.append(f"{' and '.join(known).capitalize()}: {found.says}")
    return " ".join(told)


def _activity(found: Ground, settings: Settings) -> list[Part]:
    if found.week.empty:
        return []
    week: pd.DataFrame = found.week
    told = [
        f"{label(str(row['activity']))} {sheets.number(row['in_four'], settings)}" for row in week.to_dict("records")
    ]
    return [Words(f"In four full weeks the goal means: {', '.join(told)}.")]


def _way(context: Context, rep: str) -> Columns:
    """Show the way from last year's result to the goal in few steps."""
    found, settings = goals.told(context, rep), context.settings
    rows = [[_PARTS[name], sheets.money(amount, settings)] for name, amount in found.parts.items() if amount]
    rows.append(["Goal as it stands", sheets.money(found.goal, settings)])
    return Columns(["From last year to the goal", "Amount"], rows, numbers=1, total=True)
