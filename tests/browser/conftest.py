"""A server of the forms and a browser, for tests that look at pages as a person does."""

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from playwright.sync_api import sync_playwright

from planning import settings

HERE = Path(__file__).parent
STARTS_WITHIN = 60
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine has a name. Stopping requests one by one would also stop the word by which a page
    # that is closed gives its process back.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
SERVE = """
import sys
from pathlib import Path
from planning import settings
from planning.forms import serve as served
workspace, folder, port, most, abandoned = sys.argv[1:]
served.PAGES_AT_ONCE = int(most) or served.PAGES_AT_ONCE
served.ABANDONED_SECONDS = int(abandoned) or served.ABANDONED_SECONDS
served.serve(settings.load(workspace), port=int(port), folder=Path(folder))
"""


@dataclass(frozen=True)
class Forms:
    """Forms that are being served, and the log of what went wrong there."""

    address: str
    process: subprocess.Popen
    log: Path

    def page(self, name, **place):
        """Give the address of a page, such as ``4_goals``, at a place, such as ``territory="Harbour Coast"``."""
        query = f"?{urlencode(place)}" if place else ""
        return f"{self.address}voila/render/{name}.ipynb{query}"

    @property
    def port(self):
        return urlsplit(self.address).port

    def kernels(self):
        """Give the processes behind the pages that are open."""
        started = psutil.Process(self.process.pid).children(recursive=True)
        warm = {each.pid for each in started if "planning.kernels.zygote" in _command(each)}
        return [each for each in started if "ipykernel_launcher" in _command(each) or _parent(each) in warm]


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def serve_forms(tmp_path_factory):
    """Serve the forms of a workspace on a free port; the same workspace is served once."""
    served = {}

    def serve(workspace, folder=None):
        what = (workspace, folder)
        if what not in served:
            served[what] = start(workspace, tmp_path_factory.mktemp("server") / "log", folder)
        return served[what]

    yield serve
    for forms in served.values():
        stop(forms.process)


@pytest.fixture(scope="module")
def browser():
    """Start Chromium. A browser a module: while one is open, nothing else in this process can wait for anything."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        where_it_must_be = os.environ.get("CI") == "true"
        (pytest.fail if where_it_must_be else pytest.skip)("Chromium is not installed on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def complaints():
    """What the browser complained of. A test that provokes a complaint looks at it here, and clears the list."""
    return []


@pytest.fixture
def open_tab(browser, complaints):
    """Open tabs that may speak to this machine alone, and in which nothing may fail unseen."""
    contexts = []

    def open_one(width=1280, height=900):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
        contexts.append(context)
        # A page is a process of its own, and comes late on a busy machine.
        context.set_default_navigation_timeout(90_000)
        tab = context.new_page()
        tab.on("request", lambda request: _is_here(request.url) or complaints.append(f"asked for {request.url}"))
        tab.on("websocket", lambda socket: _is_here(socket.url) or complaints.append(f"connected to {socket.url}"))
        tab.on("pageerror", lambda error: complaints.append(f"script failed: {error}"))
        tab.on("console", lambda said: said.type == "error" and complaints.append(f"console: {said.text}"))
        return tab

    yield open_one
    for context in contexts:
        for tab in context.pages:
            # As a person leaves it: the page says goodbye, and the process behind it ends.
            tab.goto("about:blank")
            tab.wait_for_timeout(300)
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def page(open_tab):
    """Open a tab as wide as a desk."""
    return open_tab(1280)


@pytest.fixture
def narrow_page(open_tab):
    """Open a tab as wide as a telephone."""
    return open_tab(390)


def start(workspace, log, folder=None, port=0, most=0, abandoned=0):
    """Serve the forms of a workspace; port 0 lets the system choose one, 0 pages or seconds are what they are."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    what = (str(workspace), str(folder or settings.notebooks()), str(port), str(most), str(abandoned))
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *what], stdout=subprocess.PIPE, stderr=errors, env=environment, text=True
        )
    impatience = threading.Timer(STARTS_WITHIN, process.kill)
    impatience.start()
    said = process.stdout.readline()
    impatience.cancel()
    process.stdout.close()
    address = next((word for word in said.split() if word.startswith("http://")), "")
    assert address, f"the server did not start: {said}{log.read_text()}"
    return Forms(address, process, log)


def stop(process):
    """End a server and the processes behind its pages."""
    if process.poll() is not None:
        return
    kernels = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)
    for kernel in psutil.wait_procs(kernels, timeout=5)[1]:
        kernel.kill()


def _command(process):
    try:
        return process.cmdline()
    except psutil.Error:  # it ended while it was looked at
        return []


def _parent(process):
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def _is_here(address):
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")
