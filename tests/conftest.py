"""What several tests share: a history written by hand, and where the real ones are."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from made_history import write_history

from planning.history.engine import History

# That a machine is busy is no fault of the code.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


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
def sample_company(tmp_path_factory):
    """Make a workspace with the sample company and the assumptions it starts with; read only."""
    from planning.workbook import start

    workspace = tmp_path_factory.mktemp("sample") / "workspace"
    start.sample(str(workspace), lambda _: None)
    return workspace


@pytest.fixture(scope="session")
def planned_company(sample_company, tmp_path_factory):
    """Make a workspace with the sample company and goals; read only."""
    from planning.workbook.place import stand
    from planning.workbook.setting import asked as setting

    workspace = tmp_path_factory.mktemp("planned") / "workspace"
    shutil.copytree(sample_company, workspace)
    setting.set_goals(stand(str(workspace)), "planner")
    return workspace


@pytest.fixture
def planned(planned_company, tmp_path):
    """Make a workspace of one's own with the sample company and goals."""
    from planning.workbook.place import stand

    workspace = tmp_path / "workspace"
    shutil.copytree(planned_company, workspace)
    return stand(str(workspace))
