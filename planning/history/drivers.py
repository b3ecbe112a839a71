"""Why a year differs from the year before, or from its goal: volume, price and mix, adding up exactly.

The rules for odd bases are those of `price_volume_mix`. Months that have no results yet are left out
on both sides, so a part year is compared with the same part of the year before.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from planning.amounts import settle
from planning.errors import HistoryError, PlanningError
from planning.history.engine import History, check_dimension, summed, told_by
from planning.history.results import months_in
from planning.periods import FiscalCalendar, add_months, first_day, last_day

EFFECTS = ("volume", "price", "mix")
ITEM = "product_line"
Against = Literal["last_year", "goal"]


def price_volume_mix(base: pd.DataFrame, actual: pd.DataFrame) -> pd.DataFrame:
    r"""Split the change of each item into price, volume and mix.

    With quantity :math:`q`, amount :math:`a`, price :math:`p = a / q`, total quantity :math:`Q` and share
    :math:`s = q / Q`, base :math:`b` and actual :math:`a`:

    .. math:: price = a_a - p_b q_a, \quad volume = (Q_a - Q_b) s_b p_b, \quad mix = (q_a - Q_a s_b) p_b

    the usual price-volume-mix account of management accounting. Rules for odd bases:

    - an item that is new this year takes its own price as base price, so all of it is mix;
    - an item that was dropped has no price effect;
    - an amount without a quantity (a credit) is price;
    - where the base has no quantity in all, or returns beyond its sales in some item, shares mean
      nothing: what is not price is volume.

    Parameters
    ----------
    base, actual
        Index: the item. Columns ``quantity`` and ``amount`` (whole minor units).

    Returns
    -------
    Index: the items of both. Columns ``volume``, ``price``, ``mix`` in whole minor units; in every row they
    add up to the actual amount less the base amount exactly.

    Examples
    --------
    >>> base = pd.DataFrame({"quantity": [50, 40], "amount": [6000, 3200]}, index=["ABC", "DEF"])
    >>> actual = pd.DataFrame({"quantity": [60, 50], "amount": [6600, 5000]}, index=["ABC", "DEF"])
    >>> price_volume_mix(base, actual).sum().to_dict()  # in cents, rounded within each item
    {'volume': 2044, 'price': 400, 'mix': -44}
    """
    items = base.index.union(actual.index)
    q_b, a_b = (base[name].reindex(items, fill_value=0).to_numpy(dtype=float) for name in ("quantity", "amount"))
    q_a, a_a = (actual[name].reindex(items, fill_value=0).to_numpy(dtype=float) for name in ("quantity", "amount"))
    own = np.divide(a_a, q_a, out=np.zeros_like(a_a), where=q_a != 0)
    p_b = np.divide(a_b, q_b, out=own, where=q_b != 0)
    price = (a_a - p_b * q_a) - (a_b - p_b * q_b)
    moved = p_b * (q_a - q_b)
    shares_mean = q_b.sum() > 0 and (q_b >= 0).all()
    volume = (q_a.sum() - q_b.sum()) * q_b / q_b.sum() * p_b if shares_mean else moved
    parts = np.column_stack([volume, price, moved - volume])
    change = (a_a - a_b).astype("int64")
    return pd.DataFrame(settle(parts, change) if len(items) else parts.astype("int64"), items, list(EFFECTS))


def account(
    history: History,
    calendar: FiscalCalendar,
    year: int,
    by: str | None = None,
    where: Mapping[str, str] | None = None,
    against: Against = "last_year",
) -> pd.DataFrame:
    """Account for the difference between a fiscal year's result and a base, product line by product line.

    Against the goal: where the goals tell units beside revenue by product line, these are the base. Else
    the year before is the base for volume, price and mix, and what the goal asked for beyond it is an
    effect of its own, ``growth_asked`` (last year's result less the goal).

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    year
        Fiscal year that is explained.
    by
        One dimension: account for each of its values by itself.
    where
        Dimensions that must have a value.
    against
        ``last_year`` or ``goal``.

    Returns
    -------
    Columns `by` (if given), ``effect`` and ``amount`` (whole minor units), in the order of a waterfall:
    ``last_year`` or ``goal``, the effects, ``result``. The effects add up to result less base exactly.
    ``attrs["months"]`` names the first and last month that were compared.

    Raises
    ------
    HistoryError
        If the year has no results, or there is no goal to hold them against.
    """
    if against not in ("last_year", "goal"):
        raise PlanningError(f"A year is held against last_year or goal, not {against!r}.")
    months = _months(history, calendar, year)
    before = [add_months(month, -12) for month in months]
    groups = [by] if by else []
    sold = _books(history, "orders", "date", {"quantity": "quantity", "amount": "amount"}, groups, where, months)
    last = _books(history, "orders", "date", {"quantity": "quantity", "amount": "amount"}, groups, where, before)
    base, goal = last, None
    if against == "goal":
        goal = _goal(history, groups, where, months)
        planned = _planned(history, groups, where, months)
        base = planned if planned is not None and _total(planned, groups).equals(goal) else last
    names = sorted({*_names(sold, groups), *_names(base, groups), *(goal.index if goal is not None else ())})
    rows = [
        {**dict(zip(groups, [name], strict=False)), **row}
        for name in names
        for row in _waterfall(_of(base, groups, name), _of(sold, groups, name), against, goal, name, base is last)
    ]
    table = pd.DataFrame(rows, columns=[*groups, "effect", "amount"]).astype({"amount": "int64"})
    table.attrs["months"] = (months[0], months[-1])
    return table


def _months(history: History, calendar: FiscalCalendar, year: int) -> list[str]:
    first, last = months_in(history)
    months = [month for month in calendar.months(year) if first <= month <= last]
    if not months:
        raise HistoryError(f"FY{year} has no results: orders run from {first} to {last}.")
    return months


def _books(
    history: History,
    table: str,
    date: str,
    sums: Mapping[str, str],
    groups: list[str],
    where: Mapping[str, str] | None,
    months: list[str],
    condition: str = "true",
) -> pd.DataFrame:
    scope = dict(where or {})
    for dimension in (*groups, *scope):
        check_dimension(dimension)
    within = f"fact.{date} between $first and $last and {condition}"
    by = list(dict.fromkeys([*groups, ITEM]))
    values = {f"where_{dimension}": value for dimension, value in scope.items()}
    sql = summed(table, sums, by, scope, date, within)
    found = history.rows(sql, first=first_day(months[0]), last=last_day(months[-1]), **values)
    return found.fillna(dict.fromkeys(by, "")).fillna(0).astype(dict.fromkeys(sums, "int64"))


def _goal(history: History, groups: list[str], where: Mapping[str, str] | None, months: list[str]) -> pd.Series:
    dimensions = (*groups, *(where or {}))
    untold = [dimension for dimension in dimensions if not told_by("goals", dimension)]
    sums = {"amount": "target"}
    found = (
        None if untold else _books(history, "goals", "month", sums, groups, where, months, "fact.metric = 'revenue'")
    )
    if found is None or found.empty or (groups and (found[groups[0]] == "").all()):
        told = f" by {', '.join(dimensions)}" if dimensions else ""
        raise HistoryError(
            f"There is no revenue goal{told} from {months[0]} to {months[-1]} to hold the result against."
        )
    return _total(found, groups)


def _planned(
    history: History, groups: list[str], where: Mapping[str, str] | None, months: list[str]
) -> pd.DataFrame | None:
    sums = {
        "quantity": "case when metric = 'units' then target end",
        "amount": "case when metric = 'revenue' then target end",
    }
    found = _books(history, "goals", "month", sums, groups, where, months, "fact.metric in ('units', 'revenue')")
    told = (found[ITEM] != "").all() and ((found["quantity"] > 0) | (found["amount"] == 0)).all()
    return found if len(found) and told else None


def _total(found: pd.DataFrame, groups: list[str]) -> pd.Series:
    keys = found[groups[0]] if groups else pd.Series("", found.index)
    return found["amount"].groupby(keys.rename("name")).sum()


def _names(found: pd.DataFrame, groups: list[str]) -> set[str]:
    return set(found[groups[0]]) if groups else {""}


def _of(found: pd.DataFrame, groups: list[str], name: str) -> pd.DataFrame:
    mine = found[found[groups[0]] == name] if groups else found
    return mine.groupby(ITEM)[["quantity", "amount"]].sum()


def _waterfall(
    base: pd.DataFrame, sold: pd.DataFrame, against: Against, goal: pd.Series | None, name: str, from_last: bool
) -> list[dict[str, object]]:
    effects = price_volume_mix(base, sold).sum()
    start = int(base["amount"].sum())
    rows: list[dict[str, object]] = []
    if goal is not None:
        asked = int(goal.get(name, 0))
        rows = [{"effect": "growth_asked", "amount": start - asked}] if from_last else []
        start = asked
    ordered = [{"effect": effect, "amount": int(effects[effect])} for effect in EFFECTS]
    return [
        {"effect": against, "amount": start},
        *rows,
        *ordered,
        {"effect": "result", "amount": int(sold["amount"].sum())},
    ]
