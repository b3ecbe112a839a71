"""The profile of a goal over the year: by season, evenly, by working days, or typed; and its weeks.

Only when the goal is due changes: what an owner carries of each product and channel stays what it was.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from planning.amounts import Real, apportion
from planning.errors import LedgerError
from planning.goals import ledger
from planning.goals.owners import Owners
from planning.periods import FiscalCalendar, first_day, last_day

STEP = "profile"
PROFILES = {
    "season": "The season of what is expected",
    "even": "Evenly",
    "working_days": "By working days",
    "typed": "As typed",
}
_PARTS = (12, 4, 2)
_CELL = ["owner", "product", "channel"]


def typed(parts: Sequence[Decimal]) -> Real:
    """Read parts of the year as they were typed: of 12 months, 4 quarters or 2 halves, in percent.

    Returns
    -------
    A share a month; quarters and halves are split evenly.

    Raises
    ------
    LedgerError
        If there are not 12, 4 or 2, one is below zero, or they are not 100 together, exactly.

    Examples
    --------
    >>> typed([Decimal("20"), Decimal("20"), Decimal("20"), Decimal("40")]).round(4).tolist()[8:10]
    [0.0667, 0.1333]
    """
    together = sum(parts, Decimal(0))
    if len(parts) not in _PARTS or any(each < 0 for each in parts) or together != 100:
        raise LedgerError(
            f"A typed profile has 12, 4 or 2 parts of at least 0% that are 100% together; these are {len(parts)} of "
            f"{together}% together."
        )
    months = 12 // len(parts)
    return np.repeat([float(each) / 100 / months for each in parts], months)


def by_working_days(calendar: FiscalCalendar, year: int) -> Real:
    """Give the share of the year's working days that each month has."""
    days = [calendar.working_days(first_day(month), last_day(month)) for month in calendar.months(year)]
    return np.array(days) / sum(days)


def respread(owners: Owners, rows: pd.DataFrame, name: str, months: list[str], shares: Real) -> pd.DataFrame:
    """Spread a goal over the months anew.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric.
    name
        Owner; everybody below is spread so as well.
    months
        Months of the year.
    shares
        A share a month.

    Returns
    -------
    The entries to post; they sum to zero for every owner, product and channel.

    Raises
    ------
    LedgerError
        If there is nothing to spread.
    """
    mine = rows[rows["owner"].isin(owners.under([name]))]
    now = mine.groupby([*_CELL, "period"], as_index=False)["amount"].sum()
    years = now.groupby(_CELL, as_index=False)["amount"].sum()
    if years["amount"].eq(0).all():
        raise LedgerError("There is no goal to spread over the year.")
    split = apportion(years["amount"].to_numpy(), np.tile(shares, (len(years), 1)))
    after = years.loc[years.index.repeat(len(months)), _CELL].reset_index(drop=True)
    after = after.assign(period=months * len(years), amount=split.ravel())
    moved = pd.concat([after, now.assign(amount=-now["amount"])])
    return ledger.entries(moved.groupby([*_CELL, "period"], as_index=False)["amount"].sum())


def weeks(calendar: FiscalCalendar, months: pd.Series) -> pd.Series:
    """Split months into weeks by working days; what is due in a month stays in it.

    Parameters
    ----------
    calendar
        The fiscal calendar; its holidays count.
    months
        Whole units by ISO month.

    Returns
    -------
    Whole units by the Monday that a week begins with (``YYYY-MM-DD``), in order; they add up to the months exactly.
    """
    rows = [
        (place, str(monday), days)
        for place, month in enumerate(months.index)
        for monday, days in _weeks(calendar, month)
    ]
    table = pd.DataFrame(rows, columns=["month", "week", "days"])
    amount = apportion(months.to_numpy(), table["days"].to_numpy(dtype=float), groups=table["month"])
    return pd.Series(amount, table["week"]).groupby(level=0).sum()


def _weeks(calendar: FiscalCalendar, month: str) -> list[tuple[date, int]]:
    """Give the Mondays of a month's weeks, each with the working days that lie in the month."""
    days = pd.date_range(first_day(month), last_day(month))
    mondays = days - pd.to_timedelta(days.day_of_week, unit="D")
    found = []
    for monday in mondays.unique():
        inside = days[mondays == monday]
        found.append((monday.date(), calendar.working_days(inside[0].date(), inside[-1].date())))
    return found
