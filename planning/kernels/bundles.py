"""All that one message of a front end brings about, in one message back.

A form that is drawn makes hundreds of widgets, and each tells the front end so three times over: most of what such a
page takes is messages. A front end that opens a comm of the target `TARGET` gets them together instead, as
``{"method": "bundle", "messages": [[type, content], ...]}``; any other gets them one by one, as ever.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import comm
from comm.base_comm import BaseComm as AnyComm
from ipykernel.comm.comm import BaseComm
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelbase import Kernel

TARGET = "planning.bundles"

_SECONDS = 0.1
"""How long the first message of a bundle may wait while others come."""

_SAYS_NOTHING = ("_model_module", "_model_module_version", "_view_module", "_view_module_version", "_view_count")


class _Bundles:
    """What waits to be sent, and to whom."""

    def __init__(self) -> None:
        self.front: AnyComm | None = None
        self.answering = False
        self._waiting: list[tuple[str, Mapping[str, Any]]] = []
        self._since = 0.0

    def opened(self, front: AnyComm, _: Any) -> None:
        """Take notice of a front end that takes bundles; the last one counts."""
        self.front = front

    def take(self, kind: str, content: Mapping[str, Any]) -> None:
        """Let a message wait for the others."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((kind, content))
        if time.monotonic() - self._since > _SECONDS:
            self.send()

    def send(self) -> None:
        """Send what waits."""
        messages, self._waiting = self._waiting, []
        if messages and self.front is not None:
            self.front.send({"method": "bundle", "messages": messages})

    def around(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Bundle what a message of the front end brings about."""

        def bundled(*given: Any) -> Any:
            with together():
                return answer(*given)

        return bundled


_BUNDLES = _Bundles()


def asked_for() -> bool:
    """Say whether a front end takes bundles."""
    return _BUNDLES.front is not None


@contextmanager
def together() -> Iterator[None]:
    """Send what comes about within it as one message, to a front end that asked for that."""
    if _BUNDLES.answering or _BUNDLES.front is None:
        yield
        return
    _BUNDLES.answering = True
    try:
        yield
    finally:
        _BUNDLES.answering = False
        _BUNDLES.send()


class BundledComm(BaseComm):
    """A comm whose messages wait for others while a message of the front end is answered."""

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        """Send a message, or let it wait; what carries bytes goes by itself."""
        if _BUNDLES.answering and not buffers:
            # As when it is sent at once: a widget whose comm names no kernel keeps to itself what changes.
            self.kernel = self.kernel or Kernel.instance()
            _BUNDLES.take(msg_type, {"comm_id": self.comm_id, "data": _lean(msg_type, data or {}), **keys})
            return
        # In the order in which they came.
        _BUNDLES.send()
        super().publish_msg(msg_type, data, metadata, buffers, **keys)  # type: ignore[no-untyped-call]


def register(kernel: IPythonKernel) -> None:
    """Let a kernel bundle for the front ends that ask for it; to be called once, before it makes any comm."""
    comm.create_comm = BundledComm
    kernel.comm_manager.register_target(TARGET, _BUNDLES.opened)
    kernel.shell_handlers["comm_msg"] = _BUNDLES.around(kernel.shell_handlers["comm_msg"])


def _lean(kind: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out of a new widget what says nothing: most of its looks are not set, and its versions are known."""
    if kind != "comm_open" or "state" not in data:
        return data
    state = {name: value for name, value in data["state"].items() if value is not None and name not in _SAYS_NOTHING}
    return {**data, "state": state}
