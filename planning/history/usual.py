"""What was usual: rates of the past that assumptions about the coming year start from, each with its evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from planning.amounts import Real
from planning.history import seats
from planning.history.engine import History
from planning.history.sums import Sums
from planning.periods import FiscalCalendar, first_day, last_day, month_range

TENTH = 0.1
"""The low and the high end each leave out a tenth of the cases."""
DAYS_IN_MONTH = seats.DAYS_IN_MONTH


@dataclass(frozen=True)
class Rate:
    """A rate with its range.

    Parameters
    ----------
    low, likely, high
        Fractions; in one case of ten each it lies below the low, or above the high end.
    cases, of
        What it was counted from.
    """

    low: float
    likely: float
    high: float
    cases: int
    of: float


@dataclass(frozen=True)
class Turnover:
    """Who left in some fiscal years, and how long their seats stood empty.

    Parameters
    ----------
    rate
        Leavers over the average of heads, a year.
    by_year
        Leavers of each fiscal year.
    months_to_fill
        Mean of the seats that were taken over; none where none was.
    """

    rate: Rate
    by_year: Mapping[int, int]
    months_to_fill: float | None


def part(cases: int, of: int) -> Rate:
    """Give the rate of cases that happen or do not, with the range that so few tell (Jeffreys' interval)."""
    low, high = special.betaincinv(cases + 0.5, of - cases + 0.5, [TENTH, 1 - TENTH])
    return Rate(float(low), cases / of, float(high), cases, of)


def pace(cases: int, of: float) -> Rate:
    """Give the rate of cases a year of exposure, with the range that so few tell (gamma, Jeffreys' prior)."""
    low, high = special.gammaincinv(cases + 0.5, [TENTH, 1 - TENTH]) / of
    return Rate(float(low), cases / of, float(high), cases, of)


def mean(values: Sequence[float], weights: Sequence[float]) -> Rate | None:
    """Give a weighted mean, with the range of its standard error; none of fewer than two values."""
    found, weight = np.asarray(values, float), np.asarray(weights, float)
    if len(found) < 2 or weight.sum() <= 0:
        return None
    weight = weight / weight.sum()
    middle = float((weight * found).sum())
    error = float(np.sqrt((weight**2 * (found - middle) ** 2).sum() * len(found) / (len(found) - 1)))
    reach = float(special.ndtri(1 - TENTH)) * error
    return Rate(middle - reach, middle, middle + reach, len(found), float(len(found)))


def turnover(history: History, calendar: FiscalCalendar, years: Sequence[int]) -> Turnover | None:
    """Count who left in some fiscal years; managers count as little as those who never sold.

    Returns
    -------
    None where the history does not tell when people left.
    """
    people = history.rows(_SELLING)
    if people["gone"].notna().sum() == 0:
        return None
    hired, gone = (pd.to_datetime(people[name]).dt.strftime("%Y-%m") for name in ("hired", "gone"))
    leavers, heads = {}, 0.0
    for year in years:
        months = calendar.months(year)
        leavers[year] = int(gone.isin(months).sum())
        here = [((hired.isna() | (hired <= month)) & (gone.isna() | (gone >= month))).sum() for month in months]
        heads += float(np.mean(here))
    if not heads:
        return None
    found = seats.assigned(history)
    empty = seats.vacancies(found, last_day(calendar.months(years[-1])[-1]))
    days = (empty["vacant_to"] - empty["vacant_from"]).dt.days + 1
    filled = days[(days > 0) & (days <= seats.CLOSED_AFTER.days)]
    months_to_fill = float(filled.mean()) / DAYS_IN_MONTH if len(filled) else None
    return Turnover(pace(sum(leavers.values()), heads), leavers, months_to_fill)


def customers(
    history: History, calendar: FiscalCalendar, year: int, by: str, where: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Say who of a class of customers stayed from one fiscal year to the next, and how they grew.

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    year
        The later of the two fiscal years; months without results yet are left out of both.
    by
        ``tier``, ``segment``, ``territory`` or ``channel``.
    where
        Dimensions that must have a value.

    Returns
    -------
    A row a class: `by`, ``customers`` who bought in the first year, ``lost`` of them; ``base`` (sales then),
    ``lost_base`` (of those lost), ``kept_base`` and ``kept_now`` (of those who stayed, then and now), ``new`` (sales
    to who did not buy then) and ``newcomers``, their number; whole minor units.
    """
    months = calendar.months(year)
    last = history.rows("select strftime(max(date), '%Y-%m') as last from orders")["last"].iloc[0]
    now = [month for month in months if month <= str(last)]
    before = calendar.months(year - 1)[: len(now)]
    asked = Sums("orders", {}, [by], "date", before[0], now[-1], dict(where or {}), "fact.customer is not null")
    bought = asked.rows({"customer": "fact.customer", "amount": "fact.amount", "day": "fact.date"})
    return history.rows(_STAYED.format(bought=bought, by=by), **asked.values(), split=first_day(now[0]),
                        until=last_day(before[-1]))  # fmt: skip


def growth(history: History, where: Mapping[str, str] | None = None) -> Real:
    """Give the growth of every twelve months over the twelve before, oldest first; empty if the history is short."""
    sold = history.sums(Sums("orders", {"amount": "amount"}, ["month"], "date", where=dict(where or {})))
    if sold.empty:
        return np.empty(0)
    months = month_range(str(sold["month"].min()), str(sold["month"].max()))
    years = sold.set_index("month")["amount"].reindex(months, fill_value=0).astype(float).rolling(12).sum()
    before = years.shift(12)
    return (years / before.where(before > 0) - 1).dropna().to_numpy()


_SELLING = """
select rep, hired, "left" as gone from people
where rep in (select rep from orders) and rep not in (select manager from people where manager is not null)
order by rep
"""

_STAYED = """
with bought as ({bought}),
each_customer as (
    select {by}, customer, sum(case when day <= $until then amount else 0 end) as base,
           sum(case when day >= $split then amount else 0 end) as now
    from bought
    where day <= $until or day >= $split
    group by 1, 2
)
select coalesce({by}, '') as {by},
       sum(case when base > 0 then 1 else 0 end) as customers,
       sum(case when base > 0 and now <= 0 then 1 else 0 end) as lost,
       cast(sum(case when base > 0 then base else 0 end) as bigint) as base,
       cast(sum(case when base > 0 and now <= 0 then base else 0 end) as bigint) as lost_base,
       cast(sum(case when base > 0 and now > 0 then base else 0 end) as bigint) as kept_base,
       cast(sum(case when base > 0 and now > 0 then now else 0 end) as bigint) as kept_now,
       cast(sum(case when base <= 0 and now > 0 then now else 0 end) as bigint) as new,
       sum(case when base <= 0 and now > 0 then 1 else 0 end) as newcomers
from each_customer
group by 1
order by 1
"""
