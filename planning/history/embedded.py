"""The embedded engine over the workspace's own Parquet files."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from planning.history.relations import LOADED, RELATIONS, Relation
from planning.tables import TABLES, Table

_TYPES = {"text": "VARCHAR", "whole": "BIGINT", "money": "BIGINT", "decimal": "DECIMAL(18, 6)", "date": "DATE"}


class Embedded:
    """Canonical tables as Parquet, read where they lie by an engine in this process.

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
            name = f"{LOADED}{table.name}" if table.name in RELATIONS else table.name
            self._connection.execute(f"create view {name} as {self._select(table)}")
        for relation in RELATIONS.values():
            sql = relation.sql if self._changes(relation) else f"select * from {LOADED}{relation.name}"
            self._connection.execute(f"create view {relation.name} as {sql}")

    def rows(self, sql: str, parameters: Mapping[str, object]) -> pa.Table:
        """Answer a query; ``$name`` stands for a parameter."""
        return self._connection.sql(sql, params=parameters).to_arrow_table()

    def fingerprint(self) -> str:
        """Make a checksum of all files."""
        digest = hashlib.sha256()
        for file in self._files("*"):
            digest.update(str(file.relative_to(self._folder)).encode())
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
        return digest.hexdigest()

    def close(self) -> None:
        """Let the engine go."""
        self._connection.close()

    def _changes(self, relation: Relation) -> bool:
        """Say whether a relation gives anything but the table in whose place it stands."""
        if not relation.changed_by:
            return True
        return self.rows(f"select 1 from {relation.changed_by} limit 1", {}).num_rows > 0

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


def _verbatim(file: Path) -> str:
    """Write a path so that the engine takes none of its characters for a pattern of many files."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))
