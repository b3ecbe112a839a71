"""The owner's side of the warm process: start it, ask it for children, and know what becomes of them."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from planning.kernels import zygote

READY_SECONDS = 120.0
"""How long the warm process may take to import what it is asked to."""

_BEFORE = 2
"""Warm processes that others have followed and that still have children, past which none is renewed."""

_TOLD_SECONDS = 5.0
"""How long it may take to say how a child ended that has ended."""


class WarmError(Exception):
    """No child can be forked; says why."""


def unavailable() -> str:
    """Say why there are no warm processes on this system; empty if there are."""
    if not hasattr(os, "fork") or not hasattr(os, "pidfd_open"):
        return f"{sys.platform} forks no processes that can be watched"
    return ""


class Child:
    """A process that was forked from the warm one; used as a `subprocess.Popen`.

    Parameters
    ----------
    pid
        Its number, which is that of its process group as well.
    handle
        Descriptor that can be read once it has ended.
    leash
        Descriptor; when it is closed, the child ends.
    source
        Who forked it.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int, leash: int, source: "_Process") -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle, self._leash, self._source = handle, leash, source

    def fileno(self) -> int:
        """Give what can be waited for with `select`: it can be read once the process has ended."""
        return self._handle

    def poll(self) -> int | None:
        """Give how it ended, as `subprocess.Popen` does; none while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises
        ------
        subprocess.TimeoutExpired
            If it has not ended by then.
        """
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all that it started, at once."""
        if self.poll() is None:
            zygote.end_group(self.pid)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], timeout)[0]:
            self.returncode = self._source.code(self.pid)
            os.close(self._handle)
            os.close(self._leash)
        return self.returncode


class Warm:
    """A warm process of this one's own, started when it is first needed, and anew when it died or code has changed.

    Parameters
    ----------
    preload
        Modules to import; ``module:function`` is called besides, for what is made at its first use, and
        ``module:function:text`` with a text. It must leave no thread of
        Python's and nothing open.
    watched
        Folders of code; a change below them makes a new warm process.
    """

    def __init__(self, preload: Sequence[str], watched: Sequence[Path] = ()) -> None:
        self._given = {"preload": list(preload), "watched": [str(each) for each in watched]}
        self._lock = threading.RLock()
        self._now: _Process | None = None
        self._next: _Process | None = None
        self._before: list[_Process] = []

    def start(self) -> None:
        """Start it already, without waiting until it is ready."""
        with self._lock:
            if self._now is None:
                self._now = _Process(self._given)

    def renew(self) -> None:
        """Let another warm process get ready and take over then, as when what it has read is no longer what there is.

        The present one goes on until then. Nothing happens while two before it still have children: what each of
        them has imported is memory of its own.
        """
        with self._lock:
            self._tidy()
            if self._now is not None and self._next is None and len(self._before) < _BEFORE:
                self._next = _Process(self._given)

    def fork(
        self,
        run: str,
        payload: Mapping[str, Any],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        stdout: int = 1,
        stderr: int = 2,
        memory: int = 0,
    ) -> Child:
        """Fork a child, which leads a process group of its own.

        Parameters
        ----------
        run
            What it does, as ``module:function``; called with `payload`, and what it returns is its exit code.
        payload
            Anything that can be written as JSON.
        env, cwd
            Environment and folder; this process's own unless given.
        stdout, stderr
            Descriptors that become its own.
        memory
            Bytes that it may take besides what it has from the warm process; 0 for any number.

        Raises
        ------
        WarmError
            If the warm process cannot be started, or the system has no room for another process.
        """
        request = {
            "run": run, "payload": dict(payload), "env": dict(os.environ if env is None else env),
            "cwd": str(cwd or Path.cwd()), "memory": memory,
        }  # fmt: skip
        with self._lock:
            self._take_over()
            for _ in range(3):
                self.start()
                process = self._now
                if process is None:
                    break
                try:
                    child = process.fork(request, stdout, stderr)
                except _GoneError:
                    child = None
                if child is not None:
                    self._tidy()
                    return child
                # Its code is old, or it is gone; it goes on for the children that it has.
                self._before.append(process)
                self._now = None
        raise WarmError("The warm process dies again and again, so nothing can be forked.")

    def close(self) -> None:
        """End the warm process and all that it forked."""
        with self._lock:
            for each in (*self._before, self._now, self._next):
                if each is not None:
                    each.close()
            self._now, self._next, self._before = None, None, []

    @property
    def pid(self) -> int:
        """Number of the warm process; 0 if none runs."""
        return self._now.pid if self._now else 0

    def _take_over(self) -> None:
        """Go on with the next one if it is ready; one that cannot get ready is let go."""
        try:
            ready = self._next is not None and self._next.ready()
        except (WarmError, _GoneError):
            ready = False
            if self._next is not None:
                self._next.close()
            self._next = None
        if ready and self._now is not None:
            self._before.append(self._now)
            self._now, self._next = self._next, None

    def _tidy(self) -> None:
        """End those that others have followed and whose children have all ended."""
        for each in [each for each in self._before if not each.busy()]:
            each.close()
            self._before.remove(each)


class _GoneError(Exception):
    pass


class _Process:
    """One warm process."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        told = json.dumps({**given, "control": theirs.fileno()})
        self._lock = threading.Lock()
        self._ready = False
        self._codes: dict[int, int] = {}
        self._running: set[int] = set()
        # A session of its own: Ctrl+C in the terminal is for the owner, who ends it.
        self._process = subprocess.Popen(
            [sys.executable, "-m", zygote.__name__, told],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        theirs.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def fork(self, request: Mapping[str, Any], stdout: int, stderr: int) -> Child | None:
        """Give a child; nothing if the code has changed since it was imported."""
        held, leash = os.pipe()
        try:
            with self._lock:
                if not self._ready:
                    self._told("ready", READY_SECONDS)
                    self._ready = True
                try:
                    socket.send_fds(self._control, [json.dumps(request).encode()], [stdout, stderr, held])
                except (BrokenPipeError, ConnectionResetError) as error:
                    raise _GoneError from error
                answer, handle = self._told("pid", READY_SECONDS)
        except BaseException:
            os.close(leash)
            raise
        finally:
            os.close(held)
        if "pid" not in answer:
            os.close(leash)
            return None
        self._running.add(answer["pid"])
        return Child(answer["pid"], handle, leash, self)

    def ready(self) -> bool:
        """Say whether it has imported all, without waiting for it.

        Raises
        ------
        WarmError
            If it cannot.
        """
        with self._lock:
            if not self._ready and select.select([self._control], [], [], 0)[0]:
                self._told("ready", 0)
                self._ready = True
            return self._ready

    def code(self, pid: int) -> int:
        """Give how a child ended that has ended; if nobody knows any more, as if it had been killed."""
        with self._lock:
            self._running.discard(pid)
            with suppress(_GoneError, WarmError):
                while pid not in self._codes:
                    self._hear(_TOLD_SECONDS)
            return self._codes.pop(pid, -signal.SIGKILL)

    def busy(self) -> bool:
        return bool(self._running)

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(_TOLD_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _told(self, what: str, seconds: float) -> tuple[dict[str, Any], int]:
        """Wait for an answer, and note meanwhile which children have ended."""
        while True:
            answer, handle = self._hear(seconds)
            if "broken" in answer:
                raise WarmError(f"What is to be kept warm cannot be imported:\n{answer['broken']}")
            if "refused" in answer:
                raise WarmError(f"The system forks no further process: {answer['refused']}.")
            if what in answer or "stale" in answer:
                return answer, handle

    def _hear(self, seconds: float) -> tuple[dict[str, Any], int]:
        if not select.select([self._control], [], [], seconds)[0]:
            raise WarmError(f"The warm process has not answered for {seconds:g} seconds.")
        try:
            message, fds, _, _ = socket.recv_fds(self._control, zygote.MESSAGE, 1)
        except ConnectionResetError as error:
            raise _GoneError from error
        if not message:
            raise _GoneError
        told: dict[str, Any] = json.loads(message)
        if "ended" in told:
            self._codes[told["ended"]] = told["code"]
        return told, fds[0] if fds else -1
