"""Serve the notebooks as forms: Voila, with our page around them, to this machine alone."""

import ipaddress
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_server.utils import ensure_async, url_path_join
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import HTTPError, RedirectHandler
from traitlets.config import Config
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from planning import settings as config
from planning.errors import PlanningError, SettingsError
from planning.forms import feed
from planning.forms.files import FileHandler
from planning.forms.login import LoginPage, LogoutPage, People, closed
from planning.forms.opening import AliveHandler, FarewellHandler, PageHandler, page_files
from planning.forms.shell import FRONT_PAGE
from planning.kernels.provisioner import warm
from planning.kernels.spec import PACKAGE, WarmSpecs, preload
from planning.kernels.warm import Warm, unavailable
from planning.settings import LOGIN_VARIABLE, USER_HEADER, USER_VARIABLE, WORKSPACE_VARIABLE, Settings
from planning.workbook import access, beforehand

FORMS = Path(__file__).parent

PORTS_TRIED = 20
PAGES_AT_ONCE = 60
"""Every open page is a process of some 100 MB; past this number a page asks to come back later."""

ABANDONED_SECONDS = 120
"""A closed page frees its process at once. This is for pages that went without saying so, as from a browser that
crashed; who loses the network for longer finds what was typed after a reload."""

RENEWED_SECONDS = 10 * 60
"""How often the warm process reads anew what has changed of what all pages share."""

IDLE_SECONDS = 2 * 60 * 60
"""After this, a page that is open and that nobody touches gives its process to others."""

# Scripts of the widgets are evaluated, hence the unsafe words; nothing may come from or go to another host.
CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        # The grid's script reaches the page as a blob that the page itself makes.
        "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)


def serve(
    settings: Settings,
    port: int = 8866,
    ip: str = "127.0.0.1",
    folder: Path | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the forms until interrupted.

    Parameters
    ----------
    settings
        Settings of the workspace that the forms read and write.
    port
        Port to listen on; if it is taken, the next free one of the following 20. 0 lets the system choose.
    ip
        Address of this machine.
    folder
        Folder of the notebooks; by default those that ship.
    announce
        Gets a sentence with the address once pages can be opened; by default it is printed.

    Raises
    ------
    SettingsError
        If `ip` is not this machine's own, the folder has no front page, or no port is free.
    """
    logins = bool(access.people(settings))
    address = local_address(ip, logins)
    pages = folder or config.notebooks()
    if not (pages / FRONT_PAGE).exists():
        raise SettingsError(f"There is no {FRONT_PAGE} in {pages}, so there is nothing to serve.")
    sockets = free_sockets(address, port)
    # Pages run in processes of their own, which know their workspace by the environment alone.
    os.environ[WORKSPACE_VARIABLE] = str(settings.workspace)
    os.environ[LOGIN_VARIABLE] = "yes" if logins else ""
    os.environ.pop(USER_VARIABLE, None)
    # As the process's one application, so that failures of pages reach its log.
    server = FormServer.instance(config=_configuration(settings, pages, logins))
    server.planning, server.people = settings, settings if logins else None
    server.sockets, server.announce, server.company = sockets, announce or _print, settings.company
    if not unavailable():
        # While the server itself comes up, so that the first visitor does not wait for it.
        _warm(settings).start()
    server.initialize(argv=[])
    server.start()


def _warm(settings: Settings) -> Warm:
    return warm(preload(str(settings.workspace)), [str(PACKAGE)])


def local_address(ip: str, logins: bool = False) -> str:
    """Give the address to listen on, and refuse any that others could reach unless there are logins.

    Examples
    --------
    >>> local_address("localhost"), local_address("::1")
    ('127.0.0.1', '::1')
    """
    if ip == "localhost":
        return "127.0.0.1"
    try:
        local = ipaddress.ip_address(ip).is_loopback
    except ValueError as error:
        raise SettingsError(f"{ip!r} is not an address. Use 127.0.0.1, which is this machine.") from error
    if not local and not logins:
        raise SettingsError(
            f"Nobody has a login yet, so everybody who can reach {ip} could change the plan. Use 127.0.0.1, or say "
            "who may log in: planning people add."
        )
    return ip


def free_sockets(address: str, port: int) -> list[socket.socket]:
    """Listen on the port, or on the next one that is free."""
    last = min(port + PORTS_TRIED, 65535) if port else 0
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for candidate in range(port, last + 1):
        try:
            free = socket.create_server((address, candidate), family=family)
        except OSError:
            continue
        free.setblocking(False)
        return [free]
    raise SettingsError(f"No port from {port} to {last} is free on {address}. Choose another with --port.")


class FormServer(Voila):
    """Voila without its file list, with our page, and with its sockets bound beforehand."""

    sockets: list[socket.socket]
    announce: Callable[[str], None]
    planning: Settings
    """Settings of the workspace."""
    company: str
    people: Settings | None = None
    """Settings of the workspace if its people log in."""
    _rests_on: object = None
    """What the warm process had read, by what it rests on; not known at first, since pages keep then what nobody has
    asked before, so that it is renewed once in any case."""
    _alone: dict[str, float] = {}
    """Since when (monotonic seconds) a process is without its page."""

    def setup_template_dirs(self) -> None:
        """Put our template before the one that it extends."""
        super().setup_template_dirs()
        self.template_paths[:0] = [str(FORMS / "template"), str(FORMS)]

    def init_settings(self) -> dict[str, Any]:
        """Add what pages are made with; what is sent is compressed."""
        self._files = page_files()
        more = {"page_files": self._files, "company": self.company, "compress_response": True}
        found: dict[str, Any] = {**super().init_settings(), **more}
        return found

    def init_handlers(self) -> list[Any]:
        """Serve pages and what they load; files, folders and their contents are nobody's business."""
        nobodys = (TornadoVoilaTreeHandler, VoilaContentsHandler, AllowListFileHandler)
        front = url_path_join(self.base_url, "voila", "render", FRONT_PAGE)

        replaced = {TornadoVoilaHandler: PageHandler, VoilaShutdownKernelHandler: FarewellHandler}

        def ours(entry: tuple[Any, ...]) -> tuple[Any, ...]:
            return (entry[0], replaced.get(entry[1], entry[1]), *entry[2:])

        handlers = [
            (self.server_url, RedirectHandler, {"url": front, "permanent": False}),
            (url_path_join(self.server_url, feed.PATH), feed.CalendarFeed, {"planning": self.planning}),
            (
                url_path_join(self.server_url, "voila", "page", "([^/]+)"),
                FileHandler,
                {"files": self._files.values()},
            ),
            (url_path_join(self.server_url, "voila", "alive", "([^/]+)"), AliveHandler),
            *(ours(handler) for handler in super().init_handlers() if handler[1] not in nobodys),
            (r".*", NoSuchPage, {"voila_configuration": self.voila_configuration}),
        ]
        return handlers if self.people is None else self._behind_the_login(handlers)

    def _behind_the_login(self, handlers: list[Any]) -> list[Any]:
        """Close everything but the login itself, and note whose page each process belongs to."""
        owners: dict[str, str] = {}
        start = self.kernel_manager.start_kernel

        async def noted(*args: Any, **options: Any) -> str:
            started: str = await ensure_async(start(*args, **options))
            owners[started] = options["env"].get(USER_VARIABLE, "")
            return started

        self.kernel_manager.start_kernel = noted
        LoginPage.style = FORMS.joinpath("planning.css").read_text(encoding="utf-8")

        def owns(user: str, named: str) -> bool:
            return owners.get(named, user) == user

        def guard(entry: tuple[Any, ...]) -> tuple[Any, ...]:
            if issubclass(entry[1], LoginPage | LogoutPage | feed.CalendarFeed):
                return entry
            return (entry[0], closed(entry[1], lambda: self.identity_provider, owns), *entry[2:])

        return [guard(entry) for entry in handlers]

    def listen(self) -> None:
        """Answer on the sockets that were bound, say where, and go on until interrupted."""
        HTTPServer(self.app).add_sockets(self.sockets)
        host, port = self.sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        self.announce(f"The forms are served at http://{shown}:{port}{self.base_url} (stop with Ctrl+C)")
        PeriodicCallback(self.end_abandoned, ABANDONED_SECONDS * 250).start()
        PeriodicCallback(self.renew, RENEWED_SECONDS * 1000).start()
        self.ioloop = IOLoop.current()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            self.announce("Stopped.")
        finally:
            self.stop()

    async def end_abandoned(self) -> None:
        """End the processes whose pages have not been there for a while."""
        now = time.monotonic()
        for kernel in list(self.kernel_manager.list_kernel_ids()):
            if self.kernel_manager.kernel_model(kernel)["connections"]:
                self._alone.pop(kernel, None)
            elif now - self._alone.setdefault(kernel, now) > ABANDONED_SECONDS:
                del self._alone[kernel]
                await ensure_async(self.kernel_manager.shutdown_kernel(kernel, now=True))

    def renew(self) -> None:
        """Let the warm process read the plan and the history anew if they have changed."""
        # A plan that cannot be read just now is said by the pages.
        with suppress(PlanningError):
            rests_on = beforehand.rests_on(self.planning)
            if rests_on != self._rests_on and not unavailable():
                _warm(self.planning).renew()
            self._rests_on = rests_on


class NoSuchPage(BaseVoilaHandler):
    """Everything that is not a page."""

    def get(self) -> None:
        """Say that there is no such page."""
        raise HTTPError(404)


def _configuration(settings: Settings, pages: Path, logins: bool) -> Config:
    """Say all that our pages need of Voila, so that no settings file is read besides."""
    identity = {"identity_provider_class": People} if logins else {}
    return Config(
        {
            "People": {"planning": settings},
            "WarmSpecs": {"workspace": str(settings.workspace)},
            "Voila": {
                **identity,
                "root_dir": str(pages),
                "config_file_paths": [],
                "open_browser": False,
                "log_level": logging.ERROR,
                "tornado_settings": {
                    "headers": {"Content-Security-Policy": CONTENT_POLICY, "X-Content-Type-Options": "nosniff"},
                    # A name that leads here from elsewhere is not answered, so no other site can use the forms.
                    "allow_remote_access": logins,
                },
            },
            "VoilaConfiguration": {
                "kernel_spec_manager_class": WarmSpecs,
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "file_allowlist": [],
                "http_header_envs": [USER_HEADER] if logins else [],
                "prelaunch_hook": _before_page(settings.company),
            },
            "TagRemovePreprocessor": {"remove_cell_tags": ["skip-voila"]},
            # A process that died is not replaced by an empty one behind a page that still looks alive.
            "KernelRestarter": {"restart_limit": 0},
            "KernelManager": {"transport_encryption": "auto"},
            "MappingKernelManager": {
                "cull_idle_timeout": IDLE_SECONDS,
                "cull_interval": 60,
                "cull_connected": True,
            },
        }
    )


def _before_page(company: str) -> Callable[..., None]:
    """Make what is done before a page's process is started."""

    def prepare(req: Any, notebook: Any, cwd: str) -> None:
        if len(req.kernel_manager.list_kernel_ids()) >= PAGES_AT_ONCE:
            raise HTTPError(503, reason="Many pages are open just now")
        # Reading the token sets its cookie. Without it the word that a page was closed is refused, and its
        # process stays for good.
        _ = req.xsrf_token
        notebook.metadata["title"] = page_title(notebook, company)

    return prepare


def page_title(notebook: Any, company: str) -> str:
    """Give the title of a page's tab: its first heading and the company."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    heading = next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "")
    return " · ".join(filter(None, [heading, company]))


def _print(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
