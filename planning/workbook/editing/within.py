"""Move goal within an owner: over the months of the year, or to two cuts at once; what each carries stays."""

from collections.abc import Collection, Mapping, Sequence
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
from planning.workbook.editing.book import METRIC, Book, opened
from planning.workbook.place import PLANNER, writing


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


def refit(
    context: Context,
    name: str,
    products: Mapping[str, int],
    periods: Mapping[str, int],
    reason: str,
    actor: str,
    holds: Collection[tuple[str, str]] = (),
    preview: bool = False,
) -> pd.DataFrame:
    """Fit the goal of an owner to totals of product lines and of quarters (or months) at once; the whole stays.

    Goals below that are agreed or held stay as they are, and the others make up for them.

    Parameters
    ----------
    context, name
        Which book; whose goal.
    products, periods
        Whole minor units by product line, and by quarter (``FY2027 Q1``) or by ISO month.
    reason, actor
        Why, and who.
    holds
        Product lines in a period that stay as they are.
    preview
        Only say what it would do.

    Returns
    -------
    ``product`` and a column each period, whole minor units: the goal as it is now.

    Raises
    ------
    LedgerError
        If both cuts cannot hold at once, with what clashes and by how much, or the owner's own goal is held.
    """
    months = context.calendar.months(context.year)
    by = "month" if any(each in months for each in periods) else "quarter"
    labels = {month: context.calendar.label(month, by) for month in months}
    with writing(context, "change goals", PLANNER) as connection:
        book = opened(connection, context)
        owner = book.owner(name)
        moved = refitting.refit(book.owners, book.rows, owner, products, periods, labels, book.kept, holds, book.tell)
        posted = ledger.entries(moved, metric=METRIC, step=refitting.STEP, reason=reason, source=f"by {actor}")
        if posted.empty:
            raise LedgerError("Both cuts hold already, so this changes nothing.")
        if not preview:
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
