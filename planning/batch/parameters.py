"""What a report may be given: its ``parameters`` cell is read and held to before anything runs.

Left to itself, the runner only warns of a parameter that the notebook does not have, and accepts any type.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from planning.batch.runs import Value
from planning.errors import BatchError, bulleted, unknown_name

_WHOLE = re.compile(r"[+-]?\d+")
_EXPECTED = {
    "str": "text",
    "int": "a whole number, such as 2027",
    "float": "a number, such as 0.05",
    "bool": "true or false",
}


@dataclass(frozen=True)
class Parameter:
    """One line of the ``parameters`` cell.

    Parameters
    ----------
    name
        As it is given.
    type
        ``str``, ``int``, ``float`` or ``bool``.
    required
        Whether the cell gives it no value of its own.
    """

    name: str
    type: str
    required: bool = False


def declared_parameters(notebook: NotebookNode) -> dict[str, Parameter]:
    """Read the names and types of a notebook's ``parameters`` cell.

    Raises
    ------
    BatchError
        If there is not exactly one such cell, or a line of it has no type that can be checked.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise BatchError(f"A report needs exactly one cell tagged 'parameters'; this one has {len(cells)}.")
    try:
        lines = ast.parse(cells[0].source).body
    except SyntaxError as error:
        raise BatchError(
            f"Line {error.lineno} of the cell tagged 'parameters' is not Python: {error.msg}."
        ) from error
    parameters = [found for line in lines if (found := _parameter(line))]
    problems = [
        f"{parameter.name}: write its type as str, int, float or bool (found {parameter.type or 'none'})"
        for parameter in parameters
        if parameter.type not in _EXPECTED
    ]
    if problems:
        raise BatchError(bulleted("Lines of the cell tagged 'parameters' cannot be checked:", problems))
    return {parameter.name: parameter for parameter in parameters}


def checked_values(declared: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, Value]:
    """Hold the values given to what the notebook declares; text is read as the type declared.

    Raises
    ------
    BatchError
        With every unknown name, every value that does not fit and every value that is missing.

    Examples
    --------
    >>> checked_values({"year": Parameter("year", "int")}, {"year": "2027"})
    {'year': 2027}
    >>> checked_values({"year": Parameter("year", "int")}, {"year": "abc"})
    Traceback (most recent call last):
        ...
    planning.errors.BatchError: The report cannot be run with these parameters:
      - year: 'abc' is not a whole number, such as 2027
    """
    problems = [unknown_name("parameter", name, declared) for name in given if name not in declared]
    missing = [each.name for each in declared.values() if each.required and each.name not in given]
    problems += [f"{name}: the notebook has no value of its own for it; give one" for name in missing]
    values: dict[str, Value] = {}
    for name, value in given.items():
        if name in declared:
            fitted = _FITS[declared[name].type](value)
            if fitted is None:
                problems.append(f"{name}: {value!r} is not {_EXPECTED[declared[name].type]}")
            else:
                values[name] = fitted
    if problems:
        raise BatchError(bulleted("The report cannot be run with these parameters:", problems))
    return values


def _parameter(line: ast.stmt) -> Parameter | None:
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
        return Parameter(line.target.id, ast.unparse(line.annotation), required=line.value is None)
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        value = line.value
        return Parameter(line.targets[0].id, type(value.value).__name__ if isinstance(value, ast.Constant) else "")
    return None


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _as_whole(value: object) -> int | None:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    # A bool is an int to Python, but year=True is a slip.
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _as_number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _as_truth(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


_FITS: dict[str, Callable[[object], Value | None]] = {
    "str": _as_text,
    "int": _as_whole,
    "float": _as_number,
    "bool": _as_truth,
}
