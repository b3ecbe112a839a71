"""Worker processes, each with one run at a time, so that whichever dies takes only its own run along.

A pool of the standard library cannot be used: when one of its workers is killed, it gives up all runs.
"""

import logging
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Generator, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from planning.batch.execute import ATTEMPTS, LOG, START_SECONDS, Job, Outcome, end_group, execute, failure

GRACE = 60.0
"""Seconds past its timeout after which a run is ended from outside: time to write its page, or a sign of a hang."""

_SPAWN = multiprocessing.get_context("spawn")


class Worker:
    """A process that makes reports, and what is known of the run that it has."""

    def __init__(self) -> None:
        self.connection, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.job: Job | None = None
        self.deadline = 0.0
        self.kernel: int | None = None

    def give(self, job: Job) -> None:
        """Give a run to a worker that has none."""
        self.job, self.kernel = job, None
        self.deadline = time.monotonic() + ATTEMPTS * START_SECONDS + GRACE
        # A worker that has just died says so when it is listened to.
        try:
            self.connection.send(job)
        except BrokenPipeError:
            return

    def listen(self) -> Outcome | None:
        """Hear what the worker has to say: the outcome of its run, or nothing final yet."""
        try:
            message = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.end()
            return Outcome("crashed", f"The worker process died (exit code {self.process.exitcode}).")
        if isinstance(message, Outcome):
            return message
        self.kernel = message
        self.deadline = time.monotonic() + (self.job.timeout if self.job else 0) + GRACE
        return None

    def end(self) -> None:
        """End the process and the kernel that it has running."""
        self.process.kill()
        self.process.join()
        end_group(self.kernel)
        self.connection.close()

    @property
    def alive(self) -> bool:
        """Whether it can be given another run."""
        return not self.connection.closed


def run_all(jobs: Sequence[Job], count: int) -> Generator[tuple[Job, Outcome | None]]:
    """Make the reports, a number of them at once; yields each job as it starts, and again with its outcome.

    Workers that die or hang are replaced; all of them, and their kernels, are ended when the caller stops.
    """
    waiting, workers = list(reversed(jobs)), list[Worker]()
    try:
        while waiting or any(worker.job for worker in workers):
            while waiting and (worker := _free(workers, count)):
                job = waiting.pop()
                worker.give(job)
                yield job, None
            for worker, outcome in _outcomes(workers):
                if worker.job:
                    yield worker.job, outcome
                worker.job = None
            workers = [worker for worker in workers if worker.alive]
    finally:
        for worker in workers:
            worker.end()


def _free(workers: list[Worker], count: int) -> Worker | None:
    for worker in workers:
        if not worker.job:
            return worker
    if len(workers) == count:
        return None
    workers.append(Worker())
    return workers[-1]


def _outcomes(workers: list[Worker]) -> Iterator[tuple[Worker, Outcome]]:
    """Wait until something happens; give the runs that came to an end."""
    busy = {worker.connection: worker for worker in workers if worker.job}
    nearest = min(worker.deadline for worker in busy.values())
    for connection in wait(list(busy), timeout=max(nearest - time.monotonic(), 0)):
        worker = busy.pop(connection)  # type: ignore[call-overload]
        if outcome := worker.listen():
            yield worker, outcome
    for worker in busy.values():
        if worker.deadline <= time.monotonic():
            worker.end()
            yield worker, Outcome("timed_out", "Neither done nor stopping by itself; it was ended from outside.")


def serve(connection: "Connection[Any, Any]") -> None:
    """Make reports until nobody asks for more: what a worker process does."""
    # Ctrl+C reaches every process of the terminal; it is for the batch to end its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            return
        _write_to(job)
        connection.send(_outcome(job, connection))


def _outcome(job: Job, connection: "Connection[Any, Any]") -> Outcome:
    try:
        return execute(job, kernel_started=connection.send)
    except Exception as error:  # whatever it is, it is this run's alone, and the next one is waiting
        traceback.print_exc()
        return failure(error)


def _write_to(job: Job) -> None:
    """Send all that this process and its kernel print, down to a crash of the interpreter, to the run's log."""
    log = os.open(job.scratch / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
