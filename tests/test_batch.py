"""A batch makes each report whole or not at all, and its record says truly which."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from planning.batch import batch, board, edition, pages, workers
from planning.batch.batch import BatchResult, run_batch
from planning.batch.edition import Edition, refuse_shared_pages
from planning.batch.execute import NOTEBOOK, PAGE, Job, Outcome, failure
from planning.batch.marker import MIME, finished
from planning.batch.notify import notify
from planning.batch.parameters import checked_values, declared_parameters
from planning.batch.runs import Run, code_version
from planning.batch.verdict import why_not_whole
from planning.errors import BatchError, SettingsError
from planning.kernels.warm import WarmError
from planning.settings import Settings
from planning.store.database import Database
from planning.store.runs import Runs

PARAMETERS = 'territory: str = ""  # territory of the report\nyear: int = 2027  # fiscal year'
SAY = "print(f'Goals of {territory} for {year}')"
END = "from planning.batch.marker import finished\n\nfinished({'Target': f'{year:,} USD'})"

BEHAVE = """
import os, subprocess, sys
from planning.settings import load

def leave_a_trace():
    child = subprocess.Popen(["sleep", "600"])
    (load().workspace / f"{territory}.pids").write_text(f"{os.getpid()} {child.pid}")

def loop():
    leave_a_trace()
    while True:
        pass

def kill_the_parent():
    leave_a_trace()
    os.kill(os.getppid(), 9)

def take_all_memory():
    taken = []
    while True:
        taken.append(bytearray(1 << 24))

{
    "Error": lambda: 1 / 0,
    "Dead": lambda: os.kill(os.getpid(), 9),
    "Exit": lambda: sys.exit(0),
    "Loop": loop,
    "Parent": kill_the_parent,
    "Hog": take_all_memory,
    "Leave": lambda: os._exit(3),
}.get(territory, lambda: None)()
"""

SCRIPT = "<script>alert(1)</script>"
ODD = "{a.__class__}/../Zürich 🏔"


class WatchedRuns(Runs):
    """The record in the plan's database, and beside it every change in the order in which it came."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.changes: list[dict[str, Any]] = []

    def record_run(self, row: Mapping[str, Any]) -> None:
        self.changes.append(dict(row))
        super().record_run(row)


@dataclass
class Desk:
    """A workspace, a notebook in it and a log: what is needed to ask for a batch."""

    settings: Settings
    notebook: Path
    log: WatchedRuns

    def run(self, *items: str, fingerprint: str = "plan 1", year: object = 2027, **more: Any) -> BatchResult:
        parameters = more.pop("parameters", {"year": year})
        return run_batch(
            self.notebook,
            items,
            parameters,
            self.settings,
            self.log,
            fingerprint=fingerprint,
            edition="FY2027",
            **more,
        )

    @property
    def home(self) -> Path:
        return self.settings.reports / "territory-report" / "FY2027"


def write_notebook(path: Path, *sources: str, parameters: str = PARAMETERS) -> Path:
    cells = [
        new_markdown_cell("# Territory report\n\nWhat the territory is asked for."),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        *(new_code_cell(source) for source in sources),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return path


@contextmanager
def desk_in(folder: Path, *sources: str) -> Iterator[Desk]:
    settings = Settings(workspace=folder, company="Alpenglow")
    with Database(settings.database_url) as database:
        yield Desk(settings, write_notebook(folder / "territory_report.ipynb", *sources), WatchedRuns(database))


@pytest.fixture(scope="module", autouse=True)
def still() -> Iterator[None]:
    """Hold still what does not matter here: how pages look, and the package, which may be edited meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edition, "style_sheet", lambda: "p { margin: 0 }")
        patch.setattr(edition, "code_version", lambda package: "code 1")
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, SAY, END) as desk:
        yield desk


@pytest.fixture
def quick(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose reports are written without a kernel: for what a batch does around its runs."""
    monkeypatch.setattr(batch, "run_all", write_reports)
    return desk


def write_reports(jobs: Sequence[Job], count: int) -> Generator[tuple[Job, Outcome | None]]:
    for job in jobs:
        yield job, None
        (job.scratch / NOTEBOOK).write_text("{}")
        (job.scratch / PAGE).write_text(f"Page of run {job.run}")
        yield job, Outcome("ok", figures={"Target": f"{job.parameters['year']:,} USD"})


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_gone(file: Path, seconds: float = 5.0) -> bool:
    """Whether the processes noted in a file end; a signal takes a moment to arrive."""
    pids = [int(pid) for pid in file.read_text().split()]
    end = time.monotonic() + seconds
    while any(map(is_running, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(is_running, pids))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, BatchResult]]:
    """One batch with everything that can go wrong in it, in a workspace whose name is awkward too."""
    folder = tmp_path_factory.mktemp("batch") / "our {work} space"
    folder.mkdir()
    items = ["Loop", "North", "Error", "Parent", "Dead", "Exit", "Hog", "Leave", SCRIPT, ODD, ""]
    with desk_in(folder, SAY, BEHAVE, END) as desk:
        yield desk, desk.run(*items, timeout=8.0, memory=512 << 20, workers=3)


def report_of(result: BatchResult, label: str) -> Any:
    return next(report for report in result.reports if report.label == label)


# What becomes of a run


def test_a_whole_report_is_published_as_page_and_notebook(mixed: tuple[Desk, BatchResult]) -> None:
    desk, result = mixed
    page = (desk.home / "North.html").read_text(encoding="utf-8")
    executed = nbformat.read(desk.home / "North.ipynb", as_version=4)

    assert report_of(result, "North").run.state == "ok"
    assert "Goals of North for 2027" in page
    assert "print(" not in page
    assert executed.metadata.papermill.parameters == {"territory": "North", "year": 2027}
    assert str(desk.settings.scratch) not in (desk.home / "North.ipynb").read_text(encoding="utf-8")


def test_failures_stop_no_other_report(mixed: tuple[Desk, BatchResult]) -> None:
    _, result = mixed
    # That the process it was forked from is gone is nobody's failure.
    assert result.labels("ok") == ["North", "Parent", SCRIPT, ODD, "Alpenglow"]
    assert result.labels("failed") == ["Loop", "Error", "Dead", "Exit", "Hog", "Leave"]


@pytest.mark.parametrize(
    ("item", "state", "reason"),
    [
        ("Error", "failed", r"Cell \[4\]: ZeroDivisionError: division by zero"),
        ("Exit", "failed", r"Cell \[4\] ended the notebook before its end"),
        ("Dead", "crashed", r"Its process was ended \(SIGKILL\): out of memory, or killed"),
        ("Leave", "crashed", r"Its process ended by itself \(exit code 3\) before the report did"),
        ("Hog", "failed", r"Cell \[4\]: MemoryError"),
        ("Loop", "timed_out", "Not done after 8 seconds"),
    ],
)
def test_a_run_that_did_not_end_well_says_why(
    mixed: tuple[Desk, BatchResult], item: str, state: str, reason: str
) -> None:
    desk, result = mixed
    run = report_of(result, item).run

    assert run.state == state
    assert re.match(reason, run.reason)
    assert run == next(Run.from_row(row) for row in desk.log.latest_runs(run.folder) if row["item"] == item)
    assert not (desk.home / f"{item}.html").exists()


def test_what_the_system_ended_is_tried_once_more_and_an_error_of_the_notebook_is_not(
    mixed: tuple[Desk, BatchResult],
) -> None:
    attempts = {each.label: each.run.attempts for each in mixed[1].reports}
    assert attempts.pop("Dead") == 2
    assert set(attempts.values()) == {1}


@pytest.mark.parametrize("item", ["Loop", "Parent"])
def test_nothing_that_a_stopped_run_had_started_is_left(mixed: tuple[Desk, BatchResult], item: str) -> None:
    assert all_gone(mixed[0].settings.workspace / f"{item}.pids")


def test_a_failed_run_leaves_its_notebook_and_log_to_look_at(mixed: tuple[Desk, BatchResult]) -> None:
    desk, _ = mixed
    executed = nbformat.read(desk.home / "failed" / "Error.ipynb", as_version=4)
    errors = [output.ename for cell in executed.cells for output in cell.get("outputs", []) if "ename" in output]

    assert errors == ["ZeroDivisionError"]
    assert (desk.home / "failed" / "Error.log").exists()
    loop = nbformat.read(desk.home / "failed" / "Loop.ipynb", as_version=4)
    assert "Goals of Loop for 2027" in str(loop.cells)


def test_every_run_goes_from_waiting_through_running_to_its_end(mixed: tuple[Desk, BatchResult]) -> None:
    desk, result = mixed
    for report in result.reports:
        states = [row["state"] for row in desk.log.changes if row["id"] == report.run.id]
        assert states == ["queued", "leased", report.run.state]
        assert report.run.queued <= report.run.started <= report.run.finished


def test_no_draft_is_left_behind(mixed: tuple[Desk, BatchResult]) -> None:
    assert list(mixed[0].settings.scratch.iterdir()) == []


def test_a_run_that_hears_nothing_any_more_is_ended_from_outside(tmp_path: Path) -> None:
    stop = "import os, signal\nif territory == 'Hang':\n    os.kill(os.getpid(), signal.SIGSTOP)"

    with desk_in(tmp_path, stop, END) as desk:
        result = desk.run("Hang", "North", timeout=3.0, workers=1)

    assert report_of(result, "Hang").run.state == "timed_out"
    assert result.labels("ok") == ["North"]


def test_a_system_that_starts_no_further_process_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise WarmError("The system forks no further process: out of them.")

    monkeypatch.setattr(workers, "_forked", refuse)
    run = desk.run("North").reports[0].run
    assert run.state == "crashed"
    assert "The system forks no further process" in run.reason


def timeless(text: str) -> str:
    """Leave out the times that a page or a notebook carries."""
    return re.sub(r'20\d\d-\d\d-\d\d[T ]\d\d:\d\d[^" <]*|"duration": [\d.e-]+', "", text)


def test_where_nothing_can_be_forked_the_report_is_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    forked = desk.run("North")
    page = forked.reports[0].page.read_text()
    monkeypatch.setattr(workers, "unavailable", lambda: "no fork here")
    monkeypatch.setattr(batch, "carries", lambda: 1)
    started = desk.run("North", fingerprint="plan 2")
    assert started.labels("ok") == ["North"]
    assert timeless(started.reports[0].page.read_text()) == timeless(page)


def test_what_nobody_expected_is_told_in_a_line() -> None:
    assert failure(ValueError("no such thing\nand more")).reason == "The run broke off: ValueError: no such thing"
    assert failure(MemoryError()) == Outcome("crashed", "The run broke off: MemoryError")


# What is not done again


def test_what_is_done_is_skipped_until_the_data_change(quick: Desk) -> None:
    assert quick.run("North", "South").labels("ok") == ["North", "South"]
    assert quick.run("North", "South").labels("skipped") == ["North", "South"]
    assert quick.run("North", fingerprint="plan 2").labels("ok") == ["North"]
    # What stands there now is of the second plan, so going back to the first makes it anew.
    assert quick.run("North", "South").labels("ok") == ["North"]
    assert quick.run("South", year="2027").labels("skipped") == ["South"]
    (quick.home / "South.html").unlink()
    assert quick.run("South").labels("ok") == ["South"]


def test_a_batch_of_some_keeps_the_others_on_the_list(quick: Desk) -> None:
    quick.run("North", "South")
    result = quick.run("South", fingerprint="plan 2")
    listed = result.index.read_text(encoding="utf-8")
    assert '<a href="North.html">North</a>' in listed
    assert '<a href="South.html">South</a>' in listed


def test_the_key_changes_with_notebook_parameters_data_and_nothing_else(desk: Desk) -> None:
    def key(fingerprint: str = "plan 1", **parameters: object) -> str:
        made = edition.prepare(desk.notebook, ["North"], parameters, desk.settings, "", "territory")
        return made.runs(fingerprint)[0].key

    first = key()
    assert key() == first
    assert key(fingerprint="plan 2") != first
    assert key(year=2028) != first
    write_notebook(desk.notebook, END)
    assert key() != first


def test_the_version_of_the_code_changes_with_any_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "report.sql").write_text("select 1")
    first = code_version(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "report.pyc").write_text("compiled")
    assert code_version(tmp_path) == first
    (tmp_path / "report.sql").write_text("select 2")
    assert code_version(tmp_path) != first


def test_a_batch_that_is_stopped_puts_its_runs_back(desk: Desk) -> None:
    def stop(done: int, total: int, label: str, state: str) -> None:
        if state == "leased":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.run("North", "South", progress=Raising(stop))

    assert {row["item"]: row["state"] for row in desk.log.changes} == {"North": "queued", "South": "queued"}
    assert not [each for each in psutil.Process().children(recursive=True) if each.name() == "sleep"]
    assert "stopped before this report" in (desk.home / "index.html").read_text(encoding="utf-8")
    assert list(desk.home.glob("*.html")) == [desk.home / "index.html"]


@dataclass
class Raising:
    """Calls once: the second time the person has let go of the keys."""

    call: Callable[[int, int, str, str], None]
    called: bool = False

    def __call__(self, done: int, total: int, label: str, state: str) -> None:
        if not self.called:
            self.called = True
            self.call(done, total, label, state)


# Publishing


def test_a_report_that_cannot_be_published_leaves_the_old_one_and_no_half_file(
    quick: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick.run("North", "South")
    old = (quick.home / "North.html").read_bytes()
    monkeypatch.setattr(os, "replace", refusing("North.html"))

    result = quick.run("North", "South", fingerprint="plan 2")

    assert result.labels("ok") == ["South"]
    assert "could not be published" in report_of(result, "North").run.reason
    assert (quick.home / "North.html").read_bytes() == old
    assert list(quick.settings.scratch.iterdir()) == []
    assert "The report is an earlier one." in result.index.read_text(encoding="utf-8")
    monkeypatch.undo()
    assert quick.run("North", "South", fingerprint="plan 2").labels("ok") == ["North"]


def test_a_list_that_cannot_be_written_is_said_once_the_reports_are_made(
    quick: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", refusing("index.html"))
    with pytest.raises(BatchError, match="not the list of them"):
        quick.run("North")
    assert (quick.home / "North.html").exists()
    assert [row["state"] for row in quick.log.latest_runs("territory-report/FY2027")] == ["ok"]


def refusing(name: str) -> Callable[[Path, Path], None]:
    move = os.replace

    def refuse(draft: Path, target: Path) -> None:
        if target.name == name:
            raise OSError(28, "No space left on device", str(target))
        move(draft, target)

    return refuse


def test_the_list_can_be_read_while_the_batch_runs(quick: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "REWRITE_SECONDS", 0.0)
    monkeypatch.setattr(board, "WRITING", float("inf"))
    seen: list[tuple[int, int, str, str]] = []

    def look(done: int, total: int, label: str, state: str) -> None:
        listed = (quick.home / "index.html").read_text(encoding="utf-8")
        assert listed.endswith("</html>")
        assert ('http-equiv="refresh"' in listed) == (done < total)
        seen.append((done, total, label, state))

    result = quick.run("North", "South", workers=1, progress=look)

    assert seen == [
        (0, 2, "North", "leased"),
        (1, 2, "North", "ok"),
        (1, 2, "South", "leased"),
        (2, 2, "South", "ok"),
    ]
    assert "2,027 USD" in result.index.read_text(encoding="utf-8")


def test_names_are_shown_as_text_and_never_as_markup(mixed: tuple[Desk, BatchResult]) -> None:
    desk, result = mixed
    listed = result.index.read_text(encoding="utf-8")
    page = report_of(result, SCRIPT).page.read_text(encoding="utf-8")
    for text in (listed, page):
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert all(report.page.parent == desk.home for report in result.reports)


def test_the_list_says_what_became_of_each_and_links_to_what_there_is(mixed: tuple[Desk, BatchResult]) -> None:
    desk, result = mixed
    listed = result.index.read_text(encoding="utf-8")
    links = [link for link in re.findall(r'href="([^"]+)"', listed)]
    assert "ZeroDivisionError" in listed
    assert {"North.html", "failed/Error.ipynb", "failed/Error.log"} <= set(links)
    assert "Error.html" not in links
    assert all((desk.home / link).is_file() for link in links)
    assert "11 reports" in listed


def test_pages_ask_for_nothing_outside_themselves(mixed: tuple[Desk, BatchResult]) -> None:
    desk, _ = mixed
    for file in desk.home.glob("*.html"):
        page = file.read_text(encoding="utf-8")
        assert "default-src 'none'" in page
        assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//|url\(\s*["']?(https?:)?//|@import""", page)


def test_a_page_shows_results_and_not_what_surrounds_them() -> None:
    outputs = [
        new_output("display_data", {"text/html": "<b>bold</b>", "text/plain": "plain"}),
        new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "figure"}),
        new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Button()"}),
        new_output("display_data", finished()._repr_mimebundle_()),
        new_output("stream", name="stderr", text="a warning"),
        new_output("stream", name="stdout", text="said"),
    ]
    notebook = new_notebook(cells=[new_markdown_cell("**Why**"), new_code_cell("secret = 1", outputs=outputs)])

    page = pages.report_page(notebook, "Title", "p {}")

    for shown in ("<strong>Why</strong>", "<b>bold</b>", "data:image/png;base64,iVBORw0KGgo=", "said"):
        assert shown in page
    for hidden in ("secret", "plain", "figure", "Button()", "End of the report", "a warning", "<script"):
        assert hidden not in page
    assert notebook.cells[1].outputs == outputs


# The verdict


def executed_notebook(*, run: str = "run-1", count: int | None = 2) -> Any:
    marker = new_output("execute_result", {MIME: {"run": run, "figures": {}}}, execution_count=count)
    first = new_code_cell("1 + 1", execution_count=1)
    return new_notebook(cells=[first, new_code_cell("finished()", execution_count=count, outputs=[marker])])


def test_only_a_notebook_run_to_its_end_by_this_run_is_whole() -> None:
    assert why_not_whole(executed_notebook(), "run-1") == ""
    assert "of another run (run-0)" in why_not_whole(executed_notebook(run="run-0"), "run-1")
    assert "1 of 2 cells were not run" in why_not_whole(executed_notebook(count=None), "run-1")


def test_a_marker_that_is_not_in_the_last_cell_does_not_count() -> None:
    notebook = executed_notebook()
    notebook.cells.append(new_code_cell("more = 1", execution_count=3))
    assert "did not come to its end" in why_not_whole(notebook, "run-1")


def test_empty_cells_and_texts_after_the_marker_do_not_matter() -> None:
    notebook = executed_notebook()
    notebook.cells += [new_code_cell("  \n"), new_markdown_cell("The end.")]
    assert why_not_whole(notebook, "run-1") == ""


# Parameters


def test_all_that_is_wrong_is_said_before_anything_runs(desk: Desk) -> None:
    with pytest.raises(BatchError) as caught:
        desk.run("North", parameters={"year": "abc", "teritory": "x", "scenario": "plan"})

    message = str(caught.value)
    assert "territory_report.ipynb" in message
    assert "no parameter 'teritory'. Did you mean 'territory'?" in message
    assert "no parameter 'scenario'" in message
    assert "year: 'abc' is not a whole number" in message
    assert desk.log.changes == []
    assert not desk.home.exists()


@pytest.mark.parametrize("value", ["abc", "20.5", 2027.0, True, None, [2027]])
def test_a_year_must_be_a_whole_number(desk: Desk, value: object) -> None:
    with pytest.raises(BatchError, match="year: .* is not a whole number"):
        desk.run("North", year=value)


@pytest.mark.parametrize(
    ("line", "value", "expected"),
    [
        ("x: int = 1", "-3", -3),
        ("x: float = 1.0", "0.05", 0.05),
        ("x: float = 1.0", 2, 2.0),
        ("x: bool = False", "TRUE", True),
        ("x = 'text'", "00123", "00123"),
        ("x = 7", "8", 8),
    ],
)
def test_text_is_read_as_the_declared_type(line: str, value: object, expected: object) -> None:
    fitted = checked_values(declared(line), {"x": value})["x"]
    assert (fitted, type(fitted)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("line", "value"),
    [("x: float = 1.0", "nan"), ("x: float = 1.0", "much"), ("x: bool = True", 1), ("x: str = ''", 5)],
)
def test_a_value_of_another_type_is_refused(line: str, value: object) -> None:
    with pytest.raises(BatchError, match="x: .* is not"):
        checked_values(declared(line), {"x": value})


def test_a_parameter_without_a_value_must_be_given_one() -> None:
    with pytest.raises(BatchError, match="x: the notebook has no value of its own"):
        checked_values(declared("x: int"), {})


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("x: list = []", r"x: write its type as str, int, float or bool \(found list\)"),
        ("x = None", "found NoneType"),
        ("x = 1 + 1", "found none"),
        ("x: int =", "Line 1 of the cell"),
    ],
)
def test_a_parameters_cell_that_cannot_be_checked_is_refused(source: str, problem: str) -> None:
    with pytest.raises(BatchError, match=problem):
        declared(source)


def test_a_report_without_a_parameters_cell_is_refused() -> None:
    with pytest.raises(BatchError, match="this one has 0"):
        declared_parameters(new_notebook(cells=[new_code_cell("x = 1")]))


def declared(source: str) -> Any:
    cell = new_code_cell(source, metadata={"tags": ["parameters"]})
    return declared_parameters(new_notebook(cells=[cell]))


@given(
    st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()),
    st.sampled_from(["int", "float", "str", "bool"]),
)
def test_a_value_is_refused_or_comes_out_in_the_declared_type(value: object, name: str) -> None:
    try:
        fitted = checked_values(declared(f"x: {name}"), {"x": value})["x"]
    except BatchError:
        return
    assert type(fitted).__name__ == name
    assert json.loads(json.dumps(fitted)) == fitted


# Notebooks and items


def test_a_missing_or_broken_notebook_is_refused(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    with pytest.raises(BatchError, match="There is no notebook"):
        replace(desk, notebook=tmp_path / "none.ipynb").run("North")
    with pytest.raises(BatchError, match="not a notebook that can be read"):
        replace(desk, notebook=broken).run("North")


def test_a_batch_of_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(BatchError, match="name at least one territory"):
        desk.run()


def test_the_item_cannot_be_given_for_all(desk: Desk) -> None:
    with pytest.raises(BatchError, match="'territory' differs from report to report"):
        desk.run("North", parameters={"territory": "South"})


@pytest.mark.parametrize("items", [["North East", "north east"], ["North", "Index"], ["Alpenglow", ""]])
def test_items_that_would_share_a_file_are_refused(desk: Desk, items: list[str]) -> None:
    with pytest.raises(BatchError, match="would both be"):
        desk.run(*items)


@given(st.lists(st.text(max_size=100), min_size=2, max_size=2, unique=True))
def test_any_two_items_have_pages_of_their_own_in_the_folder_or_are_refused(items: list[str]) -> None:
    made = Edition(Settings(workspace=Path("/w")), "report.ipynb", new_notebook(), "FY2027", "", {})
    assert all(made.page(item).parent == made.home for item in items)
    try:
        refuse_shared_pages(made, items)
    except BatchError:
        return
    assert len({made.page(item).name.casefold() for item in items}) == 2


# A batch as a whole


def test_the_manifest_says_what_reports_are_made_of(quick: Desk) -> None:
    quick.run("North", "South")
    told = json.loads((quick.home / "manifest.json").read_text(encoding="utf-8"))
    assert told["data"] == "plan 1"
    assert told["libraries"]["papermill"] == version("papermill")
    assert [(each["item"], each["state"]) for each in told["reports"]] == [("North", "ok"), ("South", "ok")]
    for each in told["reports"]:
        page = (quick.home / each["page"]).read_bytes()
        assert hashlib.sha256(page).hexdigest() == each["sha256"]
    # The same again, from what stands there already.
    quick.run("North", "South")
    again = json.loads((quick.home / "manifest.json").read_text(encoding="utf-8"))
    assert again == told


def test_two_batches_of_the_same_reports_do_not_run_at_once(quick: Desk) -> None:
    def begin_another(*_: object) -> None:
        with pytest.raises(BatchError, match="Another batch is making the reports of Territory report"):
            quick.run("North")

    assert quick.run("South", progress=begin_another).labels("ok") == ["South"]
    assert quick.run("North").labels("ok") == ["North"]


BATCH = """
import sys
from pathlib import Path
from planning import settings as config
from planning.batch import edition
from planning.batch.batch import run_batch
from planning.store.database import Database
from planning.store.runs import Runs

settings = config.load(sys.argv[1])
with Database(settings.database_url) as database:
    run_batch(settings.workspace / "territory_report.ipynb", [f"Place {number}" for number in range(8)], {}, settings,
              Runs(database), fingerprint="plan 1", edition="FY2027",
              progress=lambda done, total, label, state: print(done, state, flush=True))
"""
KILLS = int(os.environ.get("BATCH_KILLS", "4"))


def test_a_batch_that_is_killed_again_and_again_ends_as_one_that_never_was(tmp_path: Path) -> None:
    chance, homes = random.Random(5), []
    for name, kills in (("killed", KILLS), ("never", 0)):
        folder = tmp_path / name
        folder.mkdir()
        write_notebook(folder / "territory_report.ipynb", SAY, "import time; time.sleep(0.1)", END)
        code = [-9] * kills + [0]
        for number in range(len(code)):
            process = subprocess.Popen([sys.executable, "-c", BATCH, str(folder)], stdout=subprocess.PIPE, text=True)
            if number < kills:
                # Somewhere between the first run and the last.
                process.stdout.readline()
                time.sleep(chance.uniform(0, 2))
                offspring = psutil.Process(process.pid).children(recursive=True)
                process.kill()
                gone, alive = psutil.wait_procs(offspring, timeout=10)
                assert not alive, gone
            out, _ = process.communicate(timeout=120)
            process.stdout.close()
            code[number] -= process.returncode
        assert set(code) <= {0, -9}  # a batch may be done before it is killed
        assert process.returncode == 0
        homes.append(folder / "reports" / "territory-report" / "FY2027")
    killed, never = ({each.name: timeless(each.read_text()) for each in home.glob("*.*")} for home in homes)
    assert len(killed) == 8 * 2 + 3
    for name, text in never.items():
        if name != "manifest.json":  # it carries the pages' checksums, and they a time
            assert killed[name].replace("/killed/", "/never/") == text, name
    with Database(f"sqlite:///{tmp_path / 'killed' / 'plan.sqlite'}") as database:
        latest = list(Runs(database).latest_runs("territory-report/FY2027"))
    assert {row["state"] for row in latest} == {"ok"}
    assert not list((tmp_path / "killed" / ".scratch").iterdir())


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_who_is_to_be_told_that_a_batch_has_ended_is_told(quick: Desk) -> None:
    result = quick.run("North")
    with HTTPServer(("127.0.0.1", 0), _Hook) as server:
        server.told = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        where = f"http://127.0.0.1:{server.server_port}/hook"
        assert notify(quick.settings.model_copy(update={"notify_webhook": where}), result) == [where]
        thread.join()
        [told] = server.told  # type: ignore[attr-defined]
    assert (told["made"], told["failed"], told["failures"]) == (1, 0, [])
    assert told["text"] == "Alpenglow: 1 reports made, 0 were there already, 0 failed"
    wrong = {"notify_webhook": "file:///etc/passwd", "notify_mail": "ops@example.com"}
    with pytest.raises(SettingsError, match="no address of a web server[^$]*no mail server is set"):
        notify(quick.settings.model_copy(update=wrong), result)
    assert notify(quick.settings, result) == []


def test_a_page_is_as_nbconvert_makes_it_and_images_without_a_text_get_one():
    usual = HTMLExporter(
        template_name="basic", exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True,
        exclude_anchor_links=True,
    )  # fmt: skip
    shown = [{"text/html": "<p>A &amp; B</p><svg><title>C</title></svg>"}, {"text/plain": "1 < 2"}]
    for more, parsed in (([], False), ([{"image/png": "aGk="}], True)):
        outputs = [new_output("display_data", data=data) for data in [*shown, *more]]
        made = new_notebook(cells=[new_markdown_cell("# A\n\n*b* $x$"), new_code_cell("1", outputs=outputs)])
        body, _ = pages._exporter().from_notebook_node(made)
        theirs, _ = usual.from_notebook_node(made)
        assert BeautifulSoup(body, "html.parser") == BeautifulSoup(theirs, "html.parser")
        assert ("No description has been provided" in body) is parsed
