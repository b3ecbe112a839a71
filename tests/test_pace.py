"""Pace: what was due by a day, what is still needed, and standards."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import TrackingError
from planning.goals.activity.coverage import coverage
from planning.periods import FiscalCalendar
from planning.tracking import bands
from planning.tracking.bands import Ends, Standards
from planning.tracking.pace import Elapsed, due, elapsed, paced

CALENDAR = FiscalCalendar(1)


def after(parts, days=1, left=1):
    """Say that parts of some periods have passed."""
    names = tuple(f"2027-{number + 1:02d}" for number in range(len(parts)))
    return Elapsed(date(2027, 6, 30), names, np.array(parts, dtype=float), days, left)


def one(goals, result, at):
    return paced(np.array([goals]), np.array([result]), at).iloc[0]


def test_a_quarter_in_its_middle_to_the_cent():
    # E46: quota 100,000, booked 65,000, day 45 of 90.
    row = one([100_000_00], 65_000_00, after([0.5], 45, 45))
    assert row["goal"] - row["result"] == 35_000_00
    assert row["reached"] == 0.65
    assert (row["a_day"], row["needed_per_day"], row["projected"]) == (1_444_44, 777_78, 130_000_00)
    assert row["needed_per_week"] == 3_888_89


def test_what_the_rest_of_that_quarter_asks_of_the_pipeline():
    # E46, E44, E45: coverage from what the pace leaves open.
    row = one([100_000_00], 65_000_00, after([0.5], 45, 45))
    found = coverage(int(row["goal"]), int(row["result"]), 120_000_00, 0.3)
    assert (found.gap, found.pipeline_needed, round(found.ratio, 2)) == (35_000_00, 116_666_67, 3.43)
    year = coverage(2_000_000_00, 0, 6_000_000_00, 0.22)
    assert (year.covers, year.short, round(year.required, 2)) == (1_320_000_00, 680_000_00, 4.55)
    assert coverage(1_000_000_00, 0, 4_000_000_00, 1.0).ratio == 4.0


def test_result_over_what_was_due_is_not_result_over_the_goal():
    # E51: quota 300,000, net 240,000, 75 of 90 days.
    row = one([300_000_00], 240_000_00, after([75 / 90], 75, 15))
    assert (row["reached"], row["attainment"]) == (0.8, pytest.approx(0.96))


def test_months_of_a_goal_each_to_two_decimals():
    # E52
    quota = [85_000, 90_000, 95_000, 98_000, 105_000, 110_000]
    closed = [78_000, 87_000, 91_000, 99_000, 101_500, 68_000]
    found = paced(np.array(quota)[:, None], np.array(closed), after([1.0]))["attainment"]
    assert (100 * found).round(2).tolist() == [91.76, 96.67, 95.79, 101.02, 96.67, 61.82]


def test_a_month_is_due_by_its_own_share_of_the_year():
    # E19: 50 units, a tenth of them in December, 3 sold.
    row = one([45, 5], 45 + 3, after([1.0, 1.0]))
    assert due(np.array([[45, 5]]), np.array([0.0, 1.0])).tolist() == [5]
    assert row["difference"] == -2
    # E20: 1,000 units spread evenly, 80 in the month.
    even = one([83_33] + [0] * 11, 80_00, after([1.0] + [0.0] * 11))
    assert (even["expected"], even["difference"]) == (83_33, -3_33)


def test_a_year_that_fell_short():
    # E34: 12,834 of 14,796.
    row = one([14_796], 12_834, after([1.0], 250, 0))
    assert row["difference"] == -1_962
    assert round(100 * (1 - row["attainment"]), 2) == 13.26
    assert row.isna()["needed_per_week"]


def test_the_month_in_course_counts_by_its_working_days():
    # March 2027 has 23 working days; 10 of them are over on Friday the 12th, and no more on the Sunday after.
    for day in (12, 13, 14):
        at = elapsed(CALENDAR, 2027, date(2027, 3, day))
        assert at.parts[:4].tolist() == [1.0, 1.0, 10 / 23, 0.0]
    holiday = FiscalCalendar(1, (date(2027, 3, 1),))
    assert elapsed(holiday, 2027, date(2027, 3, 12)).parts[2] == 9 / 22


def test_before_the_year_there_is_nothing_to_tell_and_after_it_all_is_over():
    with pytest.raises(TrackingError, match="nothing to tell"):
        elapsed(CALENDAR, 2027, date(2026, 12, 31))
    at = elapsed(CALENDAR, 2027, date(2028, 2, 1))
    assert (at.as_of, at.whole, at.days_left) == (date(2027, 12, 31), 12, 0)
    july = elapsed(FiscalCalendar(7), 2020, date(2019, 7, 31))
    assert (july.months[0], july.whole) == ("2019-07", 1)


def test_less_is_better_turns_attainment_round():
    row = paced(np.array([[100, 100]]), np.array([80]), after([1.0, 0.0]), higher_is_better=False).iloc[0]
    assert row["attainment"] == 1.25


@given(
    st.lists(st.integers(0, 10**12), min_size=12, max_size=12),
    st.dates(date(2027, 1, 1), date(2027, 12, 30)), st.integers(0, 30),
)  # fmt: skip
def test_what_is_due_grows_with_the_days_and_ends_at_the_goal(goals, day, more):
    table = np.array([goals])
    first = due(table, elapsed(CALENDAR, 2027, day).parts)[0]
    later = due(
        table, elapsed(CALENDAR, 2027, min(date.fromordinal(day.toordinal() + more), date(2027, 12, 31))).parts
    )
    assert 0 <= first <= later[0] <= sum(goals)
    assert due(table, elapsed(CALENDAR, 2027, date(2027, 12, 31)).parts)[0] == sum(goals)


@given(st.floats(0, 3), st.floats(0.01, 0.9), st.floats(0.01, 0.5))
def test_bands_follow_one_another_without_gap(value, watch, wider):
    ends = Ends(watch + wider, watch)
    order = {"off": 0, "watch": 1, "on track": 2}
    assert order[bands.band(value, ends)] <= order[bands.band(value + 0.1, ends)]


def test_standards_are_those_of_the_role_and_say_so():
    held = Standards("attainment", {"": Ends(), "Account manager": Ends(0.9, 0.8)})
    assert bands.read(bands.body(held)) == held
    assert held.of("Account manager") == Ends(0.9, 0.8)
    assert held.of("Somebody else") == Ends()
    assert held.in_words("Account manager").startswith("On track: result so far, over what was due is 90% or more.")


def test_standards_that_nobody_could_be_held_to_are_refused_with_all_that_is_wrong():
    wrong = replace(Standards(), measure="mood", ends={"Rep": Ends(0.5, 0.9)})
    with pytest.raises(TrackingError) as caught:
        bands.check(wrong)
    assert all(part in str(caught.value) for part in ("'mood'", "no ends for all other roles", "Rep: off below 90%"))
