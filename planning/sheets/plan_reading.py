"""A plan that comes back as an Excel file, read strictly: what cannot be read for certain is named by its cell."""

import io
import json
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

import pandas as pd

from planning.amounts import LARGEST, to_minor
from planning.errors import PlanningError, SourceError, bulleted
from planning.goals.editing.brought import Brought, Marks
from planning.settings import Settings
from planning.sheets import container
from planning.sheets.entry import read_money
from planning.sheets.plan_file import GOALS, HIDDEN, LOCKED, MONEY, NEW, SCHEMA, headings, row_mark

MOST_ROWS = 60_000
MOST_COLUMNS = 60
_HEAD_WITHIN = 30
_TOLD = 40
_FOREIGN = (
    "The file was not taken out of this workbook, or its hidden sheet was altered. Take the plan out, and type into "
    "that file."
)


@dataclass(frozen=True)
class _Cell:
    """A cell as it stands: where, its value, and whether it is a formula."""

    address: str
    value: Any
    formula: bool = False
    error: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.formula and (self.value is None or (isinstance(self.value, str) and not self.value.strip()))


@dataclass(frozen=True)
class _Kept:
    """What was written into a row when the plan was taken out."""

    owner: str
    values: dict[str, str]


def read_plan(content: bytes, settings: Settings) -> Brought:
    """Read the goals that were typed into a plan that was taken out.

    Parameters
    ----------
    content
        The file.
    settings
        For the currency, and the locale in which amounts are read that stand there as texts.

    Raises
    ------
    SourceError
        If the file is not one that was taken out, is not safe to open, or with all cells that cannot be read.
    """
    container.check(content)
    values, formulas = (_opened(content, data_only) for data_only in (True, False))
    if GOALS not in values.sheetnames or HIDDEN not in values.sheetnames:
        raise SourceError(_FOREIGN)
    marks, kept = _hidden(values[HIDDEN])
    lines = _lines(values[GOALS], formulas[GOALS])
    columns = _columns(lines)
    rows, problems = _typed(lines, columns, kept, settings)
    if problems:
        more = [f"and {len(problems) - _TOLD} more"] if len(problems) > _TOLD else []
        raise SourceError(bulleted("The file cannot be brought in:", [*problems[:_TOLD], *more]))
    return Brought(marks, pd.DataFrame(rows, columns=["owner", "cell", "exported", "typed"]))


def _opened(content: bytes, data_only: bool) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    except Exception as error:
        # A damaged file fails in as many ways as there are parts in it.
        raise SourceError("The file is damaged: it cannot be read. Take the plan out anew.") from error


def _hidden(sheet: Any) -> tuple[Marks, dict[str, _Kept]]:
    """Read what tells the file from others, and what was written into each row."""
    try:
        sheet.reset_dimensions()
        pairs = [(row[0], row[1]) for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=2, values_only=True)]
        told = json.loads(pairs[0][0])
        schema, count = told.pop("schema"), told.pop("rows")
        marks = Marks(**told)
        sound = all(mark == row_mark(marks.export, text) for text, mark in pairs) and len(pairs) == count + 1
        rows = [json.loads(text) for text, _ in pairs[1:]]
        kept = {row.pop("key"): _Kept(row.pop("owner"), row) for row in rows}
    except Exception as error:
        # Whatever is wrong with it, this sheet is not as it was written.
        raise SourceError(_FOREIGN) from error
    if schema != SCHEMA:
        raise SourceError("The file was taken out by another version of the workbook. Take the plan out anew.")
    if not sound:
        raise SourceError(_FOREIGN)
    return marks, kept


def _lines(values: Any, formulas: Any) -> list[list[_Cell]]:
    """Read the sheet of goals: what stands in each cell, and whether a formula does."""
    try:
        pairs = zip(_rows(values), _rows(formulas), strict=False)
        lines = [
            [_cell(place, column, *both) for column, both in enumerate(zip(*pair, strict=False))]
            for place, pair in enumerate(islice(pairs, MOST_ROWS + 1), 1)
        ]
    except Exception as error:
        raise SourceError(f"The sheet {GOALS!r} is damaged: it cannot be read. Take the plan out anew.") from error
    if len(lines) > MOST_ROWS:
        raise SourceError(f"The sheet {GOALS!r} has more than {MOST_ROWS:,} rows, which no plan has.")
    return lines


def _rows(sheet: Any) -> Iterator[Any]:
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)


def _cell(line: int, column: int, value: Any, formula: Any) -> _Cell:
    from openpyxl.utils import get_column_letter

    return _Cell(
        f"{get_column_letter(column + 1)}{line}", value.value, formula.data_type == "f", value.data_type == "e"
    )


def _columns(lines: list[list[_Cell]]) -> dict[str, int]:
    """Find the row of headings, and the column of each; the rows above and the heading itself are taken off."""
    wanted = {_bare(NEW)}
    for place, line in enumerate(lines[:_HEAD_WITHIN]):
        heads = [_bare(cell.value) if isinstance(cell.value, str) else "" for cell in line]
        if wanted & set(heads):
            del lines[: place + 1]
            return _named(heads, line)
    raise SourceError(f"The sheet {GOALS!r} has no column {NEW!r} any more. Take the plan out anew.")


def _named(heads: list[str], line: list[_Cell]) -> dict[str, int]:
    known = {_bare(_without_year(head)): name for name, head in headings(0).items()}
    columns: dict[str, int] = {}
    problems = []
    for place, head in enumerate(heads):
        name = known.get(_bare(_without_year(head)))
        if name in columns:
            first = line[columns[name]].address
            problems.append(f"{line[place].address}: the heading {head!r} stands in {first} already")
        elif name:
            columns[name] = place
    missing = [headings(0)[name] for name in ("new", "key", *LOCKED) if name not in columns]
    problems += [f"the column {_without_year(head)!r} is missing" for head in missing]
    if problems:
        raise SourceError(bulleted(f"The headings of the sheet {GOALS!r} were altered:", problems))
    return columns


def _typed(
    lines: list[list[_Cell]], columns: dict[str, int], kept: dict[str, _Kept], settings: Settings
) -> tuple[list[dict[str, Any]], list[str]]:
    """Read each row: what was typed, and what is wrong."""
    rows, problems, seen = [], [], dict[str, str]()
    for line in lines:
        cells = {name: line[place] for name, place in columns.items() if place < len(line)}
        if all(cells[name].empty for name in cells if name not in ("change", "unplaced")):
            continue
        key = cells.get("key", _Cell("", None))
        row = kept.get(str(key.value))
        if row is None:
            where = key.address or line[0].address
            problems.append(f"{where}: this row was not in the plan that was taken out, or its number was altered")
            continue
        if str(key.value) in seen:
            problems.append(f"{key.address}: this row stands in {seen[str(key.value)]} already")
            continue
        seen[str(key.value)] = key.address
        problems += _altered(cells, row)
        try:
            goal = _goal(cells["new"], settings)
        except PlanningError as error:
            problems.append(f"{cells['new'].address}: {error}")
            continue
        if goal is not None:
            exported = to_minor(row.values["goal"], settings.minor_digits)
            rows.append({"owner": row.owner, "cell": cells["new"].address, "exported": exported, "typed": goal})
    return rows, problems


def _altered(cells: dict[str, _Cell], row: _Kept) -> list[str]:
    """Name the locked cells that are not as they were written."""
    problems = []
    for name in LOCKED:
        cell, was = cells.get(name), row.values[name]
        if cell is None or not (_same_amount(cell, was) if name in MONEY else _same_text(cell, was)):
            now = "" if cell is None or cell.value is None else str(cell.value)
            problems.append(
                f"{cell.address if cell else name}: held {was!r} when the plan was taken out, and {now!r} now; only "
                f"the column {NEW!r} can be typed into"
            )
    return problems


def _same_amount(cell: _Cell, was: str) -> bool:
    try:
        return not isinstance(cell.value, bool) and _decimal(cell.value) == Decimal(was)
    except (InvalidOperation, TypeError, ValueError):
        return False


def _same_text(cell: _Cell, was: str) -> bool:
    now = "" if cell.value is None else str(cell.value)
    return _plainest(now) == _plainest(was)


def _goal(cell: _Cell, settings: Settings) -> int | None:
    """Read a new goal as whole minor units; nothing if the cell is empty."""
    if cell.empty:
        return None
    if cell.error:
        raise PlanningError(f"the formula is broken ({cell.value}). Mend it, or type the amount")
    if cell.value is None:
        raise PlanningError(
            "the formula was never calculated. Open the file in Excel, save it, and bring it in again"
        )
    if isinstance(cell.value, str):
        goal = read_money(cell.value, settings)
    elif isinstance(cell.value, bool) or not isinstance(cell.value, int | float | Decimal):
        raise PlanningError(f"{cell.value!s} is not an amount")
    else:
        goal = _whole(_decimal(cell.value), settings, cell.formula)
    if goal < 0:
        raise PlanningError(f"{cell.value} is below zero, and no goal is")
    return goal


def _decimal(value: Any) -> Decimal:
    """Give a number as the spreadsheet shows it: it keeps fifteen digits, the rest is noise."""
    return Decimal(f"{value:.15g}")


def _whole(value: Decimal, settings: Settings, formula: bool) -> int:
    if not value.is_finite() or abs(value) >= LARGEST:
        raise PlanningError(f"{value} is larger than any amount that can be planned")
    minor = value.scaleb(settings.minor_digits)
    if minor != minor.to_integral_value():
        advice = f": write =ROUND(…, {settings.minor_digits}) around the formula" if formula else ""
        raise PlanningError(
            f"{value:f} is finer than {settings.currency}, which has {settings.minor_digits} decimals{advice}"
        )
    return int(minor)


def _bare(text: str) -> str:
    return _plainest(text).casefold()


def _plainest(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _without_year(head: str) -> str:
    """Take the year off a heading such as ``Result FY2026``."""
    words = head.split()
    return " ".join(word for word in words if not word.casefold().startswith("fy"))
