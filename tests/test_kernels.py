"""Warm kernels: forked, each by itself, watched, and gone when nobody is there any more."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbclient
import nbformat
import papermill
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from planning.kernels import bundles, provisioner, shell, spec, warm, zygote
from planning.kernels.warm import Warm, WarmError

pytestmark = pytest.mark.skipif(bool(warm.unavailable()), reason=f"nothing is forked here: {warm.unavailable()}")

TOOLS = """
import json, os, random, subprocess, sys, time

def tell(payload):
    print(json.dumps({"pid": os.getpid(), "group": os.getpgrp(), "env": dict(os.environ), "cwd": os.getcwd(),
                      "random": random.random(), "modules": sorted(sys.modules), "mark": getattr(sys, "mark", "")}))
    sys.mark = "left behind"

def leave(payload):
    os._exit(payload["code"])

def fail(payload):
    raise ValueError("no such thing")

def quit(payload):
    raise SystemExit(4)

def wait(payload):
    child = subprocess.Popen(["sleep", "600"])
    os.write(1, f"{os.getpid()} {child.pid}\\n".encode())
    time.sleep(600)

def take(payload):
    bytearray(payload["bytes"])
    print("had it")
"""


@pytest.fixture
def code(tmp_path, monkeypatch):
    """Give a folder with a module that the warm process imports."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "warm_tools.py").write_text(TOOLS)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture
def source(code):
    made = Warm(["warm_tools"], [code])
    yield made
    made.close()


def run(source, what, payload=None, **options):
    """Fork a child; give what it printed and how it ended."""
    read, write = os.pipe()
    child = source.fork(f"warm_tools:{what}", payload or {}, stdout=write, stderr=write, **options)
    os.close(write)
    with os.fdopen(read) as said:
        return said.read(), child.wait(20)


def began(source):
    """Fork a child that stays, and give it with its number and that of a process it has started."""
    read, write = os.pipe()
    child = source.fork("warm_tools:wait", {}, stdout=write)
    os.close(write)
    with os.fdopen(read) as said:
        return child, [int(each) for each in said.readline().split()]


def gone(pids, seconds=10.0):
    end = time.monotonic() + seconds
    while any(alive(each) for each in pids) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(alive(each) for each in pids)


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_children_have_what_was_imported_and_nothing_of_one_another(source, tmp_path):
    told = [json.loads(run(source, "tell", env={"A": "1"}, cwd=tmp_path)[0]) for _ in range(3)]
    assert all("warm_tools" in each["modules"] for each in told)
    assert all(each["mark"] == "" for each in told)
    assert all(each["env"] == {"A": "1", **_added(each["env"])} for each in told)
    assert {each["cwd"] for each in told} == {str(tmp_path)}
    assert len({each["random"] for each in told}) == 3
    assert all(each["group"] == each["pid"] for each in told)


def _added(env):
    # What a locale adds by itself.
    return {name: value for name, value in env.items() if name == "LC_CTYPE"}


@pytest.mark.parametrize(("what", "payload", "code_", "said"), [
    ("tell", {}, 0, '"pid"'), ("leave", {"code": 7}, 7, ""), ("fail", {}, 1, "ValueError: no such thing"),
    ("quit", {}, 4, ""),
])  # fmt: skip
def test_a_child_ends_as_it_ends_and_leaves_the_others_alone(source, what, payload, code_, said):
    other, pids = began(source)
    text, ended = run(source, what, payload)
    assert ended == code_
    assert said in text
    assert other.poll() is None
    other.kill()
    assert other.wait(10) == -signal.SIGKILL
    assert gone(pids)


def test_a_child_takes_no_more_memory_than_it_may(source):
    assert run(source, "take", {"bytes": 10 << 20}, memory=200 << 20) == ("had it\n", 0)
    text, ended = run(source, "take", {"bytes": 900 << 20}, memory=200 << 20)
    assert "MemoryError" in text
    assert ended == 1


def test_the_warm_process_comes_back_when_it_was_killed_and_its_children_go_on(source):
    child, pids = began(source)
    first = source.pid
    os.kill(first, signal.SIGKILL)
    assert gone([first])
    assert run(source, "tell")[1] == 0
    assert source.pid != first
    assert child.poll() is None
    child.kill()
    assert child.wait(10) == -signal.SIGKILL
    assert gone(pids)


def test_code_that_has_changed_is_imported_anew_and_what_runs_goes_on(source, code):
    child, pids = began(source)
    (code / "warm_tools.py").write_text(TOOLS + "\ndef added(payload):\n    print('new')\n")
    assert run(source, "added") == ("new\n", 0)
    assert child.poll() is None
    child.kill()
    assert gone(pids)


def test_one_that_is_renewed_takes_over_when_it_is_ready_and_what_runs_goes_on(source):
    child, pids = began(source)
    first = source.pid
    source.renew()
    source.renew()
    end = time.monotonic() + 30
    while source.pid == first and time.monotonic() < end:
        assert run(source, "leave", {"code": 7})[1] == 7
    assert source.pid != first
    assert alive(first)
    assert child.poll() is None
    child.kill()
    child.wait(10)
    assert gone(pids)
    # Nobody needs the one before any more.
    run(source, "leave", {"code": 0})
    assert gone([first])


def test_one_that_cannot_be_renewed_goes_on_as_it_is(source, code):
    run(source, "leave", {"code": 0})
    first = source.pid
    # Of another time than the code that is watched, which is imported anew by itself.
    watched, source._given["watched"] = source._given["watched"], []
    (code / "warm_tools.py").rename(code / "gone.py")
    source.renew()
    broken = source._next.pid
    assert gone([broken], 30)
    (code / "gone.py").rename(code / "warm_tools.py")
    assert run(source, "leave", {"code": 7})[1] == 7
    assert (source.pid, source._next) == (first, None)
    source._given["watched"] = watched


def test_what_is_called_beforehand_may_be_given_a_text(code):
    (code / "warm_told.py").write_text("def note(text='nothing'):\n    global TEXT\n    TEXT = text\n"
                                       "def tell(_):\n    print(TEXT)\n")  # fmt: skip
    for given, told in (("warm_told:note:/a/b:c", "/a/b:c"), ("warm_told:note", "nothing")):
        source = Warm([given])
        read, write = os.pipe()
        try:
            child = source.fork("warm_told:tell", {}, stdout=write)
            os.close(write)
            with os.fdopen(read) as said:
                assert said.read().strip() == told
            assert child.wait(10) == 0
        finally:
            source.close()


POOLS = """
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

def work(_=""):
    table = pa.table({"a": np.arange(1_000_000)})
    square = np.ones((500, 500))
    print(pc.sum(table["a"]).as_py(), len(table.to_pandas()), float((square @ square).sum()))
"""


def test_pools_of_libraries_that_have_worked_before_work_in_children(code):
    (code / "warm_pools.py").write_text(POOLS)
    source = Warm(["warm_pools:work"])
    try:
        for _ in range(3):
            read, write = os.pipe()
            child = source.fork("warm_pools:work", {}, stdout=write)
            os.close(write)
            with os.fdopen(read) as said:
                assert child.wait(20) == 0
                assert said.read().split() == ["499999500000", "1000000", "125000000.0"]
    finally:
        source.close()


def test_what_cannot_be_imported_is_said(code):
    (code / "broken.py").write_text("import no_such_library")
    made = Warm(["broken"])
    with pytest.raises(WarmError, match="No module named 'no_such_library'"):
        made.fork("warm_tools:tell", {})
    made.close()


OWNER = """
import os, sys, time
from planning.kernels.warm import Warm
source = Warm(["warm_tools"])
children = [source.fork("warm_tools:wait", {}) for _ in range(3)]
print("zygote", source.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("also", ["", "the warm process too"])
def test_nothing_is_left_when_the_owner_was_killed(code, also):
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    lines = [owner.stdout.readline().split() for _ in range(4)]
    zygote_pid = next(int(each[1]) for each in lines if each[0] == "zygote")
    pids = [int(each) for line in lines if line[0] != "zygote" for each in line]
    assert len(pids) == 6
    if also:
        os.kill(zygote_pid, signal.SIGKILL)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert gone([zygote_pid, *pids])


# Kernels


LISTED = "planning.kernels.kernel:list_modules"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install the kernelspec where Jupyter looks for it."""
    monkeypatch.setattr(spec, "preload", lambda _="": ["ipykernel.kernelapp", "pandas", LISTED])
    spec.install(user=False, prefix=str(tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    assert spec.NAME in KernelSpecManager().find_kernel_specs()
    yield
    for key in list(provisioner._WARM):
        provisioner._WARM.pop(key).close()


def notebook(*sources):
    return new_notebook(cells=[new_markdown_cell("# A"), *(new_code_cell(each) for each in sources)])


SHOWN = (
    "import sys\nprint('out'); print('err', file=sys.stderr); print('more')",
    "from IPython.display import *\ndisplay(HTML('<b>x</b>'))\nh = display('one', display_id=True); 41 + 1",
    "h.update('two'); _ + 1",
    "import pandas as pd; pd.DataFrame({'a': [1]})",
    "1;",
    "%%capture kept\nprint('kept')",
    "kept.stdout",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "import asyncio; await asyncio.sleep(0); 'waited'",
)


def outputs(made):
    return [
        [{name: value for name, value in output.items() if name != "metadata"} for output in cell.outputs]
        for cell in made.cells
        if cell.cell_type == "code"
    ]


def test_cells_show_the_same_in_a_warm_kernel_in_an_ordinary_one_and_without_any(installed, tmp_path):
    shown = {}
    for name in ("python3", spec.NAME):
        made = notebook(*SHOWN)
        nbclient.NotebookClient(made, kernel_name=name, timeout=60).execute()
        shown[name] = outputs(made)
    nbformat.write(notebook(*SHOWN), tmp_path / "in.ipynb")
    ask = (
        "import papermill, planning.kernels.shell as s; "
        f"papermill.execute_notebook({str(tmp_path / 'in.ipynb')!r}, {str(tmp_path / 'out.ipynb')!r}, "
        "engine_name=s.ENGINE, progress_bar=False, kernel_name='python3', language='python')"
    )
    subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True)
    shown["none"] = outputs(nbformat.read(tmp_path / "out.ipynb", as_version=4))
    assert shown["python3"] == shown[spec.NAME]
    for ordinary, none in zip(shown["python3"], shown["none"], strict=True):
        assert _merged(none) == _merged(ordinary)


def _merged(shown):
    """Put the streams of a cell together: which of two streams comes first is chance in a kernel."""
    texts = {}
    for each in shown:
        if each["output_type"] == "stream":
            texts[each["name"]] = texts.get(each["name"], "") + each["text"]
    return texts, [each for each in shown if each["output_type"] != "stream"]


@pytest.mark.parametrize(("source_", "name", "value"), [
    ("1 / 0", "ZeroDivisionError", "division by zero"), ("import sys; sys.exit(0)", "SystemExit", "0"),
    ("def f(:", "SyntaxError", ""), ("raise KeyError('North')", "KeyError", "'North'"),
])  # fmt: skip
def test_an_error_is_one_whatever_runs_the_cell(tmp_path, source_, name, value):
    nbformat.write(notebook(source_, "print('never')"), tmp_path / "in.ipynb")
    ask = (
        "import papermill, planning.kernels.shell as s\n"
        f"papermill.execute_notebook({str(tmp_path / 'in.ipynb')!r}, {str(tmp_path / 'out.ipynb')!r}, "
        "engine_name=s.ENGINE, progress_bar=False, kernel_name='python3', language='python')"
    )
    ran = subprocess.run([sys.executable, "-c", ask], check=False, capture_output=True, text=True)
    # papermill itself takes sys.exit(0) for a success; whether a report is whole is asked elsewhere.
    assert ran.returncode == int(name != "SystemExit")
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    [error] = [each for shown in outputs(made) for each in shown if each["output_type"] == "error"]
    assert error["ename"] == name
    assert value in error["evalue"]
    assert "never" not in str(outputs(made))


def test_papermill_and_a_kernel_manager_get_a_warm_kernel(installed, tmp_path):
    where = tmp_path / "in.ipynb"
    nbformat.write(notebook("import os; os.getppid()"), where)
    done = papermill.execute_notebook(str(where), None, kernel_name=spec.NAME, progress_bar=False)
    parent = int(done.cells[-1].outputs[0].data["text/plain"])
    [source] = provisioner._WARM.values()
    assert parent == source.pid

    async def talk():
        manager = AsyncKernelManager(kernel_name=spec.NAME)
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            pid = manager.provisioner.pid
            assert await manager.is_alive()
            client.execute("while True: pass")
            await asyncio.sleep(0.5)
            await manager.interrupt_kernel()
            reply = await client.get_shell_msg(timeout=30)
            assert reply["content"]["ename"] == "KeyboardInterrupt"
            await manager.restart_kernel(now=True)
            await client.wait_for_ready(timeout=60)
            assert manager.provisioner.pid != pid
            os.kill(manager.provisioner.pid, signal.SIGKILL)
            assert gone([manager.provisioner.pid, pid])
            # It has ended once all of its threads have.
            await asyncio.wait_for(manager.provisioner.wait(), 10)
            assert not await manager.is_alive()
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    asyncio.run(talk())


def test_one_notebook_sees_nothing_of_another(installed):
    first = notebook("import pandas, sys; pandas.mark = sys.mark = 1; x = 1")
    second = notebook("import pandas, sys; (hasattr(pandas, 'mark'), hasattr(sys, 'mark'), 'x' in globals())")
    for each in (first, second):
        nbclient.NotebookClient(each, kernel_name=spec.NAME).execute()
    assert second.cells[-1].outputs[0].data["text/plain"] == "(False, False, False)"


FILES = """
import json, sys
kernel = get_ipython().kernel
there = [getattr(each, "__file__", None) for each in list(sys.modules.values())]
print(json.dumps([kernel._kernel_modules, [each for each in there if each], kernel.debugger.kernel_modules]))
"""


def test_the_debugger_of_a_warm_kernel_knows_the_files_of_all_modules(installed):
    told = notebook(FILES)
    nbclient.NotebookClient(told, kernel_name=spec.NAME).execute()
    known, there, debugger = json.loads(told.cells[-1].outputs[0].text)
    assert len(known) > 500
    # The warm process's own module runs as the main one, whose place the notebook has taken.
    assert set(known) - {zygote.__file__} <= set(there)
    assert any(each.endswith("pandas/core/frame.py") for each in known)
    assert debugger == known


def test_where_nothing_is_forked_an_ordinary_kernel_is_started_and_it_is_said(installed, monkeypatch, caplog):
    monkeypatch.setattr(provisioner, "unavailable", lambda: "this system forks nothing")
    made = notebook("import os; os.getppid()")
    nbclient.NotebookClient(made, kernel_name=spec.NAME).execute()
    assert int(made.cells[-1].outputs[0].data["text/plain"]) == os.getpid()
    assert "this system forks nothing" in caplog.text


def test_the_sockets_of_the_warm_process_have_no_name(source):
    run(source, "tell")
    names = [each.laddr for each in psutil.Process(source.pid).net_connections("unix")]
    assert names
    assert not any(names)
    assert psutil.Process(source.pid).net_connections("inet") == []


def test_a_change_of_code_is_seen_and_nothing_else_is(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = zygote.stamp([str(tmp_path)])
    (tmp_path / "a.css").write_text("1")
    assert zygote.stamp([str(tmp_path)]) == first
    (tmp_path / "a.py").write_text("12")
    assert zygote.stamp([str(tmp_path)]) != first


def test_all_that_is_kept_warm_is_there():
    wanted = spec.preload()
    assert len(wanted) == len(set(wanted))
    assert shell.__name__.partition(".")[0] == "planning"
    files = [
        Path(spec.PACKAGE.parent, *each.partition(":")[0].split("."))
        for each in wanted
        if each.startswith("planning.")
    ]
    assert all(each.is_dir() or each.with_suffix(".py").is_file() for each in files)


FORM = """
from ipywidgets import HTML, Button, VBox
place, press = VBox(), Button(description="Draw")
def draw(_):
    press.disabled = True
    place.children = [HTML(f"<b>{number}</b>").add_class("later") for number in range(20)]
    press.disabled = False
press.on_click(draw)
print(press.model_id)
"""


@pytest.mark.parametrize("asked", [True, False])
def test_what_a_press_brings_about_comes_as_one_message_for_a_front_end_that_asks_for_it(installed, asked):
    async def press():
        manager = AsyncKernelManager(kernel_name=spec.NAME)
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            printed = []
            await client.execute_interactive(FORM, output_hook=lambda told: printed.append(told["content"]))
            [button] = [each["text"].strip() for each in printed if "text" in each]
            if asked:
                tell(client, "comm_open", {"comm_id": "front", "target_name": bundles.TARGET, "data": {}})
            pressed = tell(client, "comm_msg", {"comm_id": button, "data": PRESSED})
            return [each async for each in brought_about(client, pressed)]
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    heard = asyncio.run(press())
    if asked:
        [(_, content)] = heard
        assert content["data"]["method"] == "bundle"
        heard = content["data"]["messages"]
    made = [content["data"]["state"] for kind, content in heard if kind == "comm_open"]
    assert sorted(each["value"] for each in made if each["_view_name"] == "HTMLView") == sorted(
        f"<b>{number}</b>" for number in range(20)
    )
    changed = [content["data"]["state"] for kind, content in heard if kind == "comm_msg"]
    assert [each["disabled"] for each in changed if "disabled" in each] == [True, False]
    assert any(len(each.get("children", [])) == 20 for each in changed)
    # What is changed of a widget that the same press has made.
    assert [list(each["_dom_classes"]) for each in changed if "_dom_classes" in each] == [["later"]] * 20


PRESSED = {"method": "custom", "content": {"event": "click"}}


def tell(client, kind, content):
    message = client.session.msg(kind, content)
    client.shell_channel.send(message)
    return message["header"]["msg_id"]


async def brought_about(client, asked):
    """Give what a message brings about, until the kernel has dealt with it."""
    while True:
        heard = await client.get_iopub_msg(timeout=30)
        if heard["parent_header"].get("msg_id") != asked:
            continue
        if heard["msg_type"].startswith("comm"):
            yield heard["msg_type"], heard["content"]
        elif heard["content"].get("execution_state") == "idle":
            return
