"""An ordinary IPython kernel in a warm process."""

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any

from ipykernel import kernelapp
from jupyter_client import localinterfaces

from planning.kernels import bundles

_AT_START = ("ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completer", "IPython.core.magics")
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
