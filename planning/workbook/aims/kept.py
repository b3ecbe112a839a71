"""State goals on any metric, hand them out to positions and months, change and withdraw them."""

from dataclasses import replace

import pandas as pd

from planning.errors import LedgerError, unknown_name
from planning.goals import ledger
from planning.goals.aims.aim import Aim
from planning.store import aims as store
from planning.store import books
from planning.store.database import Connection
from planning.workbook.aims.aimed import Proposed, carried, known, proposed, refuse_second
from planning.workbook.context import Context
from planning.workbook.goals import book
from planning.workbook.place import PLANNER, plan, writing


def stated(context: Context) -> list[Aim]:
    """Give the goals that were stated for the year and scenario in view."""
    with plan(context.settings) as database, database.reading() as connection:
        return store.aims(connection, context.year, context.scenario)


def previewed(context: Context, aim: Aim) -> Proposed:
    """Say what a goal would ask of whom; nothing is written.

    Raises
    ------
    LedgerError
        With everything that keeps the goal from being kept, or if the company's goals were not set yet.
    """
    tree, rows = book(context)
    others = stated(context)
    return proposed(context, aim, tree, rows, others)


def state(context: Context, aim: Aim, actor: str) -> Proposed:
    """Keep a goal and post what it asks; of one that is changed, what it had asked is reversed in the same write.

    Raises
    ------
    LedgerError
        With everything that keeps the goal from being kept; if somebody changed it meanwhile; or if the company's
        goals were not set yet.
    """
    made = previewed(context, aim)  # before the plan is locked for writing: the history may take seconds
    with writing(context, "state goals", PLANNER) as connection:
        number = _number(connection, context)
        # What it asks rests on the history and stays; another goal may have come meanwhile.
        refuse_second(aim, store.aims(connection, context.year, context.scenario), books.owners(connection, number))
        kept = store.keep(connection, context.year, context.scenario, aim, actor)
        posted = _reversed(connection, number, kept, "The goal is stated anew", actor)
        if len(made.entries):
            reason = f"Goal on {made.measured.label.lower()}"
            posted += [
                replace(each, reference=_reference(kept)) for each in ledger.place(made.entries, reason, actor)
            ]
        books.post(connection, number, posted)
    return replace(made, aim=kept)


def withdraw(context: Context, identity: int, reason: str, actor: str) -> Aim:
    """Withdraw a goal: what it had posted is reversed, and what it said is kept.

    Raises
    ------
    LedgerError
        If there is no such goal, or no reason is given.
    """
    if not reason.strip():
        raise LedgerError(f"Say why goal {identity} is withdrawn.")
    with writing(context, "state goals", PLANNER) as connection:
        aim = find(store.aims(connection, context.year, context.scenario), identity)
        number = _number(connection, context)
        kept = store.keep(connection, context.year, context.scenario, aim, actor, withdrawn=True)
        books.post(connection, number, _reversed(connection, number, kept, reason.strip(), actor))
    return kept


def find(among: list[Aim], identity: int) -> Aim:
    """Give a goal by its number.

    Raises
    ------
    LedgerError
        If there is none.
    """
    found = {aim.identity: aim for aim in among}
    if identity not in found:
        raise LedgerError(unknown_name("goal", str(identity), map(str, found)))
    return found[identity]


def of_metric(context: Context, name: str) -> pd.DataFrame:
    """Give the goals on a metric as they stand in the ledger (`Proposed.owners`).

    Raises
    ------
    LedgerError
        If there is none.
    """
    metrics = known(context)
    if name not in metrics:
        raise LedgerError(unknown_name("metric", name, metrics))
    tree, rows = book(context)
    found = carried(tree, rows, metrics[name])
    if found.empty:
        raise LedgerError(f"No goal on {metrics[name].label.lower()} is handed out. State one: planning aims add.")
    return found


def _number(connection: Connection, context: Context) -> int:
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(
            f"No goals were set for FY{context.year} ({context.scenario}) yet. Set the company's first."
        )
    return number


def _reference(aim: Aim) -> str:
    return f"goal {aim.identity}"


def _reversed(connection: Connection, number: int, aim: Aim, reason: str, actor: str) -> list[ledger.Transaction]:
    """Give the reversal of all that a goal had posted; nothing if it had posted nothing that still stands."""
    posted = store.posted(connection, number, _reference(aim))
    back = ledger.reversal(posted, reason, actor) if len(posted) else None
    return [replace(back, reference=_reference(aim))] if back is not None and len(back.entries) else []
