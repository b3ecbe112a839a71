"""Forecasts kept between processes: a page or a report asks for what another one has calculated already.

A forecast takes seconds, the same for every territory of a company. It is kept in the scratch folder of the
workspace, under a checksum of everything it depends on, and may be thrown away at any time.

"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from planning.history.engine import files
from planning.history.outlook.forecast import Forecast
from planning.metrics import catalogue
from planning.periods import FiscalCalendar
from planning.settings import Settings

_TABLES = ("years", "months", "past", "tested")


def kept(
    settings: Settings, calendar: FiscalCalendar, metric: str, year: int, make: Callable[[], Forecast]
) -> Forecast:
    """Give a forecast as it is kept, or make it and keep it.

    A history in a warehouse may change unseen, so that its forecasts are made each time.

    Parameters
    ----------
    settings, calendar, metric, year
        What the forecast is of.
    make
        Makes it.
    """
    if settings.history_url:
        return make()
    measured = catalogue(settings).get(metric)  # one of the company's own may have been written anew
    depends = repr((files(settings), calendar, metric, measured, year, _code()))
    kind = f"outlook-{metric}-{year}-"
    place = settings.scratch / f"{kind}{hashlib.sha256(depends.encode()).hexdigest()[:16]}"
    if not place.is_dir():
        _keep(make(), place, kind)
    return _read(place, metric, year)


def _keep(made: Forecast, place: Path, kind: str) -> None:
    """Write it beside its place and move it there whole; what was kept of another history goes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".outlook-", dir=place.parent))
    for name in _TABLES:
        getattr(made, name).to_parquet(draft / f"{name}.parquet")
    (draft / "left_out.json").write_text(json.dumps(made.left_out), encoding="utf-8")
    for old in place.parent.glob(f"{kind}*"):
        shutil.rmtree(old, ignore_errors=True)
    try:
        draft.rename(place)
    except OSError:  # another process was first
        shutil.rmtree(draft)


def _read(place: Path, metric: str, year: int) -> Forecast:
    tables = {name: pd.read_parquet(place / f"{name}.parquet") for name in _TABLES}
    left_out = json.loads((place / "left_out.json").read_text(encoding="utf-8"))
    return Forecast(metric, year, **tables, left_out=left_out)


@cache
def _code() -> str:
    """Make a checksum of the code that forecasts."""
    files = [*Path(__file__).parent.glob("*.py"), Path(__file__).parent.parent / "season.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()
