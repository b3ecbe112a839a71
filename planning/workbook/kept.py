"""What takes long and is the same for everybody: kept by this process, and for those that come after it.

Every page is a process of its own, and all begin with the same: last year made whole, past years planned again. It
is kept in the scratch folder of the workspace, which belongs to whoever runs the workbook, under a checksum of all
that it depends on, the code among it, and may be thrown away at any time.
"""

import hashlib
import os
import pickle
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from planning.settings import ROOT, Settings

Made = TypeVar("Made")

_FEW = 64
"""Things that a process keeps."""

_OF_A_KIND, _BYTES = 8, 4 << 20
"""Files that are kept of each kind: of a few years, of what they were made of before; more while all are small."""

_HERE: OrderedDict[tuple[str, str], Any] = OrderedDict()


def kept(settings: Settings, kind: str, depends: object, make: Callable[[], Made]) -> Made:
    """Give what was made of the same before, or make it and keep it.

    Parameters
    ----------
    settings
        Of which workspace.
    kind
        What it is, as part of a file's name.
    depends
        All that it depends on; its text must tell one from another. None where that is not known, as of a history in
        a warehouse: then it is made each time.
    make
        Makes it; nobody may change what it gives.
    """
    if depends is None:
        return make()
    told = hashlib.sha256(repr((depends, code())).encode()).hexdigest()[:24]
    key = (str(settings.scratch), f"{kind}-{told}")
    if key not in _HERE:
        _HERE[key] = _of_all(settings.scratch / "kept", kind, told, make)
        while len(_HERE) > _FEW:
            _HERE.popitem(last=False)
    _HERE.move_to_end(key)
    found: Made = _HERE[key]
    return found


def _of_all(folder: Path, kind: str, told: str, make: Callable[[], Made]) -> Made:
    file = folder / f"{kind}-{told}"
    # One that is gone or broken, whatever broke it, is made anew.
    with suppress(Exception):
        found: Made = pickle.loads(file.read_bytes())
        return found
    made = make()
    # A workspace that cannot be written to is read all the same.
    with suppress(OSError):
        _keep(made, file, kind)
    return made


def _keep(made: object, file: Path, kind: str) -> None:
    """Write it beside its place and move it there whole; the oldest of its kind go."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, draft = tempfile.mkstemp(dir=file.parent, prefix=".")
    with os.fdopen(number, "wb") as written:
        pickle.dump(made, written, protocol=pickle.HIGHEST_PROTOCOL)
    Path(draft).replace(file)
    there = sorted(((each.stat(), each) for each in file.parent.glob(f"{kind}-*")), key=lambda at: -at[0].st_mtime_ns)
    sizes = accumulate(at.st_size for at, _ in there)
    for place, (size, (_, old)) in enumerate(zip(sizes, there, strict=True)):
        if place >= _OF_A_KIND and size > _BYTES:
            old.unlink(missing_ok=True)


@cache
def code() -> str:
    """Make a checksum of the package's code: what other code made is not the same."""
    files = sorted((ROOT / "planning").rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
