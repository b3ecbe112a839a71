"""What an agreement does to the ledger: the difference moves between the rep and the territory's account.

A goal that is changed during the year moves in the months from which the change holds, and in no other, but for
what it carries there from months that are over.
"""

from collections.abc import Mapping

import pandas as pd

from planning.amounts import Tell, apportion
from planning.errors import NegotiationError, bulleted
from planning.goals import ledger
from planning.goals.originals import ADJUSTED, CARRIED
from planning.goals.owners import Owners
from planning.negotiation import adjusting
from planning.negotiation.moves import Move
from planning.negotiation.thread import Thread

STEP = "agreed"


def transaction(
    thread: Thread,
    owners: Owners,
    rows: pd.DataFrame,
    months: list[str],
    actor: str,
    tell: Tell,
    seal: str = "",
    metric: str = "revenue",
) -> ledger.Transaction:
    """Bring a rep's goal to what was agreed or decided, by moving the difference from or to the territory.

    Within each product line the difference is split over the rep's cells in proportion to the goal
    they hold; where a line held none, evenly over the rep's positions and months. The territory's own
    account takes the other side, so the company total stays what it was. A change during the year leaves what stands
    before the month from which it holds, and splits over the months from there on alone.

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
    tell
        Writes an amount where it cannot be posted.
    seal
        Hash of the event that settled it; the transaction names it.

    Raises
    ------
    NegotiationError
        If the thread is not settled, the rep holds no position in the book, or months that are over hold more than
        was agreed.
    """
    offer = thread.offer
    if thread.state not in ("agreed", "set") or offer is None:
        raise NegotiationError(f"The goal of {thread.rep} is {thread.state}: only a settled goal is posted.")
    mine = owners.positions[owners.positions["rep"] == thread.rep]
    if mine.empty:
        raise NegotiationError(f"{thread.rep} holds no position in this book, so nothing can be agreed.")
    held = ledger.of(owners, rows[rows["metric"] == metric], thread.rep)
    phase = _phase(offer, months)
    since = str(offer.detail.get("since", ""))
    carried = carried_over(adjusting.carry(offer), held, since, tell)
    held = pd.concat([held, carried], ignore_index=True)
    if short := too_little(offer.lines, held, since, tell):
        raise NegotiationError(bulleted(f"The goal of {thread.rep} cannot be changed from {since} on:", short))
    moved = [_line(product, amount, held, mine, phase, since) for product, amount in sorted(offer.lines.items())]
    step = ADJUSTED if since else STEP
    on_rep = pd.concat([carried, *moved], ignore_index=True).assign(step=step)
    on_rep["step"] = on_rep["step"].mask(on_rep["period"] < since, CARRIED)
    other_side = on_rep.assign(owner=on_rep["owner"].map(owners.parents), amount=-on_rep["amount"], channel="")
    told = f"{_settled(thread, offer)}: {offer.note}"
    both = pd.concat([on_rep, other_side], ignore_index=True)
    summed = both.groupby(["step", "owner", "product", "channel", "period"], as_index=False)["amount"].sum()
    rests_on = source(thread.rep, offer.version)
    posted = ledger.entries(summed, metric=metric, reason=told, source=rests_on)
    return ledger.Transaction("agreement", told, actor, posted, rests_on + (f", {seal}" if seal else ""))


def carried_over(carry: adjusting.Carry, held: pd.DataFrame, since: str, tell: Tell) -> pd.DataFrame:
    """Carry goal out of months that are over to those from a month on, within each position and product line.

    It is taken out of the cells of a month in proportion to the goal they hold, and put into those of the months left
    likewise; where a position holds nothing of the line there, evenly over the months.

    Parameters
    ----------
    carry
        What is carried, by month and product line.
    held
        The rep's entries.
    since
        Month to which, and to those after it, it is carried.
    tell
        Writes an amount where it cannot be carried.

    Returns
    -------
    ``owner``, ``product``, ``channel``, ``period`` and ``amount`` (whole minor units); they sum to zero for every
    position and product line.

    Raises
    ------
    NegotiationError
        If a month holds no goal of a line that is carried from it, or the months left hold less than is to be taken
        off them.
    """
    cell = ["owner", "product", "channel", "period"]
    cells = held.groupby(cell, as_index=False)["amount"].sum()
    cells = cells[cells["amount"] > 0]
    asked = pd.DataFrame(
        [(month, line, amount) for month, parts in carry.items() for line, amount in parts.items() if amount],
        columns=["period", "product", "carried"],
    )
    found = asked.reset_index(names="group").merge(cells, on=["period", "product"], how="left")
    if bare := [f"{row.product} in {row.period}" for row in found[found["amount"].isna()].itertuples()]:
        raise NegotiationError(bulleted("Nothing can be carried from where no goal is held:", bare))
    if found.empty:
        return cells.iloc[:0]
    parts = apportion(asked["carried"].to_numpy(), found["amount"].to_numpy(dtype=float), groups=found["group"])
    taken = found[cell].assign(amount=-parts)
    totals = -taken.groupby(["owner", "product"], as_index=False)["amount"].sum().set_index(["owner", "product"])
    return pd.concat(
        [taken, _given(totals["amount"], cells[cells["period"] >= since], held, since, tell)], ignore_index=True
    )


def _given(totals: pd.Series, cells: pd.DataFrame, held: pd.DataFrame, since: str, tell: Tell) -> pd.DataFrame:
    """Put what each position carries of each product line into its cells of the months left."""
    left = cells.groupby(["owner", "product"])["amount"].sum().reindex(totals.index, fill_value=0)
    if short := [
        f"{line}: the months from {since} on hold {tell(int(left[owner, line]))} of {owner}, less than the "
        f"{tell(-int(amount))} that are to be taken off them"
        for (owner, line), amount in totals.items()
        if amount < 0 and -amount > left[owner, line]
    ]:
        raise NegotiationError(bulleted("It cannot be carried:", short))
    months = pd.DataFrame({"period": sorted({each for each in held["period"] if each >= since})})
    bare = left[left == 0].index.to_frame(index=False).merge(months, how="cross").assign(channel="", amount=1)
    cells = pd.concat([cells, bare], ignore_index=True)
    group = totals.index.get_indexer(pd.MultiIndex.from_frame(cells[["owner", "product"]]))
    cells, group = cells[group >= 0], group[group >= 0]
    return cells.assign(amount=apportion(totals.to_numpy(), cells["amount"].to_numpy(dtype=float), groups=group))


def source(rep: str, version: int) -> str:
    """Name what the entries of a settled version rest on."""
    return f"negotiation of {rep}, version {version}"


def too_little(lines: Mapping[str, int], held: pd.DataFrame, since: str, tell: Tell) -> list[str]:
    """Say of which lines the months before one hold more goal than a year is to have; none before the first month.

    Parameters
    ----------
    lines
        Goal of the year by product line, whole minor units.
    held
        The rep's entries.
    since
        Month from which the change holds.
    tell
        Writes an amount.
    """
    over = held[held["period"] < since].groupby("product")["amount"].sum()
    return [
        f"{product}: the months before hold {tell(int(over[product]))} already, more than {tell(amount)}"
        for product, amount in sorted(lines.items())
        if product in over.index and over[product] > amount
    ]


def _settled(thread: Thread, offer: Move) -> str:
    """Say who settled it, and how."""
    how = _signed(thread, offer)
    return f"Adjusted {adjusting.told(offer)}: {how[0].lower()}{how[1:]}" if adjusting.adjusts(offer) else how


def _signed(thread: Thread, offer: Move) -> str:
    if thread.state == "set":
        why = "by the rule that was made known" if adjusting.adjusts(offer) else "as the deadline passed"
        how = "Decided" if offer.kind == "decide" else f"Set {why}, without agreement,"
        return f"{how} by {offer.person}, version {offer.version}"
    signed = [move for move in thread.moves if move.kind == "accept" and move.version == offer.version]
    company = next(move.person for move in reversed(signed) if move.side == "manager")
    return f"Agreed by {company} and {thread.rep}, version {offer.version}"


def _phase(offer: Move, months: list[str]) -> dict[str, int]:
    """Give percent of its usual part that each month is asked for: the same for all unless the goal is phased."""
    quarters = list(offer.detail.get("phase") or [100] * 4)
    return {month: int(quarters[place * 4 // len(months)]) for place, month in enumerate(months)}


def _line(
    product: str, agreed: int, held: pd.DataFrame, mine: pd.DataFrame, phase: dict[str, int], since: str
) -> pd.DataFrame:
    cells = held[held["product"] == product].groupby(["owner", "channel", "period"], as_index=False)["amount"].sum()
    before = cells["period"] < since
    agreed -= int(cells.loc[before, "amount"].sum())
    cells, phase = cells[~before], {month: part for month, part in phase.items() if month >= since}
    weights = cells["amount"].clip(lower=0)
    if not weights.any():
        agreed -= int(cells["amount"].sum())
        cells = (
            mine[["owner"]].merge(pd.DataFrame({"channel": "", "period": list(phase)}), how="cross").assign(amount=0)
        )
        weights = pd.Series(1, cells.index)
    if len(set(phase.values())) > 1:
        # A phased goal is laid out anew, so that what is asked for early is less whatever it was before.
        laid = apportion(agreed, weights * cells["period"].map(phase).fillna(100))
        return cells.assign(product=product, amount=laid - cells["amount"])
    return cells.assign(product=product, amount=apportion(agreed - int(cells["amount"].sum()), weights))
