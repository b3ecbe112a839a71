"""Canonical tables written by hand."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from planning.tables import TABLES

TYPES = {
    "text": pa.string(),
    "whole": pa.int64(),
    "money": pa.int64(),
    "decimal": pa.decimal128(18, 6),
    "date": pa.date32(),
}


def write_history(folder, source="made", **tables):
    """Write canonical tables from lists of records; columns left out are empty."""
    (folder / source).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = {
            column.name: pa.array([_value(row.get(column.name)) for row in rows], TYPES[column.type])
            for column in TABLES[name].columns
        }
        pq.write_table(pa.table(columns), folder / source / f"{name}.parquet")


def _value(value):
    is_day = isinstance(value, str) and len(value) == 10 and value[4] == "-"
    return date.fromisoformat(value) if is_day else value
