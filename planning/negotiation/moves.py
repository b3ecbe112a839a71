"""The moves of a negotiation, who may make which, and what state they lead to.

| state | manager may | rep may | leads to |
|---|---|---|---|
| not started | propose | - | proposed |
| proposed, countered | propose, comment, accept | counter, comment, accept | proposed, countered, agreed |
| agreed | comment | comment | agreed |

An *offer* is a proposal of the manager or a counter-proposal of the rep; each has the next version
number. A goal is agreed when both have accepted the same version; an offer is not its author's
acceptance. Moves are only ever added; the state is what they add up to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from planning.errors import NegotiationError, bulleted

Role = Literal["manager", "rep"]
KINDS = ("propose", "counter", "comment", "accept")
OFFERS = {"propose": "manager", "counter": "rep"}


@dataclass(frozen=True)
class Move:
    """One move in the thread of a rep's goal.

    Parameters
    ----------
    sequence
        Place in the thread, from 1.
    kind
        One of `KINDS`.
    role, person
        In which role, and who.
    version
        The offer's own version, or the version that is commented on or accepted.
    lines
        Goal of the year by product line, in whole minor units; empty unless it is an offer.
    note
        Justification, supporting detail or comment.
    at
        When, in UTC.
    """

    sequence: int
    kind: str
    role: Role
    person: str
    version: int
    lines: Mapping[str, int]
    note: str
    at: datetime | None = None


@dataclass(frozen=True)
class Thread:
    """The whole exchange over one rep's goal, in order.

    Parameters
    ----------
    rep
        Whose goal it is.
    moves
        All moves, in their order.
    """

    rep: str
    moves: tuple[Move, ...] = ()

    @property
    def offer(self) -> Move | None:
        """The offer on the table."""
        offers = [move for move in self.moves if move.kind in OFFERS]
        return offers[-1] if offers else None

    @property
    def version(self) -> int:
        """Version on the table, 0 if there is none."""
        return self.offer.version if self.offer else 0

    @property
    def accepted_by(self) -> frozenset[str]:
        """Roles that have accepted the version on the table."""
        accepts = (move for move in self.moves if move.kind == "accept" and move.version == self.version)
        return frozenset(move.role for move in accepts)

    @property
    def state(self) -> str:
        """One of ``not started``, ``proposed``, ``countered``, ``agreed``."""
        if self.offer is None:
            return "not started"
        if self.accepted_by == {"manager", "rep"}:
            return "agreed"
        return "proposed" if self.offer.kind == "propose" else "countered"

    def allowed(self, role: Role) -> list[str]:
        """Kinds of move that a role may make now."""
        if self.state == "agreed":
            return ["comment"]
        if self.offer is None:
            return ["propose"] if role == "manager" else []
        accept = [] if role in self.accepted_by else ["accept"]
        return [kind for kind, owner in OFFERS.items() if owner == role] + ["comment"] + accept


def decide(
    thread: Thread, kind: str, role: Role, person: str, seen: int, note: str, lines: Mapping[str, int] | None = None
) -> Move:
    """Give the move that follows, if the rules allow it.

    Parameters
    ----------
    thread
        The thread as it stands.
    kind, role, person
        What, in which role, and who.
    seen
        Version that the person had in view.
    note
        Justification (a proposal), supporting detail (a counter-proposal) or comment; an acceptance
        needs none.
    lines
        For an offer: the year's goal by product line, in whole minor units.

    Raises
    ------
    NegotiationError
        If the move is not allowed, came too late, or lacks something; with everything that is wrong.
    """
    if seen != thread.version:
        raise NegotiationError(_stale(thread, seen))
    if kind not in thread.allowed(role):
        may = ", ".join(thread.allowed(role)) or "nothing yet: the manager opens with a proposal"
        raise NegotiationError(f"The goal of {thread.rep} is {thread.state}; a {role} may {may}, not {kind}.")
    problems = _missing(kind, person, note, lines or {})
    if problems:
        raise NegotiationError(bulleted(f"This cannot be sent ({kind}):", problems))
    version = thread.version + 1 if kind in OFFERS else thread.version
    return Move(len(thread.moves) + 1, kind, role, person, version, dict(lines or {}), note.strip())


def _stale(thread: Thread, seen: int) -> str:
    since = [move for move in thread.moves if move.version > seen]
    told = [f"{move.person} ({move.role}): {move.kind}, version {move.version}" for move in since]
    return bulleted(
        f"The offer you saw (version {seen}) is no longer on the table; it is version {thread.version} now. "
        "Look at it before you answer. Since then:",
        told,
    )


def _missing(kind: str, person: str, note: str, lines: Mapping[str, int]) -> list[str]:
    problems = []
    if not person.strip():
        problems.append("it does not say who sends it")
    wanted = {"propose": "a justification", "counter": "supporting detail", "comment": "a text"}
    if kind in wanted and not note.strip():
        problems.append(f"it needs {wanted[kind]}")
    if kind in OFFERS:
        problems += [f"{line}: a goal below zero" for line, amount in lines.items() if amount < 0]
        if sum(lines.values()) <= 0:
            problems.append("its goals add up to nothing")
    return problems
