"""Who is how far, when parts of a goal were passed, and how own numbers of past years came out."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

from planning.errors import HistoryError
from planning.forms import page
from planning.forms.track import board
from planning.history import days
from planning.history.attainment import attainment
from planning.history.engine import open_history
from planning.store import bottom as store
from planning.store.people import Person
from planning.tracking.milestones import passed
from planning.workbook import start
from planning.workbook.place import plan, stand
from planning.workbook.setting import bottom
from planning.workbook.setting.bias import bias
from planning.workbook.tracking.milestones import leaderboard


def came(*amounts):
    days = [f"2027-01-{day:02d}" for day in range(1, len(amounts) + 1)]
    return pd.DataFrame({"name": "Ana", "day": days, "amount": amounts})


def test_a_part_is_passed_on_the_day_that_the_sum_reaches_it():
    found = passed(came(49, 1, 40, 10), pd.Series({"Ana": 100})).loc["Ana"]
    assert found.tolist() == ["2027-01-02", "2027-01-03", "2027-01-04"]


def test_what_was_passed_and_lost_again_by_a_return_is_not_passed_until_it_comes_back():
    found = passed(came(60, -20, 5, 10), pd.Series({"Ana": 100})).loc["Ana"]
    assert found["half"] == "2027-01-04"
    assert found[["nine_tenths", "whole"]].isna().all()


def test_who_sold_nothing_or_has_no_goal_passed_nothing():
    found = passed(came(5), pd.Series({"Ana": 0, "Ben": 100}))
    assert found.isna().all(axis=None)


@pytest.fixture(scope="module")
def spring(planned_company, tmp_path_factory):
    """Take the planned sample company to the end of March."""
    workspace = tmp_path_factory.mktemp("march") / "workspace"
    shutil.copytree(planned_company, workspace)
    start.sample(str(workspace), lambda _: None, "2027-03")
    return stand(str(workspace), 2027)


def test_a_leaderboard_is_in_the_order_of_what_was_reached(spring):
    table = leaderboard(spring)
    assert table["reached"].is_monotonic_decreasing
    assert table["place"].iloc[0] == 1
    assert len(table) > 30
    half = table["reached"] >= 0.5
    assert table.loc[~half, "half"].isna().all()
    with open_history(spring.settings) as history, pytest.raises(HistoryError, match="does not come day by day"):
        days.by_rep(history, "win_rate", "2027-01-01", "2027-03-31")


def test_a_rep_sees_their_own_place_beside_all_others_together(spring):
    name = str(leaderboard(spring)["name"].iloc[3])
    mine = leaderboard(replace(spring, person=Person("me", name, "rep")))
    assert set(mine["name"]) <= {name, "All others"}
    assert mine.set_index("name")["place"].isna().to_dict() == {name: False, "All others": True}
    assert name in set(mine["name"])


def test_the_page_shows_what_is_ones_business_and_counts_who_passed_what(spring, monkeypatch):
    here = page.open_page("8_tracking", str(spring.settings.workspace), 2027, "", "")
    shown = board._leaders(here, "revenue")
    table = leaderboard(spring)
    assert f"of {len(table)} in view: 50% by {table['half'].notna().sum() or 'nobody'}, " in shown[0].markup
    assert all(f"{part} passed" in shown[1].markup for part in ("50%", "90%", "100%"))
    first, second = table["name"].iloc[:2]
    assert shown[1].markup.index(first) < shown[1].markup.index(second)
    own = board._leaders(replace(here, context=replace(spring, person=Person("me", second, "rep"))), "revenue")
    assert second in own[1].markup
    assert not any(name in own[1].markup for name in table["name"] if name != second)
    assert ">Place<" in shown[1].markup
    assert ">Place<" not in own[1].markup


def test_own_numbers_of_past_years_are_held_against_what_came_of_them(planned):
    with open_history(planned.settings) as history:
        sold = attainment(history, planned.calendar, "revenue", ["rep"], "2026-01", "2026-12").set_index("rep")[
            "result"
        ]
    rep, other = "Aiko Tanabe", "Luis Ortega"
    assert bias(planned).empty
    with plan(planned.settings) as database, database.writing() as connection:
        store.keep_own(connection, 2026, "Anywhere", rep, int(sold[rep]) * 2 // 3, "Accounts", rep)
        store.keep_own(connection, 2026, "Anywhere", other, int(sold[other]) * 2, "Accounts", other)
        store.keep_own(connection, 2027, "Anywhere", other, 1, "Not told yet", other)
    found = bias(planned).set_index("rep")
    assert found.loc[rep, "quotient"] == pytest.approx(1.5, abs=1e-4)
    assert found.loc[other, "quotient"] == pytest.approx(0.5, abs=1e-4)
    assert found.loc[other, "years"] == 1
    told = bottom.reconciled(planned).positions.set_index("rep")["before"]
    assert told[rep] == pytest.approx(1.5, abs=1e-4)
    seen = bias(replace(planned, person=Person("aiko", rep, "rep")))
    assert list(seen["rep"]) == [rep]
