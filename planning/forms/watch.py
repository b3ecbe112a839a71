"""Seeing what others do: an open page looks now and then whether something has come, and shows it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from planning.errors import PlanningError

SECONDS = 2.0
"""How often it is looked; a look is one short query."""
TO_READ = 3.0
"""Seconds after which somebody can have read what came while the page was open; until then nobody signs it."""

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
                    show(found)
            except PlanningError:
                # The store could not be read just now; the page says so when one does something.
                continue

    task = asyncio.get_event_loop().create_task(look_on())
    # The loop itself keeps no hold of its tasks.
    _WATCHES.add(task)
    task.add_done_callback(_WATCHES.discard)
