"""What criteria make of a year: points of each part, their weighted sum, and where it lies among peers."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

FEWEST_PEERS = 4
"""People of a role below whom there are no bands: a band of one or two would name them."""

BANDS = ("lowest quarter", "lower middle", "upper middle", "highest quarter")

RULE = (
    "What is attained counts as far as the cap; the level of a scale counts what the scale says. Each part counts "
    "with its weight. Parts that cannot be told yet are left out, and the others count for the whole: so it is said "
    "how much of the weight is told."
)


def counted(attainment: Fraction | None, cap: Decimal) -> Fraction | None:
    """Give what an attainment counts: no less than nothing, and no more than the cap.

    Examples
    --------
    >>> counted(Fraction(9, 10), Decimal("1.2")), counted(Fraction(3, 2), Decimal("1.2")), counted(None, Decimal(2))
    (Fraction(9, 10), Fraction(6, 5), None)
    """
    return None if attainment is None else min(max(attainment, Fraction(0)), Fraction(cap))


def together(weights: Sequence[Decimal], points: Sequence[Fraction | None]) -> tuple[Fraction | None, Fraction]:
    r"""Weigh points; gives them, and the part of the weight that is told.

    .. math:: S = \frac{\sum_{i \in T} w_i p_i}{\sum_{i \in T} w_i}, \qquad T = \{i : p_i \text{ is told}\}

    Examples
    --------
    >>> together([Decimal("0.6"), Decimal("0.4")], [Fraction(9, 10), Fraction(1)])
    (Fraction(47, 50), Fraction(1, 1))
    >>> together([Decimal("0.6"), Decimal("0.4")], [Fraction(9, 10), None])
    (Fraction(9, 10), Fraction(3, 5))
    """
    told = [(Fraction(weight), each) for weight, each in zip(weights, points, strict=True) if each is not None]
    whole = sum((weight for weight, _ in told), Fraction(0))
    if not whole:
        return None, Fraction(0)
    return sum((weight * each for weight, each in told), Fraction(0)) / whole, whole


def bands(scores: Sequence[float], mine: float) -> pd.DataFrame:
    """Say in which quarter of the peers one lies; nobody is named, and nobody's own figure is shown.

    Parameters
    ----------
    scores
        Of all who are compared, one's own among them.
    mine
        One's own.

    Returns
    -------
    A row a band, the highest first: ``band``, ``least`` and ``most`` (its ends: quartiles, open at both sides) and
    ``mine``; no rows with fewer than `FEWEST_PEERS`.
    """
    columns = ["band", "least", "most", "mine"]
    if len(scores) < FEWEST_PEERS:
        return pd.DataFrame(columns=columns)
    ends = [-np.inf, *map(float, np.quantile(np.asarray(scores, dtype=float), [0.25, 0.5, 0.75])), np.inf]
    place = int(np.searchsorted(ends[1:-1], mine, side="right"))
    rows = [(name, ends[i], ends[i + 1], i == place) for i, name in enumerate(BANDS)]
    return pd.DataFrame(rows[::-1], columns=columns)
