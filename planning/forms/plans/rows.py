"""Rows of a plan's section: one set of inputs a row, that can be added and left out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.inputs import Input
from planning.forms.messages import Messages
from planning.forms.plans.entries import entry
from planning.forms.widgets import Box, VBox
from planning.papers.plans import figure
from planning.plans.sections import MOST_ROWS, Asked, asked
from planning.settings import Settings
from planning.sheets import Field, Html

NAMED = ("accounts", "results", "activities", "lines")
"""Sections whose rows are named by the data; in the others a row's name is typed."""
GROWS = ("accounts",)
"""Of these, where one can name another row, or leave one out."""


class Row:
    """The inputs of one row.

    Parameters
    ----------
    row
        As it stands in the plan.
    named
        Whether its name is told by the data, and stands as a heading.
    settings
        For the currency and the locale.
    changed
        Called when something was typed.
    leave
        Leaves the row out; none where it stays.
    """

    def __init__(
        self,
        row: Any,
        named: bool,
        settings: Settings,
        changed: Callable[[], None],
        leave: Callable[["Row"], None] | None,
    ) -> None:
        self.row, self._settings = row, settings
        columns = asked(type(row))
        told = [each for each in columns if each.fixed or (named and (each is columns[0] or each.name == "priority"))]
        self.entries: dict[str, Input] = {}
        for each in columns:
            if each not in told:
                hint = self._hint(each, columns)
                self.entries[each.name] = entry(each, getattr(row, each.name), settings, hint, self._measure)
            if each.kind == "text" and each.name in self.entries:
                self.entries[each.name].view.add_class("wide")
        inputs.all_optional(*self.entries.values())
        for one in self.entries.values():
            one.control.observe(lambda _: changed(), names="value")
        top = [blocks.shown(Html(self._heading(columns)))] if named else []
        if leave is not None:
            top.append(blocks.button("Leave out", Messages(), lambda: leave(self) or ""))
        heading = [Box(top).add_class("plan-top")] if top else []
        self.view = VBox([*heading, inputs.side_by_side(*self.entries.values())]).add_class("plan-row")

    def read(self) -> Any:
        """Give the row as it is filled in; none if its name was emptied.

        Raises
        ------
        PlanningError
            With everything that cannot be read.
        """
        return self._made({name: each.read() for name, each in self.entries.items()})

    def peek(self) -> Any:
        """Give the row as far as it can be read; what cannot stays as it stood."""
        found = {}
        for name, each in self.entries.items():
            try:
                found[name] = each.peek()
            except PlanningError:
                continue
        return self._made(found)

    def _made(self, values: dict[str, Any]) -> Any:
        texts = {each.name for each in asked(type(self.row)) if each.kind in ("text", "long")}
        filled = {name: "" if value is None and name in texts else value for name, value in values.items()}
        made = replace(self.row, **filled)
        return made if str(getattr(made, asked(type(made))[0].name)).strip() else None

    def _measure(self) -> str:
        chosen = self.entries.get("measure")
        return str(chosen.control.value or "") if chosen else str(getattr(self.row, "measure", ""))

    def _heading(self, columns: Sequence[Asked]) -> str:
        name = escape(str(getattr(self.row, columns[0].name)))
        besides = [escape(str(self.row.priority))] if getattr(self.row, "priority", "") else []
        return f'<p class="plan-name"><strong>{name}</strong> {", ".join(besides)}</p>'

    def _hint(self, each: Asked, columns: Sequence[Asked]) -> str:
        """Say beside what is expected or planned what it is held against."""
        if each.name not in ("expected", "a_week"):
            return each.hint
        against = [one for one in columns if one.fixed and getattr(self.row, one.name) is not None]
        return "; ".join(
            f"{one.label} {figure(getattr(self.row, one.name), one, self.row, self._settings)}" for one in against
        )


class Rows:
    """The rows of a section.

    Parameters
    ----------
    section
        What it asks for.
    rows
        As they stand in the plan.
    settings
        For the currency and the locale.
    changed
        Called when something was typed, added or left out.
    """

    def __init__(self, section: Asked, rows: Sequence[Any], settings: Settings, changed: Callable[[], None]) -> None:
        self._section, self._settings, self._changed = section, settings, changed
        self._messages = Messages()
        self._named, self._grows = section.name in NAMED, section.name in GROWS
        self.rows = [self._row(each) for each in rows]
        self._place = VBox()
        self._name = inputs.text(f"Another of: {section.label.lower()}", hint="Its name, as the history has it.")
        inputs.all_optional(self._name)
        more = blocks.button("Add", self._messages, self._add)
        parts: list[Any] = [self._place]
        if self._grows:
            parts.append(inputs.side_by_side(self._name))
        if self._grows or not self._named:
            parts += [blocks.actions(more), self._messages.view]
        self.view = VBox(parts)
        self._draw()

    def read(self) -> tuple[Any, ...]:
        """Give the rows as they are filled in; one whose name was emptied is left out.

        Raises
        ------
        PlanningError
            With everything that cannot be read.
        """
        found, problems = [], []
        for each in self.rows:
            try:
                found.append(each.read())
            except PlanningError as error:
                problems.append(f"{self._section.label}, {error}")
        if problems:
            raise PlanningError("\n".join(problems))
        return tuple(each for each in found if each is not None)

    def peek(self) -> tuple[Any, ...]:
        """Give the rows as far as they can be read."""
        return tuple(made for each in self.rows if (made := each.peek()) is not None)

    def _row(self, row: Any) -> Row:
        return Row(row, self._named, self._settings, self._changed, self._leave if self._grows else None)

    def _draw(self) -> None:
        empty = blocks.shown(Html('<p class="words plan-empty">Nothing yet.</p>'))
        self._place.children = [each.view for each in self.rows] or [empty]

    def _leave(self, row: Row) -> None:
        self.rows.remove(row)
        self._draw()
        self._changed()

    def _add(self) -> str:
        name = str(self._name.read() or "") if self._grows else ""
        if len(self.rows) >= MOST_ROWS:
            raise PlanningError(f"{MOST_ROWS} rows are the most.")
        if self._grows and not name:
            raise PlanningError("Say which one.")
        made = self._section.row
        self.rows += [self._row(made(name) if name else made())] if made is not None else []
        self._name.fill("")
        self._draw()
        self._changed()
        return f"{name} stands at the end." if name else "A row stands at the end."


def told(rows: Sequence[Any], settings: Settings, caption: str) -> Html:
    """Show the rows of a section as a table, to be read."""
    columns = asked(type(rows[0])) if rows else []
    shown = [each for each in columns if any(getattr(row, each.name) not in ("", None) for row in rows)]
    frame = pd.DataFrame(
        [{each.name: figure(getattr(row, each.name), each, row, settings) for each in shown} for row in rows]
    )
    fields = [Field(each.name, each.label) for each in shown]
    if not fields:
        return Html('<p class="words plan-empty">Nothing yet.</p>')
    return sheets.table(frame, fields, settings, caption=caption)
