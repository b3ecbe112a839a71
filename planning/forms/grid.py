"""The grid of goals: many typed at once, with the totals and the probabilities that follow, posted together."""

from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from planning import sheets
from planning.errors import AssumptionError, PlanningError, bulleted
from planning.forms import blocks, inputs
from planning.forms.messages import Messages
from planning.forms.page import Page, later, of_company, section, words
from planning.goals.editing.brought import Brought
from planning.workbook.context import Context
from planning.workbook.editing import book, exchange

_FILES = Path(__file__).parent
_REST = {"Goes onto the account of the territory or region above": False, "Is shared by those beside": True}
Kept = Callable[[Any], None]


class GoalGrid(anywidget.AnyWidget):
    """The table in the browser; amounts are whole minor units."""

    _esm = _FILES / "grid.js"
    _css = _FILES / "grid.css"
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    heads: traitlets.List[Any] = traitlets.List().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    manner = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    cleared = traitlets.Int().tag(sync=True)


@later
@section
def grid(here: Page, changed: Callable[[], None], keep: Kept | None = None) -> Any:
    """Show the goals of all in view as a table to type into.

    Parameters
    ----------
    here
        The page.
    changed
        Is called when goals were posted.
    keep
        Is given the part, to draw it again when a goal has changed elsewhere.
    """
    part = _Grid(here, changed)
    if keep is not None:
        keep(part)
    return part.view


class _Grid:
    """The table, and what posts it."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._context = of_company(here)
        self._taken, self._odds = exchange.taken_out(self._context), _odds(self._context)
        settings, year = here.settings, here.context.year
        self._table = GoalGrid(
            manner={
                "locale": settings.locale.replace("_", "-"),
                "currency": settings.currency,
                "digits": settings.minor_digits,
            },
            heads=["Goal of", f"Result FY{year - 1}", f"Expected FY{year}", "Goal now", "New goal", "Change",
                   "Unplaced", "Probability"],
            caption=f"Goals of FY{year}: type, or paste a column from a spreadsheet",
            rows=self._rows(),
            answer=_nothing(),
        )  # fmt: skip
        self._rest = inputs.choice("What is left over", _REST, False)
        self._why = inputs.why()
        self._typed: dict[str, int] = {}
        self._wrong: list[tuple[str, str]] = []
        self._table.on_msg(lambda _, told, __: self._take(told))
        self._rest.control.observe(lambda _: self._answer(), names="value")
        self.view = blocks.panel(
            "",
            _help(),
            self._table,
            inputs.side_by_side(self._rest, self._why),
            blocks.actions(
                blocks.button("Post the changes", self._messages, self._post, main=True),
                blocks.button("Undo the last posted change", self._messages, self._undo),
            ),
            self._messages.view,
        )

    def redraw(self) -> None:
        """Show the goals as they are now; what was typed stays."""
        self._taken = exchange.taken_out(self._context)
        self._table.rows = self._rows()
        self._answer()

    def _rows(self) -> list[dict[str, Any]]:
        """Give the rows in view, each with the probability of its goal; the first is the total."""
        table = self._taken.goals
        if self._here.context.territory:
            table = table[table["territory"] == self._here.context.territory]
        return [
            {**row, "probability": self._probability(row["owner"], row["goal"])} for row in table.to_dict("records")
        ]

    def _probability(self, owner: str, goal: int) -> float | None:
        found = None if self._odds is None else self._odds.probability(owner, goal)
        # Where nothing is drawn, such as for somebody who carries nothing, there is no probability.
        return None if found is None or isnan(found) else found

    def _take(self, told: dict[str, Any]) -> None:
        """Take what was typed: what could be read, and what could not."""
        self._typed = {str(owner): int(goal) for owner, goal in told["typed"].items()}
        self._wrong = [(str(name), str(wrong)) for name, wrong in told["wrong"]]
        self._answer()

    def _answer(self) -> None:
        """Answer what was typed: what follows for others, with what probabilities, and what is wrong."""
        goals = self._typed
        share, after, problems = bool(self._rest.control.value), dict(goals), []
        if goals:
            try:
                found = exchange.previewed(self._context, goals, share).table
                after = dict(zip(found["owner"], found["after"].tolist(), strict=True))
            except PlanningError as error:
                problems = [line.strip("- ") for line in str(error).splitlines()[1:]] or [str(error)]
        self._table.answer = {
            "goals": goals,
            "shared": share,
            "after": after,
            "odds": {owner: self._probability(owner, goal) for owner, goal in after.items()},
            "problems": problems,
        }

    def _post(self) -> str:
        why = self._why.read()
        if self._wrong:
            raise PlanningError(bulleted("These cells cannot be read:", [": ".join(each) for each in self._wrong]))
        names = self._taken.goals.set_index("owner")
        rows = [
            {"owner": owner, "cell": "The grid", "exported": int(names.at[owner, "goal"]), "typed": goal}
            for owner, goal in self._typed.items()
        ]
        if not rows:
            raise PlanningError("Nothing is typed yet. Type new goals into the grid first.")
        brought = Brought(self._taken.marks, pd.DataFrame(rows))
        person, share = self._here.person or "planner", bool(self._rest.control.value)
        found = exchange.brought_in(self._context, brought, why, person, share)
        self._why.fill("")
        self._begin_anew()
        if found.does is None:
            return found.said
        total = sheets.money(int(self._taken.goals["goal"].iloc[0]), self._here.settings)
        return f"{_goals(len(found.changes))} posted. The company carries {total}, as before."

    def _undo(self) -> str:
        reason = book.undo(self._context, self._here.person or "planner")
        self._begin_anew()
        return f"Undone: {reason}."

    def _begin_anew(self) -> None:
        """Forget what was typed, and show the goals as they are now, here and in the other parts."""
        self._typed, self._wrong = {}, []
        self._table.cleared += 1
        self.redraw()
        self._changed()


def _odds(context: Context) -> exchange.Odds | None:
    """Give what answers with probabilities; none where the history is too short for them."""
    try:
        return exchange.Odds(context)
    except AssumptionError:
        return None


def _goals(count: int) -> str:
    return "1 goal is" if count == 1 else f"{count} goals are"


def _nothing() -> dict[str, Any]:
    return {"goals": {}, "shared": False, "after": {}, "odds": {}, "problems": []}


def _help() -> Any:
    return words(
        "Arrows and Enter go from row to row, Ctrl+Z takes back what was typed. A column can be pasted, or two with "
        "names and amounts; +5% changes a goal by that much. Nothing is kept until it is posted."
    )
