"""What a pay plan pays: for one result, to the minor unit; and for all results that next year may bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import Real
from planning.goals.pay.commission import Commission
from planning.goals.pay.curve import percent
from planning.goals.pay.plan import MAIN, Component, PayPlan

RULE = (
    "Attainment is the result over the goal; where less is better, the goal over the result. Each part of pay is "
    "rounded to the minor unit by itself, halves to the even one. Whoever is employed for a part of the year is paid "
    "that part of base, incentive and bonus; commission follows what is sold."
)
_Row = tuple[str, str, float, str, float, int]
PARTS = ("part", "metric", "attainment", "why", "share", "amount")


@dataclass(frozen=True)
class Sold:
    """Revenue of a year by month, which commission is paid on.

    Parameters
    ----------
    goal
        What is due in each of the twelve months, whole minor units.
    came
        What came in them.
    """

    goal: Sequence[int]
    came: Sequence[int]


def by_period(months: Sequence[int], length: int) -> list[int]:
    """Add up months by periods of some months.

    Examples
    --------
    >>> by_period([1, 2, 3, 4, 5, 6], 3)
    [6, 15]
    """
    return [sum(months[first : first + length]) for first in range(0, len(months), length)]


def attained(result: Decimal | int, goal: Decimal | int, higher_is_better: bool = True) -> Fraction | None:
    """Give attainment; none where there is no goal to hold it against.

    Examples
    --------
    >>> attained(90, 100), attained(50, 40, higher_is_better=False), attained(3, 0)
    (Fraction(9, 10), Fraction(4, 5), None)
    """
    over, under = (result, goal) if higher_is_better else (goal, result)
    return Fraction(over) / Fraction(under) if under > 0 else None


def pay(
    plan: PayPlan, attainment: Mapping[str, Fraction | None], sold: Sold | None = None, there: Fraction = Fraction(1)
) -> pd.DataFrame:
    """Say what a plan pays for attainment, part by part and stretch by stretch.

    Parameters
    ----------
    plan
        The plan.
    attainment
        By metric; one that is missing, or none, earns nothing.
    sold
        What commission is paid on; without it, there is none.
    there
        Part of the year that somebody is employed.

    Returns
    -------
    Columns `PARTS`: ``part`` (``base``, ``incentive``, ``bonus`` or ``commission``), ``metric``, ``attainment`` (a
    fraction), ``why`` (which stretch of the curve, or which period), ``share`` (of what the target earns, a fraction)
    and ``amount`` (whole minor units). Stretches add up to the part rounded as a whole.
    """
    return pd.DataFrame(_rows(plan, attainment, sold, there), columns=list(PARTS)).astype(
        {"attainment": float, "share": float, "amount": "int64"}
    )


def _rows(plan: PayPlan, attainment: Mapping[str, Fraction | None], sold: Sold | None, there: Fraction) -> list[_Row]:
    whole = "" if there == 1 else f"{float(there):.1%} of the year"
    rows = [("base", "", np.nan, whole, np.nan, round(plan.base * there))]
    for each in plan.components:
        rows += _of_component(each, plan.incentive * there, attainment.get(each.metric), there)
    return rows + (_of_commission(plan.commission, sold) if plan.commission and sold else [])


def _of_commission(commission: Commission, sold: Sold) -> list[_Row]:
    length = commission.months
    amounts, quotas = by_period(sold.came, length), by_period(sold.goal, length)
    earned, opened = commission.by_period(amounts, quotas), commission.opened(amounts, quotas)
    reached = sum(amounts) / sum(quotas) if sum(quotas) > 0 else np.nan
    rows = []
    for place, (paid, open_) in enumerate(zip(earned, opened, strict=True), 1):
        named = "the year" if length == 12 else f"{commission.per} {place}"
        why = named if open_ else f"{named}, at the first rate alone: the quota is not met yet"
        rows.append(("commission", MAIN, reached, why, np.nan, round(paid)))
    return rows


def _of_component(each: Component, incentive: Fraction, reached: Fraction | None, there: Fraction) -> list[_Row]:
    told = np.nan if reached is None else float(reached)
    target, paid, rows = Fraction(each.weight) * incentive, Fraction(0), []
    stretches = [("without a goal", Fraction(0))] if reached is None else each.curve.stretches(reached)
    for why, share in stretches:
        # Each ends where all up to it is rounded, so that stretches add up.
        amount = round(target * (paid + share)) - round(target * paid)
        rows.append(("incentive", each.metric, told, why, float(share), amount))
        paid += share
    for bonus in each.bonuses:
        there_yet = reached is not None and reached >= Fraction(bonus.at)
        got = round(bonus.amount * there) if there_yet else 0
        why = f"for reaching {percent(bonus.at)}" if there_yet else f"{percent(bonus.at)} is not reached"
        rows.append(("bonus", each.metric, told, why, np.nan, got))
    return rows


def at_level(plan: PayPlan, level: Fraction, goal: Sequence[int] = (), there: Fraction = Fraction(1)) -> int:
    """Give pay where all goals are attained alike, revenue in each month as well; whole minor units.

    Parameters
    ----------
    plan, there
        As for `pay`.
    level
        Attainment, a fraction.
    goal
        Revenue due in each month, which commission is paid on.
    """
    everywhere = dict.fromkeys([each.metric for each in plan.components], level)
    sold = Sold(goal, [round(each * level) for each in goal])
    return sum(amount for *_, amount in _rows(plan, everywhere, sold, there))


@dataclass(frozen=True)
class Spread:
    """Pay of one person in all draws of a year.

    Parameters
    ----------
    pay, beyond
        Pay, and what of it is earned above what the targets earn, minor units: a value a draw.
    capped
        Whether a cap held, a value a draw.
    threshold, target
        Probability that revenue passes its threshold, and reaches its target; not a number where the plan pays
        nothing for revenue.
    """

    pay: Real
    beyond: Real
    capped: NDArray[np.bool_]
    threshold: float
    target: float


def spread(
    plan: PayPlan,
    attainment: Mapping[str, Real | float],
    draws: int,
    goal: Sequence[int] = (),
    there: Fraction = Fraction(1),
) -> Spread:
    """Give what a plan pays in every draw.

    Parameters
    ----------
    plan, there
        As for `pay`.
    attainment
        By metric: a value a draw, or one for all where nothing is drawn; a metric that is missing earns nothing.
    draws
        How many there are.
    goal
        Revenue due in each month, for commission: each draw's year is sold over its months as the goal is.
    """
    paid, beyond = np.full(draws, float(round(plan.base * there))), np.zeros(draws)
    capped = np.zeros(draws, dtype=bool)
    for each in plan.components:
        mine = _all(attainment.get(each.metric, 0.0), draws)
        target = float(Fraction(each.weight) * plan.incentive * there)
        earned = np.rint(each.curve.pays_all(mine) * target)
        for bonus in each.bonuses:
            got = np.where(mine >= float(bonus.at), float(round(bonus.amount * there)), 0.0)
            paid, beyond = paid + got, beyond + got
        paid += earned
        beyond += np.clip(earned - target, 0, None)
        capped |= _capped(each, mine)
    reached = _all(attainment.get(MAIN, 0.0), draws)
    if plan.commission and len(goal):
        earned, due = _drawn_commission(plan.commission, reached, goal)
        paid += earned
        beyond += np.clip(earned - due, 0, None)
    if plan.main is None and plan.commission is None:
        return Spread(paid, beyond, capped, np.nan, np.nan)
    least = float(plan.main.curve.threshold) if plan.main else 0.0
    return Spread(paid, beyond, capped, float((reached >= least).mean()), float((reached >= 1).mean()))


def _drawn_commission(commission: Commission, reached: Real, goal: Sequence[int]) -> tuple[Real, float]:
    """Give the commission of every draw, and of the goal itself."""
    quotas = by_period(goal, commission.months)
    earned = commission.by_period_all(reached[:, None] * np.array(quotas, dtype=float), quotas)
    return np.rint(earned).sum(axis=1), float(sum(map(round, commission.by_period(quotas, quotas))))


def _all(values: Real | float, draws: int) -> Real:
    return np.broadcast_to(np.asarray(values, dtype=float), (draws,))


def _capped(component: Component, attainment: Real) -> NDArray[np.bool_]:
    at = component.curve.reaches_cap_at
    return attainment >= (np.inf if at is None else float(at))
