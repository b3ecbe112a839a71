"""An event as the history tells it: where it fell, and which other events spoil a comparison."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from planning.history.cost.cells import Window


@dataclass(frozen=True)
class Happening:
    """One event.

    Parameters
    ----------
    event, kind, note
        As the history tells them.
    territory, product_line
        Where it fell; empty means all.
    day
        Day on which it began.
    """

    event: str
    kind: str
    territory: str
    product_line: str
    day: date
    note: str

    def touches(self, rows: pd.DataFrame) -> pd.Series:
        """Say which rows it touched, by their ``territory`` and ``product_line``."""
        here = pd.Series(True, rows.index)
        if self.territory:
            here &= rows["territory"] == self.territory
        if self.product_line:
            here &= rows["product_line"] == self.product_line
        return here

    def overlaps(self, other: "Happening") -> bool:
        """Say whether two events fell on a cell in common."""
        return all(
            mine == theirs or not mine or not theirs
            for mine, theirs in ((self.territory, other.territory), (self.product_line, other.product_line))
        )

    def within(self, window: Window) -> bool:
        """Say whether it began in the months of a window or of the year before, and so moves the growth."""
        return window.base.first <= f"{self.day:%Y-%m}" <= window.last


@dataclass(frozen=True)
class Clean:
    """What is left to compare with once the cells of other events are taken out.

    Parameters
    ----------
    rows
        The cells.
    beside
        Other events that fell on the touched cells, and on them alone: their effect is part of the figure.
    """

    rows: pd.DataFrame
    beside: tuple[str, ...]


def clean(rows: pd.DataFrame, of: Happening, others: list[Happening], window: Window, by_line: bool) -> Clean:
    """Take out the untouched cells that another event fell on; one that fell on both sides alike does no harm.

    Parameters
    ----------
    rows
        The cells, with ``territory`` and ``product_line``.
    of, others
        The event that is measured, and all events.
    window
        Months that it is measured over.
    by_line
        Whether lines are compared with lines; otherwise territories with territories.
    """
    touched = of.touches(rows)
    spoiled = pd.Series(False, rows.index)
    beside = []
    for other in others:
        if other.event == of.event or not other.within(window):
            continue
        alike = not other.product_line if by_line else not other.territory
        if alike:
            continue
        if other.overlaps(of):
            beside.append(other.event)
        spoiled |= other.touches(rows) & ~touched
    return Clean(rows[~spoiled], tuple(beside))
