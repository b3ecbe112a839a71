"""One notebook run in this process: parameters in, kernel up, cells run, verdict out.

Called in a worker process only. Running notebooks in threads is not safe: the runner shares a working folder.
"""

import math
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from papermill.exceptions import PapermillExecutionError

from planning.batch.pages import report_page
from planning.batch.runs import State, Value
from planning.batch.verdict import end_marker, error_line, why_not_whole
from planning.settings import RUN_VARIABLE, WORKSPACE_VARIABLE

ATTEMPTS = 3
START_SECONDS = 60
EXECUTED, NOTEBOOK, PAGE, LOG = "executed.ipynb", "report.ipynb", "report.html", "run.log"
"""Files of a run in its scratch folder: as far as it came, and once it is whole."""


@dataclass(frozen=True)
class Job:
    """All that a worker needs to make one report.

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
        Seconds that all cells together may take.
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


@dataclass(frozen=True)
class Outcome:
    """What became of a run: its final state, in words why, how many kernels it took, headline figures."""

    state: State
    reason: str = ""
    attempts: int = 1
    figures: Mapping[str, str] = field(default_factory=dict)


class KernelStartError(Exception):
    """The kernel did not come up, so no cell was run and it is safe to try again."""


def execute(job: Job, kernel_started: Callable[[int], None]) -> Outcome:
    """Run a notebook and judge it; leaves the finished report in the job's scratch folder if it is whole.

    Two kernels that start at the same moment may take the same port; about one start in two hundred fails so.
    That alone is tried again: an error in a cell would only come back.

    Parameters
    ----------
    job
        What to run.
    kernel_started
        Told the process group of each kernel, so that someone else can end it if this process cannot.
    """
    problem = ""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return replace(_run(job, kernel_started), attempts=attempt)
        except KernelStartError as error:
            problem = str(error)
            time.sleep(random.uniform(0.1, 0.5) * attempt)
    return Outcome("crashed", f"The kernel did not start in {ATTEMPTS} attempts: {problem}.", ATTEMPTS)


def _run(job: Job, kernel_started: Callable[[int], None]) -> Outcome:
    try:
        with _kernel(job, kernel_started) as kernel:
            notebook = _run_cells(job, kernel)
    except PapermillExecutionError as error:
        return Outcome("failed", error_line(error.exec_count, error.ename, error.evalue))
    except CellTimeoutError:
        return Outcome("timed_out", f"Not done after {job.timeout:g} seconds; it was stopped.")
    except DeadKernelError:
        return Outcome("crashed", "The kernel died while a cell was running: out of memory, or killed.")
    reason = why_not_whole(notebook, job.run)
    if reason:
        return Outcome("failed", reason)
    _write_report(notebook, job)
    marker = end_marker(notebook)
    return Outcome("ok", figures=marker.figures if marker else {})


def _run_cells(job: Job, kernel: "_Kernel") -> nbformat.NotebookNode:
    budget = _Budget(job.timeout)
    try:
        return papermill.execute_notebook(
            _as_given(job.source),
            _as_given(job.scratch / EXECUTED),
            parameters=dict(job.parameters),
            kernel_name=kernel.kernel_name,
            language="python",
            progress_bar=False,
            start_timeout=START_SECONDS,
            execution_timeout=math.ceil(job.timeout),
            timeout_func=budget.left,
            on_notebook_start=budget.start,
            km=kernel,
        )
    except RuntimeError as error:
        if not budget.started:
            raise KernelStartError(str(error)) from error
        raise


class _Budget:
    """Seconds that the cells of a run may take together, counted from when its kernel is ready."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started = 0.0

    def start(self, notebook: object) -> None:
        self.started = time.monotonic()

    def left(self, cell: object) -> float:
        # The client takes zero for "no limit".
        return max(self.started + self.seconds - time.monotonic(), 0.01)


class _Kernel(AsyncKernelManager):
    """A kernel that lets go of its connections; the runner leaves those open to kernels that are not its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.clients: list[Any] = []

    def client(self, **options: Any) -> Any:
        self.clients.append(super().client(**options))
        return self.clients[-1]

    def end(self, group: int | None) -> None:
        """End the kernel at once, all that it started, and every connection to it."""
        end_group(group)
        run_sync(self.shutdown_kernel)(now=True)
        for client in self.clients:
            client.stop_channels()


@contextmanager
def _kernel(job: Job, kernel_started: Callable[[int], None]) -> Iterator[_Kernel]:
    """Start a kernel of this very environment, and leave nothing of it behind."""
    kernel = _Kernel(kernel_name="python3")
    environment = {**os.environ, RUN_VARIABLE: job.run, WORKSPACE_VARIABLE: str(job.workspace)}
    run_sync(kernel.start_kernel)(env=environment)
    group = getattr(kernel.provisioner, "pgid", None)
    try:
        if group:
            kernel_started(group)
        yield kernel
    finally:
        kernel.end(group)


def end_group(group: int | None) -> None:
    """End a process group at once, where there is one and the system knows groups."""
    if group and hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _write_report(notebook: nbformat.NotebookNode, job: Job) -> None:
    # The runner notes the paths of the scratch folder, which nobody will find again.
    notebook.metadata.papermill.update(input_path=job.name, output_path="")
    nbformat.write(notebook, job.scratch / NOTEBOOK)  # type: ignore[no-untyped-call]
    (job.scratch / PAGE).write_text(report_page(notebook, job.title, job.style), encoding="utf-8")


def _as_given(path: Path) -> str:
    """Write a path so that the runner, which fills in braces, leaves it as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def failure(error: BaseException) -> Outcome:
    """Put an error that nobody expected into an outcome; the whole of it stands in the run's log."""
    first: Any = str(error).strip().partition("\n")[0]
    return Outcome("crashed", f"The run broke off: {type(error).__name__}: {first}".removesuffix(": "))
