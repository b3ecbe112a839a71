"""Runs on a Dask cluster, with the same isolation, limits and outcomes as on this machine.

A worker does what a batch does here with one report (`workers.run_all`): a process of its own from a warm one, ended
when it takes too long. Workers see the workspace under the same path, as on a shared disk; what became of a run comes
back to the one process that keeps the record, which stays the only truth about it.
"""

import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from planning.batch.execute import Job, Outcome
from planning.batch.workers import run_all
from planning.errors import BatchError

WORKERS_WITHIN = 60.0
"""Seconds that a cluster may be without any worker."""

_LOOK_SECONDS = 2.0
_WARMING = Lock()


def run_on(address: str, jobs: Sequence[Job], count: int = 0) -> Generator[tuple[Job, Outcome | None]]:
    """Make the reports on a cluster; yields each job as it is handed over, and again with its outcome.

    A job comes back with the folder that the run wrote into: a run whose worker was lost is begun again on another
    one, with a folder of its own, so that nothing that is left of the first can get into it.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://10.0.0.5:8786``.
    jobs
        What is to be made.
    count
        How many are handed over at once; as many as the cluster has threads, and half as many again, unless said.

    Raises
    ------
    BatchError
        If there is no such scheduler, it has no workers, or they do not see the workspace.
    """
    with _client(address) as client:
        if jobs:
            _check(client, jobs[0])
        most = count or max(2, sum(client.ncores().values()) * 3 // 2)
        waiting, flying = list(reversed(jobs)), dict[Any, Job]()
        while waiting or flying:
            while waiting and len(flying) < most:
                job = waiting.pop()
                flying[client.submit(_one, job, key=job.run, pure=False)] = job
                yield job, None
            future = _next(client, list(flying))
            yield _came(future, flying.pop(future))


def _one(job: Job) -> tuple[Outcome, Path]:
    """Make one report; runs on a worker. Gives what became of it, and the folder that it wrote into."""
    with _WARMING:
        scratch = Path(tempfile.mkdtemp(prefix="on-", dir=job.scratch))
    with closing(run_all([replace(job, scratch=scratch)], 1)) as events:
        [outcome] = [outcome for _, outcome in events if outcome is not None]
    return outcome, scratch


def _came(future: Any, job: Job) -> tuple[Job, Outcome]:
    """Say what became of a run; one that takes its workers along again and again has crashed."""
    error = future.exception()
    if error is not None:
        return job, Outcome("crashed", f"The cluster could not run it: {error}", 1)
    outcome, scratch = future.result()
    return replace(job, scratch=scratch), outcome


def _next(client: Any, flying: Sequence[Any]) -> Any:
    """Wait for the next run to end, for as long as there is anybody to run it."""
    from distributed import wait

    since = time.monotonic()
    while True:
        with suppress(TimeoutError), client.as_current():
            done = wait(flying, timeout=_LOOK_SECONDS, return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
            return next(iter(done))
        if client.ncores():
            since = time.monotonic()
        elif time.monotonic() - since > WORKERS_WITHIN:
            raise BatchError("The cluster has no workers any more. Start some, then begin the batch again.")


def _check(client: Any, job: Job) -> None:
    """Refuse a cluster that could not run anything, before anything is handed over."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_WITHIN)
    except TimeoutError as error:
        raise BatchError(
            "The cluster has no workers. Start one: dask worker, with the scheduler's address."
        ) from error
    # A worker that is lost just now says nothing; others take over what it would have done.
    blind = [name for name, sees in client.run(_sees, job.source, on_error="ignore").items() if not sees]
    if blind:
        raise BatchError(
            f"These workers do not see {job.source.parent}: {', '.join(blind)}. Workspaces of a cluster lie on a "
            "disk that all its machines have under the same path."
        )


def _sees(file: Path) -> bool:
    return file.exists()


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise BatchError(
            "A cluster needs the library distributed: pip install sales-planning-workbook[cluster]."
        ) from error
    try:
        client = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise BatchError(f"No scheduler answers at {address}: {error}") from error
    with client:
        yield client
