"""The live parts of the page of plans."""

from collections.abc import Callable
from typing import Any

from planning.forms.page import Live, Page, later, section
from planning.forms.plans import overall, weights, whom
from planning.forms.plans.desk import Desk
from planning.forms.plans.listed import Listed
from planning.forms.plans.weights import Weights


class Board:
    """The page's live parts.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._drawn: list[Live] = []

    @property
    def classes(self) -> Any:
        """Classes of accounts, and those that come first."""
        return self._live(lambda: whom.classes(self._here))

    @property
    def why(self) -> Any:
        """The score of an account, explained."""
        return whom.why(self._here)

    @property
    def past(self) -> Any:
        """The weights in force, tested on the past."""
        return whom.past(self._here)

    @property
    def weights(self) -> Any:
        """The weights: a form for the planner, to be read by all others."""
        me = self._here.context.person
        if me is not None and me.role != "planner":
            return _later(self._here, lambda: weights.shown(self._here))
        return _later(self._here, lambda: Weights(self._here, self._changed).view)

    @property
    def named(self) -> Any:
        """Named accounts of a rep."""
        return _later(self._here, lambda: Listed(self._here, self._changed).view)

    @property
    def desk(self) -> Any:
        """The desk at which a plan is written and signed."""
        return _later(self._here, lambda: Desk(self._here, self._changed).view)

    @property
    def clashes(self) -> Any:
        """What plans contradict."""
        return self._live(lambda: overall.clashing(self._here))

    @property
    def coverage(self) -> Any:
        """Who has which plan."""
        return self._live(lambda: overall.covered(self._here))

    @property
    def balance(self) -> Any:
        """Growth and retention in balance."""
        return _later(self._here, lambda: overall.balanced(self._here))

    def _live(self, draw: Callable[[], Any]) -> Any:
        def drawn() -> Any:
            self._drawn.append(Live(draw))
            return self._drawn[-1].view

        return _later(self._here, drawn)

    def _changed(self) -> None:
        for each in self._drawn:
            each.redraw()


@later
@section
def _later(here: Page, draw: Callable[[], Any]) -> Any:
    return draw()


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)
