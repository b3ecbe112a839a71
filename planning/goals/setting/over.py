"""Over-assignment: what a parent passes down beyond what it carries, on its own account.

What is carried and what is passed down are two layers that are never summed into one another: the extra stands as a
step of its own on every position, and with the opposite sign on the account of the parent that asks for it.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd

from planning.errors import LedgerError, bulleted
from planning.goals import ledger
from planning.goals.ledger import Transaction
from planning.goals.owners import Owners
from planning.goals.setting.cascade import LEVELS, cascade

STEP = "over_assignment"
KINDS = ("company", "region", "territory")
MOST = Decimal("0.5")


def check(ratios: Mapping[str, Decimal]) -> None:
    """Refuse ratios that nobody means.

    Raises
    ------
    LedgerError
        With every level that there is not, and every ratio outside 0 to `MOST`.
    """
    problems = [f"there is no level {name!r}; there are {', '.join(KINDS)}" for name in ratios if name not in KINDS]
    problems += [
        f"{name}: {ratio:.1%} is not between 0% and {MOST:.0%}"
        for name, ratio in ratios.items()
        if not 0 <= ratio <= MOST
    ]
    if problems:
        raise LedgerError(bulleted("The goals cannot be over-assigned so:", problems))


def over_assigned(
    owners: Owners, rows: pd.DataFrame, ratios: Mapping[str, Decimal], actor: str, metric: str = "revenue"
) -> list[Transaction]:
    """Pass down more than is carried, level by level from the top; each level's extra counts on all below it.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of the metric.
    ratios
        Part that each kind of parent passes down on top, such as ``{"territory": Decimal("0.05")}``.
    actor
        Who asks for it.
    metric
        Metric of the catalogue.

    Returns
    -------
    A transaction a level that sums to zero.

    Raises
    ------
    LedgerError
        If a ratio cannot be used.
    """
    check(ratios)
    cells = rows.groupby(["owner", "product", "channel", "period"], as_index=False)["amount"].sum()
    cells = cells.merge(owners.frame[["owner", "kind", "territory", "rep"]], on="owner")
    cells = cells[cells["kind"] == "position"].reset_index(drop=True)
    above = cells["owner"].map(owners.parents)
    parents = {"territory": above, "region": above.map(owners.parents)}
    parents["company"] = parents["region"].map(owners.parents)
    found = []
    for kind in KINDS:
        ratio = ratios.get(kind, Decimal(0))
        if not ratio:
            continue
        extra = _extra(cells, parents[kind], ratio)
        cells = cells.assign(amount=cells["amount"] + extra)
        given = cells.assign(amount=extra)
        taken = given.assign(owner=parents[kind], amount=-extra)
        taken = taken.groupby(["owner", "product", "channel", "period"], as_index=False)["amount"].sum()
        reason = (
            f"{ratio:.1%} passed down on top by each {kind}, so that a few who miss do not cost the {kind} its goal"
        )
        told = {"metric": metric, "step": STEP, "reason": reason, "source": f"set by {actor}"}
        found.append(Transaction("move", reason, actor, ledger.entries(pd.concat([taken, given]), **told)))
    return found


def _extra(cells: pd.DataFrame, parent: pd.Series, ratio: Decimal) -> pd.Series:
    """Split each parent's extra over the cells below it, level by level, in proportion to what they hold."""
    found = [
        cascade(_part(int(mine["amount"].sum()), ratio), mine, "amount")
        for _, mine in cells.groupby(parent)
        if (mine["amount"] > 0).any()
    ]
    split = cells[list(LEVELS)].merge(pd.concat(found), how="left")["amount"] if found else pd.Series(0, cells.index)
    return split.fillna(0).astype("int64")


def _part(amount: int, ratio: Decimal) -> int:
    return int((amount * ratio).to_integral_value(rounding=ROUND_HALF_EVEN))
