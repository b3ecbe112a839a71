"""One notebook run in a process of its own: parameters in, cells run, verdict out.

The process is forked from a warm one where there is one, and started anew elsewhere; what it does is the same. It
runs the cells in itself (`planning.kernels.shell`): what a notebook does to its process, it does to this run alone.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from planning.batch.pages import report_page
from planning.batch.runs import State, Value
from planning.batch.verdict import end_marker, error_line, forget_run, why_not_whole
from planning.kernels import shell
from planning.settings import RUN_VARIABLE, WORKSPACE_VARIABLE

EXECUTED, NOTEBOOK, PAGE, LOG = "executed.ipynb", "report.ipynb", "report.html", "run.log"
"""Files of a run in its scratch folder: as far as it came, and once it is whole."""

_OUTCOME = "outcome.json"


@dataclass(frozen=True)
class Job:
    """All that it takes to make one report.

    Parameters
    ----------
    run
        Id of the run.
    source
        Notebook to run.
    name
        Name of the notebook's file, for the record inside the executed notebook.
    title
        Title of the page.
    style
        Style sheet of the page.
    parameters
        Checked values.
    workspace
        Folder of the company; the notebook finds it in its environment.
    scratch
        Folder of this run alone, in which the files are made.
    timeout
        Seconds that the run may take.
    memory
        Bytes that its process may take; 0 for any number.
    """

    run: str
    source: Path
    name: str
    title: str
    style: str
    parameters: Mapping[str, Value]
    workspace: Path
    scratch: Path
    timeout: float
    memory: int = 0

    @property
    def environment(self) -> dict[str, str]:
        """Environment of the run's process."""
        return {**os.environ, RUN_VARIABLE: self.run, WORKSPACE_VARIABLE: str(self.workspace)}

    def packed(self) -> dict[str, Any]:
        """Give it as plain values, for another process."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Job":
        """Read it back."""
        paths = {name: Path(packed[name]) for name in ("source", "workspace", "scratch")}
        return cls(**{**packed, **paths})


@dataclass(frozen=True)
class Outcome:
    """What became of a run: its final state, in words why, how many times it was begun, headline figures."""

    state: State
    reason: str = ""
    attempts: int = 1
    figures: Mapping[str, str] = field(default_factory=dict)


def make(packed: Mapping[str, Any]) -> None:
    """Make a report in this process, and leave it with what became of it in the job's scratch folder.

    Parameters
    ----------
    packed
        A job, as `Job.packed` gives it.
    """
    job = Job.unpacked(packed)
    try:
        outcome = execute(job)
    except Exception as error:  # whatever it is, it is this run's alone
        traceback.print_exc()
        outcome = failure(error)
    draft = job.scratch / f".{_OUTCOME}"
    draft.write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    draft.replace(job.scratch / _OUTCOME)


def rehearse() -> None:
    """Make the page of a small notebook: what templates, patterns and schemas cost at first, all runs have then."""
    shown = [
        {"output_type": "stream", "name": "stdout", "text": "x"},
        *(
            {"output_type": "display_data", "data": {kind: "<b>x</b>", "text/plain": "x"}, "metadata": {}}
            for kind in ("text/html", "text/markdown", "image/svg+xml")
        ),
        {"output_type": "error", "ename": "x", "evalue": "x", "traceback": ["x"]},
    ]
    code = {"cell_type": "code", "source": "x = 1", "metadata": {}, "execution_count": 1, "outputs": shown, "id": "a"}
    text = {"cell_type": "markdown", "source": "# x\n\n- x", "metadata": {}, "id": "b"}
    content = {"cells": [text, code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook = nbformat.from_dict(content)  # type: ignore[no-untyped-call]
    nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    report_page(notebook, "x", "")


def outcome_of(job: Job) -> Outcome | None:
    """Read what became of a run; nothing if its process did not come to say so."""
    try:
        return Outcome(**json.loads((job.scratch / _OUTCOME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def execute(job: Job) -> Outcome:
    """Run a notebook and judge it; leaves the finished report in the job's scratch folder if it is whole."""
    try:
        notebook = papermill.execute_notebook(
            _as_given(job.source),
            _as_given(job.scratch / EXECUTED),
            parameters=dict(job.parameters),
            engine_name=shell.ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            keep=str(job.scratch / EXECUTED),
        )
    except PapermillExecutionError as error:
        return Outcome("failed", error_line(error.exec_count, error.ename, error.evalue))
    reason = why_not_whole(notebook, job.run)
    if reason:
        return Outcome("failed", reason)
    marker = end_marker(notebook)
    _write_report(notebook, job)
    return Outcome("ok", figures=dict(marker.figures) if marker else {})


def _write_report(notebook: nbformat.NotebookNode, job: Job) -> None:
    # The same report is the same bytes, but for times: not the paths of the scratch folder, which nobody will find
    # again, nor what is drawn by lot for each run.
    notebook.metadata.papermill.update(input_path=job.name, output_path="")
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    forget_run(notebook)
    nbformat.write(notebook, job.scratch / NOTEBOOK)  # type: ignore[no-untyped-call]
    (job.scratch / PAGE).write_text(report_page(notebook, job.title, job.style), encoding="utf-8")


def _as_given(path: Path) -> str:
    """Write a path so that the runner, which fills in braces, leaves it as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def failure(error: BaseException) -> Outcome:
    """Put an error that nobody expected into an outcome; the whole of it stands in the run's log."""
    first: Any = str(error).strip().partition("\n")[0]
    return Outcome("crashed", f"The run broke off: {type(error).__name__}: {first}".removesuffix(": "))


if __name__ == "__main__":
    make(json.loads(sys.argv[1]))
