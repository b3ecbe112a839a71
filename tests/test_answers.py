"""Answers of the history, kept for the next to ask: the same, until what they depend on changes."""

import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planning.history import answers
from planning.history.answers import Answers
from planning.history.engine import open_history
from planning.settings import RUN_VARIABLE
from planning.workbook.place import stand

ASKED = "select $one + 1 as two"


class Engine:
    """Counts what it is asked."""

    def __init__(self):
        self.asked = []

    def rows(self, sql, parameters):
        self.asked.append(sql)
        return pa.table({"two": pa.array([parameters["one"] + 1], pa.int64()), "name": ["Ñandú"]})

    def fingerprint(self):
        return "print"

    def close(self):
        self.asked.append("closed")


def nobody():
    raise AssertionError("the engine was opened")


def test_what_was_asked_before_is_answered_without_opening_the_engine(tmp_path):
    engine = Engine()
    first = Answers(lambda: engine, tmp_path, "files")
    assert first.rows(ASKED, {"one": 1}).to_pylist() == [{"two": 2, "name": "Ñandú"}]
    assert first.rows(ASKED, {"one": 1}).to_pylist() == [{"two": 2, "name": "Ñandú"}]
    assert first.rows(ASKED, {"one": 2}).to_pylist() == [{"two": 3, "name": "Ñandú"}]
    assert len(engine.asked) == 2
    first.close()
    assert engine.asked[-1] == "closed"
    another = Answers(nobody, tmp_path, "files")
    assert another.rows(ASKED, {"one": 1}).equals(first.rows(ASKED, {"one": 1}))
    another.close()


def test_another_history_has_answers_of_its_own(tmp_path):
    Answers(Engine, tmp_path, "files").rows(ASKED, {"one": 1})
    with pytest.raises(AssertionError):
        Answers(nobody, tmp_path, "other files").rows(ASKED, {"one": 1})


@pytest.mark.parametrize("left", [0, 40, -1])
def test_an_answer_that_is_broken_is_asked_for_anew_and_mended(tmp_path, left):
    Answers(Engine, tmp_path, "files").rows(ASKED, {"one": 1})
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:left] if left >= 0 else b"x" * 400)
    assert Answers(Engine, tmp_path, "files").rows(ASKED, {"one": 1}).num_rows == 1
    assert Answers(nobody, tmp_path, "files").rows(ASKED, {"one": 1}).num_rows == 1


def test_a_folder_that_cannot_be_written_to_and_a_large_answer_do_no_harm(tmp_path, monkeypatch):
    place = tmp_path / "file"
    place.write_text("no folder")
    assert Answers(Engine, place, "files").rows(ASKED, {"one": 1}).num_rows == 1
    monkeypatch.setattr(answers, "_SMALL", 4)
    engine = Engine()
    large = Answers(lambda: engine, tmp_path / "answers", "files")
    assert large.rows(ASKED, {"one": 1}).equals(large.rows(ASKED, {"one": 1}))
    assert len(engine.asked) == 2
    assert not (tmp_path / "answers").exists()


def test_the_oldest_go_and_nothing_half_written_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "_FILES", 8)
    asked = Answers(Engine, tmp_path, "files")
    for number in range(30):
        asked.rows(ASKED, {"one": number})
        assert len(list(tmp_path.iterdir())) <= 8
    assert Answers(nobody, tmp_path, "files").rows(ASKED, {"one": 29})["two"].to_pylist() == [30]


def test_a_history_that_is_written_anew_is_asked_anew_and_a_report_keeps_nothing(
    planned_company, tmp_path, monkeypatch
):
    def orders():
        with open_history(stand(str(tmp_path / "company")).settings) as history:
            return int(history.rows("select count(*) as n from orders")["n"].iloc[0])

    shutil.copytree(planned_company, tmp_path / "company", ignore=shutil.ignore_patterns("answers"))
    monkeypatch.setenv(RUN_VARIABLE, "1")
    before = orders()
    assert not (tmp_path / "company" / ".scratch" / "answers").exists()
    monkeypatch.delenv(RUN_VARIABLE)
    [file] = (tmp_path / "company").rglob("orders.parquet")
    os.utime(file, ns=(1, 1))
    assert orders() == before
    kept = set((tmp_path / "company" / ".scratch" / "answers").iterdir())
    assert kept
    pq.write_table(pq.read_table(file).slice(0, before // 2), file)
    assert 0 < orders() < before
