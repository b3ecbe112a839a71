"""Where a plan stands between those who write it and those who sign it: told by its versions and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from planning.errors import PlansError
from planning.plans.plans import Sort, Writer

NONE, DRAFT, SUBMITTED, RETURNED, SIGNED, CHANGED = (
    "none", "in writing", "submitted", "returned", "signed", "changed since signed",
)  # fmt: skip
STATES = (NONE, DRAFT, SUBMITTED, RETURNED, SIGNED, CHANGED)
DID = ("submit", "return", "sign", "comment")


@dataclass(frozen=True)
class Word:
    """Something that was said about a version of a plan.

    Parameters
    ----------
    did
        One of `DID`.
    version
        Version that it is about.
    text, section
        What was said, and on which section; empty for the whole plan.
    actor, at
        Who, and when (UTC): as the store tells it, never as the word itself says.
    """

    did: str
    version: int
    text: str = ""
    section: str = ""
    actor: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Stand:
    """Where a plan stands.

    Parameters
    ----------
    state
        One of `STATES`.
    version
        The version in force; 0 for none.
    by, since
        Who brought it into the state, and when (UTC).
    signed
        Version that was signed last; 0 for none.
    words
        What was said, in order.
    """

    state: str = NONE
    version: int = 0
    by: str = ""
    since: datetime | None = None
    signed: int = 0
    words: tuple[Word, ...] = ()


def stand(sort: Sort, rep: str, versions: Sequence[tuple[int, str, datetime]], words: Sequence[Word]) -> Stand:
    """Say where a plan stands.

    A signature counts if it is of the other side than the one that writes: nobody signs their own plan, whatever the
    store was given.

    Parameters
    ----------
    sort, rep
        Which sort of plan, and whose.
    versions
        Number, actor and time of each version, in order.
    words
        What was said, in order.
    """
    if not versions:
        return Stand(words=tuple(words))
    number, actor, at = versions[-1]
    counted = [each for each in words if each.did != "sign" or _signs(sort, rep, each.actor)]
    signed = max((each.version for each in counted if each.did == "sign"), default=0)
    here = [each for each in counted if each.version == number and each.did != "comment"]
    if not here:
        state = CHANGED if signed else DRAFT
        return Stand(state, number, actor, at, signed, tuple(words))
    last = here[-1]
    state = {"submit": SUBMITTED, "return": RETURNED, "sign": SIGNED}[last.did]
    return Stand(state, number, last.actor, last.at, signed, tuple(words))


def decide(sort: Sort, now: Stand, word: Word, side: str) -> None:
    """Refuse a word that is not one's to say, or comes at the wrong moment.

    Parameters
    ----------
    sort, now
        Which sort of plan, and where it stands.
    word
        What is said.
    side
        On which side the person is: ``rep``, ``leader`` or ``planner``.

    Raises
    ------
    PlansError
        If it cannot be said now.
    """
    if word.did not in DID:
        raise PlansError(f"{word.did!r} is not known. Known: {', '.join(DID)}.")
    if not now.version:
        raise PlansError("There is no plan yet; what is proposed has to be kept first.")
    if word.version != now.version:
        raise PlansError(
            f"It was changed meanwhile (version {now.version}, yours was {word.version}). Look at it again before "
            f"you {word.did} it."
        )
    if word.did in ("return", "comment") and not word.text.strip():
        raise PlansError("Say what must change." if word.did == "return" else "A comment needs a text.")
    wanted: dict[str, Writer] = {"submit": sort.writer, "sign": _other(sort.writer), "return": _other(sort.writer)}
    if word.did in wanted and side != wanted[word.did]:
        who = {"rep": "the rep", "leader": "who leads the rep"}[wanted[word.did]]
        raise PlansError(f"It is for {who} to {word.did} a {sort.title.lower()}.")
    if word.did == "submit" and now.state in (SUBMITTED, SIGNED):
        raise PlansError(f"This version is {now.state} already.")
    if (
        word.did in ("sign", "return")
        and now.state != SUBMITTED
        and not (word.did == "return" and now.state == SIGNED)
    ):
        raise PlansError(f"It is {now.state}, not submitted, so there is nothing to {word.did} yet.")


def _other(writer: Writer) -> Writer:
    return "leader" if writer == "rep" else "rep"


def _signs(sort: Sort, rep: str, actor: str) -> bool:
    return (actor == rep) == (sort.writer == "leader")
