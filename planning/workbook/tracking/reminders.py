"""Reminders of the year in course: conversations and actions that come, are late or were missed, each told once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from planning.store import documents
from planning.store.documents import Document
from planning.tracking.agenda import AGENDAS
from planning.workbook.context import Context
from planning.workbook.outbox import addresses, letter, post
from planning.workbook.place import PLANNER, writing
from planning.workbook.tracking import actions
from planning.workbook.tracking.checkpoints import Meeting, meetings

KIND = "reminded"
AHEAD = 3
"""Days before a conversation or an action from which on people are reminded of it."""


@dataclass(frozen=True)
class Item:
    """Something to remind somebody of.

    Parameters
    ----------
    person
        Whom.
    key
        Tells it apart, with its state: what was late yesterday is not told again today.
    says
        What is said.
    """

    person: str
    key: str
    says: str


def items(context: Context, day: date, ahead: int = AHEAD) -> list[Item]:
    """Give everything that somebody is to be reminded of as of a day, whether they were already or not."""
    until = day + timedelta(days=ahead)
    found: list[Item] = []
    for each in meetings(context, day):
        if each.state == "missed":
            found += _missed(each)
        elif each.held is None and day <= each.planned.day <= until:
            found += _coming(each)
    for action in actions.actions(context):
        if action.state == "open" and action.due <= until:
            stands = "late" if action.late(day) else "due"
            said = f"{'Was due' if stands == 'late' else 'Due'} {action.due}: {action.what}"
            found.append(Item(action.owner, f"{stands}:action:{action.key}:{action.due}", said))
    return found


def remind(context: Context, day: date, ahead: int = AHEAD) -> dict[str, str]:
    """Write a message to everybody who has something new to be reminded of, and remember what they were told.

    Returns
    -------
    What became of each person's (`planning.workbook.outbox.post`); nobody is in it who was told everything before.

    Raises
    ------
    AccessError
        If somebody other than a planner is logged in.
    SettingsError
        If the mail server cannot be reached or refuses; the messages stay in the folder and are sent next time.
    """
    with writing(context, "remind people", PLANNER) as connection:
        kept = documents.documents(connection, context.year, context.scenario, KIND)
        told = {each.whom: each for each in kept}
        fresh = _fresh(items(context, day, ahead), told)
        for person, new in fresh.items():
            last = told.get(person) or Document(KIND, person, {"told": []})
            body = {"told": sorted({*last.body["told"], *(each.key for each in new)})}
            written = replace(last, body=body)
            documents.keep(connection, context.year, context.scenario, written, context.actor("planning tick"))
    book, settings = addresses(context.settings), context.settings
    letters = []
    for person, new in fresh.items():
        count = f"{len(new)} {'thing' if len(new) == 1 else 'things'}"
        lines = [f"{person},", "", f"at {settings.company}, for FY{context.year}:", ""]
        lines += [f"- {each.says}" for each in new]
        # What is told makes the name, so that a later message of the same day does not replace this one.
        name = f"{day.isoformat()} year {len(told[person].body['told']) if person in told else 0}"
        letters.append(letter(settings, book, person, name, f"{count} to do, FY{context.year}", lines))
    return post(settings, letters)


def _fresh(found: Sequence[Item], told: Mapping[str, Document]) -> dict[str, list[Item]]:
    fresh: dict[str, list[Item]] = {}
    for each in found:
        known = told[each.person].body["told"] if each.person in told else []
        if each.person and each.key not in known:
            fresh.setdefault(each.person, []).append(each)
    return fresh


def _missed(each: Meeting) -> list[Item]:
    said = f"No record yet: {AGENDAS[each.planned.kind].name.lower()} with {{}}, planned for {each.planned.day}"
    key = f"missed:{each.rep}:{each.planned.key}"
    return [Item(each.manager, key, said.format(each.rep))]


def _coming(each: Meeting) -> list[Item]:
    name, key = AGENDAS[each.planned.kind].name, f"coming:{each.rep}:{each.planned.key}"
    pairs = [(each.manager, each.rep), (each.rep, each.manager or "your manager")]
    return [Item(who, key, f"{each.planned.day}: {name.lower()} with {other}") for who, other in pairs]
