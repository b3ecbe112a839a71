"""A kernel provisioner: any Jupyter client that starts a kernel of our kernelspec gets a warm one.

An extension point of `jupyter_client`: https://jupyter-client.readthedocs.io/en/stable/provisioning.html
"""

import atexit
import os
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from planning.kernels.warm import Child, Warm, WarmError, unavailable

_LAUNCHER = "ipykernel_launcher"
_WARM: dict[tuple[Any, ...], Warm] = {}
"""Warm processes of this process, by what they have imported."""


class WarmProvisioner(LocalProvisioner):
    """Fork kernels from a warm process; where that cannot be done, start ordinary ones and say so."""

    preload = List(Unicode(), config=True, help="Modules that the warm process imports.")
    watched = List(Unicode(), config=True, help="Folders of code that make a new warm process when they change.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel, with the command line that it would have been started with."""
        try:
            child = self._forked(cmd, **kwargs)
        except WarmError as error:
            self.log.warning("An ordinary kernel is started instead of a warm one: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = child
        self.pid = self.pgid = child.pid
        return self.connection_info

    def _forked(self, cmd: list[str], **kwargs: Any) -> Child:
        why = unavailable()
        if why or _LAUNCHER not in cmd:
            raise WarmError(why or f"{' '.join(cmd)} is not an IPython kernel's command")
        return warm(self.preload, self.watched).fork(
            "planning.kernels.kernel:run",
            {"argv": cmd[cmd.index(_LAUNCHER) + 1 :]},
            env=kwargs.get("env"),
            cwd=kwargs.get("cwd"),
            **{name: _descriptor(kwargs.get(name), number) for name, number in (("stdout", 1), ("stderr", 2))},
        )


def warm(preload: list[str] | tuple[str, ...], watched: list[str] | tuple[str, ...]) -> Warm:
    """Give this process's warm process with these modules; it is started when it is first asked for a child."""
    key = (os.getpid(), tuple(preload), tuple(watched))
    if key not in _WARM:
        _WARM[key] = Warm(preload, [Path(each) for each in watched])
        atexit.register(_close, key)
    return _WARM[key]


def _close(key: tuple[Any, ...]) -> None:
    # What a process has forked by other means has a copy of this, and nothing to end.
    if key[0] == os.getpid() and key in _WARM:
        _WARM.pop(key).close()


def _descriptor(given: Any, otherwise: int) -> int:
    return (
        given if isinstance(given, int) and given >= 0 else given.fileno() if hasattr(given, "fileno") else otherwise
    )
