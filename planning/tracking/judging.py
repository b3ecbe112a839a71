"""Who may do what with the evaluation of a year, and in which order: prepared, shared, answered, closed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from planning.errors import TrackingError

State = Literal["draft", "shared", "answered", "closed"]

TABLE: dict[State, dict[str, tuple[str, ...]]] = {
    "draft": {"lead": ("rate", "share"), "rep": ()},
    "shared": {"lead": ("rate", "share", "say"), "rep": ("answer", "say")},
    "answered": {"lead": ("rate", "share", "say", "close"), "rep": ("answer", "say")},
    "closed": {"lead": ("say",), "rep": ("say",)},
}
"""What whoever leads the rep, and the rep, may do in each state; feedback is heard after it was closed, too."""

DONE = {"share": "shared it", "answer": "answered", "say": "said", "close": "closed it"}
"""How a step of an evaluation is told."""

LEADS_TO: dict[str, State] = {"share": "shared", "answer": "answered", "close": "closed"}
"""State that something leads to; all others leave it as it is."""


@dataclass(frozen=True)
class Said:
    """Something that was done or said about an evaluation.

    Parameters
    ----------
    done
        ``share``, ``answer``, ``say`` or ``close``.
    by, at
        Who signed it, and when (UTC), as the store says.
    text
        What was said.
    agrees
        Of an answer: whether the rep agrees.
    """

    done: str
    by: str
    at: datetime | None
    text: str
    agrees: bool | None = None


def stands(said: list[Said]) -> State:
    """Give the state that all that was done adds up to."""
    return next((LEADS_TO[each.done] for each in reversed(said) if each.done in LEADS_TO), "draft")


def allow(said: list[Said], side: str, done: str, text: str, agrees: bool | None = None) -> None:
    """Refuse what is not to be done now.

    Parameters
    ----------
    said
        What was done so far, in order.
    side
        ``lead`` or ``rep``.
    done, text, agrees
        What is to be done, and what is said with it.

    Raises
    ------
    TrackingError
        If it is not for that side, not now, or lacks something.
    """
    state = stands(said)
    may = TABLE[state][side]
    if done not in may:
        who = "whoever leads the rep" if side == "lead" else "the rep"
        raise TrackingError(
            f"The evaluation is {state}; {who} may {', '.join(may) or 'not do anything yet'}, not {done}."
        )
    if done == "answer" and agrees is None:
        raise TrackingError("Say whether you agree.")
    if (done in ("say", "close") or agrees is False) and not text.strip():
        raise TrackingError("Say it in words: an answer that does not agree, feedback and the close need a text.")
