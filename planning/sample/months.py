"""The months that are simulated, and the working days in them.

One year more is simulated than is written: the goals of the first year rest on the results of the
year before it. After the history comes the year in course, which is brought in month by month.
"""

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

SIMULATED_FROM = np.datetime64("2023-01", "M")
MONTH_COUNT = 48
FIRST_DAY = np.datetime64("2024-01-01", "D")
LAST_DAY = np.datetime64("2026-12-31", "D")
YEARS = (2024, 2025, 2026)
COURSE = 2027
"""The year in course: the one after the history."""
COURSE_MONTHS = np.arange(MONTH_COUNT, MONTH_COUNT + 12)
NEVER = np.datetime64("NaT", "D")


def month_number(month: str) -> int:
    """Place of an ISO month among the simulated ones, such as 0 for ``2023-01``.

    Examples
    --------
    >>> month_number("2024-03")
    14
    """
    return int(np.datetime64(month, "M") - SIMULATED_FROM)


def month_of(days: Days) -> Places:
    """Places of the months that days lie in."""
    return (days.astype("datetime64[M]") - SIMULATED_FROM).astype(np.int64)


def first_days(months: Places) -> Days:
    """First days of months given by their places."""
    return (SIMULATED_FROM + months).astype("datetime64[D]")


def year_of(months: Places) -> Places:
    """Calendar years of months given by their places."""
    return 2023 + months // 12


def working_days() -> Places:
    """Working days of each simulated month, Monday to Friday; those of the year in course at the end."""
    starts = first_days(np.arange(MONTH_COUNT + 12 + 1))
    return np.busday_count(starts[:-1], starts[1:]).astype(np.int64)


def last_day(month: int) -> np.datetime64:
    """Last day of a month given by its place."""
    return first_days(np.array([month + 1]))[0] - 1


def working_day(months: Places, chance: Numbers) -> Days:
    """Pick a working day of each month: the first for a chance of 0, the last for one just under 1."""
    place = np.floor(chance * working_days()[months]).astype(np.int64)
    return np.busday_offset(first_days(months), place, roll="forward").astype("datetime64[D]")
