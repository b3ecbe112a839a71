"""The metrics catalogue: what a goal can be set on, in which unit, and how it is measured.

An additive metric is a sum over rows of one table: a canonical one, or one derived from it. A ratio is never summed:
it is two additive metrics, numerator over denominator, each summed first.
"""

from dataclasses import dataclass
from typing import Literal

from planning.errors import PlanningError, unknown_name

Unit = Literal["money", "count", "ratio", "days", "average"]
OverTime = Literal["sum", "average", "last"]


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
        ``money`` is whole minor units, ``count`` whole things, ``ratio`` a fraction of two metrics, ``days`` and
        ``average`` are numbers with decimals.
    higher_is_better
        Direction: whether more is good.
    table
        Table that is measured, canonical or derived (`planning.history.relations`); empty for a ratio.
    expression
        SQL expression whose sum over the rows is the result; rows where it is null do not count.
    date
        Column of the table that says in which month a row counts.
    over
        For a ratio: names of the numerator and the denominator.
    counts
        What counts as a result, in words, to stand beside the number.
    over_time
        What the months of a period make of it: their ``sum``, their ``average``, or what stands in the ``last`` one.
    part_only
        Whether it is there only as a part of a ratio, and never chosen by itself.
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
    over_time: OverTime = "sum"
    part_only: bool = False


def _catalogue(*metrics: Metric) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


def _dated(name: str, label: str, counts: str, step: str) -> Metric:
    """Count opportunities by the day of a step."""
    return Metric(
        name, label, "count", True, counts, "opportunities", f"case when {step} is not null then 1 end", step
    )


def _customers(name: str, label: str, higher_is_better: bool, counts: str, column: str) -> Metric:
    """Count customers by what they bought in the twelve months up to the end of a period."""
    return Metric(name, label, "count", higher_is_better, f"{counts} {_WHOSE}", "customer_years", column, "date",
                  over_time="last")  # fmt: skip


_WHOSE = ("Counted at the end of the period, for whoever sold to the customer last; a customer in two territories "
          "counts in both.")  # fmt: skip

METRICS = _catalogue(
    Metric("revenue", "Revenue", "money", True, "Order lines by order date, returns deducted, credited to the rep on "
           "the order, or to the reps who share it by their parts.", "orders", "amount", "date"),
    Metric("units", "Units", "count", True, "Quantity of order lines by order date, returns deducted.",
           "orders", "quantity", "date"),
    Metric("margin", "Margin", "money", True, "Revenue less cost of order lines that have a cost.", "orders",
           "amount - cost", "date"),
    Metric("margin_rate", "Margin %", "ratio", True, "Margin over revenue.", over=("margin", "revenue")),
    _dated("opportunities", "Opportunities pursued", "Opportunities by the day they were opened.", "opened"),
    _dated("presentations", "Presentations", "Opportunities by the day of the presentation.", "presented"),
    _dated("proposals", "Proposals", "Opportunities by the day of the proposal.", "proposed"),
    Metric("proposals_in_process", "Proposals in process", "average", True, "Opportunities proposed and not closed "
           "yet, counted at each month's end; the average of the months.", "proposals_in_process", "1", "date",
           over_time="average"),
    Metric("deals_won", "Deals won", "count", True, "Opportunities won, by closing date.", "opportunities",
           "case when status = 'won' then 1 end", "closed"),
    Metric("won_value", "Value won", "money", True, "Value of opportunities won, by closing date.",
           "opportunities", "case when status = 'won' then amount end", "closed"),
    Metric("closing_ratio", "Closing ratio", "ratio", True, "Deals won over presentations of the same months.",
           over=("deals_won", "presentations")),
    Metric("win_rate", "Win rate", "ratio", True, "Opportunities won over won and lost, by closing date.",
           over=("deals_won", "deals_closed")),
    Metric("deal_size", "Average deal size", "money", True, "Value won over opportunities won.",
           over=("won_value", "deals_won")),
    Metric("sales_cycle", "Sales cycle", "days", False, "Days from opening to closing of opportunities won, on "
           "average; by closing date.", over=("days_to_win", "deals_timed")),
    Metric("new_customers", "New customers", "count", True, "Customers by the day of their first order, counted from "
           "a year after the history begins: before that, nobody can be told to be new.",
           "first_orders", "1", "date"),
    _customers("active_customers", "Active customers", True, "Customers who bought in the last twelve months.",
               "active"),
    _customers("lost_customers", "Lost customers", False, "Customers who bought in the twelve months before, and not "
               "in the last twelve.", "lost"),
    Metric("retention", "Retention", "ratio", True, "Of the customers of the twelve months before, the part who "
           "bought in the last twelve.", over=("kept_customers", "earlier_customers")),
    Metric("calls", "Calls", "count", True, "Activities of kind call.", "activities",
           "case when lower(kind) = 'call' then count end", "date"),
    Metric("visits", "Visits", "count", True, "Activities of kind visit.", "activities",
           "case when lower(kind) = 'visit' then count end", "date"),
    Metric("cost", "Cost", "money", False, "Cost of order lines by order date; lines without a cost are left "
           "out.", "orders", "cost", "date"),
    Metric("deals_lost", "Deals lost", "count", False, "Opportunities lost, by closing date.", "opportunities",
           "case when status = 'lost' then 1 end", "closed"),
    Metric("deals_closed", "Deals closed", "count", True, "Opportunities won or lost, by closing date.",
           "opportunities", "case when status in ('won', 'lost') then 1 end", "closed"),
    Metric("days_to_win", "Days to win", "count", False, "Days from opening to closing of opportunities won.",
           "opportunities", "case when status = 'won' then date_diff('day', opened, closed) end", "closed",
           part_only=True),
    Metric("deals_timed", "Deals timed", "count", True, "Opportunities won whose first and last day are known.",
           "opportunities", "case when status = 'won' and opened is not null then 1 end", "closed", part_only=True),
    Metric("kept_customers", "Kept customers", "count", True, f"Customers of both years. {_WHOSE}", "customer_years",
           "kept", "date", over_time="last", part_only=True),
    Metric("earlier_customers", "Earlier customers", "count", True, f"Customers of the year before. {_WHOSE}",
           "customer_years", "earlier", "date", over_time="last", part_only=True),
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
