"""The sample company, generated from a seed: made up, with planted causes whose size is known.

`data/sample/README.md` tells its story.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from planning.sample.causes import events, planted
from planning.sample.company import REGIONS
from planning.sample.customers import customers
from planning.sample.files import write
from planning.sample.market import markets
from planning.sample.months import FIRST_DAY
from planning.sample.orders import one_off_order, one_offs, orders, products
from planning.sample.other_goals import other_goals
from planning.sample.past_years import assumptions, goals
from planning.sample.pipeline import activities, opportunities
from planning.sample.sharing import credits
from planning.sample.staff import assignments, people, staff

SEED = 2026
STEPS = (
    "staff", "customers", "orders", "opportunities", "people", "activities", "goals", "one-off order", "credits",
    "other goals", "markets",
)  # fmt: skip
"""Steps that draw by chance; a new one is added at the end, where it leaves what the others draw as it is."""


def generate(folder: Path, seed: int = SEED) -> None:
    """Write the sample company's fourteen canonical tables and `planted.csv` as CSV files.

    The same seed gives the same bytes. Money is in major units with two decimals.

    Parameters
    ----------
    folder
        Where the files go; made if it is not there. Files of the same names are replaced.
    seed
        Any whole number from 0; planted causes are the same for all of them.
    """
    write(folder, {**_tables(seed), "planted": planted()})


def _tables(seed: int) -> dict[str, pd.DataFrame]:
    """Give the canonical tables by name, money in minor units; some carry more columns than are written."""
    stream = _streams(seed)
    force = staff(stream["staff"])
    accounts = customers(force, stream["customers"])
    catalogue = products()
    usual = orders(force, accounts, catalogue, stream["orders"])
    opening = one_off_order(force, accounts, catalogue, stream["one-off order"])
    deals = opportunities(force, accounts, usual, stream["opportunities"])
    asked = goals(force, usual, stream["goals"])
    others = other_goals(asked, force, usual, deals, stream["other goals"])
    lines = pd.concat([usual[usual["date"] >= FIRST_DAY], opening])
    lines = lines.sort_values(["date", "order_id", "line"], kind="stable", ignore_index=True)
    return {
        "territories": _territories(),
        "people": people(force, stream["people"]),
        "assignments": assignments(force),
        "products": catalogue,
        "customers": accounts.frame,
        "orders": lines,
        "credits": credits(force, accounts, lines, stream["credits"]),
        "one_offs": one_offs(opening),
        "opportunities": deals,
        "activities": activities(force, deals, stream["activities"]),
        "goals": pd.concat([asked, others], ignore_index=True),
        "assumptions": assumptions(),
        "events": events(),
        "markets": markets(usual, stream["markets"]),
    }


def _streams(seed: int) -> dict[str, np.random.Generator]:
    """Give each step a stream of its own: a change in one does not shift the draws of the others."""
    spawned = np.random.SeedSequence(seed).spawn(len(STEPS))
    return {step: np.random.Generator(np.random.PCG64(each)) for step, each in zip(STEPS, spawned, strict=True)}


def _territories() -> pd.DataFrame:
    rows = [(territory, region) for region, territories in REGIONS.items() for territory in territories]
    return pd.DataFrame(rows, columns=["territory", "region"])
