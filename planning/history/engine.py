"""The one query layer over the history: canonical tables as Parquet, read where they lie.

Queries are plain SQL and give back small aggregates; orders themselves never leave the engine.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd
import pyarrow as pa

from planning.errors import HistoryError, PlanningError, bulleted, unknown_name
from planning.history import landing
from planning.periods import PERIODS, FiscalCalendar, first_day, last_day
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

ALL_IF_EMPTY = ("territory", "region", "product_line", "channel")
"""Dimensions where a goal that names none is a goal for all of them."""

_LISTED = {
    "rep": ("people",),
    "territory": ("territories",),
    "product": ("products",),
    "customer": ("customers",),
    "channel": ("orders", "opportunities", "goals"),
    "stage": ("opportunities",),
    **{dimension: (table,) for dimension, (table, _) in _FROM_TABLE.items()},
}
"""Tables that name all values of a dimension."""

_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}


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

    def sums(self, asked: "Sums", calendar: FiscalCalendar | None = None) -> pd.DataFrame:
        """Add up in the engine; only the groups come back.

        Parameters
        ----------
        asked
            What to add up, over which rows, split by what.
        calendar
            Says which quarter, half and year a month lies in; needed where those are split by.

        Returns
        -------
        The columns of ``asked.by`` (periods as the calendar labels them), then a nullable whole number a sum.
        """
        fiscal = calendar or FiscalCalendar()
        found = self.rows(asked.query(fiscal.start_month), **asked.values())
        for period in set(asked.by) & set(PERIODS):
            found[period] = _labels(found[period], period, fiscal)
        return found.astype(dict.fromkeys(asked.of, "Int64"))

    def names(self, dimension: str) -> list[str]:
        """Name all values of a dimension.

        Raises
        ------
        PlanningError
            If there is no such dimension.
        """
        if dimension not in DIMENSIONS:
            raise PlanningError(unknown_name("dimension", dimension, DIMENSIONS))
        listed = " union ".join(
            f"select {dimension} as name from {table} where {dimension} is not null" for table in _LISTED[dimension]
        )
        return list(self.rows(f"{listed} order by name")["name"])

    def check(self, table: str, by: Sequence[str], where: Mapping[str, str], periods: Sequence[str] = ()) -> None:
        """Refuse what a table cannot be asked: names not known, not told or named twice, and values nobody has.

        Parameters
        ----------
        table
            Canonical table that is asked.
        by, where
            As for `Sums`.
        periods
            Kinds of period that it may be split by.

        Raises
        ------
        PlanningError
            With everything that is wrong, and the nearest known names.
        """
        known = (*DIMENSIONS, *periods)
        problems = [unknown_name("dimension", name, known) for name in dict.fromkeys(by) if name not in known]
        problems += [unknown_name("dimension", name, DIMENSIONS) for name in where if name not in DIMENSIONS]
        asked = [name for name in dict.fromkeys((*by, *where)) if name in DIMENSIONS]
        problems += [f"{table.capitalize()} do not tell {name}." for name in asked if not told_by(table, name)]
        problems += [f"{name} is named twice." for name in dict.fromkeys(by) if by.count(name) > 1]
        if len(set(by) & set(periods)) > 1:
            problems.append(f"Periods cannot be crossed with each other: choose one of {', '.join(periods)}.")
        for dimension, value in where.items():
            held = self.names(dimension) if dimension in DIMENSIONS else [value]
            if value not in held:
                problems.append(unknown_name(dimension.replace("_", " "), value, held))
        if problems:
            raise PlanningError(problems[0] if len(problems) == 1 else bulleted("This cannot be asked:", problems))

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
            listed = ", ".join("'" + _verbatim(file).replace("'", "''") + "'" for file in files)
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
    landing.recover(settings)
    try:
        return History(settings.history)
    except duckdb.Error as error:
        raise HistoryError(f"The history in {settings.history} cannot be read: {error}. Import it again.") from error


def told_by(table: str, dimension: str) -> bool:
    """Say whether the rows of a table tell a dimension, by themselves or by a table they lead to."""
    names = TABLES[table].names
    return dimension in names or (dimension in _FROM_TABLE and _FROM_TABLE[dimension][1] in names)


@dataclass(frozen=True)
class Sums:
    """Sums over a table by dimensions and periods, as plain SQL that joins only what it needs.

    Parameters
    ----------
    table
        Canonical table; its columns may be written plainly in the expressions.
    of
        Name and SQL expression of each sum.
    by
        Dimensions, and at most one of `planning.periods.PERIODS`.
    date
        Column that says when a row counts.
    first, last
        ISO months, both included; empty means without a bound.
    where
        Dimensions that must have a value.
    condition
        Further condition, over the table's own columns.
    parameters
        Values of parameters that the expressions or the condition name.
    """

    table: str
    of: Mapping[str, str]
    by: Sequence[str]
    date: str
    first: str = ""
    last: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)

    def query(self, start_month: int = 1) -> str:
        """Write the query, for the first month of the fiscal year; its parameters stay parameters."""
        picked = [f"{self._column(name, start_month)} as {name}" for name in self.by]
        added = [f"cast(sum({expression}) as bigint) as {name}" for name, expression in self.of.items()]
        lines = [f"select {', '.join([*picked, *added])}", f"from {self.table} as fact", *self._joins()]
        conditions = self._conditions()
        lines += [f"where {' and '.join(conditions)}"] if conditions else []
        lines += [f"group by {', '.join(str(place + 1) for place in range(len(self.by)))}"] if self.by else []
        return "\n".join(lines)

    def values(self) -> dict[str, object]:
        """Give the values of the query's parameters."""
        bounds = {"first": first_day(self.first)} if self.first else {}
        bounds |= {"last": last_day(self.last)} if self.last else {}
        return {**bounds, **{f"where_{name}": value for name, value in self.where.items()}, **self.parameters}

    def _joins(self) -> list[str]:
        foreign = {name for name in (*self.by, *self.where) if name not in TABLES[self.table].names}
        ways = sorted({_FROM_TABLE[name] for name in foreign if name in _FROM_TABLE})
        return [f"left join {name} on {name}.{key} = fact.{key}" for name, key in ways]

    def _conditions(self) -> list[str]:
        bounds = [f"fact.{self.date} >= $first"] if self.first else []
        bounds += [f"fact.{self.date} <= $last"] if self.last else []
        equal = [f"{self._column(name)} = $where_{name}" for name in self.where]
        return [*bounds, *equal, *([self.condition] if self.condition else [])]

    def _column(self, name: str, start_month: int = 1) -> str:
        if name in _MONTHS_IN:
            return _period_number(f"fact.{self.date}", name, start_month)
        if name in TABLES[self.table].names:
            return f"fact.{name}"
        return f"{_FROM_TABLE[name][0]}.{name}"


def _verbatim(file: Path) -> str:
    """Write a path so that the engine takes none of its characters for a pattern of many files."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def _period_number(date: str, period: str, start_month: int) -> str:
    """Write the number of the period that a day lies in; numbers group twice as fast as month names."""
    months = f"extract(year from {date}) * 12 + extract(month from {date}) - {start_month}"
    size = _MONTHS_IN[period]
    return months if size == 1 else f"cast(floor(({months}) / {size}.0) as bigint)"


def _labels(numbers: pd.Series, period: str, calendar: FiscalCalendar) -> pd.Series:
    """Name periods by the calendar, from numbers as `_period_number` counts them."""
    label = {}
    for number in numbers.dropna().unique():
        months = int(number) * _MONTHS_IN[period] + calendar.start_month - 1
        label[number] = calendar.label(f"{months // 12:04d}-{months % 12 + 1:02d}", period)
    return numbers.map(label).astype("str")


def _series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale == 0:
        # Sums of whole numbers leave the engine as 128-bit decimals; those beyond 64 bits are refused here.
        column, kind = column.cast(pa.int64()), pa.int64()
    if pa.types.is_integer(kind) and column.null_count:
        return pd.Series(pd.Int64Dtype().__from_arrow__(column.cast(pa.int64())))
    return column.to_pandas()
