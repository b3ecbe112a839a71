"""The one query layer over the history: canonical tables as Parquet, read where they lie.

Queries are plain SQL and give back small aggregates; orders themselves never leave the engine.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from planning.errors import HistoryError, PlanningError, unknown_name
from planning.settings import Settings
from planning.tables import TABLES, Table

_TYPES = {"text": "VARCHAR", "whole": "BIGINT", "money": "BIGINT", "decimal": "DECIMAL(18, 6)", "date": "DATE"}

_FROM_FACT = ("rep", "territory", "product", "product_line", "channel", "customer", "stage")
_FROM_TABLE = {
    "manager": ("people", "rep"),
    "region": ("territories", "territory"),
    "product_line": ("products", "product"),
    "segment": ("customers", "customer"),
    "tier": ("customers", "customer"),
}
"""Where a dimension stands that a table does not carry itself: the table, and the column that leads there."""

DIMENSIONS = tuple(dict.fromkeys((*_FROM_FACT, *_FROM_TABLE)))


class History:
    """The history of one workspace, open for questions.

    Parameters
    ----------
    folder
        Folder with one folder a source, each with Parquet files named as the canonical tables. The rows
        of all sources are taken together; a table that no source brings is empty.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = duckdb.connect()
        for table in TABLES.values():
            self._connection.execute(f"create view {table.name} as {self._select(table)}")

    def rows(self, sql: str, **parameters: object) -> pd.DataFrame:
        """Answer a query; whole numbers stay whole, also where some are empty.

        Parameters
        ----------
        sql
            Query over the canonical tables; ``$name`` stands for a parameter.
        parameters
            Values, bound and never written into the text.
        """
        found = self._connection.sql(sql, params=parameters).to_arrow_table()
        return pd.DataFrame({name: _series(found.column(name)) for name in found.column_names})

    def names(self, dimension: str) -> list[str]:
        """Name all values of a dimension.

        Raises
        ------
        PlanningError
            If there is no such dimension.
        """
        check_dimension(dimension)
        if dimension in _FROM_TABLE:
            table, column = _FROM_TABLE[dimension][0], dimension
        else:
            homes = {"rep": "people", "territory": "territories", "product": "products", "customer": "customers"}
            table, column = homes.get(dimension, "orders"), dimension
        found = self.rows(f"select distinct {column} as name from {table} where {column} is not null order by 1")
        return list(found["name"])

    def fingerprint(self) -> str:
        """Make a checksum of everything the history holds."""
        digest = hashlib.sha256()
        for file in self._files("*"):
            digest.update(str(file.relative_to(self._folder)).encode())
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
        return digest.hexdigest()

    def close(self) -> None:
        """Let the engine go."""
        self._connection.close()

    def __enter__(self) -> "History":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _files(self, table: str) -> list[Path]:
        return sorted(self._folder.glob(f"*/{table}.parquet"))

    def _select(self, table: Table) -> str:
        files = self._files(table.name)
        names = ", ".join(f'"{name}"' for name in table.names)
        if files:
            listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
            return f"select {names} from read_parquet([{listed}])"
        typed = ", ".join(f'cast(null as {_TYPES[column.type]}) as "{column.name}"' for column in table.columns)
        return f"select {typed} where false"


def open_history(settings: Settings) -> History:
    """Open the history of a workspace.

    Raises
    ------
    HistoryError
        If a file of it cannot be read.
    """
    try:
        return History(settings.history)
    except duckdb.Error as error:
        raise HistoryError(f"The history in {settings.history} cannot be read: {error}. Import it again.") from error


def check_dimension(name: str) -> None:
    """Refuse a name that is no dimension.

    Raises
    ------
    PlanningError
        With the nearest name.
    """
    if name not in DIMENSIONS:
        raise PlanningError(unknown_name("dimension", name, DIMENSIONS))


def told_by(table: str, dimension: str) -> bool:
    """Say whether the rows of a table tell a dimension, by themselves or by a table they lead to."""
    names = TABLES[table].names
    return dimension in names or (dimension in _FROM_TABLE and _FROM_TABLE[dimension][1] in names)


def summed(
    table: str, sums: Mapping[str, str], by: list[str], where: Mapping[str, str], date: str, condition: str = "true"
) -> str:
    """Write the query that sums expressions over a table by dimensions, joining only what they need.

    Parameters
    ----------
    table
        Canonical table; its columns may be written plainly in the expressions.
    sums
        Name and expression of each sum.
    by
        Dimensions; ``month`` is the month of `date` as ISO text.
    where
        Dimensions that must have a value, given as parameters ``where_<dimension>``.
    date
        Column that says when a row counts.
    condition
        Further condition, over the table's own columns.
    """
    needed = {dimension for dimension in (*by, *where) if dimension not in TABLES[table].names}
    joins = {_FROM_TABLE[dimension] for dimension in needed if dimension in _FROM_TABLE}
    columns = {dimension: _column(table, dimension, date) for dimension in (*by, *where)}
    picked = [f"{columns[dimension]} as {dimension}" for dimension in by]
    added = [f"cast(sum({expression}) as bigint) as {name}" for name, expression in sums.items()]
    conditions = [condition, *(f"{columns[dimension]} = $where_{dimension}" for dimension in where)]
    lines = [
        f"select {', '.join([*picked, *added])}",
        f"from {table} as fact",
        *(f"left join {name} on {name}.{key} = fact.{key}" for name, key in sorted(joins)),
        f"where {' and '.join(conditions)}",
    ]
    if by:
        lines.append(f"group by {', '.join(str(place + 1) for place in range(len(by)))}")
    return "\n".join(lines)


def _column(table: str, dimension: str, date: str) -> str:
    if dimension == "month":
        return f"strftime(fact.{date}, '%Y-%m')"
    if dimension in TABLES[table].names:
        return f"fact.{dimension}"
    return f"{_FROM_TABLE[dimension][0]}.{dimension}"


def _series(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_integer(column.type):
        dtype: Any = "Int64" if column.null_count else "int64"
        return pd.Series(column.to_pylist(), dtype=dtype)
    if pa.types.is_string(column.type):
        return pd.Series(column.to_pylist(), dtype="str")
    return column.to_pandas()
