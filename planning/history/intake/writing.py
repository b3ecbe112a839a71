"""How files are written: separators, marks and the form of dates."""

import re
from dataclasses import dataclass

from planning.history.intake.declaration import Section


@dataclass(frozen=True)
class Writing:
    """How a file is written.

    Parameters
    ----------
    separator
        One character between fields.
    quote
        Character around fields that hold a separator or a line break; empty means that none is special.
    encoding
        Such as ``utf-8`` or ``cp1252``.
    decimal_mark, thousands_mark
        As in ``1.234,56``; an empty thousands mark means that digits are not grouped.
    dates
        As in ``dd.mm.yyyy``: ``d`` and ``m`` stand for one or two digits, ``dd``, ``mm``, ``yy`` and ``yyyy`` for
        exactly as many; two-digit years lie in 2000 to 2099.
    """

    separator: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    decimal_mark: str = "."
    thousands_mark: str = ""
    dates: str = "yyyy-mm-dd"


def read_writing(section: Section, usual: Writing) -> Writing:
    """Read how files are written from a section of a source; what it does not say is as usual."""
    writing = Writing(
        separator=section.text("separator", usual.separator),
        quote=section.text("quote", usual.quote),
        encoding=section.text("encoding", usual.encoding),
        decimal_mark=section.text("decimal_mark", usual.decimal_mark),
        thousands_mark=section.text("thousands_mark", usual.thousands_mark),
        dates=section.text("dates", usual.dates),
    )
    section.finish()
    for problem in (*_mark_problems(writing), *_encoding_problems(writing.encoding), *_date_problems(writing.dates)):
        section.wrong(problem)
    return writing


def date_parts(dates: str) -> list[str]:
    """Take the declared form of dates apart.

    Examples
    --------
    >>> date_parts("dd.mm.yyyy")
    ['dd', '.', 'mm', '.', 'yyyy']
    """
    return re.findall(r"d+|m+|y+|[^dmy]+", dates)


def _mark_problems(writing: Writing) -> list[str]:
    problems = [
        f"{name} is {getattr(writing, name)!r}; write one character" + (" or none" if may_be_empty else "")
        for name, may_be_empty in (
            ("separator", False), ("quote", True), ("decimal_mark", False), ("thousands_mark", True),
        )
        if len(getattr(writing, name)) > 1 or not (getattr(writing, name) or may_be_empty)
    ]  # fmt: skip
    if not (writing.separator + writing.quote).isascii() or {"\r", "\n"} & {writing.separator, writing.quote}:
        problems.append("separator and quote must be plain characters, and no line ends")
    if any(mark.isalnum() or mark == "-" for mark in (writing.decimal_mark, writing.thousands_mark)):
        problems.append("decimal_mark and thousands_mark cannot be letters, digits or a minus")
    if writing.decimal_mark == writing.thousands_mark:
        problems.append(f"decimal_mark and thousands_mark are both {writing.decimal_mark!r}")
    if writing.separator == writing.quote:
        problems.append(f"separator and quote are both {writing.quote!r}")
    return problems


def _encoding_problems(encoding: str) -> list[str]:
    try:
        "".encode(encoding)
    except LookupError:
        return [f"encoding {encoding!r} is not known; write such as utf-8, cp1252 or utf-16"]
    return []


def _date_problems(dates: str) -> list[str]:
    letters = [part for part in date_parts(dates) if part[0] in "dmy"]
    known = set(letters) <= {"d", "dd", "m", "mm", "yy", "yyyy"}
    if known and len(letters) == 3 and {part[0] for part in letters} == set("dmy"):
        return []
    return [f"dates is {dates!r}; write where day, month and year stand, such as dd.mm.yyyy"]
