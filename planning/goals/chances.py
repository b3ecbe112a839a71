"""Whether goals can be met: probabilities from draws of the year, and what would even the difficulty out."""

from typing import Literal

import numpy as np
import pandas as pd

from planning.amounts import Real

Verdict = Literal["out of reach", "hard", "balanced", "likely", "certain", ""]

ENDS: tuple[tuple[float, Verdict], ...] = ((0.1, "out of reach"), (0.35, "hard"), (0.65, "balanced"), (0.9, "likely"))
"""Probability below which a goal is called so; above the last it is as good as certain."""
_ROUNDS = 60


def probability(draws: Real, goal: int) -> float:
    """Give the part of the draws that reach a goal; none if there are no draws, or nothing is asked."""
    return float((draws >= goal).mean()) if len(draws) and goal > 0 else np.nan


def verdict(chance: float) -> Verdict:
    """Call a goal what it is.

    Examples
    --------
    >>> [verdict(each) for each in (0.01, 0.3, 0.5, 0.8, 0.99, float("nan"))]
    ['out of reach', 'hard', 'balanced', 'likely', 'certain', '']
    """
    if np.isnan(chance):
        return ""
    return next((name for end, name in ENDS if chance < end), "certain")


def makes_it(draws: Real, goals: Real, extra: float = 0.0) -> tuple[float, float, float]:
    """Say how many are expected to reach their goals, and within what bounds four times in five.

    Parameters
    ----------
    draws
        A row a draw, a column a person.
    goals
        A goal a person.
    extra
        Fraction by which every goal is raised.

    Returns
    -------
    Mean, low and high number of people.
    """
    reached = (draws >= goals * (1 + extra)).sum(axis=1)
    low, high = np.quantile(reached, [0.1, 0.9])
    return float(reached.mean()), float(low), float(high)


def evened(draws: Real, total: int) -> Real:
    """Give goals that are equally hard and add up to a total.

    Each is the same quantile of its person's draws; which quantile it is, is found by halving.

    Parameters
    ----------
    draws
        A row a draw, a column a person.
    total
        What the goals add up to.

    Returns
    -------
    A goal a person, not rounded.
    """
    low, high = 0.0, 1.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        reached = float(np.quantile(draws, middle, axis=0).sum())
        low, high = (middle, high) if reached < total else (low, middle)
    found = np.quantile(draws, (low + high) / 2, axis=0)
    whole = found.sum()
    return found * (total / whole) if whole > 0 else np.full(draws.shape[1], total / draws.shape[1])


def spread(chances: pd.Series) -> float:
    """Say how unevenly difficulty is spread: the standard deviation of the probabilities; 0 is perfectly even."""
    return float(chances.dropna().std(ddof=0)) if chances.notna().any() else np.nan
