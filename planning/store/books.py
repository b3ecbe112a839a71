"""Books in the store: owners, postings and entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Insert, func, insert, select

from planning.goals.ledger import CELL, COLUMNS, LINE, Transaction, check
from planning.goals.owners import COLUMNS as OWNER_COLUMNS
from planning.goals.owners import Owners
from planning.store import rights, schema
from planning.store.clock import now

_AT_ONCE = 5_000
"""Entries that are read at once: a company of ten thousand reps has millions, and while they are read each of their
values is an object of its own."""

_A_STATEMENT = 1_000
"""Entries that are added by one statement: PostgreSQL takes 65,535 values in one."""


@dataclass(frozen=True)
class Posting:
    """A transaction as it was posted.

    Parameters
    ----------
    number
        How the store knows it.
    transaction
        What was posted.
    at
        When, in UTC.
    """

    number: int
    transaction: Transaction
    at: datetime


def find(connection: Connection, year: int, scenario: str) -> int | None:
    """Give the number of a book, or none if it was not begun."""
    book = schema.book
    query = select(book.c.book).where(book.c.year == year, book.c.scenario == scenario)
    return connection.execute(query).scalar_one_or_none()


def begin(connection: Connection, year: int, scenario: str, owners: Owners) -> int:
    """Begin a book, or bring new owners into one that was begun; owners never leave a book."""
    book = find(connection, year, scenario)
    if book is None:
        book = _new(connection, insert(schema.book).values(year=year, scenario=scenario))
    query = select(schema.owner.c.owner).where(schema.owner.c.book == book)
    known = set(connection.execute(query).scalars())
    rows = owners.frame[~owners.frame["owner"].isin(known)].to_dict("records")
    if rows:
        placed = [{**row, "book": book, "place": len(known) + place} for place, row in enumerate(rows)]
        connection.execute(insert(schema.owner), placed)
    return book


def owners(connection: Connection, book: int) -> Owners:
    """Read the owner tree of a book, parents before their children."""
    columns = [schema.owner.c[name] for name in OWNER_COLUMNS]
    query = select(*columns).where(schema.owner.c.book == book).order_by(schema.owner.c.place)
    frame = pd.DataFrame(connection.execute(query).all(), columns=list(OWNER_COLUMNS), dtype="str")
    depth = frame["kind"].map({"company": 0, "region": 1, "territory": 2, "position": 3})
    return Owners(frame.loc[depth.sort_values(kind="stable").index].reset_index(drop=True))


def reps(connection: Connection, book: int) -> list[str]:
    """Name those who hold a position in a book."""
    table = schema.owner
    query = select(table.c.rep).where(table.c.book == book, table.c.kind == "position").distinct()
    return sorted(connection.execute(query).scalars())


def positions(connection: Connection, book: int, rep: str) -> list[str]:
    """Give the positions of a rep."""
    table = schema.owner
    query = select(table.c.owner).where(table.c.book == book, table.c.rep == rep).order_by(table.c.place)
    return list(connection.execute(query).scalars())


def post(connection: Connection, book: int, transactions: list[Transaction]) -> None:
    """Add transactions to a book, each checked against the book's owners first.

    Raises
    ------
    LedgerError
        If one would break an identity of the ledger; then none is posted.
    """
    tree = owners(connection, book)
    for transaction in transactions:
        check(transaction, tree)
    for transaction in transactions:
        _post(connection, book, transaction)


def entries(connection: Connection, book: int, owners: Sequence[str] | None = None, after: int = 0) -> pd.DataFrame:
    """Read the entries of a book in the order of posting, in the ledger's shape.

    Parameters
    ----------
    connection, book
        The transaction, and which book.
    owners
        Whose entries; all if not given.
    after
        Number of a posting: only what was posted after it.
    """
    of_book = (schema.posting.c.book == book) & (schema.posting.c.posting > after)
    return _read(connection, of_book, None if owners is None else schema.entry.c.owner.in_(owners))


def last_posting(connection: Connection, book: int) -> int:
    """Give the number of the last posting of a book; 0 if nothing was posted."""
    query = select(func.max(schema.posting.c.posting)).where(schema.posting.c.book == book)
    return int(connection.execute(query).scalar() or 0)


def sums(
    connection: Connection, book: int, metric: str, by: Sequence[str], owners: Sequence[str] | None = None
) -> pd.DataFrame:
    """Add up a metric's entries of a book in the database.

    Parameters
    ----------
    connection, book, metric
        The transaction, which book, and which metric.
    by
        Of ``owner``, ``product``, ``channel``, ``period`` and ``step``.
    owners
        Whose entries; all if not given.

    Returns
    -------
    Columns `by` and ``amount``, in whole minor units.
    """
    posting, line, entry = schema.posting, schema.line, schema.entry
    columns = [line.c.step if name == "step" else entry.c[name] for name in by]
    where = [posting.c.book == book, line.c.metric == metric]
    where += [] if owners is None else [entry.c.owner.in_(owners)]
    query = select(*columns, func.sum(entry.c.amount).label("amount")).select_from(entry.join(line).join(posting))
    rows = connection.execute(query.where(*where).group_by(*columns).order_by(*columns)).all()
    table = pd.DataFrame(rows, columns=[*by, "amount"])
    return table.astype({**dict.fromkeys(by, "str"), "amount": "int64"})


def references(connection: Connection, book: int) -> list[str]:
    """Read what the agreements of a book rest on, in the order of posting."""
    table = schema.posting
    query = select(table.c.reference).where(table.c.book == book, table.c.kind == "agreement")
    return list(connection.execute(query.order_by(table.c.posting)).scalars())


def postings(connection: Connection, book: int) -> list[Posting]:
    """Read all postings of a book, in order, with their entries."""
    query = select(schema.posting).where(schema.posting.c.book == book).order_by(schema.posting.c.posting)
    return [
        Posting(
            row.posting,
            Transaction(row.kind, row.reason, row.actor, _entries_of(connection, row.posting), row.reference),
            row.at,
        )
        for row in connection.execute(query)
    ]


def state(connection: Connection) -> str:
    """Give a text that changes whenever anything of the plan does: all that is planned is only ever added to."""
    last = [func.max(table.primary_key.columns[0]) for table in schema.APPEND_ONLY]
    return " ".join(str(connection.execute(select(each)).scalar() or 0) for each in last)


def _post(connection: Connection, book: int, transaction: Transaction) -> None:
    values = {name: getattr(transaction, name) for name in ("kind", "reason", "actor", "reference")}
    number = _new(connection, insert(schema.posting).values(book=book, at=now(), **values))
    for texts, rows in transaction.entries.groupby(["metric", *LINE], sort=False):
        named = dict(zip(("metric", *LINE), texts, strict=True))
        line = _new(connection, insert(schema.line).values(posting=number, **named))
        _add(connection, line, rows)


def _add(connection: Connection, line: int, rows: pd.DataFrame) -> None:
    """Add the entries of a line: a company of a thousand reps has millions, so each must cost next to nothing."""
    columns = ["line", "owner", "product", "channel", "period", "amount"]
    values = zip(repeat(line), *(rows[name].to_numpy(dtype=object).tolist() for name in columns[1:]))
    if rights.limited(connection):
        # COPY goes past no policy on rows; a policy is asked once a statement.
        named = [dict(zip(columns, each, strict=True)) for each in values]
        for start in range(0, len(named), _A_STATEMENT):
            connection.execute(insert(schema.entry).values(named[start : start + _A_STATEMENT]))
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, columns, values)
        return
    statement = insert(schema.entry).compile(dialect=connection.dialect, column_keys=columns)
    if statement.positional:
        connection.exec_driver_sql(str(statement), list(values))
    else:
        connection.execute(insert(schema.entry), [dict(zip(columns, each, strict=True)) for each in values])


def _copy(connection: Connection, columns: list[str], values: Iterable[tuple[Any, ...]]) -> None:
    """Add entries by COPY, which a row costs a fraction of what an INSERT does."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY entry ({', '.join(columns)}) FROM STDIN") as copy:
        for each in values:
            copy.write_row(each)


def _new(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    return int(key[0]) if key else 0


def _entries_of(connection: Connection, posting: int) -> pd.DataFrame:
    return _read(connection, schema.line.c.posting == posting)


def _read(
    connection: Connection, which: ColumnElement[bool], whose: ColumnElement[bool] | None = None
) -> pd.DataFrame:
    """Read entries in the order of posting, in pieces, and the texts of their lines only once a line."""
    posted = schema.line.join(schema.posting)
    query = select(*(schema.line.c[name] for name in ("line", "metric", *LINE))).select_from(posted).where(which)
    lines = pd.DataFrame(connection.execute(query).all(), columns=["line", "metric", *LINE])
    columns = ("line", "owner", "product", "channel", "period", "amount")
    query = select(*(schema.entry.c[name] for name in columns)).select_from(schema.entry.join(posted)).where(which)
    query = query if whose is None else query.where(whose)
    read = connection.execute(query.order_by(schema.entry.c.entry)).partitions(_AT_ONCE)
    pieces = [pd.DataFrame(dict(zip(columns, zip(*piece, strict=True), strict=True))) for piece in read]
    found = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(columns))
    places = pd.Index(lines["line"]).get_indexer(found["line"])
    texts = {name: lines[name].astype("str").array.take(places) for name in ("metric", *LINE)}
    types = {**dict.fromkeys((*CELL, *LINE), "str"), "amount": "int64"}
    return found.assign(**texts)[list(COLUMNS)].astype(types)
