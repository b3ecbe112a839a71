"""A paper as PDF, typeset by typst with the fonts that it brings along, so that it looks the same everywhere."""

import json
from dataclasses import asdict
from importlib.resources import files

import typst

from planning.papers.paper import Columns, Paper, Part


def pdf(paper: Paper) -> bytes:
    """Typeset a paper on A4.

    Texts go to the typesetter as data and never as its source, so that no text is taken for an instruction.
    """
    return typst.compile(_source(), sys_inputs=_inputs(paper))


def picture(paper: Paper, dots: float = 80.0) -> list[bytes]:
    """Typeset a paper as PNG, one a page, with so many dots an inch."""
    found = typst.compile(_source(), sys_inputs=_inputs(paper), format="png", ppi=dots)
    return list(found) if isinstance(found, list) else [found]


def _source() -> bytes:
    return files("planning.papers").joinpath("paper.typ").read_bytes()


def _inputs(paper: Paper) -> dict[str, str]:
    parts = [{"kind": type(part).__name__, **asdict(part), **_columns(part)} for part in paper.parts]
    return {"paper": json.dumps({**asdict(paper), "parts": parts}, ensure_ascii=False)}


def _columns(part: Part) -> dict[str, list[bool] | list[int]]:
    """Say which columns hold figures, and how wide a text is beside the others, within bounds."""
    if not isinstance(part, Columns):
        return {}
    lengths = [[len(head), *(len(row[place]) for row in part.rows)] for place, head in enumerate(part.heads)]
    return {"aligned": part.aligned, "wide": [min(max(*each, 12), 40) for each in lengths]}
