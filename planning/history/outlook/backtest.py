"""How far off the forecasts would have been, had they been made in the past, beside the seasonal naive ones."""

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.outlook.figures import Judged
from planning.history.season import MONTHS

TESTED = (
    "level", "nodes", "trials", "months", "off", "naive_off", "inside_80",
    "years", "year_off", "naive_year_off", "year_inside_80",
)  # fmt: skip


def backtest(judged: list[Judged], level: np.ndarray) -> pd.DataFrame:
    """Sum up trials by level.

    How far off is the sum of absolute errors over the sum of what came, of all nodes and months (the weighted
    absolute percentage error, WAPE); a ratio counts by what it is measured on. Forecast and seasonal naive are
    compared where there are both; where the seasonal naive cannot be made at all, its columns are empty.

    Returns
    -------
    A row a level: ``nodes``, ``trials``, ``months`` judged (of all nodes), ``off`` and ``naive_off`` (fractions),
    ``inside_80`` (fraction of months inside their 80% interval, which should be 0.8); and ``years``, ``year_off``,
    ``naive_year_off``, ``year_inside_80``, the same for spans of twelve months; empty where there was none. Levels of
    which nothing came to be judged are left out.
    """
    rows = [_of_level(judged, name, np.flatnonzero(level == name)) for name in dict.fromkeys(level)]
    return pd.DataFrame(rows, columns=list(TESTED)).dropna(subset="off").reset_index(drop=True)


def _of_level(judged: list[Judged], name: str, rows: np.ndarray) -> tuple[object, ...]:
    months = [_errors(each, rows, slice(0, -1)) for each in judged]
    years = [_errors(each, rows, slice(-1, None)) for each in judged if each.came.shape[1] == MONTHS + 1]
    return (name, len(rows), len(judged), *_measured(months), *_measured(years))


def _errors(each: Judged, rows: np.ndarray, columns: slice) -> Real:
    """Size, error, error of the seasonal naive, and whether inside the 80% interval: four rows, a column a figure."""
    came, expected, naive, weight = (
        table[rows, columns].ravel() for table in (each.came, each.figures.expected, each.naive, each.weight)
    )
    low, high = (bounds[80][rows, columns].ravel() for bounds in (each.figures.low, each.figures.high))
    inside = np.where(np.isnan(low), np.nan, (low <= came) & (came <= high))
    off = np.abs(came - expected) * weight
    told = ~np.isnan(off)
    return np.stack([np.abs(came) * weight, off, np.abs(came - naive) * weight, inside])[:, told]


def _measured(errors: list[Real]) -> tuple[float, float, float, float]:
    size, off, naive, inside = np.hstack([np.empty((4, 0)), *errors])
    both = ~np.isnan(naive)
    alike = both if both.any() else np.full(len(size), True)
    known = inside[alike & ~np.isnan(inside)]
    total = size[alike].sum()
    naive_off = naive[both].sum() / total if both.any() and total > 0 else np.nan
    return (
        float(alike.sum()),
        off[alike].sum() / total if total > 0 else np.nan,
        naive_off,
        known.mean() if len(known) else np.nan,
    )
