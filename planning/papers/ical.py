"""A calendar as other programs read it (RFC 5545): conversations and hours as events, actions as tasks."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Component, Event, Todo

from planning.settings import Settings
from planning.tracking.entries import Entry

_PRODUCT = "-//Sales planning workbook//EN"
_STATUS = {"open": "NEEDS-ACTION", "late": "NEEDS-ACTION", "done": "COMPLETED", "dropped": "CANCELLED"}
_HELD = {"held": "CONFIRMED", "confirmed": "CONFIRMED"}
_AS_OFTEN = timedelta(hours=1)
"""How often a calendar should look again."""


def ical(entries: Iterable[Entry], settings: Settings, title: str, made: datetime | None = None) -> bytes:
    """Write entries as an iCalendar file.

    What has no hour is of whole days. Days and hours float, so that they are the same day and the same hour on every
    clock: the workbook knows no time zones.

    Parameters
    ----------
    entries
        What stands in the calendar.
    settings
        Of the workspace; two workspaces never give the same identity to two things.
    title
        Name of the calendar.
    made
        When it was written (UTC); now unless said.
    """
    written = Calendar()
    written.add("prodid", _PRODUCT)
    written.add("version", "2.0")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", title)
    written.add("refresh-interval", _AS_OFTEN, parameters={"VALUE": "DURATION"})
    stamp = (made or datetime.now(UTC)).replace(microsecond=0)
    for each in entries:
        written.add_component(
            _todo(each, settings, stamp) if each.kind == "action" else _event(each, settings, stamp)
        )
    return bytes(written.to_ical())


def uid(entry: Entry, settings: Settings) -> str:
    """Give the identity of an entry, the same for good, and without anybody's name in it."""
    where = f"{settings.company}\n{settings.workspace}\n{entry.identity}"
    return f"{hashlib.sha256(where.encode()).hexdigest()[:32]}@sales-planning-workbook"


def _common(component: Component, entry: Entry, settings: Settings, stamp: datetime) -> None:
    component.add("uid", uid(entry, settings))
    component.add("dtstamp", stamp)
    component.add("summary", _plain(entry.title))
    if entry.detail:
        component.add("description", _plain(entry.detail))
    # A version counts from 1; the first revision of RFC 5546 is 0.
    component.add("sequence", max(entry.version - 1, 0))
    component.add("categories", [entry.kind])


def _event(entry: Entry, settings: Settings, stamp: datetime) -> Event:
    event = Event()
    _common(event, entry, settings, stamp)
    if entry.at is None:
        event.add("dtstart", entry.begin)
        # The end of an event of whole days is the first day after it.
        event.add("dtend", entry.end + timedelta(days=1))
    else:
        begins = datetime.combine(entry.begin, entry.at)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(hours=entry.hours))
    event.add("status", _HELD.get(entry.state, "TENTATIVE" if entry.state else "CONFIRMED"))
    # Only what has an hour takes time away from something else.
    event.add("transp", "TRANSPARENT" if entry.at is None else "OPAQUE")
    return event


def _todo(entry: Entry, settings: Settings, stamp: datetime) -> Todo:
    todo = Todo()
    _common(todo, entry, settings, stamp)
    # DUE lies after DTSTART (RFC 5545, 3.8.2.3): who begins and ends on one day has no beginning of its own.
    if entry.begin < entry.end:
        todo.add("dtstart", entry.begin)
    todo.add("due", entry.end)
    todo.add("status", _STATUS[entry.state])
    if entry.state == "done":
        todo.add("percent-complete", 100)
        todo.add("completed", datetime.combine(entry.end, time(), UTC))
    return todo


def _plain(text: str) -> str:
    """Leave out what no text of a calendar may hold: control characters other than line breaks."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in joined if each in "\n\t" or ord(each) >= 32 and ord(each) != 127)
