"""Keeping a plan safe: backup, restore, check."""

import os
from pathlib import Path

from planning.errors import StoreError
from planning.metrics import writer
from planning.settings import Settings
from planning.store import backup as backups
from planning.store import integrity
from planning.workbook.place import plan


def backup(settings: Settings, path: Path) -> dict[str, int]:
    """Write the whole plan to one file while people work; give how many rows there are of each table.

    All of it is as one moment saw it. The file is there when it is whole, and not before.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with plan(settings) as database, database.reading() as connection:
            counts = backups.write(connection, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def restore(settings: Settings, path: Path) -> dict[str, int]:
    """Put a backup into an empty plan, of the same or the other kind of database; all of it, or nothing.

    Raises
    ------
    StoreError
        If the file is no whole backup, or the plan is not empty.
    """
    with plan(settings) as database, database.writing() as connection:
        return backups.read(connection, path)


def check(settings: Settings) -> list[str]:
    """Say what is wrong with a plan; nothing if it is whole (`planning.store.integrity.check`)."""
    with plan(settings) as database, database.reading() as connection:
        return integrity.check(connection, writer(settings))
