"""What an agreement does to the ledger: the difference moves between the rep and the territory's account."""

import pandas as pd

from planning.amounts import apportion
from planning.errors import NegotiationError
from planning.goals import ledger
from planning.goals.owners import Owners
from planning.negotiation.moves import Thread

STEP = "agreed"


def transaction(
    thread: Thread, owners: Owners, rows: pd.DataFrame, months: list[str], actor: str, metric: str = "revenue"
) -> ledger.Transaction:
    """Bring a rep's goal to what was agreed, by moving the difference from or to the territory.

    Within each product line the difference is split over the rep's cells in proportion to the goal
    they hold; where a line held none, evenly over the rep's positions and months. The territory's own
    account takes the other side, so the company total stays what it was.

    Parameters
    ----------
    thread
        An agreed thread.
    owners, rows
        The book's owners and all its entries.
    months
        Months of the fiscal year.
    actor
        Who made the last acceptance.

    Raises
    ------
    NegotiationError
        If the thread is not agreed, or the rep holds no position in the book.
    """
    offer = thread.offer
    if thread.state != "agreed" or offer is None:
        raise NegotiationError(f"The goal of {thread.rep} is {thread.state}: only an agreed goal is posted.")
    mine = owners.positions[owners.positions["rep"] == thread.rep]
    if mine.empty:
        raise NegotiationError(f"{thread.rep} holds no position in this book, so nothing can be agreed.")
    held = ledger.of(owners, rows[rows["metric"] == metric], thread.rep)
    moved = [_line(product, amount, held, mine, months) for product, amount in sorted(offer.lines.items())]
    on_rep = pd.concat(moved, ignore_index=True)
    other_side = on_rep.assign(owner=on_rep["owner"].map(owners.parents), amount=-on_rep["amount"], channel="")
    manager = next(move.person for move in reversed(thread.moves) if move.role == "manager")
    told = f"Agreed by {manager} and {thread.rep}, version {offer.version}: {offer.note}"
    both = pd.concat([on_rep, other_side], ignore_index=True)
    summed = both.groupby(["owner", "product", "channel", "period"], as_index=False)["amount"].sum()
    reference = f"negotiation of {thread.rep}, version {offer.version}"
    posted = ledger.entries(summed, metric=metric, step=STEP, reason=told, source=reference)
    return ledger.Transaction("agreement", told, actor, posted, reference)


def held_by_product(owners: Owners, rows: pd.DataFrame, rep: str, metric: str = "revenue") -> dict[str, int]:
    """Goal of a rep by product line as it stands, in whole minor units."""
    held = ledger.of(owners, rows[rows["metric"] == metric], rep)
    sums = held.groupby("product")["amount"].sum()
    return {str(product): int(amount) for product, amount in sums.items()}


def _line(product: str, agreed: int, held: pd.DataFrame, mine: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    cells = held[held["product"] == product].groupby(["owner", "channel", "period"], as_index=False)["amount"].sum()
    difference = agreed - int(cells["amount"].sum())
    weights = cells["amount"].clip(lower=0)
    if not weights.any():
        cells = mine[["owner"]].merge(pd.DataFrame({"channel": "", "period": months}), how="cross")
        weights = pd.Series(1, cells.index)
    return cells.assign(product=product, amount=apportion(difference, weights))
