"""When conversations are held: planned days, periods looked at, and what counts as missed."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import TrackingError
from planning.periods import FiscalCalendar
from planning.tracking import cadence
from planning.tracking.agenda import AGENDAS, KINDS
from planning.tracking.cadence import Cadence, missed, planned

YEAR = FiscalCalendar(1)
CADENCES = st.builds(
    Cadence,
    weekly=st.none() | st.integers(0, 4),
    every=st.integers(1, 4),
    monthly=st.none() | st.integers(1, 20),
    quarterly=st.none() | st.integers(1, 20),
    half_yearly=st.none() | st.integers(1, 20),
)
CALENDARS = st.builds(
    FiscalCalendar,
    st.integers(1, 12),
    st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=30).map(tuple),
)


@given(CADENCES, CALENDARS)
def test_every_conversation_is_on_a_day_that_is_worked_after_the_period_it_looks_at(rule, calendar):
    found = planned(rule, calendar, 2027)
    for each in found:
        assert calendar.working_days(each.day, each.day) == 1
        assert each.first <= each.last < each.day
    assert [each.day for each in found] == sorted(each.day for each in found)
    assert len({each.key for each in found}) == len(found)


@given(CADENCES, CALENDARS)
def test_of_month_quarter_and_half_that_end_together_only_the_longest_is_held(rule, calendar):
    longer = [each for each in planned(rule, calendar, 2027) if each.kind != "weekly"]
    assert len({each.last for each in longer}) == len(longer)
    kept = {each.last: each.kind for each in longer}
    for place, kind in enumerate(KINDS[1:]):
        if getattr(rule, kind) is not None:
            ends = set(calendar.months(2027)[(1, 3, 6)[place] - 1 :: (1, 3, 6)[place]])
            assert all(KINDS.index(kept[last]) >= place + 1 for last in kept if f"{last:%Y-%m}" in ends)


def test_a_usual_year_has_its_weeks_months_quarters_and_halves():
    found = planned(Cadence(), YEAR, 2027)
    counts = {kind: sum(each.kind == kind for each in found) for kind in KINDS}
    assert counts == {"weekly": 52, "monthly": 8, "quarterly": 2, "half_yearly": 2}
    first = found[0]
    assert (first.kind, first.day, first.first, first.last) == (
        "weekly", date(2027, 1, 4), date(2026, 12, 28), date(2027, 1, 3),
    )  # fmt: skip
    month = next(each for each in found if each.kind == "monthly")
    assert (month.day, month.first, month.last) == (date(2027, 2, 3), date(2027, 1, 1), date(2027, 1, 31))


def test_a_holiday_moves_the_day_and_not_the_identity():
    usual = planned(Cadence(), YEAR, 2027)
    off = planned(Cadence(), FiscalCalendar(1, (date(2027, 3, 1),)), 2027)
    moved = {each.key: each.day for each in off}
    assert moved["weekly:2027-02-28"] == date(2027, 3, 2)
    assert {each.key for each in usual} == set(moved)


def test_every_second_week_looks_at_two():
    found = planned(Cadence(every=2, monthly=None, quarterly=None, half_yearly=None), YEAR, 2027)
    assert len(found) == 26
    assert all(each.last - each.first == timedelta(days=13) for each in found)
    assert [later.first - before.last for before, later in zip(found, found[1:], strict=False)] == (
        [timedelta(days=1)] * (len(found) - 1)
    )


def test_a_conversation_is_missed_when_its_time_is_over_and_no_record_is_there():
    rule = Cadence(patience=3, begins=date(2027, 1, 1))
    plans = planned(rule, YEAR, 2027)
    # Monday 4 January and three working days: Thursday 7 January is still in time.
    assert missed(plans, (), rule, YEAR, date(2027, 1, 7)) == []
    assert [each.key for each in missed(plans, (), rule, YEAR, date(2027, 1, 8))] == ["weekly:2027-01-03"]
    assert missed(plans, {"weekly:2027-01-03"}, rule, YEAR, date(2027, 1, 8)) == []


def test_nothing_is_missed_before_somebody_has_set_the_cadence():
    plans = planned(Cadence(), YEAR, 2027)
    assert missed(plans, (), Cadence(), YEAR, date(2027, 12, 31)) == []
    late = Cadence(begins=date(2027, 6, 1))
    assert min(each.day for each in planned(late, YEAR, 2027)) >= date(2027, 6, 1)


def test_what_cannot_be_kept_is_refused_with_everything_that_is_wrong():
    with pytest.raises(TrackingError) as refused:
        cadence.check(Cadence(weekly=6, every=0, monthly=25, patience=-1))
    for each in ("Monday", "every 1 to 4 weeks", "working day 1 to 20, not 25", "not -1"):
        assert each in str(refused.value)


@given(CADENCES, CALENDARS, st.integers(1, 12), st.times(time(7), time(12)))
def test_no_two_conversations_of_a_manager_begin_before_the_other_has_ended(rule, calendar, team, at):
    rule = replace(rule, at=at)
    days = {}
    for place in range(team):
        found = planned(cadence.for_one(rule, place), calendar, 2027)
        for each in cadence.timed(found, rule, place, team):
            if each.at is not None:
                days.setdefault(each.day, []).append((each.at, AGENDAS[each.kind].minutes))
    for day, held in days.items():
        ends = datetime.combine(day, at)
        for begins, minutes in sorted(held):
            assert datetime.combine(day, begins) >= ends
            ends = datetime.combine(day, begins) + timedelta(minutes=minutes)
        assert ends - datetime.combine(day, at) <= cadence.WORKDAY


def test_conversations_follow_one_another_and_what_no_longer_fits_has_no_hour():
    rule = Cadence(at=time(9))
    first, sixth = (
        {each.key: each for each in cadence.timed(planned(cadence.for_one(rule, place), YEAR, 2027), rule, place, 12)}
        for place in (0, 5)
    )
    assert first["weekly:2027-02-28"].at == time(9)
    assert sixth["weekly:2027-02-28"].at == time(9, 40)
    # Three weekly ones of the day come before the month's; twelve of an hour each are more than a day.
    assert first["monthly:2027-01-31"].at == time(11)
    last = cadence.timed(planned(rule, YEAR, 2027), rule, 11, 12)
    assert all(each.at is None for each in last if each.kind == "monthly")
    off = FiscalCalendar(1, (date(2027, 3, 1),))
    moved = {each.key: each for each in cadence.timed(planned(rule, off, 2027), rule)}
    assert moved["weekly:2027-02-28"].at is None
    assert all(each.at is None for each in cadence.timed(planned(Cadence(), YEAR, 2027), Cadence()))


@pytest.mark.parametrize("text", ["9", "25:00", "nine"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(TrackingError, match="Write it as 09:00"):
        cadence.hour(text)


@given(CADENCES.map(lambda each: replace(each, begins=date(2027, 2, 1), at=time(9, 30))))
def test_a_cadence_is_read_as_it_was_written(rule):
    assert cadence.read(cadence.body(rule)) == rule


def test_every_kind_has_its_own_agenda_that_begins_with_what_was_promised():
    assert set(AGENDAS) == set(KINDS)
    assert len({each.items for each in AGENDAS.values()}) == len(KINDS)
    for each in AGENDAS.values():
        assert each.items[0].topic == "What was promised last time"
        assert each.minutes == sum(item.minutes for item in each.items)
    topics = {item.topic for item in AGENDAS["weekly"].items}
    assert {"Deals", "Activity", "Seen in the field", "Behaviour and skills"} <= topics
