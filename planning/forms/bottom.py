"""The number from the bottom: what reps say they can bring, beside what is asked from the top."""

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, chooser, later, of_company, section, words
from planning.forms.widgets import VBox
from planning.sheets import Field
from planning.workbook.editing import edits
from planning.workbook.setting import bottom

_ASKED = "Goals stand without what is passed down on top. An empty own number is an answer that is missing, not zero."


@later
@section
def form(here: Page, changed: Callable[[], None]) -> Any:
    """Show both numbers side by side, and let reps say theirs.

    Parameters
    ----------
    here
        The page.
    changed
        Called when a goal was changed.
    """
    return _Form(here, changed).view


class _Form:
    """The table of both numbers, and the form to say one's own and to take them over."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._found = bottom.reconciled(of_company(here))
        places = self._found.positions
        if here.context.territory:
            places = places[places["territory"] == here.context.territory]
        named = {
            f"{row['rep']}, {row['territory']}": (row["territory"], row["rep"]) for row in places.to_dict("records")
        }
        if not named:
            raise PlanningError("Nobody carries a goal here, so nobody can say a number of their own.")
        mine = next((value for value in named.values() if value[1] == here.person), next(iter(named.values())))
        self._who = inputs.choice("Rep", named, mine)
        self._amount = inputs.money("Own number", here.settings, hint="Empty takes it back.")
        self._detail = inputs.long_text("What it rests on", hint="Accounts, pipeline, plans.")
        territories = {each: each for each in sorted(set(places["territory"]))}
        self._place = inputs.choice("Territory", territories, next(iter(territories)))
        self._table = Live(self._draw)
        self.view = VBox(
            [
                self._table.view,
                blocks.panel(
                    "Say an own number",
                    inputs.side_by_side(self._who, self._amount),
                    self._detail.view,
                    blocks.actions(blocks.button("Keep it", self._messages, self._keep, main=True)),
                ),
                blocks.panel(
                    "Make own numbers goals",
                    words("Whoever did not answer shares what is left of the territory's goal."),
                    inputs.side_by_side(self._place),
                    blocks.actions(blocks.button("Take them over", self._messages, self._take)),
                ),
                self._messages.view,
            ]
        )

    def _again(self) -> None:
        self._found = bottom.reconciled(of_company(self._here))
        self._table.redraw()

    def _draw(self) -> list[Any]:
        found, place = self._found, self._here.context.territory
        rows = found.territories
        rows = rows[rows["territory"] == place] if place else rows
        answered, of = (int(rows[name].sum()) for name in ("answered", "of"))
        said = f"{answered} of {of} have said what they can bring. {escape(_ASKED)}"
        if found.positions["before"].isna().all():
            said += " No own numbers of past years are kept, so nothing tells how such numbers came out."
        if place:
            return [words(said), _reps(self._here, found.positions, place)]
        options = {"Territories": "", **{each: each for each in rows["territory"]}}
        table = chooser(
            "Show", options, lambda one: _reps(self._here, found.positions, one) if one else _places(self._here, rows)
        )
        return [words(said), table]

    def _keep(self) -> str:
        read = inputs.read_all(amount=self._amount, detail=self._detail)
        territory, rep = self._who.control.value
        actor = self._here.person or rep
        bottom.say_own(of_company(self._here), territory, rep, read["amount"], read["detail"] or "", actor)
        self._amount.fill("")
        self._detail.fill("")
        self._again()
        return f"{rep}'s own number is {'taken back' if read['amount'] is None else 'kept'}."

    def _take(self) -> str:
        place = str(self._place.control.value)
        edit = edits.apply(
            of_company(self._here), bottom.taken(place), "As the reps proposed", self._here.person or "planner"
        )
        self._again()
        self._changed()
        return f"{edit.what}. {place} carries what it did."


def _reps(here: Page, table: pd.DataFrame, territory: str) -> Any:
    rows = table[table["territory"] == territory]
    fields = [
        Field("rep", "Rep"),
        Field("goal", "Asked", "rounded"),
        Field("own", "Own number", "rounded"),
        Field("gap", "Own less asked", "difference"),
        *([Field("before", "Came of it before", "percent")] if rows["before"].notna().any() else []),
        Field("potential", "By potential", "rounded"),
        Field("capacity", "By capacity", "rounded"),
        Field("detail", "Rests on"),
    ]
    return sheets.table(rows, fields, here.settings, caption=f"From the top and from the bottom in {territory}")


def _places(here: Page, rows: pd.DataFrame) -> Any:
    fields = [
        Field("territory", "Territory"),
        Field("answered", "Answered", "count"),
        Field("of", "Of", "count"),
        Field("goal", "Asked of all", "rounded"),
        Field("own", "Own numbers", "rounded"),
        Field("gap", "Own less asked of these", "difference"),
        Field("rest", "Left for the others", "rounded"),
    ]
    return sheets.table(rows, fields, here.settings, caption="From the top and from the bottom")
