"""Negotiations in the store: events, each chained to the one before it, and what belongs to them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from planning.errors import NegotiationError
from planning.negotiation import chain
from planning.negotiation.chain import Event
from planning.negotiation.moves import Move, Say
from planning.negotiation.rules import Rules
from planning.negotiation.thread import Thread
from planning.store import schema
from planning.store.clock import now


def name(connection: Connection, book: int) -> str:
    """Give the name of a book, as the chain of its events knows it."""
    row = connection.execute(select(schema.book).where(schema.book.c.book == book)).one()
    return f"FY{row.year} {row.scenario}"


def thread(connection: Connection, book: int, rep: str) -> Thread:
    """Read the whole exchange over a rep's goal."""
    event = schema.event
    query = select(event).where(event.c.book == book, event.c.rep == rep).order_by(event.c.sequence)
    return Thread(rep, tuple(_move(row) for row in connection.execute(query)))


def threads(connection: Connection, book: int) -> dict[str, Thread]:
    """Read all exchanges of a book, by rep."""
    moves: dict[str, list[Move]] = {}
    for each in events(connection, book):
        moves.setdefault(each.rep, []).append(each.move)
    return {rep: Thread(rep, tuple(made)) for rep, made in moves.items()}


def events(connection: Connection, book: int) -> list[Event]:
    """Read all events of a book in the order in which they were kept."""
    query = select(schema.event).where(schema.event.c.book == book).order_by(schema.event.c.number)
    return [Event(row.number, row.rep, _move(row), row.user, row.hash) for row in connection.execute(query)]


def keep_move(connection: Connection, book: int, rep: str, move: Move, user: str = "") -> Event:
    """Add a move to a thread, as the next event of its book's chain.

    Raises
    ------
    NegotiationError
        If another move took its place meanwhile.
    """
    try:
        return _chained(connection, book, rep, move if move.at else replace(move, at=now()), user)
    except IntegrityError as error:
        raise NegotiationError(
            f"Somebody else moved first in the negotiation of {rep}. Look at it again; nothing of yours was sent."
        ) from error


def adopt(connection: Connection) -> None:
    """Chain the moves that were kept before there was a chain, in the order in which they were made."""
    for row in connection.execute(text("SELECT * FROM move ORDER BY move")).all():
        at = datetime.fromisoformat(row.at) if isinstance(row.at, str) else row.at
        made = Move(row.sequence, row.kind, row.role, row.person, row.version, json.loads(row.lines), row.note, at)
        _chained(connection, row.book, row.rep, made, "")


def rules(connection: Connection, book: int) -> Rules:
    """Read what the planner has set for the negotiations of a book."""
    table = schema.rules
    row = connection.execute(select(table).where(table.c.book == book).order_by(table.c.row.desc())).first()
    if row is None:
        return Rules()
    return Rules(row.opening, date.fromisoformat(row.deadline) if row.deadline else None, row.at_deadline)


def keep_rules(connection: Connection, book: int, wanted: Rules, actor: str) -> None:
    """Set the rules of a book's negotiations."""
    deadline = wanted.deadline.isoformat() if wanted.deadline else ""
    values = {"opening": wanted.opening, "deadline": deadline, "at_deadline": wanted.at_deadline}
    connection.execute(insert(schema.rules).values(book=book, actor=actor, at=now(), **values))


def notes(connection: Connection, book: int, rep: str, side: str) -> list[tuple[str, str, datetime]]:
    """Read what one side has noted for itself: person, note and time (UTC), the oldest first."""
    table = schema.private_note
    query = select(table.c.person, table.c.note, table.c.at).where(
        table.c.book == book, table.c.rep == rep, table.c.side == side
    )
    return [(row.person, row.note, row.at) for row in connection.execute(query.order_by(table.c.row))]


def keep_note(connection: Connection, book: int, rep: str, side: str, person: str, note: str) -> None:
    """Keep a note that only one side sees."""
    values = {"book": book, "rep": rep, "side": side, "person": person, "note": note}
    connection.execute(insert(schema.private_note).values(at=now(), **values))


def draft(connection: Connection, book: int, rep: str, person: str) -> tuple[Say, int, datetime] | None:
    """Read what a person is writing: what, how many moves were seen then, and when it was kept (UTC)."""
    row = connection.execute(select(schema.draft).where(*_mine(book, rep, person))).first()
    if row is None:
        return None
    body: Mapping[str, Any] = json.loads(row.body)
    return Say(**body), row.seen, row.at


def keep_draft(connection: Connection, book: int, rep: str, person: str, say: Say, seen: int) -> datetime:
    """Keep what a person is writing, in place of what was kept before; give the time (UTC)."""
    body = {"kind": say.kind, "note": say.note, "lines": dict(say.lines), "detail": dict(say.detail)}
    drop_draft(connection, book, rep, person)
    at = now()
    connection.execute(
        insert(schema.draft).values(
            book=book, rep=rep, person=person, seen=seen, body=json.dumps(body, sort_keys=True), at=at
        )
    )
    return at


def drop_draft(connection: Connection, book: int, rep: str, person: str) -> None:
    """Forget what a person was writing."""
    connection.execute(delete(schema.draft).where(*_mine(book, rep, person)))


def _mine(book: int, rep: str, person: str) -> tuple[Any, ...]:
    table = schema.draft
    return table.c.book == book, table.c.rep == rep, table.c.person == person


def _chained(connection: Connection, book: int, rep: str, move: Move, user: str) -> Event:
    table = schema.event
    heads = schema.chain_head
    last = connection.execute(select(heads.c.number, heads.c.hash).where(heads.c.book == book)).first()
    number, before = (last.number + 1, last.hash) if last else (1, chain.START)
    sealed = chain.seal(name(connection, book), before, number, rep, move, user)
    texts = {each: getattr(move, each) for each in ("sequence", "kind", "role", "person", "version", "note", "at")}
    packed = {each: json.dumps(dict(getattr(move, each)), sort_keys=True) for each in ("lines", "detail")}
    connection.execute(
        insert(table).values(book=book, number=number, rep=rep, user=user, hash=sealed, **texts, **packed)
    )
    return Event(number, rep, move, user, sealed)


def _move(row: Row[Any]) -> Move:
    lines, detail = json.loads(row.lines), json.loads(row.detail)
    return Move(row.sequence, row.kind, row.role, row.person, row.version, lines, row.note, row.at, detail)
