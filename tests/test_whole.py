"""What is told of a company or a territory as a whole: turnover, coverage, lifetime value, acquisition cost."""

from decimal import Decimal

import pytest

from planning.history import whole
from planning.history.attainment import attainment
from planning.metrics import METRICS, UNTOLD
from planning.periods import FiscalCalendar
from planning.workbook.aims import kept as aims
from planning.workbook.aims import wording

CALENDAR = FiscalCalendar()


def order(number, day, rep, customer, amount, cost=None):
    return {"order_id": str(number), "line": 1, "date": day, "rep": rep, "territory": "North", "customer": customer,
            "product": "P", "channel": "Shop", "quantity": 1, "amount": amount, "cost": cost}  # fmt: skip


PEOPLE = [
    {"rep": "Ana", "manager": "Mia"}, {"rep": "Ben", "manager": "Mia", "left": "2026-06-30"},
    {"rep": "Cleo", "manager": "Mia", "hired": "2026-07-01"}, {"rep": "Mia"},
]  # fmt: skip
"""Two reps at any time of 2026, and one who left."""
ORDERS = [
    order(place, day, rep, customer, 100_00, 40_00)
    for place, (day, rep, customer) in enumerate(
        [("2024-01-15", "Ana", "A"), ("2025-03-01", "Ana", "A"), ("2025-03-02", "Ben", "B"),
         ("2025-03-03", "Ana", "C"), ("2025-03-04", "Ana", "D"), ("2026-02-01", "Ana", "A"),
         ("2026-02-02", "Ben", "B"), ("2026-12-15", "Cleo", "C"), ("2026-12-16", "Mia", "E")]
    )
]  # fmt: skip
ASSIGNED = [{"rep": rep, "territory": "North"} for rep in ("Ana", "Ben", "Cleo")]


@pytest.fixture
def history(history_of):
    return history_of(
        people=PEOPLE, orders=ORDERS, assignments=ASSIGNED, territories=[{"territory": "North", "region": "All"}]
    )


def of(history, name, **more):
    measured = METRICS.get(name) or UNTOLD[name]
    return whole.figure(history, CALENDAR, measured, "2026-01", "2026-12", **more)


def test_turnover_is_who_left_over_the_reps_who_were_there_and_managers_are_not_among_them(history):
    # Ben is there until June and Cleo from July on, so that two are there on average of the months.
    assert of(history, "rep_turnover") == Decimal("0.5")
    assert of(history, "rep_turnover", where={"territory": "North"}) == Decimal("0.5")


def test_lifetime_value_is_the_margin_of_a_customer_and_year_over_churn(history):
    # Four bought in 2025, of whom D did not in 2026; four bought in 2026, with a margin of 60 each.
    assert of(history, "lifetime_value") == Decimal(60_00) / Decimal("0.25")


def test_lifetime_value_is_not_known_where_orders_have_no_cost_or_nobody_leaves(history_of):
    bare = [{**each, "cost": None} for each in ORDERS]
    assert of(history_of(people=PEOPLE, orders=bare), "lifetime_value") is None
    assert whole.lifetime_value(Decimal(1), Decimal(1), Decimal(0)) is None


def test_acquisition_cost_is_what_was_brought_over_the_new_customers_that_are_counted(history):
    assert of(history, "acquisition_cost", brought=Decimal(900_00)) == 900_00
    assert of(history, "acquisition_cost") is None


def test_coverage_is_what_is_open_over_the_goals_of_the_three_months_after(history_of):
    goal = [
        {"rep": "Ana", "metric": "revenue", "month": f"2026-{month:02d}-01", "target": 100} for month in range(1, 13)
    ]
    deals = [
        {
            "opportunity": "1",
            "rep": "Ana",
            "status": "won",
            "opened": "2026-01-10",
            "closed": "2026-03-05",
            "amount": 900,
        },
        {"opportunity": "2", "rep": "Ana", "status": "open", "opened": "2026-02-10", "amount": 300},
    ]
    history = history_of(goals=goal, opportunities=deals, orders=ORDERS, people=PEOPLE)
    months = attainment(history, CALENDAR, "pipeline_coverage", ["month"], "2026-01", "2026-12").set_index("month")[
        "result"
    ]
    assert months["2026-01"] == 3
    assert months["2026-02"] == 4
    assert months["2026-03"] == 1
    # From October on there are no goals of three months any more.
    assert "2026-10" not in months.dropna()


@pytest.mark.parametrize(
    ("name", "words", "from_"),
    [
        ("rep_turnover", {"value": "-8%"}, "reps who left and reps on average"),
        (
            "rep_turnover",
            {"way": "under", "value": "10%", "kind": "team", "whom": "Harbour Coast"},
            "reps who left and reps on average",
        ),
        ("lifetime_value", {"value": "12%"}, "margin and active customers and churn"),
        (
            "acquisition_cost",
            {"value": "-5%", "typed": "400000"},
            "new customers, cost of marketing and sales as it was",
        ),
    ],
)
def test_last_years_figure_is_measured_and_the_goal_says_from_what(planned, name, words, from_):
    made = aims.previewed(planned, wording.from_words(planned, name, **words))
    assert made.base is not None
    assert made.entries.empty
    assert from_ in made.notes[0]


def test_a_company_that_measures_what_it_spends_types_nothing(planned):
    (planned.settings.workspace / "metrics.toml").write_text(
        """
[acquisition_spend]
label = "Cost of marketing and sales"
unit = "money"
better = "lower"
table = "activities"
expression = "case when lower(kind) = 'visit' then count * 5000 end"
date = "date"
"""
    )
    made = aims.previewed(planned, wording.from_words(planned, "acquisition_cost", value="-5%"))
    assert made.base > 0
    assert "as it was brought" not in made.notes[0]


def test_coverage_is_handed_out_to_reps_like_any_ratio(planned):
    made = aims.state(planned, wording.from_words(planned, "pipeline_coverage", value="5%"), "planner")
    assert len(made.owners) > 10
    assert made.target == pytest.approx(made.base * Decimal("1.05"))
