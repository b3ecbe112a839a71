import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.amounts import apportion
from planning.history.season import MONTHS, index, indices, profiles, seasoned, shrunk
from planning.periods import FiscalCalendar, add_months

JULY = FiscalCalendar(7)


def orders(amounts, product="Bike", number=1):
    """Write an order in the middle of each month named, with its amount."""
    return [
        {"order_id": f"{product}-{number}-{month}", "line": 1, "date": f"{month}-15", "rep": "Ann",
         "territory": "East", "customer": "Acme", "product": product, "quantity": 1, "amount": amount}
        for month, amount in amounts.items()
    ]  # fmt: skip


def products(*names):
    return [{"product": name, "product_line": f"{name}s"} for name in names]


def year(first, amounts):
    return {add_months(first, place): amount for place, amount in enumerate(amounts)}


# Worked examples (the glossary's section 6.4)


def test_e14_four_seasons_spread_the_next_year():
    sold = np.array([200.0, 350.0, 300.0, 150.0])
    assert index(sold).tolist() == [0.8, 1.4, 1.2, 0.6]
    assert apportion(1_100, sold).tolist() == [220, 385, 330, 165]


def test_e14_through_the_orders_of_a_year(history_of):
    sold = {"2025-04": 200, "2025-07": 350, "2025-10": 300, "2025-12": 150, "2025-01": 0}
    history = history_of(orders=orders(sold), products=products("Bike"))
    season = profiles(history, FiscalCalendar()).loc["Bikes"]
    spread = apportion(1_100, season.to_numpy())
    assert [int(spread[place]) for place in (3, 6, 9, 11)] == [220, 385, 330, 165]
    assert spread.sum() == 1_100


def test_e16_a_trend_gets_its_season_back():
    trend = np.array([47.4085, 48.1710, 48.9336, 49.6961])
    found = seasoned(trend, np.array([0.589, 0.656, 0.826, 1.902]))
    assert found.round(2).tolist() == [27.92, 31.6, 40.42, 94.52]


def test_e18_a_month_over_the_average_month():
    sold = np.full(MONTHS, 100.0)
    sold[0], sold[6] = 120.0, 80.0
    assert index(sold)[0] == pytest.approx(1.2)


# Profiles


def test_months_stand_in_fiscal_order_and_only_whole_fiscal_years_count(history_of):
    sold = {"2024-06": 999, **year("2024-07", range(1, 13)), "2025-07": 999}
    table = profiles(history_of(orders=orders(sold), products=products("Bike")), JULY)
    assert table.loc["Bikes"].tolist() == pytest.approx([share / 78 for share in range(1, 13)])
    assert list(table.index) == ["Bikes", ""]


def test_whole_years_count_together_by_what_they_sold(history_of):
    sold = {**year("2023-07", [10] * 12), **year("2024-07", [30] * 11 + [60])}
    season = profiles(history_of(orders=orders(sold), products=products("Bike")), JULY).loc[""]
    assert season[11] == pytest.approx(70 / 510)


def test_a_month_that_took_back_more_than_it_sold_counts_as_none(history_of):
    sold = year("2024-07", [10] * 11 + [-50])
    season = profiles(history_of(orders=orders(sold), products=products("Bike")), JULY).loc["Bikes"]
    assert season[11] == 0
    assert season[0] == pytest.approx(1 / 11)


def test_without_a_whole_year_months_not_there_stand_at_the_average_of_those_that_are(history_of):
    sold = {"2024-07": 10, "2024-08": 30}
    season = profiles(history_of(orders=orders(sold), products=products("Bike")), JULY).loc["Bikes"]
    assert season[0] == pytest.approx(10 / 240)
    assert season[11] == pytest.approx(20 / 240)


def test_a_one_off_order_makes_no_season(history_of):
    usual, hotel = year("2024-07", [10] * 12), {"2024-09": 10_000}
    history = history_of(
        orders=[*orders(usual), *orders(hotel, number=2)],
        one_offs=[{"order_id": "Bike-2-2024-09", "reason": "A hotel opened"}],
        products=products("Bike"),
    )
    assert profiles(history, JULY).loc["Bikes"].tolist() == pytest.approx([1 / 12] * 12)


def test_a_line_that_began_in_mid_year_has_the_season_of_all_until_it_has_a_year(history_of):
    old, new = year("2024-07", range(1, 13)), year("2025-01", [50] * 6)
    history = history_of(orders=[*orders(old), *orders(new, "Lamp")], products=products("Bike", "Lamp"))
    table = profiles(history, JULY)
    assert table.loc["Lamps"].tolist() == table.loc[""].tolist()
    assert table.loc["Lamps"][0] > 0


def test_a_line_whose_years_contradict_each_other_has_the_season_of_all(history_of):
    bikes = {**year("2023-07", [30] * 12), **year("2024-07", [30] * 12)}
    lamps = {**year("2023-07", [12] + [0] * 11), **year("2024-07", [0] * 11 + [12])}
    history = history_of(orders=[*orders(bikes), *orders(lamps, "Lamp")], products=products("Bike", "Lamp"))
    table = profiles(history, JULY)
    assert table.loc["Lamps"].tolist() == pytest.approx(table.loc[""].tolist())


# Shrinking


shares = st.lists(st.integers(1, 1_000), min_size=MONTHS, max_size=MONTHS).map(
    lambda each: np.array(each) / sum(each)
)


@given(st.lists(shares, min_size=2, max_size=4), shares)
def test_a_shrunk_season_lies_between_its_own_and_that_of_the_whole(years, whole):
    own = np.mean(years, axis=0)
    found = shrunk(own, np.array(years), whole)
    assert found.sum() == pytest.approx(1.0)
    assert (found >= np.minimum(own, whole) - 1e-12).all()
    assert (found <= np.maximum(own, whole) + 1e-12).all()


@given(shares, shares)
def test_a_season_that_every_year_repeats_is_not_shrunk(own, whole):
    assert shrunk(own, np.array([own, own]), whole) == pytest.approx(own)


@given(shares, st.floats(0.7, 1.5))
def test_growth_is_not_taken_for_season(season, growth):
    monthly = growth ** (np.arange(3 * MONTHS) / MONTHS)
    series = np.tile(season, 3) * monthly * 1e6
    found = indices(np.array([series]), np.zeros(1, int))
    assert found.mean() == pytest.approx(1.0)
    assert found[0] == pytest.approx(season * MONTHS, rel=0.02)


def test_a_part_with_one_year_has_half_of_its_own_season_and_half_of_the_companys():
    company = np.full(24, 100.0)
    part = np.concatenate([np.zeros(12), [24.0], np.zeros(11)])
    found = indices(np.array([company, part]), np.array([0, 12]))
    assert found[1, 0] == pytest.approx(6.5)
    assert found[1, 1] == pytest.approx(0.5)
