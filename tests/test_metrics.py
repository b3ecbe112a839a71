import pytest
from made_history import write_history

from planning.errors import PlanningError
from planning.history.attainment import attainment, goal_metrics, measured_by
from planning.history.engine import open_history
from planning.metrics import METRICS
from planning.periods import FiscalCalendar
from planning.settings import Settings

CALENDAR = FiscalCalendar()
WHO = {"rep": "Ana", "territory": "North"}
PEOPLE = [{"rep": "Ana", "manager": "Mia"}, {"rep": "Ben", "manager": "Mia"}, {"rep": "Mia"}]
BASE = {
    "people": PEOPLE,
    "territories": [{"territory": "North"}, {"territory": "South"}],
    "products": [{"product": "Pan", "product_line": "Pans"}],
    "customers": [{"customer": name, "channel": "Shop"} for name in ("Kept", "Lost", "New", "Once")],
}


def deal(number, status="won", amount=1000, **dates):
    stage = {"opportunity": f"D{number}", "stage": "Any", "status": status, "amount": amount}
    return {**stage, **WHO, "opened": "2026-01-05", **dates}


def order(number, customer, day, rep="Ana", amount=100, territory="North"):
    return {"order_id": f"O{number}", "line": 1, "date": day, "rep": rep, "territory": territory, "product": "Pan",
            "customer": customer, "quantity": 1, "amount": amount}  # fmt: skip


def goal(metric, target, month="2026-01-01"):
    return {"rep": "Ana", "metric": metric, "month": month, "target": target}


DEALS = [
    deal(1, presented="2026-01-12", proposed="2026-01-20", closed="2026-03-06"),
    deal(2, presented="2026-01-15", proposed="2026-02-02", closed="2026-02-20", status="lost"),
    deal(3, presented="2026-02-10", proposed="2026-02-25", closed=None, status="open"),
    deal(4, opened="2026-02-02", closed="2026-02-14", amount=3000),
    deal(5, opened="2026-03-02", closed=None, status="open"),
]
PAST = [
    order(1, "Kept", "2024-03-10"),
    order(2, "Lost", "2024-12-31"),
    order(3, "Kept", "2025-11-03", rep="Ben"),
    order(4, "New", "2025-03-01"),
    order(6, "New", "2025-12-30"),
    order(5, "Once", "2024-01-02", amount=-100),
]


def figures(history, name, by=(), first="2026-01", last="2026-03"):
    table = attainment(history, CALENDAR, name, list(by), first, last)
    return [
        None if row != row else row for row in table["result"].astype(object).where(table["result"].notna(), None)
    ]


@pytest.mark.parametrize(
    ("name", "by_month", "whole"),
    [
        ("opportunities", [3, 1, 1], 5),
        ("presentations", [2, 1], 3),
        ("proposals", [1, 2], 3),
        ("deals_won", [1, 1], 2),
        ("deals_lost", [1], 1),
        ("sales_cycle", [12.0, 60.0], 36.0),
        ("deal_size", [3000, 1000], 2000),
        ("proposals_in_process", [1.0, 2.0, 1.0], 4 / 3),
        ("proposals_value", [1000, 2000, 1000], 1333),
    ],
)
def test_steps_of_the_pipeline_count_by_their_own_dates(history_of, name, by_month, whole):
    history = history_of(**BASE, opportunities=DEALS)
    assert figures(history, name, ["month"]) == by_month
    assert figures(history, name) == [pytest.approx(whole)]


def test_the_closing_ratio_is_deals_won_over_presentations(history_of):
    history = history_of(**BASE, opportunities=DEALS)
    assert figures(history, "closing_ratio") == [pytest.approx(2 / 3)]
    assert figures(history, "win_rate") == [pytest.approx(2 / 3)]


def test_proposals_in_process_add_up_over_reps_and_average_over_months(history_of):
    others = [deal(9, rep="Ben", proposed="2026-01-02", closed="2026-03-31")]
    history = history_of(**BASE, opportunities=[*DEALS, *others])
    assert figures(history, "proposals_in_process", ["rep"]) == [pytest.approx(4 / 3), pytest.approx(2 / 3)]
    assert figures(history, "proposals_in_process") == [pytest.approx(2.0)]
    assert figures(history, "proposals_in_process", ["quarter"]) == [pytest.approx(2.0)]


@pytest.mark.parametrize(
    ("name", "result"),
    [("active_customers", 2), ("lost_customers", 1), ("retention", 0.5), ("new_customers", 1)],
)
def test_customers_are_held_against_those_of_the_twelve_months_before(history_of, name, result):
    history = history_of(**BASE, orders=PAST)
    assert figures(history, name, first="2025-01", last="2025-12") == [pytest.approx(result)]


def test_upsell_is_what_customers_of_both_years_bought_more_and_less_is_nothing(history_of):
    bought = [
        *(order(number, "Kept", day, amount=amount)
          for number, day, amount in ((1, "2024-02-01", 300), (2, "2025-02-01", 500), (3, "2025-06-01", 250))),
        *(order(number, "Lost", day, amount=amount) for number, day, amount in ((4, "2024-03-01", 900),
                                                                            (5, "2025-03-01", 100))),
        order(6, "New", "2025-07-01", amount=5000), order(7, "Once", "2024-01-02", amount=70),
        order(8, "Kept", "2025-08-01", amount=-40),
    ]  # fmt: skip
    history = history_of(**BASE, orders=bought)
    # 450 more from one; the month in which more came back than was bought is left out.
    assert figures(history, "upsell", first="2025-01", last="2025-08") == [None]
    more = history_of(**BASE, orders=[*bought, order(9, "New", "2025-12-01", amount=1000)])
    assert figures(more, "upsell", first="2025-01", last="2025-12") == [450]
    assert figures(more, "customer_revenue", first="2025-01", last="2025-12") == [round((750 + 100 + 6000) / 3)]
    assert figures(more, "lost_customers", first="2025-01", last="2025-12") == [1]


def test_a_customer_counts_for_whoever_sold_last(history_of):
    history = history_of(**BASE, orders=PAST)
    table = attainment(history, CALENDAR, "active_customers", ["rep"], "2025-01", "2025-12")
    assert dict(zip(table["rep"], table["result"], strict=True)) == {"Ana": 1, "Ben": 1}


def test_retention_is_not_told_where_the_history_does_not_reach_back_two_years(history_of):
    history = history_of(**BASE, orders=PAST)
    assert figures(history, "retention", first="2025-01", last="2025-11") == [None]
    assert figures(history, "active_customers", first="2025-01", last="2025-11") == [3]


def test_customers_are_those_of_the_last_month_of_each_period(history_of):
    history = history_of(**BASE, orders=PAST)
    assert figures(history, "active_customers", ["quarter"], "2025-01", "2025-11") == [2, 2, 2, 3]
    assert figures(history, "active_customers", ["year"], "2025-01", "2025-12") == [2]


def test_a_ratio_has_a_goal_where_both_of_its_parts_have_one(history_of):
    goals = [goal("deals_won", 4), goal("presentations", 5), goal("deals_won", 1, "2026-02-01")]
    row = attainment(history_of(**BASE, opportunities=DEALS, goals=goals), CALENDAR, "closing_ratio", [], "2026-01",
                     "2026-03").iloc[0]  # fmt: skip
    assert row["goal"] == pytest.approx(1.0)
    assert row["attainment"] == pytest.approx(2 / 3)
    assert row["difference"] == pytest.approx(-1 / 3)


def test_a_ratio_has_no_goal_where_only_one_part_has(history_of):
    for part in ("deals_won", "presentations"):
        history = history_of(**BASE, opportunities=DEALS, goals=[goal(part, 4)])
        assert attainment(history, CALENDAR, "closing_ratio", [], "2026-01", "2026-03")["goal"].isna().all()


def test_less_is_better_reads_over_a_hundred_percent_too(history_of):
    history = history_of(**BASE, opportunities=DEALS, goals=[goal("deals_lost", 2)])
    row = attainment(history, CALENDAR, "deals_lost", [], "2026-01", "2026-03").iloc[0]
    assert (row["difference"], row["attainment"]) == (-1, 2.0)


def test_a_goal_for_an_average_is_the_average_of_its_months(history_of):
    goals = [goal("proposals_in_process", 2), goal("proposals_in_process", 4, "2026-02-01")]
    history = history_of(**BASE, opportunities=DEALS, goals=goals)
    assert attainment(history, CALENDAR, "proposals_in_process", [], "2026-01", "2026-03")["goal"].tolist() == [2.0]


def test_only_what_the_history_measures_is_offered(history_of):
    history = history_of(**BASE, opportunities=[deal(1, closed="2026-03-06")])
    offered = measured_by(history)
    assert {"deals_won", "deal_size", "sales_cycle", "win_rate", "opportunities"} <= set(offered)
    assert not {"revenue", "presentations", "proposals", "closing_ratio", "retention", "days_to_win"} & set(offered)


def test_activities_do_not_tell_territories(history_of):
    call = {"activity": "A1", "date": "2026-01-05", "rep": "Ana", "kind": "Call", "count": 7}
    history = history_of(**BASE, activities=[call])
    assert figures(history, "calls") == [7]
    assert "calls" in measured_by(history)
    assert "calls" not in measured_by(history, ["territory"])


def test_metrics_with_goals_are_named_with_the_ratios_of_them(history_of):
    history = history_of(**BASE, goals=[goal("deals_won", 4), goal("presentations", 5), goal("margin", 7)])
    assert goal_metrics(history, "2026-01", "2026-12") == ["margin", "presentations", "deals_won", "closing_ratio"]
    assert goal_metrics(history, "2027-01", "2027-12") == []


def test_every_part_of_a_ratio_is_a_metric_that_adds_up():
    for each in METRICS.values():
        assert bool(each.over) != bool(each.table)
        assert all(METRICS[part].table for part in each.over or ())


OWN = """
[referrals]
label = "Referrals"
unit = "count"
better = "higher"
table = "activities"
expression = "case when lower(kind) = 'referral' then count end"
date = "date"

[referrals_a_call]
label = "Referrals a call"
unit = "ratio"
better = "higher"
over = ["referrals", "calls"]
"""
DONE = [
    {"activity": f"A{place}", "date": day, "kind": kind, "count": count, **WHO}
    for place, (day, kind, count) in enumerate(
        [("2026-01-08", "Referral", 2), ("2026-02-03", "referral", 1), ("2026-02-04", "call", 6)]
    )
]


def test_a_metric_of_ones_own_is_measured_and_held_against_goals_like_any_other(tmp_path):
    write_history(tmp_path / "history", **BASE, activities=DONE, goals=[goal("referrals", 4)])
    settings = Settings(workspace=tmp_path)
    (tmp_path / "metrics.toml").write_text(OWN)
    with open_history(settings) as history:
        assert {"referrals", "referrals_a_call", "calls"} <= set(measured_by(history))
        assert goal_metrics(history, "2026-01", "2026-12") == ["referrals"]
        table = attainment(history, CALENDAR, "referrals", ["month"], "2026-01", "2026-03")
        assert table[["result", "goal", "difference"]].iloc[0].tolist() == [2, 4, -2]
        assert figures(history, "referrals") == [3]
        assert figures(history, "referrals_a_call") == [pytest.approx(0.5)]
    (tmp_path / "metrics.toml").write_text(OWN.replace("count end", "coun end"))
    with open_history(settings) as history, pytest.raises(PlanningError, match="its expression is not understood"):
        measured_by(history)
    (tmp_path / "metrics.toml").unlink()
    with open_history(settings) as history, pytest.raises(PlanningError, match="'referrals'"):
        figures(history, "referrals")
