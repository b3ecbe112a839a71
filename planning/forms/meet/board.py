"""The boards: open deals by step, and actions by state, as cards."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from planning import sheets
from planning.errors import TrackingError
from planning.forms import blocks, inputs
from planning.forms.meet.who import Who, answer
from planning.forms.page import Page, of_company, words
from planning.history.stages import STEPS
from planning.settings import Settings
from planning.tracking.actions import STATES, Action
from planning.workbook.tracking import actions, board

_FILES = Path(__file__).parent
_STEPS = {"opened": "Opened", "qualified": "Qualified", "presented": "Presented", "proposed": "Proposed"}
_STATES = {"open": "Open", "done": "Done", "dropped": "Dropped"}
_MOST = 100
"""Cards that a lane holds; more would be no board any more."""


class Cards(anywidget.AnyWidget):
    """The board in the browser; what is pressed there is decided here."""

    _esm = _FILES / "cards.js"
    _css = _FILES / "cards.css"
    lanes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    refused = traitlets.Bool().tag(sync=True)


class Deals:
    """Open deals by step: value, how long they sit there against what is usual, and what was noted on them.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when.
    """

    def __init__(self, here: Page, who: Who, day: date) -> None:
        self._here, self._who, self._day = here, who, day
        self._table = board.deals(here.context, day)
        reps = sorted(set(self._table["rep"]))
        everybody = {"Everybody in view": ""} if len(reps) != 1 else {}
        mine = who.name if who.name in reps else next(iter([*everybody.values(), *reps]), "")
        self._rep = inputs.choice("Deals of", {**everybody, **{each: each for each in reps}}, mine)
        self._cards = Cards()
        self._rep.control.observe(lambda _: self.redraw(), names="value")
        answer(self._cards, self._note)
        self.redraw()
        self.view = blocks.panel(
            "",
            self._rep.view,
            self._cards,
            words("Deals come from the source and change there; a note on one is kept here."),
        )

    def redraw(self) -> None:
        """Show the deals as they are now."""
        rep = self._rep.control.value
        table = self._table[self._table["rep"] == rep] if rep else self._table
        lanes = [_lane(step, table[table["step"] == step], self._here.settings) for step in STEPS]
        self._cards.lanes = [each for each in lanes if each["cards"] or each["id"] in set(self._table["step"])]

    def _note(self, told: dict[str, Any]) -> str:
        deal, text = str(told.get("note")), str(told.get("text", ""))
        board.note(of_company(self._here), deal, text, self._day, self._who.name)
        self._table = board.deals(self._here.context, self._day)
        self.redraw()
        return "The note is kept."


def _lane(step: str, table: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    value = sheets.money(int(table["amount"].fillna(0).sum()), settings, digits=0)
    told = f"{len(table)} {'deal' if len(table) == 1 else 'deals'}, {value}"
    told += f"; the {_MOST} longest are shown" if len(table) > _MOST else ""
    cards = [_deal(row, settings) for row in table.head(_MOST).to_dict("records")]
    return {"id": step, "title": _STEPS[step], "told": told, "cards": cards}


def _deal(row: dict[Any, Any], settings: Settings) -> dict[str, Any]:
    days = f"{sheets.number(row['days'], settings, digits=0)} days"
    days += "" if pd.isna(row["usual"]) else f", usual {sheets.number(row['usual'], settings, digits=0)}"
    about = " · ".join(filter(None, [row["rep"], row["product"]]))
    look = "late" if row["over"] else ""
    return {
        "id": row["opportunity"], "title": row["customer"] or row["opportunity"],
        "lines": [sheets.money(row["amount"], settings, digits=0), about], "badges": [[days, look]], "look": look,
        "note": row["note"], "notes": True, "moves": False, "version": 0,
    }  # fmt: skip


class Actions:
    """Actions by state; one is moved to say that it is done.

    Parameters
    ----------
    here, who
        The page, and who sits at it.
    day
        As of when something is late.
    changed
        Called when an action was moved.
    """

    def __init__(self, here: Page, who: Who, day: date, changed: Callable[[], None]) -> None:
        self._here, self._who, self._day, self._changed = here, who, day, changed
        self._cards = Cards()
        answer(self._cards, self._move)
        self.redraw()
        self.view = blocks.panel("", self._cards)

    def redraw(self) -> None:
        """Show the actions as they are now."""
        found = actions.actions(of_company(self._here))
        self._cards.lanes = [self._lane(state, [each for each in found if each.state == state]) for state in STATES]

    def _lane(self, state: str, found: list[Action]) -> dict[str, Any]:
        late = sum(each.late(self._day) for each in found)
        told = f"{len(found)} {'action' if len(found) == 1 else 'actions'}" + (f", {late} late" if late else "")
        told += f"; {_MOST} are shown" if len(found) > _MOST else ""
        # Of what is settled, what was due last comes first.
        shown = (found if state == "open" else found[::-1])[:_MOST]
        return {"id": state, "title": _STATES[state], "told": told, "cards": [self._card(each) for each in shown]}

    def _card(self, action: Action) -> dict[str, Any]:
        settings, late = self._here.settings, action.late(self._day)
        look = "late" if late else action.state
        due = f"{'was due' if late else 'due'} {sheets.day(action.due, settings)}"
        whom = f"for {action.whom}" if action.whom != action.owner else ""
        return {
            "id": action.key, "title": action.what, "lines": [" · ".join(filter(None, [action.owner, whom]))],
            "badges": [[due, look]], "look": look, "note": action.note, "notes": False, "moves": True,
            "version": action.version,
        }  # fmt: skip

    def _move(self, told: dict[str, Any]) -> str:
        to, key, version = str(told.get("to")), str(told.get("move")), int(told.get("version", 0))
        state = next((each for each in STATES if each == to), None)
        if state is None:
            raise TrackingError(f"There is no lane {to!r}.")
        try:
            moved = actions.change(of_company(self._here), key, version, state, self._who.name)
        finally:
            # Also what was refused is shown as it stands.
            self.redraw()
        self._changed()
        return f"{moved.what}: {_STATES[moved.state].lower()}."
