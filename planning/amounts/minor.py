"""Whole minor units: how they are kept, and how they come from and go to plain decimal numbers."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from planning.errors import AllocationError

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

Tell = Callable[[int], str]
"""Writes an amount, such as where something cannot be."""

LARGEST = 10**15
"""Largest amount that is split. Sums of floats stay exact up to 2**53, and this leaves room beside it."""


def in_money(currency: str, digits: int = 2) -> Tell:
    """Give what writes whole minor units of a currency, for messages.

    Examples
    --------
    >>> in_money("EUR")(123456), in_money("JPY", digits=0)(-700)
    ('1,234.56 EUR', '-700 JPY')
    """
    return lambda amount: f"{to_major(amount, digits):,} {currency}"


def to_minor(text: str, digits: int = 2) -> int:
    """Read a plain decimal number as whole minor units.

    Raises
    ------
    AllocationError
        If the text is not a plain decimal, or has more digits than the currency.

    Examples
    --------
    >>> to_minor("1234.5"), to_minor("-0.01"), to_minor("700", digits=0)
    (123450, -1, 700)
    """
    try:
        scaled = Decimal(text).scaleb(digits)
    except ArithmeticError as error:
        raise AllocationError(f"{text!r} is not an amount. Write it plainly, such as 1234.50.") from error
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise AllocationError(f"{text!r} has more than {digits} decimals, or is not a finite amount.")
    return int(scaled)


def to_major(minor: int, digits: int = 2) -> Decimal:
    """Give whole minor units as a decimal in major units.

    Examples
    --------
    >>> to_major(123450), to_major(-1)
    (Decimal('1234.50'), Decimal('-0.01'))
    """
    return Decimal(int(minor)).scaleb(-digits)
