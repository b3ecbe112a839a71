"""The people who sell: turnover, ramp, headcount, productivity."""

from decimal import Decimal

import numpy as np

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Field, Kind, beyond, built_up, even, usual

_EFFECTIVE = "ramped-rep equivalents: heads x ramp x productivity"


def _turnover(asked: Asked) -> Real:
    return -beyond(asked) * asked.number("months_to_fill") / 12 * asked.number("sales_lost")


def _in_ramp(asked: Asked) -> Real:
    missing = 1 - built_up(asked.since, float(asked.scene.ramp_months))
    return -_of_the_team(asked) * missing


def _headcount(asked: Asked) -> Real:
    grown = built_up(asked.since, float(asked.scene.ramp_months))
    # A seat that goes is missed from the first day.
    at_once = np.where(even(asked) < 0, 1.0, grown)
    return _of_the_team(asked) * at_once * asked.number("worth")


def _of_the_team(asked: Asked) -> Real:
    """Give the people assumed as a share of those who sell there; nobody there, nothing to go by."""
    return even(asked) / asked.heads if asked.heads else np.zeros(len(asked.cells))


KINDS = (
    Kind(
        "rep_turnover",
        "Rep turnover",
        "Share of the reps who leave in the year.",
        "- baseline x (rate - rate that the outlook holds) x months to fill / 12 x share of sales lost",
        "vacant seats over the year; what a vacant seat loses is measured on the page of history",
        Decimal(0),
        Decimal(1),
        _turnover,
        fields=(
            usual("0"),
            Field("months_to_fill", "Months until a seat is filled", Decimal(3), Decimal(0), Decimal(12)),
            Field("sales_lost", "Share of sales lost meanwhile", Decimal("0.5"), Decimal(0), Decimal(1)),
        ),
    ),
    Kind(
        "new_hire_ramp",
        "Ramp of new hires",
        "How many seats are taken over by new hires.",
        "- baseline x hires / reps x (1 - min(1, months since hired / months of ramp))",
        _EFFECTIVE,
        Decimal(0),
        Decimal(10_000),
        _in_ramp,
        unit="heads",
    ),
    Kind(
        "headcount",
        "Headcount",
        "How many seats are added (or cut, below zero).",
        "baseline x seats / reps x min(1, months since hired / months of ramp) x worth of a seat",
        _EFFECTIVE,
        Decimal(-10_000),
        Decimal(10_000),
        _headcount,
        unit="heads",
        fields=(Field("worth", "Sales of a further seat, over the average", Decimal("0.7"), Decimal(0), Decimal(2)),),
    ),
    Kind(
        "productivity",
        "Productivity",
        "How much more each rep sells, all else being equal.",
        "baseline x change",
        _EFFECTIVE,
        Decimal("-0.9"),
        Decimal(5),
        even,
    ),
)
