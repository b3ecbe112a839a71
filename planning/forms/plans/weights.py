"""The planner's form of the targeting: segments, weights and classes, tried on the past as one types."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, of_company, words
from planning.forms.plans.whom import tested
from planning.plans import targeting as shape
from planning.plans.criteria import CRITERIA
from planning.plans.segments import FIGURES, TEXTS, Segment, condition
from planning.plans.targeting import CLASSES, Targeting
from planning.sheets import Field, Html
from planning.workbook.plans import targeting

_SHARES = {
    "keep": "Customers that are must keep",
    "expand": "Of the others, must expand",
    "grow": "Of the others, grow",
    "first": "Of the list, A",
    "second": "Of the list, B",
    "part": "Calls and visits for named accounts",
}
_COUNTS = {"most": "Named accounts a rep, at most", "visits_a_day": "Visits that fit into a day"}
_NEW = "A new segment"


def shown(here: Page) -> list[Any]:
    """Show the segments and weights in force, to be read."""
    now = targeting.targeting(of_company(here))
    parts = [(each.name, ", ".join(map(str, each.where)), ", ".join(map(str, each.profile)) or "–",
              each.proposition or "–") for each in now.segments]  # fmt: skip
    frame = pd.DataFrame(parts, columns=["name", "where", "profile", "proposition"])
    fields = [Field("name", "Segment"), Field("where", "Who belongs"), Field("profile", "Ideal customer"),
              Field("proposition", "Value proposition")]  # fmt: skip
    weights = [(each.label, each.says, float(now.weights.get(name, 0))) for name, each in CRITERIA.items()]
    listed = pd.DataFrame(weights, columns=["label", "says", "weight"])
    heads = [Field("label", "Criterion"), Field("weight", "Weight", "number"), Field("says", "A point is")]
    return [
        sheets.table(frame, fields, here.settings, caption="Segments and their ideal customers"),
        sheets.table(listed, heads, here.settings, caption="What counts how much"),
    ]


class Weights:
    """The form of the targeting.

    Parameters
    ----------
    here
        The page.
    changed
        Called after it was kept.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._now = targeting.targeting(of_company(here))
        number = inputs.number
        self._weights = {name: number(each.label, self._now.weights.get(name, Decimal(0)), hint=each.says)
                         for name, each in CRITERIA.items()}  # fmt: skip
        self._shares = {name: inputs.percent(label, here.settings, getattr(self._now, name), required=True)
                        for name, label in _SHARES.items()}  # fmt: skip
        self._contacts = {name: number(name.capitalize(), Decimal(self._now.contacts.get(name, 0)),
                                       hint="Calls and visits a year.") for name in CLASSES}  # fmt: skip
        self._counts = {name: number(label, Decimal(getattr(self._now, name))) for name, label in _COUNTS.items()}
        self._segments = _Segments(self._now.segments, self._messages)
        inputs.all_optional(*self._weights.values(), *self._contacts.values(), *self._counts.values())
        self._tried = Live(self._try)
        for each in (*self._weights.values(), *self._shares.values()):
            each.control.observe(lambda _: self._tried.redraw(), names="value")
        self.view = blocks.panel(
            "What counts how much",
            words(
                "Weights of the criteria; 0 leaves one out. Below is what they would have found in the year before."
            ),
            inputs.side_by_side(*self._weights.values()),
            inputs.side_by_side(*self._shares.values()),
            self._tried.view,
            words("<strong>What an account of each class wants, and what a rep can serve.</strong>"),
            inputs.side_by_side(*self._contacts.values(), *self._counts.values()),
            self._segments.view,
            blocks.actions(blocks.button("Keep it for everybody", self._messages, self._keep, main=True)),
            self._messages.view,
        )

    def _typed(self) -> Targeting:
        read = inputs.read_all(**self._weights)
        weights = {name: each or Decimal(0) for name, each in read.items()}
        contacts = {name: _whole(each, name) for name, each in inputs.read_all(**self._contacts).items()}
        counts = {name: _whole(each, _COUNTS[name]) for name, each in inputs.read_all(**self._counts).items()}
        shares = inputs.read_all(**self._shares)
        more: dict[str, Any] = {**counts, **shares}
        return replace(self._now, weights=weights, contacts=contacts, segments=tuple(self._segments.all), **more)

    def _try(self) -> Any:
        typed = self._typed()
        shape.check(typed)
        parts = tested(self._here, typed)
        return [parts[0], folded("The test", Html("".join(each._repr_html_() for each in parts[1:])))]

    def _keep(self) -> str:
        self._now = targeting.keep(of_company(self._here), self._typed(), self._here.person or "planner")
        self._tried.redraw()
        self._changed()
        return f"Version {self._now.version} is kept; everybody's accounts are scored by it."


class _Segments:
    """Segments, edited one at a time."""

    def __init__(self, segments: tuple[Segment, ...], messages: Messages) -> None:
        self.all = list(segments)
        self._chosen = inputs.choice("Segment", {"": ""}, "")
        self._name = inputs.text("Name of the segment")
        self._where = inputs.long_text(
            "Who belongs to it", hint="A criterion a line, such as: segment = Hotel | Café"
        )
        self._profile = inputs.long_text("Its ideal customer", hint="A criterion a line, such as: lines 3..")
        self._proposition = inputs.long_text("Value proposition", hint="What we offer them that others do not.")
        fields = (self._name, self._where, self._profile, self._proposition)
        inputs.all_optional(*fields)
        self._offer()
        self._chosen.control.observe(lambda _: self._fill(), names="value")
        figures = ", ".join(f"{name} ({told})" for name, told in FIGURES.items())
        known = words(f"Criteria are about {', '.join(TEXTS)}, or {figures}.")
        self.view = blocks.panel(
            "Segments",
            inputs.side_by_side(self._chosen, self._name),
            inputs.side_by_side(self._where, self._profile),
            self._proposition.view,
            folded("What criteria can be about", known),
            blocks.actions(
                blocks.button("Take the segment in", messages, self._take),
                blocks.button("Take the segment out", messages, self._leave),
            ),
        )
        self._fill()

    def _offer(self) -> None:
        names = [each.name for each in self.all]
        self._chosen.control.options = [*((each, each) for each in names), (_NEW, "")]
        self._chosen.control.value = names[0] if names else ""

    def _fill(self) -> None:
        found = next((each for each in self.all if each.name == self._chosen.control.value), Segment("", ()))
        self._name.fill(found.name)
        self._where.fill("\n".join(map(str, found.where)))
        self._profile.fill("\n".join(map(str, found.profile)))
        self._proposition.fill(found.proposition)

    def _take(self) -> str:
        lines = [[condition(line) for line in str(each.read() or "").splitlines() if line.strip()]
                 for each in (self._where, self._profile)]  # fmt: skip
        name = str(self._name.read() or "")
        if not name:
            raise PlanningError("The segment needs a name.")
        made = Segment(name, tuple(lines[0]), tuple(lines[1]), str(self._proposition.read() or ""))
        old = str(self._chosen.control.value or "")
        places = [each.name for each in self.all]
        if old in places:
            self.all[places.index(old)] = made
        else:
            self.all.append(made)
        self._offer()
        self._chosen.control.value = name
        return f"{name} is taken in; it counts when it is kept for everybody."

    def _leave(self) -> str:
        name = str(self._chosen.control.value or "")
        self.all = [each for each in self.all if each.name != name]
        self._offer()
        return f"{name} is taken out; it counts when it is kept for everybody."


def _whole(value: Decimal | None, label: str) -> int:
    if value is None or value != int(value):
        raise PlanningError(f"{label}: a whole number is needed.")
    return int(value)
