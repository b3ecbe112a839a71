"""What stands in a calendar: conversations, actions and a manager's hours, in one shape for every view of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from planning.plans.own import KINDS as WORK
from planning.plans.own import OwnPlan
from planning.tracking.actions import Action
from planning.tracking.agenda import AGENDAS
from planning.tracking.cadence import Planned

EntryKind = Literal["checkpoint", "action", "block"]


@dataclass(frozen=True)
class Entry:
    """Something on a day, or over some days.

    Parameters
    ----------
    identity
        Tells it apart for good, whatever changes about it.
    kind
        What it is.
    title
        What it is, in words.
    begin, end
        First and last day, the same for one day.
    whom
        Of whom it is: the rep of a conversation, the owner of an action, the manager of a block.
    state
        ``planned``, ``held``, ``confirmed`` or ``missed`` for a conversation; ``open``, ``late``, ``done`` or
        ``dropped`` for an action; empty for a block.
    detail
        What more there is to say.
    version
        How often it was written; what changed bears a higher one.
    hours
        How long it takes; 0 if nobody said.
    at
        When it begins; none for what is of whole days.
    """

    identity: str
    kind: EntryKind
    title: str
    begin: date
    end: date
    whom: str
    state: str = ""
    detail: str = ""
    version: int = 0
    hours: float = 0.0
    at: time | None = None


def of_action(action: Action, day: date) -> Entry:
    """Make an action's entry, as of a day."""
    state = "late" if action.late(day) else action.state
    said = [f"For {action.whom}"] if action.whom != action.owner else []
    said += [action.note] if action.note else []
    return Entry(
        f"action:{action.key}", "action", action.what, action.begin or action.due, action.due, action.owner, state,
        "\n".join(said), action.version,
    )  # fmt: skip


def of_planned(
    plan: Planned, rep: str, manager: str, state: str, held: date | None = None, version: int = 0, reader: str = ""
) -> Entry:
    """Make the entry of a conversation; once it was held, it stands on that day. A reader sees the other's name.

    One that was held on another day than planned was held at another hour as well, which nobody told.
    """
    agenda, day = AGENDAS[plan.kind], held or plan.day
    other = (manager or "The manager") if reader == rep else rep
    points = "\n".join(f"{number}. {each.topic} ({each.minutes} min)" for number, each in enumerate(agenda.items, 1))
    said = f"{manager or 'The manager'} and {rep}, over {plan.first} to {plan.last}.\n{points}"
    return Entry(
        f"checkpoint:{rep}:{plan.key}", "checkpoint", f"{other}: {agenda.name.lower()}", day, day, rep, state, said,
        version, agenda.minutes / 60, plan.at if day == plan.day else None,
    )  # fmt: skip


def of_weeks(plan: OwnPlan, manager: str, mondays: Iterable[date]) -> list[Entry]:
    """Make the entries of a manager's hours, for each week and kind that hours are set aside for."""
    return [
        Entry(
            f"block:{manager}:{kind}:{monday.isoformat()}", "block", WORK[kind],
            monday + timedelta(days=plan.days.get(kind, 0)), monday + timedelta(days=plan.days.get(kind, 0)),
            manager, "", "" if kind in plan.days else "Some time in the week", plan.version, hours,
        )
        for monday in mondays
        for kind, hours in plan.hours.items()
        if hours > 0
    ]  # fmt: skip


def by_day(entries: Iterable[Entry]) -> Mapping[date, list[Entry]]:
    """Sort entries by the day on which they are due or held."""
    order = {"checkpoint": 0, "action": 1, "block": 2}
    found: dict[date, list[Entry]] = {}
    for each in sorted(entries, key=lambda each: (each.end, order[each.kind], each.at or time.max, each.title)):
        found.setdefault(each.end, []).append(each)
    return found


def grid(month: str) -> list[list[date]]:
    """Give the weeks of a month, Monday to Sunday; the first and the last may reach past it.

    Examples
    --------
    >>> weeks = grid("2027-02")
    >>> len(weeks), weeks[0][0], weeks[-1][-1]
    (4, datetime.date(2027, 2, 1), datetime.date(2027, 2, 28))
    """
    year, number = map(int, month.split("-"))
    first = date(year, number, 1)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday < first or (monday.year, monday.month) == (year, number):
        weeks.append([monday + timedelta(days=each) for each in range(7)])
        monday += timedelta(days=7)
    return weeks
