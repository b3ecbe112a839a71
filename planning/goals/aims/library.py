"""Ready goals, to be fitted to one's own numbers: the usual ones of the trade.

Each names a metric, a change and a term; what is measured, and from which table, follows from the metric.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from planning.errors import LedgerError, unknown_name
from planning.goals.aims.aim import Aim, Kind, Serves, Way
from planning.metrics import Metric


@dataclass(frozen=True)
class Template:
    """A ready goal.

    Parameters
    ----------
    name
        How commands call it.
    words
        The goal in words.
    metric, way, value, kind, serves
        As of `planning.goals.aims.aim.Aim`.
    term
        Months from the start of the year.
    whose
        Whom it is usually set for.
    how
        What is usually done for it, as a suggestion to be replaced by what will be done here.
    """

    name: str
    words: str
    metric: str
    way: Way
    value: Decimal
    term: int
    kind: Kind
    serves: Serves
    whose: str
    how: str


def _goal(
    name: str, words: str, metric: str, asks: str, term: int, kind: Kind, serves: Serves, whose: str, how: str
) -> Template:
    """Read what is asked: ``+10%`` or ``-8%`` of last year, ``<1%``, ``>40%``."""
    ways: dict[str, Way] = {"<": "under", ">": "over"}
    bare = asks.lstrip("<>")
    value = Decimal(bare.rstrip("%")) / (100 if bare.endswith("%") else 1)
    return Template(name, words, metric, ways.get(asks[0], "by"), value, term, kind, serves, whose, how)


_COVER: Serves = "market coverage"
_SKILL: Serves = "sales force capability"
_CUSTOMER: Serves = "customer focus"
_PRODUCT: Serves = "product focus"

LIBRARY: Mapping[str, Template] = {
    each.name: each
    for each in (
        _goal("annual_revenue", "Revenue up 10% in the year", "revenue", "+10%", 12, "company", _COVER, "managers",
              "More from the accounts with room to grow, and new accounts where the market grows"),
        _goal("rep_revenue", "Everybody's revenue up 10% in the year", "revenue", "+10%", 12, "individual", _COVER,
              "reps", "A plan for each of the five most important accounts"),
        _goal("units", "Units up 20% in a quarter", "units", "+20%", 3, "team", _PRODUCT, "reps",
              "A campaign on the product line with the most room"),
        _goal("margin", "Margin up 5% in the year", "margin", "+5%", 12, "company", _PRODUCT, "managers",
              "Fewer discounts, and more of the lines that earn more"),
        _goal("margin_rate", "Margin rate up 2% of itself in the year", "margin_rate", "+2%", 12, "individual",
              _PRODUCT, "reps", "Discounts need a reason, and terms in return"),
        _goal("churn", "Churn under 1% in six months", "churn", "<1%", 6, "company", _CUSTOMER, "managers",
              "A call to every customer whose orders fall behind their own past"),
        _goal("retention", "95% of customers kept in the year", "retention", ">95%", 12, "team", _CUSTOMER, "reps",
              "A review with every customer before their season"),
        _goal("lifetime_value", "Customer lifetime value up 12% in the year", "lifetime_value", "+12%", 12, "company",
              _CUSTOMER, "managers", "Second product lines for customers of one"),
        _goal("upsell", "Upsell up 10% in the year", "upsell", "+10%", 12, "company", _CUSTOMER, "managers",
              "Larger purchases by loyal customers, account by account"),
        _goal("acquisition_cost", "Acquisition cost down 5% in six months", "acquisition_cost", "-5%", 6, "company",
              _COVER, "managers", "Money moved to the channels that win customers at the least cost"),
        _goal("new_customers", "New customers up 15% in the year", "new_customers", "+15%", 12, "team", _COVER,
              "reps", "A list of named prospects for each territory"),
        _goal("win_rate", "Win rate up 8% by year end", "win_rate", "+8%", 12, "company", _SKILL, "managers",
              "Deals reviewed before the proposal; those without a sponsor are not proposed"),
        _goal("closing_ratio", "Closing ratio up 8% in the year", "closing_ratio", "+8%", 12, "individual", _SKILL,
              "reps", "Follow the presentations of the best for a month"),
        _goal("sales_cycle", "Sales cycle shortened 8% in six months", "sales_cycle", "-8%", 6, "company", _SKILL,
              "managers", "A next step with a date agreed at the end of every meeting"),
        _goal("deal_size", "Average deal up 5% in the year", "deal_size", "+5%", 12, "team", _PRODUCT, "managers",
              "Bundles, and a second line in every proposal"),
        _goal("deals_won", "Deals won up 10% in the year", "deals_won", "+10%", 12, "individual", _COVER, "reps",
              "More presentations at the own closing ratio"),
        _goal("pipeline", "Proposals in process up 10% in the year", "proposals_in_process", "+10%", 12, "individual",
              _COVER, "reps", "Two proposals sent for each one that is closed"),
        _goal("coverage", "Pipeline coverage up 10% in the year", "pipeline_coverage", "+10%", 12, "team", _COVER,
              "managers", "What is open against the next quarter's goals looked at every month"),
        _goal("opportunities", "Opportunities pursued up 15% in the year", "opportunities", "+15%", 12, "individual",
              _COVER, "reps", "An hour of prospecting a day, kept free"),
        _goal("prospects", "Prospects up 20% in three months", "prospects", "+20%", 3, "individual", _COVER, "reps",
              "Referrals asked for at every delivery"),
        _goal("marketing_leads", "Marketing-qualified leads up 15% in six months", "marketing_leads", "+15%", 6,
              "company", _COVER, "managers", "Campaigns on the segments that close best"),
        _goal("sales_leads", "Sales-qualified leads up 15% in three months", "sales_leads", "+15%", 3, "company",
              _COVER, "managers", "Every lead called within a day"),
        _goal("demos", "Demos booked up 15% in six months", "demos", "+15%", 6, "individual", _PRODUCT, "reps",
              "A demo offered in every discovery call"),
        _goal("calls", "Calls up 10% in the year", "calls", "+10%", 12, "individual", _COVER, "reps",
              "Two blocks of calls a week, kept free"),
        _goal("conversations", "Qualified conversations up 10% in the year", "qualified_conversations", "+10%", 12,
              "individual", _CUSTOMER, "reps", "Questions prepared before every contact"),
        _goal("discovery_calls", "Discovery calls up 10% in the year", "discovery_calls", "+10%", 12, "individual",
              _CUSTOMER, "reps", "A discovery call before every proposal"),
        _goal("coaching_hours", "Coaching hours up 15% in six months", "coaching_hours", "+15%", 6, "team", _SKILL,
              "managers", "An hour a week with every rep, in the calendar"),
        _goal("coaching", "Coaching occasions up 10% in three months", "coaching", "+10%", 3, "team", _SKILL,
              "managers", "A joint visit with every rep a month"),
        _goal("rep_turnover", "Rep turnover down 8% in the year", "rep_turnover", "-8%", 12, "company", _SKILL,
              "managers", "Talks about the own goals of every rep, twice a year"),
    )
}  # fmt: skip


def template(name: str) -> Template:
    """Look a ready goal up.

    Raises
    ------
    LedgerError
        If there is none of the name, with the nearest.
    """
    if name not in LIBRARY:
        raise LedgerError(unknown_name("ready goal", name, LIBRARY))
    return LIBRARY[name]


def fitted(ready: Template, measured: Metric, months: list[str], whom: str = "", typed: Decimal | None = None) -> Aim:
    """Fit a ready goal to a year: its term from the year's first month on, with checkpoints at the quarters' ends.

    Parameters
    ----------
    ready
        The ready goal.
    measured
        Its metric.
    months
        Months of the fiscal year.
    whom
        As of `planning.goals.aims.aim.Aim`.
    typed
        Last year's figure, where the history does not tell it.
    """
    end = months[ready.term - 1]
    return Aim(
        ready.metric, ready.kind, ready.serves, ready.way, ready.value, months[0], end,
        whom=whom, how=ready.how, checkpoints=quarters(months, months[0], end), typed=typed,
        floor="90%" if measured.higher_is_better else "110%", stretch="105%" if measured.higher_is_better else "95%",
    )  # fmt: skip


def quarters(months: list[str], start: str, end: str) -> tuple[str, ...]:
    """Give the last months of the quarters between start and end."""
    return tuple(month for month in months[2::3] if start <= month <= end)


def measurable(ready: Template, metrics: Mapping[str, Metric], counted: set[str]) -> bool:
    """Say whether the history can tell how the goal is doing.

    Parameters
    ----------
    ready
        The ready goal.
    metrics
        Metrics by name.
    counted
        Metrics that the history holds results of.
    """
    return not metrics[ready.metric].typed and ready.metric in counted
