r"""Goals besides revenue in the draws of the year: as far from last year as such figures were before, with revenue.

The change of a figure from one year to the next, on logs, is taken to be

.. math:: x_{rt} = \mu + \eta_t + \sigma_r \left(\rho\, z_{rt} + \sqrt{1 - \rho^2}\, e_{rt}\right)

with a part of the year :math:`\eta_t` that all share, a part of the person, and :math:`z` how the person's revenue
comes (its place among the draws, as a standard normal: a Gaussian copula). All of it is estimated from past years:
the mean change is drawn towards none, a person's variance towards that of all, each as if `STEADY` cases more spoke
for it; the correlation with revenue, within years, towards none by the positive part of James and Stein's rule on
Fisher's scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from planning.amounts import Real

LEAST = 8
"""Changes from year to year that it takes to say anything."""
STEADY = 5
"""Cases that speak for the usual, beside those that were seen."""
_TENTH = NormalDist().inv_cdf(0.9)
METHOD = (
    "Goals besides revenue are drawn with it: last year's figure times a change as large as changes from year to "
    "year were before, a part of it common to all, a part of each person's own, which goes with the person's revenue "
    "as far as it did within past years. Few years and few people are drawn towards the usual."
)


@dataclass(frozen=True)
class Spread:
    """How a figure changes from one year to the next, on logs.

    Parameters
    ----------
    mean
        The usual change.
    years
        Standard deviation of the part that all people of a year share.
    people
        Standard deviation of a person's own part, by person.
    others
        Of people whose changes are not known.
    together
        Correlation of a person's own part with that of revenue.
    cases, times
        Changes seen, and the years they are from.
    """

    mean: float
    years: float
    people: Mapping[str, float]
    others: float
    together: float
    cases: int
    times: int

    def of(self, rep: str) -> float:
        """Give the standard deviation of a person's own part."""
        return self.people.get(rep, self.others)


def spread(changes: pd.DataFrame) -> Spread | None:
    """Say how a figure changes from year to year.

    Parameters
    ----------
    changes
        ``rep``, ``year``, ``change`` (of the figure, on logs) and ``revenue`` (of the same person's revenue, on logs;
        may be empty).

    Returns
    -------
    None where fewer than `LEAST` changes are known.
    """
    if len(changes) < LEAST:
        return None
    by_year = changes.groupby("year")["change"]
    means, counts = by_year.mean(), by_year.size()
    times, cases = len(means), len(changes)
    mean = float(means.mean()) * times / (times + STEADY)
    own = changes["change"] - by_year.transform("mean")
    # Each year's mean costs a degree of freedom.
    usual = float((own**2).sum() / max(cases - times, 1))
    seen = float(((means - mean) ** 2).mean()) * (times + 1) / times - usual * float((1 / counts).mean())
    squares = (own**2).groupby(changes["rep"]).agg(["sum", "size"])
    variances = (squares["sum"] + STEADY * usual) / (squares["size"] + STEADY)
    return Spread(
        mean, float(np.sqrt(max(seen, 0.0))), np.sqrt(variances).to_dict(), float(np.sqrt(usual)),
        _together(changes, own), cases, times,
    )  # fmt: skip


def _together(changes: pd.DataFrame, own: pd.Series) -> float:
    """Give the correlation with revenue within years, drawn towards none."""
    known = changes["revenue"].notna()
    revenue = changes.loc[known, "revenue"]
    revenue = revenue - revenue.groupby(changes.loc[known, "year"]).transform("mean")
    count = len(revenue)
    if count <= LEAST or not revenue.std() or not own[known].std():
        return 0.0
    scale = float(np.arctanh(np.clip(np.corrcoef(own[known], revenue)[0, 1], -0.999, 0.999)))
    kept = max(0.0, 1 - 1 / ((count - 3) * scale**2)) if scale else 0.0
    return float(np.tanh(scale * kept))


def places(draws: Real) -> Real:
    """Give each draw's place among all, as a standard normal."""
    inverse = NormalDist().inv_cdf
    grid = np.array([inverse((place + 0.5) / len(draws)) for place in range(len(draws))])
    found = np.empty(len(draws))
    found[np.argsort(draws, kind="stable")] = grid
    return found


def drawn(seen: Spread, rep: str, common: Real, own: Real, revenue: Real) -> Real:
    """Draw how a person's figure changes, as a factor on last year's.

    Parameters
    ----------
    seen, rep
        How it changes, and whose.
    common, own
        Standard normal draws: one for all people, one for this one.
    revenue
        Place of the person's revenue in each draw (`places`).
    """
    person = seen.together * revenue + np.sqrt(1 - seen.together**2) * own
    return np.exp(seen.mean + seen.years * common + seen.of(rep) * person)


def within(changes: pd.DataFrame) -> tuple[int, int]:
    """Try it on the past: how many changes fell where eight of ten are to fall, told by the years before alone.

    Returns
    -------
    How many fell within, and of how many.
    """
    inside = of = 0
    for year in sorted(changes["year"].unique()):
        seen = spread(changes[changes["year"] < year])
        if seen is None:
            continue
        then = changes[changes["year"] == year]
        deviation = np.sqrt(seen.years**2 + np.array([seen.of(rep) for rep in then["rep"]]) ** 2)
        inside += int((np.abs(then["change"] - seen.mean) <= _TENTH * deviation).sum())
        of += len(then)
    return inside, of
