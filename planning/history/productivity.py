"""Sales per rep and month against the best quarter of peers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planning.errors import PlanningError
from planning.history.engine import History
from planning.history.shrink import best_quarter, shrunk_means
from planning.history.sums import Sums
from planning.periods import FiscalCalendar, month_range

FEWEST_PEERS = 4
"""Reps in a comparison, the rep included, below which there is no best quarter."""
FEW_MONTHS = 6

METHOD = (
    "Sales a month are compared as they differ from what all peers who were there sold on average in the same month, "
    "so that nobody gains by having been here in the good months only. Each rep's mean is drawn towards that of the "
    "peers by how much a rep's months swing (Efron and Morris 1975). The gap is what the rep would have sold more at "
    "the level of the best quarter of peers (75th percentile), over the months that the rep was here; never below "
    "zero."
)

RULES = (
    "Results as credited, returns deducted. Reps without any result in these months, and those who manage others, "
    "are not in the comparison.",
    "A rep is here from the month after hiring to the month of leaving; without these days, from the first "
    "sale in the history on.",
    f"Few: fewer than {FEW_MONTHS} months here. With fewer than {FEWEST_PEERS} reps to compare, or a single month, "
    "there is no best quarter.",
    "What a territory could give is not taken out: compare reps who are alike, by channel, region or manager.",
)

_SELLS = "fact.rep not in (select manager from people where manager is not null)"

FIGURES = ("sales", "months", "per_month", "shrunk", "low", "high", "weight", "best", "gap", "peers", "few")


def by_rep(
    history: History, first: str, last: str, where: Mapping[str, str] | None = None, alike: str = ""
) -> pd.DataFrame:
    """Hold sales per rep and month against the best quarter of peers, largest gap first.

    Parameters
    ----------
    history
        The history.
    first, last
        ISO months, both included.
    where
        Dimensions that must have a value. It picks the reps who sold there; what they sold, and who their peers are,
        is of the whole company.
    alike
        Dimension by which reps are peers, such as channel or region: each counts where most of their sales are.
        Empty means that all are peers.

    Returns
    -------
    Columns ``rep``, that of `alike` if asked, ``sales`` in minor units, ``months`` here, ``per_month``; ``shrunk``
    with its interval ``low`` to ``high`` and the ``weight`` of the own mean (0 to 1), ``best`` (what the best quarter
    of peers reaches a month) and ``gap``, all money in whole minor units; ``peers`` (others) and ``few``. Rules:
    `METHOD`, `RULES`.

    Raises
    ------
    PlanningError
        If a dimension or value is not known, or the months are not in order.
    """
    scope, months = dict(where or {}), month_range(first, last)
    history.check("orders", [alike] if alike else [], scope)
    if alike == "rep":
        raise PlanningError("Reps cannot be grouped by rep: name another dimension, or none.")
    asked = Sums("orders", {"amount": "amount"}, ["rep", "month"], "date", first, last, condition=_SELLS)
    sold = history.sums(asked, FiscalCalendar())
    grid = sold.pivot(index="rep", columns="month", values="amount").reindex(columns=months).astype("float64")
    grid = grid.fillna(0.0).where(_here(history, grid.index, months) | grid.notna())
    groups = _groups(history, grid.index, alike, first, last)
    parts = [_beside_peers(grid.loc[members]) for members in grid.groupby(groups, dropna=False).groups.values()]
    table = pd.concat(parts) if parts else _beside_peers(grid)
    table = table.assign(**{alike: groups.reindex(table.index)}) if alike else table
    shown = history.sums(Sums("orders", {"amount": "amount"}, ["rep"], "date", first, last, scope))["rep"]
    seen = table[table.index.isin(shown)].rename_axis("rep").reset_index()
    return seen.sort_values(["gap", "rep"], ascending=[False, True], ignore_index=True)[
        ["rep", *([alike] if alike else []), *FIGURES]
    ]


def _here(history: History, reps: pd.Index, months: list[str]) -> pd.DataFrame:
    """Say for each rep and month whether the rep was here."""
    people = history.rows('select rep, hired, "left" as gone from people').set_index("rep").reindex(reps)
    sales = history.rows("select rep, min(date) as began from orders group by rep").set_index("rep").reindex(reps)
    hired, gone, began = (
        pd.to_datetime(days).dt.strftime("%Y-%m") for days in (people["hired"], people["gone"], sales["began"])
    )
    here = {
        month: ((hired < month) | (hired.isna() & (began <= month))) & (gone.isna() | (gone >= month))
        for month in months
    }
    return pd.DataFrame(here, index=reps)


def _groups(history: History, reps: pd.Index, alike: str, first: str, last: str) -> pd.Series:
    """Name for each rep the value of a dimension where most of the rep's sales are."""
    if not alike:
        return pd.Series("", reps)
    sold = history.sums(Sums("orders", {"amount": "amount"}, ["rep", alike], "date", first, last))
    most = sold.sort_values(["amount", alike], ascending=[False, True]).drop_duplicates("rep")
    return most.set_index("rep")[alike].reindex(reps)


def _beside_peers(grid: pd.DataFrame) -> pd.DataFrame:
    """Draw the means of peers together and find the best quarter, from a row a rep and a column a month."""
    months = grid.notna().sum(axis=1)
    apart = grid - grid.mean()
    means = apart.mean(axis=1)
    swings = ((apart.sub(means, axis=0)) ** 2).sum().sum()
    freedom = (int(months.sum()) - len(grid)) - (int(grid.notna().any().sum()) - 1)
    # From one month, or one rep, nothing tells how much months swing.
    swing = swings / freedom if freedom > 0 else np.inf
    level = float(np.nanmean(grid.to_numpy())) if len(grid) else np.nan
    drawn = shrunk_means(means, swing / months).set_index(grid.index)
    shifted = drawn[["value", "low", "high"]] + level
    best = best_quarter(shifted["value"]) if len(grid) >= FEWEST_PEERS else np.nan
    sales = grid.sum(axis=1)
    money = {
        "sales": sales, "per_month": sales / months, "shrunk": shifted["value"], "low": shifted["low"],
        "high": shifted["high"], "best": pd.Series(best, grid.index),
        "gap": (best - shifted["value"]).clip(lower=0) * months,
    }  # fmt: skip
    whole = pd.DataFrame(money).round().astype("Int64")
    return whole.assign(months=months, weight=drawn["weight"], peers=len(grid) - 1, few=months < FEW_MONTHS)
