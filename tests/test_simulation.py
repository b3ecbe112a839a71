"""Draws of next year's result: what they add up to, how wide they are, and whether the past fell inside."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.assumptions import calibration, effects
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import Scene
from planning.assumptions.simulation import END, Errors, drawn_values, model, simulate, swings
from planning.goals.setting import baseline as goals_baseline
from planning.goals.setting.cascade import Step, expected

MONTHS = [f"2027-{month:02}" for month in range(1, 13)]
PLACES = [("East", "Ann"), ("East", "Ben"), ("East", "Cid"), ("West", "Dan"), ("West", "Eve"), ("South", "Fay")]
SCENE = Scene(MONTHS, heads={"East": 3, "West": 2, "South": 1})


def made(kind="market_growth", low="0.01", likely="0.03", high="0.05", **more):
    return Assumption(kind, Decimal(low), Decimal(likely), Decimal(high), "Owner", "Evidence", **more)


def cells(seed=1):
    random = np.random.default_rng(seed)
    rows = [
        {"territory": place, "rep": rep, "product": line, "channel": "Shops", "period": month,
         "amount": int(random.integers(50_000, 150_000))}
        for place, rep in PLACES for line in ("Bikes", "Helmets") for month in MONTHS
    ]  # fmt: skip
    return pd.DataFrame(rows)


def errors(company=0.04, territory=0.08, position=0.2, month=0.3):
    return Errors(company, np.full(3, territory), np.full(6, position), np.full(6, month))


def prepared(assumptions=(), off=None, base=None):
    base = cells() if base is None else base
    numbered = [Assumption(**{**each.__dict__, "identity": place + 1}) for place, each in enumerate(assumptions)]
    parts = [base, *(effects.effect(base, each, SCENE) for each in numbered),
             effects.together(base, numbered, SCENE)]  # fmt: skip
    whole = pd.concat(parts).groupby(["territory", "rep", "product", "channel", "period"], as_index=False).sum()
    positions = whole[["territory", "rep"]].drop_duplicates().sort_values(["territory", "rep"], ignore_index=True)
    return model(base, whole, numbered, SCENE, errors() if off is None else off, positions), whole


def spread(draws):
    return draws.std() / draws.mean()


def test_parts_add_up_to_the_whole_in_every_draw():
    drawn = simulate(prepared([made()])[0], 500)
    whole = drawn.of()
    assert drawn.of("East") + drawn.of("West") + drawn.of("South") == pytest.approx(whole, rel=1e-5)
    assert drawn.months.sum(axis=1) == pytest.approx(whole, rel=1e-5)
    assert sum(drawn.of("East", rep) for rep in ("Ann", "Ben", "Cid")) == pytest.approx(drawn.of("East"), rel=1e-6)


def test_without_anything_uncertain_every_draw_is_what_is_expected():
    certain = made(low="0.03", high="0.03")
    ready, whole = prepared([certain, made("price_change", "0.02", "0.02", "0.02")], errors(0, 0, 0, 0))
    drawn = simulate(ready, 50)
    assert drawn.of() == pytest.approx(whole["amount"].sum(), rel=1e-6)
    east = whole.loc[whole["territory"] == "East", "amount"].sum()
    assert drawn.of("East") == pytest.approx(east, rel=1e-6)


def test_each_level_is_as_uncertain_as_the_forecast_was_found_to_be():
    drawn = simulate(prepared()[0], 20_000)
    assert spread(drawn.of()) == pytest.approx(0.04, rel=0.03)
    for territory in ("East", "West", "South"):
        assert spread(drawn.of(territory)) == pytest.approx(0.08, rel=0.05)
    for territory, rep in PLACES[:5]:
        assert spread(drawn.of(territory, rep)) == pytest.approx(0.2, rel=0.06)
    # A rep alone in a territory is as sure as the territory, whatever single reps are like elsewhere.
    assert drawn.of("South", "Fay") == pytest.approx(drawn.of("South"))


def test_the_mean_stays_what_is_expected_however_far_off_forecasts_were():
    ready, whole = prepared(off=errors(0.3, 0.6, 1.5, 2.0))
    assert simulate(ready, 40_000).of().mean() == pytest.approx(whole["amount"].sum(), rel=0.01)
    assert (simulate(ready, 500).years >= 0).all()


def test_the_same_seed_gives_the_same_figures_and_another_one_others():
    ready = prepared([made()])[0]
    first, again, other = simulate(ready, 250, 7), simulate(ready, 250, 7), simulate(ready, 250, 8)
    assert np.array_equal(first.years, again.years)
    assert not np.array_equal(first.years, other.years)
    # Draws come in blocks: more of them begin with the same ones.
    assert np.array_equal(simulate(ready, 400, 7).years[:200], first.years[:200])


def test_a_tenth_of_the_values_lies_below_the_low_and_a_tenth_above_the_high_end():
    values = drawn_values([made(low="-0.5", high="0.5")], 50_000, np.random.default_rng(1))[:, 0]
    assert (values < -1).mean() == pytest.approx(0.1, abs=0.005)
    assert (values > 1).mean() == pytest.approx(0.1, abs=0.005)


def test_no_value_is_drawn_that_its_kind_does_not_allow():
    never_below_zero = made("rep_turnover", "0.01", "0.02", "0.6")
    values = drawn_values([never_below_zero], 50_000, np.random.default_rng(1))[:, 0]
    assert values.min() == pytest.approx(-2.0)
    assert values.max() == pytest.approx((1 - 0.02) / 0.58)


def test_assumptions_of_one_kind_share_half_of_their_variance_and_others_nothing():
    several = [made(territory="East"), made(territory="West"), made("price_change")]
    values = drawn_values(several, 50_000, np.random.default_rng(1))
    found = np.corrcoef(values.T)
    assert found[0, 1] == pytest.approx(0.5, abs=0.02)
    assert found[0, 2] == pytest.approx(0.0, abs=0.02)


def test_draws_agree_with_pricing_everything_anew_at_the_values_drawn():
    several = [made(low="-0.02", high="0.08"), made("price_change", "0.0", "0.02", "0.05", product_line="Bikes"),
               made("competitor", "0.1", "0.2", "0.3", territory="West", first="2027-06")]  # fmt: skip
    ready, _ = prepared(several, errors(0, 0, 0, 0))
    base = cells()
    weights = np.array([-0.7, 0.9, 0.4])
    drawn = ready.expected.sum() + sum(
        float(max(weight, 0) * ready.up[place].sum() + max(-weight, 0) * ready.down[place].sum())
        for place, weight in enumerate(weights)
    )
    moved = []
    for each, weight in zip(several, weights, strict=True):
        step = each.high - each.likely if weight > 0 else each.likely - each.low
        value = each.likely + step * Decimal(str(weight))
        moved.append(Assumption(**{**each.__dict__, "low": value, "likely": value, "high": value}))
    anew = base["amount"].sum() + sum(effects.effect(base, each, SCENE)["amount"].sum() for each in moved)
    anew += effects.together(base, moved, SCENE)["amount"].sum()
    # What two values away from likely do to one another is left out: a small part of a small part.
    assert drawn == pytest.approx(anew, rel=0.002)


def test_the_widest_range_comes_first_in_the_swings():
    narrow, wide = made(low="0.02", high="0.04"), made("price_change", "-0.10", "0.0", "0.10")
    table = swings(prepared([narrow, wide])[0])
    assert table["identity"].tolist() == [2, 1]
    assert table.loc[0, "low"] < 0 < table.loc[0, "high"]
    east = swings(prepared([narrow, wide])[0], "East")
    assert east.loc[0, "swing"] < table.loc[0, "swing"]


def test_results_as_wide_as_was_drawn_need_no_widening_and_wilder_ones_do():
    random = np.random.default_rng(3)
    fair = [calibration.Case(2024 + place % 2, "position", str(place), 0, 0, score)
            for place, score in enumerate(random.standard_normal(400))]  # fmt: skip
    assert calibration.widths(fair)["position"] == pytest.approx(1.0, abs=0.06)
    wild = [calibration.Case(each.year, each.level, each.name, 0, 0, 2 * each.score) for each in fair]
    width = calibration.widths(wild)["position"]
    assert width == pytest.approx(2.0, rel=0.06)
    row = calibration.table(wild).iloc[0]
    assert row["inside_80"] == pytest.approx(0.48, abs=0.05)
    assert row["widened_80"] == pytest.approx(0.80, abs=0.05)
    assert calibration.widths(fair)["company"] == 1.0


def test_few_cases_widen_little_and_nothing_is_ever_narrowed():
    one = [calibration.Case(2025, "company", "", 0, 0, 3.0)]
    assert 1.0 < calibration.widths(one)["company"] < 1.7
    calm = [calibration.Case(2025, "company", "", 0, 0, 0.1)] * 50
    assert calibration.widths(calm)["company"] == 1.0
    assert calibration.table(one)["widened_80"].isna().all()


def test_a_case_says_how_many_deviations_above_the_middle_a_result_came():
    drawn = simulate(prepared()[0], 4_000)
    low, middle, high = np.quantile(drawn.of(), [0.1, 0.5, 0.9])
    came = pd.DataFrame({"territory": ["East", "West"], "rep": ["Ann", "Dan"], "amount": [round(high), 0]})
    company = calibration.cases(2026, drawn, came)[0]
    assert company.expected == round(middle)
    assert company.score == pytest.approx(END, rel=0.01)
    ben = next(each for each in calibration.cases(2026, drawn, came) if each.name == "Ben, East")
    assert (ben.came, ben.score < -2) == (0, True)
    assert low < middle


@given(st.integers(0, 1000), st.lists(st.integers(0, 5_000_000), min_size=3, max_size=3))
@settings(max_examples=50, deadline=None)
def test_the_outlook_brings_every_month_of_a_territory_to_its_forecast_exactly(seed, totals):
    base = cells(seed)
    forecast = pd.DataFrame(
        [(place, month, total) for place, total in zip(("East", "West", "North"), totals, strict=True)
         for month in MONTHS], columns=["territory", "period", "amount"])  # fmt: skip
    lines = pd.DataFrame({"product": ["Bikes", "Helmets"], "amount": [9_000_000, 4_000_000]})
    steps = [Step("last_year", "", "", base)]
    step = goals_baseline.outlook(steps, forecast, lines, "why", "where")
    after = expected([*steps, step]).groupby(["territory", "period"])["amount"].sum()
    assert (after["East"] == totals[0]).all()
    assert (after["West"] == totals[1]).all()
    # Nothing is forecast of the South, and nobody sells in the North.
    assert after["South"].sum() == base.loc[base["territory"] == "South", "amount"].sum()
    assert "North" not in after.index
    if totals[0]:
        grown = expected([*steps, step])
        east = grown[grown["territory"] == "East"].groupby("product")["amount"].sum()
        before = base[base["territory"] == "East"].groupby("product")["amount"].sum()
        assert east["Bikes"] / before["Bikes"] > east["Helmets"] / before["Helmets"]
