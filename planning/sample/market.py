"""The market that the company sells in: made up so that its shares are what such a company might have."""

import numpy as np
import pandas as pd

from planning.sample.causes import COMPETITOR_FROM, COMPETITOR_TERRITORY
from planning.sample.company import TERRITORIES
from planning.sample.months import YEARS

GROWTH = 0.04
"""Growth of every market in a year: 2% in units, 2% in prices."""
SHARES = (0.14, 0.32)
UNKNOWN = ("Old Plains", "Salt Islands")
"""Territories of whose market nobody knows the size."""
_ROUND = 1_000_000
"""Sizes are told in tens of thousands of major units."""

_COMPETITORS = ("Two national brands, one regional maker", "Three national brands", "Own brands of the chains")
_POSITIONING = (
    "Leader with hotels, follower in shops",
    "Second, close behind the leader",
    "Follower; known for service",
)


def markets(lines: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Give the size of each territory's market in the last two fiscal years, where it is known.

    Parameters
    ----------
    lines
        Order lines without one-off orders: ``date``, ``territory``, ``amount``.
    random
        A stream of random numbers.
    """
    latest = lines[lines["date"].dt.year == YEARS[-1]].groupby("territory")["amount"].sum()
    share = pd.Series(random.uniform(*SHARES, len(TERRITORIES)), TERRITORIES)
    rows = [
        _row(year, place, territory, latest[territory] / share[territory])
        for year in YEARS[-2:]
        for place, territory in enumerate(TERRITORIES)
        if territory not in UNKNOWN
    ]
    return pd.DataFrame(rows)


def _row(year: int, place: int, territory: str, size: float) -> dict[str, object]:
    then = size / (1 + GROWTH) ** (YEARS[-1] - year)
    rival = territory == COMPETITOR_TERRITORY and year == YEARS[-1]
    entered = f"; since {COMPETITOR_FROM} one with a warehouse in the territory" if rival else ""
    return {
        "year": year,
        "territory": territory,
        "product_line": "",
        "size": round(then / _ROUND) * _ROUND,
        "growth": GROWTH,
        "competitors": _COMPETITORS[place % len(_COMPETITORS)] + entered,
        "positioning": _POSITIONING[place % len(_POSITIONING)],
        "evidence": "Trade association, panel of buyers",
    }
