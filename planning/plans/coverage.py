"""Coverage: who has which plan, signed or not, since when, and how much of the goal named accounts stand for."""

from collections.abc import Mapping, Sequence

import pandas as pd

from planning.plans.plans import Territory
from planning.plans.signing import NONE, SIGNED, Stand
from planning.plans.targeting import MUST_EXPAND, MUST_KEEP

TOP = 5
COLUMNS = (
    "rep", "manager", "territories", "territory_plan", "since", "by", "development", "support", "top", "top_planned",
    "musts", "musts_planned", "named", "goal", "planned", "covered",
)  # fmt: skip


def row(
    accounts: pd.DataFrame, stands: Mapping[str, Stand], relationships: Sequence[str], plan: Territory | None,
    named: int, goal: int,
) -> dict[str, object]:  # fmt: skip
    """Say how well the year of one rep is covered by plans.

    Parameters
    ----------
    accounts
        The rep's accounts, scored.
    stands
        Where the territory plan, the development plan and the support stand, by ``territory_plan``,
        ``development_plan`` and ``support_plan``.
    relationships
        Accounts with a relationship plan.
    plan
        The territory plan in force; none where there is none.
    named, goal
        Named accounts, and the goal of the year in minor units.

    Returns
    -------
    Of `COLUMNS`, all but who the rep is: states, ``since`` and ``by``; ``top`` (the accounts that bought most, five
    at most) and how many of them have a plan, must keep and must expand accounts likewise (``musts``); ``planned``
    (what the accounts of the plan are expected to bring) and ``covered`` (its part of the goal, empty without one).
    """
    bought = accounts[accounts["revenue"] > 0].sort_values(["revenue", "customer"], ascending=[False, True])
    top = set(bought["customer"].head(TOP))
    musts = set(accounts.loc[accounts["priority"].isin((MUST_KEEP, MUST_EXPAND)), "customer"])
    planned = sum(each.expected or 0 for each in plan.accounts) if plan else 0
    first = stands.get("territory_plan", Stand())
    return {
        "territory_plan": first.state, "since": first.since, "by": first.by,
        "development": stands.get("development_plan", Stand()).state,
        "support": stands.get("support_plan", Stand()).state,
        "top": len(top), "top_planned": len(top & set(relationships)),
        "musts": len(musts), "musts_planned": len(musts & set(relationships)),
        "named": named, "goal": goal, "planned": planned, "covered": planned / goal if goal > 0 else float("nan"),
    }  # fmt: skip


def summed(table: pd.DataFrame) -> dict[str, float]:
    """Add coverage up: parts of the reps with each plan, and of the top accounts with one."""
    count = max(len(table), 1)
    return {
        "reps": len(table),
        "planned": float((table["territory_plan"] != NONE).sum()) / count,
        "signed": float((table["territory_plan"] == SIGNED).sum()) / count,
        "development": float((table["development"] != NONE).sum()) / count,
        "support": float((table["support"] != NONE).sum()) / count,
        "top": float(table["top_planned"].sum()) / max(int(table["top"].sum()), 1),
        "covered": float(table["planned"].sum()) / max(int(table["goal"].sum()), 1),
    }
