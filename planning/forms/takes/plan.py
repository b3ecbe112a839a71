"""The form in which somebody says what they plan to do in a week, and sees what it leads to."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.page import Live, Page, words
from planning.forms.widgets import VBox
from planning.goals.activity.arithmetic import label
from planning.goals.activity.gap import in_words
from planning.sheets import Field
from planning.sheets.sentences import writers
from planning.workbook.activity import arithmetic as activity
from planning.workbook.activity.arithmetic import Expected
from planning.workbook.activity.standing import standing


class Plan:
    """Fields for what is done in a week, filled in with last year's, and the answer below them.

    Parameters
    ----------
    here
        The page.
    reps
        Who may be chosen, at least one; the first is chosen at first.

    Attributes
    ----------
    view
        The widget to show.
    """

    def __init__(self, here: Page, reps: Mapping[str, str]) -> None:
        self._here = here
        self._who = inputs.choice("Rep", reps, next(iter(reps)))
        usual = activity.usual(standing(here.context), next(iter(reps)))
        self._fields = {name: inputs.number(label(name), _typed(each)) for name, each in usual.items()}
        self._answer = Live(self._draw)
        self._who.control.observe(lambda _: self._refill(), names="value")
        for each in self._fields.values():
            each.control.observe(lambda _: self._answer.redraw(), names="value")
        self.view = VBox(
            [
                blocks.panel(
                    "In a working week",
                    words(
                        "Filled in with the last twelve months. Change what you plan to change; what is left empty "
                        "is not counted on."
                    ),
                    inputs.side_by_side(self._who, *self._fields.values()),
                ),
                self._answer.view,
            ]
        )

    def _refill(self) -> None:
        rep = self._who.control.value
        if rep is None:
            return
        for name, each in activity.usual(standing(self._here.context), rep).items():
            typed = _typed(each)
            self._fields[str(name)].fill("" if typed is None else f"{typed:f}")
        self._answer.redraw()

    def _draw(self) -> list[Any]:
        rep = self._who.control.value
        if rep is None:
            raise PlanningError("Choose a rep.")
        given = inputs.read_all(**self._fields)
        planned = {name: float(value) for name, value in given.items() if value is not None}
        seen = standing(self._here.context)
        found = activity.forwards(seen, rep, planned)
        row = activity.against_plan(seen, rep, found).iloc[0]
        return [
            words(self._sentence(rep, found)),
            words(escape(in_words(row, *writers(self._here.settings)))),
            self._table(rep, found),
        ]

    def _sentence(self, rep: str, found: Expected) -> str:
        money, _, _ = writers(self._here.settings)
        least = found.activities[found.activities["binds"]].iloc[0]
        return (
            f"<strong>{escape(rep)}</strong>: what is planned leads to "
            f"<strong>{money(found.through_pipeline)}</strong> through the pipeline, four times in five to "
            f"{money(found.low)} up to {money(found.high)}. "
            f"{escape(label(least['activity']))} carry least, so more of the others alone would change nothing. "
            f"With {money(found.besides)} of orders outside the pipeline, as last year, that is "
            f"{money(found.result)} of a goal of {money(found.goal)}."
        )

    def _table(self, rep: str, found: Expected) -> Any:
        settings = self._here.settings
        table = found.activities.assign(activity=[label(name) for name in found.activities["activity"]])
        fields = [
            Field("activity", "What"),
            Field("count", "In the year", "number"),
            Field("deals", "Deals it carries", "number"),
            Field("result", "Result it carries", "rounded"),
            Field("low", "One in ten below", "rounded"),
            Field("high", "One in ten above", "rounded"),
        ]
        return sheets.table(table, fields, settings, caption=f"What the plan of {rep} carries")


def _typed(value: float) -> Decimal | None:
    """Give what stands in a field: two decimals say enough of a week; what is not known is left empty."""
    return None if value != value else Decimal(f"{value:.2f}")
