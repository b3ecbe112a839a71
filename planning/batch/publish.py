"""Publishing: a file is there whole or not at all, whatever happens while it is written."""

import os
from pathlib import Path


def publish(draft: Path, target: Path) -> None:
    """Put a finished file in the place of another, or in an empty one; a reader sees the old or the new.

    Both must be on the same file system.

    Raises
    ------
    OSError
        If it cannot be written; the target is as it was.
    """
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    draft.replace(target)
    _keep_names(target.parent)


def _keep_names(folder: Path) -> None:
    """Make the new name in a folder survive a power cut, where the system lets a folder be opened."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
