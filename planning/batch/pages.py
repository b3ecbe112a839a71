"""Pages that are published: one a report, and the list of them. Each is one file that asks for nothing outside."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, Template
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from planning.batch.marker import MIME
from planning.batch.runs import STATES, Run, State

WORDS: Mapping[State, str] = {
    "queued": "Waiting",
    "leased": "Running",
    "ok": "Ready",
    "failed": "Failed",
    "timed_out": "Took too long",
    "crashed": "Stopped unexpectedly",
}
INDEX = "index.html"
_SHOWN = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain"]
_NOT_SHOWN = {MIME, "application/vnd.jupyter.widget-view+json"}


@dataclass(frozen=True)
class Row:
    """A line of the list of reports: the run, its name as shown, and the files that exist for it.

    Parameters
    ----------
    run
        As recorded.
    label
        Name of the item as it is shown.
    page
        Address of the report, from the list; empty if there is none.
    kept
        Addresses of what a failed run left, by what they are.
    """

    run: Run
    label: str
    page: str = ""
    kept: Mapping[str, str] | None = None


def style_sheet() -> str:
    """Give the style of the forms, and what the published pages add to it."""
    forms = files("planning.forms").joinpath("planning.css").read_text(encoding="utf-8")
    return forms + "\n" + files("planning.batch").joinpath("batch.css").read_text(encoding="utf-8")


def report_title(notebook: NotebookNode, fallback: str) -> str:
    """Give the title of a notebook: its first heading."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), fallback)


def report_page(notebook: NotebookNode, title: str, style: str) -> str:
    """Make the page of an executed notebook: its texts and results, without code, warnings and prompts."""
    body, _ = _exporter().from_notebook_node(_what_is_shown(notebook))
    return _template("report.html.j2").render(title=title, style=style, body=body, made=_moment(datetime.now(UTC)))


def index_page(rows: Sequence[Row], title: str, style: str) -> str:
    """Make the list of reports; while some are still to come, it reloads itself."""
    labels = list(dict.fromkeys(label for row in rows for label in row.run.figures))
    counts = {WORDS[state]: sum(row.run.state == state for row in rows) for state in STATES}
    going = any(row.run.state in ("queued", "leased") for row in rows)
    return _template("index.html.j2").render(
        rows=rows, title=title, style=style, labels=labels, counts=counts, going=going, made=datetime.now(UTC)
    )


def _what_is_shown(notebook: NotebookNode) -> NotebookNode:
    shown = deepcopy(notebook)
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in map(_best_form, cell.outputs) if output]
    return shown


def _best_form(output: Any) -> Any:
    """Give an output in the one form that a page shows best; nothing if it is not for the page."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type == "error" or _NOT_SHOWN & set(output.data):
        return None
    best = next((form for form in _SHOWN if form in output.data), None)
    return {**output, "data": {best: output.data[best]}} if best else None


class _Exporter(HTMLExporter):
    """Parses a page that was made only where there is something to add, which takes as long as making it.

    What nbconvert adds to it is a text in the place of images that have none, and focus for parts that this template
    does not have.
    """

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page's body, and say what was used."""
        told = self._init_resources(resources)  # type: ignore[no-untyped-call]
        self.register_filter("highlight_code", Highlight2HTML(parent=self))  # type: ignore[no-untyped-call]
        made = TemplateExporter.from_notebook_node(self, nb, told, **options)
        return super().from_notebook_node(nb, resources, **options) if "<img" in made[0] else made


@cache
def _exporter() -> HTMLExporter:
    # Only the parts of a page, without the scripts that the full templates fetch from elsewhere.
    return _Exporter(  # type: ignore[no-untyped-call]
        template_name="basic",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(loader=PackageLoader("planning.batch", "."), autoescape=True, trim_blocks=True)
    environment.filters.update(moment=_moment, words=lambda state: WORDS[state])
    return environment.get_template(name)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
