"""Print figures for people (table) and for machines (json, csv)."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from planning.amounts import to_major
from planning.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "money", "count", "percent", "number", "fraction"]


class Format(StrEnum):
    """How figures are printed."""

    table = "table"
    json = "json"
    csv = "csv"


def show(frame: "pd.DataFrame", kinds: Mapping[str, Kind], form: Format, settings: Settings) -> None:
    """Print a table of figures.

    JSON is a list of flat records; amounts are plain numbers in major units, percents are fractions,
    dates are ISO, and what is empty is null. CSV is the same with empty cells.

    Parameters
    ----------
    frame
        What to print; columns that `kinds` does not name are texts.
    kinds
        What each column holds.
    form
        Table, JSON or CSV.
    settings
        For the currency and the locale.
    """
    if form is Format.table:
        _table(frame, kinds, settings)
        return
    records = [
        {str(column): _plain(value, kinds.get(str(column), "text"), settings) for column, value in row.items()}
        for row in frame.to_dict("records")
    ]
    if form is Format.json:
        sys.stdout.write(_json(records) + "\n")
        return
    writer = csv.DictWriter(sys.stdout, [str(column) for column in frame.columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows([{k: "" if v is None else v for k, v in record.items()} for record in records])


def say(text: str) -> None:
    """Tell the person at the screen what is being done; machines read standard output, so this is not on it."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _plain(value: Any, kind: Kind, settings: Settings) -> Any:
    import pandas as pd

    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if kind == "money":
        return to_major(int(value), settings.minor_digits)
    if kind == "count":
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _json(records: Sequence[Mapping[str, Any]]) -> str:
    """Write records a line each; decimals digit by digit, as a float would not keep every cent."""

    def written(value: Any) -> str:
        return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)

    rows = [", ".join(f"{json.dumps(key)}: {written(value)}" for key, value in record.items()) for record in records]
    return "[" + ",\n ".join("{" + row + "}" for row in rows) + "]"


def _table(frame: "pd.DataFrame", kinds: Mapping[str, Kind], settings: Settings) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for column in frame.columns:
        numeric = kinds.get(str(column), "text") != "text"
        table.add_column(str(column).replace("_", " "), justify="right" if numeric else "left")
    for row in frame.to_dict("records"):
        table.add_row(*(Text(_told(v, kinds.get(str(c), "text"), settings)) for c, v in row.items()))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table if len(frame) else "Nothing to show.")


def _told(value: Any, kind: Kind, settings: Settings) -> str:
    from planning import sheets

    plain = _plain(value, kind, settings)
    if plain is None:
        return "–"
    if kind == "text":
        return str(plain)
    if kind in ("number", "fraction"):
        return f"{plain:,.{1 if kind == 'number' else 3}f}"
    if kind == "money":
        return sheets.money(value, settings)
    return sheets.count(value, settings) if kind == "count" else sheets.percent(value, settings)
