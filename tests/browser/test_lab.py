"""JupyterLab by the workbook's own command, as somebody sees it who starts it for the first time."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

STARTS_WITHIN = 60


@pytest.fixture
def lab(planned, tmp_path):
    """Start JupyterLab for somebody without any settings; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    theirs = {"HOME": str(tmp_path / "home"), "PLANNING_WORKSPACE": str(planned.settings.workspace)}
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER_", "IPYTHON", "XDG_"))}
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=", "--allow-root"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "planning", "lab", "--", *options],
            env={**mine, **theirs}, stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}/"
    _wait(f"{address}api", process, tmp_path / "log")
    yield address
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        # Jupyter's server waits for ever where it is told to end while a kernel begins.
        process.kill()
        process.wait()


def _wait(address, process, log):
    until = time.monotonic() + STARTS_WITHIN
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=5)
        except OSError:
            time.sleep(0.2)
        else:
            return


def test_the_first_start_asks_for_no_news_and_nothing_of_the_network(lab, open_tab, complaints):
    tab = open_tab()
    tab.goto(f"{lab}lab/tree/2_assumptions.ipynb")
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    tab.wait_for_selector("#jupyterlab-splash", state="detached", timeout=30_000)
    # Whatever asks does so once everything is there.
    tab.wait_for_timeout(3_000)
    assert tab.locator(".Toastify__toast").all_inner_texts() == []
    assert [each for each in complaints if each.startswith(("asked for", "connected to"))] == []
    assert "announcements" not in str(complaints)
    complaints.clear()  # what JupyterLab itself writes to the console is none of ours
    if folder := os.environ.get("PICTURES"):
        tab.screenshot(path=f"{folder}/lab.png")
