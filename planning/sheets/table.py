"""A table of figures as plain, accessible HTML.

Classes for the style sheet: ``div.sheet-frame`` scrolls sideways by itself; in it ``table.sheet``, with
``td.number`` for figures, ``.negative`` for differences below zero (which bear a minus sign as well),
``td.good`` and ``td.poor`` where a field judges, and ``tr.total``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import pandas as pd

from planning.settings import Settings
from planning.sheets import numbers

Kind = Literal["text", "money", "short_money", "difference", "percent", "growth", "count", "number", "month", "day"]


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Parameters
    ----------
    column
        Column of the frame.
    label
        Its heading.
    kind
        What it holds, and so how it is written.
    links
        Address for each text of the column, where it leads somewhere.
    """

    column: str
    label: str
    kind: Kind = "text"
    links: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Html:
    """HTML that shows itself in a notebook; everything of users in it is escaped already."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def table(
    frame: pd.DataFrame,
    fields: Sequence[Field],
    settings: Settings,
    caption: str = "",
    total: Mapping[str, Any] | None = None,
) -> Html:
    """Write a frame as a table.

    Parameters
    ----------
    frame
        A row a line.
    fields
        Columns to show, in their order.
    settings
        For currency and locale.
    caption
        What the table shows, for those who cannot see it.
    total
        Values of a last, emphasised line.
    """
    head = "".join(f'<th scope="col"{_right(field.kind)}>{escape(field.label)}</th>' for field in fields)
    body = "".join(f"<tr>{_line(row, fields, settings)}</tr>" for row in frame.to_dict("records"))
    foot = f'<tfoot><tr class="total">{_line(total, fields, settings)}</tr></tfoot>' if total else ""
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    inner = f"{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}"
    label = f' aria-label="{escape(caption)}"' if caption else ""
    return Html(
        f'<div class="sheet-frame" tabindex="0" role="region"{label}><table class="sheet">{inner}</table></div>'
    )


def write(value: Any, kind: Kind, settings: Settings) -> str:
    """Write one value as its kind asks."""
    if kind in ("money", "short_money", "difference"):
        return numbers.money(value, settings, compact=kind == "short_money", signed=kind == "difference")
    if kind in ("percent", "growth"):
        return numbers.percent(value, settings, signed=kind == "growth")
    if kind == "text":
        return numbers.EMPTY if numbers.is_empty(value) or value == "" else str(value)
    writers: dict[Kind, Callable[[Any, Settings], str]] = {
        "count": numbers.count,
        "number": numbers.number,
        "month": numbers.month,
        "day": numbers.day,
    }
    return writers[kind](value, settings)


def _line(row: Mapping[Any, Any], fields: Sequence[Field], settings: Settings) -> str:
    cells = []
    for place, field in enumerate(fields):
        value = row.get(field.column)
        text = escape(write(value, field.kind, settings))
        link = (field.links or {}).get(str(value))
        if link:
            text = f'<a href="{escape(link)}">{text}</a>'
        marks = _marks(value, field.kind)
        cells.append(f'<th scope="row">{text}</th>' if place == 0 else f"<td{marks}>{text}</td>")
    return "".join(cells)


def _marks(value: Any, kind: Kind) -> str:
    if kind in ("text", "month", "day"):
        return ""
    below = kind in ("difference", "growth", "money") and not numbers.is_empty(value) and value < 0
    return ' class="number negative"' if below else ' class="number"'


def _right(kind: Kind) -> str:
    return "" if kind in ("text", "month", "day") else ' class="number"'
