"""Forecasts of a tree made to add up, and their intervals with them.

Each node is forecast by itself, so that none is blind to what only its own series shows; the parts then do not add up to
the whole. They are brought together by MinT, minimum trace reconciliation, with each node weighted by the variance of its
errors in the past: what is well known (the company) steadies what is not (a position). From S. L. Wickramasuriya,
G. Athanasopoulos and R. J. Hyndman, "Optimal forecast reconciliation for hierarchical and grouped time series through
trace minimization", Journal of the American Statistical Association 114 (2019) 804-819. Bottom-up, the simplest way, adds
up what is known least.

Errors are taken as normal; a linear map of them stays so, and the intervals follow from their reconciled covariance
(A. Panagiotelis et al., "Probabilistic forecast reconciliation", European Journal of Operational Research 306 (2023)).
Their correlations are shrunk (J. Schafer and K. Strimmer, 2005), since there are more nodes than months to measure them.
"""

from dataclasses import dataclass

import numpy as np

from planning.amounts import Real

BOUNDS = (80, 95)
"""Percent of cases in which what comes should lie inside."""

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


def nothing(rows: int, periods: int) -> Coherent:
    """Give forecasts of 0 that are certain."""
    zero = np.zeros((rows, periods))
    return Coherent(zero, {percent: zero.copy() for percent in BOUNDS}, {percent: zero.copy() for percent in BOUNDS})


def reconcile(summing: Real, points: Real, errors: Real, spread: Real) -> Coherent:
    """Make forecasts of a tree add up.

    Parameters
    ----------
    summing
        Which leaves each node is the sum of; a row a node, leaves last.
    points
        Forecasts, a row a node, a column a period.
    errors
        Past errors, a row a node, a column an occasion; with fewer than two, every node counts by the number of leaves
        in it, and there are no bounds.
    spread
        Standard deviation of the errors for each node and period; the last period decides how much each node counts.
    """
    from hierarchicalforecast.methods import MinTrace

    if errors.shape[1] < 2:
        found = MinTrace(method="wls_struct").fit_predict(S=summing, y_hat=points)["mean"]
        unknown = {percent: np.full_like(points, np.nan) for percent in BOUNDS}
        return Coherent(found, unknown, dict(unknown))
    # The library weighs nodes by the mean square of these; a node that was never off still counts by one minor unit.
    weights = np.maximum(spread[:, -1:], 1.0)
    mapped = MinTrace(method="wls_var").fit(
        S=summing, y_hat=points, y_insample=weights, y_hat_insample=np.zeros_like(weights)
    )
    return _with_bounds(summing, mapped.P, points, errors, spread)


def _with_bounds(summing: Real, projection: Real, points: Real, errors: Real, spread: Real) -> Coherent:
    from hierarchicalforecast.probabilistic_methods import Normality

    # A node that was never off has a spread of 0, so its correlations do not matter; but they must exist.
    never_off = np.ptp(errors, axis=1) == 0
    told = np.where(never_off[:, None], np.arange(errors.shape[1]) % 2.0, errors)
    law = Normality(
        S=summing, P=projection, y_hat=points, sigmah=spread, covariance_type="shrink", residuals=told, seed=0
    )
    tails = [(1 - percent / 100) / 2 for percent in BOUNDS]
    mean = summing @ (projection @ points)
    found = law.get_prediction_quantiles({"mean": mean}, np.array([*tails, *(1 - tail for tail in tails)]))[
        "quantiles"
    ]
    low = {percent: found[:, :, place] for place, percent in enumerate(BOUNDS)}
    high = {percent: found[:, :, place + len(BOUNDS)] for place, percent in enumerate(BOUNDS)}
    return Coherent(mean, low, high)
