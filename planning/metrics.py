"""The metrics catalogue: what a goal can be set on, in which unit, and how it is measured.

An additive metric is a sum over rows of one table: a canonical one, or one derived from it. A ratio is never summed:
it is two additive metrics, numerator over denominator, each summed first. What is neither is *reckoned* from other
metrics. What no table tells is *typed*: whoever sets a goal on it brings the figure.

A company adds metrics of its own in ``metrics.toml`` of its workspace, an entry each::

    [referrals]
    label = "Referrals"
    unit = "count"
    better = "higher"
    table = "activities"
    expression = "case when lower(kind) = 'referral' then count end"
    date = "date"

    [calls_a_visit]
    label = "Calls a visit"
    unit = "ratio"
    better = "lower"
    over = ["calls", "visits"]
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from planning.amounts import in_money
from planning.errors import PlanningError, bulleted, unknown_name
from planning.settings import Settings

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
    whole
        Whether it is told of the company, a region or a territory as a whole: a goal on it is held against its
        result, and stands on no rep's account.
    reckoned
        Names of the metrics that it is reckoned from (`planning.history.whole`), where it is neither a sum nor one
        sum over another.
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
    whole: bool = False
    reckoned: tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Whether no table tells it, so that its results are brought by the user."""
        return not self.table and not self.over and not self.reckoned


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


RECEIVED = ("marketing-qualified lead", "sales-qualified lead", "coaching", "coaching hour")
"""Kinds of activity that come to a rep and are not done by one: they are no part of how somebody works."""


def _done(name: str, label: str, kind: str, counts: str = "") -> Metric:
    """Count what reps did, by its kind."""
    return Metric(
        name, label, "count", True, counts or f"Activities of kind {kind}.", "activities",
        f"case when lower(kind) = '{kind}' then count end", "date",
    )  # fmt: skip


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
    Metric("proposals_value", "Value of proposals in process", "money", True, "Value of opportunities proposed and "
           "not closed yet, at each month's end; the average of the months.", "proposals_in_process", "amount",
           "date", over_time="average"),
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
    Metric("churn", "Churn", "ratio", False, "Of the customers of the twelve months before, the part who bought "
           "nothing in the last twelve.", over=("lost_customers", "earlier_customers")),
    Metric("upsell", "Upsell", "money", True, "What customers of both years bought more in the last twelve months "
           f"than in the twelve before; who bought less counts as nothing. {_WHOSE}", "customer_years",
           "case when kept = 1 and sold > sold_before then sold - sold_before end", "date", over_time="last"),
    Metric("customer_revenue", "Revenue a customer", "money", True, "Revenue of the last twelve months over the "
           "customers who bought in them.", over=("customer_sales", "active_customers")),
    _done("calls", "Calls", "call"),
    _done("visits", "Visits", "visit"),
    _done("contacts", "Contacts", "contact"),
    _done("prospects", "Prospects added", "prospect"),
    _done("qualified_conversations", "Qualified conversations", "qualified conversation"),
    _done("discovery_calls", "Discovery calls", "discovery call"),
    _done("demos", "Demos", "demo"),
    _done("marketing_leads", "Marketing-qualified leads", "marketing-qualified lead"),
    _done("sales_leads", "Sales-qualified leads", "sales-qualified lead"),
    _done("coaching", "Coaching occasions", "coaching"),
    _done("coaching_hours", "Coaching hours", "coaching hour",
          "Activities of kind coaching hour, an hour each, for whoever is coached."),
    Metric("rep_turnover", "Rep turnover", "ratio", False, "Reps who left over the reps who were there, on average "
           "of the months: everybody with orders who manages nobody, by first and last day.",
           over=("leavers", "average_reps"), whole=True),
    Metric("pipeline_coverage", "Pipeline coverage", "average", True, "Value of opportunities open at a month's end "
           "over the revenue goals of the three months after it, on average of the months that have them.",
           over=("open_value", "goals_ahead")),
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
    Metric("customer_sales", "Sales to customers", "money", True, f"Revenue of the last twelve months by customer. "
           f"{_WHOSE}", "customer_years", "case when active = 1 then sold end", "date", over_time="last",
           part_only=True),
    Metric("earlier_customers", "Earlier customers", "count", True, f"Customers of the year before. {_WHOSE}",
           "customer_years", "earlier", "date", over_time="last", part_only=True),
    Metric("leavers", "Reps who left", "count", False, "Reps by their last day, in the territory that they served "
           "last.", "leavings", "1", "date", part_only=True),
    Metric("average_reps", "Reps on average", "average", True, "Reps who were there in a month; the average of the "
           "months.", "in_service", "1", "date", over_time="average", part_only=True),
    Metric("open_value", "Value of open opportunities", "money", True, "Value of opportunities open at each month's "
           "end that has goals of three months after it; the average of the months.", "open_deals",
           "case when ahead = 1 then amount end", "date", over_time="average", part_only=True),
    Metric("goals_ahead", "Revenue goals ahead", "money", True, "Revenue goals of the three months after each month; "
           "the average of the months.", "goals_ahead", "amount", "date", over_time="average", part_only=True),
)  # fmt: skip


UNTOLD = _catalogue(
    Metric("lifetime_value", "Customer lifetime value", "money", True, "Margin a customer and year times the years "
           "that a customer is expected to stay, one over churn. It adds up over nobody.", whole=True,
           reckoned=("margin", "active_customers", "churn")),
    Metric("acquisition_cost", "Acquisition cost", "money", False, "Cost of marketing and sales over new customers. "
           "New customers are counted; what was spent is brought with the goal, unless the company has a metric "
           "acquisition_spend of its own.", over=("acquisition_spend", "new_customers"), whole=True),
    Metric("acquisition_spend", "Cost of marketing and sales", "money", False, "No table of the history holds what "
           "marketing and sales cost.", part_only=True),
)  # fmt: skip
"""What no table of the history tells alone: reckoned from several metrics, or with a figure that the user brings."""

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_ENTRY = ("label", "unit", "better", "table", "expression", "date", "over", "over_time", "counts")


def catalogue(settings: Settings) -> dict[str, Metric]:
    """Give every metric that a goal can be set on: the usual ones, what no table tells alone, and the company's own.

    Raises
    ------
    PlanningError
        With everything that is wrong in ``metrics.toml``, entry by entry.
    """
    known = {**METRICS, **UNTOLD}
    file = settings.workspace / "metrics.toml"
    if not file.exists():
        return known
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanningError(f"{file} cannot be read: {error}. Mend it or delete it.") from error
    problems = [f"{name}: {problem}" for name, entry in told.items() for problem in _wrong(name, entry, told)]
    if problems:
        raise PlanningError(bulleted(f"Metrics in {file} cannot be used:", problems))
    return {**known, **{name: _own(name, entry) for name, entry in told.items()}}


def writer(settings: Settings) -> Callable[[str, int], str]:
    """Give what writes whole units of a metric in messages: money in the company's currency, all else as a count.

    It takes the metric as the ledger names it, so that a part of a ratio (``closing_ratio/deals_won``) is known too.
    """
    known, money = catalogue(settings), in_money(settings.currency, settings.minor_digits)

    def write(metric: str, amount: int) -> str:
        measured = known.get(metric.rpartition("/")[2])
        return money(amount) if measured is not None and measured.unit == "money" else f"{amount:,}"

    return write


def in_tables(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """Give the metrics that tables tell: sums over one, and ratios of two such sums."""
    return {
        name: each
        for name, each in metrics.items()
        if each.table or (each.over and all(part in metrics and metrics[part].table for part in each.over))
    }


def brought(measured: Metric, metrics: Mapping[str, Metric]) -> Metric | None:
    """Give what the user has to bring for a metric: itself, or the part that no table tells; none if all is told."""
    parts = [metrics[each] for each in measured.over or () if metrics[each].typed]
    return measured if measured.typed else parts[0] if parts else None


def _wrong(name: str, entry: Any, told: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with one entry."""
    if not isinstance(entry, dict):
        return [f"it is no entry of its own; write [{name}] and its lines below"]
    problems = [] if _NAME.match(name) else ["a name is small letters, digits and underscores, at most 40"]
    # What the catalogue itself leaves to be typed, a company may measure.
    taken = name in METRICS or (name in UNTOLD and not UNTOLD[name].typed)
    problems += ["a metric of this name is in the catalogue already"] if taken else []
    problems += [unknown_name("line", each, _ENTRY) for each in entry if each not in _ENTRY]
    problems += [
        f"{each} must be a text that says something"
        for each in ("label", *(() if "over" in entry else ("table", "expression", "date")))
        if not (isinstance(entry.get(each), str) and entry[each].strip())
    ]
    problems += [
        f"{each} is {entry.get(each, known[0])!r}, but must be one of {', '.join(known)}"
        for each, known in _CHOICES.items()
        if entry.get(each, known[0] if each == "over_time" else None) not in known
    ]
    return problems + (_wrong_ratio(entry, told) if "over" in entry else [])


def _wrong_ratio(entry: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with an entry that is one metric over another."""
    over = entry["over"]
    if not (isinstance(over, list) and len(over) == 2 and all(isinstance(each, str) for each in over)):
        return ['over must name two metrics, such as over = ["calls", "visits"]']
    additive = {name for name, each in METRICS.items() if each.table}
    additive |= {name for name, each in told.items() if isinstance(each, dict) and "over" not in each}
    problems = [
        f"over: {unknown_name('metric that adds up', part, additive)}" for part in over if part not in additive
    ]
    both = [each for each in ("table", "expression", "date") if each in entry]
    return problems + ([f"it has over, so leave out {', '.join(both)}"] if both else [])


_CHOICES: dict[str, tuple[str, ...]] = {
    "unit": get_args(Unit),
    "better": ("higher", "lower"),
    "over_time": get_args(OverTime),
}


def _own(name: str, entry: Mapping[str, Any]) -> Metric:
    over = entry.get("over")
    return Metric(
        name,
        entry["label"],
        entry["unit"],
        entry["better"] == "higher",
        entry.get("counts", "As the company measures it."),
        entry.get("table", ""),
        entry.get("expression", ""),
        entry.get("date", ""),
        over=(over[0], over[1]) if over else None,
        over_time=entry.get("over_time", "sum"),
    )
