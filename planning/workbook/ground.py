"""What next year's number rests on: last year's result, the outlook if nothing changes, and who sells where."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from planning.assumptions.kinds import Scene
from planning.errors import HistoryError
from planning.goals.setting import baseline, cascade, presence
from planning.goals.setting.cascade import Step
from planning.history import results, season, seats
from planning.history.engine import History, files, open_history
from planning.history.outlook.forecast import Forecast
from planning.metrics import METRICS, catalogue
from planning.periods import FiscalCalendar, first_day, last_day
from planning.workbook import history as asked
from planning.workbook.context import Context
from planning.workbook.kept import kept


@dataclass(frozen=True)
class Ground:
    """What assumptions are priced on.

    Parameters
    ----------
    steps
        Last year's result, made whole, and the outlook: what the year brings if nothing changes.
    places
        Positions: columns ``territory``, ``rep``.
    territories
        Columns ``territory``, ``region``.
    scene
        What is known of the year besides.
    forecast
        The forecast behind the outlook; none where the history is too short for one.
    """

    steps: list[Step]
    places: pd.DataFrame
    territories: pd.DataFrame
    scene: Scene
    forecast: Forecast | None

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The baseline by cell: columns of `planning.goals.setting.cascade.LEVELS` and ``amount``."""
        return cascade.expected(self.steps)


def ground(context: Context) -> Ground:
    """Lay the ground of the year in view; what was laid is kept while the history stays as it is.

    It rests on results before the year's first day, and on who was there then: what comes in during the year does not
    move what its goals rest on.

    A history in a warehouse may change unseen, so that its ground is laid each time.
    """
    return kept(context.settings, "ground", depends_on(context), lambda: _laid(context))


def begun_until(context: Context) -> str:
    """Give the last month with results of a year that has begun; empty before it has."""
    months = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        last = min(results.months_in(history)[1], months[-1])
    return last if last >= months[0] else ""


def depends_on(context: Context) -> tuple[object, ...] | None:
    """Say what the ground depends on; nothing where that is not known, as of a warehouse."""
    if context.settings.history_url:
        return None
    own = sorted((name, each) for name, each in catalogue(context.settings).items() if name not in METRICS)
    return repr((files(context.settings), own)), context.calendar, context.year, context.settings.ramp_months


def _laid(context: Context) -> Ground:
    calendar, year = context.calendar, context.year
    with open_history(context.settings) as history:
        rows = results.credited(history, calendar, year)
        here = results.people_here(history, calendar, year)
        places = baseline.positions(rows, results.assignments(history, calendar, year), here)
        steps = baseline.baseline(
            rows, places, season.profiles(history, calendar, calendar.months(year)[0]), calendar, year
        )
        scene = _scene(context, history, places)
        territories = results.territories(history)
        before, coming = _served(context, history, places)
    forecast = _forecast(context)
    if forecast is not None:
        steps = [*steps, _outlook(steps, forecast)]
    present = presence.presence(steps, before, coming, "assignments, hiring and leaving days")
    if present is not None:
        steps = [*steps, present]
    return Ground(cascade.named_once(steps), places, territories, scene, forecast)


def _forecast(context: Context) -> Forecast | None:
    try:
        return asked.forecast(context, "revenue")
    except HistoryError:
        # Too little to go by: last year's result then stands for what is to come, and no step says otherwise.
        return None


def _outlook(steps: list[Step], forecast: Forecast) -> Step:
    months = forecast.months[forecast.months["level"] == "territory"].dropna(subset="expected")
    lines = forecast.years[forecast.years["level"] == "product_line"].dropna(subset="expected")
    tested = forecast.tested.set_index("level")["off"]
    off = f"; months of a territory were off by {tested['territory']:.1%} in trials" if "territory" in tested else ""
    return baseline.outlook(
        steps,
        months.rename(columns={"month": "period", "expected": "amount"})[["territory", "period", "amount"]],
        lines.rename(columns={"expected": "amount"}).assign(product=lines["product_line"])[["product", "amount"]],
        f"What the year brings if nothing changes, without one-off orders{off}",
        "forecast from the orders of all years",
    )


def _served(context: Context, history: History, places: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say who served how long in the months that stand for last year, and who serves in the year's months."""
    calendar, ramp = context.calendar, context.settings.ramp_months
    months = calendar.months(context.year)
    past = seats.served(history, results.base_months(history, calendar, context.year), ramp)
    # A year that has begun, or is planned again to see how good such plans are, does not know who leaves or comes.
    begun = results.has_begun(history, months[0])
    coming = seats.served(history, months, ramp, stay_from=first_day(months[0]) if begun else None)
    before = past.groupby(["territory", "rep"], as_index=False)["ramped"].sum()
    mine = coming.rename(columns={"month": "period"}).merge(places, on=["territory", "rep"])
    seated = mine[["territory", "rep"]].drop_duplicates().merge(pd.DataFrame({"period": months}), how="cross")
    return before, seated.merge(mine.drop(columns="served"), how="left").fillna({"ramped": 0.0})


def _scene(context: Context, history: History, places: pd.DataFrame) -> Scene:
    calendar = context.calendar
    months, before = calendar.months(context.year), calendar.months(context.year - 1)
    ratio = {
        month: _days(calendar, month) / max(_days(calendar, past), 1)
        for month, past in zip(months, before, strict=True)
    }
    heads = places["territory"].value_counts().to_dict()
    customers = results.by_customer_group(history, before[0], before[-1])
    return Scene(months, ratio, heads, context.settings.ramp_months, customers)


def _days(calendar: FiscalCalendar, month: str) -> int:
    return calendar.working_days(first_day(month), last_day(month))
