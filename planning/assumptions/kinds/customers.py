"""Customers who leave, and who buy more."""

from decimal import Decimal

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Field, Kind, built_up, even

_A_YEAR = 12.0


def _attrition(asked: Asked) -> Real:
    return -even(asked) * asked.number("size") * built_up(asked.since, _A_YEAR)


def _expansion(asked: Asked) -> Real:
    return even(asked) * built_up(asked.since, _A_YEAR)


_EVENLY = "customers leave or grow evenly over the year, so that half of a year's change is felt within it"

KINDS = (
    Kind(
        "customer_attrition",
        "Customer attrition",
        "Share of the customers who leave in the year.",
        "- baseline x rate x size of who leaves x months since begun / 12",
        _EVENLY,
        Decimal(0),
        Decimal(1),
        _attrition,
        fields=(Field("size", "Size of who leaves, over the average", Decimal("0.5"), Decimal(0), Decimal(5)),),
    ),
    Kind(
        "customer_expansion",
        "Customer expansion",
        "How much more those who stay buy at the end of the year than at its beginning.",
        "baseline x growth x months since begun / 12",
        _EVENLY,
        Decimal("-0.9"),
        Decimal(5),
        _expansion,
    ),
)
