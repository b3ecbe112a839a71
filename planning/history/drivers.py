"""Why a year differs from the year before, or from its goal: volume, price and mix, adding up exactly.

The rules for odd bases are those of `price_volume_mix`. Months that have no results yet are left out
on both sides, so a part year is compared with the same part of the year before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import LARGEST, Real, settle
from planning.errors import HistoryError, PlanningError, bulleted
from planning.history.engine import History
from planning.history.results import months_in
from planning.history.sums import ALL_IF_EMPTY, Sums, told_by
from planning.periods import FiscalCalendar, add_months

EFFECTS = ("volume", "price", "mix")
FIGURES = ["quantity", "amount"]
Against = Literal["last_year", "goal"]


def price_volume_mix(base: pd.DataFrame, actual: pd.DataFrame) -> pd.DataFrame:
    r"""Split the change of each item into price, volume and mix.

    With quantity :math:`q`, amount :math:`m`, price :math:`p = m / q`, total quantity :math:`Q` and share
    :math:`s = q / Q`, in the base :math:`b` and the actual :math:`a`:

    .. math:: price = m_a - p_b q_a, \quad volume = (Q_a - Q_b) s_b p_b, \quad mix = (q_a - Q_a s_b) p_b

    the usual price-volume-mix account of management accounting. Rules for odd bases:

    - an item that is new this year takes its own price as base price, so all of it is mix;
    - an item that was dropped has no price effect;
    - an amount without a quantity (a credit) is price, in the base and in the actual;
    - where the base has no quantity in all, or returns beyond its sales in some item, shares mean
      nothing: what is not price is volume.

    Parameters
    ----------
    base, actual
        Index: the item; in an index of several levels the last is the item, and what stands before it
        names an account of its own. Columns ``quantity`` and ``amount`` (whole minor units).

    Returns
    -------
    Index: the items of both, sorted. Columns ``volume``, ``price``, ``mix`` in whole minor units; in every
    row they add up to the actual amount less the base amount exactly.

    Raises
    ------
    HistoryError
        If the base price of an item is so far out that its effects cannot be told to the minor unit.

    Examples
    --------
    >>> base = pd.DataFrame({"quantity": [50, 40], "amount": [6000, 3200]}, index=["ABC", "DEF"])
    >>> actual = pd.DataFrame({"quantity": [60, 50], "amount": [6600, 5000]}, index=["ABC", "DEF"])
    >>> price_volume_mix(base, actual).sum().to_dict()  # in cents, rounded within each item
    {'volume': 2044, 'price': 400, 'mix': -44}
    """
    items = base.index.union(actual.index)
    before, after = (each[FIGURES].reindex(items, fill_value=0) for each in (base, actual))
    changes = (after["amount"] - before["amount"]).to_numpy(dtype="int64")
    accounts = items.droplevel(-1) if items.nlevels > 1 else pd.Index(np.zeros(len(items)))
    parts = _effects(_real(before), _real(after), pd.factorize(accounts)[0])
    _refuse_beyond_exact(parts, items)
    whole = settle(parts, changes) if len(items) else np.zeros((0, len(EFFECTS)), dtype=np.int64)
    return pd.DataFrame(whole, items, list(EFFECTS))


def _effects(before: Real, after: Real, account: NDArray[np.intp]) -> Real:
    """Give the effects of each item, unrounded; an account's shares are of its own quantity."""
    (q_b, m_b), (q_a, m_a) = before.T, after.T
    own_price = np.divide(m_a, q_a, out=np.zeros_like(m_a), where=q_a != 0)
    p_b = np.divide(m_b, q_b, out=own_price, where=q_b != 0)
    price = (m_a - p_b * q_a) - (m_b - p_b * q_b)
    moved = p_b * (q_a - q_b)
    total_b, total_a = (np.bincount(account, each)[account] for each in (q_b, q_a))
    returned = np.bincount(account, q_b < 0)[account] > 0
    shares_mean = (total_b > 0) & ~returned
    share = np.divide(q_b, total_b, out=np.zeros_like(q_b), where=shares_mean)
    volume = np.where(shares_mean, (total_a - total_b) * share * p_b, moved)
    return np.column_stack([volume, price, moved - volume])


def _real(book: pd.DataFrame) -> Real:
    return book.to_numpy(dtype=float)


def _refuse_beyond_exact(parts: Real, items: pd.Index) -> None:
    beyond = items[(np.abs(parts) > LARGEST).any(axis=1)]
    if len(beyond):
        raise HistoryError(
            bulleted(
                f"Effects beyond {LARGEST:,} minor units cannot be told exactly. Look at quantities and amounts of:",
                [str(item) for item in beyond[:20]],
            )
        )


@dataclass(frozen=True)
class Scope:
    """What is accounted for: split by what, of what alone, and item by item of which dimension."""

    history: History
    by: str | None
    where: Mapping[str, str]
    item: str

    def sold(self, months: Sequence[str]) -> pd.DataFrame:
        """Give quantity and amount sold in some months, by account and item."""
        return self._book("orders", "date", {"quantity": "quantity", "amount": "amount"}, months).fillna(0)

    def asked(self, months: Sequence[str]) -> pd.DataFrame:
        """Give quantity and amount that goals ask for in some months, empty where they do not tell."""
        figures = {
            "quantity": "case when metric = 'units' then target end",
            "amount": "case when metric = 'revenue' then target end",
        }
        return self._book("goals", "month", figures, months)

    def _book(self, table: str, date: str, figures: Mapping[str, str], months: Sequence[str]) -> pd.DataFrame:
        by = list(dict.fromkeys(each for each in (self.by, self.item) if each and told_by(table, each)))
        found = self.history.sums(Sums(table, figures, by, date, months[0], months[-1], self.where))
        found = found.fillna(dict.fromkeys(by, "")).dropna(subset=FIGURES, how="all")
        levels = [found[each] if each in by else pd.Series("", found.index) for each in (self.by, self.item)]
        return found[FIGURES].set_axis(pd.MultiIndex.from_arrays(levels, names=["account", "item"]))


def account(
    history: History,
    calendar: FiscalCalendar,
    year: int,
    by: str | None = None,
    where: Mapping[str, str] | None = None,
    against: Against = "last_year",
    item: str = "product_line",
) -> pd.DataFrame:
    """Account for the difference between a fiscal year's revenue and a base.

    Against the goal: where the goals tell units beside revenue for every item, these are the base. Else
    the year before is the base for volume, price and mix, and what the goal asked for beyond it is an
    effect of its own, ``growth_asked`` (last year's result less the goal).

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    year
        Fiscal year that is explained.
    by
        One dimension: account for each of its values by itself, with a mix of its own.
    where
        Dimensions that must have a value.
    against
        ``last_year`` or ``goal``.
    item
        Dimension whose values have a price and a quantity each.

    Returns
    -------
    Columns `by` (if given), ``effect`` and ``amount`` (whole minor units), in the order of a waterfall:
    ``last_year`` or ``goal``, the effects, ``result``. The effects add up to result less base exactly.
    ``attrs["months"]`` names the first and last month that were compared, ``attrs["left_out"]`` what has
    results but no goal to hold them against (an empty text for what has no name).

    Raises
    ------
    HistoryError
        If the year or its base has no results, or there is no goal to hold them against.
    PlanningError
        If a dimension or a value is not known.
    """
    if against not in ("last_year", "goal"):
        raise PlanningError(f"A year is held against last_year or goal, not {against!r}.")
    scope = Scope(history, by, dict(where or {}), item)
    history.check("orders", list(dict.fromkeys(each for each in (by, item) if each)), scope.where)
    months, steps, left_out = (_against_goal if against == "goal" else _against_last_year)(scope, calendar, year)
    table = _in_order(steps, by)
    table.attrs = {"months": (months[0], months[-1]), "left_out": left_out}
    return table.astype({"amount": "int64"})


def _in_order(steps: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Set the steps of each waterfall below each other; one account for all together is there in any case."""
    if by is None:
        one = steps.reindex([""], fill_value=0).iloc[0]
        return one.rename("amount").rename_axis("effect").reset_index()
    table = steps.stack().rename("amount").rename_axis([by, "effect"]).reset_index()
    return table.assign(**{by: table[by].mask(table[by] == "")})


def _against_last_year(
    scope: Scope, calendar: FiscalCalendar, year: int
) -> tuple[list[str], pd.DataFrame, list[str]]:
    months = _months(scope.history, calendar, year, with_year_before=True)
    base, sold = scope.sold(_year_before(months)), scope.sold(months)
    return months, _steps("last_year", _totals(base), base, sold), []


def _against_goal(scope: Scope, calendar: FiscalCalendar, year: int) -> tuple[list[str], pd.DataFrame, list[str]]:
    months = _months(scope.history, calendar, year)
    goals = _goals(scope, months)
    if _tells_units(goals):
        base, from_last_year = goals.fillna(0), False
    else:
        months = _months(scope.history, calendar, year, with_year_before=True)
        goals = _goals(scope, months)
        base, from_last_year = scope.sold(_year_before(months)), True
    goal = _totals(goals.dropna(subset=["amount"]))
    sold = scope.sold(months)
    left_out = sorted(set(sold.index.unique("account")) - set(goal.index))
    base, sold = (book[book.index.get_level_values("account").isin(goal.index)] for book in (base, sold))
    steps = _steps("goal", goal, base, sold)
    if from_last_year:
        steps.insert(1, "growth_asked", _totals(base).reindex(steps.index, fill_value=0) - goal)
    return months, steps, left_out


def _steps(start: str, amounts: pd.Series, base: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    """Set the steps of each account's waterfall side by side, in their order."""
    effects = price_volume_mix(base, sold).groupby(level="account").sum()
    names = amounts.index.union(effects.index)
    return pd.concat(
        [
            amounts.reindex(names, fill_value=0).rename(start),
            effects.reindex(names, fill_value=0),
            _totals(sold).reindex(names, fill_value=0).rename("result"),
        ],
        axis=1,
    )


def _totals(book: pd.DataFrame) -> pd.Series:
    return book["amount"].groupby(level="account").sum()


def _goals(scope: Scope, months: list[str]) -> pd.DataFrame:
    dimensions = [each for each in (scope.by, *scope.where) if each]
    goals = scope.asked(months) if all(told_by("goals", each) for each in dimensions) else None
    if goals is not None and scope.by in ALL_IF_EMPTY:
        goals = goals[goals.index.get_level_values("account") != ""]
    if goals is None or goals["amount"].isna().all():
        told = f" by {', '.join(dimensions)}" if dimensions else ""
        raise HistoryError(
            f"There is no revenue goal{told} from {months[0]} to {months[-1]} to hold the result against."
        )
    return goals


def _tells_units(goals: pd.DataFrame) -> bool:
    """Say whether goals give every item a price: an amount, and units beside each that is not zero."""
    named = goals.index.get_level_values("item") != ""
    priced = (goals["quantity"].fillna(0) > 0) | (goals["amount"].fillna(0) == 0)
    return bool((named & priced & goals["amount"].notna()).all())


def _months(history: History, calendar: FiscalCalendar, year: int, with_year_before: bool = False) -> list[str]:
    """Give the months of a fiscal year that have results, and have them a year earlier where that is asked."""
    first, last = months_in(history)
    begins = add_months(first, 12) if with_year_before else first
    months = [month for month in calendar.months(year) if begins <= month <= last]
    if not months:
        nothing = f"FY{year} has no results" + (" in months that the year before has too" if with_year_before else "")
        raise HistoryError(f"{nothing}: orders run from {first} to {last}.")
    return months


def _year_before(months: list[str]) -> list[str]:
    return [add_months(month, -12) for month in months]
