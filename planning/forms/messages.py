"""What a form says back: done, refused, or something to know; and the guard around what a button does."""

from collections.abc import Callable
from html import escape
from typing import Literal
from uuid import uuid4

from traitlets.log import get_logger

from planning.errors import PlanningError
from planning.forms.widgets import HTML, Button

Kind = Literal["success", "refused", "info"]
_WORDS: dict[Kind, str] = {"success": "Done", "refused": "Not done", "info": "Note"}


def message(kind: Kind, text: str) -> str:
    """Make a message as HTML: lines are kept, and nothing in the text is taken for HTML."""
    role = "alert" if kind == "refused" else "status"
    return (
        f'<div class="message {kind}" role="{role}"><strong class="kind">{_WORDS[kind]}</strong>'
        f'<div class="words">{escape(text)}</div></div>'
    )


class Messages:
    """The place of a form where it answers. It stands apart from what is redrawn, so answers stay to be read.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(self) -> None:
        self.view = HTML().add_class("message-area")

    def say(self, kind: Kind, text: str) -> None:
        """Show a message instead of the one before."""
        self.view.value = message(kind, text)

    def clear(self) -> None:
        """Show nothing."""
        self.view.value = ""


def guarded(messages: Messages, action: Callable[[], str]) -> Callable[[Button | None], None]:
    """Make a button's handler that says what came of it.

    The action returns what it did, in words; nothing where that is seen anyway. An error that the person can mend is
    shown as it is; any other shows an apology with a reference, under which the server's log has the cause.

    Parameters
    ----------
    messages
        Where to say it.
    action
        What the button does.
    """

    def act(button: Button | None = None) -> None:
        if button is not None:
            button.disabled = True
        try:
            done = action()
            if done:
                messages.say("success", done)
            else:
                messages.clear()
        except PlanningError as error:
            messages.say("refused", str(error))
        except Exception:
            messages.say("refused", _apology())
        finally:
            if button is not None:
                button.disabled = False

    return act


def _apology() -> str:
    reference = uuid4().hex[:8]
    # The logger of the page's process writes to the server's log; its standard error would end up on the page.
    get_logger().exception("Failure %s of a form", reference)
    return (
        "Something went wrong that should not have. What was saved before is kept; this was not done. "
        f"If it happens again, pass on this reference: {reference}."
    )
