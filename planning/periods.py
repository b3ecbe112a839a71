"""The fiscal calendar: which year, half, quarter and month a day belongs to.

A fiscal year bears the calendar year in which it ends: July 2020 to June 2021 is FY2021. Months are
written as ISO text, ``2020-07``; they sort as they follow each other.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from planning.errors import PlanningError

PERIODS = ("month", "quarter", "half", "year")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True)
class FiscalCalendar:
    """A fiscal year that starts on the first of a month.

    Parameters
    ----------
    start_month
        First month of the fiscal year, 1 to 12.
    holidays
        Days on which nobody works, besides Saturdays and Sundays.

    Examples
    --------
    >>> july = FiscalCalendar(7)
    >>> july.year_of(date(2020, 7, 1)), july.year_of(date(2020, 6, 30))
    (2021, 2020)
    >>> july.months(2021)[0], july.months(2021)[-1]
    ('2020-07', '2021-06')
    >>> july.label("2020-11", "quarter")
    'FY2021 Q2'
    >>> FiscalCalendar(1).months(2027)[0]
    '2027-01'
    """

    start_month: int = 1
    holidays: tuple[date, ...] = ()

    def working_days(self, first: date, last: date) -> int:
        """Count the days from the first to the last, both included, that are worked: Monday to Friday, no holidays.

        Examples
        --------
        >>> FiscalCalendar(1, (date(2026, 5, 1),)).working_days(date(2026, 5, 1), date(2026, 5, 31))
        20
        """
        return int(np.busday_count(first, last + timedelta(days=1), holidays=list(self.holidays)))

    def workday(self, day: date, after: int = 0) -> date:
        """Give the day itself if it is worked, else the next one that is; or so many working days after that.

        Parameters
        ----------
        day
            The day.
        after
            Working days later; earlier if negative.

        Examples
        --------
        >>> FiscalCalendar(1, (date(2027, 3, 1),)).workday(date(2027, 2, 27))
        datetime.date(2027, 3, 2)
        >>> FiscalCalendar(1).workday(date(2027, 2, 26), 1)
        datetime.date(2027, 3, 1)
        """
        found = np.busday_offset(day, after, roll="forward", holidays=list(self.holidays))
        return date.fromisoformat(str(found))

    def year_of(self, day: date) -> int:
        """Fiscal year that a day belongs to."""
        return self.year_of_month(f"{day:%Y-%m}")

    def year_of_month(self, month: str) -> int:
        """Fiscal year that a month belongs to."""
        year, number = split_month(month)
        return year + (1 if self.start_month > 1 and number >= self.start_month else 0)

    def months(self, year: int) -> list[str]:
        """Give the twelve months of a fiscal year in their order."""
        first = f"{year - (1 if self.start_month > 1 else 0):04d}-{self.start_month:02d}"
        return [add_months(first, offset) for offset in range(12)]

    def position(self, month: str) -> int:
        """Place of a month in its fiscal year, 0 to 11."""
        return (split_month(month)[1] - self.start_month) % 12

    def weeks(self, year: int) -> list[date]:
        """Give the Mondays of the weeks that cover a fiscal year; the first and the last week may reach past it.

        Examples
        --------
        >>> weeks = FiscalCalendar(1).weeks(2027)
        >>> weeks[0], weeks[-1], len(weeks)
        (datetime.date(2026, 12, 28), datetime.date(2027, 12, 27), 53)
        """
        months = self.months(year)
        first, last = first_day(months[0]), last_day(months[-1])
        monday = first - timedelta(days=first.weekday())
        return [monday + timedelta(weeks=week) for week in range((last - monday).days // 7 + 1)]

    def weeks_445(self, year: int, ends_on: int = 5) -> list[tuple[date, int]]:
        """Give the weeks of a fiscal year of whole weeks, quarters of 4, 4 and 5: first days, and periods 1 to 12.

        Such a year ends on the last Saturday (or another day) of the month before the start month; it has
        52 weeks, and every five or six years 53, of which the last belongs to the twelfth period.

        Parameters
        ----------
        year
            Fiscal year.
        ends_on
            Day of the week on which weeks end, Monday is 0.

        Examples
        --------
        >>> september = FiscalCalendar(9)
        >>> [len(september.weeks_445(year)) for year in (2007, 2008, 2009)]
        [52, 53, 52]
        >>> september.weeks_445(2008)[0]
        (datetime.date(2007, 8, 26), 1)
        """
        ends = [last_day(self.months(each)[-1]) for each in (year - 1, year)]
        before, last = (day - timedelta(days=(day.weekday() - ends_on) % 7) for day in ends)
        count = (last - before).days // 7
        periods = [number for number in range(1, 13) for _ in range(5 if number % 3 == 0 else 4)]
        starts = [before + timedelta(days=1, weeks=week) for week in range(count)]
        return [(start, periods[min(week, 51)]) for week, start in enumerate(starts)]

    def label(self, month: str, period: str) -> str:
        """Name of the month, quarter, half or year that a month lies in.

        Raises
        ------
        PlanningError
            If `period` is not one of `PERIODS`.
        """
        if period == "month":
            return month
        year = f"FY{self.year_of_month(month)}"
        if period == "quarter":
            return f"{year} Q{self.position(month) // 3 + 1}"
        if period == "half":
            return f"{year} H{self.position(month) // 6 + 1}"
        if period == "year":
            return year
        raise PlanningError(f"There is no period {period!r}. Known: {', '.join(PERIODS)}.")


def split_month(month: str) -> tuple[int, int]:
    """Year and number of an ISO month.

    Raises
    ------
    PlanningError
        If the text is not ``YYYY-MM``.
    """
    match = _MONTH.match(month)
    if match is None:
        raise PlanningError(f"{month!r} is not a month. Write it as YYYY-MM, such as 2020-07.")
    return int(match[1]), int(match[2])


def add_months(month: str, count: int) -> str:
    """Give the month `count` months later (earlier if negative).

    Examples
    --------
    >>> add_months("2020-11", 3), add_months("2020-01", -1)
    ('2021-02', '2019-12')
    """
    year, number = split_month(month)
    index = year * 12 + number - 1 + count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_range(first: str, last: str) -> list[str]:
    """All months from the first to the last, both included.

    Raises
    ------
    PlanningError
        If the last lies before the first.
    """
    if split_month(last) < split_month(first):
        raise PlanningError(f"The months run from {first} to {last}: the last lies before the first.")
    months = [first]
    while months[-1] != last:
        months.append(add_months(months[-1], 1))
    return months


def first_day(month: str) -> date:
    """First day of a month."""
    year, number = split_month(month)
    return date(year, number, 1)


def last_day(month: str) -> date:
    """Last day of a month.

    Examples
    --------
    >>> last_day("2020-02")
    datetime.date(2020, 2, 29)
    """
    year, number = split_month(month)
    return date(year, number, calendar.monthrange(year, number)[1])
