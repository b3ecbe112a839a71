r"""Working days: what more or fewer of them made of the result, and what was sold a day.

For every month with :math:`d` working days and revenue :math:`m`, in the base and now,

.. math:: working\ days = \Delta d \cdot \tfrac12 (m_0 / d_0 + m_1 / d_1)

computed line by line; the rest of the difference is what was sold a day.
"""

import pandas as pd

from planning.history.why.scope import Scope, side
from planning.periods import first_day, last_day, split_month

EFFECTS = ("working_days", "daily_sales")
RULES = ("A working day is Monday to Friday, without the holidays in the settings of the workspace.",)


def effects(scope: Scope) -> pd.DataFrame:
    """Account for the difference in revenue by working days.

    Returns
    -------
    Index: the accounts. Columns `EFFECTS`, and the amounts ``base`` and ``now``, whole minor units.
    """
    asked = scope.both("orders", "date", scope.split)
    number = "extract(year from fact.date) * 12 + extract(month from fact.date)"
    lines = asked.rows({"side": side("date"), "amount_": "fact.amount", "number": number})
    listed = " union all ".join(
        f"select {month} as number, {part!r} as part" for month, part in _parts(scope).items()
    )
    sql = f"""
    with line as ({lines}),
    made as (select number, cast(part as double) as part from ({listed}) as listed)
    select {scope.account_of} as account,
           cast(sum(cast(sign(amount_ * part) * floor(abs(amount_ * part) + 0.5) as bigint)) as bigint)
               as working_days,
           cast(sum(case when side = -1 then amount_ else 0 end) as bigint) as base,
           cast(sum(case when side = 1 then amount_ else 0 end) as bigint) as now
    from line join made on made.number = line.number
    group by 1
    """
    found = scope.by_account(sql, asked.values())
    return found.assign(daily_sales=found["now"] - found["base"] - found["working_days"])[[*EFFECTS, "base", "now"]]


def _parts(scope: Scope) -> dict[int, float]:
    """Give the part of a line's amount that working days made, by month counted from year 0."""
    parts = {}
    for base, now in zip(scope.base, scope.now, strict=True):
        d_0, d_1 = (scope.calendar.working_days(first_day(month), last_day(month)) for month in (base, now))
        for month, days in ((base, d_0), (now, d_1)):
            year, number = split_month(month)
            parts[year * 12 + number] = (d_1 - d_0) / (2 * days) if days else 0.0
    return parts
