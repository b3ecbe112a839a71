r"""The season: which part of a year each month brings, and how far a part of the company has a season of its own.

The season of a part is its own, shrunk towards the whole company's as far as its own is noise. With :math:`s_{jk}`
the share of month :math:`k` in year :math:`j`, :math:`\bar s_k` its mean over :math:`J` years and :math:`w_k` the
share of the whole,

.. math:: \hat s_k = w_k + B\,(\bar s_k - w_k), \qquad
          B = \max\left(0,\; 1 - \frac{\sum_k \mathrm{var}_j(s_{jk}) / J}{\sum_k (\bar s_k - w_k)^2}\right)

the positive-part James-Stein estimator. Shrinking seasonal factors this way, and how much it gains, is from D. M.
Miller and D. Williams, "Shrinkage estimators of time series seasonal factors and their effect on forecasting
accuracy", International Journal of Forecasting 19 (2003) 669-684.
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


def profiles(history: History, calendar: FiscalCalendar, before: str = "") -> pd.DataFrame:
    """Give the season of each product line: the share of each month in its fiscal year.

    - Taken over all whole fiscal years of the history together. Months whose returns exceed their sales count as
      none; one-off orders are left out, since they have no season.
    - Years in which a line only began do not count for it. With two years or more, its season is shrunk towards that
      of all lines as far as its years disagree; with none, it has the season of all.
    - Where the history has no whole fiscal year, the months there are count, each missing one at the average of the
      others.

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    before
        ISO month: what came in it and later is not looked at; empty for everything.

    Returns
    -------
    A row a product line, and one named by the empty text for all together; columns 0 to 11 in fiscal order; each row
    sums to one.
    """
    sold = _sold(history, calendar, before)
    years = pd.Series(sold.columns).map(calendar.year_of_month)
    whole = years.map(years.value_counts()).eq(MONTHS).to_numpy()
    if not whole.any():
        return _of_months_there_are(sold, calendar)
    by_year = sold.loc[:, whole].to_numpy().reshape(len(sold), -1, MONTHS)
    all_lines = _share(by_year.sum(axis=(0, 1)))
    began = (sold.to_numpy() != 0).argmax(axis=1)
    first_months = np.flatnonzero(whole)[::MONTHS]
    seasons = [_of_line(each[first_months >= start], all_lines) for each, start in zip(by_year, began, strict=True)]
    return pd.DataFrame([*seasons, all_lines], index=[*sold.index, ""])


def _sold(history: History, calendar: FiscalCalendar, before: str) -> pd.DataFrame:
    """Add revenue up by product line and month, without one-off orders; months without any are 0."""
    again = "fact.order_id not in (select order_id from one_offs)"
    asked = Sums("orders", {"amount": "amount"}, ["product_line", "month"], "date", condition=again)
    table = history.sums(asked, calendar).pivot_table(
        index="product_line", columns="month", values="amount", aggfunc="sum"
    )
    months = [month for month in month_range(*months_in(history)) if not before or month < before]
    return table.reindex(columns=months).astype("Float64").fillna(0.0).astype(float)


def _of_months_there_are(sold: pd.DataFrame, calendar: FiscalCalendar) -> pd.DataFrame:
    places = [calendar.position(month) for month in sold.columns]
    amounts = pd.concat([sold, sold.sum().to_frame("").T]).T.groupby(places).sum().T.reindex(columns=range(MONTHS))
    filled = amounts.clip(lower=0).T.fillna(amounts.clip(lower=0).mean(axis=1)).T
    return filled.apply(lambda line: pd.Series(_share(line.to_numpy())), axis=1)


def _of_line(years: Real, all_lines: Real) -> Real:
    if years.sum() <= 0:
        return all_lines
    return shrunk(_share(years.sum(axis=0)), _shares(years), all_lines)


def _share(amounts: Real) -> Real:
    """Share of each month in the whole; of months without sales at all, the same for each."""
    sold = np.clip(amounts, 0.0, None)
    return sold / sold.sum() if sold.sum() > 0 else np.full(len(sold), 1 / len(sold))


def index(amounts: Real) -> Real:
    """Give the seasonal index: what each part of a year brings over what the parts bring on average.

    Examples
    --------
    >>> index(np.array([200.0, 350.0, 300.0, 150.0]))
    array([0.8, 1.4, 1.2, 0.6])
    """
    return amounts / amounts.mean()


def seasoned(level: Real, factors: Real) -> Real:
    """Give a level free of season its season back: each value times its index."""
    return level * factors


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

    Years are counted back from the last month, and freed of their growth. With two years or more, a node's season is
    shrunk towards that of the first node, the company; with one, which cannot tell season from noise, it is the mean
    of both; with none, or with a year in which no more was sold than came back, it is the company's.

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
        if len(years) == 1:
            found[row] = (years[0] + season) / 2
        elif len(years) >= 2:
            found[row] = shrunk(years.mean(axis=0), years, season)
    return index(found)


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
