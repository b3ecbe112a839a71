"""The planner's standards: from where somebody is on track, to be watched, or off."""

from decimal import Decimal

from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Page
from planning.tracking.bands import MEASURES, Ends, Standards
from planning.workbook.tracking import standards

_ALL = "Every role without its own"


class StandardsForm:
    """The form of the standards, a role at a time.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here, self._messages = here, Messages()
        held = standards.standards(here.context)
        roles = {_ALL: "", **{role: role for role in standards.roles(here.context)}}
        self._measure = inputs.choice(
            "Held against the standard", {text: name for name, text in MEASURES.items()}, held.measure
        )
        self._role = inputs.choice("Role", roles, "")
        self._on = inputs.percent("On track from", here.settings, _decimal(held.of("").on), required=True)
        self._watch = inputs.percent("Off below", here.settings, _decimal(held.of("").watch), required=True)
        self.view = blocks.panel(
            "Standards",
            inputs.side_by_side(self._measure, self._role, self._on, self._watch),
            blocks.actions(blocks.button("Set the standard", self._messages, self._keep, main=True)),
            self._messages.view,
        )

    def _keep(self) -> str:
        given = inputs.read_all(measure=self._measure, role=self._role, on=self._on, watch=self._watch)
        held = standards.standards(self._here.context)
        ends = {**held.ends, given["role"] or "": Ends(float(given["on"]), float(given["watch"]))}
        written = Standards(given["measure"], ends)
        standards.keep(self._here.context, written, self._here.person or "planner")
        return f"Set. {written.in_words(given['role'] or '')}"


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
