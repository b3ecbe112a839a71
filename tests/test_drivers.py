import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import HistoryError, PlanningError
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
        (book(a=(-2, -40), b=(10, 100)), book(a=(0, 0), b=(10, 100)), {"volume": 40, "price": 0, "mix": 0}),
    ],
    ids=["new item", "dropped item", "empty base", "credit without quantity", "returns beyond sales"],
)
def test_odd_bases_follow_their_rule(base, actual, expected):
    assert price_volume_mix(base, actual).sum().to_dict() == expected


def books(quantities):
    """Books with any quantity and amount, and books of large amounts at a price."""
    loose = st.tuples(quantities, st.integers(-(10**8), 10**8))
    priced = st.builds(lambda q, price, credit: (q, q * price + credit), quantities, st.integers(0, 10**6), CREDITS)
    return st.dictionaries(st.sampled_from("abcdefgh"), loose | priced, max_size=8)


CREDITS = st.integers(-999, 999)
ANY = books(st.integers(-(10**6), 10**6))
SOLD_ONLY = books(st.integers(0, 10**6))


def change(before, after):
    items = before.index.union(after.index)
    return after["amount"].reindex(items, fill_value=0) - before["amount"].reindex(items, fill_value=0)


@given(ANY, ANY)
@settings(max_examples=200, deadline=None)
def test_effects_add_up_to_the_difference_of_every_item(base, actual):
    before, after = book(**base), book(**actual)
    effects = price_volume_mix(before, after)
    assert effects.sum(axis=1).tolist() == change(before, after).tolist()


@given(ANY)
@settings(max_examples=50, deadline=None)
def test_nothing_changed_has_no_effects(base):
    assert (price_volume_mix(book(**base), book(**base)) == 0).all().all()


@given(ANY, ANY, st.sampled_from([2, 8, 1024]))
@settings(max_examples=100, deadline=None)
def test_counting_in_dozens_or_pieces_tells_the_same_story(base, actual, pieces):
    before, after = book(**base), book(**actual)
    in_pieces = [each.assign(quantity=each["quantity"] * pieces) for each in (before, after)]
    assert price_volume_mix(*in_pieces).equals(price_volume_mix(before, after))


@given(SOLD_ONLY, SOLD_ONLY, st.integers(2, 100))
@settings(max_examples=100, deadline=None)
def test_another_currency_scales_every_effect_up_to_rounding(base, actual, rate):
    before, after = book(**base), book(**actual)
    exchanged = [each.assign(amount=each["amount"] * rate) for each in (before, after)]
    gap = price_volume_mix(*exchanged) - rate * price_volume_mix(before, after)
    assert (gap.abs() <= 2 * rate).all().all()


@given(ANY, ANY, ANY, ANY)
@settings(max_examples=50, deadline=None)
def test_accounts_side_by_side_are_the_accounts_one_by_one(base_1, actual_1, base_2, actual_2):
    one, other = ((book(**base_1), book(**actual_1)), (book(**base_2), book(**actual_2)))
    base, actual = (pd.concat({"one": a, "other": b}) for a, b in zip(one, other, strict=True))
    together = price_volume_mix(base, actual)
    for name, (before, after) in {"one": one, "other": other}.items():
        alone = price_volume_mix(before, after)
        mine = together[together.index.get_level_values(0) == name]
        assert mine.droplevel(0).to_dict("index") == alone.to_dict("index")


def test_a_base_price_beyond_belief_is_refused_with_its_item():
    with pytest.raises(HistoryError, match="odd"):
        price_volume_mix(book(odd=(1, 10**13)), book(odd=(1000, 10)))


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
    assert table.attrs["months"] == ("2019-03", "2019-03")
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


def test_units_without_an_amount_beside_them_are_no_base(history_of):
    lines = goals(product_line="Bikes")[:1]
    units = [{**lines[0], "metric": "units", "product_line": line, "target": 55} for line in ("Bikes", "Parts")]
    told = steps(account(history_of(**BASE, goals=lines + units), JANUARY, 2019, against="goal"))
    assert (told["goal"], told["growth_asked"]) == (70_000, 92_000 - 70_000)


def test_the_steps_stand_in_the_order_of_a_waterfall(history_of):
    history = history_of(**BASE, goals=goals())
    effects = account(history, JANUARY, 2019, by="rep", against="goal")["effect"].tolist()
    assert effects == ["goal", "growth_asked", "volume", "price", "mix", "result"] * 2


def test_who_has_no_goal_is_left_out_and_named(history_of):
    table = account(history_of(**BASE, goals=goals()[:1]), JANUARY, 2019, by="rep", against="goal")
    assert table["rep"].unique().tolist() == ["Ana"]
    assert table.attrs["left_out"] == ["Ben"]
    assert steps(table)["growth_asked"] == 60_000 - 70_000


def test_a_goal_for_all_lines_is_no_goal_of_one_line(history_of):
    mixed = [*goals(product_line="Bikes")[:1], *goals()[1:2]]
    table = account(history_of(**BASE, goals=mixed), JANUARY, 2019, by="product_line", against="goal")
    assert table["product_line"].unique().tolist() == ["Bikes"]
    assert table.attrs["left_out"] == ["Parts"]


def test_what_has_no_name_keeps_an_empty_one(history_of):
    table = account(history_of(**BASE, territories=[{"territory": "Canada"}]), JANUARY, 2019, by="region")
    assert table["region"].isna().all()
    assert steps(table)["result"] == 116_000


def test_items_may_be_products(history_of):
    by_line = account(history_of(**BASE), JANUARY, 2019)
    assert steps(account(history_of(**BASE), JANUARY, 2019, item="product")) == steps(by_line)


def test_a_part_of_the_company_is_accounted_for_alone(history_of):
    table = account(history_of(**BASE), JANUARY, 2019, where={"rep": "Ben"})
    assert steps(table) == {"last_year": 32_000, "volume": 8_000, "price": 10_000, "mix": 0, "result": 50_000}


def test_without_any_goal_it_says_so(history_of):
    with pytest.raises(HistoryError, match="no revenue goal from 2019-01 to 2019-03"):
        account(history_of(**BASE), JANUARY, 2019, against="goal")
    with pytest.raises(HistoryError, match="no revenue goal by product "):
        account(history_of(**BASE, goals=goals()), JANUARY, 2019, by="product", against="goal")


def test_a_year_without_results_is_refused_with_the_months_there_are(history_of):
    with pytest.raises(HistoryError, match="2018-03 to 2019-03"):
        account(history_of(**BASE), JANUARY, 2021)


def test_a_part_of_the_company_without_sales_is_an_account_of_zeros(history_of):
    history = history_of(**{**BASE, "people": [*BASE["people"], {"rep": "Zoe"}]})
    zeros = {"last_year": 0, "volume": 0, "price": 0, "mix": 0, "result": 0}
    assert steps(account(history, JANUARY, 2019, where={"rep": "Zoe"})) == zeros
    assert account(history, JANUARY, 2019, by="rep", where={"rep": "Zoe"}).empty


def test_a_goal_without_sales_is_missed_whole(history_of):
    zoe = {"rep": "Zoe", "metric": "revenue", "month": "2019-03-01", "target": 500}
    history = history_of(**{**BASE, "people": [*BASE["people"], {"rep": "Zoe"}]}, goals=[zoe])
    missed = {"goal": 500, "growth_asked": -500, "volume": 0, "price": 0, "mix": 0, "result": 0}
    assert steps(account(history, JANUARY, 2019, by="rep", against="goal")) == missed
    assert steps(account(history, JANUARY, 2019, where={"rep": "Zoe"}, against="goal")) == missed


def test_the_first_year_has_no_year_before_it(history_of):
    with pytest.raises(HistoryError, match="FY2018 has no results in months that the year before has too"):
        account(history_of(**BASE), JANUARY, 2018)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": "reps"}, "Did you mean 'rep'"),
        ({"by": "month"}, "no dimension 'month'"),
        ({"by": "stage"}, "Orders do not tell stage"),
        ({"item": "products"}, "Did you mean 'product'"),
        ({"where": {"rep": "Anna"}}, "Did you mean 'Ana'"),
        ({"against": "budget"}, "last_year or goal, not 'budget'"),
    ],
)
def test_what_cannot_be_asked_is_refused(history_of, asked, message):
    with pytest.raises(PlanningError, match=message):
        account(history_of(**BASE), JANUARY, 2019, **asked)
