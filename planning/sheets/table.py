"""Tables for people: what each column holds is said once, and the figures are written to match.

Classes in the markup, for the style sheet:

- ``div.sheet-frame`` holds the table and scrolls sideways by itself, so that the page never does;
- ``table.sheet`` with a caption; the first column's cells are ``th scope="row"``;
- ``.number`` on cells, headings and totals that hold figures: right-aligned, figures of even width;
- ``.negative``, ``.positive`` on figures below or above zero in columns of differences, and ``.negative`` on
  amounts below zero. Their sign is in the text as well;
- ``.nothing`` on cells without a value, ``.long`` on long texts;
- ``.band`` with ``.on-track``, ``.watch`` or ``.off`` on cells that say in which band something is;
- ``p.saves`` below it, with a link ``a.save`` that saves the rows as CSV;
- ``tr.total`` in ``tfoot`` holds totals, ``tr.empty`` in ``tbody`` the sentence of a table without rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Literal

import pandas as pd

from planning.settings import Settings
from planning.sheets import numbers
from planning.sheets.download import csv_link
from planning.sheets.html import Html, element, link

Kind = Literal[
    "text",
    "link",
    "money",
    "difference",
    "rounded",
    "compact",
    "percent",
    "change",
    "points",
    "count",
    "count_difference",
    "number",
    "month",
    "period",
    "day",
    "moment",
    "band",
]
"""What a column holds.

``money`` is exact, ``rounded`` in whole major units, ``compact`` shortened; ``difference``, ``change``, ``points``
and ``count_difference`` are differences of ``money``, of a value in percent of itself, of ``percent`` and of
``count``, and bear their sign. ``band`` is a word of a standard: on track, watch, off.
"""

Write = Callable[[Any, Settings], str]
Written = Callable[[Any], str]


def _text(value: Any, _: Settings) -> str:
    return numbers.NOTHING if numbers.is_empty(value) else str(value)


WORDS: dict[str, Write] = {
    "text": _text,
    "month": numbers.month,
    "period": numbers.period,
    "day": numbers.day,
    "moment": numbers.moment,
    "band": _text,
}
FIGURES: dict[str, Write] = {
    "money": numbers.money,
    "difference": lambda value, settings: numbers.money(value, settings, signed=True),
    "rounded": lambda value, settings: numbers.money(value, settings, digits=0),
    "compact": lambda value, settings: numbers.money(value, settings, compact=True),
    "percent": numbers.percent,
    "change": lambda value, settings: numbers.percent(value, settings, signed=True),
    "points": numbers.points,
    "count": numbers.count,
    "count_difference": lambda value, settings: numbers.count(value, settings, signed=True),
    "number": numbers.number,
}
LONG = 40
"""Letters from which a text needs room of its own on a narrow screen."""

DIFFERENCES = ("difference", "change", "points", "count_difference")


@dataclass(frozen=True)
class Field:
    """One column of a table for people.

    Parameters
    ----------
    column
        Name in the frame.
    label
        Heading.
    kind
        What it holds.
    address
        For ``link``: name of the column that holds where the link leads; empty there means no link.
    """

    column: str
    label: str
    kind: Kind = "text"
    address: str = ""


def table(
    frame: pd.DataFrame,
    fields: Sequence[Field],
    settings: Settings,
    *,
    caption: str,
    total: pd.DataFrame | None = None,
    empty: str = "Nothing to show.",
) -> Html:
    """Write a frame as a table.

    Parameters
    ----------
    frame
        A row a row; amounts in whole minor units, percentages as fractions. It may hold more columns.
    fields
        The columns that are shown, in their order; the first one names the row.
    settings
        For the currency and the locale.
    caption
        Says what the table shows.
    total
        Rows of the foot, in the same columns; what it lacks stays blank. It is shown as given, not added up.
    empty
        Sentence that stands in a table without rows.

    Raises
    ------
    KeyError
        If the frame lacks a column that is to be shown.
    """
    asked = (column for each in fields for column in (each.column, each.address) if column)
    missing = [column for column in asked if column not in frame]
    if missing:
        raise KeyError(f"The frame of {caption!r} has no column {', '.join(missing)}.")
    foot = pd.DataFrame() if total is None else total
    writers = [
        _writer(each, [*_values(frame, each.column), *_values(foot, each.column)], settings) for each in fields
    ]
    head = "".join(element("th", escape(each.label), _alignment(each), scope="col") for each in fields)
    sentence = element("tr", f'<td colspan="{len(fields)}">{escape(empty)}</td>', "empty")
    parts = [
        element("caption", escape(caption)),
        element("thead", element("tr", head)),
        element("tbody", _rows(frame, fields, writers) or sentence),
        element("tfoot", _rows(foot, fields, writers, "total")) if len(foot) else "",
    ]
    plain = _plain(frame, fields, settings)
    saved = element("p", csv_link(caption, [each.label for each in fields], plain), "saves") if plain else ""
    # The region takes the focus, so that it can be scrolled from the keyboard.
    inner = element("table", "".join(parts), "sheet")
    markup = element("div", inner, "sheet-frame", role="region", tabindex="0", **{"aria-label": caption})
    return Html(markup + saved, f"Table: {caption}")


def _plain(frame: pd.DataFrame, fields: Sequence[Field], settings: Settings) -> list[tuple[Any, ...]]:
    """Give the rows as they are calculated with: money in major units, shares as fractions, nothing as nothing."""
    columns = [[_raw(value, field, settings) for value in frame[field.column]] for field in fields]
    return list(zip(*columns, strict=True))


def _raw(value: Any, field: Field, settings: Settings) -> Any:
    if numbers.is_empty(value):
        return ""
    if field.kind in ("money", "difference", "rounded", "compact"):
        return Decimal(int(value)).scaleb(-settings.minor_digits)
    return value


def _values(frame: pd.DataFrame, column: str) -> list[Any]:
    return frame[column].tolist() if column in frame else []


def _writer(field: Field, values: list[Any], settings: Settings) -> Written:
    """Write money in whole major units where nobody in the column has cents: nothing is rounded away."""
    if field.kind in ("money", "difference"):
        unit = 10**settings.minor_digits
        whole = all(numbers.is_empty(value) or int(value) % unit == 0 for value in values)
        digits, signed = 0 if whole else settings.minor_digits, field.kind == "difference"
        return lambda value: numbers.money(value, settings, signed=signed, digits=digits)
    write = FIGURES.get(field.kind) or WORDS["text" if field.kind == "link" else field.kind]
    return lambda value: write(value, settings)


def _rows(frame: pd.DataFrame, fields: Sequence[Field], writers: Sequence[Written], look: str = "") -> str:
    columns = [
        _cells(frame, field, write, names_row=place == 0)
        for place, (field, write) in enumerate(zip(fields, writers, strict=True))
    ]
    return "\n".join(element("tr", "".join(cells), look) for cells in zip(*columns, strict=True))


def _cells(frame: pd.DataFrame, field: Field, write: Written, *, names_row: bool) -> list[str]:
    kind, scope = ("th", {"scope": "row"}) if names_row else ("td", {})
    if field.column not in frame:
        return [element(kind, "", **scope)] * len(frame)
    values = _values(frame, field.column)
    addresses = _values(frame, field.address) or [""] * len(values)
    return [
        element(kind, _content(text, address), *_classes(field, value, text), **scope)
        for value, text, address in zip(values, map(write, values), addresses, strict=True)
    ]


def _content(text: str, address: Any) -> str:
    return escape(text) if text == numbers.NOTHING or numbers.is_empty(address) else link(text, str(address))


def _classes(field: Field, value: Any, text: str) -> tuple[str, str]:
    if numbers.is_empty(value):
        return _alignment(field), "nothing"
    if field.kind == "band":
        return "band", str(value).replace(" ", "-")
    return _alignment(field), _sign(field, text) or ("long" if len(text) > LONG else "")


def _alignment(field: Field) -> str:
    return "number" if field.kind in FIGURES else ""


def _sign(field: Field, text: str) -> str:
    if field.kind not in FIGURES:
        return ""
    if text.startswith(numbers.MINUS):
        return "negative"
    return "positive" if field.kind in DIFFERENCES and text.startswith("+") else ""
