"""When conversations are held: a series for each rep and kind, by the planner's rules, and which were missed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from planning.errors import TrackingError, bulleted
from planning.periods import FiscalCalendar, first_day, last_day
from planning.tracking.agenda import AGENDAS, KINDS, Kind

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_MONTHS: Mapping[Kind, int] = {"monthly": 1, "quarterly": 3, "half_yearly": 6}
"""Months that the period of a kind has."""
WEEKS = 52
_RAREST = 4
_LATEST = 20
"""Working days after the end of a period until which it is looked at: not in the month after the next."""
WORKDAY = timedelta(hours=9)
"""From the first conversation of a day to the end of the last one that still has an hour of its own."""


@dataclass(frozen=True)
class Cadence:
    """How often conversations are held.

    Parameters
    ----------
    weekly
        Day of the week, 0 for Monday to 4 for Friday; none for no weekly conversation.
    spread
        Whether a manager's weekly conversations are spread over the days of the week, beginning with that day: nobody
        can hold fourteen on one Monday.
    every
        Weeks from one weekly conversation to the next, 1 to 4.
    monthly, quarterly, half_yearly
        On which working day after the end of the period it is looked at; none for not at all.
    patience
        Working days after a planned day until a conversation without a record counts as missed.
    begins
        From which day on conversations are expected; nothing is missed before it. None until somebody has set the
        cadence: days are planned then, and none is missed.
    at
        When the first conversation of a manager's day begins; the others follow one after the other. None where
        nobody said: conversations are of a day then, and have no hour.
    """

    weekly: int | None = 0
    spread: bool = True
    every: int = 1
    monthly: int | None = 3
    quarterly: int | None = 5
    half_yearly: int | None = 8
    patience: int = 3
    begins: date | None = None
    at: time | None = None


@dataclass(frozen=True)
class Planned:
    """A conversation that is planned.

    Parameters
    ----------
    kind
        Which.
    day
        When it is to be held.
    first, last
        First and last day of the period that is looked at.
    at
        When it begins; none where no hour is set.
    extra
        Whether it was held without having been planned.
    """

    kind: Kind
    day: date
    first: date
    last: date
    at: time | None = None
    extra: bool = False

    @property
    def key(self) -> str:
        """What tells it apart for one rep; it stays when the cadence moves the day."""
        return key(self.kind, self.last)


def key(kind: Kind, last: date) -> str:
    """Name the checkpoint of a kind over the period that ends on a day.

    Examples
    --------
    >>> key("weekly", date(2027, 2, 28))
    'weekly:2027-02-28'
    """
    return f"{kind}:{last.isoformat()}"


def hour(text: str) -> time | None:
    """Read an hour of the day; nothing for no text.

    Examples
    --------
    >>> hour("9:30"), hour(" ")
    (datetime.time(9, 30), None)

    Raises
    ------
    TrackingError
        If it is none.
    """
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError as error:
        raise TrackingError(f"{text!r} is no hour. Write it as 09:00.") from error


def check(cadence: Cadence) -> None:
    """Refuse a cadence that cannot be kept.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    """
    problems = []
    if cadence.weekly is not None and not 0 <= cadence.weekly < len(WEEKDAYS):
        problems.append(f"the day of the week is one of {', '.join(WEEKDAYS)}")
    if not 1 <= cadence.every <= _RAREST:
        problems.append(f"weekly conversations are held every 1 to {_RAREST} weeks, not {cadence.every}")
    for kind in _MONTHS:
        day = getattr(cadence, kind)
        if day is not None and not 1 <= day <= _LATEST:
            problems.append(f"a {AGENDAS[kind].name.lower()} is held on working day 1 to {_LATEST}, not {day}")
    if not 0 <= cadence.patience <= _LATEST:
        problems.append(f"a conversation is missed after 0 to {_LATEST} working days, not {cadence.patience}")
    if problems:
        raise TrackingError(bulleted("This cadence cannot be kept:", problems))


def planned(cadence: Cadence, calendar: FiscalCalendar, year: int) -> list[Planned]:
    """Give the conversations over a fiscal year, by day; days fall on no weekend and no holiday.

    The week that is looked at is the last one, Monday to Sunday, that ended before the day; the last weeks, where the
    conversation is held more rarely. Where periods of two
    kinds of month, quarter and half end together, the longer one is looked at.
    """
    found = [*_weekly(cadence, calendar, year), *_of_months(cadence, calendar, year)]
    begins = cadence.begins or date.min
    return sorted((each for each in found if each.day >= begins), key=lambda each: (each.day, KINDS.index(each.kind)))


def for_one(cadence: Cadence, place: int) -> Cadence:
    """Give the cadence with one of a manager's team, by their place in it.

    Examples
    --------
    >>> [for_one(Cadence(weekly=3), place).weekly for place in (0, 1, 2, 7)], for_one(Cadence(spread=False), 3).weekly
    ([3, 4, 0, 0], 0)
    """
    if cadence.weekly is None or not cadence.spread:
        return cadence
    return replace(cadence, weekly=(cadence.weekly + place) % len(WEEKDAYS), spread=False)


def timed(plans: Iterable[Planned], cadence: Cadence, place: int = 0, team: int = 1) -> list[Planned]:
    """Give planned conversations the hour at which they begin: a manager's of one day follow one after the other.

    The weekly ones come first, the longer ones after them. What a holiday has moved, and what no longer fits the day,
    has no hour: both sides find one.

    Parameters
    ----------
    plans
        With one rep.
    cadence
        Everybody's, or the rep's own: a team of one.
    place, team
        Place of the rep in the manager's team, from 0, and how many the team has.
    """
    if cadence.at is None:
        return list(plans)
    days = len(WEEKDAYS) if cadence.spread else 1
    weekday = None if cadence.weekly is None else (cadence.weekly + (place if cadence.spread else 0)) % len(WEEKDAYS)
    found = []
    for each in plans:
        takes = AGENDAS[each.kind].minutes
        if each.kind == "weekly":
            before, moved = place // days * takes, each.day.weekday() != weekday
        else:
            weeklies = 0 if cadence.weekly is None else -(-team // days)
            before, moved = weeklies * AGENDAS["weekly"].minutes + place * takes, False
        fits = not moved and timedelta(minutes=before + takes) <= WORKDAY
        begins = datetime.combine(each.day, cadence.at) + timedelta(minutes=before)
        found.append(replace(each, at=begins.time()) if fits and begins.date() == each.day else each)
    return found


def unplanned(kind: Kind, day: date, since: date | None = None) -> Planned:
    """Make a conversation that was held without having been planned; it looks at all that was not looked at before.

    Parameters
    ----------
    kind
        By which agenda it was held.
    day
        When it was held; the period ends there.
    since
        Last day that an earlier conversation looked at; without one, the week is looked at.

    Examples
    --------
    >>> unplanned("weekly", date(2027, 3, 11), date(2027, 3, 7)).first, unplanned("weekly", date(2027, 3, 11)).first
    (datetime.date(2027, 3, 8), datetime.date(2027, 3, 5))
    """
    first = day - timedelta(days=6) if since is None else min(since + timedelta(days=1), day)
    return Planned(kind, day, first, day, extra=True)


def missed(
    plans: Iterable[Planned], held: Collection[str], cadence: Cadence, calendar: FiscalCalendar, day: date
) -> list[Planned]:
    """Give the conversations that were planned, and of which there is no record though their time is over.

    Parameters
    ----------
    plans
        What was planned.
    held
        Keys of the conversations of which there is a record.
    cadence, calendar
        Say how long a record may take.
    day
        As of when.
    """
    if cadence.begins is None:
        return []
    late = [each for each in plans if calendar.workday(each.day, cadence.patience) < day]
    return [each for each in late if each.key not in held]


def minutes_a_week(cadence: Cadence, calendar: FiscalCalendar, year: int) -> float:
    """Say how many minutes a week the conversations with one rep take, over the weeks of a fiscal year.

    Examples
    --------
    >>> round(minutes_a_week(Cadence(monthly=None, quarterly=None, half_yearly=None), FiscalCalendar(1), 2027))
    40
    """
    held = planned(replace(cadence, begins=None), calendar, year)
    return sum(AGENDAS[each.kind].minutes for each in held) / WEEKS


def body(cadence: Cadence) -> dict[str, Any]:
    """Write a cadence as JSON can hold it."""
    said = {each.name: getattr(cadence, each.name) for each in fields(cadence)}
    return said | {name: said[name].isoformat() if said[name] else None for name in ("begins", "at")}


def read(said: Mapping[str, Any]) -> Cadence:
    """Read a cadence as `body` wrote it."""
    begins, at = said.get("begins"), said.get("at")
    days = {"begins": date.fromisoformat(begins) if begins else None, "at": time.fromisoformat(at) if at else None}
    return Cadence(**{**said, **days})


def _weekly(cadence: Cadence, calendar: FiscalCalendar, year: int) -> list[Planned]:
    if cadence.weekly is None:
        return []
    months = calendar.months(year)
    begins, ends = first_day(months[0]), last_day(months[-1])
    found = []
    for monday in calendar.weeks(year)[:: cadence.every]:
        day = calendar.workday(monday + timedelta(days=cadence.weekly))
        if begins <= day <= ends and day < monday + timedelta(days=7):
            last = monday - timedelta(days=1)
            found.append(Planned("weekly", day, monday - timedelta(weeks=cadence.every), last))
    return found


def _of_months(cadence: Cadence, calendar: FiscalCalendar, year: int) -> list[Planned]:
    months = calendar.months(year)
    found: dict[date, Planned] = {}
    for kind, length in _MONTHS.items():
        place = getattr(cadence, kind)
        if place is None:
            continue
        for end in range(length - 1, 12, length):
            first, last = first_day(months[end + 1 - length]), last_day(months[end])
            day = calendar.workday(last + timedelta(days=1), place - 1)
            found[last] = Planned(kind, day, first, last)
    return list(found.values())
