"""The one-page sheet of a conversation: what was promised, planned and actual, and the agenda or what it came to."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from planning import sheets
from planning.papers.paper import Columns, Heading, Paper, Part, Points, Words
from planning.settings import Settings
from planning.sheets.sentences import writers
from planning.tracking.alerts import in_hundred
from planning.tracking.cadence import Planned
from planning.tracking.checkpoint import VERDICTS, Checkpoint
from planning.workbook.context import Context
from planning.workbook.tracking.meeting import Compared, Facts, Meeting, Pace, meeting

_DEALS = 3
"""Deals that are named on the sheet; more would not fit on one page, and the board shows them all."""
_PROMISED = 5
_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
"""Points: a sheet is to stay on one page, however full its lists are; smaller than this nobody reads it at a desk."""
_STEPS = {"opened": "Opened", "qualified": "Qualified", "presented": "Presented", "proposed": "Proposed"}
_STANDS = {"late": "Late", "carried over": "Carried over", "open": "Open", "done": "Done", "dropped": "Dropped"}


def checkpoint(context: Context, rep: str, planned: Planned, day: date, facts: Facts | None = None) -> Paper:
    """Write the sheet of a conversation with a rep.

    Parameters
    ----------
    context, rep
        With whom.
    planned
        Which conversation.
    day
        As of when what was promised is late.
    facts
        Planned and actual of the period, where several sheets of it are made.

    Raises
    ------
    TrackingError
        If nobody of the name carries a goal.
    AccessError
        If it is none of the business of who is asking.
    """
    settings, found = context.settings, meeting(context, rep, planned, day, facts)
    who = f"{found.pair.manager or 'The manager'} and {rep}"
    span = f"{sheets.day(planned.first, settings)} to {sheets.day(planned.last, settings)}"
    parts: list[Part] = [Words(f"{who}, over {span}. {found.agenda.purpose}")]
    parts += [Heading("What was promised last time"), *_promised(found, settings)]
    parts += [Heading("Planned and actual"), _figures(found.compared, settings), *_missing(found, settings)]
    parts += [Heading("Open deals"), *_deals(found.compared, settings)]
    parts += _came_to(found.held.record) if found.held else _agenda(found)
    held = found.held.record.held if found.held else planned.day
    about = f"{settings.company}, FY{context.year}: {sheets.day(held, settings)}"
    return Paper(f"{found.agenda.name}: {rep}", about, parts, _foot(found), settings.locale[:2], _SIZES)


def _promised(found: Meeting, settings: Settings) -> list[Part]:
    table = found.promised.head(_PROMISED)
    if table.empty:
        return [Words("Nothing is open from earlier conversations.")]
    rows = [
        [_STANDS[row["stands"]] + (f", {row['days']} days" if row["days"] else ""), row["what"], row["owner"],
         sheets.day(row["due"], settings)]
        for row in table.to_dict("records")
    ]  # fmt: skip
    more = len(found.promised) - len(table)
    told: list[Part] = [Words(f"And {more} more.")] if more else []
    return [Columns(["Stands", "What", "Who", "Until"], rows, figures=[False] * 4), *told]


def pace_told(found: Pace, settings: Settings) -> str:
    """Say where a year lands, in a sentence or two.

    Examples
    --------
    >>> pace_told(Pace(0.912, 55_000_000, 50_000_000, 60_000_000, 0.34, 1_200_000, "off"), Settings(workspace="."))
    'Off: 91% of what was due; lands at $550,000 (four in five: $500,000 to $600,000); the chance of the goal is 34 in 100. It takes $12,000 a week from here.'
    """  # noqa: E501
    money, share, _ = writers(settings)
    told = [f"{share(found.attainment)} of what was due"] if found.attainment is not None else []
    if found.landing is not None and found.low is not None and found.high is not None:
        told.append(f"lands at {money(found.landing)} (four in five: {money(found.low)} to {money(found.high)})")
    said = "; ".join(told)
    if found.probability is not None:
        said += f"; the chance of the goal is {in_hundred(found.probability)}"
    weekly = found.needed_per_week
    more = f" It takes {money(weekly)} a week from here." if weekly is not None and weekly > 0 else ""
    return f"{found.band.capitalize()}: {said}.{more}" if said else ""


def _figures(found: Compared, settings: Settings) -> Columns:
    rows = [
        _row("Revenue of the period", found.goal, found.result, settings),
        _row("Revenue of the year to date", found.goal_to_date, found.result_to_date, settings),
    ]
    for row in found.activities.to_dict("records"):
        planned, done = (None if pd.isna(row[name]) else int(row[name]) for name in ("planned", "done"))
        between = None if planned is None or done is None else done - planned
        rows.append([row["label"], sheets.count(planned, settings), sheets.count(done, settings),
                     sheets.count(between, settings, signed=True)])  # fmt: skip
    return Columns(["", "Planned", "Actual", "Difference"], rows, numbers=3)


def _row(name: str, goal: int, result: int | None, settings: Settings) -> list[str]:
    between = None if result is None else result - goal
    amounts = [sheets.money(each, settings, digits=0) for each in (goal, result)]
    return [name, *amounts, sheets.money(between, settings, signed=True, digits=0)]


def _missing(found: Meeting, settings: Settings) -> list[Part]:
    """Say what cannot be compared yet."""
    through = found.compared.through
    told = [found.compared.says] if found.compared.says else []
    told += [pace_told(found.compared.pace, settings)] if found.compared.pace else []
    if through is None or through < found.planned.last:
        told.append(f"Results are in until {sheets.day(through, settings)}." if through else "No results are in yet.")
    return [Words(" ".join(told))] if told else []


def _deals(found: Compared, settings: Settings) -> list[Part]:
    if found.deals.empty:
        return [Words("No deal is open.")]
    sums = found.stages
    told = ", ".join(
        f"{_STEPS[str(row['step'])].lower()} {row['deals']} ({sheets.money(row['amount'], settings, digits=0)})"
        for row in sums.to_dict("records")
    )
    over = int(sums["over"].sum())
    said = f"{len(found.deals)} are open, by last step: {told}. {over} sit longer than usual."
    rows = []
    for row in found.deals.head(_DEALS).to_dict("records"):
        days = [sheets.number(row[each], settings, digits=0) for each in ("days", "usual")]
        value = sheets.money(row["amount"], settings, digits=0)
        rows.append([row["customer"] or row["opportunity"], _STEPS[str(row["step"])], *days, value])
    heads = ["Longest for its step", "Last step", "Days in it", "Usual", "Value"]
    return [Words(said), Columns(heads, rows, figures=[False, False, True, True, True])]


def _agenda(found: Meeting) -> list[Part]:
    """Show what is gone through, and leave room to write."""
    points = [f"{each.topic} ({each.minutes} min): {each.asks}" for each in found.agenda.items]
    room = ["Problems:", "Decisions (renew, revise, replace):", "Who does what until when:",
            "Priorities and resources promised:", "What each side got from it:"]  # fmt: skip
    return [Heading(f"Agenda ({found.agenda.minutes} minutes)"), Points(points, numbered=True),
            Heading("To write down"), Points(room)]  # fmt: skip


def _came_to(record: Checkpoint) -> list[Part]:
    """Show what was written down."""
    said = [*_listed("Problem", record.problems)]
    said += [f"{VERDICTS[each.verdict]}: {each.what}" for each in record.decisions]
    said += [*_listed("Priority", record.priorities), *_listed("Resource promised", record.resources)]
    said += [f"From above: {each.what}. Response: {each.response}" for each in record.surprises]
    texts = {"Seen in the field": record.observation, "Behaviour and skills": record.behaviour,
             f"What {record.manager} got from it": record.for_manager,
             f"What {record.rep} got from it": record.for_rep}  # fmt: skip
    said += [f"{name}: {text}" for name, text in texts.items() if text]
    return [Heading("What it came to"), Points(said)] if said else []


def _listed(name: str, texts: Sequence[str]) -> list[str]:
    return [f"{name}: {each}" for each in texts]


def _foot(found: Meeting) -> str:
    if found.held is None:
        return "Not held yet."
    signed = " and ".join(found.held.confirmed.values())
    return f"Version {found.held.record.version}, written by {found.held.by}; confirmed by {signed or 'nobody yet'}."
