"""Parts of every form besides its inputs: buttons, panels, and what stands where there is nothing yet."""

from collections.abc import Callable
from html import escape
from typing import Any

from planning.forms.messages import Messages, guarded
from planning.forms.widgets import HTML, Box, Button, DOMWidget, VBox, Widget
from planning.sheets import Html

_AWAY = "away"
"""Class of what is put away for a while."""


def button(label: str, messages: Messages, action: Callable[[], str], main: bool = False, hint: str = "") -> Button:
    """Make a button that says what came of it.

    Parameters
    ----------
    label
        What it does: a verb.
    messages
        Where to say what came of it.
    action
        Does it, and gives in words what was done; a PlanningError is shown as a refusal.
    main
        Whether this is what one comes to the form for; a form has one such button.
    hint
        Shown when the pointer rests on it.
    """
    made = Button(description=label, tooltip=hint).add_class("action").add_class("main" if main else "other")
    made.on_click(guarded(messages, action))
    return made


def actions(*buttons: Button) -> Box:
    """Set buttons in a row that wraps."""
    return Box(list(buttons)).add_class("actions")


def panel(title: str, *children: Widget | Any) -> VBox:
    """Set widgets, tables and figures together under a title."""
    heading = [HTML(f'<h3 class="panel-title">{escape(title)}</h3>').add_class("panel-title-area")] if title else []
    return VBox([*heading, *(shown(child) for child in children)]).add_class("panel")


def shown(part: Widget | Any) -> Widget:
    """Make a widget of whatever shows itself as HTML, such as a table or a figure."""
    if isinstance(part, Widget):
        return part
    return HTML(part._repr_html_()).add_class("shown")


def show(part: DOMWidget, when: object) -> None:
    """Show a widget, or put it away.

    Parameters
    ----------
    part
        What is shown or not.
    when
        Shown if this is true.
    """
    if when:
        part.remove_class(_AWAY)
    else:
        part.add_class(_AWAY)


def nothing_yet(text: str, link: str = "") -> Html:
    """Say that there is nothing here yet, and what to do about it.

    Parameters
    ----------
    text
        What is missing, in words.
    link
        Where to go, as made by `planning.forms.shell.link`.
    """
    way = f'<p class="way">{link}</p>' if link else ""
    return Html(f'<div class="nothing-yet"><p>{escape(text)}</p>{way}</div>')
