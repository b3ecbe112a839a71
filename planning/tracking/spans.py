"""What of a year's goal falls between two days."""

from collections.abc import Mapping
from datetime import date, timedelta

from planning.periods import FiscalCalendar, first_day, last_day


def due(months: Mapping[str, int], calendar: FiscalCalendar, first: date, last: date) -> int:
    """Give what of a goal by month is due between two days, both included; within a month, by working days.

    Parts of a year that follow each other add up to it exactly, since the bounds are rounded and not the parts.

    Parameters
    ----------
    months
        Goal by ISO month, minor units.
    calendar
        Says which days are worked.
    first, last
        The days.

    Examples
    --------
    >>> due({"2027-01": 2100}, FiscalCalendar(1), date(2027, 1, 4), date(2027, 1, 10))
    500
    """
    return _until(months, calendar, last) - _until(months, calendar, first - timedelta(days=1))


def _until(months: Mapping[str, int], calendar: FiscalCalendar, day: date) -> int:
    whole = sum(amount for month, amount in months.items() if last_day(month) <= day)
    month = f"{day:%Y-%m}"
    if month not in months or last_day(month) <= day:
        return whole
    begins = first_day(month)
    days = calendar.working_days(begins, last_day(month))
    return whole + (round(months[month] * calendar.working_days(begins, day) / days) if days else 0)
