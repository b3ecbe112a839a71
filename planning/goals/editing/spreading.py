"""A change of what owners carry, spread over their cells: the profile of months, products and channels is kept."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from planning.amounts import apportion
from planning.goals.owners import Owners


def spread(
    owners: Owners, rows: pd.DataFrame, changes: Mapping[str, int], months: list[str], held: Collection[str]
) -> pd.DataFrame:
    """Spread changes of owners over the cells of each and everybody below, in proportion to what they hold.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric.
    changes
        Whole minor units by owner, none of them below another.
    months
        Months over which somebody who carries nothing yet gets a goal evenly.
    held
        Owners whose goal stays; where all below an owner are, it takes the change itself.

    Returns
    -------
    ``owner``, ``product``, ``channel``, ``period`` and ``amount`` (whole minor units), which add up to each change.
    """
    whose = _below(owners, changes, held)
    cells = rows[rows["owner"].isin(list(whose))]
    cells = cells.groupby(["owner", "product", "channel", "period"], as_index=False)["amount"].sum()
    cells["whose"] = cells["owner"].map(whose)
    weights = cells.assign(amount=cells["amount"].clip(lower=0).astype("float64"))
    carries = weights.groupby("whose")["amount"].sum()
    bare = [owner for owner in changes if not carries.get(owner, 0) > 0]
    fresh = [_evenly(owners, owner, whose, months) for owner in bare]
    weights = pd.concat([weights[~weights["whose"].isin(bare)], *fresh], ignore_index=True)
    group = pd.Index(list(changes)).get_indexer(weights["whose"])
    weights["amount"] = apportion(list(changes.values()), weights["amount"].to_numpy(dtype=float), groups=group)
    order = np.argsort(group, kind="stable")
    return weights.drop(columns="whose").iloc[order].reset_index(drop=True)


def _below(owners: Owners, tops: Collection[str], held: Collection[str]) -> dict[str, str]:
    """Give for everybody who is not held whom of some owners they are below, or are."""
    found: dict[str, str] = {}
    for owner in owners.frame["owner"].tolist():
        top = owner if owner in tops else found.get(owners.parents.get(owner, ""))
        if top is not None:
            found[owner] = top
    kept = set(held)
    return {owner: top for owner, top in found.items() if owner not in kept}


def _evenly(owners: Owners, owner: str, whose: Mapping[str, str], months: list[str]) -> pd.DataFrame:
    """Give cells for somebody who carries nothing yet: all months alike, for each who has nobody below."""
    above = set(owners.parents.values())
    leaves = [each for each, top in whose.items() if top == owner and each not in above] or [owner]
    cells = pd.DataFrame({"owner": leaves}).merge(pd.DataFrame({"period": months}), how="cross")
    return cells.assign(product="", channel="", amount=1.0, whose=owner)
