"""A manager's own week: what it is meant to be spent on, what it was spent on, and whether it can be done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from planning.errors import AccessError, PlansError
from planning.plans import own as shape
from planning.plans.own import KINDS, Contradiction, OwnPlan
from planning.store import documents
from planning.store.documents import Document
from planning.tracking.cadence import minutes_a_week
from planning.workbook.context import Context
from planning.workbook.leading import concerned, speak_of
from planning.workbook.place import LEADERS, reading, writing
from planning.workbook.tracking.cadences import cadences
from planning.workbook.tracking.checkpoints import Held, meetings, records
from planning.workbook.tracking.team import pairs

PLAN = "own_plan"
WEEK = "own_week"


@dataclass(frozen=True)
class Own:
    """A manager's own goals, and how they go.

    Parameters
    ----------
    manager
        Whose.
    plan
        What was planned; none if nothing was yet.
    team
        Names of those who report to them directly and carry a goal.
    needed
        Hours a week that the planned conversations with them take.
    contradictions
        Where the plan cannot come true.
    weeks
        A row a week of the year that has begun: ``week`` (Monday), ``worked`` (part of it that is worked), ``logged``
        (whether the manager said what was done), and hours done by kind, empty where nobody has said.
    against
        Done against planned over the weeks that are told (`planning.plans.own.against`).
    talks
        Conversations ``planned`` until the day, of them ``held`` and ``missed``; and those held ``besides``.
    """

    manager: str
    plan: OwnPlan | None
    team: list[str]
    needed: float
    contradictions: list[Contradiction]
    weeks: pd.DataFrame
    against: pd.DataFrame
    talks: Mapping[str, int]


def of(context: Context, manager: str, day: date) -> Own:
    """Give a manager's own goals, and how they go as of a day.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    """
    if not concerned(context, [manager]):
        raise AccessError(f"The week of {manager} is between them and those who lead them.")
    team = [each.rep for each in pairs(context) if each.manager == manager]
    plan, logged = _read(context, manager)
    rules = cadences(context)
    minutes = sum(minutes_a_week(rules.of(each), context.calendar, context.year) for each in team)
    held = [one for mine in records(context, team).values() for one in mine if one.whole]
    weeks = _weeks(context, logged, held, manager, day)
    said = shape.contradictions(plan, len(team), minutes / len(team)) if plan and team else []
    mine = [each for each in meetings(context, day) if each.manager == manager and each.planned.day <= day]
    kept, besides = ([each for each in mine if each.planned.extra is extra] for extra in (False, True))
    talks = {"planned": len(kept), "held": sum(each.held is not None for each in kept),
             "missed": sum(each.state == "missed" for each in kept), "besides": len(besides)}  # fmt: skip
    against = shape.against(plan or OwnPlan(), weeks)
    return Own(manager, plan, team, minutes / 60, said, weeks, against, talks)


def leaders(context: Context) -> list[str]:
    """Name the managers in view who lead somebody with a goal."""
    found = sorted({each.manager for each in pairs(context)} - {""})
    return sorted(concerned(context, found))


def keep(context: Context, manager: str, plan: OwnPlan, actor: str) -> OwnPlan:
    """Keep how a manager's week is meant to be spent.

    Raises
    ------
    PlansError
        With everything that is wrong with it, or if somebody changed it meanwhile.
    AccessError
        If it is not theirs, nor of somebody whom they lead.
    """
    shape.check(plan)
    speak_of(context, manager)
    written = Document(PLAN, manager, shape.body(plan), "", plan.version)
    with writing(context, "plan a manager's week", LEADERS) as connection:
        kept = documents.keep(connection, context.year, context.scenario, written, context.actor(actor))
    return replace(plan, version=kept.version)


def log(context: Context, manager: str, monday: date, hours: Mapping[str, float] | None, actor: str) -> None:
    """Say what a week was spent on; without hours, as it was planned.

    Raises
    ------
    PlansError
        If the day is no Monday of the year, hours are impossible, or there is no plan that it could be as.
    AccessError
        If it is not theirs, nor of somebody whom they lead.
    """
    speak_of(context, manager)
    if monday not in context.calendar.weeks(context.year):
        raise PlansError(f"{monday} is not the Monday of a week of FY{context.year}.")
    if hours is None:
        plan, _ = _read(context, manager)
        if plan is None:
            raise PlansError("There is no plan yet that the week could have gone by. Plan your week first.")
        worked = _worked(context, monday)
        hours = {kind: round(plan.hours.get(kind, 0.0) * worked, 2) for kind in KINDS}
    shape.check(OwnPlan(dict(hours)))
    with writing(context, "say what a manager's week was spent on", LEADERS) as connection:
        where = (connection, context.year, context.scenario)
        last = documents.document(*where, WEEK, manager, monday.isoformat())
        written = replace(last or Document(WEEK, manager, key=monday.isoformat()), body={"hours": dict(hours)})
        documents.keep(*where, written, context.actor(actor))


def plan_of(context: Context, manager: str) -> OwnPlan | None:
    """Give what a manager planned; none if nothing was, or it is none of the business of who is asking."""
    return _read(context, manager)[0] if concerned(context, [manager]) else None


def _read(context: Context, manager: str) -> tuple[OwnPlan | None, dict[date, Mapping[str, float]]]:
    with reading(context) as connection:
        where = (connection, context.year, context.scenario)
        plan = documents.document(*where, PLAN, manager)
        weeks = documents.documents(*where, WEEK, manager)
    logged = {date.fromisoformat(each.key): each.body["hours"] for each in weeks}
    return (shape.read(plan.body, plan.version) if plan else None), logged


def _weeks(
    context: Context, logged: Mapping[date, Mapping[str, float]], held: list[Held], manager: str, day: date
) -> pd.DataFrame:
    """Put together what was done week by week: what the manager said, else what confirmed conversations took."""
    rows = []
    for monday in context.calendar.weeks(context.year):
        if monday > day:
            break
        ends = monday + timedelta(days=6)
        said = logged.get(monday)
        took = [each.record for each in held if monday <= each.record.held <= ends and each.record.manager == manager]
        told: Mapping[str, float | None] = said or {}
        if said is None and took:
            told = {"one_to_ones": sum(each.minutes for each in took) / 60}
        rows.append(
            {"week": monday, "worked": _worked(context, monday), "logged": said is not None}
            | {kind: told.get(kind) for kind in KINDS}
        )
    table = pd.DataFrame(rows, columns=["week", "worked", "logged", *KINDS])
    return table.astype(dict.fromkeys(KINDS, "float64"))


def _worked(context: Context, monday: date) -> float:
    return shape.share_worked(context.calendar.working_days(monday, monday + timedelta(days=4)))
