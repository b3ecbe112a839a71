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
from planning.sample.months import FIRST_DAY
from planning.sample.orders import orders, products
from planning.sample.past_years import assumptions, goals
from planning.sample.pipeline import activities, opportunities
from planning.sample.staff import assignments, people, staff

SEED = 2026


def generate(folder: Path, seed: int = SEED) -> None:
    """Write the sample company's eleven canonical tables and `planted.csv` as CSV files.

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
    # A stream a step: a change in one step does not shift the draws of the others.
    streams = iter([np.random.Generator(np.random.PCG64(each)) for each in np.random.SeedSequence(seed).spawn(8)])
    force = staff(next(streams))
    accounts = customers(force, next(streams))
    catalogue = products()
    lines = orders(force, accounts, catalogue, next(streams))
    deals = opportunities(force, accounts, lines, next(streams))
    return {
        "territories": _territories(),
        "people": people(force, next(streams)),
        "assignments": assignments(force),
        "products": catalogue,
        "customers": accounts.frame,
        "orders": lines[lines["date"] >= FIRST_DAY],
        "opportunities": deals,
        "activities": activities(force, deals, next(streams)),
        "goals": goals(force, lines, next(streams)),
        "assumptions": assumptions(),
        "events": events(),
    }


def _territories() -> pd.DataFrame:
    rows = [(territory, region) for region, territories in REGIONS.items() for territory in territories]
    return pd.DataFrame(rows, columns=["territory", "region"])
