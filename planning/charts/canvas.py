"""What the figures are drawn with: boxes, lines and texts at places that are given in pixels.

Every place is computed before it is drawn, with the width of the texts, so that nothing is cut and nothing
overlaps. Colours are told apart by people who see colours differently, and never say something alone.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

import altair as alt
from altair.utils.schemapi import debug_mode

WIDE, NARROW = 720, 340
"""Width of the two drawings of a picture, in pixels."""

FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
SIZE, SMALL = 13, 11.5
LINE = 16
"""Height of a line of text in pixels."""

PAPER, INK, MUTED, FAINT, RULE = "#ffffff", "#1f2933", "#52606d", "#d9dfe5", "#9aa5b1"
BLUE, SKY, ORANGE, SLATE = "#0069a6", "#6fb3dd", "#c2570c", "#4a5967"
"""Above or more (and its paler form), below or less, and what is neither (after the colours of Okabe and Ito)."""
PALE_ORANGE = "#f3c6a5"
"""Below or less, where something is written on it."""

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    x2: float
    y2: float
    color: str


@dataclass(frozen=True)
class Line:
    """A straight line, `width` pixels thick."""

    x: float
    y: float
    x2: float
    y2: float
    color: str = FAINT
    width: float = 1


@dataclass(frozen=True)
class Text:
    """Lines of text; `y` is the middle of the first."""

    x: float
    y: float
    lines: Sequence[str]
    align: Align = "left"
    color: str = INK
    size: float = SIZE
    bold: bool = False


Mark = Box | Line | Text
Channel = TypeVar("Channel", alt.Fill, alt.Stroke)


@dataclass(frozen=True)
class Drawing:
    """Marks on paper of a size in pixels."""

    width: float
    height: float
    marks: Sequence[Mark]
    grid: Sequence[Line] = ()

    def spec(self) -> dict[str, Any]:
        """Give the chart in Vega-Lite, ready to be drawn.

        It is not held against the schema, which takes longer than the drawing itself; a test does that.
        """
        with debug_mode(False):
            return self.chart().to_dict(validate=False)

    def chart(self) -> alt.LayerChart:
        """Give the drawing as a chart: the grid, over it all boxes, over them all lines, over these all texts."""
        layers = [*_lines(self.grid), *_boxes(self.marks), *_lines(self.marks), *_texts(self.marks)]
        return (
            alt.layer(*layers)
            .properties(
                width=self.width,
                height=self.height,
                padding=0,
                background=PAPER,
                autosize=alt.AutoSizeParams(type="none"),
            )
            .configure(font=FONT, aria=False)
            .configure_view(stroke=None)
        )


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the pixel of a value."""
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def width_of(text: str, size: float = SIZE, bold: bool = False) -> float:
    """Estimate how wide a text is in pixels, rather too wide than too narrow.

    Examples
    --------
    >>> width_of("WM") > width_of("il.") and width_of("日本") > width_of("ab")
    True
    """
    return (1.12 if bold else 1.04) * size * sum(_width(letter) for letter in text)


def wrapped(text: str, width: float, size: float = SIZE, bold: bool = False) -> list[str]:
    """Break a text into lines that fit; a word that does not fit on a line is broken, at a hyphen if it has one.

    Examples
    --------
    >>> wrapped("Consumer Electronics and Accessories", 120)
    ['Consumer', 'Electronics and', 'Accessories']
    >>> "".join(wrapped("Donaudampfschifffahrtsgesellschaft", 60))
    'Donaudampfschifffahrtsgesellschaft'
    >>> wrapped("Fitzgerald-Worthington", 130)
    ['Fitzgerald-', 'Worthington']
    """
    lines = [""]
    for word in (piece for each in printable(text).split() for piece in _pieces(each, width, size, bold)):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line] or ["–"]


def printable(text: str) -> str:
    """Turn into spaces what no picture can show, such as control characters."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text)


def _pieces(word: str, width: float, size: float, bold: bool) -> Iterable[str]:
    while len(word) > 1 and width_of(word, size, bold) > width:
        fits = next((n for n in range(len(word) - 1, 1, -1) if width_of(word[:n], size, bold) <= width), 1)
        fits = word.rfind("-", 0, fits) + 1 or fits
        yield word[:fits]
        word = word[fits:]
    yield word


def _width(letter: str) -> float:
    """Width over font size, by the kind of letter (Helvetica's own widths, in a few classes)."""
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0
    if letter in "ijl.,:;'|! \u00a0\u202fIt()[]/-fr":
        return 0.33
    if letter in "mwMW%@…—\u2003" or unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.72 if letter.isupper() or letter in "&+−=<>~" else 0.56


def _boxes(marks: Iterable[Mark]) -> list[alt.Chart]:
    rows = [asdict(each) for each in marks if isinstance(each, Box)]
    return [_on(rows).mark_rect().encode(*_corners(), fill=_color(alt.Fill))] if rows else []


def _lines(marks: Iterable[Mark]) -> list[alt.Chart]:
    rows = [asdict(each) for each in marks if isinstance(each, Line)]
    thick = alt.StrokeWidth("width:Q", scale=None)
    drawn = _on(rows).mark_rule(strokeCap="butt")
    return [drawn.encode(*_corners(), stroke=_color(alt.Stroke), strokeWidth=thick)] if rows else []


def _texts(marks: Iterable[Mark]) -> list[alt.Chart]:
    """Draw texts, a layer for each look: these cannot differ from text to text within a layer."""
    texts = [each for each in marks if isinstance(each, Text)]
    looks = dict.fromkeys((each.align, each.size, each.bold) for each in texts)
    return [_text(look, [each for each in texts if (each.align, each.size, each.bold) == look]) for look in looks]


def _text(look: tuple[Align, float, bool], texts: Iterable[Text]) -> alt.Chart:
    align, size, bold = look
    rows = [{"x": each.x, "y": each.y, "text": "\n".join(each.lines), "color": each.color} for each in texts]
    weight: Literal[400, 700] = 700 if bold else 400
    drawn = _on(rows).mark_text(
        align=align, baseline="middle", fontSize=size, fontWeight=weight, lineHeight=LINE, lineBreak="\n"
    )
    return drawn.encode(*_place(), text="text:N", fill=_color(alt.Fill))


def _on(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]


def _place() -> tuple[alt.X, alt.Y]:
    return alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None)


def _corners() -> tuple[alt.X, alt.Y, alt.X2, alt.Y2]:
    return (*_place(), alt.X2("x2"), alt.Y2("y2"))


def _color(channel: type[Channel]) -> Channel:
    return channel("color:N", scale=None)
