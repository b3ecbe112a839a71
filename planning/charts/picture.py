"""A picture for a page: drawn twice, for wide and for narrow screens, so that its text stays readable.

Classes in the markup, for the style sheet: ``figure.picture`` holds ``div.wide`` and ``div.narrow``, of which
one is to be shown (720 and 340 pixels wide), and ``figcaption`` with, where there is one, ``span.note``.
"""

from dataclasses import dataclass
from functools import cached_property
from html import escape

import vl_convert

from planning.charts.canvas import MUTED, NARROW, SMALL, WIDE, Drawing, Text, printable, wrapped


@dataclass(frozen=True, repr=False)
class Picture:
    """A figure.

    Parameters
    ----------
    caption
        Says what the figure shows.
    reading
        The figures in words, for people who cannot see them.
    wide, narrow
        The two drawings.
    note
        What one must know to read it right; often nothing.
    """

    caption: str
    reading: str
    wide: Drawing
    narrow: Drawing
    note: str = ""

    @cached_property
    def svg(self) -> str:
        """The wide drawing as SVG."""
        return _svg(self.wide, self._label)

    def png(self, scale: float = 2) -> bytes:
        """Give the wide drawing as PNG, `scale` pixels of the file for one of the drawing."""
        return vl_convert.vegalite_to_png(self.wide.chart().to_dict(), scale=scale)

    def _repr_html_(self) -> str:
        return self._markup

    def __repr__(self) -> str:
        return f"Picture: {self.caption}"

    @cached_property
    def _markup(self) -> str:
        note = f' <span class="note">{_safe(self.note)}</span>' if self.note else ""
        return (
            f'<figure class="picture"><div class="wide">{self.svg}</div>'
            f'<div class="narrow">{_svg(self.narrow, self._label)}</div>'
            f"<figcaption>{_safe(self.caption)}{note}</figcaption></figure>"
        )

    @property
    def _label(self) -> str:
        return f"{self.caption.removesuffix('.')}. {self.reading}".strip()


def nothing(caption: str, sentence: str = "Nothing to show yet.") -> Picture:
    """Draw the sentence that stands where there are no figures."""

    def drawing(width: float) -> Drawing:
        lines = wrapped(sentence, width - 32)
        return Drawing(width, 40 + 16 * len(lines), [Text(width / 2, 28, lines, "center", MUTED, SMALL)])

    return Picture(caption, sentence, drawing(WIDE), drawing(NARROW))


def _svg(drawing: Drawing, label: str) -> str:
    drawn = vl_convert.vegalite_to_svg(drawing.chart().to_dict())
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{_safe(label)}" ', 1)


def _safe(text: str) -> str:
    return escape(printable(text))
