"""Views of the same actions: boards, tasks and the grid with columns of one's own; every rule is checked here."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import AccessError, TrackingError
from planning.forms.meet.board import Actions, Deals
from planning.forms.meet.rows import Grid
from planning.forms.meet.tasks import Tasks
from planning.forms.meet.who import Who
from planning.forms.page import Page
from planning.store.people import Person
from planning.tracking import columns as shape
from planning.tracking.actions import Action
from planning.tracking.columns import BUILT_IN, Columns
from planning.workbook import access
from planning.workbook.tracking import actions, board, columns

REP, COLLEAGUE, MANAGER = "Aiko Tanabe", "Elena Petrova", "Tomas Brandt"
DAY = date(2027, 3, 5)


@given(st.lists(st.tuples(st.sampled_from([*BUILT_IN, "x1", "x2"]), st.sampled_from(["left", "right", "hide"]))))
def test_however_columns_are_moved_and_hidden_each_stays_once_and_one_is_shown(steps):
    own = Columns().added("x1", "Priority").added("x2", "Mood")
    for column, how in steps:
        if how != "hide":
            own = own.moved(column, 1 if how == "right" else -1)
        elif column in own.hidden or len(own.hidden) + 1 < len(own.order):
            own = own.toggled(column)
        else:
            with pytest.raises(TrackingError, match="has to stay"):
                own.toggled(column)
    assert sorted(own.order) == sorted([*BUILT_IN, "x1", "x2"])
    assert set(own.hidden) < set(own.order)
    assert shape.read(shape.body(own)) == Columns(own.order, own.hidden, own.names, own.values)


def test_only_columns_of_ones_own_are_typed_into_and_removed():
    own = Columns().added("x", " Prio  rity ").typed("x", "row", " A ")
    assert (own.label("x"), own.values) == ("Prio rity", {"x": {"row": "A"}})
    assert own.typed("x", "row", "").values == {"x": {}}
    assert own.without("x") == Columns(hidden=own.hidden)
    for wrong in (lambda: own.typed("what", "row", "A"), lambda: own.without("due"),
                  lambda: own.added("y", "prio rity"),
                  lambda: own.added("y", ""), lambda: own.typed("x", "row", "A" * 301)):  # fmt: skip
        with pytest.raises(TrackingError):
            wrong()


def test_a_column_that_the_workbook_has_got_since_stands_at_the_end_hidden():
    kept = shape.body(Columns(order=("what", "due"), hidden=()))
    assert shape.read(kept).order[:2] == ("what", "due")
    assert set(shape.read(kept).hidden) == set(BUILT_IN) - {"what", "due"}


def test_own_columns_are_seen_by_their_owner_alone(planned):
    columns.keep(planned, Columns().added("x", "Priority"), MANAGER)
    assert columns.own(planned, MANAGER).names == {"x": "Priority"}
    assert columns.own(planned, REP) == Columns()


def logged_in(context, name, role):
    person = Person(name.split()[0].lower(), name, role)
    access.add(context.settings, person, "a long password", "planner")
    return replace(context, person=person)


def page(context, person=MANAGER):
    return Page(context, "10_my_week.ipynb", person)


def tell(widget, message):
    """Give a widget what its script would tell."""
    widget._handle_custom_msg(message, [])


def test_a_card_that_is_moved_writes_a_version_and_a_stale_one_is_refused(planned):
    made = actions.keep(planned, Action("Call", REP, REP, DAY), MANAGER)
    here = page(planned)
    part = Actions(here, Who(here, lambda: None), DAY, lambda: None)
    cards = part._cards
    tell(cards, {"move": made.key, "to": "done", "version": 1})
    assert (cards.refused, cards.said) == (False, "Call: done.")
    assert [len(lane["cards"]) for lane in cards.lanes] == [0, 1, 0]
    tell(cards, {"move": made.key, "to": "open", "version": 1})
    assert cards.refused
    assert "changed meanwhile" in cards.said
    assert actions.actions(planned)[0].state == "done"
    for wrong in ({"move": made.key, "to": "nowhere", "version": 2}, {"move": "none", "to": "done"}, {}):
        tell(cards, wrong)
        assert cards.refused, wrong


def test_nobody_moves_what_is_none_of_their_business(planned):
    made = actions.keep(planned, Action("Call", COLLEAGUE, COLLEAGUE, DAY), MANAGER)
    rep = logged_in(planned, REP, "rep")
    here = page(rep, REP)
    cards = Actions(here, Who(here, lambda: None), DAY, lambda: None)._cards
    assert all(not lane["cards"] for lane in cards.lanes)
    tell(cards, {"move": made.key, "to": "done", "version": 1})
    assert cards.refused
    assert actions.actions(planned)[0].state == "open"


def test_tasks_are_mine_the_late_ones_first_and_done_by_a_press(planned):
    for what, owner, due in (("Late", MANAGER, date(2027, 3, 1)), ("Now", MANAGER, DAY),
                             ("Soon", MANAGER, date(2027, 3, 9)),
                             ("Theirs", REP, DAY)):  # fmt: skip
        actions.keep(planned, Action(what, owner, REP, due), MANAGER)
    here = page(planned)
    part = Tasks(here, Who(here, lambda: None), DAY, lambda: None)
    listed = part._list
    assert [(group["title"], [each["what"] for each in group["tasks"]]) for group in listed.groups] == [
        ("Overdue", ["Late"]), ("Today", ["Now"]), ("In the next seven days", ["Soon"]),
    ]  # fmt: skip
    late = listed.groups[0]["tasks"][0]
    tell(listed, {"press": late["key"], "done": True, "version": late["version"]})
    assert [group["title"] for group in listed.groups][-1] == "Done"
    tell(listed, {"add": "Write <b>", "due": "2027-03-20", "owner": REP})
    assert (listed.refused, listed.added) == (False, 1)
    made = next(each for each in actions.actions(planned) if each.what == "Write <b>")
    assert (made.owner, made.whom, made.due) == (REP, REP, date(2027, 3, 20))
    tell(listed, {"add": "Never", "due": "soon", "owner": REP})
    assert listed.said == "Say until when it is to be done."


def test_a_person_who_is_logged_in_adds_tasks_for_whom_they_lead_alone(planned):
    rep = logged_in(planned, REP, "rep")
    here = page(rep, REP)
    listed = Tasks(here, Who(here, lambda: None), DAY, lambda: None)._list
    assert listed.people == [REP]
    tell(listed, {"add": "Sell more", "due": "2027-03-20", "owner": COLLEAGUE})
    assert listed.refused
    assert actions.actions(planned) == []


def test_the_grid_keeps_what_is_typed_and_pasted_into_own_columns(planned):
    made = actions.keep(planned, Action("Call", REP, REP, DAY), MANAGER)
    here = page(planned)
    part = Grid(here, Who(here, lambda: None), DAY)
    part._name.fill("Priority")
    part._add()
    column = next(each["id"] for each in part._rows.columns if each["own"])
    tell(part._rows, {"typed": [[made.key, column, "A"]]})
    assert part._rows.rows[0]["cells"][column] == "A"
    tell(part._rows, {"typed": [[made.key, "what", "Not mine to change"]]})
    assert part._rows.refused
    assert actions.actions(planned)[0].what == "Call"
    assert columns.own(planned, MANAGER).values == {column: {made.key: "A"}}


def test_open_deals_stand_by_step_as_of_a_day_with_how_long_they_usually_sit(planned):
    found = board.deals(planned, date(2026, 6, 30))
    assert set(found["step"]) <= {"opened", "qualified", "presented", "proposed"}
    assert (found["days"] >= 0).all()
    assert (found["over"] == (found["days"] > found["usual"])).all()
    later = board.deals(planned, date(2027, 6, 30))
    # Nothing is known of later than the last day with results.
    assert later.equals(board.deals(planned, date(2026, 12, 31)))
    here = page(planned)
    part = Deals(here, Who(here, lambda: None), DAY)
    assert sum(len(lane["cards"]) for lane in part._cards.lanes) == len(later)
    card = part._cards.lanes[0]["cards"][0]
    assert not card["moves"]
    tell(part._cards, {"note": card["id"], "text": "Ask <i>now</i>"})
    assert not part._cards.refused
    assert (
        next(each for each in part._cards.lanes[0]["cards"] if each["id"] == card["id"])["note"] == "Ask <i>now</i>"
    )


def test_a_deal_is_noted_on_by_those_whose_business_it_is(planned):
    deals = board.deals(planned, DAY)
    mine = deals.loc[deals["rep"] == REP, "opportunity"].iloc[0]
    other = deals.loc[deals["rep"] == COLLEAGUE, "opportunity"].iloc[0]
    rep = logged_in(planned, REP, "rep")
    assert set(board.deals(rep, DAY)["rep"]) == {REP}
    board.note(rep, mine, "They decide in April", DAY, "")
    for wrong in (other, "O0"):
        with pytest.raises(TrackingError, match="There is no open deal"):
            board.note(rep, wrong, "Mine", DAY, "")
    with pytest.raises(TrackingError, match="characters"):
        board.note(rep, mine, "A" * 1001, DAY, "")
    viewer = logged_in(planned, "Vera", "viewer")
    with pytest.raises((AccessError, TrackingError)):
        board.note(viewer, mine, "Mine", DAY, "")
