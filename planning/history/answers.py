"""What was asked of the history before, answered from memory: this process's own, or what another one has kept.

Every page and every report is a process of its own, and most of what they ask is the same. Small answers are kept in
a folder, under a checksum of the question and of all that the answer depends on; they may be thrown away at any time.
Whoever finds all that it asks there never opens the engine at all, which takes more than most questions.
"""

import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from planning.errors import HistoryError

_FEW, _SMALL = 128, 1 << 18
"""Answers that a process keeps, and the bytes that one of them may have."""

_FILES = 256

_ALONE: ContextVar[bool] = ContextVar("alone", default=False)


@contextmanager
def kept_alone() -> Iterator[None]:
    """Answer from what was kept alone within it, and never open an engine.

    Raises
    ------
    HistoryError
        At a question that was never asked before.
    """
    before = _ALONE.set(True)
    try:
        yield
    finally:
        _ALONE.reset(before)


class Engine(Protocol):
    """What answers the history's questions."""

    def rows(self, sql: str, parameters: Mapping[str, object]) -> pa.Table:
        """Answer a query in the embedded engine's dialect; ``$name`` stands for a parameter."""

    def fingerprint(self) -> str:
        """Make a checksum of everything the history holds."""

    def close(self) -> None:
        """Let the engine go."""


class Answers:
    """An engine whose answers are kept; what it answers from must stay as it is.

    Parameters
    ----------
    engine
        Opens it; called at the first question that was never asked before.
    folder
        Where answers are kept.
    depends
        All that answers depend on besides the question, as text.
    keeps
        Whether new answers are written to the folder.
    """

    def __init__(self, engine: Callable[[], Engine], folder: Path, depends: str, keeps: bool = True) -> None:
        self._make, self._folder, self._depends, self._keeps = engine, folder, depends, keeps
        self._engine: Engine | None = None
        self._here: OrderedDict[str, pa.Table] = OrderedDict()

    def rows(self, sql: str, parameters: Mapping[str, object]) -> pa.Table:
        """Answer a query; ``$name`` stands for a parameter."""
        key = hashlib.sha256(repr((self._depends, sql, sorted(parameters.items()))).encode()).hexdigest()[:32]
        found = self._here.get(key) or _read(self._folder / key)
        if found is None:
            found = self._opened().rows(sql, parameters)
            if self._keeps and found.nbytes <= _SMALL:
                # A workspace that cannot be written to is read all the same.
                with suppress(OSError):
                    _write(found, self._folder / key)
        if found.nbytes <= _SMALL:
            self._here[key] = found
            self._here.move_to_end(key)
            if len(self._here) > _FEW:
                self._here.popitem(last=False)
        return found

    def fingerprint(self) -> str:
        """Make a checksum of everything the history holds."""
        return self._opened().fingerprint()

    def close(self) -> None:
        """Let the engine go."""
        if self._engine is not None:
            self._engine.close()

    def _opened(self) -> Engine:
        if self._engine is None:
            if _ALONE.get():
                raise HistoryError("This was never asked of the history before, and the engine is not to be opened.")
            self._engine = self._make()
        return self._engine


def _read(file: Path) -> pa.Table | None:
    """Read an answer; one that is gone or broken, whatever broke it, is asked for anew."""
    try:
        with pa.OSFile(str(file)) as kept, pa.ipc.open_file(kept) as reader:
            return reader.read_all()
    except (OSError, pa.ArrowException):
        return None


def _write(answer: pa.Table, file: Path) -> None:
    """Write it beside its place and move it there whole; the oldest go."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, draft = tempfile.mkstemp(dir=file.parent, prefix=".")
    os.close(number)
    with pa.OSFile(draft, "wb") as kept, pa.ipc.new_file(kept, answer.schema) as writer:
        writer.write_table(answer)
    Path(draft).replace(file)
    there = [each for each in file.parent.iterdir() if not each.name.startswith(".")]
    if len(there) > _FILES:
        for old in sorted(there, key=lambda each: each.stat().st_mtime_ns)[: _FILES // 4]:
            old.unlink(missing_ok=True)
