import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.history.shrink import best_quarter, shrunk_means, shrunk_rates, wilson

COUNTS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=12)
MEANS = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)), min_size=1, max_size=12)


def hits_and_trials(pairs):
    return [hit for hit, _ in pairs], [hit + miss for hit, miss in pairs]


def lies_between(table, group):
    own = table["own"].fillna(group)
    slack = 1e-9 * (1 + own.abs() + abs(group))
    return (
        (table["value"] >= np.minimum(own, group) - slack) & (table["value"] <= np.maximum(own, group) + slack)
    ).all()


@given(COUNTS)
def test_a_shrunk_rate_lies_between_the_own_rate_and_the_groups_and_inside_its_interval(pairs):
    hits, trials = hits_and_trials(pairs)
    table = shrunk_rates(hits, trials)
    if not sum(trials):
        assert table.isna().all(axis=None)
        return
    assert lies_between(table, sum(hits) / sum(trials))
    assert table["weight"].between(0, 1).all()
    assert ((table["low"] <= table["value"] + 1e-12) & (table["value"] <= table["high"] + 1e-12)).all()
    assert table[["low", "high"]].stack().between(0, 1).all()


@given(COUNTS)
def test_more_trials_never_mean_less_weight(pairs):
    hits, trials = hits_and_trials(pairs)
    weight = shrunk_rates(hits, trials)["weight"].to_numpy()
    if sum(trials):
        assert (np.diff(weight[np.argsort(trials)]) >= -1e-12).all()


@given(MEANS)
def test_a_shrunk_mean_lies_between_the_own_mean_and_the_others_and_inside_its_interval(pairs):
    means, variances = (np.array(each) for each in zip(*pairs, strict=True))
    table = shrunk_means(means, variances)
    slack = 1e-9 * (1 + np.abs(means).max())
    assert (table["value"] >= means.min() - slack).all()
    assert (table["value"] <= means.max() + slack).all()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (np.diff(table["weight"].to_numpy()[np.argsort(-variances)]) >= -1e-12).all()


@given(st.integers(1, 50), st.lists(st.integers(1, 20), min_size=2, max_size=8))
def test_members_that_do_not_differ_are_pooled_wholly(rate, sizes):
    table = shrunk_rates([rate * size for size in sizes], [100 * size for size in sizes])
    assert table["weight"].tolist() == [0.0] * len(sizes)
    assert table["value"].tolist() == pytest.approx([rate / 100] * len(sizes))
    same = shrunk_means([rate] * len(sizes), [1 / size for size in sizes])
    assert same["weight"].tolist() == [0.0] * len(sizes)


def test_two_rates_far_apart_keep_most_of_their_own():
    table = shrunk_rates([10, 90], [100, 100])
    # Sum of squares 32, over 0.25: 128; less 1, over 200 - 100 - 1: correlation 1 at the most.
    assert (table["weight"] > 0.99).all()
    mild = shrunk_rates([40, 60], [100, 100])
    # 2 x 100 x 0.1 squared, over 0.25, is 8; (8 - 1) / (200 - 100 - 1) = 7/99; weight 700 / (700 + 92).
    assert mild["weight"].tolist() == pytest.approx([700 / 792] * 2)
    assert mild["value"].tolist() == pytest.approx([0.5 - 0.1 * 700 / 792, 0.5 + 0.1 * 700 / 792])


def test_two_means_shrink_by_the_part_of_chance_in_their_spread():
    table = shrunk_means([0.0, 4.0], [1.0, 1.0])
    # Q = 8, less 1, over 2 - 1: spread 7, weight 7/8; the mean of all is 2.
    assert table["weight"].tolist() == pytest.approx([0.875, 0.875])
    assert table["value"].tolist() == pytest.approx([0.25, 3.75])


def test_a_member_without_data_gets_the_groups_mean_and_a_wider_interval():
    table = shrunk_means([0.0, 4.0, np.nan], [1.0, 1.0, np.inf])
    assert table["value"].iloc[2] == pytest.approx(2.0)
    assert table["weight"].iloc[2] == 0.0
    assert (table["high"] - table["low"]).idxmax() == 2


def test_means_without_any_chance_stay_as_they_are():
    table = shrunk_means([1.0, 5.0], [0.0, 0.0])
    assert table["value"].tolist() == [1.0, 5.0]
    assert table["low"].tolist() == table["high"].tolist() == [1.0, 5.0]


def test_where_nobody_has_data_nothing_is_told():
    assert shrunk_means([np.nan], [np.inf]).isna().all(axis=None)
    assert shrunk_rates([0], [0]).isna().all(axis=None)
    assert np.isnan(best_quarter([np.nan]))


def test_the_best_quarter_is_the_75th_percentile_of_those_known():
    assert best_quarter([1, 2, 3, 4, 5, np.nan]) == 4.0


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilsons_interval_holds_the_rate_and_narrows_with_more_of_the_same(hits, misses):
    trials = hits + misses
    (low,), (high,) = wilson([hits], [trials])
    if not trials:
        assert np.isnan(low)
        assert np.isnan(high)
        return
    assert 0 <= low <= hits / trials <= high <= 1
    (closer,), (nearer,) = wilson([10 * hits], [10 * trials])
    assert nearer - closer < high - low


def test_wilsons_interval_is_that_of_the_textbook():
    # Newcombe (1998), table I: 81 of 263.
    (low,), (high,) = wilson([81], [263])
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
