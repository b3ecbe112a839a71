"""What people write for and during a year, in the store: every version of it, and whose business it is.

A document is of a kind (a territory plan, a checkpoint, an action), concerns somebody, and bears a key of its own
among those; who writes says which version it was made from, or is refused. What is in its body is the business of the
room that writes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from planning.errors import PlansError
from planning.store import schema
from planning.store.clock import now


@dataclass(frozen=True)
class Document:
    """A version of something that was written.

    Parameters
    ----------
    kind
        What it is, such as ``territory_plan``.
    whom
        Whose business it is; empty for everybody's.
    body
        What it says, of what JSON can hold.
    key
        Tells it apart from others of the kind that concern the same person.
    version
        Number of the version; 0 for one that is new.
    actor, at
        Who wrote the version, and when (UTC). Who signed something is told by this alone, never by the body.
    withdrawn
        Whether it was taken back.
    """

    kind: str
    whom: str
    body: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    version: int = 0
    actor: str = ""
    at: datetime | None = None
    withdrawn: bool = False


def documents(
    connection: Connection, year: int, scenario: str, kind: str, whom: str | None = None, key: str | None = None
) -> list[Document]:
    """Read the documents of a kind that are in force, in the order in which they were first written.

    Parameters
    ----------
    connection, year, scenario, kind
        Which ones.
    whom
        Whose; None for everybody's that the connection may see.
    key
        Those that bear this key; None for all.
    """
    last: dict[tuple[str, str], Document] = {}
    query = _of(year, scenario, kind, whom)
    for each in _read(connection, query if key is None else query.where(schema.document.c.key == key)):
        last[(each.whom, each.key)] = each
    return [each for each in last.values() if not each.withdrawn]


def document(
    connection: Connection, year: int, scenario: str, kind: str, whom: str, key: str = ""
) -> Document | None:
    """Read the version of a document that is in force; nothing if there is none."""
    found = versions(connection, year, scenario, kind, whom, key)
    return found[-1] if found and not found[-1].withdrawn else None


def versions(connection: Connection, year: int, scenario: str, kind: str, whom: str, key: str = "") -> list[Document]:
    """Read all versions of a document, oldest first."""
    return _read(connection, _of(year, scenario, kind, whom).where(schema.document.c.key == key))


def keep(connection: Connection, year: int, scenario: str, written: Document, actor: str) -> Document:
    """Keep a new version of a document; gives it back as it is kept.

    Raises
    ------
    PlansError
        If somebody has changed it since the version given was read.
    """
    found = versions(connection, year, scenario, written.kind, written.whom, written.key)
    stored = found[-1].version if found else 0
    if stored != written.version:
        last = f" by {found[-1].actor}" if found else ""
        raise PlansError(
            f"It was changed meanwhile{last} (version {stored}, yours was made from {written.version}). Nothing was "
            "overwritten: look at it again before you save."
        )
    kept = replace(written, version=stored + 1, actor=actor, at=now())
    row = {name: getattr(kept, name) for name in ("kind", "whom", "key", "version", "withdrawn", "actor", "at")}
    body = json.dumps(dict(kept.body), sort_keys=True, ensure_ascii=False)
    connection.execute(insert(schema.document).values(year=year, scenario=scenario, body=body, **row))
    return kept


def _of(year: int, scenario: str, kind: str, whom: str | None) -> Select[Any]:
    table = schema.document
    query = select(table).where(table.c.year == year, table.c.scenario == scenario, table.c.kind == kind)
    return query if whom is None else query.where(table.c.whom == whom)


def _read(connection: Connection, query: Select[Any]) -> list[Document]:
    return [
        Document(row.kind, row.whom, json.loads(row.body), row.key, row.version, row.actor, row.at, row.withdrawn)
        for row in connection.execute(query.order_by(schema.document.c.row))
    ]
