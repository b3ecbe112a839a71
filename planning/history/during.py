"""What was done between two days, and which deals were open on a day: what a conversation looks at."""

from datetime import date

import pandas as pd

from planning.history.engine import History
from planning.history.relations import OWN
from planning.history.stages import STEPS, stages, steps_of

WON = "won"


def through(history: History) -> date | None:
    """Give the last day with an order; none if there are no orders."""
    found = history.rows("select max(date) as last from orders")["last"].iloc[0]
    return None if pd.isna(found) else pd.Timestamp(found).date()


def sold(history: History, first: date, last: date) -> pd.Series:
    """Add up what each rep sold between two days, both included: minor units by rep."""
    rows = history.rows(
        "select rep, cast(sum(amount) as bigint) as amount from orders where date between $first and $last "
        "and rep is not null group by rep order by rep",
        first=first,
        last=last,
    )
    return rows.set_index("rep")["amount"].astype("int64")


def acted(history: History, first: date, last: date) -> pd.DataFrame:
    """Count what each rep did between two days, both included.

    Returns
    -------
    ``rep``, ``name`` (a kind of activity, a step that opportunities came into, or ``won``) and ``count``.
    """
    parts = ["select rep, kind as name, cast(sum(count) as bigint) as count from activities "
             f"where date between $first and $last and {OWN} group by rep, kind"]  # fmt: skip
    dated = [(step, step, "") for step in steps_of(history)] + [(WON, "closed", " and status = 'won'")]
    parts += [
        f"select rep, '{name}' as name, count(*) as count from opportunities "
        f"where {day} between $first and $last{only} group by rep"
        for name, day, only in dated
    ]
    told = " union all ".join(parts)
    return history.rows(f"select * from ({told}) as each_one order by rep, name", first=first, last=last)


def open_deals(history: History, day: date) -> pd.DataFrame:
    """Give the deals that were open on a day, with the step that each had reached by then.

    Returns
    -------
    A row a deal, those that sit longest against what is usual first: ``opportunity``, ``rep``, ``territory``,
    ``customer``, ``product``, ``amount`` (minor units, empty where not told), ``step``, ``reached`` (day), ``days``
    in the step, ``usual`` (median of all deals in the step, empty where not known) and ``over`` (whether it sits
    longer than that).
    """
    steps = steps_of(history)
    names = ["opportunity", "rep", "territory", "customer", "product", "amount", "step", "reached"]
    if not steps:
        return pd.DataFrame(columns=[*names, "days", "usual", "over"])
    by_then = [(step, f"case when {step} <= $day then {step} end") for step in reversed(steps)]
    reached = f"coalesce({', '.join(when for _, when in by_then)})"
    cases = " ".join(f"when {step} <= $day then '{step}'" for step, _ in by_then)
    rows = history.rows(
        "select opportunity, rep, territory, coalesce(customer, '') as customer, coalesce(product, '') as product, "
        f"amount, case {cases} end as step, {reached} as reached from opportunities "
        f"where {reached} is not null and (closed is null or closed > $day) and (status = 'open' or closed > $day) "
        "order by opportunity",
        day=day,
    )
    return _timed(rows, day, usual_days(history, day))


def usual_days(history: History, day: date) -> pd.Series:
    """Give the median of days that deals sat in each step until a month: days by step."""
    table = stages(history, [], None, f"{day:%Y-%m}")
    return table.set_index("stage")["median_days"].astype("float64").reindex(list(STEPS)).dropna()


def _timed(rows: pd.DataFrame, day: date, usual: pd.Series) -> pd.DataFrame:
    days = (pd.Timestamp(day) - pd.to_datetime(rows["reached"])).dt.days.astype("int64")
    table = rows.assign(days=days, usual=rows["step"].map(usual).astype("float64"))
    table["over"] = table["days"] > table["usual"].fillna(float("inf"))
    waits = table["days"] / table["usual"].clip(lower=1)
    order = table.assign(waits=waits.fillna(0)).sort_values(
        ["waits", "opportunity"], ascending=[False, True], kind="stable"
    )
    return order.drop(columns="waits").reset_index(drop=True)
