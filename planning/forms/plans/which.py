"""Which plan lies on the desk, and who sits there."""

from collections.abc import Callable
from typing import Any

from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.page import Page, of_company
from planning.plans.plans import RELATIONSHIP, SORTS, TERRITORY, Sort
from planning.workbook.leading import managers
from planning.workbook.plans import kept, proposals


class Which:
    """The choice of a rep, a sort of plan, an account where the sort has one, and of who one is where nobody logs in.

    Parameters
    ----------
    here
        The page.
    opens
        Called when another plan or somebody else was chosen.

    Attributes
    ----------
    on
        The year that plans are made from, as it was when it was last read.
    view
        The inputs, beside one another.

    Raises
    ------
    PlanningError
        If there is nobody whose plans are one's own to see.
    """

    def __init__(self, here: Page, opens: Callable[[], None]) -> None:
        self._here, self._opens = here, opens
        self.read_again()
        reps = proposals.reps(here.context, self.on)
        if not reps:
            raise PlanningError("There is nobody here whose plans are yours to see.")
        first = here.person if here.person in reps else reps[0]
        self._rep = inputs.choice("Rep", {each: each for each in reps}, first)
        self._sort = inputs.choice("Plan", {each.title: each.kind for each in SORTS.values()}, TERRITORY.kind)
        self._account = inputs.choice("Account", {"": ""}, "", hint="Must keep and must expand accounts first.")
        self._who = inputs.choice("I am", {"": ""}, "")
        self.view = inputs.side_by_side(self._rep, self._sort, self._account, self._who)
        self._filling = False
        self._offer_accounts()
        self._offer_people()
        inputs.on_change(lambda: self._chose(self._offer_accounts, self._offer_people), self._rep)
        inputs.on_change(lambda: self._chose(self._offer_people), self._sort)
        inputs.on_change(self._chose, self._account, self._who)

    @property
    def _context(self) -> Any:
        return of_company(self._here)

    @property
    def chosen(self) -> bool:
        """Whether all is chosen; a list that is being filled anew has nothing chosen for a moment."""
        return all(each.control.value is not None for each in (self._rep, self._sort, self._who))

    @property
    def rep(self) -> str:
        """Whose plan it is."""
        return str(self._rep.control.value)

    @property
    def sort(self) -> Sort:
        """Which sort of plan."""
        return SORTS[str(self._sort.control.value)]

    @property
    def account(self) -> str:
        """Account of a relationship plan; empty for others."""
        return str(self._account.control.value or "") if self.sort is RELATIONSHIP else ""

    @property
    def person(self) -> str:
        """Who sits here."""
        me = self._here.context.person
        return me.name if me is not None else str(self._who.control.value or "")

    def read_again(self) -> None:
        """Read what plans are made from as it is now."""
        self.on = proposals.year(self._context)

    def _chose(self, *offers: Callable[[], None]) -> None:
        if self._filling or not self.chosen:
            return
        for offer in offers:
            offer()
        self._opens()

    def _offer_accounts(self) -> None:
        """Offer the accounts of the rep that are to be kept or expanded, and those that have a plan already."""
        musts = proposals.relationships(self._context, self.rep, self.on)
        have = [of for rep, of in kept.everybody(self._context, RELATIONSHIP) if rep == self.rep]
        names = list(dict.fromkeys([*musts, *have]))
        self._filling = True
        self._account.control.options = [(each, each) for each in names] or [("–", "")]
        self._filling = False

    def _offer_people(self) -> None:
        """Offer who may sit here; who is logged in sits as themselves."""
        blocks.show(self._account.view, self.sort is RELATIONSHIP)
        if self._here.context.person is not None:
            blocks.show(self._who.view, False)
            return
        manager = managers(self._context).get(self.rep, "")
        people = {f"{self.rep}, rep": self.rep}
        people |= {f"{manager}, manager": manager} if manager else {}
        people |= {"The planner": "The planner"}
        writer = manager if self.sort.writer == "leader" and manager else self.rep
        values = list(people.values())
        chosen = self._who.control.value
        self._filling = True
        self._who.control.options = list(people.items())
        self._who.control.value = chosen if chosen in values and chosen != self.rep else writer
        self._filling = False
