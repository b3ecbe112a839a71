"""The grid of actions, with columns of one's own: chosen, ordered, added, typed and pasted into, kept per person."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import traitlets

from planning import sheets
from planning.errors import TrackingError
from planning.forms import blocks, inputs
from planning.forms.meet.who import Who, answer
from planning.forms.messages import Messages
from planning.forms.page import Page, of_company
from planning.tracking.actions import Action
from planning.tracking.columns import LONGEST_NAME, Columns
from planning.workbook.tracking import actions, columns

_FILES = Path(__file__).parent


class Rows(anywidget.AnyWidget):
    """The grid in the browser; what is typed there is kept here."""

    _esm = _FILES / "rows.js"
    _css = _FILES / "rows.css"
    columns: traitlets.List[Any] = traitlets.List().tag(sync=True)
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    refused = traitlets.Bool().tag(sync=True)


class Grid:
    """Actions as rows.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when something is late.
    """

    def __init__(self, here: Page, who: Who, day: date) -> None:
        self._here, self._who, self._day, self._messages = here, who, day, Messages()
        self._rows = Rows(caption="Actions in view; your own columns are seen by you alone")
        answer(self._rows, self._type)
        self._name = inputs.text("New column", hint="Such as Priority; you alone see it.", longest=LONGEST_NAME)
        self._column = inputs.choice("Column", {"": ""}, "")
        self._own = Columns()
        self.redraw()
        act = self._does
        self.view = blocks.panel(
            "",
            self._rows,
            inputs.side_by_side(self._name, self._column),
            blocks.actions(
                blocks.button("Add the column", self._messages, self._add),
                blocks.button("Move left", self._messages, act(lambda own, name: own.moved(name, -1), "moved")),
                blocks.button("Move right", self._messages, act(lambda own, name: own.moved(name, 1), "moved")),
                blocks.button("Show or hide", self._messages, act(Columns.toggled, "shown or hidden")),
                blocks.button("Remove it", self._messages, act(Columns.without, "removed")),
            ),
            self._messages.view,
        )

    def redraw(self) -> None:
        """Show the actions as they are now, in one's own columns."""
        self._own = columns.own(of_company(self._here), self._who.name)
        shown = [name for name in self._own.order if name not in self._own.hidden]
        self._rows.columns = [
            {"id": name, "label": self._own.label(name), "own": name in self._own.names} for name in shown
        ]
        self._rows.rows = [self._row(each) for each in actions.actions(of_company(self._here))]
        chosen = self._column.control.value
        options = [(self._label(name), name) for name in self._own.order]
        self._column.control.options = options
        self._column.control.value = chosen if chosen in self._own.order else options[0][1]

    def _label(self, name: str) -> str:
        return self._own.label(name) + (" (hidden)" if name in self._own.hidden else "")

    def _row(self, action: Action) -> dict[str, Any]:
        settings = self._here.settings
        dates = {"due": action.due, "begin": action.begin}
        state = "late" if action.late(self._day) else action.state
        cells = {"what": action.what, "owner": action.owner, "whom": action.whom, "state": state.capitalize(),
                 "note": action.note, "source": action.source.replace(":", " ").replace("_", "-")}  # fmt: skip
        cells |= {name: sheets.day(each, settings) if each else "" for name, each in dates.items()}
        cells |= {name: self._own.values.get(name, {}).get(action.key, "") for name in self._own.names}
        sort = cells | {name: each.isoformat() if each else "" for name, each in dates.items()}
        return {"key": action.key, "cells": cells, "sort": sort, "late": action.late(self._day)}

    def _type(self, told: dict[str, Any]) -> str:
        typed = [(str(row), str(column), str(text)) for row, column, text in told.get("typed", [])]
        own = self._own
        for row, column, text in typed:
            own = own.typed(column, row, text)
        columns.keep(of_company(self._here), own, self._who.name)
        self.redraw()
        return f"{len(typed)} {'cell' if len(typed) == 1 else 'cells'} kept."

    def _add(self) -> str:
        name = str(self._name.read() or "")
        self._keep(self._own.added(uuid4().hex[:8], name))
        self._name.fill("")
        return f"The column {name} is there; type into it, or paste a block from a spreadsheet."

    def _does(self, change: Any, did: str) -> Any:
        def act() -> str:
            name = str(self._column.control.value or "")
            if name not in self._own.order:
                raise TrackingError("Choose a column first.")
            label = self._own.label(name)
            self._keep(change(self._own, name))
            return f"{label}: {did}."

        return act

    def _keep(self, own: Columns) -> None:
        columns.keep(of_company(self._here), own, self._who.name)
        self.redraw()
