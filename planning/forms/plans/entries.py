"""Inputs of a plan's fields, made from what each field asks for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from ipywidgets import Dropdown, Text

from planning import sheets
from planning.errors import PlanningError
from planning.forms import inputs
from planning.forms.inputs import Input
from planning.plans.gaps import labels
from planning.plans.sections import LONGEST, Asked
from planning.settings import Settings
from planning.sheets.entry import read_money, read_percent

_CHOICES = {
    "measure": [("–", ""), *((name, name) for name in labels())],
    "way": [(name, name) for name in ("Training", "Coaching", "Field day")],
}
"""Fields that are chosen; another value that stands in a plan stays one of the choices."""


def entry(each: Asked, value: Any, settings: Settings, hint: str, measure: Callable[[], str]) -> Input:
    """Make the input of a field.

    Parameters
    ----------
    each
        What it asks for.
    value
        What stands in it.
    settings
        For the currency and the locale.
    hint
        Shown under it.
    measure
        Gives the measure that a figure is of.
    """
    if each.name in _CHOICES:
        return _chosen(each, value, hint)
    if each.kind == "long":
        return inputs.long_text(each.label, value or "", hint, longest=LONGEST["long"])
    control = Text(value=typed(each, value, settings, measure()), continuous_update=False)
    if each.kind in ("money", "count", "number", "figure"):
        control.add_class("figure-input")
    return Input(each.label, control, lambda text: read(each, text, settings, measure()), hint=hint)


def typed(each: Asked, value: Any, settings: Settings, measure: str = "") -> str:
    """Write a value as one would type it."""
    if value is None:
        return ""
    unit = _unit(each, measure)
    if unit == "money":
        return inputs.typed_money(round(value), settings)
    if unit == "percent":
        return sheets.percent(value, settings).replace(sheets.MINUS, "-")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def read(each: Asked, text: str, settings: Settings, measure: str = "") -> Any:
    """Read what was typed into a field.

    Raises
    ------
    PlanningError
        If it cannot be read.
    """
    bare, unit = text.strip(), _unit(each, measure)
    if unit == "money":
        return read_money(bare, settings) if each.kind == "money" else Decimal(read_money(bare, settings))
    if unit == "percent":
        return read_percent(bare, settings)
    if each.kind == "day":
        return _day(bare)
    if each.kind == "count":
        return _count(bare)
    if each.kind in ("number", "figure"):
        return inputs.plain_number(bare)
    return bare


def _unit(each: Asked, measure: str) -> str:
    if each.kind != "figure":
        return each.kind
    return labels()[measure].unit if measure in labels() else "number"


def _chosen(each: Asked, value: Any, hint: str) -> Input:
    options = list(_CHOICES[each.name])
    options += [(value, value)] if value and value not in dict(options).values() else []
    control = Dropdown(options=options, value=value or options[0][1])
    return Input(each.label, control, lambda chosen: chosen, hint=hint)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PlanningError(f"{text!r} is not a day. Write it as 2027-03-31.") from error


def _count(text: str) -> int:
    if not text.isdigit():
        raise PlanningError(f"{text!r} is not a whole number. Write it as 24.")
    return int(text)
