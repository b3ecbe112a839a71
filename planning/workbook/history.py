"""Ask the history: attainment, why, and the funnel."""

from collections.abc import Mapping

import pandas as pd

from planning.history import attainment as attained
from planning.history import drivers
from planning.history import funnel as pipeline
from planning.history.engine import open_history
from planning.history.results import months_in
from planning.periods import add_months
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


def funnel(context: Context, by: list[str], first: str | None = None, last: str | None = None) -> pd.DataFrame:
    """Count the pipeline (`planning.history.funnel.funnel`)."""
    with open_history(context.settings) as history:
        return pipeline.funnel(history, by, first, last, _where(context, None))


def names(settings: Settings, dimension: str) -> list[str]:
    """Name all values of a dimension, such as territories or product lines."""
    with open_history(settings) as history:
        return history.names(dimension)


def _where(context: Context, where: Mapping[str, str] | None) -> dict[str, str]:
    scope = {"territory": context.territory} if context.territory else {}
    return {**scope, **(where or {})}
