"""The chain that proves that nothing was altered: every event carries a hash over itself and the one before.

The order is a number that is counted, never a time: clocks are wrong, and are set. A chain alone does not show that
its end was cut off, so its head is *anchored*: written down outside the database, where `check` finds it again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from planning.negotiation.moves import Move

START = "0" * 64
"""Hash before the first event."""


@dataclass(frozen=True)
class Event:
    """A move as it was kept.

    Parameters
    ----------
    number
        Place among all events of the book, from 1.
    rep
        Whose goal it is about.
    move
        What was said.
    user
        Who was logged in; empty where nobody logs in.
    hash
        What `seal` gave when it was kept.
    """

    number: int
    rep: str
    move: Move
    user: str
    hash: str


@dataclass(frozen=True)
class Anchor:
    """The head of a chain as it was written down outside the database.

    Parameters
    ----------
    number, hash
        Of the last event at that time.
    """

    number: int
    hash: str


def seal(book: str, previous: str, number: int, rep: str, move: Move, user: str) -> str:
    """Give the hash of an event: SHA-256 over all that it says, its place, and the hash before it.

    Parameters
    ----------
    book
        Name of the book, such as ``FY2027 plan``, so that no event can be moved into another one.
    previous
        Hash of the event before; `START` for the first.
    number, rep, move, user
        As in `Event`.
    """
    at = move.at.isoformat(timespec="microseconds") if move.at else ""
    says = [
        book, previous, number, rep, move.sequence, move.kind, move.role, move.person, move.version,
        dict(move.lines), move.note, at, dict(move.detail), user,
    ]  # fmt: skip
    written = json.dumps(says, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def check(book: str, events: Sequence[Event], anchors: Sequence[Anchor] = ()) -> list[str]:
    """Go through a chain from its beginning, and say where it was altered.

    Parameters
    ----------
    book
        Name of the book.
    events
        All events of the book, by number.
    anchors
        Heads that were written down outside the database.

    Returns
    -------
    What is wrong, in words; nothing if every event is as it was kept, in its place, and none is missing.
    """
    problems, previous, places = [], START, dict[str, int]()
    for place, event in enumerate(events, start=1):
        where = f"event {event.number} ({event.move.kind} by {event.move.person} on {event.rep})"
        if event.number != place:
            problems.append(f"{where} stands in place {place}: an event before it was removed or inserted")
            break
        places[event.rep] = places.get(event.rep, 0) + 1
        if event.move.sequence != places[event.rep]:
            problems.append(
                f"{where} says it is move {event.move.sequence} of its thread, but is {places[event.rep]}"
            )
        if event.hash != seal(book, previous, event.number, event.rep, event.move, event.user):
            problems.append(f"{where} does not say what it said when it was kept, or the one before it does not")
        previous = event.hash
    return problems + _unanchored(events, anchors)


def _unanchored(events: Sequence[Event], anchors: Sequence[Anchor]) -> list[str]:
    hashes = {event.number: event.hash for event in events}
    last = max(hashes, default=0)
    cut = [anchor for anchor in anchors if anchor.number > last]
    other = [anchor for anchor in anchors if anchor.number <= last and hashes.get(anchor.number) != anchor.hash]
    problems = []
    if cut:
        most = max(anchor.number for anchor in cut)
        problems.append(f"the chain ends with event {last}, but event {most} was anchored: its end was cut off")
    if other:
        least = min(anchor.number for anchor in other)
        problems.append(
            f"event {least} is not the one that was anchored: the chain was written anew, there or before"
        )
    return problems
