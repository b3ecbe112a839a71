"""The plan of the house, enforced: who may import whom, where each library lives, what is locked."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "planning"

FLOORS = (
    ("errors",), ("settings",), ("periods",), ("amounts",), ("metrics",), ("tables",), ("kernels",),
    ("sample",), ("history",), ("assumptions",), ("goals",), ("negotiation",), ("plans",), ("tracking",),
    ("store",), ("workbook",), ("sheets",), ("charts",), ("papers",), ("forms",), ("batch",), ("cli", "__main__"),
)  # fmt: skip
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

HOMES = {
    "duckdb": {"history"}, "pyarrow": {"history"}, "sqlglot": {"history"}, "pyspark": {"history"},
    "statsforecast": {"history"}, "hierarchicalforecast": {"history"}, "scipy": {"history"},
    "sqlalchemy": {"store", "history"},
    "pydantic": {"settings"},
    "babel": {"sheets"},
    "typst": {"papers"}, "docx": {"papers"}, "icalendar": {"papers"}, "vl_convert": {"charts"},
    "openpyxl": {"sheets"}, "defusedxml": {"sheets"}, "anywidget": {"forms"},
    "ipywidgets": {"forms"}, "IPython": {"forms", "kernels"}, "voila": {"forms"},
    "jupyter_server": {"forms"}, "tornado": {"forms"}, "traitlets": {"forms", "kernels"},
    "papermill": {"batch", "kernels"}, "nbconvert": {"batch"}, "nbformat": {"batch", "kernels"},
    "jupyter_client": {"batch", "kernels"}, "ipykernel": {"kernels"}, "comm": {"kernels"}, "jinja2": {"batch"},
    "distributed": {"batch"},
    "typer": {"cli"}, "rich": {"cli"},
}  # fmt: skip
EVERYWHERE = {"numpy", "pandas"}
CONDA_NAMES = {"python-duckdb": "duckdb"}
CONDA_ALONE = {"conda-forge", "pip"}


def room(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports():
    for file in sorted(PACKAGE.rglob("*.py")):
        if file == PACKAGE / "__init__.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}:{node.lineno} imports relatively"
                names = [node.module] if node.module != "planning" else [f"planning.{a.name}" for a in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                yield file, node.lineno, name


def test_a_room_imports_only_from_rooms_above_its_own():
    wrong = []
    for file, line, name in imports():
        parts = name.split(".")
        if parts[0] != "planning" or len(parts) == 1 or parts[1] == "__version__":
            continue
        if FLOOR[parts[1]] > FLOOR[room(file)]:
            wrong.append(f"{file.relative_to(ROOT)}:{line} ({room(file)}) imports {parts[1]}, a row below it")
    assert not wrong, "\n".join(wrong)


def test_every_module_that_is_imported_is_there():
    wrong = []
    for file, line, name in imports():
        there = ROOT.joinpath(*name.split("."))
        if (
            name.startswith("planning.")
            and name != "planning.__version__"
            and not (there.is_dir() or there.with_suffix(".py").is_file())
        ):
            wrong.append(f"{file.relative_to(ROOT)}:{line} imports {name}, which is not there")
    assert not wrong, "\n".join(wrong)


def test_each_outside_library_has_one_home():
    import sys

    wrong = []
    for file, line, name in imports():
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library == "planning" or library in EVERYWHERE:
            continue
        if room(file) not in HOMES.get(library, set()):
            wrong.append(f"{file.relative_to(ROOT)}:{line}: {library} lives in {HOMES.get(library, 'no room yet')}")
    assert not wrong, "\n".join(wrong)


FOR_DEVELOPERS = {"amounts/split.py", "goals/ledger.py", "sheets/numbers.py"}
"""Where wrong code, and nothing that somebody types, is told of."""


def test_no_message_gives_a_person_minor_units():
    wrong = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and "minor unit" in ast.unparse(node)
    ]
    assert not [each for each in wrong if each.partition(":")[0] not in FOR_DEVELOPERS], "\n".join(wrong)


def test_widgets_that_share_their_looks_are_the_only_ones_and_nobody_changes_those():
    wrong = []
    for file in sorted((PACKAGE / "forms").rglob("*.py")):
        if file.name == "widgets.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            where = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            looks = getattr(node, "value", None)
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and isinstance(looks, ast.Attribute)
            ):
                if looks.attr in ("layout", "style"):
                    wrong.append(f"{where}: a class says how a widget looks, since all of a kind share {looks.attr}")
            elif isinstance(node, ast.ImportFrom) and node.module == "ipywidgets":
                wrong.append(f"{where}: take it from planning.forms.widgets")
    assert not wrong, "\n".join(wrong)


def test_every_room_stands_on_a_floor_and_every_floor_has_its_room():
    rooms = {room(file) for file in PACKAGE.rglob("*.py")} - {"__init__"}
    assert rooms == set(FLOOR)


def requirement(text):
    match = re.match(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\s*(.*)", text)
    return match[1].lower().replace("_", "-"), match[2].replace(" ", "")


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_conda_and_pip_users_get_the_same_libraries():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = dict(requirement(line.strip()[2:]) for line in text.splitlines() if re.match(r"\s+- \w", line))
    python = listed.pop("python")
    listed = {CONDA_NAMES.get(name, name): range_ for name, range_ in listed.items() if name not in CONDA_ALONE}
    asked = project()
    wanted = dict(requirement(each) for each in asked["dependencies"] + asked["optional-dependencies"]["dev"])
    assert listed == wanted
    assert python == asked["requires-python"]


def test_every_library_asked_for_is_locked_to_one_version():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {m[1].lower().replace("_", "-") for m in re.finditer(r"^([A-Za-z0-9_.-]+)==", lock, re.M)}
    asked = project()
    wanted = {requirement(each)[0] for each in asked["dependencies"] + asked["optional-dependencies"]["dev"]}
    assert wanted <= locked


def test_the_changelog_names_the_version():
    from planning import __version__

    assert project()["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", ["import duckdb", "from planning.cli import main"])
def test_the_rules_of_the_house_do_fire(line, tmp_path, monkeypatch):
    broken = tmp_path / "planning"
    (broken / "goals").mkdir(parents=True)
    (broken / "goals" / "bad.py").write_text(line)
    monkeypatch.setattr(__import__(__name__), "PACKAGE", broken)
    monkeypatch.setattr(__import__(__name__), "ROOT", tmp_path)
    rule = (
        test_each_outside_library_has_one_home
        if "duckdb" in line
        else (test_a_room_imports_only_from_rooms_above_its_own)
    )
    with pytest.raises(AssertionError, match="bad.py:1"):
        rule()
