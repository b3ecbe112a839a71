"""Two cuts of a goal at once: what each product and each quarter is to come to, with the whole as it was.

Products or quarters that are not named share what is left, by what they hold: empty is not zero.
"""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from planning.amounts import Called, Tell, Whole, apportion, fit
from planning.errors import AllocationError, LedgerError, bulleted
from planning.goals import ledger
from planning.goals.owners import Owners

STEP = "fitted"
_CELL = ["owner", "product", "channel", "period"]


def refit(
    owners: Owners,
    rows: pd.DataFrame,
    name: str,
    products: Mapping[str, int],
    periods: Mapping[str, int],
    labels: Mapping[str, str],
    kept: Collection[str] = (),
    holds: Collection[tuple[str, str]] = (),
    say: Tell = "{:,}".format,
) -> pd.DataFrame:
    """Fit a goal to totals of products and totals of periods at once.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric.
    name
        Owner; everybody below gives and takes in proportion to what they hold of a product in a period.
    products, periods
        Whole units by product, and by period.
    labels
        Period of each month, such as its quarter.
    kept
        Owners below whose goals stay as they are; the others make up for them.
    holds
        Products in a period, such as ``("Bikes", "FY2027 Q1")``, that stay as they are.
    say
        Writes an amount where something cannot hold.

    Returns
    -------
    The entries to post; they sum to zero.

    Raises
    ------
    LedgerError
        If a product or period is not there, the totals cannot be, or what is held leaves no room: with by how much.
    """
    cells = rows[rows["owner"].isin(owners.under([name]))].groupby(_CELL, as_index=False)["amount"].sum()
    cells = cells.assign(cut=cells["period"].map(labels).fillna(""))
    stays = (cells["amount"] < 0) | cells["owner"].isin(list(kept))
    returned, cells = cells[stays], cells[~stays & (cells["amount"] > 0)].reset_index(drop=True)
    _refuse_strangers(cells, holds)
    product, names = pd.factorize(cells["product"], sort=True)
    cut, cuts = pd.factorize(cells["cut"], sort=True)
    table = np.zeros((len(names), len(cuts)), dtype=np.int64)
    np.add.at(table, (product, cut), cells["amount"].to_numpy())
    less = (returned.groupby(by)["amount"].sum() for by in ("product", "cut"))
    asked = [
        _totals(table.sum(axis=1 - axis), list(seen), wanted, back, what, say)
        for axis, seen, wanted, back, what in zip(
            (0, 1), (names, cuts), (products, periods), less, ("product line", "period"), strict=True
        )
    ]
    try:
        still = np.array([[(name, each) in set(holds) for each in cuts] for name in names], dtype=bool)
        fitted = fit(
            table, asked[0], asked[1], holds=still.reshape(table.shape), called=Called(list(names), list(cuts), say)
        )
    except AllocationError as error:
        raise LedgerError(f"Both cuts cannot hold at once. {error}") from error
    groups = product * len(cuts) + cut
    here, code = np.unique(groups, return_inverse=True)
    split = apportion(fitted.ravel()[here], cells["amount"].to_numpy(dtype=float), groups=code)
    return ledger.entries(cells.assign(amount=split - cells["amount"])[[*_CELL, "amount"]])


def _refuse_strangers(cells: pd.DataFrame, holds: Collection[tuple[str, str]]) -> None:
    there = set(zip(cells["product"], cells["cut"], strict=True))
    strange = [f"{product!r} in {period!r}" for product, period in holds if (product, period) not in there]
    if strange:
        raise LedgerError(bulleted("These are to be held, and are not in this goal:", strange))


def _totals(now: Whole, names: list[str], wanted: Mapping[str, int], returned: pd.Series, what: str,
            say: Tell) -> Whole:  # fmt: skip
    """Give a total for each name: what is asked for it, else its part of what is left."""
    problems = [
        f"there is no {what} {name!r} in this goal; there are {', '.join(names)}"
        for name in wanted
        if name not in names
    ]
    problems += [f"{name}: {say(amount)} is below zero" for name, amount in wanted.items() if amount < 0]
    whole = int(now.sum())
    # What stays (returns, and goals that are kept) is made up for by the others.
    problems += [
        f"{name}: {say(int(returned[name]))} of it stays as it is, more than the {say(amount)} asked"
        for name, amount in wanted.items()
        if amount >= 0 and returned.get(name, 0) > amount
    ]
    fixed = {name: amount - int(returned.get(name, 0)) for name, amount in wanted.items() if name in names}
    free = np.array([name not in fixed for name in names])
    left = whole - sum(fixed.values())
    if left < 0 or (left != 0 and not now[free].sum()):
        more = f"{say(-left)} more" if left < 0 else f"{say(left)} less"
        problems.append(f"what is asked of each {what} comes to {more} than the whole goal")
    if problems:
        raise LedgerError(bulleted("The goal cannot be fitted so:", problems))
    found = np.array([fixed.get(name, 0) for name in names], dtype=np.int64)
    if free.any() and left:
        found[free] = apportion(left, now[free].astype(float))
    return found
