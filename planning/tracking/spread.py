r"""How far off landings are, level by level, and draws of a year in which the parts add up.

With :math:`u = \text{come} / \text{told} - 1` the error of what was left of a unit's year and :math:`z` its size
(told over the mean of the units), units are taken to err by :math:`u = c + \tau + z^\gamma e`: a part of the company,
one of the territory, and one of their own, larger where little was left. :math:`\gamma` (from -1 to 0) is fitted to
the past errors on logs. The mean squares of units, territories and company are then made of the three parts,

.. math:: s_R^2 = c^2 + \tau^2 + e^2, \quad s_T^2 = c^2 + \tau^2 + h_T e^2, \quad s_C^2 = c^2 + H_T \tau^2 + H_R e^2,

with :math:`h` and :math:`H` sums of squared shares (Herfindahl) of units in territories, of territories and of units
in the company; they are solved from the bottom up, and none is below zero. Few years tell little of the company's
part: it is drawn from Student's t with as many degrees of freedom as there are years, and is never taken to be less
than `LEAST` of a unit's over the root of the years.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planning.amounts import Real

DRAWS, SEED = 2_000, 2027
LEAST = 0.35
"""The company's part over a unit's, of one year: nothing shows that years do not swing together before some have."""
_FARTHEST = 3.0
"""Errors of a single unit beyond this part of what was told say that it had hardly anything left."""
_ONE_ALONE = 0.99


@dataclass(frozen=True)
class Spread:
    """How far off what was left of a year was told: relative standard deviations, and the units' errors themselves.

    Parameters
    ----------
    company, territory, unit
        What each level has of its own; of a unit of average size.
    slope
        Power of its size by which a unit's own part grows.
    errors
        Past errors of units, freed of their size, of mean 0 and variance 1.
    years
        Years that tell of it.
    """

    company: float
    territory: float
    unit: float
    slope: float
    errors: Real
    years: int


@dataclass(frozen=True)
class Case:
    """What was left of a year, as it was told and as it came: territory, told (above zero) and come of each unit."""

    territory: np.ndarray
    told: Real
    come: Real

    @cached_property
    def off(self) -> Real:
        """Error of each unit."""
        return np.clip(self.come / self.told - 1, -1.0, _FARTHEST)

    @cached_property
    def size(self) -> Real:
        """What was told of each unit over the mean."""
        return self.told / self.told.mean()

    @cached_property
    def codes(self) -> np.ndarray:
        """Number of each unit's territory."""
        return np.unique(self.territory, return_inverse=True)[1]

    @cached_property
    def by_territory(self) -> "Case":
        """The same by territory."""
        told, come = (np.bincount(self.codes, weights=each).astype(float) for each in (self.told, self.come))
        return Case(np.arange(len(told)).astype(str), told, come)


def spread(cases: Sequence[Case], years: int) -> Spread:
    """Learn how far off landings were.

    Parameters
    ----------
    cases
        Years played again, at least one.
    years
        Years that they are of.
    """
    slope = _slope(np.concatenate([each.size for each in cases]), np.concatenate([each.off for each in cases]))
    freed = np.concatenate([each.off / each.size**slope for each in cases])
    weight = np.concatenate([each.size ** (1 + slope) for each in cases])
    in_all = float(np.mean(freed**2))
    unit, territory = _own(cases, slope, in_all)
    of_company = float(np.mean([(each.come.sum() / each.told.sum() - 1) ** 2 for each in cases]))
    company = of_company - territory * _mean(_concentrated, [each.by_territory for each in cases], 0.0)
    company = max(company - unit * _mean(_concentrated, cases, slope), LEAST**2 * unit / max(years, 1))
    unit = min(unit, max(in_all - company - territory, 0.0))
    errors = freed - np.average(freed, weights=weight)
    errors = errors / (errors.std() or 1.0)
    return Spread(company**0.5, territory**0.5, unit**0.5, slope, errors, years)


def drawn(rest: Real, territories: pd.Series, error: Spread) -> Real:
    """Draw what is left of a year: a row a draw, a column a unit; the same for the same figures.

    Parameters
    ----------
    rest
        What is told to come, a unit each.
    territories
        Territory of each unit.
    error
        How far off such tellings are.
    """
    random = np.random.Generator(np.random.PCG64(SEED))
    codes, names = pd.factorize(territories)
    left = rest > 0
    size = np.where(left, rest / (rest[left].mean() if left.any() else 1.0), 1.0) ** error.slope
    company = error.company * random.standard_t(max(error.years, 1), (DRAWS, 1))
    place = error.territory * random.standard_normal((DRAWS, max(len(names), 1)))
    own = error.unit * size * random.choice(error.errors, (DRAWS, len(rest)))
    return rest * (1 + np.clip(company + place[:, codes] + own, -1.0, _FARTHEST))


def _own(cases: Sequence[Case], slope: float, unit: float) -> tuple[float, float]:
    """Solve for what units and territories have of their own, as variances; the mean square of units is given."""
    of_places = [each.by_territory for each in cases]
    company = float(np.mean([(each.come.sum() / each.told.sum() - 1) ** 2 for each in cases]))
    territory = float(np.mean(np.concatenate([each.off for each in of_places]) ** 2))
    within, whole = _mean(_within, cases, slope), _mean(_concentrated, cases, slope)
    places = _mean(_concentrated, of_places, 0.0)
    if places > _ONE_ALONE:  # one territory, which is the company
        return max(unit - company, 0.0) / max(1 - whole, 0.01), 0.0
    if within > _ONE_ALONE:  # a unit a territory: the two cannot be told apart
        return 0.0, max(unit - company, 0.0) / max(1 - places, 0.01)
    own = max(unit - territory, 0.0) / (1 - within)
    return own, max(territory - company - own * (within - whole), 0.0) / max(1 - places, 0.01)


def _slope(size: Real, off: Real) -> float:
    """Fit by which power of its size a unit errs less."""
    across, up = np.log(size), np.log(np.abs(off) + 0.01)
    swing = float(((across - across.mean()) ** 2).sum())
    return float(np.clip(((across - across.mean()) * up).sum() / swing, -1.0, 0.0)) if swing > 0 else 0.0


def _mean(measure: Callable[[Case, float], float], cases: Sequence[Case], slope: float) -> float:
    return float(np.mean([measure(each, slope) for each in cases]))


def _concentrated(case: Case, slope: float) -> float:
    """Part of a unit's variance that is left in the sum of all."""
    return float(((case.told / case.told.sum() * case.size**slope) ** 2).sum())


def _within(case: Case, slope: float) -> float:
    """Part of a unit's variance that is left in the sum of its territory."""
    shares = case.told / case.by_territory.told[case.codes]
    return min(float(np.bincount(case.codes, weights=(shares * case.size**slope) ** 2).mean()), 1.0)
