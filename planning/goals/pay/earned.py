"""What a pay plan pays: for one result, to the minor unit; and for all results that next year may bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import Real
from planning.goals.pay.plan import Component, PayPlan

RULE = (
    "Attainment is the result over the goal; where less is better, the goal over the result. Each part of pay is "
    "rounded to the minor unit by itself, halves to the even one."
)


def attained(result: Decimal | int, goal: Decimal | int, higher_is_better: bool = True) -> Fraction | None:
    """Give attainment; none where there is no goal to hold it against.

    Examples
    --------
    >>> attained(90, 100), attained(50, 40, higher_is_better=False), attained(3, 0)
    (Fraction(9, 10), Fraction(4, 5), None)
    """
    over, under = (result, goal) if higher_is_better else (goal, result)
    return Fraction(over) / Fraction(under) if under > 0 else None


def pay(plan: PayPlan, attainment: Mapping[str, Fraction | None]) -> pd.DataFrame:
    """Say what a plan pays for attainment, part by part.

    Parameters
    ----------
    plan
        The plan.
    attainment
        By metric; one that is missing, or none, earns nothing.

    Returns
    -------
    A row a part: ``part`` (``base``, ``incentive`` or ``bonus``), ``metric``, ``attainment``, ``target`` (what the
    target earns), ``share`` (what is earned of it, a fraction) and ``amount``; money in whole minor units.
    """
    rows = [("base", "", np.nan, plan.base, np.nan, plan.base)]
    for each in plan.components:
        reached = attainment.get(each.metric)
        target = Fraction(each.weight) * plan.incentive
        share = Fraction(0) if reached is None else each.curve.pays(reached)
        told = np.nan if reached is None else float(reached)
        rows.append(("incentive", each.metric, told, round(target), float(share), round(target * share)))
        for bonus in each.bonuses:
            got = bonus.amount if reached is not None and reached >= Fraction(bonus.at) else 0
            rows.append(("bonus", each.metric, told, 0, np.nan, got))
    columns = ["part", "metric", "attainment", "target", "share", "amount"]
    return pd.DataFrame(rows, columns=columns).astype({"target": "int64", "amount": "int64"})


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
        Probability that revenue passes its threshold, and reaches its target.
    """

    pay: Real
    beyond: Real
    capped: NDArray[np.bool_]
    threshold: float
    target: float


def spread(plan: PayPlan, attainment: Mapping[str, Real | float], draws: int) -> Spread:
    """Give what a plan pays in every draw.

    Parameters
    ----------
    plan
        The plan.
    attainment
        By metric: a value a draw, or one for all where nothing is drawn; a metric that is missing earns nothing.
    draws
        How many there are.
    """
    paid, beyond = np.full(draws, float(plan.base)), np.zeros(draws)
    capped = np.zeros(draws, dtype=bool)
    reached = _all(attainment.get("revenue", 0.0), draws)
    for each in plan.components:
        mine = _all(attainment.get(each.metric, 0.0), draws)
        target = float(each.weight) * plan.incentive
        earned = np.rint(each.curve.pays_all(mine) * target)
        bonus = sum((np.where(mine >= float(b.at), float(b.amount), 0.0) for b in each.bonuses), np.zeros(draws))
        paid += earned + bonus
        beyond += np.clip(earned - target, 0, None) + bonus
        capped |= _capped(each, mine)
    main = next((each for each in plan.components if each.metric == "revenue"), None)
    threshold = float((reached >= float(main.curve.threshold)).mean()) if main else np.nan
    return Spread(paid, beyond, capped, threshold, float((reached >= 1).mean()) if main else np.nan)


def _all(values: Real | float, draws: int) -> Real:
    return np.broadcast_to(np.asarray(values, dtype=float), (draws,))


def _capped(component: Component, attainment: Real) -> NDArray[np.bool_]:
    at = component.curve.reaches_cap_at
    return attainment >= (np.inf if at is None else float(at))
