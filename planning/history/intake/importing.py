"""Import a source: files in, canonical tables out; strictly, all or nothing, and with a report."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from planning import settings as config
from planning.errors import HistoryError, SourceError, bulleted, unknown_name
from planning.history.intake import contracts, landing
from planning.history.intake.rates import PlanRates
from planning.history.intake.report import FileRead, ImportReport, TableRead
from planning.history.intake.source import Source, read_source
from planning.history.intake.staging import open_engine, said, stage
from planning.history.intake.typing import quoted
from planning.settings import Settings
from planning.tables import TABLES, Table

Say = Callable[[str], None]

__all__ = ["ImportReport", "held", "import_source", "last_report"]


def import_source(
    name_or_path: str | Path, folder: str | Path, settings: Settings, say: Say | None = None
) -> ImportReport:
    """Read the files of a source into the workspace's history.

    The tables of the source appear together, in place of those of its last import, or not at all. The workspace
    takes over the source's currency, fiscal year and company where it has no settings of its own.

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
    ours = _settings_for(source, settings)
    _check_company(source, ours)
    if ours.fiscal_year_start != source.implied.get("fiscal_year_start", ours.fiscal_year_start):
        tell(f"The fiscal year of this workspace begins in month {ours.fiscal_year_start}; the source's gives way.")
    fingerprint = _fingerprint(source, place, ours)
    report = _last_if_same(ours, source.name, fingerprint)
    if report is None:
        report = _import(source, place, ours, fingerprint, tell)
    else:
        tell(f"Nothing has changed since the last import of {source.name}.")
    _keep_settings(source, settings)
    return report


def held(settings: Settings) -> list[str]:
    """Name the sources whose tables the workspace holds."""
    landing.recover(settings)
    return sorted({file.parent.name for file in settings.history.glob("*/*.parquet")})


def last_report(settings: Settings, name: str) -> ImportReport:
    """Give the report of the last import of a source.

    Raises
    ------
    HistoryError
        If the workspace holds no import of it.
    """
    file = settings.history / name / landing.REPORT
    if not file.is_file():
        known = held(settings)
        if name in known:
            raise HistoryError(f"The report of the import of {name} is missing ({file}). Import it again.")
        raise HistoryError(unknown_name("imported source", name, known))
    return ImportReport.from_json(file.read_text(encoding="utf-8"))


def _import(source: Source, folder: Path, settings: Settings, fingerprint: str, tell: Say) -> ImportReport:
    try:
        with landing.draft(settings) as draft, open_engine(draft) as engine:
            files = _read_files(engine, source, folder, settings, tell)
            tables = _bring_tables(engine, source, settings, tell)
            report = ImportReport(source.name, files, tables, source.alone, settings.minor_digits, fingerprint)
            _write(engine, source, draft / source.name, report)
            landing.land(settings, source.name, draft / source.name)
    except OSError as error:
        raise SourceError(
            f"{source.name} was not imported: {settings.workspace} cannot be written to: {error}."
        ) from error
    put_aside = f"; {report.quarantined:,} put aside, see {landing.QUARANTINE}" if report.quarantined else ""
    tell(f"Imported {source.name}: {sum(table.kept for table in tables):,} rows{put_aside}.")
    return report


def _read_files(
    engine: duckdb.DuckDBPyConnection, source: Source, folder: Path, settings: Settings, tell: Say
) -> tuple[FileRead, ...]:
    read, problems = [], []
    rates = PlanRates(settings.currency, source.rates)
    for file in source.files:
        tell(f"Reading {file.file} ...")
        found, faults = stage(engine, folder, file, settings.minor_digits, rates)
        read.append(found)
        problems += faults
    _refuse(source, folder, problems)
    return tuple(read)


def _bring_tables(
    engine: duckdb.DuckDBPyConnection, source: Source, settings: Settings, tell: Say
) -> tuple[TableRead, ...]:
    problems = _make_views(engine, source)
    brought = []
    for table in TABLES.values():
        contracts.beside(engine, table, _keys_beside(settings, source.name, table))
        faults = []
        if table.name in source.tables:
            tell(f"Checking {table.name} ...")
            faults = contracts.bring(engine, table, source.tables[table.name])
        if faults or table.name not in source.tables:
            problems += faults
            contracts.leave_empty(engine, table)
            continue
        brought.append(contracts.judge(engine, table))
        problems += contracts.key_problems(engine, table)
    _refuse(source, None, problems)
    return tuple(brought)


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


def _write(engine: duckdb.DuckDBPyConnection, source: Source, finished: Path, report: ImportReport) -> None:
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


def _own(settings: Settings) -> dict[str, object]:
    """Give the settings that the workspace states itself."""
    return json.loads(settings.file.read_text(encoding="utf-8")) if settings.file.is_file() else {}


def _settings_for(source: Source, settings: Settings) -> Settings:
    """Give the settings to import with: the workspace's own, else the source's."""
    own = _own(settings)
    for name in ("currency", "minor_digits"):
        if name in own and source.implied.get(name, own[name]) != own[name]:
            raise SourceError(
                f"{source.name} has {name} {source.implied[name]}, this workspace has {own[name]}. Amounts of both "
                "cannot stand together: use another workspace."
            )
    return settings.model_copy(update={**source.implied, **own})


def _keep_settings(source: Source, settings: Settings) -> None:
    own = _own(settings)
    new = {name: value for name, value in source.implied.items() if name not in own}
    if new:
        config.update(settings, **new)


def _check_company(source: Source, settings: Settings) -> None:
    """Refuse to mix a source that wants its workspace for itself with others."""
    others = [name for name in held(settings) if name != source.name]
    alone = [name for name in others if _is_alone(settings, name)]
    if others and (source.alone or alone):
        lonely, other = (source.name, others[0]) if source.alone else (alone[0], source.name)
        raise SourceError(
            f"{lonely} cannot share a workspace with {other}: it is a company of its own. Use another workspace, "
            f"such as --workspace {settings.workspace.parent / source.name}."
        )


def _is_alone(settings: Settings, name: str) -> bool:
    return (settings.history / name / landing.REPORT).is_file() and last_report(settings, name).alone


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
