"""Adds entries to the ledger by the quickest way that a database has: a company of a thousand reps has millions."""

from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert, text

from planning.store import rights, schema

_TEXTS = ("owner", "product", "channel", "period")
_COLUMNS = ("line", *_TEXTS, "amount")
_A_STATEMENT = 50_000
"""Entries that are added by one statement where the database asks its policies."""

_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_SIGNS = range(0xE000, 0xF900)
"""Signs that belong to no script: one of them is in no name."""


def add(connection: Connection, line: int, rows: pd.DataFrame) -> None:
    """Add the entries of a line.

    Parameters
    ----------
    connection
        A transaction that writes.
    line
        Number of their line.
    rows
        Columns ``owner``, ``product``, ``channel``, ``period`` and ``amount`` (whole minor units).
    """
    if connection.dialect.name != "postgresql":
        _insert(connection, line, rows)
    elif rights.limited(connection):
        # COPY goes past no policy on rows; a policy is asked once a statement.
        for start in range(0, len(rows), _A_STATEMENT):
            _unnest(connection, line, rows.iloc[start : start + _A_STATEMENT])
    else:
        _copy(connection, line, rows)


def _insert(connection: Connection, line: int, rows: pd.DataFrame) -> None:
    statement = insert(schema.entry).compile(dialect=connection.dialect, column_keys=list(_COLUMNS))
    values = zip(repeat(line), *(_shared(rows[name]) for name in _TEXTS), rows["amount"].tolist())
    connection.exec_driver_sql(str(statement), list(values))


def _copy(connection: Connection, line: int, rows: pd.DataFrame) -> None:
    """Add entries by COPY, which a row costs a fraction of what an INSERT does."""
    texts = [_shared(rows[name], lambda each: each.translate(_ESCAPED)) for name in _TEXTS]
    whole = "\n".join(map("\t".join, zip(repeat(str(line)), *texts, map(str, rows["amount"].tolist()))))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY entry ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        copy.write(f"{whole}\n" if len(rows) else "")


def _unnest(connection: Connection, line: int, rows: pd.DataFrame) -> None:
    """Add entries by one INSERT of columns that the database takes apart itself."""
    names = {each for name in _TEXTS for each in rows[name].unique()}
    between = next(sign for sign in map(chr, _SIGNS) if not any(sign in name for name in names))
    columns = {name: _shared(rows[name]) for name in _TEXTS} | {"amount": list(map(str, rows["amount"].tolist()))}
    apart = ", ".join(f"string_to_array(:{name}, :between)" for name in columns)
    query = (
        f"INSERT INTO entry ({', '.join(_COLUMNS)}) "
        f"SELECT :line, {', '.join(_TEXTS)}, CAST(amount AS bigint) "
        f"FROM unnest({apart}) WITH ORDINALITY AS given ({', '.join(columns)}, place) "
        # Nothing taken apart is no column at all, not one of one empty text: so each ends with one more.
        "WHERE amount <> '' ORDER BY place"
    )
    joined = {name: between.join([*values, ""]) for name, values in columns.items()}
    connection.execute(text(query), {"line": line, "between": between, **joined})


def _shared(texts: pd.Series, written: Callable[[str], str] = str) -> list[str]:
    """Give texts as a list in which each is made, and written, once however often it stands there."""
    codes, names = pd.factorize(texts)
    found: list[str] = np.array([written(each) for each in names], dtype=object)[codes].tolist()
    return found
