"""The one query layer over the history: canonical tables as Parquet, read where they lie.

Queries are plain SQL and give back small aggregates; orders themselves never leave the engine.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from planning.errors import HistoryError, PlanningError, bulleted, unknown_name
from planning.history.answers import Answers, Engine
from planning.history.embedded import Embedded
from planning.history.intake import landing
from planning.history.relations import RELATIONS, columns_of
from planning.history.sums import DIMENSIONS, LISTED, Sums, labels, told_by
from planning.history.warehouse import connected
from planning.metrics import METRICS, Metric, catalogue, in_tables
from planning.periods import PERIODS, FiscalCalendar
from planning.settings import RUN_VARIABLE, Settings
from planning.tables import TABLES


class History:
    """The history of one company, open for questions.

    Parameters
    ----------
    engine
        What answers them; a folder of Parquet files is read by the embedded engine.
    metrics
        What may be measured, by name: the catalogue, and the company's own.
    """

    def __init__(self, engine: Engine | Path, metrics: Mapping[str, Metric] = METRICS) -> None:
        self._engine = Embedded(engine) if isinstance(engine, Path) else engine
        self.metrics = metrics
        self._usable = set(METRICS)

    def metric(self, name: str) -> Metric:
        """Look up a metric that can be measured.

        Raises
        ------
        PlanningError
            If there is none of the name, with the nearest; or one of the company's own cannot be measured, with
            everything that is wrong with it.
        """
        if name not in self.metrics:
            raise PlanningError(unknown_name("metric", name, self.metrics))
        measured = self.metrics[name]
        if name not in self._usable and not measured.over:
            self._try(measured)
            self._usable.add(name)
        return measured

    def _try(self, measured: Metric) -> None:
        """Refuse a metric of the company's own whose table, date or expression is wrong."""
        tables = {**TABLES, **RELATIONS}
        problems = [] if measured.table in tables else [unknown_name("table", measured.table, tables)]
        columns = columns_of(measured.table) if not problems else ()
        if columns and measured.date not in columns:
            problems.append(unknown_name(f"column of {measured.table}", measured.date, columns))
        if columns and "rep" not in columns:
            problems.append(f"{measured.table} says of nobody who did it, so no goal can be handed out")
        if not problems:
            try:
                self.rows(f"select cast(sum({measured.expression}) as bigint) as one from {measured.table}")
            except Exception as error:  # each engine raises errors of its own
                problems.append(f"its expression is not understood: {str(error).splitlines()[0]}")
        if problems:
            raise PlanningError(bulleted(f"The metric {measured.name} of metrics.toml cannot be measured:", problems))

    def rows(self, sql: str, **parameters: object) -> pd.DataFrame:
        """Answer a query; whole numbers stay whole, also where some are empty.

        Parameters
        ----------
        sql
            Query over the canonical tables; ``$name`` stands for a parameter.
        parameters
            Values, bound and never written into the text.
        """
        found = self._engine.rows(sql, parameters)
        return pd.DataFrame({name: _series(found.column(name)) for name in found.column_names})

    def sums(self, asked: Sums, calendar: FiscalCalendar | None = None) -> pd.DataFrame:
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
            found[period] = labels(found[period], period, fiscal)
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
            f"select distinct {dimension} as name from {table} where {dimension} is not null"
            for table in LISTED[dimension]
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
        problems += [
            f"{table.capitalize().replace('_', ' ')} do not tell {name}."
            for name in asked
            if not told_by(table, name)
        ]
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
        return self._engine.fingerprint()

    def close(self) -> None:
        """Let the engine go."""
        self._engine.close()

    def __enter__(self) -> "History":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def open_history(settings: Settings) -> Iterator[History]:
    """Open the history of a workspace; it stays open for the next to ask, until its files change.

    A page asks some forty times, and opening costs more than most questions.

    Raises
    ------
    HistoryError
        If a file of it cannot be read.
    PlanningError
        If the company's own metrics are not well written.
    """
    measured = in_tables(catalogue(settings))
    now = (stamp(settings), measured)
    if _KEPT.get("stamp") != now:
        # The one before is only let go: whoever still asks it may go on.
        _KEPT.update(history=History(_engine(settings), measured), stamp=now)
    yield _KEPT["history"]


_KEPT: dict[str, Any] = {}
"""The history that was opened last in this process, and the stamp of its files."""


def stamp(settings: Settings) -> tuple[object, ...]:
    """Say where a history lies; of files also which, and when they were written."""
    return (settings.history_url or settings.history, *files(settings))


def files(settings: Settings) -> list[tuple[str, int, int]]:
    """Say which files a history consists of, wherever it lies: name, bytes and when written; none of a warehouse."""
    if settings.history_url:
        return []
    landing.recover(settings)
    told = ((file, file.stat()) for file in sorted(settings.history.glob("*/*.parquet")))
    return [(file.relative_to(settings.history).as_posix(), at.st_size, at.st_mtime_ns) for file, at in told]


def _engine(settings: Settings) -> Engine:
    if settings.history_url:
        return connected(settings.history_url)
    depends = repr((files(settings), RELATIONS, TABLES, duckdb.__version__))
    # Reports ask for their own territory, and nobody will ask for the same again.
    keeps = RUN_VARIABLE not in os.environ
    return Answers(lambda: _embedded(settings), settings.scratch / "answers", depends, keeps)


def _embedded(settings: Settings) -> Engine:
    try:
        return Embedded(settings.history)
    except duckdb.Error as error:
        raise HistoryError(f"The history in {settings.history} cannot be read: {error}. Import it again.") from error


def _series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0):
        # Engines give whole numbers in several sizes, up to 128 bits; those beyond 64 bits are refused here.
        column, kind = column.cast(pa.int64()), pa.int64()
    if pa.types.is_integer(kind) and column.null_count:
        return pd.Series(pd.Int64Dtype().__from_arrow__(column.cast(pa.int64())))
    return column.to_pandas()
