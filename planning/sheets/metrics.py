"""Figures of a metric as people write them, by the metric's unit."""

from decimal import Decimal

from planning.goals.aims.sentence import Writer
from planning.metrics import Metric
from planning.settings import Settings
from planning.sheets import numbers

_SMALL = 10
"""Averages below this are written with two decimals: a coverage of 0.31 is not one of 0.34."""


def figure(measured: Metric, value: Decimal | float | None, settings: Settings) -> str:
    """Write a figure in the unit of its metric; money in whole major units, since goals are."""
    if value is None or numbers.is_empty(value):
        return numbers.NOTHING
    if measured.unit == "money":
        return numbers.money(round(value), settings, digits=0)
    if measured.unit == "count":
        return numbers.count(round(value), settings)
    if measured.unit == "ratio":
        return numbers.percent(value, settings)
    small = measured.unit == "average" and -_SMALL < value < _SMALL
    return numbers.number(value, settings, digits=2 if small else 1) + (" days" if measured.unit == "days" else "")


def writer(settings: Settings) -> Writer:
    """Give what writes the sentence of a goal."""
    return Writer(
        lambda measured, value: figure(measured, value, settings),
        lambda change: numbers.percent(change, settings, signed=True),
        lambda month: numbers.month(month, settings),
    )
