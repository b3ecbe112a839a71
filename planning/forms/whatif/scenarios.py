"""Scenarios side by side, and the form to begin, copy, rename, put away and adopt them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from planning import charts, sheets
from planning.errors import PlanningError
from planning.forms import blocks, inputs, shell
from planning.forms.messages import Messages
from planning.forms.page import Live, Page, folded, section, words
from planning.sheets import Field
from planning.store.assumed import PLAN
from planning.workbook.expected import scenarios

_PAGE = "2_assumptions.ipynb"
_MOST = 4
"""Scenarios that can be read side by side."""


class Board:
    """The live parts: they are drawn again when a scenario has changed.

    Parameters
    ----------
    here
        The page.
    """

    def __init__(self, here: Page) -> None:
        self._here = here
        self._compared = Live(self._draw)
        self.compared = self._compared.view
        self._form = _Form(here, self._compared.redraw)
        self.form = self._form.view

    def _draw(self) -> list[Any]:
        context = self._here.context
        shown = [each for each in scenarios.scenarios(context) if not each.archived][:_MOST]
        table = scenarios.compared(context, [each.name for each in shown])
        if context.territory:
            table = table[table["territory"] == context.territory]
        return [_listing(self._here), *_beside(self._here, table, [each.name for each in shown])]


@section
def board(here: Page) -> Board:
    """Open the page's live parts."""
    return Board(here)


def _listing(here: Page) -> Any:
    known = scenarios.scenarios(here.context)
    rows = [
        {
            "name": _called(each.name),
            "base": _called(each.base) if each.base else "",
            "note": each.note or ("The one that is negotiated" if each.name == PLAN else ""),
            "state": "Put away" if each.archived else "In use",
            "address": shell.address(_PAGE, replace(here.context, scenario=each.name), here.person),
        }
        for each in known
    ]
    fields = [
        Field("name", "Scenario", "link", "address"),
        Field("base", "Takes over from"),
        Field("note", "What it is for"),
        Field("state", ""),
    ]
    return sheets.table(pd.DataFrame(rows), fields, here.settings, caption="Scenarios of this year")


def _beside(here: Page, table: pd.DataFrame, names: list[str]) -> list[Any]:
    if len(names) < 2:
        return [
            words(
                "There is only the plan. Begin a scenario below, open it, and change in it what would be different."
            )
        ]
    year, whole = here.context.year, table.iloc[0]
    says = f"Expected in FY{year} by scenario."
    bars = pd.DataFrame(
        {
            "name": [_called(name) for name in names],
            "goal": [whole["outlook"]] * len(names),
            "result": [whole[name] for name in names],
            "told": [sheets.money(whole[name], here.settings, compact=True, digits=2) for name in names],
        }
    )
    shown = table.assign(territory=table["territory"].replace("", here.settings.company))
    for name in names[1:]:
        shown[f"{name} less plan"] = shown[name] - shown[names[0]]
    fields = [Field("territory", "Territory"), Field("outlook", "If nothing changes", "rounded")]
    fields += [Field(names[0], _called(names[0]), "rounded")]
    for name in names[1:]:
        fields += [Field(name, name, "rounded"), Field(f"{name} less plan", "less the plan", "difference")]
    part = sheets.table(shown, fields, here.settings, caption=f"Expected in FY{year} by scenario and territory")
    return [charts.against_goal(bars, here.settings, says, "outlook if nothing changes"), folded("The figures", part)]


def _called(name: str) -> str:
    return "The plan" if name == PLAN else name


class _Form:
    """The form to begin and to change scenarios."""

    def __init__(self, here: Page, changed: Callable[[], None]) -> None:
        self._here, self._changed, self._messages = here, changed, Messages()
        self._which = inputs.choice("Scenario", {_called(PLAN): PLAN}, PLAN)
        self._name = inputs.text("New name", hint="Such as Downside. Letters, digits, spaces and dashes.")
        self._note = inputs.text("What it is for", hint="Such as: a second competitor enters in the summer.")
        acts = {
            "Begin from it": self._begin,
            "Copy": self._copy,
            "Rename": self._rename,
            "Put away or take out": self._archive,
            "Make it the plan": self._adopt,
        }
        buttons = [
            blocks.button(label, self._messages, act, main=place == 0)
            for place, (label, act) in enumerate(acts.items())
        ]
        self._list()
        self.view = blocks.panel(
            "",
            inputs.side_by_side(self._which, self._name, self._note),
            blocks.actions(*buttons),
            self._messages.view,
        )

    def _list(self) -> None:
        known = {_called(each.name): each.name for each in scenarios.scenarios(self._here.context)}
        self._which.control.options = list(known.items())

    def _done(self, says: str) -> str:
        self._name.fill("")
        self._note.fill("")
        self._list()
        self._changed()
        return says

    @property
    def _chosen(self) -> str:
        return str(self._which.control.value)

    def _named(self) -> str:
        name = self._name.read()
        if not name:
            raise PlanningError("Say how the new scenario is to be called.")
        return str(name)

    @property
    def _actor(self) -> str:
        return self._here.person or "planner"

    def _begin(self) -> str:
        made = scenarios.add(self._here.context, self._named(), self._chosen, self._note.read() or "", self._actor)
        return self._done(f"{made.name} is begun. Open it from the list, and state in it what would be different.")

    def _copy(self) -> str:
        made = scenarios.copy(self._here.context, self._chosen, self._named(), self._actor)
        return self._done(f"{made.name} is a copy of {_called(self._chosen)}.")

    def _rename(self) -> str:
        before = self._chosen
        made = scenarios.rename(self._here.context, before, self._named(), self._actor)
        return self._done(f"{before} is called {made.name} now.")

    def _archive(self) -> str:
        known = {each.name: each for each in scenarios.scenarios(self._here.context)}
        away = not known[self._chosen].archived
        made = scenarios.archive(self._here.context, self._chosen, self._actor, away)
        return self._done(f"{made.name} is {'put away' if away else 'in use again'}.")

    def _adopt(self) -> str:
        changed = scenarios.adopt(self._here.context, self._chosen, self._actor)
        return self._done(f"The plan assumes what {self._chosen} does: {changed} assumptions changed.")
