"""Plans that cannot hold: against the goal, the activity it takes, the days there are, and each other.

The same shape as contradictions between goals (`planning.goals.aims.contradictions`), and the same slack.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pandas as pd

from planning.goals.activity.arithmetic import label
from planning.goals.aims.contradictions import SLACK, Contradiction
from planning.plans.gaps import MEASURES, labels
from planning.plans.plans import Development, Support, Territory

Unit = Literal["money", "number", "count"]
MOST_KEPT_UP = Decimal("0.9")
"""Of the team, so many are below what is taken as the most that anybody keeps up in a week."""
VISIT = "visit"
WORKING_DAYS = 5


@dataclass(frozen=True)
class Clash(Contradiction):
    """A plan that does not hold.

    Parameters
    ----------
    rep
        Whose plan.
    unit
        What `asked` and `follows` are written in.
    """

    rep: str = ""
    unit: Unit = "money"


def against_goal(plan: Territory, goal: pd.DataFrame) -> list[Clash]:
    """Hold the results that are expected against the goal, by product line and quarter.

    Parameters
    ----------
    plan
        The territory plan.
    goal
        Minor units: a row a product line, a column a quarter, in their order.
    """
    planned = {each.product: each.quarters for each in plan.results}
    found = []
    for product, row in goal.iterrows():
        quarters = planned.get(str(product), (None,) * len(row))
        for name, asked, expected in zip(goal.columns, row, quarters, strict=True):
            found += _short(plan, str(product), str(name), int(asked), expected)
    whole = sum(each or 0 for quarters in planned.values() for each in quarters)
    named = sum(each.expected or 0 for each in plan.accounts)
    if named > whole * (1 + SLACK):
        found.append(Clash(
            ("accounts", "results"), Decimal(named), Decimal(whole),
            "The accounts are expected to bring more than all results together.",
            "Raise the expected results, or expect less of single accounts.", plan.rep))  # fmt: skip
    strangers = [each for each in planned if each and each not in goal.index]
    found += [
        Clash(("results", each), Decimal(sum(one or 0 for one in planned[each])), Decimal(0),
              f"{each} is planned, and the goal has no such product line.",
              "Give it the name that the goal has, or take it out.", plan.rep)
        for each in strangers
    ]  # fmt: skip
    return found


def _short(plan: Territory, product: str, quarter: str, asked: int, expected: int | None) -> list[Clash]:
    """Find what a product line is expected to bring in a quarter less than the goal asks."""
    if asked <= 0 or (expected is not None and asked - expected <= SLACK * asked):
        return []
    said = (
        f"Nothing is said of {product} in {quarter}, and the goal asks for it."
        if expected is None
        else f"The result expected of {product} in {quarter} does not make the goal."
    )
    mend = "Plan what would bring it, move it to another quarter or line by agreement, or talk about the goal."
    return [Clash(("results", product, quarter), Decimal(asked), Decimal(expected or 0), said, mend, plan.rep)]


def against_activity(plan: Territory, takes: Mapping[str, float], most: Mapping[str, float]) -> list[Clash]:
    """Hold the activities that are planned against what the goal takes a week, and what people keep up.

    Parameters
    ----------
    plan
        The territory plan.
    takes
        What the goal takes in a working week, by kind and step; empty where it is not known.
    most
        What nine of ten people of the team do at most.
    """
    planned = {each.activity: each.a_week for each in plan.activities}
    named = {label(name): name for name in takes}
    found = []
    for said, name in named.items():
        asked, there = Decimal(str(round(takes[name], 2))), planned.get(said)
        if there is None or asked - there > SLACK * asked:
            found.append(Clash(
                ("activities", said), asked, there or Decimal(0),
                f"{said}: what is planned in a week is less than the goal takes."
                if there is not None else f"{said}: nothing is planned, and the goal takes them.",
                "Plan more of them, a better conversion or larger deals, or ask for the goal to be talked about.",
                plan.rep, "number"))  # fmt: skip
    for said, there in planned.items():
        limit = most.get(named.get(said, said))
        if there is not None and limit and there > Decimal(str(limit)) * (1 + SLACK):
            found.append(Clash(
                ("activities", said), there, Decimal(str(round(limit, 2))),
                f"{said}: more is planned in a week than nine of ten of the team do.",
                "Plan what can be kept up, or say what is left out for it.", plan.rep, "number"))  # fmt: skip
    return found


def against_days(plan: Territory, weeks: float, visits_a_day: int) -> list[Clash]:
    """Hold visits against the days there are, and what accounts want against the calls and visits planned.

    Parameters
    ----------
    plan
        The territory plan.
    weeks
        Working weeks of the year.
    visits_a_day
        Visits that fit into a day.
    """
    planned = {each.activity: each.a_week for each in plan.activities}
    visits = planned.get(label(VISIT))
    fit = Decimal(WORKING_DAYS * visits_a_day)
    found = []
    if visits is not None and visits > fit:
        found.append(Clash(
            ("activities", label(VISIT)), visits, fit, "More visits are planned than there are days for.",
            f"{visits_a_day} visits fit into a day: plan fewer, or calls instead.", plan.rep, "number"))  # fmt: skip
    contacts = [planned[name] for name in (label("call"), label(VISIT)) if planned.get(name) is not None]
    wanted = sum(each.contacts or 0 for each in plan.accounts)
    there = sum((each for each in contacts if each is not None), Decimal(0)) * Decimal(str(weeks))
    if contacts and wanted > there:
        found.append(Clash(
            ("accounts", "activities"), Decimal(wanted), round(there, 0),
            "The accounts want more calls and visits than are planned in the year.",
            "Plan more calls and visits, name fewer accounts, or see them less often.",
            plan.rep, "count"))  # fmt: skip
    return found


def between_reps(plans: Sequence[Territory]) -> list[Clash]:
    """Find accounts that two reps plan with."""
    who: dict[str, list[str]] = {}
    for plan in plans:
        for each in plan.accounts:
            who.setdefault(each.customer, []).append(plan.rep)
    worth = {(plan.rep, each.customer): each.expected or 0 for plan in plans for each in plan.accounts}
    return [
        Clash(("accounts", customer), Decimal(sum(worth[rep, customer] for rep in reps)),
              Decimal(max(worth[rep, customer] for rep in reps)),
              f"{customer} is planned by {' and '.join(sorted(reps))}: what it brings would count twice.",
              "Agree on whose account it is, or share it and say by how much.", " and ".join(sorted(reps)))
        for customer, reps in sorted(who.items()) if len(set(reps)) > 1
    ]  # fmt: skip


def of_development(plan: Development, gaps: pd.DataFrame, support: Support | None) -> list[Clash]:
    """Find development that is tied to no gap, a largest gap that nobody works on, and gaps without support.

    Parameters
    ----------
    plan
        The development plan.
    gaps
        As `planning.plans.gaps.gaps` gives them.
    support
        What the manager does; none where nothing is planned.
    """
    below = {MEASURES[key].label: key for key in gaps.loc[gaps["below"].astype(bool), "measure"]}
    worth = dict(zip(gaps["measure"], gaps["worth"].fillna(0), strict=True))
    found = [
        Clash(("steps", each.what), Decimal(0), Decimal(0),
              f"{each.what[:80]}: it is tied to {each.measure or 'no result'}, where the rep is not below peers."
              if each.measure in labels() else f"{each.what[:80]}: it is tied to no result that is measured.",
              f"Tie it to one of: {', '.join(below) or 'what the rep wants to be better at, in words above'}.",
              plan.rep)
        for each in plan.steps if each.measure not in below
    ]  # fmt: skip
    told = {each.measure for each in plan.steps}
    largest = next(iter(below), "")
    if largest and largest not in told:
        found.append(Clash(("gaps", largest), Decimal(int(worth[below[largest]])), Decimal(0),
                           f"{largest} is the largest gap to peers, and nothing in the plan works on it.",
                           "Begin with it, or say why not.", plan.rep))  # fmt: skip
    answered = {each.measure for each in support.helps} if support else set()
    found += [
        Clash(("helps", each), Decimal(0), Decimal(0), f"Nothing that the manager plans answers {each}.",
              "Plan training, coaching or a field day for it.", plan.rep)
        for each in sorted(told & set(below)) if support is not None and each not in answered
    ]  # fmt: skip
    return found
