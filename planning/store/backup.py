"""The whole plan as one file that either database takes back: a line a row, with what proves that none is missing."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Table, func, insert, select, text

from planning.errors import StoreError
from planning.store import migrations, schema
from planning.store.clock import now

KIND = "sales plan"
_AT_ONCE = 20_000
_HEAD = "contents.json"


def write(connection: Connection, path: Path) -> dict[str, int]:
    """Write all rows of a plan as one transaction sees them, and give how many there are of each table."""
    counts: dict[str, int] = {}
    marks: dict[str, str] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for table in schema.METADATA.sorted_tables:
            digest, rows = hashlib.sha256(), 0
            with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
                for line in _lines(connection, table):
                    lines.write(line)
                    digest.update(line)
                    rows += 1
            counts[table.name], marks[table.name] = rows, digest.hexdigest()
        done = [name for name, _ in migrations.MIGRATIONS]
        head = {"kind": KIND, "at": now().isoformat(), "shape": done, "rows": counts, "sha256": marks}
        file.writestr(_HEAD, json.dumps(head, indent=1))
    return counts


def read(connection: Connection, path: Path) -> dict[str, int]:
    """Put the rows of a backup into a plan that holds none, and give how many of each table.

    Raises
    ------
    StoreError
        If the file is no backup, is damaged, is of another shape, or the plan is not empty; then nothing is kept.
    """
    full = [
        table.name
        for table in schema.METADATA.sorted_tables
        if connection.execute(select(func.count()).select_from(table)).scalar_one()
    ]
    if full:
        raise StoreError(
            f"This plan is not empty (it has {', '.join(full)}), so nothing is put over it. Restore into a new "
            "workspace or an empty database."
        )
    try:
        with zipfile.ZipFile(path) as file:
            head = json.loads(file.read(_HEAD))
            _check_shape(head)
            for table in schema.METADATA.sorted_tables:
                _fill(connection, table, file, head)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise StoreError(f"{path} is not a whole backup of a plan: {error}.") from error
    if connection.dialect.name == "postgresql":
        _count_on(connection)
    return {str(name): int(rows) for name, rows in head["rows"].items()}


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    keys = list(table.primary_key.columns)
    for part in connection.execute(select(table).order_by(*keys)).partitions(_AT_ONCE):
        for row in part:
            yield json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _check_shape(head: dict[str, Any]) -> None:
    if head["kind"] != KIND:
        raise StoreError(f"The file holds a {head['kind']}, not a plan.")
    mine = [name for name, _ in migrations.MIGRATIONS]
    if head["shape"] != mine:
        raise StoreError(
            f"The backup was written by another version of the workbook (its shape is {head['shape'][-1]}, this is "
            f"{mine[-1]}). Restore it with that version; the plan is brought up to date when it is opened."
        )


def _fill(connection: Connection, table: Table, file: zipfile.ZipFile, head: dict[str, Any]) -> None:
    columns = list(table.columns)
    digest, rows, part = hashlib.sha256(), 0, list[dict[str, Any]]()
    with file.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            digest.update(line)
            rows += 1
            values = zip(columns, json.loads(line), strict=True)
            part.append({column.name: _typed(column.type, value) for column, value in values})
            if len(part) == _AT_ONCE:
                connection.execute(insert(table), part)
                part = []
    if part:
        connection.execute(insert(table), part)
    if (rows, digest.hexdigest()) != (head["rows"][table.name], head["sha256"][table.name]):
        raise StoreError(f"The backup is damaged: {table.name} is not what was written.")


def _typed(kind: Any, value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(kind, DateTime) and value is not None else value


def _count_on(connection: Connection) -> None:
    """Let the database count on from the rows that were put in with their numbers."""
    for table in schema.METADATA.sorted_tables:
        key = list(table.primary_key.columns)[0]
        if table.autoincrement_column is key:
            name = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
            connection.execute(
                text(f'SELECT setval({name}, COALESCE((SELECT max("{key.name}") FROM "{table.name}"), 0) + 1, false)')
            )
