"""A plan as an Excel file: goals to type into, quarters and product lines to read, and what tells it from others.

Texts are always texts, never formulas; amounts are numbers; only the column of new goals is open to be typed into.
The hidden sheet keeps what was written into each row, so that reading it back can name what was altered.
"""

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from planning.amounts import to_major
from planning.goals.editing.brought import Taken
from planning.settings import Settings

SCHEMA = 1
GOALS, QUARTERS, PRODUCTS, HIDDEN = "Goals", "By quarter", "By product line", "_plan"
HEAD = 4
"""Row of the headings; above it stand title and instructions."""
NEW, KEY = "New goal", "Row"
LOCKED = ("region", "territory", "rep", "last_year", "expected", "goal", "note")
"""What is held against the hidden sheet when the file comes back."""
MONEY = ("last_year", "expected", "goal")
_LONGEST = 2000
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = {"money": 16, "text": 22}
_SAYS = (
    "Type into the yellow column. An empty cell leaves the goal as it is; everything else is locked. Bring the file "
    "back on the page of goals, or with: planning goals import. What it would change is shown before it is posted."
)


def headings(year: int) -> dict[str, str]:
    """Name the columns of the sheet of goals, in their order."""
    return {
        "region": "Region",
        "territory": "Territory",
        "rep": "Rep",
        "last_year": f"Result FY{year - 1}",
        "expected": f"Expected FY{year}",
        "goal": "Goal now",
        "new": NEW,
        "change": "Change",
        "unplaced": "Unplaced then",
        "note": "Note",
        "key": KEY,
    }


def write_plan(taken: Taken, settings: Settings, year: int) -> bytes:
    """Write a plan that was taken out as an Excel file.

    Parameters
    ----------
    taken
        The plan.
    settings
        For the currency and its decimals.
    year
        Fiscal year of the goals.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title = plain(taken.title)
    book.properties.creator = plain(settings.company)
    rows = _shown(taken.goals, settings)
    sheet = book.active
    sheet.title = GOALS
    _write_goals(sheet, taken, rows, settings, year)
    for title, table in ((QUARTERS, taken.quarters), (PRODUCTS, taken.products)):
        _write_cut(book.create_sheet(title), taken, rows, table, settings)
    _write_hidden(book.create_sheet(HIDDEN), taken, rows)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def plain(text: str) -> str:
    r"""Give a text as a cell can hold it: without control characters, and not too long.

    Examples
    --------
    >>> plain("=1+1\x07")
    '=1+1\ufffd'
    """
    return _ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST]


def row_mark(export: str, row: str) -> str:
    """Give the mark by which a row of the hidden sheet is known to be as it was written."""
    return hashlib.sha256(f"{export}\n{row}".encode()).hexdigest()


def _shown(goals: pd.DataFrame, settings: Settings) -> list[dict[str, Any]]:
    """Give rows as cells hold them: texts, and amounts as decimals in major units."""
    rows = []
    for place, row in enumerate(goals.to_dict("records")):
        texts = {name: plain(str(row[name])) for name in ("region", "territory", "rep", "note")}
        if row["kind"] == "company":
            texts["region"] = plain(str(row["name"]))
        money = {name: to_major(int(row[name]), settings.minor_digits) for name in MONEY}
        rows.append({**texts, **money, "kind": row["kind"], "owner": row["owner"], "key": f"r{place + 1}"})
    return rows


def _write_goals(sheet: Any, taken: Taken, rows: list[dict[str, Any]], settings: Settings, year: int) -> None:
    named = headings(year)
    columns = list(named)
    look = _Look(settings)
    _write_top(sheet, taken.title, _SAYS, list(named.values()), columns, look)
    letters = {name: _letter(columns.index(name) + 1) for name in columns}
    ends = _last_below(rows)
    for place, row in enumerate(rows):
        line = HEAD + 1 + place
        for name in ("region", "territory", "rep", "note", "key"):
            look.text(sheet[f"{letters[name]}{line}"], row[name], row["kind"])
        for name in MONEY:
            look.money(sheet[f"{letters[name]}{line}"], row[name], row["kind"])
        new, goal = f"{letters['new']}{line}", f"{letters['goal']}{line}"
        look.money(sheet[new], None, row["kind"], open_=row["kind"] != "company")
        look.money(sheet[f"{letters['change']}{line}"], f'=IF({new}="","",{new}-{goal})', row["kind"])
        if row["kind"] == "territory" and ends[place] > place:
            below = [f"{letters[name]}{line + 1}:{letters[name]}{HEAD + 1 + ends[place]}" for name in ("goal", "new")]
            together = f'SUM({below[0]})-SUMIF({below[1]},">=0",{below[0]})+SUM({below[1]})'
            look.money(sheet[f"{letters['unplaced']}{line}"], f'=IF({new}="",{goal},{new})-({together})', row["kind"])
    _finish(sheet, columns, f"{letters['last_year']}{HEAD + 1}")
    sheet.column_dimensions[letters["key"]].hidden = True
    _only_amounts(sheet, f"{letters['new']}{HEAD + 1}:{letters['new']}{HEAD + len(rows)}", settings)


def _write_cut(sheet: Any, taken: Taken, rows: list[dict[str, Any]], table: pd.DataFrame, settings: Settings) -> None:
    """Write what everybody carries by quarter or product line; it is there to be read."""
    look, cuts = _Look(settings), [str(name) for name in table.columns[1:]]
    columns = ["region", "territory", "rep", *cuts]
    _write_top(sheet, taken.title, "To be read: what is typed here is not brought back.",
               ["Region", "Territory", "Rep", *cuts], columns, look)  # fmt: skip
    by_owner = table.set_index("owner")
    for place, row in enumerate(rows):
        line = HEAD + 1 + place
        for column, name in enumerate(("region", "territory", "rep"), 1):
            look.text(sheet.cell(line, column), row[name], row["kind"])
        for column, cut in enumerate(cuts, 4):
            amount = to_major(int(by_owner.at[row["owner"], cut]), settings.minor_digits)
            look.money(sheet.cell(line, column), amount, row["kind"])
    _finish(sheet, columns, f"D{HEAD + 1}")


def _write_hidden(sheet: Any, taken: Taken, rows: list[dict[str, Any]]) -> None:
    """Write what tells the file from others, and what was written into each row, with its mark."""
    sheet.sheet_state = "veryHidden"
    sheet.protection.sheet = True
    told = {"schema": SCHEMA, **asdict(taken.marks), "rows": len(rows)}
    marks = json.dumps(told, sort_keys=True)
    _put(sheet.cell(1, 1), marks)
    _put(sheet.cell(1, 2), row_mark(taken.marks.export, marks))
    for line, row in enumerate(rows, 2):
        kept = json.dumps({name: str(row[name]) for name in ("key", "owner", *LOCKED)}, sort_keys=True)
        _put(sheet.cell(line, 1), kept)
        _put(sheet.cell(line, 2), row_mark(taken.marks.export, kept))


def _write_top(
    sheet: Any, title: str, says: str, heads: Sequence[str], columns: Sequence[str], look: "_Look"
) -> None:
    _put(sheet.cell(1, 1), plain(title))
    sheet.cell(1, 1).font = look.title
    _put(sheet.cell(2, 1), says)
    sheet.cell(2, 1).font = look.soft
    for column, (head, name) in enumerate(zip(heads, columns, strict=True), 1):
        look.head(
            sheet.cell(HEAD, column), plain(head), figure=name not in ("region", "territory", "rep", "note", "key")
        )


def _finish(sheet: Any, columns: Sequence[str], corner: str) -> None:
    """Freeze the headings and the names, set widths, lock what is not open, and make it fit on paper."""
    sheet.freeze_panes = corner
    for column, name in enumerate(columns, 1):
        text = name in ("region", "territory", "rep", "note")
        sheet.column_dimensions[_letter(column)].width = _WIDTHS["text" if text else "money"]
    sheet.row_dimensions[HEAD].height = 30
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEAD}:{HEAD}"


def _only_amounts(sheet: Any, cells: str, settings: Settings) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    rule.errorTitle, rule.error = "Not an amount", f"Type an amount in {settings.currency}, or leave the cell empty."
    rule.add(cells)
    sheet.add_data_validation(rule)


def _last_below(rows: list[dict[str, Any]]) -> list[int]:
    """Give for each row the place of the last position that stands below it."""
    ends = list(range(len(rows)))
    territory = -1
    for place, row in enumerate(rows):
        territory = place if row["kind"] == "territory" else territory
        if row["kind"] == "position":
            ends[territory] = place
    return ends


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)


def _put(cell: Any, text: str) -> None:
    """Write a text that stays one: the library would take what begins with an equals sign for a formula."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True


class _Look:
    """How cells look."""

    def __init__(self, settings: Settings) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

        digits = f".{'0' * settings.minor_digits}" if settings.minor_digits else ""
        self._format = f"#,##0{digits};[Red]-#,##0{digits}"
        self.title, self.soft = Font(bold=True, size=14), Font(color="55616F", italic=True)
        self._bold, self._usual = Font(bold=True), Font()
        self._head, self._white = PatternFill("solid", fgColor="0B5C9E"), Font(bold=True, color="FFFFFF")
        self._open, self._unlocked = PatternFill("solid", fgColor="FFF8DC"), Protection(locked=False)
        self._band = PatternFill("solid", fgColor="E8F1F9")
        self._line = Border(bottom=Side("thin", color="D8DDE3"))
        self._right = Alignment(horizontal="right", vertical="center", wrap_text=True)
        self._left = Alignment(horizontal="left", vertical="center", wrap_text=True)

    def head(self, cell: Any, text: str, figure: bool) -> None:
        """Write a heading."""
        _put(cell, text)
        cell.font, cell.fill = self._white, self._head
        cell.alignment = self._right if figure else self._left

    def text(self, cell: Any, text: str, kind: str) -> None:
        """Write a text."""
        _put(cell, text)
        cell.number_format = "@"
        self._row(cell, kind)

    def money(self, cell: Any, value: Any, kind: str, open_: bool = False) -> None:
        """Write an amount in major units, or a formula of ours; an open cell can be typed into."""
        cell.value = value
        cell.number_format = self._format
        self._row(cell, kind)
        if open_:
            cell.fill, cell.protection = self._open, self._unlocked

    def _row(self, cell: Any, kind: str) -> None:
        cell.border = self._line
        cell.font = self._usual if kind == "position" else self._bold
        if kind in ("company", "region"):
            cell.fill = self._band
