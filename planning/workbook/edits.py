"""Edit the goals of a book: fix, split anew, round, transfer and undo, each conserving the totals above it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.errors import LedgerError, unknown_name
from planning.goals import cascade, edits, ledger, profile
from planning.goals import refit as refitting
from planning.goals.edits import Bounds, Edit
from planning.goals.ledger import Transaction
from planning.goals.owners import Owners
from planning.store import books, bottom, records
from planning.store.database import Connection
from planning.workbook import goals
from planning.workbook.context import Context
from planning.workbook.place import plan

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
    """

    number: int
    owners: Owners
    rows: pd.DataFrame
    agreed: frozenset[str]
    frozen: Mapping[str, str]
    own: pd.DataFrame

    @property
    def kept(self) -> set[str]:
        """All whose goal stays: agreed, or held."""
        return {*self.agreed, *self.frozen}

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
        return {*self.kept, *(self.one(name) for name in names)}


Asked = Callable[[Book], Edit]


def pinned(
    name: str, target: int, hold: Sequence[str] = (), floor: Decimal | None = None, cap: Decimal | None = None
) -> Asked:
    """Ask for a goal to be fixed; its siblings share the difference (`planning.goals.edits.pin`).

    Parameters
    ----------
    name
        A rep, a territory or a region.
    target
        Whole minor units.
    hold
        Who keeps the goal they have, besides all who agreed.
    floor, cap
        How far siblings may be moved, in growth over what they carry.
    """
    return lambda book: edits.pin(
        book.owners, book.rows, {book.owner(name): target}, book.held(hold), Bounds(floor, cap)
    )


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
        owner = book.owner(name)
        now = int(book.owners.roll_up(book.rows.groupby("owner")["amount"].sum())[owner])
        target = int((now * (1 + by)).to_integral_value(rounding=ROUND_HALF_EVEN))
        return edits.pin(book.owners, book.rows, {owner: target}, book.held(hold), Bounds(floor, cap))

    return asked


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
            past = book.rows[book.rows["step"].isin(("last_year", "completion", "taken_over"))]
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
    """Ask for the goals of a parent's children to be rounded (`planning.goals.edits.rounded`)."""
    return lambda book: edits.rounded(book.owners, book.rows, book.one(parent), quantum, book.held(hold))


def previewed(context: Context, asked: Asked) -> Edit:
    """Say what an edit would do; nothing is written.

    Raises
    ------
    LedgerError
        If it cannot be done, or no goals were set for the year yet.
    """
    with plan(context.settings) as database, database.reading() as connection:
        return asked(_open(connection, context))


def apply(context: Context, asked: Asked, reason: str, actor: str) -> Edit:
    """Do an edit.

    Raises
    ------
    LedgerError
        If it cannot be done, changes nothing, gives no reason, or no goals were set for the year yet.
    """
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
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
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
        one, other = book.owner(giver), book.owner(taker)
        moved = edits.transfer(book.owners, book.rows, one, other, amount)
        told = f"{giver} to {taker}, by {actor}"
        posted = ledger.entries(moved, metric=METRIC, step="transferred", reason=reason, source=told)
        books.post(connection, book.number, [Transaction("move", reason, actor, posted)])


def hold(context: Context, name: str, reason: str, actor: str) -> None:
    """Hold a goal: no change beside it moves it, until it is released.

    Raises
    ------
    LedgerError
        If there is no such owner, or no reason is given.
    """
    if not reason.strip():
        raise LedgerError(f"Say why the goal of {name} is to be held.")
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
        bottom.keep_hold(connection, book.number, book.one(name), True, reason.strip(), actor)


def release(context: Context, name: str, actor: str) -> None:
    """Release a goal that was held.

    Raises
    ------
    LedgerError
        If it is not held.
    """
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
        if book.one(name) not in book.frozen:
            raise LedgerError(f"The goal of {name} is not held.")
        bottom.keep_hold(connection, book.number, book.one(name), False, "", actor)


def held(context: Context) -> dict[str, str]:
    """Name the owners whose goal is held, each with the reason; agreed goals say so."""
    with plan(context.settings) as database, database.reading() as connection:
        book = _open(connection, context)
    return {**book.frozen, **dict.fromkeys(book.agreed, "agreed")}


def respread(
    context: Context, name: str, by: str, reason: str, actor: str, parts: Sequence[Decimal] = ()
) -> pd.DataFrame:
    """Spread the goal of an owner, and of everybody below, over the year anew; what each carries stays.

    Parameters
    ----------
    context, name
        Which book; whose goal.
    by
        One of `planning.goals.profile.PROFILES`.
    reason, actor
        Why, and who.
    parts
        Percent of the year by month, quarter or half, if typed.

    Returns
    -------
    ``month``, ``before`` and ``after``, whole minor units.

    Raises
    ------
    LedgerError
        If there is no such profile, a goal in it is agreed or held, or parts are not 100%.
    """
    if by not in profile.PROFILES:
        raise LedgerError(unknown_name("profile", by, profile.PROFILES))
    months = context.calendar.months(context.year)
    shares = _shares(context, by, parts)
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
        owner = book.one(name)
        _refuse_kept(book, owner)
        below = set(book.owners.under([owner]))
        moved = profile.respread(book.owners, book.rows, owner, months, shares)
        told = f"{profile.PROFILES[by]}, by {actor}"
        posted = ledger.entries(moved, metric=METRIC, step=profile.STEP, reason=reason, source=told)
        books.post(connection, book.number, [Transaction("move", reason, actor, posted)])
        now = book.rows[book.rows["owner"].isin(below)].groupby("period")["amount"].sum()
    before = now.reindex(months, fill_value=0)
    after = before.add(posted.groupby("period")["amount"].sum(), fill_value=0).astype("int64").reindex(months)
    return pd.DataFrame({"month": months, "before": before.to_numpy(), "after": after.to_numpy()})


def refit(
    context: Context, name: str, products: Mapping[str, int], periods: Mapping[str, int], reason: str, actor: str
) -> pd.DataFrame:
    """Fit the goal of an owner to totals of product lines and of quarters (or months) at once; the whole stays.

    Parameters
    ----------
    context, name
        Which book; whose goal.
    products, periods
        Whole minor units by product line, and by quarter (``FY2027 Q1``) or by ISO month.
    reason, actor
        Why, and who.

    Returns
    -------
    ``product`` and a column each period, whole minor units: the goal as it is now.

    Raises
    ------
    LedgerError
        If both cuts cannot hold at once, or a goal below is agreed or held.
    """
    months = context.calendar.months(context.year)
    by = "month" if any(each in months for each in periods) else "quarter"
    labels = {month: context.calendar.label(month, by) for month in months}
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
        owner = book.one(name)
        _refuse_kept(book, owner)
        moved = refitting.refit(book.owners, book.rows, owner, products, periods, labels)
        posted = ledger.entries(moved, metric=METRIC, step=refitting.STEP, reason=reason, source=f"by {actor}")
        if posted.empty:
            raise LedgerError("Both cuts hold already, so this changes nothing.")
        books.post(connection, book.number, [Transaction("move", reason, actor, posted)])
        rows = book.rows[book.rows["owner"].isin(book.owners.under([owner]))]
    now = pd.concat([rows, posted])
    cut = now["period"].map(labels).fillna("")
    return (
        now["amount"]
        .groupby([now["product"], cut])
        .sum()
        .unstack(fill_value=0)
        .rename_axis(columns=None)
        .reset_index()
    )


def _refuse_kept(book: Book, owner: str) -> None:
    stay = sorted(set(book.owners.under([owner])) & book.kept)
    if stay:
        raise LedgerError(f"Goals that are agreed or held do not change: {', '.join(stay)}.")


def _shares(context: Context, by: str, parts: Sequence[Decimal]) -> Real:
    months = context.calendar.months(context.year)
    if by == "typed":
        return profile.typed(parts)
    if by == "working_days":
        return profile.by_working_days(context.calendar, context.year)
    if by == "even":
        return np.full(len(months), 1 / len(months))
    cells = cascade.expected(goals.outlook(context).steps)
    season = cells.groupby(cells["period"].astype("str"))["amount"].sum().reindex(months, fill_value=0).clip(lower=0)
    return (season / season.sum()).to_numpy(dtype=float)


def undo(context: Context, actor: str) -> str:
    """Undo the last edit that still stands, and give its reason.

    Raises
    ------
    LedgerError
        If there is none, or somebody whom it moved has agreed a goal since.
    """
    with plan(context.settings) as database, database.writing() as connection:
        book = _open(connection, context)
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
        book = _open(connection, context)
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
    swept = max((each.number for each in posted if each.transaction.kind == "grant"), default=0)
    return [
        each
        for each in posted
        if each.transaction.kind == "move" and each.number > swept and _undoes(each.number) not in undone
    ]


def _undoes(number: int) -> str:
    return f"undoes posting {number}"


def _open(connection: Connection, context: Context) -> Book:
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(
            f"No goals were set for FY{context.year} ({context.scenario}) yet, so there is none to edit."
        )
    tree, rows = books.owners(connection, number), books.entries(connection, number)
    agreed = [rep for rep, thread in records.threads(connection, number).items() if thread.state == "agreed"]
    positions = tree.positions
    settled = frozenset(positions.loc[positions["rep"].isin(agreed), "owner"])
    frozen, own = bottom.held(connection, number), bottom.own(connection, context.year)
    return Book(number, tree, rows[rows["metric"] == METRIC], settled, frozen, own)
