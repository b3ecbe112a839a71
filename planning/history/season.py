"""The season: which part of a year each month brings, and how far a part of the company has a season of its own.

The season of a part is its own, shrunk towards the whole company's as far as its own is noise. With :math:`s_{jk}` the
share of month :math:`k` in year :math:`j`, :math:`\\bar s_k` its mean over :math:`J` years and :math:`w_k` the share of
the whole,

.. math:: \\hat s_k = w_k + B\\,(\\bar s_k - w_k), \\qquad
          B = \\max\\left(0,\\; 1 - \\frac{\\sum_k \\mathrm{var}_j(s_{jk}) / J}{\\sum_k (\\bar s_k - w_k)^2}\\right)

the positive-part James-Stein estimator. Shrinking seasonal factors this way, and how much it gains, is from D. M. Miller
and D. Williams, "Shrinkage estimators of time series seasonal factors and their effect on forecasting accuracy",
International Journal of Forecasting 19 (2003) 669-684.
"""

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.engine import History
from planning.history.results import months_in
from planning.history.sums import Sums
from planning.periods import FiscalCalendar, month_range

MONTHS = 12
_STEEPEST = 2.0
"""Growth in a year beyond which two years are not taken for the same business."""


def profiles(history: History, calendar: FiscalCalendar) -> pd.DataFrame:
    """Give the season of each product line: the share of each month in its fiscal year.

    Taken over all whole fiscal years of the history together; where there is none, over the months there are, each
    missing one at the average of the others. Months whose returns exceed their sales count as none. With two whole
    years or more, a line's season is shrunk towards that of all lines as far as its years disagree.

    Returns
    -------
    A row a product line, and one named by the empty text for all together; columns 0 to 11 in fiscal order; each row
    sums to one.
    """
    first, last = months_in(history)
    rows = history.sums(Sums("orders", {"amount": "amount"}, ["product_line", "month"], "date"), calendar)
    known = pd.Series(month_range(first, last))
    years = known.map(calendar.year_of_month)
    whole = set(known[years.map(years.value_counts()) == MONTHS])
    used = rows[rows["month"].isin(whole)] if whole else rows
    used = used.assign(year=used["month"].map(calendar.year_of_month), place=used["month"].map(calendar.position))
    table = used.pivot_table(index="product_line", columns="place", values="amount", aggfunc="sum").astype(float)
    table = pd.concat([table, table.sum().to_frame("").T]).reindex(columns=range(MONTHS)).clip(lower=0)
    mean = table.mean(axis=1)
    filled = table.fillna(0.0) if whole else table.apply(lambda month: month.fillna(mean))
    shares = filled.div(filled.sum(axis=1), axis=0)
    for line, sold in used.groupby("product_line") if whole else ():
        yearly = sold.pivot_table(index="year", columns="place", values="amount", aggfunc="sum")
        by_year = _shares(yearly.reindex(columns=range(MONTHS)).astype(float).fillna(0.0).to_numpy())
        shares.loc[line] = shrunk(shares.loc[line].to_numpy(), by_year, shares.loc[""].to_numpy())
    return shares


def shrunk(own: Real, by_year: Real, whole: Real) -> Real:
    """Shrink a season towards that of the whole, as far as it is noise; the formula stands above.

    Parameters
    ----------
    own
        The part's season, twelve shares.
    by_year
        Its season in each year, twelve columns.
    whole
        Season of the whole, twelve shares.

    Returns
    -------
    Twelve shares; `own` as it is where there is no second year to tell noise from season.
    """
    if len(by_year) < 2:
        return own
    apart = float(((own - whole) ** 2).sum())
    noise = float(by_year.var(axis=0, ddof=1).sum()) / len(by_year)
    trust = max(0.0, 1.0 - noise / apart) if apart > 0 else 0.0
    return whole + trust * (own - whole)


def indices(values: Real, starts: np.ndarray) -> Real:
    """Give the seasonal index of each of the next twelve months, for every node: 1 is a month like the average.

    Years are counted back from the last month, and freed of their growth. A node with less than two years, or with a year
    that did not sell more than came back, has the season of the first node, the company.

    Parameters
    ----------
    values
        Amounts, a row a node, a column a month; the company first.
    starts
        First month of each node, as a column.

    Returns
    -------
    A row a node, twelve columns, from the month after the last; each row has a mean of 1.
    """
    whole = _shares(_years(values[0, starts[0] :]))
    season = whole.mean(axis=0) if len(whole) else np.full(MONTHS, 1 / MONTHS)
    found = np.tile(season, (len(values), 1))
    for row in range(1, len(values)):
        years = _shares(_years(values[row, starts[row] :]))
        if len(years) >= 2:
            found[row] = shrunk(years.mean(axis=0), years, season)
    return found * MONTHS


def _years(series: Real) -> Real:
    """Cut a series into years that end with its last month."""
    count = len(series) // MONTHS
    return series[len(series) - MONTHS * count :].reshape(count, MONTHS)


def _shares(years: Real) -> Real:
    """Share of each month in its year, free of growth from year to year; no row if a year has no sales to share."""
    sold = np.clip(years, 0.0, None)
    totals = sold.sum(axis=1, keepdims=True)
    if not len(years) or (totals <= 0).any():
        return np.empty((0, MONTHS))
    growth = (totals[-1, 0] / totals[0, 0]) ** (1 / (len(years) - 1)) if len(years) > 1 else 1.0
    steps = (np.arange(MONTHS) - (MONTHS - 1) / 2) / MONTHS
    level = np.clip(growth, 1 / _STEEPEST, _STEEPEST) ** steps
    shares = sold / totals / level
    return shares / shares.sum(axis=1, keepdims=True)
