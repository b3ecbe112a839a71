"""Add a delivery to what a workspace holds of a source: rows that are new, rows that are corrected, and no others.

A row with a key that is held already takes the place of the one that was held; the shares of a line come and go
together. Nothing is deleted because a delivery does not bring it. Rows that were put aside are tried again, since
what they refer to may have come. Everything is then checked as if it had come at once.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from planning.history.intake import contracts, landing
from planning.history.intake.contracts import SQL_TYPES
from planning.history.intake.references import kept
from planning.history.intake.report import Changed, FileRead, ImportReport
from planning.history.intake.source import File, Source
from planning.history.intake.typing import literal, quoted
from planning.tables import TABLES, Table

NEW = "_new"
"""Column that says of a row whether the delivery brought it."""


@dataclass(frozen=True)
class Base:
    """What the workspace holds of a source before a delivery.

    Parameters
    ----------
    folder
        Where its tables lie.
    report
        What brought them; none where nothing is held yet.
    """

    folder: Path
    report: ImportReport | None

    def rows(self, table: Table) -> pa.Table:
        """Give the rows of a table that are held."""
        file = self.folder / f"{table.name}.parquet"
        return (
            pq.read_table(file, partitioning=None) if file.is_file() else contracts.arrow_schema(table).empty_table()
        )

    def aside(self) -> pa.Table:
        """Give the rows that were put aside, as the quarantine keeps them; of a file's row, ``table`` is empty."""
        schema = pa.schema([(name, pa.string()) for name in ("table", "file", "reason", "row")])
        schema = schema.insert(2, pa.field("line", pa.int64()))
        file = self.folder / landing.QUARANTINE
        if not file.is_file():
            return schema.empty_table()
        options = pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=True)
        parsing = pa_csv.ParseOptions(newlines_in_values=True)
        return pa_csv.read_csv(file, parse_options=parsing, convert_options=options)


def fingerprint(source: Source, folder: Path) -> str:
    """Make a checksum of a delivery: the same files, read in the same way, are the same delivery."""
    digest = hashlib.sha256(source.fingerprint.encode())
    for file in present(source, folder):
        digest.update(f"{file.file} ".encode())
        digest.update(hashlib.sha256((folder / file.file).read_bytes()).digest())
    return digest.hexdigest()


def present(source: Source, folder: Path) -> list[File]:
    """Name the files of a source that a delivery brings."""
    return [file for file in source.files if (folder / file.file).exists()]


def leave_out(engine: duckdb.DuckDBPyConnection, file: File) -> None:
    """Make the table of a file that the delivery does not bring, without rows."""
    columns = ", ".join(f"{quoted(name)} {SQL_TYPES[type]}" for name, type in file.columns.items())
    engine.execute(f"create table {quoted(file.name)} ({columns}, _line bigint, _file text)")


def query_of(
    engine: duckdb.DuckDBPyConnection, source: Source, table: Table, there: Iterable[File]
) -> tuple[str, list[str]]:
    """Give the query of a table over a delivery, or one without rows if none of its files came.

    Returns
    -------
    The query, and what is wrong: some of its files came, and some that it looks rows up in did not.
    """
    query = source.tables[table.name]
    try:
        read = {name.strip('"').casefold() for name in engine.get_table_names(query)}
    except duckdb.Error:
        return query, []  # running it says what is wrong with it
    came = {file.name for file in there}
    files = [file for file in source.files if file.name.casefold() in read]
    missing = [file.file for file in files if file.name not in came]
    if missing and len(missing) < len(files):
        return query, [f"{table.name} is read from {' and '.join(missing)} too: deliver them together"]
    return (contracts.no_rows(table, table.names) if missing else query), []


def merge(engine: duckdb.DuckDBPyConnection, table: Table, base: Base) -> None:
    """Put the rows that are held beside those ``brought_NAME``, but for those whose key is brought."""
    engine.register(f"held_{table.name}", base.rows(table))
    _again(engine, table, base)
    names = ", ".join(quoted(name) for name in table.names)
    brought = contracts.brought(table)
    key = TABLES[table.shares_out].key if table.shares_out else table.key
    held = f"select {names}, null as _line, null as _file, false as {NEW} from held_{table.name} as held"
    again = f"select {names}, _line, _file, false as {NEW} from again_{table.name} as again"
    engine.execute(
        f"create table merged_{table.name} as select *, true as {NEW} from {brought} union all "
        f"{held} where not exists (select 1 from {brought} as new where {_same(key, 'new', 'held')}) union all "
        f"{again} where not exists (select 1 from {brought} as new where {_same(key, 'new', 'again')}) "
        f"and not exists (select 1 from held_{table.name} as held where {_same(key, 'held', 'again')})"
    )
    engine.execute(f"drop table {brought}")
    engine.execute(f"alter table merged_{table.name} rename to {brought}")


def changed(engine: duckdb.DuckDBPyConnection, table: Table) -> Changed:
    """Count what a delivery did to a table, by the month of its rows where they have one."""
    month = f"strftime(now.{quoted(table.dated)}, '%Y-%m')" if table.dated else "''"
    differs = " or ".join(f"now.{quoted(name)} is distinct from held.{quoted(name)}" for name in table.names)
    counted = engine.sql(
        f"select coalesce({month}, '') as month, "
        f"count(*) filter (where held._known is null) as added, "
        f"count(*) filter (where held._known and ({differs})) as corrected, "
        f"count(*) filter (where now.{NEW} and held._known and not ({differs})) as unchanged "
        f"from {kept(table)} as now left join (select *, true as _known from held_{table.name}) as held "
        f"on {_same(table.key, 'now', 'held')} group by 1 order by 1"
    ).fetchall()
    gone = engine.sql(
        f"select count(*) from held_{table.name} as held where not exists "
        f"(select 1 from {kept(table)} as now where {_same(table.key, 'now', 'held')})"
    ).fetchall()[0][0]
    return Changed(
        table.name,
        {name: added for name, added, _, _ in counted if added},
        {name: corrected for name, _, corrected, _ in counted if corrected},
        sum(unchanged for *_, unchanged in counted),
        gone,
    )


def read_so_far(base: Base, files: Iterable[FileRead]) -> tuple[FileRead, ...]:
    """Add what a delivery's files held to what was read before."""
    found = {file.file: file for file in (base.report.files if base.report else ())}
    for file in files:
        found[file.file] = found[file.file].plus(file) if file.file in found else file
    return tuple(found.values())


def keep_left_out(engine: duckdb.DuckDBPyConnection, base: Base) -> None:
    """Go on keeping the rows that the source left out before."""
    engine.register("aside_before", base.aside())
    engine.execute("""insert into quarantine select '', file, line, reason, "row" from aside_before
                      where coalesce("table", '') = ''""")


def _again(engine: duckdb.DuckDBPyConnection, table: Table, base: Base) -> None:
    """Give the rows that were put aside their columns back, as ``again_NAME``."""
    typed = [
        f"cast(json_extract_string(\"row\", '$.{column.name}') as {SQL_TYPES[column.type]}) as {quoted(column.name)}"
        for column in table.columns
    ]
    engine.execute(
        f"create temp view again_{table.name} as select {', '.join(typed)}, line as _line, file as _file "
        f'from aside_before where "table" = {literal(table.name)}'
    )


def _same(key: tuple[str, ...], one: str, other: str) -> str:
    return " and ".join(f"{one}.{quoted(name)} is not distinct from {other}.{quoted(name)}" for name in key)
