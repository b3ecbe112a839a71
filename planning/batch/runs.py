"""The record of a run: what was asked, what became of it. It is the only truth about a run.

The executed notebook is not: a notebook whose kernel died may say that every cell was completed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

Value = str | int | float | bool
"""What a parameter of a report may be."""

State = Literal["queued", "leased", "ok", "failed", "timed_out", "crashed"]
"""``leased``: a worker has it. ``failed``: the notebook raised, ended early or could not be published.
``crashed``: its kernel or worker died. Every run ends in one of the last four."""

STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One notebook run for one item, such as a territory.

    Parameters
    ----------
    id
        Unique to this run; the report's end marker carries it.
    key
        Checksum of all that the report depends on; the same key gives the same report.
    notebook
        Name of the notebook's file.
    folder
        Where the report is published, below the folder of reports, such as ``territory_report/FY2027``.
    item
        Territory, or what else the batch goes through; empty for the whole company.
    parameters
        Values given to the notebook.
    state, reason
        Where the run stands; in words what went wrong, empty while nothing has.
    attempts
        How many kernels were started for it.
    queued, started, finished
        When, in UTC.
    figures
        Headline figures that the report gave, ready to be shown.
    """

    id: str
    key: str
    notebook: str
    folder: str
    item: str
    queued: datetime
    parameters: Mapping[str, Value] = field(default_factory=dict)
    state: State = "queued"
    reason: str = ""
    attempts: int = 0
    started: datetime | None = None
    finished: datetime | None = None
    figures: Mapping[str, str] = field(default_factory=dict)

    def to_row(self) -> dict[str, Any]:
        """Give the run as plain columns: texts, an integer and times; the two mappings as JSON text."""
        return {**asdict(self), "parameters": _json(self.parameters), "figures": _json(self.figures)}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Run":
        """Read a run back from the columns of `to_row`; columns that are not its own are left out."""
        columns = {name: row[name] for name in cls.__dataclass_fields__}
        loaded = {name: json.loads(columns[name]) for name in ("parameters", "figures")}
        return cls(**{**columns, **loaded})


class RunLog(Protocol):
    """What a batch needs of the store. Rows are plain, so that the store need not know of batches."""

    def record_run(self, row: Mapping[str, Any]) -> None:
        """Keep a row of `Run.to_row`, in place of the row with the same ``id``."""

    def latest_runs(self, folder: str) -> Iterable[Mapping[str, Any]]:
        """Give for each item of a folder the row with the last ``queued``."""


def run_key(source: str, parameters: Mapping[str, Value], fingerprint: str, code: str) -> str:
    """Make the checksum of all that a report depends on.

    Parameters
    ----------
    source
        Checksum of the notebook's cells.
    parameters
        Values given to the notebook; their order does not matter.
    fingerprint
        Changes when history or plan change.
    code
        Checksum of the package, from `code_version`.

    Examples
    --------
    >>> run_key("n", {"a": 1, "b": 2}, "f", "c") == run_key("n", {"b": 2, "a": 1}, "f", "c")
    True
    >>> run_key("n", {"a": 1}, "f", "c") == run_key("n", {"a": "1"}, "f", "c")
    False
    """
    return checksum([source, dict(parameters), fingerprint, code])


def code_version(package: Path) -> str:
    """Make a checksum of all files of a package, so that reports are made anew when it has changed."""
    files = sorted(file for file in package.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    digests = [[str(file.relative_to(package)), hashlib.sha256(file.read_bytes()).hexdigest()] for file in files]
    return checksum(digests)


def checksum(content: object) -> str:
    """Make a checksum of anything that can be written as JSON."""
    return hashlib.sha256(_json(content).encode()).hexdigest()


def _json(content: object) -> str:
    plain = dict(content) if isinstance(content, Mapping) else content
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)
