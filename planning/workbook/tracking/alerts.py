"""Warnings of the year in course: which stand, what was answered, and what came of it."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from planning.errors import TrackingError, bulleted, unknown_name
from planning.history.engine import open_history
from planning.history.results import assignments
from planning.store import documents
from planning.store.documents import Document
from planning.tracking import alerts as shape
from planning.tracking import rules
from planning.tracking.actions import Action, State
from planning.tracking.alerts import NOTHING, SOURCE, Alert
from planning.tracking.replay import Record, Replayed, by_month, record
from planning.tracking.rules import Chosen, Rule
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept
from planning.workbook.leading import concerned, managers, speak_of, territories
from planning.workbook.place import EVERYBODY, PLANNER, plan, reading, writing
from planning.workbook.tracking import actions, signs

RULES_KIND, SEEN_KIND = "tracking_rules", "alert_seen"


@dataclass(frozen=True)
class Answer:
    """What was answered to a warning.

    Parameters
    ----------
    what
        What was chosen.
    owner, due
        Who does it, until when; nobody and no day where nothing is to be done.
    state
        Where it stands.
    note
        Why, or what came of it.
    """

    what: str
    owner: str
    due: date | None
    state: State
    note: str


def alerts(context: Context, as_of: date | None = None) -> list[Alert]:
    """Give the warnings that stand, the weightiest first; those that are the business of who is asking.

    Parameters
    ----------
    context
        Where one stands, and who is asking. A territory in view leaves the others out.
    as_of
        The day; none for the last one that anything is known of.

    Raises
    ------
    TrackingError
        If the year has not begun.
    """
    found = shape.standing(signs_of(context, as_of), chosen(context))
    mine, places = concerned(context, [each.rep for each in found]), territories(context)
    return [
        each for each in found
        if (each.rep in mine if each.rep else places is None or each.territory in places)
        and context.territory in ("", each.territory)
    ]  # fmt: skip


def day_of(context: Context) -> date:
    """Give the last day that warnings are told of."""
    return signs.known(context).part.day


def chosen(context: Context) -> Chosen:
    """Give which rules warn and from where, as the planner set them."""
    with plan(context.settings) as database, database.reading() as connection:
        found = documents.document(connection, context.year, context.scenario, RULES_KIND, "")
    return rules.read(found.body) if found is not None else Chosen()


def choose(context: Context, asked: Chosen, actor: str) -> None:
    """Set which rules warn and from where.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    AccessError
        If it is not a planner who is asking.
    """
    rules.check(asked)
    with writing(context, "set the rules of warnings", PLANNER) as connection:
        before = documents.document(connection, context.year, context.scenario, RULES_KIND, "")
        body = Document(RULES_KIND, "", rules.body(asked), version=before.version if before is not None else 0)
        documents.keep(connection, context.year, context.scenario, body, context.actor(actor))


def records(context: Context, asked: Chosen | None = None) -> list[tuple[Rule, Record]]:
    """Say of each rule how good it was in past years; of settings that are only thought of, if they are given."""
    past = signs.replayed(context)
    return [(rule, record(rule, past)) for rule in (asked or chosen(context)).rules]


def month_by_month(context: Context) -> pd.DataFrame:
    """Hold the warnings of past years, month by month, against how the years ended (`planning.tracking.replay`)."""
    return by_month([rule for rule in chosen(context).rules if rule.on], signs.replayed(context))


def answer(
    context: Context, key: str, response: str, actor: str, owner: str = "", due: date | None = None, note: str = "",
    as_of: date | None = None,
) -> None:  # fmt: skip
    """Answer a warning: with something that is done until a day, or with why nothing is.

    Parameters
    ----------
    context, key
        Where one stands, and which warning.
    response
        What is done, one of the rule's responses or something else; or `NOTHING`.
    actor
        Who says so.
    owner, due
        Who does it, until when.
    note
        Why nothing is to be done; besides an action, whatever belongs to it.
    as_of
        Day on which the warning stands; none for the last one that anything is known of.

    Raises
    ------
    TrackingError
        If no such warning stands, or the answer cannot be followed up.
    AccessError
        If it is none of the business of who is asking.
    """
    found = {each.key: each for each in alerts(context, as_of)}
    if key not in found:
        raise TrackingError(unknown_name("warning that stands", key, found))
    whom = _about(context, found[key])
    if response != NOTHING:
        problems = [
            f"it does not say {name}"
            for name, value in (("who does it", owner.strip()), ("until when", due))
            if not value
        ]
        if problems or due is None:
            raise TrackingError(bulleted("This answer could not be followed up:", problems))
        actions.keep(context, Action(response, owner, whom, due, source=f"{SOURCE}:{key}", note=note), actor)
        return
    if not note.strip():
        raise TrackingError("Say why there is nothing to do: who reads it later wants to know.")
    speak_of(context, whom)
    with writing(context, "answer warnings", EVERYBODY) as connection:
        before = documents.document(connection, context.year, context.scenario, SEEN_KIND, whom, key)
        seen = Document(SEEN_KIND, whom, {"note": note.strip()}, key, before.version if before is not None else 0)
        documents.keep(connection, context.year, context.scenario, seen, context.actor(actor))


def answers(context: Context) -> dict[str, list[Answer]]:
    """Give what was answered to warnings, by their keys."""
    found: dict[str, list[Answer]] = {}
    for each in actions.actions(context):
        kind, _, key = each.source.partition(":")
        if kind == SOURCE:
            found.setdefault(key, []).append(Answer(each.what, each.owner, each.due, each.state, each.note))
    with reading(context) as connection:
        seen = documents.documents(connection, context.year, context.scenario, SEEN_KIND)
    mine = concerned(context, [each.whom for each in seen])
    for written in seen:
        if written.whom in mine:
            told = Answer(NOTHING, written.actor, None, "done", written.body["note"])
            found.setdefault(written.key, []).append(told)
    return found


def signs_of(context: Context, as_of: date | None) -> Replayed:
    """Tell the signs of the year in course; kept, as long as neither history nor goals change."""
    on = depends_on(context)
    seen = signs.known(context, as_of)
    goals = int(pd.util.hash_pandas_object(seen.part.goals, index=False).sum())
    told = None if on is None else (on, context.scenario, as_of, goals)
    return kept(context.settings, "signs", told, lambda: signs.at_ends(seen, context.year))


def _about(context: Context, alert: Alert) -> str:
    """Say whose business an answer is: the rep's; of a territory, whoever leads most of its people."""
    if alert.rep:
        return alert.rep
    with open_history(context.settings) as history:
        places = assignments(history, context.calendar, context.year)
    leaders = places.loc[places["territory"] == alert.territory, "rep"].map(managers(context)).dropna()
    return str(leaders.mode().iloc[0]) if len(leaders) else alert.territory
