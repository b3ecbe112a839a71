"""Ask the history: attainment, why, and the funnel."""

from collections.abc import Mapping

import pandas as pd

from planning.history import attainment as attained
from planning.history import counting, distribution, drivers, leaks, productivity
from planning.history import events as happened
from planning.history import funnel as pipeline
from planning.history import growth as areas
from planning.history import market as markets
from planning.history.engine import History, open_history
from planning.history.outlook import forecast as outlook
from planning.history.outlook.kept import kept
from planning.history.results import months_in
from planning.periods import add_months, first_day
from planning.settings import Settings
from planning.workbook.context import Context


def months(context: Context, first: str = "", last: str = "", year: int = 0) -> tuple[str, str]:
    """Give the months asked for: those named, else those of a fiscal year, else of the one before the plan's.

    Of a fiscal year that is still going, only the months that have results.
    """
    fiscal = context.calendar.months(year or context.year - 1)
    with open_history(context.settings) as history:
        _, told = months_in(history)
    return first or fiscal[0], last or (min(fiscal[-1], told) if told >= fiscal[0] else fiscal[-1])


def year_before(first: str, last: str) -> tuple[str, str]:
    """Give the same months a year earlier."""
    return add_months(first, -12), add_months(last, -12)


def attainment(
    context: Context, metric: str, by: list[str], first: str, last: str, where: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Hold results against goals (`planning.history.attainment.attainment`)."""
    with open_history(context.settings) as history:
        return attained.attainment(history, context.calendar, metric, by, first, last, _where(context, where))


def spread(context: Context, metric: str, year: int) -> dict[str, float]:
    """Describe how attainment of a year is spread over reps (`planning.history.distribution.spread`)."""
    with open_history(context.settings) as history:
        return distribution.spread(_asked(context, history, metric, year).by("rep"))


def bias(context: Context, metric: str, group: str, year: int) -> pd.DataFrame:
    """Tell whether a year's goals lean against anybody (`planning.history.distribution.bias`)."""
    with open_history(context.settings) as history:
        return distribution.bias(_asked(context, history, metric, year), group)


def goals_over_years(context: Context, metric: str) -> pd.DataFrame:
    """Judge whether goals were too high or too low, year by year (`planning.history.distribution.over_years`)."""
    told = years(context)
    with open_history(context.settings) as history:
        return distribution.over_years(history, context.calendar, metric, told, _where(context, None))


def part_of_year(context: Context, metric: str, year: int) -> list[str]:
    """Name reps in view whose goals cover some of a year's months only."""
    with open_history(context.settings) as history:
        asked = _asked(context, history, metric, year)
        seen = set(asked.by("rep")["rep"])
        return [rep for rep in distribution.part_of_year(history, metric, asked.first, asked.last) if rep in seen]


def metrics_with_goals(context: Context, year: int) -> list[str]:
    """Name the metrics that goals were set on for a year, and that the history measures."""
    calendar = context.calendar.months(year)
    with open_history(context.settings) as history:
        measured = attained.measured_by(history, ["territory"] if context.territory else [])
        asked = attained.goal_metrics(history, calendar[0], calendar[-1])
    return [name for name in measured if name in asked]


def reconciliation(context: Context, first: str, last: str) -> attained.Reconciliation:
    """Hold the revenue shown by territory against all that was loaded (`planning.history.attainment.reconcile`)."""
    where = _where(context, None)
    with open_history(context.settings) as history:
        shown = attained.attainment(history, context.calendar, "revenue", ["territory"], first, last, where)
        return attained.reconcile(history, shown, "revenue", first, last, where)


def account(
    context: Context,
    year: int,
    by: str | None = None,
    against: drivers.Against = "last_year",
    seen: str = "sales",
    valued_at: drivers.ValuedAt = "mean",
) -> pd.DataFrame:
    """Say why a fiscal year differs from the year before or from its goal (`planning.history.drivers.account`)."""
    ramp = context.settings.ramp_months
    with open_history(context.settings) as history:
        where = _where(context, None)
        return drivers.account(history, context.calendar, year, by, where, against, seen, valued_at, ramp)


def stages(context: Context, by: list[str], first: str, last: str) -> pd.DataFrame:
    """Hold the stages of the funnel against others' and the past (`planning.history.leaks.compared`)."""
    with open_history(context.settings) as history:
        return leaks.compared(history, by, first, last, _where(context, None))


def growth(context: Context, by: list[str], first: str, last: str) -> pd.DataFrame:
    """Rank growth areas by the size of the prize (`planning.history.growth.growth`)."""
    with open_history(context.settings) as history:
        return areas.growth(history, by, first, last, _where(context, None))


def by_rep(context: Context, first: str, last: str, alike: str = "") -> pd.DataFrame:
    """Hold sales per rep against the best quarter of peers (`planning.history.productivity.by_rep`)."""
    with open_history(context.settings) as history:
        return productivity.by_rep(history, first, last, _where(context, None), alike)


def forecast(context: Context, metric: str) -> outlook.Forecast:
    """Forecast the year to plan as if nothing changed (`planning.history.outlook.forecast.forecast`)."""
    calendar, year = context.calendar, context.year

    def make() -> outlook.Forecast:
        with open_history(context.settings) as history:
            return outlook.forecast(history, calendar, metric, year)

    return kept(context.settings, calendar, metric, year, make)


def events(context: Context, year: int | None = None) -> pd.DataFrame:
    """Measure what the events in view did (`planning.history.events.events`)."""
    with open_history(context.settings) as history:
        table = happened.events(history, context.calendar, year)
    mine = table["territory"].isin(["", context.territory]) if context.territory else table.index >= 0
    return table[mine].reset_index(drop=True)


def market(context: Context) -> pd.DataFrame:
    """Give the market of the year before the plan's (`planning.history.market.market`)."""
    with open_history(context.settings) as history:
        return markets.market(history, context.calendar, context.year - 1)


def years(context: Context) -> list[int]:
    """Name the fiscal years that have results, oldest first."""
    with open_history(context.settings) as history:
        first, last = months_in(history)
    return list(range(context.calendar.year_of_month(first), context.calendar.year_of_month(last) + 1))


def metrics(context: Context) -> list[str]:
    """Name the metrics that the history measures of what is in view: those with a goal last year first."""
    with open_history(context.settings) as history:
        measured = attained.measured_by(history, ["territory"] if context.territory else [])
    asked = metrics_with_goals(context, context.year - 1)
    return sorted(measured, key=lambda name: name not in asked)


def what_counts(context: Context, first: str, last: str) -> counting.Counted:
    """Say what counts as a result, and that results are what was loaded (`planning.history.counting.what_counts`)."""
    with open_history(context.settings) as history:
        reports = counting.import_reports(context.settings)
        return counting.what_counts(history, first, last, _where(context, None), reports)


def held_against(context: Context) -> list[drivers.Against]:
    """Name what the year before the planned one can be held against, best first."""
    year = context.year - 1
    with open_history(context.settings) as history:
        first, _ = months_in(history)
        months = context.calendar.months(year)
        goals = history.rows(
            "select count(*) as goals from goals where metric = 'revenue' and month between $first and $last",
            first=first_day(months[0]),
            last=first_day(months[-1]),
        )
    known: list[drivers.Against] = ["last_year"] if first <= add_months(months[-1], -12) else ["months_before"]
    return known + (["goal"] if first <= add_months(months[-1], -12) and int(goals["goals"].iloc[0]) else [])


def has_pipeline(context: Context) -> bool:
    """Say whether the history holds opportunities that were closed."""
    with open_history(context.settings) as history:
        found = history.rows("select count(closed) as closed from opportunities")
    return int(found["closed"].iloc[0]) > 0


def funnel(context: Context, by: list[str], first: str | None = None, last: str | None = None) -> pd.DataFrame:
    """Count the pipeline (`planning.history.funnel.funnel`)."""
    with open_history(context.settings) as history:
        return pipeline.funnel(history, by, first, last, _where(context, None))


def names(settings: Settings, dimension: str) -> list[str]:
    """Name all values of a dimension, such as territories or product lines."""
    with open_history(settings) as history:
        return history.names(dimension)


def _asked(context: Context, history: History, metric: str, year: int) -> distribution.Asked:
    calendar = context.calendar
    months = calendar.months(year)
    _, told = months_in(history)
    where = _where(context, None)
    return distribution.Asked(history, calendar, metric, months[0], max(months[0], min(months[-1], told)), where)


def _where(context: Context, where: Mapping[str, str] | None) -> dict[str, str]:
    scope = {"territory": context.territory} if context.territory else {}
    return {**scope, **(where or {})}
