"""What no other kind is for."""

from decimal import Decimal

import numpy as np

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Kind, even


def _whole(asked: Asked) -> Real:
    return np.ones(len(asked.cells))


KINDS = (
    Kind(
        "other_share",
        "Other, in percent",
        "How much sales change there, for the reason that the evidence gives.",
        "baseline x change",
        "as the evidence says",
        Decimal("-0.99"),
        Decimal(5),
        even,
    ),
    Kind(
        "other_amount",
        "Other, as an amount",
        "How much is added to the year there (or taken off, below zero), for the reason that the evidence gives.",
        "amount, spread as the baseline",
        "as the evidence says",
        -(Decimal(10) ** 17),
        Decimal(10) ** 17,
        adds=_whole,
        unit="money",
    ),
)
