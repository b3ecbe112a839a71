"""The history where the company keeps it: in a warehouse or lake, asked by its own engine.

The canonical tables must stand there under their names, with the columns of the data dictionary; a table that is not
there is empty. Nothing is written there.
"""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa

from planning.errors import HistoryError, bulleted
from planning.history.relations import RELATIONS
from planning.history.translation import fingerprint_query, lacking_columns, translated
from planning.tables import TABLES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sqlalchemy import Engine as Pool

DIALECTS = {"trino": "trino", "snowflake": "snowflake", "bigquery": "bigquery", "postgresql": "postgres"}
"""Dialect of queries by kind of database, as its URL begins."""

FORMS = (
    "spark+local:///folder: Spark on this machine, over Parquet files in the layout of a workspace's history",
    "spark://host:7077/database: a Spark cluster, tables of a database",
    "sc://host:15002/database: the same by Spark Connect",
    "trino://, snowflake://, bigquery://, postgresql+psycopg://: as SQLAlchemy writes them",
)

_LOCAL = {"spark.ui.enabled": False, "spark.sql.shuffle.partitions": 2, "spark.sql.codegen.wholeStage": False}
"""Settings of Spark on one machine: what is asked gives small aggregates, and compiling would take the longest."""


class Warehouse:
    """An engine elsewhere that answers the package's queries.

    Parameters
    ----------
    there
        Answers queries in its own dialect, and says which tables it has.
    """

    def __init__(self, there: "Spark | Database") -> None:
        self._there = there
        try:
            found = there.tables(tuple(TABLES))
        except there.refusals as error:
            raise HistoryError(f"{there.name} does not answer: {_first_line(error)}") from error
        if "orders" not in found and "opportunities" not in found:
            raise HistoryError(
                f"{there.name} has neither a table orders nor a table opportunities. Name the tables there as in "
                "data/README.md, or mend history_url."
            )
        self._lacking = lacking_columns(found)
        needed = [
            f"{name} lacks {column.name}"
            for name in found
            for column in TABLES[name].columns
            if column.required and column.name in self._lacking.get(name, ())
        ]
        if needed:
            raise HistoryError(bulleted(f"The history in {there.name} cannot be asked:", needed))
        self._unchanged: list[str] = []
        self._unchanged = [
            name
            for name, relation in RELATIONS.items()
            if relation.changed_by
            and not self.rows(f"select 1 as one from {relation.changed_by} limit 1", {}).num_rows
        ]

    def rows(self, sql: str, parameters: Mapping[str, object]) -> pa.Table:
        """Answer a query in the embedded engine's dialect; ``$name`` stands for a parameter."""
        written = translated(sql, self._there.dialect, self._unchanged, self._lacking)
        try:
            return self._there.rows(written, parameters)
        except self._there.refusals as error:
            raise HistoryError(f"{self._there.name} refused a question: {_first_line(error)}") from error

    def _is_empty(self, table: str) -> bool:
        return not self.rows(f"select 1 as one from {table} limit 1", {}).num_rows

    def fingerprint(self) -> str:
        """Make a checksum of how many rows there are and of what their columns come to."""
        told = sorted(self.rows(fingerprint_query(), {}).to_pylist(), key=lambda row: row["name"])
        return hashlib.sha256(repr((self._there.name, told)).encode()).hexdigest()

    def close(self) -> None:
        """Let the connection go."""
        self._there.close()


class Spark:
    """A Spark session.

    Parameters
    ----------
    session
        Where to ask.
    name
        What it is called in messages.
    folder
        Folder of Parquet files to read instead of tables of the session's database.
    """

    dialect = "spark"

    def __init__(self, session: "SparkSession", name: str, folder: Path | None = None) -> None:
        from pyspark.errors import PySparkException

        self._session, self.name, self._folder = session, name, folder
        self.refusals = PySparkException

    def tables(self, names: Collection[str]) -> dict[str, list[str]]:
        """Give the columns of those tables that are there."""
        if self._folder is not None:
            self._read(self._folder, names)
        held = (each for each in names if self._session.catalog.tableExists(each))
        return {name: self._session.table(name).columns for name in held}

    def rows(self, sql: str, parameters: Mapping[str, object]) -> pa.Table:
        """Answer a query in Spark's dialect."""
        used = {name: value for name, value in parameters.items() if f":{name}" in sql}
        return self._session.sql(sql, args=used).toArrow()

    def close(self) -> None:
        """Leave the session, which others may use, as it is."""

    def _read(self, folder: Path, names: Collection[str]) -> None:
        for name in names:
            files = [str(file) for file in sorted(folder.glob(f"*/{name}.parquet"))]
            if files:
                self._session.read.parquet(*files).createOrReplaceTempView(name)
            else:
                self._session.catalog.dropTempView(name)


class Database:
    """A database that SQLAlchemy knows.

    Parameters
    ----------
    pool
        Connections to it.
    """

    def __init__(self, pool: "Pool") -> None:
        from sqlalchemy.exc import SQLAlchemyError

        self._pool, self.refusals = pool, SQLAlchemyError
        self.name = pool.url.render_as_string(hide_password=True)
        self.dialect = DIALECTS[pool.dialect.name]

    def tables(self, names: Collection[str]) -> dict[str, list[str]]:
        """Give the columns of those tables that are there."""
        from sqlalchemy import inspect

        seen = inspect(self._pool)
        return {name: [each["name"] for each in seen.get_columns(name)] for name in names if seen.has_table(name)}

    def rows(self, sql: str, parameters: Mapping[str, object]) -> pa.Table:
        """Answer a query in the database's dialect."""
        from sqlalchemy import text

        with self._pool.connect() as connection:
            found = connection.execute(text(sql), parameters)
            names, rows = list(found.keys()), found.fetchall()
        columns = zip(*rows, strict=True) if rows else ([] for _ in names)
        return pa.table({name: pa.array(values) for name, values in zip(names, columns, strict=True)})

    def close(self) -> None:
        """Let the connections go."""
        self._pool.dispose()


def connected(url: str) -> Warehouse:
    """Connect to where a URL leads.

    Raises
    ------
    HistoryError
        If the URL is none that is known, what it needs is not installed, or nothing answers there.
    """
    kind = urlsplit(url).scheme
    if kind in ("spark+local", "spark", "sc"):
        return Warehouse(_spark(url))
    if kind.partition("+")[0] in DIALECTS:
        return Warehouse(_database(url))
    raise HistoryError(bulleted(f"history_url begins with {kind or url!r}, which is not known. Write one of:", FORMS))


def _spark(url: str) -> Spark:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise HistoryError(_not_installed("Spark", "pip install 'sales-planning-workbook[spark]'")) from error
    seen = urlsplit(url)
    builder: Any = SparkSession.builder.appName("Sales planning workbook")
    if seen.scheme == "spark+local":
        folder = Path(seen.path)
        for name, value in _LOCAL.items():
            builder = builder.config(name, value)
        return Spark(builder.master("local[*]").getOrCreate(), url, folder)
    address = f"{seen.scheme}://{seen.netloc}"
    session = (builder.remote(address) if seen.scheme == "sc" else builder.master(address)).getOrCreate()
    if database := seen.path.strip("/"):
        session.catalog.setCurrentDatabase(database)
    return Spark(session, url)


def _database(url: str) -> Database:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError

    kind = urlsplit(url).scheme
    try:
        return Database(create_engine(url))
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise HistoryError(_not_installed(kind, f"pip install the SQLAlchemy dialect of {kind}")) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _not_installed(what: str, how: str) -> str:
    return f"The history lies in {what}, and what is needed to reach it is not installed: {how}."
