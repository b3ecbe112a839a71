"""Papers as files: whole, or not at all."""

import os
import tempfile
from pathlib import Path

from planning.errors import SettingsError
from planning.papers.docx import docx
from planning.papers.html import html
from planning.papers.paper import Paper
from planning.papers.pdf import pdf

KINDS = {
    "pdf": "application/pdf",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Media type of each way of writing a paper, by the ending of its file's name."""


def written(paper: Paper, kind: str) -> bytes:
    """Write a paper as one of `KINDS`."""
    if kind == "docx":
        return docx(paper)
    return pdf(paper) if kind == "pdf" else html(paper).encode()


def save(paper: Paper, path: Path) -> Path:
    """Write a paper as PDF, HTML or DOCX, by the ending of the file's name; what was there is replaced at once.

    Raises
    ------
    SettingsError
        If the ending is another one, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending.removeprefix(".") not in KINDS:
        raise SettingsError(f"A paper is written as .pdf, .html or .docx, not as {path.name!r}.")
    content = written(paper, ending.removeprefix("."))
    return write(content, path)


def write(content: bytes, path: Path) -> Path:
    """Write a file whole, or not at all; what was there before is replaced at once.

    Raises
    ------
    SettingsError
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
            part.write(content)
        Path(part.name).replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {os.strerror(error.errno or 0)}.") from error
    return path
