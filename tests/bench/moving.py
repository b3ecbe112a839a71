"""Moves of negotiations against bare inserts of the same rows into the same database, a transaction each."""

import atexit
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measures import Comparison

from planning import settings as config
from planning.negotiation.moves import Say
from planning.store import schema
from planning.store.database import Database
from planning.workbook import keeping, start
from planning.workbook.context import Context
from planning.workbook.negotiation import moving, overview, talks
from planning.workbook.place import plan, stand
from planning.workbook.setting import asked

sys.path.insert(0, str(Path(__file__).parents[1]))
import databases

Task = Callable[[], list[int]]

_AIM = 2.0
"""Moves take at most twice as long as the bare inserts: at least half as many a second."""

ROUND = ("propose", "counter", "comment", "propose", "question", "counter")
"""What is said in a thread, over and over."""

SQLITE = [
    Comparison("moves", "the same rows, bare sqlite3, a transaction each", "moving:moves", "moving:bare", {"s": _AIM})
]
POSTGRESQL = [
    Comparison(
        "moves (PostgreSQL)", "the same rows, bare psycopg, a transaction each", "moving:moves_on_a_server",
        "moving:bare_on_a_server", {"s": _AIM},
    )
]  # fmt: skip


def prepare(folder: Path) -> Path:
    """Make the sample company with its goals, once."""
    workspace = folder / "negotiated"
    if not (workspace / "ready").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        start.sample(str(workspace), lambda _: None)
        asked.set_goals(stand(str(workspace)), "bench")
        (workspace / "ready").touch()
    return workspace


def moves(workspace: str, count: str) -> Task:
    """Make moves by the workbook's own function: read, decide by the rules, chain, keep, anchor."""
    context = _copied(workspace)
    said = _said(context, int(count))

    def task() -> list[int]:
        for rep, say, person, seen in said:
            moving.move(context, rep, say, person, seen)
        return [_count(context)]

    return task


def bare(workspace: str, count: str) -> Task:
    """Insert the rows that those moves leave, by the driver alone, as durably."""
    context = _copied(workspace)
    rows = _rows(context, int(count))
    names, marks = _columns(rows, "?")
    file = Path(tempfile.mkdtemp(dir=_PLACE.name)) / "plan.sqlite"
    shutil.copy(_file(_copied(workspace)), file)
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")

    def task() -> list[int]:
        for row in rows:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"INSERT INTO event ({names}) VALUES ({marks})", _plain(row))
            connection.execute("COMMIT")
        kept = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        connection.close()
        return [kept]

    return task


def moves_on_a_server(workspace: str, count: str) -> Task:
    """Make the moves on PostgreSQL."""
    context = _served(workspace)
    said = _said(context, int(count))

    def task() -> list[int]:
        for rep, say, person, seen in said:
            moving.move(context, rep, say, person, seen)
        return [_count(context)]

    return task


def bare_on_a_server(workspace: str, count: str) -> Task:
    """Insert the rows by the driver of PostgreSQL alone."""
    import psycopg

    rows = _rows(_copied(workspace), int(count))
    names, marks = _columns(rows, "%s")
    context = _served(workspace)
    connection = psycopg.connect(context.settings.database_url)

    def task() -> list[int]:
        for row in rows:
            connection.execute(f"INSERT INTO event ({names}) VALUES ({marks})", list(row.values()))
            connection.commit()
        kept = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        connection.close()
        return [kept]

    return task


def _copied(workspace: str) -> Context:
    folder = Path(tempfile.mkdtemp(dir=_PLACE.name)) / "workspace"
    shutil.copytree(workspace, folder)
    return stand(str(folder))


_PLACE = tempfile.TemporaryDirectory(prefix="bench-")
_SERVERS: list[databases.Server] = []


def _served(workspace: str) -> Context:
    """Put the plan into a database of a server of its own, that keeps what it says it has kept."""
    context = _copied(workspace)
    saved = context.settings.workspace / "plan.zip"
    keeping.backup(context.settings, saved)
    _SERVERS.append(databases.Server(durable=True))
    keeping.restore(config.update(context.settings, database=_SERVERS[-1].url()), saved)
    return stand(str(context.settings.workspace))


@atexit.register
def _close() -> None:
    while _SERVERS:
        _SERVERS.pop().close()


def _said(context: Context, count: int) -> list[tuple[str, Say, str, int]]:
    """Give what is said in turn on the goals of all reps, so that each thread grows to be a usual one."""
    reps = list(overview.standing(context)["rep"])
    sat = {rep: talks.talk(context, rep) for rep in reps}
    found = []
    for number in range(count):
        rep, turn = reps[number % len(reps)], number // len(reps)
        kind = ROUND[turn % len(ROUND)]
        person = rep if kind in ("counter", "question") else sat[rep].manager
        lines = (
            {each: amount + number for each, amount in sat[rep].held.items()}
            if kind in ("propose", "counter")
            else {}
        )
        found.append((rep, Say(kind, f"Reason {number}", lines), person, turn))
    return found


def _rows(context: Context, count: int) -> list[dict[str, Any]]:
    for rep, say, person, seen in _said(context, count):
        moving.move(context, rep, say, person, seen)
    with plan(context.settings) as database, database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(schema.event.select())]


def _columns(rows: list[dict[str, Any]], mark: str) -> tuple[str, str]:
    return ", ".join(f'"{name}"' for name in rows[0]), ", ".join([mark] * len(rows[0]))


def _plain(row: dict[str, Any]) -> list[Any]:
    return [str(value) if name == "at" else value for name, value in row.items()]


def _count(context: Context) -> int:
    with plan(context.settings) as database, database.reading() as connection:
        return len(connection.execute(schema.event.select()).all())


def _file(context: Context) -> Path:
    with Database(context.settings.database_url):  # all of it is in the one file when the last one leaves
        pass
    return context.settings.workspace / "plan.sqlite"
