"""A picture for a page: drawn twice, for wide and for narrow screens, so that its text stays readable.

Classes in the markup, for the style sheet: ``figure.picture`` holds ``div.wide`` and ``div.narrow``, of which
one is to be shown (720 and 340 pixels wide), and ``figcaption`` with, where there is one, ``span.note``, and
``button.save``, which saves the wide one as PNG.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from planning import sheets
from planning.charts.canvas import MUTED, NARROW, SMALL, WIDE, Drawing, Text, printable, wrapped
from planning.settings import Settings

_SAVE = """
(function (button) {
  var drawn = button.closest('figure').querySelector('.wide svg').cloneNode(true);
  var wide = drawn.viewBox.baseVal.width, high = drawn.viewBox.baseVal.height, top = 40, edge = 16;
  drawn.setAttribute('width', wide);
  drawn.setAttribute('height', high);
  var image = new Image();
  image.onload = function () {
    var canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
    canvas.width = 2 * (wide + 2 * edge);
    canvas.height = 2 * (high + top + edge);
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.scale(2, 2);
    pen.fillStyle = '#1f2933';
    pen.font = 'bold 14px Arial, Helvetica, sans-serif';
    pen.fillText(button.dataset.says, edge, 26, wide);
    pen.drawImage(image, edge, top, wide, high);
    canvas.toBlob(function (file) {
      var link = document.createElement('a');
      link.href = window.URL.createObjectURL(file);
      link.download = button.dataset.file;
      link.click();
    });
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(new XMLSerializer().serializeToString(drawn));
})(this)
"""
"""Saves the wide drawing with its caption as PNG, in the browser: a report or a notebook has no server to ask.

In a handler that is written into an element, plain `URL` would be the address of the document."""

Write = Callable[[Any], str]
"""Writes a number of a picture."""


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
    empty
        Whether there is nothing to see, and so nothing to save.
    """

    caption: str
    reading: str
    wide: Drawing
    narrow: Drawing
    note: str = ""
    empty: bool = False

    @cached_property
    def svg(self) -> str:
        """The wide drawing as SVG."""
        return self.wide.svg(self._label)

    def png(self, scale: float = 2) -> bytes:
        """Give the wide drawing as PNG, `scale` pixels of the file for one of the drawing."""
        # Imported here: it is large, and pages make their files in the browser.
        import vl_convert

        return vl_convert.svg_to_png(self.svg, scale=scale)

    def _repr_html_(self) -> str:
        return self._markup

    def __repr__(self) -> str:
        return f"Picture: {self.caption}"

    @cached_property
    def _markup(self) -> str:
        note = f' <span class="note">{_safe(self.note)}</span>' if self.note else ""
        return (
            f'<figure class="picture"><div class="wide">{self.svg}</div>'
            f'<div class="narrow">{self.narrow.svg(self._label)}</div>'
            f"<figcaption>{_safe(self.caption)}{note}{self._save}</figcaption></figure>"
        )

    @property
    def _save(self) -> str:
        if self.empty:
            return ""
        name, label = (
            escape(f"{sheets.file_name(self.caption)}.png"),
            escape(f"Save {self.caption.removesuffix('.')} as a picture"),
        )
        return (
            f' <button type="button" class="save" data-file="{name}" data-says="{_safe(self.caption)}" '
            f'aria-label="{label}" onclick="{escape(_SAVE)}">PNG</button>'
        )

    @property
    def _label(self) -> str:
        return f"{self.caption.removesuffix('.')}. {self.reading}".strip()


def written_as_money(settings: Settings) -> Write:
    """Write amounts in whole minor units, shortened."""

    def write(value: Any) -> str:
        return sheets.money(None if sheets.is_empty(value) else round(value), settings, compact=True)

    return write


def nothing(caption: str, sentence: str = "Nothing to show yet.") -> Picture:
    """Draw the sentence that stands where there are no figures."""

    def drawing(width: float) -> Drawing:
        lines = wrapped(sentence, width - 32)
        return Drawing(width, 40 + 16 * len(lines), [Text(width / 2, 28, lines, "center", MUTED, SMALL)])

    return Picture(caption, sentence, drawing(WIDE), drawing(NARROW), empty=True)


def _safe(text: str) -> str:
    return escape(printable(text))
