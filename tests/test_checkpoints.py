"""Conversations in a workspace: recorded, confirmed by both sides, what was promised, who may see them, sheets."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from planning import settings as config
from planning.cli.main import app
from planning.errors import AccessError, PlansError, TrackingError
from planning.forms import page
from planning.forms.meet.talk import Talk
from planning.papers.checkpoint import checkpoint as paper
from planning.papers.files import save
from planning.papers.html import html
from planning.papers.pdf import picture
from planning.store.people import Person
from planning.tracking import checkpoint as shape
from planning.tracking import promised as last_time
from planning.tracking.actions import Action
from planning.tracking.cadence import Cadence
from planning.tracking.checkpoint import Checkpoint, Decision, Surprise
from planning.workbook import access, keeping
from planning.workbook.leading import managers
from planning.workbook.place import reading, stand
from planning.workbook.plans import own
from planning.workbook.tracking import actions, aside, cadences, checkpoints, meeting, sheets, team

REP, COLLEAGUE, MANAGER = "Aiko Tanabe", "Elena Petrova", "Tomas Brandt"
DAY = date(2027, 3, 5)
KEY = "weekly:2027-02-28"


@pytest.fixture(params=["sqlite", "postgresql"])
def here(request, planned, tmp_path):
    """Make a workspace of one's own with a cadence, on each kind of database."""
    context = planned
    if request.param == "postgresql":
        keeping.backup(context.settings, tmp_path / "plan.zip")
        url = request.getfixturevalue("postgresql").url()
        keeping.restore(config.update(context.settings, database=url), tmp_path / "plan.zip")
        context = stand(str(context.settings.workspace))
    cadences.keep(context, Cadence(begins=date(2027, 1, 1)), "planner")
    return context


def logged_in(context, name, role):
    person = Person(name.split()[0].lower(), name, role)
    access.add(context.settings, person, "a long password", "planner")
    return replace(context, person=person)


def said(**more):
    values = {"problems": ("The price list is late",), "decisions": (Decision("renew", "Two visits a week"),)}
    days = {"held": date(2027, 3, 1), "first": date(2027, 2, 22), "last": date(2027, 2, 28)}
    return Checkpoint(**{"kind": "weekly", "rep": REP, "manager": "", "minutes": 40} | days | values | more)


CALL = Action("Call the hotel", REP, "", date(2027, 3, 4))
KIT = Action("Get the demo kit", MANAGER, "", date(2027, 3, 12))


def test_a_record_is_kept_with_what_was_promised_and_confirmed_by_both_sides(here):
    manager, rep = logged_in(here, MANAGER, "manager"), logged_in(here, REP, "rep")
    kept = checkpoints.record(manager, said(manager="Somebody else"), [CALL, KIT], "whoever the form says")
    assert (kept.record.manager, kept.by, kept.confirmed) == (MANAGER, MANAGER, {"manager": MANAGER})
    assert [(each.what, each.whom, each.source) for each in actions.actions(rep)] == [
        ("Call the hotel", REP, f"checkpoint:{KEY}"), ("Get the demo kit", REP, f"checkpoint:{KEY}"),
    ]  # fmt: skip
    assert not kept.whole
    assert checkpoints.confirm(rep, REP, KEY, 1, "").whole
    with pytest.raises(TrackingError, match=f"{REP} has confirmed it already"):
        checkpoints.confirm(rep, REP, KEY, 1, "")


def test_changing_a_record_opens_what_the_other_side_had_confirmed(here):
    checkpoints.record(here, said(), [], MANAGER)
    checkpoints.confirm(here, REP, KEY, 1, REP)
    changed = checkpoints.record(here, said(priorities=("Close Grand Plaza",), version=1), [], MANAGER)
    assert changed.confirmed == {"manager": MANAGER}
    assert checkpoints.checkpoints(here, REP)[0].confirmed == {"manager": MANAGER}
    with pytest.raises(TrackingError, match="has changed it meanwhile"):
        checkpoints.confirm(here, REP, KEY, 1, REP)
    with pytest.raises(PlansError, match="changed meanwhile"):
        checkpoints.record(here, said(), [CALL], REP)
    # Nothing of what was refused is there.
    assert actions.actions(here) == []


def test_a_record_is_the_business_of_both_and_of_who_leads_them_alone(here):
    checkpoints.record(here, said(), [CALL], MANAGER)
    senior = managers(here)[MANAGER]
    for name, role in ((REP, "rep"), (MANAGER, "manager"), (senior, "manager"), ("Paula", "planner")):
        assert len(checkpoints.checkpoints(logged_in(here, name, role), REP)) == 1, name
    for name, role in ((COLLEAGUE, "rep"), ("Lucia Ferreira", "manager"), ("Vera", "viewer")):
        stranger = logged_in(here, name, role)
        with pytest.raises(AccessError):
            checkpoints.checkpoints(stranger, REP)
        with pytest.raises(AccessError):
            checkpoints.record(stranger, said(version=1), [], "")
        with pytest.raises(AccessError):
            checkpoints.confirm(stranger, REP, KEY, 1, "")
        assert all(each.rep != REP for each in checkpoints.meetings(stranger, DAY))
    planner = logged_in(here, "Paula", "planner")
    with pytest.raises(AccessError, match="sits on neither side"):
        checkpoints.confirm(planner, REP, KEY, 1, "")


def test_private_notes_and_drafts_are_read_by_nobody_else_whoever_leads_whom(here):
    rep, manager = logged_in(here, REP, "rep"), logged_in(here, MANAGER, "manager")
    planner = logged_in(here, "Paula", "planner")
    aside.note(rep, REP, "I look for another job", "")
    aside.note(manager, REP, "Ready for the larger territory", "")
    aside.keep_draft(rep, REP, KEY, {"texts": {"problems": "Half a thought"}}, "")
    assert [each for _, each in aside.notes(rep, REP, "")] == ["I look for another job"]
    assert [each for _, each in aside.notes(manager, REP, REP)] == ["Ready for the larger territory"]
    assert aside.notes(planner, REP, REP) == []
    assert aside.draft(rep, REP, KEY, "")["texts"] == {"problems": "Half a thought"}
    assert aside.draft(manager, REP, KEY, REP) == {}
    aside.keep_draft(rep, REP, KEY, {}, "")
    assert aside.draft(rep, REP, KEY, "") == {}
    if here.settings.database:
        # Where the database can, it gives nobody's own notes to anybody else, whatever is asked.
        for who, seen in ((manager, 1), (planner, 0), (rep, 1)):
            with reading(who) as connection:
                count = connection.execute(text("select count(*) from document where kind = 'note_to_self'")).scalar()
            assert count == seen


def test_missed_conversations_are_seen_by_manager_and_planner(here):
    checkpoints.record(here, said(), [], MANAGER)
    states = {each.planned.key: each.state for each in checkpoints.meetings(here, DAY) if each.rep == REP}
    assert states[KEY] == "held"
    assert states["weekly:2027-02-21"] == "missed"
    assert states["monthly:2027-02-28"] == "due"
    assert states["weekly:2027-03-07"] == "planned"
    manager = logged_in(here, MANAGER, "manager")
    mine, all_ = checkpoints.missed(manager, DAY), checkpoints.missed(logged_in(here, "Paula", "planner"), DAY)
    assert set(mine["manager"]) == {MANAGER}
    assert len(all_) > len(mine) > 0
    assert set(checkpoints.missed(logged_in(here, REP, "rep"), DAY)["rep"]) == {REP}


def test_only_a_planner_sets_the_cadence_for_all_and_a_manager_for_their_own(here):
    manager, rep = logged_in(here, MANAGER, "manager"), logged_in(here, REP, "rep")
    with pytest.raises(AccessError):
        cadences.keep(manager, Cadence(weekly=None), "")
    cadences.keep(manager, Cadence(weekly=4, begins=date(2027, 1, 1)), "", REP)
    for who, whom in ((rep, REP), (manager, "Adaeze Eze")):
        with pytest.raises(AccessError):
            cadences.keep(who, Cadence(), "", whom)
    rules = cadences.cadences(rep)
    assert (rules.of(REP).weekly, rules.of(COLLEAGUE).weekly) == (4, 0)
    assert rules.version(REP) > rules.version(COLLEAGUE)


def test_what_was_promised_stands_on_top_of_the_next_sheet(planned):
    before = said(held=date(2027, 2, 22))
    before = replace(before, first=date(2027, 2, 15), last=date(2027, 2, 21))
    checkpoints.record(planned, before, [replace(CALL, what="Old", due=date(2027, 3, 20)), CALL], MANAGER)
    checkpoints.record(planned, said(), [KIT, replace(CALL, what="Write", due=date(2027, 3, 9))], MANAGER)
    write = next(each for each in actions.actions(planned) if each.what == "Write")
    actions.change(planned, write.key, write.version, "done", REP)
    table = checkpoints.promised(planned, REP, date(2027, 3, 8), DAY)
    assert dict(zip(table["what"], table["stands"], strict=True)) == {
        "Call the hotel": "late", "Old": "carried over", "Get the demo kit": "open", "Write": "done",
    }  # fmt: skip
    assert table["days"].tolist()[0] == 1
    with pytest.raises(PlansError, match="changed meanwhile"):
        actions.change(planned, write.key, write.version, "open", MANAGER)


def unplanned(context, day=date(2027, 3, 4)):
    """Record a conversation that was not planned."""
    made = checkpoints.unplanned(context, REP, "weekly", day)
    return checkpoints.record(
        context, said(held=made.day, first=made.first, last=made.last, extra=True), [KIT], MANAGER
    )


def test_a_conversation_that_was_not_planned_counts_as_held_and_is_on_top_of_the_next_sheet(here):
    checkpoints.record(here, said(), [CALL], MANAGER)
    before = own.of(here, MANAGER, DAY).talks
    kept = unplanned(here)
    assert (kept.record.key, kept.record.first, kept.record.extra) == ("weekly:2027-03-04", date(2027, 3, 1), True)
    found = next(each for each in checkpoints.meetings(here, DAY) if each.planned.key == kept.record.key)
    assert (found.state, found.planned.extra, found.rep) == ("held", True, REP)
    checkpoints.confirm(here, REP, kept.record.key, 1, REP)
    assert own.of(here, MANAGER, DAY).talks == {**before, "besides": 1}
    weeks = own.of(here, MANAGER, date(2027, 3, 7)).weeks
    assert weeks["one_to_ones"].dropna().tolist()[-1] == pytest.approx(40 / 60)
    later = next(each for each in checkpoints.meetings(here, DAY)
                 if each.rep == REP and each.planned.key == "weekly:2027-03-07")  # fmt: skip
    sheet = meeting.meeting(here, REP, later.planned, later.planned.day)
    assert sheet.last.record.key == kept.record.key
    assert set(sheet.promised["what"]) == {"Call the hotel", "Get the demo kit"}


def test_what_is_planned_or_there_or_lies_in_another_year_is_not_recorded_as_unplanned(planned):
    unplanned(planned)
    with pytest.raises(TrackingError, match="weekly:2027-03-04 with Aiko Tanabe already"):
        unplanned(planned)
    with pytest.raises(TrackingError, match="weekly:2027-02-28 with Aiko Tanabe already"):
        unplanned(planned, date(2027, 2, 28))
    with pytest.raises(TrackingError, match="does not lie in FY2027"):
        unplanned(planned, date(2028, 1, 1))
    with pytest.raises(AccessError):
        checkpoints.unplanned(logged_in(planned, COLLEAGUE, "rep"), REP, "weekly", DAY)


def test_the_form_and_the_command_record_what_was_not_planned(planned):
    here = page.open_page("9_checkpoints", str(planned.settings.workspace), 2027, "", "")
    form = Talk(here, DAY, lambda: None)
    form._rep.control.value, form._when.control.value = REP, date(2027, 3, 4)
    form._begin_unplanned()
    assert form._which.control.value == "weekly:2027-03-04"
    assert "4" in form._record._inputs["held"].control.value.isoformat()
    form._record._inputs["problems"].fill("The price list is late")
    form._keep()
    kept = checkpoints.checkpoints(planned, REP)
    assert [(each.record.key, each.record.extra) for each in kept] == [("weekly:2027-03-04", True)]
    assert any("not planned" in name for name, _ in form._which.control.options)
    words = ["checkpoint", "record", REP, "monthly:2027-03-05", "--unplanned", "--as", MANAGER, "--problem", "Late",
             "--workspace", str(planned.settings.workspace)]  # fmt: skip
    found = CliRunner().invoke(app, words)
    assert found.exit_code == 0, found.output
    assert [each.record.key for each in checkpoints.checkpoints(planned, REP)][-1] == "monthly:2027-03-05"
    wrong = CliRunner().invoke(app, [*words[:3], "yearly:2027-03-05", *words[4:]])
    assert wrong.exit_code != 0


def test_what_was_settled_before_the_last_conversation_was_on_an_earlier_sheet():
    first, second = "weekly:2027-02-21", "weekly:2027-02-28"
    old = Action("Old", REP, REP, DAY, "done", last_time.source(first))
    new = replace(old, what="New", source=last_time.source(second))
    elsewhere = replace(old, what="Elsewhere", state="open", source="")
    assert last_time.promised([old, new, elsewhere], [first, second], DAY)["what"].tolist() == ["Elsewhere", "New"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "daily"}, "'daily' is no kind"),
        ({"problems": (), "decisions": ()}, "nothing was written down"),
        ({"minutes": 0}, "0 minutes"),
        ({"held": date(2027, 2, 1)}, "before the period"),
        ({"surprises": (Surprise("A new forecast", ""),)}, "no response to 'A new forecast'"),
        ({"decisions": (Decision("keep", "All"),)}, "none of renew, revise, replace"),
        ({"first": date(2027, 3, 1)}, "ends before"),
        ({"manager": " "}, "who the manager is"),
    ],
)
def test_a_record_that_tells_nothing_is_refused(change, told):
    with pytest.raises(TrackingError, match=told):
        shape.check(replace(said(manager=MANAGER), **change))


def test_a_record_is_read_as_it_was_written():
    whole = said(
        manager=MANAGER, surprises=(Surprise("Ω; \n", "B"),), priorities=("C",), resources=("D",), observation="E",
        behaviour="F", for_manager="G", for_rep="H", version=3,
    )  # fmt: skip
    assert shape.read(json.loads(json.dumps(shape.body(whole))), REP, 3) == whole


def test_the_sheet_compares_planned_with_actual_and_shows_what_it_came_to(planned, tmp_path):
    found = next(each for each in checkpoints.meetings(planned, DAY) if (each.rep, each.planned.key) == (REP, KEY))
    seen = meeting.meeting(planned, REP, found.planned, DAY).compared
    assert seen.goal_to_date > seen.goal > 0
    # The history ends before the year begins: empty is not zero.
    assert seen.result is None
    assert seen.activities["done"].isna().all()
    assert seen.activities["planned"].sum() > 0
    assert len(seen.deals) == seen.stages["deals"].sum() > 0
    checkpoints.record(planned, said(problems=("<b>Price</b> list",)), [CALL], MANAGER)
    written = html(paper(planned, REP, found.planned, DAY))
    for each in ("&lt;b&gt;Price&lt;/b&gt; list", "Goes on as it is: Two visits a week", "confirmed by Tomas Brandt"):
        assert each in written
    assert save(paper(planned, REP, found.planned, DAY), tmp_path / "sheet.docx").stat().st_size > 5000


def test_every_kind_of_sheet_fits_on_one_page(planned):
    for number in range(8):
        checkpoints.record(
            planned, said(version=number), [replace(CALL, what=f"Send the offer to hotel number {number}")], REP
        )
    found = [each for each in checkpoints.meetings(planned, DAY) if each.rep == REP and each.held is None]
    for kind in ("weekly", "monthly", "quarterly", "half_yearly"):
        each = next(each for each in found if each.planned.kind == kind)
        assert len(picture(paper(planned, REP, each.planned, DAY), 20)) == 1, kind


def full(planned, lines=12):
    """Make a half-yearly sheet of more and longer lines than anybody has had."""
    found = next(each for each in checkpoints.meetings(planned, DAY)
                 if each.rep == REP and each.planned.kind == "half_yearly")  # fmt: skip
    long = "Demonstrations with technicians at the customer's own site, number"
    for number in range(lines):
        promised = replace(CALL, what=f"Send the revised offer with terms of delivery to hotel number {number}")
        checkpoints.record(planned, said(version=number), [promised], REP)
    facts = meeting.Facts(planned, found.planned.first, found.planned.last)
    compared = facts.of(REP)
    activities = pd.DataFrame({"name": range(8), "label": [f"{long} {each}" for each in range(8)], "planned": 20,
                               "done": 18}).astype({"planned": "Int64", "done": "Int64"})  # fmt: skip
    deals = compared.deals.assign(customer="Grand Hotel Bellevue Conference & Spa Resort Holding International")
    crowded = SimpleNamespace(of=lambda _: replace(compared, activities=activities, deals=deals))
    return paper(planned, REP, found.planned, DAY, crowded)


def test_a_sheet_with_more_on_it_is_set_smaller_and_stays_on_one_page(planned):
    sheet = full(planned)
    usual, *_, smallest = sheet.sizes
    assert smallest >= 7.5
    assert len(picture(replace(sheet, sizes=(usual,)), 20)) == 2
    assert len(picture(sheet, 20)) == 1
    # Once it cannot stay on one page, it is set as any other.
    endless = replace(sheet, parts=[*sheet.parts, *sheet.parts])
    assert len(picture(endless, 20)) == len(picture(replace(endless, sizes=(usual,)), 20)) > 1


def test_parts_of_a_year_that_follow_each_other_add_up_to_its_goal(planned):
    found = [meeting.Facts(planned, first, last).of(REP) for first, last in
             ((date(2027, 1, 1), date(2027, 2, 9)), (date(2027, 2, 10), date(2027, 12, 31)))]  # fmt: skip
    assert found[0].goal + found[1].goal == found[0].year == found[1].goal_to_date


def test_sheets_are_ordered_for_everybody_who_has_the_conversation_and_made_anew_when_something_changed(planned):
    cadences.keep(planned, Cadence(begins=date(2027, 1, 1)), "planner")
    orders = sheets.coming(planned, date(2027, 3, 1), 4)
    assert [each.planned.key for each in orders] == [KEY, "monthly:2027-02-28"]
    # Weekly ones are spread over the week, and are one order all the same.
    assert set(orders[0].reps) == {each.rep for each in team.pairs(planned) if each.ends > DAY}
    assert sheets.coming(planned, date(2027, 3, 1), 4)[0].fingerprint == orders[0].fingerprint
    checkpoints.record(planned, said(), [], MANAGER)
    assert sheets.coming(planned, date(2027, 3, 1), 4)[0].fingerprint != orders[0].fingerprint


def test_a_managers_weekly_conversations_are_spread_over_the_week_alike_for_everybody_who_looks(here):
    days = {each.rep: each.planned.day for each in checkpoints.meetings(here, DAY)
            if each.manager == MANAGER and each.planned.key == KEY}  # fmt: skip
    counts = [list(days.values()).count(date(2027, 3, day)) for day in range(1, 6)]
    assert max(counts) - min(counts) <= 1
    found = checkpoints.meetings(logged_in(here, COLLEAGUE, "rep"), DAY)
    assert [each.planned.day for each in found if each.planned.key == KEY] == [days[COLLEAGUE]]
    cadences.keep(here, Cadence(spread=False, begins=date(2027, 1, 1)), "planner")
    found = checkpoints.meetings(here, DAY)
    assert {each.planned.day for each in found if each.planned.key == KEY} == {date(2027, 3, 1)}


def test_the_day_in_course_lies_in_the_year(planned):
    assert team.day(planned) == date(2027, 1, 1)
    assert team.pair(planned, REP).manager == MANAGER
    with pytest.raises(TrackingError, match="Did you mean"):
        team.pair(planned, "Aiko Tanaba")
