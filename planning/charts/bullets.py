"""Bullets: a result against what was due and against the whole goal, with where it lands; one row a name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planning import sheets
from planning.charts.canvas import (
    BLUE,
    FAINT,
    INK,
    LINE,
    NARROW,
    ORANGE,
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
from planning.charts.picture import Picture, nothing

_NAMES, _GAP, _BAR, _ALL = 200, 12, 12, 26
"""Widest column of names; space between columns; height of a result, and of the goal behind it."""

NOTE = (
    "Each on the scale of its own goal: grey is the goal of the year, the dark mark in it what was due by the day, "
    "the bar the result so far: blue from what was due on, orange below. The line below it is where the year lands "
    "four times in five, its square the landing."
)
_FARTHEST = 1.6
"""Part of a goal at which a bullet ends, however far beyond it the year lands."""


@dataclass(frozen=True)
class _Bullet:
    name: str
    told: str
    goal: float
    expected: float
    result: float
    landing: float | None
    low: float | None
    high: float | None


def bullets(frame: pd.DataFrame, says: str) -> Picture:
    """Draw results against what was due and against the goal, with the landing and its range, each by its own goal.

    Parameters
    ----------
    frame
        Columns ``name``, ``goal``, ``expected``, ``result``, ``landing``, ``low``, ``high`` (numbers of one unit; the
        last three may be empty) and ``told``, the text that stands beside the bullet.
    says
        What it shows.
    """
    rows = [_bullet(each) for each in frame.to_dict("records")]
    if not rows:
        return nothing(says)
    wide, narrow = (_Layout(rows, width).drawing() for width in (WIDE, NARROW))
    return Picture(says, "; ".join(f"{row.name}: {row.told}" for row in rows), wide, narrow, NOTE)


def _bullet(row: dict[Any, Any]) -> _Bullet:
    whole = max(float(row["goal"]), float(row["result"]) if float(row["goal"]) <= 0 else 0.0, 1e-9)
    ends = [
        None if sheets.is_empty(row[name]) else min(float(row[name]) / whole, _FARTHEST)
        for name in ("landing", "low", "high")
    ]
    goal, expected, result = (min(float(row[name]) / whole, _FARTHEST) for name in ("goal", "expected", "result"))
    return _Bullet(printable(str(row["name"])), printable(str(row["told"])), goal, expected, result, *ends)


class _Layout:
    """Where everything stands at a width; on narrow screens name and figures stand above the bullet."""

    def __init__(self, rows: Sequence[_Bullet], width: int) -> None:
        self.rows, self.width, self.above = rows, width, width <= NARROW
        told = max(width_of(row.told) for row in rows)
        longest = max(width_of(row.name, bold=True) for row in rows)
        names = width - 2.0 if self.above else min(longest + 2, _NAMES)
        self.names = [wrapped(row.name, names, bold=True) for row in rows]
        self.told = [wrapped(row.told, width - 2.0 if self.above else max(min(told, 230.0), 60)) for row in rows]
        beside = max(width_of(line) for lines in self.told for line in lines)
        left, right = (2.0, width - 2.0) if self.above else (names + _GAP, width - beside - _GAP)
        top = max(value for row in rows for value in (row.goal, row.result, row.high or 0.0, row.landing or 0.0))
        self.x = Scale(min(0.0, *(row.result for row in rows)), max(top, 1.0), left, right)
        self.tops = [0.0]
        for name, lines in zip(self.names, self.told, strict=True):
            text = LINE * (len(name) + len(lines)) if self.above else LINE * max(len(name), len(lines))
            self.tops.append(self.tops[-1] + (text + _ALL + 18 if self.above else max(text, _ALL) + 16))

    def drawing(self) -> Drawing:
        """Draw the rows."""
        marks = [mark for place in range(len(self.rows)) for mark in self._row(place)]
        return Drawing(self.width, self.tops[-1], marks)

    def _row(self, place: int) -> Iterable[Mark]:
        row, name, told = self.rows[place], self.names[place], self.told[place]
        top, bottom = self.tops[place], self.tops[place + 1]
        middle = bottom - 14 - _ALL / 2 if self.above else (top + bottom) / 2
        first = top + LINE / 2 + 2 if self.above else middle - LINE * (len(name) - 1) / 2
        yield Text(0, first, name, bold=True)
        if self.above:
            yield Text(0, first + LINE * len(name), told)
        else:
            yield Text(self.width - 1, middle - LINE * (len(told) - 1) / 2, told, "right")
        yield from self._bullet(row, middle)

    def _bullet(self, row: _Bullet, y: float) -> Iterable[Mark]:
        zero, end = self.x(0), self.x(row.result)
        yield Box(zero, y - _ALL / 2, self.x(max(row.goal, 0.0)), y + _ALL / 2, FAINT)
        color = BLUE if row.result >= row.expected else ORANGE
        yield Box(min(zero, end), y - _BAR / 2, max(zero, end), y + _BAR / 2, color)
        due = self.x(row.expected)
        yield Line(due, y - _ALL / 2 + 2, due, y + _ALL / 2 - 2, INK, 3)
        if row.landing is not None and row.low is not None and row.high is not None:
            below = y + _ALL / 2 + 4
            yield Line(self.x(row.low), below, self.x(row.high), below, SLATE, 2)
            at = self.x(row.landing)
            yield Box(at - 4, below - 4, at + 4, below + 4, SLATE)
