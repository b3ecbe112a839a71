"""Runs in flight: each a process of its own, so that whichever dies takes only itself along."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from planning.batch.execute import LOG, Job, Outcome, make, outcome_of
from planning.kernels.provisioner import warm
from planning.kernels.spec import PACKAGE, preload
from planning.kernels.warm import Child, WarmError, unavailable
from planning.kernels.zygote import end_group

ATTEMPTS = 2
"""Times that a run is begun whose process was killed by the system: an error of the notebook would only come back."""

RUN_BYTES = 256 << 20
"""Memory that a run takes at least, for how many a machine carries."""

_LOOK_SECONDS = 0.02


class Running:
    """A run that has a process.

    Parameters
    ----------
    job
        What it makes.
    attempt
        Which attempt it is, from 1.
    """

    def __init__(self, job: Job, attempt: int = 1) -> None:
        self.job, self.attempt = job, attempt
        log = os.open(job.scratch / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            self.process = _forked(job, log) if not unavailable() else _started(job, log)
        finally:
            os.close(log)
        self.deadline = time.monotonic() + job.timeout

    def outcome(self) -> Outcome | None:
        """Give what became of it; nothing while it runs."""
        code = self.process.poll()
        if code is None and time.monotonic() < self.deadline:
            return None
        # What it started goes with it, however it ended.
        end_group(self.process.pid)
        if code is None:
            self.process.wait()
            told = f"Not done after {self.job.timeout:g} seconds; it was stopped."
            return Outcome("timed_out", told, self.attempt)
        found = outcome_of(self.job)
        return replace(found, attempts=self.attempt) if found else self._crashed(code)

    def end(self) -> None:
        """End it, and all that it started."""
        end_group(self.process.pid)
        self.process.wait()

    def _crashed(self, code: int) -> Outcome:
        told = f"Its process was ended ({_signal(code)}): out of memory, or killed."
        if code >= 0:
            told = f"Its process ended by itself (exit code {code}) before the report did."
        return Outcome("crashed", told, self.attempt)

    @property
    def again(self) -> bool:
        """Whether it is worth another attempt: the system ended it, not the notebook."""
        return self.attempt < ATTEMPTS and (self.process.returncode or 0) < 0


def run_all(jobs: Sequence[Job], count: int) -> Generator[tuple[Job, Outcome | None]]:
    """Make the reports, a number of them at once; yields each job as it starts, and again with its outcome.

    All processes are ended when the caller stops.
    """
    waiting, running = list(reversed(jobs)), list[Running]()
    try:
        while waiting or running:
            while waiting and len(running) < count:
                job = waiting.pop()
                yield job, None
                begun = _begun(job)
                if isinstance(begun, Outcome):
                    yield job, begun
                else:
                    running.append(begun)
            for each, outcome in list(_ended(running)):
                running.remove(each)
                if outcome.state == "crashed" and each.again:
                    running.append(_anew(each))
                else:
                    yield each.job, outcome
    finally:
        for each in running:
            each.end()


def carries() -> int:
    """Say how many runs this machine carries at once: one a core, if there is memory for them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = _free_bytes()
    return max(1, min(cores, free // RUN_BYTES) if free else cores)


def _begun(job: Job) -> Running | Outcome:
    try:
        return Running(job)
    except (WarmError, OSError) as error:
        return Outcome("crashed", f"No process could be started for it: {error}", 1)


def _anew(before: Running) -> Running:
    """Begin a run again, with nothing left of what was there."""
    scratch = before.job.scratch
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    return Running(before.job, before.attempt + 1)


def _forked(job: Job, log: int) -> Child:
    return warm(preload(str(job.workspace)), [str(PACKAGE)]).fork(
        f"{make.__module__}:{make.__name__}",
        job.packed(),
        env=job.environment,
        cwd=job.workspace,
        stdout=log,
        stderr=log,
        memory=job.memory,
    )


def _started(job: Job, log: int) -> "subprocess.Popen[bytes]":
    """Start a process that imports everything itself, where nothing can be forked."""
    command = [sys.executable, "-m", make.__module__, json.dumps(job.packed())]
    return subprocess.Popen(
        command, env=job.environment, cwd=job.workspace, stdout=log, stderr=log, start_new_session=True
    )


def _ended(running: list[Running]) -> Iterator[tuple[Running, Outcome]]:
    """Wait until something happens; give the runs that came to an end."""
    if not running:
        return
    left = max(min(each.deadline for each in running) - time.monotonic(), 0)
    handles = [each.process for each in running if isinstance(each.process, Child)]
    if len(handles) == len(running):
        select.select(handles, [], [], left)
    else:
        time.sleep(min(left, _LOOK_SECONDS))
    for each in running:
        if outcome := each.outcome():
            yield each, outcome


def _signal(code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"


def _free_bytes() -> int:
    """Give the memory that is free, in bytes; 0 if the system does not say."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return 1024 * int(next(each for each in lines if each.startswith("MemAvailable")).split()[1])
    return 0
