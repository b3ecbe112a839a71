"""Goals on any metric in the store: every version of what was ever stated."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from planning.errors import LedgerError
from planning.goals.aims.aim import WORDS, Aim
from planning.goals.ledger import CELL, COLUMNS, LINE
from planning.store import schema
from planning.store.clock import now

_BESIDES = ("metric", "whom")
"""Words of an aim that have a column of their own."""


def aims(connection: Connection, year: int, scenario: str) -> list[Aim]:
    """Read the goals in force of a year and scenario, in the order in which they were first stated."""
    return [_aim(row) for row in _in_force(connection, year, scenario).values() if not row.withdrawn]


def keep(connection: Connection, year: int, scenario: str, aim: Aim, actor: str, withdrawn: bool = False) -> Aim:
    """Keep a new goal, or a new version of one; gives it back as it is kept.

    Raises
    ------
    LedgerError
        If somebody has changed it since the version given was read.
    """
    table = schema.aim
    identity = aim.identity or (connection.execute(select(func.max(table.c.identity))).scalar() or 0) + 1
    stored = _in_force(connection, year, scenario).get(identity)
    version = stored.version if stored else 0
    if version != aim.version:
        raise LedgerError(
            f"Goal {identity} was changed meanwhile (version {version}, yours is {aim.version}). "
            "Nothing was overwritten: look at it again before you save."
        )
    kept = replace(aim, identity=identity, version=version + 1)
    body = {name: _plain(getattr(aim, name)) for name in WORDS if name not in _BESIDES}
    connection.execute(
        insert(table).values(
            identity=kept.identity, version=kept.version, year=year, scenario=scenario,
            metric=aim.metric, whom=aim.whom, body=json.dumps(body, sort_keys=True),
            withdrawn=withdrawn, actor=actor, at=now(),
        )
    )  # fmt: skip
    return kept


def posted(connection: Connection, book: int, reference: str) -> pd.DataFrame:
    """Read all entries of a book that were posted with a reference, in the ledger's shape."""
    table = schema.entry.join(schema.line).join(schema.posting)
    columns = [schema.line.c[name] if name in ("metric", *LINE) else schema.entry.c[name] for name in COLUMNS]
    mine = (schema.posting.c.book == book) & (schema.posting.c.reference == reference)
    query = select(*columns).select_from(table).where(mine).order_by(schema.entry.c.entry)
    frame = pd.DataFrame(connection.execute(query).all(), columns=list(COLUMNS))
    return frame.astype({**dict.fromkeys((*CELL, *LINE), "str"), "amount": "int64"})


def _in_force(connection: Connection, year: int, scenario: str) -> dict[int, Any]:
    table = schema.aim
    query = select(table).where(table.c.year == year, table.c.scenario == scenario).order_by(table.c.row)
    rows = {row.identity: row for row in connection.execute(query)}
    return {identity: rows[identity] for identity in sorted(rows)}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value


def _aim(row: Any) -> Aim:
    said = json.loads(row.body)
    typed = said.pop("typed")
    return Aim(
        **{
            **said,
            "value": Decimal(said["value"]),
            "typed": None if typed is None else Decimal(typed),
            "checkpoints": tuple(said["checkpoints"]),
        },
        metric=row.metric,
        whom=row.whom,
        identity=row.identity,
        version=row.version,
    )
