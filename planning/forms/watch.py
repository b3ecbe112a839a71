"""What an open page does besides answering: it looks what others did, and draws again what has changed."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ipywidgets import DOMWidget
from traitlets.log import get_logger

from planning.errors import PlanningError
from planning.forms import shell
from planning.kernels import bundles

SECONDS = 2.0
"""How often it is looked; a look is one short query."""
TO_READ = 3.0
"""Seconds after which somebody can have read what came while the page was open; until then nobody signs it."""

_BREATH = 0.02
"""Seconds between parts that are drawn again."""

_WATCHES: set["asyncio.Task[None]"] = set()


def watch(look: Callable[[], Sequence[Any]], show: Callable[[Sequence[Any]], None]) -> None:
    """Look every few seconds, and show what has come, for as long as the page is open.

    Parameters
    ----------
    look
        Gives what has come since it was shown last; nothing if nothing has.
    show
        Shows it.
    """

    async def look_on() -> None:
        while True:
            await asyncio.sleep(SECONDS)
            try:
                found = look()
                if found:
                    with bundles.together():
                        show(found)
            except PlanningError:
                # The store could not be read just now; the page says so when one does something.
                continue

    task = asyncio.get_event_loop().create_task(look_on())
    # The loop itself keeps no hold of its tasks.
    _WATCHES.add(task)
    task.add_done_callback(_WATCHES.discard)


class Part(Protocol):
    """A part of a page that can be drawn again."""

    view: DOMWidget

    def redraw(self) -> None:
        """Draw it again."""


class Redrawing:
    """Draws parts again after what was asked has been answered, so that nobody waits for them to be told.

    Until its turn comes, a part is marked as one that may no longer hold. Where no page is served, all are drawn at
    once.
    """

    def __init__(self) -> None:
        self._waiting: list[Part] = []
        self._task: asyncio.Task[None] | None = None

    def ask(self, parts: Sequence[Part]) -> None:
        """Draw these again; who waits already waits once."""
        if not shell.served():
            for each in parts:
                each.redraw()
            return
        for each in parts:
            if each not in self._waiting:
                self._waiting.append(each)
                each.view.add_class("stale")
        if self._task is None or self._task.done():
            self._task = asyncio.get_event_loop().create_task(self._draw())

    async def _draw(self) -> None:
        while self._waiting:
            # What the person asks for meanwhile comes first.
            await asyncio.sleep(_BREATH)
            part = self._waiting.pop(0)
            with bundles.together():
                try:
                    part.redraw()
                except Exception:
                    get_logger().exception("A part of a page could not be drawn again")
                part.view.remove_class("stale")
