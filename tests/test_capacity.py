"""Capacity, break-even, and growth and retention in balance: worked examples, and that everything adds up."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.assumptions import capacity, retention
from planning.assumptions.assumption import Assumption
from planning.assumptions.breakeven import break_even
from planning.assumptions.capacity import equivalents, implied_attainment, over_assignment, verdict
from planning.assumptions.kinds import Scene
from planning.assumptions.retention import Class, balance, curve, keeping, what_would_have_to_be_true
from planning.errors import AssumptionError
from planning.history import seats

MONTHS = [f"2027-{month:02}" for month in range(1, 13)]


def made(kind, value, **more):
    return Assumption(kind, Decimal(value), Decimal(value), Decimal(value), "Owner", "Evidence", **more)


def people(heads, ramped=None):
    return pd.DataFrame(
        {"territory": "East", "period": MONTHS, "served": float(heads),
         "ramped": float(heads if ramped is None else ramped)}
    )  # fmt: skip


def carried(heads, worth, *assumptions, ramped=None, time=1.0):
    scene = Scene(MONTHS, heads={"East": heads}, ramp_months=6)
    season = pd.Series(1 / 12, MONTHS)
    return capacity.capacity(people(heads, ramped), pd.Series({"East": worth}), season, assumptions, scene, time)


def test_seven_ramped_and_three_ramping_reps():
    # E35: 7 x 150k x 85% + 3 x 150k x 40%.
    assert equivalents([(7, 1, 0.85), (3, 1, 0.40)]) * 150_000 == pytest.approx(1_072_500)


def test_twenty_five_people_are_fewer_than_nineteen_ramped_ones():
    # E36, and E38: what becomes of them with ramp, attrition and hires.
    ramped = equivalents([(20, 1, 0.85), (5, 0.5, 0.70)])
    assert ramped == 18.75
    table = carried(10, 1_000_000, ramped=ramped)
    assert table["capacity"].sum() == 12 * 18_750_000
    assert ramped + 2.5 - 2.0 + 1.5 == 20.75


def test_attrition_and_development_change_capacity_by_what_the_example_says():
    # E39: 7.0M x 13.5% attrition, seats empty all year and nothing kept; three reps from 60% to 85% of 1.2M.
    lost = made("rep_turnover", "0.135", numbers={"months_to_fill": Decimal(12), "sales_lost": Decimal(1)})
    table = carried(7, 100_000_000 / 12, lost)
    assert table["people"].sum() == pytest.approx(700_000_000, abs=12)
    assert table["rep_turnover"].sum() == pytest.approx(-94_500_000, abs=12)
    gain = (equivalents([(3, 1, 0.85)]) - equivalents([(3, 1, 0.60)])) * 1_200_000
    assert gain == pytest.approx(900_000)


def test_street_quota_and_ramp():
    # E40: 5 reps x 10k; at half their ramp; 800k on a street quota of a million.
    assert carried(5, 1_000_000)["capacity"].iloc[0] == 5_000_000
    assert carried(5, 1_000_000, ramped=2.5)["capacity"].iloc[0] == 2_500_000
    assert over_assignment(800_000, 1_000_000) == (0.8, 1.25)


def test_a_goal_over_what_can_be_carried_is_told():
    # E42: a million of productivity at 85% ramp against a quota of a million.
    assert implied_attainment(0.85 * 5e6, 5e6) == pytest.approx(0.85)
    assert [verdict(each) for each in (0.85, 0.9, 1.15, 1.16, None)] == [
        "over capacity", "in balance", "in balance", "under capacity", "",
    ]  # fmt: skip


def test_hires_are_ramped_and_cuts_are_felt_at_once():
    hired = carried(10, 1_000_000, made("headcount", "2", numbers={"worth": Decimal(1)}))["headcount"]
    assert hired.iloc[0] < hired.iloc[5] <= hired.iloc[11] == 2_000_000
    cut = carried(10, 1_000_000, made("headcount", "-2", numbers={"worth": Decimal(1)}))["headcount"]
    assert (cut == -2_000_000).all()


def test_more_time_for_selling_carries_more_and_what_is_not_about_people_nothing():
    assert carried(4, 1_000_000, time=1.1)["capacity"].sum() == round(1.1 * 48_000_000)
    assert "market_growth" not in carried(4, 1_000_000, made("market_growth", "0.1"))


def test_capacity_against_what_is_asked_adds_up_over_territories_and_months():
    both = pd.concat([carried(4, 1_000_000), carried(2, 900_000).assign(territory="West")])
    asked = both[["territory", "period"]].assign(amount=4_400_000)
    year = capacity.against(both, asked, [])
    for by in (["territory"], ["period"], ["territory", "period"]):
        parts = capacity.against(both, asked, by)
        assert parts["capacity"].sum() == year["capacity"].iloc[0]
        assert parts["asked"].sum() == year["asked"].iloc[0]
    assert year["heads"].iloc[0] == 6
    found = capacity.against(both, asked, ["territory"]).set_index("territory")
    assert found.loc["West", "verdict"] == "over capacity"
    assert found.loc["East", "verdict"] == "in balance"


def test_break_even_in_units_and_revenue():
    # E53: fixed 200,000, profit wanted 100,000, price 75, variable cost 45; and 100,000 / 20, 100,000 / 40%.
    found = break_even(20_000_000, Decimal(30) / 75, 10_000_000, Decimal(3_000))
    assert (found.units, found.units_for_profit, found.revenue_for_profit) == (6_667, 10_000, 75_000_000)
    other = break_even(10_000_000, Decimal("0.4"), unit_margin=Decimal(2_000))
    assert (other.units, other.revenue) == (5_000, 25_000_000)
    assert other.safety(50_000_000) == Decimal("0.5")
    assert other.safety(0) is None


def test_a_margin_that_covers_nothing_is_refused_with_everything_wrong():
    with pytest.raises(AssumptionError) as told:
        break_even(-1, Decimal("-0.1"), unit_margin=Decimal(0))
    assert str(told.value).count("\n") == 3


BANK = [Class("High value", Decimal("0.5"), Decimal("0.17"), Decimal(0)),
        Class("All others", Decimal("0.5"), Decimal("0.17"), Decimal(0))]  # fmt: skip


def test_the_bank_that_wants_to_grow_by_ten_percent_while_seventeen_leave():
    # Balances +10%, attrition 17% on average, every customer of high value kept, no more heads.
    growth, capacity_of_new = Decimal("0.10"), Decimal("0.15")
    now = balance(BANK, growth, capacity_of_new)
    assert (now.lost, now.new) == (Decimal("0.17"), Decimal("0.27"))
    held = keeping(BANK, "High value")
    kept = balance(held, growth, capacity_of_new)
    assert (kept.lost, kept.new) == (Decimal("0.085"), Decimal("0.185"))
    assert not kept.possible
    levers = what_would_have_to_be_true(held, growth, capacity_of_new)
    assert levers["attrition"] == Decimal("0.05")
    assert levers["growth"] == Decimal("0.065")
    assert levers["capacity"] == Decimal("0.185")
    # Each lever, pulled as far as it says, makes it possible, and no less does.
    grown = [Class(each.name, each.share, each.attrition, each.expansion + levers["expansion"]) for each in held]
    assert balance(grown, growth, capacity_of_new).new == pytest.approx(capacity_of_new)
    assert balance(held, levers["growth"], capacity_of_new).possible
    assert not balance(held, levers["growth"] + Decimal("0.001"), capacity_of_new).possible


def test_the_curve_trades_attrition_for_new_business():
    table = curve(BANK, Decimal("0.10"), Decimal("0.15"))
    assert (table["attrition"].iloc[0], table["new"].iloc[0]) == (pytest.approx(0.17), pytest.approx(0.27))
    assert (table["attrition"].iloc[-1], table["new"].iloc[-1]) == (0, pytest.approx(0.10))
    assert table["new"].is_monotonic_decreasing
    assert not table["possible"].iloc[0]
    assert table["possible"].iloc[-1]


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100), st.integers(-50, 50)), min_size=1, max_size=5),
       st.integers(-20, 50))  # fmt: skip
def test_what_leaves_what_stays_and_what_is_new_add_up_to_the_growth(rows, growth):
    total = sum(share for share, _, _ in rows)
    classes = [Class(str(place), Decimal(share) / total, Decimal(out) / 100, Decimal(more) / 100)
               for place, (share, out, more) in enumerate(rows)]  # fmt: skip
    found = retention.balance(classes, Decimal(growth) / 100, Decimal(0))
    assert float(found.expanded + found.new - found.lost) == pytest.approx(growth / 100, abs=1e-9)


def test_shares_that_do_not_make_up_a_whole_are_refused():
    with pytest.raises(AssumptionError, match=r"add up to 50\.0%"):
        balance(BANK[:1], Decimal(0), Decimal(0))


def test_each_rep_is_drawn_towards_the_others_by_how_much_months_swing(history_of):
    def sold(rep, month, amount):
        return {"order_id": f"{rep}{month}", "line": 1, "date": f"2026-{month:02}-15", "rep": rep,
                "territory": "East", "product": "Bike", "quantity": 1, "amount": amount, "cost": 0}  # fmt: skip

    steady = [sold("Ann", month, 1_000) for month in range(1, 13)] + [
        sold("Ben", month, 3_000) for month in range(1, 13)
    ]
    swings = [sold("Cleo", month, 4_000 * (month % 2)) for month in range(1, 13)]
    people = [{"rep": name, "hired": "2020-01-01"} for name in ("Ann", "Ben", "Cleo")]
    people.append({"rep": "Dee", "hired": "2026-12-31"})
    placed = [{"rep": each["rep"], "territory": "East", "effective_from": each["hired"]} for each in people]
    months = [f"2026-{month:02}" for month in range(1, 13)]
    products = [{"product": "Bike", "product_line": "Bikes"}]
    with history_of(orders=steady + swings, people=people, assignments=placed, products=products) as history:
        found = seats.of_each(history, months, 6).set_index("rep")
    assert found.loc[["Ann", "Ben", "Cleo"], "own"].tolist() == [1_000, 3_000, 2_000]
    assert 1_000 < found.loc["Ann", "drawn"] < 1_700
    assert 2_300 < found.loc["Ben", "drawn"] < 3_000
    # Who has served but a day and is not ramped at all is taken to sell what the others do.
    assert found.loc["Dee", "drawn"] == pytest.approx(2_000, rel=0.05)
    with history_of(orders=steady, people=people, assignments=placed, products=products) as history:
        sure = seats.of_each(history, months, 6).set_index("rep")
    # Months that never swing leave everybody as they are.
    assert sure.loc[["Ann", "Ben"], "drawn"].tolist() == [1_000, 3_000]
