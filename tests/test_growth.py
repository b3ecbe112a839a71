from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_history import write_history

from planning.errors import PlanningError
from planning.history.engine import History, open_history
from planning.history.growth import growth
from planning.history.productivity import by_rep
from planning.sample import causes
from planning.workbook.place import stand

YEAR = ("2026-01", "2026-12")
PLACES = ["North", "South", "East", "West", "Middle"]


def order(number, territory, customer, amount, product="Pan", day="2026-03-02", rep="Ana"):
    return {"order_id": str(number), "line": 1, "date": day, "rep": rep, "territory": territory,
            "customer": customer, "product": product, "quantity": 1, "amount": amount}  # fmt: skip


def market(territory, amounts, product="Pan", first=0):
    """Give each customer of a territory one order."""
    return [
        order(f"{territory}{product}{first + place}", territory, f"{territory}-{first + place}", amount, product)
        for place, amount in enumerate(amounts)
    ]


def swinging(level, customers=20):
    return [level + (50 if place % 2 else -50) for place in range(customers)]


PRODUCTS = [{"product": "Pan", "product_line": "Pans"}, {"product": "Cup", "product_line": "Cups"}]


@pytest.fixture
def weak_north(history_of):
    """Five territories of twenty customers; those of North buy half."""
    orders = [
        line for place in PLACES for line in market(place, swinging(500 if place == "North" else 1000))
    ]  # fmt: skip
    return history_of(orders=orders, products=PRODUCTS)


def test_the_prize_is_what_the_best_quarter_of_peers_would_sell_to_the_same_customers(weak_north):
    table = growth(weak_north, ["territory"], *YEAR)
    north = table.iloc[0]
    assert (north["territory"], north["customers"], north["actual"], north["peers"]) == ("North", 20, 10_000, 4)
    # The others sell 20,000 to as many customers, and there is little chance in twenty that differ by a tenth.
    assert 19_500 < north["benchmark"] <= 20_000
    assert north["prize"] == north["benchmark"] - north["actual"]
    assert north["weight"] > 0.95
    assert table["prize"].iloc[1:].max() < 100


def test_a_smaller_market_has_a_smaller_prize_for_the_same_gap(history_of):
    orders = [line for place in PLACES[2:] for line in market(place, swinging(1000))]
    orders += market("North", swinging(500, 40)) + market("South", swinging(500, 10))
    table = growth(history_of(orders=orders), ["territory"], *YEAR).set_index("territory")
    assert table.index[:2].tolist() == ["North", "South"]
    assert table.loc["North", "prize"] > 3 * table.loc["South", "prize"] > 0


def test_like_is_compared_with_like(history_of):
    """North has only cafés, which buy half of what hotels do everywhere: there is nothing to gain."""
    orders = [line for place in PLACES[1:] for line in market(place, swinging(1000, 10))]
    orders += [line for place in PLACES[1:] for line in market(place, swinging(500, 10), first=10)]
    orders += market("North", swinging(500, 20), first=10)
    customers = [
        {"customer": name, "segment": "Café" if int(name.split("-")[1]) >= 10 else "Hotel"}
        for name in sorted({each["customer"] for each in orders})
    ]
    history = history_of(orders=orders, customers=customers)
    assert growth(history, ["territory"], *YEAR)["prize"].max() == 0


def test_customers_who_do_not_buy_a_line_are_to_be_won(history_of):
    orders = [line for place in PLACES for line in market(place, swinging(1000, 40))]
    orders += [line for place in PLACES[1:] for line in market(place, swinging(300, 20), "Cup")]
    history = history_of(orders=orders, products=PRODUCTS)
    top = growth(history, ["product_line", "territory"], *YEAR).iloc[0]
    assert (top["product_line"], top["territory"]) == ("Cups", "North")
    assert (top["actual"], top["buyers"], top["penetration"]) == (0, 0, 0.0)
    assert top["best_penetration"] == pytest.approx(0.5, abs=0.02)
    assert 15 <= top["to_win"] <= 20
    assert (top["by_winning"], top["to_develop"], top["by_developing"]) == (top["prize"], 0, 0)


def test_one_customer_more_or_less_is_not_a_growth_area(history_of):
    """Territories differ by chance alone: customers differ as much inside each as between them."""
    orders = [
        line
        for place, level in zip(PLACES, (90, 100, 110, 95, 105), strict=True)
        for line in market(place, [level * 10 ** (each % 3) for each in range(6)])
    ]
    table = growth(history_of(orders=orders), ["territory"], *YEAR)
    assert table["weight"].max() == 0
    assert table["prize"].tolist() == [0] * 5


def test_a_cell_with_few_customers_is_flagged_and_with_few_peers_has_no_benchmark(history_of):
    orders = [line for place in PLACES[:4] for line in market(place, swinging(1000))]
    few = market("Middle", [100, 120])
    table = growth(history_of(orders=orders + few), ["territory"], *YEAR).set_index("territory")
    assert table["few"].to_dict() == {place: place == "Middle" for place in table.index}
    lone = growth(history_of(orders=orders[:40]), ["territory"], *YEAR)
    assert lone[["benchmark", "prize", "to_win", "deals"]].isna().all(axis=None)


def test_deals_of_the_line_say_how_fast_and_with_how_much_effort(history_of):
    orders = [line for place in PLACES for line in market(place, swinging(500 if place == "North" else 1000))]
    deals = [
        {"opportunity": str(number), "rep": "Ana", "territory": "South", "product": "Pan", "stage": "Won",
         "status": "won", "opened": "2026-01-01", "closed": "2026-03-03", "amount": 1500}
        for number in range(12)
    ]  # fmt: skip
    history = history_of(orders=orders, products=PRODUCTS, opportunities=deals)
    top = growth(history, ["product_line", "territory"], *YEAR).iloc[0]
    # 61 days; a prize of nearly 10,000 in deals of 1,500.
    assert (top["months"], top["deals"]) == (2.0, 7)
    assert growth(history, ["territory"], *YEAR).iloc[0][["months", "deals"]].tolist() == [2.0, 7]


def test_what_cannot_be_compared_is_refused_all_at_once(weak_north):
    with pytest.raises(PlanningError, match="name one of territory, region, rep, manager"):
        growth(weak_north, ["product_line"], *YEAR)
    with pytest.raises(PlanningError) as refused:
        growth(weak_north, ["customer"], *YEAR)
    assert "not told by customer" in str(refused.value)
    assert "name one of" in str(refused.value)
    with pytest.raises(PlanningError, match="Did you mean 'territory'"):
        growth(weak_north, ["teritory"], *YEAR)


def test_a_history_without_orders_has_no_growth_areas(history_of):
    history = history_of()
    assert growth(history, ["product_line", "territory", "segment"], *YEAR).empty
    assert by_rep(history, *YEAR).empty


ORDERS = st.lists(
    st.fixed_dictionaries({
        "territory": st.sampled_from(PLACES), "customer": st.none() | st.sampled_from(["a", "b", "c", "d"]),
        "product": st.sampled_from(["Pan", "Cup"]), "rep": st.sampled_from(["Ana", "Ben", "Cyd", "Dan"]),
        "amount": st.integers(-10**7, 10**7), "date": st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    }),
    max_size=25,
)  # fmt: skip


def written(folder, orders):
    rows = [{"order_id": str(place), "line": 1, "quantity": 1, **each} for place, each in enumerate(orders)]
    write_history(folder, orders=rows, products=PRODUCTS)
    return folder


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ORDERS)
def test_whatever_was_sold_and_returned_cells_add_up_and_prizes_are_never_negative(tmp_path_factory, orders):
    sold = sum(each["amount"] for each in orders if each["customer"])
    with History(written(tmp_path_factory.mktemp("orders"), orders)) as history:
        table = growth(history, ["product_line", "territory"], *YEAR)
        reps = by_rep(history, *YEAR)
    assert table["actual"].sum() == sold
    told = table[table["prize"].notna()]
    assert (told["prize"] >= 0).all()
    assert (told["by_winning"].dropna() >= 0).all()
    whole = told[told["by_winning"].notna()]
    assert (whole["by_winning"] + whole["by_developing"] == whole["prize"]).all()
    assert (whole["to_win"] <= whole["customers"] - whole["buyers"]).all()
    assert (whole["by_developing"][whole["buyers"] == 0] == 0).all()
    assert told["prize"].is_monotonic_decreasing
    assert reps["sales"].sum() == sum(each["amount"] for each in orders)
    assert (reps["gap"].dropna() >= 0).all()


def monthly(rep, level, months=range(1, 13), swing=20):
    return [
        order(f"{rep}{month}", "North", "c", level + (swing if (month + len(rep)) % 2 else -swing),
              day=f"2026-{month:02d}-10", rep=rep)
        for month in months
    ]  # fmt: skip


TEAM = [("Ana", 500), ("Benno", 1000), ("Cy", 1000), ("Dora", 1100)]


def test_the_gap_of_a_rep_is_to_the_best_quarter_of_peers(history_of):
    orders = [line for rep, level in TEAM for line in monthly(rep, level)]
    table = by_rep(history_of(orders=orders), *YEAR)
    ana = table.iloc[0]
    assert (ana["rep"], ana["sales"], ana["months"], ana["per_month"], ana["peers"]) == ("Ana", 6000, 12, 500, 3)
    # The 75th percentile of 500, 1000, 1000, 1100 is 1025; chance is small beside what the reps differ.
    assert ana["best"] == pytest.approx(1025, abs=5)
    assert ana["gap"] == pytest.approx(525 * 12, abs=60)
    assert ana["low"] < ana["shrunk"] < ana["high"]
    assert table["gap"].iloc[-1] == 0


def test_months_before_hiring_and_after_leaving_do_not_count(history_of):
    people = [
        {"rep": "Ana", "hired": "2026-06-15"},
        {"rep": "Benno"},
        {"rep": "Cy", "left": "2026-09-30"},
        {"rep": "Dora"},
    ]
    months = {"Ana": range(7, 13), "Cy": range(1, 10)}
    orders = [line for rep, level in TEAM for line in monthly(rep, level, months.get(rep, range(1, 13)))]
    table = by_rep(history_of(orders=orders, people=people), *YEAR).set_index("rep")
    assert table["months"].to_dict() == {"Ana": 6, "Benno": 12, "Cy": 9, "Dora": 12}
    assert table.loc["Ana", "per_month"] == 500


def test_a_rep_who_was_here_in_the_good_months_only_gains_nothing_by_it(history_of):
    def season(month, level):
        return level * (3 if month > 6 else 1)

    people = [{"rep": "Ana", "hired": "2026-06-15"}, *({"rep": rep} for rep, _ in TEAM[1:])]
    orders = [
        order(f"{rep}{month}", "North", "c", season(month, 1000), day=f"2026-{month:02d}-10", rep=rep)
        for rep, _ in TEAM
        for month in (range(7, 13) if rep == "Ana" else range(1, 13))
    ]
    table = by_rep(history_of(orders=orders, people=people), *YEAR).set_index("rep")
    assert table.loc["Ana", "per_month"] == 3000
    assert table["gap"].tolist() == [0, 0, 0, 0]


def test_peers_are_those_who_are_alike_and_managers_are_not_compared(history_of):
    orders = [line for rep, level in TEAM for line in monthly(rep, level)]
    orders += [{**line, "territory": "South"} for rep in ("Eve", "Finn") for line in monthly(rep, 200)]
    people = [{"rep": rep, "manager": "Finn"} for rep in ("Ana", "Benno", "Cy", "Dora", "Eve")] + [{"rep": "Finn"}]
    history = history_of(orders=orders, people=people, territories=[{"territory": "North"}, {"territory": "South"}])
    table = by_rep(history, *YEAR, alike="territory").set_index("rep")
    assert "Finn" not in table.index
    assert table.loc["Ana", ["territory", "peers"]].tolist() == ["North", 3]
    assert table.loc[["Eve"], ["best", "gap"]].isna().all(axis=None)
    south = by_rep(history, *YEAR, {"territory": "South"})
    assert south[["rep", "peers"]].to_numpy().tolist() == [["Eve", 4]]
    with pytest.raises(PlanningError, match="cannot be grouped by rep"):
        by_rep(history, *YEAR, alike="rep")


def test_one_month_tells_sales_but_no_best_quarter(history_of):
    orders = [line for rep, level in TEAM for line in monthly(rep, level)]
    table = by_rep(history_of(orders=orders), "2026-03", "2026-03")
    assert table["sales"].notna().all()
    assert table[["shrunk", "best", "gap"]].isna().all(axis=None)
    assert table["few"].all()


@pytest.fixture(scope="module")
def sample_history(sample_company):
    with open_history(stand(str(sample_company)).settings) as history:
        yield history


def test_the_territory_that_the_competitor_entered_leads_the_growth_areas_of_the_sample(sample_history):
    top = growth(sample_history, ["product_line", "territory"], *YEAR).iloc[0]
    assert top["territory"] == causes.COMPETITOR_TERRITORY
    assert top["product_line"] in causes.COMPETITOR_LINES
    before = growth(sample_history, ["product_line", "territory"], "2025-01", "2025-12").set_index(
        ["product_line", "territory"]
    )
    assert before.loc[(top["product_line"], top["territory"]), "prize"] < top["prize"]


def test_the_cells_of_a_region_are_the_same_whether_asked_alone_or_with_all(sample_history):
    by = ["product_line", "territory", "segment"]
    whole = growth(sample_history, by, *YEAR)
    alone = growth(sample_history, by, *YEAR, {"territory": "Pine Hills"})
    assert alone.equals(whole[whole["territory"] == "Pine Hills"].reset_index(drop=True))
    sold = sample_history.rows("select sum(amount) as amount from orders where date >= '2026-01-01'")["amount"]
    assert whole["actual"].sum() == sold.iloc[0]
