"""Negotiations in the store."""

import json

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from planning.errors import NegotiationError
from planning.negotiation.moves import Move, Thread
from planning.store import schema
from planning.store.database import now


def thread(connection: Connection, book: int, rep: str) -> Thread:
    """Read the whole exchange over a rep's goal."""
    query = (
        select(schema.move)
        .where(schema.move.c.book == book, schema.move.c.rep == rep)
        .order_by(schema.move.c.sequence)
    )
    return Thread(rep, tuple(_move(row) for row in connection.execute(query)))


def threads(connection: Connection, book: int) -> dict[str, Thread]:
    """Read all exchanges of a book, by rep."""
    query = select(schema.move).where(schema.move.c.book == book).order_by(schema.move.c.rep, schema.move.c.sequence)
    moves: dict[str, list[Move]] = {}
    for row in connection.execute(query):
        moves.setdefault(row.rep, []).append(_move(row))
    return {rep: Thread(rep, tuple(made)) for rep, made in moves.items()}


def keep_move(connection: Connection, book: int, rep: str, move: Move) -> None:
    """Add a move to a thread.

    Raises
    ------
    NegotiationError
        If another move took its place meanwhile.
    """
    values = {name: getattr(move, name) for name in ("sequence", "kind", "role", "person", "version", "note")}
    try:
        connection.execute(
            insert(schema.move).values(
                book=book, rep=rep, lines=json.dumps(dict(move.lines), sort_keys=True), at=now(), **values
            )
        )
    except IntegrityError as error:
        raise NegotiationError(
            f"Somebody else moved first in the negotiation of {rep}. Look at it again; nothing of yours was sent."
        ) from error


def _move(row) -> Move:  # type: ignore[no-untyped-def]
    return Move(row.sequence, row.kind, row.role, row.person, row.version, json.loads(row.lines), row.note, row.at)
