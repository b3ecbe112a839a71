"""What several tests share: a history written by hand, and where the real ones are."""

import shutil
from pathlib import Path

import databases
import pytest
from hypothesis import settings
from made_history import write_history

from planning.history.engine import History

# That a machine is busy is no fault of the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


# Forms in frameworks that only the bench has.
collect_ignore_glob = ["bench/same_form/*"]

FIRST = ("browser/test_main_job", "tests/test_notebooks", "browser/test_grid", "browser/test_login")
LAST = ("tests/test_warehouse", "tests/test_year", "tests/test_bench", "tests/test_fire")


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest, so that no worker is left alone with one of them at the end.

    Those that keep processors busy come last, side by side, where no browser waits for a page meanwhile; the longest
    of them first, so that both workers end at about the same time.
    """
    ordered = (*FIRST, "", *LAST)
    places = {name: place for place, name in enumerate(ordered)}
    items.sort(key=lambda item: places.get(f"{item.path.parent.name}/{item.path.stem}", len(FIRST)))


@pytest.fixture
def history_of(tmp_path):
    """Open a history made of records."""
    opened = []

    def build(**tables):
        write_history(tmp_path, **tables)
        opened.append(History(tmp_path))
        return opened[-1]

    yield build
    for each in opened:
        each.close()


REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data():
    """Folder of the real histories; they are not part of the project."""
    if not REAL.is_dir():
        pytest.skip(f"the real histories are not here ({REAL})")
    return REAL


@pytest.fixture(scope="session")
def postgresql():
    """Run a PostgreSQL server for the tests."""
    if databases.binaries() is None:
        pytest.skip("PostgreSQL is not installed (initdb is not found)")
    server = databases.Server()
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def plan_url(request, tmp_path):
    """Give the address of an empty database, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'plan.sqlite'}"
    return request.getfixturevalue("postgresql").url()


@pytest.fixture(scope="session")
def sample_company(tmp_path_factory):
    """Make a workspace with the sample company and the assumptions it starts with; read only."""
    from planning.workbook import start

    workspace = tmp_path_factory.mktemp("sample") / "workspace"
    start.sample(str(workspace), lambda _: None)
    return workspace


@pytest.fixture(scope="session")
def planned_company(sample_company, tmp_path_factory):
    """Make a workspace with the sample company and goals; read only."""
    from planning.workbook.expected.simulation import uncertain
    from planning.workbook.place import stand
    from planning.workbook.setting import asked as setting

    workspace = tmp_path_factory.mktemp("planned") / "workspace"
    shutil.copytree(sample_company, workspace)
    context = stand(str(workspace))
    setting.set_goals(context, "planner")
    # What takes seconds and every page asks for is kept with it, for all that copy it.
    uncertain(context)
    return workspace


@pytest.fixture
def planned(planned_company, tmp_path):
    """Make a workspace of one's own with the sample company and goals."""
    from planning.workbook.place import stand

    workspace = tmp_path / "workspace"
    shutil.copytree(planned_company, workspace)
    return stand(str(workspace))
