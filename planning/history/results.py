"""Last year's results as the goals need them: by cell, with who serves the account now."""

from datetime import date
from fractions import Fraction

import pandas as pd

from planning.errors import HistoryError
from planning.history.engine import History
from planning.history.sums import Sums
from planning.periods import FiscalCalendar, add_months, first_day, last_day, month_range

_CREDITED = """
with sold as (
    select o.rep, o.territory, coalesce(o.customer, '') as customer, p.product_line as product,
           coalesce(o.channel, '') as channel, strftime(o.date, '%Y-%m') as month,
           case when n.order_id is null then 0 else 1 end as one_off, sum(o.amount) as amount
    from orders o join products p on p.product = o.product
    left join one_offs n on n.order_id = o.order_id
    where o.date between $first and $last
    group by 1, 2, 3, 4, 5, 6, 7
),
here as (select rep from people where "left" is null or "left" >= $begins),
served as (
    select territory, customer, rep,
           row_number() over (
               partition by territory, customer order by date desc, order_id desc, line desc, amount desc, rep
           ) as place
    from orders
    where customer is not null and date < $begins and rep in (select rep from here)
)
select s.rep, coalesce(h.rep, '') as holder, s.territory, s.product, s.channel, s.month, s.one_off,
       coalesce(c.territory, s.territory) as now, coalesce(n.rep, '') as now_holder,
       cast(sum(s.amount) as bigint) as amount
from sold s
left join served h on h.place = 1 and h.territory = s.territory and h.customer = s.customer
left join customers c on c.customer = s.customer
left join served n on n.place = 1 and n.territory = c.territory and n.customer = s.customer
where strpos($months, s.month) > 0
group by 1, 2, 3, 4, 5, 6, 7, 8, 9
order by 1, 2, 3, 4, 5, 6, 7, 8, 9
"""

_ACCOUNTS = """
with served as (
    select customer, rep,
           row_number() over (partition by customer order by date desc, order_id desc, line desc, rep) as place
    from orders where customer is not null
)
select o.customer, coalesce(p.product_line, '') as product, cast(sum(o.amount) as bigint) as amount
from orders o join served s on s.customer = o.customer and s.place = 1 and s.rep = $rep
left join products p on p.product = o.product
where strpos($months, strftime(o.date, '%Y-%m')) > 0
group by 1, 2
order by 1, 2
"""


LAST_DAYS = 3
"""A month is taken to be told whole once something of so many working days at its end is in: not every day sells."""


def months_in(history: History) -> tuple[str, str]:
    """First and last month with orders.

    Raises
    ------
    HistoryError
        If there are no orders at all.
    """
    found = history.rows("select strftime(min(date), '%Y-%m') as a, strftime(max(date), '%Y-%m') as b from orders")
    first, last = found.iloc[0]
    if pd.isna(first):
        raise HistoryError("There are no orders in this workspace yet. Bring a history in: planning import --help.")
    return str(first), str(last)


def base_months(history: History, calendar: FiscalCalendar, year: int) -> list[str]:
    """Give twelve months that stand for the fiscal year before `year`: its own, or for those not in a year earlier.

    Raises
    ------
    HistoryError
        If no month of the year before has results.
    """
    first, last = months_in(history)
    before = calendar.months(year - 1)
    if not (before[0] <= last and first <= before[-1]):
        raise HistoryError(
            f"FY{year - 1} ({before[0]} to {before[-1]}) has no results: orders run from {first} to {last}. "
            f"Plan a fiscal year that follows them, such as FY{calendar.year_of_month(last) + 1}."
        )
    return [month if month <= last else add_months(month, -12) for month in before]


def credited(history: History, calendar: FiscalCalendar, year: int) -> pd.DataFrame:
    """Give the results that next year's goals start from.

    Returns
    -------
    Columns ``rep`` (credited), ``holder`` (still here, and the last to have sold to the account; empty if
    nobody), ``territory``, ``product`` (product line), ``channel``, ``month``, ``one_off`` (1 for orders that will
    not come again, else 0), ``now`` (territory that the account belongs to), ``now_holder`` (who sold to it there
    last and is still here; empty if nobody), ``year`` (fiscal) and ``amount`` in whole minor units.
    """
    rows = _sold(history, calendar, year, base_months(history, calendar, year))
    return rows.assign(year=rows["month"].map(calendar.year_of_month).astype("int64"))


def came(history: History, calendar: FiscalCalendar, year: int, places: pd.DataFrame) -> pd.DataFrame:
    """Give the results of a fiscal year by position, as positions were when it began.

    Results of people who came later stand with whoever served the account when the year began; where nobody did, with
    the territory alone.

    Parameters
    ----------
    history, calendar, year
        The fiscal year.
    places
        Positions when it began: columns ``territory``, ``rep``.

    Returns
    -------
    Columns ``territory``, ``rep`` (empty for the territory alone), ``amount`` in whole minor units.
    """
    rows = _sold(history, calendar, year, calendar.months(year))
    here = pd.MultiIndex.from_frame(places[["territory", "rep"]])
    credited, held = (pd.MultiIndex.from_frame(rows[["territory", name]]).isin(here) for name in ("rep", "holder"))
    rep = rows["rep"].where(credited, rows["holder"].where(held, ""))
    return rows.assign(rep=rep).groupby(["territory", "rep"], as_index=False)["amount"].sum()


def _sold(history: History, calendar: FiscalCalendar, year: int, months: list[str]) -> pd.DataFrame:
    return history.rows(
        _CREDITED,
        first=first_day(min(months)),
        last=last_day(max(months)),
        begins=first_day(calendar.months(year)[0]),
        months=",".join(months),
    )


def people_here(history: History, calendar: FiscalCalendar, year: int) -> list[str]:
    """Name the people who have not left before the fiscal year begins."""
    rows = history.rows(
        'select rep from people where "left" is null or "left" >= $begins order by rep',
        begins=first_day(calendar.months(year)[0]),
    )
    return list(rows["rep"])


def assignments(history: History, calendar: FiscalCalendar, year: int) -> pd.DataFrame:
    """Give the assignments that run into a fiscal year: columns ``territory``, ``rep``.

    Of a year that has begun, those that ran on its first day: who comes during it was not known when it was planned.
    """
    months = calendar.months(year)
    return history.rows(
        "select distinct territory, rep from assignments where (effective_to is null or effective_to >= $begins) "
        "and (not $begun or effective_from is null or effective_from <= $begins) order by territory, rep",
        begins=first_day(months[0]),
        begun=has_begun(history, months[0]),
    )


def has_begun(history: History, month: str) -> bool:
    """Say whether results of a month, or of later ones, are in."""
    return months_in(history)[1] >= month


def is_complete(history: History, calendar: FiscalCalendar, month: str) -> bool:
    """Say whether all results of a month are in, as far as can be told.

    They are once something later is in, or something of its last `LAST_DAYS` working days.
    """
    found = history.rows("select cast(max(date) as date) as last from orders")["last"].iloc[0]
    if pd.isna(found):
        return False
    told = pd.Timestamp(found).date()
    return told > last_day(month) or (
        told >= first_day(month) and calendar.working_days(told, last_day(month)) <= LAST_DAYS
    )


def territories(history: History) -> pd.DataFrame:
    """Give all territories with their region: columns ``territory``, ``region``."""
    return history.rows("select territory, region from territories order by territory")


def managers(history: History) -> dict[str, str]:
    """Give the manager of each rep who has one."""
    rows = history.rows("select rep, manager from people where manager is not null order by rep")
    return dict(zip(rows["rep"], rows["manager"], strict=True))


def there(history: History) -> dict[str, tuple[date, date]]:
    """Give the first and the last day on which each person is there; far away where neither is told."""
    rows = history.rows('select rep, hired, "left" from people').to_dict("records")
    ever = (date.min, date.max)
    return {
        row["rep"]: tuple(  # type: ignore[misc]
            ever[place] if pd.isna(row[name]) else pd.Timestamp(row[name]).date()
            for place, name in enumerate(("hired", "left"))
        )
        for row in rows
    }


def roles(history: History) -> dict[str, str]:
    """Give the role of each rep; empty where it is not told."""
    rows = history.rows("select rep, coalesce(role, '') as role from people order by rep")
    return dict(zip(rows["rep"], rows["role"], strict=True))


def employed(history: History, calendar: FiscalCalendar, year: int) -> dict[str, Fraction]:
    """Give the part of a fiscal year's days that each rep is employed; days that are not told count as employed."""
    months = calendar.months(year)
    begins, ends = pd.Timestamp(first_day(months[0])), pd.Timestamp(last_day(months[-1]))
    rows = history.rows('select rep, hired, "left" from people order by rep')
    hired, left = (pd.to_datetime(rows[name]) for name in ("hired", "left"))
    days = (left.fillna(ends).clip(upper=ends) - hired.fillna(begins).clip(lower=begins)).dt.days + 1
    whole = (ends - begins).days + 1
    return {str(rep): Fraction(max(int(there), 0), whole) for rep, there in zip(rows["rep"], days, strict=True)}


def by_customer_group(history: History, first: str, last: str) -> pd.DataFrame:
    """Add up the sales of months by territory, product line, channel, customer segment and tier.

    Returns
    -------
    ``territory``, ``product`` (line), ``channel``, ``segment``, ``tier`` (empty texts where not told), ``amount``.
    """
    by = ["territory", "product_line", "channel", "segment", "tier"]
    found = history.sums(Sums("orders", {"amount": "amount"}, by, "date", first, last))
    texts = found[by].astype("object").where(found[by].notna(), "")
    return found.assign(**texts).rename(columns={"product_line": "product"}).astype({"amount": "float64"})


def accounts(history: History, rep: str, months: list[str]) -> pd.DataFrame:
    """Add up what the accounts of a rep bought in some months: those whose last order was with the rep.

    Returns
    -------
    ``customer``, ``product`` (line), ``amount`` in whole minor units; the largest account first.
    """
    rows = history.rows(_ACCOUNTS, rep=rep, months=",".join(months))
    size = rows.groupby("customer")["amount"].transform("sum")
    order = rows.assign(size=size).sort_values(["size", "customer"], ascending=[False, True], kind="stable")
    return order.drop(columns="size").reset_index(drop=True)


def growth_seen(history: History) -> tuple[float, float] | None:
    """Give the smallest and largest growth of a territory from twelve months to the next twelve; none if not told."""
    sold = history.sums(Sums("orders", {"amount": "amount"}, ["territory", "month"], "date"))
    table = sold.pivot_table(index="month", columns="territory", values="amount", aggfunc="sum").sort_index()
    table = table.reindex(month_range(str(table.index[0]), str(table.index[-1]))).fillna(0).astype(float)
    years = table.rolling(12).sum()
    before = years.shift(12)
    growth = (years / before.where(before > 0) - 1).stack().dropna()
    return (float(growth.min()), float(growth.max())) if len(growth) else None
