"""A launch: the share of its line that the new product won, and what its siblings lost to it."""

import math
from datetime import timedelta

import numpy as np
import pandas as pd

from planning.history.cost.cells import Window, cells
from planning.history.cost.finding import Finding
from planning.history.cost.happening import Happening
from planning.history.cost.spread import FEWEST, Estimate, apart, estimate, judged, unknown
from planning.history.engine import History
from planning.periods import add_months

SHARE = (
    "Sales of the new product over those that its line would have had without it, had all of it grown as the "
    "products that lost nothing to it; in the later half of the months, when it is established. Interval by leaving "
    "out one territory at a time (jackknife). The amount is what was sold of it, counted."
)
SIBLINGS = (
    "Growth over the same months a year before of each product of the line, less that of the others; those that fell "
    "beyond the spread of the others, with an interval widened for having looked at all of them (Bonferroni), over "
    "the sales of the new product."
)
NET = "Sales of the new product less what its siblings lost to it."
NEAR = timedelta(days=31)
"""How long before the day of the event the first order may lie."""

_NEW = """
select fact.product
from orders as fact join products on products.product = fact.product
where products.product_line = $product_line
group by 1
having min(fact.date) >= $earliest and min(fact.date) <= $latest
"""


def findings(history: History, of: Happening, _: list[Happening], window: Window) -> list[Finding]:
    """Measure what a new product won, what it took from its line, and what remains."""
    new = _new_products(history, of, window) if of.product_line else []
    if not new:
        return [Finding("share", SHARE, None, unknown(_missing(of)))]
    half = Window(add_months(window.last, 1 - max(window.length // 2, 1)), window.last)
    line = _line(cells(history, half, "fact.territory"), of)
    whole = _line(cells(history, window, "fact.territory"), of)
    brought = int(whole.loc[whole["product"].isin(new), "sold"].sum())
    sums = line.groupby("product")[["amount", "base_amount"]].sum()
    siblings = sums[(sums["base_amount"] > 0) & (sums["amount"] > 0) & ~sums.index.isin(new)]
    losers = losses(pd.Series(np.log(siblings["amount"] / siblings["base_amount"]), siblings.index))
    share = _share(line, new, list(losers))
    taken = _taken(siblings["amount"], losers, int(sums.loc[sums.index.isin(new), "amount"].sum()))
    return [
        Finding("share", SHARE, window, share, (brought, brought, brought)),
        Finding("siblings", SIBLINGS, window, taken, _amounts(brought, taken)),
        Finding("sales", NET, window, _net(share, taken), _amounts(brought, taken, brought)),
    ]


def losses(growth: pd.Series) -> dict[str, Estimate]:
    """Find the products whose growth lies below that of the others beyond doubt, one after the other.

    Parameters
    ----------
    growth
        Logarithm of this year over the year before, by product.

    Returns
    -------
    For each of them how far below, in logarithms, the furthest first.
    """
    left, found = growth.sort_values(), list[str]()
    while len(left) > FEWEST:
        lowest, others = left.iloc[:1], left.iloc[1:]
        if apart(lowest, others, looks=len(growth)).high >= 0:
            break
        found.append(str(lowest.index[0]))
        left = others
    return {name: apart(growth[[name]], left, looks=len(growth)) for name in found}


def _new_products(history: History, of: Happening, window: Window) -> list[str]:
    bounds = {"earliest": of.day - NEAR, "latest": window.bounds["last"]}
    return list(history.rows(_NEW, product_line=of.product_line, **bounds)["product"])


def _missing(of: Happening) -> str:
    if not of.product_line:
        return "Tell the product line of the launch."
    return f"No product of {of.product_line} was sold for the first time from {of.day} on."


def _line(rows: pd.DataFrame, of: Happening) -> pd.DataFrame:
    return rows[of.touches(rows)]


def _share(line: pd.DataFrame, new: list[str], losers: list[str]) -> Estimate:
    """Give the share of the new product in the line as it would have been, and its error over the territories."""
    kinds = np.select([line["product"].isin(new), line["product"].isin(losers)], ["new", "loser"], "other")
    table = line.assign(kind=kinds).pivot_table(
        index="territory", columns="kind", values=["amount", "base_amount"], aggfunc="sum", fill_value=0
    )
    now, base = (table[name].astype("float64").reindex(columns=["new", "loser", "other"], fill_value=0.0)
                 for name in ("amount", "base_amount"))  # fmt: skip
    count = len(table)
    if count < FEWEST or not (base["other"].sum() > 0 and now["other"].sum() > 0):
        return unknown(f"Only {count} territories sell the line; it takes {FEWEST} to know their spread.", count)

    def over(now: pd.DataFrame, base: pd.DataFrame) -> pd.Series:
        return now["new"] / (base[["loser", "other"]].sum(axis=1) * now["other"] / base["other"])

    value = float(over(now.sum().to_frame().T, base.sum().to_frame().T).iloc[0])
    without = over(now.sum() - now, base.sum() - base)
    error = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    return estimate(value, error, count - 1, count)


def _taken(sold: pd.Series, losers: dict[str, Estimate], new: int) -> Estimate:
    """Give what the losing siblings lost over what the new product sold, negative."""
    if not losers:
        return unknown("No product of the line fell beyond the spread of the others.", len(sold))
    if new <= 0:
        return unknown("Nothing was sold of the new product.", len(sold))
    value, low, high = (
        sum(-float(sold[name]) * math.expm1(-getattr(each, end)) / new for name, each in losers.items())
        for end in ("value", "low", "high")
    )
    return Estimate(value, low, high, next(iter(losers.values())).cells)


def _net(share: Estimate, taken: Estimate) -> Estimate:
    """Give what remains of the share; its interval follows from both errors to first order."""
    value = share.value * (1 + taken.value)
    below = math.hypot((share.value - share.low) * (1 + taken.value), share.value * (taken.value - taken.low))
    above = math.hypot((share.high - share.value) * (1 + taken.value), share.value * (taken.high - taken.value))
    return judged(Estimate(value, value - below, value + above, share.cells, taken.problem or share.problem))


def _amounts(brought: int, taken: Estimate, beside: int = 0) -> tuple[int, int, int] | None:
    if math.isnan(taken.value):
        return None
    value, low, high = (beside + round(brought * each) for each in (taken.value, taken.low, taken.high))
    return value, low, high
