"""Landings: where a year ends, how surely, and whether such landings were right."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.history.intake.importing import import_source
from planning.settings import load
from planning.tracking import trials
from planning.tracking.landing import MONTHS, Course, after, landing, learn
from planning.tracking.spread import Case, drawn, spread
from planning.workbook.place import stand
from planning.workbook.tracking.course import told

SEASON = np.array([6, 6, 8, 9, 9, 8, 7, 6, 9, 10, 11, 11]) / 100


def year(number, seed, reps=24, company=0.02, own=0.06, months=12):
    """Make a year of reps in territories of three, who differ from their goals by parts of known size."""
    random = np.random.default_rng(seed)
    size = random.uniform(400_000_00, 800_000_00, reps)
    before = np.rint(size[:, None] * SEASON * random.normal(1, 0.1, (reps, 12))).astype(np.int64)
    goals = np.rint(size[:, None] * 1.04 * SEASON).astype(np.int64)
    level = 1 + company * random.standard_normal() + own * random.standard_normal((reps, 1))
    results = np.rint(goals * level * random.normal(1, 0.12, (reps, 12))).astype(np.int64)
    results[:, months:] = 0
    names = [f"R{place:02d}" for place in range(reps)]
    units = pd.DataFrame({"territory": [f"T{place // 3}" for place in range(reps)], "rep": names})
    return Course(number, units, goals, results, before, months, np.ones(reps, dtype=bool))


PAST = [year(2020 + place, place) for place in range(6)]


@pytest.fixture(scope="module")
def learned():
    return learn(PAST)


@pytest.fixture(scope="module")
def sample_courses(sample_company):
    seen = told(stand(str(sample_company)))
    return [seen.course(each) for each in seen.years]


@settings(max_examples=20)
@given(month=st.integers(1, 12), seed=st.integers(100, 10_000))
def test_landings_add_up_and_are_what_came_when_the_year_is_over(learned, month, seed):
    course = year(2030, seed)
    found = landing(course, learned, month, *after(course, month))
    whole, draws = found.of(np.ones(24, dtype=bool))
    parts = [found.of((course.units["territory"] == name).to_numpy()) for name in course.units["territory"].unique()]
    assert whole == sum(part for part, _ in parts)
    assert np.allclose(draws, sum(part for _, part in parts))
    if month == MONTHS:
        assert whole == course.results.sum()
        assert (draws == whole).all()


def test_a_range_narrows_as_the_year_goes_and_the_landing_of_one_is_less_sure_than_of_all(learned):
    course = year(2030, 99)

    def wide(month, picked):
        whole, draws = landing(course, learned, month, *after(course, month)).of(picked)
        low, high = np.quantile(draws, [0.1, 0.9])
        assert low < whole < high
        return (high - low) / whole

    everybody, one = np.ones(24, dtype=bool), np.arange(24) == 3
    assert wide(2, everybody) > wide(6, everybody) > wide(11, everybody)
    assert wide(6, one) > 2 * wide(6, everybody)


def test_early_a_rep_is_drawn_towards_all_and_late_their_own_pace_counts(learned):
    own = {month: learned.blends[month][0][[0, 2]].sum() for month in (1, 8)}
    assert own[1] < own[8]


def test_without_a_past_there_is_a_landing_and_no_range():
    course = year(2030, 5)
    found = landing(course, learn([]), 6, *after(course, 6))
    assert found.draws is None
    assert found.lands.sum() == pytest.approx(course.results.sum(), rel=0.1)


def test_who_left_lands_lower_the_longer_nobody_follows(learned):
    course = year(2030, 7)
    course.results[0, 3:] = 0
    course.stays[0] = False
    lands = [landing(course, learned, month, *after(course, month)).lands[0] for month in (3, 6, 9, 11)]
    assert lands == sorted(lands, reverse=True)
    assert lands[-1] < 1.2 * course.results[0].sum()


def test_what_nobody_carries_lands_where_it_stands(learned):
    course = year(2030, 8)
    course.results[0], course.before[0] = 0, 0
    course.stays[0] = False
    assert landing(course, learned, 6, *after(course, 6)).lands[0] == 0


def test_the_parts_of_the_error_are_found_again():
    random = np.random.default_rng(3)
    cases = []
    for _ in range(60):
        told_of = np.full(30, 100.0)
        off = 0.05 * random.standard_normal() + np.repeat(0.08 * random.standard_normal(10), 3)
        cases.append(
            Case(
                np.repeat(np.arange(10), 3).astype(str),
                told_of,
                told_of * (1 + off + 0.1 * random.standard_normal(30)),
            )
        )
    found = spread(cases, 60)
    assert (found.company, found.territory, found.unit) == pytest.approx((0.05, 0.08, 0.1), rel=0.25)


def test_draws_are_the_same_for_the_same_figures(learned):
    error = learned.spreads[5][0]
    places = pd.Series(["A", "A", "B"])
    rest = np.array([100.0, 200.0, 300.0])
    assert (drawn(rest, places, error) == drawn(rest, places, error)).all()


def test_ranges_hold_what_they_promise_where_years_are_made_to_be_alike():
    kept = trials.kept(trials.trials(PAST)).set_index("level")
    assert kept.at["rep", "inside_80"] == pytest.approx(0.8, abs=0.06)
    assert kept.at["rep", "inside_50"] == pytest.approx(0.5, abs=0.08)
    assert kept.at["territory", "inside_80"] == pytest.approx(0.8, abs=0.1)


def test_ranges_and_chances_were_right_on_the_sample(sample_courses, capsys):
    table = trials.trials(sample_courses)
    kept, true = trials.kept(table).set_index("level"), trials.came_true(table)
    with capsys.disabled():
        print(f"\nsample: how often years ended within the ranges\n{kept.round(3)}\n{true.round(3)}")
    assert kept.at["rep", "inside_80"] == pytest.approx(0.8, abs=0.1)
    assert kept.at["rep", "inside_50"] == pytest.approx(0.5, abs=0.13)
    assert kept.at["territory", "inside_80"] == pytest.approx(0.8, abs=0.12)
    assert kept.at["company", "inside_80"] >= 0.75
    assert set(kept["years"]) == {3}
    assert (true["told"] - true["came"]).abs().max() < 0.15


def test_ranges_and_chances_were_right_on_a_real_company(real_data, tmp_path, capsys):
    import_source("adventureworks", real_data / "adventureworks", load(tmp_path))
    seen = told(stand(str(tmp_path)))
    table = trials.trials([seen.course(each) for each in seen.years])
    kept, true = trials.kept(table).set_index("level"), trials.came_true(table)
    with capsys.disabled():
        print(f"\nAdventureWorks: how often years ended within the ranges\n{kept.round(3)}\n{true.round(3)}")
    assert kept.at["rep", "inside_80"] == pytest.approx(0.8, abs=0.1)
    assert kept.at["rep", "inside_50"] == pytest.approx(0.5, abs=0.1)
    # Of three years of one company nothing more can be asked than that they do not speak against the ranges.
    for part, name in ((0.5, "inside_50"), (0.8, "inside_80")):
        low, high = trials.left_open(kept.at["company", name], int(kept.at["company", "years"]))
        assert low <= part <= high
    assert np.average((true["told"] - true["came"]).abs(), weights=true["cases"]) < 0.05
