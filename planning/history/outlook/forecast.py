"""The forecast of a fiscal year for every series that goals are set on: the way in."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.engine import History
from planning.history.outlook.backtest import backtest
from planning.history.outlook.candidates import ENDED, INTERMITTENT, SEASONAL_NAIVE, SHORT
from planning.history.outlook.coherence import BOUNDS
from planning.history.outlook.figures import Figures, Judged, judged_ratios, judged_sums, of_ratio, of_sum, quotient
from planning.history.outlook.series import NODE, panel, together
from planning.history.outlook.study import study
from planning.history.outlook.trials import COMBINED, Choice
from planning.history.outlook.whole import whole
from planning.history.season import MONTHS
from planning.metrics import Metric
from planning.periods import FiscalCalendar

RANGES = tuple(f"{end}_{percent}" for percent in BOUNDS for end in ("low", "high"))
FIGURES = ("expected", *RANGES)

_BY_RULE = {
    ENDED: "Nothing for twelve months, or for six that brought something a year before: taken to have ended.",
    SHORT: "Less than a year of months: their average goes on, with the company's season.",
    INTERMITTENT: "Nothing in more than half of its last 24 months: the average of the last twelve goes on.",
    COMBINED: "Too few months to tell the methods apart: the average of all of them.",
}


@dataclass(frozen=True)
class Forecast:
    """What a fiscal year brings if nothing changes.

    Every table has a row a node (and month), with the columns of `planning.history.outlook.series.NODE`: ``node`` and
    ``parent`` (ids), ``level`` (company, region, territory, position, unassigned, product_line), ``name``,
    ``territory``, ``rep``, ``product_line``. Figures are whole minor units or counts, fractions for a ratio.

    Parameters
    ----------
    metric, year
        What is forecast.
    years
        A row a node: ``last_12_months``, as known; ``expected``, ``low_80``, ``high_80``, ``low_95``, ``high_95``;
        ``method`` and ``note``, why it got that.
    months
        A row a node and ISO ``month``: ``expected`` and the bounds. Of a sum they add up to the year, and positions
        to territories, regions and the company, product lines to the company, exactly.
    past
        A row a node and month of the last 24 known: ``result``.
    tested
        How far off such forecasts were in the past, by level (`planning.history.outlook.backtest.backtest`).
    left_out
        Sentences on what the series leave out.
    """

    metric: str
    year: int
    years: pd.DataFrame
    months: pd.DataFrame
    past: pd.DataFrame
    tested: pd.DataFrame
    left_out: list[str]


@dataclass(frozen=True)
class _Found:
    """What a forecast's tables are made of: nodes, figures, what is known, trials, and how each node was forecast."""

    nodes: pd.DataFrame
    figures: Figures
    known: Real
    last_year: Real
    months: list[str]
    judged: list[Judged]
    methods: list[tuple[str, str]]
    left_out: list[str]


def forecast(history: History, calendar: FiscalCalendar, name: str, year: int) -> Forecast:
    """Forecast the twelve months of a fiscal year, and the year, for the company down to each position.

    Parameters
    ----------
    history, calendar
        The history, and the fiscal calendar.
    name
        Metric of the catalogue; of a ratio, its two sums are forecast.
    year
        Fiscal year to plan. Nothing from its first day on is looked at.

    Raises
    ------
    PlanningError
        If there is no such metric.
    HistoryError
        If the metric has no results before the year, or the year lies too far ahead of them.
    """
    measured = history.metric(name)
    found = _ratio(history, calendar, measured, year) if measured.over else _sum(history, calendar, measured, year)
    counted = measured.unit in ("money", "count")
    of_months = counted or not measured.over
    tested = backtest(found.judged, found.nodes["level"].to_numpy())
    return Forecast(name, year, _years(found, counted), _months(found, calendar.months(year), of_months),
                    _past(found, of_months), tested, found.left_out)  # fmt: skip


def _sum(history: History, calendar: FiscalCalendar, measured: Metric, year: int) -> _Found:
    seen = study(panel(history, calendar, measured, year), calendar, year)
    figures = of_sum(seen.projection.periods, measured.over_time)
    months = whole(seen.panel, seen.projection).astype(float)
    expected = np.column_stack([months, _over_time(months, measured)])
    known = seen.panel.values.astype(float)
    notes = [(choice.method, _note(choice)) for choice in seen.projection.choices]
    return _Found(
        seen.panel.nodes,
        Figures(expected, figures.low, figures.high),
        known,
        _over_time(known[:, -MONTHS:], measured),
        seen.panel.months,
        judged_sums(seen, measured.over_time),
        notes,
        seen.panel.left_out,
    )


def _ratio(history: History, calendar: FiscalCalendar, measured: Metric, year: int) -> _Found:
    parts = [history.metric(each) for each in measured.over or ()]
    panels = together(*(panel(history, calendar, part, year) for part in parts))
    seen = [study(each, calendar, year) for each in panels]
    judged = [judged_sums(each, part.over_time) for each, part in zip(seen, parts, strict=True)]
    sums = [of_sum(each.projection.periods, part.over_time) for each, part in zip(seen, parts, strict=True)]
    level = panels[0].nodes["level"].to_numpy()
    past = judged_ratios(judged[0], judged[1], level)
    known = [each.values.astype(float) for each in panels]
    years = [_over_time(each[:, -MONTHS:], part) for each, part in zip(known, parts, strict=True)]
    methods = [
        (f"{one.method} / {other.method}", f"{parts[0].label}: {_note(one)} {parts[1].label}: {_note(other)}")
        for one, other in zip(*(each.projection.choices for each in seen), strict=True)
    ]
    return _Found(
        panels[0].nodes,
        of_ratio(sums[0].expected, sums[1].expected, past, level, _most(known[0], known[1])),
        quotient(known[0], known[1]),
        quotient(years[0], years[1]),
        panels[0].months,
        past,
        methods,
        list(dict.fromkeys([*panels[0].left_out, *panels[1].left_out])),
    )


def _most(above: Real, below: Real) -> float:
    """Give what a ratio cannot exceed: 1 where the one was a part of the other all along, as deals won of closed."""
    return 1.0 if (above <= below).all() else np.inf


def _over_time(months: Real, measured: Metric) -> Real:
    """Make a year of months, as the metric says."""
    return {"sum": months.sum(axis=1), "average": months.mean(axis=1), "last": months[:, -1]}[measured.over_time]


def _note(choice: Choice) -> str:
    if np.isnan(choice.off):
        return _BY_RULE[choice.method]
    beside = choice.method != SEASONAL_NAIVE and not np.isnan(choice.naive_off)
    naive = f", seasonal naive {choice.naive_off:.1%}" if beside else ""
    return f"Nearest in trials: months off by {choice.off:.1%} on average{naive}."


def _years(found: _Found, counted: bool) -> pd.DataFrame:
    last = found.last_year if len(found.months) >= MONTHS else np.full(len(found.nodes), np.nan)
    table = found.nodes.assign(last_12_months=_column(last, counted))
    for name, values in _bounded(found.figures, slice(-1, None), counted).items():
        table[name] = values
    return table.assign(
        method=[method for method, _ in found.methods], note=[note for _, note in found.methods]
    ).reset_index(drop=True)


def _months(found: _Found, months: list[str], counted: bool) -> pd.DataFrame:
    table = _by_month(found.nodes, months)
    return table.assign(**_bounded(found.figures, slice(0, -1), counted))


def _past(found: _Found, counted: bool) -> pd.DataFrame:
    months = found.months[-2 * MONTHS :]
    return _by_month(found.nodes, months).assign(result=_column(found.known[:, -len(months) :].ravel(), counted))


def _by_month(nodes: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    rows = nodes.loc[nodes.index.repeat(len(months)), list(NODE)].reset_index(drop=True)
    return rows.assign(month=months * len(nodes))


def _bounded(figures: Figures, columns: slice, counted: bool) -> dict[str, pd.Series]:
    """Give expected figures and bounds as columns; bounds are rounded outwards, around what is expected."""
    expected = figures.expected[:, columns].ravel()
    low = {percent: np.minimum(bounds[:, columns].ravel(), expected) for percent, bounds in figures.low.items()}
    high = {percent: np.maximum(bounds[:, columns].ravel(), expected) for percent, bounds in figures.high.items()}
    if counted:
        low = {percent: np.floor(bounds) for percent, bounds in low.items()}
        high = {percent: np.ceil(bounds) for percent, bounds in high.items()}
    ends = {"low": low, "high": high}
    named = {name: ends[name.split("_")[0]][int(name.split("_")[1])] for name in RANGES}
    return {name: _column(values, counted) for name, values in {"expected": expected, **named}.items()}


def _column(values: Real, counted: bool) -> pd.Series:
    """Make a nullable column: whole numbers where they are counted, else fractions."""
    found = pd.Series(values).astype("Float64")
    return found.round().astype("Int64") if counted else found
