import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import HistoryError
from planning.history.drivers import account, price_volume_mix
from planning.periods import FiscalCalendar

JANUARY = FiscalCalendar(1)


def book(**items):
    return pd.DataFrame.from_dict(items, orient="index", columns=["quantity", "amount"])


def test_one_item_has_price_and_volume_and_no_mix():
    # Plan 100 at 10, actual 90 at 9: volume -100, price -90.
    effects = price_volume_mix(book(a=(100, 100_000)), book(a=(90, 81_000)))
    assert effects.loc["a"].to_dict() == {"volume": -10_000, "price": -9_000, "mix": 0}


def test_two_items_show_the_mix_between_them():
    # In tenths of a cent, so that rounding within an item does not hide the exact 4, 20.444 and -0.444.
    effects = price_volume_mix(book(abc=(50, 60_000), deff=(40, 32_000)), book(abc=(60, 66_000), deff=(50, 50_000)))
    assert effects.loc["abc"].to_dict() == {"volume": 13_333, "price": -6_000, "mix": -1_333}
    assert effects.sum().to_dict() == {"volume": 20_444, "price": 4_000, "mix": -444}


@pytest.mark.parametrize(
    ("base", "actual", "expected"),
    [
        (book(old=(10, 100)), book(old=(10, 100), new=(5, 80)), {"volume": 50, "price": 0, "mix": 30}),
        (book(a=(10, 100), gone=(10, 100)), book(a=(10, 100)), {"volume": -100, "price": 0, "mix": 0}),
        (book(), book(new=(5, 80)), {"volume": 80, "price": 0, "mix": 0}),
        (book(a=(10, 100)), book(a=(10, 100), credit=(0, -7)), {"volume": 0, "price": -7, "mix": 0}),
        (book(a=(-2, -20), b=(10, 100)), book(a=(0, 0), b=(10, 100)), {"volume": 20, "price": 0, "mix": 0}),
    ],
    ids=["new item", "dropped item", "empty base", "credit without quantity", "returns beyond sales"],
)
def test_odd_bases_follow_their_rule(base, actual, expected):
    assert price_volume_mix(base, actual).sum().to_dict() == expected


books = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.integers(-(10**6), 10**7), st.integers(-(10**11), 10**12)), max_size=8
)


@given(books, books)
@settings(max_examples=500, deadline=None)
def test_effects_add_up_to_the_difference_of_every_item(base, actual):
    before, after = book(**base), book(**actual)
    effects = price_volume_mix(before, after)
    items = before.index.union(after.index)
    change = after["amount"].reindex(items, fill_value=0) - before["amount"].reindex(items, fill_value=0)
    assert (effects.sum(axis=1).to_numpy() == change.to_numpy(dtype="int64")).all()


@given(books)
@settings(max_examples=100, deadline=None)
def test_nothing_changed_has_no_effects(base):
    assert (price_volume_mix(book(**base), book(**base)) == 0).all().all()


def orders(*rows):
    return [
        {"order_id": str(n), "line": 1, "date": day, "rep": rep, "territory": "Canada", "product": product,
         "quantity": quantity, "amount": amount}
        for n, (day, rep, product, quantity, amount) in enumerate(rows)
    ]  # fmt: skip


SOLD = orders(
    ("2018-03-01", "Ana", "Bike", 50, 6_000_0), ("2018-03-02", "Ben", "Bell", 40, 3_200_0),
    ("2018-09-01", "Ana", "Bike", 7, 9_999),
    ("2019-03-01", "Ana", "Bike", 60, 6_600_0), ("2019-03-05", "Ben", "Bell", 50, 5_000_0),
)  # fmt: skip
BASE = {
    "people": [{"rep": "Ana"}, {"rep": "Ben"}],
    "products": [{"product": "Bell", "product_line": "Parts"}, {"product": "Bike", "product_line": "Bikes"}],
    "orders": SOLD,
}  # fmt: skip


def steps(table):
    return dict(zip(table["effect"], table["amount"], strict=True))


def test_a_part_year_is_held_against_the_same_months_of_the_year_before(history_of):
    table = account(history_of(**BASE), JANUARY, 2019)
    assert table.attrs["months"] == ("2019-01", "2019-03")
    assert steps(table) == {"last_year": 92_000, "volume": 20_444, "price": 4_000, "mix": -444, "result": 116_000}


def test_each_rep_has_an_account_of_their_own(history_of):
    table = account(history_of(**BASE), JANUARY, 2019, by="rep")
    ana = table[table["rep"] == "Ana"]
    assert steps(ana) == {"last_year": 60_000, "volume": 12_000, "price": -6_000, "mix": 0, "result": 66_000}


def goals(**more):
    return [
        {"rep": "Ana", "metric": "revenue", "month": "2019-03-01", "target": 70_000, **more},
        {"rep": "Ben", "metric": "revenue", "month": "2019-03-01", "target": 40_000, **more},
        {"rep": "Ben", "metric": "revenue", "month": "2019-11-01", "target": 5, **more},
    ]


def test_without_units_in_the_goal_the_growth_it_asked_for_is_an_effect(history_of):
    table = account(history_of(**BASE, goals=goals()), JANUARY, 2019, against="goal")
    assert steps(table) == {
        "goal": 110_000, "growth_asked": -18_000, "volume": 20_444, "price": 4_000, "mix": -444, "result": 116_000,
    }  # fmt: skip


def test_units_in_the_goal_are_the_base(history_of):
    planned = goals(product_line="Bikes")
    planned += [{**each, "metric": "units", "target": 55} for each in planned[:2]]
    table = account(history_of(**BASE, goals=planned[:2] + planned[3:]), JANUARY, 2019, against="goal")
    told = steps(table)
    assert (told["goal"], told["result"]) == (110_000, 116_000)
    assert "growth_asked" not in told
    assert told["volume"] + told["price"] + told["mix"] == 6_000


def test_without_any_goal_it_says_so(history_of):
    with pytest.raises(HistoryError, match="no revenue goal from 2019-01 to 2019-03"):
        account(history_of(**BASE), JANUARY, 2019, against="goal")
    with pytest.raises(HistoryError, match="no revenue goal by product "):
        account(history_of(**BASE, goals=goals()), JANUARY, 2019, by="product", against="goal")


def test_a_year_without_results_is_refused_with_the_months_there_are(history_of):
    with pytest.raises(HistoryError, match="2018-03 to 2019-03"):
        account(history_of(**BASE), JANUARY, 2021)
