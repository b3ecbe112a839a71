"""What an import did, in numbers that can be reconciled: kept next to the tables it wrote."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

import pandas as pd

from planning.amounts import to_major
from planning.tables import TABLES


@dataclass(frozen=True)
class Replaced:
    """A text that the source replaces by another, and in how many rows it stood."""

    column: str
    found: str
    written: str
    rows: int


@dataclass(frozen=True)
class Converted:
    """Amounts of a column that stood in another currency.

    Parameters
    ----------
    column, currency
        Which amounts.
    rate
        Units of the company's currency for one unit, as the source states it.
    rows
        How many amounts.
    found
        Their sum in the currency they stood in, in major units.
    written
        Their sum after each was converted and rounded, in minor units of the company's currency.
    """

    column: str
    currency: str
    rate: str
    rows: int
    found: str
    written: int

    def plus(self, other: "Converted") -> "Converted":
        """Add up what was converted of the same column and currency."""
        found = f"{Decimal(self.found) + Decimal(other.found):f}"
        return replace(self, rows=self.rows + other.rows, found=found, written=self.written + other.written)


@dataclass(frozen=True)
class FileRead:
    """What a file held.

    Parameters
    ----------
    file
        Its name.
    rows
        Rows below the header, without empty lines.
    replaced
        Texts that were replaced.
    left_out
        Rows that the source leaves out, and those in a currency without a plan rate, by reason.
    converted
        Amounts in other currencies; rows left out are not among them, rows put aside later are.
    """

    file: str
    rows: int
    replaced: tuple[Replaced, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    converted: tuple[Converted, ...] = ()

    def plus(self, other: "FileRead") -> "FileRead":
        """Put together what several deliveries of a file held."""
        replaced = {(each.column, each.found): each for each in self.replaced}
        for each in other.replaced:
            before = replaced.get((each.column, each.found))
            replaced[each.column, each.found] = replace(each, rows=each.rows + (before.rows if before else 0))
        converted = {(each.column, each.currency): each for each in self.converted}
        for amounts in other.converted:
            key = (amounts.column, amounts.currency)
            converted[key] = converted[key].plus(amounts) if key in converted else amounts
        reasons = dict.fromkeys([*self.left_out, *other.left_out])
        left_out = {reason: self.left_out.get(reason, 0) + other.left_out.get(reason, 0) for reason in reasons}
        rows = self.rows + other.rows
        return FileRead(self.file, rows, tuple(replaced.values()), left_out, tuple(converted.values()))


@dataclass(frozen=True)
class Changed:
    """What a delivery did to a table that was held.

    Parameters
    ----------
    table
        Its name.
    added, corrected
        Rows that are new, and rows that took the place of others that differ, by the ISO month that they count in;
        under an empty text for rows that have no time.
    unchanged
        Rows that were delivered as they were held.
    gone
        Rows that were held and are not any more: their correction was put aside, or what they refer to was.
    """

    table: str
    added: dict[str, int]
    corrected: dict[str, int]
    unchanged: int
    gone: int = 0


@dataclass(frozen=True)
class TableRead:
    """What became of the rows of a canonical table: ``rows`` = ``kept`` + all that is ``quarantined``.

    Parameters
    ----------
    table
        Its name.
    rows, kept
        Rows that the source's query gave, and those that meet the contract.
    quarantined
        Rows that do not, by reason.
    total_in, total_out
        Sum of the contract's `Table.total` over all rows and over the kept ones; empty where it has none.
        Whole minor units for money.
    """

    table: str
    rows: int
    kept: int
    quarantined: dict[str, int]
    total_in: int | None = None
    total_out: int | None = None


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Parameters
    ----------
    source
        Name of the source.
    files, tables
        What was read, and what became of it.
    alone
        Whether the source shares its workspace with no other.
    minor_digits
        Decimals of the amounts.
    fingerprint
        Checksum of the files, the source, its neighbours and the reader; the same again means that there is
        nothing to do.
    changes
        What the last delivery did, by table; empty where the source was imported as a whole.
    deliveries
        Checksums of the deliveries that were added since the source was imported as a whole.
    changed
        Whether this import wrote anything; if not, all else is from the last one that did.
    """

    source: str
    files: tuple[FileRead, ...]
    tables: tuple[TableRead, ...]
    alone: bool
    minor_digits: int
    fingerprint: str
    changes: tuple[Changed, ...] = ()
    deliveries: tuple[str, ...] = ()
    changed: bool = True

    @property
    def quarantined(self) -> int:
        """Rows that were put aside: those that the source leaves out and those that break a contract."""
        left_out = sum(sum(file.left_out.values()) for file in self.files)
        return left_out + sum(sum(table.quarantined.values()) for table in self.tables)

    def unchanged(self) -> "ImportReport":
        """Give the report of an import that found nothing new."""
        return replace(self, changed=False)

    def records(self) -> pd.DataFrame:
        """Give the report as flat records, for printing.

        Returns
        -------
        ``part`` (source, file or table), ``name``, ``what`` in words, ``rows``, and ``total`` as text in major
        units, empty where there is none.
        """
        columns = ["part", "name", "what", "rows", "total"]
        parts = [*self._heading(), *self._of_changes(), *self._of_files(), *self._of_tables()]
        return pd.DataFrame(parts, columns=columns)

    def to_json(self) -> str:
        """Write the report as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "ImportReport":
        """Read a report that `to_json` wrote."""
        said: dict[str, Any] = json.loads(text)
        files = tuple(
            FileRead(
                each["file"],
                each["rows"],
                tuple(Replaced(**pair) for pair in each["replaced"]),
                each["left_out"],
                tuple(Converted(**amounts) for amounts in each.get("converted", ())),
            )
            for each in said.pop("files")
        )
        tables = tuple(TableRead(**each) for each in said.pop("tables"))
        changes = tuple(Changed(**each) for each in said.pop("changes", ()))
        return cls(files=files, tables=tables, changes=changes, deliveries=tuple(said.pop("deliveries", ())), **said)

    def _heading(self) -> Iterator[tuple[str, str, str, int, str]]:
        kept = sum(table.kept for table in self.tables)
        yield (
            "source",
            self.source,
            "imported" if self.changed else "nothing has changed since the last import",
            kept,
            "",
        )

    def _of_changes(self) -> Iterator[tuple[str, str, str, int, str]]:
        for each in self.changes:
            for what, months in (("added", each.added), ("corrected", each.corrected)):
                for month, rows in months.items():
                    yield "change", each.table, f"{what}, {month}" if month else what, rows, ""
            if each.unchanged:
                yield "change", each.table, "delivered again as it was", each.unchanged, ""
            if each.gone:
                yield "change", each.table, "not held any more: put aside", each.gone, ""

    def _of_files(self) -> Iterator[tuple[str, str, str, int, str]]:
        for file in self.files:
            yield "file", file.file, "read", file.rows, ""
            for pair in file.replaced:
                yield "file", file.file, f"{pair.column}: {pair.found!r} taken as {pair.written!r}", pair.rows, ""
            for reason, rows in file.left_out.items():
                yield "file", file.file, f"left out: {reason}", rows, ""
            for each in file.converted:
                what = f"{each.column}: {Decimal(each.found):,f} {each.currency} converted at {each.rate}"
                yield "file", file.file, what, each.rows, f"{to_major(each.written, self.minor_digits):,}"

    def _of_tables(self) -> Iterator[tuple[str, str, str, int, str]]:
        for table in self.tables:
            yield (
                "table",
                table.table,
                "brought so far" if self.deliveries else "brought",
                table.rows,
                self._total(table.table, table.total_in),
            )
            for reason, rows in table.quarantined.items():
                yield "table", table.table, f"quarantined: {reason}", rows, ""
            yield "table", table.table, "kept", table.kept, self._total(table.table, table.total_out)

    def _total(self, table: str, total: int | None) -> str:
        # Goals in money and goals in counts stand in one column, so their sum is of no unit.
        if total is None or table == "goals":
            return ""
        is_money = any(
            column.type == "money" for column in TABLES[table].columns if column.name == TABLES[table].total
        )
        return f"{to_major(total, self.minor_digits):,}" if is_money else f"{total:,}"
