from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from planning.assumptions.assumption import Assumption
from planning.errors import AssumptionError, LedgerError, NegotiationError, StoreError
from planning.goals import ledger, owners
from planning.negotiation.moves import Say
from planning.negotiation.rules import decide
from planning.negotiation.thread import Thread
from planning.store import assumed, books, postings, records
from planning.store.database import Database
from planning.store.runs import Runs

TREE = owners.build(
    pd.DataFrame({"territory": ["Canada"], "region": ["America"]}),
    pd.DataFrame({"territory": ["Canada"], "rep": ["Ana"]}),
    "Acme",
)
GROWTH = Assumption("market_growth", Decimal("0.01"), Decimal("0.02"), Decimal("0.03"), "Ops", "Report")


@pytest.fixture
def database(plan_url):
    with Database(plan_url) as opened:
        yield opened


def wanted(amount=1000):
    frame = pd.DataFrame(
        {"owner": ["position:Canada:Ana"] * 2, "period": ["2021-01", "2021-02"], "amount": [amount, 7]}
    )
    return ledger.entries(frame, metric="revenue", step="last_year", reason="Résultat 😀", source="orders")


def test_a_book_reads_back_as_it_was_posted(database):
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.post(connection, book, ledger.place(wanted(2**60), "plan", "me"))
    with database.reading() as connection:
        assert books.owners(connection, book).frame.equals(TREE.frame)
        read = books.entries(connection, book)
        posted = postings.postings(connection, book)
        split = books.posted(connection, posted[1].number)
        told = (postings.steps(connection, book, "revenue"), postings.moved(connection, book))
        later = postings.touched(connection, book, posted[0].number)
    expected = pd.concat([each.entries for each in ledger.place(wanted(2**60), "plan", "me")], ignore_index=True)
    assert read.to_dict("records") == expected.to_dict("records")
    first, second = (each.number for each in posted)
    assert [each.kind for each in posted] == ["grant", "split"]
    assert split.to_dict("records") == expected.iloc[1:].to_dict("records")
    given = expected[expected["amount"] > 0]["amount"]
    assert told == (
        {first: {"last_year"}, second: {"last_year"}},
        {first: given.iloc[0], second: given.iloc[1:].sum()},
    )
    assert later == {second: set(split["owner"])}


def test_a_transaction_that_is_refused_leaves_nothing_behind(database):
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
    broken = ledger.Transaction("move", "more", "me", wanted())
    with pytest.raises(LedgerError), database.writing() as connection:
        books.post(connection, book, [*ledger.place(wanted(), "plan", "me"), broken])
    with database.reading() as connection:
        assert books.entries(connection, book).empty


@pytest.mark.parametrize(
    "statement", ["update entry set amount = 1", "delete from entry", "update event set note = ''"]
)
def test_what_was_posted_is_never_altered_or_deleted(database, statement):
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.post(connection, book, ledger.place(wanted(), "plan", "me"))
        records.keep_move(
            connection, book, "Ana", decide(Thread("Ana"), Say("propose", "x", {"B": 1}), "manager", "Mia", 0)
        )
    with pytest.raises(StoreError, match="never altered or deleted"), database.writing() as connection:
        connection.execute(text(statement))


def test_new_owners_join_a_book_and_none_leaves(database):
    larger = owners.build(
        pd.DataFrame({"territory": ["Canada", "Peru"], "region": ["America", "Andes"]}),
        pd.DataFrame({"territory": ["Canada", "Peru"], "rep": ["Ana", "Ben"]}),
        "Acme",
    )
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        assert books.begin(connection, 2021, "plan", larger) == book
        books.begin(connection, 2021, "plan", TREE)
        tree = books.owners(connection, book)
    assert set(tree.frame["owner"]) == set(larger.frame["owner"])
    assert list(tree.frame["kind"]) == [
        "company",
        "region",
        "region",
        "territory",
        "territory",
        "position",
        "position",
    ]


def test_an_assumption_keeps_all_its_versions_and_a_stale_change_is_refused(database):
    with database.writing() as connection:
        kept = assumed.keep_assumption(connection, 2021, "plan", GROWTH, "me")
        assert assumed.assumptions(connection, 2021, "plan") == [kept] == [replace(GROWTH, identity=1, version=1)]
        assumed.keep_assumption(connection, 2021, "plan", replace(kept, likely=Decimal("0.025")), "me")
    with pytest.raises(AssumptionError, match="changed meanwhile"), database.writing() as connection:
        assumed.keep_assumption(connection, 2021, "plan", replace(kept, owner="Somebody"), "me")
    with database.writing() as connection:
        now = assumed.assumptions(connection, 2021, "plan")[0]
        assert (now.version, now.likely, now.owner) == (2, Decimal("0.025"), "Ops")
        assumed.keep_assumption(connection, 2021, "plan", now, "me", withdrawn=True)
        assert assumed.assumptions(connection, 2021, "plan") == []
        assert list(assumed.versions(connection, 1)["withdrawn"]) == [False, False, True]


def test_a_scenario_shares_what_it_does_not_change(database):
    with database.writing() as connection:
        first = assumed.keep_assumption(connection, 2021, "plan", GROWTH, "me")
        second = assumed.keep_assumption(connection, 2021, "plan", replace(GROWTH, evidence="Another"), "me")
        assumed.keep_scenario(connection, 2021, assumed.Scenario("upside", "plan"), "me")
        assumed.keep_scenario(connection, 2021, assumed.Scenario("boom", "upside"), "me")
        assumed.keep_assumption(connection, 2021, "upside", replace(first, likely=Decimal("0.03")), "me")
        assumed.keep_assumption(connection, 2021, "boom", second, "me", withdrawn=True)
        own = {name: assumed.assumptions(connection, 2021, name) for name in ("plan", "upside", "boom")}
        assert own["plan"] == [first, second]
        assert [each.likely for each in own["upside"]] == [Decimal("0.03"), second.likely]
        assert [each.likely for each in own["boom"]] == [Decimal("0.03")]
        # What the plan changes later reaches those who have not said otherwise.
        assumed.keep_assumption(connection, 2021, "plan", replace(second, owner="New"), "me")
        assert assumed.assumptions(connection, 2021, "upside")[1].owner == "New"


def test_two_who_move_at_once_never_both_win(database):
    first = decide(Thread("Ana"), Say("propose", "x", {"Bikes": 5}), "manager", "Mia", 0)
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        records.keep_move(connection, book, "Ana", first)
    with pytest.raises(NegotiationError, match="moved first"), database.writing() as connection:
        records.keep_move(connection, book, "Ana", replace(first, note="y"))
    with database.reading() as connection:
        thread = records.thread(connection, book, "Ana")
        assert records.threads(connection, book) == {"Ana": thread}
    assert [move.note for move in thread.moves] == ["x"]
    assert thread.moves[0].lines == {"Bikes": 5}


def test_a_database_of_a_newer_version_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'plan.sqlite'}"
    with Database(url) as opened, opened.writing() as connection:
        connection.execute(text("insert into migration values ('9999_future')"))
    with pytest.raises(StoreError, match="9999_future"):
        Database(url)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path):
    (tmp_path / "plan.sqlite").write_text("this is not a database at all, but some text" * 50)
    with pytest.raises(StoreError, match="not a database"):
        Database(f"sqlite:///{tmp_path / 'plan.sqlite'}")


def test_the_last_run_of_each_item_is_the_one_that_counts(database):
    runs = Runs(database)
    row = dict(key="k", notebook="n", folder="f", parameters="{}", state="queued", reason="", attempts=0,
               started=None, finished=None, figures="{}")  # fmt: skip
    at = datetime(2026, 1, 2, 3, tzinfo=UTC)
    runs.record_run({**row, "id": "1", "item": "Canada", "queued": at})
    runs.record_run({**row, "id": "1", "item": "Canada", "queued": at, "state": "ok", "finished": at})
    runs.record_run({**row, "id": "2", "item": "Peru", "queued": at})
    latest = {each["item"]: each for each in runs.latest_runs("f")}
    assert (latest["Canada"]["state"], latest["Canada"]["finished"], latest["Peru"]["state"]) == ("ok", at, "queued")
    assert list(runs.latest_runs("other")) == []
