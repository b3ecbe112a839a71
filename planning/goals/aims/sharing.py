"""Last year's results of a metric, given to those who sit in the positions now."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planning.amounts import apportion, fit

CELL = ["owner", "period"]


@dataclass(frozen=True)
class Past:
    """Last year's results of one metric that adds up.

    Parameters
    ----------
    kept, taken
        Columns ``owner``, ``period`` (month of the year to come) and ``amount``: results of whoever still sits in the
        position, and of people who left.
    """

    kept: pd.DataFrame
    taken: pd.DataFrame

    def of(self, owners: set[str]) -> "Past":
        """Give the results of some owners."""
        return Past(*(each[each["owner"].isin(owners)] for each in (self.kept, self.taken)))

    @cached_property
    def whole(self) -> pd.DataFrame:
        """Both together, by owner and month."""
        return summed(pd.concat([self.kept, self.taken]))

    @property
    def total(self) -> int:
        """Their sum."""
        return int(self.whole["amount"].sum())


def past(results: pd.DataFrame, positions: pd.DataFrame, seats: pd.DataFrame) -> Past:
    """Give last year's results to those who sit in the positions now.

    Parameters
    ----------
    results
        Columns ``rep``, ``period`` (month of the year to come), ``amount``, and ``territory`` where the metric tells
        it; where it does not, results of a rep are shared evenly over the territories they serve or served.
    positions
        Columns ``territory``, ``rep``, ``owner``: who carries goals.
    seats
        Columns ``territory``, ``rep``: who serves or served where.
    """
    told = results.assign(territory=results.get("territory", pd.NA))
    told = _placed(told.assign(territory=told["territory"].astype("str")), positions, seats)
    rows = told.merge(positions, on=["territory", "rep"], how="left")
    stays = rows["owner"].notna()
    kept = summed(rows[stays])
    return Past(kept, _taken(rows[~stays], kept, positions))


def _placed(results: pd.DataFrame, positions: pd.DataFrame, seats: pd.DataFrame) -> pd.DataFrame:
    """Find the territories of results that tell none; where nobody knows one, it stays empty."""
    bare = results["territory"].isna()
    here = positions[["territory", "rep"]]
    gone = seats.loc[~seats["rep"].isin(here["rep"]), ["territory", "rep"]]
    places = pd.concat([here, gone[gone["territory"].isin(here["territory"])]]).drop_duplicates()
    rows = results[bare].drop(columns="territory").groupby(["rep", "period"], as_index=False)["amount"].sum()
    spread = rows.reset_index(names="piece").merge(places, on="rep", how="left")
    if len(spread):
        # By person, not by month: of single things, the first territory would get them all.
        spread["amount"] = _evenly(spread)
    return pd.concat([results[~bare], spread.drop(columns="piece")], ignore_index=True)


def _evenly(spread: pd.DataFrame) -> pd.Series:
    """Share what each rep did over their territories, so that the territories come out even over the months too."""
    amounts = spread["amount"].copy()
    for _, rows in spread.groupby("rep", sort=False):
        months = rows.groupby("piece")["amount"].first()
        parts = len(rows) // len(months)
        if parts > 1:
            table = np.outer(months, np.ones(parts))
            shared = fit(table, months, apportion(int(months.sum()), np.ones(parts)))
            amounts.loc[rows.index] = shared.ravel()
    return amounts


def _taken(left: pd.DataFrame, kept: pd.DataFrame, positions: pd.DataFrame) -> pd.DataFrame:
    """Share the results of people who left over the positions of their territory, month by month."""
    brought = kept.groupby("owner")["amount"].sum().clip(lower=0)
    parts = []
    for territory, rows in left.groupby("territory", dropna=False, sort=True):
        inside = positions if pd.isna(territory) else positions[positions["territory"] == territory]
        months = rows.groupby("period")["amount"].sum()
        owners = list(inside["owner"]) or [f"territory:{territory}"]
        weights = brought.reindex(owners).fillna(0).to_numpy(dtype=float)
        parts.append(_crossed(months, owners, weights if weights.sum() > 0 else np.ones(len(owners))))
    return summed(pd.concat(parts)) if parts else kept.iloc[:0]


def _crossed(months: pd.Series, owners: list[str], weights: np.ndarray) -> pd.DataFrame:
    """Share each month over owners so that months and owners both add up; returns below zero are shared apart."""
    table = np.zeros((len(months), len(owners)), dtype="int64")
    for sign in (1, -1):
        part = (months * sign).clip(lower=0).to_numpy(dtype="int64")
        if part.any():
            table += sign * fit(np.outer(part, weights), part, apportion(int(part.sum()), weights))
    cells = pd.DataFrame(table, index=months.index, columns=pd.Index(owners, name="owner"))
    return cells.stack().rename("amount").reset_index()


def summed(cells: pd.DataFrame) -> pd.DataFrame:
    """Add up by owner and month."""
    return cells.groupby(CELL, as_index=False)["amount"].sum().astype({"amount": "int64"})
