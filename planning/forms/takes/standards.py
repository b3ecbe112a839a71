"""Standards of each role with their bands, and where everybody stands."""

from html import escape
from typing import Any

import pandas as pd

from planning import sheets
from planning.forms import blocks
from planning.forms.page import Page, chooser, folded, later, section, words
from planning.forms.widgets import VBox
from planning.goals.activity.standards import METHOD
from planning.sheets import Field
from planning.sheets.table import Kind
from planning.workbook.activity import standards as found
from planning.workbook.activity.standards import ACTIVITY, RULES

_SAYS = {"below": "Below", "within": "Within", "above": "Above", "no band": "No band: too few peers"}


@later
@section
def standards(here: Page) -> Any:
    """Show the band of each standard, and each rep against it."""
    table = found.standards(here.context)
    table = table.assign(told=table["says"].map(_SAYS))
    parts = [_bands(here, rows, str(group)) for group, rows in table.groupby("group", sort=False)]
    measures = {name: name for name in dict.fromkeys(table["measure"])}
    one = chooser("Standard", measures, lambda name: _each(here, table, name))
    return VBox([*(blocks.shown(part) for part in parts), one])


def _bands(here: Page, rows: pd.DataFrame, group: str) -> Any:
    ends = rows.drop_duplicates(["role", "measure"])
    outside = rows[rows["told"].isin([_SAYS["below"], _SAYS["above"]])].groupby(["role", "measure"])["rep"].count()
    keys = pd.MultiIndex.from_frame(ends[["role", "measure"]])
    ends = ends.assign(outside=outside.reindex(keys, fill_value=0).to_numpy())
    fields = [Field("measure", "Standard"), Field("role", "Role"), *_range(_kind(group)),
              Field("peers", "Tenured people behind it", "count"), Field("outside", "Outside", "count")]  # fmt: skip
    return sheets.table(ends, fields, here.settings, caption=group)


def _each(here: Page, table: pd.DataFrame, name: str) -> list[Any]:
    rows = table[table["measure"] == name].sort_values("value", ascending=False, ignore_index=True)
    kind = _kind(str(rows["group"].iloc[0]))
    fields = [Field("rep", "Rep"), Field("role", "Role"), Field("value", name, kind), *_range(kind),
              Field("told", "Stands")]  # fmt: skip
    method = folded("Where this comes from", words(*map(escape, [METHOD, *RULES])))
    return [sheets.table(rows, fields, here.settings, caption=f"{name}: each against the band"), method]


def _range(kind: Kind) -> list[Field]:
    return [Field("low", "Band from", kind), Field("middle", "Middle", kind), Field("high", "Band to", kind)]


def _kind(group: str) -> Kind:
    return "number" if group == ACTIVITY else "percent"
