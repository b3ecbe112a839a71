"""One's own calendar in other programs: as a file, and by an address that one makes and revokes."""

import os
from datetime import date
from html import escape

from planning import sheets
from planning.forms import blocks
from planning.forms.meet.who import Who
from planning.forms.messages import Messages
from planning.forms.page import Page, of_company, words
from planning.papers.ical import ical
from planning.sheets import Html
from planning.workbook.tracking import feed


class Subscribe:
    """The form of one's own calendar.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when something is late.
    """

    def __init__(self, here: Page, who: Who, day: date) -> None:
        self._here, self._who, self._day, self._messages = here, who, day, Messages()
        self._shown, self._stands = blocks.shown(Html("")), blocks.shown(Html(""))
        self.view = blocks.panel(
            "",
            words(
                "Your conversations, what you have to do and the hours that you set aside, for any calendar that "
                "reads iCalendar. Whoever has the address can read them, so keep it to yourself; a new one ends the "
                "old."
            ),
            self._stands,
            blocks.actions(
                blocks.button("Save as a file", self._messages, self._file, main=True),
                blocks.button("Make an address", self._messages, self._open),
                blocks.button("End the address", self._messages, self._close),
            ),
            self._messages.view,
            self._shown,
        )
        self.redraw()

    def redraw(self) -> None:
        """Say whether an address holds for who sits at the page now."""
        self._shown.value = ""
        held = feed.is_open(of_company(self._here), self._who.name)
        self._stands.value = f'<p class="words">{"An address holds." if held else "No address holds."}</p>'

    def _file(self) -> str:
        name, found = feed.file(of_company(self._here), self._day, self._who.name)
        settings = self._here.settings
        content = ical(found, settings, f"{settings.company}: {name}, FY{self._here.context.year}")
        link = sheets.file_link("planning.ics", "planning.ics", content, "text/calendar", "Save the calendar")
        self._shown.value = f'<p class="words">{link}</p>'
        return f"{len(found)} entries stand in the file below, to be saved."

    def _open(self) -> str:
        secret = feed.open_feed(of_company(self._here), self._who.name)
        self.redraw()
        path = f"{os.environ.get('VOILA_BASE_URL', '/')}calendar/{secret}.ics"
        # The page knows by which name the server is reached; this process does not.
        self._shown.value = (
            f'<p class="words">The address is told this once. Add it to your calendar as a subscription:</p>'
            f'<p class="words feed-address"><a href="{escape(path)}" class="own-address">{escape(path)}</a></p>'
        )
        return "The address below holds until you end it."

    def _close(self) -> str:
        feed.close_feed(of_company(self._here), self._who.name)
        self.redraw()
        return "The address holds no longer."
