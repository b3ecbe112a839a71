"""Figures as they stand in sentences, which say less than tables do."""

from collections.abc import Callable
from typing import Any

from planning.settings import Settings
from planning.sheets import numbers

Write = Callable[[Any], str]
_SMALL = 10


def writers(settings: Settings) -> tuple[Write, Write, Write]:
    """Give what writes money without minor units, percentages without decimals, and numbers, small ones with two."""
    return (
        lambda value: numbers.money(round(value), settings, digits=0),
        lambda value: numbers.percent(value, settings, digits=0),
        lambda value: numbers.number(value, settings, digits=2 if abs(value) < _SMALL else 0),
    )
