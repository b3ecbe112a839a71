"""What a goal on a metric asks of each position and month: last year's results, and the step that is asked on top.

The steps of a metric, each to the unit:

- ``last_year``: the results of whoever still sits in the position;
- ``taken_over``: results of people who left, shared over the positions of their territory by what these brought
  themselves, evenly if nothing; a territory without positions keeps them on its own account;
- ``newcomer``: who has no result of it last year gets the average of the territory's positions that have one;
- ``asked``: what is wanted on top, in proportion to the above, by the months of last year.

A ratio is two metrics in the ledger. The lower one stays at last year's; the upper one is moved so that the ratio of
the whole is what is aimed at, every ratio by the same proportion, and none above 100% where it is a share.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd

from planning.amounts import Tell, apportion
from planning.errors import LedgerError, bulleted
from planning.goals import ledger
from planning.goals.aims.sharing import summed
from planning.metrics import Metric

LAST_YEAR, TAKEN_OVER, NEWCOMER, ASKED = "last_year", "taken_over", "newcomer", "asked"
BASE = (LAST_YEAR, TAKEN_OVER)
"""Steps that together are last year's result."""


def keys(measured: Metric) -> tuple[str, ...]:
    """Name the metrics under which a goal stands in the ledger: two for a ratio, the upper one first.

    Examples
    --------
    >>> from planning.metrics import METRICS
    >>> keys(METRICS["closing_ratio"]), keys(METRICS["calls"])
    (('closing_ratio/deals_won', 'closing_ratio/presentations'), ('calls',))
    """
    return tuple(f"{measured.name}/{part}" for part in measured.over) if measured.over else (measured.name,)


def figure(measured: Metric, amounts: tuple[int, ...], months: int) -> Decimal | None:
    """Give the figure that people know of what stands in the ledger: a quotient, an average of months, or a sum."""
    if measured.over:
        return Decimal(amounts[0]) / amounts[1] if amounts[1] else None
    return Decimal(amounts[0]) / (months if measured.over_time == "average" else 1)


def newcomers(brought: pd.DataFrame, carriers: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """Give the average of their territory to positions without a result: the company's where the territory has none.

    Parameters
    ----------
    brought
        Last year's results: ``owner``, ``period``, ``amount``.
    carriers
        Positions that the goal is for: ``owner``, ``territory``.
    months
        Months of the goal.

    Returns
    -------
    ``owner``, ``period``, ``amount``.
    """
    sums = brought.groupby("owner")["amount"].sum()
    had = carriers.assign(amount=carriers["owner"].map(sums).fillna(0))
    known = had[had["amount"] > 0]
    new = had[had["amount"] <= 0]
    if new.empty or known.empty:
        return brought.iloc[:0]
    average = new["territory"].map(known.groupby("territory")["amount"].mean()).fillna(known["amount"].mean())
    amounts = average.round().astype("int64").to_numpy() - new["amount"].astype("int64").to_numpy()
    season = brought.groupby("period")["amount"].sum().reindex(months).fillna(0)
    return _by_month(dict(zip(new["owner"], amounts.tolist(), strict=True)), brought.iloc[:0], season)


def at_ratio(
    above: pd.DataFrame, below: pd.DataFrame, carriers: pd.DataFrame, more_is_better: bool, new: set[str]
) -> pd.DataFrame:
    """Give people without anything above the line as much as their territory's ratio makes of what is below it.

    Parameters
    ----------
    above, below
        ``owner``, ``period``, ``amount`` of the two metrics.
    carriers
        Positions that the goal is for: ``owner``, ``territory``.
    more_is_better
        Of a ratio where less is better, nothing above the line is a result, and stays.
    new
        Owners without anything below the line last year.

    Returns
    -------
    ``owner``, ``period``, ``amount``, by the months of what is below.
    """
    sums = [each.groupby("owner")["amount"].sum() for each in (above, below)]
    table = carriers.assign(
        **{name: carriers["owner"].map(each).fillna(0) for name, each in zip("ab", sums, strict=True)}
    )
    had = table[~table["owner"].isin(new)]
    totals = had.groupby("territory")[["a", "b"]].sum()
    ratio = (totals["a"] / totals["b"].where(totals["b"] > 0)).reindex(table["territory"]).to_numpy()
    company = had["a"].sum() / had["b"].sum() if had["b"].sum() > 0 else 0.0
    lacks = (table["a"] <= 0) & (table["b"] > 0) & (more_is_better | table["owner"].isin(new))
    amounts = (table["b"] * pd.Series(ratio, table.index).fillna(company)).round().astype("int64") - table[
        "a"
    ].astype("int64")
    season = below.groupby("period")["amount"].sum()
    return _by_month(dict(zip(table.loc[lacks, "owner"], amounts[lacks].tolist(), strict=True)), below, season)


def asked(
    base: pd.DataFrame,
    groups: Mapping[str, str],
    targets: Mapping[str, int],
    months: list[str],
    write: Tell,
    most: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Give the step from last year to what is aimed at, split in proportion, by last year's months.

    Parameters
    ----------
    base
        What each owner starts from: ``owner``, ``period``, ``amount``.
    groups
        Group of each owner.
    targets
        Whole units that each group is to reach.
    months
        Months of the goal.
    write
        Writes whole units of the metric.
    most
        The most that an owner can reach, such as 100% of a share; none for no bound.

    Returns
    -------
    ``owner``, ``period``, ``amount``: the change.

    Raises
    ------
    LedgerError
        If a group cannot reach its target within the bounds.
    """
    sums = base.groupby("owner")["amount"].sum().reindex(list(groups)).fillna(0).astype("int64")
    codes, names = pd.factorize(pd.Series(groups).reindex(sums.index))
    weights = sums.clip(lower=0).to_numpy(dtype=float)
    idle = np.bincount(codes, weights, len(names)) == 0
    upper = None if most is None else np.array([most.get(each, 0) for each in sums.index])
    wanted = np.array([targets[name] for name in names], dtype="int64")
    if upper is not None:
        room = np.bincount(codes, upper, len(names))
        problems = [
            f"{name}: {write(int(total))} of {write(int(top))} would be asked, more than 100%"
            for name, total, top in zip(names, wanted, room, strict=True)
            if total > top
        ]
        if problems:
            raise LedgerError(bulleted("This goal cannot be handed out:", problems))
    reach = apportion(wanted, np.where(idle[codes], 1.0, weights), upper=upper, groups=codes)
    then = dict(zip(sums.index, reach.tolist(), strict=True))
    season = base.groupby("period")["amount"].sum().reindex(months).fillna(0)
    reached = _by_month(then, base, season)
    return summed(pd.concat([reached, base[base["owner"].isin(then)].assign(amount=lambda rows: -rows["amount"])]))


def _by_month(totals: Mapping[str, int], base: pd.DataFrame, season: pd.Series) -> pd.DataFrame:
    """Spread each owner's total over the months as their own last year went, else as everybody's did."""
    table = base.pivot_table(index="owner", columns="period", values="amount", aggfunc="sum", fill_value=0)
    table = table.reindex(index=list(totals), columns=list(season.index), fill_value=0).clip(lower=0).astype(float)
    common = season.clip(lower=0).to_numpy(dtype=float)
    common = common if common.sum() > 0 else np.ones(len(season))
    weights = np.where(table.sum(axis=1).to_numpy()[:, None] > 0, table.to_numpy(), common)
    split = apportion(list(totals.values()), weights) if len(totals) else np.zeros((0, len(season)), dtype="int64")
    cells = pd.DataFrame(
        split, index=pd.Index(list(totals), name="owner"), columns=pd.Index(season.index, name="period")
    )
    return cells.stack().rename("amount").reset_index()


def whole(measured: Metric, wanted: Decimal, months: int, below: int = 0) -> int:
    """Turn the figure that people know into whole units of the ledger; for a ratio, those above what stands below."""
    times = below if measured.over else months if measured.over_time == "average" else 1
    return int((wanted * times).to_integral_value(rounding=ROUND_HALF_EVEN))


def as_entries(steps: Mapping[str, pd.DataFrame], told: Mapping[str, tuple[str, str]], key: str) -> pd.DataFrame:
    """Turn steps into ledger entries.

    Parameters
    ----------
    steps
        Cells by step.
    told
        Reason and source by step.
    key
        Metric under which they stand.
    """
    rows = [
        cells.assign(step=step, reason=told[step][0], source=told[step][1], metric=key)
        for step, cells in steps.items()
        if len(cells)
    ]
    empty = pd.DataFrame({"owner": [], "period": [], "amount": pd.Series(dtype="int64"), "metric": []})
    return ledger.entries(pd.concat(rows, ignore_index=True) if rows else empty)
