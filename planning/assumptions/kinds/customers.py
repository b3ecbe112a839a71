"""Customers who leave, and who buy more."""

from decimal import Decimal

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Field, Kind, beyond, built_up, usual

_A_YEAR = 12.0


def _attrition(asked: Asked) -> Real:
    return -beyond(asked) * asked.number("size") * built_up(asked.since, _A_YEAR)


def _expansion(asked: Asked) -> Real:
    return beyond(asked) * built_up(asked.since, _A_YEAR)


_EVENLY = "customers leave or grow evenly over the year, so that half of a year's change is felt within it"

KINDS = (
    Kind(
        "customer_attrition",
        "Customer attrition",
        "Share of the customers who leave in the year.",
        "- baseline x (rate - rate that the outlook holds) x size of who leaves x months since begun / 12",
        _EVENLY,
        Decimal(0),
        Decimal(1),
        _attrition,
        fields=(
            usual("0"),
            Field("size", "Size of who leaves, over the average", Decimal("0.5"), Decimal(0), Decimal(5)),
        ),
    ),
    Kind(
        "customer_expansion",
        "Customer expansion",
        "How much more those who stay buy at the end of the year than at its beginning.",
        "baseline x (growth - growth that the outlook holds) x months since begun / 12",
        _EVENLY,
        Decimal("-0.9"),
        Decimal(5),
        _expansion,
        fields=(usual(),),
    ),
)
