"""Hold rows to the rows that they refer to: of other tables, of their own table, and of those they share out."""

import duckdb

from planning.history.intake.typing import literal, quoted
from planning.tables import SHARE, TABLES, Table


def kept(table: Table) -> str:
    """Name the view of the rows that meet the contract."""
    return f"kept_{table.name}"


def judged(table: Table) -> str:
    """Name the table of all rows, with ``_reason`` where one is put aside."""
    return f"judged_{table.name}"


def rules(table: Table) -> list[tuple[str, str]]:
    """List when a row refers to nothing, as SQL, and the reason in words; its own table is left to `follow`."""
    found = []
    for column in table.columns:
        if column.refers_to not in ("", table.name):
            known = _known(column.refers_to, (TABLES[column.refers_to].key[0],))
            found.append((_not_among((column.name,), known), f"{column.name} is not among the {column.refers_to}"))
    if table.shares_out:
        key = TABLES[table.shares_out].key
        named = " and ".join(key)
        known = _known(table.shares_out, key)
        found.append((_not_among(key, known), f"{named} are not among the {table.shares_out}"))
        taken = f"({_columns(key)}) in (select {_columns(key)} from beside_{table.name})"
        found.append((taken, f"{named} are shared out by another source already"))
    return found


def follow(engine: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Put rows aside that refer to rows of their own table that are missing or put aside, until none is left."""
    for column in table.columns:
        if column.refers_to == table.name:
            key = quoted(table.key[0])
            known = f"select {key} from {judged(table)} where _reason is null and {key} is not null"
            known += f" union all select {key} from beside_{table.name}"
            orphans = _not_among((column.name,), known)
            while _put_aside(engine, table, orphans, f"{column.name} is not among the {table.name}"):
                pass


def hold_shares(engine: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Put the shares of a row aside, all of them, where they do not make it up: part of it would be nobody's."""
    if table.shares_out:
        key = TABLES[table.shares_out].key
        wrong = (
            f"select {_columns(key)} from {judged(table)} where _reason is null "
            f"group by {_columns(key)} having sum({SHARE}) <> 1"
        )
        reason = f"{SHARE} does not add up to 1 over {' and '.join(key)}"
        _put_aside(engine, table, f"({_columns(key)}) in ({wrong})", reason)


def _put_aside(engine: duckdb.DuckDBPyConnection, table: Table, condition: str, reason: str) -> int:
    changed = f"update {judged(table)} set _reason = {literal(reason)} where _reason is null and {condition}"
    return int(engine.execute(changed).fetchall()[0][0])


def _known(name: str, key: tuple[str, ...]) -> str:
    columns = _columns(key)
    return f"select {columns} from {kept(TABLES[name])} union all select {columns} from beside_{name}"


def _not_among(names: tuple[str, ...], known: str) -> str:
    # Of nothing, even what is empty is "not in": it must be said that empty refers to nothing.
    there = " and ".join(f"{quoted(name)} is not null" for name in names)
    return f"{there} and ({_columns(names)}) not in ({known})"


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)
