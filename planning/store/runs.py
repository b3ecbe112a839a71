"""The record of batch runs in the store: rows in, rows out."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from planning.store import schema
from planning.store.database import Database

_TIMES = ("queued", "started", "finished")


class Runs:
    """The record of runs of one plan.

    Parameters
    ----------
    database
        The plan's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_run(self, row: Mapping[str, Any]) -> None:
        """Keep a row, in place of the row with the same ``id``."""
        stored = {**row, **{name: _stored(row[name]) for name in _TIMES}}
        with self._database.writing() as connection:
            connection.execute(delete(schema.run).where(schema.run.c.id == row["id"]))
            connection.execute(insert(schema.run).values(stored))

    def latest_runs(self, folder: str) -> Iterable[Mapping[str, Any]]:
        """Give for each item of a folder the row that was queued last."""
        query = select(schema.run).where(schema.run.c.folder == folder).order_by(schema.run.c.queued, schema.run.c.id)
        with self._database.reading() as connection:
            rows = {row["item"]: dict(row) for row in connection.execute(query).mappings()}
        return [{**row, **{name: _told(row[name]) for name in _TIMES}} for row in rows.values()]


def _stored(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at is not None and at.tzinfo else at


def _told(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None else None
