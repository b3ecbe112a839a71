"""What is derived from the canonical tables, row by row, before anything is added up.

A relation is a view: plain SQL over canonical tables and relations before it. It can be asked like a table. A
relation that bears the name of a table stands in its place; the table itself is then ``loaded_<name>``.
"""

from dataclasses import dataclass

from planning.tables import TABLES


@dataclass(frozen=True)
class Relation:
    """A view over canonical tables.

    Parameters
    ----------
    name
        As queries call it.
    columns
        What it gives, in the order of the query.
    sql
        The query.
    """

    name: str
    columns: tuple[str, ...]
    sql: str


RELATIONS: dict[str, Relation] = {}
"""In the order in which they are made: a relation refers only to tables, and to relations before it."""


def columns_of(table: str) -> tuple[str, ...]:
    """Name the columns of a canonical table or a relation."""
    return RELATIONS[table].columns if table in RELATIONS else TABLES[table].names
