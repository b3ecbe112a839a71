"""The company's own goal is changed during the year: a grant, up or down, and whom it is passed on to.

Nothing but a grant brings goal into being or takes it away, so the company's goal is the sum of its grants before and
after. Months that are over stay what they are.
"""

from collections.abc import Sequence

import pandas as pd

from planning.amounts import Tell, apportion
from planning.errors import LedgerError
from planning.goals import ledger
from planning.goals.ledger import Transaction
from planning.goals.originals import CHANGES, COMPANY_CHANGED
from planning.goals.owners import COMPANY, Owners


def by_amount(
    owners: Owners,
    rows: pd.DataFrame,
    owner: str,
    amount: int,
    months: Sequence[str],
    tell: Tell,
    metric: str = "revenue",
) -> pd.DataFrame:
    """Spread an amount over what an owner carries in some months, by product line and month.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries.
    owner
        The company, or a territory that it is passed on to.
    amount
        Whole minor units; negative takes goal away.
    months
        Months that are not over.
    tell
        Writes an amount where it cannot be.
    metric
        Metric of the catalogue.

    Returns
    -------
    ``owner``, ``product``, ``period``, ``amount``.

    Raises
    ------
    LedgerError
        If nothing is carried in these months, or less than is to be taken away.
    """
    mine = rows[(rows["metric"] == metric) & rows["owner"].isin(owners.under([owner])) & rows["period"].isin(months)]
    cells = mine.groupby(["product", "period"], as_index=False)["amount"].sum()
    cells = cells[cells["amount"] > 0]
    carried = int(cells["amount"].sum())
    if carried == 0 or carried + amount < 0:
        raise LedgerError(
            f"{tell(carried)} is carried in the months that are not over, so {tell(amount)} cannot be spread over "
            "them."
        )
    return cells.assign(owner=owner, amount=apportion(amount, cells["amount"].to_numpy(dtype=float)))


def of_adjustment(owners: Owners, rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Give what would take off the accounts of territories what one change by agreement has left there.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries.
    source
        Source of the change's entries, such as ``negotiation of Ana, version 3``.

    Returns
    -------
    ``owner``, ``product``, ``period``, ``amount``; no rows if the company's goal took it over already.
    """
    accounts = owners.frame.loc[owners.frame["kind"] == "territory", "owner"]
    mine = rows[(rows["source"] == source) & rows["owner"].isin(accounts)]
    left = mine[mine["step"].isin(CHANGES)]
    sums = left.groupby(["owner", "product", "period"], as_index=False)["amount"].sum()
    # What was only carried from months to months leaves nothing of the year for the company's goal to take over.
    of_year = sums.groupby(["owner", "product"])["amount"].transform("sum")
    return sums[(sums["amount"] != 0) & (of_year != 0)].assign(amount=lambda table: -table["amount"])


def change(cells: pd.DataFrame, reason: str, actor: str, source: str, metric: str = "revenue") -> list[Transaction]:
    """Make the transactions that change the company's goal: a grant, and its passing on where it does not stay there.

    Parameters
    ----------
    cells
        ``owner``, ``product``, ``period``, ``amount``.
    reason, actor, source
        Why, who, and what it rests on.
    metric
        Metric of the catalogue.

    Raises
    ------
    LedgerError
        If nothing would change.
    """
    told = {"metric": metric, "step": COMPANY_CHANGED, "reason": reason, "source": source}
    made = ledger.entries(cells, **told)
    if made.empty:
        raise LedgerError("This changes nothing of the company's goal.")
    granted = made.assign(owner=COMPANY)
    grant = Transaction("grant", reason, actor, granted)
    below = made[made["owner"] != COMPANY]
    if below.empty:
        return [grant]
    passed_on = pd.concat([below, below.assign(owner=COMPANY, amount=-below["amount"])], ignore_index=True)
    return [grant, Transaction("split", reason, actor, passed_on)]
