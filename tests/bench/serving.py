"""Pages in a browser: against plain Voila on the same notebook, and the same form against Panel and Streamlit."""

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil
import visiting
from measures import Comparison
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page, sync_playwright

from planning import settings as config

HERE = Path(__file__).parent
OTHERS = HERE.parents[1] / ".venv-bench" / "bin" / "python"
"""Has Panel and Streamlit: beside ours their front ends would be loaded by Voila too."""

sys.path.insert(0, str(HERE.parent))
from browser.conftest import FLAGS  # noqa: E402

Task = Callable[[], list[int]]

PLAIN = "plain Voila, the same notebook"
PAGE = Comparison(
    "page of goals", PLAIN, "serving:page", "serving:plain_page",
    {"form": 1 / 3, "form_again": 1 / 4, "chart": 1 / 3, "chart_again": 1 / 4},
)  # fmt: skip
MEMORY = Comparison("memory of a further visitor", PLAIN, "serving:memory", "serving:plain_memory", {"pss": 1 / 3})
STREAMLIT = Comparison("first click", "Streamlit, the same form", "serving:form", "serving:streamlit", {"click": 1.0})
PANEL = Comparison("first click (Panel)", "Panel, the same form", "serving:form", "serving:panel", {"click": 1.25})
SLIDER = Comparison(
    "a choice to its new chart, 1,000 reps", "1.5 x bare computation + 50 ms", "serving:choice", "serving:bare",
    {"answer_s": 1.0},
)  # fmt: skip
CROWD = Comparison(
    "30 visitors at once, the longest wait", "one alone", "serving:crowd", "serving:alone", {"waits": 3.0}
)
COMPARISONS = [PAGE, MEMORY, STREAMLIT, PANEL, SLIDER, CROWD]

PATIENCE = 120_000
VISITORS = 4
"""Further visitors whose memory is measured."""

# What Voila serves is the page as it stands, with nothing left for later: the workbook's own server alone has parts
# drawn after the page is there.
_AT_ONCE = "import os\nos.environ.pop('VOILA_BASE_URL', None)"
_USABLE = """() => {
  const asked = [...document.querySelectorAll('label')].find((each) => each.textContent === 'Ask for');
  const shown = [...document.querySelectorAll('label')].find((each) => each.textContent === 'Goal of the company');
  if (shown && shown.checkVisibility()) return true;
  const choice = asked && document.getElementById(asked.htmlFor);
  if (choice && choice.checkVisibility() && choice.selectedIndex !== 3) {
    choice.selectedIndex = 3;
    for (const kind of ['input', 'change']) choice.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  return false;
}"""
"""The form answers: what is asked for was chosen, and the process behind the page shows what belongs to it."""

_DRAWN = "() => [...document.querySelectorAll('figure.picture')].length >= 2 && !document.querySelector('.later')"
_SAVED = """() => {
  const press = [...document.querySelectorAll('button, .bk-btn')].find((each) => each.textContent.trim() === 'Save');
  const deep = (root) => [...root.querySelectorAll('*')].flatMap((each) => each.shadowRoot
    ? [each.shadowRoot, ...deep(each.shadowRoot)] : []);
  const all = [document, ...deep(document)];
  if (all.some((each) => each.textContent?.includes('Saved: 374,400') ||
    each.body?.innerText.includes('Saved: 374,400'))) return true;
  const button = press ?? all.flatMap((each) => [...each.querySelectorAll('button')])
    .find((each) => each.textContent.trim() === 'Save');
  // A press that comes while another is answered would begin the answer anew in some of them.
  if (button && !button.disabled && performance.now() - (window.pressed ?? -1000) > 200) {
    window.pressed = performance.now();
    button.click();
  }
  return false;
}"""

_told: dict[str, float] = {}


def figures() -> dict[str, float]:
    """Give what was measured."""
    return dict(_told)


# Servers ---------------------------------------------------------------------------------------------------------


@contextmanager
def _running(command: list[str], workspace: str) -> Iterator[psutil.Process]:
    environment = {**os.environ, config.WORKSPACE_VARIABLE: workspace}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _workbook(workspace: str, folder: Path | None = None) -> Iterator[tuple[str, psutil.Process]]:
    """Serve pages as `planning serve` does."""
    port = _port()
    code = (
        "import sys; from pathlib import Path; from planning import settings; from planning.forms.serve import serve;"
        "serve(settings.load(sys.argv[1]), port=int(sys.argv[2]), folder=Path(sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, workspace, str(port), str(folder or config.notebooks())]
    with _running(command, workspace) as server:
        address = f"http://127.0.0.1:{port}/voila/render"
        _wait(f"{address}/index.ipynb")
        yield address, server


@contextmanager
def _voila(workspace: str, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = _port()
    command = [sys.executable, "-m", "voila", str(folder), "--no-browser", f"--port={port}"]
    with _running(command, workspace) as server:
        _wait(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/voila/render", server


def _wait(address: str) -> None:
    """Wait until it answers: the first visit of a server is nobody's."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                answer.read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{address} does not answer")


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield browser
        browser.close()


def _seconds(tab: Page, address: str, *until: str) -> list[float]:
    """Open a page, and give the seconds from the request until each holds."""
    began = time.perf_counter()
    tab.goto(address, wait_until="commit", timeout=PATIENCE)
    taken = []
    for each in until:
        tab.wait_for_function(each, polling=20, timeout=PATIENCE)
        taken.append(time.perf_counter() - began)
    tab.goto("about:blank")
    return taken


def _twice(address: str, *until: str) -> list[list[float]]:
    """Visit a page with nothing in the browser's cache, and again."""
    with _browser() as browser:
        tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        visits = []
        for _ in range(2):
            visits.append(_seconds(tab, address, *until))
            tab.wait_for_timeout(1000)
        return visits


# A page of the workbook --------------------------------------------------------------------------------------------


def page(workspace: str) -> Task:
    """Open the page of goals as it is served."""

    def task() -> list[int]:
        with _workbook(workspace) as (address, _):
            return _page(f"{address}/4_goals.ipynb")

    return task


def plain_page(workspace: str) -> Task:
    """Open the same notebook in plain Voila."""

    def task() -> list[int]:
        with tempfile.TemporaryDirectory() as folder, _voila(workspace, _at_once(Path(folder))) as (address, _):
            return _page(f"{address}/4_goals.ipynb")

    return task


def _page(address: str) -> list[int]:
    first, again = _twice(address, _USABLE, _DRAWN)
    _told.update(form=first[0], chart=first[1], form_again=again[0], chart_again=again[1])
    return [1]


def _at_once(folder: Path) -> Path:
    notebook = nbformat.read(config.notebooks() / "4_goals.ipynb", 4)
    notebook.cells.insert(0, new_code_cell(_AT_ONCE))
    nbformat.write(notebook, folder / "4_goals.ipynb")
    return folder


# Memory ------------------------------------------------------------------------------------------------------------


def memory(workspace: str) -> Task:
    """Weigh further visitors of the page."""

    def task() -> list[int]:
        with _workbook(workspace) as (address, server):
            return _weighed(f"{address}/4_goals.ipynb", server)

    return task


def plain_memory(workspace: str) -> Task:
    """Weigh them in plain Voila."""

    def task() -> list[int]:
        with tempfile.TemporaryDirectory() as folder, _voila(workspace, _at_once(Path(folder))) as (address, server):
            return _weighed(f"{address}/4_goals.ipynb", server)

    return task


def _weighed(address: str, server: psutil.Process) -> list[int]:
    """Give what each further visitor takes who has the whole page before them."""
    with _browser() as browser:
        tabs = []
        weights = []
        for _ in range(1 + VISITORS):
            tabs.append(browser.new_page())
            tabs[-1].goto(address, timeout=PATIENCE)
            tabs[-1].wait_for_function(_DRAWN, timeout=PATIENCE)
            tabs[-1].wait_for_timeout(1000)
            weights.append(_pss(server))
        _told["pss"] = (weights[-1] - weights[0]) / VISITORS
    return [1]


def _pss(server: psutil.Process) -> float:
    family = [server, *server.children(recursive=True)]
    return float(sum(each.memory_full_info().pss for each in family)) / 2**20


# The same form -----------------------------------------------------------------------------------------------------


def form(workspace: str) -> Task:
    """Press the button of the small form as the workbook serves it."""

    def task() -> list[int]:
        with tempfile.TemporaryDirectory() as folder:
            found = f"import sys\nsys.path.insert(0, {str(HERE / 'same_form')!r})\n"
            _notebook(Path(folder, "index.ipynb"), f"{found}import workbook_form\nworkbook_form.form()")
            with _workbook(workspace, Path(folder)) as (address, _):
                return _clicked(f"{address}/index.ipynb")

    return task


def panel(workspace: str) -> Task:
    """Press the button of the small form in Panel."""
    return _served_by(workspace, "panel", "serve", str(HERE / "same_form" / "panel_form.py"), "--port", "{port}")


def streamlit(workspace: str) -> Task:
    """Press the button of the small form in Streamlit."""
    file = str(HERE / "same_form" / "streamlit_form.py")
    given = ("--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false",
             "--global.developmentMode=false")  # fmt: skip
    return _served_by(workspace, "streamlit", "run", file, *given)


def _served_by(workspace: str, module: str, *arguments: str) -> Task:
    def task() -> list[int]:
        port = _port()
        with _running([str(OTHERS), "-m", module, *(each.format(port=port) for each in arguments)], workspace):
            address = f"http://127.0.0.1:{port}/{'panel_form' if module == 'panel' else ''}"
            _wait(address)
            return _clicked(address)

    return task


def _clicked(address: str) -> list[int]:
    """Give the middle of the seconds until a press has an effect, each time with nothing in the browser's cache."""
    taken = []
    with _browser() as browser:
        for _ in range(5):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            taken.append(_seconds(context.new_page(), address, _SAVED)[0])
            context.close()
    # The first visit of a server is nobody's.
    _told["click"] = statistics.median(taken[1:])
    return [1]


def _notebook(file: Path, *code: str) -> None:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [new_markdown_cell("# Goals"), *(new_code_cell(each) for each in code)]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), file)


# A choice and its chart --------------------------------------------------------------------------------------------

_REPS = """
import numpy as np
import pandas as pd
from planning import charts, settings
from planning.amounts import apportion
from planning.charts.picture import written_as_money
told = settings.load()
results = np.random.default_rng(1).integers(5_000_000, 90_000_000, 1000)
def drawn(growth):
    goals = apportion(int(results.sum() * (100 + growth) // 100), results)
    rows = pd.DataFrame({"name": [f"Rep {n}" for n in range(1000)], "result": results, "goal": goals})
    rows = rows.sort_values("goal").iloc[::40]
    rows["told"] = [written_as_money(told)(goal) for goal in rows["goal"]]
    return charts.against_goal(rows, told, f"Goals at {growth} percent")
"""
_FORM = """
from planning.forms import page
page.chooser("Growth", {f"{n}%": n for n in range(1, 21)}, drawn)
"""
_CHANGED = """async (place) => {
  const choice = document.querySelector('select');
  const began = performance.now();
  const caption = () => document.querySelector('figcaption')?.textContent ?? '';
  choice.selectedIndex = place;
  for (const kind of ['input', 'change']) choice.dispatchEvent(new Event(kind, { bubbles: true }));
  while (!caption().includes(`at ${place} percent`)) await new Promise((then) => requestAnimationFrame(then));
  return (performance.now() - began) / 1000;
}"""


def choice(workspace: str) -> Task:
    """Choose, and wait for the chart in the browser."""

    def task() -> list[int]:
        with tempfile.TemporaryDirectory() as folder:
            _notebook(Path(folder, "index.ipynb"), _REPS, _FORM)
            with _workbook(workspace, Path(folder)) as (address, _), _browser() as browser:
                tab = browser.new_page()
                tab.goto(f"{address}/index.ipynb")
                tab.wait_for_selector("figure.picture")
                taken = [tab.evaluate(_CHANGED, place) for place in range(2, 20)]
        _told["answer_s"] = statistics.median(taken)
        return [1]

    return task


def bare(workspace: str) -> Task:
    """Compute and draw in a bare process; give what may be added to that."""
    os.environ[config.WORKSPACE_VARIABLE] = workspace

    def task() -> list[int]:
        names: dict[str, Any] = {}
        exec(_REPS, names)
        taken = []
        for growth in range(2, 20):
            began = time.perf_counter()
            names["drawn"](growth)._repr_html_()
            taken.append(time.perf_counter() - began)
        _told["answer_s"] = 1.5 * statistics.median(taken) + 0.05
        return [1]

    return task


# Many at once ------------------------------------------------------------------------------------------------------


def crowd(workspace: str) -> Task:
    """Let thirty people do the main job at once; gives what the one who waits most has waited for in all."""
    return _visited(workspace, 30)


def alone(workspace: str) -> Task:
    """Let one person do it."""
    return _visited(workspace, 1)


def _visited(workspace: str, count: int) -> Task:
    def task() -> list[int]:
        with tempfile.TemporaryDirectory() as folder:
            # What is proposed in it is nobody else's.
            copy = shutil.copytree(workspace, Path(folder, "workspace"))
            with _workbook(str(copy)) as (address, _):
                people = asyncio.run(visiting.visits(address, count))
        wrong = [each.said for each in people if "You proposed" not in each.said]
        if wrong:
            raise RuntimeError(f"{len(wrong)} could not do their job: {wrong[0]}")
        _told["waits"] = max(sum(each.waits) for each in people)
        return [1]

    return task
