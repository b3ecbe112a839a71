"""`planning backup`, `restore` and `check`: keeping the plan safe."""

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import Workspace
from planning.cli.output import say

File = Annotated[Path, typer.Argument(metavar="FILE", help="Such as plan-2026-11-24.zip.")]


def backup(file: File, workspace: Workspace = "") -> None:
    """Write the whole plan to one file, while people work."""
    from planning.settings import load
    from planning.workbook import keeping

    counts = keeping.backup(load(workspace), file)
    say(f"{sum(counts.values()):,} rows are in {file}. The history is not: bring it in again from its sources.")


def restore(file: File, workspace: Workspace = "") -> None:
    """Put a backup into an empty plan: SQLite or PostgreSQL, whichever it came from."""
    from planning.settings import load
    from planning.workbook import keeping

    counts = keeping.restore(load(workspace), file)
    say(f"{sum(counts.values()):,} rows of {file} are in the plan.")


def check(workspace: Workspace = "") -> None:
    """Go through the plan's database: its file, its guards, its ledger, its negotiations."""
    from planning.settings import load
    from planning.workbook import keeping

    problems = keeping.check(load(workspace))
    for problem in problems:
        say(f"- {problem}")
    if problems:
        raise typer.Exit(1)
    say("The plan is whole.")
