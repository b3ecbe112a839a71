"""What accounts bought, under whoever sold to them last."""

from collections.abc import Sequence

import pandas as pd

from planning.history.engine import History
from planning.periods import add_months

GROUPS = ("segment", "tier", "channel")
"""What customers are grouped by."""

_SOLD = """
with line as (
    select customer, rep, date, order_id, line, amount, strftime(date, '%Y-%m') as month from orders
    where customer is not null
),
served as (
    select customer, rep,
           row_number() over (partition by customer order by date desc, order_id desc, line desc, rep) as place
    from line
),
began as (select customer, min(date) as first from orders where amount > 0 group by customer),
span as (select strftime(min(date), '%Y-%m') as earliest from orders)
select served.rep, line.customer, coalesce(customers.segment, '') as segment, coalesce(customers.tier, '') as tier,
       coalesce(customers.channel, '') as channel, cast(sum(line.amount) as bigint) as amount,
       max(case when strftime(began.first, '%Y-%m') >= $first and span.earliest < $first then 1 else 0 end) as new
from line
join served on served.customer = line.customer and served.place = 1
cross join span
left join began on began.customer = line.customer
left join customers on customers.customer = line.customer
where strpos($months, line.month) > 0 and served.rep is not null
group by 1, 2, 3, 4, 5
order by served.rep, amount desc, line.customer
"""


_AGAIN = """
with bought as (
    select customer, sum(case when strpos($before, strftime(date, '%Y-%m')) > 0 then amount else 0 end) as earlier,
           sum(case when strpos($months, strftime(date, '%Y-%m')) > 0 then amount else 0 end) as later
    from orders where customer is not null
    group by customer
),
span as (select strftime(min(date), '%Y-%m') as earliest from orders)
select cast(sum(bought.earlier) as bigint) as earlier, cast(sum(bought.later) as bigint) as later
from bought cross join span
where bought.earlier > 0 and span.earliest <= $first
"""


def kept(history: History, months: Sequence[str]) -> float | None:
    """Say which part of what accounts had bought in the year before some months they bought again in these.

    Parameters
    ----------
    history
        The history.
    months
        ISO months.

    Returns
    -------
    A fraction, what accounts bought more among it, above 1 where they grew; none where the history does not reach
    back so far.
    """
    before = [add_months(month, -12) for month in months]
    row = history.rows(_AGAIN, months=",".join(months), before=",".join(before), first=min(before)).iloc[0]
    # Where no account bought in the year before, both sums are empty.
    return None if pd.isna(row["earlier"]) else int(row["later"]) / int(row["earlier"])


def sold(history: History, months: Sequence[str]) -> pd.DataFrame:
    """Add up what accounts bought in some months.

    Parameters
    ----------
    history
        The history.
    months
        ISO months.

    Returns
    -------
    ``rep`` (who sold to the account last), ``customer``, `GROUPS` (empty where not told), ``amount`` (whole minor
    units) and ``new`` (whether the first order was in these months; never where the history begins with them).
    """
    table = history.rows(_SOLD, months=",".join(months), first=min(months))
    return table.assign(new=table["new"] == 1)
