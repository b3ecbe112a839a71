"""The course of a year: the goal added up month by month, the result to date, and the fan in which it goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from planning import sheets
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
    wrapped,
)
from planning.charts.months import ticks
from planning.charts.picture import Picture, Write, nothing, written_as_money
from planning.settings import Settings

NOTE = (
    "Above: the grey line is the goal by its own months, the coloured one the result, both added up; the fan is "
    "where the year lands four times in five. Below: how far the result is above (blue) or below the goal at each "
    "month's end, and at the right where that leads."
)


_BELOW = 110.0
"""Height of the differences below the course, in pixels."""


@dataclass(frozen=True)
class Ahead:
    """Where a year goes on: months that are over (the one in course in part), landing, and its low and high end."""

    place: float
    landing: float
    low: float
    high: float


def course(
    frame: pd.DataFrame, ahead: Ahead | None, settings: Settings, says: str, write: Write | None = None,
    original: bool = False,
) -> Picture:  # fmt: skip
    """Draw the course of a year.

    Parameters
    ----------
    frame
        ``month`` (ISO), ``goal`` and ``result``, both added up from the year's begin; results are empty after the
        month in course. With `original`, ``original``: the goal before it was changed.
    ahead
        Where it goes on; none where that cannot be told.
    settings
        For currency and locale.
    says
        What it shows.
    write
        Writes a number; amounts of money in whole minor units unless it is given.
    original
        Whether the goal was changed during the year.
    """
    figure = write or written_as_money(settings)
    if frame.empty or not frame["result"].notna().any():
        return nothing(says)
    wide, narrow = (_Layout(frame, ahead, settings, figure, width, original).drawing() for width in (WIDE, NARROW))
    last = frame.dropna(subset="result").iloc[-1]
    told = f"Goal {figure(frame['goal'].iloc[-1])}. Result to {sheets.month(last['month'], settings)}"
    told = f"{told} {figure(last['result'])}, due by its end {figure(last['goal'])}."
    if ahead is not None:
        told += f" Landing {figure(ahead.landing)}, four times in five {figure(ahead.low)} to {figure(ahead.high)}."
    return Picture(says, told, wide, narrow, NOTE)


class _Layout:
    """Where everything stands at a width."""

    def __init__(
        self, frame: pd.DataFrame, ahead: Ahead | None, settings: Settings, figure: Write, width: int, original: bool
    ) -> None:
        self.frame, self.ahead, self.figure, self.width, self.original = frame, ahead, figure, width, original
        self.names = [sheets.month(month, settings, short=True) for month in frame["month"]]
        self.results = [float(value) for value in frame["result"].dropna()]
        self.goals = [float(value) for value in frame["goal"]]
        tops = [*self.goals, *self.results, *([ahead.high] if ahead else [])]
        self.ticks = {tick: figure(tick) for tick in ticks(0, max(tops))}
        self.labels = self._said()
        room = 96.0 if width <= NARROW else 164.0
        self.left = max(width_of(text, SMALL) for text in self.ticks.values()) + 8
        self.above = 220.0 if width <= NARROW else 260.0
        self.height = self.above + _BELOW
        self.x = Scale(0, len(self.names), self.left, width - room)
        self.y = Scale(0, max(tops) * 1.02, self.above - LINE - 10, 12)
        apart = [*self._apart(), *([end - self.goals[-1] for end in (ahead.low, ahead.high)] if ahead else [])]
        low, high = min(0.0, *apart), max(0.0, *apart)
        self.off = Scale(low, high if high > low else low + 1, self.height - 22, self.above + 14)

    def drawing(self) -> Drawing:
        """Draw axes, fan, goal, result and names."""
        grid = [Line(self.left, self.y(each), self.x.end, self.y(each), FAINT) for each in self.ticks if each]
        base = Line(self.left, self.y(0), self.x.end, self.y(0), RULE)
        return Drawing(
            self.width,
            self.height,
            [*self._fan(), *self._lines(), *self._texts(), *self._differences()],
            [*grid, base],
        )

    def _lines(self) -> Iterable[Mark]:
        if self.original:
            yield from self._joined([float(each) for each in self.frame["original"]], RULE, 1.5)
        yield from self._joined(self.goals, SLATE, 2)
        ends, before = self._ends(), (self.x(0), self.y(0))
        for place, (x, y) in enumerate(ends):
            # Of a month in course, what is due is not what its end asks for.
            due = self.goals[place] if x >= self.x(place + 1) else self._due(place)
            yield Line(*before, x, y, BLUE if self.results[place] >= due else ORANGE, 4)
            before = (x, y)
        if self.ahead is not None:
            yield Line(*before, self.x.end, self.y(self.ahead.landing), INK, 1.5)

    def _apart(self) -> list[float]:
        """Give how far the result is from what was due, month end by month end."""
        place = self.ahead.place if self.ahead else float(len(self.results))
        return [value - (self.goals[number] if number + 1 <= place else self._due(number))
                for number, value in enumerate(self.results)]  # fmt: skip

    def _differences(self) -> Iterable[Mark]:
        """Draw how far the result is from the goal, below the course."""
        zero = self.off(0)
        yield Line(self.left, zero, self.x.end, zero, RULE)
        for place, value in enumerate(self._apart()):
            x, half = self.x(place + 0.5), (self.x(1) - self.x(0)) * 0.34
            top, bottom = sorted((self.off(value), zero))
            yield Box(x - half, top, x + half, max(bottom, top + 1), BLUE if value >= 0 else ORANGE)
        last = self._apart()[-1]
        if self.ahead is not None:
            last = self.ahead.landing - self.goals[-1]
            x, low, high = (
                self.x.end - 6,
                *(self.off(end - self.goals[-1]) for end in (self.ahead.low, self.ahead.high)),
            )
            yield Line(x, low, x, high, SLATE, 2)
            yield Box(x - 4, self.off(last) - 4, x + 4, self.off(last) + 4, SLATE)
        sign = "+" if last > 0 else ""
        lines = wrapped(f"{sign}{self.figure(last)} to the goal", 84 if self.width <= NARROW else 150, bold=True)
        half = LINE * (len(lines) - 1) / 2
        y = min(max(self.off(last) - half, self.above + 10), self.height - 12 - 2 * half)
        yield Text(self.x.end + 8, y, lines, "left", BLUE if last >= 0 else ORANGE, bold=True)

    def _ends(self) -> list[tuple[float, float]]:
        place = self.ahead.place if self.ahead else float(len(self.results))
        return [(self.x(min(number + 1, place)), self.y(value)) for number, value in enumerate(self.results)]

    def _due(self, place: int) -> float:
        before = self.goals[place - 1] if place else 0.0
        part = (self.ahead.place if self.ahead else place + 1) - place
        return before + (self.goals[place] - before) * part

    def _joined(self, values: Sequence[float], color: str, width: float) -> Iterable[Mark]:
        points = [(self.x(0), self.y(0)), *((self.x(place + 1), self.y(each)) for place, each in enumerate(values))]
        for one, other in zip(points, points[1:], strict=False):
            yield Line(*one, *other, color, width)

    def _fan(self) -> Iterable[Mark]:
        """Fill the fan with upright strips: it opens as what is left adds up."""
        if self.ahead is None or not self.results:
            return
        start, begin = self.x(self.ahead.place), self.results[-1]
        strips = max(int((self.x.end - start) / 2), 1)
        wide = (self.x.end - start) / strips
        for strip in range(strips):
            part = (strip + 0.5) / strips
            low, high = (begin + (end - begin) * part for end in (self.ahead.low, self.ahead.high))
            yield Box(start + wide * strip, self.y(high), start + wide * (strip + 1), self.y(low), SKY)

    def _said(self) -> list[tuple[float, list[str], str]]:
        """Say what stands at the right edge: height, lines and colour of each."""
        room = 84 if self.width <= NARROW else 150
        said = [(self.goals[-1], f"Goal {self.figure(self.goals[-1])}", SLATE)]
        if self.original:
            first = float(self.frame["original"].iloc[-1])
            said.append((first, f"As first agreed {self.figure(first)}", MUTED))
        if self.ahead is not None:
            said.append((self.ahead.landing, f"Landing {self.figure(self.ahead.landing)}", INK))
        else:
            said.append((self.results[-1], f"Result {self.figure(self.results[-1])}", BLUE))
        return [(value, wrapped(text, room, bold=True), color) for value, text, color in said]

    def _texts(self) -> Iterable[Text]:
        for tick, text in self.ticks.items():
            yield Text(self.left - 6, self.y(tick), [text], "right", MUTED, SMALL)
        band = self.x(1) - self.x(0)
        each = next(
            n for n in (1, 2, 3, 6) if n * band > max(width_of(name, SMALL) for name in self.names) + 3 or n == 6
        )
        for place, name in enumerate(self.names):
            if place % each == 0:
                yield Text(self.x(place + 0.5), self.above - LINE / 2, [name], "center", MUTED, SMALL)
        free = 6.0
        for value, lines, color in sorted(self.labels, key=lambda label: -label[0]):
            y = max(self.y(value) - LINE * (len(lines) - 1) / 2, free)
            yield Text(self.x.end + 8, y, lines, "left", color, bold=True)
            free = y + LINE * len(lines) + 2
