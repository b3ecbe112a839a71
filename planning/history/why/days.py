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
    Index: the accounts. Columns `EFFECTS` and ``difference``, whole minor units.
    """
    asked = scope.both("orders", "date", scope.split)
    weights = _weights(scope)
    month = "extract(year from fact.date) * 12 + extract(month from fact.date)"
    weight = f"case {month} " + " ".join(f"when {each} then {value!r}" for each, value in weights.items()) + " end"
    lines = asked.rows({"side": side("date"), "amount_": "fact.amount", "weight": weight})
    sql = f"""
    with line as ({lines})
    select {scope.account_of} as account,
           cast(sum(cast(sign(amount_ * weight) * floor(abs(amount_ * weight) + 0.5) as bigint)) as bigint)
               as working_days,
           cast(sum(side * amount_) as bigint) as difference
    from line
    group by 1
    """
    found = scope.by_account(sql, asked.values())
    return found.assign(daily_sales=found["difference"] - found["working_days"])[[*EFFECTS, "difference"]]


def _weights(scope: Scope) -> dict[int, float]:
    """Give the part of a line's amount that working days made, by month counted from year 0."""
    weights = {}
    for base, now in zip(scope.base, scope.now, strict=True):
        d_0, d_1 = (scope.calendar.working_days(first_day(month), last_day(month)) for month in (base, now))
        for month, days in ((base, d_0), (now, d_1)):
            year, number = split_month(month)
            weights[year * 12 + number] = (d_1 - d_0) / (2 * days) if days else 0.0
    return weights
