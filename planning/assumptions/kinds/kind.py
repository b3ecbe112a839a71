"""What a kind of assumption is, and the curves that several of them share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd

from planning.amounts import Real

Unit = Literal["share", "money", "heads"]
"""What the value of an assumption is: a fraction, an amount in whole minor units, or a number of people."""

Values = Mapping[str, Decimal]


@dataclass(frozen=True)
class Field:
    """A further number that a kind asks for.

    Parameters
    ----------
    name, label
        How files and pages call it.
    default
        What is taken if nothing is said.
    minimum, maximum
        Smallest and largest value that makes sense.
    """

    name: str
    label: str
    default: Decimal
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Scene:
    """What is known of the year that is planned, besides the baseline.

    Parameters
    ----------
    months
        The twelve ISO months, in fiscal order.
    working_days
        Working days of each month over those of the same month of the year before: 1.05 is 5% more.
    heads
        Reps by territory; the sum is the company's.
    ramp_months
        Months after which a new hire sells as much as the others.
    customers
        Last year's sales: ``territory``, ``product`` (line), ``channel``, ``segment``, ``tier``, ``amount``; it tells
        how much of a cell a segment or tier is.
    """

    months: list[str]
    working_days: Mapping[str, float] = field(default_factory=dict)
    heads: Mapping[str, int] = field(default_factory=dict)
    ramp_months: int = 6
    customers: pd.DataFrame | None = None


@dataclass(frozen=True)
class Asked:
    """What the arithmetic of a kind is given.

    Parameters
    ----------
    value
        The value assumed.
    numbers
        Further numbers, by name.
    cells
        The cells of the baseline in scope: ``territory``, ``product`` (product line), ``channel``, ``period`` (ISO
        month; empty where the baseline has no months) and ``amount`` (whole minor units).
    first
        ISO month from which it holds.
    scene
        What is known of the year.
    """

    value: Decimal
    numbers: Values
    cells: pd.DataFrame
    first: str
    scene: Scene

    def number(self, name: str) -> float:
        """Give a further number."""
        return float(self.numbers[name])

    @property
    def since(self) -> Real:
        """Months since it began, in the middle of each cell's month: 0.5 in the first; of cells without months, 6."""
        place = {month: float(index) for index, month in enumerate(self.scene.months)}
        begins = place.get(self.first, 0.0)
        return (self.cells["period"].map(place).astype(float).fillna(begins + 5.5) - begins + 0.5).to_numpy()

    @property
    def heads(self) -> float:
        """Reps in the territories of the scope."""
        return float(sum(self.scene.heads.get(each, 0) for each in self.cells["territory"].unique()))


@dataclass(frozen=True)
class Kind:
    """A kind of assumption. It either changes the baseline in proportion, or adds an amount to it.

    Parameters
    ----------
    name, label
        How files and pages call it.
    asks
        What its value means, for the form.
    formula
        What it does to the baseline, in words and signs.
    source
        Where the formula comes from.
    minimum, maximum
        Smallest and largest value that makes sense.
    change
        The relative change of each cell, a number a row of `Asked.cells`.
    adds
        The weights by month of what is added: the amount assumed times the mean over the year of a number a month
        of the year; in place of `change`.
    unit
        What the value is.
    fields
        Further numbers.
    """

    name: str
    label: str
    asks: str
    formula: str
    source: str
    minimum: Decimal
    maximum: Decimal
    change: Callable[[Asked], Real] | None = None
    adds: Callable[[Asked], Real] | None = None
    unit: Unit = "share"
    fields: tuple[Field, ...] = ()


USUAL = "usual"
"""Name of the number that says how much of the value the outlook holds already."""


def usual(minimum: str = "-0.9") -> Field:
    """Ask how much of the value the outlook holds already, because it was so in the years that it goes by.

    Without it a rate that is as it always was would be counted twice: once in the outlook, once as an assumption.
    """
    return Field(USUAL, "Of which the outlook holds already", Decimal(0), Decimal(minimum), Decimal(1))


def beyond(asked: Asked) -> Real:
    """Change every cell by what of the value the outlook does not hold yet."""
    return np.full(len(asked.cells), float(asked.value) - asked.number(USUAL))


def even(asked: Asked) -> Real:
    """Change every cell by the value."""
    return np.full(len(asked.cells), float(asked.value))


def built_up(months: Real, full_after: float) -> Real:
    """Give how much of the full effect is there after so many months: in even steps up to one.

    Examples
    --------
    >>> built_up(np.array([0.5, 2.5, 7.5]), 5.0).tolist()
    [0.1, 0.5, 1.0]
    """
    return np.clip(months / full_after, 0, 1) if full_after > 0 else np.ones_like(months)
