"""Break-even: what must be sold to cover the fixed cost, and to reach a profit that is wanted."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from planning.errors import AssumptionError, bulleted


@dataclass(frozen=True)
class BreakEven:
    """What must be sold.

    Parameters
    ----------
    revenue
        To break even, in whole minor units, rounded up.
    units
        To break even, rounded up to a whole unit; none where no unit price is known.
    revenue_for_profit, units_for_profit
        The same to reach the profit that is wanted.
    margin_rate
        Contribution margin over revenue.
    """

    revenue: int
    units: int | None
    revenue_for_profit: int
    units_for_profit: int | None
    margin_rate: Decimal

    def safety(self, expected: int) -> Decimal | None:
        """Margin of safety: the share by which revenue may fall short of what is expected before money is lost."""
        return Decimal(expected - self.revenue) / expected if expected > 0 else None


def break_even(fixed: int, margin_rate: Decimal, profit: int = 0, unit_margin: Decimal | None = None) -> BreakEven:
    """Say what must be sold: (fixed cost + profit) / contribution margin.

    Parameters
    ----------
    fixed
        Fixed cost of the year, whole minor units.
    margin_rate
        Contribution margin (revenue less variable cost) over revenue, a fraction above zero.
    profit
        Profit that is wanted, whole minor units.
    unit_margin
        Contribution margin of a unit in minor units; none where units differ too much to be counted together.

    Raises
    ------
    AssumptionError
        With everything that is wrong with the figures.

    Examples
    --------
    A price of 75, variable cost of 45: the margin is 30 of 75.

    >>> found = break_even(20_000_000, Decimal(30) / 75, 10_000_000, Decimal(3_000))
    >>> found.units, found.units_for_profit, found.revenue_for_profit
    (6667, 10000, 75000000)
    """
    problems = [] if fixed >= 0 else ["a fixed cost below zero"]
    if not 0 < margin_rate <= 1:
        problems.append(
            f"a contribution margin of {margin_rate:.1%} of revenue never covers a fixed cost: it must lie above 0%"
        )
    if unit_margin is not None and unit_margin <= 0:
        problems.append(f"a contribution margin of {unit_margin} a unit is not above zero")
    if problems:
        raise AssumptionError(bulleted("There is no break-even:", problems))
    aims = (Decimal(fixed), Decimal(fixed + profit))
    revenue, for_profit = (_up(aim / margin_rate) for aim in aims)
    units, units_for_profit = (None if unit_margin is None else _up(aim / unit_margin) for aim in aims)
    return BreakEven(revenue, units, for_profit, units_for_profit, margin_rate)


def _up(value: Decimal) -> int:
    # A division that should come out whole may lie a hair above it.
    return int(round(value, 9).to_integral_value(rounding=ROUND_CEILING))
