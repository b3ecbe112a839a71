"""What the figures are drawn with: boxes, lines and texts at places that are given in pixels.

Every place is computed before it is drawn, with the width of the texts, so that nothing is cut and nothing
overlaps. Colours are told apart by people who see colours differently, and never say something alone.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

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
_ANCHORS: dict[Align, str] = {"left": "start", "center": "middle", "right": "end"}
_FOOT = 0.3
"""How far below the middle of a line its letters stand, over the size of the font."""


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    x2: float
    y2: float
    color: str

    def svg(self) -> str:
        """Write it, from its left top corner whichever way it was given."""
        left, top = min(self.x, self.x2), min(self.y, self.y2)
        return (
            f'<rect x="{_px(left)}" y="{_px(top)}" width="{_px(abs(self.x2 - self.x))}" '
            f'height="{_px(abs(self.y2 - self.y))}" fill="{self.color}"/>'
        )


@dataclass(frozen=True)
class Line:
    """A straight line, `width` pixels thick."""

    x: float
    y: float
    x2: float
    y2: float
    color: str = FAINT
    width: float = 1

    def svg(self) -> str:
        """Write it."""
        return (
            f'<line x1="{_px(self.x)}" y1="{_px(self.y)}" x2="{_px(self.x2)}" y2="{_px(self.y2)}" '
            f'stroke="{self.color}" stroke-width="{_px(self.width)}"/>'
        )


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

    def svg(self) -> str:
        """Write its lines, each standing below its middle."""
        foot = self.y + _FOOT * self.size
        look = f'text-anchor="{_ANCHORS[self.align]}" fill="{self.color}" font-size="{_px(self.size)}"'
        look += ' font-weight="700"' if self.bold else ""
        return "".join(
            f'<text x="{_px(self.x)}" y="{_px(foot + place * LINE)}" {look}>{escape(printable(line))}</text>'
            for place, line in enumerate(self.lines)
        )


Mark = Box | Line | Text


@dataclass(frozen=True)
class Drawing:
    """Marks on paper of a size in pixels."""

    width: float
    height: float
    marks: Sequence[Mark]
    grid: Sequence[Line] = ()

    def svg(self, label: str) -> str:
        """Give the drawing as SVG: the grid, over it all boxes, over them all lines, over these all texts.

        All places are known, so it is written down as it is: a library that lays out charts would take a hundred
        times as long, and as much memory as the rest of the page.

        Parameters
        ----------
        label
            What the drawing shows, for people who cannot see it.
        """
        over = (_kind(self.grid, Line), _kind(self.marks, Box), _kind(self.marks, Line), _kind(self.marks, Text))
        drawn = "".join(mark.svg() for kind in over for mark in kind)
        size = f'width="{_px(self.width)}" height="{_px(self.height)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(printable(label))}" {size} '
            f'viewBox="0 0 {_px(self.width)} {_px(self.height)}" font-family="{FONT}">'
            f'<rect {size} fill="{PAPER}"/>{drawn}</svg>'
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


def _kind(marks: Iterable[Mark], kind: type[Mark]) -> list[Mark]:
    return [each for each in marks if isinstance(each, kind)]


def _px(value: float) -> str:
    """Write a place: a hundredth of a pixel is finer than any screen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
