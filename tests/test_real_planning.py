"""A real company planned: its goals for the fiscal year from July 2020, and the sums that must hold."""

from decimal import Decimal

import pytest

from planning.history.intake.importing import import_source
from planning.negotiation.moves import Say
from planning.settings import load
from planning.workbook import goals, history
from planning.workbook.negotiation import moving, talks
from planning.workbook.overview import overview
from planning.workbook.place import stand
from planning.workbook.plans import checked, coverage, kept, proposals, targeting
from planning.workbook.setting import asked as setting
from planning.workbook.setting.asked import Asked


@pytest.fixture(scope="module")
def bicycles(real_data, tmp_path_factory):
    """Plan the reseller business for the year that follows its orders."""
    workspace = tmp_path_factory.mktemp("bicycles")
    import_source("adventureworks", real_data / "adventureworks", load(workspace))
    context = stand(str(workspace))
    setting.set_goals(context, "planner", Asked(growth=Decimal("0.05"), reason="The director asks for 5%"))
    return context


def test_the_year_to_plan_begins_in_july_2020(bicycles):
    assert bicycles.year == 2021
    assert bicycles.calendar.months(2021)[0] == "2020-07"


def test_the_baseline_is_the_year_before_and_june_as_a_year_ago(bicycles):
    steps = goals.explain(bicycles, "company").set_index("step")
    # July 2019 to May 2020 as sold; June 2020 is not in yet and stands as June 2019.
    assert steps.loc["last_year", "amount"] == 3_313_974_807
    assert steps.loc["completion", "amount"] == 199_024_925
    assert steps.loc["completion", "reason"] == "FY2020 made whole: 2020-06 as a year before"


def test_reps_territories_and_company_add_up(bicycles):
    table = goals.goals(bicycles)
    company = table["assigned"].iloc[0]
    assert company == round(Decimal(3_313_974_807 + 199_024_925) * Decimal("1.05"))
    by_kind = table.groupby("kind")["assigned"].sum()
    assert by_kind["region"] == by_kind["territory"] == by_kind["position"] == company
    assert (table["unplaced"] == 0).all()
    assert table.loc[table["kind"] == "territory", "name"].nunique() == 10
    assert table.loc[table["kind"] == "position", "rep"].nunique() == 18
    for name in table.loc[table["assigned"] > 0, "owner"]:
        assert goals.explain(bicycles, name)["amount"].sum() == table.set_index("owner").loc[name, "assigned"]
    for by in ("product", "channel", "month", "quarter", "rep", "territory"):
        assert goals.split(bicycles, "company", by)["goal"].sum() == company


def test_a_rep_with_several_territories_agrees_on_one_goal(bicycles):
    rep, manager = "Linda Mitchell", "Stephen Jiang"
    company = goals.goals(bicycles)["assigned"].iloc[0]
    held = talks.talk(bicycles, rep).held
    moving.move(bicycles, rep, Say("propose", "Last year's result and 5%"), manager, 0)
    lower = {"Bikes": held["Bikes"] - 25_000_000}
    moving.move(bicycles, rep, Say("counter", "Two resellers closed", lower), rep, 1)
    moving.move(bicycles, rep, Say("accept"), manager, 2)
    moving.move(bicycles, rep, Say("accept"), rep, 3)
    table = goals.goals(bicycles)
    assert talks.talk(bicycles, rep).held == held | lower
    assert table["assigned"].iloc[0] == company
    assert table["unplaced"].sum() == 25_000_000
    assert overview(bicycles).total["agreed"].iloc[0] == 1


def test_the_front_page_compares_the_same_months_and_the_year_made_whole(bicycles):
    seen = overview(bicycles)
    assert seen.months == ("2019-07", "2020-05")
    assert history.months(bicycles) == seen.months
    assert seen.total["last_result"].iloc[0] == 3_313_974_807
    assert seen.total["base"].iloc[0] == 3_313_974_807 + 199_024_925
    assert seen.total["growth"].iloc[0] == pytest.approx(0.05)
    assert seen.territories["base"].sum() == seen.total["base"].iloc[0]


def test_plans_are_made_without_activities_and_say_what_cannot_be_known(bicycles):
    rep, on = "Linda Mitchell", proposals.year(bicycles)
    plan = proposals.territory_plan(bicycles, rep, on).plan
    assert len(plan.accounts) == 12
    assert plan.activities == ()
    assert "counts no activities" in plan.origins["activities"]
    asked = proposals.goal(bicycles, on, rep)
    assert sum(sum(each.quarters) for each in plan.results) >= asked.to_numpy().sum()
    kept.keep(bicycles, plan, rep)
    found = checked.checked(bicycles, rep, on)
    assert found.clashes == []
    assert len(found.unknown) == 2
    assert "no pipeline" in found.unknown[0]
    # Without a pipeline, gaps are of what customers do.
    assert set(proposals.gaps_of(on, rep)["measure"]) == {"kept", "alike"}
    assert coverage.coverage(bicycles, on).set_index("rep").loc[rep, "covered"] > 0.5


def test_targeting_is_tested_on_the_resellers_of_the_year_before(bicycles):
    found = targeting.trial(bicycles)
    row = found.parts.set_index("part").loc[0.2]
    assert row["growth_by_promise"] > row["growth_by_sales"]
    assert row["revenue"] == pytest.approx(row["revenue_by_sales"], abs=0.03)
    # Resellers stand in the list long before they buy: most of the growth came of who had not bought yet.
    assert found.classes.set_index("priority").loc["prospect", "growth_share"] > 0.5
