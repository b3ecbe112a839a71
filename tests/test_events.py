"""What events did: the sample's planted causes are found, and the rules of the comparison hold."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.history.cost.cells import Window, growth, since
from planning.history.cost.launch import losses
from planning.history.cost.spread import apart
from planning.history.engine import open_history
from planning.history.events import COLUMNS, events
from planning.periods import FiscalCalendar, month_range
from planning.sample import causes
from planning.workbook.place import stand

CALENDAR = FiscalCalendar()
NORMAL = 10_000
TWO_YEARS = month_range("2025-01", "2026-12")
TERRITORIES = ("North", "East", "South", "West", "Coast", "Hills")


@pytest.fixture(scope="module")
def measured(sample_company):
    """Measure the events of the sample company: a row a measure, by kind, territory, line and measure."""
    context = stand(str(sample_company))
    with open_history(context.settings) as history:
        table = events(history, context.calendar)
    return table.set_index(["kind", "territory", "product_line", "measure"]).sort_index()


PLANTED = [
    *(
        ("competitor_entry", causes.COMPETITOR_TERRITORY, line, "sales", -causes.COMPETITOR_TAKES)
        for line in causes.COMPETITOR_LINES
    ),
    *(
        ("departure", each.territory, "", "sales", causes.ACCOUNTS_WITHOUT_REP - 1) for each in causes.DEPARTURES
    ),
    ("price_rise", "", causes.PRICE_LINE, "price", causes.PRICE_RISE),
    ("price_rise", "", causes.PRICE_LINE, "elasticity", causes.PRICE_ELASTICITY),
    ("launch", "", causes.LAUNCH_LINE, "share", causes.LAUNCH_SHARE),
    ("launch", "", causes.LAUNCH_LINE, "siblings", -causes.LAUNCH_CANNIBALISED),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "territory", "line", "measure", "size"), PLANTED)
def test_a_planted_cause_is_found_with_its_size_and_told_from_zero(measured, kind, territory, line, measure, size):
    found = measured.loc[(kind, territory, line, measure)]
    assert found["low"] <= size <= found["high"]
    assert found["verdict"] == ("rose" if size > 0 else "fell")


def test_every_event_of_the_sample_is_measured(measured, sample_company):
    assert set(measured["event"]) == set(causes.events()["event"])
    assert (measured["verdict"] != "cannot tell").all()


def test_the_vacant_months_of_a_departure_are_those_until_the_seat_is_taken_over(measured):
    planted = causes.planted().query("kind == 'vacancy'")
    for each in planted.itertuples():
        found = measured.loc[("departure", each.territory, "", "sales")]
        assert (found["first"], found["last"]) == (each.first_month, each.last_month)


def test_price_and_volume_of_a_price_rise_add_up_to_sales_in_money(measured):
    amounts = measured.loc[("price_rise", "", causes.PRICE_LINE)]["amount"]
    assert amounts["price"] + amounts["volume"] == amounts["sales"]


def test_what_a_launch_leaves_is_what_it_sold_less_what_its_siblings_lost(measured):
    amounts = measured.loc[("launch", "", causes.LAUNCH_LINE)]["amount"]
    assert amounts["share"] + amounts["siblings"] == amounts["sales"]


def sales(change=lambda place, month: 1.0, months=TWO_YEARS, places=TERRITORIES, **more):
    """One order a month of one customer a territory; an amount is 100.00 times what `change` gives."""
    return [
        {"order_id": f"{place}{month}{more.get('customer', '')}", "line": 1, "date": f"{month}-15", "rep": "Ana",
         "territory": place, "product": "Pan", "channel": "Shops", "customer": f"Customer of {place}",
         "quantity": 10, "amount": round(NORMAL * change(place, month)), **more}
        for place in places
        for month in months
    ]  # fmt: skip


def fell(place, month, by=0.2):
    return 1 - by if place == "North" and month >= "2026-04" else 1.0


def rival(**more):
    return {"event": "E1", "kind": "competitor_entry", "territory": "North", "product_line": "Pans",
            "date": "2026-04-01", "note": "A rival came", **more}  # fmt: skip


BASE = {
    "products": [{"product": "Pan", "product_line": "Pans"}, {"product": "Pot", "product_line": "Pots"}],
    "territories": [{"territory": place} for place in TERRITORIES],
    "people": [{"rep": "Ana"}],
    "assignments": [{"rep": "Ana", "territory": place} for place in TERRITORIES],
}


@pytest.fixture
def found(history_of):
    """Measure the events of a history made by hand."""

    def measure(orders, happened, **more):
        return events(history_of(**{**BASE, "orders": orders, "events": happened, **more}), CALENDAR)

    return measure


def test_a_fall_of_a_fifth_is_a_fall_of_a_fifth_and_of_its_money(found):
    row = found(sales(fell), [rival()]).iloc[0]
    assert row["effect"] == pytest.approx(-0.2)
    assert row["amount"] == -9 * NORMAL // 5
    assert (row["cells"], row["first"], row["last"], row["verdict"]) == (5, "2026-04", "2026-12", "fell")


def test_season_and_what_befell_all_territories_drop_out(found):
    def swings(place, month):
        return fell(place, month) * (3 if month.endswith(("-11", "-12")) else 1) * (1.5 if month > "2026" else 1)

    assert found(sales(swings), [rival()]).iloc[0]["effect"] == pytest.approx(-0.2)


def test_a_customer_who_was_won_or_lost_is_not_the_event(found):
    lost = sales(months=month_range("2025-01", "2026-03"), places=["North"], customer="Lost")
    won = sales(months=month_range("2026-04", "2026-12"), places=["East"], customer="Won")
    assert found([*sales(fell), *lost, *won], [rival()]).iloc[0]["effect"] == pytest.approx(-0.2)


def test_a_one_off_order_is_not_the_event(found):
    hotel = sales(lambda place, month: 500.0, ["2026-05"], ["North"], order_id="Hotel")
    row = found([*sales(fell), *hotel], [rival()], one_offs=[{"order_id": "Hotel"}]).iloc[0]
    assert row["effect"] == pytest.approx(-0.2)
    assert row["amount"] == -9 * NORMAL // 5


def test_a_fall_within_the_usual_spread_cannot_be_told(found):
    spread = dict(zip(TERRITORIES, (0.9, 0.85, 0.95, 1.0, 1.1, 1.2), strict=True))
    row = found(sales(lambda place, month: spread[place] if month > "2026" else 1.0), [rival()]).iloc[0]
    assert row["low"] < 0 < row["high"]
    assert row["verdict"] == "cannot tell"
    assert "holds zero" in row["reason"]


def test_too_few_untouched_territories_cannot_tell(found):
    row = found(sales(fell, places=TERRITORIES[:4]), [rival()]).iloc[0]
    assert row["verdict"] == "cannot tell"
    assert "Only 3 cells were not touched" in row["reason"]
    assert row[["effect", "low", "high", "amount"]].isna().all()


@pytest.mark.parametrize("day", ["2026-11-01", "2027-03-01", "2024-06-01"])
def test_too_few_months_in_both_years_cannot_tell(found, day):
    months = TWO_YEARS if day > "2025" else month_range("2024-06", "2025-07")
    row = found(sales(fell, months), [rival(date=day)]).iloc[0]
    assert row["verdict"] == "cannot tell"
    assert "Fewer than 3 months" in row["reason"]


def test_what_did_not_sell_before_cannot_be_told(found):
    late = [order for order in sales(fell) if order["territory"] != "North" or order["date"] >= "2026-04"]
    row = found(late, [rival()]).iloc[0]
    assert row["verdict"] == "cannot tell"
    assert "did not sell in both years" in row["reason"]


def test_an_event_that_fell_on_everything_has_nothing_to_be_compared_with(found):
    row = found(sales(), [rival(territory=None, product_line=None)]).iloc[0]
    assert row["verdict"] == "cannot tell"
    assert "nothing to compare it with" in row["reason"]


def test_two_events_on_the_same_cells_name_one_another(found):
    table = found(sales(fell), [rival(), rival(event="E2", date="2026-05-01")]).set_index("event")
    assert table["beside"].to_dict() == {"E1": "E2", "E2": "E1"}


def test_cells_that_another_event_fell_on_are_not_compared_with(found):
    def both(place, month):
        return 0.1 if place == "East" and month >= "2026-04" else fell(place, month)

    row = found(sales(both), [rival(), rival(event="E2", territory="East")]).set_index("event").loc["E1"]
    assert row["effect"] == pytest.approx(-0.2)
    assert (row["cells"], row["beside"]) == (4, "")


def test_a_departure_of_nobody_known_and_a_launch_of_no_product_say_so(found):
    gone = rival(kind="departure", product_line=None)
    new = rival(event="E2", kind="launch", territory=None)
    reasons = found(sales(), [gone, new]).set_index("event")["reason"]
    assert "Nobody of North left within 31 days of 2026-04-01" in reasons["E1"]
    assert "No product of Pans was sold for the first time" in reasons["E2"]


def test_no_events_give_an_empty_table_of_the_same_shape(history_of):
    table = events(history_of(**BASE, orders=sales()), CALENDAR)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_a_year_shows_the_events_whose_first_twelve_months_reach_into_it(history_of):
    history = history_of(**BASE, orders=sales(fell), events=[rival()])
    shown = {year: len(events(history, CALENDAR, year)) for year in (2025, 2026, 2027, 2028)}
    assert shown == {2025: 0, 2026: 1, 2027: 1, 2028: 0}


def test_the_month_in_which_an_event_began_counts_only_if_it_began_on_its_first_day():
    assert since(date(2026, 4, 1), "2026-12") == Window("2026-04", "2026-12")
    assert since(date(2026, 4, 2), "2027-12") == Window("2026-05", "2027-04")


AMOUNTS = st.integers(1, 10**9)
LINES = st.lists(st.tuples(st.sampled_from(["a", "b"]), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=8)


def table_of(lines):
    columns = ["unit", "amount", "base_amount", "units", "base_units"]
    return pd.DataFrame(lines, columns=columns).assign(
        product=[f"P{place}" for place in range(len(lines))], channel=""
    )


@given(LINES)
def test_price_and_volume_make_up_growth_and_turn_their_signs_when_the_years_are_swapped(lines):
    now = table_of(lines)
    swapped = now.rename(columns={"amount": "base_amount", "base_amount": "amount",
                                  "units": "base_units", "base_units": "units"})  # fmt: skip
    there, back = growth(now), growth(swapped)
    np.testing.assert_allclose(there["price"] + there["volume"], there["sales"], atol=1e-9)
    np.testing.assert_allclose(there, -back, atol=1e-9)


@given(LINES, st.integers(2, 9))
def test_dearer_by_one_factor_is_price_alone(lines, factor):
    dearer = [(unit, amount * factor, amount, units, units) for unit, amount, _, units, _ in lines]
    grown = growth(table_of(dearer))
    np.testing.assert_allclose(grown["price"], np.log(factor))
    np.testing.assert_allclose(grown["volume"], 0, atol=1e-9)


@given(st.lists(st.floats(-1, 1), min_size=5, max_size=20), st.floats(-5, 5))
def test_what_moves_all_cells_alike_moves_no_figure(cells, shift):
    def held(values):
        found = apart(pd.Series(values[:1]), pd.Series(values[1:]))
        return found.value, found.low, found.high

    np.testing.assert_allclose(held(cells), held([each + shift for each in cells]), atol=1e-9)


def test_an_interval_of_95_percent_holds_the_truth_in_95_cases_of_100():
    drawn = np.random.default_rng(7).normal(size=(2000, 12))
    held = [apart(pd.Series(row[:2] - 0.3), pd.Series(row[2:])) for row in drawn]
    assert np.mean([each.low <= -0.3 <= each.high for each in held]) == pytest.approx(0.95, abs=0.015)


def test_products_that_lost_nothing_are_rarely_named_as_losers():
    drawn = np.random.default_rng(7).normal(size=(400, 8))
    named = [bool(losses(pd.Series(row, [f"P{place}" for place in range(8)]))) for row in drawn]
    assert np.mean(named) < 0.06
