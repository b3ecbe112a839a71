"""The metrics catalogue: what a goal can be set on, in which unit, and how it is measured.

An additive metric is a sum over rows of one canonical table. A ratio is never summed: it is two
additive metrics, numerator over denominator, each summed first.
"""

from dataclasses import dataclass
from typing import Literal

from planning.errors import PlanningError, unknown_name

Unit = Literal["money", "count", "ratio"]


@dataclass(frozen=True)
class Metric:
    """One thing that is measured.

    Parameters
    ----------
    name
        How commands, goals and files call it.
    label
        How a page calls it.
    unit
        ``money`` is whole minor units, ``count`` whole things, ``ratio`` a fraction of two metrics.
    higher_is_better
        Direction: whether more is good.
    table
        Canonical table that is measured; empty for a ratio.
    expression
        SQL expression whose sum over the rows is the result; rows where it is null do not count.
    date
        Column of the table that says in which month a row counts.
    over
        For a ratio: names of the numerator and the denominator.
    counts
        What counts as a result, in words, to stand beside the number.
    """

    name: str
    label: str
    unit: Unit
    higher_is_better: bool
    counts: str
    table: str = ""
    expression: str = ""
    date: str = ""
    over: tuple[str, str] | None = None


def _catalogue(*metrics: Metric) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


METRICS = _catalogue(
    Metric("revenue", "Revenue", "money", True, "Order lines by order date, "
           "returns deducted, credited to the rep on the order.", "orders", "amount", "date"),
    Metric("units", "Units", "count", True, "Quantity of order lines by order date, returns deducted.",
           "orders", "quantity", "date"),
    Metric("cost", "Cost", "money", False, "Cost of order lines by order date; lines without a cost are left "
           "out.", "orders", "cost", "date"),
    Metric("margin", "Margin", "money", True, "Revenue less cost of order lines that have a cost.", "orders",
           "amount - cost", "date"),
    Metric("deals_won", "Deals won", "count", True, "Opportunities won, by closing date.", "opportunities",
           "case when status = 'won' then 1 end", "closed"),
    Metric("deals_lost", "Deals lost", "count", False, "Opportunities lost, by closing date.", "opportunities",
           "case when status = 'lost' then 1 end", "closed"),
    Metric("deals_closed", "Deals closed", "count", True, "Opportunities won or lost, by closing date.",
           "opportunities", "case when status in ('won', 'lost') then 1 end", "closed"),
    Metric("won_value", "Value won", "money", True, "Value of opportunities won, by closing date.",
           "opportunities", "case when status = 'won' then amount end", "closed"),
    Metric("win_rate", "Win rate", "ratio", True, "Opportunities won over won and lost, by closing date.",
           over=("deals_won", "deals_closed")),
    Metric("deal_size", "Average deal size", "money", True, "Value won over opportunities won.",
           over=("won_value", "deals_won")),
    Metric("margin_rate", "Margin %", "ratio", True, "Margin over revenue.", over=("margin", "revenue")),
)  # fmt: skip


def metric(name: str) -> Metric:
    """Look a metric up.

    Raises
    ------
    PlanningError
        If there is no such metric, with the nearest name.

    Examples
    --------
    >>> metric("revenue").unit
    'money'
    """
    if name not in METRICS:
        raise PlanningError(unknown_name("metric", name, METRICS))
    return METRICS[name]
