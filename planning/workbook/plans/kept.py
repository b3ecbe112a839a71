"""Plans as they are kept: versions, what is said about them, signatures, and what one is writing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from planning.errors import AccessError
from planning.plans import sections, signing
from planning.plans.plans import OF, RELATIONSHIP, Plan, Sort, key, title
from planning.plans.signing import Stand, Word
from planning.store import documents, drafts
from planning.store.database import Connection
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.place import EVERYBODY, reading, writing
from planning.workbook.plans.sides import mine, see, speaker

WORD = "plan_word"
"""Kind of document that holds what was said about a plan: each is a document of its own, so that the store tells
who said it and when."""


@dataclass(frozen=True)
class Written:
    """A plan, and where it stands.

    Parameters
    ----------
    plan
        As it is kept, or as it is proposed where its version is 0.
    stand
        Where it stands between those who write and those who sign it.
    """

    plan: Plan
    stand: Stand

    @property
    def sort(self) -> Sort:
        """Which sort of plan it is."""
        return OF[type(self.plan)]


def find(context: Context, sort: Sort, rep: str, of: str = "") -> Written | None:
    """Give a plan that somebody kept; none if nobody has.

    Parameters
    ----------
    context, sort, rep
        Where one stands, which sort of plan, and whose.
    of
        Account of a relationship plan.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    """
    see(context, rep)
    with reading(context) as connection:
        found = documents.document(connection, context.year, context.scenario, sort.kind, rep, of)
        return Written(_plan(sort, found), _stand(connection, context, sort, rep, of)) if found else None


def versions(context: Context, sort: Sort, rep: str, of: str = "") -> list[tuple[Plan, Document]]:
    """Give every version of a plan, oldest first, with who kept it and when.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    """
    see(context, rep)
    with reading(context) as connection:
        found = documents.versions(connection, context.year, context.scenario, sort.kind, rep, of)
    return [(_plan(sort, each), each) for each in found]


def everybody(context: Context, sort: Sort) -> dict[tuple[str, str], Written]:
    """Give all plans of a sort that are in view, by rep and, for relationship plans, account."""
    with reading(context) as connection:
        found = documents.documents(connection, context.year, context.scenario, sort.kind)
        inside = set(mine(context, [each.whom for each in found]))
        told = _said(connection, context)
        return {
            (each.whom, each.key): Written(
                _plan(sort, each), _stand(connection, context, sort, each.whom, each.key, told)
            )
            for each in found
            if each.whom in inside
        }


def keep(context: Context, plan: Plan, actor: str) -> Written:
    """Keep a new version of a plan; what one was writing of it is gone then.

    Parameters
    ----------
    context, plan
        Where one stands, and the plan with the version that it was made from.
    actor
        Who does it, where nobody logs in.

    Raises
    ------
    PlansError
        With everything that is wrong with it, or if somebody changed it meanwhile.
    AccessError
        If it is not theirs to write.
    """
    sort, of = OF[type(plan)], key(plan)
    sections.check(plan, title(plan))
    who = _writer(context, sort, plan.rep, actor)
    with writing(context, "write plans", EVERYBODY) as connection:
        written = documents.keep(connection, context.year, context.scenario, _document(plan), who)
        drafts.drop(connection, context.year, context.scenario, written, who)
        stand = _stand(connection, context, sort, plan.rep, of)
    return Written(replace(plan, version=written.version), stand)


def say(context: Context, sort: Sort, rep: str, word: Word, actor: str, of: str = "") -> Stand:
    """Submit, return, sign or comment a version of a plan.

    Raises
    ------
    PlansError
        If it cannot be said now, or lacks something.
    AccessError
        If it is none of their business.
    """
    who, side = speaker(context, rep, actor)
    with writing(context, "talk about plans", EVERYBODY) as connection:
        signing.decide(sort, _stand(connection, context, sort, rep, of), word, side)
        body = {"of": sort.kind, "key": of, "did": word.did, "version": word.version, "section": word.section,
                "text": word.text.strip()}  # fmt: skip
        documents.keep(connection, context.year, context.scenario, Document(WORD, rep, body, uuid4().hex), who)
        return _stand(connection, context, sort, rep, of)


def keep_draft(context: Context, plan: Plan, actor: str) -> None:
    """Keep what somebody is writing, so that a reload or a lost connection loses nothing; nobody else sees it.

    Raises
    ------
    AccessError
        If it is not theirs to write.
    """
    who = _writer(context, OF[type(plan)], plan.rep, actor)
    with writing(context, "write plans", EVERYBODY) as connection:
        drafts.keep(connection, context.year, context.scenario, _document(plan), who)


def draft(context: Context, sort: Sort, rep: str, actor: str, of: str = "") -> Plan | None:
    """Give what somebody was writing, with the version that it was begun from; none if there is nothing."""
    who, _ = speaker(context, rep, actor)
    with reading(context) as connection:
        found = drafts.draft(connection, context.year, context.scenario, Document(sort.kind, rep, key=of), who)
    return _plan(sort, found) if found else None


def drop_draft(context: Context, sort: Sort, rep: str, actor: str, of: str = "") -> None:
    """Forget what somebody was writing."""
    who = _writer(context, sort, rep, actor)
    with writing(context, "write plans", EVERYBODY) as connection:
        drafts.drop(connection, context.year, context.scenario, Document(sort.kind, rep, key=of), who)


def may_write(context: Context, sort: Sort, rep: str, actor: str) -> bool:
    """Say whether a plan is somebody's to write."""
    try:
        _writer(context, sort, rep, actor)
    except AccessError:
        return False
    return True


def _writer(context: Context, sort: Sort, rep: str, actor: str) -> str:
    who, side = speaker(context, rep, actor)
    if side != sort.writer:
        whose = f"{rep}'s to write" if sort.writer == "rep" else f"to be written by who leads {rep}"
        raise AccessError(f"The {sort.title[0].lower()}{sort.title[1:]} is {whose}, not {who}'s.")
    return who


def _document(plan: Plan) -> Document:
    return Document(OF[type(plan)].kind, plan.rep, sections.body(plan), key(plan), plan.version)


def _plan(sort: Sort, found: Document) -> Plan:
    more: dict[str, Any] = {"rep": found.whom, "version": found.version}
    if sort is RELATIONSHIP:
        more["customer"] = found.key
    plan: Plan = sections.read(sort.of, found.body, **more)
    return plan


def _stand(
    connection: Connection,
    context: Context,
    sort: Sort,
    rep: str,
    of: str,
    told: Mapping[tuple[str, str, str], list[Word]] | None = None,
) -> Stand:
    found = documents.versions(connection, context.year, context.scenario, sort.kind, rep, of)
    counted = [(each.version, each.actor, each.at) for each in found if each.at is not None]
    words = (_said(connection, context, rep) if told is None else told).get((rep, sort.kind, of), [])
    return signing.stand(sort, rep, counted, words)


def _said(connection: Connection, context: Context, rep: str | None = None) -> dict[tuple[str, str, str], list[Word]]:
    """Give what was said, by rep, kind and key of the plan."""
    found: dict[tuple[str, str, str], list[Word]] = {}
    for each in documents.documents(connection, context.year, context.scenario, WORD, rep):
        said = each.body
        word = Word(said["did"], said["version"], said["text"], said["section"], each.actor, each.at)
        found.setdefault((each.whom, said["of"], said["key"]), []).append(word)
    return found
