"""An ordinary IPython kernel in a warm process."""

import importlib
import os
import sys
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from ipykernel import ipkernel, kernelapp
from jupyter_client import localinterfaces

from planning.kernels import bundles

_AT_START = (
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
"""Modules that a kernel imports when it starts; its debugger alone takes most of that time."""


class IPKernelApp(kernelapp.IPKernelApp):
    """A kernel that ends with its owner by the leash, and not when the process that it was forked from does."""

    def init_poller(self) -> None:
        """Watch nobody: the leash does."""

    def log_connection_info(self) -> None:
        """Print nothing: nobody connects by hand."""


def rehearse() -> None:
    """Do once what every kernel does when it starts."""
    # Python's own modules are frozen, which the debugger would complain of on every start.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    # Arrow's own pool takes tens of megabytes in every process for the little that a page has.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    for name in _AT_START:
        importlib.import_module(name)
    localinterfaces.local_ips()


class _Files:
    """Stands for ``sys.modules`` where a kernel looks which files there are."""

    def __init__(self, files: Iterable[str]) -> None:
        self._modules = [SimpleNamespace(__file__=file) for file in files]

    def copy(self) -> "_Files":
        return self

    def values(self) -> list[SimpleNamespace]:
        return self._modules


class _System:
    """Stands for ``sys`` in the kernel's module: all of it, but that list."""

    def __init__(self, modules: _Files) -> None:
        self.modules = modules

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


def list_modules() -> None:
    """List the files of all modules once, as a kernel does at its start for its debugger; to be called last.

    To look at a module is to write to it (how many hold it), and so to take a copy of the memory in which it lies:
    with some thousand modules that is half of what a new kernel has of its own. The texts are copied, since those of
    the modules lie where the modules do.
    """
    known = [getattr(each, "__file__", None) for each in list(sys.modules.values())]
    vars(ipkernel)["sys"] = _System(_Files(file.encode().decode() for file in known if file))


def run(payload: Mapping[str, Any]) -> None:
    """Be a kernel until it is shut down.

    Parameters
    ----------
    payload
        ``argv``: what ``python -m ipykernel_launcher`` would be given.
    """
    sys.argv = ["ipykernel_launcher", *payload["argv"]]
    app = IPKernelApp.instance()
    app.initialize(payload["argv"])  # type: ignore[no-untyped-call]
    if "ipywidgets" in sys.modules:
        # It was imported before there was a kernel, and has to be told that there is one: else the process answers
        # nobody who asks for all its widgets.
        sys.modules["ipywidgets"].register_comm_target()
    bundles.register(app.kernel)
    app.start()  # type: ignore[no-untyped-call]
