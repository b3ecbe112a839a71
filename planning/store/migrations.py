"""Changes of the database's shape: named, ordered, recorded, each done once."""

from collections.abc import Callable

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from planning.errors import StoreError
from planning.store import schema

_DONE = Table("migration", MetaData(), Column("name", Text, primary_key=True))


def _plan(connection: Connection) -> None:
    """Create the plan's tables, and guard those that are only ever added to."""
    schema.METADATA.create_all(connection)
    for table in schema.APPEND_ONLY:
        _guard(connection, table)


def _review(connection: Connection) -> None:
    """Keep what owners say of past assumptions."""
    schema.review.create(connection, checkfirst=True)
    _guard(connection, schema.review)


def _scenarios(connection: Connection) -> None:
    """Say more of an assumption than its values, and keep scenarios."""
    there = {each["name"] for each in inspect(connection).get_columns("assumption")}
    for name in schema.ASSUMED:
        if name not in there:
            connection.exec_driver_sql(f"ALTER TABLE assumption ADD COLUMN \"{name}\" TEXT DEFAULT '' NOT NULL")
    schema.scenario.create(connection, checkfirst=True)
    _guard(connection, schema.scenario)


def _bottom(connection: Connection) -> None:
    """Keep what reps say they can bring, and whose goal is held."""
    for table in (schema.own_number, schema.hold):
        table.create(connection, checkfirst=True)
        _guard(connection, table)


def _aims(connection: Connection) -> None:
    """Keep goals on any metric as they are stated."""
    schema.aim.create(connection, checkfirst=True)
    _guard(connection, schema.aim)


def _pay(connection: Connection) -> None:
    """Keep pay plans."""
    schema.pay.create(connection, checkfirst=True)
    _guard(connection, schema.pay)


def _guard(connection: Connection, table: Table) -> None:
    for action in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{action.lower()} BEFORE {action} ON {table.name} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table.name} are never altered or deleted'); END"
        )


MIGRATIONS: tuple[tuple[str, Callable[[Connection], None]], ...] = (
    ("0001_plan", _plan),
    ("0002_review", _review),
    ("0003_scenarios", _scenarios),
    ("0005_aims", _aims),
    ("0006_bottom", _bottom),
    ("0007_pay", _pay),
)


def upgrade(connection: Connection) -> None:
    """Do what is still to be done, in order, in the caller's transaction.

    Raises
    ------
    StoreError
        If the database knows a migration that this version does not.
    """
    if not inspect(connection).has_table(_DONE.name):
        _DONE.create(connection)
    done = set(connection.execute(select(_DONE.c.name)).scalars())
    newer = sorted(done - {name for name, _ in MIGRATIONS})
    if newer:
        raise StoreError(
            f"The plan's database was written by a newer version of the workbook (it has {', '.join(newer)}). "
            "Update the workbook before you open it."
        )
    for name, change in MIGRATIONS:
        if name not in done:
            change(connection)
            connection.execute(insert(_DONE).values(name=name))
