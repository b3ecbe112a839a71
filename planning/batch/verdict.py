"""Whether a notebook that was run is a whole report.

The runner's own word is not enough: it calls a dead kernel completed and ``sys.exit(0)`` a success.
"""

from typing import Any

from nbformat import NotebookNode

from planning.batch.marker import MIME, Finished, marker_in


def why_not_whole(notebook: NotebookNode, run: str) -> str:
    """Say why an executed notebook is not a whole report; empty if it is one.

    A whole report has no error among its outputs, every code cell with something in it was run, and the last
    of them shows the end marker of this very run.
    """
    cells = _code_cells(notebook)
    for cell in cells:
        for output in cell.outputs:
            if output.output_type == "error":
                return error_line(cell.execution_count, output.ename, output.evalue)
    not_run = sum(cell.execution_count is None for cell in cells)
    if not_run:
        return f"{not_run} of {len(cells)} cells were not run."
    marker = end_marker(notebook)
    if marker is None:
        return "The report did not come to its end: its last cell must end on finished() of planning.batch.marker."
    if marker.run != run:
        return (
            f"The end marker is of another run ({marker.run or 'none'}); the last cell must call finished() itself."
        )
    return ""


def end_marker(notebook: NotebookNode) -> Finished | None:
    """Find the end marker in the last code cell."""
    cells = _code_cells(notebook)
    return marker_in(cells[-1].outputs) if cells else None


def forget_run(notebook: NotebookNode) -> None:
    """Take the run's id out of a notebook that has been judged."""
    for cell in _code_cells(notebook):
        for output in cell.outputs:
            if marker := output.get("data", {}).get(MIME):
                marker["run"] = ""


def error_line(number: int | None, name: str, message: str) -> str:
    """Say in a line which cell stopped, numbered as in the executed notebook, and why.

    Examples
    --------
    >>> error_line(3, "KeyError", "'North'")
    "Cell [3]: KeyError: 'North'"
    >>> error_line(2, "SystemExit", "0")
    'Cell [2] ended the notebook before its end (SystemExit 0).'
    """
    if name == "SystemExit":
        return f"Cell [{number}] ended the notebook before its end (SystemExit {message})."
    first = message.strip().partition("\n")[0]
    return f"Cell [{number}]: {name}: {first}".removesuffix(": ")


def _code_cells(notebook: NotebookNode) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
