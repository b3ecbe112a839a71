"""Forecasts in whole minor units or counts that add up exactly, from position to company and from month to year."""

import numpy as np

from planning.amounts import Real, Whole, settle
from planning.history.outlook.candidates import ENDED
from planning.history.outlook.coherence import adding_up
from planning.history.outlook.projection import Projection
from planning.history.outlook.series import LEAVES, LINE, Panel


def whole(panel: Panel, projection: Projection) -> Whole:
    """Round the months of a projection: a row a node, a column a month.

    The company is rounded, and its months split over positions and over product lines by largest remainder; all
    levels between are sums of positions.
    """
    amounts = projection.periods.points[:, :-1]
    level = panel.nodes["level"].to_numpy()
    alive = np.array([choice.method != ENDED for choice in projection.choices])
    company = np.diff(np.rint(amounts[0].cumsum()), prepend=0.0)
    found = np.zeros(amounts.shape, np.int64)
    in_tree, lines = level != LINE, np.flatnonzero((level == LINE) & alive)
    leaves = np.flatnonzero(np.isin(level, LEAVES) & alive)
    if len(leaves):
        held = panel.summing()[:, alive[np.isin(level, LEAVES)]].astype(np.int64)
        found[in_tree] = held @ _rounded(amounts[leaves], company, projection.floor[leaves])
    if len(lines):
        found[lines] = _rounded(amounts[lines], company, projection.floor[lines])
    return found


def _rounded(amounts: Real, totals: Real, floor: Real) -> Whole:
    """Round parts month by month, handing on what rounding left, so that a year of small parts does not drift."""
    found = np.zeros(amounts.shape, np.int64)
    left = np.zeros(len(amounts))
    for month, total in enumerate(totals):
        exact = amounts[:, month] + left
        parts = adding_up(np.maximum(exact, floor)[:, None], np.array([total]))[:, 0]
        found[:, month] = settle(parts, total)
        left = exact - found[:, month]
    return found
