"""Where growth is: what each cell of the market would bring if it sold as the best quarter of its peers do.

A cell is a place (territory, region, rep or team) by what is sold and to whom. Peers are the same thing sold to the
same kind of customer in other places.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planning.errors import PlanningError, bulleted
from planning.history.engine import History
from planning.history.funnel import funnel
from planning.history.shrink import best_quarter, shrunk_means, shrunk_rates
from planning.history.sums import DIMENSIONS, Sums

PLACES = ("territory", "region", "rep", "manager")
"""Dimensions that are compared with each other."""
LINES = ("product_line", "product")
KINDS = ("segment", "tier")
"""Dimensions of customers: like is compared with like."""
CELLS = (*PLACES, *LINES, *KINDS, "channel")

FEWEST_PEERS = 4
"""Places in a comparison, the cell's own included, below which there is no best quarter."""
FEW = 5
"""Customers of a cell, or buyers that it would usually have, below which its own figures say little."""
FEW_DEALS = 10
"""Deals won of a product line below which their size and duration are not taken."""
DAYS_A_MONTH = 365.25 / 12

METHOD = (
    "Expected sales of a cell are its customers x what customers of the same segment and tier buy of the same "
    "products in the whole company. The benchmark takes the cell's sales over expected sales to that of the best "
    "quarter of its peers (75th percentile): the same products and kind of customer in other places. Each cell's "
    "ratio is first drawn towards its peers' by how much chance there is in it (Efron and Morris 1975; chance from "
    "how much single customers of a kind differ, in proportion to expected sales), so that small cells do not lead "
    "the list by luck; the weight says how much of its own ratio a cell keeps. Prize = benchmark - actual, never "
    "below zero."
)

RULES = (
    "Customers are those who bought anything in these months; orders without a customer are left out.",
    "Customers to win: how many more of the cell's customers would buy these products at the best quarter's share "
    "of buyers. They bring what a buyer of the kind usually buys; the rest of the prize comes from selling more to "
    "those who buy already.",
    "Speed is the mean time from opening to winning a deal of the product line, effort the prize over the usual "
    f"value of such a deal; a line with fewer than {FEW_DEALS} deals won is given those of all lines.",
    f"Few: fewer than {FEW} customers in the cell, or fewer than {FEW} who would usually buy. With fewer than "
    f"{FEWEST_PEERS} places to compare there is no benchmark.",
    "A prize is what closing the gap to the best quarter would bring in a year like this one, not a forecast. Prizes "
    "of cells that hold the same customers, such as a territory and its region, are not to be added up.",
)

FIGURES = (
    "customers", "buyers", "actual", "benchmark", "prize", "weight", "penetration", "best_penetration",
    "to_win", "by_winning", "to_develop", "by_developing", "deals", "months", "peers", "few",
)  # fmt: skip


def growth(
    history: History, by: list[str], first: str, last: str, where: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Rank cells by the size of the prize: benchmark less actual.

    Parameters
    ----------
    history
        The history.
    by
        Any of `CELLS`, with at least one of `PLACES`.
    first, last
        ISO months, both included.
    where
        Dimensions that must have a value. It picks the cells that are shown; peers are those of the whole company.

    Returns
    -------
    A row a cell, largest prize first: the columns of `by`, then ``customers`` and those who buy (``buyers``);
    ``actual``, ``benchmark`` and ``prize`` in whole minor units, with the ``weight`` of the cell's own ratio (0 to
    1); ``penetration`` (buyers over customers) and that of the best quarter (fractions); ``to_win`` customers, who
    bring ``by_winning``, and ``to_develop`` customers, who bring ``by_developing`` (minor units, together the prize);
    ``deals`` that the prize takes and ``months`` that such a deal takes, empty without a pipeline; ``peers`` (other
    places) and ``few``. What cannot be told is empty. Rules: `METHOD`, `RULES`.

    Raises
    ------
    PlanningError
        If a dimension or value is not known, or there is nothing to compare.
    """
    scope = dict(where or {})
    _refuse(history, by, scope)
    keys = list(dict.fromkeys((*by, *scope)))
    cells = _cells(history, keys, first, last)
    table = _with_benchmark(cells, [name for name in keys if name not in PLACES])
    table = _with_pace(history, _with_effort(table), [name for name in keys if name in LINES], first, last)
    for name, value in scope.items():
        table = table[table[name] == value]
    ranked = table.sort_values(["prize", "actual", *by], ascending=[False, False, *([True] * len(by))])
    return ranked[[*by, *FIGURES]].reset_index(drop=True)


def _refuse(history: History, by: list[str], where: Mapping[str, str]) -> None:
    history.check("orders", by, where)
    problems = [
        f"Growth is not told by {name}: choose of {', '.join(CELLS)}."
        for name in (*by, *where)
        if name in DIMENSIONS and name not in CELLS
    ]
    if not set(by) & set(PLACES):
        problems.append(f"There is nothing to compare: name one of {', '.join(PLACES)}.")
    if problems:
        raise PlanningError(problems[0] if len(problems) == 1 else bulleted("This cannot be asked:", problems))


def _cells(history: History, keys: list[str], first: str, last: str) -> pd.DataFrame:
    """Give a row a cell: actual and expected sales, buyers and customers, and how far chance takes the sales."""
    classes = list(dict.fromkeys((*keys, *KINDS)))
    lines = [name for name in keys if name in LINES]
    market = [name for name in classes if name not in LINES]
    asked = Sums("orders", {}, classes, "date", first, last, condition="fact.customer is not null")
    bought = asked.rows({"customer": "fact.customer", "amount": "fact.amount"})
    sold = history.rows(_sold(bought, classes), **asked.values())
    customers = history.rows(_customers(bought, market), **asked.values())
    grid = customers.merge(sold[lines].drop_duplicates(), how="cross") if lines else customers
    counted = {"customers": 0, "actual": 0, "buyers": 0, "squares": 0.0}
    both = [each.assign(**{name: nil for name, nil in counted.items() if name not in each}) for each in (grid, sold)]
    # Added up rather than joined: a market may have no sales of a line, and a return no customer who bought.
    rows = pd.concat(both).groupby(classes, dropna=False, as_index=False)[list(counted)].sum()
    return _expected(rows, [name for name in classes if name not in PLACES], keys)


def _sold(bought: str, classes: list[str]) -> str:
    """Write the query of sales and buyers; customers are added up, and counted, inside the engine."""
    listed = ", ".join(classes)
    return (
        f"select {listed}, cast(sum(amount) as bigint) as actual, "
        "sum(case when amount > 0 then 1 else 0 end) as buyers, "
        "sum(cast(amount as double) * cast(amount as double)) as squares "
        f"from (select {listed}, customer, sum(amount) as amount from ({bought}) as line "
        f"group by {listed}, customer) as each_customer group by {listed}"
    )


def _customers(bought: str, market: list[str]) -> str:
    listed = ", ".join(market)
    return (
        f"select {listed}, count(distinct customer) as customers from ({bought}) as line where amount > 0 "
        f"group by {listed}"
    )


def _expected(rows: pd.DataFrame, kind: list[str], keys: list[str]) -> pd.DataFrame:
    """Expect of each cell what the whole company's customers of the same kind buy, and add the kinds up."""
    groups = rows.groupby(kind, dropna=False)
    count, actual, buyers, squares = (
        groups[name].transform("sum").astype("float64") for name in ("customers", "actual", "buyers", "squares")
    )
    own, count = rows["customers"].astype("float64"), count.where(count > 0)
    mean = (actual / count).clip(lower=0).fillna(0.0)
    variance = ((squares - actual**2 / count) / (count - 1).where(count > 1)).clip(lower=0)
    priced = rows.assign(
        expected=own * mean, expected_buyers=(own * buyers / count).fillna(0.0), chance=(own * variance).fillna(0.0)
    )
    added = ["customers", "buyers", "actual", "expected", "expected_buyers", "chance"]
    return priced.groupby(keys, dropna=False, as_index=False)[added].sum()


def _with_benchmark(cells: pd.DataFrame, alike: list[str]) -> pd.DataFrame:
    """Hold each cell against its peers, the cells that are alike but for their place."""
    groups = cells.groupby(alike, dropna=False) if alike else [((), cells)]
    table = pd.concat([_beside_peers(rows) for _, rows in groups]) if len(cells) else _beside_peers(cells)
    lift = (table["best"] - table["value"]) * table["expected"]
    benchmark = table["actual"] + lift.round().astype("Int64")
    return table.assign(benchmark=benchmark, prize=(benchmark - table["actual"]).clip(lower=0))


def _beside_peers(rows: pd.DataFrame) -> pd.DataFrame:
    expected = rows["expected"].where(rows["expected"] > 0)
    # Of all peers together: the customers of one cell are too few to tell how much chance there is in it.
    chance = rows["chance"].sum() / (expected.sum() or np.nan) / expected
    drawn = shrunk_means(rows["actual"] / expected, chance.fillna(np.inf)).set_index(rows.index)
    buying = shrunk_rates(rows["buyers"], rows["customers"]).set_index(rows.index)["value"]
    places, known = int(expected.notna().sum()), expected.notna()
    enough = places >= FEWEST_PEERS
    return rows.assign(
        value=drawn["value"].where(known),
        weight=drawn["weight"].where(known),
        best=best_quarter(drawn["value"][known]) if enough else np.nan,
        buying=buying,
        best_penetration=best_quarter(buying[known]) if enough else np.nan,
        peers=places - known.astype("int64"),
    )


def _with_effort(table: pd.DataFrame) -> pd.DataFrame:
    """Say how many customers are to be won and to be developed, and what each of the two brings."""
    prize = table["prize"].astype("float64")
    customers, buyers = table["customers"].astype("float64"), table["buyers"].astype("float64")
    spend = table["expected"] / table["expected_buyers"].where(table["expected_buyers"] > 0)
    missing = np.ceil((table["best_penetration"] - table["buying"]).clip(lower=0) * customers - 1e-9)
    # Where nobody buys there is nobody to develop.
    missing = np.minimum(missing.where(buyers > 0, customers), customers - buyers)
    to_win = np.minimum(missing, np.ceil(prize / spend.where(spend > 0)))
    by_winning = np.minimum((to_win * spend).round(), prize).where(buyers > 0, prize).astype("Int64")
    by_developing = table["prize"] - by_winning
    return table.assign(
        penetration=buyers / customers.where(customers > 0),
        to_win=to_win.astype("Int64"),
        by_winning=by_winning,
        to_develop=table["buyers"].astype("Int64").where(by_developing.fillna(0) > 0, 0).where(prize.notna()),
        by_developing=by_developing,
        few=(customers < FEW) | (table["expected_buyers"] < FEW),
    )


def _with_pace(history: History, table: pd.DataFrame, lines: list[str], first: str, last: str) -> pd.DataFrame:
    """Add how many deals the prize takes, and how many months a deal does."""
    pace = ["deal_size", "cycle_days"]
    usual = funnel(history, [], first, last).reindex(range(1))[pace].iloc[0]
    wide = table.reset_index(drop=True)
    if lines:
        by_line = funnel(history, lines, first, last)
        wide = wide.merge(by_line[by_line["won"] >= FEW_DEALS][[*lines, *pace]], on=lines, how="left")
    else:
        wide = wide.assign(**dict.fromkeys(pace, np.nan))
    size, days = (
        wide[name].astype("float64").fillna(np.nan if pd.isna(usual[name]) else float(usual[name])) for name in pace
    )
    deals = np.ceil(wide["prize"].astype("float64") / size.where(size > 0)).astype("Int64")
    return wide.assign(deals=deals, months=(days / DAYS_A_MONTH).round(1))
