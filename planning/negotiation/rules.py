"""The rules of the exchange: which move is allowed, and what it must bring along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planning.errors import NegotiationError, bulleted
from planning.negotiation import adjusting
from planning.negotiation.moves import KINDS, OFFERS, SETS, TALK, Move, Role, Say
from planning.negotiation.table import TABLE
from planning.negotiation.thread import Thread

OPENINGS = ("manager", "rep", "either")
AT_DEADLINE = ("remind", "escalate", "stand")


@dataclass(frozen=True)
class Rules:
    """What the planner has set for the negotiations of a book.

    Parameters
    ----------
    opening
        Who makes the first offer: the ``manager``, the ``rep`` (before seeing the manager's), or ``either``.
    deadline
        Last day; none if there is no deadline.
    at_deadline
        What happens to what is open after it: ``remind`` alone, ``escalate``, or let the manager's last offer
        ``stand`` as a goal that was set without agreement.

    Raises
    ------
    NegotiationError
        If a rule is unknown.
    """

    opening: str = "manager"
    deadline: date | None = None
    at_deadline: str = "remind"

    def __post_init__(self) -> None:
        problems = []
        if self.opening not in OPENINGS:
            problems.append(f"the first offer is made by one of {', '.join(OPENINGS)}, not by {self.opening!r}")
        if self.at_deadline not in AT_DEADLINE:
            problems.append(f"at the deadline, one of {', '.join(AT_DEADLINE)}, not {self.at_deadline!r}")
        if problems:
            raise NegotiationError(bulleted("These rules cannot be kept:", problems))

    def overdue(self, today: date) -> bool:
        """Say whether the deadline has passed."""
        return self.deadline is not None and today > self.deadline


WANTED = {
    "propose": "a justification",
    "counter": "supporting detail",
    "comment": "a text",
    "question": "a text",
    "return": "what is to be changed",
    "escalate": "why you cannot settle it between you",
    "decide": "a reason",
    "reopen": "a reason",
    "refuse": "a reason",
    "leave": "a reason",
    "hand_over": "a reason",
}
"""What the text of a move has to bring; the others need none."""


def allowed(thread: Thread, role: Role, rules: Rules | None = None) -> list[str]:
    """Give the moves that a role may make now, in the order of `planning.negotiation.moves.KINDS`.

    The state table says what a state allows; the rest follows from what has been said so far.
    """
    now, rules = thread.standing, rules or Rules()
    kinds = set(TABLE[now.state].get(role, set()))
    offer = now.offer
    side = "rep" if role == "rep" else "manager"
    if now.state == "not started":
        kinds -= {"counter"} if rules.opening == "manager" else {"propose"} if rules.opening == "rep" else set()
    if "accept" in kinds and side in thread.accepted_by:
        kinds.discard("accept")
    if now.state in ("proposed", "countered") and offer is not None and offer.role != role:
        kinds.discard("withdraw")
    if now.state in ("proposed", "countered") and any(now.accepted[each] for each in now.accepted if each != side):
        # What the other side has begun to sign is not taken off the table any more; a new version may follow.
        kinds.discard("withdraw")
    if now.state == "reopening":
        kinds -= {"consent", "refuse"} if now.waits != side else {"withdraw"}
    if role != "planner" and not thread.both_offered:
        kinds.discard("escalate")
    if thread.last_offer("manager") is None or (now.state == "reopening" and rules.at_deadline != "stand"):
        # A settled goal is changed without the other side only by a rule that the planner has made known.
        kinds.discard("lapse")
    return [kind for kind in KINDS if kind in kinds]


def decide(thread: Thread, say: Say, role: Role, person: str, seen: int, rules: Rules | None = None) -> Move:
    """Give the move that follows from what somebody says, if the rules allow it.

    Parameters
    ----------
    thread
        The thread as it stands.
    say
        What is said.
    role, person
        In which role, and who.
    seen
        How many moves of the thread the person had in view.
    rules
        What the planner has set.

    Raises
    ------
    NegotiationError
        If the move came too late, is not allowed, or lacks something; with everything that is wrong.
    """
    since = thread.since(seen)
    if since and say.kind not in TALK:
        raise NegotiationError(_stale(thread, since))
    may = allowed(thread, role, rules)
    if say.kind not in may:
        listed = ", ".join(may) or "do nothing any more"
        raise NegotiationError(f"The goal of {thread.rep} is {thread.state}; a {role} may {listed}, not {say.kind}.")
    problems = _missing(thread, say, person)
    if problems:
        raise NegotiationError(bulleted(f"This cannot be sent ({say.kind}):", problems))
    puts = _puts(say)
    version = thread.next_version if puts else thread.version
    lines = dict(say.lines) if puts else {}
    # Who signs a version signs from which month it holds, so each carries the terms that are talked about.
    detail = (adjusting.terms(thread.reopened) if puts else {}) | dict(say.detail)
    return Move(len(thread.moves) + 1, say.kind, role, person, version, lines, say.note.strip(), None, detail)


def told(move: Move) -> str:
    """Say in a few words who did what."""
    return f"{move.person} ({move.role}): {move.kind.replace('_', ' ')}, version {move.version}"


def _stale(thread: Thread, since: list[Move]) -> str:
    now = f"It is {thread.state} now, version {thread.version}."
    return bulleted(
        f"The goal of {thread.rep} has moved on since you looked at it. {now} Nothing of yours was sent; look at "
        "what has changed before you answer:",
        [told(move) for move in since],
    )


def _missing(thread: Thread, say: Say, person: str) -> list[str]:
    problems = [] if person.strip() else ["it does not say who sends it"]
    if say.kind in WANTED and not say.note.strip():
        problems.append(f"it needs {WANTED[say.kind]}")
    if _puts(say):
        problems += [f"{line}: a goal below zero" for line, amount in say.lines.items() if amount < 0]
        if sum(say.lines.values()) <= 0:
            problems.append("its goals add up to nothing")
    return problems + _wrong_terms(thread, say) + _wrong_detail(thread, say.kind, say.detail)


def _puts(say: Say) -> bool:
    """Say whether it brings a version: an offer, a decision, or a wish to reopen that says to what."""
    return say.kind in (*OFFERS, *SETS) or (say.kind == "reopen" and bool(say.lines))


def _wrong_terms(thread: Thread, say: Say) -> list[str]:
    if not any(name in say.detail for name in adjusting.TERMS):
        return []
    if say.kind == "reopen":
        return adjusting.problems(say.detail, say.lines)
    return [] if thread.reopened else ["no change of a settled goal is being talked about, so it holds for the year"]


def _wrong_detail(thread: Thread, kind: str, detail: Mapping[str, Any]) -> list[str]:
    known = dict(thread.offer.lines) if thread.offer else {}
    named = detail.get("lines", []) if kind == "accept" else [detail["line"]] if detail.get("line") and known else []
    problems = [f"{line!r} is not a line of version {thread.version}" for line in named if line not in known]
    if kind == "return" and detail.get("to") not in ("manager", "rep"):
        problems.append("it does not say who has to change something: the manager or the rep")
    if kind == "hand_over" and not str(detail.get("to", "")).strip():
        problems.append("it does not say to whom")
    return problems
