"""Conversations between a rep and who leads them: recorded, confirmed by both sides, planned and missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import pandas as pd

from planning.errors import AccessError, TrackingError
from planning.periods import first_day, last_day
from planning.store import documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.tracking import cadence as rules
from planning.tracking import checkpoint as shape
from planning.tracking import promised as last_time
from planning.tracking.actions import Action
from planning.tracking.agenda import AGENDAS, Kind
from planning.tracking.cadence import Planned
from planning.tracking.checkpoint import SIDES, Checkpoint, Side
from planning.workbook.context import Context
from planning.workbook.leading import speak_of
from planning.workbook.place import EVERYBODY, reading, writing
from planning.workbook.tracking import actions as promises
from planning.workbook.tracking.cadences import cadences
from planning.workbook.tracking.team import pair, pairs, side

KIND = "checkpoint"
CONFIRMED = "checkpoint_confirmed"

State = Literal["planned", "due", "missed", "held", "confirmed"]
STATES: dict[State, str] = {
    "planned": "Planned", "due": "To be held now", "missed": "Missed", "held": "Held, to be confirmed",
    "confirmed": "Held and confirmed",
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A conversation of which there is a record.

    Parameters
    ----------
    record
        What it came to.
    by, at
        Who wrote the version, and when (UTC).
    confirmed
        Who confirmed this version, by side; who wrote it has confirmed it thereby.
    """

    record: Checkpoint
    by: str
    at: datetime
    confirmed: Mapping[Side, str]

    @property
    def whole(self) -> bool:
        """Whether both sides have confirmed it."""
        return set(self.confirmed) == set(SIDES)


@dataclass(frozen=True)
class Meeting:
    """A conversation that was planned, and what became of it.

    Parameters
    ----------
    rep, manager
        Who sits there.
    planned
        When it is to be held, and what it looks at.
    state
        What became of it, as of a day.
    held
        Its record, if there is one.
    """

    rep: str
    manager: str
    planned: Planned
    state: State
    held: Held | None = None


def checkpoints(context: Context, rep: str) -> list[Held]:
    """Give the conversations with a rep of which there is a record, in the order in which they were held.

    Raises
    ------
    TrackingError
        If nobody of the name carries a goal.
    AccessError
        If it is none of the business of who is asking.
    """
    return records(context, [pair(context, rep).rep]).get(rep, [])


def records(context: Context, reps: Iterable[str]) -> dict[str, list[Held]]:
    """Give the records of several reps, by rep."""
    wanted = set(reps)
    with reading(context) as connection:
        written = documents.documents(connection, context.year, context.scenario, KIND)
        signed = documents.documents(connection, context.year, context.scenario, CONFIRMED)
    found: dict[str, list[Held]] = {}
    for each in written:
        if each.whom in wanted:
            mine = [one for one in signed if (one.whom, one.key.rpartition(":")[0]) == (each.whom, each.key)]
            found.setdefault(each.whom, []).append(_held(context, each, mine))
    return {rep: sorted(held, key=lambda each: (each.record.held, each.at)) for rep, held in found.items()}


def record(context: Context, said: Checkpoint, promised: Sequence[Action], actor: str) -> Held:
    """Keep what a conversation came to, with the actions that were promised in it, all or nothing.

    Writing it confirms it for one's own side; what the other side had confirmed is open again.

    Parameters
    ----------
    context
        Where one stands, and who is asking.
    said
        What it came to; its version says which one it changes, 0 a new one. The manager is the one that the history
        names, where it names one.
    promised
        New actions; their source and whom they serve are filled in here.
    actor
        Who writes it, where nobody logs in.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If somebody changed it meanwhile.
    """
    both, me = pair(context, said.rep), context.actor(actor)
    manager = both.manager or said.manager or (me if me != said.rep else "")
    whole = replace(said, manager=manager)
    shape.check(whole, len(promised))
    speak_of(context, whole.rep)
    promised = [replace(each, whom=whole.rep, source=last_time.source(whole.key)) for each in promised]
    written = Document(KIND, whole.rep, shape.body(whole), whole.key, whole.version)
    with writing(context, "record checkpoints", EVERYBODY) as connection:
        kept = documents.keep(connection, context.year, context.scenario, written, me)
        for each in promised:
            promises.promise(connection, context, each, me)
    return _held(context, kept, [])


def confirm(context: Context, rep: str, key: str, version: int, actor: str) -> Held:
    """Confirm a record for one's own side.

    Parameters
    ----------
    context, rep, key
        Which record.
    version
        Version that one has read.
    actor
        Who confirms it, where nobody logs in.

    Raises
    ------
    TrackingError
        If there is no such record, it was changed since, or one's side has confirmed it.
    AccessError
        If one sits on neither side.
    """
    me = context.actor(actor)
    mine = side(context, pair(context, rep).rep, me)
    if mine is None:
        raise AccessError(f"{me or 'Nobody'} sits on neither side of the checkpoints of {rep}.")
    speak_of(context, rep)
    with writing(context, "confirm checkpoints", EVERYBODY) as connection:
        held = _one(connection, context, rep, key)
        if held.record.version != version:
            raise TrackingError(f"{held.by} has changed it meanwhile. Look at it again before you confirm it.")
        if mine in held.confirmed:
            raise TrackingError(f"{held.confirmed[mine]} has confirmed it already.")
        name = f"{key}:{mine}"
        last = documents.document(connection, context.year, context.scenario, CONFIRMED, rep, name)
        written = replace(last or Document(CONFIRMED, rep, key=name), body={"version": version})
        documents.keep(connection, context.year, context.scenario, written, me)
        return _one(connection, context, rep, key)


def meetings(context: Context, day: date) -> list[Meeting]:
    """Give all conversations of the year with those in view, and what became of each.

    They are those that are planned, and those of which there is a record though they never were, or the cadence has
    changed since.
    """
    both, rule = pairs(context), cadences(context)
    held = records(context, [each.rep for each in both])
    found = []
    for each in both:
        kept = {one.record.key: one for one in held.get(each.rep, [])}
        plans = rule.planned(each)
        gone = {one.key for one in rules.missed(plans, kept, rule.of(each.rep), context.calendar, day)}
        other = kept.keys() - {one.key for one in plans}
        plans += [_as_held(kept[key].record) for key in sorted(other)]
        for one in plans:
            mine = kept.get(one.key)
            found.append(Meeting(each.rep, each.manager, one, _state(one, mine, one.key in gone, day), mine))
    return sorted(found, key=lambda each: (each.planned.day, each.rep))


def unplanned(context: Context, rep: str, kind: Kind, day: date) -> Planned:
    """Make a conversation with a rep that was held without having been planned, to be recorded as any other.

    Parameters
    ----------
    context, rep
        With whom.
    kind
        By which agenda it was held.
    day
        When it was held.

    Raises
    ------
    TrackingError
        If nobody of the name carries a goal, the day lies outside of the year, or there is such a one already.
    AccessError
        If it is none of the business of who is asking.
    """
    months = context.calendar.months(context.year)
    if not first_day(months[0]) <= day <= last_day(months[-1]):
        raise TrackingError(f"{day} does not lie in FY{context.year}. Give a day of the year.")
    mine = pair(context, rep)
    known = [each for each in meetings(context, day) if each.rep == mine.rep]
    looked = [each.held.record.last for each in known if each.held and each.held.record.last < day]
    made = rules.unplanned(kind, day, max(looked, default=None))
    if made.key in {each.planned.key for each in known}:
        raise TrackingError(f"There is a conversation {made.key} with {rep} already: record it there.")
    return made


def _as_held(record: Checkpoint) -> Planned:
    """Take a conversation that was not planned, or is not any more, as planned for the day on which it was held."""
    return Planned(record.kind, record.held, record.first, record.last, extra=record.extra)


def missed(context: Context, day: date) -> pd.DataFrame:
    """List the conversations that were missed: planned, their time over, and no record of them.

    Returns
    -------
    ``rep``, ``manager``, ``kind`` (in words), ``day`` (planned), ``days`` (since), ``key``; the oldest first.
    """
    rows = [
        (each.rep, each.manager, AGENDAS[each.planned.kind].name, each.planned.day, (day - each.planned.day).days,
         each.planned.key)
        for each in meetings(context, day)
        if each.state == "missed"
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["rep", "manager", "kind", "day", "days", "key"]).astype({"days": "int64"})


def promised(context: Context, rep: str, before: date, day: date) -> pd.DataFrame:
    """Give what was promised at the last conversations with a rep (`planning.tracking.promised`).

    Parameters
    ----------
    context, rep
        With whom.
    before
        Only conversations that were held before this day.
    day
        As of when actions are late.
    """
    held = [each.record.key for each in checkpoints(context, rep) if each.record.held < before]
    return last_time.promised(promises.actions(context, rep), held, day)


def _state(plan: Planned, held: Held | None, gone: bool, day: date) -> State:
    if held is not None:
        return "confirmed" if held.whole else "held"
    return "missed" if gone else "due" if plan.day <= day else "planned"


def _one(connection: Connection, context: Context, rep: str, key: str) -> Held:
    found = documents.document(connection, context.year, context.scenario, KIND, rep, key)
    if found is None:
        raise TrackingError(f"There is no record {key!r} of {rep}.")
    where = (connection, context.year, context.scenario, CONFIRMED, rep)
    signed = [documents.document(*where, f"{key}:{each}") for each in SIDES]
    return _held(context, found, [each for each in signed if each is not None])


def _held(context: Context, written: Document, signed: Iterable[Document]) -> Held:
    """Put a record together with who confirmed its version; who that is, the store has told."""
    names = [written.actor, *(each.actor for each in signed if each.body["version"] == written.version)]
    confirmed: dict[Side, str] = {}
    for name in names:
        mine = side(context, written.whom, name)
        if mine is not None:
            confirmed.setdefault(mine, name)
    said = shape.read(written.body, written.whom, written.version)
    return Held(said, written.actor, written.at or datetime.min, confirmed)
