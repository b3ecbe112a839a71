"""The conversation: choose with whom and which, see what it looks at, write down what it comes to, confirm it."""

from collections.abc import Callable
from datetime import date, timedelta
from html import escape
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.meet.said import told
from planning.forms.meet.who import Who
from planning.forms.meet.written import Record
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company
from planning.papers.checkpoint import checkpoint
from planning.papers.files import KINDS, written
from planning.sheets import Html
from planning.tracking.agenda import AGENDAS
from planning.workbook.context import Context
from planning.workbook.tracking import aside, checkpoints, team
from planning.workbook.tracking.checkpoints import Meeting as Planned
from planning.workbook.tracking.meeting import Meeting, meeting

_BACK, _AHEAD = timedelta(days=92), timedelta(days=31)
"""How far around the day conversations are offered; those with a record always are."""


class Talk:
    """The form of a conversation.

    Parameters
    ----------
    here
        The page.
    day
        As of when.
    changed
        Called when something was recorded or confirmed.
    """

    def __init__(self, here: Page, day: date, changed: Callable[[], None]) -> None:
        self._here, self._day, self._changed, self._messages = here, day, changed, Messages()
        self._found: Meeting | None = None
        self._filling = False
        self._extra: dict[str, Planned] = {}
        reps = [each.rep for each in team.pairs(here.context)]
        if not reps:
            raise PlanningError("Nobody in view carries a goal, so there are no conversations here.")
        self._who = Who(here, self._sit_down)
        mine = self._who.name if self._who.name in reps else _first_of_team(here.context, self._who.name, reps)
        self._rep = inputs.choice("Rep", {each: each for each in reps}, mine)
        self._which = inputs.choice("Conversation", {"": ""}, "")
        self._seen = Live(self._draw)
        self._links, self._notes = blocks.shown(Html("")), blocks.shown(Html(""))
        self._record = Record(self._keep_draft)
        self._private = inputs.text("Private note", hint="You alone see it, whoever leads whom.", longest=4000)
        act = blocks.button
        self._confirm = act("Confirm it for my side", self._messages, self._confirmed)
        self._when = inputs.day("Held on", day, required=True)
        self._as = inputs.choice(
            "By the agenda of the", {each.name: kind for kind, each in AGENDAS.items()}, "weekly"
        )
        self._rep.control.observe(lambda _: self._sit_down(), names="value")
        self._which.control.observe(lambda _: self._turn(), names="value")
        self._sit_down()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._who.input, self._rep, self._which),
            self._seen.view,
            blocks.panel("What it comes to", self._record.view),
            blocks.panel("Who does what until when", self._record.actions),
            blocks.actions(
                act("Keep the record", self._messages, self._keep, main=True),
                self._confirm,
                act("Make the sheet", self._messages, self._print, hint="To take along, or to keep."),
            ),
            self._messages.view,
            self._links,
            self._private.view,
            blocks.actions(act("Keep the note", self._messages, self._keep_note)),
            self._notes,
            blocks.panel(
                "A conversation that was not planned",
                inputs.side_by_side(self._when, self._as),
                blocks.actions(act("Write it down", self._messages, self._begin_unplanned)),
            ),
        )

    def _planned(self) -> list[Planned]:
        """Give the conversations to choose from: those around the day, and those with a record."""
        rep, day = str(self._rep.control.value), self._day
        found = [each for each in checkpoints.meetings(of_company(self._here), day) if each.rep == rep]
        near = [each for each in found if each.held or day - _BACK <= each.planned.day <= day + _AHEAD]
        begun = self._extra.get(rep)
        extra = [begun] if begun and begun.planned.key not in {each.planned.key for each in found} else []
        return sorted([*(near or found[:1]), *extra], key=lambda each: each.planned.day)

    def _begin_unplanned(self) -> str:
        """Put a conversation that was not planned among those to choose from, and show it."""
        asked = inputs.read_all(day=self._when, kind=self._as)
        both = team.pair(of_company(self._here), str(self._rep.control.value))
        made = checkpoints.unplanned(of_company(self._here), both.rep, asked["kind"], asked["day"])
        self._extra[both.rep] = Planned(both.rep, both.manager, made, "due")
        self._sit_down()
        self._which.control.value = made.key
        return "It stands above, to be written down; it counts as held once the record is kept."

    def _sit_down(self) -> None:
        """Offer the conversations with the chosen rep; the one to be held next is shown."""
        if self._rep.control.value is None:
            return
        found = self._planned()
        if not found:
            raise PlanningError("No conversations are planned. The planner sets the cadence at the end of the page.")
        waits = [each for each in found if each.state in ("due", "missed", "planned")]
        due = [each for each in waits if each.state == "due"]
        chosen = self._which.control.value
        self._filling = True
        self._which.control.options = [(_name(each, self._here), each.planned.key) for each in found[::-1]]
        keys = [each.planned.key for each in found]
        first = (due or [each for each in waits if each.planned.day >= self._day] or found[::-1])[0].planned.key
        self._which.control.value = chosen if chosen in keys else first
        self._filling = False
        self._turn()

    def _turn(self) -> None:
        """Show the chosen conversation, and what one was writing on it."""
        key = self._which.control.value
        if self._filling or key is None:
            return
        context, rep, me = of_company(self._here), str(self._rep.control.value), self._who.name
        planned = next(each.planned for each in self._planned() if each.planned.key == key)
        self._found = meeting(context, rep, planned, self._day)
        self._links.value = ""
        record = self._found.held.record if self._found.held else None
        self._record.fill(planned, self._found.pair, record, aside.draft(context, rep, str(key), me))
        self._refresh()

    def _refresh(self) -> None:
        self._seen.redraw()
        held, me = self._found.held if self._found else None, self._who.name
        mine = team.side(of_company(self._here), str(self._rep.control.value), me)
        waits = held is not None and mine is not None and mine not in held.confirmed
        blocks.show(self._confirm, waits)
        self._draw_notes()

    def _draw(self) -> Any:
        return told(self._found, self._here.settings) if self._found else Html("")

    def _draw_notes(self) -> None:
        found = aside.notes(of_company(self._here), str(self._rep.control.value), self._who.name)
        items = "".join(
            f'<li>{escape(text)} <span class="when">{sheets.moment(at, self._here.settings)}</span></li>'
            for at, text in found
        )
        shown = folded(f"My own notes ({len(found)})", Html(f"<ul>{items}</ul>")) if found else Html("")
        self._notes.value = shown._repr_html_()

    def _keep(self) -> str:
        found = self._meeting()
        version = found.held.record.version if found.held else 0
        said, promised = self._record.read(found.planned, found.pair, version), self._record.promised()
        context, me = of_company(self._here), self._who.name
        kept = checkpoints.record(context, said, promised, me)
        aside.keep_draft(context, found.pair.rep, found.planned.key, {}, me)
        self._sit_down()
        self._changed()
        other = found.pair.rep if me != found.pair.rep else found.pair.manager or "the manager"
        count = f" {len(promised)} {'action' if len(promised) == 1 else 'actions'} promised." if promised else ""
        return f"Kept as version {kept.record.version}.{count} It is for {other} to confirm."

    def _confirmed(self) -> str:
        found = self._meeting()
        if found.held is None:
            raise PlanningError("There is no record yet to confirm.")
        context, me = of_company(self._here), self._who.name
        try:
            kept = checkpoints.confirm(context, found.pair.rep, found.planned.key, found.held.record.version, me)
        except PlanningError:
            # What the other side changed meanwhile is shown, and told in the refusal.
            self._sit_down()
            raise
        self._sit_down()
        self._changed()
        return f"Confirmed by {' and '.join(kept.confirmed.values())}."

    def _print(self) -> str:
        found = self._meeting()
        paper = checkpoint(of_company(self._here), found.pair.rep, found.planned, self._day)
        stem = sheets.file_name(paper.title)
        links = []
        for ending, kind in KINDS.items():
            text = f"Sheet ({ending.upper()})"
            links.append(sheets.file_link(text, f"{stem}.{ending}", written(paper, ending), kind, f"Save: {text}"))
        self._links.value = f'<p class="words">{" ".join(links)}</p>'
        return "It stands below, to be saved."

    def _keep_note(self) -> str:
        text = str(self._private.read() or "")
        aside.note(of_company(self._here), str(self._rep.control.value), text, self._who.name)
        self._private.fill("")
        self._draw_notes()
        return "The note is kept; you alone see it."

    def _keep_draft(self) -> None:
        """Keep what one is writing, so that a reload or a lost connection loses nothing."""
        found = self._found
        if found is not None and self._who.name:
            said = self._record.as_typed()
            aside.keep_draft(of_company(self._here), found.pair.rep, found.planned.key, said, self._who.name)

    def _meeting(self) -> Meeting:
        if self._found is None:
            raise PlanningError("Choose a conversation first.")
        return self._found


def _name(each: Planned, here: Page) -> str:
    """Say which conversation it is: its day, its kind, and what became of it."""
    day = sheets.day(each.planned.day, here.settings)
    what = AGENDAS[each.planned.kind].name.lower() + (", not planned" if each.planned.extra else "")
    return f"{day}: {what} ({checkpoints.STATES[each.state].lower()})"


def _first_of_team(context: Context, manager: str, reps: list[str]) -> str:
    """Give the first of a manager's own people in view, else the first of all."""
    return next((each.rep for each in team.pairs(context) if each.manager == manager), reps[0])
