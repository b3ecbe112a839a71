"""From last year's results and priced assumptions to a goal for every position, product and month."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from planning.amounts import apportion
from planning.goals import ledger

LEAF = ("territory", "rep", "product", "channel")
LEVELS = ("territory", "rep", "product", "channel", "period")


@dataclass(frozen=True)
class Step:
    """One step of the way from last year's result to the goal.

    Parameters
    ----------
    step
        Name of the step, such as ``market_growth``.
    reason, source
        Why, and where the figure comes from.
    cells
        Columns of `LEVELS` and ``amount`` (whole minor units).
    """

    step: str
    reason: str
    source: str
    cells: pd.DataFrame


def by_month(annual: pd.DataFrame, profiles: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """Spread annual amounts over the months of the year by the seasonality of their product.

    Parameters
    ----------
    annual
        Columns of `LEAF` and ``amount`` (whole minor units).
    profiles
        Shares of the year: a row a product, a column a month of the year in fiscal order; a product
        without a row follows the row named by the empty text.
    months
        The twelve months, in fiscal order.

    Returns
    -------
    Columns of `LEVELS` and ``amount``; each row's months add up to it exactly.
    """
    if annual.empty:
        return annual.assign(period="")[[*LEVELS, "amount"]]
    rows = annual["product"].where(annual["product"].isin(profiles.index), "")
    monthly = apportion(annual["amount"].to_numpy(), profiles.loc[rows].to_numpy())
    spread = annual.loc[annual.index.repeat(len(months)), list(LEAF)].reset_index(drop=True)
    return spread.assign(period=months * len(annual), amount=monthly.ravel())


def cascade(total: int, cells: pd.DataFrame, weight: str) -> pd.DataFrame:
    """Split a total down territory, rep, product, channel and month, in proportion to a weight.

    Level by level, so that at every level each part lies within one unit of its exact share; a single
    split over all cells would add up as well, but let whole territories drift by many units.

    Parameters
    ----------
    total
        Whole minor units, of either sign.
    cells
        Columns of `LEVELS` and `weight`; a negative weight (returns) counts as none.
    weight
        Name of the column to split by.

    Returns
    -------
    Columns of `LEVELS` and ``amount``.

    Raises
    ------
    AllocationError
        If there is something to split and no cell has a weight.
    """
    leaves = cells.assign(share=cells[weight].clip(lower=0).astype(float))
    leaves = leaves.groupby(list(LEVELS), as_index=False)["share"].sum()
    amounts, above, new = np.array([total]), np.zeros(len(leaves), dtype=np.intp), np.zeros(len(leaves), dtype=bool)
    for level in LEVELS:
        # The rows are sorted, so a group begins where one of its names differs from the row before.
        names = leaves[level].to_numpy()
        new = new | np.concatenate([[True], names[1:] != names[:-1]])
        group = np.cumsum(new) - 1
        amounts = apportion(amounts, np.bincount(group, leaves["share"]), groups=above[new])
        above = group
    return leaves[list(LEVELS)].assign(amount=amounts)


def expected(steps: list[Step]) -> pd.DataFrame:
    """Sum steps by cell.

    Returns
    -------
    Columns of `LEVELS` and ``amount``.
    """
    stacked = pd.concat([step.cells for step in steps], ignore_index=True)
    return stacked.groupby(list(LEVELS), as_index=False)["amount"].sum()


def named_once(steps: list[Step]) -> list[Step]:
    """Keep each name once for all steps: sums over a company of a thousand reps then take a tenth of the time."""
    names = {level: sorted({name for step in steps for name in step.cells[level].unique()}) for level in LEVELS}
    return [
        replace(
            step,
            cells=step.cells.assign(
                **{level: pd.Categorical(step.cells[level], names[level]) for level in LEVELS},
            ),
        )
        for step in steps
    ]


def as_entries(steps: list[Step], metric: str = "revenue") -> pd.DataFrame:
    """Turn steps into ledger entries on positions; cells without a rep stand on the territory's account."""
    rows = [
        pd.DataFrame({"owner": _owner(step.cells), "amount": step.cells["amount"].to_numpy()}).assign(
            **{level: ledger.texts(step.cells[level]) for level in ("product", "channel", "period")},
            step=step.step,
            reason=step.reason,
            source=step.source,
        )
        for step in steps
    ]
    return ledger.entries(pd.concat(rows, ignore_index=True), metric=metric)


def _owner(cells: pd.DataFrame) -> ExtensionArray:
    """Name the owner of each cell: each is put together once, however many cells it has."""
    (territory, territories), (rep, reps) = (pd.factorize(cells[level]) for level in ("territory", "rep"))
    place, pairs = pd.factorize(territory * len(reps) + rep)
    names = [_named(str(territories[pair // len(reps)]), str(reps[pair % len(reps)])) for pair in pairs]
    return pd.array(names, dtype="str").take(place)


def _named(territory: str, rep: str) -> str:
    return f"position:{territory}:{rep}" if rep else f"territory:{territory}"
