"""Accounts as they were known on a day: what each bought, how lately, from whom, and what was open then."""

from datetime import date

import pandas as pd

from planning.history.engine import History
from planning.history.results import months_in
from planning.history.sums import Sums
from planning.periods import add_months, first_day, last_day

COLUMNS = (
    "customer", "segment", "tier", "channel", "territory", "rep", "since", "revenue", "before", "lines",
    "last_order", "months_since", "open_value", "open_deals",
)  # fmt: skip

CAVEAT = (
    "Orders and opportunities are taken as they stood on the day. Segment, tier, channel and territory of an account "
    "are those of today: the history does not say what they were then."
)

_ACCOUNTS = """
with sold as (
    select customer, territory, channel, rep, date, order_id, line, amount, product from orders
    where customer is not null and date <= $last
),
placed as (
    select customer, territory, channel, rep,
           row_number() over (partition by customer order by date desc, order_id desc, line desc, rep) as place
    from sold
),
bought as (
    select s.customer,
           cast(sum(case when s.date >= $first then s.amount else 0 end) as bigint) as revenue,
           cast(sum(case when s.date < $first and s.date >= $earlier then s.amount else 0 end) as bigint) as before,
           count(distinct case when s.date >= $first and s.amount > 0 then p.product_line end) as lines,
           max(case when s.amount > 0 then s.date end) as last_order
    from sold s left join products p on p.product = s.product
    group by s.customer
),
pending as (
    select customer, cast(sum(coalesce(amount, 0)) as bigint) as open_value, count(*) as open_deals
    from opportunities
    where customer is not null and coalesce(opened, $last) <= $last
          and (status = 'open' or coalesce(closed, $last) > $last)
    group by customer
),
named as (
    select customer from customers where since is null or since <= $last
    union
    select customer from sold
)
select n.customer, c.segment, coalesce(c.tier, '') as tier, coalesce(c.channel, p.channel, '') as channel,
       coalesce(c.territory, p.territory, '') as territory,
       coalesce(p.rep, '') as rep, c.since,
       coalesce(b.revenue, 0) as revenue, coalesce(b.before, 0) as before, coalesce(b.lines, 0) as lines,
       b.last_order, coalesce(o.open_value, 0) as open_value, coalesce(o.open_deals, 0) as open_deals
from named n
left join customers c on c.customer = n.customer
left join placed p on p.customer = n.customer and p.place = 1
left join bought b on b.customer = n.customer
left join pending o on o.customer = n.customer
order by n.customer
"""


def accounts(history: History, last: str) -> pd.DataFrame:
    """Give all accounts as they were known at the end of a month; who never bought is a prospect.

    Parameters
    ----------
    history
        The history.
    last
        ISO month.

    Returns
    -------
    A row an account, by name: ``customer``, ``segment``, ``tier``, ``channel``, ``territory`` (that it belongs to, or
    that it last bought in; empty where not told), ``rep`` (who sold to it last; empty for who never bought),
    ``since``, ``revenue`` of the twelve months to `last` and ``before`` of the twelve months before these (minor
    units; empty where the history does not reach so far), ``lines`` (product lines bought in the twelve months),
    ``last_order``, ``months_since`` that day (empty for who never bought), ``open_value`` and ``open_deals``
    (opportunities that were open; empty where the history has none).
    """
    begins = add_months(last, -11)
    days = {"first": first_day(begins), "earlier": first_day(add_months(last, -23)), "last": last_day(last)}
    table = history.rows(_ACCOUNTS, **days)
    texts = {
        name: table[name].fillna("").astype("str") for name in ("segment", "tier", "channel", "territory", "rep")
    }
    table = table.assign(**texts, months_since=_months(table["last_order"], days["last"]))
    table = table.astype(dict.fromkeys(("revenue", "before", "lines", "open_value", "open_deals"), "Int64"))
    earliest, _ = months_in(history)
    if earliest > add_months(last, -23):
        table["before"] = pd.array([pd.NA] * len(table), dtype="Int64")
    if not int(history.rows("select count(*) as deals from opportunities")["deals"].iloc[0]):
        table[["open_value", "open_deals"]] = pd.DataFrame(pd.NA, table.index, ["open_value", "open_deals"], "Int64")
    return table[list(COLUMNS)]


def bought(history: History, first: str, last: str) -> pd.DataFrame:
    """Add up what accounts bought in some months: ``customer``, ``product`` (line), ``amount`` in minor units."""
    asked = Sums("orders", {"amount": "amount"}, ["customer", "product_line"], "date", first, last,
                 condition="fact.customer is not null")  # fmt: skip
    return history.sums(asked).rename(columns={"product_line": "product"}).astype({"amount": "int64"})


def _months(days: pd.Series, last: date) -> pd.Series:
    return (pd.Timestamp(last) - pd.to_datetime(days)).dt.days / 30.4375
