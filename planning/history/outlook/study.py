"""All that is worked out on one additive metric: its series, the trials on its past, and what is expected of it."""

from dataclasses import dataclass

import numpy as np

from planning.errors import HistoryError
from planning.history.outlook.candidates import forecasts, known
from planning.history.outlook.projection import Projection, Tested, project
from planning.history.outlook.series import Panel
from planning.history.outlook.trials import trials
from planning.history.season import MONTHS
from planning.periods import FiscalCalendar, first_day, last_day, month_range

_FARTHEST = 2 * MONTHS


@dataclass(frozen=True)
class Study:
    """A metric's series, the trials on its past, and its projection of a year.

    Parameters
    ----------
    panel
        The series.
    past
        Trials, the earliest first.
    projection
        What is expected of the months of the year.
    """

    panel: Panel
    past: list[Tested]
    projection: Projection


def study(panel: Panel, calendar: FiscalCalendar, year: int) -> Study:
    """Work out what a fiscal year brings if nothing changes.

    Raises
    ------
    HistoryError
        If the year ends more than two years after the last month known.
    """
    months = month_range(panel.months[0], calendar.months(year)[-1])
    count, horizon = len(panel.months), len(months) - len(panel.months)
    if horizon > _FARTHEST:
        raise HistoryError(
            f"FY{year} ends in {months[-1]}, {horizon} months after the last month with results, {panel.months[-1]}; "
            f"a forecast reaches {_FARTHEST} months. Choose FY{calendar.year_of_month(panel.months[-1]) + 1}."
        )
    days = np.array([calendar.working_days(first_day(month), last_day(month)) for month in months], float)
    values, days = panel.values.astype(float), days / days.mean()
    past: list[Tested] = []
    for trial in trials(values, days):
        then = slice(0, trial.came.shape[1])
        past.append(Tested(trial, project(panel, past, trial.seen, trial.found, then)))
    seen = known(values, days, count, horizon)
    return Study(panel, past, project(panel, past, seen, forecasts(seen), slice(horizon - MONTHS, horizon)))
