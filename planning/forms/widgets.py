"""The widgets that forms are made of: those of ipywidgets, without a layout and a style of each one's own.

A widget of ipywidgets makes two more, which say how it looks: half of all that a form is made of, and all of it is
sent to the page. Our style sheet says how ours look, so all of a kind share one layout and one style; what is put
away for a while bears a class (`planning.forms.blocks.show`).
"""

from typing import Any

import ipywidgets
from ipywidgets import DOMWidget, Layout, ValueWidget, Widget
from traitlets import HasTraits, default

__all__ = [
    "HTML", "Box", "Button", "DOMWidget", "DatePicker", "Dropdown", "FileUpload", "Text", "Textarea", "VBox",
    "ValueWidget", "Widget",
]  # fmt: skip

_SHARED: dict[type[Widget], Widget] = {}


class _Alike(HasTraits):
    """A widget that looks like all of its kind."""

    @default("layout")
    def _same_layout(self) -> Widget:
        return _shared(Layout)

    @default("style")
    def _same_style(self) -> Widget:
        style: Any = self.traits()["style"]
        return _shared(style.klass)


def _shared(kind: type[Widget]) -> Widget:
    found = _SHARED.get(kind)
    # What was made before this process was forked was closed there (`planning.forms.rehearsal`).
    if found is None or found.comm is None:
        # Labels are as wide as they need to be, also where the style sheet is not ours alone.
        known = {"description_width": "initial"} if "description_width" in kind.class_traits() else {}
        found = _SHARED[kind] = kind(**known)
    return found


class HTML(_Alike, ipywidgets.HTML):
    """HTML."""


class Box(_Alike, ipywidgets.Box):
    """Widgets together."""


class VBox(_Alike, ipywidgets.VBox):
    """Widgets below one another."""


class Button(_Alike, ipywidgets.Button):
    """A button."""


class Text(_Alike, ipywidgets.Text):
    """A line to type into."""


class Textarea(_Alike, ipywidgets.Textarea):
    """Lines to type into."""


class Dropdown(_Alike, ipywidgets.Dropdown):
    """A list to choose from."""


class DatePicker(_Alike, ipywidgets.DatePicker):
    """A day to choose."""


class FileUpload(_Alike, ipywidgets.FileUpload):
    """A file to choose."""
