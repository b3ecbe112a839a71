"""Where the negotiation of a goal stands: what each side sees before it moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from planning.amounts import to_major
from planning.errors import LedgerError, NegotiationError, unknown_name
from planning.negotiation.moves import Move, Role, Side
from planning.negotiation.rules import Rules, allowed
from planning.negotiation.thread import SIDES, Thread
from planning.store import books, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.negotiation.seats import Seats, seats
from planning.workbook.place import reading


@dataclass(frozen=True)
class Talk:
    """Where the negotiation of one rep's goal stands.

    Parameters
    ----------
    thread
        The exchange so far.
    held
        Goal by product line as it stands in the ledger, in whole minor units.
    rules
        What the planner has set.
    seats
        Who manages whom, and who is asking.
    """

    thread: Thread
    held: Mapping[str, int]
    rules: Rules
    seats: Seats

    @property
    def manager(self) -> str:
        """Name of the rep's manager; empty if nobody is told."""
        return self.seats.manager(self.thread)

    @property
    def senior(self) -> str:
        """Name of the manager's manager; empty if nobody is told."""
        return self.seats.senior(self.thread)

    @property
    def start(self) -> dict[str, int]:
        """What an offer begins from: the version on the table, else the goal as it stands."""
        return dict(self.held) | dict(self.thread.offer.lines if self.thread.offer else {})

    def allowed(self, role: Role) -> list[str]:
        """Give the moves that a role may make now."""
        return allowed(self.thread, role, self.rules)

    def table(self) -> pd.DataFrame:
        """Compare both sides line by line.

        Returns
        -------
        ``product``, ``goal`` (as it stands), ``manager``, ``rep`` (what each offered last; the company's side is the
        manager's or the senior's), ``distance`` (manager's less rep's; empty until both have offered), ``accepted``
        (which sides have accepted the line that is on the table, in words). Whole minor units.
        """
        last = {each: self._last_offer(each) for each in SIDES}
        products = sorted({*self.held, *last["manager"], *last["rep"]})
        rows = [
            {"product": each, "goal": self.held.get(each, 0), "manager": last["manager"].get(each),
             "rep": last["rep"].get(each)}
            for each in products
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=["product", "goal", *SIDES])
        frame = frame.astype({"goal": "int64", "manager": "Int64", "rep": "Int64"})
        accepted = self.thread.standing.accepted
        told = [" and ".join(side for side in SIDES if each in accepted[side]) for each in products]
        return frame.assign(distance=frame["manager"] - frame["rep"], accepted=told)

    def _last_offer(self, side: Side) -> Mapping[str, int]:
        offer = self.thread.last_offer(side)
        return offer.lines if offer else {}


def talk(context: Context, rep: str) -> Talk:
    """Give where the negotiation of a rep's goal stands.

    Raises
    ------
    NegotiationError
        If the rep holds no goal in the book.
    AccessError
        If it is none of the business of who is asking.
    """
    with reading(context) as connection:
        return look(connection, context, rep)[0]


def look(
    connection: Connection, context: Context, rep: str, held: Callable[[Thread], bool] = lambda _: True
) -> tuple[Talk, int]:
    """Give where a negotiation stands within a transaction, with the number of its book.

    Parameters
    ----------
    connection, context, rep
        The transaction, which book, and whose goal.
    held
        Whether the goal as it stands in the ledger is wanted for a thread; it takes the longest to read.
    """
    number = find(connection, context)
    owners = books.positions(connection, number, rep)
    if not owners:
        raise NegotiationError(unknown_name("rep with a goal", rep, books.reps(connection, number)))
    thread, here = records.thread(connection, number, rep), seats(context)
    here.see(thread)
    lines = _held(connection, number, owners) if held(thread) else {}
    return Talk(thread, lines, records.rules(connection, number), here), number


def _held(connection: Connection, number: int, owners: list[str]) -> dict[str, int]:
    table = books.sums(connection, number, "revenue", ["product"], owners)
    return {str(product): int(amount) for product, amount in zip(table["product"], table["amount"], strict=True)}


def exchange(context: Context, rep: str) -> pd.DataFrame:
    """List the moves over a rep's goal, in order.

    Returns
    -------
    Columns ``sequence``, ``at`` (UTC), ``person``, ``role``, ``kind``, ``version``, ``total`` (whole minor
    units, empty unless it is an offer), ``lines``, ``note`` and ``detail``, in words.
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
            "detail": detail(each, digits),
        }
        for each in talk(context, rep).thread.moves
    ]
    columns = ["sequence", "at", "person", "role", "kind", "version", "total", "lines", "note", "detail"]
    return pd.DataFrame(rows, columns=columns).astype({"total": "Int64"})


def detail(move: Move, digits: int) -> str:
    """Say in words what belongs to a move besides its lines and its text."""
    told = [f"on {move.detail['line']}"] if move.detail.get("line") else []
    told += [f"lines {', '.join(move.detail['lines'])}"] if move.detail.get("lines") else []
    told += [f"to {move.detail['to']}"] if move.detail.get("to") else []
    told += [f"until {move.detail['until']}"] if move.detail.get("until") else []
    for each in move.detail.get("support", []):
        amount = f" {to_major(int(each['amount']), digits)}" if each.get("amount") is not None else ""
        told.append(f"{each.get('what', '')}{amount}")
    return "; ".join(told)


def find(connection: Connection, context: Context) -> int:
    """Find the book in view.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(f"No goals were set for FY{context.year} yet, so there is nothing to negotiate.")
    return number
