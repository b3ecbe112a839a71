"""Coverage and balance: who has which plan, and whether growth and retention go together for each rep."""

from decimal import Decimal
from typing import cast

import pandas as pd

from planning.amounts import apportion
from planning.assumptions import retention
from planning.assumptions.retention import Class
from planning.errors import AssumptionError
from planning.plans import coverage as shape
from planning.plans.plans import DEVELOPMENT, RELATIONSHIP, SUPPORT, TERRITORY, Territory
from planning.plans.targeting import MUST_KEEP
from planning.workbook.context import Context
from planning.workbook.expected.balance import Customers, customers
from planning.workbook.leading import managers
from planning.workbook.plans import kept
from planning.workbook.plans.named import lists
from planning.workbook.plans.proposals import Year, goal, reps, year

_WHOLE = 10_000


def coverage(context: Context, on: Year | None = None) -> pd.DataFrame:
    """Say who has which plan, signed or not, since when, and how much of the goal the plan's accounts stand for.

    Returns
    -------
    A row a rep in view: `planning.plans.coverage.COLUMNS`; money in minor units.
    """
    on = on or year(context)
    plans = {sort.kind: kept.everybody(context, sort) for sort in (TERRITORY, RELATIONSHIP, DEVELOPMENT, SUPPORT)}
    leads, named = managers(context), lists(context)
    rows = []
    for rep in reps(context, on):
        stands = {kind: found[rep, ""].stand for kind, found in plans.items() if (rep, "") in found}
        first = plans[TERRITORY.kind].get((rep, ""))
        planned = [of for name, of in plans[RELATIONSHIP.kind] if name == rep]
        asked = int(goal(context, on, rep).to_numpy().sum())
        places = on.seen.reps.loc[on.seen.reps["rep"] == rep, "territory"]
        plan = cast(Territory, first.plan) if first else None
        told = shape.row(on.seen.of(rep), stands, planned, plan, len(named.get(rep, ())), asked)
        rows.append({"rep": rep, "manager": leads.get(rep, ""), "territories": ", ".join(places), **told})
    return pd.DataFrame(rows, columns=list(shape.COLUMNS))


def balances(context: Context, on: Year | None = None) -> pd.DataFrame:
    """Say of each rep in view what must come from new customers, given who stays and how they grow.

    Attrition and expansion by tier are those of the company, since a single rep's customers are too few; the shares
    of the tiers are the rep's own. What new customers can bring is what they brought the company last year.

    Returns
    -------
    A row a rep: ``rep``, ``growth`` (asked over last year's sales), ``lost``, ``expanded``, ``new`` (needed),
    ``new_kept`` (needed if nobody of the best tier left), ``capacity``, ``missing`` (shares of last year's sales),
    ``musts`` (share of the must keep accounts) and ``says``.

    Raises
    ------
    AssumptionError
        If the history does not say who stays.
    """
    on = on or year(context)
    usual = customers(Context(context.settings, context.year, context.scenario))
    rows = [each for rep in reps(context, on) if (each := _balance(context, on, usual, rep)) is not None]
    columns = ["rep", "growth", "lost", "expanded", "new", "new_kept", "capacity", "missing", "musts", "says"]
    return pd.DataFrame(rows, columns=columns)


def _balance(context: Context, on: Year, usual: Customers, rep: str) -> dict[str, object] | None:
    mine = on.seen.of(rep)
    sold = int(mine["revenue"].clip(lower=0).sum())
    asked = int(goal(context, on, rep).to_numpy().sum())
    classes = _classes(usual, mine)
    if not sold or not asked or not classes:
        return None
    growth = (Decimal(asked) / sold - 1).quantize(Decimal("0.0001"))
    try:
        found = retention.balance(classes, growth, usual.new)
        held = retention.balance(retention.keeping(classes, classes[0].name), growth, usual.new)
    except AssumptionError:
        return None
    musts = int(mine.loc[mine["priority"] == MUST_KEEP, "revenue"].sum())
    figures = {
        name: float(getattr(found, name)) for name in ("growth", "lost", "expanded", "new", "capacity", "missing")
    }
    return {"rep": rep, **figures, "new_kept": float(held.new), "musts": musts / sold,
            "says": _says(found.possible, held.possible, classes[0].name)}  # fmt: skip


def _says(possible: bool, kept_possible: bool, best: str) -> str:
    if possible:
        return "In balance: new customers can bring what is missing."
    if kept_possible:
        return f"In balance only if nobody of {best} leaves: retention first."
    return "Out of balance even if all of them stay: expand those who stay, or bring in more new customers."


def _classes(usual: Customers, mine: pd.DataFrame) -> list[Class]:
    """Give the company's classes with the shares that they have in a rep's sales; the best one first."""
    named = {each.name: each for each in usual.classes}
    by = "tier" if set(mine["tier"]) & set(named) else "segment"
    keys = mine[by].map(lambda name: name if name in named else "All others")
    sums = mine["revenue"].clip(lower=0).groupby(keys).sum()
    sums = sums[sums.index.isin(named) & (sums > 0)]
    if sums.empty:
        return []
    shares = apportion(_WHOLE, sums.to_numpy(dtype=float))
    return [Class(str(name), Decimal(int(share)) / _WHOLE, named[str(name)].attrition, named[str(name)].expansion)
            for name, share in zip(sums.index, shares, strict=True)]  # fmt: skip
