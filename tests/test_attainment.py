import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_history import write_history

from planning.errors import PlanningError
from planning.history.attainment import Reconciliation, attainment, reconcile
from planning.history.engine import History
from planning.periods import FiscalCalendar

JULY = FiscalCalendar(7)
PEOPLE = [{"rep": "Ana", "manager": "Mia"}, {"rep": "Ben", "manager": "Mia"}, {"rep": "Mia"}, {"rep": "Zoe"}]
PRODUCTS = [{"product": "Bell", "product_line": "Parts"}, {"product": "Bike", "product_line": "Bikes"}]


def order(number, rep, amount, day="2019-08-15", territory="Canada", product="Bike", channel="Shop", **more):
    return {"order_id": str(number), "line": 1, "date": day, "rep": rep, "territory": territory, "product": product,
            "channel": channel, "quantity": 1, "amount": amount, **more}  # fmt: skip


def goal(rep, target, month="2019-08-01", metric="revenue", **more):
    return {"rep": rep, "metric": metric, "month": month, "target": target, **more}


ORDERS = [
    order(1, "Ana", 10_000, customer="Acme"),
    order(2, "Ana", 5_000, "2019-10-01", product="Bell", channel=None),
    order(3, "Ben", 2_000, "2020-06-30", territory="Peru"),
    order(4, "Ben", -500, "2020-07-01"),
]
GOALS = [goal("Ana", 12_000), goal("Ana", 3_000, "2019-10-01"), goal("Zoe", 9_999), goal("Ana", 7, metric="units")]
BASE = {
    "people": PEOPLE, "products": PRODUCTS, "orders": ORDERS, "goals": GOALS,
    "territories": [{"territory": "Canada", "region": "North"}, {"territory": "Peru"}],
    "customers": [{"customer": "Acme", "segment": "Retail", "tier": "A"}],
}  # fmt: skip


def told(table):
    plain = table.astype(object).where(table.notna(), None)
    return [tuple(row) for row in plain.itertuples(index=False)]


def test_results_are_held_against_goals_and_empty_is_not_zero(history_of):
    table = attainment(history_of(**BASE), JULY, "revenue", ["rep"], "2019-07", "2020-06")
    assert told(table) == [
        ("Ana", 15_000, 15_000, 0, 1.0),
        ("Ben", None, 2_000, None, None),
        ("Zoe", 9_999, 0, -9_999, 0.0),
    ]


def test_the_company_is_all_together(history_of):
    table = attainment(history_of(**BASE), JULY, "revenue", [], "2019-07", "2020-06")
    assert told(table)[0][:3] == (24_999, 17_000, -7_999)


def test_goals_are_not_spread_over_what_they_do_not_tell(history_of):
    table = attainment(history_of(**BASE), JULY, "revenue", ["product_line"], "2019-07", "2020-06")
    assert told(table) == [("Bikes", None, 12_000, None, None), ("Parts", None, 5_000, None, None)]


def test_goals_that_tell_less_than_others_stand_in_a_row_without_a_name(history_of):
    some = [goal("Ana", 100, product_line="Bikes"), goal("Ana", 40)]
    table = attainment(history_of(**{**BASE, "goals": some}), JULY, "revenue", ["product_line"], "2019-07", "2020-06")
    assert told(table) == [("Bikes", 100, 12_000, 11_900, 120.0), ("Parts", None, 5_000, None, None),
                           (None, 40, None, None, None)]  # fmt: skip


def test_a_goal_for_all_channels_is_not_held_against_results_of_no_channel(history_of):
    some = [goal("Ana", 100, channel="Shop"), goal("Ana", 40)]
    table = attainment(history_of(**{**BASE, "goals": some}), JULY, "revenue", ["channel"], "2019-07", "2020-06")
    assert told(table) == [("Shop", 100, 12_000, 11_900, 120.0), (None, 40, 5_000, None, None)]


def test_a_shortfall_is_a_negative_difference(history_of):
    # Sold 12,834 against 14,796: short 1,962, which is 13.26% of the goal.
    short = {**BASE, "orders": [order(1, "Ana", 12_834)], "goals": [goal("Ana", 14_796)]}
    row = attainment(history_of(**short), JULY, "revenue", ["rep"], "2019-07", "2020-06").iloc[0]
    assert row["difference"] == -1_962
    assert round(1 - row["attainment"], 4) == 0.1326


def test_a_goal_of_zero_has_no_attainment(history_of):
    zero = {**BASE, "goals": [goal("Ana", 0)]}
    table = attainment(history_of(**zero), JULY, "revenue", ["rep"], "2019-07", "2020-06")
    assert told(table)[0] == ("Ana", 0, 15_000, 15_000, None)


def test_a_table_is_held_against_all_that_was_loaded(history_of):
    history = history_of(**BASE)
    asked = ("revenue", "2019-07", "2020-06", {"territory": "Canada"})
    name, first, last, where = asked
    table = attainment(history, JULY, name, ["channel", "quarter"], first, last, where)
    assert reconcile(history, table, *asked) == Reconciliation(15_000, 15_000)
    assert reconcile(history, table.iloc[1:], *asked).difference < 0
    with pytest.raises(PlanningError, match="Win rate is a ratio"):
        reconcile(history, table, "win_rate", first, last)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (["manager"], {"Mia": 17_000, None: 0}),
        (["region"], {"North": 15_000, None: 2_000}),
        (["segment"], {"Retail": 10_000, None: 7_000}),
        (["channel"], {"Shop": 12_000, None: 5_000}),
        (["quarter"], {"FY2020 Q1": 10_000, "FY2020 Q2": 5_000, "FY2020 Q4": 2_000}),
        (["half"], {"FY2020 H1": 15_000, "FY2020 H2": 2_000}),
        (["year"], {"FY2020": 17_000}),
        (["month"], {"2019-08": 10_000, "2019-10": 5_000, "2020-06": 2_000}),
    ],
)
def test_any_dimension_and_period_tells_the_same_total(history_of, by, expected):
    table = attainment(history_of(**BASE), JULY, "revenue", by, "2019-07", "2020-06")
    plain = table[by[0]].astype(object).where(table[by[0]].notna(), None)
    got = dict(zip(plain, table["result"], strict=True))
    assert {name: value for name, value in got.items() if not pd.isna(value)} == expected


def test_two_dimensions_at_once(history_of):
    table = attainment(history_of(**BASE), JULY, "revenue", ["territory", "quarter"], "2019-07", "2020-06")
    assert [row[:2] + (row[3],) for row in told(table)] == [
        ("Canada", "FY2020 Q1", 10_000), ("Canada", "FY2020 Q2", 5_000), ("Peru", "FY2020 Q4", 2_000),
    ]  # fmt: skip


def test_a_part_of_the_company_alone(history_of):
    history = history_of(**BASE)
    table = attainment(history, JULY, "revenue", ["rep"], "2019-07", "2020-06", {"territory": "Canada"})
    assert told(table) == [("Ana", None, 15_000, None, None)]
    with pytest.raises(PlanningError, match="Did you mean 'Canada'"):
        attainment(history, JULY, "revenue", ["rep"], "2019-07", "2020-06", {"territory": "Canda"})


def test_a_ratio_is_two_sums_divided_and_never_summed(history_of):
    deals = [
        {
            "opportunity": str(n),
            "rep": rep,
            "territory": "Canada",
            "stage": s,
            "status": s,
            "closed": "2019-09-01",
            "amount": a,
        }
        for n, (rep, s, a) in enumerate(
            [("Ana", "won", 300), ("Ana", "lost", 0), ("Ana", "won", 101), ("Ben", "lost", 0)]
        )
    ]
    history = history_of(**BASE, opportunities=deals)
    rates = attainment(history, JULY, "win_rate", ["rep"], "2019-07", "2020-06")
    assert rates["result"].round(4).tolist() == [0.6667, 0.0]
    assert attainment(history, JULY, "win_rate", [], "2019-07", "2020-06")["result"].tolist() == [0.5]
    sizes = attainment(history, JULY, "deal_size", ["rep"], "2019-07", "2020-06")
    assert sizes["result"].tolist() == [200]


def test_a_metric_without_any_data_has_no_result_rather_than_zero(history_of):
    with_goal = {**BASE, "goals": [goal("Ana", 5, metric="deals_won")]}
    table = attainment(history_of(**with_goal), JULY, "deals_won", ["rep"], "2019-07", "2020-06")
    assert told(table) == [("Ana", 5, None, None, None)]


@pytest.mark.parametrize(
    ("metric", "by", "message"),
    [
        ("revnue", ["rep"], "Did you mean 'revenue'"),
        ("revenue", ["reps"], "Did you mean 'rep'"),
        ("revenue", ["rep", "rep"], "named twice"),
        ("revenue", ["month", "year"], "choose one of month"),
        ("revenue", ["stage"], "do not tell stage"),
    ],
)
def test_names_that_are_not_known_are_refused_with_the_nearest(history_of, metric, by, message):
    with pytest.raises(PlanningError, match=message):
        attainment(history_of(**BASE), JULY, metric, by, "2019-07", "2020-06")


rows = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Ben"]),
        st.integers(-(10**12), 10**12),
        st.sampled_from(["2019-08-15", "2020-01-31"]),
        st.sampled_from(["Canada", "Peru"]),
        st.sampled_from(["Bike", "Bell"]),
        st.sampled_from(["Shop", "Web", None]),
    ),
    min_size=1,
    max_size=15,
)


@given(rows, st.permutations(["rep", "territory", "product_line", "channel", "month"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_groups_add_up_to_the_total_in_whole_units(tmp_path, raw, dimensions):
    orders = [order(n, *each) for n, each in enumerate(raw)]
    write_history(tmp_path, **{**BASE, "orders": orders})
    with History(tmp_path) as history:
        table = attainment(history, JULY, "revenue", dimensions[:2], "2019-07", "2020-06")
    assert int(table["result"].sum()) == sum(each[1] for each in raw)


def test_months_in_the_wrong_order_are_refused(history_of):
    with pytest.raises(PlanningError, match="the last lies before the first"):
        attainment(history_of(**BASE), JULY, "revenue", [], "2020-06", "2019-07")


def test_attainment_by_month_of_a_rep_whose_goal_grows(history_of):
    # Goals and closed amounts of six months, in thousands: 85/78, 90/87, 95/91, 98/99, 105/101.5, 110/68.
    months = [f"2026-{number:02d}" for number in range(1, 7)]
    asked = dict(zip(months, [8_500_000, 9_000_000, 9_500_000, 9_800_000, 10_500_000, 11_000_000], strict=True))
    closed = dict(zip(months, [7_800_000, 8_700_000, 9_100_000, 9_900_000, 10_150_000, 6_800_000], strict=True))
    orders = [order(month, "Ana", amount, f"{month}-15") for month, amount in closed.items()]
    goals = [goal("Ana", target, f"{month}-01") for month, target in asked.items()]
    history = history_of(**{**BASE, "orders": orders, "goals": goals})
    table = attainment(history, FiscalCalendar(), "revenue", ["month"], months[0], months[-1])
    assert [round(100 * share, 2) for share in table["attainment"]] == [91.76, 96.67, 95.79, 101.02, 96.67, 61.82]
