"""A batch: one report for each territory, each whole or not at all, with a truthful record.

A report whose record says that it was made from the same notebook, parameters, data and code, and which is
still there, is not made again. One that fails stops no other.
"""

import json
import shutil
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import nbformat

if sys.platform != "win32":
    import fcntl

from planning.batch.board import Board, Progress
from planning.batch.cluster import run_on
from planning.batch.edition import Edition, prepare, refuse_shared_pages
from planning.batch.execute import EXECUTED, LOG, NOTEBOOK, PAGE, Job, Outcome
from planning.batch.publish import publish
from planning.batch.runs import Run, RunLog
from planning.batch.workers import carries, run_all
from planning.errors import BatchError
from planning.settings import Settings

Made = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True)
class Report:
    """What a batch did about one item.

    Parameters
    ----------
    label
        Name of the item as it is shown.
    made
        ``skipped`` means that the report was there already.
    run
        The record: of this batch, or for a skipped one of the batch that made it.
    page
        Where the report stands, if it was made.
    """

    label: str
    made: Made
    run: Run
    page: Path


@dataclass(frozen=True)
class BatchResult:
    """What a batch did, in the order asked for, and where the list of the reports stands."""

    reports: tuple[Report, ...]
    index: Path

    def labels(self, made: Made) -> list[str]:
        """Give the names of the items of which this became."""
        return [report.label for report in self.reports if report.made == made]

    @property
    def failures(self) -> list[str]:
        """Each report that could not be made, and why, a line each."""
        return [f"{each.label}: {each.run.reason}" for each in self.reports if each.made == "failed"]


def run_batch(
    notebook: Path,
    items: Iterable[str],
    parameters: Mapping[str, object],
    settings: Settings,
    log: RunLog,
    *,
    fingerprint: str,
    edition: str = "",
    across: str = "territory",
    workers: int | None = None,
    timeout: float = 900.0,
    memory: int = 2 << 30,
    scheduler: str = "",
    progress: Progress | None = None,
) -> BatchResult:
    """Make a report for each item, several at once, and a list of them that can be read meanwhile.

    Parameters
    ----------
    notebook
        Report notebook: one cell tagged ``parameters``, and a last cell that ends on ``finished()``.
    items
        Territories, or what else the notebook is run for; an empty one stands for the whole company.
    parameters
        Values for all items alike; text is read as the type that the notebook declares.
    settings
        Settings of the workspace.
    log
        Where runs are recorded.
    fingerprint
        Text that changes when history or plan change, so that reports on them are made anew.
    edition
        Names a set of reports that stand beside other sets of the same notebook, such as ``FY2027``.
    across
        Parameter of the notebook that takes the item.
    workers
        How many run at once; as many as the machine carries unless said.
    timeout
        Seconds that one report may take.
    memory
        Bytes that the process of one report may take; 0 for any number.
    scheduler
        Address of a Dask scheduler whose workers make the reports, such as ``tcp://10.0.0.5:8786``; this machine does
        unless said.
    progress
        Told of each change of a run.

    Raises
    ------
    BatchError
        Before anything runs: with all that is wrong with notebook, parameters or items. Afterwards: if the list
        of reports could not be written.
    """
    prepared = prepare(notebook, list(dict.fromkeys(items)), parameters, settings, edition, across)
    with _alone(prepared), _scratch(prepared) as scratch:
        board = Board(prepared, log, progress)
        refuse_shared_pages(prepared, [*prepared.values, *board.runs])
        runs = prepared.runs(fingerprint)
        todo = [run for run in runs if not board.is_made(run)]
        board.start(todo)
        jobs = [_job(run, board.edition, scratch, timeout, memory) for run in todo]
        _make(
            todo, run_on(scheduler, jobs, workers or 0) if scheduler else run_all(jobs, workers or carries()), board
        )
        board.close(fingerprint)
    made = {run.item for run in todo}
    return BatchResult(tuple(_report(run.item, run.item in made, board) for run in runs), prepared.index)


def _make(todo: Sequence[Run], made: Generator[tuple[Job, Outcome | None]], board: Board) -> None:
    runs = {run.id: run for run in todo}
    try:
        with closing(made) as events:
            for job, outcome in events:
                run = runs[job.run]
                if outcome is None:
                    board.change(replace(run, state="leased", started=datetime.now(UTC)))
                else:
                    board.change(_concluded(board.runs[run.item], outcome, board.edition, job.scratch))
                    shutil.rmtree(job.scratch, ignore_errors=True)
    except KeyboardInterrupt:
        board.take_back()
        raise


def _job(run: Run, edition: Edition, scratch: Path, timeout: float, memory: int) -> Job:
    folder = scratch / run.id
    folder.mkdir()
    return Job(
        run=run.id,
        source=_source(edition, scratch),
        name=edition.file,
        title=f"{edition.heading} · {edition.label(run.item)}",
        style=edition.style,
        parameters=run.parameters,
        workspace=edition.settings.workspace,
        scratch=folder,
        timeout=timeout,
        memory=memory,
    )


def _source(edition: Edition, scratch: Path) -> Path:
    """Write down the notebook as it was checked, once for all runs."""
    source = scratch / "source.ipynb"
    if not source.exists():
        nbformat.write(edition.notebook, source)  # type: ignore[no-untyped-call]
    return source


def _concluded(run: Run, outcome: Outcome, edition: Edition, scratch: Path) -> Run:
    """Publish what a run made, or keep what a failed one left; give the run as it ended."""
    try:
        if outcome.state == "ok":
            _publish(run.item, edition, scratch)
    except OSError as error:
        outcome = Outcome("failed", f"The report was made but could not be published: {error}", outcome.attempts)
    if outcome.state != "ok":
        _keep(run.item, edition, scratch)
    return replace(
        run,
        state=outcome.state,
        reason=outcome.reason,
        attempts=outcome.attempts,
        figures=outcome.figures,
        finished=datetime.now(UTC),
    )


def _publish(item: str, edition: Edition, scratch: Path) -> None:
    # The page goes last: who sees the new page finds the notebook behind it.
    publish(scratch / NOTEBOOK, edition.executed(item))
    publish(scratch / PAGE, edition.page(item))
    for file in edition.kept(item).values():
        file.unlink(missing_ok=True)


def _keep(item: str, edition: Edition, scratch: Path) -> None:
    """Keep the notebook as far as it came and the log, for a person to look at; the record does not need them."""
    executed = scratch / EXECUTED
    with suppress(OSError, ValueError):
        # Where the runner was ended in the middle of writing, half a notebook helps nobody.
        json.loads(executed.read_text(encoding="utf-8"))
        publish(executed, edition.kept(item)["notebook as far as it came"])
    with suppress(OSError):
        publish(scratch / LOG, edition.kept(item)["log"])


@contextmanager
def _alone(edition: Edition) -> Iterator[None]:
    """Let no second batch make the same reports at once; the system lets go when a batch ends, however it does."""
    place = edition.home / ".lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = place.open("w")
    except OSError as error:
        raise BatchError(f"The folder {place.parent} cannot be written: {error}. Mend it or free space.") from error
    with handle:
        try:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BatchError(
                f"Another batch is making the reports of {edition.title} just now; see {edition.index}."
            ) from error
        yield


@contextmanager
def _scratch(edition: Edition) -> Iterator[Path]:
    settings = edition.settings
    scratch = settings.scratch / f"batch {edition.folder.replace('/', ' ')}"
    # What a batch has left that was killed: there is no other, or it would hold the lock.
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        scratch.mkdir(parents=True)
    except OSError as error:
        raise BatchError(
            f"The folder {settings.scratch} cannot be written: {error}. Mend it or free space."
        ) from error
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _report(item: str, was_run: bool, board: Board) -> Report:
    run = board.runs[item]
    made: Made = ("ok" if run.state == "ok" else "failed") if was_run else "skipped"
    return Report(board.edition.label(item), made, run, board.edition.page(item))
