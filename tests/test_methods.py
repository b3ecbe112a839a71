"""Methods of handing out the company's number, and what is passed down on top of it."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import LedgerError
from planning.goals import ledger, owners
from planning.goals.setting import cascade, methods, over
from planning.goals.setting.cascade import LEVELS, Step
from planning.workbook import goals
from planning.workbook.setting import asked as setting
from planning.workbook.setting import methods as ways
from planning.workbook.setting.asked import Asked

PEOPLE = [("Canada", "Ana"), ("Canada", "Ben"), ("Peru", "Cleo"), ("Peru", "")]
TREE = owners.build(
    pd.DataFrame({"territory": ["Canada", "Peru"], "region": ["North", "South"]}),
    pd.DataFrame(PEOPLE[:3], columns=["territory", "rep"]),
    "Acme",
)


def steps(amounts):
    rows = [
        (territory, rep, product, "", month, amount * factor)
        for (territory, rep), amount in zip(PEOPLE, amounts, strict=True)
        for product, factor in (("Bikes", 3), ("Parts", 1))
        for month in ("2027-01", "2027-02")
    ]
    return [Step("last_year", "", "", pd.DataFrame(rows, columns=[*LEVELS, "amount"]))]


def by_rep(found, name):
    return pd.DataFrame([(*place, value) for place, value in found.items()], columns=["territory", "rep", name])


def test_equal_size_asks_the_same_of_everybody_and_leaves_who_is_not_known_as_expected():
    base = steps([100, 300, 400, 200])
    values = by_rep(dict.fromkeys(PEOPLE[:3], 1.0), "value")
    found = methods.handed_out(base, 9600, {"equal_size": Decimal(1)}, {"equal_size": values}, "Board", "me")
    goal = cascade.expected([*base, *found]).groupby(["territory", "rep"])["amount"].sum()
    assert goal.loc[("Canada", "Ana")] == goal.loc[("Canada", "Ben")] == goal.loc[("Peru", "Cleo")]
    # 800 of 1,000 are expected of those who are known, so 200 of 1,000 are handed out as expected.
    assert goal.loc[("Peru", "")] == 1920


def test_each_method_hands_out_its_own_part_and_is_a_step_of_its_own():
    base = steps([100, 300, 400, 200])
    values = {"potential": pd.DataFrame({"territory": ["Canada", "Peru"], "value": [3.0, 1.0]})}
    parts = methods.checked({"expected": Decimal(3), "potential": Decimal(1)})
    found = methods.handed_out(base, 8000, parts, values, "As it is", "me")
    assert [step.step for step in found] == ["by_potential"]
    moved = found[0].cells.groupby("territory")["amount"].sum()
    # A quarter of 8,000: 1,500 and 500 by potential instead of 800 and 1,200.
    assert moved.to_dict() == {"Canada": 700, "Peru": -700}
    assert found[0].reason.startswith("25% of the number by what the market")


def test_everything_wrong_with_methods_and_levels_is_said_at_once():
    with pytest.raises(LedgerError, match=r"(?s)no method 'fair'.*below zero"):
        methods.checked({"fair": Decimal(1), "potential": Decimal(-1)})
    with pytest.raises(LedgerError, match="add up to nothing"):
        methods.checked({"potential": Decimal(0)})
    with pytest.raises(LedgerError, match=r"(?s)no level 'team'.*territory: 60.0% is not between"):
        over.check({"team": Decimal("0.1"), "territory": Decimal("0.6")})
    with pytest.raises(LedgerError, match="not both"):
        Asked(target=5, growth=Decimal("0.1"))


def test_over_assignment_stands_on_the_account_of_whoever_asks_for_it():
    rows = cascade.as_entries(steps([100, 300, 400, 0]))
    ratios = {"territory": Decimal("0.1"), "company": Decimal("0.05")}
    posted = over.over_assigned(TREE, rows, ratios, "me")
    for each in posted:
        ledger.check(each, TREE)
    book = pd.concat(
        [*(each.entries for each in ledger.place(rows, "plan", "me")), *(each.entries for each in posted)]
    )
    table = ledger.assigned(TREE, book).set_index("owner")
    assert table.loc["company", "assigned"] == 6400
    assert table.loc["company", "unplaced"] == -320
    # Each level's extra counts on what comes from above: 1.05 times 1.1 (E62).
    assert table.loc["position:Canada:Ana", "assigned"] == round(800 * 1.05 * 1.1)
    assert table.loc["territory:Canada", "unplaced"] == -336
    assert table.loc["territory:Canada", "assigned"] == 3360


@given(
    st.lists(st.integers(0, 10**7), min_size=4, max_size=4).filter(lambda amounts: sum(amounts[:3]) > 0),
    st.integers(1, 10**11),
    st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any),
    st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=3, max_size=3),
    st.lists(st.integers(0, 20), min_size=3, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_combined_the_company_number_comes_out_at_every_level(amounts, target, weights, known, on_top):
    base = steps(amounts)
    named = dict(zip(("expected", "equal_size", "last_year"), map(Decimal, weights), strict=True))
    told = by_rep(
        {place: np.nan if value is None else value for place, value in zip(PEOPLE[:3], known, strict=True)}, "value"
    )
    sold = by_rep(dict(zip(PEOPLE, map(float, amounts), strict=True)), "value")
    values = {"equal_size": told, "last_year": sold}
    if weights[1] and not methods.weighed(cascade.expected(base), told).any():
        with pytest.raises(LedgerError, match="Equal size asks nothing of anybody"):
            methods.handed_out(base, target, methods.checked(named), values, "", "me")
        return
    found = methods.handed_out(base, target, methods.checked(named), values, "", "me")
    rows = cascade.as_entries([*base, *found])
    ratios = {kind: Decimal(part) / 100 for kind, part in zip(over.KINDS, on_top, strict=True)}
    posted = [*ledger.place(rows, "plan", "me"), *over.over_assigned(TREE, rows, ratios, "me")]
    for each in posted:
        ledger.check(each, TREE)
    book = pd.concat([each.entries for each in posted])
    table = ledger.assigned(TREE, book).set_index("owner")
    assert table.loc["company", "assigned"] == target
    for owner in ("company", "region:North", "territory:Canada", "territory:Peru"):
        children = table.loc[table["parent"] == owner, "assigned"].sum()
        assert table.loc[owner, "assigned"] == children + table.loc[owner, "unplaced"]


def test_the_sample_company_is_handed_out_by_three_methods_with_more_passed_down(planned):
    weights = {"expected": Decimal(2), "potential": Decimal(1), "capacity": Decimal(1)}
    asked = Asked(
        growth=Decimal("0.06"), reason="The board asks", weights=weights, over={"territory": Decimal("0.05")}
    )
    seen = setting.set_goals(planned, "planner", asked)
    table = goals.goals(planned)
    company = int(table["assigned"].iloc[0])
    assert company == asked.amount(seen)
    places = table[table["kind"] == "territory"]
    assert places["unplaced"].sum() == -round(places["allocated"].sum() / 21, -1) or (places["unplaced"] < 0).all()
    steps_of_a_rep = goals.explain(planned, "Aiko Tanabe")["step"].tolist()
    assert steps_of_a_rep[-4:] == ["by_expected", "by_potential", "by_capacity", "over_assignment"]


def test_methods_are_held_side_by_side_and_each_adds_up(planned):
    table = ways.compared(planned, 3_000_000_000)
    shown = set(methods.METHODS) - {"drivers"}
    assert shown <= set(table.columns)
    assert (table[sorted(shown)].sum() == 3_000_000_000).all()


def test_the_sample_company_is_handed_out_by_drivers(planned):
    drivers = {"revenue": Decimal("0.7"), "sales_cycle": Decimal("0.3")}
    asked = Asked(weights={"drivers": Decimal(1)}, drivers=drivers, over={"region": Decimal("0.02")})
    seen = setting.set_goals(planned, "planner", asked)
    assert goals.goals(planned)["assigned"].iloc[0] == seen.expected
    reasons = goals.explain(planned, "Aiko Tanabe").set_index("step")["reason"]
    assert "(revenue 0.7, sales_cycle 0.3)" in reasons["by_drivers"]
    with pytest.raises(LedgerError, match="Name the metrics"):
        setting.set_goals(planned, "planner", Asked(weights={"drivers": Decimal(1)}))
