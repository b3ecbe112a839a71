"""Whether the pay plan and the goals pull the same way: findings, each with what would mend it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from planning.goals.pay.plan import PayPlan

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

FINDING = ("about", "finding", "mend")


def findings(
    plans: Sequence[PayPlan],
    people: pd.DataFrame,
    goals: Mapping[str, set[str]],
    labels: Mapping[str, str],
    activities: set[str],
    over_assigned: bool,
) -> pd.DataFrame:
    """Find where pay and goals pull apart.

    Parameters
    ----------
    plans
        The plans in force.
    people
        A row a person with a plan: ``rep``, ``role``, ``goal`` (revenue), ``pay`` at target, ``threshold`` and
        ``capped`` (probabilities).
    goals
        By metric that a goal is set on besides revenue, the reps who carry it.
    labels
        How metrics are called.
    activities
        Metrics of what people do, as against what comes of it.
    over_assigned
        Whether goals are passed down on top.

    Returns
    -------
    Columns `FINDING`.
    """
    found: list[tuple[str, str, str]] = []
    for plan in plans:
        reps = set(people.loc[people["plan"] == plan.role, "rep"])
        if reps:
            found += _weights(plan, labels, activities)
            found += _both_ways(plan, reps, goals, labels)
            found += _curve(plan, people[people["rep"].isin(reps)])
    found += _ratios(people)
    if over_assigned and plans:
        found.append(
            (
                "Over-assignment",
                "Goals are passed down on top, so that reps are paid for more than the company asks.",
                "Pay managers by the number that they carry, not by what they passed down.",
            )
        )
    return pd.DataFrame(found, columns=list(FINDING))


def _weights(plan: PayPlan, labels: Mapping[str, str], activities: set[str]) -> list[tuple[str, str, str]]:
    about = f"Plan of {plan.named}"
    found = [
        (about, f"{labels.get(each.metric, each.metric)} weighs {float(each.weight):.0%}, which is hardly felt.",
         f"Give it at least {SMALL:.0%}, or leave it out of pay and keep it as a goal.")
        for each in plan.components if float(each.weight) < SMALL
    ]  # fmt: skip
    if len(plan.components) > MANY:
        told = f"It pays for {len(plan.components)} goals at once."
        found.append((about, told, "Pay for the three that matter most; the others stay goals."))
    doing = sum(float(each.weight) for each in plan.components if each.metric in activities)
    if doing >= 0.5:
        told = f"{doing:.0%} of the incentive is earned by activity, whatever comes of it."
        found.append((about, told, "Let results earn more than half."))
    return found


def _both_ways(
    plan: PayPlan, reps: set[str], goals: Mapping[str, set[str]], labels: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    about, paid = f"Plan of {plan.named}", {each.metric for each in plan.components}
    found = [
        (about, f"{labels.get(name, name)} is a goal of {len(mine & reps)} people and earns nothing.",
         "Pay for it, or say plainly that it is not paid for.")
        for name, mine in goals.items() if mine & reps and name not in paid
    ]  # fmt: skip
    for name in sorted(paid - {"revenue"}):
        without = reps - goals.get(name, set())
        if without:
            told = (
                f"{labels.get(name, name)} is paid for, but {len(without)} of {len(reps)} people have no goal on it."
            )
            found.append((about, told, f"Set it: planning aims add {name}. Until then this part earns nothing."))
    return found


def _curve(plan: PayPlan, people: pd.DataFrame) -> list[tuple[str, str, str]]:
    about, found = f"Plan of {plan.named}", []
    passed = people["threshold"].mean()
    main = next((each for each in plan.components if each.metric == "revenue"), None)
    if main is None or np.isnan(passed):
        return []
    if main.curve.threshold > 0 and passed > EASY:
        told = f"The threshold is passed with a probability of {passed:.0%}: it asks for nothing."
        found.append((about, told, "Raise it, or call what it earns base pay."))
    if passed < HARD:
        told = f"The threshold is passed with a probability of only {passed:.0%}."
        found.append((about, told, "Lower it, or look at the goals: whoever has no hope does not try."))
    often = people["capped"].mean()
    if often > OFTEN:
        told = f"The cap holds in {often:.0%} of all draws."
        found.append((about, told, "Raise it, or let a lower rate go on: a cap tells people when to stop selling."))
    if not main.bonuses and not main.curve.tiers:
        told = "More than the target earns no more than the way to it."
        found.append((about, told, "Let a stretch earn: a tier above 100%, or a bonus."))
    return found


def _ratios(people: pd.DataFrame) -> list[tuple[str, str, str]]:
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
