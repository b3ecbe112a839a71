"""A figure as SVG, wide and narrow, with what it shows in words.

Drawn without any script or connection. Classes for the style sheet: ``figure.picture`` with ``.wide``
and ``.narrow`` inside, of which the page shows the one that fits, and a ``figcaption``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import altair as alt
import vl_convert

WIDE, NARROW = 720, 340
"""Widths in pixels: a page, and a telephone held upright."""

INK, QUIET, LINE = "#1b2733", "#5c6b7a", "#d5dce3"
ABOVE, BELOW, TOTAL, OTHER = "#0072b2", "#d55e00", "#46586a", "#9fb3c8"
"""Colours that people who confuse red and green tell apart: more, less, a sum, and what is compared with."""

_CONFIG = {
    "background": "transparent",
    "font": "Liberation Sans, Helvetica, Arial, sans-serif",
    "aria": False,
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "labelFontSize": 12, "labelLimit": 0, "titleColor": QUIET, "domain": False,
             "ticks": False, "gridColor": LINE, "labelPadding": 6},
    "text": {"color": INK, "fontSize": 12},
    "bar": {"cornerRadius": 2},
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A figure that shows itself in a notebook.

    Parameters
    ----------
    says
        What it shows, in one sentence: the caption, and what is read out to those who cannot see it.
    draw
        Draws it at a width in pixels.
    """

    says: str
    draw: Callable[[int], alt.TopLevelMixin]

    @cached_property
    def svg(self) -> str:
        """The wide form."""
        return self._svg(WIDE)

    @cached_property
    def narrow_svg(self) -> str:
        """The narrow form."""
        return self._svg(NARROW)

    def png(self, scale: float = 2.0) -> bytes:
        """Give the wide form as a PNG on white, to put into other documents."""
        return bytes(vl_convert.svg_to_png(self.svg, scale=scale))

    def _svg(self, width: int) -> str:
        chart: Any = self.draw(width)
        specification = {**chart.to_dict(), "config": _CONFIG, "padding": 2}
        return str(vl_convert.vegalite_to_svg(specification))

    def _repr_html_(self) -> str:
        said = escape(self.says)
        forms = (("wide", self.svg), ("narrow", self.narrow_svg))
        drawn = "".join(f'<div class="{name}" role="img" aria-label="{said}">{svg}</div>' for name, svg in forms)
        return f'<figure class="picture">{drawn}<figcaption>{said}</figcaption></figure>'


def inline(rows: Sequence[Mapping[str, Any]]) -> alt.Data:
    """Give rows as the data of a chart."""
    return alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]


def nothing(says: str) -> Picture:
    """Give the picture of nothing: a line that says so."""
    frame = inline([{"text": "Nothing to draw yet."}])

    def draw(width: int) -> alt.TopLevelMixin:
        return alt.Chart(frame, width=width, height=60).mark_text(color=QUIET, fontSize=13).encode(text="text:N")

    return Picture(says, draw)
