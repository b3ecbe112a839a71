"""What a source says about itself: which files, how they are written, and how they become canonical tables.

A source is a folder with ``source.toml`` and, where it likes, SQL files. `data/sources/README.md`
describes the format for those who write one.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import get_args

from planning import settings as config
from planning.errors import SourceError, bulleted, unknown_name
from planning.history.intake.declaration import Section, parse
from planning.history.intake.rates import read_rates
from planning.history.intake.writing import Writing, read_writing
from planning.tables import TABLES, Type

IMPLIED = ("company", "currency", "minor_digits", "fiscal_year_start")
"""Settings that a source may bring to a workspace that has none of its own."""

_OWN = "plan"
_TAKEN = re.compile("quarantine|(texts|brought|judged|kept|beside|held|again|merged|aside)_.*")
"""Names that the import gives to its own tables."""


@dataclass(frozen=True)
class LeaveOut:
    """Rows that a source leaves out on purpose: a condition over the file's texts, and the reason."""

    where: str
    reason: str


@dataclass(frozen=True)
class File:
    """One file of a source.

    Parameters
    ----------
    name
        What the queries call it.
    file
        Its name in the folder that is imported.
    writing
        How it is written.
    columns
        Type of each column that is read, by its header; further columns of the file are not read.
    replace
        For a column: which text becomes which other text, before anything else is done.
    leave_out
        Rows that are left out, with their reasons.
    currency
        For a column of money whose rows are not all in the company's currency: the column that says which.
    """

    name: str
    file: str
    writing: Writing
    columns: Mapping[str, Type]
    replace: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    leave_out: tuple[LeaveOut, ...] = ()
    currency: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Everything that a source declares.

    Parameters
    ----------
    name
        Name of its folder.
    files
        In the order in which they are read.
    views
        Queries that several tables share, by name, in order; they see the files and the views before.
    tables
        Query of each canonical table that the source brings.
    implied
        Settings that it brings along; a subset of `IMPLIED`.
    alone
        Whether it refuses to share a workspace with other sources.
    fingerprint
        Checksum of the declaration and its queries.
    rates
        Units of the company's currency for one unit of each other currency.
    """

    name: str
    files: tuple[File, ...]
    views: Mapping[str, str]
    tables: Mapping[str, str]
    implied: Mapping[str, str | int]
    alone: bool
    fingerprint: str
    rates: Mapping[str, Decimal] = field(default_factory=dict)


def names() -> list[str]:
    """Name the sources that ship."""
    return sorted(file.parent.name for file in config.sources().glob("*/source.toml"))


def read_source(name_or_path: str | Path) -> Source:
    """Read what a source declares.

    Parameters
    ----------
    name_or_path
        Name of a source that ships, or the path of a source's folder.

    Raises
    ------
    SourceError
        If there is no such source, or with everything that is wrong with its declaration.
    """
    folder = _folder(name_or_path)
    if folder.name == _OWN:
        raise SourceError(f"A source cannot be called {_OWN!r}: the plan's own tables lie under that name.")
    top, problems = parse(folder / "source.toml")
    source = _source(folder, top)
    if problems:
        raise SourceError(bulleted(f"The source {folder / 'source.toml'} cannot be used:", problems))
    return source


def header_key(name: str) -> str:
    r"""Reduce a header to what counts when headers are compared: no case, no odd or doubled spaces.

    Examples
    --------
    >>> header_key(" Unit\u00a0Price ") == header_key("unit price")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _folder(name_or_path: str | Path) -> Path:
    for folder in (config.sources() / name_or_path, Path(name_or_path).expanduser()):
        if (folder / "source.toml").is_file():
            return folder.resolve()
    if Path(name_or_path).expanduser().is_dir():
        raise SourceError(
            f"{name_or_path} has no source.toml. {config.sources() / 'README.md'} shows how to write one."
        )
    raise SourceError(unknown_name("source", str(name_or_path), names()))


def _source(folder: Path, top: Section) -> Source:
    top.text("about", "")
    implied = _implied(top)
    alone = top.flag("alone")
    writing = read_writing(top.section("writing"), Writing())
    files = tuple(_file(name, section, writing) for name, section in top.section("files").sections())
    views = _queries(folder, top.section("views"))
    tables = _queries(folder, top.section("tables"))
    rates = read_rates(top.section("rates"))
    for problem in _name_problems([*(file.name for file in files), *views]):
        top.wrong(problem)
    if not files:
        top.wrong("there is no [files.NAME]: say which files to read")
    if not tables:
        top.wrong("there is no [tables]: say which canonical tables the files become")
    for table in tables:
        if table not in TABLES:
            top.wrong(f"[tables]: {unknown_name('table', table, TABLES)}")
    if implied.get("currency") in rates:
        top.wrong(f"rates: {implied['currency']} is the currency of the source itself; leave it out")
    if rates and not any(file.currency for file in files):
        top.wrong("rates: no file says in [files.NAME.currency] which column holds the currency of an amount")
    top.finish()
    said = [(folder / "source.toml").read_bytes(), *(sql.encode() for sql in (*views.values(), *tables.values()))]
    fingerprint = hashlib.sha256(b"\0".join(said)).hexdigest()
    in_order = {name: tables[name] for name in TABLES if name in tables}
    return Source(folder.name, files, views, in_order, implied, alone, fingerprint, rates)


def _implied(top: Section) -> dict[str, str | int]:
    said = {
        "company": top.text("company", ""),
        "currency": top.text("currency", ""),
        "minor_digits": top.whole("minor_digits", 0, 4),
        "fiscal_year_start": top.whole("fiscal_year_start", 1, 12),
    }
    currency = said["currency"]
    if currency and not re.fullmatch("[A-Z]{3}", str(currency)):
        top.wrong(f"currency is {currency!r}; write its three letters, such as EUR")
    return {name: value for name, value in said.items() if value is not None and value != ""}


def _file(name: str, section: Section, usual: Writing) -> File:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
        section.wrong("the name is used in queries: letters, digits and _ only, a letter first")
    file = File(
        name=name,
        file=section.text("file"),
        writing=read_writing(section.section("writing"), usual),
        columns=_columns(section.section("columns")),
        replace={column: each.texts() for column, each in section.section("replace").sections()},
        leave_out=tuple(_leave_out(each) for each in section.list_of_sections("leave_out")),
        currency=section.section("currency").texts(),
    )
    if Path(file.file).is_absolute() or ".." in Path(file.file).parts:
        section.wrong(f"file is {file.file!r}; it must lie in the folder that is imported")
    for column in file.replace:
        if column not in file.columns:
            section.wrong(f"replace: {unknown_name('column', column, file.columns)}")
    for problem in _currency_problems(file):
        section.wrong(f"currency: {problem}")
    section.finish()
    return file


def _currency_problems(file: File) -> list[str]:
    asked = [pair for money, named in file.currency.items() for pair in ((money, "money"), (named, "text"))]
    return [
        f"{name} has the type {file.columns[name]}; it must be {type}"
        if name in file.columns
        else unknown_name("column", name, file.columns)
        for name, type in asked
        if file.columns.get(name) != type
    ]


def _columns(section: Section) -> dict[str, Type]:
    columns: dict[str, Type] = {}
    for name, type in section.texts().items():
        if type not in get_args(Type):
            section.wrong(f"{name}: {unknown_name('type', type, get_args(Type))}")
        if header_key(name) in {header_key(each) for each in columns}:
            section.wrong(f"{name} is declared twice")
        if header_key(name) in ("", "_line", "_file"):
            section.wrong(f"a column cannot be called {name!r}")
        columns[name] = type  # type: ignore[assignment]
    if not columns:
        section.wrong("no columns are declared")
    return columns


def _name_problems(names: list[str]) -> list[str]:
    """Find files and views that queries could not tell apart; the case of letters means nothing to them."""
    folded = [name.casefold() for name in names]
    problems = [
        f"{name!r} is the name of two files or views" for name in dict.fromkeys(folded) if folded.count(name) > 1
    ]
    taken = [name for name in names if _TAKEN.fullmatch(name.casefold())]
    return problems + [
        f"a file or view cannot be called {name!r}: the import uses that name itself" for name in taken
    ]


def _leave_out(section: Section) -> LeaveOut:
    left = LeaveOut(section.text("where"), section.text("reason"))
    section.finish()
    return left


def _queries(folder: Path, section: Section) -> dict[str, str]:
    """Read queries that are written inline, or named as files that end in ``.sql``."""
    queries = {}
    for name, text in section.texts().items():
        file = folder / text.strip()
        if not text.strip().endswith(".sql"):
            queries[name] = _one_query(text)
        elif file.is_file():
            queries[name] = _one_query(file.read_text(encoding="utf-8"))
        else:
            section.wrong(f"{name}: there is no file {file}")
    return queries


def _one_query(text: str) -> str:
    """Drop the semicolon that many editors put at the end of a query; inside another query none can stand."""
    return text.rstrip().removesuffix(";")
