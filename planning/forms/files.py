"""Style and scripts of the pages: under addresses that change with what they hold, so that a browser keeps them."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError, RequestHandler

FORMS = Path(__file__).parent
STYLE, SCRIPT = "css", "js"
_KINDS = {STYLE: "text/css; charset=utf-8", SCRIPT: "text/javascript; charset=utf-8"}


@dataclass(frozen=True)
class File:
    """What a page loads.

    Parameters
    ----------
    kind
        ``css`` or ``js``.
    content
        What it holds.
    """

    kind: str
    content: bytes

    @cached_property
    def name(self) -> str:
        """A name that no other content has."""
        return f"{hashlib.sha256(self.content).hexdigest()[:16]}.{self.kind}"

    @cached_property
    def packed(self) -> bytes:
        """The content, compressed once."""
        return gzip.compress(self.content, 9, mtime=0)


def style() -> File:
    """Give the style sheet of every page."""
    return File(STYLE, FORMS.joinpath("planning.css").read_bytes())


def script() -> File:
    """Give the scripts of every page as one."""
    names = ("front.js", "page.js", "drafts.js")
    parts = [FORMS.joinpath("template", name).read_text(encoding="utf-8") for name in names]
    return File(SCRIPT, "\n".join([*parts, "page.begin();\n"]).encode())


class FileHandler(RequestHandler):
    """Gives a file, to be kept for good."""

    def initialize(self, files: Sequence[File]) -> None:
        """Take what there is."""
        self._files = {each.name: each for each in files}

    @allow_unauthenticated
    def get(self, name: str) -> None:
        """Give the file of a name, compressed where the browser understands it."""
        file = self._files.get(name)
        if file is None:
            raise HTTPError(404)
        self.set_header("Content-Type", _KINDS[file.kind])
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Vary", "Accept-Encoding")
        packed = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(file.packed if packed else file.content)

    def compute_etag(self) -> Any:
        """Need no other sign of what it holds: the address is one."""
        return None
