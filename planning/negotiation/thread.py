"""Where a negotiation stands: what its moves add up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from planning.negotiation.adjusting import adjusts
from planning.negotiation.moves import OFFERS, SETS, TALK, Move, Side

SIDES: tuple[Side, Side] = ("manager", "rep")
OPEN = ("not started", "proposed", "countered", "returned", "escalated", "reopening")
"""States in which something is still to be settled."""

SETTLED = ("agreed", "set", "reopening")
"""States in which a goal stands that nobody else's edit moves."""


@dataclass(frozen=True)
class Standing:
    """Where a negotiation stands after some of its moves.

    Parameters
    ----------
    state
        One of `planning.negotiation.table.STATES`.
    table
        Versions that were put on the table and not withdrawn; the last one is on it.
    accepted
        Product lines of the version on the table that each side has accepted.
    waits
        Who has to move: a side, ``senior``, or nobody.
    before
        Where the settled goal stood that somebody wants to open again; none otherwise. It leads back there if the
        other side refuses, or if what was offered for the rest of the year is withdrawn.
    reopened
        The move that asked to open the goal that was settled last; none if nobody has.
    """

    state: str = "not started"
    table: tuple[Move, ...] = ()
    accepted: Mapping[Side, frozenset[str]] = field(default_factory=lambda: dict.fromkeys(SIDES, frozenset()))
    waits: str = ""
    before: "Standing | None" = None
    reopened: Move | None = None

    @property
    def offer(self) -> Move | None:
        """The version on the table."""
        return self.table[-1] if self.table else None

    def has_accepted(self, side: Side) -> bool:
        """Say whether a side has accepted every line on the table."""
        return self.offer is not None and set(self.offer.lines) <= self.accepted[side]


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

    @cached_property
    def standing(self) -> Standing:
        """Where it stands."""
        now = Standing()
        for move in self.moves:
            now = after(now, move)
        return now

    @property
    def state(self) -> str:
        """Its state in one word or two."""
        return self.standing.state

    @property
    def offer(self) -> Move | None:
        """The version on the table."""
        return self.standing.offer

    @property
    def version(self) -> int:
        """Number of the version on the table, 0 if there is none."""
        return self.offer.version if self.offer else 0

    @property
    def next_version(self) -> int:
        """Number of the version that is put on the table next; a number is never used again."""
        return max((move.version for move in self.moves), default=0) + 1

    @property
    def accepted_by(self) -> frozenset[Side]:
        """Sides that have accepted all of the version on the table."""
        return frozenset(side for side in SIDES if self.standing.has_accepted(side))

    @property
    def waits(self) -> str:
        """Who has to move: ``manager``, ``rep``, ``senior``, or nobody."""
        return self.standing.waits

    def last_offer(self, side: Side) -> Move | None:
        """Give what a side offered last, on the table or not; of a change during the year, what it offered for it."""
        reopened = self.standing.reopened
        since = reopened.sequence if reopened and adjusts(reopened) else 0
        offers = [
            move
            for move in self.moves
            if move.lines and move.kind not in SETS and move.side == side and move.sequence >= since
        ]
        return offers[-1] if offers else None

    @property
    def settled(self) -> bool:
        """Say whether a goal was settled that stands: agreed, or set without agreement, until a new one is."""
        return self.state in SETTLED or self.standing.before is not None

    @property
    def in_force(self) -> Move | None:
        """The version that was settled and stands; none if there is none."""
        return (self.standing.before or self.standing).offer if self.settled else None

    @property
    def reopened(self) -> Move | None:
        """The move that asked to open the settled goal, while that is talked about."""
        return self.standing.reopened if self.standing.before is not None else None

    @property
    def both_offered(self) -> bool:
        """Say whether both sides have said what they want."""
        return all(self.last_offer(side) is not None for side in SIDES)

    @property
    def questions(self) -> list[Move]:
        """Questions that the other side has not answered: with a comment on the same line, or a version."""
        open_: list[Move] = []
        for move in self.moves:
            if move.kind in (*OFFERS, *SETS, "comment"):
                line = move.detail.get("line", "")
                open_ = [each for each in open_ if each.side == move.side or not _answers(move, line, each)]
            if move.kind == "question":
                open_.append(move)
        return open_

    def manager(self, usual: str) -> str:
        """Name who manages the rep in this thread: the usual manager, or to whom it was handed over."""
        over = [str(move.detail["to"]) for move in self.moves if move.kind == "hand_over"]
        return over[-1] if over else usual

    def delegate(self, today: date) -> str:
        """Name who speaks for the manager for the time being; empty if nobody does."""
        given = [move for move in self.moves if move.kind in ("delegate", "hand_over")]
        if not given or given[-1].kind == "hand_over":
            return ""
        until = given[-1].detail.get("until", "")
        return "" if until and today.isoformat() > until else str(given[-1].detail.get("to", ""))

    def seen(self, version: int) -> int:
        """Say how many moves somebody has seen who knows a version; below zero stands for whatever is there now."""
        if version in (self.version, -1):
            return len(self.moves)
        return next((move.sequence for move in self.moves if move.lines and move.version == version), 0)

    def since(self, seen: int) -> list[Move]:
        """Give the moves after one that was seen which change what is on the table, or who has accepted it."""
        return [move for move in self.moves[seen:] if move.kind not in TALK]


def after(now: Standing, move: Move) -> Standing:
    """Give where a negotiation stands after a move that the rules allowed."""
    change = _CHANGES.get(move.kind)
    return change(now, move) if change else now


def _answers(move: Move, line: str, question: Move) -> bool:
    return move.kind != "comment" or line == question.detail.get("line", "")


def _on_the_table(now: Standing, table: tuple[Move, ...]) -> Standing:
    """Put versions on the table that nobody has accepted."""
    accepted: dict[Side, frozenset[str]] = dict.fromkeys(SIDES, frozenset())
    if not table:
        return Standing()
    side = table[-1].side
    state = "countered" if side == "rep" else "proposed"
    return replace(now, state=state, table=table, accepted=accepted, waits="manager" if side == "rep" else "rep")


def _offer(now: Standing, move: Move) -> Standing:
    return _on_the_table(now, (*now.table, move))


def _accept(now: Standing, move: Move) -> Standing:
    if now.offer is None:
        return now
    lines = frozenset(move.detail.get("lines") or now.offer.lines)
    now = replace(now, accepted={**now.accepted, move.side: now.accepted[move.side] | lines})
    left: list[Side] = [side for side in SIDES if not now.has_accepted(side)]
    if not left:
        return replace(now, state="agreed", waits="", before=None)
    return replace(now, waits=left[0]) if len(left) == 1 else now


def _withdraw(now: Standing, _: Move) -> Standing:
    before, left = now.before, now.table[:-1]
    if before is not None and (now.state == "reopening" or left == before.table):
        return before
    return _on_the_table(now, left)


def _return(now: Standing, move: Move) -> Standing:
    return replace(now, state="returned", waits=str(move.detail["to"]))


def _escalate(now: Standing, _: Move) -> Standing:
    return replace(now, state="escalated", waits="senior")


def _set(now: Standing, move: Move) -> Standing:
    return replace(now, state="set", table=(*now.table, move), waits="", before=None)


def _reopen(now: Standing, move: Move) -> Standing:
    other = "manager" if move.side == "rep" else "rep"
    return replace(now, state="reopening", waits=other, before=now, reopened=move)


def _consent(now: Standing, _: Move) -> Standing:
    """Open the goal again; of a change during the year, what was settled stands until another version is."""
    asked = now.reopened
    brought = (asked,) if asked is not None and asked.lines else ()
    kept = now.before if asked is not None and adjusts(asked) else None
    return replace(_on_the_table(now, (*now.table, *brought)), before=kept)


def _refuse(now: Standing, _: Move) -> Standing:
    return now.before or now


def _leave(now: Standing, _: Move) -> Standing:
    return replace(now, state="ended", waits="", before=None)


_CHANGES = {
    **dict.fromkeys(OFFERS, _offer),
    **dict.fromkeys(SETS, _set),
    "accept": _accept,
    "withdraw": _withdraw,
    "return": _return,
    "escalate": _escalate,
    "reopen": _reopen,
    "consent": _consent,
    "refuse": _refuse,
    "leave": _leave,
}
