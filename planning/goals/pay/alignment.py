"""Whether the pay plan and the goals pull the same way: findings, each with what would mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from planning.goals.pay.plan import MAIN, Component, PayPlan

SMALL = 0.10
"""A weight below this moves nobody: a tenth of the incentive is commonly named as the least that is felt."""
MANY = 4
"""More paid goals than this share one person's attention thinly; three are commonly advised."""
EASY, HARD = 0.95, 0.50
"""Probability of passing the threshold above which it asks for nothing, and below which it gives hope to too few."""
OFTEN = 0.05
"""Part of the draws in which a cap may hold before it tells people to stop selling."""
APART = 1.5
"""Goal over pay at target may lie this many times above or below the middle of the role before it is unfair."""
FEWEST = 3
"""People of a role below which its middle says nothing."""

DOING = 0.5
"""Part of the incentive that activity may earn before it pays as much as what comes of it."""
NAMED = 6
"""People who are named in a finding; of more, the number says enough."""

_Found = tuple[str, str, str]
FINDING = ("about", "finding", "mend")


@dataclass(frozen=True)
class Asked:
    """What goals there are, as pay is held against them.

    Parameters
    ----------
    carried
        By metric that a goal is set on besides revenue, the reps who carry it.
    stretched
        Metrics whose goal names a stretch.
    labels
        How metrics are called.
    activities
        Metrics of what people do, as against what comes of it.
    over
        What reps carry on top of what the company asks, as a fraction of it.
    """

    carried: Mapping[str, set[str]]
    stretched: set[str]
    labels: Mapping[str, str]
    activities: set[str]
    over: float

    def label(self, metric: str) -> str:
        """Say how a metric is called."""
        return self.labels.get(metric, metric)


def findings(plans: Sequence[PayPlan], people: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Find where pay and goals pull apart.

    Parameters
    ----------
    plans
        The plans in force.
    people
        A row a person with a plan: ``rep``, ``role``, ``plan``, ``goal`` (revenue), ``pay`` at target, ``threshold``
        and ``capped`` (probabilities).
    asked
        The goals.

    Returns
    -------
    Columns `FINDING`.
    """
    found: list[_Found] = []
    for plan in plans:
        mine = people[people["plan"] == plan.role]
        if len(mine):
            found += _weights(plan, asked)
            found += _unpaid(plan, set(mine["rep"]), asked)
            found += _curve(plan, mine)
            found += _stretch(plan, asked)
    found += _ratios(people)
    if asked.over > 0 and plans:
        told = (
            f"Reps carry {asked.over:.1%} more than the company asks. Where managers are paid by what they passed "
            "down, the same sales are held against two numbers, and the company pays for its cushion."
        )
        mend = (
            "Pay managers by the number that they carry; look at what reps earn when the company just makes its own."
        )
        found.append(("Over-assignment", told, mend))
    return pd.DataFrame(found, columns=list(FINDING))


def _weights(plan: PayPlan, asked: Asked) -> list[_Found]:
    about = f"Plan of {plan.named}"
    found = [
        (
            about,
            f"{asked.label(each.metric)} weighs {float(each.weight):.0%}, which is hardly felt.",
            f"Give it at least {SMALL:.0%}, or leave it out of pay and keep it as a goal.",
        )
        for each in plan.components
        if float(each.weight) < SMALL
    ]
    if len(plan.components) > MANY:
        told = f"It pays for {len(plan.components)} goals at once."
        found.append((about, told, "Pay for the three that matter most; the others stay goals."))
    doing = sum(float(each.weight) for each in plan.components if each.metric in asked.activities)
    if doing >= DOING:
        told = f"{doing:.0%} of the incentive is earned by activity, whatever comes of it."
        found.append((about, told, "Let results earn more than half."))
    return found


def _unpaid(plan: PayPlan, reps: set[str], asked: Asked) -> list[_Found]:
    """Find goals that earn nothing, and pay that no goal stands behind."""
    about, paid = f"Plan of {plan.named}", {each.metric for each in plan.components}
    found = [
        (
            about,
            f"{asked.label(name)} is a goal of {len(mine & reps)} of {len(reps)} people and earns nothing.",
            "Pay for it, or say plainly that it is not paid for.",
        )
        for name, mine in asked.carried.items()
        if mine & reps and name not in paid
    ]
    if MAIN not in paid and plan.commission is None:
        found.append((about, f"{asked.label(MAIN)} is everybody's goal and earns nothing.", "Pay for it."))
    for name in sorted(paid - {MAIN}):
        without = reps - asked.carried.get(name, set())
        if without:
            told = f"{asked.label(name)} is paid for, but {len(without)} of {len(reps)} people have no goal on it."
            found.append((about, told, f"Set it: planning aims add {name}. Until then this part earns nothing."))
    return found


def _curve(plan: PayPlan, people: pd.DataFrame) -> list[_Found]:
    if plan.main is None:
        return []
    about, found = f"Plan of {plan.named}", []
    passed, threshold = people["threshold"].mean(), plan.main.curve.threshold
    if threshold > 0 and passed > EASY:
        told = f"The threshold is passed with a probability of {passed:.0%}: it asks for nothing."
        found.append((about, told, "Raise it, or call what it earns base pay."))
    hopeless = people.loc[people["threshold"] < HARD, "rep"]
    if len(hopeless):
        names = ", ".join(sorted(hopeless)[:NAMED]) + (" and others" if len(hopeless) > NAMED else "")
        told = f"{names}: the threshold is missed more often than passed ({len(hopeless)} of {len(people)} people)."
        found.append((about, told, "Lower it, or look at their goals: whoever has no hope does not try."))
    often = people["capped"].mean()
    if often > OFTEN:
        told = f"The cap holds in {often:.0%} of all draws."
        found.append((about, told, "Raise it, or let a lower rate go on: a cap tells people when to stop selling."))
    return found


def _stretch(plan: PayPlan, asked: Asked) -> list[_Found]:
    """Find curves on which more than the target is worth no more than the way to it."""
    found = []
    for each in plan.components:
        rewarded = each.bonuses or any(tier.rate > _way(each) for tier in each.curve.tiers)
        if rewarded or not (each.metric == MAIN or each.metric in asked.stretched):
            continue
        why = "names a stretch that earns nothing of its own" if each.metric in asked.stretched else "has no stretch"
        told = (
            f"{asked.label(each.metric)} {why}: a percent above the target earns no more than one on the way to it."
        )
        found.append((f"Plan of {plan.named}", told, "Let it earn: a steeper tier above 100%, or a bonus."))
    return found


def _way(component: Component) -> Fraction:
    """Give what each part of attainment earns just below the target."""
    return next((rate for _, end, rate in component.curve.segments if end == 1), Fraction(0))


def _ratios(people: pd.DataFrame) -> list[_Found]:
    """Find people who are asked for far more, or far less, for the same pay than others of their role."""
    asked = people.assign(ratio=people["goal"] / people["pay"].where(people["pay"] > 0))
    found = []
    for _, mine in asked.groupby("role"):
        middle = mine["ratio"].median()
        if len(mine) < FEWEST or not middle > 0:
            continue
        for row in mine.to_dict("records"):
            times = row["ratio"] / middle
            if times > APART or times < 1 / APART:
                told = f"A goal of {row['ratio']:.1f} times pay at target; the middle of the role is {middle:.1f}."
                way = "more is asked of the same pay" if times > 1 else "less is asked for the same pay"
                found.append((str(row["rep"]), told, f"Look at it: {way} than of the others. Change goal or pay."))
    return found
