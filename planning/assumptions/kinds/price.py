"""Prices and currencies."""

from decimal import Decimal

import numpy as np

from planning.amounts import Real
from planning.assumptions.kinds.kind import USUAL, Asked, Field, Kind, even, usual


def _price(asked: Asked) -> Real:
    return np.power((1 + even(asked)) / (1 + asked.number(USUAL)), 1 + asked.number("elasticity")) - 1


def _currency(asked: Asked) -> Real:
    return even(asked) * asked.number("exposed")


KINDS = (
    Kind(
        "price_change",
        "Price change",
        "How much prices change over last year, and how volume answers.",
        "baseline x (((1 + price change) / (1 + change that the outlook holds)) ^ (1 + elasticity) - 1)",
        "constant elasticity of demand (Marshall 1890; Tellis 1988 for sizes)",
        Decimal("-0.9"),
        Decimal(5),
        _price,
        fields=(
            usual(),
            Field("elasticity", "Volume change in % for 1% of price", Decimal(0), Decimal(-10), Decimal(2)),
        ),
    ),
    Kind(
        "currency",
        "Currency",
        "How much foreign currencies gain against ours.",
        "baseline x change of the rate x share of sales in those currencies",
        "translation at the new rate",
        Decimal("-0.9"),
        Decimal(5),
        _currency,
        fields=(Field("exposed", "Share of sales in those currencies", Decimal("0.1"), Decimal(0), Decimal(1)),),
    ),
)
