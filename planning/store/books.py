"""Books in the store: owners, postings and entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Select,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)

from planning.goals.ledger import CELL, COLUMNS, LINE, Transaction, check
from planning.goals.owners import COLUMNS as OWNER_COLUMNS
from planning.goals.owners import Owners
from planning.store import adding, schema
from planning.store.clock import now

_AT_ONCE = 5_000
"""Entries that are read at once: a company of ten thousand reps has millions, and while they are read each of their
values is an object of its own."""

_SWEPT = "all of {}"
"""Reference of a posting that reversed all that stood of a metric."""


def find(connection: Connection, year: int, scenario: str) -> int | None:
    """Give the number of a book, or none if it was not begun."""
    book = schema.book
    query = select(book.c.book).where(book.c.year == year, book.c.scenario == scenario)
    return connection.execute(query).scalar_one_or_none()


def years(connection: Connection) -> list[int]:
    """Name the fiscal years that have a book, in order."""
    table = schema.book
    return list(connection.execute(select(table.c.year).distinct().order_by(table.c.year)).scalars())


def owners_of(connection: Connection, book: int) -> int:
    """Count the owners of a book."""
    query = select(func.count()).select_from(schema.owner).where(schema.owner.c.book == book)
    return int(connection.execute(query).scalar_one())


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


def reverse(connection: Connection, book: int, metric: str, reason: str, actor: str) -> None:
    """Undo all that stands of a metric by its opposite, within the database: a large company's are millions.

    What stood is left out by `entries` from then on, as is this posting: the two add up to nothing in every cell and
    step.
    """
    posting, line, entry = schema.posting, schema.line, schema.entry
    texts = [line.c[name] for name in ("metric", *LINE)]
    mine = (posting.c.book == book) & (line.c.metric == metric) & _stands(connection, book)
    found = connection.execute(select(line.c.line, *texts).select_from(line.join(posting)).where(mine)).all()
    if not found:
        return
    number = _posting(connection, book, Transaction("reversal", reason, actor, pd.DataFrame(), _SWEPT.format(metric)))
    numbers: dict[tuple[str, ...], list[int]] = {}
    for each, *said in found:
        numbers.setdefault(tuple(said), []).append(each)
    cell = [entry.c[name] for name in CELL if name != "metric"]
    total = func.sum(entry.c.amount)
    for told, those in numbers.items():
        opposite = _line(connection, number, told)
        query = select(literal(opposite), *cell, -cast(total, BigInteger)).where(entry.c.line.in_(those))
        names = ["line", *(each.name for each in cell), "amount"]
        connection.execute(insert(entry).from_select(names, query.group_by(*cell).having(total != 0)))


def entries(connection: Connection, book: int, owners: Sequence[str] | None = None, after: int = 0) -> pd.DataFrame:
    """Read the entries of a book that stand, in the order of posting, in the ledger's shape.

    What was reversed as a whole is left out together with its reversal (`reverse`).

    Parameters
    ----------
    connection, book
        The transaction, and which book.
    owners
        Whose entries; all if not given.
    after
        Number of a posting: only what was posted after it.
    """
    standing = (schema.posting.c.book == book) & (schema.posting.c.posting > after) & _stands(connection, book)
    return _read(connection, standing, None if owners is None else schema.entry.c.owner.in_(owners))


def last_posting(connection: Connection, book: int) -> int:
    """Give the number of the last posting of a book; 0 if nothing was posted."""
    query = select(func.max(schema.posting.c.posting)).where(schema.posting.c.book == book)
    return int(connection.execute(query).scalar() or 0)


def posted_at(connection: Connection, posting: int) -> datetime | None:
    """Say when a posting was made; nothing if there is none of the number."""
    query = select(schema.posting.c.at).where(schema.posting.c.posting == posting)
    return connection.execute(query).scalar_one_or_none()


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
    where = [posting.c.book == book, line.c.metric == metric, _stands(connection, book)]
    where += [] if owners is None else [entry.c.owner.in_(owners)]
    query = select(*columns, func.sum(entry.c.amount).label("amount")).select_from(entry.join(line).join(posting))
    rows = connection.execute(query.where(*where).group_by(*columns).order_by(*columns)).all()
    table = pd.DataFrame(rows, columns=[*by, "amount"])
    return table.astype({**dict.fromkeys(by, "str"), "amount": "int64"})


def metrics(connection: Connection, book: int) -> list[str]:
    """Name the metrics that a book holds goals of."""
    posting, line = schema.posting, schema.line
    query = select(line.c.metric).select_from(line.join(posting)).where(posting.c.book == book).distinct()
    return sorted(connection.execute(query).scalars())


def references(connection: Connection, book: int) -> list[str]:
    """Read what the agreements of a book rest on, in the order of posting."""
    table = schema.posting
    query = select(table.c.reference).where(table.c.book == book, table.c.kind == "agreement")
    return list(connection.execute(query.order_by(table.c.posting)).scalars())


def posted(connection: Connection, posting: int) -> pd.DataFrame:
    """Read the entries of one posting, in the ledger's shape."""
    return _read(connection, schema.line.c.posting == posting)


def state(connection: Connection, documents: bool = True) -> str:
    """Give a text that changes whenever anything of the plan does: all that is planned is only ever added to.

    Another plan in the place of one, as long as it, is told from it by when it was last posted to.

    Parameters
    ----------
    connection
        The plan.
    documents
        Whether what is written during the year counts.
    """
    counted = [table for table in schema.APPEND_ONLY if documents or table is not schema.document]
    last = [*(func.max(table.primary_key.columns[0]) for table in counted), func.max(schema.posting.c.at)]
    return " ".join(str(connection.execute(select(each)).scalar() or 0) for each in last)


def _post(connection: Connection, book: int, transaction: Transaction) -> None:
    number = _posting(connection, book, transaction)
    for texts, rows in transaction.entries.groupby(["metric", *LINE], sort=False):
        adding.add(connection, _line(connection, number, texts), rows)


def _posting(connection: Connection, book: int, transaction: Transaction) -> int:
    values = {name: getattr(transaction, name) for name in ("kind", "reason", "actor", "reference")}
    return _new(connection, insert(schema.posting).values(book=book, at=now(), **values))


def _line(connection: Connection, posting: int, texts: Sequence[str]) -> int:
    named = dict(zip(("metric", *LINE), texts, strict=True))
    return _new(connection, insert(schema.line).values(posting=posting, **named))


def swept(connection: Connection, book: int) -> dict[str, int]:
    """Give by metric the last posting that reversed all that stood of it (`reverse`)."""
    posting = schema.posting
    mine = (posting.c.book == book) & (posting.c.kind == "reversal") & posting.c.reference.like(_SWEPT.format("%"))
    query = select(posting.c.reference, func.max(posting.c.posting)).where(mine).group_by(posting.c.reference)
    return {each.removeprefix(_SWEPT.format("")): number for each, number in connection.execute(query).all()}


def _stands(connection: Connection, book: int) -> ColumnElement[bool]:
    """Give the condition on postings and lines that leaves out what was reversed as a whole."""
    found: ColumnElement[bool] = true()
    for metric, number in swept(connection, book).items():
        found = found & or_(schema.line.c.metric != metric, schema.posting.c.posting > number)
    return found


def _new(connection: Connection, statement: Insert) -> int:
    key = connection.execute(statement).inserted_primary_key
    return int(key[0]) if key else 0


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
    found = _columns(connection, query.order_by(schema.entry.c.entry), columns)
    places = pd.Index(lines["line"]).get_indexer(found.pop("line"))
    texts = {name: lines[name].astype("str").array.take(places) for name in ("metric", *LINE)}
    return pd.DataFrame({**found, **texts})[list(COLUMNS)]


def _columns(connection: Connection, query: Select[Any], names: Sequence[str]) -> dict[str, Any]:
    """Read a query by columns, past all that is done for single rows; each text is made once however often it stands.

    Texts are told apart piece by piece: while a piece is read, each of its values is an object of its own.
    """
    cursor = connection.execute(query).cursor
    known = {name: pd.Index([], dtype=object) for name in names if name in CELL}
    pieces: dict[str, list[NDArray[np.int64]]] = {name: [np.empty(0, dtype="int64")] for name in names}
    while cursor is not None and (rows := cursor.fetchmany(_AT_ONCE)):
        for name, values in zip(names, zip(*rows, strict=True), strict=True):
            if name in known:
                codes, told = pd.factorize(np.array(values, dtype=object))
                fresh = pd.Index(told).difference(known[name], sort=False)
                known[name] = known[name].append(fresh)
                pieces[name].append(known[name].get_indexer(told)[codes])
            else:
                pieces[name].append(np.array(values, dtype="int64"))
    whole = {name: np.concatenate(each) for name, each in pieces.items()}
    return {
        name: pd.array(known[name].to_numpy(), dtype="str").take(each) if name in known else each
        for name, each in whole.items()
    }
