"""Numbers, months and dates as people write them in the workspace's locale and currency.

What has no value is an en dash: empty is not zero. A minus is a real minus sign, and stands before the
whole figure in every locale, so that signs line up under one another.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import NumberPattern, format_compact_currency, get_currency_symbol, parse_pattern

from planning.amounts import to_major
from planning.errors import SettingsError
from planning.periods import first_day
from planning.settings import Settings

Kind = Literal["currency", "percent", "decimal"]

NOTHING = "–"
MINUS = "−"
NO_BREAK_SPACE = "\u00a0"


def money(
    minor: Any, settings: Settings, *, compact: bool = False, signed: bool = False, digits: int | None = None
) -> str:
    """Write an amount.

    Parameters
    ----------
    minor
        Whole minor units, such as 123450 for 1,234.50; or nothing.
    settings
        For the currency, its digits and the locale.
    compact
        Shorten it, for charts: ``$1.2M``. It is then rounded.
    signed
        Write a plus before what is above zero, for differences.
    digits
        Decimals to show; those of the currency unless given, or one if it is shortened.

    Raises
    ------
    TypeError
        If the amount is not whole: major units, which would be read a hundred times too small.

    Examples
    --------
    >>> us = Settings(workspace="/tmp")
    >>> money(123456789, us), money(-5, us), money(None, us)
    ('$1,234,567.89', '−$0.05', '–')
    >>> money(123456789, us, compact=True), money(85_000_000, us, compact=True, signed=True)
    ('$1.2M', '+$850K')
    """
    if is_empty(minor):
        return NOTHING
    amount = to_major(_whole(minor), settings.minor_digits)
    if compact:
        return _with_sign(amount, lambda value: _compact(value, settings, 1 if digits is None else digits), signed)
    shown = settings.minor_digits if digits is None else digits
    return _with_sign(amount, lambda value: _plain_money(value, settings, shown), signed)


def percent(fraction: Any, settings: Settings, *, signed: bool = False, digits: int = 1) -> str:
    """Write a fraction as a percentage.

    Examples
    --------
    >>> us = Settings(workspace="/tmp")
    >>> percent(0.984, us), percent(-0.0312, us), percent(0.042, us, signed=True), percent(-0.0001, us)
    ('98.4%', '−3.1%', '+4.2%', '0.0%')
    """
    if is_empty(fraction):
        return NOTHING
    return _with_sign(_decimal(fraction), lambda value: _written("percent", value, settings, digits), signed)


def points(fraction: Any, settings: Settings, *, digits: int = 1) -> str:
    r"""Write the difference of two percentages in percentage points, with its sign.

    Examples
    --------
    >>> points(-0.023, Settings(workspace="/tmp"))
    '−2.3\xa0pts'
    """
    if is_empty(fraction):
        return NOTHING
    return number(_decimal(fraction) * 100, settings, signed=True, digits=digits) + NO_BREAK_SPACE + "pts"


def count(amount: Any, settings: Settings, *, signed: bool = False) -> str:
    """Write a whole number.

    Examples
    --------
    >>> count(12345, Settings(workspace="/tmp", locale="de_DE")), count(3, Settings(workspace="/tmp"), signed=True)
    ('12.345', '+3')
    """
    return NOTHING if is_empty(amount) else number(_whole(amount), settings, signed=signed, digits=0)


def number(amount: Any, settings: Settings, *, signed: bool = False, digits: int = 1) -> str:
    """Write a number that is neither money nor whole, such as days.

    Examples
    --------
    >>> number(41.25, Settings(workspace="/tmp")), number(float("nan"), Settings(workspace="/tmp"))
    ('41.3', '–')
    """
    if is_empty(amount):
        return NOTHING
    return _with_sign(_decimal(amount), lambda value: _written("decimal", value, settings, digits), signed)


def month(iso: Any, settings: Settings, *, short: bool = False) -> str:
    """Write an ISO month; short leaves the year out, for axes that say it elsewhere.

    Examples
    --------
    >>> us = Settings(workspace="/tmp")
    >>> month("2020-07", us), month("2020-07", us, short=True)
    ('Jul 2020', 'Jul')
    """
    if is_empty(iso):
        return NOTHING
    first, locale = first_day(str(iso)), _locale(settings.locale)
    return format_date(first, "MMM", locale) if short else format_skeleton("yMMM", first, locale=locale)


def period(label: Any, settings: Settings) -> str:
    """Write a label of `planning.periods`: months become words, ``FY2021 Q2`` stays as it is.

    Examples
    --------
    >>> us = Settings(workspace="/tmp")
    >>> period("2020-07", us), period("FY2021 Q2", us)
    ('Jul 2020', 'FY2021 Q2')
    """
    if is_empty(label):
        return NOTHING
    return month(label, settings) if re.fullmatch(r"\d{4}-\d{2}", str(label)) else str(label)


def day(value: Any, settings: Settings) -> str:
    """Write a date; a text is read as an ISO date.

    Examples
    --------
    >>> day(date(2020, 7, 1), Settings(workspace="/tmp")), day("2020-07-01", Settings(workspace="/tmp"))
    ('Jul 1, 2020', 'Jul 1, 2020')
    """
    if is_empty(value):
        return NOTHING
    read = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return format_date(read, "medium", locale=_locale(settings.locale))


def moment(value: Any, settings: Settings) -> str:
    """Write a time to the minute, in UTC, which it says; a text is read as ISO, and without a zone as UTC.

    Examples
    --------
    >>> moment("2020-07-01T16:05:59+02:00", Settings(workspace="/tmp", locale="de_DE"))
    '01.07.2020, 14:05 UTC'
    """
    if is_empty(value):
        return NOTHING
    read = pd.Timestamp(value).to_pydatetime()
    in_utc: datetime = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    locale = _locale(settings.locale)
    clock = format_time(in_utc, "short", tzinfo=UTC, locale=locale)
    return f"{format_date(in_utc, 'medium', locale=locale)}, {clock} UTC"


def is_empty(value: Any) -> bool:
    """Say whether a figure has no value: none, not available, not a number, infinite, or an empty text.

    Examples
    --------
    >>> [is_empty(each) for each in (None, float("nan"), pd.NA, pd.NaT, "", float("inf"), 0, "x")]
    [True, True, True, True, True, True, False, False]
    """
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (float, np.floating)):
        return not np.isfinite(value)
    return bool(value is None or pd.isna(value))


def _whole(value: Any) -> int:
    # A column with gaps arrives as floats; a Decimal is an amount in major units and never belongs here.
    if isinstance(value, Decimal) or int(value) != value:
        raise TypeError(f"{value!r} is not a whole number: amounts are given in whole minor units, counts are whole.")
    return int(value)


def _decimal(value: Any) -> Decimal:
    # By way of the shortest text that means the same number, so that 0.985 is rounded as people expect.
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _with_sign(value: Decimal, write: Callable[[Decimal], str], signed: bool) -> str:
    text = write(abs(value))
    if text == write(Decimal(0)):  # what is rounded to zero has no sign
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def _plain_money(value: Decimal, settings: Settings, digits: int) -> str:
    return _spaced(_written("currency", value, settings, digits), settings)


def _compact(value: Decimal, settings: Settings, digits: int) -> str:
    short = Context(prec=3 + digits).plus(value)
    # The formatter picks K or M before it rounds: 999,999 would be written 1000K.
    value = short if short.adjusted() > value.adjusted() else value
    text = format_compact_currency(
        value, settings.currency, format_type="short", locale=_locale(settings.locale), fraction_digits=digits
    )
    whole = _rounded(value, 0)
    # What is not shortened is written whole; the formatter would put its digits in one row, without groups.
    unshortened = value < 1000 or str(whole) in text
    return _plain_money(whole, settings, 0) if unshortened else _spaced(text, settings)


def _written(kind: Kind, value: Decimal, settings: Settings, digits: int) -> str:
    pattern = _pattern(settings.locale, kind, digits)
    rounded = _rounded(value, digits + 2 if kind == "percent" else digits)
    return pattern.apply(rounded, _locale(settings.locale), currency=settings.currency, currency_digits=False)


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _spaced(text: str, settings: Settings) -> str:
    """Keep a currency that is written in letters apart from the digits: ``CHF 100``."""
    symbol = get_currency_symbol(settings.currency, locale=_locale(settings.locale))
    if not symbol[-1].isalpha():
        return text
    return re.sub(rf"{re.escape(symbol)}(?=\d)", symbol + NO_BREAK_SPACE, text)


@cache
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except UnknownLocaleError as error:
        raise SettingsError(
            f"The locale {name!r} in the settings is not known. Write language and country, such as en_US or de_DE."
        ) from error


@cache
def _pattern(locale: str, kind: Kind, digits: int) -> NumberPattern:
    known = _locale(locale)
    formats = {"currency": known.currency_formats, "percent": known.percent_formats, "decimal": known.decimal_formats}
    # Parsed anew: the locale's own pattern is shared, and is not ours to change.
    pattern = parse_pattern(formats[kind]["standard" if kind == "currency" else None].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern
