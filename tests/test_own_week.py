"""A manager's own week: whether the plan can come true, what was done against it, and who may write it."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import AccessError, PlansError
from planning.plans import own as shape
from planning.plans.own import KINDS, OwnPlan, contradictions
from planning.store.people import Person
from planning.tracking.cadence import Cadence
from planning.tracking.checkpoint import Checkpoint
from planning.workbook import access
from planning.workbook.plans import own
from planning.workbook.tracking import cadences, checkpoints

MANAGER, REP = "Tomas Brandt", "Aiko Tanabe"
MONDAY = date(2027, 3, 1)
WEEK = OwnPlan({"one_to_ones": 8, "coaching": 2, "field": 3, "customers": 10}, {"field": 2}, 40, 12)


def test_a_plan_that_fits_hours_and_team_contradicts_nothing():
    # Eight reps: 40 minutes a week each are 5 h 20; half an hour of coaching a month and a half day a quarter each.
    assert contradictions(WEEK, 8, 40) == []


@pytest.mark.parametrize(
    ("plan", "team", "says", "mend"),
    [
        (replace(WEEK, admin=20), 8, "23.0 hours are planned and 20.0 go into everything else; the week has 40.0",
         "Take 3.0 hours out, such as of customer meetings (10.0)"),
        (WEEK, 15, "The conversations with 15 reps take 10.0 hours a week (40 minutes each); 8.0 are planned",
         "Plan 2.0 hours more, hold them at 32 minutes"),
        (replace(WEEK, hours={**WEEK.hours, "coaching": 0}), 8, "8 reps need 0.9 hours of coaching", "Plan 0.9"),
        (replace(WEEK, hours={**WEEK.hours, "field": 1}), 8, "each of 8 reps is accompanied 1.6 hours a quarter",
         "Plan 1.5 hours more a week"),
    ],
)  # fmt: skip
def test_what_cannot_come_true_is_said_with_what_would_mend_it(plan, team, says, mend):
    found = contradictions(plan, team, 40)
    assert any(says in each.says and mend in each.mend for each in found), found


@given(st.dictionaries(st.sampled_from(list(KINDS)), st.floats(0, 20)), st.floats(20, 60))
def test_taking_out_what_is_said_makes_the_week_fit(hours, working):
    plan = OwnPlan(hours, working=working, admin=10)
    over = plan.planned + plan.admin - plan.working
    assert bool([each for each in contradictions(plan, 1, 0) if "everything else;" in each.says]) == (over > 0)


def test_what_is_impossible_is_refused_with_everything_that_is_wrong():
    with pytest.raises(PlansError) as refused:
        shape.check(OwnPlan({"golf": 3, "reading": 200}, {"field": 6}, working=0))
    for each in ("golf", "200 hours", "field: a day", "0 hours are worked"):
        assert each in str(refused.value)


def test_done_is_held_against_what_was_planned_in_the_weeks_that_were_told():
    weeks = pd.DataFrame([
        {"worked": 1.0, **dict.fromkeys(KINDS, 0.0), "field": 4.0},
        {"worked": 0.6, **dict.fromkeys(KINDS, None)},
        {"worked": 0.8, **dict.fromkeys(KINDS, None), "field": 1.0},
    ]).astype(dict.fromkeys(KINDS, "float64"))  # fmt: skip
    row = shape.against(WEEK, weeks).set_index("kind").loc["field"]
    assert (row["planned"], row["done"], row["difference"], row["told"]) == pytest.approx((5.4, 5.0, -0.4, 2))


def logged_in(context, name, role):
    person = Person(name.split()[0].lower(), name, role)
    access.add(context.settings, person, "a long password", "planner")
    return replace(context, person=person)


def test_a_week_is_planned_told_and_filled_in_by_confirmed_conversations(planned):
    cadences.keep(planned, Cadence(begins=date(2027, 2, 1)), "planner")
    manager = logged_in(planned, MANAGER, "manager")
    assert own.of(manager, MANAGER, MONDAY).plan is None
    kept = own.keep(manager, MANAGER, WEEK, "")
    assert kept.version == 1
    own.log(manager, MANAGER, date(2027, 2, 15), None, "")
    own.log(manager, MANAGER, date(2027, 2, 22), {"one_to_ones": 5, "field": 6}, "")
    said = Checkpoint("weekly", REP, "", date(2027, 3, 1), date(2027, 2, 22), date(2027, 2, 28), 45, ("Late list",))
    checkpoints.record(manager, said, [], "")
    assert own.of(manager, MANAGER, date(2027, 3, 7)).weeks["one_to_ones"].iloc[-1:].isna().all()
    checkpoints.confirm(logged_in(planned, REP, "rep"), REP, "weekly:2027-02-28", 1, "")
    found = own.of(manager, MANAGER, date(2027, 3, 7))
    told = found.weeks.set_index("week")["one_to_ones"].dropna()
    assert told.to_dict() == {date(2027, 2, 15): 8.0, date(2027, 2, 22): 5.0, date(2027, 3, 1): 0.75}
    row = found.against.set_index("kind").loc["one_to_ones"]
    assert (row["planned"], row["done"], row["told"]) == (24.0, 13.75, 3)
    assert any("conversations" in each.says for each in found.contradictions)
    assert found.talks["planned"] == found.talks["held"] + found.talks["missed"] + len(
        [each for each in checkpoints.meetings(manager, date(2027, 3, 7))
         if each.manager == MANAGER and each.state == "due"]
    )  # fmt: skip


def test_a_week_is_the_managers_own_and_of_those_above(planned):
    own.keep(logged_in(planned, MANAGER, "manager"), MANAGER, WEEK, "")
    assert own.plan_of(logged_in(planned, "Ingrid Solheim", "manager"), MANAGER) is not None
    for name, role in ((REP, "rep"), ("Lucia Ferreira", "manager"), ("Vera", "viewer")):
        stranger = logged_in(planned, name, role)
        assert own.plan_of(stranger, MANAGER) is None
        with pytest.raises(AccessError):
            own.of(stranger, MANAGER, MONDAY)
        with pytest.raises(AccessError):
            own.log(stranger, MANAGER, MONDAY, {}, "")
    rep = logged_in(planned, REP, "rep")
    with pytest.raises(AccessError, match="Only a planner or a manager"):
        own.keep(rep, REP, WEEK, "")


def test_a_week_without_a_plan_or_that_is_none_is_refused(planned):
    with pytest.raises(PlansError, match="no plan yet"):
        own.log(planned, MANAGER, MONDAY, None, MANAGER)
    with pytest.raises(PlansError, match="not the Monday"):
        own.log(planned, MANAGER, date(2027, 3, 2), {}, MANAGER)
    with pytest.raises(PlansError, match="changed meanwhile"):
        own.keep(planned, MANAGER, replace(WEEK, version=3), MANAGER)
