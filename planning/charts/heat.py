"""A map of cells: a row a name, a column a month, coloured by how the figure stands and written out."""

from collections.abc import Iterable

import pandas as pd

from planning import sheets
from planning.charts.canvas import (
    FAINT,
    INK,
    LINE,
    MUTED,
    NARROW,
    PALE_ORANGE,
    SKY,
    SMALL,
    WIDE,
    Box,
    Drawing,
    Mark,
    Text,
    printable,
    width_of,
    wrapped,
)
from planning.charts.picture import Picture, nothing
from planning.settings import Settings

_NAMES, _CELL, _GAP = 170.0, 26.0, 2.0


def heat(frame: pd.DataFrame, settings: Settings, says: str, ends: tuple[float, float]) -> Picture:
    """Draw attainment by name and month.

    Parameters
    ----------
    frame
        Names as its index, ISO months as columns; fractions, empty where there is nothing.
    settings
        For the locale.
    says
        What it shows.
    ends
        Below the first a cell is orange, from the second on blue; grey between.
    """
    if frame.empty or not frame.notna().any(axis=None):
        return nothing(says)
    names = [sheets.month(month, settings, short=True) for month in frame.columns]
    table = frame.set_axis([printable(str(name)) for name in frame.index]).set_axis(names, axis=1)
    told = [
        f"{name}: " + ", ".join(f"{month} {value:.0%}" for month, value in row.items() if not pd.isna(value))
        for name, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    low, high = (f"{end:.0%}" for end in ends)
    note = f"In percent of the month's goal. Orange: below {low}. Blue: {high} and more. Grey: between."
    wide, narrow = (_drawing(table, ends, width) for width in (WIDE, NARROW))
    return Picture(says, "; ".join(told), wide, narrow, note)


def _drawing(table: pd.DataFrame, ends: tuple[float, float], width: int) -> Drawing:
    above = width <= NARROW
    left = 0.0 if above else min(max(width_of(str(name)) for name in table.index) + 12, _NAMES)
    wide = (width - left) / table.shape[1]
    marks: list[Mark] = [*_months(table, left, wide)]
    y = LINE + 4.0
    for name, row in zip(table.index, table.to_numpy(dtype=float), strict=True):
        lines = wrapped(str(name), width if above else left - 8)
        tall = max(_CELL, LINE * len(lines) + 4) if not above else _CELL
        if above:
            marks.append(Text(0, y + LINE / 2, lines[:1]))
            y += LINE + 2
        else:
            marks.append(Text(0, y + tall / 2 - LINE * (len(lines) - 1) / 2, lines))
        for place, value in enumerate(row):
            marks += _cell(left + wide * place, y, wide, tall, value, ends)
        y += tall + _GAP + (4 if above else 0)
    return Drawing(width, y, marks)


def _months(table: pd.DataFrame, left: float, wide: float) -> Iterable[Mark]:
    each = 1 if max(width_of(str(name), SMALL) for name in table) + 2 < wide else 2
    for place, name in enumerate(table):
        if place % each == 0:
            yield Text(left + wide * (place + 0.5), LINE / 2, [str(name)], "center", MUTED, SMALL)


def _cell(x: float, y: float, wide: float, tall: float, value: float, ends: tuple[float, float]) -> Iterable[Mark]:
    if pd.isna(value):
        return
    color = PALE_ORANGE if value < ends[0] else SKY if value >= ends[1] else FAINT
    yield Box(x + _GAP / 2, y, x + wide - _GAP / 2, y + tall, color)
    yield Text(x + wide / 2, y + tall / 2, [f"{value * 100:.0f}"], "center", INK, SMALL)
