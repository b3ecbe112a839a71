"""Reading at scale: attainment and the account of the difference, against the bare engine and against pandas.

Each function prepares a task (imports, an open history) and gives it; a task gives one number to check the answer by.
"""

from collections.abc import Callable
from pathlib import Path

from measures import Comparison

YEAR = 2026
MONTHS = ("2026-01", "2026-12")

COMPARISONS = (
    Comparison(
        "attainment, rep x product x month", "the same SQL, bare", "reading:attained", "reading:attained_in_sql", {"s": 1.3}
    ),
    Comparison(
        "attainment, rep x product x month", "pandas", "reading:attained", "reading:attained_in_pandas",
        {"s": 1 / 8, "MB": 1 / 4},
    ),
    Comparison("account of the difference", "the same SQL, bare", "reading:accounted", "reading:accounted_in_sql", {"s": 1.3}),
    Comparison(
        "account of the difference", "pandas", "reading:accounted", "reading:accounted_in_pandas", {"s": 1 / 8, "MB": 1 / 4}
    ),
)  # fmt: skip

Task = Callable[[], float]


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

    def task() -> float:
        orders = pd.read_parquet(f"{folder}/made/orders.parquet", columns=["rep", "product", "date", "amount"])
        days = pd.to_datetime(orders["date"])
        year = orders[(days >= "2026-01-01") & (days <= "2026-12-31")]
        month = pd.to_datetime(year["date"]).dt.strftime("%Y-%m")
        return _checked(year.groupby(["rep", "product", month])["amount"].sum())

    return task


def accounted(folder: str) -> Task:
    """Account for the year's difference by volume, channel mix, product mix and price."""
    from planning.history.drivers import account
    from planning.history.engine import History
    from planning.periods import FiscalCalendar

    history = History(Path(folder))

    def task() -> float:
        table = account(history, FiscalCalendar(), YEAR).set_index("effect")["amount"]
        return float(table["result"] - table["last_year"])

    return task


_CELLS = """
    select territory, channel, product, year(date) as year, sum(quantity) as quantity, sum(amount) as amount
    from read_parquet('{folder}/made/orders.parquet')
    where date between date '2025-01-01' and date '2026-12-31'
    group by all
"""
_EFFECTS = """
with cell as (
    select territory, channel, product,
           coalesce(sum(quantity) filter (year = 2025), 0) as q0, coalesce(sum(amount) filter (year = 2025), 0) as m0,
           coalesce(sum(quantity) filter (year = 2026), 0) as q1, coalesce(sum(amount) filter (year = 2026), 0) as m1
    from ({cells}) group by all
),
priced as (
    select *, (coalesce(m0 / nullif(q0, 0), m1 / q1) + coalesce(m1 / nullif(q1, 0), m0 / q0)) / 2 as price from cell
),
worth as (
    select *, (sum(q0 * price) over t / sum(q0) over t + sum(q1 * price) over t / sum(q1) over t) / 2 as in_t,
           (sum(q0 * price) over c / sum(q0) over c + sum(q1 * price) over c / sum(q1) over c) / 2 as in_c,
           (sum(q0 * price) over p / nullif(sum(q0) over p, 0) + sum(q1 * price) over p / sum(q1) over p) / 2 as in_p
    from priced
    window t as (partition by territory), c as (partition by territory, channel), p as (partition by territory, product)
)
select sum(in_t * (q1 - q0)) as volume, sum((in_c - in_t + price - in_p) / 2 * (q1 - q0)) as channel_mix,
       sum((price - in_c + in_p - in_t) / 2 * (q1 - q0)) as product_mix, sum(m1 - m0 - price * (q1 - q0)) as price,
       sum(m1 - m0) as difference
from worth
"""


def accounted_in_sql(folder: str) -> Task:
    """Work out the same effects by the engine alone, without rounding them line by line."""
    import duckdb

    engine = duckdb.connect()
    sql = _EFFECTS.format(cells=_CELLS.format(folder=folder))
    return lambda: float(engine.sql(sql).df()["difference"].iloc[0])


def accounted_in_pandas(folder: str) -> Task:
    """Read the same file with pandas, and work out the same effects."""
    import pandas as pd

    def task() -> float:
        columns = ["territory", "channel", "product", "date", "quantity", "amount"]
        orders = pd.read_parquet(f"{folder}/made/orders.parquet", columns=columns)
        year = pd.to_datetime(orders["date"]).dt.year
        orders = orders.assign(year=year)[year.isin([YEAR - 1, YEAR])]
        keys = ["territory", "channel", "product"]
        cell = orders.groupby([*keys, "year"])[["quantity", "amount"]].sum().unstack("year", fill_value=0)
        q0, q1, m0, m1 = (cell[name][y] for name in ("quantity", "amount") for y in (YEAR - 1, YEAR))
        price = ((m0 / q0).fillna(m1 / q1) + (m1 / q1).fillna(m0 / q0)) / 2
        change = q1 - q0
        for levels in (["territory"], ["territory", "channel"], ["territory", "product"]):
            base, now = (
                (q * price).groupby(levels).transform("sum") / q.groupby(levels).transform("sum") for q in (q0, q1)
            )
            (change * (base + now) / 2).sum()
        return float((m1 - m0).sum())

    return task


def _checked(amounts: object) -> float:
    """Give one number to hold answers against each other by: the sum, with the number of groups in its last digits."""
    return float(int(amounts.sum()) * 10 + len(amounts) % 10)  # type: ignore[attr-defined]
