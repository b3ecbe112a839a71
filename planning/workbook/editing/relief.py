"""Take relief off a goal: for leave, a late start, ramp or attrition, by a rule that stands in the account."""

import pandas as pd

from planning.errors import LedgerError
from planning.goals import ledger
from planning.goals.editing import relief as rules
from planning.goals.editing.relief import Relief
from planning.goals.ledger import Transaction
from planning.store import books
from planning.workbook.context import Context
from planning.workbook.editing.book import METRIC, Book, opened, seen
from planning.workbook.place import PLANNER, writing


def previewed(context: Context, name: str, relief: Relief) -> pd.DataFrame:
    """Say what relief would do; nothing is written.

    Returns
    -------
    A row an owner whose account changes: ``name``, ``before``, ``change`` and ``after``, whole minor units; whoever
    has somebody below with their own account alone.

    Raises
    ------
    LedgerError
        If it cannot be given, or the goal is agreed or held.
    """
    book = seen(context)
    return _effect(book, _moved(context, book, name, relief))


def give(context: Context, name: str, relief: Relief, reason: str, actor: str) -> pd.DataFrame:
    """Take relief off a goal, and say what it did, as `previewed`.

    Raises
    ------
    LedgerError
        If it cannot be given, the goal is agreed or held, or no reason is given.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        moved = _moved(context, book, name, relief)
        source = f"{relief}, by {actor}"
        posted = moved.assign(metric=METRIC, step=rules.STEP, reason=reason, source=source)
        books.post(connection, book.number, [Transaction("move", reason, actor, ledger.entries(posted))])
    return _effect(book, moved)


def _moved(context: Context, book: Book, name: str, relief: Relief) -> pd.DataFrame:
    whose = book.owners.resolve(name)
    persons = set(book.owners.positions["owner"])
    if not set(whose) <= persons:
        raise LedgerError(f"{name} is not a person: relief is taken off the goal of one, not of a territory.")
    for owner in whose:
        book.owner(owner)  # refuses what is agreed or held
    months = context.calendar.months(context.year)
    shares = pd.Series(rules.share_of_months(context.calendar, months, relief), months)
    return rules.relieved(book.owners, book.rows, whose, relief, shares, book.kept, book.tell)


def _effect(book: Book, moved: pd.DataFrame) -> pd.DataFrame:
    change = moved.groupby("owner")["amount"].sum()
    own = book.rows.groupby("owner")["amount"].sum()
    frame = book.owners.frame[book.owners.frame["owner"].isin(change[change != 0].index)]
    before = own.reindex(frame["owner"], fill_value=0).to_numpy()
    above = ~frame["owner"].isin(list(book.owners.positions["owner"]))
    name = frame["name"].where(~above, frame["name"] + ", to be placed")
    table = pd.DataFrame({"name": name.to_numpy(), "before": before, "change": change[frame["owner"]].to_numpy()})
    return table.assign(after=table["before"] + table["change"])[["name", "before", "change", "after"]]
