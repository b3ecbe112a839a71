"""How the company's number is handed out: methods with weights, what each would ask of whom, and over-assignment."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import blocks, inputs
from planning.forms.page import Page, chooser, later, of_company, section, words
from planning.forms.widgets import VBox
from planning.goals.setting.methods import DRIVERS, EXPECTED, METHODS, RULE
from planning.settings import Settings
from planning.sheets import Field
from planning.workbook.setting import methods as ways

_LEVELS = {"company": "Company on top", "region": "Each region on top", "territory": "Each territory on top"}


class Handing:
    """The fields of the form that say how the number is handed out.

    Parameters
    ----------
    settings
        Of the workspace.
    """

    def __init__(self, settings: Settings) -> None:
        offered = {name: each for name, each in METHODS.items() if name != DRIVERS}
        options = {each.label: name for name, each in offered.items()}
        self._way = inputs.choice("Handed out by", {**options, "Several, by weight": ""}, EXPECTED)
        self._weights = {
            name: inputs.percent(each.label, settings, Decimal(1) if name == EXPECTED else None, "Its weight.")
            for name, each in offered.items()
        }
        more = "Passed down beyond what is carried."
        self._on_top = inputs.choice(
            "Over-assignment", {"None": False, "Some, on an account of its own": True}, False
        )
        self._over = {level: inputs.percent(label, settings, None, more) for level, label in _LEVELS.items()}
        weights, over = list(self._weights.values()), inputs.side_by_side(*self._over.values())
        self._several = VBox([inputs.side_by_side(*weights[:3]), inputs.side_by_side(*weights[3:])])
        self._levels, self._says = VBox([over]), blocks.shown(words(""))
        for each in (self._way, self._on_top):
            each.control.observe(lambda _: self._choose(), names="value")
        self._choose()
        choices = inputs.side_by_side(self._way, self._on_top)
        self.view = VBox([choices, self._says, self._several, self._levels])

    def read(self) -> tuple[Mapping[str, Decimal], Mapping[str, Decimal]]:
        """Give weights by method and parts on top by level, as filled in.

        Raises
        ------
        PlanningError
            With every field that cannot be read.
        """
        way, on_top = self._way.read(), self._on_top.read()
        asked = {**({} if way else self._weights), **(self._over if on_top else {})}
        filled = {name: Decimal(value) for name, value in inputs.read_all(**asked).items() if value}
        weights = {name: value for name, value in filled.items() if name in METHODS}
        return {way: Decimal(1)} if way else weights, {name: filled[name] for name in _LEVELS if name in filled}

    def _choose(self) -> None:
        """Show only what the chosen way asks for, and say what it goes by."""
        way = self._way.control.value
        blocks.show(self._several, not way)
        blocks.show(self._levels, self._on_top.control.value)
        told = f"In proportion to {METHODS[way].says}." if way else f"Each hands out its part of the number. {RULE}"
        self._says.value = words(escape(told)).markup


@later
@section
def compared(here: Page) -> Any:
    """Show side by side what each method would ask of whom."""
    table = ways.compared(of_company(here))
    if here.context.territory:
        return _methods(here, table[table["territory"] == here.context.territory], "rep")
    whole = table.groupby("territory", as_index=False)[list(table.columns[2:])].sum()
    territories = {"Territories": "", **{each: each for each in whole["territory"]}}

    def shown(place: str) -> Any:
        return (
            _methods(here, table[table["territory"] == place], "rep") if place else _methods(here, whole, "territory")
        )

    return chooser("Show", territories, shown)


def _methods(here: Page, table: pd.DataFrame, by: str) -> Any:
    found = [name for name in METHODS if name in table]
    total = table[found].sum().to_frame().T.assign(**{by: "Together"})
    rows = table.assign(**{by: table[by].replace("", "Not placed yet")})
    rows, total = rows.assign(apart=rows[found].max(axis=1) - rows[found].min(axis=1)), total.assign(apart=None)
    fields = [Field(by, "Territory" if by == "territory" else "Rep")]
    fields += [Field(name, METHODS[name].label, "rounded") for name in found]
    fields += [Field("apart", "Apart by", "rounded")]
    caption = "What each method would ask, if it handed out all that is expected"
    return sheets.table(rows, fields, here.settings, caption=caption, total=total)
