"""The form to fit a goal to totals of product lines and of quarters at once, seen before it is done."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, of_company, section, words
from planning.forms.widgets import VBox
from planning.sheets import Field
from planning.workbook import goals
from planning.workbook.editing import book, within
from planning.workbook.editing.within import Cuts

_UNSPLIT = "Not split yet"
_SUMS = ("product", "before", "after", "change")


@section
def form(here: Page, changed: Callable[[], None]) -> Any:
    """Open the form."""
    return _Form(here, changed).view


class _Form:
    """The form: a field each product line and each quarter, and the table that they would come to."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._context, self._changed, self._messages = here, of_company(here), changed, Messages()
        self._lines: dict[str, inputs.Input] = {}
        self._quarters: dict[str, inputs.Input] = {}
        named = _owners(here)
        self._who = inputs.choice("Goal of", named, next(iter(named.values()), None))
        self._why = inputs.why("Why both cuts")
        self._fields = VBox()
        self._begin()
        self._does = Live(self._draw)
        inputs.on_change(self._anew, self._who)
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._who, self._why),
            self._fields,
            self._does.view,
            blocks.actions(
                blocks.button("Fit it", self._messages, self._apply, main=True),
                blocks.button("Undo the last change", self._messages, self._undo),
            ),
            self._messages.view,
        )

    def _begin(self) -> None:
        """Offer fields for what the chosen goal holds, each with what it comes to now."""
        self._now = within.refitted(self._context, str(self._who.control.value), Cuts({}, {}))
        settings = self._here.settings
        self._lines, self._quarters = (
            {
                name: inputs.money(name, settings, hint=f"Now {sheets.money(amount, settings)}")
                for name, amount in self._now.groupby(cut)["before"].sum().items()
                if name and amount
            }
            for cut in ("product", "period")
        )
        fields = (*self._lines.values(), *self._quarters.values())
        inputs.all_optional(*fields)
        inputs.on_change(lambda: self._does.redraw(), *fields)
        self._fields.children = [
            inputs.side_by_side(*self._lines.values()),
            inputs.side_by_side(*self._quarters.values()),
        ]

    def _anew(self) -> None:
        self._begin()
        self._does.redraw()

    def _cuts(self) -> Cuts:
        products, periods = (
            {name: amount for name, amount in inputs.read_all(**fields).items() if amount is not None}
            for fields in (self._lines, self._quarters)
        )
        return Cuts(products, periods)

    def _draw(self) -> Any:
        cuts = self._cuts()
        asked = bool(cuts.products or cuts.periods)
        fitted = within.refitted(self._context, str(self._who.control.value), cuts) if asked else self._now
        table = _laid_out(fitted)
        fields = [Field("product", "Product line")]
        fields += [Field(each, each, "money") for each in table.columns if each not in _SUMS]
        fields += [Field("before", "Now", "money"), Field("change", "Change", "difference")] if asked else []
        fields += [Field("after", "Then" if asked else "Together", "money")]
        says = "What it would come to" if asked else "What it comes to now"
        told = words(
            "Type what product lines and quarters are to come to. What is left empty shares the rest, and what "
            "everybody carries in the year stays."
        )
        return [told, sheets.table(table.iloc[:-1], fields, self._here.settings, caption=says, total=table.iloc[-1:])]

    def _apply(self) -> str:
        cuts, who = self._cuts(), str(self._who.control.value)
        within.refit(self._context, who, cuts, self._why.read(), self._here.person or "planner")
        self._after()
        return "Both cuts hold. What everybody carries in the year is what it was."

    def _undo(self) -> str:
        reason = book.undo(self._context, self._here.person or "planner")
        self._after()
        return f"Undone: {reason}."

    def _after(self) -> None:
        self._anew()
        self._changed()


def _owners(here: Page) -> dict[str, str]:
    """Name the territories and positions in view, and above them the company and its regions."""
    table = goals.goals(of_company(here))
    if here.context.territory:
        table = table[(table["territory"] == here.context.territory) & table["kind"].isin(["territory", "position"])]
    return {
        f"{row['name']}, {row['territory']}" if row["kind"] == "position" else f"{row['name']} ({row['kind']})": str(
            row["owner"]
        )
        for row in table.to_dict("records")
    }


def _laid_out(found: pd.DataFrame) -> pd.DataFrame:
    """Lay a fit out with a row each product line, a column each period, and the sums of both; the last row is all."""
    cells = found.replace({"product": {"": _UNSPLIT}, "period": {"": _UNSPLIT}})
    table = cells.pivot_table(index="product", columns="period", values="after", aggfunc="sum", fill_value=0)
    sums = cells.groupby("product")[["before", "after"]].sum()
    table = table.join(sums).assign(change=sums["after"] - sums["before"])
    table.loc["Together"] = table.sum()
    return table.astype("int64").rename_axis(columns=None).reset_index()
