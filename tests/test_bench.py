"""The measurements themselves: tried small, so that they cannot rot. Nothing is timed here."""

import json
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parent / "bench"
FIELDS = {"name", "against", "ours", "theirs", "unit", "ratio", "aim", "met"}


def test_what_is_read_and_drawn_runs_gives_equal_answers_and_is_written_down(tmp_path):
    command = [
        sys.executable,
        str(BENCH),
        "--lines",
        "3000",
        "--rounds",
        "1",
        "--warm-up",
        "0",
        "--draws",
        "3000",
        "--parts",
        "reading",
        "drawing",
        "--build",
        str(tmp_path),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    # On so little an aim may well be missed; answers that differ end in an error.
    assert ran.returncode in (0, 1), ran.stderr
    assert "Traceback" not in ran.stderr
    records = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert len(records) >= 8
    for record in records:
        assert set(record) >= FIELDS
        assert record["ours"] > 0
        assert record["theirs"] > 0
        assert record["name"] in ran.stdout


def test_the_cascade_and_its_edits_give_the_answers_of_the_package_they_are_measured_against():
    code = "import cascading; cascading.hold_equal('25', '5')"
    ran = subprocess.run([sys.executable, "-c", code], cwd=BENCH, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_moves_that_are_measured_leave_the_rows_that_are_inserted_beside_them(planned_company, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import moving

    kinds = [*moving.SQLITE, *(moving.POSTGRESQL if moving.databases.binaries() else [])]
    for each in kinds:
        tasks = [getattr(moving, name.partition(":")[2]) for name in (each.ours, each.theirs)]
        ours, theirs = (task(str(planned_company), "90")() for task in tasks)
        assert ours == theirs == [90]


def test_the_goals_that_are_set_leave_the_rows_that_are_inserted_beside_them(sample_company, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import setting

    for each in [*setting.SQLITE, *(setting.POSTGRESQL if setting.databases.binaries() else [])]:
        tasks = [getattr(setting, name.partition(":")[2]) for name in (each.ours, each.theirs)]
        ours, theirs = (task(str(sample_company))() for task in tasks)
        assert ours == theirs
        assert ours[0] > 5_000
