"""The page of plans: what each role gets, and the way of a plan from typing to a signature."""

from dataclasses import replace

import pytest

from planning.errors import AccessError, PlansError
from planning.forms.page import Page
from planning.forms.plans import overall, weights, whom
from planning.forms.plans.desk import Desk
from planning.forms.plans.listed import Listed
from planning.forms.plans.weights import Weights
from planning.plans.signing import CHANGED, SIGNED, SUBMITTED
from planning.store.people import Person
from planning.workbook import access
from planning.workbook.plans import kept, targeting

REP, MANAGER = "Aiko Tanabe", "Tomas Brandt"


def page_of(context, name="", role=""):
    if name:
        who = Person(name.split()[0].lower(), name, role)
        access.add(context.settings, who, "long enough for it", "planner")
        context = replace(context, person=who)
    return Page(context, "7_plans.ipynb", name)


def press(button):
    button.click()


def answer(form):
    return form._messages.view.value


def offered(desk):
    return {name for name, each in desk._buttons.items() if "away" not in each._dom_classes}


def test_a_plan_goes_from_the_reps_desk_to_the_managers_and_back(planned):
    mine = Desk(page_of(planned, REP, "rep"), lambda: None)
    assert (mine.which.rep, offered(mine)) == (REP, {"keep", "anew", "drop"})
    mine._sheet._entries["aims"].control.value = "Two <b>hotels</b>"
    assert kept.draft(mine._context, mine.which.sort, REP, REP).aims == "Two <b>hotels</b>"
    press(mine._buttons["keep"])
    assert "version 1 is kept" in answer(mine)
    press(mine._buttons["submit"])
    assert mine.found.stand.state == SUBMITTED
    theirs = Desk(page_of(planned, MANAGER, "manager"), lambda: None)
    theirs.which._rep.control.value = REP
    assert (theirs._sheet, offered(theirs)) == (None, {"comment", "sign", "return"})
    assert "Two &lt;b&gt;hotels" in "".join(each.value for each in theirs._place.children)
    press(theirs._buttons["return"])
    assert "Say what must change" in answer(theirs)
    press(theirs._buttons["sign"])
    assert theirs.found.stand.state == SIGNED
    again = Desk(page_of(planned, REP, "rep"), lambda: None)
    again._sheet._entries["aims"].control.value = "Three"
    press(again._buttons["keep"])
    assert again.found.stand.state == CHANGED
    assert "signed again" in answer(again)


def test_an_open_page_shows_what_the_other_side_did_and_loses_nothing_that_is_typed(planned, monkeypatch):
    mine = Desk(page_of(planned, REP, "rep"), lambda: None)
    assert mine._look() == []
    press(mine._buttons["keep"])
    press(mine._buttons["submit"])
    theirs = Desk(page_of(planned, MANAGER, "manager"), lambda: None)
    theirs.which._rep.control.value = REP
    assert theirs._look() == mine._look() == []
    mine._sheet._entries["aims"].control.value = "Half a senten"
    press(theirs._buttons["sign"])
    mine._came(mine._look())
    assert mine.found.stand.state == SIGNED
    assert f"{MANAGER} signed version 1" in answer(mine)
    assert "What you typed is still here" in answer(mine)
    assert mine._sheet._entries["aims"].control.value == "Half a senten"
    assert mine._look() == []
    # Who reads sees the new version, and signs it only once it can have been read.
    press(mine._buttons["keep"])
    press(mine._buttons["submit"])
    theirs._text.fill("Half a com")
    theirs._came(theirs._look())
    assert "Half a senten" in "".join(each.value for each in theirs._place.children)
    assert theirs._text.control.value == "Half a com"
    press(theirs._buttons["sign"])
    assert "version 2, yours was 1" in answer(theirs)
    assert kept.find(planned, mine.which.sort, REP).stand.state == SUBMITTED
    monkeypatch.setattr("planning.forms.plans.desk.TO_READ", 0.0)
    press(theirs._buttons["sign"])
    assert kept.find(planned, mine.which.sort, REP).stand.state == SIGNED


def test_what_cannot_be_read_is_said_by_row_and_nothing_is_kept(planned):
    desk = Desk(page_of(planned), lambda: None)
    row = desk._sheet._rows["accounts"].rows[0]
    row.entries["expected"].control.value = "a lot"
    press(desk._buttons["keep"])
    assert "Accounts, Expected" in answer(desk)
    assert kept.find(planned, desk.which.sort, desk.which.rep) is None
    row.entries["expected"].control.value = "$1,000"
    desk._sheet._rows["accounts"]._leave(desk._sheet._rows["accounts"].rows[1])
    press(desk._buttons["keep"])
    plan = kept.find(planned, desk.which.sort, desk.which.rep).plan
    assert plan.accounts[0].expected == 100_000
    assert len(plan.accounts) == 11


def test_more_named_accounts_than_can_be_served_are_refused_on_the_page(planned):
    form = Listed(page_of(planned, REP, "rep"), lambda: None)
    names = form._names.control.value.splitlines()
    form._names.control.value = "\n".join([*names, *names])
    with pytest.raises(PlansError, match="is on the list twice"):
        form._keep()
    form._names.control.value = "\n".join(names[:4])
    assert "4 named accounts" in form._keep()


def test_the_planner_alone_changes_weights_and_sees_at_once_what_they_would_have_found(planned):
    form = Weights(page_of(planned), lambda: None)
    before = form._tried.view.children[0].value
    form._weights["size"].control.value = "0"
    assert form._tried.view.children[0].value != before
    assert "Version 1 is kept" in form._keep()
    assert targeting.targeting(planned).weights["size"] == 0
    rep = page_of(planned, REP, "rep")
    assert "Segments and their ideal customers" in weights.shown(rep)[0].markup
    with pytest.raises(AccessError, match="Only a planner"):
        Weights(rep, lambda: None)._keep()


def test_everybody_sees_their_own_in_the_lists(planned):
    rep, viewer = page_of(planned, REP, "rep"), page_of(planned, "Vera", "viewer")
    assert "Ruth Abelson" in "".join(part.markup for part in overall.covered(page_of(planned)))
    assert "Ruth Abelson" not in "".join(part.markup for part in overall.covered(rep))
    assert "yours to see" in overall.covered(viewer)[0].markup
    assert "Wild Bell Inn" in whom.classes(rep)._repr_html_()
    assert "no account here that is yours" in whom.classes(viewer)._repr_html_()
    assert "Out of balance" in "".join(part.markup for part in overall.balanced(page_of(planned)))
    assert "No plan that was kept contradicts" in overall.clashing(rep)[0].markup
