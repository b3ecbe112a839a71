"""The funnel: how many of the deals are won."""

from decimal import Decimal

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Field, Kind, even


def _win_rate(asked: Asked) -> Real:
    return even(asked) / asked.number("win_rate")


KINDS = (
    Kind(
        "win_rate",
        "Win rate",
        "How many points the win rate gains (or loses, below zero).",
        "baseline x points gained / win rate now",
        "sales velocity = opportunities x win rate x deal size / cycle",
        Decimal("-0.9"),
        Decimal("0.9"),
        _win_rate,
        fields=(Field("win_rate", "Win rate now", Decimal("0.3"), Decimal("0.01"), Decimal(1)),),
    ),
)
