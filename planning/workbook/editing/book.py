"""A book as it stands: who carries what, whose goal stays, what was posted, and how the last edit is undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from planning.amounts import Tell
from planning.errors import LedgerError
from planning.goals import ledger
from planning.goals.originals import COMPANY_CHANGED
from planning.goals.owners import Owners, team
from planning.history import results
from planning.history.engine import open_history
from planning.store import books, bottom, postings, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.place import PLANNER, plan, writing
from planning.workbook.posted import fresh, posted

METRIC = "revenue"

Read = Callable[[Connection, int], tuple[Owners, pd.DataFrame]]


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


def opened(connection: Connection, context: Context, read: Read = fresh) -> Book:
    """Open a book within a transaction.

    Parameters
    ----------
    connection, context
        The transaction, and which book.
    read
        Reads its owners and entries: `planning.workbook.posted.posted` where the workbook itself reads the plan.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    number = _number(connection, context)
    tree, rows = read(connection, number)
    settled = _settled(connection, number, tree)
    frozen, own = bottom.held(connection, number), bottom.own(connection, context.year)
    with open_history(context.settings) as history:
        managers = results.managers(history)
    mine = rows[rows["metric"] == METRIC]
    return Book(number, tree, mine, settled, frozen, own, managers, context.tell)


def seen(context: Context) -> Book:
    """Open a book to look at it.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    with plan(context.settings) as database, database.reading() as connection:
        return opened(connection, context, posted)


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
    book = seen(context)
    return {**book.frozen, **dict.fromkeys(book.agreed, "agreed")}


def undo(context: Context, actor: str) -> str:
    """Undo the last edit that still stands, and give its reason.

    Raises
    ------
    LedgerError
        If there is none, or somebody whom it moved has agreed a goal since.
    """
    with writing(context, "change goals", PLANNER) as connection:
        number = _number(connection, context)
        last = _last_edit(connection, number)
        if last is None:
            raise LedgerError("There is no edit to undo.")
        entries = books.posted(connection, last.number)
        settled = sorted(set(entries["owner"]) & _settled(connection, number, books.owners(connection, number)))
        if settled:
            raise LedgerError(f"This edit moved goals that are agreed since ({', '.join(settled)}), so it stays.")
        back = ledger.reversal(entries, f"Undone: {last.reason}", actor)
        books.post(connection, number, [replace(back, reference=_undoes(last.number))])
    return last.reason


def log(context: Context) -> pd.DataFrame:
    """Give all that was posted: ``number``, ``at``, ``kind``, ``actor``, ``reason``, ``moved`` (minor units)."""
    with plan(context.settings) as database, database.reading() as connection:
        number = _number(connection, context)
        moved = postings.moved(connection, number)
        rows = [(each.number, each.at, each.kind, each.actor, each.reason, moved.get(each.number, 0))
                for each in postings.postings(connection, number)]  # fmt: skip
    return pd.DataFrame(rows, columns=["number", "at", "kind", "actor", "reason", "moved"])


def _number(connection: Connection, context: Context) -> int:
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(
            f"No goals were set for FY{context.year} ({context.scenario}) yet, so there is none to edit."
        )
    return number


def _settled(connection: Connection, number: int, tree: Owners) -> frozenset[str]:
    """Name the positions whose goal is agreed, or set."""
    agreed = [rep for rep, thread in records.threads(connection, number).items() if thread.settled]
    return frozenset(tree.positions.loc[tree.positions["rep"].isin(agreed), "owner"])


def _last_edit(connection: Connection, number: int) -> postings.Posting | None:
    """Give the last edit that was neither undone nor swept away when goals were set again; none if there is none."""
    # Goals on other metrics are set and withdrawn by themselves.
    steps = postings.steps(connection, number, METRIC)
    posted = [each for each in postings.postings(connection, number) if each.number in steps]
    undone = {each.reference for each in posted if each.kind == "reversal"}
    grants = [each for each in posted if each.kind == "grant" and steps[each.number] != {COMPANY_CHANGED}]
    swept = max((each.number for each in grants), default=0)
    standing = (each for each in reversed(posted) if each.kind == "move" and each.number > swept)
    return next((each for each in standing if _undoes(each.number) not in undone), None)


def _undoes(number: int) -> str:
    return f"undoes posting {number}"
