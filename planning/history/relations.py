"""What is derived from the canonical tables, row by row, before anything is added up.

A relation is a view: plain SQL over canonical tables and relations before it. It can be asked like a table. A
relation that bears the name of a table stands in its place; the table itself is then ``loaded_<name>``.
"""

from dataclasses import dataclass

from planning.metrics import RECEIVED
from planning.tables import TABLES

OWN = "lower(kind) not in ({})".format(", ".join(f"'{kind}'" for kind in RECEIVED))
"""Condition on activities: what reps did themselves."""

LOADED = "loaded_"
"""Before the name of a table in whose place a relation stands."""


@dataclass(frozen=True)
class Relation:
    """A view over canonical tables.

    Parameters
    ----------
    name
        As queries call it.
    columns
        What it gives, in the order of the query.
    sql
        The query.
    changed_by
        For a relation in a table's place: the table without whose rows it gives what the table itself holds, so that
        it is left out, and costs nothing, while that one is empty.
    """

    name: str
    columns: tuple[str, ...]
    sql: str
    changed_by: str = ""


def _part_of(column: str) -> str:
    """Write the part of a whole number that lies between two cumulative shares of it.

    The two bounds are rounded, not the part: the last bound of a line is the number itself, so its parts add up to
    it exactly. Half is rounded away from zero, which makes the parts of a return those of a sale, negative.
    """
    upto, before = (
        f"cast(round(cast(part.{share} as decimal(7, 6)) * whole.{column}) as bigint)" for share in ("upto", "before")
    )
    return f"case when part.rep is null then whole.{column} else {upto} - {before} end as {column}"


_CREDITED = f"""
select whole.order_id, whole.line, whole.date, coalesce(part.rep, whole.rep) as rep, whole.territory,
    whole.customer, whole.product, whole.channel,
    {_part_of("quantity")},
    {_part_of("amount")},
    {_part_of("cost")}
from loaded_orders as whole
left join (
    select order_id, line, rep, upto, upto - share as before
    from (
        select order_id, line, rep, share, sum(share) over (
            partition by order_id, line order by rep rows between unbounded preceding and current row
        ) as upto
        from credits
    ) as running
) as part on part.order_id = whole.order_id and part.line = whole.line
"""
"""Order lines as they are credited: a shared line stands once for each rep who shares it, with that rep's part."""


def _number(day: str) -> str:
    """Write the number of the month that a day lies in, counted from the year 0."""
    return f"(extract(year from {day}) * 12 + extract(month from {day}) - 1)"


_TWELVE = f"(select place from (values {', '.join(f'({place})' for place in range(12))}) as listed(place))"
_YEAR, _MONTH = "cast(floor(number / 12.0) as bigint)", "cast(number - 12 * floor(number / 12.0) + 1 as bigint)"

_MONTHS = f"""
select number, cast(
    lpad(cast({_YEAR} as varchar), 4, '0') || '-' || lpad(cast({_MONTH} as varchar), 2, '0') || '-01' as date
) as date
from (
    select span.earliest + places.place as number
    from (
        select min({_number("day")}) as earliest, max({_number("day")}) as latest
        from (
            select date as day from orders
            union all select opened from opportunities
            union all select proposed from opportunities
            union all select closed from opportunities
        ) as dated
    ) as span
    cross join (
        select (ones.place + 12 * dozens.place + 144 * grosses.place) as place
        from {_TWELVE} as ones cross join {_TWELVE} as dozens cross join {_TWELVE} as grosses
    ) as places
    where span.earliest + places.place <= span.latest
) as counted
"""
"""Every month from the first to the last that anything is dated in, with its number and its first day."""

_PROPOSALS = f"""
select deal.opportunity, deal.rep, deal.territory, deal.customer, deal.product, deal.channel, month.date, deal.amount
from opportunities as deal
join months_told as month on month.number >= {_number("deal.proposed")}
where (deal.closed is not null and month.number < {_number("deal.closed")})
   or (deal.closed is null and deal.status = 'open')
"""
"""A row an opportunity and month at whose end it is proposed and not closed."""

_FIRST_ORDERS = f"""
select placed.rep, placed.territory, placed.customer, placed.channel, placed.date
from (
    select rep, territory, customer, channel, date, row_number() over (
        partition by territory, customer order by date, order_id, line, amount desc, rep
    ) as place
    from orders where customer is not null and amount > 0
) as placed
cross join (select min({_number("date")}) as earliest from orders) as span
where placed.place = 1 and {_number("placed.date")} >= span.earliest + 12
"""
"""A row a customer of a territory: the first order, where a year of history before it tells that there was none."""

_CUSTOMER_YEARS = f"""
with bought as (
    select rep, territory, customer, number, sum(amount) as amount
    from (select rep, territory, customer, {_number("date")} as number, amount from orders) as line
    where customer is not null
    group by rep, territory, customer, number
    having sum(amount) > 0
),
ahead as (
    select 12 * dozens.place + ones.place as months from {_TWELVE} as ones cross join {_TWELVE} as dozens
    where dozens.place < 2
),
seen as (
    select bought.rep, bought.territory, bought.customer, month.date, month.number, ahead.months as ago,
           row_number() over (
               partition by bought.territory, bought.customer, month.date
               order by ahead.months, bought.amount desc, bought.rep
           ) as place,
           max(case when ahead.months >= 12 then 1 else 0 end) over (
               partition by bought.territory, bought.customer, month.date
           ) as earlier,
           sum(case when ahead.months < 12 then bought.amount else 0 end) over (
               partition by bought.territory, bought.customer, month.date
           ) as sold,
           sum(case when ahead.months >= 12 then bought.amount else 0 end) over (
               partition by bought.territory, bought.customer, month.date
           ) as sold_before
    from bought cross join ahead join months_told as month on month.number = bought.number + ahead.months
),
span as (select min({_number("date")}) as earliest, max({_number("date")}) as latest from orders)
select seen.rep, seen.territory, seen.customer, customers.channel, seen.date,
       case when seen.ago < 12 then 1 else 0 end as active,
       case when seen.number < span.earliest + 23 then null else seen.earlier end as earlier,
       case when seen.number < span.earliest + 23 then null when seen.ago < 12 then seen.earlier else 0 end as kept,
       case when seen.number < span.earliest + 23 then null when seen.ago < 12 then 0 else 1 end as lost,
       cast(seen.sold as bigint) as sold, cast(seen.sold_before as bigint) as sold_before
from seen cross join span left join customers on customers.customer = seen.customer
where seen.place = 1 and seen.number between span.earliest + 11 and span.latest
"""
"""A row a customer of a territory and month: whether there were orders in the twelve months up to its end, and in the
twelve before; empty while the history does not reach back that far. What was bought in both, without months in which
more came back than was bought."""

_SELLING = """
select people.rep, people.hired, people."left", served.territory from people
left join (
    select rep, territory, row_number() over (
        partition by rep order by coalesce(effective_to, date '9999-12-31') desc, territory
    ) as place
    from assignments
) as served on served.rep = people.rep and served.place = 1
where people.rep in (select rep from orders)
  and people.rep not in (select manager from people where manager is not null)
"""
"""Everybody with orders who manages nobody, with the territory that they served last."""

_LEAVINGS = f"""
select selling.rep, selling.territory, selling."left" as date from ({_SELLING}) as selling
where selling."left" is not null
"""
"""A row a rep who left, by the last day."""

_IN_SERVICE = f"""
select selling.rep, selling.territory, month.date from ({_SELLING}) as selling
join months_told as month on (selling.hired is null or {_number("selling.hired")} <= month.number)
    and (selling."left" is null or {_number('selling."left"')} >= month.number)
"""
"""A row a rep and month in which the rep was there; those of months before any rep's first day are told alike."""

_AHEAD = 3
"""Months of goals that a pipeline is held against."""

_OPEN_DEALS = f"""
select deal.opportunity, deal.rep, deal.territory, deal.customer, deal.product, deal.channel, month.date, deal.amount,
       case when month.number + {_AHEAD} <= span.latest then 1 end as ahead
from opportunities as deal
join months_told as month on month.number >= {_number("deal.opened")}
cross join (select max({_number("month")}) as latest from goals where metric = 'revenue') as span
where (deal.closed is not null and month.number < {_number("deal.closed")})
   or (deal.closed is null and deal.status = 'open')
"""
"""A row an opportunity and month at whose end it is open, and whether there are goals of the months after."""

_GOALS_AHEAD = f"""
select asked.rep, asked.territory, asked.product_line, asked.channel, month.date, asked.target as amount
from goals as asked
join months_told as month on {_number("asked.month")} between month.number + 1 and month.number + {_AHEAD}
cross join (select max({_number("month")}) as latest from goals where metric = 'revenue') as span
where asked.metric = 'revenue' and month.number + {_AHEAD} <= span.latest
"""
"""A row a revenue goal and month before it, where all the months after have goals."""

_WHOSE = ("rep", "territory", "customer", "channel", "date")

RELATIONS: dict[str, Relation] = {
    relation.name: relation
    for relation in (
        Relation("orders", TABLES["orders"].names, _CREDITED, "credits"),
        Relation("months_told", ("number", "date"), _MONTHS),
        Relation("proposals_in_process", ("opportunity", *_WHOSE[:3], "product", *_WHOSE[3:], "amount"), _PROPOSALS),
        Relation("first_orders", _WHOSE, _FIRST_ORDERS),
        Relation(
            "customer_years", (*_WHOSE, "active", "earlier", "kept", "lost", "sold", "sold_before"), _CUSTOMER_YEARS
        ),
        Relation("leavings", ("rep", "territory", "date"), _LEAVINGS),
        Relation("in_service", ("rep", "territory", "date"), _IN_SERVICE),
        Relation("open_deals", ("opportunity", *_WHOSE[:3], "product", *_WHOSE[3:], "amount", "ahead"), _OPEN_DEALS),
        Relation("goals_ahead", ("rep", "territory", "product_line", "channel", "date", "amount"), _GOALS_AHEAD),
    )
}
"""In the order in which they are made: a relation refers only to tables, and to relations before it."""


def columns_of(table: str) -> tuple[str, ...]:
    """Name the columns of a canonical table, as it is seen or as it was loaded, or of a relation."""
    return RELATIONS[table].columns if table in RELATIONS else TABLES[table.removeprefix(LOADED)].names
