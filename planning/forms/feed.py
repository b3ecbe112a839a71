"""Calendars that other programs read: whoever has an address reads that person's own entries, and nothing else."""

import asyncio
import re

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError, RequestHandler

from planning.errors import PlanningError
from planning.papers.ical import ical
from planning.settings import Settings
from planning.workbook.tracking import feed

PATH = r"calendar/([^/]+)\.ics"
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,100}")


class CalendarFeed(RequestHandler):
    """Gives the calendar that a secret opens. It stands outside the login: a calendar program has none."""

    def initialize(self, planning: Settings) -> None:
        """Take the settings of the workspace."""
        self._planning = planning

    @allow_unauthenticated
    async def get(self, secret: str) -> None:
        """Give the calendar, or say that there is none; which of its reasons holds is nobody's business."""
        if not _SECRET.fullmatch(secret):
            raise HTTPError(404)
        try:
            content = await asyncio.to_thread(calendar, self._planning, secret)
        except PlanningError as error:
            raise HTTPError(404) from error
        self.set_header("Content-Type", "text/calendar; charset=utf-8")
        self.set_header("Content-Disposition", 'inline; filename="planning.ics"')
        self.set_header("Cache-Control", "private, max-age=300")
        self.set_header("Referrer-Policy", "no-referrer")
        self.finish(content)

    def write_error(self, status_code: int, **_: object) -> None:
        """Say no more than that there is nothing."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(
            "There is no such calendar.\n" if status_code == 404 else "The calendar cannot be read just now.\n"
        )


def calendar(settings: Settings, secret: str) -> bytes:
    """Write the calendar that a secret opens.

    Raises
    ------
    AccessError
        If it opens none.
    """
    whose, name, entries = feed.read(settings, secret)
    return ical(entries, settings, f"{settings.company}: {name}, FY{whose.year}")
