"""Charts of one row a name: the waterfall of a goal, and results against goals."""

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from planning import sheets
from planning.amounts import to_major
from planning.charts.picture import ABOVE, BELOW, INK, NARROW, OTHER, TOTAL, Picture, inline, nothing
from planning.settings import Settings

_ROW, _TALL_ROW = 30, 46
_LETTER = 6.6
"""Pixels of a letter, about: to leave room for labels."""


def waterfall(steps: pd.DataFrame, settings: Settings, says: str) -> Picture:
    """Draw how one amount becomes another, step by step.

    Parameters
    ----------
    steps
        Columns ``label``, ``amount`` (whole minor units) and ``role``: ``total`` for an amount that stands
        by itself, ``step`` for one that is added to what stands.
    settings
        For currency and locale.
    says
        What it shows.
    """
    if steps.empty:
        return nothing(says)
    standing, rows = 0, []
    for place, row in enumerate(steps.to_dict("records")):
        amount = int(row["amount"])
        total = row["role"] == "total"
        begin, standing = (0, amount) if total else (standing, standing + amount)
        rows.append(
            {
                "place": place,
                "label": row["label"],
                "from": _major(begin, settings),
                "to": _major(standing, settings),
                "colour": TOTAL if total else ABOVE if amount >= 0 else BELOW,
                "told": sheets.money(amount, settings, compact=True, signed=not total),
            }
        )
    return Picture(says, lambda width: _bars(rows, width, []))


def against_goal(frame: pd.DataFrame, settings: Settings, says: str, compared: str = "goal") -> Picture:
    """Draw results as bars and goals as marks, one row a name, with the attainment told beside it.

    Parameters
    ----------
    frame
        Columns ``name``, ``goal``, ``result`` (whole minor units, may be empty) and ``told``, the text that
        stands beside the bar.
    settings
        For currency.
    says
        What it shows.
    compared
        What the mark stands for.
    """
    if frame.empty:
        return nothing(says)
    rows, marks = [], []
    for place, row in enumerate(frame.to_dict("records")):
        result, goal = (0 if pd.isna(row[name]) else int(row[name]) for name in ("result", "goal"))
        below = pd.notna(row["goal"]) and result < goal
        rows.append(
            {
                "place": place,
                "label": str(row["name"]),
                "from": 0.0,
                "to": _major(result, settings),
                "colour": OTHER if pd.isna(row["goal"]) else BELOW if below else ABOVE,
                "told": row["told"],
            }
        )
        if pd.notna(row["goal"]):
            marks.append({"place": place, "at": _major(goal, settings)})
    return Picture(f"{says} The upright mark is the {compared}.", lambda width: _bars(rows, width, marks))


def _bars(rows: Sequence[dict[str, Any]], width: int, marks: Sequence[dict[str, Any]]) -> alt.TopLevelMixin:
    """Draw rows of bars: names beside them where there is room, above them where there is not."""
    narrow = width <= NARROW
    names = [textwrap.wrap(row["label"], 30) or [""] for row in rows]
    room_left = 0 if narrow else 10 + _LETTER * max(len(line) for lines in names for line in lines)
    inner = width - room_left - 8
    ends = [max(row["from"], row["to"], 0.0) for row in rows] + [mark["at"] for mark in marks]
    least = min([0.0, *(min(row["from"], row["to"]) for row in rows)])
    room_right = 12 + _LETTER * max(len(row["told"]) for row in rows)
    span = (max(ends) - least) or 1.0
    most = least + span * inner / max(inner - room_right, 40)
    beyond = {mark["place"]: mark["at"] for mark in marks}
    drawn = [
        {**row, "name": lines, "end": max(row["from"], row["to"], beyond.get(row["place"], 0.0), 0.0)}
        for row, lines in zip(rows, names, strict=True)
    ]
    step = _TALL_ROW if narrow else max(_ROW, 16 * max(len(lines) for lines in names) + 8)
    x = alt.Scale(domain=[least, most], nice=False)
    y = alt.Y("place:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    data = inline(drawn)
    base = alt.Chart(data, width=inner, height=step * len(rows))
    shift = 8 if narrow else 0
    bars = base.mark_bar(height=16, yOffset=shift).encode(
        y=y, x=alt.X("from:Q", scale=x, axis=None), x2="to:Q", color=alt.Color("colour:N", scale=None)
    )
    told = base.mark_text(align="left", dx=6, dy=shift, fontWeight="bold").encode(
        y=y, x=alt.X("end:Q", scale=x), text="told:N"
    )
    left = alt.value(0) if narrow else alt.value(-10)
    label = {"align": "left", "dy": -12} if narrow else {"align": "right"}
    named = base.mark_text(lineHeight=15, **label).encode(y=y, x=left, text="name:N")
    layers = [bars, told, named]
    if marks:
        goals = alt.Chart(inline(marks), width=inner, height=step * len(rows))
        layers.append(
            goals.mark_tick(color=INK, thickness=3, size=24, orient="vertical", yOffset=shift).encode(
                y=y, x=alt.X("at:Q", scale=x)
            )
        )
    return alt.layer(*layers)


def _major(minor: int, settings: Settings) -> float:
    return float(to_major(minor, settings.minor_digits))
