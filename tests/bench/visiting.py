"""Thirty people at once, each doing the main job: they open the negotiation, read, choose, write and propose.

Over HTTP and the page's own socket, as a browser would, since thirty browsers would be measured more than the server.
"""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

from planning.forms.watch import STALE
from planning.kernels.bundles import TARGET

PAGE = "6_negotiation.ipynb"
ARRIVE_WITHIN = 60.0
"""Seconds within which they all come."""

PAUSES = (2.0, 6.0)
"""Seconds that one reads before each thing that one does."""

PATIENCE = 300.0

CONTROL = "1.0.0"
"""Version of the protocol by which all widgets are asked for."""


@dataclass
class Visitor:
    """One person with a page open.

    Parameters
    ----------
    address
        Of the pages.
    number
        Which of the reps it is about, from 0.
    pause
        Reads for a while.
    """

    address: str
    number: int
    pause: Callable[[], Any]
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    said: str = ""

    async def job(self) -> None:
        """Do the main job; how long each thing took is in `waits`."""
        await self._waited(self._open())
        await self.pause()
        reps = self._labelled("Rep")
        await self._waited(self._set(reps, {"index": 1 + self.number}))
        await self.pause()
        roles = self._labelled("I am")
        named = self.states[roles]["_options_labels"]
        place = next(place for place, each in enumerate(named) if each.endswith(", manager"))
        await self._waited(self._set(roles, {"index": place}))
        await self.pause()
        await self._waited(self._set(self._labelled("Reason or comment"), {"value": "As the market grows"}))
        await self._waited(self._press(self._button("Propose")))
        told = [
            each.get("value", "") for each in self.states.values() if "You proposed" in str(each.get("value", ""))
        ]
        self.said = told[0] if told else "nothing"
        await self._close()

    async def _waited(self, doing: Any) -> None:
        began = time.perf_counter()
        await asyncio.wait_for(doing, PATIENCE)
        self.waits.append(time.perf_counter() - began)

    async def _open(self) -> None:
        """Open the page, take what comes, and press what is drawn later, as the page itself does."""
        answer = await AsyncHTTPClient(force_instance=True).fetch(
            HTTPRequest(f"{self.address}/{PAGE}", request_timeout=PATIENCE, connect_timeout=PATIENCE)
        )
        page = answer.body.decode()
        self.cookies = "; ".join(each.split(";")[0] for each in answer.headers.get_list("Set-Cookie"))
        [self.kernel] = re.findall(r'"kernelId": "([^"]+)"', page)
        place = urlsplit(self.address).netloc
        request = HTTPRequest(f"ws://{place}/api/kernels/{self.kernel}/channels", headers={"Cookie": self.cookies})
        self.socket = await websocket_connect(request)
        await self._send("comm_open", {"comm_id": "b", "target_name": TARGET, "data": {}})
        await self._send("comm_open", {"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}, CONTROL)
        await self._send("comm_msg", {"comm_id": "c", "data": {"method": "request_states"}}, CONTROL)
        later = re.findall(r'"([0-9a-f]{32})": \{"_dom_classes": \[[^]]*"later"', page)
        for each in dict.fromkeys(later):
            await self._press(each)

    async def _set(self, model: str, state: dict[str, Any]) -> None:
        self.states[model].update(state)
        await self._send("comm_msg", {"comm_id": model, "data": {"method": "update", "state": state}})
        await self._see()

    async def _see(self) -> None:
        """Look at what comes next below the form, as one does in a window; the rest is out of sight."""
        stale = [key for key, each in self.states.items() if STALE in (each.get("_dom_classes") or [])]
        for each in stale[:1]:
            await self._send(
                "comm_msg", {"comm_id": each, "data": {"method": "custom", "content": {"event": "seen"}}}
            )

    async def _press(self, model: str) -> None:
        await self._send("comm_msg", {"comm_id": model, "data": {"method": "custom", "content": {"event": "click"}}})

    async def _send(self, kind: str, content: dict[str, Any], version: str = "2.1.0") -> None:
        """Send a message, and take what comes until the process has dealt with it."""
        number = uuid4().hex
        head = {"msg_id": number, "msg_type": kind, "session": "bench", "username": "", "version": "5.3"}
        told = {"header": head, "parent_header": {}, "metadata": {"version": version}, "content": content,
                "channel": "shell", "buffers": []}  # fmt: skip
        await self.socket.write_message(json.dumps(told))
        while True:
            heard = json.loads(await self.socket.read_message())
            self._take(heard["msg_type"], heard["content"])
            idle = heard["msg_type"] == "status" and heard["content"]["execution_state"] == "idle"
            if idle and heard["parent_header"].get("msg_id") == number:
                return

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        data = content.get("data", {})
        if kind == "comm_open":
            self.states[content["comm_id"]] = data["state"]
        elif kind == "comm_msg" and data.get("method") == "bundle":
            for each in data["messages"]:
                self._take(*each)
        elif kind == "comm_msg" and data.get("method") == "update":
            self.states.setdefault(content["comm_id"], {}).update(data["state"])
        elif kind == "comm_msg" and data.get("method") == "update_states":
            for model, each in data["states"].items():
                self.states.setdefault(model, {}).update(each["state"])

    def _labelled(self, label: str) -> str:
        return next(key for key, each in self.states.items() if each.get("description", "").startswith(label))

    def _button(self, label: str) -> str:
        return next(key for key, each in self.states.items()
                    if each.get("description") == label and "button_style" in each)  # fmt: skip

    async def _close(self) -> None:
        self.socket.close()
        token = re.search(r"_xsrf=([^;]+)", self.cookies)[1]  # type: ignore[index]
        base = f"http://{urlsplit(self.address).netloc}"
        request = HTTPRequest(
            f"{base}/voila/api/shutdown/{self.kernel}",
            "POST",
            {"Cookie": self.cookies, "X-XSRFToken": token},
            body="",
        )
        with suppress(Exception):
            await AsyncHTTPClient(force_instance=True).fetch(request)


async def visits(address: str, count: int, seed: int = 7) -> list[Visitor]:
    """Let so many people come within a minute, and give what each of them waited for.

    Raises
    ------
    Exception
        Whatever went wrong for any of them.
    """
    chance = random.Random(seed)

    async def come(visitor: Visitor, after: float) -> None:
        await asyncio.sleep(after)
        await visitor.job()

    def reads() -> Any:
        return asyncio.sleep(chance.uniform(*PAUSES) if count > 1 else 0)

    people = [Visitor(address, number, reads) for number in range(count)]
    arrivals = [chance.uniform(0, ARRIVE_WITHIN) if count > 1 else 0.0 for _ in people]
    await asyncio.gather(*(come(*each) for each in zip(people, arrivals, strict=True)))
    return people
