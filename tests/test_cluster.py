"""A batch on a Dask cluster: the same reports, each once, whatever becomes of its workers."""

import json
import threading
import time

import nbformat
import psutil
import pytest
from distributed import LocalCluster
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from planning import settings as config
from planning.batch.batch import run_batch
from planning.errors import BatchError
from planning.store.database import Database
from planning.store.runs import Runs

ITEMS = [f"Item {number}" for number in range(8)]
PARAMETERS = 'territory: str = ""  # territory of the report'
WORK = """
import os, time
from planning.settings import load
with (load().workspace / "begun").open("a") as begun:
    begun.write(f"{territory}\\n")
time.sleep(1)
if territory == "Item 3":
    raise ValueError("Item 3 has no data")
print(f"Goals of {territory}")
"""
END = "from planning.batch.marker import finished\nfinished({'Target': territory})"


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as started:
        yield started


@pytest.fixture
def desk(tmp_path):
    cells = [new_markdown_cell("# Report"), new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(WORK), new_code_cell(END)]
    nbformat.write(new_notebook(cells=cells), tmp_path / "report.ipynb")

    def run(name, **more):
        workspace = tmp_path / name
        workspace.mkdir(exist_ok=True)
        settings = config.load(workspace)
        with Database(settings.database_url) as database:
            made = run_batch(
                tmp_path / "report.ipynb", ITEMS, {}, settings, Runs(database), fingerprint="one", **more
            )
        return made, workspace

    return run


def told(made):
    """Give what a batch did, without what carries a time."""
    return {
        each.label: (each.made, each.run.state, each.run.reason, dict(each.run.figures or {}))
        for each in made.reports
    }


def begun_in(workspace):
    """Give what was begun, in that order."""
    file = workspace / "begun"
    return file.read_text().splitlines() if file.exists() else []


def figures(made):
    """Give the outputs of the notebooks that were published."""
    pages = {each.label: each.page.with_suffix(".ipynb") for each in made.reports if each.made == "ok"}
    return {label: [cell.get("outputs") and [output.get("text") for output in cell["outputs"]]
                    for cell in json.loads(file.read_text())["cells"]]
            for label, file in pages.items()}  # fmt: skip


def test_a_worker_that_is_killed_takes_no_report_along_and_all_are_as_on_one_machine(cluster, desk, tmp_path):
    here, _ = desk("here")

    def kill():
        # Once reports are being made there, a worker is gone, as when its machine is switched off.
        for _ in range(600):
            if begun_in(tmp_path / "there"):
                break
            time.sleep(0.1)
        psutil.Process(next(iter(cluster.workers.values())).pid).kill()

    killing = threading.Thread(target=kill)
    killing.start()
    there, workspace = desk("there", scheduler=cluster.scheduler_address)
    killing.join()
    assert told(there) == told(here)
    assert told(there)["Item 3"][0] == "failed"
    assert "has no data" in told(there)["Item 3"][2]
    assert figures(there) == figures(here)
    # Each ended once; only what the worker was at was begun again.
    begun = begun_in(workspace)
    assert set(begun) == set(ITEMS)
    assert len(begun) <= len(ITEMS) + 2
    # What is there is not made again, there or here.
    again, _ = desk("there", scheduler=cluster.scheduler_address)
    assert len(again.labels("skipped")) == len(ITEMS) - 1


def test_a_scheduler_that_does_not_answer_or_has_no_workers_is_said(desk, monkeypatch):
    with pytest.raises(BatchError, match="No scheduler answers at tcp://127.0.0.1:1"):
        desk("nobody", scheduler="tcp://127.0.0.1:1")
    monkeypatch.setattr("planning.batch.cluster.WORKERS_WITHIN", 1.0)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(BatchError, match="The cluster has no workers"),
    ):
        desk("empty", scheduler=empty.scheduler_address)
