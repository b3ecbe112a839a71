r"""Volume, channel mix, product mix and price.

A *cell* is a product in a channel and a territory, with price :math:`P`: the mean of its two years' amounts over
quantities. :math:`V`, :math:`V_c` and :math:`V_p` are what a unit of the territory, of the territory's channel and of
the territory's product is worth at these prices, again the mean of the two years. A row that changes the
quantity by :math:`\Delta q` and the amount by :math:`\Delta m` has the effects

.. math::

    volume = V \Delta q, \quad channel\ mix = \tfrac12 [(V_c - V) + (P - V_p)] \Delta q, \quad
    product\ mix = \tfrac12 [(P - V_c) + (V_p - V)] \Delta q, \quad price = \Delta m - P \Delta q

The mixes are the mean of both orders (channel first, product first). Each is rounded to the minor unit line by
line; what rounding leaves is in the price.
"""

from typing import Literal

import pandas as pd

from planning.history.why.scope import Scope, side

ValuedAt = Literal["mean", "base"]
EFFECTS = ("volume", "channel_mix", "product_mix", "price")
RULES = (
    "A unit is valued at the mean of its two years' prices, of the same product in the same channel and territory.",
    "A product that is new, or was dropped, has the price of the year it was sold in: it changes volume and mix.",
    "Returns take away from quantity and amount. A credit without a quantity is price.",
    "Where a year has no price that means anything (more returned than sold), the other year's price stands.",
)

MICRO = 1_000_000
"""Values of a unit are whole millionths of a minor unit, so that every engine adds the same numbers up."""


def effects(scope: Scope, valued_at: ValuedAt = "mean", item: str = "product") -> pd.DataFrame:
    """Account for the difference in revenue by quantity and price of what was sold.

    Parameters
    ----------
    scope
        What is accounted for.
    valued_at
        ``mean`` values a unit at the mean of both years; ``base`` at the base's price alone, as management
        accounting often does: then all that price and quantity share goes to the price.
    item
        Dimension whose values have a price and a quantity each.

    Returns
    -------
    Index: the accounts. Columns `EFFECTS`, and the amounts ``base`` and ``now``, whole minor units.
    """
    asked = scope.both("orders", "date", list(dict.fromkeys([*scope.split, "territory", "channel", item])))
    columns = {"side": side("date"), "quantity_": "fact.quantity", "amount_": "fact.amount"}
    return _answer(scope, asked.rows(columns), asked.rows(columns, of_all=True), item, asked.values(), valued_at)


def effects_of_goals(scope: Scope, valued_at: ValuedAt = "mean", item: str = "product_line") -> pd.DataFrame:
    """Account for the difference between revenue and its goal, where goals tell units beside revenue.

    Where goals do not tell channels, all channels are one, and there is no mix of them.
    """
    goals_only = scope.both("goals", "month", ["channel"], "fact.month >= $now_first").rows({}, of_all=True)
    named = scope.history.rows(f"select count(channel) as told from ({goals_only}) as goal", **scope.bounds)
    channel = {} if named["told"].iloc[0] else {"channel": "''"}
    by = list(dict.fromkeys([*scope.split, "territory", *([] if channel else ["channel"]), item]))
    sold = scope.both("orders", "date", by, "fact.date >= $now_first")
    goals = scope.both("goals", "month", by, "fact.month >= $now_first and metric in ('units', 'revenue')")
    of_sold = {**channel, "side": "1", "quantity_": "fact.quantity", "amount_": "fact.amount"}
    of_goals = {
        **channel,
        "side": "-1",
        "quantity_": "case when metric = 'units' then target else 0 end",
        "amount_": "case when metric = 'revenue' then target else 0 end",
    }
    lines, whole = (
        f"{sold.rows(of_sold, of_all)} union all {goals.rows(of_goals, of_all)}" for of_all in (False, True)
    )
    return _answer(scope, lines, whole, item, sold.values(), valued_at)


def _answer(
    scope: Scope, lines: str, whole: str, item: str, values: dict[str, object], valued_at: ValuedAt
) -> pd.DataFrame:
    columns = ", ".join(dict.fromkeys([*scope.split, "territory", "channel", item]))
    sql = _QUERY.format(
        line=_ALIKE.format(lines=lines, columns=columns),
        whole=_ALIKE.format(lines=whole, columns=columns) if scope.where else "select * from line",
        item=item,
        account=scope.account_of,
        price=_worth(("m0", "q0", "m1", "q1"), valued_at, MICRO),
        territory=_worth(_totals("territory"), valued_at),
        channel=_worth(_totals("territory, channel"), valued_at),
        product=_worth(_totals(f"territory, {item}"), valued_at),
    )
    found = scope.by_account(sql, values)
    rest = found["now"] - found["base"] - found[["volume", "channel_mix", "product_mix"]].sum(axis=1)
    return found.assign(price=rest)[[*EFFECTS, "base", "now"]]


def _totals(group: str) -> tuple[str, str, str, str]:
    """Write amounts at constant prices and quantities of a group of cells, in the base and now."""
    sums = []
    for quantity in ("q0", "q1"):
        sold = f"case when {quantity} > 0 then cast({quantity} as decimal(38, 0)) else 0 end"
        sums += [f"sum({sold} * price) over (partition by {group})", f"sum({sold}) over (partition by {group})"]
    return sums[0], sums[1], sums[2], sums[3]


def _worth(sums: tuple[str, str, str, str], valued_at: ValuedAt, scale: int = 1) -> str:
    """Write what one is worth, from amount and count in the base and now: of the years that say it; else null."""
    years = ((sums[0], sums[1]), (sums[2], sums[3]))
    base, now = (f"(cast({m} as double) * {scale} / cast({q} as double))" for m, q in years)
    told, told_too = (f"({q} <> 0 and ({m} = 0 or ({m} > 0) = ({q} > 0)))" for m, q in years)
    mean = f"when {told} and {told_too} then ({base} + {now}) / 2 " if valued_at == "mean" else ""
    return f"cast(floor(case {mean}when {told} then {base} when {told_too} then {now} end + 0.5) as bigint)"


_ALIKE = """
    select {columns}, quantity_, count(*) as lines_, sum(side) as more_, sum(amount_) as both_,
           sum(case when side = 1 then amount_ else 0 end) as now_
    from ({lines}) as each_line
    group by {columns}, quantity_
"""
"""Lines of a cell and quantity have the same volume and mix, and those of both years cancel out: they are counted."""

_QUERY = """
with line as ({line}),
whole as ({whole}),
cell as (
    select territory, coalesce(channel, '') as channel, {item},
           cast(sum(quantity_ * (lines_ - more_)) / 2 as bigint) as q0, sum(both_ - now_) as m0,
           cast(sum(quantity_ * (lines_ + more_)) / 2 as bigint) as q1, sum(now_) as m1
    from whole
    group by territory, coalesce(channel, ''), {item}
),
priced as (select *, coalesce({price}, 0) as price from cell),
worth as (
    select territory, channel, {item}, price, {territory} as in_territory, {channel} as in_channel,
           {product} as in_product
    from priced
),
valued as (
    select territory, channel, {item}, price, coalesce(in_territory, price) as in_territory,
           coalesce(in_channel, price) as in_channel,
           coalesce(in_product, price) as in_product
    from worth
),
changed as (
    select {account} as account, more_, both_, now_, cast(quantity_ as double) as quantity_,
           in_territory / 1000000.0 as v,
           (in_channel - in_territory + price - in_product) / 2000000.0 as c,
           (price - in_channel + in_product - in_territory) / 2000000.0 as p
    from line
    join valued
      on valued.territory = line.territory and valued.channel = coalesce(line.channel, '')
     and valued.{item} = line.{item}
)
select account,
       cast(sum(more_ * cast(sign(v) * floor(quantity_ * abs(v) + 0.5) as bigint)) as bigint) as volume,
       cast(sum(more_ * cast(sign(c) * floor(quantity_ * abs(c) + 0.5) as bigint)) as bigint) as channel_mix,
       cast(sum(more_ * cast(sign(p) * floor(quantity_ * abs(p) + 0.5) as bigint)) as bigint) as product_mix,
       cast(sum(both_ - now_) as bigint) as base, cast(sum(now_) as bigint) as now
from changed
group by account
"""
