"""The market view: sizes stated, estimated or left out, and what size and share did to sales."""

import random
from decimal import Decimal

import pytest

from planning.history.engine import open_history
from planning.history.market import COLUMNS, market, size_and_share
from planning.periods import FiscalCalendar
from planning.sample.market import SHARES, UNKNOWN
from planning.workbook.place import stand

CALENDAR = FiscalCalendar()
PLACES = ("East", "North", "South", "West", "Isles")


def made(history_of, markets, sales):
    """Make a history with sales by territory and year."""
    orders = [
        {"order_id": f"{year}{place}", "line": 1, "date": f"{year}-05-01", "rep": "Ann", "territory": place,
         "product": "Bike", "quantity": 1, "amount": amount}
        for (year, place), amount in sales.items()
    ]  # fmt: skip
    return history_of(
        territories=[{"territory": place} for place in PLACES],
        people=[{"rep": "Ann"}],
        products=[{"product": "Bike", "product_line": "Bikes"}],
        orders=orders,
        markets=markets,
    )


def sized(year, territory, size, product_line="", **more):
    return {"year": year, "territory": territory, "product_line": product_line, "size": size, **more}


def test_a_market_larger_than_planned_and_a_share_smaller():
    # E30: market 444,000 to 500,000, share 25% to 23%, margin 125.10 a unit.
    size, share = size_and_share((444_000, 0.25), (500_000, 0.23), "base")
    assert (size * 125.10, share * 125.10) == (pytest.approx(1_751_400), pytest.approx(-1_251_000))
    assert (size + share) * 125.10 == pytest.approx(500_400)
    even = size_and_share((444_000, 0.25), (500_000, 0.23))
    assert sum(even) == pytest.approx(size + share)


def test_size_and_share_add_up_whatever_they_were_and_swap_their_signs_with_the_years():
    draw = random.Random(4)
    for _ in range(2_000):
        one, other = ((draw.uniform(0, 1e9), draw.uniform(0, 1)) for _ in range(2))
        there, back = size_and_share(one, other), size_and_share(other, one)
        assert sum(there) == pytest.approx(other[0] * other[1] - one[0] * one[1], abs=1e-3)
        assert [-each for each in back] == pytest.approx(list(there))


def test_the_change_of_sales_is_what_size_and_share_did_to_the_unit(history_of):
    markets = [sized(2025, "East", 1_000), sized(2026, "East", 1_333), sized(2026, "West", 500)]
    history = made(history_of, markets, {(2025, "East"): 301, (2026, "East"): 333, (2026, "West"): 100})
    table = market(history, CALENDAR, 2026).set_index("territory")
    east = table.loc["East"]
    assert east["size_effect"] + east["share_effect"] == 333 - 301
    assert (east["share"], east["share_before"]) == (pytest.approx(333 / 1333), pytest.approx(0.301))
    assert east["growth"] == pytest.approx(0.333)
    assert table.loc["West", ["size_effect", "share_effect"]].isna().all()


def test_what_is_not_known_is_estimated_from_four_others_and_marked(history_of):
    markets = [sized(2026, place, size) for place, size in zip(PLACES[:4], (1000, 2000, 3000, 4000), strict=True)]
    sales = {(2026, place): amount for place, amount in zip(PLACES, (200, 300, 400, 1100, 50), strict=True)}
    table = market(made(history_of, markets, sales), CALENDAR, 2026).set_index("territory")
    isles = table.loc["Isles"]
    assert (isles["basis"], isles["size"]) == ("estimated", 250)
    assert table["share"].isna()["Isles"]
    assert isles[["size_effect", "potential"]].isna().all()
    assert (table.loc["", "basis"], table.loc["", "size"]) == ("estimated", 10_250)
    # The best quarter of 20%, 15%, 13.3% and 27.5% has 21.9%; who is better keeps what is sold.
    assert table.loc["North", "potential"] == pytest.approx(2000 * 0.21875, abs=1)
    assert table.loc["West", "potential"] == 1100


def test_with_too_few_known_the_rest_is_left_out(history_of):
    markets = [sized(2026, place, 1000) for place in PLACES[:3]]
    table = market(made(history_of, markets, {(2026, place): 100 for place in PLACES}), CALENDAR, 2026)
    table = table.set_index("territory")
    assert table.loc["Isles", "basis"] == table.loc["", "basis"] == "unknown"
    assert table.loc[["Isles", ""], "size"].isna().all()


def test_product_lines_add_up_where_the_territory_is_not_stated_itself(history_of):
    markets = [sized(2026, "East", 300, "Bikes"), sized(2026, "East", 200, "Helmets"), sized(2026, "West", 900),
               sized(2026, "West", 1, "Bikes")]  # fmt: skip
    table = market(made(history_of, markets, {(2026, "East"): 50}), CALENDAR, 2026).set_index("territory")
    assert (table.loc["East", "size"], table.loc["West", "size"]) == (500, 900)


def test_growth_of_a_territory_is_that_of_its_product_lines_by_their_sizes(history_of):
    markets = [
        sized(2026, "East", 9_000, "Bikes", growth=Decimal("0")),
        sized(2026, "East", 1_500, "Helmets", growth=Decimal("0.5")),
        sized(2026, "West", 9_000, "Bikes", growth=Decimal("0")),
        sized(2026, "West", 1_500, "Helmets"),
    ]
    table = market(made(history_of, markets, {(2026, "East"): 50}), CALENDAR, 2026).set_index("territory")
    assert table.loc["East", "growth"] == pytest.approx(10_500 / 10_000 - 1)
    assert table["growth"].isna()["West"]
    assert table.loc["West", "size"] == 10_500


def test_a_territory_whose_size_is_told_for_some_of_its_lines_only_is_not_known(history_of):
    markets = [sized(2026, "East", 300, "Bikes"), sized(2026, "East", None, "Helmets", competitors="A rival")]
    table = market(made(history_of, markets, {(2026, "East"): 50}), CALENDAR, 2026).set_index("territory")
    assert table.loc["East", "basis"] == "unknown"
    assert table.loc["East", ["size", "share", "potential"]].isna().all()


def test_effects_add_up_to_the_unit_in_every_territory_and_for_the_company(history_of):
    draw = random.Random(11)
    years = (2025, 2026)
    for _ in range(10):
        markets = [sized(year, place, draw.randint(1, 10**11)) for year in years for place in PLACES]
        sales = {(year, place): draw.randint(-(10**6), 10**11) for year in years for place in PLACES}
        table = market(made(history_of, markets, sales), CALENDAR, 2026).set_index("territory")
        effects = table["size_effect"] + table["share_effect"]
        assert [effects[place] for place in PLACES] == [sales[2026, each] - sales[2025, each] for each in PLACES]
        company = table.loc[""]
        assert company["basis"] == "stated"
        for name in ("size", "sales", "size_effect", "share_effect"):
            assert company[name] == table[name].drop("").sum()
        before = sum(sales[2025, each] for each in PLACES) / sum(each["size"] for each in markets[:5])
        assert company["share_before"] == pytest.approx(before)


def test_without_a_year_before_in_every_territory_the_company_has_no_effects(history_of):
    markets = [sized(2026, place, 1000) for place in PLACES] + [sized(2025, place, 900) for place in PLACES[1:]]
    sales = {(year, place): 100 for year in (2025, 2026) for place in PLACES}
    table = market(made(history_of, markets, sales), CALENDAR, 2026).set_index("territory")
    assert table.loc["", "size"] == 5_000
    assert table.loc["", ["growth", "share_before", "size_effect", "share_effect"]].isna().all()
    assert table.loc["North", "size_effect"] + table.loc["North", "share_effect"] == 0


def test_a_history_without_a_table_of_markets_has_an_empty_view(history_of):
    history = history_of(territories=[{"territory": "East"}])
    assert market(history, CALENDAR, 2026).empty


def test_without_any_market_the_table_is_empty(history_of):
    table = market(made(history_of, [], {(2026, "East"): 50}), CALENDAR, 2026)
    assert table.empty
    assert list(table) == list(COLUMNS)


def test_the_sample_company_loses_share_where_its_competitor_came(sample_company):
    context = stand(str(sample_company))
    with open_history(context.settings) as history:
        table = market(history, context.calendar, 2026).set_index("territory")
    assert set(table.index[table["basis"] == "estimated"]) == {*UNKNOWN, ""}
    known = table[table["basis"] == "stated"]
    assert known["share"].between(SHARES[0] - 0.001, SHARES[1] + 0.01).all()
    coast = known.loc["Harbour Coast"]
    assert coast["share"] < coast["share_before"]
    assert coast["share_effect"] < 0 < coast["size_effect"]
    assert "warehouse" in coast["competitors"]
    assert table.loc["", "sales"] == table.drop("")["sales"].sum()
