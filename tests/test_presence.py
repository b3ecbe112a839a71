"""New people, part-years and leavers: shared within a territory's month by who is there how long."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.goals.setting.baseline import TAKEN_OVER
from planning.goals.setting.cascade import LEVELS, Step, expected
from planning.goals.setting.presence import presence

MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]


def step(name="last_year", **sold):
    rows = [("Canada", rep, "Bikes", "", month, amount) for rep, amount in sold.items() for month in MONTHS]
    return Step(name, "", "", pd.DataFrame(rows, columns=[*LEVELS, "amount"]))


def was(**ramped):
    return pd.DataFrame(
        [("Canada", rep, months) for rep, months in ramped.items()], columns=["territory", "rep", "ramped"]
    )


def comes(**ramped):
    rows = [
        ("Canada", rep, month, part)
        for rep, parts in ramped.items()
        for month, part in zip(MONTHS, np.broadcast_to(parts, 12), strict=True)
    ]
    return pd.DataFrame(rows, columns=["territory", "rep", "period", "ramped"])


def after(steps, before, coming):
    found = presence(steps, before, coming, "assignments")
    cells = expected([*steps, *([found] if found else [])])
    return cells.groupby("rep")["amount"].sum().to_dict()


def test_where_all_are_there_as_long_as_before_nothing_moves():
    assert presence([step(ana=100, ben=70)], was(ana=12, ben=12), comes(ana=1, ben=1), "") is None


def test_a_new_person_gets_what_the_territory_sells_on_average_and_the_month_stays_what_it_is():
    goals = after([step(ana=100, ben=60)], was(ana=12, ben=12), comes(ana=1, ben=1, cleo=1))
    # Weights 100, 60 and 80 of a month of 160.
    assert goals["cleo"] == goals["ana"] * 80 // 100 or abs(goals["cleo"] - 640) <= 12
    assert sum(goals.values()) == 12 * 160


def test_a_ramping_month_counts_in_part():
    ramp = [0, 0, 0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1]
    found = presence([step(ana=1000)], was(ana=12), comes(ana=1, cleo=ramp), "")
    monthly = found.cells[found.cells["rep"] == "cleo"].set_index("period")["amount"]
    assert "2027-03" not in monthly.index
    assert monthly["2027-04"] == 333
    assert monthly["2027-05"] == 500


def test_half_a_year_becomes_a_year_but_no_more_than_the_others_sell():
    goals = after([step(ana=100, ben=50)], was(ana=12, ben=6), comes(ana=1, ben=1))
    assert abs(goals["ben"] / goals["ana"] - 1) < 0.02
    low = after([step(ana=100, ben=20)], was(ana=12, ben=6), comes(ana=1, ben=1))
    assert abs(low["ben"] / low["ana"] - 0.4) < 0.02


def test_who_took_accounts_over_is_not_scaled():
    steps = [step(ana=100, ben=30), step(TAKEN_OVER, ben=40)]
    assert presence(steps, was(ana=12, ben=4), comes(ana=1, ben=1), "") is None


def test_what_a_leaver_leaves_stands_with_the_territory():
    leaves = [1] * 6 + [0] * 6
    goals = after([step(ana=100, ben=80)], was(ana=12, ben=12), comes(ana=1, ben=leaves))
    assert goals == {"ana": 1200, "ben": 480, "": 480}


def test_who_was_there_and_sold_nothing_stays_at_nothing_and_who_is_not_known_stays_as_is():
    goals = after([step(ana=100, dora=40)], was(ana=11, boss=1), comes(ana=11 / 12, boss=1 / 12))
    assert goals == {"ana": 1200, "dora": 480}


@given(
    st.lists(st.tuples(st.integers(-50, 5000), st.floats(0, 12), st.floats(0, 1)), min_size=1, max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_every_month_of_a_territory_stays_what_it_is(people):
    names = [f"p{place}" for place in range(len(people))]
    steps = [step(**{name: sold for name, (sold, _, _) in zip(names, people, strict=True)})]
    before = was(**{name: past for name, (_, past, _) in zip(names, people, strict=True)})
    coming = comes(**{name: part for name, (_, _, part) in zip(names, people, strict=True)})
    found = presence(steps, before, coming, "")
    if found is not None:
        assert (found.cells.groupby(["territory", "period"])["amount"].sum() == 0).all()
        whole = expected([*steps, found])
        returned = {name for name, (sold, _, _) in zip(names, people, strict=True) if sold < 0}
        assert (whole.loc[~whole["rep"].isin(returned), "amount"] >= 0).all()
