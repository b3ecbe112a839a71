"""The bar that shows how far a batch is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Told = Callable[[int, int, str, str], None]


@contextmanager
def bar() -> Iterator[Told]:
    """Draw a bar on standard error; where that is no terminal, say a line for each report that has ended."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total, label, state: _line(console, done, total, label, state)
        return
    columns = (
        TextColumn("Reports"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=None)

        def told(done: int, total: int, label: str, state: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{label}: {state}")

        yield told


def _line(console: Console, done: int, total: int, label: str, state: str) -> None:
    if state not in ("queued", "leased"):
        console.print(f"{done} of {total}  {label}: {state}", highlight=False, markup=False)
