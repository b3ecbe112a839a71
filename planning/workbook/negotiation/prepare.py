"""What each side wants to know before it sits down: how fair a goal is, what conceding costs, who could absorb it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.errors import AccessError, AssumptionError, HistoryError, PlanningError
from planning.goals import chances
from planning.negotiation.advice import suggestions
from planning.workbook.activity import arithmetic as activity
from planning.workbook.activity.standing import standing as working
from planning.workbook.context import Context
from planning.workbook.expected.simulation import uncertain
from planning.workbook.negotiation import overview
from planning.workbook.negotiation.seats import today
from planning.workbook.negotiation.talks import Talk, talk
from planning.workbook.pay import paid

FAIR = (0.7, 0.5)
"""A goal has a fair chance between these probabilities: hard enough to be worth it, and more likely met than not."""

STEPS = 5
"""Amounts that are tried from one side's number to the other's."""

_AROUND = 0.05
"""How far around a single number is looked, where only one is there."""


@dataclass(frozen=True)
class Ground:
    """What a rep's goal can be held against.

    Parameters
    ----------
    goal, base, expected, low, high
        Goal as it stands, last year's result, what is expected, and between what it lies four times in five.
    fair
        The amounts that are reached with the probabilities `FAIR`.
    amounts
        What each step from one side to the other means (`steps`).
    capacity, funnel, says
        What the rep's time carries and the funnel yields; what they say together with the goal. None where not known.
    week
        Activities in four full weeks that the goal asks for: ``activity``, ``in_four``, ``count`` (of the year);
        empty where the history has no pipeline.
    pipeline
        ``open``, ``expected``, ``needed``, ``short`` of the pipeline; empty where there is none.
    """

    goal: int
    base: int
    expected: int
    low: int
    high: int
    fair: tuple[int, int]
    amounts: pd.DataFrame
    capacity: int | None
    funnel: int | None
    says: str
    week: pd.DataFrame
    pipeline: dict[str, int]

    @property
    def growth(self) -> float | None:
        """What the goal asks for over last year's result, a fraction; none if there was no result."""
        return self.goal / self.base - 1 if self.base > 0 else None


def ground(context: Context, rep: str) -> Ground:
    """Gather what a rep's goal can be held against; both sides of it may see this.

    Raises
    ------
    NegotiationError
        If the rep holds no goal in the book.
    AssumptionError
        If the history is too short to say how sure anything is.
    AccessError
        If it is none of the business of who is asking.
    """
    sat = talk(context, rep)
    draws = _draws(context, rep)
    seen = working(context)
    goal, base = sum(sat.held.values()), int(seen.base[rep])
    low, high, fair_from, fair_to = (
        round(float(each)) for each in np.quantile(draws, [0.1, 0.9, *(1 - each for each in FAIR)])
    )
    corners = activity.set_against(seen).loc[rep]
    capacity, funnel = (None if pd.isna(corners[name]) else int(corners[name]) for name in ("capacity", "funnel"))
    week, pipeline = pd.DataFrame(columns=["activity", "in_four", "count"]), dict[str, int]()
    if seen.rhythm.pipeline:
        asked = activity.backwards(seen, rep).year
        week = asked.assign(activity=asked.index, in_four=4 * asked["a_week"]).reset_index(drop=True)[list(week)]
        row = activity.covered(seen).loc[rep]
        pipeline = {name: int(row[name]) for name in ("open", "expected", "needed", "short")}
    amounts = steps(context, sat, draws)
    return Ground(
        goal, base, round(float(draws.mean())), low, high, (fair_from, fair_to), amounts, capacity, funnel,
        str(corners["says"]), week, pipeline,
    )  # fmt: skip


def steps(context: Context, sat: Talk, draws: Real) -> pd.DataFrame:
    """Say what each step of concession means, from one side's number to the other's.

    Returns
    -------
    ``amount``, ``probability`` (to reach it), ``gives`` (what the company has to place elsewhere, against the goal as
    it stands; minor units) and ``pay`` (what the rep may expect to earn with it; empty without a pay plan).
    """
    goal = sum(sat.held.values())
    offers = [sum(each.lines.values()) for side in ("manager", "rep") if (each := sat.thread.last_offer(side))]
    ends = {goal, *offers}
    if len(ends) == 1:
        ends |= {round(goal * (1 - _AROUND)), round(goal * (1 + _AROUND))}
    amounts = sorted({*ends, *(round(each) for each in np.linspace(min(ends), max(ends), STEPS))}, reverse=True)
    rows = [
        {"amount": each, "probability": chances.probability(draws, each), "gives": goal - each} for each in amounts
    ]
    return pd.DataFrame(rows).assign(pay=_pay(context, sat.thread.rep, amounts, draws))


def suggested(context: Context, rep: str) -> pd.DataFrame:
    """Give fair ways to settle, with what each does.

    Returns
    -------
    ``name``, ``why``, ``total``, ``probability``, ``gives`` (what the company has to place elsewhere) and ``pay``, as
    in `steps`; ``lines`` and ``detail`` of an offer that is made of it. None before both sides have offered.
    """
    sat = talk(context, rep)
    found = suggestions(sat.thread)
    if not found:
        return pd.DataFrame(columns=["name", "why", "total", "probability", "gives", "pay", "lines", "detail"])
    draws, goal = _draws(context, rep), sum(sat.held.values())
    totals = [each.total for each in found]
    return pd.DataFrame(
        {
            "name": [each.name for each in found],
            "why": [each.why for each in found],
            "total": totals,
            "probability": [chances.probability(draws, each) for each in totals],
            "gives": [goal - each for each in totals],
            "pay": _pay(context, rep, totals, draws),
            "lines": [dict(each.lines) for each in found],
            "detail": [dict(each.detail) for each in found],
        }
    )


def absorbing(context: Context, rep: str) -> pd.DataFrame:
    """Say who of the team could absorb what is conceded to a rep; for those who lead the rep alone.

    Returns
    -------
    A row a colleague who can: ``rep``, ``state``, ``goal``, ``probability`` and ``room`` (what the goal could rise by
    before it is as likely missed as met); the most room first, minor units.

    Raises
    ------
    AccessError
        If the one who is asking does not lead the rep.
    """
    sat = talk(context, rep)
    me = context.person
    if me is not None and sat.seats.role(sat.thread, me.name) == "rep":
        raise AccessError("What colleagues are asked for is between them and those who lead them.")
    table = overview.standing(context)
    table = table[(table["manager"] == sat.manager) & (table["rep"] != rep) & ~table["state"].isin(["agreed", "set"])]
    drawn = uncertain(context).drawn
    rows = []
    for each in table.to_dict("records"):
        draws, goal = drawn.of(rep=str(each["rep"])), int(each["goal"])
        room = round(float(np.median(draws))) - goal
        if room > 0:
            chance = chances.probability(draws, goal)
            rows.append(
                {"rep": each["rep"], "state": each["state"], "goal": goal, "probability": chance, "room": room}
            )
    found = pd.DataFrame(rows, columns=["rep", "state", "goal", "probability", "room"])
    return found.sort_values("room", ascending=False, ignore_index=True)


def agenda(context: Context, rep: str) -> list[str]:
    """Write the agenda of the one-to-one: what is still apart, asked, or contradictory comes first."""
    sat = talk(context, rep)
    points = ["Look back: last year's goal and result, and why."]
    points += [f"Answer: {each.note} ({each.person})" for each in sat.thread.questions]
    apart = sat.table().dropna(subset="distance")
    apart = apart[apart["distance"] != 0].sort_values("distance", key=abs, ascending=False)
    points += [f"{each}: the two numbers, and what stands behind them." for each in apart["product"]]
    try:
        seen = working(context)
        corners = activity.set_against(seen).loc[rep]
        if corners["talk"]:
            points.append(f"Goal, capacity and funnel: {corners['says']}")
    except (HistoryError, AssumptionError):
        pass
    points += ["What the goal means in activities a week, and what support it needs."]
    due = sat.rules.deadline
    left = f" The deadline is {due:%Y-%m-%d}, {max((due - today()).days, 0)} days from now." if due else ""
    return [*points, f"Agree, or say who thinks about what until when.{left}"]


def _draws(context: Context, rep: str) -> Real:
    return uncertain(context).drawn.of(rep=rep)


def _pay(context: Context, rep: str, amounts: Sequence[int], draws: Real) -> Any:
    """Say what a rep may expect to earn with each goal; nothing where no pay plan is kept."""
    try:
        return pd.array(paid.expected_at(context, rep, amounts, draws), dtype="Int64")
    except PlanningError:
        return pd.array([pd.NA] * len(amounts), dtype="Int64")
