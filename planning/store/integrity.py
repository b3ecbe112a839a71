"""Whether a plan is whole: the database's own checks, the guards of its tables, and the identities of its ledger."""

from collections.abc import Callable

from sqlalchemy import Connection, Table, func, inspect, select, text

from planning.errors import LedgerError
from planning.goals.ledger import CELL, LINE
from planning.negotiation import chain
from planning.store import books, migrations, records, rights, schema


def check(connection: Connection, write: Callable[[str, int], str]) -> list[str]:
    """Go through a plan, and say what is wrong with it; nothing if it is whole.

    Parameters
    ----------
    connection
        The plan's database.
    write
        Writes whole units of a metric (`planning.metrics.writer`).
    """
    return [*_file(connection), *_guards(connection), *_ledger(connection, write), *_chains(connection)]


def _file(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    problems = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    loose = [f"{row[0]} row {row[1]} refers to a {row[2]} that is not there"
             for row in connection.execute(text("PRAGMA foreign_key_check"))]  # fmt: skip
    return problems + loose


def _guards(connection: Connection) -> list[str]:
    """Find tables whose rows could be altered, since the guard on them was taken away."""
    there = set(inspect(connection).get_table_names())
    missing = [table.name for table in schema.APPEND_ONLY if table.name not in there]
    open_ = [each.name for each in schema.APPEND_ONLY if each.name in there and not _guarded(connection, each)]
    return [
        *(f"the table {each} is not there" for each in missing),
        *(f"rows of {each} could be altered: its guard is not there" for each in open_),
        *(
            f"rows of {each} could be read by all: its row-level security is off"
            for each in rights.open_tables(connection)
        ),
    ]


def _guarded(connection: Connection, table: Table) -> bool:
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND tgenabled = 'O' "
            "AND tgname = :name"
        )
        return connection.execute(text(query), {"table": table.name, "name": f"{table.name}_no_change"}).scalar() == 1
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    return connection.execute(text(query), {"table": table.name}).scalar() == len(migrations.GUARDED)


def _ledger(connection: Connection, write: Callable[[str, int], str]) -> list[str]:
    posting, line, entry, owner = schema.posting, schema.line, schema.entry, schema.owner
    posted = entry.join(line, entry.c.line == line.c.line).join(posting, line.c.posting == posting.c.posting)
    sums = (
        select(posting.c.posting, line.c.metric, func.sum(entry.c.amount).label("left"))
        .select_from(posted)
        .where(posting.c.kind.notin_(["grant", "reversal"]))
        .group_by(posting.c.posting, line.c.metric)
        .having(func.sum(entry.c.amount) != 0)
    )
    problems = [
        f"posting {row.posting} does not sum to zero in {row.metric}: {write(row.metric, int(row.left))} is left"
        for row in connection.execute(sums)
    ]
    known = (owner.c.book == posting.c.book) & (owner.c.owner == entry.c.owner)
    strangers = (
        select(posting.c.posting, entry.c.owner)
        .select_from(posted.outerjoin(owner, known))
        .where(owner.c.owner.is_(None))
        .distinct()
    )
    problems += [
        f"posting {row.posting} names {row.owner}, who is not in its book" for row in connection.execute(strangers)
    ]
    for book in connection.execute(select(schema.book.c.book)).scalars().all():
        try:
            tree = books.owners(connection, book)
            tree.roll_up(books.entries(connection, book).groupby("owner")["amount"].sum())
        except (LedgerError, KeyError) as error:
            problems.append(f"the owners of book {book} are no tree: {error}")
        problems += _swept(connection, book)
    return problems


def _swept(connection: Connection, book: int) -> list[str]:
    """Find cells in which something is left of what was reversed as a whole: nobody would read it any more."""
    posting, line, entry = schema.posting, schema.line, schema.entry
    cell = [entry.c[name] for name in CELL if name != "metric"] + [line.c[name] for name in LINE]
    problems = []
    for metric, number in books.swept(connection, book).items():
        mine = (posting.c.book == book) & (posting.c.posting <= number) & (line.c.metric == metric)
        left = select(entry.c.owner).select_from(entry.join(line).join(posting)).where(mine)
        left = left.group_by(*cell).having(func.sum(entry.c.amount) != 0)
        owners = sorted(set(connection.execute(left).scalars()))
        problems += [f"posting {number} left {metric} of {owner} that it was to reverse" for owner in owners]
    return problems


def _chains(connection: Connection) -> list[str]:
    found = []
    for book in connection.execute(select(schema.book.c.book)).scalars().all():
        name = records.name(connection, book)
        found += [f"{name}: {problem}" for problem in chain.check(name, records.events(connection, book))]
    return found
