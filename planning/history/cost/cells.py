"""What cells sold in the months after an event and in the same months a year before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from planning.history.engine import History
from planning.periods import add_months, first_day, last_day, month_range

LONGEST = 12
"""Months after which the year before is no longer free of the event: it is measured over its first twelve."""
SHORTEST = 3
"""Months of results below which nothing is said."""


@dataclass(frozen=True)
class Window:
    """Months over which an event is measured; each is compared with the same month a year before.

    Parameters
    ----------
    first, last
        ISO months, both included.
    """

    first: str
    last: str

    @property
    def base(self) -> "Window":
        """The same months a year before."""
        return Window(add_months(self.first, -12), add_months(self.last, -12))

    @property
    def length(self) -> int:
        """Number of months; 0 where the last lies before the first."""
        return len(month_range(self.first, self.last)) if self.first <= self.last else 0

    def meets(self, other: "Window") -> bool:
        """Say whether two windows have a month in common."""
        return self.first <= other.last and other.first <= self.last

    @property
    def bounds(self) -> dict[str, object]:
        """Values of the query's parameters: first and last days of both years."""
        return {
            "first": first_day(self.first),
            "last": last_day(self.last),
            "base_first": first_day(self.base.first),
            "base_last": last_day(self.base.last),
        }


def since(day: date, last: str) -> Window:
    """Give the first twelve whole months from a day on, as far as there are results."""
    month = f"{day:%Y-%m}"
    first = month if day.day == 1 else add_months(month, 1)
    return Window(first, min(last, add_months(first, LONGEST - 1)))


_CELLS = """
with line as (
    select {picked}, fact.territory, products.product_line, fact.product, fact.channel,
           coalesce(fact.customer, '') as customer, fact.amount, fact.quantity,
           case when fact.date >= $first then 1 else 0 end as later
    from orders as fact
    join products on products.product = fact.product
    {joined}
    where (fact.date between $base_first and $base_last or fact.date between $first and $last)
      and fact.order_id not in (select order_id from one_offs)
),
lasting as (
    select customer from line group by customer
    having sum(later * amount) > 0 and sum((1 - later) * amount) > 0
)
select line.unit, line.territory, line.product_line, line.product, line.channel,
       cast(sum(later * amount) as bigint) as sold,
       cast(sum(case when lasting.customer is null then 0 else later * amount end) as bigint) as amount,
       cast(sum(case when lasting.customer is null then 0 else (1 - later) * amount end) as bigint) as base_amount,
       cast(sum(case when lasting.customer is null then 0 else later * quantity end) as bigint) as units,
       cast(sum(case when lasting.customer is null then 0 else (1 - later) * quantity end) as bigint) as base_units
from line left join lasting on lasting.customer = line.customer
group by 1, 2, 3, 4, 5
"""


def cells(
    history: History, window: Window, unit: str, joined: str = "", parameters: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Add up both years of a window by unit, territory, product line, product and channel.

    Parameters
    ----------
    history, window
        The history, and the months.
    unit
        SQL expression that names what is compared: a territory, a product, who served the account.
    joined
        Further join that the expression needs.
    parameters
        Values of parameters that the join names.

    Returns
    -------
    Columns ``unit``, ``territory``, ``product_line``, ``product``, ``channel``; ``sold`` in the window by all
    customers; ``amount``, ``base_amount``, ``units``, ``base_units`` of customers who bought in both years. Whole
    minor units and counts; one-off orders left out.
    """
    query = _CELLS.format(picked=f"{unit} as unit", joined=joined)
    return history.rows(query, **window.bounds, **(parameters or {}))


def growth(rows: pd.DataFrame) -> pd.DataFrame:
    """Take each unit's growth apart into price and volume.

    Price is the Törnqvist index (1936) of what was sold in both years, product by product and channel by channel, so
    that it does not move with the mix; volume is what remains of the growth in sales.

    Parameters
    ----------
    rows
        As `cells` gives them.

    Returns
    -------
    Index: the units that sold in both years. Columns ``sales``, ``price``, ``volume``: logarithms of this year over
    the year before; sales = price + volume. Price and volume are NaN where no product was sold in both.
    """
    figures = ["amount", "base_amount", "units", "base_units"]
    sums = rows.groupby("unit")[["amount", "base_amount"]].sum()
    sums = sums[(sums > 0).all(axis=1)].astype("float64")
    sales = pd.Series(np.log(sums["amount"] / sums["base_amount"]), sums.index)
    price = _price(rows.groupby(["unit", "product", "channel"], dropna=False)[figures].sum().reset_index())
    return pd.DataFrame({"sales": sales, "price": price.reindex(sales.index)}).eval("volume = sales - price")


def _price(pairs: pd.DataFrame) -> pd.Series:
    both = pairs[(pairs[["amount", "base_amount", "units", "base_units"]] > 0).all(axis=1)]
    change = np.log(both["amount"] / both["units"]) - np.log(both["base_amount"] / both["base_units"])
    weight = sum(both[name] / both.groupby("unit")[name].transform("sum") for name in ("amount", "base_amount")) / 2
    return (weight * change).groupby(both["unit"]).sum()
