"""Small samples drawn towards their group, instead of being ranked on noise.

A group's values differ for two reasons: its members differ, and chance. Both sizes are estimated from the group
itself (empirical Bayes); each member keeps as much of its own value as the first has in the whole. Where members
differ no more than chance alone makes them, all get the group's value.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planning.amounts import Real

Z = 1.96
"""Standard deviations on either side of an interval that holds the true value 95 times in 100."""

METHOD = (
    "Small samples are drawn towards the group: the less data a member has, and the less the group's members differ "
    "beyond chance, the more of the group's value it gets (empirical Bayes: beta-binomial for rates, Kleinman 1973; "
    "normal for means, Efron and Morris 1975). The weight says how much of its own value a member keeps; the "
    "interval holds the true value 95 times in 100."
)

SHRUNK = ("own", "value", "low", "high", "weight")


def shrunk_rates(successes: ArrayLike, trials: ArrayLike) -> pd.DataFrame:
    """Draw rates towards the rate of all together, by the beta-binomial model.

    The spread between members is the moment estimate of Kleinman (1973, JASA 68, 46-54): the intraclass correlation
    that makes the weighted sum of squares what it is. The interval is Wilson's for the shrunk rate, over the own
    trials and those that the group counts for, never more than it has.

    Parameters
    ----------
    successes, trials
        Counts, one of each a member; a member may have no trials.

    Returns
    -------
    A row a member: ``own`` rate (empty without trials), shrunk ``value``, ``low``, ``high``, and the ``weight`` of
    the own rate, 0 to 1. All empty where nobody has trials.
    """
    hits, tries = np.asarray(successes, float), np.asarray(trials, float)
    total = tries.sum()
    if not total:
        return pd.DataFrame(np.nan, index=range(len(tries)), columns=list(SHRUNK))
    own = np.divide(hits, tries, out=np.full(len(tries), np.nan), where=tries > 0)
    group, correlation = hits.sum() / total, _correlation(hits, tries)
    weight = tries * correlation / (tries * correlation + 1 - correlation)
    value = _between(own, group, weight)
    backed = np.minimum((1 - correlation) / correlation, total) if correlation else total
    low, high = wilson(value * (tries + backed), tries + backed)
    return pd.DataFrame(dict(zip(SHRUNK, (own, value, low, high, weight), strict=True)))


def shrunk_means(means: ArrayLike, variances: ArrayLike) -> pd.DataFrame:
    """Draw means towards the mean of all, by the normal model.

    The estimator of Efron and Morris (1975, JASA 70, 311-319), which is that of James and Stein (1961) for unequal
    variances; the spread between members is the moment estimate of DerSimonian and Laird (1986). The interval adds
    what is not known of the group's mean to what is not known of the member's.

    Parameters
    ----------
    means
        One a member, in any unit.
    variances
        How far chance alone may take each mean, squared; infinite for a member without data.

    Returns
    -------
    As for `shrunk_rates`, in the unit of the means; all empty where no member has data.
    """
    own, chance = np.asarray(means, float), np.asarray(variances, float)
    known = np.isfinite(own) & np.isfinite(chance)
    if not known.any():
        return pd.DataFrame(np.nan, index=range(len(own)), columns=list(SHRUNK))
    spread = _spread(own[known], chance[known])
    certain = spread + chance == 0
    weight = np.divide(spread, spread + chance, out=np.ones(len(own)), where=~certain & known)
    weight[~known] = 0.0
    if certain[known].any():
        group, doubt = float(own[known & certain].mean()), 0.0
    else:
        shares = 1 / (spread + chance[known])
        group, doubt = float((shares * own[known]).sum() / shares.sum()), 1 / shares.sum()
    value = _between(own, group, weight)
    left = np.where(known, spread * (1 - weight), spread) + (1 - weight) ** 2 * doubt
    half = Z * np.sqrt(left)
    table = pd.DataFrame(dict(zip(SHRUNK, (own, value, value - half, value + half, weight), strict=True)))
    return table.assign(own=np.where(known, own, np.nan))


def wilson(successes: ArrayLike, trials: ArrayLike) -> tuple[Real, Real]:
    """Give the interval of a proportion by Wilson (1927, JASA 22, 209-212), which holds for few trials too.

    Parameters
    ----------
    successes, trials
        Counts, one of each a proportion.

    Returns
    -------
    Low and high ends, fractions; empty without trials.

    Examples
    --------
    >>> [round(float(end[0]), 4) for end in wilson([8], [10])]
    [0.4902, 0.9433]
    """
    hits, tries = np.asarray(successes, float), np.asarray(trials, float)
    tries = np.where(tries > 0, tries, np.nan)
    rate, square = hits / tries, Z**2
    middle = (rate + square / (2 * tries)) / (1 + square / tries)
    half = Z * np.sqrt(rate * (1 - rate) / tries + square / (4 * tries**2)) / (1 + square / tries)
    # At rates of 0 and 1 an end is the rate itself; rounding must not take it past.
    return np.minimum(middle - half, rate).clip(min=0), np.maximum(middle + half, rate).clip(max=1)


def best_quarter(values: ArrayLike) -> float:
    """Give the value that the best quarter of a group reaches; empty for an empty group."""
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    return float(np.quantile(known, 0.75)) if len(known) else np.nan


def _between(own: Real, group: float, weight: Real) -> Real:
    """Give the point between the group's value and the own one; rounding takes it past neither."""
    kept = np.where(weight > 0, own, group)
    value = group + weight * (kept - group)
    return np.clip(value, np.minimum(kept, group), np.maximum(kept, group))


def _correlation(hits: Real, tries: Real) -> float:
    """Estimate how alike two trials of one member are, beyond two of the group: 0 to below 1."""
    tried = tries > 0
    hits, tries = hits[tried], tries[tried]
    total, members = tries.sum(), len(tries)
    rate = hits.sum() / total
    room = total - (tries**2).sum() / total - (members - 1)
    if room <= 0 or not 0 < rate < 1:
        return 0.0
    squares = (tries * (hits / tries - rate) ** 2).sum() / (rate * (1 - rate))
    return float(np.clip((squares - (members - 1)) / room, 0.0, 1 - 1e-9))


def _spread(own: Real, chance: Real) -> float:
    """Estimate the variance between members beyond chance."""
    if not chance.all():
        # Where some means are exact, weights of 1 / variance have no end: count every member alike.
        return max(float(own.var(ddof=1) - chance.mean()), 0.0) if len(own) > 1 else 0.0
    shares = 1 / chance
    room = shares.sum() - (shares**2).sum() / shares.sum()
    if room <= 0:
        return 0.0
    middle = (shares * own).sum() / shares.sum()
    return max(float((((own - middle) ** 2 * shares).sum() - (len(own) - 1)) / room), 0.0)
