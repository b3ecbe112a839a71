"""How entries come into the database, and how all that stands is reversed there."""

import pandas as pd
import pytest
from sqlalchemy import func, insert, select

from planning.goals import ledger, owners
from planning.store import books, integrity, people, postings, schema
from planning.store.database import Database
from planning.store.people import Person
from planning.store.rights import Asking

NAMES = (
    "",
    " ",
    "Zoë \\t",
    "tab\there",
    "line\nfeed\r",
    "\\N",
    "back\\",
    "\ue000",
    "'quoted', \"twice\"",
    "{a,b}",
    "NULL",
)
"""Names that mean something to one way of writing or another."""

TREE = owners.build(
    pd.DataFrame({"territory": ["Canada"], "region": ["America"]}),
    pd.DataFrame({"territory": ["Canada"] * 2, "rep": ["Ana", "Ben"]}),
    "Acme",
)


@pytest.fixture
def database(plan_url):
    with Database(plan_url) as opened:
        with opened.writing() as connection:
            people.keep(connection, Person("pat", "Pat", "planner"), "secret", "Pat")
        yield opened


def goal(amount=100, step="last_year"):
    rows = [
        {
            "owner": f"position:Canada:{rep}",
            "product": name,
            "channel": name[::-1],
            "period": "2021-01",
            "amount": amount + place,
        }
        for rep in ("Ana", "Ben")
        for place, name in enumerate(NAMES)
    ]
    return ledger.entries(pd.DataFrame(rows), metric="revenue", step=step, reason="Why", source="orders")


@pytest.mark.parametrize("asking", [None, Asking("pat")], ids=["the workbook", "a planner who is logged in"])
@pytest.mark.parametrize("count", [1, 2, None])
def test_any_name_comes_back_as_it_was_written(database, asking, count):
    wanted = goal().iloc[:count]
    with database.writing(asking) as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.post(connection, book, ledger.place(wanted, "plan", "me"))
    with database.reading(asking) as connection:
        read = books.entries(connection, book)
    assert read[read["owner"] != "company"].to_dict("records") == wanted.to_dict("records")


def test_a_plan_is_told_from_another_that_is_as_long(tmp_path):
    states = []
    for amount in (100, 100, 200):
        with Database(f"sqlite:///{tmp_path / 'plan.sqlite'}") as opened:
            with opened.writing() as connection:
                book = books.begin(connection, 2021, "plan", TREE)
                books.post(connection, book, ledger.place(goal(amount), "plan", "me"))
            with opened.reading() as connection:
                states += [books.state(connection), books.state(connection)]
        (tmp_path / "plan.sqlite").unlink()
    assert states[::2] == states[1::2]
    assert len(set(states)) == 3


@pytest.mark.parametrize("asking", [None, Asking("pat")], ids=["the workbook", "a planner who is logged in"])
def test_what_is_reversed_as_a_whole_is_kept_and_read_no_more(database, asking):
    calls = pd.DataFrame({"owner": ["position:Canada:Ana"], "amount": [7]})
    other = ledger.entries(calls, metric="calls", step="asked", reason="Why", source="goal")
    with database.writing(asking) as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.post(connection, book, [*ledger.place(goal(), "plan", "me"), *ledger.place(other, "calls", "me")])
    for amount, step in ((200, "last_year"), (300, "ambition")):
        with database.writing(asking) as connection:
            books.reverse(connection, book, "revenue", "Set again", "me")
            books.post(connection, book, ledger.place(goal(amount, step), "plan", "me"))
    with database.reading() as connection:
        stands = books.entries(connection, book)
        sums = books.sums(connection, book, "revenue", ["owner"]).set_index("owner")["amount"]
        kept = connection.execute(select(func.count()).select_from(schema.entry)).scalar()
        whole = connection.execute(select(func.sum(schema.entry.c.amount))).scalar()
        assert integrity.check(connection, "{}: {:,}".format) == []
    revenue = stands[(stands["metric"] == "revenue") & (stands["owner"] != "company")]
    assert revenue.to_dict("records") == goal(300, "ambition").to_dict("records")
    assert stands.loc[stands["metric"] == "calls", "amount"].tolist() == [7, -7, 7]
    assert sums["position:Canada:Ana"] == goal(300).query("owner == 'position:Canada:Ana'")["amount"].sum()
    assert int(whole) == revenue["amount"].sum() + 7
    # Three times posted with what passed the company's account, twice reversed.
    assert kept == 3 * (len(goal()) + 2) + 2 * len(goal()) + 3


def test_nothing_is_reversed_where_nothing_stands(database):
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.reverse(connection, book, "revenue", "Set again", "me")
        assert postings.postings(connection, book) == []


def test_something_left_of_what_was_reversed_is_found(database):
    with database.writing() as connection:
        book = books.begin(connection, 2021, "plan", TREE)
        books.post(connection, book, ledger.place(goal(), "plan", "me"))
        books.reverse(connection, book, "revenue", "Set again", "me")
        first = connection.execute(select(func.min(schema.line.c.line))).scalar()
        cell = {"line": first, "product": "P", "channel": "", "period": "", "amount": 5}
        connection.execute(insert(schema.entry).values(owner="position:Canada:Ben", **cell))
        assert any(
            "revenue of position:Canada:Ben" in each for each in integrity.check(connection, "{}: {:,}".format)
        )
