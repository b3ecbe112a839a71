"""Notebooks: their shape, and that each runs on the sample company, for one territory and for all."""

import ast
import re

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets import default

from planning import settings
from planning.batch.parameters import declared_parameters
from planning.kernels.spec import WarmSpecs

NOTEBOOKS = sorted(settings.notebooks().glob("*.ipynb"))
LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip
PAGES = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


class Warm(AsyncKernelManager):
    """Starts warm kernels: they differ from cold ones in nothing but the time they take (test_kernels.py)."""

    @default("kernel_spec_manager")
    def _specs(self):
        return WarmSpecs()


def read(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@PAGES
def test_it_begins_with_one_title_and_some_sentences(path):
    cells = read(path).cells
    titles = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line[:2] == "# "
    ]
    assert cells[0].cell_type == "markdown"
    assert len(titles) == 1
    assert cells[0].source.startswith(titles[0])
    assert len(cells[0].source.splitlines()) > 1


@PAGES
def test_the_second_cell_alone_bears_the_parameters_typed_and_explained(path):
    notebook = read(path)
    tagged = [n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [1]
    lines = notebook.cells[1].source.splitlines()
    assert all(re.fullmatch(r"\w+: (str|int|float|bool) = .+  # .+", line) for line in lines)
    its_own = {"report_checkpoint": {"rep", "checkpoint", "day"}}.get(path.stem, set())
    assert set(declared_parameters(notebook)) == {"workspace", "year", "scenario", "territory"} | its_own


@PAGES
def test_it_holds_no_logic_no_paths_and_no_long_cells(path):
    for cell in code(read(path)):
        assert len(cell.source.splitlines()) <= 12
        found = [type(node).__name__ for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]
        assert not found, f"{path.name} decides something: {found}"
        assert "/" not in cell.source.replace("# ", "")


@PAGES
def test_it_is_committed_without_outputs(path):
    notebook = read(path)
    assert all(not cell.outputs and cell.execution_count is None for cell in code(notebook))
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_the_readme_lists_every_notebook():
    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS if f"`{path.name}`" not in readme] == []


@PAGES
def test_it_runs_from_top_to_bottom_without_saying_that_anything_is_missing(path, planned, monkeypatch):
    monkeypatch.setenv("PLANNING_WORKSPACE", str(planned.settings.workspace))
    client = NotebookClient(read(path), timeout=120, kernel_name="python3", kernel_manager_class=Warm)
    with client.setup_kernel():
        for territory in ("", "Harbour Coast"):
            notebook = client.nb = read(path)
            notebook.cells[1].source += f"\nterritory = {territory!r}"
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
            shown = "".join(str(output.get("data", "")) for cell in code(notebook) for output in cell.outputs)
            assert "message refused" not in shown, territory
            assert "message info" not in shown, territory
            assert len(shown) > 1000, territory
