"""The warm process: imports once, and forks a child for each request.

Run as ``python -m planning.kernels.zygote`` by `planning.kernels.warm`, with one end of a pair of connected sockets:
it has no name in the file system, so nobody else can reach it. It has one thread of Python's, since a fork takes only
the thread that asks for it along, and locks that others hold would stay locked for good; the pools of libraries
(OpenBLAS, Arrow) wait for work then, and are begun anew by the libraries in each child. It ends when its owner does,
and ends its children then.
"""

import gc
import importlib
import json
import os
import random
import resource
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

MESSAGE = 1 << 20
"""Bytes that a request may have: an environment is a few thousand."""

_FDS = 3


class Zygote:
    """The warm process.

    Parameters
    ----------
    control
        The owner's requests come in here, and what becomes of children goes out.
    watched
        Folders of code; when a file of theirs has changed, no child is forked any more.
    """

    def __init__(self, control: socket.socket, watched: Iterable[str]) -> None:
        self._control = control
        self._watched = list(watched)
        self._stamp = stamp(self._watched)
        self._children: set[int] = set()
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self) -> None:
        """Fork until the owner has gone."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        # What is there now stays untouched, so that its pages stay shared with all children.
        gc.collect()
        gc.freeze()
        self._say({"ready": threads()})
        while True:
            ready, _, _ = select.select([self._control.fileno(), self._woken], [], [])
            if self._woken in ready:
                with suppress(BlockingIOError):
                    os.read(self._woken, 4096)
                self._reap()
            if self._control.fileno() in ready and not self._answer():
                break
        for child in self._children:
            end_group(child)
        # Libraries that complain at the end of a process would complain in the owner's name.
        os._exit(0)

    def _answer(self) -> bool:
        try:
            request, fds, _, _ = socket.recv_fds(self._control, MESSAGE, _FDS)
        except ConnectionResetError:
            return False
        if not request:
            return False
        if stamp(self._watched) != self._stamp:
            self._say({"stale": True})
        else:
            self._fork(json.loads(request), fds)
        for fd in fds:
            os.close(fd)
        return True

    def _fork(self, asked: Mapping[str, Any], fds: list[int]) -> None:
        try:
            child = os.fork()
        except OSError as error:
            self._say({"refused": str(error)})
            return
        if child == 0:
            signal.set_wakeup_fd(-1)
            for fd in (self._control.detach(), self._woken, self._wake):
                os.close(fd)
            _become(asked, *fds)
        self._children.add(child)
        handle = os.pidfd_open(child)
        # The owner gets a handle and not a number alone: a number may be another process's by the time it is used.
        socket.send_fds(self._control, [json.dumps({"pid": child}).encode()], [handle])
        os.close(handle)

    def _reap(self) -> None:
        for child in list(self._children):
            ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None:
                continue
            # What it has started goes with it; while it is not waited for, its number is nobody else's.
            end_group(child)
            _, status = os.waitpid(child, 0)
            self._children.discard(child)
            self._say({"ended": child, "code": os.waitstatus_to_exitcode(status)})

    def _say(self, what: Mapping[str, Any]) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self._control.send(json.dumps(what).encode())


def _become(asked: Mapping[str, Any], out: int, err: int, leash: int) -> None:
    """Be the child: a process like one that was started by itself, but warm."""
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for given, own in ((out, 1), (err, 2)):
            os.dup2(given, own)
            os.close(given)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["cwd"])
        _limit(asked.get("memory", 0))
        _reseed()
        threading.Thread(target=_held, args=(leash,), name="leash", daemon=True).start()
        module, _, function = asked["run"].partition(":")
        code = getattr(importlib.import_module(module), function)(asked["payload"]) or 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        _leave(code)


def _leave(code: int) -> None:
    """End as a process does, without what the warm process itself would have to do at its own end."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)


def _held(leash: int) -> None:
    """End with the owner, whose end of the leash is closed however it ended, also if the warm process is gone."""
    os.read(leash, 1)
    end_group(os.getpgrp())


def _limit(memory: int) -> None:
    """Let the process take so many bytes more than it has."""
    if memory:
        # Of the process itself: pages (of data and stack, field 6) that it has from the warm one.
        taken = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_DATA, (taken + memory, taken + memory))


def _reseed() -> None:
    """Start the generators of random numbers anew: all children would draw the same otherwise."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def stamp(folders: Iterable[str]) -> int:
    """Give a number that changes when a file of code below folders does."""
    found = [
        (str(file), seen.st_mtime_ns, seen.st_size)
        for folder in folders
        for file in sorted(Path(folder).rglob("*.py"))
        if (seen := file.stat())
    ]
    return hash(tuple(found))


def threads() -> int:
    """Count the threads of this process, those of libraries among them."""
    return len(list(Path("/proc/self/task").iterdir()))


def end_group(leader: int) -> None:
    """End a process and all that it started, at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _abandoned(control: socket.socket) -> bool:
    ready, _, _ = select.select([control], [], [], 0)
    return bool(ready) and not control.recv(1, socket.MSG_PEEK)


def main() -> None:
    """Import what was asked for, then fork."""
    given = json.loads(sys.argv[1])
    control = socket.socket(fileno=given["control"])
    os.set_inheritable(control.fileno(), False)
    try:
        for name in given["preload"]:
            module, _, call = name.partition(":")
            function, _, about = call.partition(":")
            found = importlib.import_module(module)
            if function:
                getattr(found, function)(*filter(None, [about]))
            if _abandoned(control):
                # Its owner went while it was getting ready: nobody will ever ask it for anything.
                os._exit(0)
    except Exception:
        control.send(json.dumps({"broken": traceback.format_exc(limit=-3)}).encode())
        raise
    Zygote(control, given["watched"]).serve()


if __name__ == "__main__":
    main()
