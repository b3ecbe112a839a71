"""Files that a page carries within it, saved by a press; no server is asked, so that reports have them too."""

import base64
import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from planning.sheets.html import element

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula (OWASP, CSV injection)."""


def csv_link(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a link that saves rows as a CSV file, in UTF-8 with the mark by which spreadsheets know it.

    Parameters
    ----------
    title
        What the file holds; its name is made of it.
    heads
        Headings of the columns.
    rows
        Texts, numbers, or nothing; texts that a spreadsheet would take for formulas are set in front of a quote.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([_plain(value) for value in row] for row in rows)
    content = text.getvalue().encode("utf-8-sig")
    label = f"Save {title} as a CSV file"
    return file_link("CSV", f"{file_name(title)}.csv", content, "text/csv;charset=utf-8", label)


def file_link(text: str, name: str, content: bytes, kind: str, label: str) -> str:
    """Write a link that saves a file.

    Parameters
    ----------
    text, label
        What is shown, and what is read aloud.
    name, content, kind
        The file's name, its bytes, and its media type.
    """
    address = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return element("a", text, "save", href=address, download=name, **{"aria-label": label})


def file_name(title: str) -> str:
    """Make a file name of what a table or figure shows.

    Examples
    --------
    >>> file_name("Revenue of FY2026 by territory.")
    'revenue-of-fy2026-by-territory'
    """
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")[:80] or "table"


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
