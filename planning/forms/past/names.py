"""How levels, metrics and figures of the past are called on a page."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms.page import Page
from planning.history.drivers import Against
from planning.metrics import Metric
from planning.sheets import Kind

LEVELS = {
    "Territory": "territory",
    "Rep": "rep",
    "Region": "region",
    "Manager's team": "manager",
    "Product line": "product_line",
    "Product": "product",
    "Channel": "channel",
    "Customer segment": "segment",
    "Customer tier": "tier",
}
PERIODS = {"Quarter": "quarter", "Month": "month"}

AGAINST: dict[Against, str] = {
    "last_year": "The year before",
    "goal": "The goal",
    "months_before": "The months before",
}
"""What a year is held against."""

EFFECTS = {
    "last_year": "Result of {base}",
    "months_before": "Result of {base}",
    "goal": "Goal of {now}",
    "growth_asked": "Growth that the goal asked for",
    "volume": "Volume",
    "channel_mix": "Channel mix",
    "product_mix": "Product mix",
    "price": "Price",
    "new": "New customers",
    "lost": "Lost customers",
    "expanded": "Customers who bought more",
    "shrunk": "Customers who bought less",
    "changed_hands": "Accounts that changed hands",
    "unnamed": "Sales without a customer",
    "headcount": "Headcount",
    "vacancy": "Vacant seats",
    "ramp": "Ramp of new hires",
    "productivity": "Productivity",
    "opportunities": "Opportunities in hand",
    "pace": "Pace (sales cycle)",
    "qualified": "Conversion to qualified",
    "presented": "Conversion to presented",
    "proposed": "Conversion to proposed",
    "won": "Conversion to won",
    "deal_size": "Deal size",
    "working_days": "Working days",
    "daily_sales": "Sales a day",
    "result": "Result of {now}",
}
"""Names of the steps of an account; what stands in braces is the months that are compared."""


def level_name(by: str) -> str:
    """Give the name of a level or period as a page writes it."""
    return next(name for name, each in {**LEVELS, **PERIODS}.items() if each == by)


def kind_of(measured: Metric, difference: bool = False) -> Kind:
    """Give what a column of a metric's figures holds."""
    kinds: dict[str, tuple[Kind, Kind]] = {
        "money": ("money", "difference"),
        "count": ("count", "count_difference"),
        "ratio": ("percent", "points"),
        "days": ("number", "number"),
        "average": ("number", "number"),
    }
    plain, signed = kinds[measured.unit]
    return signed if difference else plain


def rounded_kind(measured: Metric) -> Kind:
    """Give what a column of estimates of a metric holds: amounts without the cents that nobody can foresee."""
    return "rounded" if kind_of(measured) == "money" else kind_of(measured)


def written(here: Page, metric: str, compact: bool = False, estimated: bool = False) -> Callable[[Any], str]:
    """Give what writes figures of a metric.

    Compact ones leave out what a picture has no room for, estimates the cents that nobody can foresee.
    """
    settings, kind = here.settings, kind_of(here.metrics[metric])
    if kind == "money":
        more: dict[str, Any] = {"compact": True} if compact else {"digits": 0} if estimated else {}
        return lambda value: sheets.money(None if pd.isna(value) else round(value), settings, **more)
    writers: dict[str, Callable[..., str]] = {
        "count": lambda value, _: sheets.count(None if pd.isna(value) else round(value), settings),
        "percent": sheets.percent,
        "number": sheets.number,
    }
    return lambda value: writers[kind](value, settings)


def told(names: pd.Series) -> pd.Series:
    """Write what has no name as people say it."""
    shown: Any = names.astype(object).where(names.notna() & (names != ""), "Not told")
    return shown
