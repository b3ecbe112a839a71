"""Making a move: read, decide by the rules, keep, post and anchor; one transaction, whoever presses first."""

from collections.abc import Mapping

from planning.errors import NegotiationError, unknown_name
from planning.negotiation import agreement
from planning.negotiation.chain import Event
from planning.negotiation.moves import OFFERS, SETS, Move, Say
from planning.negotiation.rules import Rules, decide
from planning.negotiation.thread import Thread
from planning.store import books, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.negotiation import adjusting, proof
from planning.workbook.negotiation.seats import side, today
from planning.workbook.negotiation.talks import Talk, find, look
from planning.workbook.place import EVERYBODY, PLANNER, reading, writing


def move(context: Context, rep: str, say: Say, person: str, seen: int) -> Thread:
    """Make a move in the negotiation of a rep's goal; the one that settles it posts the goal.

    Reading the thread, deciding by the rules, keeping the move and posting the goal are one
    transaction: of two people who press at once, the later one is refused and told what has changed.

    Parameters
    ----------
    context, rep
        Which book, and whose goal; who is logged in.
    say
        What is said. Product lines of an offer that are left out stay as they are on the table.
    person
        Who says it, where nobody logs in; else the one who is logged in speaks, whatever stands here.
    seen
        How many moves of the thread the person had in view.

    Raises
    ------
    NegotiationError
        If the move is not allowed, came too late, or lacks something.
    AccessError
        If the person has no say in this goal.
    """
    with writing(context, "take part", EVERYBODY) as connection:
        talk, number = look(connection, context, rep, lambda thread: _from_ledger(say, thread))
        who, role = talk.seats.speaker(talk.thread, person, say.kind)
        made = decide(talk.thread, _whole(talk, say), role, who, seen, talk.rules)
        if made.lines or made.kind == "reopen":
            adjusting.check(connection, context, number, rep, made)
        event = _keep(connection, context, number, rep, made)
        after = Thread(rep, (*talk.thread.moves, event.move))
        settled = after.in_force
        if settled is not None and settled != talk.thread.in_force:
            adjusting.check(connection, context, number, rep, settled)
            tree = books.owners(connection, number)
            rows = books.entries(connection, number, books.positions(connection, number, rep))
            months = context.calendar.months(context.year)
            posted = agreement.transaction(after, tree, rows, months, who, context.tell, event.hash)
            books.post(connection, number, [posted])
        records.drop_draft(connection, number, rep, who)
    proof.anchor(context, event)
    return after


def keep_rules(context: Context, rules: Rules, actor: str) -> None:
    """Set who opens, the deadline, and what happens at it."""
    with writing(context, "set the rules of the negotiations", PLANNER) as connection:
        number = find(connection, context)
        records.keep_rules(connection, number, rules, context.actor(actor))


def past_deadline(context: Context, actor: str) -> list[str]:
    """Do what the rules say to what is still open after the deadline; give the reps whose goal was moved.

    Raises
    ------
    NegotiationError
        If there is no deadline, it has not passed, or nothing is to happen at it but a reminder.
    """
    with reading(context) as connection:
        number = find(connection, context)
        rules, threads = records.rules(connection, number), records.threads(connection, number)
    if not rules.overdue(today()) or rules.deadline is None:
        raise NegotiationError(f"The deadline ({rules.deadline or 'none is set'}) has not passed.")
    if rules.at_deadline == "remind":
        raise NegotiationError("The rules say that people are reminded at the deadline, and nothing else happens.")
    kind = "escalate" if rules.at_deadline == "escalate" else "lapse"
    waiting = [each for each in threads.values() if each.state in ("proposed", "countered", "returned")]
    moved = []
    for thread in waiting:
        standing = thread.last_offer("manager")
        if kind == "lapse" and standing is None:
            continue
        lines = standing.lines if standing and kind == "lapse" else {}
        say = Say(kind, f"The deadline of {rules.deadline:%Y-%m-%d} has passed", lines)
        move(context, thread.rep, say, context.actor(actor), len(thread.moves))
        moved.append(thread.rep)
    return moved


def keep_draft(context: Context, rep: str, say: Say, person: str, seen: int) -> str:
    """Keep what somebody is writing, and give the time as text (UTC, ISO)."""
    with writing(context, "take part", EVERYBODY) as connection:
        talk, number = look(connection, context, rep, held=_never)
        who, _ = talk.seats.speaker(talk.thread, person)
        return records.keep_draft(connection, number, rep, who, say, seen).isoformat()


def draft(context: Context, rep: str, person: str) -> tuple[Say, int] | None:
    """Give what somebody was writing, and how many moves were seen then; nothing if there is none."""
    with reading(context) as connection:
        talk, number = look(connection, context, rep, held=_never)
        who, _ = talk.seats.speaker(talk.thread, person)
        found = records.draft(connection, number, rep, who)
    return (found[0], found[1]) if found else None


def note(context: Context, rep: str, text: str, person: str) -> None:
    """Note something that the other side does not see.

    Raises
    ------
    NegotiationError
        If the note is empty.
    """
    if not text.strip():
        raise NegotiationError("A note needs a text.")
    with writing(context, "take part", EVERYBODY) as connection:
        talk, number = look(connection, context, rep, held=_never)
        who, role = talk.seats.speaker(talk.thread, person)
        records.keep_note(connection, number, rep, side(role), who, text.strip())


def notes(context: Context, rep: str, person: str) -> list[tuple[str, str, str]]:
    """Give what one's own side has noted: person, note and time (UTC, ISO)."""
    with reading(context) as connection:
        talk, number = look(connection, context, rep, held=_never)
        _, role = talk.seats.speaker(talk.thread, person)
        found = records.notes(connection, number, rep, side(role))
    return [(who, text, at.isoformat()) for who, text, at in found]


def _never(_: Thread) -> bool:
    return False


def _from_ledger(say: Say, thread: Thread) -> bool:
    """Say whether an offer begins from the goal in the ledger: the first one does, the others from the table."""
    return say.kind in (*OFFERS, *SETS) and thread.offer is None


def _whole(talk: Talk, say: Say) -> Say:
    """Fill the product lines that an offer leaves out with those on the table; refuse lines that nobody knows."""
    if not say.lines and say.kind not in (*OFFERS, *SETS):
        return say
    start: Mapping[str, int] = talk.start
    strangers = sorted(set(say.lines) - set(start))
    if strangers:
        problems = [unknown_name("product line in this goal", each, start) for each in strangers]
        raise NegotiationError("\n".join(problems))
    return Say(say.kind, say.note, {**start, **say.lines}, say.detail)


def _keep(connection: Connection, context: Context, number: int, rep: str, made: Move) -> Event:
    user = context.person.user if context.person else ""
    return records.keep_move(connection, number, rep, made, user)
