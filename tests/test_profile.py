"""A goal over the year: typed, even, by working days; and its weeks."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import LedgerError
from planning.goals.editing import profile
from planning.periods import FiscalCalendar
from planning.workbook import goals
from planning.workbook.editing import book, within


def test_parts_that_are_a_hundred_are_taken_though_floats_would_not_add_up():
    # 72.68 + 10.93 + 2.73 + 13.66 is 100.00000000000001 as floats (E13).
    shares = profile.typed([Decimal(each) for each in ("72.68", "10.93", "2.73", "13.66")])
    assert shares.sum() == pytest.approx(1)
    assert shares[0] == pytest.approx(0.7268 / 3)


@pytest.mark.parametrize("parts", [["50", "49"], ["100"], ["120", "-20"], []])
def test_parts_that_are_no_year_are_refused(parts):
    with pytest.raises(LedgerError, match="12, 4 or 2 parts"):
        profile.typed([Decimal(each) for each in parts])


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12), st.integers(1, 12), st.integers(2020, 2030))
def test_weeks_add_up_to_the_months_whatever_the_fiscal_year(amounts, start, year):
    calendar = FiscalCalendar(start, (date(2026, 12, 25),))
    months = pd.Series(amounts, calendar.months(year)[: len(amounts)], dtype="int64")
    found = profile.weeks(calendar, months)
    assert found.sum() == months.sum()
    assert all(date.fromisoformat(week).weekday() == 0 for week in found.index)


def test_a_week_with_a_holiday_has_less():
    calendar = FiscalCalendar(1, (date(2027, 1, 6),))
    found = profile.weeks(calendar, pd.Series([2000], ["2027-01"]))
    assert found["2027-01-04"] * 5 == found["2027-01-11"] * 4


@pytest.mark.parametrize("by", ["even", "working_days", "season"])
def test_a_goal_is_spread_anew_and_everybody_carries_what_they_did(planned, by):
    before = goals.goals(planned)["assigned"]
    products = goals.split(planned, "Harbour Coast", "product")
    table = within.respread(planned, "Harbour Coast", by, "Told so", "planner")
    assert (goals.goals(planned)["assigned"] == before).all()
    assert goals.split(planned, "Harbour Coast", "product").equals(products)
    assert table["before"].sum() == table["after"].sum()
    months = goals.split(planned, "Harbour Coast", "month").set_index("month")["goal"]
    assert (months == table.set_index("month")["after"]).all()
    if by == "even":
        assert months.max() - months.min() < 200
    assert goals.split(planned, "Harbour Coast", "week")["goal"].sum() == months.sum()
    book.undo(planned, "planner")
    assert (goals.split(planned, "Harbour Coast", "month")["goal"].to_numpy() == table["before"].to_numpy()).all()


def test_a_typed_profile_is_met_and_held_goals_are_not_spread(planned):
    parts = [Decimal(each) for each in ("20", "20", "20", "40")]
    within.respread(planned, "Aiko Tanabe", "typed", "As she plans", "planner", parts)
    quarters = goals.split(planned, "Aiko Tanabe", "quarter")["goal"]
    assert np.allclose(quarters / quarters.sum(), [0.2, 0.2, 0.2, 0.4], atol=1e-5)
    book.hold(planned, "Aiko Tanabe", "Settled", "planner")
    with pytest.raises(LedgerError, match="agreed or held do not change: position:Harbour Coast:Aiko Tanabe"):
        within.respread(planned, "Harbour Coast", "even", "x", "planner")
    with pytest.raises(LedgerError, match="no profile 'monthly'"):
        within.respread(planned, "Harbour Coast", "monthly", "x", "planner")
