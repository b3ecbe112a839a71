"""A manager's own goals: hours a week for people, customers and one's own knowledge, against the hours there are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from planning.errors import PlansError, bulleted, unknown_name

KINDS: dict[str, str] = {
    "one_to_ones": "One-to-ones",
    "coaching": "Coaching",
    "field": "In the field with reps",
    "customers": "Customer meetings",
    "associations": "Trade associations",
    "fairs": "Fairs",
    "reading": "Reading",
}
"""What a manager sets aside hours for, and how people call it."""

FIELD_HOURS = 4.0
"""Hours that an accompanied half day in the field takes; each rep should have one a quarter at least."""
COACHING_MINUTES = 30.0
"""Minutes a month of coaching that each rep should have at least, besides the conversations."""
_WEEK = 168.0
_WEEKS_A_MONTH = 52 / 12
_WEEKS_A_QUARTER = 13


@dataclass(frozen=True)
class OwnPlan:
    """How a manager's week is meant to be spent.

    Parameters
    ----------
    hours
        Hours a week by kind; a kind that is left out has none.
    days
        Day of the week on which a kind is usually done, 0 for Monday; a kind without one stands in the calendar on
        Monday, for the whole week.
    working
        Hours a week that are worked.
    admin
        Of them, hours for everything else: mail, reports, forecasts.
    version
        Told by the store; 0 for a new one.
    """

    hours: Mapping[str, float] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    working: float = 40.0
    admin: float = 12.0
    version: int = 0

    @property
    def planned(self) -> float:
        """Hours a week that are planned."""
        return sum(self.hours.values())


@dataclass(frozen=True)
class Contradiction:
    """Where the plan cannot come true, and what would mend it."""

    says: str
    mend: str


def check(plan: OwnPlan) -> None:
    """Refuse a plan that cannot be read.

    Raises
    ------
    PlansError
        With everything that is wrong with it.
    """
    problems = [
        unknown_name("kind of work", each, KINDS) for each in {**plan.hours, **plan.days} if each not in KINDS
    ]
    problems += [f"{KINDS[each]}: {hours:g} hours a week is not possible" for each, hours in plan.hours.items()
                 if each in KINDS and not 0 <= hours <= _WEEK]  # fmt: skip
    problems += [f"{each}: a day of the week is 0 to 4" for each, day in plan.days.items() if not 0 <= day <= 4]
    if not 0 < plan.working <= _WEEK or not 0 <= plan.admin <= plan.working:
        problems.append(f"{plan.working:g} hours are worked a week, {plan.admin:g} of them for everything else")
    if problems:
        raise PlansError(bulleted("The plan of the week cannot be kept:", problems))


def contradictions(plan: OwnPlan, team: int, minutes_each: float) -> list[Contradiction]:
    """Hold a manager's plan against the hours there are and against what the team needs.

    Parameters
    ----------
    plan
        The plan.
    team
        How many report to the manager directly.
    minutes_each
        Minutes a week that the planned conversations with one of them take.
    """
    hours = {each: float(plan.hours.get(each, 0.0)) for each in KINDS}
    talks = team * minutes_each / 60
    coaching = team * COACHING_MINUTES / 60 / _WEEKS_A_MONTH
    seen = team * FIELD_HOURS / _WEEKS_A_QUARTER
    found = [*_too_much(plan), *_too_little_talk(hours["one_to_ones"], talks, team, minutes_each)]
    if hours["coaching"] < coaching - 0.05:
        found.append(Contradiction(
            f"{team} reps need {coaching:.1f} hours of coaching a week for {COACHING_MINUTES:.0f} minutes a month "
            f"each; {hours['coaching']:.1f} are planned.",
            f"Plan {coaching - hours['coaching']:.1f} hours more, or coach in pairs.",
        ))  # fmt: skip
    if hours["field"] < seen - 0.05:
        each = hours["field"] * _WEEKS_A_QUARTER / team
        found.append(Contradiction(
            f"With {hours['field']:.1f} hours a week in the field, each of {team} reps is accompanied "
            f"{each:.1f} hours a quarter; a half day is {FIELD_HOURS:.0f}.",
            f"Plan {seen - hours['field']:.1f} hours more a week, or let senior reps accompany newer ones.",
        ))  # fmt: skip
    return found


def _too_much(plan: OwnPlan) -> list[Contradiction]:
    over = plan.planned + plan.admin - plan.working
    if over <= 0:
        return []
    largest = max(plan.hours, key=lambda each: plan.hours[each])
    return [Contradiction(
        f"{plan.planned:.1f} hours are planned and {plan.admin:.1f} go into everything else; the week has "
        f"{plan.working:.1f}.",
        f"Take {over:.1f} hours out, such as of {KINDS[largest].lower()} ({plan.hours[largest]:.1f}), or hand on "
        "some of everything else.",
    )]  # fmt: skip


def _too_little_talk(planned: float, needed: float, team: int, minutes: float) -> list[Contradiction]:
    if planned >= needed - 0.05:
        return []
    fits = planned * 60 / team
    return [Contradiction(
        f"The conversations with {team} reps take {needed:.1f} hours a week ({minutes:.0f} minutes each); "
        f"{planned:.1f} are planned.",
        f"Plan {needed - planned:.1f} hours more, hold them at {fits:.0f} minutes a week each, or make them rarer: "
        "every second week halves the weekly ones.",
    )]  # fmt: skip


def share_worked(days: int) -> float:
    """Say which part of a week is worked that has so many working days."""
    return min(days, 5) / 5


def against(plan: OwnPlan, weeks: pd.DataFrame) -> pd.DataFrame:
    """Hold what was done against what was planned, kind by kind.

    Parameters
    ----------
    plan
        The plan of a full week.
    weeks
        A row a week that is over: ``worked`` (part of the week that was worked, 0 to 1) and a column a kind of
        `KINDS` with hours done, empty where nobody has said.

    Returns
    -------
    ``kind``, ``label``, ``planned`` and ``done`` (hours, of the weeks that were told), ``difference`` (done less
    planned) and ``told`` (how many weeks were).
    """
    rows = []
    for kind, label in KINDS.items():
        told = weeks[weeks[kind].notna()]
        planned = float((told["worked"] * plan.hours.get(kind, 0.0)).sum())
        done = float(told[kind].sum())
        rows.append((kind, label, planned, done, done - planned, len(told)))
    return pd.DataFrame(rows, columns=["kind", "label", "planned", "done", "difference", "told"])


def body(plan: OwnPlan) -> dict[str, Any]:
    """Write a plan as JSON can hold it."""
    said = asdict(plan)
    return {name: said[name] for name in said if name != "version"}


def read(said: Mapping[str, Any], version: int) -> OwnPlan:
    """Read a plan as `body` wrote it."""
    return OwnPlan(**said, version=version)
