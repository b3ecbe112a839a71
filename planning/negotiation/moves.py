"""What is said in a negotiation: moves, in the order in which they were made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["manager", "rep", "senior", "planner"]
"""In which role somebody speaks; the *senior* is the manager's manager."""

Side = Literal["manager", "rep"]

OFFERS = ("propose", "counter")
"""Moves that put a new version on the table: the company's, and the rep's."""

SETS = ("decide", "lapse")
"""Moves that end a negotiation without agreement: the senior decides, or the deadline passes."""

PLANNERS = ("hand_over", "leave", "lapse")
"""Moves of the planner alone."""

TALK = ("comment", "question")
"""Moves that change nothing on the table, so that nobody's answer comes too late because of them."""

KINDS = (
    *OFFERS, "accept", "withdraw", "return", "escalate", *SETS, "reopen", "consent", "refuse", *TALK, "delegate",
    "hand_over", "leave",
)  # fmt: skip


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
        The offer's own version, or the version on the table when it was made.
    lines
        Goal of the year by product line, in whole minor units; empty unless a version is put on the table, or is
        brought along by the wish to reopen.
    note
        Justification, supporting detail, reason or comment.
    at
        When, in UTC.
    detail
        What else belongs to it: ``lines`` (product lines that are accepted, if not all), ``line`` (that a comment or
        a question is about), ``to`` (to whom it is returned, delegated or handed over), ``until`` (last day of a
        delegation), ``support`` (what an offer rests on: a list of ``what`` and ``amount``), ``phase`` and
        ``stretch`` (`planning.negotiation.advice`), and the terms of a change during the year
        (`planning.negotiation.adjusting`).
    """

    sequence: int
    kind: str
    role: Role
    person: str
    version: int
    lines: Mapping[str, int]
    note: str
    at: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def side(self) -> Side:
        """Whose side it was made on: the senior speaks for the company, as the manager does."""
        return "rep" if self.role == "rep" else "manager"


@dataclass(frozen=True)
class Say:
    """What somebody wants to say.

    Parameters
    ----------
    kind, note, lines, detail
        As in `Move`.
    """

    kind: str
    note: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
