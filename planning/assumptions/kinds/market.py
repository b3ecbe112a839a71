"""The market: its growth, our share of it, and competitors."""

from decimal import Decimal

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Field, Kind, beyond, built_up, even, usual


def _share(asked: Asked) -> Real:
    return even(asked) / asked.number("share")


def _competitor(asked: Asked) -> Real:
    return -even(asked) * built_up(asked.since, asked.number("months_to_full"))


KINDS = (
    Kind(
        "market_growth",
        "Market growth",
        "How much the market grows over last year; sales grow with it at an unchanged share.",
        "baseline x (growth - growth that the outlook holds)",
        "sales = market x share (Best, Market-Based Management)",
        Decimal("-0.9"),
        Decimal(5),
        beyond,
        fields=(usual(),),
    ),
    Kind(
        "share_change",
        "Share of the market",
        "How many points of market share are won (or lost, below zero).",
        "baseline x points won / share held",
        "sales = market x share (Best, Market-Based Management)",
        Decimal("-0.9"),
        Decimal("0.9"),
        _share,
        fields=(Field("share", "Share of the market held now", Decimal("0.2"), Decimal("0.001"), Decimal(1)),),
    ),
    Kind(
        "competitor",
        "Competitor",
        "Share of the sales there that a competitor takes once established; below zero if one leaves.",
        "- baseline x share taken x min(1, months since entry / months to full)",
        "linear take-up; the size of past entries is measured on the page of history",
        Decimal(-1),
        Decimal(1),
        _competitor,
        fields=(Field("months_to_full", "Months until established", Decimal(3), Decimal(0), Decimal(24)),),
    ),
)
