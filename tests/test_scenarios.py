"""Scenarios through the workbook functions, on the sample company."""

from dataclasses import replace

import pytest

from planning.errors import AssumptionError, PlanningError
from planning.workbook import goals
from planning.workbook.expected import assumptions, scenarios
from planning.workbook.place import stand


def test_a_scenario_begins_as_its_base_and_changes_alone(planned):
    before = goals.outlook(planned).expected
    scenarios.add(planned, "upside", "plan", "If the market comes back", "planner")
    upside = stand(str(planned.settings.workspace), scenario="upside")
    assert goals.outlook(upside).expected == before
    growth = next(each for each in assumptions.stated(upside) if each.kind == "market_growth")
    assumptions.state(upside, replace(growth, likely=growth.high, evidence="Orders came back"), "planner")
    assert goals.outlook(upside).expected > before
    assert goals.outlook(planned).expected == before


def test_scenarios_are_compared_by_territory_and_add_up(planned):
    scenarios.add(planned, "downside", "plan", "", "planner")
    downside = stand(str(planned.settings.workspace), scenario="downside")
    growth = next(each for each in assumptions.stated(downside) if each.kind == "market_growth")
    assumptions.state(downside, replace(growth, likely=growth.low), "planner")
    table = scenarios.compared(planned, ["plan", "downside"]).set_index("territory")
    for name in ("outlook", "plan", "downside"):
        assert table.loc["", name] == table.drop("")[name].sum()
    assert table.loc["", "plan"] == goals.outlook(planned).expected
    assert (table["downside"] <= table["plan"]).all()


def test_a_copy_has_the_same_changes_and_goes_its_own_way(planned):
    scenarios.add(planned, "one", "plan", "", "planner")
    one = stand(str(planned.settings.workspace), scenario="one")
    first = assumptions.stated(one)[0]
    assumptions.withdraw(one, first.identity, "planner")
    scenarios.copy(planned, "one", "two", "planner")
    two = stand(str(planned.settings.workspace), scenario="two")
    assert [each.identity for each in assumptions.stated(two)] == [each.identity for each in assumptions.stated(one)]
    other = assumptions.stated(two)[0]
    assumptions.state(two, replace(other, likely=other.low), "planner")
    assert assumptions.stated(one)[0].likely == other.likely


def test_a_renamed_scenario_keeps_what_it_holds_and_who_goes_on_from_it(planned):
    scenarios.add(planned, "bold", "plan", "All goes well", "planner")
    scenarios.add(planned, "bolder", "bold", "", "planner")
    bold = stand(str(planned.settings.workspace), scenario="bold")
    first = assumptions.stated(bold)[0]
    assumptions.state(bold, replace(first, owner="Somebody else"), "planner")
    scenarios.rename(planned, "bold", "daring", "planner")
    named = {each.name: each for each in scenarios.scenarios(planned)}
    assert named["bold"].archived
    assert named["daring"].note == "All goes well"
    bolder = stand(str(planned.settings.workspace), scenario="bolder")
    assert assumptions.stated(bolder)[0].owner == "Somebody else"


def test_the_plan_takes_over_what_a_scenario_assumes(planned):
    scenarios.add(planned, "chosen", "plan", "", "planner")
    chosen = stand(str(planned.settings.workspace), scenario="chosen")
    first, *others = assumptions.stated(chosen)
    assumptions.state(chosen, replace(first, likely=first.high), "planner")
    assumptions.withdraw(chosen, others[-1].identity, "planner")
    expected = goals.outlook(chosen).expected
    assert scenarios.adopt(planned, "chosen", "planner") == 2
    assert goals.outlook(planned).expected == expected
    assert scenarios.adopt(planned, "chosen", "planner") == 0


def test_what_is_rejected_is_not_counted_and_a_challenge_needs_a_reason(planned):
    first = assumptions.stated(planned)[0]
    before = goals.outlook(planned).expected
    with pytest.raises(AssumptionError, match="without a reason"):
        assumptions.judge(planned, first.identity, "challenged", " ", "manager")
    assumptions.judge(planned, first.identity, "rejected", "The association was wrong last year", "manager")
    assert goals.outlook(planned).expected != before
    row = assumptions.priced(planned).set_index("identity").loc[first.identity]
    assert row["effect_likely"] == 0
    assumptions.judge(planned, first.identity, "accepted", "", "manager")
    assert goals.outlook(planned).expected == before
    assert list(assumptions.versions(planned, first.identity)["status"]) == [first.status, "rejected", "accepted"]


@pytest.mark.parametrize("name", ["plan", "", "a/b", "x" * 41])
def test_a_name_that_cannot_be_used_is_refused(planned, name):
    with pytest.raises(AssumptionError, match="cannot be begun"):
        scenarios.add(planned, name, "plan", "", "planner")


def test_a_scenario_that_is_not_there_is_refused_with_those_that_are(planned):
    scenarios.add(planned, "upside", "plan", "", "planner")
    with pytest.raises(PlanningError, match="Did you mean 'upside'"):
        stand(str(planned.settings.workspace), scenario="upsid")
    with pytest.raises(AssumptionError, match="neither renamed, nor put away"):
        scenarios.archive(planned, "plan", "planner")
