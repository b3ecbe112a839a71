"""Row-level security of PostgreSQL: every role against every table, as an attacker would try it."""

from contextlib import contextmanager
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import insert, select, text

from planning.errors import PlanningError, StoreError
from planning.goals import ledger, owners
from planning.goals.ledger import Transaction
from planning.negotiation.moves import Move, Say
from planning.store import books, bottom, drafts, integrity, people, records, rights, schema
from planning.store.database import Database
from planning.store.documents import Document
from planning.store.people import Person
from planning.store.rights import Asking

REPS = ("Ana", "Ben", "Cleo", "Dan")
"""Ana and Ben report to Mia, Cleo to Noor, Dan to nobody; Olga leads both managers."""

MANAGED = ("Ana", "Ben", "Cleo", "Mia", "Noor")
WHO = {
    "planner": Asking("pat"),
    "senior": Asking("olga", ("Mia", "Noor", "Ana", "Ben", "Cleo"), MANAGED),
    "manager": Asking("mia", ("Ana", "Ben"), MANAGED),
    "other manager": Asking("noor", ("Cleo",), MANAGED),
    "rep": Asking("ana"),
    "viewer": Asking("vera"),
    "gone": Asking("gus", ("Ana", "Ben"), MANAGED),
    "stranger": Asking("nobody", ("Ana", "Ben"), MANAGED),
    "empty": Asking(""),
}
SEES = {
    "planner": set(REPS),
    "senior": set(REPS),
    "manager": {"Ana", "Ben", "Dan"},
    "other manager": {"Cleo", "Dan"},
    "rep": {"Ana"},
    "viewer": set(),
    "gone": set(),
    "stranger": set(),
    "empty": set(),
}
PEOPLE = (
    Person("pat", "Pat", "planner"), Person("olga", "Olga", "manager"), Person("mia", "Mia", "manager"),
    Person("noor", "Noor", "manager"), Person("ana", "Ana", "rep"), Person("ben", "Ben", "rep"),
    Person("vera", "Vera", "viewer"), Person("gus", "Mia", "manager"),
)  # fmt: skip


@pytest.fixture(scope="module")
def plan(request):
    """Give a plan on PostgreSQL with something of everybody in every table that is guarded."""
    tree = owners.build(
        pd.DataFrame({"territory": ["Canada"], "region": ["America"]}),
        pd.DataFrame({"territory": "Canada", "rep": REPS}),
        "Acme",
    )
    with Database(request.getfixturevalue("postgresql").url()) as database:
        with database.writing() as connection:
            book = books.begin(connection, 2021, "plan", tree)
            frame = pd.DataFrame({"owner": [f"position:Canada:{rep}" for rep in REPS], "amount": 100})
            wanted = ledger.entries(
                frame.assign(period="2021-01"), metric="revenue", step="last_year", reason="Set", source="orders"
            )
            books.post(connection, book, ledger.place(wanted, "plan", "Pat"))
            for each in PEOPLE:
                people.keep(connection, each, f"secret of {each.user}", "Pat")
            people.withdraw(connection, "gus", "Pat")
            for rep in REPS:
                records.keep_move(connection, book, rep, Move(1, "propose", "manager", "Mia", 1, {"Bikes": 5}, "why"))
                for side in ("manager", "rep"):
                    records.keep_note(connection, book, rep, side, "Mia" if side == "manager" else rep, side)
                bottom.keep_own(connection, 2021, "Canada", rep, 7, "accounts", rep)
        yield database, book


@contextmanager
def asks(plan, who, write=False):
    database, book = plan
    with (database.writing if write else database.reading)(WHO[who]) as connection:
        yield connection, book


@pytest.mark.parametrize("who", WHO)
def test_one_reads_the_exchanges_notes_numbers_and_goals_that_are_ones_own_business_alone(plan, who):
    with asks(plan, who) as (connection, book):
        assert set(records.threads(connection, book)) == SEES[who]
        assert set(connection.execute(select(schema.own_number.c.rep)).scalars()) == SEES[who]
        held = set(books.sums(connection, book, "revenue", ["owner"])["owner"])
        assert {each.rpartition(":")[2] for each in held if each.startswith("position:")} == SEES[who]
        for rep in REPS:
            mine = WHO[who].user == rep.lower()
            sides = {side for side in ("manager", "rep") if records.notes(connection, book, rep, side)}
            assert sides == (({"rep"} if mine else {"manager"}) if rep in SEES[who] else set())


@pytest.mark.parametrize("who", WHO)
def test_nobody_who_is_logged_in_reads_a_secret_or_who_else_may_log_in(plan, who):
    with asks(plan, who) as (connection, _):
        known = set(people.people(connection))
        everybody = {each.user for each in PEOPLE} - {"gus"}
        assert known == (everybody if who == "planner" else {WHO[who].user} & everybody)
    with pytest.raises(StoreError, match="permission denied"), asks(plan, who) as (connection, _):
        people.secret(connection, WHO[who].user)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("rep", REPS)
def test_one_speaks_in_ones_own_name_in_ones_own_business_alone(plan, who, rep):
    me = {each.user: each.name for each in PEOPLE}.get(WHO[who].user, "nobody")

    def say(person):
        with asks(plan, who, write=True) as (connection, book):
            values = _row(schema.event, book) | {"rep": rep, "person": person, "user": WHO[who].user}
            connection.execute(insert(schema.event).values(values | {"number": 999, "sequence": 999}))
            connection.rollback()

    if rep in SEES[who]:
        say(me)
    else:
        with pytest.raises(StoreError, match="row-level security|permission denied"):
            say(me)
    with pytest.raises(StoreError, match="row-level security"):
        say("Somebody else")


def _row(table, book):
    """Give values for every column that has none by itself."""
    filled = {}
    for column in table.columns:
        if column.name == "book":
            filled["book"] = book
        elif not column.primary_key or column.type.python_type is str:
            kind = column.type.python_type.__name__
            filled[column.name] = {"int": 1, "str": "x", "bool": False, "datetime": pd.Timestamp(2021, 1, 1)}[kind]
    return filled


PLANNERS = [schema.rules, schema.scenario, schema.hold, schema.pay, schema.aim, schema.posting]
LEADERS = [schema.assumption, schema.review]
NOBODYS = [schema.access, schema.run]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("table", [*PLANNERS, *LEADERS, *NOBODYS], ids=lambda each: each.name)
def test_only_the_planner_adds_to_the_plan_and_only_leaders_to_what_is_expected(plan, who, table):
    role = {each.user: each.role for each in PEOPLE if each.user != "gus"}.get(WHO[who].user, "")
    may = (role == "planner" and table not in NOBODYS) or (role == "manager" and table in LEADERS)

    def add():
        with asks(plan, who, write=True) as (connection, book):
            connection.execute(insert(table).values(**_row(table, book)))
            connection.rollback()

    if may:
        add()
    else:
        with pytest.raises(StoreError, match="row-level security|permission denied"):
            add()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("table", schema.METADATA.sorted_tables, ids=lambda each: each.name)
def test_nobody_who_is_logged_in_alters_or_deletes_a_row(plan, who, table):
    column = next(iter(table.columns)).name
    for statement in (f'UPDATE {table.name} SET "{column}" = "{column}"', f"DELETE FROM {table.name}"):
        if statement in ("DELETE FROM draft", "DELETE FROM unsent"):
            continue  # One's own drafts; see below.
        with (
            pytest.raises(StoreError, match="permission denied|never altered"),
            asks(plan, who, write=True) as (c, _),
        ):
            c.execute(text(statement))


def test_a_settled_goal_is_posted_by_the_one_who_settles_it_and_nothing_else_is(plan):
    moved = pd.DataFrame({"owner": ["position:Canada:Ana", "territory:Canada"], "amount": [5, -5]})

    def post(who, kind, actor, frame=moved, step="agreed"):
        rows = ledger.entries(
            frame.assign(period="2021-01"), metric="revenue", step=step, reason="Agreed", source="negotiation"
        )
        with asks(plan, who, write=True) as (connection, book):
            books.post(connection, book, [Transaction(kind, "Agreed", actor, rows, "negotiation of Ana")])

    post("rep", "agreement", "Ana")
    post("manager", "agreement", "Mia")
    post("rep", "agreement", "Ana", step="adjusted")
    post("manager", "agreement", "Mia", step="adjusted")
    theirs = moved.assign(owner=["position:Canada:Cleo", "territory:Canada"])
    for who, kind, actor, frame in (
        ("rep", "move", "Ana", moved),
        ("rep", "agreement", "Mia", moved),
        ("rep", "agreement", "Ana", theirs),
        ("manager", "agreement", "Mia", theirs),
        ("viewer", "agreement", "Vera", moved),
        ("gone", "agreement", "Mia", moved),
    ):
        with pytest.raises(PlanningError, match="row-level security|is not an owner of this book"):
            post(who, kind, actor, frame)
    # An agreement posts what it settled, and calls it by no other name; only the planner changes the company's goal.
    for step in ("edited", "company_changed"):
        with pytest.raises(PlanningError, match="row-level security"):
            post("rep", "agreement", "Ana", step=step)
    granted = pd.DataFrame({"owner": ["company"], "amount": [5]})
    with pytest.raises(PlanningError, match="row-level security"):
        post("manager", "grant", "Mia", granted, "company_changed")
    # Nor can a row be added to what somebody else has posted.
    entry = "SELECT min(line), 'position:Canada:Ana', '', '', '2021-01', 1 FROM line"
    with pytest.raises(StoreError, match="row-level security"), asks(plan, "rep", write=True) as (connection, _):
        connection.execute(text(f"INSERT INTO entry (line, owner, product, channel, period, amount) {entry}"))
    with asks(plan, "planner") as (connection, _):
        assert integrity.check(connection, "{}: {:,}".format) == []


def test_a_draft_is_its_writers_alone(plan):
    with asks(plan, "manager", write=True) as (connection, book):
        records.keep_draft(connection, book, "Ana", "Mia", Say("propose", "half a sentence"), 1)
    for who in ("planner", "senior", "other manager", "rep", "viewer", "gone", "stranger"):
        with asks(plan, who, write=True) as (connection, book):
            assert records.draft(connection, book, "Ana", "Mia") is None
            connection.execute(text("DELETE FROM draft"))
    with asks(plan, "manager") as (connection, book):
        assert records.draft(connection, book, "Ana", "Mia")[0].note == "half a sentence"


def test_what_one_is_writing_of_a_document_is_the_writers_alone(plan):
    about = Document("territory_plan", "Ana", {"aims": "half a sentence"})
    with asks(plan, "rep", write=True) as (connection, _):
        drafts.keep(connection, 2021, "plan", about, "Ana")
    for who in ("manager", "senior", "planner", "viewer", "stranger"):
        with asks(plan, who, write=True) as (connection, _):
            assert drafts.draft(connection, 2021, "plan", about, "Ana") is None
            connection.execute(text("DELETE FROM unsent"))
    with pytest.raises(StoreError, match="row-level security"), asks(plan, "manager", write=True) as (connection, _):
        drafts.keep(connection, 2021, "plan", Document("territory_plan", "Ben"), "Ana")
    with asks(plan, "rep") as (connection, _):
        assert drafts.draft(connection, 2021, "plan", about, "Ana").body == about.body


def test_a_delegate_sees_the_exchange_until_the_last_day_and_who_hands_over_no_more(plan):
    database, book = plan

    def say(rep, kind, **detail):
        with database.writing() as connection:
            sequence = len(records.thread(connection, book, rep).moves) + 1
            records.keep_move(connection, book, rep, Move(sequence, kind, "manager", "Mia", 1, {}, "", detail=detail))

    def seen(who):
        with asks(plan, who) as (connection, _):
            return set(records.threads(connection, book))

    today = date.today()
    say("Ben", "delegate", to="Noor", until=(today - timedelta(days=2)).isoformat())
    assert "Ben" not in seen("other manager")
    say("Ben", "delegate", to="Noor", until=(today + timedelta(days=2)).isoformat())
    assert "Ben" in seen("other manager")
    assert "Ben" in seen("manager")
    say("Ben", "hand_over", to="Noor")
    assert "Ben" in seen("other manager")
    assert "Ben" not in seen("manager")
    assert "Ben" in seen("senior")


def test_who_adds_to_the_chain_need_not_read_it_all(plan):
    with asks(plan, "rep", write=True) as (connection, book):
        thread = records.thread(connection, book, "Ana")
        move = Move(len(thread.moves) + 1, "question", "rep", "Ana", 1, {}, "And now?")
        records.keep_move(connection, book, "Ana", move, "ana")
    database, book = plan
    with database.reading() as connection:
        assert integrity.check(connection, "{}: {:,}".format) == []


def test_a_table_whose_policies_were_switched_off_is_found(plan):
    database, _ = plan
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE private_note DISABLE ROW LEVEL SECURITY"))
        assert any(
            "private_note could be read by all" in each for each in integrity.check(connection, "{}: {:,}".format)
        )
        connection.rollback()


def test_a_server_that_makes_no_role_for_us_says_what_to_do(postgresql):
    url = postgresql.url()
    name = url.partition("@/")[2].partition("?")[0]
    with Database(url) as database, database.writing() as connection:
        for statement in (
            "DROP ROLE IF EXISTS humble", "CREATE ROLE humble LOGIN", f"GRANT ALL ON DATABASE {name} TO humble",
            "GRANT ALL ON SCHEMA public TO humble", "CREATE SCHEMA own AUTHORIZATION humble",
        ):  # fmt: skip
            connection.execute(text(statement))
    humble = url.replace("planner@", "humble@") + "&options=-csearch_path%3Down"
    with pytest.raises(StoreError, match="CREATE ROLE planning_person"):
        Database(humble)
    with Database(url) as database, database.writing() as connection:
        connection.execute(text(f"GRANT {rights.ROLE} TO humble"))
    with Database(humble) as database, database.reading(Asking("nobody")) as connection:
        assert not people.people(connection)
