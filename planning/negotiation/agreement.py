"""What an agreement does to the ledger: the difference moves between the rep and the territory's account."""

import pandas as pd

from planning.amounts import apportion
from planning.errors import NegotiationError
from planning.goals import ledger
from planning.goals.owners import Owners
from planning.negotiation.moves import Move
from planning.negotiation.thread import Thread

STEP = "agreed"


def transaction(
    thread: Thread,
    owners: Owners,
    rows: pd.DataFrame,
    months: list[str],
    actor: str,
    seal: str = "",
    metric: str = "revenue",
) -> ledger.Transaction:
    """Bring a rep's goal to what was agreed or decided, by moving the difference from or to the territory.

    Within each product line the difference is split over the rep's cells in proportion to the goal
    they hold; where a line held none, evenly over the rep's positions and months. The territory's own
    account takes the other side, so the company total stays what it was.

    Parameters
    ----------
    thread
        A thread that is agreed, or set without agreement.
    owners, rows
        The book's owners and all its entries.
    months
        Months of the fiscal year.
    actor
        Who made the last move.
    seal
        Hash of the event that settled it; the transaction names it.

    Raises
    ------
    NegotiationError
        If the thread is not settled, or the rep holds no position in the book.
    """
    offer = thread.offer
    if thread.state not in ("agreed", "set") or offer is None:
        raise NegotiationError(f"The goal of {thread.rep} is {thread.state}: only a settled goal is posted.")
    mine = owners.positions[owners.positions["rep"] == thread.rep]
    if mine.empty:
        raise NegotiationError(f"{thread.rep} holds no position in this book, so nothing can be agreed.")
    held = ledger.of(owners, rows[rows["metric"] == metric], thread.rep)
    phase = _phase(offer, months)
    moved = [_line(product, amount, held, mine, phase) for product, amount in sorted(offer.lines.items())]
    on_rep = pd.concat(moved, ignore_index=True)
    other_side = on_rep.assign(owner=on_rep["owner"].map(owners.parents), amount=-on_rep["amount"], channel="")
    told = f"{_settled(thread, offer)}: {offer.note}"
    both = pd.concat([on_rep, other_side], ignore_index=True)
    summed = both.groupby(["owner", "product", "channel", "period"], as_index=False)["amount"].sum()
    reference = f"negotiation of {thread.rep}, version {offer.version}" + (f", {seal}" if seal else "")
    source = f"negotiation of {thread.rep}, version {offer.version}"
    posted = ledger.entries(summed, metric=metric, step=STEP, reason=told, source=source)
    return ledger.Transaction("agreement", told, actor, posted, reference)


def _settled(thread: Thread, offer: Move) -> str:
    """Say who settled it, and how."""
    if thread.state == "set":
        how = "Decided" if offer.kind == "decide" else "Set as the deadline passed, without agreement,"
        return f"{how} by {offer.person}, version {offer.version}"
    signed = [move for move in thread.moves if move.kind == "accept" and move.version == offer.version]
    company = next(move.person for move in reversed(signed) if move.side == "manager")
    return f"Agreed by {company} and {thread.rep}, version {offer.version}"


def _phase(offer: Move, months: list[str]) -> dict[str, int]:
    """Give percent of its usual part that each month is asked for: the same for all unless the goal is phased."""
    quarters = list(offer.detail.get("phase") or [100] * 4)
    return {month: int(quarters[place * 4 // len(months)]) for place, month in enumerate(months)}


def _line(product: str, agreed: int, held: pd.DataFrame, mine: pd.DataFrame, phase: dict[str, int]) -> pd.DataFrame:
    cells = held[held["product"] == product].groupby(["owner", "channel", "period"], as_index=False)["amount"].sum()
    weights = cells["amount"].clip(lower=0)
    if not weights.any():
        cells = (
            mine[["owner"]].merge(pd.DataFrame({"channel": "", "period": list(phase)}), how="cross").assign(amount=0)
        )
        weights = pd.Series(1, cells.index)
    if len(set(phase.values())) > 1:
        # A phased goal is laid out anew, so that what is asked for early is less whatever it was before.
        laid = apportion(agreed, weights * cells["period"].map(phase).fillna(100))
        return cells.assign(product=product, amount=laid - cells["amount"])
    return cells.assign(product=product, amount=apportion(agreed - int(cells["amount"].sum()), weights))
