"""Move goal within an owner: over the months of the year, or to two cuts at once; what each carries stays."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.errors import LedgerError, unknown_name
from planning.goals import ledger
from planning.goals.editing import profile
from planning.goals.editing import refit as refitting
from planning.goals.ledger import Transaction
from planning.goals.setting import cascade
from planning.store import books
from planning.workbook import goals
from planning.workbook.context import Context
from planning.workbook.editing.book import METRIC, Book, opened, seen
from planning.workbook.place import PLANNER, writing
from planning.workbook.unchanged import unchanged


def respread(
    context: Context, name: str, by: str, reason: str, actor: str, parts: Sequence[Decimal] = ()
) -> pd.DataFrame:
    """Spread the goal of an owner, and of everybody below, over the year anew; what each carries stays.

    Parameters
    ----------
    context, name
        Which book; whose goal.
    by
        One of `planning.goals.editing.profile.PROFILES`.
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
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
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


@dataclass(frozen=True)
class Cuts:
    """What a goal is to come to by product line and by period at once; what is not named shares what is left.

    Parameters
    ----------
    products, periods
        Whole minor units by product line, and by quarter (``FY2027 Q1``) or by ISO month.
    holds
        Product lines in a period that stay as they are.
    """

    products: Mapping[str, int]
    periods: Mapping[str, int]
    holds: Collection[tuple[str, str]] = ()


def refitted(context: Context, name: str, cuts: Cuts) -> pd.DataFrame:
    """Say what fitting a goal to two cuts would do; nothing is written.

    Parameters
    ----------
    context, name
        Which book; whose goal.
    cuts
        What it is to come to; with nothing in it, this says how it stands.

    Returns
    -------
    ``product``, ``period`` (quarter or month; empty where it is not split), ``before`` and ``after``, whole minor
    units.

    Raises
    ------
    LedgerError
        If both cuts cannot hold at once, with what clashes and by how much, or the owner's own goal is held.
    """
    if not (cuts.products or cuts.periods):
        return _as_it_stands(context, name)
    return _fit(context, seen(context), name, cuts)[0]


@unchanged("stands", of_book=True)
def _as_it_stands(context: Context, name: str) -> pd.DataFrame:
    return _fit(context, seen(context), name, Cuts({}, {}))[0]


def refit(context: Context, name: str, cuts: Cuts, reason: str, actor: str) -> pd.DataFrame:
    """Fit the goal of an owner to totals of product lines and of quarters (or months) at once; the whole stays.

    Goals below that are agreed or held stay as they are, and the others make up for them.

    Parameters
    ----------
    context, name, cuts
        As for `refitted`, which says the same.
    reason, actor
        Why, and who.

    Raises
    ------
    LedgerError
        As `refitted`; also if both cuts hold already.
    """
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        table, moved = _fit(context, book, name, cuts)
        posted = ledger.entries(moved, metric=METRIC, step=refitting.STEP, reason=reason, source=f"by {actor}")
        if posted.empty:
            raise LedgerError("Both cuts hold already, so this changes nothing.")
        books.post(connection, book.number, [Transaction("move", reason, actor, posted)])
    return table


def _fit(context: Context, book: Book, name: str, cuts: Cuts) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give what a fit does to each product line in each period, and the entries to post."""
    months = context.calendar.months(context.year)
    by = "month" if any(each in months for each in cuts.periods) else "quarter"
    labels = {month: context.calendar.label(month, by) for month in months}
    owner = book.owner(name)
    moved = refitting.refit(
        book.owners, book.rows, owner, cuts.products, cuts.periods, labels, book.kept, cuts.holds, book.tell
    )
    rows = book.rows[book.rows["owner"].isin(book.owners.under([owner]))]
    before, change = (
        each.groupby(["product", each["period"].map(labels).fillna("")])["amount"].sum() for each in (rows, moved)
    )
    table = pd.DataFrame({"before": before, "after": before.add(change, fill_value=0)}).astype("int64")
    table = table[(table != 0).any(axis=1)]
    return table.rename_axis(["product", "period"]).reset_index(), moved


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
