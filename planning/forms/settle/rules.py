"""The planner's rules of the negotiations: who opens, the deadline, and what happens at it."""

from collections.abc import Callable
from datetime import date

from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Page, of_company
from planning.negotiation.rules import Rules
from planning.workbook.negotiation import moving, overview, proof

_OPENS = {"The manager": "manager", "The rep, before seeing the manager's": "rep", "Either": "either"}
_AT = {
    "People are reminded": "remind",
    "What is open goes to the manager's manager": "escalate",
    "The manager's last offer stands, as set without agreement": "stand",
}


class RulesForm:
    """The form of the rules.

    Parameters
    ----------
    here
        The page.
    changed
        Called after something was changed.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        now = overview.rules_of(of_company(here))
        self._opening = inputs.choice("First offer by", _OPENS, now.opening)
        due = now.deadline.isoformat() if now.deadline else ""
        self._deadline = inputs.text("Deadline", due, hint="Such as 2026-12-18; empty for none.")
        self._at = inputs.choice("At the deadline", _AT, now.at_deadline)
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._opening, self._deadline, self._at),
            blocks.actions(
                blocks.button("Keep the rules", self._messages, self._keep, main=True),
                blocks.button("Do what the deadline asks for", self._messages, self._past),
                blocks.button("Prove that nothing was altered", self._messages, self._verify),
            ),
            self._messages.view,
        )

    def _keep(self) -> str:
        typed = str(self._deadline.read() or "").strip()
        try:
            deadline = date.fromisoformat(typed) if typed else None
        except ValueError as error:
            raise PlanningError(f"{typed!r} is not a day. Write it as 2026-12-18.") from error
        rules = Rules(str(self._opening.control.value), deadline, str(self._at.control.value))
        moving.keep_rules(of_company(self._here), rules, self._here.person or "planner")
        self._changed()
        return "The rules are kept."

    def _past(self) -> str:
        moved = moving.past_deadline(of_company(self._here), self._here.person or "planner")
        self._changed()
        return f"Done for {', '.join(moved)}." if moved else "Nothing was open any more."

    def _verify(self) -> str:
        found = proof.verify(of_company(self._here))
        if found.problems:
            raise PlanningError("Something was altered:\n- " + "\n- ".join(found.problems))
        return (
            f"{found.events} events and {found.anchors} anchors: every event is as it was said, in its place, and "
            f"none is missing. The last hash is {found.head or 'none yet'}."
        )
