"""The kinds of assumption, each with its own arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from planning.errors import AssumptionError, unknown_name

Values = Mapping[str, Decimal]


@dataclass(frozen=True)
class Field:
    """A further number that a kind asks for.

    Parameters
    ----------
    name, label
        How files and pages call it.
    default
        What is taken if nothing is said.
    minimum, maximum
        Smallest and largest value that makes sense.
    """

    name: str
    label: str
    default: Decimal
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Kind:
    """A kind of assumption.

    Parameters
    ----------
    name, label
        How files and pages call it.
    asks
        What its value means, for the form.
    change
        The relative change of the baseline in the cells of its scope, from the value assumed and the
        further numbers.
    minimum, maximum
        Smallest and largest value that makes sense, as fractions.
    fields
        Further numbers.
    """

    name: str
    label: str
    asks: str
    change: Callable[[Decimal, Values], Decimal]
    minimum: Decimal
    maximum: Decimal
    fields: tuple[Field, ...] = field(default=())


def _plain(value: Decimal, _: Values) -> Decimal:
    return value


def _turnover(rate: Decimal, numbers: Values) -> Decimal:
    """Give the expected loss: reps who leave, times the part of the year a seat is empty, times what is lost."""
    return -rate * numbers["months_to_fill"] / 12 * numbers["sales_lost"]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "market_growth",
            "Market growth",
            "How much the market grows over last year; sales grow with it at an unchanged share.",
            _plain,
            Decimal("-0.9"),
            Decimal("5"),
        ),
        Kind(
            "price_change",
            "Price change",
            "How much prices change over last year, at unchanged volume.",
            _plain,
            Decimal("-0.9"),
            Decimal("5"),
        ),
        Kind(
            "rep_turnover",
            "Rep turnover",
            "Share of the reps who leave in the year. Effect: - rate x months to fill / 12 x share of sales lost.",
            _turnover,
            Decimal("0"),
            Decimal("1"),
            (
                Field("months_to_fill", "Months until a seat is filled", Decimal("3"), Decimal("0"), Decimal("12")),
                Field("sales_lost", "Share of sales lost meanwhile", Decimal("0.5"), Decimal("0"), Decimal("1")),
            ),
        ),
    )
}


def kind(name: str) -> Kind:
    """Look a kind up.

    Raises
    ------
    AssumptionError
        If there is no such kind, with the nearest name.
    """
    if name not in KINDS:
        raise AssumptionError(unknown_name("kind of assumption", name, KINDS))
    return KINDS[name]
