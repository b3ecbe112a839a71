"""Figures over the months of a year."""

import math
from collections.abc import Iterable, Mapping, Sequence
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
from planning.charts.picture import Picture, Write, nothing, written_as_money
from planning.settings import Settings

_LOOKS = (("columns", BLUE), ("line", SLATE), ("marks", ORANGE))
"""Look of the first, second and third series, and the colour of its name."""


@dataclass(frozen=True)
class Series:
    """A value a month, in the order of the year; nothing where there is none."""

    name: str
    look: str
    color: str
    values: list[float | None]

    @property
    def last(self) -> float:
        """The last value there is."""
        return next(value for value in reversed(self.values) if value is not None)


def months(
    frame: pd.DataFrame,
    series: Mapping[str, str],
    settings: Settings,
    says: str,
    write: Write | None = None,
    band: tuple[str, str, str] | None = None,
) -> Picture:
    """Draw figures by month: the first series as columns, the second as a line, the third as marks.

    Each series bears its name at its last month. A series without any value is left out.

    Parameters
    ----------
    frame
        Column ``month`` (ISO) and one column of numbers a series; empty where there is none.
    series
        Column and name of each series, at most three.
    settings
        For currency and locale.
    says
        What it shows.
    write
        Writes a number; amounts of money in whole minor units unless it is given.
    band
        Columns of the low and the high end of a range a month, and what it is.
    """
    figure = write or written_as_money(settings)
    drawn = [
        Series(name, look, color, _values(frame[column]))
        for (column, name), (look, color) in zip(series.items(), _LOOKS, strict=False)
        if frame[column].notna().any()
    ]
    if not drawn:
        return nothing(says)
    names = [sheets.month(month, settings, short=True) for month in frame["month"]]
    ends = [] if band is None else list(zip(_values(frame[band[0]]), _values(frame[band[1]]), strict=True))
    unit = 10**settings.minor_digits if write is None else 0
    wide, narrow = (_Layout(drawn, names, width, figure, unit, ends).drawing() for width in (WIDE, NARROW))
    told = [f"{each.look}: {each.name}" for each in drawn] + ([] if band is None else [f"upright lines: {band[2]}"])
    looks = ", ".join(told)
    return Picture(says, _reading(frame, drawn, settings, figure), wide, narrow, f"{looks[0].upper()}{looks[1:]}.")


def _values(column: pd.Series) -> list[float | None]:
    return [None if sheets.is_empty(value) else float(value) for value in column]


def ticks(low: float, high: float, least: float = 0, about: int = 4) -> list[float]:
    """Give round values from the lowest to the highest, about as many as asked for, at least `least` apart.

    Examples
    --------
    >>> ticks(0, 95), ticks(-30, 70), ticks(0, 0), ticks(0, 0.35)
    ([0, 20, 40, 60, 80], [-20, 0, 20, 40, 60], [0], [0.0, 0.1, 0.2, 0.3])
    """
    if high <= low:
        return [low]
    place = math.floor(math.log10((high - low) / about))
    power = 10**place if place >= 0 else 1 / 10**-place
    step = next(power * part for part in (1, 2, 5, 10) if (high - low) / (power * part) <= about + 1)
    step = max(step, least)
    places = range(math.ceil(low / step), math.floor(high / step) + 1)
    return [round(step * each, max(-place, 0)) for each in places]


def _reading(frame: pd.DataFrame, drawn: Sequence[Series], settings: Settings, figure: Write) -> str:
    names = [sheets.month(month, settings) for month in frame["month"]]
    told = [
        ", ".join(
            f"{month} {sheets.NOTHING if value is None else figure(value)}"
            for month, value in zip(names, each.values, strict=True)
        )
        for each in drawn
    ]
    return " ".join(f"{each.name}: {values}." for each, values in zip(drawn, told, strict=True))


class _Layout:
    """Where everything stands at a width."""

    def __init__(
        self,
        series: Sequence[Series],
        names: Sequence[str],
        width: int,
        figure: Write,
        unit: float,
        ends: Sequence[tuple[float | None, float | None]],
    ) -> None:
        self.series, self.names, self.width, self.ends = series, names, width, ends
        told = [*(value for each in series for value in each.values), *(value for pair in ends for value in pair)]
        values = [value for value in told if value is not None]
        low, high = min(0, *values), max(0, *values)
        self.ticks = {tick: figure(tick) for tick in ticks(low, high, least=unit)}
        room = 76 if width <= NARROW else 126
        self.labels = [wrapped(each.name, room - 8, bold=True) for each in series]
        self.left = max(width_of(text, SMALL) for text in self.ticks.values()) + 8
        self.right = float(width - room)
        labels = LINE * sum(len(label) + 1 for label in self.labels)
        self.height = max(190 if width <= NARROW else 240, labels)
        self.y = Scale(low, high if high > low else low + 1, self.height - LINE - 12, LINE)
        self.band = (self.right - self.left) / len(names)

    def drawing(self) -> Drawing:
        """Draw the axes, the series and their names."""
        marks: list[Mark] = [*self._axis_texts()]
        for each in self.series:
            marks += {"columns": self._columns, "line": self._line, "marks": self._marks}[each.look](each)
        marks += self._ranges()
        return Drawing(self.width, self.height, [*marks, *self._labels()], [*self._grid()])

    def _middle(self, place: int) -> float:
        return self.left + self.band * (place + 0.5)

    def _grid(self) -> Iterable[Line]:
        for tick in self.ticks:
            y = self.y(tick)
            yield Line(self.left, y, self.right, y, RULE if tick == 0 else FAINT)

    def _axis_texts(self) -> Iterable[Text]:
        for tick, text in self.ticks.items():
            yield Text(self.left - 6, self.y(tick), [text], "right", MUTED, SMALL)
        each = math.ceil((max(width_of(name, SMALL) for name in self.names) + 3) / self.band)
        for place, name in enumerate(self.names):
            if place % each == 0:
                yield Text(self._middle(place), self.height - LINE / 2, [name], "center", MUTED, SMALL)

    def _columns(self, series: Series) -> Iterable[Mark]:
        for place, value in enumerate(series.values):
            if value is not None:
                x, half = self._middle(place), self.band * 0.34
                top, bottom = sorted((self.y(value), self.y(0)))
                yield Box(x - half, top, x + half, bottom, SKY)

    def _line(self, series: Series) -> Iterable[Mark]:
        points = [
            None if value is None else (self._middle(place), self.y(value))
            for place, value in enumerate(series.values)
        ]
        for one, other in zip(points, [*points[1:], None], strict=True):
            if one is None:
                continue
            yield Line(one[0] - 3, one[1], one[0] + 3, one[1], series.color, 6)
            if other is not None:
                yield Line(*one, *other, series.color, 2)

    def _marks(self, series: Series) -> Iterable[Mark]:
        for place, value in enumerate(series.values):
            if value is not None:
                x, y, half = self._middle(place), self.y(value), self.band * 0.44
                yield Line(x - half, y, x + half, y, series.color, 3)

    def _ranges(self) -> Iterable[Line]:
        for place, (low, high) in enumerate(self.ends):
            if low is not None and high is not None:
                x = self._middle(place)
                yield Line(x, self.y(low), x, self.y(high), INK, 1.5)
                yield from (Line(x - 3, self.y(end), x + 3, self.y(end), INK, 1.5) for end in (low, high))

    def _labels(self) -> Iterable[Text]:
        """Write each name beside its last value; names that would overlap make room for one another."""
        order = sorted(range(len(self.series)), key=lambda place: self.y(self.series[place].last))
        middles, free = {}, LINE / 2
        for place in order:
            middles[place] = max(self.y(self.series[place].last), free)
            free = middles[place] + self._tall(place)
        free = self.height - LINE / 2
        for place in reversed(order):
            middles[place] = min(middles[place], free - self._tall(place))
            free = middles[place]
        for place, each in enumerate(self.series):
            yield Text(self.right + 8, middles[place], self.labels[place], "left", each.color, bold=True)

    def _tall(self, place: int) -> int:
        return LINE * len(self.labels[place]) + 2
