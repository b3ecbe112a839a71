"""Parts of a page that are drawn again: at once, or on a page of ours when one comes to see them."""

import pytest
from ipywidgets import VBox

from planning.forms import watch
from planning.kernels import bundles


class Part:
    def __init__(self):
        self.view, self.drawn = VBox(), 0

    def redraw(self):
        self.drawn += 1


def seen(part, event="seen"):
    part.view._handle_custom_msg({"event": event}, [])


@pytest.fixture
def ours(monkeypatch):
    monkeypatch.setattr(bundles, "asked_for", lambda: True)


def test_elsewhere_parts_are_drawn_again_at_once():
    part = Part()
    watch.Redrawing().ask([part])
    assert (part.drawn, part.view._dom_classes) == (1, ())


def test_on_a_page_of_ours_a_part_is_drawn_again_once_when_it_is_seen(ours):
    redrawing, parts = watch.Redrawing(), [Part(), Part()]
    redrawing.ask(parts)
    redrawing.ask(parts[:1])
    seen(parts[0], "click")
    assert [each.drawn for each in parts] == [0, 0]
    assert all(watch.STALE in each.view._dom_classes for each in parts)
    seen(parts[0])
    seen(parts[0])
    assert [each.drawn for each in parts] == [1, 0]
    assert watch.STALE not in parts[0].view._dom_classes
    redrawing.ask(parts[:1])
    seen(parts[0])
    assert parts[0].drawn == 2
