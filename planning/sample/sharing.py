"""Sales that two reps share: a few accounts that a colleague of the territory looks after too."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planning.sample.causes import SHARED_ACCOUNTS, SHARED_FROM, SHARED_PART, calm_territories
from planning.sample.customers import Customers
from planning.sample.months import month_number
from planning.sample.staff import Staff


def shared_accounts(force: Staff, accounts: Customers, random: np.random.Generator) -> dict[str, str]:
    """Give the accounts that are shared, and the colleague who looks after each of them too."""
    return {
        accounts.frame["customer"][account]: _colleague(force, accounts, account, random)
        for account in _accounts(accounts, random)
    }


def credits(colleague: Mapping[str, str], lines: pd.DataFrame) -> pd.DataFrame:
    """Share every line of the shared accounts, returns included, between the account's rep and a colleague.

    Parameters
    ----------
    colleague
        As `shared_accounts` gives them.
    lines
        Order lines, as `planning.sample.orders.orders` gives them.

    Returns
    -------
    pd.DataFrame
        The canonical columns, in the order of the lines and of the reps' names.
    """
    sold = lines[lines["customer"].isin(colleague) & (lines["month"] >= month_number(SHARED_FROM))]
    own = sold.assign(share=round(1 - SHARED_PART, 6))
    other = sold.assign(share=SHARED_PART, rep=sold["customer"].map(colleague))
    both = pd.concat([own, other]).sort_values(["date", "order_id", "line", "rep"], ignore_index=True)
    return both[["order_id", "line", "rep", "share"]]


def _accounts(accounts: Customers, random: np.random.Generator) -> list[int]:
    """Pick accounts of tier B that buy all the time, each in another territory where nobody comes or goes."""
    frame, first = accounts.frame, month_number(SHARED_FROM)
    steady = frame[(frame["tier"] == "B") & (frame["first"] <= first) & (frame["last"] >= first + 23)]
    territories = random.permutation(calm_territories())[:SHARED_ACCOUNTS]
    return [int(random.choice(steady.index[steady["territory"] == territory])) for territory in territories]


def _colleague(force: Staff, accounts: Customers, account: int, random: np.random.Generator) -> str:
    territory, seat = accounts.frame["territory"][account], accounts.frame["seat"][account]
    seats = force.seats.index[(force.seats["territory"] == territory) & (force.seats.index != seat)]
    return force.reps[int(force.credited[random.choice(seats), month_number(SHARED_FROM)])]
