"""Goals of a thousand reps set, and set again, against bare inserts of the same rows into the same database.

What the goals rest on (last year, the forecast) is laid before the clock runs: it is the same whoever writes.
"""

import atexit
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from measures import Comparison

from planning import settings as config
from planning.store import people, schema
from planning.store.database import Database
from planning.store.people import Person
from planning.workbook.context import Context
from planning.workbook.ground import ground
from planning.workbook.place import plan, stand
from planning.workbook.setting import asked

sys.path.insert(0, str(Path(__file__).parents[1]))
import databases

Task = Callable[[], list[int]]

_AIM = 3.0
"""Everything together takes at most three times as long as the bare inserts alone."""
_COLUMNS = ("line", "owner", "product", "channel", "period", "amount")

_AGAINST = "the same rows, bare"
SQLITE = [
    Comparison("goals set", f"{_AGAINST} sqlite3", "setting:first", "setting:bare_first", {"s": _AIM}),
    Comparison("goals set again", f"{_AGAINST} sqlite3", "setting:again", "setting:bare_again", {"s": _AIM}),
]
POSTGRESQL = [
    Comparison("goals set (PostgreSQL)", f"{_AGAINST} psycopg, COPY", "setting:first_on_a_server",
               "setting:bare_on_a_server", {"s": _AIM}),
    Comparison("goals set by a planner logged in", f"{_AGAINST} psycopg, COPY", "setting:first_by_a_planner",
               "setting:bare_on_a_server", {"s": _AIM}),
]  # fmt: skip


def prepare(folder: Path, history: Path) -> Path:
    """Make a workspace of a history."""
    workspace = folder / f"set-{history.name}"
    if not workspace.exists():
        shutil.copytree(history, workspace / "history")
    return workspace


def first(workspace: str) -> Task:
    """Set the goals of a year."""
    return _ours(_placed(workspace), 1)


def again(workspace: str) -> Task:
    """Set them once more: what was set is reversed, and nothing of it erased."""
    context = _placed(workspace)
    _set(context, 1)
    return _ours(context, 2)


def bare_first(workspace: str) -> Task:
    """Insert the rows that setting goals leaves, by the driver alone, as durably."""
    return _bare(workspace, 1)


def bare_again(workspace: str) -> Task:
    """Insert the rows that setting them once more adds."""
    return _bare(workspace, 2)


def first_on_a_server(workspace: str) -> Task:
    """Set the goals of a year on PostgreSQL."""
    return _ours(_served(workspace), 1)


def first_by_a_planner(workspace: str) -> Task:
    """Set them as somebody whom the database lets see and write by its policies alone."""
    context = _served(workspace)
    planner = Person("pat", "Pat", "planner")
    with plan(context.settings) as database, database.writing() as connection:
        people.keep(connection, planner, "secret", "bench")
    return _ours(replace(context, person=planner), 1)


def bare_on_a_server(workspace: str) -> Task:
    """Copy the rows by the driver of PostgreSQL alone."""
    import psycopg

    context, other = _placed(workspace), _served(workspace)
    _set(context, 1)
    lines, rows = _rows(context, 0)
    connection = psycopg.connect(other.settings.database_url)

    def task() -> list[int]:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO line VALUES (%s, %s, %s, %s, %s, %s)", lines)
            with cursor.copy(f"COPY entry ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        connection.commit()
        told = connection.execute("SELECT count(*), sum(amount) FROM entry").fetchone()
        connection.close()
        return [int(each) for each in told or ()]

    with Database(other.settings.database_url) as database, database.writing() as written:
        _head(written, context)
    return task


def _ours(context: Context, time: int) -> Task:
    ground(context)

    def task() -> list[int]:
        _set(context, time)
        return _told(context)

    return task


def _set(context: Context, time: int) -> None:
    asked.set_goals(context, "bench", asked.Asked(growth=Decimal(time) / 20, reason="The company's number"))


def _bare(workspace: str, time: int) -> Task:
    context = _placed(workspace)
    for each in range(1, time):
        _set(context, each)
    before = _told(context)[0]
    file = Path(tempfile.mkdtemp(dir=_PLACE.name)) / "plan.sqlite"
    with (
        closing(sqlite3.connect(context.settings.workspace / "plan.sqlite")) as source,
        closing(sqlite3.connect(file)) as copy,
    ):
        source.backup(copy)
    _set(context, time)
    lines, rows = _rows(context, before)
    with Database(f"sqlite:///{file}") as database, database.writing() as written:
        _head(written, context)
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")

    def task() -> list[int]:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?)", lines)
        connection.executemany(f"INSERT INTO entry ({', '.join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        told: list[int] = list(connection.execute("SELECT count(*), sum(amount) FROM entry").fetchone())
        connection.close()
        return told

    return task


def _rows(context: Context, after: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Give the lines, and the entries after the first so many, as the driver takes them."""
    with plan(context.settings) as database, database.reading() as connection:
        columns = ", ".join(_COLUMNS)
        query = f"SELECT {columns} FROM entry WHERE entry > {after} ORDER BY entry"
        rows = [tuple(row) for row in connection.exec_driver_sql(query)]
        first_line = min(row[0] for row in rows)
        lines = [tuple(row) for row in connection.execute(schema.line.select()) if row.line >= first_line]
    return lines, rows


def _head(connection: Any, context: Context) -> None:
    """Put into a plan what the lines of another rest on."""
    there = {table.name: len(connection.execute(table.select()).all()) for table in (schema.book, schema.owner,
                                                                                     schema.posting)}  # fmt: skip
    with plan(context.settings) as database, database.reading() as read:
        for table in (schema.book, schema.owner, schema.posting):
            rows = [dict(row._mapping) for row in read.execute(table.select())][there[table.name] :]
            if rows:
                connection.execute(table.insert(), rows)


def _told(context: Context) -> list[int]:
    with plan(context.settings) as database, database.reading() as connection:
        told = connection.exec_driver_sql("SELECT count(*), sum(amount) FROM entry").one()
    return [int(each or 0) for each in told]


_PLACE = tempfile.TemporaryDirectory(prefix="bench-")
_KEPT = Path(_PLACE.name) / "kept"
"""What takes long and is the same for all, of all workspaces of this process."""
_SERVERS: list[databases.Server] = []


def _placed(workspace: str) -> Context:
    """Give a workspace of its own, on the same history."""
    folder = Path(tempfile.mkdtemp(dir=_PLACE.name))
    (folder / "history").symlink_to(Path(workspace).resolve() / "history")
    _KEPT.mkdir(exist_ok=True)
    (folder / ".scratch").symlink_to(_KEPT)
    return stand(str(folder))


def _served(workspace: str) -> Context:
    context = _placed(workspace)
    _SERVERS.append(databases.Server(durable=True))
    config.update(context.settings, database=_SERVERS[-1].url())
    return stand(str(context.settings.workspace))


@atexit.register
def _close() -> None:
    while _SERVERS:
        _SERVERS.pop().close()
