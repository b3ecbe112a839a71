"""Every view of a difference adds up, agrees across levels, and does not depend on how factors are named."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_history import write_history

from planning.errors import HistoryError, PlanningError
from planning.history.drivers import VIEWS, account
from planning.history.engine import History
from planning.periods import FiscalCalendar

JANUARY = FiscalCalendar(1)
LEVELS = (
    "region",
    "territory",
    "manager",
    "rep",
    "product_line",
    "product",
    "channel",
    "segment",
    "tier",
    "customer",
)
BOOKS = 400
"""Territories of a random history. Units are valued territory by territory, so each is a history of its own."""


def random_history(folder, seed, swap_years=False, swap_names=False):
    """Write a history with everything that is odd: returns, credits, gaps, and people and products that change."""
    draw = np.random.default_rng(seed)
    count = BOOKS * 14
    territory = draw.integers(0, BOOKS, count)
    year = draw.integers(2018, 2020, count)
    # Some territories, reps, products and customers are there in one of the years only.
    year = np.where(territory % 11 == 0, 2018, np.where(territory % 13 == 0, 2019, year))
    product, channel = draw.integers(0, 5, count), draw.integers(0, 4, count)
    product = np.where((year == 2018) & (product == 4), 3, product)
    quantity = np.where(draw.random(count) < 0.15, -1, 1) * draw.integers(0, 60, count)
    price = draw.choice([0, 1, 7, 1_299, 250_000], count) + draw.integers(0, 9, count)
    amount = quantity * price + np.where(draw.random(count) < 0.1, draw.integers(-5_000, 5_000, count), 0)
    if swap_years:
        year = 4037 - year
    if swap_names:
        product, channel = channel, product
    month, customer = draw.integers(1, 13, count), draw.integers(0, 3, count)
    rep = territory * 3 + np.where(draw.random(count) < 0.2, 2, draw.integers(0, 2, count))
    rows = zip(year, month, territory, rep, product, channel, customer, quantity, amount, strict=True)
    orders = [
        {"order_id": str(number), "line": 1, "date": f"{y}-{m:02d}-15", "territory": f"T{t}", "rep": f"R{r}",
         "product": f"P{p}", "channel": f"C{c}" if c else None, "customer": f"K{t}-{k}" if k else None,
         "quantity": int(q), "amount": int(a)}
        for number, (y, m, t, r, p, c, k, q, a) in enumerate(rows)
    ]  # fmt: skip
    places = range(BOOKS)
    write_history(
        folder,
        orders=orders,
        opportunities=list(opportunities(draw)),
        territories=[{"territory": f"T{t}", "region": f"G{t % 7}" if t % 5 else None} for t in places],
        people=[
            {"rep": f"R{r}", "manager": f"M{r % 9}", "hired": [None, "2018-05-01", "2019-02-10"][r % 3],
             "left": [None, None, "2019-08-31"][r % 3] if r % 4 else None} for r in range(BOOKS * 3)
        ],
        assignments=[
            {"rep": f"R{r}", "territory": f"T{r // 3}", "effective_from": [None, "2018-05-01", "2019-02-10"][r % 3],
             "effective_to": "2018-12-31" if r % 7 == 0 else None} for r in range(BOOKS * 3) if r % 5
        ],
        products=[{"product": f"P{p}", "product_line": f"L{p % 2}"} for p in range(5)],
        customers=[
            {"customer": f"K{t}-{k}", "segment": f"S{k}", "tier": "AB"[t % 2]} for t in places for k in (1, 2)
        ],
    )  # fmt: skip
    return History(folder)


def opportunities(draw):
    for number in range(BOOKS * 6):
        territory, begun = int(draw.integers(0, BOOKS)), int(draw.integers(0, 23))
        steps = [begun + place for place in range(5)]
        days = [f"{2018 + month // 12}-{month % 12 + 1:02d}-03" for month in steps]
        reached = int(draw.integers(0, 5))
        status = "open" if steps[4] > 23 else ("won" if reached == 4 else "lost")
        yield {
            "opportunity": str(number), "rep": f"R{territory * 3}", "territory": f"T{territory}", "stage": "any",
            "product": f"P{number % 4}", "status": status, "opened": days[0] if number % 9 else None,
            "qualified": days[1] if reached > 0 else None, "presented": days[2] if reached > 1 else None,
            "proposed": days[3] if reached > 2 else None, "closed": None if status == "open" else days[4],
            "amount": int(draw.integers(0, 10**6)),
        }  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2])
def odd(request, tmp_path_factory):
    with random_history(tmp_path_factory.mktemp("odd"), request.param) as history:
        yield history


def wide(table, by):
    """Set accounts below and effects beside each other."""
    named = table.assign(**{by: table[by].fillna("")})
    return named.pivot(index=by, columns="effect", values="amount")


def steps(table):
    return dict(zip(table["effect"], table["amount"], strict=True))


def effects_of(told):
    return {name: amount for name, amount in told.items() if name not in ("last_year", "result", "goal")}


def asked_by(seen):
    told = VIEWS[seen].by or LEVELS
    return [each for each in told if seen != "pipeline" or each not in ("channel", "customer", "segment", "tier")]


@pytest.mark.parametrize("seen", VIEWS)
def test_a_thousand_random_histories_add_up_to_the_minor_unit_without_a_remainder(odd, seen):
    table = wide(account(odd, JANUARY, 2019, by="territory", seen=seen), "territory")
    assert len(table) > BOOKS / 2
    told = table.drop(columns="result").sum(axis=1)
    assert told.tolist() == table["result"].tolist()


@pytest.mark.parametrize("seen", VIEWS)
def test_every_level_adds_up_to_the_company(odd, seen):
    company = steps(account(odd, JANUARY, 2019, seen=seen))
    assert any(effects_of(company).values())
    for by in asked_by(seen):
        assert wide(account(odd, JANUARY, 2019, by=by, seen=seen), by).sum().to_dict() == company, by


@pytest.mark.parametrize("seen", VIEWS)
def test_one_territory_asked_for_alone_is_its_row_among_all(odd, seen):
    table = wide(account(odd, JANUARY, 2019, by="territory", seen=seen), "territory")
    for name in ("T5", "T12", "T44"):
        alone = steps(account(odd, JANUARY, 2019, where={"territory": name}, seen=seen))
        known = table.loc[name].to_dict() if name in table.index else {}
        assert {key: value for key, value in alone.items() if value} == {k: v for k, v in known.items() if v}


def test_swapping_the_years_turns_every_effect_around(tmp_path):
    with random_history(tmp_path / "a", 7) as one, random_history(tmp_path / "b", 7, swap_years=True) as other:
        there, back = (wide(account(each, JANUARY, 2019, by="territory"), "territory")
                       for each in (one, other))  # fmt: skip
    names = list(VIEWS["sales"].effects)
    assert (there[names] == -back[names]).all().all()
    assert there[names].to_numpy().any()


def test_naming_channels_products_and_products_channels_changes_names_alone(tmp_path):
    with random_history(tmp_path / "a", 8) as one, random_history(tmp_path / "b", 8, swap_names=True) as other:
        mine, theirs = (wide(account(each, JANUARY, 2019, by="territory"), "territory") for each in (one, other))
    turned = theirs.rename(columns={"channel_mix": "product_mix", "product_mix": "channel_mix"})[mine.columns]
    assert turned.equals(mine)


@given(st.tuples(*[st.integers(1, 500)] * 2), st.tuples(*[st.integers(1, 9_000)] * 2))
@settings(max_examples=40, deadline=None)
def test_two_factors_get_their_shapley_values(tmp_path_factory, quantities, prices):
    with made(tmp_path_factory, quantities, prices) as history:
        told = steps(account(history, JANUARY, 2019))
    shares = {"volume": [], "price": []}
    for order in permutations(("volume", "price")):
        now = {"volume": quantities[0], "price": prices[0]}
        for name in order:
            before = now["volume"] * now["price"]
            now[name] = {"volume": quantities[1], "price": prices[1]}[name]
            shares[name].append(now["volume"] * now["price"] - before)
    assert abs(told["volume"] - sum(shares["volume"]) / 2) <= 1
    assert abs(told["price"] - sum(shares["price"]) / 2) <= 1
    assert told["channel_mix"] == told["product_mix"] == 0


def made(tmp_path_factory, quantities, prices):
    folder = tmp_path_factory.mktemp("two")
    rows = [(f"{year}-03-01", "Ana", "Bike", q, q * p)
            for year, q, p in zip((2018, 2019), quantities, prices, strict=True)]  # fmt: skip
    write_history(folder, orders=orders(*rows))
    return History(folder)


def test_plan_100_at_10_and_actual_90_at_9_at_the_base_price(history_of):
    # DOMAIN of the field: volume -100, price -90, total -190; amounts in cents.
    told = steps(account(history_of(orders=orders(("2018-03-01", "Ana", "Bike", 100, 100_000),
                 ("2019-03-01", "Ana", "Bike", 90, 81_000))), JANUARY, 2019, valued_at="base"))  # fmt: skip
    assert (told["volume"], told["price"], told["result"] - told["last_year"]) == (-10_000, -9_000, -19_000)
    assert told["channel_mix"] == told["product_mix"] == 0


def test_two_items_at_base_prices_show_the_mix_between_them(history_of):
    # Price 4.0, volume 20.444, mix -0.444, total 24.0, in tenths of a cent.
    table = account(history_of(**BASE), JANUARY, 2019, valued_at="base")
    assert steps(table) == {"last_year": 92_000, "volume": 20_444, "channel_mix": 0, "product_mix": -444,
                            "price": 4_000, "result": 116_000}  # fmt: skip
    prices = wide(account(history_of(**BASE), JANUARY, 2019, by="product", valued_at="base"), "product")["price"]
    assert prices.to_dict() == {"Bell": 10_000, "Bike": -6_000}


@pytest.mark.parametrize(
    ("base", "now", "expected"),
    [
        ({"old": (10, 100)}, {"old": (10, 100), "new": (5, 80)}, {"price": 0}),
        ({"old": (10, 100), "gone": (10, 100)}, {"old": (10, 100)}, {"volume": -100, "product_mix": 0, "price": 0}),
        ({}, {"new": (5, 80)}, {"volume": 80, "product_mix": 0, "price": 0}),
        ({"a": (10, 100)}, {"a": (10, 100), "credit": (0, -7)}, {"volume": 0, "product_mix": 0, "price": -7}),
        ({"a": (-2, -40), "b": (10, 100)}, {"b": (10, 100)}, {"volume": 20, "product_mix": 20, "price": 0}),
        ({"a": (10, -100)}, {"a": (10, 50)}, {"volume": 0, "product_mix": 0, "price": 150}),
    ],
    ids=["new item", "dropped item", "empty base", "credit without quantity", "returns alone", "negative base"],
)
def test_odd_bases_follow_their_rule(history_of, base, now, expected):
    rows = [("2018-03-01", "Ana", name, *sold) for name, sold in base.items()]
    rows += [("2019-03-01", "Ana", name, *sold) for name, sold in now.items()]
    rows += [("2018-03-02", "Zoe", "other", 1, 1), ("2019-03-02", "Zoe", "other", 1, 1)]
    lines = [{**row, "territory": row["rep"]} for row in orders(*rows)]
    table = wide(account(history_of(orders=lines), JANUARY, 2019, by="territory"), "territory").loc["Ana"]
    assert {name: int(table[name]) for name in expected} == expected
    assert table[["volume", "channel_mix", "product_mix", "price"]].sum() == table["result"] - table["last_year"]


def sold(day, rep, customer, amount, territory="Canada"):
    return {"date": day, "rep": rep, "customer": customer, "amount": amount, "territory": territory}


def lines(*rows):
    return [{"order_id": str(n), "line": 1, "product": "Bike", "quantity": 1, **row} for n, row in enumerate(rows)]


def test_customers_are_new_lost_expanded_shrunk_or_changed_hands(history_of):
    rows = lines(
        sold("2018-03-01", "Ana", "lost", 100), sold("2018-03-01", "Ana", "more", 100),
        sold("2018-03-01", "Ana", "less", 100), sold("2018-03-01", "Ana", "passed", 100),
        sold("2019-03-01", "Ana", "more", 130), sold("2019-03-01", "Ana", "less", 60),
        sold("2019-03-01", "Ben", "passed", 120), sold("2019-03-01", "Ana", "new", 55),
        sold("2019-03-01", "Ana", None, 9),
    )  # fmt: skip
    history = history_of(orders=rows)
    assert effects_of(steps(account(history, JANUARY, 2019, seen="customers"))) == {
        "new": 55, "lost": -100, "expanded": 30, "shrunk": -40, "changed_hands": 20, "unnamed": 9,
    }  # fmt: skip
    by_rep = wide(account(history, JANUARY, 2019, by="rep", seen="customers"), "rep")
    assert by_rep["changed_hands"].to_dict() == {"Ana": -100, "Ben": 120}


PEOPLE = {
    "territories": [{"territory": "Canada", "region": "North"}],
    "people": [{"rep": "Ana"}, {"rep": "Ben", "left": "2019-03-31"}, {"rep": "Cid", "hired": "2019-07-01"}],
    "assignments": [
        {"rep": "Ana", "territory": "Canada"},
        {"rep": "Ben", "territory": "Canada", "effective_to": "2019-03-31"},
        {"rep": "Cid", "territory": "Canada", "effective_from": "2019-07-01"},
    ],
}  # fmt: skip


def test_a_seat_that_was_vacant_between_two_people_is_no_change_of_headcount(history_of):
    even = [sold(f"{year}-{month:02d}-10", rep, "k", 26_000)
            for year in (2018, 2019) for month in range(1, 13) for rep in ("Ana", "Ben")
            if not (rep == "Ben" and year == 2019 and month > 3)]  # fmt: skip
    history = history_of(orders=lines(*even), **PEOPLE)
    told = steps(account(history, JANUARY, 2019, seen="people", ramp_months=0))
    # The same seats, and the same working days in both years (261).
    assert told["headcount"] == told["ramp"] == 0
    assert told["vacancy"] < 0
    ramped = steps(account(history, JANUARY, 2019, seen="people", ramp_months=6))
    assert ramped["ramp"] < 0


def test_a_seat_that_nobody_took_over_within_a_year_is_a_change_of_headcount(history_of):
    gone = {**PEOPLE, "people": PEOPLE["people"][:2], "assignments": PEOPLE["assignments"][:2]}
    gone = {**gone, "people": [{"rep": "Ana"}, {"rep": "Ben", "left": "2018-11-30"}]}
    gone["assignments"] = [gone["assignments"][0], {**gone["assignments"][1], "effective_to": "2018-11-30"}]
    rows = [sold(f"{year}-{month:02d}-10", "Ana", "k", 26_000) for year in (2018, 2019) for month in range(1, 13)]
    told = steps(account(history_of(orders=lines(*rows), **gone), JANUARY, 2019, seen="people"))
    assert told["headcount"] < 0
    assert told["vacancy"] == 0


def test_the_pipeline_tells_where_the_value_won_went(history_of):
    def deal(number, year, status, amount, reached=3):
        days = dict(zip(("qualified", "presented", "proposed"), (f"{year}-02-01",) * reached, strict=False))
        return {"opportunity": str(number), "rep": "Ana", "territory": "Canada", "stage": "x", "status": status,
                "opened": f"{year}-01-10", "closed": f"{year}-05-01", "amount": amount, **days}  # fmt: skip

    deals = [
        deal(1, 2018, "won", 100),
        deal(2, 2018, "lost", 50),
        deal(3, 2019, "won", 100),
        deal(4, 2019, "won", 100),
    ]
    orders_ = lines(
        sold("2018-01-01", "Ana", "k", 1), sold("2019-12-01", "Ana", "k", 1), sold("2018-12-01", "A", "k", 1)
    )
    told = steps(account(history_of(orders=orders_, opportunities=deals), JANUARY, 2019, seen="pipeline"))
    # As many in hand, all closed, all proposed: winning both instead of one of two is all there is.
    assert effects_of(told) == {
        "opportunities": 0, "pace": 0, "qualified": 0, "presented": 0, "proposed": 0, "won": 100, "deal_size": 0,
    }  # fmt: skip


def test_one_more_working_day_is_worth_a_day_of_sales(history_of):
    # May 2018 has 23 working days, May 2019 as well; June 21 and 20.
    rows = lines(sold("2018-06-05", "Ana", "k", 21_000), sold("2019-06-05", "Ana", "k", 20_000))
    told = steps(account(history_of(orders=rows), JANUARY, 2019, seen="days"))
    assert effects_of(told) == {"working_days": -1_000, "daily_sales": 0}


def test_a_holiday_is_no_working_day(history_of):
    from datetime import date

    rows = lines(sold("2018-05-05", "Ana", "k", 23_000), sold("2019-05-05", "Ana", "k", 22_000))
    history = history_of(orders=rows)
    with_holiday = FiscalCalendar(1, (date(2019, 5, 1),))
    assert effects_of(steps(account(history, with_holiday, 2019, seen="days")))["working_days"] == -1_000
    assert effects_of(steps(account(history, JANUARY, 2019, seen="days")))["working_days"] == 0


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
COMPANY = {"volume": 20_753, "channel_mix": 0, "product_mix": -253, "price": 3_500}
BASE = {
    "people": [{"rep": "Ana"}, {"rep": "Ben"}],
    "products": [{"product": "Bell", "product_line": "Parts"}, {"product": "Bike", "product_line": "Bikes"}],
    "orders": SOLD,
}  # fmt: skip


def test_a_part_year_is_held_against_the_same_months_of_the_year_before(history_of):
    table = account(history_of(**BASE), JANUARY, 2019)
    assert table.attrs["months"] == ("2019-03", "2019-03")
    assert steps(table) == {"last_year": 92_000, **COMPANY, "result": 116_000}


def test_each_rep_has_an_account_of_their_own(history_of):
    table = account(history_of(**BASE), JANUARY, 2019, by="rep")
    ana, ben = (steps(table[table["rep"] == name]) for name in ("Ana", "Ben"))
    assert (ana["last_year"], ana["result"], ana["price"]) == (60_000, 66_000, -5_500)
    assert {name: ana[name] + ben[name] for name in COMPANY} == COMPANY


def goals(**more):
    return [
        {"rep": "Ana", "metric": "revenue", "month": "2019-03-01", "target": 70_000, **more},
        {"rep": "Ben", "metric": "revenue", "month": "2019-03-01", "target": 40_000, **more},
        {"rep": "Ben", "metric": "revenue", "month": "2019-11-01", "target": 5, **more},
    ]


def test_without_units_in_the_goal_the_growth_it_asked_for_is_an_effect(history_of):
    table = account(history_of(**BASE, goals=goals()), JANUARY, 2019, against="goal")
    assert steps(table) == {
        "goal": 110_000, "growth_asked": -18_000, **COMPANY, "result": 116_000,
    }  # fmt: skip


def test_units_in_the_goal_are_the_base(history_of):
    planned = goals(product_line="Bikes", territory="Canada")
    planned += [{**each, "metric": "units", "target": 55} for each in planned[:2]]
    table = account(history_of(**BASE, goals=planned[:2] + planned[3:]), JANUARY, 2019, against="goal")
    told = steps(table)
    assert (told["goal"], told["result"]) == (110_000, 116_000)
    assert "growth_asked" not in told
    assert sum(told[name] for name in COMPANY) == 6_000


def test_units_without_an_amount_beside_them_are_no_base(history_of):
    lines = goals(product_line="Bikes")[:1]
    units = [{**lines[0], "metric": "units", "product_line": line, "target": 55} for line in ("Bikes", "Parts")]
    told = steps(account(history_of(**BASE, goals=lines + units), JANUARY, 2019, against="goal"))
    assert (told["goal"], told["growth_asked"]) == (70_000, 92_000 - 70_000)


def test_the_steps_stand_in_the_order_of_a_waterfall(history_of):
    history = history_of(**BASE, goals=goals())
    effects = account(history, JANUARY, 2019, by="rep", against="goal")["effect"].tolist()
    assert effects == ["goal", "growth_asked", *COMPANY, "result"] * 2


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


def test_a_part_of_the_company_is_accounted_for_alone(history_of):
    table = account(history_of(**BASE), JANUARY, 2019, where={"rep": "Ben"})
    told = steps(table)
    assert (told["last_year"], told["price"], told["result"]) == (32_000, 9_000, 50_000)
    assert sum(told[name] for name in COMPANY) == 18_000


def test_a_history_too_short_for_a_year_before_has_its_later_months_held_against_its_earlier_ones(history_of):
    rows = orders(("2019-01-05", "Ana", "Bike", 1, 100), ("2019-02-05", "Ana", "Bike", 9, 900),
                  ("2019-03-05", "Ana", "Bike", 4, 500), ("2019-04-05", "Ben", "Bike", 6, 600),
                  ("2019-05-05", "Ben", "Bike", 6, 600))  # fmt: skip
    table = account(history_of(orders=rows), JANUARY, 2019, against="months_before")
    assert (table.attrs["base"], table.attrs["months"]) == (("2019-02", "2019-03"), ("2019-04", "2019-05"))
    assert (steps(table)["months_before"], steps(table)["result"]) == (1_400, 1_200)


def test_without_any_goal_it_says_so(history_of):
    with pytest.raises(HistoryError, match="no revenue goal from 2019-03 to 2019-03"):
        account(history_of(**BASE), JANUARY, 2019, against="goal")
    with pytest.raises(HistoryError, match="no revenue goal by product "):
        account(history_of(**BASE, goals=goals()), JANUARY, 2019, by="product", against="goal")


def test_a_year_without_results_is_refused_with_the_months_there_are(history_of):
    with pytest.raises(HistoryError, match="2018-03 to 2019-03"):
        account(history_of(**BASE), JANUARY, 2021)


def test_a_part_of_the_company_without_sales_is_an_account_of_zeros(history_of):
    history = history_of(**{**BASE, "people": [*BASE["people"], {"rep": "Zoe"}]})
    zeros = {"last_year": 0, **dict.fromkeys(COMPANY, 0), "result": 0}
    assert steps(account(history, JANUARY, 2019, where={"rep": "Zoe"})) == zeros
    assert account(history, JANUARY, 2019, by="rep", where={"rep": "Zoe"}).empty


def test_a_goal_without_sales_is_missed_whole(history_of):
    zoe = {"rep": "Zoe", "metric": "revenue", "month": "2019-03-01", "target": 500}
    history = history_of(**{**BASE, "people": [*BASE["people"], {"rep": "Zoe"}]}, goals=[zoe])
    missed = {"goal": 500, "growth_asked": -500, **dict.fromkeys(COMPANY, 0), "result": 0}
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
        ({"seen": "sale"}, "Did you mean 'sales'"),
        ({"seen": "people", "by": "product"}, "People are not told by product"),
        ({"where": {"rep": "Anna"}}, "Did you mean 'Ana'"),
        ({"against": "budget"}, "months_before, goal, not 'budget'"),
    ],
)
def test_what_cannot_be_asked_is_refused(history_of, asked, message):
    with pytest.raises(PlanningError, match=message):
        account(history_of(**BASE), JANUARY, 2019, **asked)
