"""The connection to the plan's database, and how writing and reading are done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection as Connection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from planning.errors import StoreError
from planning.store import migrations

_WRITES = "planning_writes"


class Database:
    """One plan's database: SQLite by file, brought to the newest shape when opened.

    Parameters
    ----------
    url
        SQLAlchemy URL, such as ``sqlite:////path/plan.sqlite``.

    Raises
    ------
    StoreError
        If it cannot be opened, or was written by a newer version of the workbook.
    """

    def __init__(self, url: str) -> None:
        target = make_url(url)
        if target.get_backend_name() == "sqlite" and target.database:
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(url)
        with self.writing() as connection:
            migrations.upgrade(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes: all of it is kept, or nothing if anything is raised."""
        with _in_words(self.engine), self.engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the plan from its first to its last query."""
        with _in_words(self.engine), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def now() -> datetime:
    """Time of a write: UTC, without a zone, as every database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def _in_words(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise StoreError(
            f"The plan's database {where} refused: {error.orig}. Nothing of this was kept; "
            "check that the file can be written and the disk is not full, then try again."
        ) from error


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):  # type: ignore[no-untyped-def]
        # The driver's own implicit BEGIN is switched off: see _begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later loses updates or fails at once under load;
        # a writer therefore takes the write lock before it reads.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
