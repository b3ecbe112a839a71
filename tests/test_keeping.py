"""Backup, restore and check, on both databases; and what is said when a database cannot be used."""

import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

from planning.errors import StoreError
from planning.goals import ledger, owners
from planning.negotiation.moves import Say
from planning.negotiation.rules import decide
from planning.negotiation.thread import Thread
from planning.settings import Settings
from planning.store import books, records, schema
from planning.store.database import Database
from planning.store.people import Person, keep
from planning.workbook import keeping

TREE = owners.build(
    pd.DataFrame({"territory": ["Canada"], "region": ["America"]}),
    pd.DataFrame({"territory": ["Canada"], "rep": ["Ana"]}),
    "Acme",
)


def fill(url):
    """Make a plan with something in most tables."""
    frame = pd.DataFrame({"owner": ["position:Canada:Ana"], "period": ["2021-01"], "amount": [2**60]})
    wanted = ledger.entries(frame, metric="revenue", step="last_year", reason="Résultat 😀", source="orders")
    with Database(url) as database, database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.post(connection, book, ledger.place(wanted, "plan", "me"))
        thread = Thread("Ana")
        for kind, role, person in (("propose", "manager", "Mia"), ("accept", "rep", "Ana")):
            said = Say(kind, "why – not?", {"Bikes": 5} if kind == "propose" else {})
            move = decide(thread, said, role, person, len(thread.moves))
            thread = Thread("Ana", (*thread.moves, records.keep_move(connection, book, "Ana", move, "mia").move))
        records.keep_draft(connection, book, "Ana", "Mia", Say("draft", "half a sent"), 2)
        keep(connection, Person("mia", "Mia", "manager"), "hash", "planner")
    return book


def rows(url):
    with Database(url) as database, database.reading() as connection:
        tables = schema.METADATA.sorted_tables
        return {each.name: sorted(map(tuple, connection.execute(each.select()).all()), key=repr) for each in tables}


def at(url, tmp_path):
    return Settings(workspace=tmp_path, database=url)


@pytest.fixture
def other_url(plan_url, tmp_path, request):
    """Give the address of an empty database of the other kind."""
    if plan_url.startswith("postgresql"):
        return f"sqlite:///{tmp_path / 'other.sqlite'}"
    return request.getfixturevalue("postgresql").url()


def test_a_backup_goes_into_the_other_database_and_back_and_is_what_it_was(plan_url, other_url, tmp_path):
    book = fill(plan_url)
    counts = keeping.backup(at(plan_url, tmp_path), tmp_path / "one.zip")
    assert keeping.restore(at(other_url, tmp_path), tmp_path / "one.zip") == counts
    assert rows(other_url) == rows(plan_url)
    assert keeping.check(at(other_url, tmp_path)) == []
    # People go on in the new one: numbers are counted on, and the guards are there.
    with Database(other_url) as database, database.writing() as connection:
        move = decide(records.thread(connection, book, "Ana"), Say("comment", "On we go"), "rep", "Ana", 2)
        assert records.keep_move(connection, book, "Ana", move).number == 3
    with pytest.raises(StoreError, match="never altered"), Database(other_url) as database:  # noqa: SIM117
        with database.writing() as connection:
            connection.execute(text("DELETE FROM event"))


def test_a_backup_is_what_one_moment_saw_while_people_work(plan_url, tmp_path):
    book = fill(plan_url)
    with Database(plan_url) as database, database.reading() as seen:
        seen.execute(text("SELECT count(*) FROM event")).scalar()
        with Database(plan_url) as other, other.writing() as connection:
            move = decide(records.thread(connection, book, "Ana"), Say("comment", "Meanwhile"), "rep", "Ana", 2)
            records.keep_move(connection, book, "Ana", move)
        assert seen.execute(text("SELECT count(*) FROM event")).scalar() == 2
    assert keeping.backup(at(plan_url, tmp_path), tmp_path / "now.zip")["event"] == 3
    assert [each.name for each in tmp_path.glob(".now*")] == []


def damaged(path):
    """Change one letter in a backup."""
    with zipfile.ZipFile(path) as file:
        held = {name: file.read(name) for name in file.namelist()}
    held["event.jsonl"] = held["event.jsonl"].replace(b"why", b"who")
    with zipfile.ZipFile(path, "w") as file:
        for name, content in held.items():
            file.writestr(name, content)


def test_what_is_no_whole_backup_is_refused_and_leaves_nothing(plan_url, other_url, tmp_path):
    fill(plan_url)
    file = tmp_path / "one.zip"
    keeping.backup(at(plan_url, tmp_path), file)
    with pytest.raises(StoreError, match=r"not empty \(it has .*event"):
        keeping.restore(at(plan_url, tmp_path), file)
    short = tmp_path / "short.zip"
    short.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(StoreError, match="not a whole backup"):
        keeping.restore(at(other_url, tmp_path), short)
    damaged(file)
    with pytest.raises(StoreError, match="event is not what was written"):
        keeping.restore(at(other_url, tmp_path), file)
    assert not any(rows(other_url).values())


def test_a_check_finds_what_was_done_behind_the_workbooks_back(plan_url, tmp_path):
    fill(plan_url)
    settings = at(plan_url, tmp_path)
    assert keeping.check(settings) == []
    with Database(plan_url) as database, database.writing() as connection:
        postgres = connection.dialect.name == "postgresql"
        for table in ("event", "entry"):
            names = [f"{table}_no_change"] if postgres else [f"{table}_no_update", f"{table}_no_delete"]
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}{f' ON {table}' if postgres else ''}"))
        connection.execute(text("UPDATE event SET note = 'something else' WHERE number = 2"))
        connection.execute(text("UPDATE entry SET amount = amount - 1 WHERE entry = (SELECT max(entry) FROM entry)"))
        connection.execute(text("UPDATE entry SET owner = 'nobody' WHERE entry = (SELECT min(entry) FROM entry)"))
    found = "\n".join(keeping.check(settings))
    assert "rows of event could be altered" in found
    assert "does not sum to zero in revenue: -0.01 USD is left" in found
    assert "names nobody, who is not in its book" in found
    assert "FY2021 plan: event 2 (accept by Ana on Ana) does not say what it said" in found


def test_moves_of_an_older_plan_are_chained_and_kept(tmp_path):
    url = f"sqlite:///{tmp_path / 'plan.sqlite'}"
    fill(url)
    with sqlite3.connect(tmp_path / "plan.sqlite") as old:
        kept = old.execute(
            "SELECT book, rep, sequence, kind, role, person, version, lines, note, at FROM event"
        ).fetchall()
        old.execute("DROP TABLE event")
        old.execute("DELETE FROM migration WHERE name = '0008_negotiation'")
        old.execute(
            "CREATE TABLE move (move INTEGER PRIMARY KEY, book INTEGER, rep TEXT, sequence INTEGER, kind TEXT, "
            "role TEXT, person TEXT, version INTEGER, lines TEXT, note TEXT, at DATETIME)"
        )
        old.executemany(
            "INSERT INTO move (book, rep, sequence, kind, role, person, version, lines, note, at) "
            "VALUES (?,?,?,?,?,?,?,?,?,?)",
            kept,
        )
    assert keeping.check(at(url, tmp_path)) == []
    with Database(url) as database, database.reading() as connection:
        events = records.events(connection, 1)
        assert [(each.number, each.move.kind, each.move.note) for each in events] == [
            (1, "propose", "why – not?"), (2, "accept", "why – not?"),
        ]  # fmt: skip
        assert events[0].move.lines == {"Bikes": 5}


def write_until_the_disk_is_full(connection, book):
    size = connection.execute(text("PRAGMA page_count")).scalar()
    connection.execute(text(f"PRAGMA max_page_count = {size}"))
    for _ in range(50):
        records.keep_note(connection, book, "Ana", "rep", "Ana", "x" * 10_000)


def test_a_full_disk_is_said_and_loses_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'plan.sqlite'}"
    book = fill(url)
    before = rows(url)
    with Database(url) as database:
        with pytest.raises(StoreError, match="disk is"), database.writing() as connection:
            write_until_the_disk_is_full(connection, book)
        with database.writing() as connection:
            connection.execute(text("PRAGMA max_page_count = 1000000"))
            records.keep_note(connection, book, "Ana", "rep", "Ana", "There is room again")
    after = rows(url)
    assert len(after.pop("private_note")) == 1
    assert after == {name: found for name, found in before.items() if name != "private_note"}


def test_a_locked_database_is_said_and_goes_on_when_it_is_free(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'plan.sqlite'}"
    book = fill(url)
    monkeypatch.setattr("planning.store.database.PATIENCE", 0.2)
    with (
        Database(url) as database,
        Database(url) as other,
        other.writing(),
        pytest.raises(StoreError, match="locked"),
        database.writing(),
    ):
        pass
    with Database(url) as database, database.writing() as connection:
        records.keep_note(connection, book, "Ana", "rep", "Ana", "Free again")


def write_and_lose_the_connection(connection, book, url):
    records.keep_note(connection, book, "Ana", "rep", "Ana", "Half done")
    with Database(url) as other, other.reading() as killer:
        mine = "pid <> pg_backend_pid() AND datname = current_database()"
        killer.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))
    records.keep_note(connection, book, "Ana", "rep", "Ana", "Lost")


def test_a_lost_connection_is_said_and_made_again(postgresql, tmp_path):
    url = postgresql.url()
    book = fill(url)
    with Database(url) as database:
        with pytest.raises(StoreError, match="connection is lost"), database.writing() as connection:
            write_and_lose_the_connection(connection, book, url)
        with database.writing() as connection:
            assert records.notes(connection, book, "Ana", "rep") == []
            records.keep_note(connection, book, "Ana", "rep", "Ana", "Once more")


def test_a_server_that_is_not_there_and_a_wrong_address_are_said(tmp_path):
    with pytest.raises(StoreError, match="try again when the server can be reached"):
        Database(f"postgresql://planner@/plan?host={tmp_path}")
    with pytest.raises(StoreError, match="not the address of a database"):
        Database("plan.sqlite")
    with pytest.raises(StoreError, match="SQLite or PostgreSQL"):
        Database("oracle://somewhere")


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    url = f"sqlite:///{tmp_path / 'plan.sqlite'}"
    fill(url)
    with pytest.raises(StoreError, match="cannot be written"):
        keeping.backup(at(url, tmp_path), Path("/proc/plan.zip"))
