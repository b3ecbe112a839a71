"""By what a year is judged: the criteria that were made known, and the planner's form to make them known."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, words
from planning.forms.widgets import VBox
from planning.sheets import Field
from planning.tracking.criteria import SCALE, Criteria, Criterion, scale_as_typed, typed_scale
from planning.workbook.tracking import criteria as kept

_GROUPS = {"A goal": "goal", "An activity": "activity", "How somebody works": "behaviour"}
_EVERYBODY = "Everybody whose role has none of its own"
_FIELDS = [
    Field("role", "For"),
    Field("counts", "What counts, with its weight"),
    Field("scale", "How somebody works is rated"),
    Field("version", "Version"),
    Field("known", "Made known"),
    Field("reason", "Why it was changed"),
]


class Publishing:
    """The criteria, and for the planner the form that makes them known.

    Parameters
    ----------
    here
        The page, in the year that is evaluated.
    changed
        Called after criteria were made known.
    """

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._known = Live(self._draw)
        me = here.context.person
        if me is not None and me.role != "planner":
            self.view = blocks.panel("", self._known.view)
            return
        metrics, roles = kept.offered(here.context)
        self._labels = {here.metrics[name].label if name in here.metrics else name: name for name in metrics}
        self._parts: list[Criterion] = []
        self._role = inputs.choice(
            "For whom", {**{each: each for each in roles}, _EVERYBODY: ""}, roles[0] if roles else ""
        )
        self._group = inputs.choice("What counts is", _GROUPS, "goal")
        self._metric = inputs.choice("Which", self._labels, next(iter(self._labels.values()), None))
        self._behaviour = inputs.text("What is judged", hint="Such as: keeps what was promised")
        self._weight = inputs.percent("Weight", here.settings, hint="All weights add up to 100%.")
        self._standard = inputs.number(
            "Expected in the year", hint="Empty: the goal on it, else the middle of the role."
        )
        self._cap = inputs.percent("Counts up to", here.settings, Decimal("1.2"))
        self._why = inputs.text("Why", hint="If it changes others, or the year has begun.", longest=1000)
        inputs.all_optional(self._behaviour, self._weight, self._standard, self._cap, self._why)
        self._scale = inputs.long_text(
            "Rating scale",
            hint="How somebody works is rated by it: a level a line, with what it counts.",
            required=True,
        )
        self._listed = Live(self._draw_parts)
        self._scale.control.observe(lambda _: self._listed.redraw(), names="value")
        self._role.control.observe(lambda _: self._begin(), names="value")
        self._group.control.observe(lambda _: self._ask(), names="value")
        self.view = blocks.panel(
            "", self._known.view,
            VBox([
                inputs.side_by_side(self._role, self._cap, self._why), self._listed.view,
                inputs.side_by_side(self._group, self._metric, self._behaviour, self._weight, self._standard),
                self._scale.view,
                blocks.actions(
                    blocks.button("Add it", self._messages, self._add),
                    blocks.button("Take the last one out", self._messages, self._take_out),
                    blocks.button("Make them known", self._messages, self._publish, main=True),
                ),
                self._messages.view,
            ]),
        )  # fmt: skip
        self._begin()

    def _begin(self) -> None:
        """Begin with what is in force for the role."""
        last = {each.role: each for each in kept.published(self._here.context)}
        found = last.get(str(self._role.control.value or ""))
        self._parts = list(found.parts) if found else []
        self._scale.fill(scale_as_typed(found.scale if found else SCALE))
        self._ask()
        self._listed.redraw()

    def _ask(self) -> None:
        group = self._group.control.value
        for each, shown in ((self._metric, group != "behaviour"), (self._behaviour, group == "behaviour"),
                            (self._standard, group == "activity")):  # fmt: skip
            blocks.show(each.view, shown)

    def _add(self) -> str:
        group = str(self._group.control.value)
        name = str(self._behaviour.read() or "") if group == "behaviour" else str(self._metric.control.value)
        weight = self._weight.read()
        if not name or weight is None:
            raise PlanningError("Say what counts, and with which weight.")
        standard = self._standard.read() if group == "activity" else None
        self._parts.append(Criterion(group, name, weight, standard))
        for each in (self._behaviour, self._weight, self._standard):
            each.fill("")
        self._listed.redraw()
        return ""

    def _take_out(self) -> str:
        self._parts = self._parts[:-1]
        self._listed.redraw()
        return ""

    def _publish(self) -> str:
        role = str(self._role.control.value or "")
        cap = self._cap.read() or Decimal("1.2")
        asked = Criteria(role, tuple(self._parts), self._read_scale(), cap, str(self._why.read() or ""))
        made = kept.publish(self._here.context, asked, self._here.person or "planner")
        self._known.redraw()
        self._changed()
        return f"Made known for {made.role or 'everybody'}, version {made.version}."

    def _read_scale(self) -> dict[str, Decimal]:
        return typed_scale(str(self._scale.read() or ""))

    def _counts(self, parts: Sequence[Criterion]) -> str:
        return "; ".join(self._named(each) for each in parts)

    def _rated(self, criteria: Criteria) -> str:
        """Write the scale, where anything is rated by it."""
        return "; ".join(scale_as_typed(criteria.scale).splitlines()) if criteria.of("behaviour") else ""

    def _named(self, each: Criterion) -> str:
        found = self._here.metrics.get(each.name) if each.group != "behaviour" else None
        standard = "" if each.standard is None else f" ({each.standard:f} expected)"
        weight = sheets.percent(each.weight, self._here.settings, digits=0)
        return f"{found.label if found else each.name}{standard} {weight}"

    def _draw_parts(self) -> Any:
        if not self._parts:
            return words(
                "Nothing counts yet: add goals, activities and how somebody works, until the weights are 100%."
            )
        whole = sum((each.weight for each in self._parts), Decimal(0))
        scale = ", ".join(
            f"{name} {sheets.percent(counts, self._here.settings, digits=0)}"
            for name, counts in self._read_scale().items()
        )
        return words(
            f"To be made known: {escape(self._counts(self._parts))}. "
            f"Together {sheets.percent(whole, self._here.settings, digits=0)}. "
            f"How somebody works is rated as {escape(scale)}."
        )

    def _draw(self) -> Any:
        settings = self._here.settings
        rows = [
            {"role": each.role or _EVERYBODY, "counts": self._counts(each.parts), "scale": self._rated(each),
             "version": str(each.version),
             "known": f"{sheets.moment(each.at, settings)}{', after the year began' if each.late else ''}",
             "reason": each.reason}
            for each in kept.published(self._here.context)
        ]  # fmt: skip
        if not rows:
            return words(
                f"No criteria were made known for FY{self._here.context.year} yet, so nobody's year can be judged. "
                "They belong before its first day; later ones bear the reason why."
            )
        caption = f"By what FY{self._here.context.year} is judged"
        return sheets.table(pd.DataFrame(rows), _FIELDS, self._here.settings, caption=caption)
