"""The list of tasks: what is mine to do, the late ones first, done by a press."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from planning import sheets
from planning.errors import TrackingError
from planning.forms import inputs
from planning.forms.meet.who import Who, answer
from planning.forms.page import Page, of_company
from planning.tracking.actions import Action, State
from planning.workbook.leading import concerned
from planning.workbook.tracking import actions

_FILES = Path(__file__).parent
_WEEK = timedelta(days=7)
_RECENT = 10
"""Done tasks that are still shown."""


class TaskList(anywidget.AnyWidget):
    """The list in the browser; what is pressed there is decided here."""

    _esm = _FILES / "tasks.js"
    _css = _FILES / "tasks.css"
    groups: traitlets.List[Any] = traitlets.List().tag(sync=True)
    people: traitlets.List[Any] = traitlets.List().tag(sync=True)
    me = traitlets.Unicode().tag(sync=True)
    due = traitlets.Unicode().tag(sync=True)
    empty = traitlets.Unicode().tag(sync=True)
    added = traitlets.Int().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    refused = traitlets.Bool().tag(sync=True)


class Tasks:
    """What there is to do.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when something is late.
    changed
        Called when a task was added, done or opened again.
    """

    def __init__(self, here: Page, who: Who, day: date, changed: Callable[[], None]) -> None:
        self._here, self._who, self._day, self._changed = here, who, day, changed
        self._scope = inputs.choice("Show", {"What is mine to do": "mine", "All in view": "all"}, "mine")
        self._list = TaskList(due=(day + _WEEK).isoformat())
        answer(self._list, self._take)
        self._scope.control.observe(lambda _: self.redraw(), names="value")
        self.redraw()
        self.parts = (inputs.side_by_side(who.input, self._scope), self._list)

    def redraw(self) -> None:
        """Show the tasks as they are now."""
        context, me = of_company(self._here), self._who.name
        found = actions.actions(context)
        if self._scope.control.value == "mine":
            found = [each for each in found if each.owner == me]
        names = sorted(concerned(context, {me, *self._who.leaders, *self._who.reps}) - {""})
        self._list.me, self._list.people = me, [me, *(each for each in names if each != me)]
        self._list.empty = "Nothing is to be done. Add something above, or promise it at a checkpoint."
        self._list.groups = [
            {"title": title, "tasks": [self._task(each) for each in tasks]}
            for title, tasks in _grouped(found, self._day).items()
            if tasks
        ]

    def _task(self, action: Action) -> dict[str, Any]:
        about = [sheets.day(action.due, self._here.settings)]
        about += [action.owner] if action.owner != self._who.name else []
        about += [f"for {action.whom}"] if action.whom not in (action.owner, self._who.name) else []
        look = "late" if action.late(self._day) else action.state
        return {
            "key": action.key, "version": action.version, "what": action.what, "about": " · ".join(about),
            "done": action.state == "done", "look": look, "mine": True,
        }  # fmt: skip

    def _take(self, told: dict[str, Any]) -> str:
        context, me = of_company(self._here), self._who.name
        if "add" in told:
            owner = str(told.get("owner") or me)
            made = actions.keep(context, Action(str(told["add"]), owner, owner, _due(told.get("due"))), me)
            said = f"Added: {made.what}."
            self._list.added += 1
        else:
            state: State = "done" if told.get("done") else "open"
            key, version = str(told.get("press")), int(told.get("version", 0))
            try:
                done = actions.change(context, key, version, state, me)
            finally:
                self.redraw()
            said = f"{done.what}: {'done' if done.state == 'done' else 'open again'}."
        self.redraw()
        self._changed()
        return said


def _grouped(found: list[Action], day: date) -> dict[str, list[Action]]:
    """Sort tasks by when they are due, the late ones first."""
    is_open = [each for each in found if each.state == "open"]
    done = sorted((each for each in found if each.state == "done"), key=lambda each: each.due, reverse=True)
    return {
        "Overdue": [each for each in is_open if each.due < day],
        "Today": [each for each in is_open if each.due == day],
        "In the next seven days": [each for each in is_open if day < each.due <= day + _WEEK],
        "Later": [each for each in is_open if each.due > day + _WEEK],
        "Done": done[:_RECENT],
    }


def _due(text: object) -> date:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError as error:
        raise TrackingError("Say until when it is to be done.") from error
