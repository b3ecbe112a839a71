"""A batch of reports against a loop of papermill commands, and against papermill in a pool of processes."""

import multiprocessing
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
from measures import Comparison
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from planning import settings as config
from planning.batch.batch import run_batch
from planning.store.database import Database
from planning.store.runs import Runs

Task = Callable[[], list[int]]

LOOP = Comparison(
    "reports", "a loop of papermill commands", "batching:batch", "batching:commands", {"s": 1 / 20}
)  # fmt: skip
POOL = Comparison(
    "reports (pool)", "papermill.execute_notebook, a process a core", "batching:batch", "batching:pool",
    {"s": 1 / 8, "pss": 1.0},
)  # fmt: skip
GROWTH = Comparison(
    "ten times the reports", "a tenth of them", "batching:ten_times", "batching:batch", {"s": 11.0, "pss": 1.1}
)

CELLS = (
    "import duckdb\nimport pandas as pd\n"
    "from planning import charts, settings\nfrom planning.batch.marker import finished",
    "orders = duckdb.sql(f\"select * from '{history}' where territory = '{territory}'\").df()",
    "table = orders.groupby(['product_line', 'month'], as_index=False)['revenue'].sum()\ntable.tail(12)",
    "by_month = table.pivot(index='month', columns='product_line', values='revenue').reset_index()\n"
    "lines = {each: each for each in by_month.columns[1:]}\n"
    "charts.months(by_month, lines, settings.load(), 'Revenue by month')",
    "finished({'Revenue': str(table['revenue'].sum())})",
)
_BETWEEN = 0.5
"""Seconds between two looks at the memory, each of which takes some hundredths of a second from what is measured."""

PLACES = ("Harbour Coast", "Granite Valley", "Pine Hills")


def batch(folder: str, count: str) -> Task:
    """Make the reports as ``planning batch`` does: recorded, published as notebook and page, listed."""
    home = Path(tempfile.mkdtemp(dir=folder))
    notebook = _notebook(home)
    settings = config.load(home)

    def task() -> list[int]:
        with _Memory() as memory, Database(settings.database_url) as database:
            items = [f"{number:05}" for number in range(int(count))]
            done = run_batch(notebook, items, {}, settings, Runs(database), fingerprint="one", across="item")
        _told["pss"] = memory.peak
        return [len(done.labels("ok")) and 1]

    return task


def ten_times(folder: str, count: str) -> Task:
    """Make ten times as many."""
    return batch(folder, str(10 * int(count)))


def commands(folder: str, count: str) -> Task:
    """Run the command for each, one after the other, as a script would."""
    home = Path(tempfile.mkdtemp(dir=folder))
    notebook = _notebook(home)

    def task() -> list[int]:
        for number in range(int(count)):
            command = [str(Path(sys.executable).with_name("papermill")), str(notebook), str(home / f"{number}.ipynb")]
            subprocess.run([*command, "-p", "item", f"{number:05}", "-k", "python3"], check=True, capture_output=True)
        return [1]

    return task


def pool(folder: str, count: str) -> Task:
    """Run them by the library's function in as many processes as there are cores."""
    home = Path(tempfile.mkdtemp(dir=folder))
    notebook = _notebook(home)

    def task() -> list[int]:
        work = [(str(notebook), str(home / f"{number}.ipynb"), f"{number:05}") for number in range(int(count))]
        with _Memory() as memory, multiprocessing.get_context("spawn").Pool() as processes:
            processes.map(_one, work, chunksize=1)
        _told["pss"] = memory.peak
        return [1]

    return task


_told: dict[str, float] = {}


def figures() -> dict[str, float]:
    """Give what was measured besides the time: peak of the memory that all processes have together, MB."""
    return dict(_told)


def _one(work: tuple[str, str, str]) -> None:
    papermill.execute_notebook(*work[:2], parameters={"item": work[2]}, kernel_name="python3", progress_bar=False)


def _notebook(home: Path) -> Path:
    """Write a notebook with pandas, DuckDB and a chart, and the lines that it reads."""
    import numpy as np
    import pandas as pd

    chance = np.random.default_rng(1)
    size = 20_000
    lines = pd.DataFrame(
        {
            "territory": chance.choice(PLACES, size),
            "product_line": chance.choice(["Cookware", "Lamps", "Textiles"], size),
            "month": chance.choice([f"2026-{month:02}" for month in range(1, 13)], size),
            "revenue": chance.integers(1_000, 100_000, size),
        }
    )
    lines.to_parquet(home / "orders.parquet")
    stated = 'item: str = ""\nterritory: str = "Harbour Coast"\nhistory: str = ' + repr(str(home / "orders.parquet"))
    cells = [
        new_markdown_cell("# Report"),
        new_code_cell(stated, metadata={"tags": ["parameters"]}),
        *(new_code_cell(each) for each in CELLS),
    ]
    file = home / "report.ipynb"
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), file)
    return file


class _Memory:
    """The peak of what this process and all that come of it have, each shared page counted in parts."""

    def __enter__(self) -> "_Memory":
        self.peak, self._done = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._done.wait(_BETWEEN):
            taken = 0
            for each in [me, *me.children(recursive=True)]:
                try:
                    taken += each.memory_full_info().pss
                except (psutil.Error, OSError):
                    continue
            self.peak = max(self.peak, taken / 2**20)
