"""Criteria by which accounts are scored: each gives an account between nothing and one point, and says from what."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

WORTH, PROMISE = "worth", "promise"
"""What a criterion speaks of: what an account brings now, or what it could bring."""

FEWEST = 4
"""Customers alike below which the best quarter of them says nothing."""
BEST = 0.75
LARGE = 0.95
"""A large account buys more than this part of the customers: what money is measured in."""


@dataclass(frozen=True)
class Criterion:
    """A criterion.

    Parameters
    ----------
    name, label
        As it is kept, and as people call it.
    aspect
        `WORTH` or `PROMISE`.
    says
        How it gives points, in words.
    points
        From the accounts to points between 0 and 1, empty where not known.
    """

    name: str
    label: str
    aspect: str
    says: str
    points: Callable[[pd.DataFrame], pd.Series]


def figures(accounts: pd.DataFrame, sold: int) -> pd.DataFrame:
    """Add what criteria are taken from to the accounts.

    Parameters
    ----------
    accounts
        As `planning.history.known.accounts` gives them.
    sold
        Product lines that the company sells.

    Returns
    -------
    The same with ``growth`` (fraction; empty without sales before), ``breadth`` (of the company's lines, 0 to 1),
    ``peers`` (revenue of the best quarter of customers alike, minor units), ``headroom`` (what is missing to it,
    never below zero), ``customer_now`` (whether it bought in the twelve months) and ``prospect`` (whether it never
    bought).
    """
    money = accounts[["revenue", "before", "open_value"]].astype("float64")
    before = money["before"].where(money["before"] > 0)
    table = accounts.assign(
        growth=money["revenue"] / before - 1,
        breadth=accounts["lines"].astype("float64") / max(sold, 1),
        customer_now=money["revenue"] > 0,
        prospect=accounts["last_order"].isna(),
    )
    peers = _peers(table)
    return table.assign(peers=peers, headroom=(peers - money["revenue"]).clip(lower=0))


def _peers(table: pd.DataFrame) -> pd.Series:
    """Give the revenue of the best quarter of customers alike: same segment and tier, else segment, else all."""
    buying = table[table["customer_now"]].astype({"revenue": "float64"})
    whole = buying["revenue"].quantile(BEST) if len(buying) else np.nan
    found = pd.Series(whole, table.index, dtype="float64")
    for keys in (["segment"], ["segment", "tier"]):
        groups = buying.groupby(keys)["revenue"].agg([lambda each: each.quantile(BEST), "count"])
        best = groups.iloc[:, 0].where(groups["count"] >= FEWEST)
        rows = pd.MultiIndex.from_frame(table[keys]) if len(keys) > 1 else pd.Index(table[keys[0]])
        own = pd.Series(best.reindex(rows).to_numpy(dtype=float), table.index)
        found = own.fillna(found)
    return found


def _in_large(accounts: pd.DataFrame, column: str) -> pd.Series:
    """Measure money in large accounts: a point for as much as a large account buys in a year, and no more."""
    revenue = accounts["revenue"].astype("float64")
    return (accounts[column].astype("float64") / revenue[revenue > 0].quantile(LARGE)).clip(0, 1)


def _tiers(accounts: pd.DataFrame) -> pd.Series:
    """Give the company's own tiers even steps, the first by name as the best; empty where none is told."""
    names = sorted(set(accounts["tier"]) - {""})
    steps = {name: 1 - place / max(len(names) - 1, 1) for place, name in enumerate(names)}
    return accounts["tier"].map(steps).astype("float64")


_OVER = ", over the revenue of a large account"

CRITERIA: dict[str, Criterion] = {
    each.name: each
    for each in (
        Criterion("size", "Size", WORTH, f"its revenue of twelve months{_OVER}",
                  lambda accounts: _in_large(accounts, "revenue")),
        Criterion("loyalty", "Sales of the year before", WORTH, f"its revenue of the twelve months before{_OVER}",
                  lambda accounts: _in_large(accounts, "before")),
        Criterion("recency", "Recency", WORTH, "a point for an order today, none after twelve months",
                  lambda accounts: (1 - accounts["months_since"].astype("float64") / 12).clip(0, 1)),
        Criterion("breadth", "Breadth of lines", WORTH, "the part of the company's product lines that it buys",
                  lambda accounts: accounts["breadth"].clip(0, 1)),
        Criterion("growth", "Growth", PROMISE, "none for sales halved, half for as much, one for half as much again",
                  lambda accounts: (accounts["growth"].astype("float64") + 0.5).clip(0, 1)),
        Criterion("open", "Open opportunities", PROMISE, f"the value of its open opportunities{_OVER}",
                  lambda accounts: _in_large(accounts, "open_value")),
        Criterion("headroom", "Room to grow", PROMISE,
                  f"what is missing to the best quarter of customers of its segment and tier{_OVER}",
                  lambda accounts: _in_large(accounts, "headroom")),
        Criterion("tier", "Tier", PROMISE, "even steps from the first tier by name to the last", _tiers),
        Criterion("fit", "Fit to the profile", PROMISE, "the part of its segment's ideal profile that holds",
                  lambda accounts: accounts["fit"].astype("float64")),
    )
}  # fmt: skip
"""Every criterion, in the order in which they are shown."""
