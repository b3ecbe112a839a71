"""Calendars: what stands in them, as files that another library reads, and as feeds that one makes and revokes."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import AccessError
from planning.forms import feed as served
from planning.papers.ical import ical, uid
from planning.settings import Settings
from planning.sheets import Bar, Line, Mark, calendar, timeline
from planning.store import documents
from planning.store.people import Person
from planning.tracking.actions import Action
from planning.tracking.cadence import Cadence
from planning.tracking.checkpoint import Checkpoint
from planning.tracking.entries import Entry, by_day, grid, of_action
from planning.workbook import access
from planning.workbook.place import plan, stand
from planning.workbook.tracking import actions, cadences, checkpoints, feed, schedule

US = Settings(workspace="/tmp", company="Alder & Finch")
REP, MANAGER = "Aiko Tanabe", "Tomas Brandt"
DAY = date(2027, 3, 5)
MADE = datetime(2027, 3, 5, 8, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x85\u2028\u2029"), max_size=120)


def task(**more):
    return Entry(**{"identity": "action:1", "kind": "action", "title": "Call", "begin": DAY, "end": DAY,
                    "whom": REP, "state": "open", "version": 1} | more)  # fmt: skip


def read(entries, settings=US):
    content = ical(entries, settings, "Aiko", MADE).decode()
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    return vobject.readOne(content)


def plain(text):
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in joined if each in "\n\t" or (ord(each) >= 32 and ord(each) != 127))


@given(TEXTS, TEXTS.filter(bool))
def test_another_library_reads_every_text_as_it_was_written(title, detail):
    todo = read([task(title=title, detail=detail)]).vtodo
    assert todo.summary.value == plain(title)
    assert not plain(detail) or todo.description.value == plain(detail)


def test_an_action_is_a_task_with_its_days_and_state():
    late = of_action(
        Action("Büro; 🎉, \\ \n2", REP, REP, DAY, begin=DAY - timedelta(days=4), key="a", version=3), DAY
    )
    todo = read([late]).vtodo
    assert (todo.summary.value, todo.dtstart.value, todo.due.value) == ("Büro; 🎉, \\ \n2", date(2027, 3, 1), DAY)
    assert (todo.status.value, todo.sequence.value) == ("NEEDS-ACTION", "2")
    done = read([task(state="done")]).vtodo
    assert (done.status.value, done.percent_complete.value) == ("COMPLETED", "100")
    assert not hasattr(done, "dtstart")
    assert read([task(state="dropped")]).vtodo.status.value == "CANCELLED"


def test_a_conversation_is_an_event_of_whole_days_that_float():
    event = read([Entry("checkpoint:x", "checkpoint", "Weekly", DAY, DAY, REP, "planned", "1. Deals")]).vevent
    # The end is the first day after it; a date without a time is the same day in every zone.
    assert (event.dtstart.value, event.dtend.value) == (DAY, DAY + timedelta(days=1))
    assert (event.status.value, event.transp.value) == ("TENTATIVE", "TRANSPARENT")
    assert event.dtstamp.value == MADE


def test_a_conversation_with_an_hour_is_an_event_that_floats_and_takes_its_time():
    begins = datetime(2027, 3, 5, 9, 30)
    event = read(
        [Entry("checkpoint:x", "checkpoint", "Weekly", DAY, DAY, REP, "planned", hours=40 / 60, at=begins.time())]
    )
    # An hour without a zone is the same hour on every clock.
    assert (event.vevent.dtstart.value, event.vevent.dtend.value) == (begins, begins + timedelta(minutes=40))
    assert event.vevent.dtstart.value.tzinfo is None
    assert event.vevent.transp.value == "OPAQUE"


def test_an_identity_stays_whatever_changes_and_tells_nobodys_name():
    before, after = task(), task(title="Write", end=DAY + timedelta(days=9), version=2)
    assert uid(before, US) == uid(after, US)
    assert uid(before, US) != uid(task(identity="action:2"), US)
    assert uid(before, US) != uid(before, US.model_copy(update={"company": "Other"}))
    assert "Aiko" not in uid(Entry(f"checkpoint:{REP}:k", "checkpoint", "", DAY, DAY, REP), US)
    found = [int(read([each]).vtodo.sequence.value) for each in (before, after)]
    assert found == [0, 1]


@pytest.fixture(scope="module")
def here(planned_company, tmp_path_factory):
    """Make a workspace with a cadence, a record and an action."""
    workspace = tmp_path_factory.mktemp("calendars") / "workspace"
    shutil.copytree(planned_company, workspace)
    context = stand(str(workspace))
    cadences.keep(context, Cadence(begins=date(2027, 1, 1)), "planner")
    said = Checkpoint("weekly", REP, "", date(2027, 3, 2), date(2027, 2, 22), date(2027, 2, 28), 40, ("Late list",))
    checkpoints.record(context, said, [Action("Call", REP, "", DAY), Action("Kit", MANAGER, "", DAY)], MANAGER)
    return context


def test_a_calendar_of_ones_own_holds_ones_own_alone(here):
    mine = schedule.entries(here, DAY, REP)
    assert {each.title for each in mine if each.kind == "action"} == {"Call"}
    talks = [each for each in mine if each.kind == "checkpoint"]
    assert all(MANAGER in each.title for each in talks)
    held = next(each for each in talks if each.identity.endswith("weekly:2027-02-28"))
    assert (held.begin, held.state, held.version) == (date(2027, 3, 2), "held", 2)
    his = schedule.entries(here, DAY, MANAGER)
    assert {each.title for each in his if each.kind == "action"} == {"Kit"}
    assert any(REP in each.title for each in his)
    assert len(schedule.entries(here, DAY)) > len(his)


def test_when_the_cadence_moves_the_days_the_sequence_rises(here):
    def told():
        return {each.identity: each for each in schedule.entries(here, DAY, REP) if each.kind == "checkpoint"}

    before = told()
    cadences.keep(here, Cadence(weekly=2, begins=date(2027, 1, 1)), "planner")
    after = told()
    moved = [key for key in before.keys() & after.keys() if before[key].begin != after[key].begin]
    assert moved
    assert all(after[key].version > before[key].version for key in moved)
    cadences.keep(here, Cadence(begins=date(2027, 1, 1)), "planner")


def test_the_hour_that_the_cadence_says_stands_in_calendar_and_file_and_goes_with_the_day_that_it_was_held(here):
    cadences.keep(here, Cadence(begins=date(2027, 1, 1), at=time(9)), "planner")
    mine = [each for each in schedule.entries(here, DAY, REP) if each.kind == "checkpoint"]
    timed = [each for each in mine if each.at]
    assert len(timed) > 40
    # It was planned for another day than it was held on.
    assert next(each for each in mine if each.identity.endswith("weekly:2027-02-28")).at is None
    found = {each.uid.value: each for each in read(mine, here.settings).vevent_list}
    for each in timed:
        event = found[uid(each, here.settings)]
        assert event.dtstart.value == datetime.combine(each.begin, each.at)
        assert event.dtend.value - event.dtstart.value == timedelta(hours=each.hours)
    cadences.keep(here, Cadence(begins=date(2027, 1, 1)), "planner")


def test_an_address_opens_ones_own_calendar_until_it_is_ended(here):
    secret = feed.open_feed(here, REP)
    _, name, entries = feed.read(here.settings, secret)
    assert name == REP
    assert {each.title for each in entries if each.kind == "action"} == {"Call"}
    assert b"SUMMARY:Call" in served.calendar(here.settings, secret)
    with plan(here.settings) as database, database.reading() as connection:
        kept = documents.documents(connection, 0, "plan", feed.KIND)
    assert all(secret not in str(each.body) for each in kept)
    assert feed.is_open(here, REP)
    again = feed.open_feed(here, REP)
    for wrong in (secret, again[:-1], again + "x", ""):
        with pytest.raises(AccessError, match="There is no such calendar"):
            feed.read(here.settings, wrong)
    feed.close_feed(here, REP)
    assert not feed.is_open(here, REP)
    with pytest.raises(AccessError):
        feed.read(here.settings, again)


def test_who_may_not_log_in_any_more_has_no_calendar_any_more(planned):
    person = Person("aiko", REP, "rep")
    access.add(planned.settings, person, "a long password", "planner")
    secret = feed.open_feed(replace(planned, person=person), "whoever the form says")
    whose, name, _ = feed.read(planned.settings, secret)
    assert (whose.person, name) == (person, REP)
    access.add(planned.settings, Person("mia", "Mia", "planner"), "a long password", "planner")
    access.remove(planned.settings, "aiko", "planner")
    with pytest.raises(AccessError):
        feed.read(planned.settings, secret)


def test_a_month_shows_what_is_on_each_day_and_escapes_it():
    marks = {DAY: [Mark(f"<b>{number}</b>", "late", "Late") for number in range(6)]}
    shown = str(calendar("2027-03", grid("2027-03"), marks, DAY, US))
    assert "<b>" not in shown
    assert "2 more" in shown
    # Once in the grid of days, once in the list of days.
    assert shown.count("&lt;b&gt;5&lt;/b&gt;") == 3
    assert "Nothing stands in this month" in str(calendar("2027-04", grid("2027-04"), {}, DAY, US))


@given(st.dates(date(1990, 1, 1), date(2100, 12, 1)))
def test_every_day_of_a_month_stands_once_in_whole_weeks(day):
    month = f"{day:%Y-%m}"
    days = [each for week in grid(month) for each in week]
    assert [each.weekday() for each in days] == [0, 1, 2, 3, 4, 5, 6] * (len(days) // 7)
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    inside = [each for each in days if f"{each:%Y-%m}" == month]
    assert (inside[0].day, (inside[-1] + timedelta(days=1)).day) == (1, 1)
    assert len(days) - len(inside) < 14


def test_a_timeline_places_bars_by_their_days_and_leaves_out_what_lies_outside():
    bars = [
        Bar(date(2027, 1, 1), date(2027, 1, 10), "A & B"),
        Bar(date(2027, 6, 1), date(2027, 6, 1), "C", point=True),
    ]
    ends = [(date(2027, 3, 31), "Q1")]
    shown = str(timeline([Line("R & D", bars)], date(2027, 1, 1), date(2027, 4, 10), ends, DAY, US, "Months"))
    assert "left: 0.0%; width: 9.0%" in shown
    assert "A &amp; B, Jan 1, 2027 to Jan 10, 2027" in shown
    assert "left: 89.0%" in shown
    assert ">C" not in shown
    assert "Nothing stands in this time" in str(timeline([], DAY, DAY, [], DAY, US, ""))


def test_entries_are_sorted_by_day_with_conversations_first():
    talk = Entry("c", "checkpoint", "Z", DAY, DAY, REP)
    assert by_day([task(), talk])[DAY] == [talk, task()]


def test_actions_are_late_only_after_their_day(here):
    call = next(each for each in actions.actions(here) if each.what == "Call")
    assert (of_action(call, DAY).state, of_action(call, DAY + timedelta(days=1)).state) == ("open", "late")
