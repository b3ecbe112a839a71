"""Propose, counter, comment and accept; an agreement is posted to the ledger in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planning.amounts import to_major
from planning.errors import LedgerError, NegotiationError, unknown_name
from planning.goals.owners import Owners
from planning.history import results
from planning.history.engine import open_history
from planning.negotiation import agreement
from planning.negotiation.moves import OFFERS, Role, Thread, decide
from planning.store import books, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.place import plan


@dataclass(frozen=True)
class Person:
    """Who acts, and in which role.

    Parameters
    ----------
    name
        The person's name.
    role
        ``manager`` or ``rep``.
    """

    name: str
    role: Role


@dataclass(frozen=True)
class Talk:
    """Where the negotiation of one rep's goal stands.

    Parameters
    ----------
    thread
        The exchange so far.
    held
        Goal by product line as it stands in the ledger, in whole minor units.
    manager
        Name of the rep's manager, empty if the history names none.
    """

    thread: Thread
    held: Mapping[str, int]
    manager: str

    def table(self) -> pd.DataFrame:
        """Compare by product line: ``product``, ``goal`` (as it stands), ``manager``, ``rep`` (last offers)."""
        last = {role: self._last_offer(kind) for kind, role in OFFERS.items()}
        products = sorted({*self.held, *last["manager"], *last["rep"]})
        rows = [
            {"product": each, "goal": self.held.get(each, 0), **{role: last[role].get(each) for role in last}}
            for each in products
        ]
        frame = pd.DataFrame(rows, columns=["product", "goal", "manager", "rep"])
        return frame.astype({"goal": "int64", "manager": "Int64", "rep": "Int64"})

    def _last_offer(self, kind: str) -> Mapping[str, int]:
        offers = [move.lines for move in self.thread.moves if move.kind == kind]
        return offers[-1] if offers else {}


def talk(context: Context, rep: str) -> Talk:
    """Give where the negotiation of a rep's goal stands.

    Raises
    ------
    NegotiationError
        If the rep holds no goal in the book.
    """
    with plan(context.settings) as database, database.reading() as connection:
        number, tree = _book(connection, context)
        _refuse_stranger(tree, rep)
        thread = records.thread(connection, number, rep)
        held = agreement.held_by_product(tree, books.entries(connection, number), rep)
    with open_history(context.settings) as history:
        manager = results.managers(history).get(rep, "")
    return Talk(thread, held, manager)


def move(
    context: Context,
    rep: str,
    kind: str,
    person: Person,
    seen: int,
    note: str = "",
    lines: Mapping[str, int] | None = None,
) -> Thread:
    """Make a move in the negotiation of a rep's goal; the second acceptance posts the agreed goal.

    Reading the thread, deciding by the rules, keeping the move and posting the agreement are one
    transaction: of two people who press at once, the later one is refused and told what has changed.

    Parameters
    ----------
    context, rep
        Which book, and whose goal.
    kind
        ``propose``, ``counter``, ``comment`` or ``accept``.
    person
        Who, in which role. A rep moves only in their own thread.
    seen
        Version that the person had in view; 0 before the first proposal.
    note, lines
        Text, and for an offer the year's goal by product line in whole minor units; product lines that
        are left out stay as they stand.

    Raises
    ------
    NegotiationError
        If the move is not allowed, came too late, or lacks something.
    """
    if person.role == "rep" and person.name != rep:
        raise NegotiationError(f"{person.name} cannot speak for {rep}: a rep negotiates only their own goal.")
    with plan(context.settings) as database, database.writing() as connection:
        number, tree = _book(connection, context)
        _refuse_stranger(tree, rep)
        thread = records.thread(connection, number, rep)
        entries = books.entries(connection, number) if kind in (*OFFERS, "accept") else pd.DataFrame()
        offered = _whole_offer(agreement.held_by_product(tree, entries, rep), lines or {}) if kind in OFFERS else None
        made = decide(thread, kind, person.role, person.name, seen, note, offered)
        records.keep_move(connection, number, rep, made)
        after = Thread(rep, (*thread.moves, made))
        if after.state == "agreed" and thread.state != "agreed":
            months = context.calendar.months(context.year)
            books.post(connection, number, [agreement.transaction(after, tree, entries, months, person.name)])
        return after


def standing(context: Context) -> pd.DataFrame:
    """Say where every negotiation of the book stands.

    Returns
    -------
    A row a rep: ``rep``, ``territories``, ``goal`` (whole minor units), ``state``, ``version``,
    ``last_move`` (in words), ``since`` (UTC).
    """
    with plan(context.settings) as database, database.reading() as connection:
        number, tree = _book(connection, context)
        threads = records.threads(connection, number)
        entries = books.entries(connection, number)
    positions = tree.positions
    goal = entries.groupby("owner")["amount"].sum()
    rows = []
    for rep, mine in positions.groupby("rep", sort=True):
        thread = threads.get(str(rep), Thread(str(rep)))
        last = thread.moves[-1] if thread.moves else None
        rows.append(
            {
                "rep": rep,
                "territories": ", ".join(sorted(mine["territory"])),
                "goal": int(goal.reindex(mine["owner"], fill_value=0).sum()),
                "state": thread.state,
                "version": thread.version,
                "last_move": f"{last.kind} by {last.person}" if last else "",
                "since": last.at if last else None,
            }
        )
    columns = ["rep", "territories", "goal", "state", "version", "last_move", "since"]
    return pd.DataFrame(rows, columns=columns)


def exchange(context: Context, rep: str) -> pd.DataFrame:
    """List the moves over a rep's goal, in order.

    Returns
    -------
    Columns ``sequence``, ``at`` (UTC), ``person``, ``role``, ``kind``, ``version``, ``total`` (whole minor
    units, empty unless it is an offer), ``lines`` and ``note``.
    """
    digits = context.settings.minor_digits
    rows = [
        {
            "sequence": each.sequence,
            "at": each.at,
            "person": each.person,
            "role": each.role,
            "kind": each.kind,
            "version": each.version,
            "total": sum(each.lines.values()) if each.lines else None,
            "lines": "; ".join(f"{name}: {to_major(amount, digits)}" for name, amount in each.lines.items()),
            "note": each.note,
        }
        for each in talk(context, rep).thread.moves
    ]
    columns = ["sequence", "at", "person", "role", "kind", "version", "total", "lines", "note"]
    return pd.DataFrame(rows, columns=columns).astype({"total": "Int64"})


def _whole_offer(held: Mapping[str, int], lines: Mapping[str, int]) -> dict[str, int]:
    strangers = sorted(set(lines) - set(held))
    if strangers:
        raise NegotiationError("\n".join(unknown_name("product line in this goal", each, held) for each in strangers))
    return {**held, **lines}


def _book(connection: Connection, context: Context) -> tuple[int, Owners]:
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(f"No goals were set for FY{context.year} yet, so there is nothing to negotiate.")
    return number, books.owners(connection, number)


def _refuse_stranger(tree: Owners, rep: str) -> None:
    reps = sorted(set(tree.positions["rep"]))
    if rep not in reps:
        raise NegotiationError(unknown_name("rep with a goal", rep, reps))
