"""Reading at scale: attainment and the account of the difference, against the bare engine and against pandas.

Each function prepares a task (imports, an open history) and gives it; a task gives a few numbers to check its
answer by.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from measures import Comparison

if TYPE_CHECKING:
    import pandas as pd

YEAR = 2026
MONTHS = ("2026-01", "2026-12")

ATTAINED, ACCOUNTED = "attainment, rep x product x month", "account of the difference"
BARE, PANDAS = "the same aggregate as bare SQL", "pandas, reading and grouping"
LESS = {"s": 1 / 8, "MB": 1 / 4}

COMPARISONS = (
    Comparison(ATTAINED, BARE, "reading:attained", "reading:attained_in_sql", {"s": 1.3}),
    Comparison(ATTAINED, PANDAS, "reading:attained", "reading:attained_in_pandas", LESS),
    Comparison(ACCOUNTED, BARE, "reading:accounted", "reading:accounted_in_sql", {"s": 1.3}),
    Comparison(ACCOUNTED, PANDAS, "reading:accounted", "reading:accounted_in_pandas", LESS),
)

Task = Callable[[], list[int]]


def attained(folder: str) -> Task:
    """Hold results against goals by rep, product and month."""
    from planning.history.attainment import attainment
    from planning.history.engine import History
    from planning.periods import FiscalCalendar

    history = History(Path(folder))
    asked = ["rep", "product", "month"]
    return lambda: _checked(attainment(history, FiscalCalendar(), "revenue", asked, *MONTHS)["result"])


def attained_in_sql(folder: str) -> Task:
    """Add up the same lines by the engine alone."""
    import duckdb
    import pandas  # noqa: F401, so that the time to import it is not counted

    engine = duckdb.connect()
    sql = f"""
        select rep, product, month(date) as month, cast(sum(amount) as bigint) as result
        from read_parquet('{folder}/made/orders.parquet')
        where date between date '2026-01-01' and date '2026-12-31'
        group by all order by all
    """
    return lambda: _checked(engine.sql(sql).df()["result"])


def attained_in_pandas(folder: str) -> Task:
    """Read the same file with pandas, and group it."""
    import pandas as pd

    def task() -> list[int]:
        orders = pd.read_parquet(f"{folder}/made/orders.parquet", columns=["rep", "product", "date", "amount"])
        days = pd.to_datetime(orders["date"])
        year = orders[(days >= "2026-01-01") & (days <= "2026-12-31")]
        month = pd.to_datetime(year["date"]).dt.strftime("%Y-%m")
        return _checked(year.groupby(["rep", "product", month])["amount"].sum())

    return task


EFFECTS = ("volume", "channel_mix", "product_mix", "price", "new", "lost", "expanded", "shrunk")


def accounted(folder: str) -> Task:
    """Account for the year's difference by what was sold and by customer, to the minor unit."""
    from planning.history.drivers import account
    from planning.history.engine import History
    from planning.periods import FiscalCalendar

    history = History(Path(folder))

    def task() -> list[int]:
        amounts: dict[str, int] = {}
        for seen in ("sales", "customers"):
            table = account(history, FiscalCalendar(), YEAR, seen=seen)
            amounts |= dict(zip(table["effect"], table["amount"], strict=True))
        return [int(amounts[each]) for each in EFFECTS]

    return task


def _mean(m0: str, q0: str, m1: str, q1: str) -> str:
    """Write the mean of both years' amounts a unit, or that of the year that has one."""
    base, now = (
        f"if({q} <> 0 and ({m} = 0 or ({m} > 0) = ({q} > 0)), {m} / {q}, null)" for m, q in ((m0, q0), (m1, q1))
    )
    return f"floor((coalesce({base}, {now}) + coalesce({now}, {base})) / 2 + 0.5)"


def _worth(window: str) -> str:
    sums = (f"sum({each}) over {window}" for each in ("s0 * price", "s0", "s1 * price", "s1"))
    return f"coalesce({_mean(*sums)}, price)"


# The same arithmetic as planning.history.why tells it, written by hand for this one question.
_SOLD = f"""
with sold as (
    select territory, channel, product, quantity, count(*) as lines, sum(if(year(date) = 2026, 1, -1)) as more,
           sum(amount) as both_years, sum(if(year(date) = 2026, amount, 0)) as now
    from read_parquet('{{folder}}/made/orders.parquet')
    where date between date '2025-01-01' and date '2026-12-31'
    group by all
),
cell as (
    select territory, channel, product, sum(quantity * (lines - more)) / 2 as q0, sum(both_years - now) as m0,
           sum(quantity * (lines + more)) / 2 as q1, sum(now) as m1
    from sold group by all
),
priced as (
    select *, coalesce({_mean("m0 * 1e6", "q0", "m1 * 1e6", "q1")}, 0) as price, greatest(q0, 0) as s0,
           greatest(q1, 0) as s1
    from cell
),
worth as (
    select territory, channel, product, price, {_worth("t")} as in_t, {_worth("c")} as in_c, {_worth("p")} as in_p
    from priced
    window t as (partition by territory), c as (partition by territory, channel),
           p as (partition by territory, product)
),
changed as (
    select more, both_years, now, quantity, in_t / 1e6 as v, (in_c - in_t + price - in_p) / 2e6 as c,
           (price - in_c + in_p - in_t) / 2e6 as p
    from sold join worth using (territory, channel, product)
),
summed as (
    select sum(more * sign(v) * floor(quantity * abs(v) + 0.5)) as volume,
           sum(more * sign(c) * floor(quantity * abs(c) + 0.5)) as channel_mix,
           sum(more * sign(p) * floor(quantity * abs(p) + 0.5)) as product_mix,
           sum(2 * now - both_years) as difference
    from changed
)
select volume, channel_mix, product_mix, difference - volume - channel_mix - product_mix from summed
"""
_CUSTOMERS = """
with account as (
    select territory, customer, rep, sum(if(year(date) = 2025, amount, 0)) as base,
           sum(if(year(date) = 2026, amount, 0)) as now
    from read_parquet('{folder}/made/orders.parquet')
    where date between date '2025-01-01' and date '2026-12-31'
    group by all
)
select sum(if(base <= 0 and now > 0, now - base, 0)), sum(if(base > 0 and now <= 0, now - base, 0)),
       sum(if((base > 0) = (now > 0) and now >= base, now - base, 0)),
       sum(if((base > 0) = (now > 0) and now < base, now - base, 0))
from account
"""


def accounted_in_sql(folder: str) -> Task:
    """Work out the same effects by the engine alone."""
    import duckdb

    engine = duckdb.connect()
    queries = [query.format(folder=folder) for query in (_SOLD, _CUSTOMERS)]
    return lambda: [int(each) for query in queries for each in engine.sql(query).fetchall()[0]]


def accounted_in_pandas(folder: str) -> Task:
    """Read the same file with pandas, and work out the same effects."""
    import numpy as np
    import pandas as pd

    cells = ["territory", "channel", "product"]

    def mean(m0: pd.Series, q0: pd.Series, m1: pd.Series, q1: pd.Series) -> pd.Series:
        years = [(m / q).where((q != 0) & ((m == 0) | ((m > 0) == (q > 0)))) for m, q in ((m0, q0), (m1, q1))]
        return np.floor((years[0].fillna(years[1]) + years[1].fillna(years[0])) / 2 + 0.5)

    def worth(cell: pd.DataFrame, levels: list[str]) -> pd.Series:
        s0, s1 = cell["q0"].clip(lower=0), cell["q1"].clip(lower=0)
        groups = pd.DataFrame({"v0": s0 * cell["price"], "s0": s0, "v1": s1 * cell["price"], "s1": s1}).groupby(
            levels
        )
        return mean(*(groups[name].transform("sum") for name in ("v0", "s0", "v1", "s1"))).fillna(cell["price"])

    def sold(orders: pd.DataFrame) -> list[int]:
        alike = orders.groupby([*cells, "quantity"], observed=True)
        sold = alike.agg(lines=("more", "size"), more=("more", "sum"), both=("amount", "sum"), now=("now", "sum"))
        sold = sold.reset_index("quantity")
        parts = {"q0": sold["quantity"] * (sold["lines"] - sold["more"]) // 2, "m0": sold["both"] - sold["now"],
                 "q1": sold["quantity"] * (sold["lines"] + sold["more"]) // 2, "m1": sold["now"]}  # fmt: skip
        cell = pd.DataFrame(parts).groupby(level=cells).sum()
        cell["price"] = mean(cell["m0"] * 1e6, cell["q0"], cell["m1"] * 1e6, cell["q1"]).fillna(0)
        t, c, p = (worth(cell, levels) for levels in (cells[:1], cells[:2], [cells[0], cells[2]]))
        price = cell["price"]
        values = pd.DataFrame({"v": t / 1e6, "c": (c - t + price - p) / 2e6, "p": (price - c + p - t) / 2e6})
        each = sold.join(values)
        effects = [
            int((each["more"] * np.sign(each[name]) * np.floor(each["quantity"] * each[name].abs() + 0.5)).sum())
            for name in ("v", "c", "p")
        ]
        return [*effects, int((2 * sold["now"] - sold["both"]).sum()) - sum(effects)]

    def customers(orders: pd.DataFrame) -> list[int]:
        account = orders.groupby(["territory", "customer", "rep"], observed=True)[["amount", "now"]].sum()
        base, now = account["amount"] - account["now"], account["now"]
        kept = (base > 0) == (now > 0)
        which = [(base <= 0) & (now > 0), (base > 0) & (now <= 0), kept & (now >= base), kept & (now < base)]
        return [int((now - base)[each].sum()) for each in which]

    def task() -> list[int]:
        columns = [*cells, "customer", "rep", "date", "quantity", "amount"]
        orders = pd.read_parquet(f"{folder}/made/orders.parquet", columns=columns)
        year = pd.to_datetime(orders["date"]).dt.year
        orders = orders.drop(columns="date")[year >= YEAR - 1]
        this = year[year >= YEAR - 1] == YEAR
        orders = orders.assign(more=np.where(this, 1, -1), now=orders["amount"].where(this, 0))
        return sold(orders) + customers(orders)

    return task


def _checked(amounts: "pd.Series") -> list[int]:
    """Give what answers are held against each other by: the sum, and the number of groups."""
    return [int(amounts.sum()), len(amounts)]
