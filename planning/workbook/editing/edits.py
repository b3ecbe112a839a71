"""Move goals between owners: fix, scale, split anew, round, transfer, each conserving the totals above."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from planning.errors import LedgerError, unknown_name
from planning.goals import ledger
from planning.goals.editing import edits
from planning.goals.editing.bounds import Bounds
from planning.goals.editing.edits import Edit
from planning.goals.ledger import Transaction
from planning.goals.setting import baseline
from planning.store import books
from planning.workbook.context import Context
from planning.workbook.editing.book import METRIC, Book, opened, seen
from planning.workbook.place import PLANNER, writing

Asked = Callable[[Book], Edit]


def pinned(
    name: str, target: int, hold: Sequence[str] = (), floor: Decimal | None = None, cap: Decimal | None = None
) -> Asked:
    """Ask for a goal to be fixed; its siblings share the difference (`planning.goals.editing.edits.pin`).

    Parameters
    ----------
    name
        A rep, a manager (all who report to them), a territory or a region.
    target
        Whole minor units.
    hold
        Who keeps the goal they have, besides all who agreed.
    floor, cap
        How far siblings may be moved, in growth over what they carry.
    """
    return lambda book: _fixed(book, name, target, book.held(hold), Bounds(floor, cap, book.tell))


def scaled(
    name: str, by: Decimal, hold: Sequence[str] = (), floor: Decimal | None = None, cap: Decimal | None = None
) -> Asked:
    """Ask for a goal to be raised or lowered by a part of what it is; else as `pinned`.

    Parameters
    ----------
    name, hold, floor, cap
        As for `pinned`.
    by
        Fraction, such as 0.05.
    """

    def asked(book: Book) -> Edit:
        carried = book.owners.roll_up(book.rows.groupby("owner")["amount"].sum())
        now = int(carried[book.meant(name)].sum())
        target = int((now * (1 + by)).to_integral_value(rounding=ROUND_HALF_EVEN))
        return _fixed(book, name, target, book.held(hold), Bounds(floor, cap, book.tell))

    return asked


def _fixed(book: Book, name: str, target: int, held: set[str], bounds: Bounds) -> Edit:
    meant = book.meant(name)
    if len(meant) == 1:
        return edits.pin(book.owners, book.rows, {book.owner(meant[0]): target}, held, bounds)
    return replace(
        edits.pin_together(book.owners, book.rows, meant, target, held, bounds),
        what=f"{name} and team fixed" if name in book.managers.values() else f"{name} fixed",
    )


def split_anew(parent: str, by: str, hold: Sequence[str] = ()) -> Asked:
    """Ask for a parent's children to be split anew.

    Parameters
    ----------
    parent
        A territory, a region or the company.
    by
        ``even``, or ``last_year``: what each brought last year, made whole.
    hold
        Who keeps the goal they have, besides all who agreed.

    Raises
    ------
    LedgerError
        If there is no such way.
    """
    if by not in ("even", "last_year"):
        raise LedgerError(unknown_name("way to split", by, ["even", "last_year"]))

    def asked(book: Book) -> Edit:
        owner = book.one(parent)
        children = list(book.owners.frame.loc[book.owners.frame["parent"] == owner, "owner"])
        weights: dict[str, float] = dict.fromkeys(children, 1.0)
        if by == "last_year":
            past = book.rows[book.rows["step"].isin(baseline.STEPS)]
            sold = book.owners.roll_up(past.groupby("owner")["amount"].sum())
            # Who sold nothing has no history to go by, and counts as the average.
            weights = {each: float(sold[each]) for each in children if sold[each] > 0}
        return edits.resplit(book.owners, book.rows, owner, weights, book.held(hold))

    return asked


def by_weights(parent: str, owners: Sequence[str], weigh: Callable[[int], Any], hold: Sequence[str] = ()) -> Asked:
    """Ask for a parent's children to be split by weights that depend on what they carry together.

    Parameters
    ----------
    parent
        A territory, a region or the company.
    owners
        Children, in the order of the weights.
    weigh
        Gives a weight each for what they carry together, whole minor units.
    hold
        Who keeps the goal they have, besides all who agreed.
    """

    def asked(book: Book) -> Edit:
        owner, carried = book.one(parent), book.owners.roll_up(book.rows.groupby("owner")["amount"].sum())
        held = book.held(hold)
        total = int(carried[[each for each in owners if each in carried.index]].sum())
        weights = {each: float(weight) for each, weight in zip(owners, weigh(total), strict=True) if each not in held}
        return edits.resplit(book.owners, book.rows, owner, weights, held)

    return asked


def rounded(parent: str, quantum: int, hold: Sequence[str] = ()) -> Asked:
    """Ask for the goals of a parent's children to be rounded (`planning.goals.editing.edits.rounded`)."""
    return lambda book: edits.rounded(book.owners, book.rows, book.one(parent), quantum, book.held(hold))


def previewed(context: Context, asked: Asked) -> Edit:
    """Say what an edit would do; nothing is written.

    Raises
    ------
    LedgerError
        If it cannot be done, or no goals were set for the year yet.
    """
    return asked(seen(context))


def apply(context: Context, asked: Asked, reason: str, actor: str) -> Edit:
    """Do an edit.

    Raises
    ------
    LedgerError
        If it cannot be done, changes nothing, gives no reason, or no goals were set for the year yet.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        edit = asked(book)
        months = context.calendar.months(context.year)
        posted = edits.transaction(book.owners, book.rows, edit, reason, actor, months, book.kept, METRIC)
        books.post(connection, book.number, [posted])
    return edit


def transfer(context: Context, giver: str, taker: str, amount: int, reason: str, actor: str) -> None:
    """Move an amount from one owner to another, within each product and month.

    Raises
    ------
    LedgerError
        If it cannot be done: one has agreed, both are the same, or the giver does not carry so much.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        one, other = book.owner(giver), book.owner(taker)
        moved = edits.transfer(book.owners, book.rows, one, other, amount, book.tell)
        told = f"{giver} to {taker}, by {actor}"
        posted = ledger.entries(moved, metric=METRIC, step="transferred", reason=reason, source=told)
        books.post(connection, book.number, [Transaction("move", reason, actor, posted)])
