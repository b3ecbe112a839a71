"""What turns before results do, as it was known at the end of each month and week: pipeline and activity, by rep."""

from datetime import date

import pandas as pd

from planning.history.engine import History
from planning.history.relations import OWN
from planning.history.sums import Sums

WEEK_ONE = date(2000, 1, 3)
"""A Monday from which weeks are counted."""

_NUMBER = "(extract(year from {0}) * 12 + extract(month from {0}) - 1)"

_OPENED = """
select rep, strftime(opened, '%Y-%m') as month, count(*) as opened from opportunities
where rep is not null and opened is not null and opened <= $until group by 1, 2 order by 1, 2
"""
_CLOSED = """
select rep, strftime(closed, '%Y-%m') as month, sum(case when status = 'won' then 1 else 0 end) as won,
       sum(case when status = 'lost' then 1 else 0 end) as lost,
       cast(sum(case when status = 'won' then amount end) as bigint) as won_value,
       cast(sum(amount) as bigint) as closed_value,
       sum(case when status = 'won' and opened is not null then date_diff('day', opened, closed) end) as days,
       sum(case when status = 'won' and opened is not null
           then date_diff('day', opened, closed) * date_diff('day', opened, closed) end) as days_squared,
       sum(case when status = 'won' and opened is not null then 1 else 0 end) as timed
from opportunities where rep is not null and status in ('won', 'lost') and closed <= $until
group by 1, 2 order by 1, 2
"""
_STOCK = f"""
select deal.rep, strftime(month.date, '%Y-%m') as month, count(*) as deals, cast(sum(deal.amount) as bigint) as value,
       sum(case when {_NUMBER.format("deal.proposed")} <= month.number then 1 else 0 end) as proposals
from opportunities as deal
join months_told as month on month.number >= {_NUMBER.format("deal.opened")}
where deal.rep is not null and month.date <= $until
  and (deal.closed is null or month.number < {_NUMBER.format("deal.closed")})
  and (deal.closed is not null or deal.status = 'open')
group by 1, 2 order by 1, 2
"""
_DONE = f"""
select rep, cast(floor(date_diff('day', $start, date) / 7.0) as bigint) as week, cast(sum(count) as bigint) as done
from activities where date <= $until and {OWN} group by 1, 2 order by 1, 2
"""

PIPELINE = (
    "opened", "won", "lost", "won_value", "closed_value", "days", "days_squared", "timed", "deals", "value",
    "proposals",
)  # fmt: skip


def pipeline(history: History, until: date) -> pd.DataFrame:
    """Tell the pipeline by rep and month, as far as it was known on a day.

    Returns
    -------
    ``rep``, ``month``, and `PIPELINE`: opportunities opened, won and lost in the month; values won, and won and lost
    (minor units); days from opening to winning, their squares, and the deals that they are told of; opportunities
    open at the month's end, their value (as they ended, where they did), and how many were proposed. Zero where
    nothing is.
    """
    found = [history.rows(query, until=until).astype({"rep": "object", "month": "object"})
             for query in (_OPENED, _CLOSED, _STOCK)]  # fmt: skip
    table = (
        found[0].merge(found[1], on=["rep", "month"], how="outer").merge(found[2], on=["rep", "month"], how="outer")
    )
    return table.fillna(dict.fromkeys(PIPELINE, 0)).astype(dict.fromkeys(PIPELINE, "int64"))


def activity(history: History, until: date) -> pd.DataFrame:
    """Count what reps did, all kinds together, by week (counted from `WEEK_ONE`): ``rep``, ``week``, ``done``."""
    return history.rows(_DONE, until=until, start=WEEK_ONE)


def stages(history: History) -> pd.DataFrame:
    """Sum up what is open now by stage.

    Returns
    -------
    ``rep``, ``territory``, ``product_line``, ``stage`` (empty texts where not told), ``deals`` and ``value`` (minor
    units).
    """
    by = ["rep", "territory", "product_line", "stage"]
    asked = Sums(
        "opportunities", {"deals": "1", "value": "amount"}, by, "opened",
        condition="fact.status = 'open' and fact.rep is not null",
    )  # fmt: skip
    found = history.sums(asked)
    return found.assign(**{name: found[name].astype("object").fillna("") for name in by}).fillna({"value": 0})


def week_of(day: date) -> int:
    """Give the number of the last week that is over on a day.

    Examples
    --------
    >>> week_of(date(2000, 1, 9)), week_of(date(2000, 1, 10))
    (0, 0)
    """
    return ((day - WEEK_ONE).days + 1) // 7 - 1
