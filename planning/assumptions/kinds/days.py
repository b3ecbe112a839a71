"""Working days."""

from decimal import Decimal

import numpy as np

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Kind, even


def _working_days(asked: Asked) -> Real:
    ratio = [asked.scene.working_days.get(month, 1.0) for month in asked.cells["period"]]
    return even(asked) * (np.array(ratio, dtype=float) - 1)


KINDS = (
    Kind(
        "working_days",
        "Working days",
        "Share of sales that follows the working days of a month.",
        "baseline x share x (working days / those of the same month last year - 1)",
        "trading-day adjustment (Young 1965)",
        Decimal(0),
        Decimal(1),
        _working_days,
    ),
)
