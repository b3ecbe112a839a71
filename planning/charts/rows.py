"""Figures of one row a name: the waterfall of an amount, and results against goals.

Where there is room, the name stands left of its bar; on narrow screens above it. The figure stands at the right
edge, so that figures can be read down a column and none is ever cut or covered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from planning import sheets
from planning.charts.canvas import (
    BLUE,
    INK,
    LINE,
    NARROW,
    ORANGE,
    PAPER,
    RULE,
    SKY,
    SLATE,
    WIDE,
    Box,
    Drawing,
    Line,
    Mark,
    Scale,
    Text,
    printable,
    width_of,
    wrapped,
)
from planning.charts.picture import Picture, Write, nothing, written_as_money
from planning.settings import Settings

_NAMES = 210
"""Widest column of names; what is longer is wrapped."""
_GAP, _BAR, _SLIM_BAR, _TICK = 12, 18, 12, 5
"""Space between columns; height of a bar beside its name and below it; how far a mark looks out of the bar."""


@dataclass(frozen=True)
class Row:
    """A bar from `start` to `end`, the figure beside it, and where a mark stands."""

    name: str
    told: str
    start: float | None
    end: float | None
    color: str
    mark: float | None = None
    bold: bool = False


def waterfall(steps: pd.DataFrame, settings: Settings, says: str) -> Picture:
    """Draw how one amount becomes another, step by step.

    Where the steps are small beside the amounts, the bars that begin at zero are cut, and the note says so.

    Parameters
    ----------
    steps
        Columns ``label``, ``amount`` (whole minor units) and ``role``: ``total`` for an amount that stands
        by itself, ``step`` for one that is added to what stands. A first step begins at zero.
    settings
        For currency and locale.
    says
        What it shows.

    Raises
    ------
    ValueError
        If a total is not what the steps before it add up to: the picture would lie.
    """
    if steps.empty:
        return nothing(says)
    rows = _steps(steps, settings)
    low = _cut(rows)
    note = "" if low is None else "The long bars are cut on the left, where they have a gap; their figures are whole."
    return _picture(rows, says, note, low, connected=True)


def against_goal(
    frame: pd.DataFrame, settings: Settings, says: str, compared: str = "goal", write: Write | None = None
) -> Picture:
    """Draw results as bars and goals as marks, one row a name, with a figure beside it.

    Parameters
    ----------
    frame
        Columns ``name``, ``goal``, ``result`` (numbers of one unit, may be empty) and ``told``, the text that
        stands beside the bar.
    settings
        For currency and locale.
    says
        What it shows.
    compared
        What the mark stands for.
    write
        Writes a number; amounts of money in whole minor units unless it is given.
    """
    if frame.empty:
        return nothing(says)
    rows = [_held(each) for each in frame.to_dict("records")]
    if not any(row.mark is not None for row in rows):
        return _picture(rows, says, "", None)
    figure = write or written_as_money(settings)
    values = (f"{name} {figure(amount)}" for name, amount in _goals(frame))
    note = f"The upright mark is the {compared}."
    return _picture(rows, says, note, None, reading=f"{compared.capitalize()}: {', '.join(values)}.")


def ranges(frame: pd.DataFrame, says: str, mark: str, zero: bool = True) -> Picture:
    """Draw a range a row, from its low to its high end, with a mark for what is most likely.

    Parameters
    ----------
    frame
        Columns ``name``, ``low``, ``high``, ``value`` (numbers of one unit, may be empty) and ``told``, the text that
        stands beside the range.
    says
        What it shows.
    mark
        What the mark stands for.
    zero
        Whether a range is above or below zero, and drawn so.
    """
    if frame.empty:
        return nothing(says)
    rows = [_between(each, zero) for each in frame.to_dict("records")]
    return _picture(rows, says, f"The upright mark is {mark}.", None)


def _between(row: dict[Any, Any], zero: bool) -> Row:
    low, high, value = (None if sheets.is_empty(row[name]) else float(row[name]) for name in ("low", "high", "value"))
    apart = zero and low is not None and high is not None
    color = SKY if not zero else BLUE if apart and (low or 0) > 0 else ORANGE if apart and (high or 0) < 0 else RULE
    return Row(_name(row["name"]), printable(str(row["told"])), low, high, color, value)


def _goals(frame: pd.DataFrame) -> Iterable[tuple[str, Any]]:
    return zip(frame["name"].map(_name), frame["goal"], strict=True)


def _name(value: Any) -> str:
    return sheets.NOTHING if sheets.is_empty(value) else printable(str(value))


def _steps(steps: pd.DataFrame, settings: Settings) -> list[Row]:
    standing, rows = 0, []
    for place, step in enumerate(steps.to_dict("records")):
        amount, total = int(step["amount"]), step["role"] == "total"
        if total and place and amount != standing:
            raise ValueError(f"{step['label']!r} is {amount}, but the steps before it add up to {standing}.")
        level = total or place == 0
        start, standing = (0, amount) if level else (standing, standing + amount)
        color = SLATE if level else BLUE if amount >= 0 else ORANGE
        told = sheets.money(amount, settings, compact=True, digits=2, signed=not level)
        rows.append(Row(_name(step["label"]), told, start, standing, color, bold=level))
    return rows


def _held(row: dict[Any, Any]) -> Row:
    result, goal = (None if sheets.is_empty(row[name]) else float(row[name]) for name in ("result", "goal"))
    color = SLATE if goal is None or result is None else BLUE if result >= goal else ORANGE
    start = None if result is None else 0.0
    told = printable(str(row["told"])).replace("  ", "\u2003")  # a picture would draw two spaces as one
    return Row(_name(row["name"]), told, start, result, color, goal)


def _cut(rows: Sequence[Row]) -> float | None:
    """Say where the axis begins if the steps would be too small to be seen from zero, else nothing."""
    ends = [row.end for row in rows if row.end is not None]
    low, high = min(ends), max(ends)
    if len(rows) < 3 or low <= 0 or high == low or high - low > high / 3:
        return None
    return max(low - (high - low) / 2, 0.0)


def _picture(
    rows: Sequence[Row], says: str, note: str, low: float | None, connected: bool = False, reading: str = ""
) -> Picture:
    wide, narrow = (_Layout(rows, width, low).drawing(connected) for width in (WIDE, NARROW))
    told = "; ".join(f"{row.name}: {row.told}" for row in rows)
    return Picture(says, f"{told}. {reading}".strip(), wide, narrow, note)


class _Layout:
    """Where everything stands at a width."""

    def __init__(self, rows: Sequence[Row], width: int, low: float | None) -> None:
        self.rows, self.width, self.low = rows, width, low
        self.above = width <= NARROW
        told = max(width_of(row.told, bold=True) for row in rows)
        longest = max(width_of(row.name, bold=row.bold) for row in rows)
        self.room = width - told - _GAP if self.above else min(longest + 2, _NAMES)
        left, right = (2.0, width - 2.0) if self.above else (self.room + _GAP, width - told - _GAP)
        self.scale = Scale(*self._domain(), left, right)
        self.names = [wrapped(row.name, self.room, bold=row.bold) for row in rows]
        heights = [LINE * len(name) + (_SLIM_BAR + 18 if self.above else 14) for name in self.names]
        self.tops = [sum(heights[:place]) for place in range(len(heights) + 1)]

    def _domain(self) -> tuple[float, float]:
        values = [v for row in self.rows for v in (row.start, row.end, row.mark) if v is not None] or [0.0]
        if self.low is not None:
            return self.low, max(values)
        low, high = min(0.0, *values), max(0.0, *values)
        return low, high if high > low else low + 1

    def drawing(self, connected: bool) -> Drawing:
        """Draw the rows; a line leads from each to the next where they are steps of one amount."""
        marks = [mark for place in range(len(self.rows)) for mark in self._row(place)]
        grid = [] if self.low is not None else [*self._zero()]
        return Drawing(self.width, self.tops[-1], [*marks, *(self._connectors() if connected else [])], grid)

    def _row(self, place: int) -> Iterable[Mark]:
        row, name, top = self.rows[place], self.names[place], self.tops[place]
        first = top + LINE / 2 + (2 if self.above else 7)
        yield Text(0, first, name, bold=row.bold)
        told = first if self.above else (self._bar(place)[0] + self._bar(place)[1]) / 2
        yield Text(self.width - 1, told, [row.told], "right", bold=True)
        yield from self._marks(row, *self._bar(place))

    def _bar(self, place: int) -> tuple[float, float]:
        top, bottom = self.tops[place], self.tops[place + 1]
        if self.above:
            return bottom - _SLIM_BAR - 9, bottom - 9
        middle = (top + bottom) / 2
        return middle - _BAR / 2, middle + _BAR / 2

    def _marks(self, row: Row, top: float, bottom: float) -> Iterable[Mark]:
        if row.start is not None and row.end is not None:
            cut = self.low is not None and row.start < self.low
            start, end = self.scale(self.low if cut and self.low is not None else row.start), self.scale(row.end)
            yield Box(min(start, end), top, max(start, end), bottom, row.color)
            if abs(end - start) < 2:  # a step too small for a bar is still seen
                yield Line(end, top, end, bottom, row.color, 2)
            if cut:
                yield Line(start + 8, bottom + 1, start + 13, top - 1, PAPER, 4)
        if row.mark is not None:
            x = self.scale(row.mark)
            yield Line(x, top - _TICK, x, bottom + _TICK, INK, 3)

    def _zero(self) -> Iterable[Line]:
        x = self.scale(0)
        if not self.above:
            yield Line(x, 0, x, self.tops[-1], RULE)
            return
        for place in range(len(self.rows)):  # not through the names
            top, bottom = self._bar(place)
            yield Line(x, top - _TICK, x, bottom + _TICK, RULE)

    def _connectors(self) -> Iterable[Line]:
        for (place, row), (after, _) in pairwise(enumerate(self.rows)):
            x, bottom, top = self.scale(row.end or 0), self._bar(place)[1], self._bar(after)[0]
            if not self.above:
                yield Line(x, bottom, x, top, RULE)
                continue
            yield Line(x, bottom, x, bottom + _TICK, RULE)
            yield Line(x, top - _TICK, x, top, RULE)
