"""A competitor, a price rise, or anything else that fell on some territories or lines and not on others."""

import math
from dataclasses import dataclass

import pandas as pd

from planning.history.cost.cells import Window, cells, growth
from planning.history.cost.finding import Finding, in_money
from planning.history.cost.happening import Clean, Happening, clean
from planning.history.cost.spread import FEWEST, Estimate, apart, judged, unknown
from planning.history.engine import History

EVERYTHING = "It fell on everything: there is nothing to compare it with. Tell its territory or product line."
_BASE = "Growth over the same months a year before, of customers who bought in both years, less that of "
_SPREAD = "; interval from the spread of these."
BY_TERRITORY = f"{_BASE}the same lines in territories without an event and without a change of staff{_SPREAD}"
BY_LINE = f"{_BASE}products of lines that no event fell on{_SPREAD}"
METHODS = {
    "price": "Price index of each product, channel by channel (Törnqvist), against products of other lines.",
    "volume": "Growth in sales less that in price, product by product, against products of other lines.",
    "elasticity": "Volume over price, both as logarithms; interval from the errors of both.",
}


_CHANGED = """
select distinct territory from assignments
where (effective_from > $first and effective_from <= $last) or (effective_to >= $first and effective_to < $last)
"""


@dataclass(frozen=True)
class Compared:
    """Touched cells beside untouched ones.

    Parameters
    ----------
    growth
        Of each unit, as `planning.history.cost.cells.growth` gives it.
    touched
        Which of the units the event fell on.
    sold
        What the touched cells sold in the window, in minor units.
    beside
        Other events that fell on the touched cells alone.
    """

    growth: pd.DataFrame
    touched: pd.Series
    sold: int
    beside: tuple[str, ...]

    def apart(self, figure: str) -> Estimate:
        """Hold the touched units against the others, in logarithms."""
        told = self.growth[figure].dropna()
        touched = self.touched.reindex(told.index)
        return apart(told[touched], told[~touched])


def compare(history: History, of: Happening, others: list[Happening], window: Window) -> Compared:
    """Set the cells that an event fell on beside the others: territories if it names one, else products."""
    by_line = not of.territory
    rows = cells(history, window, "fact.product" if by_line else "fact.territory")
    if not by_line and of.product_line:
        rows = rows[rows["product_line"] == of.product_line]
    left = clean(rows, of, others, window, by_line)
    if not by_line:
        left = _without_changes_of_staff(history, left, of, window)
    here = of.touches(left.rows)
    grown = growth(left.rows)
    touched = here.groupby(left.rows["unit"]).any().reindex(grown.index, fill_value=False)
    return Compared(grown, touched, int(left.rows.loc[here, "sold"].sum()), left.beside)


def findings(history: History, of: Happening, others: list[Happening], window: Window) -> list[Finding]:
    """Measure what an event did to sales."""
    if not of.territory and not of.product_line:
        return [Finding("sales", BY_LINE, None, unknown(EVERYTHING))]
    seen = compare(history, of, others, window)
    return [_sales(of, seen, window)]


def price_findings(history: History, of: Happening, others: list[Happening], window: Window) -> list[Finding]:
    """Measure by how much prices moved, what buyers answered, and what it came to.

    Volume and price in money add up to sales exactly: price is valued on the volume that was sold, volume at the
    price that would have been asked.
    """
    if not of.product_line:
        missing = unknown("A price rise is compared with lines that kept their prices: tell its product line.")
        return [Finding("price", METHODS["price"], None, missing)]
    seen = compare(history, of, others, window)
    price, volume, sales = (seen.apart(figure) for figure in ("price", "volume", "sales"))
    in_all, in_price = in_money(seen.sold, sales), in_money(seen.sold, price)
    in_volume = None
    if in_all and in_price:
        _, low, high = in_money(seen.sold - in_price[0], volume) or (0, 0, 0)
        in_volume = (in_all[0] - in_price[0], low, high)
    return [
        Finding("price", METHODS["price"], window, price.relative(), in_price, seen.beside),
        Finding("volume", METHODS["volume"], window, volume.relative(), in_volume, seen.beside),
        Finding("elasticity", METHODS["elasticity"], window, elasticity(volume, price), None, seen.beside),
        _sales(of, seen, window),
    ]


def elasticity(volume: Estimate, price: Estimate) -> Estimate:
    """Divide volume by price, both differences of logarithms.

    The interval follows from the errors of both to first order; it is not told where the price did not move.
    """
    if not price.told:
        return unknown(price.problem or "Prices did not move.", price.cells)
    if math.isnan(volume.value):
        return unknown(volume.problem, volume.cells)
    value = volume.value / price.value
    reach = math.hypot(volume.high - volume.value, value * (price.high - price.value)) / abs(price.value)
    return judged(Estimate(value, value - reach, value + reach, volume.cells))


def _without_changes_of_staff(history: History, left: Clean, of: Happening, window: Window) -> Clean:
    """Take out territories where somebody came or went, as long as enough others remain."""
    changed = set(history.rows(_CHANGED, first=window.bounds["base_first"], last=window.bounds["last"])["territory"])
    quiet = ~left.rows["territory"].isin(changed - {of.territory})
    enough = left.rows.loc[quiet, "territory"].nunique() > FEWEST
    beside = (*left.beside, "a change of staff") if of.territory in changed else left.beside
    return Clean(left.rows[quiet] if enough else left.rows, beside)


def _sales(of: Happening, seen: Compared, window: Window) -> Finding:
    change = seen.apart("sales")
    method = BY_TERRITORY if of.territory else BY_LINE
    return Finding("sales", method, window, change.relative(), in_money(seen.sold, change), seen.beside)
