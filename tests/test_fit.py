"""A table fitted to two cuts at once: both totals to the unit, and refused with where and by how much."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.amounts import LARGEST, fit
from planning.errors import AllocationError


def holds_to(found, rows, columns):
    return found.sum(axis=1).tolist() == list(rows) and found.sum(axis=0).tolist() == list(columns)


def test_both_totals_hold_and_the_odds_stay():
    # Rows 1:3 and columns 2:3 of a table that is a product: the fit is the product of the new totals.
    found = fit([[20, 30], [60, 90]], rows=[100, 100], columns=[80, 120])
    assert found.tolist() == [[40, 60], [40, 60]]
    skewed = fit([[40_000, 10_000], [10_000, 40_000]], rows=[30_000, 70_000], columns=[50_000, 50_000])
    odds = skewed[0, 0] * skewed[1, 1] / (skewed[0, 1] * skewed[1, 0])
    assert odds == pytest.approx(16, rel=0.01)


def test_a_table_that_meets_its_totals_comes_back_as_it_was():
    table = np.random.default_rng(1).integers(0, 10**9, (30, 20))
    assert (fit(table, table.sum(axis=1), table.sum(axis=0)) == table).all()


def test_held_cells_and_bounds_are_kept():
    table = [[40, 30, 30], [35, 50, 15], [25, 20, 55]]
    held = [[True, False, False], [False, False, False], [False, False, True]]
    found = fit(table, [120, 90, 90], [110, 90, 100], holds=held)
    assert (found[0, 0], found[2, 2]) == (40, 55)
    assert holds_to(found, [120, 90, 90], [110, 90, 100])
    bounded = fit(table, [120, 90, 90], [110, 90, 100], lower=20, upper=45)
    assert holds_to(bounded, [120, 90, 90], [110, 90, 100])
    assert (bounded.min(), bounded.max()) >= (20, 45)


def test_cuts_that_do_not_agree_are_refused_with_the_difference():
    with pytest.raises(AllocationError, match=r"rows add up to 30 and the columns to 25, so the rows ask for 5 more"):
        fit([[1, 1], [1, 1]], [10, 20], [10, 15])
    with pytest.raises(AllocationError, match=r"(?s)2 rows, but 3 totals.*column 1 is -1.*row 0, column 1 is nan"):
        fit([[1, float("nan")], [1, 1]], [1, 2, 3], [1, -1])
    with pytest.raises(AllocationError, match="rows and columns"):
        fit([1, 2], [3], [1, 2])


def test_what_no_table_can_meet_is_refused_with_where_and_by_how_much():
    with pytest.raises(AllocationError, match=r"row 0 cannot reach its total of 10: its cells take 0 at most, 10"):
        fit([[0, 0], [1, 1]], [10, 10], [10, 10])
    with pytest.raises(AllocationError, match=r"column 0 cannot go below 20, 10 past its total of 10"):
        fit([[1, 1], [1, 1]], [15, 15], [10, 20], lower=[[10, 0], [10, 0]])
    # Rows 0 and 1 can only go to column 0: together 20, but the column takes 15.
    with pytest.raises(
        AllocationError, match=r"column 0 would carry 5 more than asked, and column 1, column 2 as much"
    ):
        fit([[1, 0, 0], [1, 0, 0], [1, 1, 1]], [10, 10, 20], [15, 12, 13])
    with pytest.raises(AllocationError, match=r"not: row 0, column 1"):
        fit([[1, 1.5], [1, 1]], [2, 2], [2, 2], holds=[[False, True], [False, False]])
    with pytest.raises(AllocationError, match=r"above its upper bound: row 1, column 0"):
        fit([[1, 1], [1, 1]], [2, 2], [2, 2], lower=[[0, 0], [2, 0]], upper=1)


def test_a_way_through_other_columns_is_found():
    # Only column 1 can pass units from column 0 to column 2.
    table = [[1000, 1, 0], [0, 1, 1000]]
    found = fit(table, [1001, 1001], [901, 200, 901])
    assert holds_to(found, [1001, 1001], [901, 200, 901])
    assert found[0, 2] == found[1, 0] == 0
    # In the limit the proportional fit empties column 1 of row 0: floats never get there, whole units do.
    edge = fit([[1, 1], [0, 1]], [10**9, 5 * 10**8], [10**9, 5 * 10**8])
    assert edge.tolist() == [[10**9, 0], [0, 5 * 10**8]]


def test_large_tables_lose_no_unit():
    random = np.random.default_rng(3)
    target = random.integers(0, 10**7, (1000, 50))
    table = target * random.uniform(0.5, 2, target.shape) * (target > 10**6)
    rows, columns = (np.where(target > 10**6, target, 0).sum(axis=axis) for axis in (1, 0))
    assert holds_to(fit(table, rows, columns), rows, columns)
    huge = fit([[1, 2], [3, 4]], [LARGEST, LARGEST], [LARGEST, LARGEST])
    assert holds_to(huge, [LARGEST, LARGEST], [LARGEST, LARGEST])


@st.composite
def tables(draw):
    """A table of whole units that meets its own totals, and seeds that are zero in a part of its empty cells."""
    shape = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    there = random.integers(0, draw(st.sampled_from([3, 1000, 10**10])), shape)
    there[random.random(shape) < draw(st.sampled_from([0, 0.4, 0.8]))] = 0
    seeds = random.integers(1, draw(st.sampled_from([2, 10**6])), shape).astype(float)
    seeds[(there == 0) & (random.random(shape) < 0.6)] = 0
    return there, seeds, random


@given(tables())
@settings(max_examples=200, deadline=None)
def test_where_a_table_exists_one_is_found_and_zeros_stay(case):
    there, seeds, _ = case
    rows, columns = there.sum(axis=1), there.sum(axis=0)
    found = fit(seeds, rows, columns)
    assert holds_to(found, rows, columns)
    assert (found >= 0).all()
    assert (found[seeds == 0] == 0).all()
    assert (fit(there, rows, columns) == there).all()


@given(tables())
@settings(max_examples=200, deadline=None)
def test_holds_and_bounds_are_kept_wherever_a_table_exists(case):
    there, seeds, random = case
    rows, columns = there.sum(axis=1), there.sum(axis=0)
    low, high = there - random.integers(0, 50, there.shape), there + random.integers(0, 50, there.shape)
    found = fit(seeds, rows, columns, lower=low, upper=high)
    assert holds_to(found, rows, columns)
    assert ((found >= np.maximum(low, 0)) & (found <= high)).all()
    held = random.random(there.shape) < 0.4
    kept = fit(np.where(held, there, seeds), rows, columns, holds=held)
    assert holds_to(kept, rows, columns)
    assert (kept[held] == there[held]).all()


@given(tables(), st.data())
@settings(max_examples=200, deadline=None)
def test_any_totals_are_met_or_refused_and_refused_only_where_no_table_exists(case, data):
    _, seeds, random = case
    size = data.draw(st.integers(0, 60))
    rows = random.multinomial(size, np.full(seeds.shape[0], 1 / seeds.shape[0]))
    columns = random.multinomial(size, np.full(seeds.shape[1], 1 / seeds.shape[1]))
    try:
        found = fit(seeds, rows, columns)
    except AllocationError:
        assert blocked(seeds > 0, rows, columns)
    else:
        assert holds_to(found, rows, columns)
        assert (found[seeds == 0] == 0).all()


def blocked(open_cells, rows, columns):
    """Say whether some rows together ask for more than all columns that they can go to (Hall's condition)."""
    for chosen in range(1, 2 ** len(rows)):
        mine = np.array([chosen >> i & 1 for i in range(len(rows))], dtype=bool)
        if rows[mine].sum() > columns[open_cells[mine].any(axis=0)].sum():
            return True
    return False
