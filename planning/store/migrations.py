"""Changes of the database's shape: named, ordered, recorded, each done once."""

from collections.abc import Callable

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from planning.errors import StoreError
from planning.store import records, rights, schema

GUARDED = ("UPDATE", "DELETE")
"""What the guard of a SQLite table refuses, a trigger each."""

_REFUSE = """
CREATE OR REPLACE FUNCTION planning_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never altered or deleted';
END $$
"""

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


def _negotiation(connection: Connection) -> None:
    """Chain the moves of negotiations, and keep rules, private notes, drafts and who may log in."""
    for table in (schema.event, schema.rules, schema.private_note, schema.access, schema.draft):
        table.create(connection, checkfirst=True)
        if table in schema.APPEND_ONLY:
            _guard(connection, table)
    _heads(connection)
    if inspect(connection).has_table("move"):
        records.adopt(connection)
        connection.exec_driver_sql("DROP TABLE move")


def _rights(connection: Connection) -> None:
    """Let the database itself hold who may read and write which rows."""
    _heads(connection)
    rights.enforce(connection)


def _documents(connection: Connection) -> None:
    """Keep what people write for and during a year."""
    schema.document.create(connection, checkfirst=True)
    _guard(connection, schema.document)
    rights.enforce(connection)


def _unsent(connection: Connection) -> None:
    """Keep what people are writing of their documents."""
    schema.unsent.create(connection, checkfirst=True)
    rights.enforce(connection)


def _private(connection: Connection) -> None:
    """Let what people write for themselves be read by nobody else."""
    rights.enforce(connection)


def _steps(connection: Connection) -> None:
    """Let an agreement post its own steps alone: what was agreed, changed in the year, or carried between months."""
    rights.enforce(connection)


def _heads(connection: Connection) -> None:
    if schema.chain_head.name not in inspect(connection).get_view_names():
        connection.exec_driver_sql(schema.CHAIN_HEAD)


def _guard(connection: Connection, table: Table) -> None:
    """Let the database itself refuse that rows are altered or deleted."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_REFUSE)
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {table.name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION planning_refuse()"
        )
        return
    for action in GUARDED:
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
    ("0008_negotiation", _negotiation),
    ("0009_rights", _rights),
    ("0010_documents", _documents),
    ("0011_unsent", _unsent),
    ("0012_private", _private),
    ("0013_steps", _steps),
    ("0014_carried", _steps),
)


def behind(connection: Connection) -> bool:
    """Say whether something is still to be done.

    Raises
    ------
    StoreError
        If the database knows a migration that this version does not.
    """
    return bool({name for name, _ in MIGRATIONS} - _done(connection))


def upgrade(connection: Connection) -> None:
    """Do what is still to be done, in order, in the caller's transaction.

    Raises
    ------
    StoreError
        If the database knows a migration that this version does not.
    """
    _DONE.create(connection, checkfirst=True)
    done = _done(connection)
    for name, change in MIGRATIONS:
        if name not in done:
            change(connection)
            connection.execute(insert(_DONE).values(name=name))


def _done(connection: Connection) -> set[str]:
    if not inspect(connection).has_table(_DONE.name):
        return set()
    done = set(connection.execute(select(_DONE.c.name)).scalars())
    newer = sorted(done - {name for name, _ in MIGRATIONS})
    if newer:
        raise StoreError(
            f"The plan's database was written by a newer version of the workbook (it has {', '.join(newer)}). "
            "Update the workbook before you open it."
        )
    return done
