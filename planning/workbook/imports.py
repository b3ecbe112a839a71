"""Bring a history in."""

from collections.abc import Callable
from pathlib import Path

from planning import settings as config
from planning.history.intake.importing import ImportReport, import_source
from planning.settings import Settings


def bring_in(
    workspace: str, source: str, folder: Path, say: Callable[[str], None] | None = None, add: bool = False
) -> tuple[Settings, ImportReport]:
    """Read a folder of files through a source into the workspace's history, or add it to what is there."""
    settings = config.load(workspace)
    report = import_source(source, folder, settings, say, add)
    return config.load(workspace), report
