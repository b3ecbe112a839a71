"""A page as it comes: each part is sent as soon as its cell has run, and can be read and used at once."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import lru_cache
from html import escape
from queue import Empty
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated
from voila.execute import VoilaExecutor
from voila.exporter import VoilaExporter
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from planning.forms import files
from planning.settings import USER_HEADER, USER_VARIABLE

TEMPLATE = "page.html"
_PARTS = "<!-- parts -->"
_HEARTBEAT = 10.0
"""Seconds after which something is sent while a cell runs, so that nothing on the way gives the page up."""

AGAIN_SECONDS = 15
"""When a page that had to be refused tries again; the page of the refusal says so too."""

_STARTS_WITHIN = 60.0
_HEARS_WITHIN = 2.0
"""Seconds that a process may still work whose page was left."""

_ANSWERS_WITHIN = 0.2
_FAILED = """<div class="message refused" role="alert">
<p><strong>This part of the page could not be shown, and what follows it was left out.</strong></p>
<p>Nothing was changed. Reload the page; if it happens again, tell whoever looks after the workbook:
the reason stands in the server's log.</p></div>"""
_VIEW = "application/vnd.jupyter.widget-view+json"
_WHOLE = '<script>came.push(["whole"]);</script>'


class PageHandler(TornadoVoilaHandler):
    """Runs a notebook in a process of its own and sends what comes of it, cell by cell.

    What the page's own front end cannot show is left to Voila's (``?front=voila``), which waits for the whole page.
    """

    _kernel = ""

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Give the page."""
        if self.get_query_argument("front", "") == "voila":
            await super().get(path)
            return
        if not (path or "").endswith(".ipynb"):
            raise HTTPError(404)
        model = await ensure_async(self.contents_manager.get(path=path, type="notebook"))
        notebook = model["content"]
        self.prelaunch_hook(self, notebook=notebook, cwd="")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        before, after = self._frame(notebook.metadata["title"])
        try:
            await self._send(before)
            async with aclosing(self._parts(notebook)) as parts:
                async for part in parts:
                    await self._send(part)
            await self._send(after)
        except StreamClosedError:
            await self._give_back()

    def write_error(self, status_code: int, **more: Any) -> None:
        """Say what went wrong; of a page too many also when to come again, which an error's headers forget."""
        if status_code == 503:
            self.set_header("Retry-After", str(AGAIN_SECONDS))
        super().write_error(status_code, **more)

    def on_connection_close(self) -> None:
        """Give the process back if the page was left while it came."""
        super().on_connection_close()
        asyncio.ensure_future(self._give_back())

    def _frame(self, title: str) -> tuple[str, str]:
        loaded = self.settings["page_files"]
        place = f"{self.base_url}voila/page/"
        page = self.render_template(
            TEMPLATE, title=title, company=self.settings["company"], base_url=f"{self.base_url}voila/",
            **{name: place + file.name for name, file in loaded.items()},
        )  # fmt: skip
        before, _, after = page.partition(_PARTS)
        return before, after

    async def _send(self, part: str) -> None:
        self.write(part)
        await self.flush()

    async def _begin(self, kernel_name: str) -> str:
        """Start the process, and tell the page which it is: it connects while the process is still getting ready."""
        env = {**os.environ, **self._asked()}
        self._kernel = await ensure_async(self.kernel_manager.start_kernel(kernel_name=kernel_name, path="", env=env))
        told = json.dumps({"baseUrl": self.base_url, "kernelId": self._kernel})
        return (
            f'<script id="jupyter-config-data" type="application/json">{told}</script>'
            '<script>came.push(["process"]);</script>'
        )

    def _asked(self) -> dict[str, str]:
        """Say in the process's environment what was asked for, and by whom if people log in."""
        asked = {"QUERY_STRING": self.request.query, "VOILA_BASE_URL": self.base_url}
        if USER_HEADER in self.voila_configuration.http_header_envs:
            asked[USER_VARIABLE] = self.request.headers.get(USER_HEADER, "")
        return asked

    async def _give_back(self) -> None:
        if self._kernel in self.kernel_manager:
            await ensure_async(self.kernel_manager.shutdown_kernel(self._kernel, now=True))

    async def _parts(self, notebook: Any) -> AsyncGenerator[str, None]:
        """Run the cells, and give what each shows; a cell that fails ends the page.

        What comes before the first code, which is the title and what the page is for, needs no process.
        """
        cells = [cell for cell in notebook.cells if "skip-voila" not in cell.metadata.get("tags", [])]
        executor, sent = None, set[str]()
        try:
            for place, cell in enumerate(cells):
                if cell.cell_type == "markdown":
                    yield _words(cell.source)
                if cell.cell_type != "code":
                    continue
                if executor is None:
                    yield await self._begin(notebook.metadata.get("kernelspec", {}).get("name", "python3"))
                    executor = await self._executor(notebook)
                yield f'<script>came.push(["step", {place + 1}, {len(cells)}]);</script>'
                running = asyncio.ensure_future(executor.execute_cell(cell, None, place, store_history=False))
                while not (await asyncio.wait({running}, timeout=_HEARTBEAT))[0]:
                    yield "<!-- -->"
                yield _shown(running.result().outputs, executor.widget_state, sent)
        except Exception:
            self.log.exception("A page could not be shown")
            yield _FAILED
        finally:
            if executor is not None:
                executor.kc.stop_channels()

    async def _executor(self, notebook: Any) -> VoilaExecutor:
        manager = self.kernel_manager.get_kernel(self._kernel)
        executor = VoilaExecutor(notebook, km=manager, config=self.traitlet_config, show_tracebacks=False)
        executor.kc = await _client(manager)
        return executor


async def _client(manager: Any) -> Any:
    """Connect to a process, and be sure that nothing it says is missed.

    What tells so is that an answer and what is said to all have both come. Voila's own way waits for a silence of a
    fifth of a second besides.
    """
    client = manager.client()
    # It comes before the process listens, which it does within a twentieth of a second: so it tries again soon.
    client.context.reconnect_ivl = 10
    client.start_channels()
    client.allow_stdin = False
    end = asyncio.get_running_loop().time() + _STARTS_WITHIN
    while asyncio.get_running_loop().time() < end:
        client.kernel_info()
        try:
            await client.get_shell_msg(timeout=1.0)
            await client.get_iopub_msg(timeout=_ANSWERS_WITHIN)
        except Empty:
            if not await manager.is_alive():
                break
        else:
            return client
    client.stop_channels()
    raise HTTPError(500, "The page's process did not start")


def _shown(outputs: list[Any], states: Mapping[str, Any], sent: set[str]) -> str:
    """Write what a cell shows, with the widgets that it made."""
    made = {key: _said(state) for key, state in states.items() if key not in sent}
    sent.update(made)
    # Nothing in it can end the script early.
    told = json.dumps(made).replace("<", "\\u003c")
    carried = f'<script class="widget-states" type="application/json">{told}</script>' if made else ""
    shown = "".join(_output(each) for each in outputs)
    return f'{carried}{shown}<script>came.push(["part"]);</script>' if carried or shown else ""


def _said(state: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: most of a widget's looks are not set, and its versions are known."""
    return {
        name: value for name, value in state.items()
        if value is not None and not name.startswith(("_model", "_view_module", "_view_count"))
    }  # fmt: skip


def _output(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{escape(output['text'])}</pre>"
    if output["output_type"] == "error":
        return _FAILED
    data = output["data"]
    if _VIEW in data:
        return f'<div data-model="{escape(data[_VIEW]["model_id"])}"></div>'
    for kind, write in _KNOWN.items():
        if kind in data:
            return write(data[kind])
    return _WHOLE


@lru_cache(maxsize=512)
def _words(source: str) -> str:
    """Write Markdown as HTML."""
    exporter = VoilaExporter()
    return (
        f'<div class="jp-RenderedHTMLCommon jp-MarkdownOutput">{exporter.markdown2html({"cell": {}}, source)}</div>'
    )


_KNOWN: Mapping[str, Callable[[str], str]] = {
    "text/html": lambda html: f'<div class="jp-RenderedHTMLCommon">{html}</div>',
    "text/markdown": _words,
    "image/svg+xml": lambda svg: svg,
    "image/png": lambda data: f'<img alt="" src="data:image/png;base64,{data}">',
    "text/plain": lambda text: f"<pre>{escape(text)}</pre>",
}
"""What is shown of what a cell gives, the best first."""


class AliveHandler(JupyterHandler):
    """Says whether the process behind a page is there; a page asks every second."""

    @authenticated
    async def get(self, kernel: str) -> None:
        """Answer in one word."""
        known = kernel in self.kernel_manager
        alive = known and await ensure_async(self.kernel_manager.get_kernel(kernel).is_alive())
        self.set_header("Cache-Control", "no-store")
        self.finish("yes" if alive else "no")


class FarewellHandler(VoilaShutdownKernelHandler):
    """Ends the process of a page that was left, once it has heard what was typed there last: drafts are kept so."""

    @authenticated
    async def post(self, kernel_id: str) -> None:
        """End it."""
        if kernel_id in self.kernel_manager:
            await _heard_out(self.kernel_manager.get_kernel(kernel_id))
        await super().post(kernel_id)


async def _heard_out(manager: Any) -> None:
    """Wait until a process has dealt with all that it was told: it answers one after the other."""
    client = manager.client()
    client.start_channels(iopub=False, stdin=False, hb=False, control=False)
    try:
        client.kernel_info()
        await client.get_shell_msg(timeout=_HEARS_WITHIN)
    except Empty:
        pass
    finally:
        client.stop_channels()


def page_files() -> dict[str, files.File]:
    """Give what every page loads, by what it is in the template."""
    return {"style": files.style(), "script": files.script()}
