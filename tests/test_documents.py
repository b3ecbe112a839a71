"""What people write for and during a year: versions, whose business it is, and actions that were promised."""

from dataclasses import replace
from datetime import date

import pytest

from planning.errors import AccessError, PlansError, TrackingError
from planning.store import documents
from planning.store.database import Database
from planning.store.documents import Document
from planning.store.people import Person
from planning.tracking.actions import Action
from planning.workbook import access
from planning.workbook.tracking import actions

REP, OTHER, MANAGER = "Aiko Tanabe", "Ruth Abelson", "Tomas Brandt"
CALL = Action("Call the hotel", REP, REP, date(2027, 3, 5), source="checkpoint:weekly:2027-02-26")


@pytest.fixture
def plan(plan_url):
    with Database(plan_url) as database:
        yield database


def test_the_last_version_of_each_document_is_in_force_and_all_stay_on_record(plan):
    with plan.writing() as connection:
        first = documents.keep(connection, 2027, "plan", Document("note", "Ana", {"text": "A"}), "Mia")
        documents.keep(connection, 2027, "plan", replace(first, body={"text": "B"}), "Ana")
        documents.keep(connection, 2027, "plan", Document("note", "Ben", {"text": "C"}, "k"), "Ben")
        documents.keep(connection, 2028, "plan", Document("note", "Ana", {"text": "D"}), "Ana")
        documents.keep(connection, 2027, "plan", Document("other", "Ana", {"text": "E"}), "Ana")
    with plan.reading() as connection:
        found = documents.documents(connection, 2027, "plan", "note")
        assert [(each.whom, each.key, each.version, each.body["text"], each.actor) for each in found] == [
            ("Ana", "", 2, "B", "Ana"),
            ("Ben", "k", 1, "C", "Ben"),
        ]
        assert documents.documents(connection, 2027, "plan", "note", "Ben") == found[1:]
        assert documents.document(connection, 2027, "plan", "note", "Ana") == found[0]
        told = documents.versions(connection, 2027, "plan", "note", "Ana")
        assert [each.body["text"] for each in told] == ["A", "B"]


def test_who_writes_on_an_old_version_is_refused_and_what_is_taken_back_is_gone_but_on_record(plan):
    with plan.writing() as connection:
        first = documents.keep(connection, 2027, "plan", Document("note", "Ana"), "Mia")
        second = documents.keep(connection, 2027, "plan", first, "Mia")
    for late in (first, replace(first, version=0)):
        with pytest.raises(PlansError, match=r"changed meanwhile by Mia \(version 2"), plan.writing() as connection:
            documents.keep(connection, 2027, "plan", late, "Ana")
    with plan.writing() as connection:
        documents.keep(connection, 2027, "plan", replace(second, withdrawn=True), "Ana")
        assert documents.document(connection, 2027, "plan", "note", "Ana") is None
        assert documents.documents(connection, 2027, "plan", "note") == []
        assert len(documents.versions(connection, 2027, "plan", "note", "Ana")) == 3


def test_an_action_is_promised_done_and_listed_by_its_day(planned):
    later = actions.keep(planned, replace(CALL, what="Visit", due=date(2027, 4, 1)), MANAGER)
    first = actions.keep(planned, CALL, MANAGER)
    assert [each.what for each in actions.actions(planned)] == ["Call the hotel", "Visit"]
    done = actions.keep(planned, replace(first, state="done", note="They buy"), REP)
    assert done.version == 2
    assert actions.actions(planned) == [later, done]
    assert [each.late(date(2027, 4, 2)) for each in (later, done)] == [True, False]
    with pytest.raises(PlansError, match="changed meanwhile"):
        actions.keep(planned, first, REP)


def test_everything_that_is_wrong_with_an_action_is_said_at_once(planned):
    wrong = Action(" ", "", REP, date(2027, 3, 5), "lost", begin=date(2027, 4, 1))
    with pytest.raises(TrackingError) as told:
        actions.keep(planned, wrong, MANAGER)
    for each in ("does not say what", "does not say owner", "'lost' is no state", "due before"):
        assert each in str(told.value)


def test_actions_are_seen_and_promised_by_those_whose_business_they_are(planned):
    actions.keep(planned, CALL, MANAGER)
    actions.keep(planned, replace(CALL, owner=OTHER, whom=OTHER), MANAGER)
    for name, role, sees in ((REP, "rep", {REP}), (MANAGER, "manager", {REP, OTHER}), ("Vera", "viewer", set())):
        who = Person(name.split()[0].lower(), name, role)
        access.add(planned.settings, who, "long enough for it", "planner")
        mine = replace(planned, person=who)
        assert {each.whom for each in actions.actions(mine)} == sees
        if role != "manager":
            with pytest.raises(AccessError, match="can write of nobody but"):
                actions.keep(mine, replace(CALL, whom=OTHER), name)
