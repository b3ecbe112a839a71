"""Hold what a source brings to the contracts of the canonical tables.

A row that breaks a contract is put aside with the reason; a table that cannot be right as a whole, such as one
with the same key twice, is refused.
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from planning.history.intake import references
from planning.history.intake.reading import SHOWN, listed
from planning.history.intake.references import judged, kept
from planning.history.intake.report import TableRead
from planning.history.intake.staging import reasons, row_as_json, said
from planning.history.intake.typing import literal, quoted
from planning.tables import Column, Table

SQL_TYPES = {"text": "text", "whole": "bigint", "money": "bigint", "decimal": "decimal(18, 6)", "date": "date"}
_EXACT = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "DECIMAL",
}
_GIVES = {"text": {"VARCHAR"}, "whole": _EXACT, "money": _EXACT, "decimal": _EXACT, "date": {"DATE"}}
"""What a query may give for a type; floats are not among them."""

_HELPERS = {"_line", "_file"}


def bring(engine: duckdb.DuckDBPyConnection, table: Table, query: str) -> list[str]:
    """Run the query of a canonical table into ``brought_NAME``; columns that it does not give are empty.

    Parameters
    ----------
    engine
        Holds the typed files.
    table
        The contract.
    query
        Gives columns of the contract, and ``_line`` and ``_file`` where it can say them.

    Returns
    -------
    What is wrong with the query; then no table is made.
    """
    try:
        found = engine.sql(f"select * from ({query}\n)")
        types = dict(zip(found.columns, (str(type) for type in found.types), strict=True))
        problems = _query_problems(table, types) or _rounded(engine, table, query, types)
        if problems:
            return problems
        columns = [f"{_cast(column, types)} as {quoted(column.name)}" for column in table.columns]
        columns += [f"{name if name in types else 'null'} as {name}" for name in ("_line", "_file")]
        engine.execute(f"create table {brought(table)} as select {', '.join(columns)} from ({query}\n)")
    except duckdb.Error as error:
        return [f"{table.name}: the query cannot be run: {said(error)}"]
    return []


def judge(engine: duckdb.DuckDBPyConnection, table: Table) -> TableRead:
    """Give every row of ``brought_NAME`` that breaks the contract its reasons; the others become ``kept_NAME``.

    Parameters
    ----------
    engine
        Holds the rows brought, the kept rows of the tables that this one refers to, and ``beside_NAME`` for what
        other sources bring.
    table
        The contract.

    Returns
    -------
    How many rows were brought, kept, and put aside for which reasons.
    """
    broken = ", ".join(f"case when {sql} then {literal(reason)} end" for sql, reason in _rules(table))
    reason = f"nullif(concat_ws('; ', {broken}), '')"
    engine.execute(f"create table {judged(table)} as select *, {reason} as _reason from {brought(table)}")
    engine.execute(f"drop table {brought(table)}")
    references.follow(engine, table)
    references.hold_shares(engine, table)
    engine.execute(
        f"insert into quarantine select {literal(table.name)}, _file, _line, _reason, {row_as_json(table.names)} "
        f"from {judged(table)} where _reason is not null"
    )
    engine.execute(
        f"create view {kept(table)} as select * exclude (_reason) from {judged(table)} where _reason is null"
    )
    return _counted(engine, table)


def leave_empty(engine: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make ``kept_NAME`` without rows, for a table that the source does not bring."""
    engine.execute(f"create view {kept(table)} as {no_rows(table, table.names)}")


def key_problems(engine: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """Name keys that occur twice among the kept rows, and keys that another source brings already."""
    return [*_twice(engine, table), *_elsewhere(engine, table)]


def beside(engine: duckdb.DuckDBPyConnection, table: Table, keys: pa.Table | None) -> None:
    """Tell the engine which keys other sources bring.

    Parameters
    ----------
    engine
        Where ``beside_NAME`` is made.
    table
        The contract.
    keys
        Its key columns and ``source``; nothing if no other source brings the table.
    """
    if keys is None:
        engine.execute(
            f"create view beside_{table.name} as select *, '' as source from ({no_rows(table, table.key)})"
        )
    else:
        engine.register(f"beside_{table.name}", keys)


def arrow_schema(table: Table) -> pa.Schema:
    """Give the columns of a contract as they are written to Parquet."""
    types = {"text": pa.string(), "whole": pa.int64(), "money": pa.int64(), "date": pa.date32(),
             "decimal": pa.decimal128(18, 6)}  # fmt: skip
    return pa.schema([(column.name, types[column.type]) for column in table.columns])


def kept_rows(engine: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """Give the kept rows by date and key, so that the same rows always make the same file."""
    order = (*(name for name in table.names if name == "date"), *table.key)
    columns = ", ".join(quoted(name) for name in table.names)
    sorted_by = ", ".join(quoted(name) for name in order)
    rows = engine.sql(f"select {columns} from {kept(table)} order by {sorted_by}").to_arrow_table()
    return rows.cast(arrow_schema(table)).replace_schema_metadata(None)


def brought(table: Table) -> str:
    """Name the table of the rows that the source's query gave."""
    return f"brought_{table.name}"


def no_rows(table: Table, names: Sequence[str]) -> str:
    """Write a query that gives the columns of a table and no row."""
    typed = [f"cast(null as {SQL_TYPES[column.type]}) as {quoted(column.name)}" for column in table.columns]
    return f"select {', '.join(quoted(name) for name in names)} from (select {', '.join(typed)}) where false"


def _query_problems(table: Table, types: Mapping[str, str]) -> list[str]:
    problems = [
        f"{table.name}: the query gives a column {name!r}, which the table does not have"
        for name in types
        if name not in table.names and name not in _HELPERS
    ]
    problems += [
        f"{table.name}: the query gives {column.name} as {types[column.name]}; it must be {SQL_TYPES[column.type]}"
        for column in table.columns
        if column.name in types and not _fits(column, types[column.name])
    ]
    return problems


def _fits(column: Column, type: str) -> bool:
    return type.split("(")[0] in _GIVES[column.type] or type == '"NULL"'


def _rounded(engine: duckdb.DuckDBPyConnection, table: Table, query: str, types: Mapping[str, str]) -> list[str]:
    """Refuse decimals that would have to be rounded to fit their column."""
    problems = []
    for column in table.columns:
        if types.get(column.name, "").startswith("DECIMAL"):
            changed = f"cast({quoted(column.name)} as {SQL_TYPES[column.type]}) <> {quoted(column.name)}"
            found = engine.sql(f"select {quoted(column.name)} from ({query}\n) where {changed}").fetchall()
            shown = listed([str(value) for (value,) in found[:SHOWN]], len(found))
            wanted = "six decimals at most" if column.type == "decimal" else "a whole number"
            problems += (
                [f"{table.name}: the query gives {column.name} as {shown}; expected {wanted}"] if found else []
            )
    return problems


def _cast(column: Column, types: Mapping[str, str]) -> str:
    return f"cast({quoted(column.name) if column.name in types else 'null'} as {SQL_TYPES[column.type]})"


def _rules(table: Table) -> list[tuple[str, str]]:
    """List when a row breaks the contract, as SQL, and the reason in words."""
    rules = []
    for column in table.columns:
        name = quoted(column.name)
        if column.required:
            rules.append((f"{name} is null", f"{column.name} is empty"))
        if column.minimum is not None:
            rules.append((f"{name} < {column.minimum}", f"{column.name} is below {column.minimum}"))
        if column.maximum is not None:
            rules.append((f"{name} > {column.maximum}", f"{column.name} is above {column.maximum}"))
        if column.above is not None:
            rules.append((f"{name} <= {column.above}", f"{column.name} is not above {column.above}"))
        if column.one_of:
            allowed = ", ".join(literal(text) for text in column.one_of)
            rules.append((f"{name} not in ({allowed})", f"{column.name} is none of {', '.join(column.one_of)}"))
    return [*rules, *references.rules(table)]


def _counted(engine: duckdb.DuckDBPyConnection, table: Table) -> TableRead:
    total = f"cast(sum({quoted(table.total)}{{}}) as hugeint)" if table.total else "null"
    kept_only = ") filter (where _reason is null"
    rows, kept_count, total_in, total_out = engine.sql(
        f"select count(*), count(*) filter (where _reason is null), {total.format('')}, {total.format(kept_only)} "
        f"from {judged(table)}"
    ).fetchall()[0]
    quarantined = reasons(engine, judged(table))
    return TableRead(table.name, rows, kept_count, quarantined, *_sums(table, total_in, total_out))


def _sums(table: Table, total_in: int | None, total_out: int | None) -> tuple[int | None, int | None]:
    return (total_in or 0, total_out or 0) if table.total else (None, None)


def _twice(engine: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    key = ", ".join(quoted(name) for name in table.key)
    found = engine.sql(
        f"select {key}, count(*), any_value(_file), list(_line order by _line) from {kept(table)} "
        f"group by {key} having count(*) > 1 order by min(_line), {key}"
    )
    doubles = found.fetchall()
    shown = [_double(table, row) for row in doubles[:SHOWN]]
    return [f"{table.name}: {_keys(table)} must be unique, but {listed(shown, len(doubles))}"] if doubles else []


def _double(table: Table, row: tuple) -> str:
    *key, count, file, lines = row
    places = ", ".join(str(line) for line in lines[:SHOWN] if line is not None)
    where = f" ({file or 'line'} {places})" if places else ""
    return f"{_named(table, key)} occurs {count} times{where}"


def _elsewhere(engine: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    same = " and ".join(f"mine.{quoted(name)} is not distinct from theirs.{quoted(name)}" for name in table.key)
    key = ", ".join(f"mine.{quoted(name)}" for name in table.key)
    taken = engine.sql(
        f"select {key}, source from {kept(table)} as mine join beside_{table.name} as theirs on {same} order by all"
    ).fetchall()
    shown = [_named(table, list(row[:-1])) for row in taken[:SHOWN]]
    others = " and ".join(sorted({row[-1] for row in taken}))
    if not taken:
        return []
    return [f"{table.name}: {others} already brings {listed(shown, len(taken))}; one workspace cannot hold both"]


def _keys(table: Table) -> str:
    return " and ".join(table.key) if len(table.key) < 3 else f"{', '.join(table.key[:-1])} and {table.key[-1]}"


def _named(table: Table, key: list) -> str:
    said = [f"{name} {str(value)!r}" for name, value in zip(table.key, key, strict=True) if value is not None]
    return " ".join(said)
