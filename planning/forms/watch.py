"""What an open page does besides answering: it looks what others did, and draws again what has changed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from traitlets.log import get_logger

from planning.errors import PlanningError
from planning.forms.widgets import DOMWidget
from planning.kernels import bundles

SECONDS = 2.0
"""How often it is looked; a look is one short query."""
TO_READ = 3.0
"""Seconds after which somebody can have read what came while the page was open; until then nobody signs it."""

STALE = "stale"
"""Class of a part of a page that waits to be drawn again until it is seen."""

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
    """Draws parts again when one comes to see them: nobody waits for what is out of sight.

    A part is marked as one that may no longer hold (`STALE`); the page tells when it comes into view, and then it is
    drawn again. Where no page of ours is open, all are drawn at once.
    """

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._stale: dict[str, Part] = {}

    def ask(self, parts: Sequence[Part]) -> None:
        """Draw these again; who waits already waits once."""
        for each in parts:
            if not bundles.asked_for():
                each.redraw()
                continue
            self._stale[each.view.model_id] = each
            each.view.add_class(STALE)
            if each.view.model_id not in self._told:
                self._told.add(each.view.model_id)
                each.view.on_msg(self._seen)

    def _seen(self, view: DOMWidget, content: Mapping[str, Any], _: Any) -> None:
        part = self._stale.pop(view.model_id, None) if content.get("event") == "seen" else None
        if part is None:
            return
        try:
            part.redraw()
        except Exception:
            get_logger().exception("A part of a page could not be drawn again")
        view.remove_class(STALE)
