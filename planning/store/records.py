"""Assumptions and negotiations in the store."""

import json
from decimal import Decimal

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from planning.assumptions.assumption import Assumption
from planning.errors import AssumptionError, NegotiationError
from planning.negotiation.moves import Move, Thread
from planning.store import schema
from planning.store.database import now


def assumptions(connection: Connection, year: int, scenario: str) -> list[Assumption]:
    """Read the assumptions in force for a year and scenario, in the order in which they were first made."""
    table = schema.assumption
    latest = (
        select(table.c.identity, func.max(table.c.version).label("version")).group_by(table.c.identity).subquery()
    )
    query = (
        select(table)
        .join(latest, (table.c.identity == latest.c.identity) & (table.c.version == latest.c.version))
        .where(table.c.year == year, table.c.scenario == scenario, ~table.c.withdrawn)
        .order_by(table.c.identity)
    )
    return [_assumption(row) for row in connection.execute(query)]


def keep_assumption(
    connection: Connection, year: int, scenario: str, assumption: Assumption, actor: str, withdrawn: bool = False
) -> int:
    """Keep a new assumption, or a new version of one; gives its identity.

    Raises
    ------
    AssumptionError
        If somebody has changed it since the version given was read.
    """
    table = schema.assumption
    identity, version = assumption.identity, assumption.version
    if identity == 0:
        identity = (connection.execute(select(func.max(table.c.identity))).scalar() or 0) + 1
    stored = connection.execute(select(func.max(table.c.version)).where(table.c.identity == identity)).scalar() or 0
    if stored != version:
        raise AssumptionError(
            f"Assumption {identity} was changed meanwhile (version {stored}, yours is {version}). "
            "Nothing was overwritten: look at it again before you save."
        )
    connection.execute(
        insert(table).values(
            identity=identity,
            version=version + 1,
            year=year,
            scenario=scenario,
            kind=assumption.kind,
            territory=assumption.territory,
            product_line=assumption.product_line,
            low=str(assumption.low),
            likely=str(assumption.likely),
            high=str(assumption.high),
            numbers=json.dumps({name: str(value) for name, value in sorted(assumption.numbers.items())}),
            owner=assumption.owner,
            evidence=assumption.evidence,
            withdrawn=withdrawn,
            actor=actor,
            at=now(),
        )
    )
    return identity


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


def _assumption(row) -> Assumption:  # type: ignore[no-untyped-def]
    return Assumption(
        kind=row.kind,
        low=Decimal(row.low),
        likely=Decimal(row.likely),
        high=Decimal(row.high),
        owner=row.owner,
        evidence=row.evidence,
        territory=row.territory,
        product_line=row.product_line,
        numbers={name: Decimal(value) for name, value in json.loads(row.numbers).items()},
        identity=row.identity,
        version=row.version,
    )


def _move(row) -> Move:  # type: ignore[no-untyped-def]
    return Move(row.sequence, row.kind, row.role, row.person, row.version, json.loads(row.lines), row.note, row.at)
