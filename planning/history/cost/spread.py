"""How far apart two groups of cells are, and how sure that is."""

import math
from dataclasses import dataclass, replace

import pandas as pd
from scipy import special

LEVEL = 0.95
"""Probability with which an interval holds the true value."""
FEWEST = 4
"""Untouched cells below which their spread says too little."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval.

    Parameters
    ----------
    value, low, high
        The figure and the ends of its interval; NaN where there is none.
    cells
        Number of cells it is held against.
    problem
        Why it cannot be told, in words; empty where it can.
    """

    value: float
    low: float
    high: float
    cells: int
    problem: str = ""

    @property
    def told(self) -> bool:
        """Say whether the figure differs from zero beyond doubt."""
        return not self.problem

    def relative(self) -> "Estimate":
        """Turn a difference of logarithms into a fraction."""
        value, low, high = (math.expm1(each) for each in (self.value, self.low, self.high))
        return Estimate(value, low, high, self.cells, self.problem)


def unknown(problem: str, cells: int = 0) -> Estimate:
    """Give the estimate of what cannot be measured, with the reason in words."""
    return Estimate(math.nan, math.nan, math.nan, cells, problem)


def estimate(value: float, error: float, freedom: int, cells: int, looks: int = 1) -> Estimate:
    """Put the interval around a figure.

    Parameters
    ----------
    value, error
        The figure and its standard error.
    freedom
        Degrees of freedom of the error.
    cells
        Number of cells it rests on.
    looks
        Number of figures among which this one was picked; the interval is widened for it (Bonferroni).
    """
    reach = student(freedom, 1 - (1 - LEVEL) / looks) * error
    return judged(Estimate(value, value - reach, value + reach, cells))


def judged(figure: Estimate) -> Estimate:
    """Say of a figure that cannot be told from zero that it cannot."""
    if figure.problem or not figure.low <= 0 <= figure.high:
        return figure
    return replace(figure, problem="The interval holds zero: the figure lies within the usual spread.")


def apart(touched: pd.Series, untouched: pd.Series, looks: int = 1) -> Estimate:
    """Hold the mean of touched cells against that of untouched ones (see `planning.history.cost`)."""
    count = len(untouched)
    if touched.empty:
        return unknown("What it touched did not sell in both years to customers who bought in both.", count)
    if count < FEWEST:
        return unknown(f"Only {count} cells were not touched; it takes {FEWEST} to know their spread.", count)
    error = float(untouched.std()) * math.sqrt(1 / len(touched) + 1 / count)
    return estimate(float(touched.mean() - untouched.mean()), error, count - 1, count, looks)


def student(freedom: int, level: float = LEVEL) -> float:
    """Give the number of standard errors to each side that holds a share `level` of Student's t distribution.

    Examples
    --------
    >>> round(student(1), 3), round(student(10), 3), round(student(10, 0.99), 3)
    (12.706, 2.228, 3.169)
    """
    return float(special.stdtrit(freedom, (1 + level) / 2))
