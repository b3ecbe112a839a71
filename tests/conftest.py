"""What several tests share: a history written by hand, and where the real ones are."""

from pathlib import Path

import pytest
from made_history import write_history

from planning.history.engine import History


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
