"""What people are writing of documents and have not kept yet; nobody else's business, and gone once it is kept."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from planning.store import schema
from planning.store.clock import now
from planning.store.documents import Document


def draft(connection: Connection, year: int, scenario: str, of: Document, person: str) -> Document | None:
    """Read what a person is writing of a document: its body, and the version that it was begun from."""
    row = connection.execute(select(schema.unsent).where(*_mine(year, scenario, of, person))).first()
    if row is None:
        return None
    body: Mapping[str, Any] = json.loads(row.body)
    return Document(of.kind, of.whom, body, of.key, row.version, person, row.at)


def keep(connection: Connection, year: int, scenario: str, written: Document, person: str) -> None:
    """Keep what a person is writing, in place of what was kept before."""
    drop(connection, year, scenario, written, person)
    body = json.dumps(dict(written.body), sort_keys=True, ensure_ascii=False)
    row = {name: getattr(written, name) for name in ("kind", "whom", "key", "version")}
    values = {"year": year, "scenario": scenario, "person": person, "body": body, "at": now()}
    connection.execute(insert(schema.unsent).values(**values, **row))


def drop(connection: Connection, year: int, scenario: str, of: Document, person: str) -> None:
    """Forget what a person was writing of a document."""
    connection.execute(delete(schema.unsent).where(*_mine(year, scenario, of, person)))


def _mine(year: int, scenario: str, of: Document, person: str) -> tuple[ColumnElement[bool], ...]:
    table = schema.unsent
    wanted = {"year": year, "scenario": scenario, "kind": of.kind, "whom": of.whom, "key": of.key, "person": person}
    return tuple(table.c[name] == value for name, value in wanted.items())
