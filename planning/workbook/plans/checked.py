"""Plans held against goals, activity, the days there are, gaps and each other; and what cannot be told."""

from dataclasses import dataclass
from typing import cast

import pandas as pd

from planning.plans import contradictions
from planning.plans.contradictions import MOST_KEPT_UP, Clash
from planning.plans.plans import DEVELOPMENT, SUPPORT, TERRITORY, Development, Support, Territory
from planning.workbook.context import Context
from planning.workbook.place import plan
from planning.workbook.plans import kept
from planning.workbook.plans.proposals import Year, gaps_of, goal, reps, takes, year


@dataclass(frozen=True)
class Checked:
    """What plans contradict, and what cannot be told.

    Parameters
    ----------
    clashes
        What does not hold, by rep.
    unknown
        What the history or the book does not tell, in words.
    """

    clashes: list[Clash]
    unknown: list[str]


def checked(context: Context, rep: str = "", on: Year | None = None) -> Checked:
    """Hold the plans that were kept against everything that they have to agree with.

    Parameters
    ----------
    context
        Where one stands, and who is asking.
    rep
        Whose plans; all in view unless given.
    on
        What the plans rest on, where it was read already.

    Raises
    ------
    AccessError
        If they are none of the business of who is asking.
    """
    on = on or year(context)
    wanted = [rep] if rep else reps(context, on)
    whole = {name: cast(Territory, each.plan) for (name, _), each in _all(context).items()}
    found = [one for name in wanted if name in whole for one in _territory(context, on, whole[name])]
    found += [each for each in contradictions.between_reps(list(whole.values())) if _about(each, wanted)]
    found += [one for name in wanted for one in _developing(context, on, name)]
    return Checked(found, _unknown(on))


def of_plan(context: Context, draft: Territory | Development, on: Year | None = None) -> list[Clash]:
    """Hold a plan as it is being written against everything that it has to agree with, before it is kept."""
    on = on or year(context)
    if isinstance(draft, Development):
        given = kept.find(context, SUPPORT, draft.rep)
        return contradictions.of_development(
            draft, gaps_of(on, draft.rep), cast(Support, given.plan) if given else None
        )
    others = [cast(Territory, each.plan) for (name, _), each in _all(context).items() if name != draft.rep]
    shared = contradictions.between_reps([*others, draft])
    return [*_territory(context, on, draft), *(each for each in shared if _about(each, [draft.rep]))]


def _all(context: Context) -> dict[tuple[str, str], kept.Written]:
    """Give everybody's territory plans: that an account is planned by two is told to both."""
    with plan(context.settings):
        return kept.everybody(Context(context.settings, context.year, context.scenario), TERRITORY)


def _about(clash: Clash, wanted: list[str]) -> bool:
    return bool(set(clash.rep.split(" and ")) & set(wanted))


def _territory(context: Context, on: Year, draft: Territory) -> list[Clash]:
    """Hold a territory plan against goal, activity and days."""
    found = contradictions.against_goal(draft, goal(context, on, draft.rep)) if on.goals is not None else []
    asked = takes(on, draft.rep)
    weeks = float(on.work.weeks.get(draft.rep, 0.0)) if on.work else 0.0
    found += contradictions.against_activity(draft, asked, _most(on)) if on.rhythm.pipeline else []
    return found + contradictions.against_days(draft, weeks, on.seen.targeting.visits_a_day) if weeks else found


def _most(on: Year) -> dict[str, float]:
    """Say what nine of ten people who were there do at most in a week."""
    there = on.rhythm.per_week[on.rhythm.reps["weeks"] > 0]
    return {str(name): float(each) for name, each in there.quantile(float(MOST_KEPT_UP)).dropna().items()}


def _developing(context: Context, on: Year, rep: str) -> list[Clash]:
    found = kept.find(context, DEVELOPMENT, rep)
    return of_plan(context, cast(Development, found.plan), on) if found else []


def _unknown(on: Year) -> list[str]:
    told = []
    if on.goals is None:
        told.append("No goals were set for the year yet, so results are held against nothing.")
    if not on.rhythm.pipeline:
        told.append(
            "The history has no pipeline, so it does not say what a goal takes in activity; activities and "
            "development are not held against it."
        )
    if not on.rhythm.kinds:
        told.append("The history counts no calls and visits, so it does not say how many accounts a rep can serve.")
    if not pd.notna(on.seen.accounts["before"]).any():
        told.append("The history holds less than two years, so it does not say how accounts grew.")
    return told
