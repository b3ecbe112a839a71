"""The kernelspec that names the warm provisioner, and the one list of what is kept warm for forms and reports."""

import json
import pkgutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager
from traitlets import Unicode

PACKAGE = Path(__file__).parents[1]
NAME = "planning-warm"
PROVISIONER = "planning-warm"
"""The entry point's name."""

LAB_SETTINGS = PACKAGE / "kernels" / "jupyter"
"""Folder of Jupyter settings for the workbook's JupyterLab."""

_LIBRARIES = ("planning.kernels.kernel:rehearse", "ipywidgets", "nbconvert", "papermill", "duckdb")
_SERVERS = ("planning.forms.files", "planning.forms.login", "planning.forms.opening", "planning.forms.serve")
"""Modules that belong to the server of the forms and not to a page."""


def preload(workspace: str = "") -> list[str]:
    """Name the modules that pages and reports need.

    Parameters
    ----------
    workspace
        Folder of the company whose pages or reports they are; what they read first is read, too. Empty where that is
        not known.
    """
    rooms = pkgutil.walk_packages([str(PACKAGE / "forms")], "planning.forms.")
    return [
        *_LIBRARIES,
        *(each.name for each in rooms if each.name not in _SERVERS),
        "planning.batch.execute:rehearse",
        f"planning.forms.rehearsal:rehearse:{workspace}",
        *([f"planning.workbook.beforehand:read:{workspace}"] if workspace else []),
        "planning.kernels.kernel:list_modules",
    ]


def warmed(metadata: dict[str, Any], workspace: str = "") -> dict[str, Any]:
    """Give a kernelspec's metadata with the warm provisioner in it (`preload`)."""
    config = {"preload": preload(workspace), "watched": [str(PACKAGE)]}
    return {**metadata, "kernel_provisioner": {"provisioner_name": PROVISIONER, "config": config}}


def install(user: bool = True, prefix: str | None = None) -> Path:
    """Make the kernelspec known to every Jupyter client, and give its folder.

    Parameters
    ----------
    user
        For this person alone; else for the environment of `prefix`, or for the whole system.
    prefix
        Folder of an environment.
    """
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Sales planning (warm)",
        "language": "python",
        "metadata": warmed({}),
    }
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(spec, indent=1), encoding="utf-8")
        return Path(KernelSpecManager().install_kernel_spec(folder, NAME, user=user, prefix=prefix))


class WarmSpecs(KernelSpecManager):
    """Kernelspecs among which Python's own is a warm one, with nothing installed."""

    workspace = Unicode(config=True, help="Folder of the company whose pages are opened.")

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Give a kernelspec."""
        found = super().get_kernel_spec(kernel_name)
        if kernel_name == NATIVE_KERNEL_NAME:
            found.metadata = warmed(found.metadata, self.workspace)
            # What visitors' pages run is nobody's history of commands, and one file of it would be shared by all.
            found.argv = [*found.argv, "--HistoryManager.enabled=False"]
        return found
