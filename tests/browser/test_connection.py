"""A server that does not answer, a process that dies, a server started anew: said at once, and nothing is lost."""

import os
import re
import shutil
import signal
import time
import urllib.request

import psutil
import pytest
from playwright.sync_api import expect

from browser.conftest import start, stop
from browser.test_main_job import PATIENCE, REP, barriers, sit_down
from planning.negotiation.moves import Say
from planning.store.database import Database
from planning.store.schema import draft
from planning.workbook.negotiation import talks
from planning.workbook.negotiation.moving import move
from planning.workbook.place import stand

SAID = 5_000
"""Milliseconds within which a page says that it is disconnected."""

UNREACHABLE = ("Failed to load resource", "WebSocket connection", "ERR_", "Connection lost")


@pytest.fixture
def served(planned_company, tmp_path):
    """Serve a workspace of one's own, by a server that may be ended."""
    shutil.copytree(planned_company, tmp_path / "workspace")
    forms = start(tmp_path / "workspace", tmp_path / "log")
    yield forms
    forms.process.send_signal(signal.SIGCONT)
    stop(forms.process)


def banner(tab):
    return tab.locator("#connection")


def sat(open_tab, forms):
    tab = open_tab()
    sit_down(tab, forms, f"{REP}, rep")
    return tab


def kept(tmp_path):
    url = stand(str(tmp_path / "workspace")).settings.database_url
    with Database(url) as database, database.reading() as connection:
        return [row.body for row in connection.execute(draft.select())]


def forgive(complaints):
    """Let pass that the browser could not reach the server, and nothing else."""
    complaints[:] = [each for each in complaints if not any(word in each for word in UNREACHABLE)]


def test_a_server_that_does_not_answer_is_said_and_what_is_typed_meanwhile_is_kept(
    served, open_tab, tmp_path, complaints
):
    tab = sat(open_tab, served)
    tab.get_by_label("Reason or comment").press_sequentially("The competitor took two")
    _until(tab, lambda: any("The competitor took two" in body for body in kept(tmp_path)))
    served.process.send_signal(signal.SIGSTOP)
    expect(banner(tab)).to_contain_text("your draft is safe", timeout=SAID)
    expect(banner(tab)).to_contain_text("The server does not answer")
    tab.get_by_label("Reason or comment").press_sequentially(" of my accounts")
    served.process.send_signal(signal.SIGCONT)
    expect(banner(tab)).not_to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_label("Reason or comment")).to_have_value("The competitor took two of my accounts")
    _until(tab, lambda: any("two of my accounts" in body for body in kept(tmp_path)))
    forgive(complaints)


def test_a_process_that_dies_is_said_and_a_reload_brings_the_draft_back(served, open_tab, tmp_path, complaints):
    tab = sat(open_tab, served)
    tab.get_by_label("Reason or comment").press_sequentially("Half a sentence")
    _until(tab, lambda: any("Half a sentence" in body for body in kept(tmp_path)))
    [kernel] = served.kernels()
    kernel.kill()
    expect(banner(tab)).to_contain_text("The process behind this page has ended", timeout=SAID)
    expect(banner(tab)).to_contain_text("your draft is safe")
    tab.reload()
    expect(tab.get_by_label("Reason or comment")).to_have_value("Half a sentence", timeout=PATIENCE)
    expect(banner(tab)).not_to_be_visible()
    forgive(complaints)


def test_a_server_that_is_killed_and_started_anew_loses_no_draft(served, open_tab, tmp_path, complaints):
    tab = sat(open_tab, served)
    tab.get_by_label("Reason or comment").press_sequentially("Before the server fell")
    _until(tab, lambda: any("Before the server fell" in body for body in kept(tmp_path)))
    kernels = served.kernels()
    served.process.kill()
    served.process.wait()
    expect(banner(tab)).to_contain_text("your draft is safe", timeout=SAID)
    tab.get_by_label("Reason or comment").press_sequentially(", and after")
    again = start(tmp_path / "workspace", tmp_path / "log", port=served.port)
    assert again.address == served.address
    try:
        expect(banner(tab)).to_contain_text("Reload the page", timeout=PATIENCE)
        tab.reload()
        expect(tab.get_by_label("Reason or comment")).to_have_value(
            "Before the server fell, and after", timeout=PATIENCE
        )
    finally:
        tab.goto("about:blank")
        stop(again.process)
    assert all(not each.is_running() for each in kernels)
    forgive(complaints)


def test_what_happened_while_the_connection_was_lost_is_there_when_it_is_back(served, open_tab, tmp_path, complaints):
    tab = open_tab()
    lost, sockets = [False], []

    def carry(socket):
        if lost[0]:
            socket.close()
        else:
            socket.connect_to_server()
            sockets.append(socket)

    tab.route_web_socket(re.compile("/channels"), carry)
    sit_down(tab, served, f"{REP}, rep")
    expect(tab.get_by_text("Propose").first).to_be_visible()
    lost[0] = True
    sockets.pop().close()
    moved = stand(str(tmp_path / "workspace"))
    said = talks.talk(moved, REP)
    move(moved, REP, Say("comment", "Lines of bread are dropped", {}, {}), said.manager, len(said.thread.moves))
    # The process sees it within two seconds, and tells nobody.
    tab.wait_for_timeout(3_000)
    assert not tab.get_by_text("Lines of bread are dropped").first.is_visible()
    lost[0] = False
    expect(tab.get_by_text("Lines of bread are dropped").first).to_be_visible(timeout=PATIENCE)
    tab.get_by_label("Reason or comment").fill("Seen")
    forgive(complaints)


def _until(tab, holds, patience=PATIENCE):
    for _ in range(patience // 200):
        if holds():
            return
        tab.wait_for_timeout(200)
    raise AssertionError("it did not come")


PAGES = int(os.environ.get("PAGES_OPENED", "6"))


def test_pages_that_were_closed_leave_no_process_and_the_warm_one_comes_back(served, open_tab):
    tab = open_tab()
    for _ in range(PAGES):
        tab.goto(served.page("index"))
        expect(tab.locator("body > header.page-header")).to_be_visible(timeout=PATIENCE)
    tab.goto("about:blank")
    _until(tab, lambda: served.kernels() == [], 5_000)
    # Whoever leaves in a hurry leaves none either.
    tab.goto(served.page("1_history"), wait_until="commit")
    tab.goto("about:blank")
    _until(tab, lambda: served.kernels() == [], 5_000)
    [warm] = [each for each in psutil.Process(served.process.pid).children() if "zygote" in " ".join(each.cmdline())]
    tab.goto(served.page("index"))
    expect(tab.locator("body > header.page-header")).to_be_visible(timeout=PATIENCE)
    warm.kill()
    other = open_tab()
    other.goto(served.page("index"))
    expect(other.locator("body > header.page-header")).to_be_visible(timeout=PATIENCE)
    expect(banner(tab)).not_to_be_visible()
    other.goto("about:blank")
    tab.goto("about:blank")
    _until(tab, lambda: served.kernels() == [], 5_000)


def test_the_page_too_many_is_told_so_and_opens_by_itself_when_there_is_room(
    planned_company, tmp_path, open_tab, complaints
):
    shutil.copytree(planned_company, tmp_path / "workspace")
    forms = start(tmp_path / "workspace", tmp_path / "log", most=1)
    try:
        first, second = open_tab(), open_tab()
        first.goto(forms.page("index"))
        expect(first.locator("body > header.page-header .steps")).to_be_visible(timeout=PATIENCE)
        answer = second.goto(forms.page("index"))
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) <= 15
        expect(second.get_by_role("heading", name="One moment, please")).to_be_visible()
        assert barriers(second) == []
        complaints[:] = [each for each in complaints if "503" not in each]
        first.goto("about:blank")
        expect(second.locator("body > header.page-header .steps")).to_be_visible(timeout=PATIENCE)
        assert complaints == []
        second.goto("about:blank")
    finally:
        stop(forms.process)


def test_a_page_that_nobody_ever_connects_to_frees_its_process(served, tmp_path):
    with urllib.request.urlopen(served.page("index"), timeout=90) as answer:
        answer.read()
    assert len(served.kernels()) == 1
    again = start(tmp_path / "workspace", tmp_path / "log", abandoned=1)
    try:
        with urllib.request.urlopen(again.page("index"), timeout=90) as answer:
            answer.read()
        for _ in range(100):
            if not again.kernels():
                break
            time.sleep(0.2)
        assert again.kernels() == []
    finally:
        stop(again.process)
