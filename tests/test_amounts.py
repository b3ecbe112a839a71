import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.amounts import LARGEST, apportion, settle, to_major, to_minor
from planning.errors import AllocationError

weights_strategy = st.lists(
    st.floats(0, 1e12, allow_nan=False).map(lambda w: 0.0 if w < 1e-9 else w), min_size=1, max_size=40
).filter(lambda w: sum(w) > 0)


# Worked examples from the field: seats by population, units, tyres, breakback with a hold.
def test_sixty_seats_follow_the_largest_remainders():
    people = [630560, 475327, 432879, 353523, 331589, 278514, 236841, 206236, 179570, 141822, 85533, 70835]
    people += [68705, 68446, 55540]
    assert apportion(60, people).tolist() == [11, 8, 7, 6, 6, 5, 4, 3, 3, 2, 1, 1, 1, 1, 1]


def test_rounding_each_part_alone_would_lose_a_unit_but_the_split_does_not():
    assert apportion(4000, [1.1875, 1.8125, 0.46875, 0.53125]).tolist() == [1188, 1812, 469, 531]


def test_a_held_month_stays_and_the_others_share_the_rest():
    assert apportion(100, [10, 20, 30], [0, 20, 0], [100, 20, 100]).tolist() == [20, 20, 60]
    assert apportion(60, [10, 20, 30], [20, 0, 0], [20, 60, 60]).tolist() == [20, 16, 24]


def test_growth_is_shared_in_proportion_to_what_members_hold():
    assert apportion(2000, [75, 25]).tolist() == [1500, 500]


def test_seasonal_indices_spread_a_year():
    assert apportion(1100, [0.8, 1.4, 1.2, 0.6]).tolist() == [220, 385, 330, 165]


@pytest.mark.parametrize("total", [0, 1, -1, 2, 10**15, -(10**15)])
def test_three_equal_parts_take_any_total(total):
    parts = apportion(total, [1, 1, 1])
    assert parts.sum() == total
    assert parts.max() - parts.min() <= 1


@given(st.integers(-(10**13), 10**13), weights_strategy)
@settings(max_examples=500, deadline=None)
def test_parts_add_up_and_lie_within_a_unit_of_their_share(total, weights):
    parts = apportion(total, weights)
    assert parts.sum() == total
    exact = total * (np.array(weights) / sum(weights))
    assert (np.abs(parts - exact) <= 1 + 1e-9 * np.abs(exact)).all()
    assert (parts == -apportion(-total, weights)).all()
    assert (parts[np.array(weights) == 0] == 0).all()


@given(st.integers(-LARGEST, LARGEST), weights_strategy)
@settings(max_examples=300, deadline=None)
def test_huge_totals_lose_no_unit(total, weights):
    assert int(apportion(total, weights).sum()) == total


@st.composite
def bounded_groups(draw):
    groups, totals, weights, lows, highs = [], [], [], [], []
    for group in range(draw(st.integers(1, 6))):
        size = draw(st.integers(1, 12))
        low = draw(st.lists(st.integers(-1000, 1000), min_size=size, max_size=size))
        room = draw(st.lists(st.integers(0, 2000), min_size=size, max_size=size))
        high = [a + b for a, b in zip(low, room, strict=True)]
        totals.append(draw(st.integers(sum(low), sum(high))))
        weights += draw(st.lists(st.floats(0.01, 1e6), min_size=size, max_size=size))
        groups += [group] * size
        lows += low
        highs += high
    order = draw(st.permutations(range(len(groups))))
    pick = [np.array(each)[list(order)] for each in (weights, lows, highs, groups)]
    return np.array(totals), *pick


@given(bounded_groups())
@settings(max_examples=500, deadline=None)
def test_many_groups_at_once_stay_inside_their_bounds(case):
    totals, weights, low, high, groups = case
    parts = apportion(totals, weights, low, high, groups)
    assert (np.bincount(groups, parts, minlength=len(totals)) == totals).all()
    assert ((parts >= low) & (parts <= high)).all()
    for group, total in enumerate(totals):
        inside = groups == group
        alone = apportion(total, weights[inside], low[inside], high[inside])
        assert (alone == parts[inside]).all()


@given(bounded_groups())
@settings(max_examples=300, deadline=None)
def test_parts_between_their_bounds_share_one_level(case):
    totals, weights, low, high, groups = case
    parts = apportion(totals, weights, low, high, groups)
    for group in range(len(totals)):
        free = (groups == group) & (parts > low + 1) & (parts < high - 1)
        if free.sum() > 1:
            # Level of a part is known to within a unit over its weight.
            least = ((parts[free] - 1) / weights[free]).max()
            most = ((parts[free] + 1) / weights[free]).min()
            assert least <= most * (1 + 1e-9) + 1e-9 if most >= 0 else least <= most * (1 - 1e-9) + 1e-9


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=20).filter(any), st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_a_split_of_a_split_adds_up(weights, total):
    first = apportion(total, weights)
    second = apportion(first, np.ones((len(first), 12)))
    assert (second.sum(axis=1) == first).all()


def test_weightless_parts_share_evenly_what_bounded_ones_cannot_take():
    assert apportion(10, [1, 0, 0], upper=[4, 9, 9]).tolist() == [4, 3, 3]


@pytest.mark.parametrize("weights", [[1, float("nan")], [1, float("inf")], [1, -1], [0, 0]])
def test_weights_that_say_nothing_are_refused(weights):
    with pytest.raises(AllocationError):
        apportion(10, weights)


@pytest.mark.parametrize("total", [0.5, float("inf"), "ten", LARGEST + 1])
def test_totals_that_are_not_whole_units_are_refused(total):
    with pytest.raises(AllocationError):
        apportion(total, [1, 1])


def test_bounds_that_clash_are_all_named_with_the_amount():
    with pytest.raises(AllocationError, match=r"(?s)group 0: lower bounds add up to 30, 20 past 10.*group 1: up"):
        apportion([10, 10], [[1, 1], [1, 1]], lower=[15, 15, 0, 0], upper=[99, 99, 3, 3])


def test_an_amount_with_nobody_to_carry_it_is_refused():
    with pytest.raises(AllocationError, match="nobody to carry it"):
        apportion([5, 5], [1.0], groups=[0])


def test_nothing_to_split_needs_no_weights():
    assert apportion(0, [0, 0]).tolist() == [0, 0]


def test_price_volume_mix_effects_settle_to_their_sum():
    assert settle([4.0, 20.444, -0.444], 24).sum() == 24


def test_parts_that_do_not_add_up_are_not_rounded_into_shape():
    with pytest.raises(AllocationError, match="off by"):
        settle([1.0, 2.0], 30)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
@settings(max_examples=300, deadline=None)
def test_settled_parts_stay_within_a_unit(parts):
    total = round(sum(parts))
    settled = settle(parts, total)
    assert settled.sum() == total
    assert (np.abs(settled - np.array(parts)) <= 2).all()


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
def test_minor_units_survive_the_way_to_text_and_back(minor, digits):
    assert to_minor(str(to_major(minor, digits)), digits) == minor


@pytest.mark.parametrize("text", ["1.005", "1,50", "abc", "NaN", "Infinity", ""])
def test_amounts_that_are_not_plain_are_refused(text):
    with pytest.raises(AllocationError):
        to_minor(text)
