"""Numbers, months and dates as people write them, in the locale and currency of the company."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_currency, format_decimal

from planning.amounts import to_major
from planning.periods import first_day
from planning.settings import Settings

EMPTY = "–"
"""What stands where there is nothing; nothing is not zero."""

MINUS = "−"


def money(minor: Any, settings: Settings, compact: bool = False, signed: bool = False) -> str:
    """Write an amount.

    Parameters
    ----------
    minor
        Whole minor units, or nothing.
    settings
        For the currency, its digits and the locale.
    compact
        Whether to round to something short, such as $1.2M; else all digits are written.
    signed
        Whether a positive amount bears a plus sign.
    """
    if is_empty(minor):
        return EMPTY
    amount = to_major(int(minor), settings.minor_digits)
    if compact and abs(amount) >= 1000:
        text = format_compact_currency(abs(amount), settings.currency, locale=settings.locale, fraction_digits=1)
    else:
        digits = 0 if compact else settings.minor_digits
        pattern = Locale.parse(settings.locale).currency_formats["standard"]
        text = pattern.apply(abs(amount), settings.locale, currency=settings.currency, force_frac=(digits, digits))
    return sign(amount, signed) + str(text)


def percent(fraction: Any, settings: Settings, signed: bool = False, digits: int = 1) -> str:
    """Write a fraction as a percentage: 0.043 is 4.3%."""
    if is_empty(fraction):
        return EMPTY
    value = round(Decimal(str(float(fraction))), digits + 2)
    pattern = Locale.parse(settings.locale).percent_formats[None]
    return sign(value, signed) + str(pattern.apply(abs(value), settings.locale, force_frac=(digits, digits)))


def count(number: Any, settings: Settings, signed: bool = False) -> str:
    """Write a whole number."""
    if is_empty(number):
        return EMPTY
    return sign(int(number), signed) + format_decimal(abs(int(number)), locale=settings.locale)


def number(value: Any, settings: Settings, digits: int = 1) -> str:
    """Write a number with a few decimals."""
    if is_empty(value):
        return EMPTY
    rounded = round(Decimal(str(float(value))), digits)
    return sign(rounded) + format_decimal(abs(rounded), format="#,##0." + "0" * digits, locale=settings.locale)


def month(iso: Any, settings: Settings, short: bool = False) -> str:
    """Write an ISO month, such as ``2020-07``, by its name."""
    if is_empty(iso):
        return EMPTY
    return str(format_date(first_day(iso), "LLL" if short else "LLL yyyy", locale=settings.locale))


def day(when: Any, settings: Settings) -> str:
    """Write a day, or a moment of UTC with its minutes."""
    if is_empty(when):
        return EMPTY
    if isinstance(when, datetime):
        return str(format_datetime(when, "d MMM yyyy, HH:mm", locale=settings.locale)) + " UTC"
    if isinstance(when, date):
        return str(format_date(when, "d MMM yyyy", locale=settings.locale))
    return str(when)


def sign(value: Decimal | int, signed: bool = False) -> str:
    """Give the sign to put before an amount without one: a real minus, a plus if asked for."""
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def is_empty(value: Any) -> bool:
    """Say whether there is no value at all; zero and an empty text are values."""
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))
