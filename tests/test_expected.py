"""What history proposes, what an assumption would do, how sure the number is, what people and customers can carry."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from planning.assumptions.assumption import Assumption
from planning.assumptions.retention import Class
from planning.errors import AssumptionError
from planning.history import seats, usual
from planning.periods import FiscalCalendar
from planning.sample.causes import ACCOUNTS_WITHOUT_REP
from planning.workbook import goals, history, imports
from planning.workbook.expected import assumptions, balance, capacity, proposals, simulation
from planning.workbook.place import stand


def made(kind="market_growth", low="0.01", likely="0.03", high="0.05", **more):
    return Assumption(kind, Decimal(low), Decimal(likely), Decimal(high), "Owner", "Evidence", **more)


@pytest.fixture(scope="module")
def company(sample_company):
    return stand(str(sample_company))


@pytest.fixture(scope="module")
def found(company):
    return simulation.uncertain(company)


def test_the_baseline_is_the_forecast_of_every_territory_and_month(company):
    seen = goals.outlook(company)
    months = seen.forecast.months
    forecast = months[months["level"] == "territory"].set_index(["territory", "month"])["expected"]
    base = seen.baseline.groupby(["territory", "period"])["amount"].sum()
    assert (base.to_numpy() == forecast.reindex(base.index).to_numpy()).all()
    assert seen.table()["step"].tolist()[:2] == ["last_year", "taken_over"]
    assert "outlook" in seen.table()["step"].tolist()


def test_a_preview_is_what_then_happens_to_the_unit(planned):
    change = made("price_change", "0.01", "0.03", "0.05", territory="Pine Hills")
    told = assumptions.previewed(planned, change)
    before = goals.outlook(planned).expected
    assert (told.loc[0, "level"], told.loc[0, "before"]) == ("whole", before)
    assert told.loc[1, "name"] == "Pine Hills"
    assert told.loc[told["name"].isin(["River Cities", "Old Plains"]), "effect"].eq(0).all()
    assumptions.state(planned, change, "planner")
    assert goals.outlook(planned).expected == told.loc[0, "after"]


def test_a_preview_of_a_change_replaces_what_is_in_force_and_in_a_territory_shows_its_reps(planned):
    kept = assumptions.stated(planned)[0]
    assert assumptions.previewed(planned, kept)["effect"].eq(0).all()
    place = replace(planned, territory="Pine Hills")
    told = assumptions.previewed(place, replace(kept, likely=Decimal("0.04")))
    assert set(told["level"]) == {"whole", "rep"}
    assert told.loc[1:, "effect"].sum() == told.loc[0, "effect"] > 0


def test_a_manager_sees_what_is_about_the_own_territory(planned):
    assumptions.state(planned, made("competitor", territory="Pine Hills"), "planner")
    everything = len(assumptions.stated(planned))
    assert len(assumptions.priced(planned)) == everything
    assert len(assumptions.priced(replace(planned, territory="Pine Hills"))) == everything
    assert len(assumptions.priced(replace(planned, territory="River Cities"))) == everything - 1
    assumptions.state(planned, made("competitor", territory="Pine Hills"), "planner")
    kinds = {place: {each.kind for each in assumptions.findings(replace(planned, territory=place))}
             for place in ("Pine Hills", "River Cities")}  # fmt: skip
    assert kinds == {"Pine Hills": {"no response", "overlap"}, "River Cities": {"no response"}}


def test_history_proposes_what_was_usual_and_so_changes_nothing_at_first(planned):
    proposed = {each.kind: each for each in proposals.proposed(planned)}
    assert set(proposed) == {
        "market_growth", "rep_turnover", "headcount", "customer_attrition", "customer_expansion", "price_change",
        "win_rate",
    }  # fmt: skip
    for each in proposed.values():
        assert each.low <= each.likely <= each.high
        assert each.evidence
        assert assumptions.previewed(planned, replace(each, owner="Ann"))["effect"].eq(0).all()
    assert "5 people left (2 in FY2024, 1 in FY2025, 2 in FY2026)" in proposed["rep_turnover"].evidence
    lost = float(proposed["rep_turnover"].numbers["sales_lost"])
    assert lost == pytest.approx(1 - ACCOUNTS_WITHOUT_REP, abs=0.08)


def test_a_proposal_is_taken_over_with_its_evidence_by_somebody(planned):
    kept = proposals.take_over(planned, "customer_attrition", "Sales operations", "planner")
    assert kept.identity in [each.identity for each in assumptions.stated(planned)]
    assert (kept.owner, kept.link) == ("Sales operations", "history")
    with pytest.raises(AssumptionError, match="History proposes nothing for currency"):
        proposals.take_over(planned, "currency", "Sales operations", "planner")
    with pytest.raises(AssumptionError, match="no owner"):
        proposals.take_over(planned, "win_rate", "", "planner")


def test_customers_who_left_and_stayed_are_counted_as_by_hand(history_of):
    customers = [{"customer": name, "tier": tier} for name, tier in (("a", "A"), ("b", "A"), ("c", "B"), ("d", "B"))]
    orders = [
        {"order_id": f"{year}{name}", "line": 1, "date": f"{year}-05-01", "rep": "Ann", "territory": "East",
         "customer": name, "product": "Bike", "quantity": 1, "amount": amount}
        for year, name, amount in ((2025, "a", 100), (2025, "b", 300), (2026, "a", 150), (2025, "c", 50),
                                   (2026, "c", 40), (2026, "d", 70))
    ]  # fmt: skip
    made_of = history_of(
        territories=[{"territory": "East"}], people=[{"rep": "Ann"}],
        products=[{"product": "Bike", "product_line": "Bikes"}], customers=customers, orders=orders,
    )  # fmt: skip
    table = usual.customers(made_of, FiscalCalendar(), 2026, "tier").set_index("tier")
    assert table.loc["A"].to_dict() == {
        "customers": 2, "lost": 1, "base": 400, "lost_base": 300, "kept_base": 100, "kept_now": 150, "new": 0,
        "newcomers": 0,
    }  # fmt: skip
    assert table.loc["B", ["lost", "new", "newcomers"]].tolist() == [0, 70, 1]


def test_a_rate_counted_from_few_has_a_wide_range():
    few, many = usual.part(1, 10), usual.part(100, 1000)
    assert few.likely == many.likely == 0.1
    assert few.low < many.low < 0.1 < many.high < few.high
    assert usual.pace(0, 100.0).low < 0.001 < usual.pace(0, 100.0).high
    assert usual.mean([0.1], [1]) is None


def test_months_served_are_shared_where_somebody_covers_two_territories(history_of):
    made_of = history_of(
        territories=[{"territory": "East"}, {"territory": "West"}],
        people=[{"rep": "Ann"}, {"rep": "Ben", "hired": "2026-07-01"}, {"rep": "Cid", "left": "2026-03-31"}],
        assignments=[
            {"rep": "Ann", "territory": "East"}, {"rep": "Ann", "territory": "West"},
            {"rep": "Ben", "territory": "East", "effective_from": "2026-07-01"},
            {"rep": "Cid", "territory": "West"},
        ],
    )  # fmt: skip
    months = [f"2026-{month:02}" for month in range(1, 13)]
    table = seats.served(made_of, months, 6)
    sums = table.groupby(["territory", "rep"])[["served", "ramped"]].sum()
    assert sums.loc[("East", "Ann"), "served"] == pytest.approx(6)
    assert sums.loc[("West", "Cid"), "served"] == pytest.approx(3)
    assert sums.loc[("East", "Ben"), "served"] == pytest.approx(6)
    assert sums.loc[("East", "Ben"), "ramped"] == pytest.approx(3, abs=0.1)


def test_capacity_of_the_sample_company_adds_up_and_knows_who_is_stretched(company):
    seen = capacity.carried(company)
    assert seen.year["asked"].iloc[0] == goals.outlook(company).expected
    assert seen.territories["capacity"].sum() == seen.year["capacity"].iloc[0] == seen.steps["amount"].sum()
    assert seen.grid["asked"].sum() == seen.year["asked"].iloc[0]
    assert seen.year["heads"].iloc[0] == pytest.approx(42)
    assert (capacity.carried(company, 1.1).year["capacity"] > seen.year["capacity"]).all()
    one = capacity.carried(replace(company, territory="Capital West"))
    row = seen.territories.set_index("territory").loc["Capital West"]
    assert one.year["capacity"].iloc[0] == row["capacity"]
    assert row["verdict"] == "over capacity"


def test_next_year_is_drawn_around_what_is_expected(company, found):
    expected = goals.outlook(company).expected
    draws = found.drawn.of()
    assert draws.mean() == pytest.approx(expected, rel=0.01)
    low, high = np.quantile(draws, [0.1, 0.9])
    assert low < expected < high
    assert simulation.uncertain(company).drawn.of() == pytest.approx(draws, abs=0)


def test_more_ranges_make_the_number_less_sure(planned):
    before = simulation.uncertain(planned).drawn.of().std()
    assumptions.state(planned, made("other_share", "-0.2", "0.0", "0.2"), "planner")
    assert simulation.uncertain(planned).drawn.of().std() > 2 * before


def test_the_sample_company_is_calibrated_on_its_own_past(found):
    table = found.tested.set_index("level")
    assert table["cases"].to_dict() == {"company": 2, "territory": 24, "position": 85}
    # So few cases can only show a plan that is badly off: 80% of 85 lie between 71% and 88% in 95 of 100 cases.
    assert 0.71 <= table.loc["position", "inside_80"] <= 0.92
    assert table.loc["position", "widened_80"] >= table.loc["position", "inside_80"]
    assert (table["width"] >= 1).all()


def test_growth_and_retention_of_the_sample_company(company):
    told = balance.customers(company)
    assert [each.name for each in told.classes] == ["A", "B", "C"]
    assert sum(each.share for each in told.classes) == 1
    found = balance.answered(told.classes, Decimal("0.10"), told.new, "A")
    assert found.kept.lost < found.now.lost
    assert not found.kept.possible
    last, before = (history.attainment(company, "revenue", [], f"{year}-01", f"{year}-12") for year in (2026, 2025))
    grown = last["result"].iloc[0] / before["result"].iloc[0] - 1
    # What stayed, left and came is the growth that there was, but for sales without a named customer.
    assert float(told.new + sum(each.kept for each in told.classes)) - 1 == pytest.approx(grown, abs=0.005)


def test_break_even_of_territories_adds_up_to_the_company(company):
    found = balance.even(company, 500_000_000, 100_000_000)
    assert found.territories["fixed"].sum() == 500_000_000
    assert found.territories["revenue"].sum() == pytest.approx(found.company.revenue, rel=0.01)
    assert found.company.revenue_for_profit > found.company.revenue
    assert found.expected == found.territories["expected"].sum()


@pytest.fixture(scope="module")
def bicycles(real_data, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("bicycles") / "workspace"
    imports.bring_in(str(workspace), "adventureworks", real_data / "adventureworks", lambda _: None)
    return stand(str(workspace))


def test_a_company_that_grows_by_leaps_is_told_that_its_forecasts_did_not_hold(bicycles):
    table = simulation.uncertain(bicycles).tested.set_index("level")
    assert table["cases"].to_dict() == {"company": 1, "territory": 6, "position": 21}
    assert (table["inside_80"] < 0.5).all()
    assert (table["width"] > 1.5).all()
    assert table["widened_80"].isna().all()


def test_what_cannot_be_told_of_a_real_company_is_said(bicycles):
    with pytest.raises(AssumptionError, match="never covers a fixed cost"):
        balance.even(bicycles, 1_000_000, 0)
    assert "rep_turnover" not in {each.kind for each in proposals.proposed(bicycles)}
    told = balance.customers(bicycles)
    assert isinstance(told.classes[0], Class)
    assert pd.Series([float(each.share) for each in told.classes]).sum() == pytest.approx(1)
