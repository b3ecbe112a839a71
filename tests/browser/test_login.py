"""Logins as an attacker would try them: other people's pages, forged names, raw sockets; and as people use them."""

import asyncio
import json
import re
import shutil
import time
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import pytest
from playwright.sync_api import expect
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from planning.negotiation.moves import Say
from planning.store.people import Person
from planning.workbook import access
from planning.workbook.negotiation import moving, talks
from planning.workbook.place import stand

SECRET = "a long password"
REP, OTHER, MANAGER = "Aiko Tanabe", "Elena Petrova", "Tomas Brandt"
CLOSED = (
    "", "voila/render/index.ipynb", "voila/render/6_negotiation.ipynb?person=Tomas+Brandt", "voila/static/main.js",
    "voila/templates/lab/static/any.css", "voila/files/6_negotiation.ipynb", "6_negotiation.ipynb", "plan.sqlite",
    "../plan.sqlite", "api/kernels", "api/kernels/11111111-1111-1111-1111-111111111111", "static/x", "tree",
)  # fmt: skip
PATIENCE = 60_000


@pytest.fixture(scope="module")
def workspace(planned_company, tmp_path_factory):
    folder = tmp_path_factory.mktemp("login") / "workspace"
    shutil.copytree(planned_company, folder)
    settings = stand(str(folder)).settings
    for user, name, role in (("aiko", REP, "rep"), ("elena", OTHER, "rep"), ("tomas", MANAGER, "manager")):
        access.add(settings, Person(user, name, role), SECRET, "planner")
    return folder


@pytest.fixture(scope="module")
def forms(serve_forms, workspace):
    return serve_forms(workspace)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Visitor:
    """Somebody with cookies and without a browser."""

    def __init__(self, forms):
        self.forms, self.jar = forms, CookieJar()
        self._open = build_opener(HTTPCookieProcessor(self.jar), _Stay()).open

    def ask(self, path, data=None, method=None, **headers):
        request = Request(self.forms.address + path, data, {k.replace("_", "-"): v for k, v in headers.items()},
                          method=method)  # fmt: skip
        try:
            with self._open(request, timeout=120) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def log_in(self, user, password=SECRET, back="/"):
        mark = re.search(r'name="_xsrf" value="([^"]+)"', self.ask("login")[1])[1]
        typed = urlencode({"_xsrf": mark, "user": user, "password": password}).encode()
        return self.ask(f"login?{urlencode({'next': back})}", typed)

    def socket(self, kernel, **headers):
        """Try to open the socket of a page's process, and give the status of the answer."""
        place = urlsplit(self.forms.address)
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.jar)

        async def connect():
            request = HTTPRequest(
                f"ws://{place.netloc}/api/kernels/{kernel}/channels",
                headers={"Cookie": cookies, "Origin": f"http://{place.netloc}", **headers},
            )
            try:
                opened = await websocket_connect(request)
            except HTTPClientError as error:
                return error.code
            opened.close()
            while await opened.read_message() is not None:
                pass
            return 101

        return asyncio.run(connect())


def kernel_in(page):
    return re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", page)[0]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_is_shown_to_strangers_and_no_process_is_started_for_them(forms, path):
    for headers in ({}, {"X_Planning_User": "tomas"}, {"X_Forwarded_User": "tomas", "Remote_User": "tomas"}):
        status, text, answer = Visitor(forms).ask(path, **headers)
        assert status == 302
        assert answer["Location"].startswith("/login?next=")
        assert text == ""
    assert forms.kernels() == []


def test_strangers_get_no_socket_and_end_nothing(forms):
    stranger, kernel = Visitor(forms), "11111111-1111-1111-1111-111111111111"
    assert stranger.socket(kernel) == 403
    assert stranger.socket(kernel, **{"X-Planning-User": "tomas"}) == 403
    for method, path in (("DELETE", f"api/kernels/{kernel}"), ("POST", f"voila/api/shutdown/{kernel}"),
                         ("POST", "api/kernels"), ("PUT", "api/kernels")):  # fmt: skip
        assert stranger.ask(path, b"{}", method)[0] == 403


def test_a_login_takes_the_right_password_of_somebody_who_may_and_leads_nowhere_else(forms, workspace):
    visitor = Visitor(forms)
    began = time.monotonic()
    for user, password in (("aiko", "a wrong password"), ("nobody", SECRET), ("aiko", "")):
        status, text, _ = visitor.log_in(user, password)
        assert status == 401
        assert "User or password is wrong" in text
    assert time.monotonic() - began >= 3  # guessing is slow
    assert visitor.ask("login", urlencode({"user": "aiko", "password": SECRET}).encode())[0] == 403
    for back in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        status, _, answer = Visitor(forms).log_in("aiko", back=back)
        assert status == 302
        assert "evil" not in urlsplit(answer["Location"]).netloc
        assert not answer["Location"].startswith("//")
    # Whoever is removed is out at once, with the cookie that they still hold.
    settings = stand(str(workspace)).settings
    access.add(settings, Person("gone", "Gone", "viewer"), SECRET, "planner")
    gone = Visitor(forms)
    assert gone.log_in("gone")[0] == 302
    assert gone.ask("voila/static/nothing")[0] in (403, 404)  # there is no such file
    access.remove(settings, "gone", "planner")
    assert gone.ask("voila/static/nothing")[0] == 302


def test_a_page_is_its_visitors_own_whatever_the_address_or_a_header_says(forms):
    aiko, elena = Visitor(forms), Visitor(forms)
    assert aiko.log_in("aiko")[0] == elena.log_in("elena")[0] == 302
    _, page, _ = aiko.ask("voila/render/6_negotiation.ipynb?person=Tomas+Brandt", X_Planning_User="tomas")
    assert f"You act as <strong>{REP}" in page
    assert OTHER not in page
    assert "Marcus Whitfield" not in page
    kernel = kernel_in(page)
    assert elena.socket(kernel) == 404
    assert elena.socket(kernel, **{"X-Planning-User": "aiko"}) == 404
    assert elena.ask(f"api/kernels/{kernel}")[0] == 404
    assert elena.ask(f"voila/api/shutdown/{kernel}", b"{}", "POST")[0] in (403, 404)
    assert aiko.socket(kernel) == 101
    for name in ("1_history", "4_goals"):
        _, page, _ = aiko.ask(f"voila/render/{name}.ipynb")
        assert "This page is not for a rep" in page, name
        assert OTHER not in page, name
    assert aiko.ask("voila/render/6_negotiation.ipynb")[0] == 200


def test_no_code_reaches_a_process_by_its_socket_and_no_hidden_widget_gives_rights(forms, workspace, tmp_path):
    visitor, trace = Visitor(forms), tmp_path / "trace"
    visitor.log_in("aiko")
    context = stand(str(workspace))
    moving.move(context, REP, Say("propose", "Last year"), MANAGER, 0)
    _, page, _ = visitor.ask("voila/render/6_negotiation.ipynb")
    kernel, place = kernel_in(page), urlsplit(forms.address)
    cookies = "; ".join(f"{each.name}={each.value}" for each in visitor.jar)

    def message(kind, content, metadata=None):
        head = {
            "msg_id": f"m{time.monotonic_ns()}",
            "msg_type": kind,
            "session": "s",
            "username": "",
            "version": "5.3",
        }
        return json.dumps({"header": head, "parent_header": {}, "metadata": metadata or {}, "content": content,
                           "channel": "shell", "buffers": []})  # fmt: skip

    async def models(socket):
        """Ask the process for all its widgets, as a page does, and give the buttons' ids by what stands on them."""
        control = {"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}
        opening = message("comm_open", control, metadata={"version": "1.0.0"})
        await socket.write_message(opening)
        await socket.write_message(message("comm_msg", {"comm_id": "c", "data": {"method": "request_states"}}))
        while True:
            told = json.loads(await asyncio.wait_for(socket.read_message(), 30))
            data = told["content"].get("data", {})
            if told["msg_type"] == "comm_msg" and data.get("method") == "update_states":
                states = {key: each["state"] for key, each in data["states"].items()}
                return {each["description"]: key for key, each in states.items() if "button_style" in each}

    async def attack():
        request = HTTPRequest(f"ws://{place.netloc}/api/kernels/{kernel}/channels", headers={"Cookie": cookies})
        socket = await websocket_connect(request)
        code = f"open({str(trace)!r}, 'w').write('x')"
        await socket.write_message(message("execute_request", {"code": code, "silent": False}))
        buttons = await models(socket)
        for hidden in ("Decide", "Hand over", "Propose", "Keep the rules", "Let the manager's offer stand"):
            data = {"method": "custom", "content": {"event": "click"}}
            await socket.write_message(message("comm_msg", {"comm_id": buttons[hidden], "data": data}))
        await asyncio.sleep(4)
        socket.close()
        while await socket.read_message() is not None:
            pass

    asyncio.run(attack())
    assert not trace.exists()
    thread = talks.talk(context, REP).thread
    assert [(each.kind, each.person) for each in thread.moves] == [("propose", MANAGER)]


def test_a_person_logs_in_sees_what_is_theirs_and_logs_out(open_tab, forms):
    tab = open_tab()
    tab.goto(forms.page("6_negotiation"))
    tab.get_by_label("User").fill("tomas")
    tab.get_by_label("Password").fill(SECRET)
    tab.get_by_role("button", name="Log in").click()
    expect(tab.get_by_role("heading", level=1, name="6 · What we agree")).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_text(f"You act as {MANAGER}")).to_be_visible()
    expect(tab.get_by_label("I am")).not_to_be_visible()
    expect(tab.get_by_label("Rep", exact=True)).to_be_visible(timeout=PATIENCE)
    listed = tab.get_by_label("Rep", exact=True).locator("option").all_text_contents()
    assert {REP, OTHER} <= {each.replace("\xa0", " ") for each in listed}
    tab.get_by_role("link", name="Log out").click()
    expect(tab.get_by_role("button", name="Log in")).to_be_visible(timeout=PATIENCE)
    tab.goto(forms.address)
    expect(tab.get_by_role("button", name="Log in")).to_be_visible(timeout=PATIENCE)
