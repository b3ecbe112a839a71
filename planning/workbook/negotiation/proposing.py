"""Proposing a change of a settled goal, and asking colleagues to absorb it, each by an agreement of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planning.amounts import Tell, fit
from planning.errors import AccessError, NegotiationError, bulleted, unknown_name
from planning.negotiation.adjusting import CARRY, Carry
from planning.negotiation.changes import Change, changes
from planning.negotiation.moves import Say
from planning.negotiation.thread import Thread
from planning.store import documents
from planning.store.documents import Document
from planning.workbook.context import Context
from planning.workbook.leading import concerned
from planning.workbook.negotiation.moving import move
from planning.workbook.negotiation.overview import standing
from planning.workbook.negotiation.talks import Talk, talk
from planning.workbook.place import LEADERS, reading, writing

KIND = "absorbing"
"""Document that names who is to absorb a change; those who lead them read it, and the rep does not."""


@dataclass(frozen=True)
class Wish:
    """A change of a settled goal, as somebody wants to propose it.

    Parameters
    ----------
    lines
        The year's goal by product line, whole minor units; lines that are left out stay as they are.
    since
        Month from which it holds.
    trigger, absorbed
        One of `planning.negotiation.adjusting.TRIGGERS` and `ABSORBED`.
    note
        Why.
    evidence
        What it rests on: ``what``, ``amount`` (whole minor units, or none) and ``link`` (an address, or empty).
    others
        Named colleagues and how much each is to absorb, where others are to; whole minor units, up or down.
    carry
        What is carried from months that are over to the months left.
    """

    lines: Mapping[str, int]
    since: str
    trigger: str
    note: str
    absorbed: str = "territory"
    evidence: Sequence[Mapping[str, Any]] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    carry: Carry = field(default_factory=dict)


def propose(context: Context, rep: str, wish: Wish, person: str, seen: int) -> Thread:
    """Ask the other side to change a settled goal, with what speaks for it.

    Raises
    ------
    NegotiationError
        If the goal is not settled, it came too late, a month that is over would be altered, something is missing, or
        what others are to absorb is not what is left.
    AccessError
        If the person has no say in this goal, or names colleagues whom they do not lead.
    """
    sat = talk(context, rep)
    if not sat.thread.settled:
        raise NegotiationError(
            f"The goal of {rep} is {sat.thread.state}. What is not settled yet is changed by an offer."
        )
    difference = sum({**sat.held, **wish.lines}.values()) - sum(sat.held.values())
    if wish.absorbed == "others":
        _check_others(context, sat, rep, wish.others, difference)
    support = [dict(each) for each in wish.evidence]
    detail: dict[str, Any] = {
        "trigger": wish.trigger,
        "since": wish.since,
        "absorbed": wish.absorbed,
        "support": support,
    }
    detail |= {"carry": {month: dict(parts) for month, parts in wish.carry.items()}} if wish.carry else {}
    lines = {**sat.start, **wish.lines}
    after = move(context, rep, Say("reopen", wish.note, lines, detail), person, seen)
    if wish.absorbed == "others":
        _keep_others(context, rep, wish.others, person)
    return after


def propose_to_carry(
    context: Context, rep: str, carry: Carry, since: str, note: str, person: str, seen: int
) -> Thread:
    """Ask the other side to carry what months that are over missed, or exceeded, to the months from one on.

    The goal of the year stays as it is, by product line; so do the company's and what everybody else carries. It is
    answered and signed as any change of a settled goal.

    Raises
    ------
    NegotiationError
        If the goal is not settled, it came too late, a month is not over, or more is carried than it missed.
    AccessError
        If the person has no say in this goal.
    """
    return propose(context, rep, Wish({}, since, CARRY, note, carry=carry), person, seen)


def others(context: Context, rep: str) -> dict[str, int]:
    """Give who is to absorb the change of a rep's goal that was proposed last, for those whose business it is."""
    with reading(context) as connection:
        found = documents.documents(connection, context.year, context.scenario, KIND)
    mine = [each for each in found if each.key == rep and concerned(context, [each.whom])]
    return dict(mine[-1].body["others"]) if mine else {}


def ask_others(context: Context, rep: str, person: str, instead: Mapping[str, int] | None = None) -> list[str]:
    """Ask the colleagues who were named to absorb what was settled, each in the thread of their own goal.

    Who was asked already is not asked again.

    Parameters
    ----------
    context, rep
        Which book, and whose goal was changed.
    person
        Who asks.
    instead
        Who is to absorb how much of what was settled, where it came to another amount than was proposed.

    Raises
    ------
    NegotiationError
        If nothing was settled that others are to absorb.
    AccessError
        If the one who is asking does not lead them.
    """
    settled = [each for each in changes(talk(context, rep).thread) if each.state in ("agreed", "set")]
    named = dict(instead or others(context, rep))
    if not settled or settled[-1].offer.detail.get("absorbed") != "others" or not named:
        raise NegotiationError(f"No change of the goal of {rep} was settled that named colleagues are to absorb.")
    change, asked = settled[-1], []
    for name, parts in _parts(change, named, context.tell).items():
        sat = talk(context, name)
        if any(_absorbs(each, change) for each in changes(sat.thread)):
            continue
        lines = {**sat.start, **{line: sat.start.get(line, 0) + amount for line, amount in parts.items()}}
        wish = Wish(
            lines, str(change.offer.detail["since"]), "absorbing", "A colleague's goal was changed by agreement."
        )
        propose(context, name, wish, person, len(sat.thread.moves))
        asked.append(name)
    return asked


def _absorbs(each: Change, change: Change) -> bool:
    """Say whether somebody was asked to absorb after a change was asked for."""
    later = each.asked.at is not None and change.asked.at is not None and each.asked.at > change.asked.at
    return later and each.asked.detail.get("trigger") == "absorbing"


def _check_others(context: Context, sat: Talk, rep: str, named: Mapping[str, int], difference: int) -> None:
    """Refuse colleagues who cannot absorb it, or whose parts do not add up to what is left."""
    me = context.person
    if me is not None and sat.seats.role(sat.thread, me.name) == "rep":
        raise AccessError("What colleagues are asked for is between them and those who lead them.")
    seen = standing(context).set_index("rep")["state"]
    problems = [unknown_name("colleague whom you lead", each, seen.index) for each in named if each not in seen.index]
    problems += [f"{rep} cannot absorb the change of their own goal"] if rep in named else []
    problems += [
        f"{each}: the goal is {seen[each]}; what is not settled yet is changed by an offer"
        for each in named
        if each in seen.index and each != rep and seen[each] not in ("agreed", "set")
    ]
    if sum(named.values()) != -difference:
        problems.append(
            f"together they would take on {context.tell(sum(named.values()))}, and {context.tell(-difference)} is to "
            "be absorbed"
        )
    if problems:
        raise NegotiationError(bulleted("They cannot absorb it:", problems))


def _keep_others(context: Context, rep: str, named: Mapping[str, int], person: str) -> None:
    with writing(context, "name who absorbs a change", LEADERS) as connection:
        who = context.actor(person)
        before = documents.versions(connection, context.year, context.scenario, KIND, who, rep)
        written = Document(KIND, who, {"others": dict(named)}, rep, before[-1].version if before else 0)
        documents.keep(connection, context.year, context.scenario, written, who)


def _parts(change: Change, named: Mapping[str, int], tell: Tell) -> dict[str, dict[str, int]]:
    """Split what is to be absorbed over colleagues and product lines, so that both add up.

    Raises
    ------
    NegotiationError
        If some lines went up and others down, so that there is no one direction to absorb.
    """
    left = {line: change.before.get(line, 0) - amount for line, amount in change.offer.lines.items()}
    sign = 1 if sum(left.values()) >= 0 else -1
    left = {line: amount for line, amount in left.items() if amount}
    if any(amount * sign < 0 for amount in [*left.values(), *named.values()]):
        raise NegotiationError("Some lines went up and others down: ask each colleague by a change of their own.")
    rows, columns = [abs(each) for each in named.values()], [abs(each) for each in left.values()]
    if sum(rows) != sum(columns):
        raise NegotiationError(
            f"What was settled leaves {tell(sum(columns))}, and {tell(sum(rows))} was named: say anew who absorbs "
            "how much of it."
        )
    table = sign * fit(np.outer(rows, columns).astype(float), rows, columns)
    return {
        name: {line: int(amount) for line, amount in zip(left, row, strict=True)}
        for name, row in zip(named, table, strict=True)
    }
