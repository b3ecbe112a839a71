"""Customers: new, lost, expanded, shrunk, passed from one rep to another.

An *account* is a customer in a territory. By its revenue in the two years it is new (none in the base), lost
(none now), or kept; a kept one expanded or shrunk. Where a rep sold to a kept account in one of the years only and
a colleague in the other, what the two sold is an account that changed hands.
"""

import pandas as pd

from planning.history.why.scope import Scope, side

EFFECTS = ("new", "lost", "expanded", "shrunk", "changed_hands", "unnamed")
RULES = (
    "An account is a customer in a territory. New: nothing bought in the base months; lost: nothing bought since.",
    "A kept account expanded or shrunk by its whole revenue, whatever it bought of one product.",
    "An account that another rep serves now has changed hands: a minus for one, a plus for the other.",
)


def effects(scope: Scope) -> pd.DataFrame:
    """Account for the difference in revenue by what became of each account.

    Returns
    -------
    Index: the accounts that were asked for. Columns `EFFECTS` (without ``unnamed`` where every line names its
    customer), and the amounts ``base`` and ``now``, whole minor units.
    """
    asked = scope.both("orders", "date", list(dict.fromkeys([*scope.split, "territory", "customer", "rep"])))
    columns = {"side": side("date"), "amount_": "fact.amount"}
    sql = _QUERY.format(
        line=_SOLD.format(lines=asked.rows(columns), by=", ".join(asked.by)),
        whole=_SOLD.format(lines=asked.rows(columns, of_all=True), by=", ".join(asked.by))
        if scope.where
        else "select * from line",
        account=scope.account_of,
    )
    found = scope.by_account(sql, asked.values())
    unnamed = found["unnamed"].any()
    return found[[*(each for each in EFFECTS if unnamed or each != "unnamed"), "base", "now"]]


_SOLD = """
    select {by}, sum(case when side = -1 then amount_ else 0 end) as base,
           sum(case when side = 1 then amount_ else 0 end) as now
    from ({lines}) as each_line
    group by {by}
"""

_QUERY = """
with line as ({line}),
whole as ({whole}),
served as (
    select territory, customer, rep, sum(base) as base, sum(now) as now
    from whole
    where customer is not null
    group by territory, customer, rep
),
together as (
    select *, sum(base) over (partition by territory, customer) as base_all,
           sum(now) over (partition by territory, customer) as now_all,
           count(*) over (partition by territory, customer) as reps
    from served
),
judged as (
    select territory, customer, rep,
           case when base_all <= 0 and now_all > 0 then 'new'
                when base_all > 0 and now_all <= 0 then 'lost'
                when reps > 1 and (base = 0 or now = 0) then 'changed_hands'
                when now_all >= base_all then 'expanded'
                else 'shrunk' end as became
    from together
),
told as (
    select {account} as account, line.base, line.now, line.now - line.base as change,
           coalesce(became, 'unnamed') as became
    from line
    left join judged
      on judged.territory = line.territory and judged.customer = line.customer and judged.rep = line.rep
)
select account,
       cast(sum(case when became = 'new' then change else 0 end) as bigint) as new,
       cast(sum(case when became = 'lost' then change else 0 end) as bigint) as lost,
       cast(sum(case when became = 'expanded' then change else 0 end) as bigint) as expanded,
       cast(sum(case when became = 'shrunk' then change else 0 end) as bigint) as shrunk,
       cast(sum(case when became = 'changed_hands' then change else 0 end) as bigint) as changed_hands,
       cast(sum(case when became = 'unnamed' then change else 0 end) as bigint) as unnamed,
       cast(sum(base) as bigint) as base, cast(sum(now) as bigint) as now
from told
group by account
"""
