"""The connection to the plan's database, and how writing and reading are done."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import uniform
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy import Connection as Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from planning.errors import StoreError
from planning.store import migrations, rights
from planning.store.rights import Asking

_WRITES = "planning_writes"
_ONE_WRITER = 7_402_118
"""Number of the lock that a writer of a PostgreSQL plan holds: any number, the same for all."""

PATIENCE = 30.0
"""Seconds that a writer waits for its turn before it says so."""

_BUSY = 10_000
"""Milliseconds that everything else of SQLite waits."""

_BETWEEN = 0.01
"""Seconds between two looks whether it is one's turn."""

_DRIVER = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class Database:
    """One plan's database, brought to the newest shape when opened: SQLite by file, or PostgreSQL.

    Parameters
    ----------
    url
        SQLAlchemy URL, such as ``sqlite:////path/plan.sqlite`` or ``postgresql://planner@server/plan``.

    Raises
    ------
    StoreError
        If it cannot be opened, or was written by a newer version of the workbook.
    """

    def __init__(self, url: str) -> None:
        target = _target(url)
        if target.get_backend_name() == "sqlite" and target.database:
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(target)
        try:
            self._bring_up_to_date()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def writing(self, asking: Asking | None = None) -> Iterator[Connection]:
        """Open a transaction that writes: all of it is kept, or nothing if anything is raised.

        One writer at a time, on both databases: who reads a thread, decides by the rules and keeps the move does so
        on what the writer before has left, and nobody is turned away for a conflict that the database found.

        Parameters
        ----------
        asking
            Who is logged in: PostgreSQL then refuses by itself what is not theirs. None for the workbook itself.
        """
        with _in_words(self.engine), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})"))
                if asking is not None:
                    rights.take_on(connection, asking)
                yield connection

    @contextmanager
    def reading(self, asking: Asking | None = None) -> Iterator[Connection]:
        """Open a transaction that sees one state of the plan from its first to its last query.

        Parameters
        ----------
        asking
            Who is logged in: PostgreSQL then gives them nothing but what is theirs. None for the workbook itself,
            whose sums and probabilities rest on everybody's goals.
        """
        with _in_words(self.engine), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                if asking is not None:
                    rights.take_on(connection, asking)
                yield connection

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            behind = migrations.behind(connection)
        if behind:
            with self.writing() as connection:
                migrations.upgrade(connection)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _in_words(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"The plan's database {where} refused: {error.orig}. {_mend(engine, error)}") from error


def _mend(engine: Engine, error: DBAPIError) -> str:
    """Say what became of the work, and what to do about it."""
    if engine.dialect.name == "sqlite":
        return (
            "Nothing of this was kept; check that the file can be written and the disk is not full, then try again."
        )
    if error.connection_invalidated or error.statement is None:
        return "The connection is lost, and nothing of this was kept; try again when the server can be reached."
    return "Nothing of this was kept; mend what it says, then try again."


def _target(url: str) -> URL:
    try:
        target = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"{url!r} is not the address of a database, such as postgresql://planner@server/plan."
        ) from error
    return target.set(drivername=_DRIVER.get(target.drivername, target.drivername))


def _engine(target: URL) -> Engine:
    try:
        # A connection that was lost meanwhile is noticed before it is used, and made again.
        engine = create_engine(target, pool_pre_ping=target.get_backend_name() != "sqlite")
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        name = target.get_backend_name()
        raise StoreError(
            f"Plans are kept in SQLite or PostgreSQL; {name} cannot be used here ({error}). For PostgreSQL: "
            "pip install 'sales-planning-workbook[postgresql]'."
        ) from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):  # type: ignore[no-untyped-def]
        # The driver's own implicit BEGIN is switched off: see _begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        # Patience comes first: the others may have to wait for somebody else already.
        for pragma in (f"busy_timeout={_BUSY}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later loses updates or fails at once under load;
        # a writer therefore takes the write lock before it reads.
        if connection.get_execution_options().get(_WRITES, False):
            _wait_for_turn(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _wait_for_turn(connection: Connection) -> None:
    """Take the write lock, with the same chance as all who wait for it.

    SQLite itself waits longer and longer, so that who has waited longest comes last: among fifty busy writers some
    would never have their turn.
    """
    until = monotonic() + PATIENCE
    # Asked of the driver itself: fifty that look a hundred times a second must cost next to nothing.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while not _begun(driver, last_look=monotonic() > until):
            sleep(uniform(0.5, 1.5) * _BETWEEN)
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY}")


def _begun(driver: Any, last_look: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) or last_look:
            raise OperationalError("BEGIN IMMEDIATE", {}, error) from error
        return False
    return True
