"""Figures on two axes of numbers: how draws are spread, and what is traded for what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planning.charts.canvas import (
    BLUE,
    FAINT,
    INK,
    LINE,
    MUTED,
    NARROW,
    ORANGE,
    RULE,
    SKY,
    SLATE,
    SMALL,
    WIDE,
    Box,
    Drawing,
    Line,
    Mark,
    Scale,
    Text,
    width_of,
)
from planning.charts.months import ticks
from planning.charts.picture import Picture, Write, nothing, written_as_money
from planning.settings import Settings

_BINS, _EDGE = 32, 0.002
"""Columns of a histogram, and the part of the draws on either side that is left out."""
_TALL = {WIDE: 230.0, NARROW: 190.0}


@dataclass(frozen=True)
class Axis:
    """An axis: its lowest and highest value, and how values are written."""

    low: float
    high: float
    write: Write


def histogram(
    draws: ArrayLike, settings: Settings, says: str, marks: Sequence[tuple[str, float]] = (), inside: float = 0.8
) -> Picture:
    """Draw how often which result was drawn.

    Parameters
    ----------
    draws
        Whole minor units.
    settings
        For currency and locale.
    says
        What it shows.
    marks
        Name and amount of what is marked by an upright line.
    inside
        Part of the draws in the middle that is drawn darker.
    """
    values = np.sort(np.asarray(draws, float))
    if not len(values) or values[0] == values[-1]:
        return nothing(says)
    ends = np.quantile(values, [_EDGE, 1 - _EDGE])
    low = min(ends[0], *(amount for _, amount in marks)) if marks else ends[0]
    high = max(ends[1], *(amount for _, amount in marks)) if marks else ends[1]
    counts, edges = np.histogram(values, _BINS, (ends[0], ends[1]))
    middle = np.quantile(values, [(1 - inside) / 2, (1 + inside) / 2])
    write = written_as_money(settings)
    x = Axis(float(low), float(high), write)

    def drawing(width: int) -> Drawing:
        place = _Plane(x, Axis(0.0, float(counts.max()) * 1.05, str), width, above=LINE * len(marks), y_told=False)
        boxes = [
            Box(
                place.x(left) + 0.5,
                place.y(count),
                place.x(right) - 0.5,
                place.y(0),
                BLUE if middle[0] <= (left + right) / 2 <= middle[1] else SKY,
            )
            for count, left, right in zip(counts, edges, edges[1:], strict=False)
            if count
        ]
        return place.drawing([*boxes, *_upright(place, marks, write)])

    told = "; ".join(f"{name}: {write(amount)}" for name, amount in marks)
    reading = f"{inside:.0%} of the draws lie between {write(middle[0])} and {write(middle[1])}. {told}".strip()
    note = f"Dark: the middle {inside:.0%} of all draws. The higher a column, the more often."
    return Picture(says, reading, drawing(WIDE), drawing(NARROW), note)


def curve(
    points: Sequence[tuple[float, float]],
    says: str,
    names: tuple[str, str],
    write: tuple[Write, Write],
    limit: tuple[str, float] | None = None,
    here: tuple[str, float, float] | None = None,
) -> Picture:
    """Draw what is traded for what.

    Parameters
    ----------
    points
        Pairs of numbers, in the order in which they are joined.
    says
        What it shows.
    names
        What lies to the right, and what upwards.
    write
        Write a number of each.
    limit
        Name and height of what cannot be exceeded.
    here
        Name and place of where one stands.
    """
    if len(points) < 2:
        return nothing(says)
    across, up = zip(*points, strict=True)
    heights = [*up, *([limit[1]] if limit else []), *([here[2]] if here else [])]
    x = Axis(min(0.0, *across), max(*across), write[0])
    y = Axis(min(0.0, *heights), max(heights) * 1.08, write[1])

    def drawing(width: int) -> Drawing:
        place = _Plane(x, y, width, above=LINE, below=LINE)
        pairs = zip(points, points[1:], strict=False)
        marks: list[Mark] = [
            Line(place.x(a), place.y(b), place.x(c), place.y(d), BLUE, 3) for (a, b), (c, d) in pairs
        ]
        marks.append(Text(2, LINE / 2, [names[1]], "left", MUTED, SMALL))
        marks.append(Text(place.right, place.height - LINE / 2, [names[0]], "right", MUTED, SMALL))
        if limit:
            level = place.y(limit[1])
            marks.append(Line(place.left, level, place.right, level, ORANGE, 2))
            marks.append(Text(place.right, level - 9, [limit[0]], "right", ORANGE, SMALL, bold=True))
        if here:
            a, b = place.x(here[1]), place.y(here[2])
            marks.append(Box(a - 5, b - 5, a + 5, b + 5, INK))
            left = a > (place.left + place.right) / 2
            marks.append(
                Text(a + (-9 if left else 9), b - 12, [here[0]], "right" if left else "left", INK, bold=True)
            )
        return place.drawing(marks)

    told = "; ".join(f"{write[0](a)}: {write[1](b)}" for a, b in points)
    reading = f"{names[1]} by {names[0].lower()}: {told}."
    return Picture(says, reading, drawing(WIDE), drawing(NARROW))


class _Plane:
    """Where everything stands at a width."""

    def __init__(self, x: Axis, y: Axis, width: int, above: float = 0, below: float = 0, y_told: bool = True) -> None:
        self._x, self._told = x, y_told
        self.width, self.height = width, _TALL[width] + above + below
        self._ticks = {tick: y.write(tick) for tick in ticks(y.low, y.high)} if y_told else {}
        self.left = max((width_of(text, SMALL) for text in self._ticks.values()), default=0) + 8
        self.right = float(width - 10)
        self._bottom = self.height - below - LINE - 8
        self.x = Scale(x.low, x.high, self.left, self.right)
        self.y = Scale(y.low, y.high, self._bottom, above + 8)

    def drawing(self, marks: Iterable[Mark]) -> Drawing:
        """Draw the axes and what stands between them."""
        base = Line(self.left, self._bottom, self.right, self._bottom, RULE)
        lines = [Line(self.left, self.y(tick), self.right, self.y(tick), FAINT) for tick in self._ticks]
        texts = [
            Text(self.left - 6, self.y(tick), [text], "right", MUTED, SMALL) for tick, text in self._ticks.items()
        ]
        return Drawing(self.width, self.height, [*marks, *texts, *self._below()], [*lines, base])

    def _below(self) -> Iterable[Text]:
        """Write the values of the lower axis, as many as there is room for."""
        about = max(2, int((self.right - self.left) / 95))
        free = 0.0
        for tick in ticks(self._x.low, self._x.high, about=about):
            text, x = self._x.write(tick), self.x(tick)
            half = width_of(text, SMALL) / 2
            if x - half >= free and x + half <= self.width:
                yield Text(x, self._bottom + LINE / 2 + 4, [text], "center", MUTED, SMALL)
                free = x + half + 6


def _upright(place: _Plane, marks: Sequence[tuple[str, float]], write: Write) -> Iterable[Mark]:
    """Mark amounts by upright lines, each with its name on a line of its own above."""
    for row, (name, amount) in enumerate(marks):
        x, text = place.x(amount), f"{name} {write(amount)}"
        color = (INK, ORANGE, SLATE)[row % 3]
        yield Line(x, LINE * row + LINE, x, place.y(0), color, 2)
        right = x + width_of(text, bold=True) > place.right
        yield Text(x + (-6 if right else 6), LINE * row + LINE / 2 + 4, [text], "right" if right else "left", color,
                   bold=True)  # fmt: skip
