"""Import a source: files in, canonical tables out; strictly, all or nothing, and with a report."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from planning.errors import SourceError, bulleted
from planning.history.intake import adding, contracts, landing
from planning.history.intake.adding import Base
from planning.history.intake.holding import check_company, held, keep_settings, last_report, settings_for
from planning.history.intake.rates import PlanRates
from planning.history.intake.report import Changed, FileRead, ImportReport, TableRead
from planning.history.intake.source import File, Source, read_source
from planning.history.intake.staging import open_engine, said, stage
from planning.history.intake.typing import quoted
from planning.settings import Settings
from planning.tables import TABLES, Table

Say = Callable[[str], None]

__all__ = ["ImportReport", "held", "import_source", "last_report"]


def import_source(
    name_or_path: str | Path, folder: str | Path, settings: Settings, say: Say | None = None, add: bool = False
) -> ImportReport:
    """Read the files of a source into the workspace's history.

    The tables of the source appear together, in place of those of its last import, or not at all. The workspace
    takes over the source's currency, fiscal year and company where it has no settings of its own.

    A delivery is added to what is held instead: rows with a key that is held take the place of those, others come in
    beside them, and nothing is deleted (`planning.history.intake.adding`). The same delivery again changes nothing.

    Parameters
    ----------
    name_or_path
        Name of a source that ships, or the path of a source's folder.
    folder
        Where the files lie.
    settings
        Of the workspace.
    say
        Called with a line of progress now and then.
    add
        Whether the files are a delivery that is added to what is held; files that it does not bring bring nothing.

    Returns
    -------
    What was read, kept and put aside; where nothing has changed since the last import, that import's report.

    Raises
    ------
    SourceError
        With everything that is wrong, in all files; what was there before is untouched.
    """
    tell = say or (lambda _: None)
    landing.recover(settings)
    source, place = read_source(name_or_path), Path(folder).expanduser()
    if not place.is_dir():
        raise SourceError(f"There is no folder {place}. Say where the files of {source.name} lie.")
    ours = settings_for(source, settings)
    check_company(source, ours)
    if ours.fiscal_year_start != source.implied.get("fiscal_year_start", ours.fiscal_year_start):
        tell(f"The fiscal year of this workspace begins in month {ours.fiscal_year_start}; the source's gives way.")
    report = (_add if add else _replace)(source, place, ours, tell)
    keep_settings(source, settings)
    return report


def _replace(source: Source, folder: Path, settings: Settings, tell: Say) -> ImportReport:
    fingerprint = _fingerprint(source, folder, settings)
    report = _last_if_same(settings, source.name, fingerprint)
    if report is not None:
        tell(f"Nothing has changed since the last import of {source.name}.")
        return report
    report = ImportReport(source.name, (), (), source.alone, settings.minor_digits, fingerprint)
    return _import(source, folder, settings, report, None, tell)


def _add(source: Source, folder: Path, settings: Settings, tell: Say) -> ImportReport:
    if not adding.present(source, folder):
        known = ", ".join(file.file for file in source.files)
        raise SourceError(f"{folder} holds none of the files of {source.name}: {known}.")
    before = last_report(settings, source.name) if source.name in held(settings) else None
    delivery = adding.fingerprint(source, folder)
    known_already = before.deliveries if before else ()
    if before is not None and delivery in known_already:
        tell(f"{folder} was added to {source.name} before; nothing was changed.")
        return before.unchanged()
    chain = hashlib.sha256(f"{before.fingerprint if before else ''} {delivery}".encode()).hexdigest()
    report = ImportReport(
        source.name, (), (), source.alone, settings.minor_digits, chain, deliveries=(*known_already, delivery)
    )
    return _import(source, folder, settings, report, Base(settings.history / source.name, before), tell)


def _import(
    source: Source, folder: Path, settings: Settings, report: ImportReport, base: Base | None, tell: Say
) -> ImportReport:
    try:
        with landing.draft(settings) as draft, open_engine(draft) as engine:
            there = source.files if base is None else adding.present(source, folder)
            files = _read_files(engine, source, folder, there, settings, tell)
            tables, changes = bring_tables(engine, source, there, base, settings, tell)
            read = files if base is None else adding.read_so_far(base, files)
            report = replace(report, files=read, tables=tables, changes=changes)
            write(engine, source, draft / source.name, report)
            _refuse_if_other(settings, source.name, base)
            landing.land(settings, source.name, draft / source.name)
    except OSError as error:
        raise SourceError(
            f"{source.name} was not imported: {settings.workspace} cannot be written to: {error}."
        ) from error
    put_aside = f"; {report.quarantined:,} put aside, see {landing.QUARANTINE}" if report.quarantined else ""
    tell(f"{_done(report, base)}{put_aside}.")
    return report


def _done(report: ImportReport, base: Base | None) -> str:
    if base is None:
        return f"Imported {report.source}: {sum(table.kept for table in report.tables):,} rows"
    added, corrected = (
        sum(sum(getattr(each, name).values()) for each in report.changes) for name in ("added", "corrected")
    )
    unchanged = sum(each.unchanged for each in report.changes)
    return f"Added to {report.source}: {added:,} rows new, {corrected:,} corrected, {unchanged:,} as they were"


def _refuse_if_other(settings: Settings, name: str, base: Base | None) -> None:
    """Refuse to write over an import that came in while this delivery was read."""
    if base is None:
        return
    now = last_report(settings, name) if name in held(settings) else None
    if (now and now.fingerprint) != (base.report and base.report.fingerprint):
        raise SourceError(f"Something else was imported into {name} meanwhile; nothing was changed. Add it again.")


def _read_files(
    engine: duckdb.DuckDBPyConnection,
    source: Source,
    folder: Path,
    there: Sequence[File],
    settings: Settings,
    tell: Say,
) -> tuple[FileRead, ...]:
    read, problems = [], []
    rates = PlanRates(settings.currency, source.rates)
    for file in source.files:
        if file not in there:
            adding.leave_out(engine, file)
            continue
        tell(f"Reading {file.file} ...")
        found, faults = stage(engine, folder, file, settings.minor_digits, rates)
        read.append(found)
        problems += faults
    _refuse(source, folder, problems)
    return tuple(read)


def bring_tables(
    engine: duckdb.DuckDBPyConnection,
    source: Source,
    there: Sequence[File],
    base: Base | None,
    settings: Settings,
    tell: Say,
) -> tuple[tuple[TableRead, ...], tuple[Changed, ...]]:
    """Run the query of every canonical table of a source, and hold its rows to their contract.

    Raises
    ------
    SourceError
        With everything that is wrong.
    """
    problems = _make_views(engine, source)
    brought, changes = [], []
    if base is not None:
        adding.keep_left_out(engine, base)
    for table in TABLES.values():
        contracts.beside(engine, table, _keys_beside(settings, source.name, table))
        faults: list[str] = []
        if table.name in source.tables:
            tell(f"Checking {table.name} ...")
            query, faults = adding.query_of(engine, source, table, there)
            faults = faults or contracts.bring(engine, table, query)
        if faults or table.name not in source.tables:
            problems += faults
            contracts.leave_empty(engine, table)
            continue
        if base is not None:
            adding.merge(engine, table, base)
        brought.append(contracts.judge(engine, table))
        problems += contracts.key_problems(engine, table)
        if base is not None:
            changes.append(adding.changed(engine, table))
    _refuse(source, None, problems)
    return tuple(brought), tuple(changes)


def _make_views(engine: duckdb.DuckDBPyConnection, source: Source) -> list[str]:
    problems = []
    for name, query in source.views.items():
        try:
            engine.execute(f"create view {quoted(name)} as {query}")
        except duckdb.Error as error:
            problems.append(f"the view {name}: the query cannot be run: {said(error)}")
    return problems


def _keys_beside(settings: Settings, name: str, table: Table) -> pa.Table | None:
    found = []
    for file in sorted(settings.history.glob(f"*/{table.name}.parquet")):
        if file.parent.name != name:
            keys = pq.read_table(file, columns=list(table.key), partitioning=None)
            found.append(keys.append_column("source", pa.repeat(file.parent.name, len(keys))))
    return pa.concat_tables(found) if found else None


def write(engine: duckdb.DuckDBPyConnection, source: Source, finished: Path, report: ImportReport) -> None:
    """Write the tables, what was put aside and the report into a folder that is to be moved to its place."""
    finished.mkdir()
    for name in source.tables:
        landing.write_table(finished / f"{name}.parquet", contracts.kept_rows(engine, TABLES[name]))
    rows = engine.sql("from quarantine order by all").to_arrow_table()
    if len(rows):
        landing.write_quarantine(finished / landing.QUARANTINE, rows)
    (finished / landing.REPORT).write_text(report.to_json(), encoding="utf-8")


def _refuse(source: Source, folder: Path | None, problems: Iterable[str]) -> None:
    listed = list(problems)
    if listed:
        where = f" from {folder}" if folder else ""
        raise SourceError(bulleted(f"{source.name} was not imported{where}; nothing was changed:", listed))


def _last_if_same(settings: Settings, name: str, fingerprint: str) -> ImportReport | None:
    folder = settings.history / name
    if not (folder / landing.REPORT).is_file():
        return None
    report = last_report(settings, name)
    whole = all((folder / f"{table.table}.parquet").is_file() for table in report.tables)
    return report.unchanged() if whole and report.fingerprint == fingerprint else None


def _fingerprint(source: Source, folder: Path, settings: Settings) -> str:
    """Make a checksum of all that the result depends on: files, source, other sources' keys, reader."""
    digest = hashlib.sha256(f"{source.fingerprint} {settings.currency} {settings.minor_digits} {TABLES}".encode())
    reader = sorted(Path(__file__).parent.glob("*.py"))
    neighbours = [file for file in sorted(settings.history.glob("*/*.parquet")) if file.parent.name != source.name]
    read = [folder / file.file for file in source.files]
    for file in (*reader, *neighbours, *read):
        digest.update(f"{file.name} ".encode())
        if file.is_file():
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
