"""Who sits at the page, and what a part of it that is drawn by its own script says back."""

from collections.abc import Callable
from typing import Any

from planning.forms import blocks, inputs
from planning.forms.messages import Kind, Messages, guarded
from planning.forms.page import Page, of_company
from planning.workbook.plans import own
from planning.workbook.tracking import team


class Who:
    """The person at the page: who is logged in; where nobody logs in, whom one chooses.

    Parameters
    ----------
    here
        The page.
    changed
        Called when somebody else is chosen.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        me = here.context.person
        self.leaders = own.leaders(of_company(here))
        self.reps = [each.rep for each in team.pairs(of_company(here))]
        everybody = [*self.leaders, *(each for each in self.reps if each not in self.leaders)]
        names = [me.name] if me is not None else everybody
        chosen = here.person if here.person in names else names[0]
        self.input = inputs.choice("I am", {each: each for each in names}, chosen)
        self.input.control.observe(lambda _: changed(), names="value")
        self.view = self.input.view
        if me is not None:
            blocks.show(self.view, False)

    @property
    def name(self) -> str:
        """Their name."""
        return str(self.input.control.value or "")

    @property
    def leads(self) -> bool:
        """Whether somebody with a goal reports to them."""
        return self.name in self.leaders


class Said(Messages):
    """Says in a widget of our own what came of something.

    Parameters
    ----------
    widget
        Has ``said`` and ``refused``.
    """

    def __init__(self, widget: Any) -> None:
        super().__init__()
        self._widget = widget

    def say(self, kind: Kind, text: str) -> None:
        """Show a message instead of the one before."""
        self._widget.refused = kind == "refused"
        self._widget.said = text


def answer(widget: Any, take: Callable[[dict[str, Any]], str]) -> None:
    """Let a widget of our own be answered: what its script tells is done or refused, and the widget says which.

    Parameters
    ----------
    widget
        Has ``said`` and ``refused``.
    take
        Does what was told, and gives in words what was done; a PlanningError is shown as a refusal.
    """
    said = Said(widget)
    widget.on_msg(lambda _, told, __: guarded(said, lambda: take(told))(None))
