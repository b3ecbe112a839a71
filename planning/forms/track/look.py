"""How figures of the year in course are written and drawn."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import pandas as pd

from planning import sheets
from planning.charts.course import Ahead
from planning.forms.page import Page, words
from planning.metrics import Metric
from planning.sheets import Field, Kind
from planning.workbook.tracking import progress, seats
from planning.workbook.tracking.progress import Standing

Write = Callable[[Any], str]
_KINDS: dict[str, Kind] = {"money": "compact", "ratio": "percent", "days": "number"}


Part = TypeVar("Part", bound=Callable[[Page], Any])


def once_begun(will: str) -> Callable[[Part], Part]:
    """Let a part of the page say what it will show, as long as the year has not begun.

    Parameters
    ----------
    will
        What will be here.
    """

    def around(show: Part) -> Part:
        @wraps(show)
        def shown(here: Page) -> Any:
            return words(will) if progress.not_begun(here.context) else show(here)

        return cast(Part, shown)

    return around


def narrow(here: Page) -> bool:
    """Say whether people are shown instead of territories: one territory is in view, or one sees but a team."""
    return bool(here.context.territory) or seats.limited(here.context) is not None


def money(here: Page) -> Write:
    """Write money shortened, as sentences need it."""
    return lambda value: sheets.money(None if pd.isna(value) else round(value), here.settings, compact=True, digits=2)


def percent(here: Page, value: Any) -> str:
    """Write a fraction without decimals."""
    return sheets.percent(value, here.settings, digits=0)


def writer(here: Page, measured: Metric) -> Write:
    """Write a figure of a metric."""
    if measured.unit == "money":
        return money(here)
    if measured.unit == "ratio":
        return lambda value: sheets.percent(value, here.settings)
    return lambda value: sheets.number(value, here.settings, digits=0)


def bullets(here: Page, table: pd.DataFrame, write: Write | None = None) -> pd.DataFrame:
    """Give rows as bullets are drawn from them, each with what is said beside it."""
    figure = write or money(here)
    told = []
    for row in table.to_dict("records"):
        lands = f" · lands at {figure(row['landing'])} of {figure(row['goal'])}" if pd.notna(row["landing"]) else ""
        told.append(f"{percent(here, row['attainment'])} of what was due{lands}")
    return table.assign(told=told).rename(columns={"low_80": "low", "high_80": "high"})


def ahead(seen: Standing) -> Ahead | None:
    """Give where the first row goes on, for the picture of its course."""
    row = seen.table.iloc[0]
    if pd.isna(row["landing"]) or pd.isna(row["low_80"]) or not seen.at.days_left:
        return None
    return Ahead(seen.at.place, float(row["landing"]), float(row["low_80"]), float(row["high_80"]))


def fields(first: str, measured: Metric, adjusted: bool) -> list[Field]:
    """Give the columns of a table of standings."""
    kind: Kind = _KINDS.get(measured.unit, "count")
    first_goal = [Field("original", "As first agreed", kind)] if adjusted else []
    return [
        Field("name", first),
        Field("band", "Stands", "band"),
        Field("probability", "Chance of the goal", "percent"),
        Field("expected", "Due by now", kind),
        Field("result", "Result", kind),
        Field("attainment", "of what was due", "percent"),
        Field("needed_per_week", "Needed a week", kind),
        Field("goal", "Goal of the year", kind),
        *first_goal,
        Field("landing", "Landing", kind),
        Field("low_80", "One in ten below", kind),
        Field("high_80", "One in ten above", kind),
    ]
