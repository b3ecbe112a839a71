"""Numbers as people type them, read strictly in their own way of writing."""

import re
from decimal import Decimal

from babel.numbers import NumberFormatError, format_decimal, get_currency_symbol, get_group_symbol, parse_decimal

from planning.amounts import LARGEST, to_minor
from planning.errors import PlanningError
from planning.settings import Settings

_SIGNED_DIGITS = re.compile(r"[+-]?[0-9].*")


def read_money(text: str, settings: Settings) -> int:
    """Read an amount as it is written in the settings' locale, with or without the currency, as whole minor units.

    Raises
    ------
    PlanningError
        If it is not an amount, is written in another locale's way, or is finer than the currency.

    Examples
    --------
    >>> us = Settings(workspace=".")
    >>> read_money("$1,234.50", us), read_money("−7 USD", us)
    (123450, -700)
    """
    bare = text
    for mark in (settings.currency, get_currency_symbol(settings.currency, locale=settings.locale)):
        bare = bare.replace(mark, "", 1)
    value = _number(bare, text, settings, "an amount", "1234.56")
    if value.normalize().as_tuple().exponent < -settings.minor_digits:  # type: ignore[operator]
        raise PlanningError(f"{text.strip()!r} is finer than {settings.currency}, which has {_decimals(settings)}.")
    minor = to_minor(str(value), settings.minor_digits)
    if abs(minor) > LARGEST:
        raise PlanningError(f"{text.strip()!r} is larger than any amount that can be planned.")
    return minor


def read_percent(text: str, settings: Settings) -> Decimal:
    """Read a percentage as it is written in the settings' locale, as a fraction; the sign % may be left out.

    Examples
    --------
    >>> us = Settings(workspace=".")
    >>> read_percent("4.5%", us), read_percent("-12", us)
    (Decimal('0.045'), Decimal('-0.12'))
    """
    return _number(text.strip().removesuffix("%"), text, settings, "a percentage", "4.5").scaleb(-2)


def _number(bare: str, text: str, settings: Settings, what: str, like: str) -> Decimal:
    """Read a number, or say how one is written here."""
    typed = re.sub(r"^([+-]?)\s*", r"\1", _in_our_marks(bare.strip(), settings.locale)).removeprefix("+")
    try:
        if not _SIGNED_DIGITS.fullmatch(typed) or "e" in typed.lower():
            raise NumberFormatError("not a number")  # noqa: TRY301
        return parse_decimal(typed, locale=settings.locale, strict=True)
    except (NumberFormatError, ArithmeticError) as error:
        example = format_decimal(Decimal(like), locale=settings.locale, format="#,##0.0#")
        raise PlanningError(f"{text.strip()!r} is not {what}. Write it such as {example}.") from error


def _in_our_marks(typed: str, locale: str) -> str:
    """Put the locale's own minus and separator where a keyboard has only a look-alike."""
    group = get_group_symbol(locale)
    typed = typed.replace("−", "-")
    return (
        re.sub(r"(?<=[0-9])\s(?=[0-9])", group, typed)
        if group.isspace()
        else typed.replace("'", group if group == "’" else "'")
    )


def _decimals(settings: Settings) -> str:
    return {0: "no decimals", 1: "one decimal"}.get(settings.minor_digits, f"{settings.minor_digits} decimals")
