"""The main job through the workbook functions, on the sample company."""

from decimal import Decimal

import pytest

from planning.assumptions.assumption import Assumption
from planning.errors import AssumptionError, LedgerError, NegotiationError, PlanningError
from planning.goals import ledger
from planning.negotiation.moves import Say
from planning.workbook import goals, history, reports
from planning.workbook.expected import assumptions
from planning.workbook.negotiation import moving, talks
from planning.workbook.negotiation import overview as negotiations
from planning.workbook.overview import overview
from planning.workbook.place import stand
from planning.workbook.setting import asked as setting
from planning.workbook.setting.asked import Asked


def assert_everything_adds_up(context):
    table = goals.goals(context).set_index("owner")
    tree, rows = goals.book(context)
    for owner, row in table.iterrows():
        if row["kind"] != "position":
            assert row["assigned"] == row["allocated"] + row["unplaced"]
            assert row["allocated"] == table.loc[table["parent"] == owner, "assigned"].sum()
        assert ledger.explain(tree, rows, owner)["amount"].sum() == row["assigned"]
    for by in ("product", "channel", "month", "quarter", "year", "rep", "territory"):
        assert goals.split(context, "company", by)["goal"].sum() == table.loc["company", "assigned"]


def test_the_year_after_the_results_is_planned_unless_said(planned):
    assert stand(str(planned.settings.workspace)).year == 2027
    with pytest.raises(PlanningError, match="Did you mean 'Harbour Coast'"):
        stand(str(planned.settings.workspace), territory="Harbor Coast")


def test_a_goal_set_by_growth_is_that_much_over_last_year_and_adds_up_everywhere(planned):
    seen = setting.set_goals(planned, "planner", Asked(growth=Decimal("0.08"), reason="The board asks for 8%"))
    total = goals.goals(planned)["assigned"].iloc[0]
    assert total == round(Decimal(seen.last_year) * Decimal("1.08"))
    assert_everything_adds_up(planned)


def test_the_first_steps_of_every_rep_are_their_own_result(planned):
    first, last = history.months(planned)
    results = history.attainment(planned, "revenue", ["rep"], first, last).set_index("rep")["result"]
    for rep in sorted(set(goals.split(planned, "company", "rep")["rep"]) - {""}):  # a vacant seat is nobody's
        steps = goals.explain(planned, rep).groupby("step")["amount"].sum()
        assert steps.get("last_year", 0) == results.get(rep, 0)


def test_setting_the_goals_again_replaces_them_and_keeps_the_identities(planned):
    setting.set_goals(planned, "planner", Asked(target=3_000_000_000))
    setting.set_goals(planned, "planner")
    expected = goals.outlook(planned).expected
    assert goals.goals(planned)["assigned"].iloc[0] == expected
    assert "ambition" not in set(goals.explain(planned, "company")["step"])
    assert_everything_adds_up(planned)


def test_an_assumption_changes_what_is_expected_by_its_effect(planned):
    before, joint = goals.outlook(planned).expected, _together(planned)
    price = Assumption(
        "price_change", *[Decimal("0.02")] * 3, "Pricing", "List of January", product_line=_line(planned)
    )
    kept = assumptions.state(planned, price, "planner")
    effect = assumptions.priced(planned).set_index("identity").loc[kept.identity, "effect_likely"]
    assert effect > 0
    assert goals.outlook(planned).expected == before + effect + _together(planned) - joint
    assumptions.withdraw(planned, kept.identity, "planner")
    assert goals.outlook(planned).expected == before
    with pytest.raises(AssumptionError, match="no assumption"):
        assumptions.withdraw(planned, kept.identity, "planner")


def _together(context):
    steps = goals.outlook(context).table()
    return steps.loc[steps["step"] == goals.TOGETHER, "amount"].sum()


def _line(context):
    return history.names(context.settings, "product_line")[0]


def test_a_territory_sees_only_its_own_part_of_an_effect(planned):
    from dataclasses import replace

    whole = assumptions.priced(planned)["effect_likely"].sum()
    places = history.names(planned.settings, "territory")
    parts = [assumptions.priced(replace(planned, territory=each))["effect_likely"].sum() for each in places]
    # Each territory's effect is rounded by itself, so the parts may differ from the whole by a cent each.
    assert abs(sum(parts) - whole) <= len(parts) * len(assumptions.stated(planned))


def test_two_who_negotiate_end_with_the_agreed_goal_in_the_book(planned):
    setting.set_goals(planned, "planner", Asked(growth=Decimal("0.1")))
    company = goals.goals(planned)["assigned"].iloc[0]
    rep = goals.goals(planned)["rep"].max()
    manager, held = talks.talk(planned, rep).manager, talks.talk(planned, rep).held
    product = next(iter(held))
    moving.move(planned, rep, Say("propose", "Last year plus the market"), manager, 0)
    lower = {product: held[product] - 100_001}
    moving.move(planned, rep, Say("counter", "Two accounts closed", lower), rep, 1)
    with pytest.raises(NegotiationError, match=r"(?s)moved on.*version 2"):
        moving.move(planned, rep, Say("accept"), manager, 1)
    with pytest.raises(NegotiationError, match="a planner may"):
        moving.move(planned, rep, Say("accept"), "Somebody", 2)
    moving.move(planned, rep, Say("comment", "Fair enough"), manager, 2)
    moving.move(planned, rep, Say("accept"), manager, 3)
    assert moving.move(planned, rep, Say("accept"), rep, 4).state == "agreed"

    assert talks.talk(planned, rep).held == {**held, **lower}
    assert goals.explain(planned, rep).iloc[-1]["amount"] == -100_001
    assert goals.goals(planned)["assigned"].iloc[0] == company
    assert_everything_adds_up(planned)
    assert talks.exchange(planned, rep)["kind"].tolist() == [
        "propose",
        "counter",
        "comment",
        "accept",
        "accept",
    ]
    standing = negotiations.standing(planned).set_index("rep")
    assert (standing.loc[rep, "state"], standing.loc[rep, "goal"]) == ("agreed", sum(held.values()) - 100_001)
    assert overview(planned).total["agreed"].iloc[0] == 1
    with pytest.raises(LedgerError, match=f"(?s)some were agreed.*{rep}"):
        setting.set_goals(planned, "planner")


def test_offers_on_unknown_lines_and_for_unknown_people_are_refused(planned):
    rep = goals.split(planned, "company", "rep")["rep"].iloc[1]
    with pytest.raises(NegotiationError, match="product line in this goal"):
        moving.move(planned, rep, Say("propose", "why", {"Rockets": 5}), talks.talk(planned, rep).manager, 0)
    with pytest.raises(NegotiationError, match="There is no rep with a goal"):
        talks.talk(planned, "Nobody")


def test_the_front_page_says_how_far_everything_is(planned):
    seen = overview(planned)
    assert seen.territories["last_result"].sum() == seen.total["last_result"].iloc[0]
    assert seen.territories["goal"].sum() == seen.total["goal"].iloc[0]
    assert seen.territories["reps"].sum() >= seen.total["reps"].iloc[0]
    of_the_year = {"plans", "tracking", "checkpoints", "week", "evaluation"}
    assert {step for step, told in seen.done.items() if not told} == {"takes", *of_the_year}


def test_a_workspace_without_history_says_what_to_do(tmp_path):
    with pytest.raises(PlanningError, match="planning import"):
        stand(str(tmp_path))


def test_nothing_is_asked_for_before_goals_are_set(sample_company):
    context = stand(str(sample_company))
    with pytest.raises(LedgerError, match="No goals were set for FY2027"):
        goals.explain(context, "company")
    assert overview(context).done["goals"] == ""


def test_an_order_for_unknown_territories_names_them_all(planned):
    with pytest.raises(PlanningError, match=r"(?s)'Nowhere'.*'Elsewhere'"):
        reports.order(planned, ["Nowhere", "Elsewhere"], {})


def test_the_fingerprint_of_a_batch_changes_with_the_plan(planned):
    before = reports.order(planned, [], {}).fingerprint
    assert reports.order(planned, [], {}).fingerprint == before
    growth = Assumption("market_growth", *[Decimal("0.01")] * 3, "Ops", "Report")
    assumptions.state(planned, growth, "planner")
    assert reports.order(planned, [], {}).fingerprint != before
