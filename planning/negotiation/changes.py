"""What became of every change of a settled goal that was asked for during the year."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planning.negotiation.adjusting import adjusts
from planning.negotiation.moves import Move
from planning.negotiation.thread import Standing, Thread, after

OPEN = ("asked", "talked about")
"""What has become of a change that may still come."""

CLOSED = {"refuse": "refused", "withdraw": "withdrawn", "leave": "ended"}


@dataclass(frozen=True)
class Change:
    """A change of a settled goal, as it was asked for and as it was answered.

    Parameters
    ----------
    asked
        The move that asked for it.
    offer
        The version that it came to: what was settled, else what was on the table for it last.
    state
        ``asked``, ``talked about``, ``agreed``, ``set``, ``refused``, ``withdrawn`` or ``ended``.
    before
        The goal that stood before it, by product line, whole minor units.
    """

    asked: Move
    offer: Move
    state: str
    before: Mapping[str, int]

    @property
    def total(self) -> int:
        """Goal of the year that it came to, whole minor units."""
        return sum(self.offer.lines.values())

    @property
    def difference(self) -> int:
        """What it does to the goal that stood before it, whole minor units."""
        return self.total - sum(self.before.values())


def changes(thread: Thread) -> list[Change]:
    """Give every change that was asked for, in order."""
    now, found = Standing(), list[Change]()
    for move in thread.moves:
        then = after(now, move)
        if move.kind == "reopen" and adjusts(move):
            found.append(Change(move, move, "asked", dict(now.offer.lines) if now.offer else {}))
        elif found and found[-1].state in OPEN:
            found[-1] = _answered(found[-1], move, then)
        now = then
    return found


def _answered(change: Change, move: Move, then: Standing) -> Change:
    if then.before is not None and then.state == "reopening":
        return change
    if then.before is not None:
        return replace(change, state="talked about", offer=then.offer or change.offer)
    if move.kind in CLOSED:
        return replace(change, state=CLOSED[move.kind])
    return replace(change, state=then.state, offer=then.offer or change.offer)
