"""The made-up history, FY2024 to FY2026: its tables, and what the year in course goes on from."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.sample.causes import events
from planning.sample.company import REGIONS
from planning.sample.customers import Customers, customers
from planning.sample.market import markets
from planning.sample.months import FIRST_DAY, LAST_DAY
from planning.sample.orders import one_off_order, one_offs, orders, products
from planning.sample.other_goals import other_goals
from planning.sample.past_years import assumptions, goals
from planning.sample.pipeline import activities, followed, seen
from planning.sample.sharing import credits, shared_accounts
from planning.sample.staff import Staff, assignments, people, staff
from planning.sample.support import HISTORY_MONTHS, support

STEPS = (
    "staff", "customers", "orders", "opportunities", "people", "activities", "goals", "one-off order", "credits",
    "other goals", "markets", "staff in course", "customers in course", "orders in course",
    "opportunities in course", "activities in course", "late lines", "support", "support in course",
)  # fmt: skip
"""Steps that draw by chance; a new one is added at the end, where it leaves what the others draw as it is."""

Streams = Mapping[str, np.random.Generator]


@dataclass(frozen=True)
class Made:
    """A made-up history.

    Parameters
    ----------
    tables
        The canonical tables by name, money in minor units; some carry more columns than are written.
    force, accounts
        Who sells, and who buys.
    deals
        Opportunities, followed to their end.
    shared
        Accounts that are shared, and the colleague of each.
    """

    tables: dict[str, pd.DataFrame]
    force: Staff
    accounts: Customers
    deals: pd.DataFrame
    shared: Mapping[str, str]


def streams(seed: int) -> Streams:
    """Give each step a stream of its own: a change in one does not shift the draws of the others."""
    spawned = np.random.SeedSequence(seed).spawn(len(STEPS))
    return {step: np.random.Generator(np.random.PCG64(each)) for step, each in zip(STEPS, spawned, strict=True)}


def history(stream: Streams) -> Made:
    """Make the history, each step from its stream."""
    force = staff(stream["staff"])
    accounts = customers(force, stream["customers"])
    catalogue = products()
    usual = orders(force, accounts, catalogue, stream["orders"])
    opening = one_off_order(force, accounts, catalogue, stream["one-off order"])
    deals = followed(force, accounts, usual, stream["opportunities"])
    pipeline = seen(deals, force, accounts, LAST_DAY)
    asked = goals(force, usual, stream["goals"])
    others = other_goals(asked, force, usual, pipeline, stream["other goals"])
    acts = activities(force, pipeline, stream["activities"])
    helped = support(force, acts, stream["support"], HISTORY_MONTHS)
    shared = shared_accounts(force, accounts, stream["credits"])
    lines = pd.concat([usual[usual["date"] >= FIRST_DAY], opening])
    lines = lines.sort_values(["date", "order_id", "line"], kind="stable", ignore_index=True)
    tables = {
        "territories": _territories(),
        "people": people(force, stream["people"]),
        "assignments": assignments(force),
        "products": catalogue,
        "customers": accounts.frame,
        "orders": lines,
        "credits": credits(shared, lines),
        "one_offs": one_offs(opening),
        "opportunities": pipeline,
        "activities": pd.concat([acts, helped], ignore_index=True),
        "goals": pd.concat([asked, others], ignore_index=True),
        "assumptions": assumptions(),
        "events": events(),
        "markets": markets(usual, stream["markets"]),
    }
    return Made(tables, force, accounts, deals, shared)


def _territories() -> pd.DataFrame:
    rows = [(territory, region) for region, territories in REGIONS.items() for territory in territories]
    return pd.DataFrame(rows, columns=["territory", "region"])
