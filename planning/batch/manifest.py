"""The manifest of a batch: all that it takes to make its reports again, and to see whether they are the same."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from planning import __version__
from planning.batch.runs import Run

MANIFEST = "manifest.json"
LIBRARIES = (
    "duckdb", "ipython", "nbconvert", "numpy", "pandas", "papermill", "scipy", "sqlalchemy",
    "statsforecast", "vl-convert-python",
)  # fmt: skip
"""Whose versions a report depends on most."""


def manifest(runs: Sequence[Run], pages: Mapping[str, Path], fingerprint: str) -> dict[str, Any]:
    """Say what reports were made of, and with what.

    Parameters
    ----------
    runs
        As they ended; those whose report stands there already among them.
    pages
        Where the report of each item stands.
    fingerprint
        Of history and plan.
    """
    return {
        "workbook": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "data": fingerprint,
        "reports": [_report(run, pages[run.item]) for run in runs],
    }


def written(content: Mapping[str, Any]) -> str:
    """Give a manifest as text."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _report(run: Run, page: Path) -> dict[str, Any]:
    made = run.state == "ok" and page.is_file()
    return {
        "item": run.item,
        "notebook": run.notebook,
        "parameters": dict(run.parameters),
        "key": run.key,
        "state": run.state,
        "page": page.name if made else "",
        "sha256": hashlib.sha256(page.read_bytes()).hexdigest() if made else "",
    }
