"""Queries of the embedded engine, written for another one.

The package's queries are written once, in the embedded engine's dialect and without what only that one knows; sqlglot
writes them in the dialect of Spark, Trino, Snowflake, BigQuery or PostgreSQL. Relations are views in the embedded
engine; elsewhere, where one may not be allowed to make views, each query brings those that it needs along.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cache

import sqlglot
from sqlglot import exp

from planning.history.relations import LOADED, RELATIONS
from planning.tables import TABLES, Table

OURS = "duckdb"
DERIVED = "derived_"
"""Before the name of a relation, or of a table that is not there, as a query brings it along."""

_TYPES = {"text": "varchar", "whole": "bigint", "money": "bigint", "decimal": "decimal(18, 6)", "date": "date"}


def translated(sql: str, dialect: str, unchanged: Collection[str], lacking: Mapping[str, Collection[str]]) -> str:
    """Write a query in another dialect, with the relations that it needs; ``:name`` stands for a parameter.

    Parameters
    ----------
    sql
        Query over canonical tables and relations in the embedded engine's dialect.
    dialect
        As sqlglot calls it.
    unchanged
        Relations in a table's place that give but what that table holds.
    lacking
        Columns that a table lacks over there, which are empty then; all of them where the table is not there.

    Returns
    -------
    The query. Rows and columns are those that the embedded engine would give; whole numbers may be of other sizes.

    Raises
    ------
    sqlglot.errors.SqlglotError
        If the dialect cannot say what the query asks.
    """
    tree = sqlglot.parse_one(sql, dialect=OURS)
    needed: dict[str, exp.Expr] = {}
    _renamed(tree, unchanged, lacking, needed)
    own = tree.args.get("with_")
    brought = [
        exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(f"{DERIVED}{name}")))
        for name, query in needed.items()
    ]
    if brought:
        tree.set("with_", exp.With(expressions=[*brought, *(own.expressions if own else [])]))
    _in_windows(tree, dialect)
    for mark in list(tree.find_all(exp.Placeholder)):
        mark.replace(exp.Var(this=f":{mark.name}"))
    return tree.sql(dialect=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE)


def _renamed(
    tree: exp.Expr,
    unchanged: Collection[str],
    lacking: Mapping[str, Collection[str]],
    needed: dict[str, exp.Expr],
) -> None:
    """Name tables as they are called over there, and collect what must be brought along, first things first."""
    named = {each.alias for each in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        name = table.name
        if name in named:
            continue
        plain = name.removeprefix(LOADED)
        derived = name in RELATIONS and name not in unchanged
        if derived and name not in needed:
            query = sqlglot.parse_one(RELATIONS[name].sql, dialect=OURS)
            _renamed(query, unchanged, lacking, needed)
            needed[name] = query
        if not derived and plain in lacking:
            # A table and the relation in its place may both be asked.
            derived, name = True, f"{LOADED}{plain}"
            needed.setdefault(name, _completed(TABLES[plain], lacking[plain]))
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
        table.set("this", exp.to_identifier(f"{DERIVED}{name}" if derived else plain))


def _completed(table: Table, lacking: Collection[str]) -> exp.Expr:
    """Write a table with its missing columns empty; without any of its columns, it has no rows."""
    columns = ", ".join(
        f'cast(null as {_TYPES[each.type]}) as "{each.name}"' if each.name in lacking else f'"{each.name}"'
        for each in table.columns
    )
    rows = "where 1 = 0" if set(lacking) >= set(table.names) else f"from {table.name}"
    return sqlglot.parse_one(f"select {columns} {rows}", dialect=OURS)


def lacking_columns(found: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Say which columns of canonical tables are missing over there.

    Parameters
    ----------
    found
        Columns of each table that is there.
    """
    missing = {
        table.name: [name for name in table.names if name not in set(found.get(table.name, ()))]
        for table in TABLES.values()
    }
    return {name: columns for name, columns in missing.items() if columns}


@cache
def fingerprint_query() -> str:
    """Write the query of how many rows each table holds, and of what its columns come to."""
    return " union all ".join(_counted(table) for table in TABLES.values())


def _counted(table: Table) -> str:
    sums = {"whole": "sum({})", "money": "sum({})", "decimal": "sum({})", "date": "max({})", "text": "count({})"}
    figures = ["count(*)", *(sums[each.type].format(f'"{each.name}"') for each in table.columns)]
    told = " || ' ' || ".join(f"coalesce(cast({each} as varchar), '')" for each in figures)
    return (
        f"select '{table.name}' as name, {told} as told from {LOADED if table.name in RELATIONS else ''}{table.name}"
    )


def _in_windows(tree: exp.Expr, dialect: str) -> None:
    """Order windows as the dialect does by itself: what they are ordered by is never empty, and not all can say."""
    smallest = {"nulls_are_small": (True, False), "nulls_are_large": (False, True), "nulls_are_last": (False, False)}
    ascending, descending = smallest[sqlglot.Dialect.get_or_raise(dialect).NULL_ORDERING]
    for window in tree.find_all(exp.Window):
        for each in window.find_all(exp.Ordered):
            each.set("nulls_first", descending if each.args.get("desc") else ascending)
