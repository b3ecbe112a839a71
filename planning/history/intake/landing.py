"""Put finished tables in their place, all at once: whoever reads finds the old ones or the new ones, whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from planning.settings import Settings

REPORT = "import.json"
QUARANTINE = "quarantine.csv"


def write_table(file: Path, rows: pa.Table) -> None:
    """Write a canonical table; the same rows make the same bytes."""
    pq.write_table(rows, file, compression="zstd")


def write_quarantine(file: Path, rows: pa.Table) -> None:
    """Write the rows that were put aside, with the file and line they come from and the reason."""
    pa_csv.write_csv(rows, file)


@contextmanager
def draft(settings: Settings) -> Iterator[Path]:
    """Give an empty folder to write in; whatever is left in it afterwards is thrown away."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=settings.scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def land(settings: Settings, name: str, finished: Path) -> None:
    """Move a finished folder to where the history of a source lies; what lay there before goes.

    The folder of before steps aside for the moment between two renames. Were the machine to stop in that moment,
    `recover` puts it back.
    """
    place, aside = settings.history / name, _aside(settings) / name
    settings.history.mkdir(parents=True, exist_ok=True)
    aside.parent.mkdir(exist_ok=True)
    if place.exists():
        os.replace(place, aside)  # noqa: PTH105
    try:
        finished.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def recover(settings: Settings) -> None:
    """Finish what a stopped machine left half done between the renames of `land`."""
    for aside in sorted(_aside(settings).glob("*")):
        place = settings.history / aside.name
        if place.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(place)


def _aside(settings: Settings) -> Path:
    return settings.workspace / ".replaced"
