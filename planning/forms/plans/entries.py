"""Inputs of a plan's fields, made from what each field asks for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import inputs
from planning.forms.inputs import Input
from planning.forms.widgets import Dropdown, Text, Textarea
from planning.plans.gaps import labels
from planning.plans.sections import LONGEST, Asked
from planning.settings import Settings
from planning.sheets.entry import read_money, read_percent

_CHOICES = {
    "measure": [("–", ""), *((name, name) for name in labels())],
    "way": [(name, name) for name in ("Training", "Coaching", "Field day")],
}
"""Fields that are chosen; another value that stands in a plan stays one of the choices."""

_SENTENCES = ("what", "answer", "next_step", "stance")
"""Fields that often hold more than a line."""

_LONG = 80
"""Characters from which a field is shown taller."""


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
    if each.kind == "day":
        return inputs.day(each.label, value, hint)
    said = typed(each, value, settings, measure())
    control = (Textarea(rows=2) if each.name in _SENTENCES else Text()).add_class("plan-entry")
    control.value, control.continuous_update = said, False
    if len(said) > _LONG:
        control.add_class("tall")
    if each.kind in ("money", "count", "number", "figure"):
        control.add_class("figure-input")
    return Input(each.label, control, lambda text: read(each, text, settings, measure()), hint=hint)


def typed(each: Asked, value: Any, settings: Settings, measure: str = "") -> str:
    """Write a value as one would type it."""
    if value is None:
        return ""
    unit = _unit(each, measure)
    if unit == "money":
        whole = int(value) % 10**settings.minor_digits == 0
        return sheets.money(round(value), settings, digits=0 if whole else None).replace(sheets.MINUS, "-")
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


def _count(text: str) -> int:
    if not text.isdigit():
        raise PlanningError(f"{text!r} is not a whole number. Write it as 24.")
    return int(text)
