"""Read a delimited file strictly, as texts with their line numbers; nothing is guessed and nothing is shifted.

Types are given afterwards, in `planning.history.intake.typing`.
"""

import codecs
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from planning.errors import unknown_name
from planning.history.intake.lines import MisplacedQuoteError, Places, Records, records
from planning.history.intake.source import File, header_key
from planning.history.intake.writing import Writing

SHOWN = 5
"""How many places of one fault are named; of the rest, the number is told."""

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LARGEST_ROW = 1 << 24


class UnreadableError(Exception):
    """A file has faults; `problems` says each of them with its line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_texts(path: Path, file: File) -> pa.Table:
    """Read the declared columns of a file, every field as the text that stands there.

    Parameters
    ----------
    path
        The file.
    file
        How it is written, and which columns to read.

    Returns
    -------
    The declared columns under their declared names, then ``_line``, the line of the file on which the row begins
    (counted from 1 as an editor does, also after line breaks inside quotes), and ``_file``, the file's name. Empty
    lines are no rows.

    Raises
    ------
    UnreadableError
        If the file is missing, empty, in another encoding, or holds NUL bytes, misplaced quotes, headers that are
        missing or doubled, or rows with too few or too many fields.
    """
    content = _utf8(_content(path), file.writing.encoding)
    found = _records(content, file.writing)
    filled = np.flatnonzero(found.filled)
    if not filled.size:
        raise UnreadableError("is empty: there is no header")
    header = _fields(content[found.starts[filled[0]] : found.ends[filled[0]]].decode(), file.writing)
    wanted = _wanted(header, file)
    if filled.size == 1:
        texts = pa.table({name: pa.array([], pa.string()) for name in file.columns})
    else:
        texts = _texts(content[found.starts[filled[1]] :], len(header), wanted, file.writing, found.lines[filled[1:]])
    texts = texts.append_column("_line", pa.array(found.lines[filled[1:]]))
    return texts.append_column("_file", pa.repeat(file.file, len(texts)))


def listed(places: Sequence[str], count: int) -> str:
    """Name the first places of a fault, and say how many more there are.

    Examples
    --------
    >>> listed(["line 2", "line 7"], 2)
    'line 2, line 7'
    >>> listed(["line 1", "line 2", "line 3", "line 4", "line 5", "line 6"], 1200)
    'line 1, line 2, line 3, line 4, line 5 and 1,195 more'
    """
    shown = ", ".join(places[:SHOWN])
    return f"{shown} and {count - SHOWN:,} more" if count > SHOWN else shown


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        there = sorted(each.name for each in path.parent.iterdir() if each.is_file())
        raise UnreadableError(unknown_name("file", path.name, there)) from None
    except OSError as error:
        raise UnreadableError(f"cannot be opened: {error.strerror}") from error
    if not content:
        raise UnreadableError("is empty")
    return content


def _utf8(content: bytes, encoding: str) -> bytes:
    """Give the content as UTF-8, without a byte order mark."""
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    if is_utf8 and content.startswith(_UTF16_MARKS):
        raise UnreadableError(f"is written in UTF-16; {encoding} is declared. Save it so, or declare utf-16")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        byte = content[error.start : error.start + 1].hex()
        raise UnreadableError(
            f"line {_line_at(content, error.start)}: byte {byte} is not {encoding}, which is declared. "
            "Save the file so, or declare how it is written (cp1252, perhaps)"
        ) from None
    content = content.removeprefix(codecs.BOM_UTF8) if is_utf8 else text.removeprefix("\ufeff").encode()
    if b"\0" in content:
        line = _line_at(content, content.index(b"\0"))
        raise UnreadableError(f"line {line}: holds a NUL byte; it is damaged, or not written in {encoding}")
    return content


def _line_at(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _records(content: bytes, writing: Writing) -> Records:
    try:
        return records(content, writing.separator, writing.quote)
    except MisplacedQuoteError as error:
        raise UnreadableError(f'{error}. If quotes mean nothing in this file, declare quote = ""') from error


def _fields(record: str, writing: Writing) -> list[str]:
    if not writing.quote:
        return record.split(writing.separator)
    lines = record.splitlines(keepends=True)
    return next(csv.reader(lines, delimiter=writing.separator, quotechar=writing.quote))


def _wanted(header: list[str], file: File) -> dict[str, int]:
    """Find the declared columns in the header: the place of each."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(header_key(name), []).append(place)
    problems = [
        f"the header {header[twice[0]]!r} stands in columns {' and '.join(str(place + 1) for place in twice)}"
        for name, twice in places.items()
        if name and len(twice) > 1
    ]
    named = [name.strip() for name in header if name.strip()]
    for column in file.columns:
        if header_key(column) not in places:
            problems.append(unknown_name("column", column, named))
    if problems:
        raise UnreadableError(*problems)
    return {column: places[header_key(column)][0] for column in file.columns}


def _texts(rows: bytes, width: int, wanted: dict[str, int], writing: Writing, lines: Places) -> pa.Table:
    """Parse the rows; `lines` has the line of each."""
    ragged: list[tuple[int, int]] = []

    def note(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns))
        return "skip"

    names = [f"field {place}" for place in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(rows),
            # Row numbers of ragged rows are told only where one thread reads.
            read_options=pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=_LARGEST_ROW),
            parse_options=pa_csv.ParseOptions(
                delimiter=writing.separator, quote_char=writing.quote or False, double_quote=True,
                newlines_in_values=bool(writing.quote), ignore_empty_lines=True, invalid_row_handler=note,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False,
                include_columns=[names[place] for place in wanted.values()],
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as error:
        raise UnreadableError(f"cannot be parsed: {error}") from error
    if ragged:
        places = [f"line {lines[number - 1]} has {fields}" for number, fields in ragged[:SHOWN]]
        raise UnreadableError(f"the header has {width} fields, but {listed(places, len(ragged))}")
    if len(table) != len(lines):
        raise UnreadableError(f"cannot be parsed: {len(lines):,} rows stand in it, {len(table):,} could be read")
    return table.rename_columns(list(wanted))
