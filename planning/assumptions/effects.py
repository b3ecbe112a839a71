"""What assumptions do to the baseline, in money."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

import pandas as pd

from planning.amounts import settle
from planning.assumptions.assumption import Assumption

Value = Literal["low", "likely", "high"]


def effect(baseline: pd.DataFrame, assumption: Assumption, value: Value = "likely") -> pd.DataFrame:
    """Price one assumption on the baseline.

    The relative change of its kind times the baseline of the cells in its scope. Each assumption is
    priced on the same baseline, so the effects add up and do not depend on the order in which the
    assumptions were made. The sum is rounded to a whole unit, and the cells add up to it exactly.

    Parameters
    ----------
    baseline
        Columns ``territory``, ``product`` (the product line) and ``amount`` (whole minor units), and
        whatever else tells the cells apart.
    assumption
        The assumption.
    value
        Which of its three values is priced.

    Returns
    -------
    The rows in its scope, with the effect as ``amount``.
    """
    inside = baseline
    if assumption.territory:
        inside = inside[inside["territory"] == assumption.territory]
    if assumption.product_line:
        inside = inside[inside["product"] == assumption.product_line]
    change = assumption.change(getattr(assumption, value))
    total = (int(inside["amount"].sum()) * change).to_integral_value(rounding=ROUND_HALF_EVEN)
    return inside.assign(amount=settle(inside["amount"] * float(change), int(total)))


def summary(baseline: pd.DataFrame, assumptions: list[Assumption]) -> pd.DataFrame:
    """Price every assumption at its low, likely and high value.

    Returns
    -------
    A row an assumption in the order given: ``identity``, ``low``, ``likely``, ``high``: effects in whole
    minor units.
    """
    values: tuple[Value, ...] = ("low", "likely", "high")
    rows = [
        {
            "identity": each.identity,
            **{value: int(effect(baseline, each, value)["amount"].sum()) for value in values},
        }
        for each in assumptions
    ]
    return pd.DataFrame(rows, columns=["identity", *values])


def growth(before: int, after: int) -> Decimal | None:
    """Relative change from one amount to another; none if there was nothing before.

    Examples
    --------
    >>> growth(200, 210)
    Decimal('0.05')
    """
    return None if before == 0 else Decimal(after - before) / Decimal(before)
