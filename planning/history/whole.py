r"""Figures of the company, a region or a territory as a whole: they add up over nobody, so no account bears them.

A customer's lifetime value is the margin of a customer and year times the years that a customer is expected to stay.
With churn :math:`c` the same in every year, the number of years is geometric with mean :math:`1 / c` (Gupta, S. and
Lehmann, D. R., 2003, Customers as assets, Journal of Interactive Marketing 17 (1), 9-24, without interest):

.. math:: V = \frac{m}{n} \cdot \frac{1}{c}

with the margin :math:`m` of the year and :math:`n` the customers who bought in it.
"""

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from planning.history.attainment import attainment, measured_by
from planning.history.engine import History
from planning.metrics import Metric
from planning.periods import FiscalCalendar

LIFETIME_VALUE = "lifetime_value"


def figure(
    history: History,
    calendar: FiscalCalendar,
    measured: Metric,
    first: str,
    last: str,
    where: Mapping[str, str] | None = None,
    brought: Decimal | None = None,
) -> Decimal | None:
    """Give what a metric was over some months; none where the history does not tell it.

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    measured
        A ratio, or a metric that is reckoned.
    first, last
        ISO months, both included.
    where
        Dimensions that must have a value, such as ``{"territory": "Canada"}``.
    brought
        What no table tells of it: the upper part of a ratio, whole minor units for money.
    """

    def result(name: str) -> Decimal | None:
        if name not in history.metrics:
            return brought
        value = attainment(history, calendar, name, [], first, last, where)["result"].iloc[0]
        if not pd.isna(value):
            return Decimal(str(value))
        over = history.metrics[name].over
        # Elsewhere it is counted, and here is something to count it over: then there was none of it.
        return Decimal(0) if over and name in measured_by(history) and result(over[1]) else None

    if measured.name in history.metrics:
        return result(measured.name)
    if measured.name == LIFETIME_VALUE:
        return lifetime_value(*(result(name) for name in measured.reckoned))
    above, below = (result(name) for name in measured.over or ())
    return above / below if above is not None and below else None


def lifetime_value(margin: Decimal | None, customers: Decimal | None, churn: Decimal | None) -> Decimal | None:
    """Give a customer's lifetime value; none where something is not known, or nobody leaves.

    Parameters
    ----------
    margin
        Of the year, minor units.
    customers
        Who bought in it.
    churn
        Part of the customers of a year who do not buy in the next, above 0.

    Examples
    --------
    >>> int(lifetime_value(Decimal(600_000_00), Decimal(100), Decimal("0.2")) or 0)
    3000000
    """
    if margin is None or not customers or not churn:
        return None
    return margin / customers / churn
