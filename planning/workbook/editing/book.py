"""A book as it stands: who carries what, whose goal stays, what was posted, and how the last edit is undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from planning.amounts import Tell, to_major
from planning.errors import LedgerError
from planning.goals import ledger
from planning.goals.ledger import Transaction
from planning.goals.originals import COMPANY_CHANGED
from planning.goals.owners import Owners, team
from planning.history import results
from planning.history.engine import open_history
from planning.store import books, bottom, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.place import PLANNER, plan, writing

METRIC = "revenue"


@dataclass(frozen=True)
class Book:
    """A book as it stands.

    Parameters
    ----------
    number
        How the store knows it.
    owners, rows
        Its owners, and its entries of the metric.
    agreed
        Positions whose goal is agreed.
    frozen
        Owners whose goal is held, each with the reason.
    own
        What reps say they can bring: ``territory``, ``rep``, ``amount`` (whole minor units).
    managers
        Manager of each person who has one.
    tell
        Writes an amount in the company's money.
    """

    number: int
    owners: Owners
    rows: pd.DataFrame
    agreed: frozenset[str]
    frozen: Mapping[str, str]
    own: pd.DataFrame
    managers: Mapping[str, str]
    tell: Tell

    @property
    def kept(self) -> set[str]:
        """All whose goal stays: agreed, or held."""
        return {*self.agreed, *self.frozen}

    def meant(self, name: str) -> list[str]:
        """Give the owners that a name means: one owner, all positions of a rep, or those of a manager's team."""
        below = team(self.managers, name)
        if not below:
            return self.owners.resolve(name)
        positions = self.owners.positions
        found = positions.loc[positions["rep"].isin({name, *below}), "owner"]
        if found.empty:
            raise LedgerError(f"Nobody who reports to {name} carries a goal in this book.")
        return list(found)

    def one(self, name: str) -> str:
        """Give the one owner that a name means."""
        found = self.owners.resolve(name)
        if len(found) > 1:
            raise LedgerError(f"{name} carries goals in several territories: name one of {', '.join(found)}.")
        return found[0]

    def owner(self, name: str) -> str:
        """Give the one owner that a name means, who has not agreed a goal yet."""
        owner = self.one(name)
        if owner in self.agreed:
            raise LedgerError(f"The goal of {name} is agreed. It changes by agreement alone.")
        if owner in self.frozen:
            raise LedgerError(f"The goal of {name} is held ({self.frozen[owner]}). Release it before it is changed.")
        return owner

    def held(self, names: Sequence[str]) -> set[str]:
        """Give all who keep their goal: who agreed, who is held, and who is named."""
        return {*self.kept, *(owner for name in names for owner in self.meant(name))}


def opened(connection: Connection, context: Context) -> Book:
    """Open a book within a transaction.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(
            f"No goals were set for FY{context.year} ({context.scenario}) yet, so there is none to edit."
        )
    tree, rows = books.owners(connection, number), books.entries(connection, number)
    agreed = [rep for rep, thread in records.threads(connection, number).items() if thread.settled]
    positions = tree.positions
    settled = frozenset(positions.loc[positions["rep"].isin(agreed), "owner"])
    frozen, own = bottom.held(connection, number), bottom.own(connection, context.year)
    with open_history(context.settings) as history:
        managers = results.managers(history)
    mine = rows[rows["metric"] == METRIC]
    return Book(number, tree, mine, settled, frozen, own, managers, money(context))


def money(context: Context) -> Tell:
    """Give what writes an amount in the company's money, where something cannot be."""
    digits, currency = context.settings.minor_digits, context.settings.currency
    return lambda amount: f"{to_major(amount, digits):,} {currency}"


def hold(context: Context, name: str, reason: str, actor: str) -> None:
    """Hold a goal: no change beside it moves it, until it is released.

    Raises
    ------
    LedgerError
        If there is no such owner, or no reason is given.
    """
    if not reason.strip():
        raise LedgerError(f"Say why the goal of {name} is to be held.")
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        for owner in book.meant(name):
            bottom.keep_hold(connection, book.number, owner, True, reason.strip(), actor)


def release(context: Context, name: str, actor: str) -> None:
    """Release a goal that was held.

    Raises
    ------
    LedgerError
        If it is not held.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        frozen = [owner for owner in book.meant(name) if owner in book.frozen]
        if not frozen:
            raise LedgerError(f"The goal of {name} is not held.")
        for owner in frozen:
            bottom.keep_hold(connection, book.number, owner, False, "", actor)


def held(context: Context) -> dict[str, str]:
    """Name the owners whose goal is held, each with the reason; agreed goals say so."""
    with plan(context.settings) as database, database.reading() as connection:
        book = opened(connection, context)
    return {**book.frozen, **dict.fromkeys(book.agreed, "agreed")}


def undo(context: Context, actor: str) -> str:
    """Undo the last edit that still stands, and give its reason.

    Raises
    ------
    LedgerError
        If there is none, or somebody whom it moved has agreed a goal since.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        last = _standing(books.postings(connection, book.number))
        if not last:
            raise LedgerError("There is no edit to undo.")
        one = last[-1]
        settled = sorted(set(one.transaction.entries["owner"]) & book.agreed)
        if settled:
            raise LedgerError(f"This edit moved goals that are agreed since ({', '.join(settled)}), so it stays.")
        back = ledger.reversal(one.transaction.entries, f"Undone: {one.transaction.reason}", actor)
        reference = _undoes(one.number)
        books.post(connection, book.number, [Transaction(back.kind, back.reason, actor, back.entries, reference)])
    return one.transaction.reason


def log(context: Context) -> pd.DataFrame:
    """Give all that was posted: ``number``, ``at``, ``kind``, ``actor``, ``reason``, ``moved`` (minor units)."""
    with plan(context.settings) as database, database.reading() as connection:
        book = opened(connection, context)
        rows = [
            {
                "number": each.number,
                "at": each.at,
                "kind": each.transaction.kind,
                "actor": each.transaction.actor,
                "reason": each.transaction.reason,
                "moved": int(each.transaction.entries["amount"].clip(lower=0).sum()),
            }
            for each in books.postings(connection, book.number)
        ]
    return pd.DataFrame(rows, columns=["number", "at", "kind", "actor", "reason", "moved"])


def _standing(posted: list[books.Posting]) -> list[books.Posting]:
    """Give the edits that were neither undone nor swept away when goals were set again."""
    # Goals on other metrics are set and withdrawn by themselves.
    posted = [each for each in posted if (each.transaction.entries["metric"] == METRIC).any()]
    undone = {each.transaction.reference for each in posted if each.transaction.kind == "reversal"}
    begun = [each for each in posted if not (each.transaction.entries["step"] == COMPANY_CHANGED).all()]
    swept = max((each.number for each in begun if each.transaction.kind == "grant"), default=0)
    return [
        each
        for each in posted
        if each.transaction.kind == "move" and each.number > swept and _undoes(each.number) not in undone
    ]


def _undoes(number: int) -> str:
    return f"undoes posting {number}"
