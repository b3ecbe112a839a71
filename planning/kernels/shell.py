"""Cells run in IPython within this very process, without a kernel: for a process that is a notebook's own.

A kernel is there to be talked to while it runs. A notebook that is run from its first cell to its last needs none: no
ports, no messages, no second process. What cells show is collected as a notebook holds it.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import papermill.engines
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.iorw import write_ipynb
from traitlets.config import Config

ENGINE = "planning-warm"
_SAVE_SECONDS = 0.5


class Outputs:
    """What one cell shows, in the order in which it does."""

    def __init__(self) -> None:
        self.shown: list[NotebookNode] = []
        self._clear = False

    def stream(self, name: str, text: str) -> None:
        """Add text of ``stdout`` or ``stderr``."""
        self._cleared()
        last = self.shown[-1] if self.shown else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self._add("stream", name=name, text=text)

    def display(self, data: dict[str, Any], metadata: dict[str, Any]) -> NotebookNode:
        """Add what is displayed."""
        self._cleared()
        return self._add("display_data", data=data, metadata=metadata)

    def result(self, data: dict[str, Any], metadata: dict[str, Any], count: int) -> None:
        """Add what the cell ends on."""
        self._cleared()
        self._add("execute_result", data=data, metadata=metadata, execution_count=count)

    def error(self, name: str, value: str, lines: list[str]) -> None:
        """Add what was raised."""
        self._cleared()
        self._add("error", ename=name, evalue=value, traceback=lines)

    def clear(self, wait: bool) -> None:
        """Take back what was shown, at once or when the next thing comes."""
        self._clear = wait
        if not wait:
            self.shown.clear()

    def _cleared(self) -> None:
        if self._clear:
            self.clear(wait=False)

    def _add(self, kind: str, **content: Any) -> NotebookNode:
        self.shown.append(new_output(kind, **content))  # type: ignore[no-untyped-call]
        return self.shown[-1]


class _Publisher(DisplayPublisher):
    """Takes what cells display."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]
        self.outputs = Outputs()
        self._by_id: dict[str, list[NotebookNode]] = {}

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: Any = False,
        **_: Any,
    ) -> None:
        name = str((transient or {}).get("display_id") or "")
        if update:
            for each in self._by_id.get(name, []):
                each["data"], each["metadata"] = data, metadata or {}
            return
        shown = self.outputs.display(data, metadata or {})
        if name:
            self._by_id.setdefault(name, []).append(shown)

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.clear(wait)


class _Result(DisplayHook):
    """Takes what cells end on."""

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        publisher: Any = self.shell.display_pub  # type: ignore[union-attr]
        publisher.outputs.result(format_dict, md_dict or {}, self.prompt_count)

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """IPython that collects outputs instead of printing them."""

    display_pub: Any
    display_pub_class = _Publisher
    displayhook_class = _Result

    def enable_gui(self, gui: Any = None) -> None:
        """There is nothing to look at while cells run."""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.display_pub.outputs.error(etype.__name__, str(evalue), stb)

    def run(self, source: str) -> tuple[Outputs, bool]:
        """Run a cell; give what it shows, and whether it went through."""
        outputs = self.display_pub.outputs = Outputs()
        with _captured(outputs):
            done: Any = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        return outputs, bool(done.success)


class _Stream:
    """A text stream whose text becomes output."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs, real: TextIO) -> None:
        self._name, self._outputs, self._real = name, outputs, real

    def write(self, text: str) -> int:
        if text:
            self._outputs.stream(self._name, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for each in lines:
            self.write(each)

    def flush(self) -> None:
        self._real.flush()

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._real.fileno()


@contextmanager
def _captured(outputs: Outputs) -> Iterator[None]:
    real = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout", outputs, real[0]), _Stream("stderr", outputs, real[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = real


def shell() -> Shell:
    """Make this process's shell."""
    # Figures are drawn into the notebook, as a kernel would.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    made = Shell.instance(config=config)
    made.builtin_trap.activate()
    return made


class Engine(papermill.engines.Engine):
    """A papermill engine, ``engine_name="planning-warm"``, for a process that is one notebook's own."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, keep: str = "", **_: Any) -> None:
        """Run all cells of a notebook, up to the first that fails.

        Parameters
        ----------
        nb_man
            papermill's account of the run.
        kernel_name
            Not used: there is no kernel.
        keep
            File into which the notebook is written now and then as far as it has come, for when the process is ended.
        """
        made, done = shell(), threading.Event()
        if keep:
            threading.Thread(target=_keep, args=(nb_man, keep, done), daemon=True).start()
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            went_through = _run(made, cell)
            if not went_through:
                nb_man.cell_exception(cell, index)
            nb_man.cell_complete(cell, index)
            if not went_through:
                break
        done.set()


def _keep(nb_man: Any, keep: str, done: threading.Event) -> None:
    while not done.wait(_SAVE_SECONDS):
        # A cell that ends just now is kept the next time.
        with suppress(RuntimeError):
            write_ipynb(nb_man.nb, keep)


def _run(made: Shell, cell: NotebookNode) -> bool:
    if cell.cell_type != "code" or not cell.source.strip():
        return True
    cell.execution_count = made.execution_count
    cell.outputs = []
    outputs, went_through = made.run(cell.source)
    cell.outputs = outputs.shown
    return went_through or "raises-exception" in cell.metadata.get("tags", [])


papermill.engines.papermill_engines.register(ENGINE, Engine)
