"""Who is at the other end: logins of people of the plan, and what is closed to everybody else."""

import asyncio
from collections.abc import Callable, Mapping
from html import escape
from typing import cast
from urllib.parse import quote

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler
from traitlets import Instance

from planning.errors import PlanningError
from planning.settings import USER_HEADER, Settings
from planning.workbook import access

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Log in · {company}</title><style>{style}</style></head>
<body class="planning-page"><main style="max-width: 24rem; margin: 0 auto; padding: 12vh 1.25rem 3rem">
<h1>Sales planning</h1><p class="words">{company}</p>{told}
<form class="panel" method="post" action="{action}">
<input type="hidden" name="_xsrf" value="{xsrf}">
<p><label for="user"><strong>User</strong></label><br>
<input id="user" name="user" autocomplete="username" required autofocus></p>
<p><label for="password"><strong>Password</strong></label><br>
<input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p><button class="plain-button" type="submit">Log in</button></p>
</form></main></body></html>
"""
_FIELDS = """
form.panel .plain-button { background: var(--plan-accent); border-color: var(--plan-accent);
  color: var(--plan-on-accent); }
form.panel.panel p { margin: 0 0 1rem; }
form.panel input:not([type=hidden]) { border: 1px solid var(--plan-edge); border-radius: 6px; box-sizing: border-box;
  background: var(--plan-paper); color: var(--plan-ink);
  font: inherit; margin-top: 0.25rem; padding: 0.5rem 0.7rem; width: 100%; }
"""
_PAUSE = 1.0
"""Seconds after a wrong password, so that guessing is slow."""


class People(IdentityProvider):
    """People of the plan, by their password, or by the word of a proxy that is trusted."""

    planning = Instance(Settings, config=True)
    """Settings of the workspace."""

    @property
    def auth_enabled(self) -> bool:
        """A login is asked for."""
        return True

    def get_handlers(self) -> list[tuple[str, object]]:
        """Give the pages to log in and out."""
        return [("/login", LoginPage), ("/logout", LogoutPage)]

    def get_user(self, handler: RequestHandler) -> User | None:
        """Give who is asking; none if it is nobody who may log in.

        A proxy is believed where it is one of those that the settings name, and nothing that a client writes into the
        same header is.
        """
        settings = self.planning
        if settings.proxy_header and handler.request.remote_ip in settings.proxy_addresses:
            name = handler.request.headers.get(settings.proxy_header, "")
        else:
            name = self._by_cookie(handler)
        person = access.known(settings, name) if name else None
        return User(person.user, person.name, person.name) if person is not None else None

    def process_login_form(self, handler: RequestHandler) -> User | None:
        """Give who logs in with what was typed; none if it is wrong."""
        name, password = (handler.get_body_argument(each, "") for each in ("user", "password"))
        if not access.matches(self.planning, name, password):
            return None
        person = access.known(self.planning, name)
        return User(person.user, person.name, person.name) if person is not None else None

    def _by_cookie(self, handler: RequestHandler) -> str:
        signed = handler.get_signed_cookie(self.get_cookie_name(handler), max_age_days=1)
        found = self.user_from_cookie(signed.decode()) if signed else None
        return found.username if found is not None else ""


class LoginPage(LoginFormHandler):
    """The page to log in."""

    style = ""

    def _render(self, message: Mapping[str, str] | None = None) -> None:
        company = escape(cast(People, self.identity_provider).planning.company)
        told = (
            '<p class="message refused">User or password is wrong, or the page was open too long.</p>'
            if message
            else ""
        )
        back = quote(self.get_argument("next", default=self.base_url))
        self.set_header("Cache-Control", "no-store")
        self.write(
            _PAGE.format(
                company=company, told=told, action=f"?next={back}", style=self.style + _FIELDS,
                xsrf=escape(self.xsrf_token.decode()),
            )
        )  # fmt: skip

    def write_error(self, status_code: int, **_: object) -> None:
        """Ask again; what went wrong is not for strangers."""
        self.set_status(status_code)
        self._render({"error": "refused"})

    @allow_unauthenticated
    async def post(self) -> None:
        """Log in, or ask again; what is wrong is not said, and takes a while."""
        user = await asyncio.to_thread(self.identity_provider.process_login_form, self)
        if user is None:
            await asyncio.sleep(_PAUSE)
            self.set_status(401)
            self._render({"error": "wrong"})
            return
        self.identity_provider.set_login_cookie(self, user)
        self._redirect_safe(self.get_argument("next", default=self.base_url))  # type: ignore[no-untyped-call]


class LogoutPage(JupyterHandler):
    """Log out, and lead to the login."""

    @allow_unauthenticated
    def get(self) -> None:
        """Forget who was logged in."""
        self.identity_provider.clear_login_cookie(self)
        self.redirect(self.settings["login_url"])


def closed(
    handler: type[RequestHandler], provider: Callable[[], People], owns: Callable[[str, str], bool]
) -> type[RequestHandler]:
    """Close a handler to everybody who is not logged in, and processes of pages to all but those whose page it is.

    Parameters
    ----------
    handler
        What answers.
    provider
        Gives the people.
    owns
        Says whether a process (by its id) is the user's.
    """

    class Closed(handler):  # type: ignore[misc, valid-type]
        async def prepare(self) -> None:
            try:
                user = provider().get_user(self)
            except PlanningError as error:
                raise HTTPError(503, reason="The plan cannot be read just now") from error
            if user is None:
                if issubclass(handler, WebSocketHandler) or self.request.method != "GET":
                    raise HTTPError(403)
                self.redirect(f"{self.settings['login_url']}?next={quote(self.request.uri or '/')}")
                return
            named = [*self.path_args, *self.path_kwargs.values()]
            if any(not owns(user.username, str(each)) for each in named):
                raise HTTPError(404)
            # Whatever a client wrote there is gone: the page's process learns from here who its visitor is.
            self.request.headers[USER_HEADER] = user.username
            await ensure_async(super().prepare() or asyncio.sleep(0))

    Closed.__name__ = handler.__name__
    return Closed
