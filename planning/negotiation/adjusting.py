"""A settled goal is changed during the year: what brought it up, from which month it holds, and who absorbs it.

It is no exchange of its own. The wish to *reopen* brings along the goal that is asked for and these terms; the other
side consents, offers and signs as ever, and until both have signed, what was settled stands.

What months that are over fell short of, or exceeded, may be *carried* to the months left: by line and month, with the
goal of the year as it was.
"""

from collections.abc import Mapping
from typing import Any

from planning.negotiation.moves import Move

TRIGGERS = {
    "market": "the market changed",
    "resources": "our own resources changed",
    "out_of_reach": "the goal is out of reach",
    "too_easy": "the goal is too easy",
    "absorbing": "it absorbs the change of a colleague's goal",
    "reversal": "an earlier change is taken back",
    "carried": "months that are over missed their goal, or exceeded it",
}
"""What brings a change up, and how it is told."""

ABSORBED = {
    "territory": "the difference stands on the territory's account, to be placed",
    "others": "named colleagues are asked to absorb the difference, each by an agreement of their own",
    "company": "the planner changes the company's goal by the difference",
}
"""Who absorbs what a goal is changed by."""

TERMS = ("trigger", "since", "absorbed", "carry")
"""Names of the terms in the detail of a move."""

CARRY = "carried"
"""The trigger of a change that carries goal from months that are over to the months left."""

Carry = Mapping[str, Mapping[str, int]]
"""What is taken out of months that are over, by month and product line, whole minor units: above zero what fell short
of the goal, below zero what exceeded it."""


def adjusts(move: Move) -> bool:
    """Say whether a move is about a change during the year: it says from which month it holds."""
    return bool(move.detail.get("since"))


def terms(move: Move | None) -> dict[str, Any]:
    """Give the terms of a change during the year; nothing where a move is about none."""
    if move is None or not adjusts(move):
        return {}
    return {name: move.detail[name] for name in TERMS if name in move.detail}


def problems(detail: Mapping[str, Any], lines: Mapping[str, int]) -> list[str]:
    """Say what is wrong with the wish to change a settled goal during the year."""
    found = []
    for name, known in (("trigger", TRIGGERS), ("absorbed", ABSORBED)):
        if detail.get(name) not in known:
            found.append(f"{name}: one of {', '.join(known)}, not {detail.get(name)!r}")
    found += [] if lines else ["it does not say what the goal is to be"]
    if (detail.get("trigger") == CARRY) != bool(detail.get("carry")):
        found.append("carry: what is carried from which months, if and only if that is what brings it up")
    return found


def carry(move: Move) -> Carry:
    """Give what a change carries from months that are over; nothing where it carries none."""
    return dict(move.detail.get("carry") or {})


def carried(move: Move) -> dict[str, int]:
    """Add up by product line what a change carries to the months left, whole minor units."""
    found: dict[str, int] = {}
    for parts in carry(move).values():
        for line, amount in parts.items():
            found[line] = found.get(line, 0) + amount
    return found


def told(move: Move) -> str:
    """Say from when a change holds, and what brought it up."""
    trigger = TRIGGERS.get(str(move.detail.get("trigger")), "")
    return f"from {move.detail['since']} on" + (f", as {trigger}" if trigger else "")
