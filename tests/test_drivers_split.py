"""The split by drivers: shares by weighted metrics, exact at every level; what degrades is told."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import AllocationError
from planning.goals.setting.drivers import Driver, split, within

PEOPLE = pd.DataFrame({"region": ["East"] * 2 + ["West"] * 3, "rep": ["A1", "A2", "B1", "B2", "B3"]})
VALUES = pd.DataFrame({"hist": [300, 100, 400, 0, 200], "seats": [100, 300, 50, 0, 550]})
HIST, SEATS = Driver("hist"), Driver("seats", weight=Decimal("0.5"))
MILLION = 1_000_000_00


def goals(found):
    return found.leaves["goal"].tolist()


def told(found, what):
    return found.notes.loc[found.notes["what"] == what, "where"].tolist()


def test_who_has_no_history_gets_an_equal_share_of_the_team():
    # E63
    found = split(MILLION, PEOPLE, VALUES, [HIST])
    assert found.levels["region"]["goal"].tolist() == [400_000_00, 600_000_00]
    assert goals(found) == [300_000_00, 100_000_00, 266_666_67, 200_000_00, 133_333_33]
    assert told(found, "newcomer") == ["West / B2"]


def test_or_nothing_where_that_is_the_rule():
    # E64
    found = split(MILLION, PEOPLE, VALUES, [HIST], newcomers="none")
    assert goals(found) == [300_000_00, 100_000_00, 400_000_00, 0, 200_000_00]
    assert found.notes["says"].tolist() == ["Has no value above zero in any driver, and gets nothing."]


def test_or_the_average_of_the_team_which_is_then_asked_for_more():
    found = split(1_300_00, PEOPLE, VALUES, [HIST], newcomers="average")
    # 400 and 200 are known in the West, so B2 counts 300, and the West 900 of 1,300.
    assert goals(found) == [300_00, 100_00, 400_00, 300_00, 200_00]


def test_another_metric_gives_another_split():
    # E65
    found = goals(split(MILLION, PEOPLE, VALUES, [SEATS]))
    assert found == [100_000_00, 300_000_00, 33_333_33, 200_000_00, 366_666_67]


def test_weights_and_over_assignment_by_level_to_the_cent():
    # E66
    over = {"company": Decimal("0.05"), "region": Decimal("0.05")}
    found = split(MILLION, PEOPLE, VALUES, [HIST, SEATS], over_assignment=over)
    assert found.levels["region"]["assigned"].tolist() == [420_000_00, 630_000_00]
    assert found.leaves["assigned"].tolist() == [257_250_00, 183_750_00, 208_250_00, 220_500_00, 232_750_00]
    assert found.leaves["assigned"].sum() == 1_102_500_00
    assert found.leaves["goal"].sum() == MILLION


def test_weights_count_by_their_part_of_all_weights():
    # E61: 1, .98, .4 and .067 are 40.9, 40.1, 16.3 and 2.7 percent; 1, .5 and 0 are two thirds, a third and nothing.
    people = pd.DataFrame({"rep": list("abcd")})
    values = pd.DataFrame(np.eye(4), columns=list("abcd"))
    drivers = [Driver(name, weight=Decimal(w)) for name, w in zip("abcd", ("1", ".98", ".4", ".067"), strict=True)]
    assert goals(split(2447, people, values, drivers)) == [1000, 980, 400, 67]
    drivers = [Driver(name, weight=Decimal(w)) for name, w in zip("abc", ("1", ".5", "0"), strict=True)]
    assert goals(split(300, people[:3], values[:3], drivers, newcomers="none")) == [200, 100, 0]


def test_over_assignment_compounds_by_level():
    # E62: 5% on five levels is 1.2763; 10% and 5% on two are 1.155.
    names = ["a", "b", "c", "d", "e"]
    chain = pd.DataFrame([names], columns=names)
    over = dict.fromkeys(["company", *names[:-1]], Decimal("0.05"))
    found = split(100_000_000, chain, pd.DataFrame({"hist": [1]}), [HIST], over_assignment=over)
    assert (goals(found), found.leaves["assigned"].tolist()) == ([100_000_000], [127_628_156])
    over = {"company": Decimal("0.1"), "region": Decimal("0.05")}
    found = split(MILLION, PEOPLE, VALUES, [HIST], over_assignment=over)
    assert found.leaves["assigned"].sum() == 1_155_000_00


def test_held_and_fixed_goals_stay_and_the_rest_is_shared_by_what_there_was():
    # E1, E2 with the figure that adds up, and E3.
    months = pd.DataFrame({"month": ["Jan", "Feb", "Mar"]})
    values = pd.DataFrame({"hist": [10, 20, 30]})
    low, high = within(np.array([10, 20, 30]), fixed={1: 20})
    assert goals(split(100, months, values, [HIST], lower=low, upper=high)) == [20, 20, 60]
    low, high = within(np.array([10, 20, 30]), fixed={0: 20})
    assert goals(split(60, months, values, [HIST], lower=low, upper=high)) == [20, 16, 24]
    assert goals(split(2000, months[:2], pd.DataFrame({"hist": [75, 25]}), [HIST])) == [1500, 500]


def test_bounds_hold_at_every_level_and_those_that_bite_are_told():
    had = np.array([200_00, 200_00, 200_00, 200_00, 200_00])
    low, high = within(had, Decimal("-0.1"), Decimal("0.25"))
    found = split(1_000_00, PEOPLE, VALUES, [HIST], lower=low, upper=high)
    assert found.leaves["goal"].between(180_00, 250_00).all()
    assert found.leaves["goal"].sum() == 1_000_00
    assert told(found, "lower bound") == ["East / A2", "West / B3"]
    assert told(found, "upper bound") == ["East / A1", "West / B1"]
    with pytest.raises(AllocationError, match=r"company: upper bounds add up to 125,000, 25,000 short of 150,000"):
        split(1_500_00, PEOPLE, VALUES, [HIST], lower=low, upper=high)


def test_growth_bounds_are_whole_and_never_past_the_growth():
    low, high = within(np.array([333, 0, 10**15]), Decimal("-0.1"), Decimal("0.1"), {})
    assert low.tolist() == [300, 0, 9 * 10**14]
    assert high.tolist() == [366, np.inf, 11 * 10**14]


def test_an_empty_value_counts_as_the_average_of_the_siblings_and_zero_as_zero():
    people = pd.DataFrame({"rep": list("abc")})
    empty = pd.DataFrame({"hist": [300, np.nan, 100], "seats": [1, 1, 1]})
    found = split(900, people, empty, [HIST, Driver("seats")])
    assert goals(found) == [375, 300, 225]
    assert found.notes[["what", "where", "driver"]].values.tolist() == [["no value", "b", "hist"]]
    zero = split(900, people, empty.fillna(0), [HIST, Driver("seats")])
    assert goals(zero) == [488, 150, 262]
    assert zero.notes.empty


def test_a_team_without_any_value_counts_as_the_average_team():
    people = pd.DataFrame({"team": ["x", "x", "y", "y", "z"], "rep": list("abcde")})
    values = pd.DataFrame({"hist": [np.nan, np.nan, 10, 30, 20], "seats": [1, 3, 2, 2, 4]})
    found = split(900, people, values, [HIST, Driver("seats")])
    # By hist 30, 40 and 20 of 90: x has none, so it counts as the average of 40 and 20; by seats 4, 4 and 4.
    assert found.levels["team"]["goal"].tolist() == [300, 350, 250]
    assert told(found, "silent") == ["x"]
    assert goals(found)[:2] == [75, 225]


def test_less_is_better_draws_goal_by_reciprocals_whatever_the_size_of_the_team():
    people = pd.DataFrame({"team": ["x", "x", "y"], "rep": list("abc")})
    days = pd.DataFrame({"cycle": [30, 60, 60]})
    found = split(400, people, days, [Driver("cycle", higher_is_better=False)])
    assert goals(found) == [200, 100, 100]
    zero = split(400, people, pd.DataFrame({"cycle": [0, 60, 60], "n": [1, 1, 1]}),
                 [Driver("cycle", higher_is_better=False), Driver("n", weight=Decimal(1))])  # fmt: skip
    # The zero counts as 30: half the smallest that anybody has.
    assert zero.levels["team"]["goal"].tolist() == [283, 117]
    assert told(zero, "zero") == ["x / a"]


def test_what_says_nothing_is_told_and_splits_evenly():
    people = pd.DataFrame({"team": ["x", "x", "y", "y"], "rep": list("abcd")})
    values = pd.DataFrame({"hist": [0, 0, 0, 0], "seats": [0, 0, 0, 0]})
    found = split(402, people, values, [HIST, SEATS], newcomers="none")
    assert goals(found) == [101, 100, 101, 100]
    assert told(found, "even") == ["company", "x", "y"]
    assert told(found, "newcomer") == ["x / a", "x / b", "y / c", "y / d"]
    some = split(402, people, values.assign(seats=[3, 1, 0, 0]), [HIST, SEATS])
    assert goals(some) == [302, 100, 0, 0]
    assert told(some, "no share") == ["y"]


def test_a_vacancy_takes_its_share_and_is_told():
    people = PEOPLE.assign(rep=["A1", "", "B1", "B2", None])
    found = split(MILLION, people, VALUES, [HIST])
    assert goals(found) == goals(split(MILLION, PEOPLE, VALUES, [HIST]))
    assert told(found, "no owner") == ["East / ", "West / "]


def test_each_given_total_is_split_by_itself():
    grid = PEOPLE.merge(pd.DataFrame({"quarter": ["Q1", "Q2"]}), how="cross")
    grid = grid.assign(product="Bikes")[["product", "quarter", "region", "rep"]]
    values = VALUES.loc[VALUES.index.repeat(2)].reset_index(drop=True)
    wanted = pd.Series({("Q2", "Bikes"): 500, ("Q1", "Bikes"): 1_001})
    wanted.index.names = ["quarter", "product"]
    found = split(wanted, grid, values, [HIST, SEATS], over_assignment={"product": Decimal("0.1")})
    sums = found.leaves.groupby("quarter")[["goal", "assigned"]].sum()
    assert sums.to_numpy().tolist() == [[1_001, 1_101], [500, 550]]
    one = split(1_001, PEOPLE, VALUES, [HIST, SEATS])
    assert found.leaves.loc[found.leaves["quarter"] == "Q1", "goal"].tolist() == goals(one)
    missing = pd.Series({"Q1": 1, "Q3": 2}).rename_axis("quarter")
    with pytest.raises(AllocationError, match=r"(?s)Q3 has 2 to split and nobody to carry it.*Q2 has no total"):
        split(missing, grid, values, [HIST])


def test_a_leaf_that_is_there_twice_is_refused():
    twice = pd.concat([PEOPLE, PEOPLE.iloc[[3]]])
    with pytest.raises(AllocationError, match="West / B2"):
        split(100, twice, pd.concat([VALUES, VALUES.iloc[[3]]]), [HIST])


def test_all_that_cannot_be_used_is_named_at_once():
    bad = VALUES.assign(hist=[-1, np.inf, 1, 1, 1])
    drivers = [HIST, Driver("heads"), Driver("seats", weight=Decimal(-1))]
    with pytest.raises(AllocationError) as told_at_once:
        split(-5, PEOPLE, bad, drivers, newcomers="some", over_assignment={"rep": Decimal("0.1")})
    said = str(told_at_once.value)
    for part in (
        "a total of -5",
        "'rep'",
        "'some'",
        "seats: a weight of -1",
        "'heads'",
        "row 0 is -1.0",
        "row 1 is inf",
    ):
        assert part in said
    with pytest.raises(AllocationError, match="six decimals"):
        split(5, PEOPLE, VALUES, [HIST], over_assignment={"region": Decimal("0.12345678")})


@st.composite
def companies(draw):
    size = draw(st.integers(1, 30))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    tree = pd.DataFrame({
        "region": random.integers(0, 3, size).astype(str),
        "team": random.integers(0, 4, size).astype(str),
        "rep": [f"r{i}" for i in range(size)],
    })  # fmt: skip
    values = pd.DataFrame(random.integers(0, 50, (size, 3)), columns=["a", "b", "c"]).astype(float)
    values = values.mask(random.random((size, 3)) < draw(st.sampled_from([0, 0.3, 0.9])))
    values = values.where(random.random((size, 3)) > draw(st.sampled_from([0, 0.5])), 0.0)
    drivers = [Driver("a", weight=Decimal(draw(st.integers(1, 3)))), Driver("b", False), Driver("c")]
    return tree, values, drivers, draw(st.integers(0, 10**12)), draw(st.sampled_from(["equal", "none", "average"]))


@given(companies())
@settings(max_examples=60, deadline=None)
def test_every_parent_is_the_sum_of_its_children_and_the_order_of_rows_moves_only_what_is_tied(case):
    tree, values, drivers, total, newcomers = case
    over = {"company": Decimal("0.05"), "team": Decimal("0.1")}
    found = split(total, tree, values, drivers, newcomers, over)
    assert found.leaves["goal"].sum() == total
    assert (found.leaves["goal"] >= 0).all()
    by_team = found.leaves.groupby(["region", "team"], sort=False)["goal"].sum()
    levels = found.levels["team"].set_index(["region", "team"])["goal"]
    assert by_team.sort_index().equals(levels.sort_index())
    assert levels.groupby("region").sum().to_dict() == found.levels["region"].set_index("region")["goal"].to_dict()
    mixed = np.random.default_rng(1).permutation(len(tree))
    again = split(total, tree.iloc[mixed], values.iloc[mixed], drivers, newcomers, over)
    assert again.leaves["goal"].sum() == total
    gap = (again.leaves["goal"].reindex(tree.index) - found.leaves["goal"]).abs()
    assert gap.max() <= 3
    assert sorted(again.notes["where"]) == sorted(found.notes["where"])


@given(companies(), st.lists(st.integers(0, 10**6), min_size=30, max_size=30))
@settings(max_examples=60, deadline=None)
def test_inside_bounds_nobody_is_beyond_them_and_nothing_is_lost(case, had):
    tree, values, drivers, _, newcomers = case
    before = np.array(had[: len(tree)])
    low, high = within(before, Decimal("-0.2"), Decimal("0.2"))
    high = np.where(np.isinf(high), 10**6, high)
    total = int((low.sum() + high.sum()) // 2)
    found = split(total, tree, values, drivers, newcomers, lower=low, upper=high)
    assert found.leaves["goal"].sum() == total
    assert (found.leaves["goal"] >= low).all()
    assert (found.leaves["goal"] <= high).all()


@given(companies())
@settings(max_examples=40, deadline=None)
def test_over_assigned_numbers_depend_on_the_depth_alone(case):
    tree, values, drivers, total, newcomers = case
    found = split(total, tree, values, drivers, newcomers, {"company": Decimal("0.1"), "region": Decimal("0.05")})
    leaves = found.leaves
    assert (leaves["assigned"] - leaves["goal"] * 1.155).abs().max() <= 4
