"""While a year runs: which year one stands in, and what its goals rest on."""

import shutil

import pytest

from planning.forms.page import Page
from planning.forms.past import ahead
from planning.history import results
from planning.periods import FiscalCalendar
from planning.workbook import goals, start
from planning.workbook.expected import simulation
from planning.workbook.ground import begun_until
from planning.workbook.place import stand


def bring(workspace, month):
    start.sample(str(workspace), lambda _: None, through=month)
    return stand(str(workspace))


def told(outlook):
    return outlook.table().to_dict("records"), outlook.places.to_dict("records"), outlook.baseline.to_dict("records")


def test_the_year_in_course_is_stood_in_until_it_is_told_whole_and_its_outlook_stays(planned):
    workspace, before = planned.settings.workspace, told(goals.outlook(planned))
    cases = simulation.past(planned)

    spring = bring(workspace, "2027-04")
    assert (spring.year, begun_until(spring)) == (2027, "2027-04")
    assert told(goals.outlook(spring)) == before
    assert "results are in to Apr 2027" in ahead.rests_on(Page(spring, "1_history.ipynb"))[0]
    assert stand(str(workspace), year=2028).year == 2028

    whole = bring(workspace, "2027-12")
    again = stand(str(workspace), year=2027)
    assert whole.year == 2028
    assert told(goals.outlook(again)) == before
    assert simulation.past(again) == cases


def test_a_year_without_goals_is_not_stood_in_though_it_has_begun(sample_company, tmp_path):
    shutil.copytree(sample_company, tmp_path / "workspace")
    assert bring(tmp_path / "workspace", "2027-01").year == 2028


ORDER = {"line": 1, "rep": "Ana", "territory": "North", "product": "Lamp", "quantity": 1, "amount": 100}


@pytest.mark.parametrize(
    ("last", "whole"),
    [("2026-12-28", False), ("2026-12-29", True), ("2026-12-31", True), ("2027-01-04", True), ("2026-11-30", False)],
)
def test_a_month_is_told_whole_once_something_of_its_last_three_working_days_is_in(history_of, last, whole):
    history = history_of(orders=[{**ORDER, "order_id": "1", "date": last}])
    assert results.is_complete(history, FiscalCalendar(1), "2026-12") is whole
