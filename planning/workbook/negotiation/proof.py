"""Proving afterwards that nobody altered what was said: the chain of events, and its head outside the database."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from planning.errors import NegotiationError, StoreError
from planning.negotiation import chain
from planning.negotiation.chain import Anchor, Event
from planning.store import books, records
from planning.workbook.context import Context
from planning.workbook.negotiation.talks import find
from planning.workbook.place import plan


@dataclass(frozen=True)
class Proof:
    """What going through a chain found.

    Parameters
    ----------
    events
        How many there are.
    head
        Hash of the last one; empty if there is none.
    anchors
        How many heads were found outside the database.
    problems
        What is wrong, in words; nothing if all is as it was said.
    """

    events: int
    head: str
    anchors: int
    problems: list[str]


def anchor(context: Context, event: Event) -> None:
    """Write the head of the chain down outside the database; each line is written whole.

    Raises
    ------
    StoreError
        If the file cannot be written; the move itself is kept.
    """
    line = json.dumps({"number": event.number, "hash": event.hash}) + "\n"
    path = anchors(context)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)
    except OSError as error:
        raise StoreError(
            f"The move was kept, but the head of the chain could not be written to {path}: {error}. Until it can, "
            "nobody can prove that the end of the chain was not cut off."
        ) from error


def anchors(context: Context) -> Path:
    """Give the file that holds the heads of the book in view."""
    folder = context.settings.anchors or context.settings.workspace / "anchors"
    return folder / f"FY{context.year} {context.scenario}.jsonl"


def verify(context: Context, head: str = "") -> Proof:
    """Prove that nothing was edited, reordered, inserted or cut off since it was said, or say where it was.

    Parameters
    ----------
    context
        Which book.
    head
        A hash that was written down elsewhere, such as on a printed agreement; it must be in the chain.
    """
    with plan(context.settings) as database, database.reading() as connection:
        number = find(connection, context)
        name, events = records.name(connection, number), records.events(connection, number)
        posted = books.references(connection, number)
    found = _anchored(context)
    problems = chain.check(name, events, found)
    hashes = {each.hash for each in events}
    if head and head not in hashes:
        problems.append(f"no event has the hash {head}")
    for reference in posted:
        sealed = reference.rpartition(", ")[2]
        if len(sealed) == len(chain.START) and sealed not in hashes:
            problems.append(f"the ledger holds a goal that was settled by an event that is not there: {reference}")
    return Proof(len(events), events[-1].hash if events else "", len(found), problems)


def _anchored(context: Context) -> list[Anchor]:
    path = anchors(context)
    if not path.exists():
        return []
    found = []
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            read = json.loads(line)
            found.append(Anchor(int(read["number"]), str(read["hash"])))
        except (ValueError, KeyError, TypeError) as error:
            raise NegotiationError(f"Line {place} of {path} is not an anchor: {line[:80]!r}.") from error
    return found
