"""Pay plans in the store: every version of what was ever kept."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select

from planning.errors import LedgerError
from planning.goals.pay.commission import Commission
from planning.goals.pay.curve import Bonus, Curve, Tier
from planning.goals.pay.plan import Component, PayPlan
from planning.store import schema
from planning.store.clock import now


def plans(connection: Connection, year: int, scenario: str) -> list[PayPlan]:
    """Read the plans in force of a year and scenario, by role; that of everybody else comes last."""
    rows = [row for row in _last(connection, year, scenario).values() if not row.withdrawn]
    return [_plan(row) for row in sorted(rows, key=lambda row: (row.role == "", row.role))]


def keep(
    connection: Connection, year: int, scenario: str, plan: PayPlan, actor: str, withdrawn: bool = False
) -> PayPlan:
    """Keep a plan, or a new version of one; gives it back as it is kept.

    Raises
    ------
    LedgerError
        If somebody has changed it since the version given was read.
    """
    stored = _last(connection, year, scenario).get(plan.role)
    version = stored.version if stored and not stored.withdrawn else 0
    if version != plan.version:
        raise LedgerError(
            f"The pay plan of {plan.named} was changed meanwhile (version {version}, yours is {plan.version}). "
            "Nothing was overwritten: look at it again before you save."
        )
    kept = replace(plan, version=(stored.version if stored else 0) + 1)
    connection.execute(
        insert(schema.pay).values(
            year=year, scenario=scenario, role=plan.role, version=kept.version, body=json.dumps(_plain(plan)),
            withdrawn=withdrawn, actor=actor, at=now(),
        )
    )  # fmt: skip
    return kept


def _last(connection: Connection, year: int, scenario: str) -> dict[str, Any]:
    table = schema.pay
    query = select(table).where(table.c.year == year, table.c.scenario == scenario).order_by(table.c.version)
    return {row.role: row for row in connection.execute(query)}


def _plain(plan: PayPlan) -> dict[str, Any]:
    return {
        "base": plan.base,
        "incentive": plan.incentive,
        "components": [
            {
                "metric": each.metric,
                "weight": str(each.weight),
                "threshold": str(each.curve.threshold),
                "at_threshold": str(each.curve.at_threshold),
                "tiers": [[str(tier.begins), str(tier.rate)] for tier in each.curve.tiers],
                "cap": None if each.curve.cap is None else str(each.curve.cap),
                "bonuses": [[str(bonus.at), bonus.amount] for bonus in each.bonuses],
            }
            for each in plan.components
        ],
        "commission": _plain_commission(plan.commission) if plan.commission else None,
    }


def _plain_commission(commission: Commission) -> dict[str, Any]:
    tiers = [[begins, str(rate)] for begins, rate in commission.tiers]
    return {"tiers": tiers, "per": commission.per, "gate": commission.gate}


def _plan(row: Any) -> PayPlan:
    said = json.loads(row.body)
    components = tuple(map(_component, said["components"]))
    commission = _commission(said["commission"]) if said.get("commission") else None
    return PayPlan(row.role, said["base"], said["incentive"], components, commission, row.version)


def _commission(said: dict[str, Any]) -> Commission:
    tiers = tuple((int(begins), Decimal(rate)) for begins, rate in said["tiers"])
    return Commission(tiers, said["per"], said["gate"])


def _component(said: dict[str, Any]) -> Component:
    tiers = tuple(Tier(Decimal(begins), Decimal(rate)) for begins, rate in said["tiers"])
    cap = None if said["cap"] is None else Decimal(said["cap"])
    curve = Curve(Decimal(said["threshold"]), Decimal(said["at_threshold"]), tiers, cap)
    bonuses = tuple(Bonus(Decimal(at), int(amount)) for at, amount in said["bonuses"])
    return Component(said["metric"], Decimal(said["weight"]), curve, bonuses)
