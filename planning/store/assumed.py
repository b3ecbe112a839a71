"""Assumptions and scenarios in the store: every version of everything that was ever assumed.

A scenario shares with its base what it does not change: of an assumption, the last version that was made in the
scenario itself is in force, else the one in force in its base.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from planning.assumptions.assumption import Assumption
from planning.errors import AssumptionError
from planning.store import schema
from planning.store.clock import now

PLAN = "plan"
"""Name of the plan scenario; all others go back to it."""

_TEXTS = ("kind", "territory", "product_line", "owner", "evidence", *schema.ASSUMED)
_BEFORE = {"confidence": "medium", "status": "accepted"}
"""What rows hold that were kept before one could say it."""


@dataclass(frozen=True)
class Scenario:
    """A set of assumptions that shares with its base what it does not change.

    Parameters
    ----------
    name
        As it is called; ``plan`` is the plan.
    base
        Scenario whose assumptions hold where it has none of its own; empty for the plan.
    note
        What it is for.
    archived
        Whether it is put away.
    """

    name: str
    base: str = ""
    note: str = ""
    archived: bool = False


def scenarios(connection: Connection, year: int) -> dict[str, Scenario]:
    """Read the scenarios of a year by name, the plan first."""
    table = schema.scenario
    found = {PLAN: Scenario(PLAN)}
    for row in connection.execute(select(table).where(table.c.year == year).order_by(table.c.row)):
        found[row.name] = Scenario(row.name, row.base, row.note, row.archived)
    return found


def keep_scenario(connection: Connection, year: int, scenario: Scenario, actor: str) -> None:
    """Keep what is said of a scenario."""
    values = {name: getattr(scenario, name) for name in ("name", "base", "note", "archived")}
    connection.execute(insert(schema.scenario).values(year=year, actor=actor, at=now(), **values))


def assumptions(connection: Connection, year: int, scenario: str) -> list[Assumption]:
    """Read the assumptions in force for a year and scenario, in the order in which they were first made."""
    return [_assumption(row) for row in _in_force(connection, year, scenario) if not row.withdrawn]


def keep_assumption(
    connection: Connection, year: int, scenario: str, assumption: Assumption, actor: str, withdrawn: bool = False
) -> Assumption:
    """Keep a new assumption, or a new version of one in a scenario; gives it back as it is kept.

    Raises
    ------
    AssumptionError
        If somebody has changed it since the version given was read.
    """
    table = schema.assumption
    identity = assumption.identity
    if identity == 0:
        identity = (connection.execute(select(func.max(table.c.identity))).scalar() or 0) + 1
    stored = version(connection, year, scenario, identity)
    if stored != assumption.version:
        raise AssumptionError(
            f"Assumption {identity} was changed meanwhile (version {stored}, yours is {assumption.version}). "
            "Nothing was overwritten: look at it again before you save."
        )
    newest = connection.execute(select(func.max(table.c.version)).where(table.c.identity == identity)).scalar() or 0
    values: dict[str, Any] = {name: getattr(assumption, name) for name in _TEXTS}
    values |= {name: str(getattr(assumption, name)) for name in ("low", "likely", "high")}
    numbers = json.dumps({name: str(value) for name, value in sorted(assumption.numbers.items())})
    kept = {"identity": identity, "version": newest + 1}
    connection.execute(
        insert(table).values(
            **kept,
            year=year,
            scenario=scenario,
            numbers=numbers,
            withdrawn=withdrawn,
            actor=actor,
            at=now(),
            **values,
        )
    )
    return Assumption(**{**assumption.__dict__, **kept})


def version(connection: Connection, year: int, scenario: str, identity: int) -> int:
    """Give the version of an assumption that is in force in a scenario, withdrawn or not; 0 if there is none."""
    return {row.identity: row.version for row in _in_force(connection, year, scenario)}.get(identity, 0)


def versions(connection: Connection, identity: int) -> pd.DataFrame:
    """Read every version of an assumption: who changed what and when.

    Returns
    -------
    ``version``, ``scenario``, ``low``, ``likely``, ``high`` (texts), ``status``, ``remark``, ``withdrawn``,
    ``actor``, ``at``; oldest first.
    """
    table = schema.assumption
    names = ("version", "scenario", "low", "likely", "high", "status", "remark", "withdrawn", "actor", "at")
    query = select(*(table.c[name] for name in names)).where(table.c.identity == identity).order_by(table.c.version)
    table = pd.DataFrame(connection.execute(query).all(), columns=list(names))
    return table.assign(status=table["status"].replace("", _BEFORE["status"]))


def _in_force(connection: Connection, year: int, scenario: str) -> Iterator[Any]:
    """Give the row in force of each assumption, withdrawn ones too, by identity."""
    table = schema.assumption
    rows: dict[int, Any] = {}
    # From the plan down to the scenario itself: the nearer one wins.
    for name in reversed(list(_back_to_the_plan(connection, year, scenario))):
        query = select(table).where(table.c.year == year, table.c.scenario == name).order_by(table.c.version)
        rows |= {row.identity: row for row in connection.execute(query)}
    return (rows[identity] for identity in sorted(rows))


def _back_to_the_plan(connection: Connection, year: int, scenario: str) -> Iterator[str]:
    known, seen = scenarios(connection, year), set()
    while scenario and scenario not in seen:
        yield scenario
        seen.add(scenario)
        scenario = known[scenario].base if scenario in known else ("" if scenario == PLAN else PLAN)


def _assumption(row: Any) -> Assumption:
    texts = {name: getattr(row, name) for name in _TEXTS}
    texts |= {name: value for name, value in _BEFORE.items() if not texts[name]}
    return Assumption(
        low=Decimal(row.low),
        likely=Decimal(row.likely),
        high=Decimal(row.high),
        numbers={name: Decimal(value) for name, value in json.loads(row.numbers).items()},
        identity=row.identity,
        version=row.version,
        **texts,
    )
