"""A funnel: how many came into each stage, and what part of them went on to the next.

Bars stand in the middle of one another, as long as their numbers; between two of them stands the part that went on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from planning.charts.canvas import (
    BLUE,
    LINE,
    MUTED,
    NARROW,
    SMALL,
    WIDE,
    Box,
    Drawing,
    Line,
    Mark,
    Text,
    width_of,
    wrapped,
)
from planning.charts.picture import Picture, nothing

BAR, GAP, EDGE, SPACE = 26, 24, 8, 14
"""Heights of a bar and of what is between two, and margins, in pixels."""

_NAMES = 0.34
"""Part of the width that names may take at most."""


def funnel(stages: pd.DataFrame, says: str, note: str = "") -> Picture:
    """Draw a funnel.

    Parameters
    ----------
    stages
        A row a stage, from the first: columns ``name``, ``count`` (how many came into it), ``told`` (the same in
        words) and ``share`` (in words, what part went on from it; empty where nobody knows).
    says
        What the figure shows.
    note
        What one must know to read it right.
    """
    if stages.empty or not stages["count"].fillna(0).gt(0).any():
        return nothing(says)
    rows = [_Row(str(each["name"]), float(each["count"] or 0), str(each["told"]), str(each["share"] or ""))
            for each in stages.to_dict("records")]  # fmt: skip
    reading = "; ".join(f"{row.name}: {row.told}{f', {row.share}' if row.share else ''}" for row in rows)
    wide, narrow = (_Layout(rows, width).drawing() for width in (WIDE, NARROW))
    return Picture(says, f"{reading}.", wide, narrow, note)


@dataclass(frozen=True)
class _Row:
    name: str
    count: float
    told: str
    share: str


class _Layout:
    """Where everything stands on paper of a width."""

    def __init__(self, rows: Sequence[_Row], width: int) -> None:
        self._rows, self._width = rows, width
        self._names = [wrapped(row.name, _NAMES * width) for row in rows]
        # What is told of a bar takes what it needs, and no more than names may.
        self._told = [wrapped(row.told, _NAMES * width, bold=True) for row in rows]
        left = max(width_of(line) for lines in self._names for line in lines)
        right = max(width_of(line, bold=True) for lines in self._told for line in lines)
        self._from, self._to = EDGE + left + SPACE, width - EDGE - right - SPACE
        self._most = max(row.count for row in rows)
        self._shares = [wrapped(row.share, self._to - self._from, SMALL) if row.share else [] for row in rows]

    def drawing(self) -> Drawing:
        """Give the drawing."""
        marks: list[Mark] = []
        top, before = float(EDGE), (0.0, 0.0, 0.0)
        for place in range(len(self._rows)):
            tall = self._tall(place)
            middle = top + tall / 2
            start, end = self._bar(self._rows[place].count)
            if place:
                marks += self._narrowing(before, (start, end, middle - BAR / 2))
            marks += self._stage(place, middle, start, end)
            before = (start, end, middle + BAR / 2)
            top += tall + self._gap(place)
        return Drawing(self._width, top - self._gap(len(self._rows) - 1) + EDGE, marks)

    def _stage(self, place: int, middle: float, start: float, end: float) -> Iterable[Mark]:
        names, told, shares = self._names[place], self._told[place], self._shares[place]
        yield Box(start, middle - BAR / 2, max(end, start + 1), middle + BAR / 2, BLUE)
        yield Text(EDGE, _first(middle, names), names)
        yield Text(self._width - EDGE, _first(middle, told), told, "right", bold=True)
        if shares and place + 1 < len(self._rows):
            below = middle + self._tall(place) / 2 + self._gap(place) / 2
            yield Text((self._from + self._to) / 2, _first(below, shares), shares, "center", MUTED, SMALL)

    def _narrowing(self, above: tuple[float, float, float], below: tuple[float, float, float]) -> Iterable[Line]:
        for side in (0, 1):
            yield Line(above[side], above[2], below[side], below[2])

    def _bar(self, count: float) -> tuple[float, float]:
        middle, half = (self._from + self._to) / 2, (self._to - self._from) / 2 * max(count, 0) / self._most
        return middle - half, middle + half

    def _tall(self, place: int) -> float:
        return max(BAR, LINE * len(self._names[place]), LINE * len(self._told[place]))

    def _gap(self, place: int) -> float:
        return max(GAP, LINE * len(self._shares[place]) + 8)


def _first(middle: float, lines: Sequence[str]) -> float:
    """Give the middle of the first of some lines that stand around a height."""
    return middle - LINE * (len(lines) - 1) / 2
