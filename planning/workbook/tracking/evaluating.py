"""What both sides do with an evaluation: rate, share, answer, say, close; each is kept, signed by who did it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planning.errors import AccessError, TrackingError, bulleted, unknown_name
from planning.history import results
from planning.history.engine import open_history
from planning.store import documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.tracking import judging
from planning.tracking.criteria import Criteria
from planning.tracking.judging import Said, State
from planning.workbook.context import Context
from planning.workbook.leading import led, managers
from planning.workbook.place import EVERYBODY, LEADERS, reading, writing
from planning.workbook.tracking.criteria import of_role, role_of

DRAFT, SHARED = "evaluation_draft", "evaluation"
"""Documents: what those who lead the rep prepare, which the rep does not see; and what was shared with the rep."""


@dataclass(frozen=True)
class Record:
    """Where an evaluation stands, for who is asking.

    Parameters
    ----------
    state
        ``draft``, ``shared``, ``answered`` or ``closed``.
    ratings
        By behaviour: ``level``, ``reason``, and ``by`` whom.
    summary
        What whoever leads the rep says of the year.
    said
        What was shared, answered, said and closed, in order.
    score
        What it came to when it was shared last; none before.
    prepared
        Whether something was rated since that the rep has not seen; told to those who lead the rep.
    """

    state: State
    ratings: Mapping[str, Mapping[str, str]]
    summary: str = ""
    said: Sequence[Said] = field(default_factory=tuple)
    score: float | None = None
    prepared: bool = False


def side(context: Context, rep: str) -> str:
    """Say on which side somebody is: ``rep``, or ``lead`` for those who lead the rep and the planner.

    Raises
    ------
    AccessError
        If it is none of their business.
    """
    me = context.person
    if me is None:
        return "lead"
    if me.name == rep:
        return "rep"
    if me.role == "planner" or (me.role == "manager" and rep in led(context)):
        return "lead"
    raise AccessError(f"The evaluation of {rep} is between them and those who lead them.")


def people(context: Context, territory: str = "") -> list[str]:
    """Name whose evaluations one may see: all, or those who serve a territory."""
    with open_history(context.settings) as history:
        here = results.people_here(history, context.calendar, context.year)
        places = results.assignments(history, context.calendar, context.year)
    if territory:
        here = [each for each in here if each in set(places.loc[places["territory"] == territory, "rep"])]
    return [each for each in here if _sees(context, each)]


def manager(context: Context, rep: str) -> str:
    """Name who leads a rep; empty if nobody is told."""
    return managers(context).get(rep, "")


def _sees(context: Context, rep: str) -> bool:
    try:
        side(context, rep)
    except AccessError:
        return False
    return True


def record(context: Context, rep: str) -> Record:
    """Give where the evaluation of a rep stands.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    """
    mine = side(context, rep)
    with reading(context) as connection:
        shared = _versions(connection, context, rep)
        drafts = _drafts(connection, context, rep) if mine == "lead" else []
    said = _said(shared, rep)
    last = next((each for each in reversed(shared) if each.body["done"] == "share" and each.actor != rep), None)
    newer = drafts[-1] if drafts and (last is None or _at(drafts[-1]) > _at(last)) else None
    body = newer.body if newer else last.body if last else {}
    score = last.body.get("score") if last else None
    return Record(
        judging.stands(said),
        dict(body.get("ratings", {})),
        str(body.get("summary", "")),
        said,
        score,
        newer is not None,
    )


def rate(context: Context, rep: str, ratings: Mapping[str, tuple[str, str]], summary: str, person: str) -> None:
    """Prepare an evaluation: how somebody works, each by a level of the scale and a reason.

    The rep sees it once it is shared.

    Parameters
    ----------
    context, rep
        Which year, and whose.
    ratings
        By behaviour of the criteria: level and reason; those that are left out stay as they were.
    summary
        What is said of the year; empty leaves what was said.
    person
        Who says so, where nobody logs in.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    AccessError
        If the one who is asking does not lead the rep.
    """
    before = record(context, rep)
    judging.allow(list(before.said), side(context, rep), "rate", summary)
    criteria = of_role(context, role_of(context, rep))
    _check(criteria, ratings)
    who = context.actor(person)
    kept = {name: {"level": level, "reason": why.strip(), "by": who} for name, (level, why) in ratings.items()}
    body = {"ratings": {**before.ratings, **kept}, "summary": summary.strip() or before.summary}
    with writing(context, "evaluate", LEADERS) as connection:
        whom = managers(context).get(rep, who)
        versions = documents.versions(connection, context.year, context.scenario, DRAFT, whom, rep)
        written = Document(DRAFT, whom, body, rep, versions[-1].version if versions else 0)
        documents.keep(connection, context.year, context.scenario, written, who)


def step(
    context: Context, rep: str, done: str, text: str, person: str, agrees: bool | None = None,
    figures: Mapping[str, Any] | None = None,
) -> State:  # fmt: skip
    """Share, answer, say or close; gives the state that follows.

    Parameters
    ----------
    context, rep
        Which year, and whose.
    done, text, agrees
        As in `planning.tracking.judging.Said`.
    person
        Who does it, where nobody logs in; then the rep is whoever bears the rep's name.
    figures
        What it came to when it is shared: ``score`` and ``parts``.

    Raises
    ------
    TrackingError
        If it is not to be done now, or lacks something.
    AccessError
        If it is none of the business of who is asking.
    """
    before = record(context, rep)
    mine = side(context, rep) if context.person is not None or person != rep else "rep"
    judging.allow(list(before.said), mine, done, text, agrees)
    who = context.actor(person)
    body: dict[str, Any] = {"done": done, "text": text.strip(), "agrees": agrees}
    if done == "share":
        body |= {"ratings": dict(before.ratings), "summary": before.summary, **(figures or {})}
    with writing(context, "take part in an evaluation", EVERYBODY) as connection:
        versions = _versions(connection, context, rep)
        if len(versions) != len(before.said):
            raise TrackingError(
                "Something was said meanwhile; look at it before you go on. Nothing of yours was kept."
            )
        written = Document(SHARED, rep, body, "", versions[-1].version if versions else 0)
        documents.keep(connection, context.year, context.scenario, written, who)
        return judging.stands(_said(_versions(connection, context, rep), rep))


def _versions(connection: Connection, context: Context, rep: str) -> list[Document]:
    return documents.versions(connection, context.year, context.scenario, SHARED, rep)


def _drafts(connection: Connection, context: Context, rep: str) -> list[Document]:
    found = documents.documents(connection, context.year, context.scenario, DRAFT)
    return sorted((each for each in found if each.key == rep), key=_at)


def _said(versions: list[Document], rep: str) -> list[Said]:
    """Read what was done; who did it is told by the store, and what is not theirs to do counts as said."""
    found = []
    for each in versions:
        done, mine = str(each.body["done"]), each.actor == rep
        theirs = ("answer", "say") if mine else ("share", "say", "close")
        kind = done if done in theirs else "say"
        found.append(Said(kind, each.actor, each.at, str(each.body.get("text", "")), each.body.get("agrees")))
    return found


def _at(each: Document) -> str:
    return each.at.isoformat() if each.at else ""


def _check(criteria: Criteria, ratings: Mapping[str, tuple[str, str]]) -> None:
    known = [each.name for each in criteria.of("behaviour")]
    problems = [unknown_name("behaviour of the criteria", name, known) for name in ratings if name not in known]
    problems += [
        f"{name}: {unknown_name('level of the scale', level, criteria.scale)}"
        for name, (level, _) in ratings.items()
        if level not in criteria.scale
    ]
    problems += [f"{name}: it does not say why" for name, (_, why) in ratings.items() if not why.strip()]
    if problems:
        raise TrackingError(bulleted("This rating cannot be kept:", problems))
