"""Forecasts of a tree made to add up, with intervals.

Each node is forecast by itself, so that none is blind to what only its own series shows; the parts then do not add up
to the whole. They are brought together by MinT, minimum trace reconciliation, with each node weighted by the variance
of its errors in the past: what is well known (the company) steadies what is not (a position). From S. L.
Wickramasuriya, G. Athanasopoulos and R. J. Hyndman, "Optimal forecast reconciliation for hierarchical and grouped
time series through trace minimization", Journal of the American Statistical Association 114 (2019) 804-819.
Bottom-up, the simplest way, adds up what is known least.

Intervals are those of a normal distribution around the reconciled forecast, as wide at each node as reconciled
forecasts of it were off in the past. So they need no further reconciling: errors of forecasts that add up add up
themselves.
"""

from dataclasses import dataclass

import numpy as np

from planning.amounts import Real

NORMAL = {80: 1.2815515655446004, 95: 1.959963984540054}
"""Percent of cases that lie within so many standard deviations on either side of the mean."""

BOUNDS = tuple(NORMAL)
Bounds = dict[int, Real]


@dataclass(frozen=True)
class Coherent:
    """Forecasts that add up, with bounds; a row a node, a column a period.

    Parameters
    ----------
    points
        Expected amounts.
    low, high
        Bounds by percent; NaN where errors could not be measured.
    """

    points: Real
    low: Bounds
    high: Bounds


def adding_up(parts: Real, total: Real) -> Real:
    """Make parts add up to a total: what is missing or too much goes to them in proportion to their size.

    Parameters
    ----------
    parts
        A row a part, a column a total.
    total
        As many as columns.
    """
    size = np.abs(parts)
    sums = size.sum(axis=0)
    weight = np.divide(size, sums, out=np.full_like(size, 1 / len(parts)), where=sums > 0)
    return parts + (total - parts.sum(axis=0)) * weight


def reconcile(summing: Real, points: Real, spread: Real) -> Real:
    """Make forecasts of a tree add up.

    A node counts for as much less as it was off in the past, but as if never off by more than its own size: else all
    that is left over would go to those who sell next to nothing and are hard to forecast.

    Parameters
    ----------
    summing
        Which leaves each node is the sum of; a row a node, leaves last.
    points
        Forecasts, a row a node, a column a period; the last is all periods together.
    spread
        Standard deviation of a node's errors over all periods together; NaN where nothing is known of them, and then
        every node counts by the number of leaves in it.
    """
    from hierarchicalforecast.methods import MinTrace

    # The library weighs nodes by the mean square of these; a node that was never off still counts by one minor unit.
    weights = np.maximum(np.minimum(spread, np.abs(points[:, -1])), 1.0)
    told = np.where(np.isnan(weights), np.sqrt(summing.sum(axis=1)), weights)[:, None]
    method = MinTrace(method="wls_var")
    found = method.fit_predict(S=summing, y_hat=points, y_insample=told, y_hat_insample=np.zeros_like(told))
    return np.asarray(found["mean"])


def bounded(points: Real, spread: Real, floor: Real) -> Coherent:
    """Give points their bounds, not below a node's floor.

    Parameters
    ----------
    points, spread
        Expected amounts and the standard deviation of their errors, a row a node, a column a period.
    floor
        A number a node.
    """
    least = floor[:, None]
    low = {percent: np.maximum(points - width * spread, least) for percent, width in NORMAL.items()}
    return Coherent(
        points, low, {percent: np.maximum(points + width * spread, least) for percent, width in NORMAL.items()}
    )
