"""A plan to be filled in, section by section; or to be read, by who does not write it."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any, cast

from planning.errors import PlanningError, bulleted
from planning.forms import blocks, inputs
from planning.forms.inputs import Input
from planning.forms.plans import rows
from planning.forms.plans.entries import entry
from planning.forms.plans.rows import Rows
from planning.forms.widgets import VBox
from planning.papers.plans import figure
from planning.plans.plans import Plan
from planning.plans.sections import Asked, asked
from planning.settings import Settings
from planning.sheets import Html


class Sheet:
    """The form of a plan.

    Parameters
    ----------
    plan
        As it stands.
    settings
        For the currency and the locale.
    changed
        Called when something was typed.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(self, plan: Plan, settings: Settings, changed: Callable[[], None]) -> None:
        self._plan = plan
        self._entries: dict[str, Input] = {}
        self._rows: dict[str, Rows] = {}
        parts: list[Any] = []
        for each in asked(type(plan)):
            parts.append(heading(each, plan))
            parts.append(self._part(each, settings, changed))
        self.view = VBox(parts).add_class("kept")

    def read(self) -> Plan:
        """Give the plan as it is filled in.

        Raises
        ------
        PlanningError
            With everything that cannot be read.
        """
        values, problems = {}, []
        parts: dict[str, Input | Rows] = {**self._entries, **self._rows}
        for name, each in parts.items():
            try:
                values[name] = each.read()
            except PlanningError as error:
                problems += str(error).splitlines()
        if problems:
            raise PlanningError(bulleted("Please mend what is marked in the form:", problems))
        return self._made(values)

    def peek(self) -> Plan:
        """Give the plan as far as it can be read; what cannot stays as it stood."""
        values: dict[str, Any] = {name: each.peek() for name, each in self._rows.items()}
        for name, each in self._entries.items():
            try:
                values[name] = each.peek()
            except PlanningError:
                continue
        return self._made(values)

    def stands(self, plan: Plan) -> None:
        """Say that what is filled in is kept now, as a version that what is typed next is made from."""
        self._plan = plan

    def _part(self, each: Asked, settings: Settings, changed: Callable[[], None]) -> Any:
        value = getattr(self._plan, each.name)
        if each.row is not None and all(column.fixed for column in asked(each.row)):
            return blocks.shown(rows.told(value, settings, each.label))
        if each.row is not None:
            self._rows[each.name] = Rows(each, value, settings, changed)
            return self._rows[each.name].view
        made = entry(each, value, settings, each.hint, str)
        inputs.all_optional(made)
        made.control.observe(lambda _: changed(), names="value")
        self._entries[each.name] = made
        return made.view

    def _made(self, values: dict[str, Any]) -> Plan:
        texts = {each.name for each in asked(type(self._plan)) if each.kind in ("text", "long")}
        filled = {name: "" if value is None and name in texts else value for name, value in values.items()}
        made: Any = self._plan
        return cast(Plan, replace(made, **filled))


def heading(each: Asked, plan: Plan) -> Any:
    """Head a section, and say where its figures come from."""
    from_ = plan.origins.get(each.name, "")
    said = f'<p class="plan-from">{escape(from_)}</p>' if from_ else ""
    title = f"<h4>{escape(each.label)}</h4>" if each.row is not None else ""
    hint = f'<p class="plan-from">{escape(each.hint)}</p>' if each.row is not None and each.hint else ""
    return blocks.shown(Html(f'<div class="plan-head">{title}{hint}{said}</div>'))


def told(plan: Plan, settings: Settings) -> list[Html]:
    """Show a plan to be read."""
    parts = []
    for each in asked(type(plan)):
        value = getattr(plan, each.name)
        from_ = plan.origins.get(each.name, "")
        said = f'<p class="plan-from">{escape(from_)}</p>' if from_ and value else ""
        if each.row is not None:
            shown = rows.told(value, settings, each.label).markup
        else:
            shown = f'<p class="words plan-said">{escape(figure(value, each, plan, settings))}</p>'
        parts.append(Html(f'<div class="plan-head"><h4>{escape(each.label)}</h4></div>{shown}{said}'))
    return parts
