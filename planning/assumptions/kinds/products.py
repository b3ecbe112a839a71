"""Products that come and go."""

from decimal import Decimal

from planning.amounts import Real
from planning.assumptions.kinds.kind import Asked, Field, Kind, built_up, even


def _launch(asked: Asked) -> Real:
    kept = 1 - asked.number("cannibalised")
    return built_up(asked.since, asked.number("months_to_full")) * kept


def _withdrawal(asked: Asked) -> Real:
    return -even(asked) * (1 - asked.number("recovered"))


KINDS = (
    Kind(
        "launch",
        "Product launch",
        "Sales of a whole year once the product has reached its level.",
        "amount / 12 a month x min(1, months since launch / months to full) x (1 - share taken from other products)",
        "linear take-up; cannibalisation as a share of the new sales (Lomax, Hammond, East and Clemente 1997)",
        Decimal(0),
        Decimal(10) ** 17,
        adds=_launch,
        unit="money",
        fields=(
            Field("months_to_full", "Months until its level is reached", Decimal(9), Decimal(0), Decimal(36)),
            Field("cannibalised", "Share taken from own products", Decimal("0.3"), Decimal(0), Decimal(1)),
        ),
    ),
    Kind(
        "withdrawal",
        "Product withdrawal",
        "Share of the sales there that the products withdrawn bring.",
        "- baseline x share withdrawn x (1 - share that goes to other products)",
        "sales withdrawn less those recovered",
        Decimal(0),
        Decimal(1),
        _withdrawal,
        fields=(Field("recovered", "Share that goes to other products", Decimal("0.3"), Decimal(0), Decimal(1)),),
    ),
)
