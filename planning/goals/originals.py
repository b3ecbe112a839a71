"""What goals were before they were changed during the year: the ledger without the steps that did it."""

import pandas as pd

from planning.goals import ledger
from planning.goals.owners import Owners

ADJUSTED = "adjusted"
"""Step of a rep's goal that was changed by agreement during the year, and of the other side of it."""

CARRIED = "carried"
"""Step that takes out of months that are over what is carried to the months left, and of the other side of it."""

COMPANY_CHANGED = "company_changed"
"""Step of the company's own goal that the planner changed during the year, and of whom it was passed on to."""

CHANGES = (ADJUSTED, CARRIED, COMPANY_CHANGED)


def originals(owners: Owners, rows: pd.DataFrame, metric: str = "revenue") -> pd.DataFrame:
    """Set what every owner carries beside what it was before changes during the year.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries.
    metric
        Metric of the catalogue.

    Returns
    -------
    A row an owner in the order of the tree: ``owner``, ``kind``, ``name``, ``territory``, ``rep``, ``original``,
    ``changed`` and ``goal``; original and changed add up to the goal. Whole minor units.
    """
    original = ledger.assigned(owners, rows[~rows["step"].isin(CHANGES)], metric)["assigned"]
    goal = ledger.assigned(owners, rows, metric)
    table = goal.assign(original=original, changed=goal["assigned"] - original, goal=goal["assigned"])
    return table[["owner", "kind", "name", "territory", "rep", "original", "changed", "goal"]]


def on_accounts(owners: Owners, rows: pd.DataFrame, metric: str = "revenue") -> pd.DataFrame:
    """Say what changes during the year left on the accounts of territories, and who took it over.

    Returns
    -------
    A row a territory that was touched: ``territory``, ``conceded`` (what reps gave up, less what reps took on),
    ``company`` (what the company's goal was changed by there) and ``left`` (to be placed still; negative is more
    passed down than the territory carries). Whole minor units.
    """
    places = owners.frame[owners.frame["kind"] == "territory"].set_index("owner")["territory"]
    mine = rows[(rows["metric"] == metric) & rows["step"].isin(CHANGES) & rows["owner"].isin(places.index)]
    sums = mine.pivot_table(index="owner", columns="step", values="amount", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=list(CHANGES), fill_value=0).astype("int64")
    conceded = sums[ADJUSTED] + sums[CARRIED]
    table = pd.DataFrame({"territory": sums.index.map(places), "conceded": conceded.to_numpy(),
                          "company": sums[COMPANY_CHANGED].to_numpy()})  # fmt: skip
    return table.assign(left=table["conceded"] + table["company"])
