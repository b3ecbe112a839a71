"""The board of a batch: where every change of a run is recorded, shown in the list of reports and told."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from planning.batch.edition import Edition
from planning.batch.manifest import MANIFEST, manifest, written
from planning.batch.pages import index_page
from planning.batch.publish import publish
from planning.batch.runs import Run, RunLog, State
from planning.errors import BatchError

Progress = Callable[[int, int, str, State], None]
"""Told of each change: how many are done, of how many, the item's name and its state."""

REWRITE_SECONDS = 1.0
"""How often the list is written at most."""

WRITING = 0.05
"""Part of the time that may go into writing it: with thousands of reports it is long."""


class Board:
    """All runs of an edition, as they stand; the record is written first.

    Parameters
    ----------
    edition
        What is made.
    log
        Where runs are recorded.
    progress
        Told of each change, if anyone listens.
    """

    def __init__(self, edition: Edition, log: RunLog, progress: Progress | None) -> None:
        self.edition = edition
        self.log = log
        self.progress = progress
        self.runs = {run.item: run for run in map(Run.from_row, log.latest_runs(edition.folder))}
        self.done = 0
        self.next_write = 0.0
        self.problem = ""

    def is_made(self, run: Run) -> bool:
        """Whether the report of a run was made before from all the same, and is still there."""
        before = self.runs.get(run.item)
        files = (self.edition.page(run.item), self.edition.executed(run.item))
        return bool(before and before.state == "ok" and before.key == run.key) and all(
            file.is_file() for file in files
        )

    def start(self, todo: Sequence[Run]) -> None:
        """Put the runs that are to be done on the board; the others asked for are done already."""
        self.done = len(self.edition.values) - len(todo)
        for run in todo:
            self._record(run)
        self._show()

    def change(self, run: Run) -> None:
        """Note that a worker has a run, or how it ended."""
        self.done += run.state not in ("queued", "leased")
        self._record(run)
        if time.monotonic() > self.next_write:
            self._show()
        if self.progress:
            self.progress(self.done, len(self.edition.values), self.edition.label(run.item), run.state)

    def take_back(self) -> None:
        """Put the runs that were cut short back in the queue."""
        for run in [run for run in self.runs.values() if run.state == "leased"]:
            self._record(replace(run, state="queued", reason="The batch was stopped before this report was made."))
        self._show()

    def close(self, fingerprint: str) -> None:
        """Write the list a last time, and what the reports that were asked for are made of.

        Raises
        ------
        BatchError
            If it cannot be written; the reports and their record are not touched by that.
        """
        self._show()
        runs = [self.runs[item] for item in self.edition.values]
        pages = {item: self.edition.page(item) for item in self.edition.values}
        listed = self.problem
        self._put(written(manifest(runs, pages, fingerprint)), self.edition.home / MANIFEST)
        problem = listed or self.problem
        if problem:
            raise BatchError(f"The reports are made, but not the list of them: {problem}. Run the batch again.")

    def _record(self, run: Run) -> None:
        self.log.record_run(run.to_row())
        self.runs[run.item] = run

    def _show(self) -> None:
        """Write the list; that it cannot be written now is no reason to stop making reports."""
        began = time.monotonic()
        asked = dict.fromkeys([*self.edition.values, *self.runs])
        rows = [self.edition.row(self.runs[item]) for item in asked if item in self.runs]
        self._put(index_page(rows, self.edition.title, self.edition.style), self.edition.index)
        self.next_write = time.monotonic() + max(REWRITE_SECONDS, (time.monotonic() - began) / WRITING)

    def _put(self, text: str, target: Path) -> None:
        draft = self.edition.settings.scratch / f"draft-{uuid4().hex}"
        try:
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            publish(draft, target)
            self.problem = ""
        except OSError as error:
            self.problem = str(error)
            draft.unlink(missing_ok=True)
