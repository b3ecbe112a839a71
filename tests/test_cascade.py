from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import AllocationError, LedgerError
from planning.goals import ledger, owners
from planning.goals.setting import baseline, cascade, methods
from planning.goals.setting.cascade import LEVELS, Step
from planning.periods import FiscalCalendar

JULY = FiscalCalendar(7)
MONTHS = JULY.months(2021)
EVEN = pd.DataFrame(np.ones((1, 12)) / 12, index=[""])


def result(
    rep, territory="Canada", product="Bikes", amount=1200, holder="", month="2019-07", year=2020, channel="Shop",
    one_off=0, now="", now_holder="",
):  # fmt: skip
    return dict(rep=rep, holder=holder, territory=territory, product=product, channel=channel, month=month, year=year,
                one_off=one_off, now=now or territory, now_holder=now_holder, amount=amount)  # fmt: skip


def steps_of(rows, here, assignments=()):
    results = pd.DataFrame(rows)
    assigned = pd.DataFrame(assignments, columns=["territory", "rep"])
    places = baseline.positions(results, assigned, here)
    return {(step.step, step.reason): step for step in baseline.baseline(results, places, EVEN, JULY, 2021)}, places


def test_orders_that_will_not_come_again_are_taken_out_where_they_came_and_stay_in_last_years_result():
    rows = [result("Ana"), result("Ana", amount=600, one_off=1), result("Gone", amount=240, holder="Ana", one_off=1),
            result("Ben")]  # fmt: skip
    steps, _ = steps_of(rows, ["Ana", "Ben"])
    sums = {step.step: step.cells.groupby("rep")["amount"].sum().to_dict() for step in steps.values()}
    assert sums == {
        "last_year": {"Ana": 1800, "Ben": 1200},
        "taken_over": {"Ana": 240},
        "one_off": {"Ana": -840},
    }
    assert [step for step, _ in steps][-1] == "one_off"


def test_an_account_that_moved_carries_its_history_to_the_territory_it_belongs_to_now():
    rows = [
        result("Ana", amount=1000), result("Ana", amount=300, now="Peru", now_holder="Eva"),
        result("Ana", amount=90, now="Peru"), result("Ana", amount=30, now="Peru", now_holder="Eva", one_off=1),
        result("Eva", territory="Peru", amount=200), result("Leo", territory="Peru", amount=100),
    ]  # fmt: skip
    steps, _ = steps_of(rows, ["Ana", "Eva", "Leo"])
    sums = {step.step: step.cells.groupby(["territory", "rep"])["amount"].sum().to_dict() for step in steps.values()}
    # 60 of the 90 that nobody has served in Peru yet go to Eva, who sold twice what Leo did there.
    assert sums["moved_account"] == {("Canada", "Ana"): -420, ("Peru", "Eva"): 390, ("Peru", "Leo"): 30}
    assert sums["one_off"] == {("Peru", "Eva"): -30}
    assert sums["last_year"] == {("Canada", "Ana"): 1420, ("Peru", "Eva"): 200, ("Peru", "Leo"): 100}


def test_a_year_is_spread_by_the_season_of_its_product():
    annual = pd.DataFrame([("Canada", "Ana", "Bikes", "", 1000), ("Canada", "Ana", "Helmets", "", 101)],
                          columns=["territory", "rep", "product", "channel", "amount"])  # fmt: skip
    season = [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0, 0, 0, 0, 0]
    profiles = pd.DataFrame([season, [1 / 12] * 12], index=["Bikes", ""])
    spread = cascade.by_month(annual, profiles, MONTHS)
    bikes = spread[spread["product"] == "Bikes"].set_index("period")["amount"]
    assert (bikes["2020-07"], bikes["2020-08"], bikes["2021-06"]) == (400, 100, 0)
    assert spread.groupby("product")["amount"].sum().to_dict() == {"Bikes": 1000, "Helmets": 101}


def test_last_year_counts_for_whoever_sold_it():
    steps, _ = steps_of([result("Ana", amount=500), result("Ben", amount=700)], ["Ana", "Ben"])
    assert list(steps) == [("last_year", "Result of FY2020")]
    sums = steps["last_year", "Result of FY2020"].cells.groupby("rep")["amount"].sum()
    assert sums.to_dict() == {"Ana": 500, "Ben": 700}


def test_accounts_of_a_leaver_go_to_who_serves_them_now():
    rows = [result("Gone", amount=900, holder="Ben"), result("Ana", amount=500), result("Ben", amount=100)]
    steps, _ = steps_of(rows, ["Ana", "Ben"])
    taken = steps["taken_over", "Accounts of Gone, who left"].cells.groupby("rep")["amount"].sum()
    assert taken.to_dict() == {"Ben": 900}


def test_accounts_that_nobody_serves_are_shared_by_what_the_others_sold():
    rows = [result("Gone", amount=901), result("Ana", amount=500), result("Ben", amount=1000)]
    steps, _ = steps_of(rows, ["Ana", "Ben"])
    taken = steps["taken_over", "Accounts of Gone, who left"].cells.groupby("rep")["amount"].sum()
    assert taken.to_dict() == {"Ana": 300, "Ben": 601}


def test_a_territory_with_nobody_left_keeps_its_number_on_its_own_account():
    rows = [result("Gone", "Peru", amount=901), result("Ana", amount=500)]
    steps, _ = steps_of(rows, ["Ana"])
    entries = cascade.as_entries(list(steps.values()))
    assert entries.groupby("owner")["amount"].sum()["territory:Peru"] == 901


def test_a_month_that_is_not_in_yet_is_taken_from_a_year_before_and_said_so():
    rows = [result("Ana", amount=500), result("Ana", amount=70, month="2019-06", year=2019)]
    steps, _ = steps_of(rows, ["Ana"])
    reason = next(reason for step, reason in steps if step == "completion")
    assert reason == "FY2020 made whole: 2020-06 as a year before"
    assert sum(int(step.cells["amount"].sum()) for step in steps.values()) == 570


def test_someone_assigned_without_sales_holds_a_position_and_someone_who_left_none():
    _, places = steps_of([result("Gone"), result("Ana")], ["Ana", "New"], [("Peru", "New"), ("Peru", "Gone")])
    assert places.to_dict("records") == [
        {"territory": "Canada", "rep": "Ana"},
        {"territory": "Peru", "rep": "New"},
    ]


cells_strategy = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from("xyz"), st.sampled_from(["Bikes", "Helmets"]),
        st.sampled_from(["", "Web"]), st.sampled_from(MONTHS), st.integers(-10**6, 10**9),
    ),
    min_size=1, max_size=60, unique_by=lambda cell: cell[:5],
).filter(lambda cells: any(cell[5] > 0 for cell in cells))  # fmt: skip


@given(st.integers(-(10**12), 10**12), cells_strategy)
@settings(max_examples=100, deadline=None)
def test_a_cascade_adds_up_at_every_level_within_a_unit_of_its_share(total, raw):
    cells = pd.DataFrame(raw, columns=[*LEVELS, "weight"])
    parts = cascade.cascade(total, cells, "weight")
    assert parts["amount"].sum() == total
    shares = cells.assign(weight=cells["weight"].clip(lower=0)).groupby("territory")["weight"].sum()
    exact = float(total) * (shares / shares.sum())
    got = parts.groupby("territory")["amount"].sum()
    assert (np.abs(got - exact) <= 1 + 1e-9 * np.abs(exact)).all()
    shuffled = cascade.cascade(total, cells.sample(frac=1, random_state=0), "weight")
    assert parts.equals(shuffled)


def test_ambition_brings_the_expected_result_to_the_goal():
    steps, places = steps_of([result("Ana", amount=500), result("Ben", "Peru", amount=701)], ["Ana", "Ben"])
    asked = methods.handed_out(
        list(steps.values()), 1500, {"expected": Decimal(1)}, {}, "Board", "set by the planner"
    )
    entries = cascade.as_entries([*steps.values(), *asked])
    territories = pd.DataFrame({"territory": ["Canada", "Peru"], "region": [None, None]})
    tree = owners.build(territories, places, "Acme")
    posted = pd.concat([each.entries for each in ledger.place(entries, "plan", "me")])
    told = ledger.assigned(tree, posted).set_index("name")["assigned"]
    assert told["Acme"] == told["Canada"] + told["Peru"] == 1500
    assert list(ledger.explain(tree, posted, "Ana")["step"]) == ["last_year", "ambition"]


def test_a_goal_of_nothing_is_refused():
    step = Step(
        "last_year", "", "", pd.DataFrame([("A", "x", "Bikes", "", "2020-07", 10)], columns=[*LEVELS, "amount"])
    )
    with pytest.raises(LedgerError, match="not above zero"):
        methods.handed_out([step], 0, {"expected": Decimal(1)}, {}, "", "")


def test_nothing_to_split_by_is_refused_with_the_amount():
    cells = pd.DataFrame([("A", "x", "Bikes", "", "2020-07", -5)], columns=[*LEVELS, "amount"])
    with pytest.raises(AllocationError, match="100 to split"):
        cascade.cascade(100, cells, "amount")


def test_a_year_that_the_history_tells_in_part_says_from_when():
    steps, _ = steps_of([result("Ana", amount=500, month="2019-10")], ["Ana"])
    assert list(steps) == [("last_year", "Result of FY2020, from 2019-10 on")]
