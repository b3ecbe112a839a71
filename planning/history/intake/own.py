"""Tables that the plan itself brings to the history, held to the same contracts as those of any source."""

import hashlib
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from planning.errors import SourceError, bulleted
from planning.history.intake import contracts, landing
from planning.history.intake.holding import PLAN, last_report
from planning.history.intake.importing import bring_tables, write
from planning.history.intake.report import ImportReport
from planning.history.intake.source import Source
from planning.history.intake.staging import open_engine
from planning.settings import Settings
from planning.tables import TABLES


def keep(settings: Settings, tables: Mapping[str, pd.DataFrame]) -> ImportReport:
    """Put the plan's own tables in place of those it brought before, all or nothing.

    Parameters
    ----------
    settings
        Of the workspace.
    tables
        Canonical tables by name, with all their columns; money in minor units. Empty texts are empty.

    Returns
    -------
    What was kept; where they are there already, the report of then.

    Raises
    ------
    SourceError
        If a row breaks its contract, or another source brings the same key.
    """
    landing.recover(settings)
    shaped = {name: _shaped(name, frame) for name, frame in tables.items()}
    fingerprint = _fingerprint(shaped)
    if (settings.history / PLAN / landing.REPORT).is_file():
        before = last_report(settings, PLAN)
        if before.fingerprint == fingerprint:
            return before.unchanged()
    queries = {name: f"select * from own_{name}" for name in TABLES if name in tables}
    source = Source(PLAN, (), {}, queries, {}, alone=False, fingerprint="")
    with landing.draft(settings) as draft, open_engine(draft) as engine:
        for name, rows in shaped.items():
            engine.register(f"own_{name}", rows)
        brought, _ = bring_tables(engine, source, (), None, settings, lambda _: None)
        aside = [f"{each.table}: {rows} rows, {why}" for each in brought for why, rows in each.quarantined.items()]
        if aside:
            raise SourceError(bulleted("The plan's own tables cannot be kept; nothing was changed:", aside))
        report = ImportReport(PLAN, (), brought, False, settings.minor_digits, fingerprint)
        write(engine, source, draft / PLAN, report)
        landing.land(settings, PLAN, draft / PLAN)
    return report


def held(settings: Settings, name: str) -> pd.DataFrame:
    """Give the rows of one of the plan's own tables; empty texts where nothing stands."""
    file = settings.history / PLAN / f"{name}.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=list(TABLES[name].names))
    rows = pq.read_table(file, partitioning=None).to_pandas()
    texts = [column.name for column in TABLES[name].columns if column.type == "text"]
    return rows.fillna(dict.fromkeys(texts, ""))


def _shaped(name: str, frame: pd.DataFrame) -> pa.Table:
    """Bring a table to its contract's columns and types, in the order of its key."""
    columns = {}
    for field in contracts.arrow_schema(TABLES[name]):
        values = [None if value == "" else value for value in frame[field.name].tolist()]
        columns[field.name] = pa.array(values, field.type)
    return pa.table(columns).sort_by([(each, "ascending") for each in TABLES[name].key])


def _fingerprint(tables: Mapping[str, pa.Table]) -> str:
    digest = hashlib.sha256()
    for name, rows in tables.items():
        written = pa.BufferOutputStream()
        pq.write_table(rows, written)
        digest.update(f"{name} ".encode())
        digest.update(written.getvalue())
    return digest.hexdigest()
