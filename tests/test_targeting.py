"""Whom to sell to: segments, scores that explain themselves, classes, the test on the past, and named accounts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import AccessError, PlansError
from planning.history import known
from planning.plans import criteria, named, segments, trial
from planning.plans import targeting as shape
from planning.plans.criteria import CRITERIA
from planning.plans.segments import Condition, Segment, condition
from planning.plans.targeting import CLASSES, MUST_KEEP, PROSPECT, Targeting
from planning.store.people import Person
from planning.workbook import access
from planning.workbook.plans import named as naming
from planning.workbook.plans import targeting
from planning.workbook.plans.targeting import seen

REP, OTHER, MANAGER = "Aiko Tanabe", "Ruth Abelson", "Tomas Brandt"


def account(name, revenue=0, **more):
    row = {"customer": name, "segment": "Hotel", "tier": "A", "channel": "", "territory": "North", "rep": "Ana",
           "since": None, "revenue": revenue, "before": revenue, "lines": 1, "last_order": date(2026, 12, 1),
           "months_since": 1.0, "open_value": 0, "open_deals": 0}  # fmt: skip
    return {**row, **more}


def prospect(name, **more):
    return account(name, rep="", last_order=None, months_since=float("nan"), **more)


def figures(*rows, sold=4):
    money = ("revenue", "before", "lines", "open_value", "open_deals")
    return criteria.figures(pd.DataFrame(rows).astype(dict.fromkeys(money, "Int64")), sold)


def as_person(context, name, role):
    access.add(context.settings, Person(name.split()[0].lower(), name, role), "long enough for it", "planner")
    return replace(context, person=Person(name.split()[0].lower(), name, role))


def test_accounts_are_told_as_they_stood_at_the_end_of_a_month(history_of):
    order = {"line": 1, "rep": "Ana", "territory": "North", "product": "Pan", "quantity": 1}
    history = history_of(
        territories=[{"territory": "North"}],
        people=[{"rep": "Ana"}, {"rep": "Ben"}],
        products=[{"product": "Pan", "product_line": "Pans"}, {"product": "Cup", "product_line": "Cups"}],
        customers=[{"customer": "Inn", "segment": "Hotel", "tier": "A"}, {"customer": "Bar"},
                   {"customer": "Later", "since": "2027-02-01"}],
        orders=[
            {**order, "order_id": "1", "date": "2025-03-01", "customer": "Inn", "amount": 100},
            {**order, "order_id": "2", "date": "2026-03-01", "customer": "Inn", "amount": 300},
            {**order, "order_id": "3", "date": "2026-06-01", "customer": "Inn", "amount": 50, "product": "Cup"},
            {**order, "order_id": "4", "date": "2027-01-05", "customer": "Inn", "amount": 999, "rep": "Ben"},
            {**order, "order_id": "5", "date": "2025-01-01", "customer": "Cafe", "amount": 10},
        ],
        opportunities=[
            {"opportunity": "a", "rep": "Ana", "customer": "Inn", "stage": "x", "status": "won",
             "opened": "2026-11-01", "closed": "2027-02-01", "amount": 70},
            {"opportunity": "b", "rep": "Ana", "customer": "Inn", "stage": "x", "status": "lost",
             "opened": "2026-01-01", "closed": "2026-02-01", "amount": 5},
        ],
    )  # fmt: skip
    found = known.accounts(history, "2026-12").set_index("customer")
    assert list(found.index) == ["Bar", "Cafe", "Inn"]
    inn = found.loc["Inn"]
    assert (inn["revenue"], inn["before"], inn["lines"], inn["rep"], inn["territory"]) == (
        350,
        100,
        2,
        "Ana",
        "North",
    )
    # What was won later was open then; what was lost before was not.
    assert (inn["open_value"], inn["open_deals"]) == (70, 1)
    assert pd.isna(found.loc["Bar", "last_order"])
    assert found.loc["Bar", "revenue"] == 0
    assert found.loc["Cafe", "months_since"] > 23


def test_what_the_history_does_not_reach_is_not_known_and_not_zero(history_of):
    order = {"line": 1, "rep": "Ana", "territory": "N", "product": "Pan", "quantity": 1, "customer": "Inn"}
    history = history_of(
        territories=[{"territory": "N"}], people=[{"rep": "Ana"}], products=[{"product": "Pan", "product_line": "P"}],
        orders=[{**order, "order_id": "1", "date": "2026-03-01", "amount": 100}],
    )  # fmt: skip
    found = known.accounts(history, "2026-12").iloc[0]
    assert pd.isna(found["before"])
    assert pd.isna(found["open_value"])


@pytest.mark.parametrize("text", ["tier = A | B", "lines 3..", "growth ..-0.1", "months_since 1..6"])
def test_a_criterion_is_written_as_it_is_read(text):
    assert str(condition(text)) == text


@pytest.mark.parametrize("text", ["teir = A", "lines", "lines a..b", "size 3..", "lines .."])
def test_a_criterion_that_is_not_understood_is_refused_with_how_to_write_it(text):
    with pytest.raises(PlansError):
        condition(text)


def test_an_account_is_placed_in_the_first_segment_and_told_what_it_lacks_of_the_profile():
    rows = figures(account("Inn", 500, lines=4), account("Bar", 100, segment="Café"), account("Zoo", segment="Zoo"))
    hotels = Segment("Hotels", (Condition("segment", ("Hotel",)),), (condition("lines 3.."), condition("tier = A")))
    cafes = Segment("Cafés", (condition("segment = Café"),), (condition("lines 3.."), condition("tier = A")))
    found = segments.placed(rows, [hotels, cafes])
    assert list(found["place"]) == ["Hotels", "Cafés", segments.NO_SEGMENT]
    assert found["fit"].tolist()[:2] == [1.0, 0.5]
    assert list(found["lacks"]) == ["", "lines 3..", ""]


def test_a_score_is_explained_to_its_last_point_and_what_is_not_known_does_not_count():
    rows = figures(account("Inn", 1000), account("Bar", 400, before=pd.NA, open_value=pd.NA), prospect("New"))
    by = Targeting()
    found = shape.scored(rows, by)
    for row in found.to_dict("records"):
        table = shape.explained(row, by)
        assert table["adds"].sum() == pytest.approx(row["score"])
        assert not {"Fit to the profile"} & set(table.loc[table["adds"].notna(), "criterion"])
    bar = shape.explained(found.set_index("customer").loc["Bar"].to_dict(), by).set_index("criterion")
    assert pd.isna(bar.loc["Open opportunities", "adds"])


@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 4), st.booleans()), min_size=1,
             max_size=30),
    st.dictionaries(st.sampled_from(sorted(CRITERIA)), st.integers(0, 9)),
)  # fmt: skip
def test_every_account_has_one_class_and_a_score_between_nothing_and_a_hundred(rows, weights):
    made = figures(*(prospect(f"c{n}") if new else account(f"c{n}", now, before=then, lines=lines)
                     for n, (now, then, lines, new) in enumerate(rows)))  # fmt: skip
    by = Targeting(weights={**shape.WEIGHTS, **{name: Decimal(each) for name, each in weights.items()}})
    found = shape.scored(made, by)
    assert sorted(found["customer"]) == sorted(made["customer"])
    assert set(found["priority"]) <= set(CLASSES)
    assert found["score"].dropna().between(0, 100).all()
    assert (found["priority"] == PROSPECT).sum() == found["prospect"].sum()
    assert found["score"].dropna().is_monotonic_decreasing


def test_more_of_what_counts_never_lowers_a_score():
    rows = [account("Inn", 1000), account("Bar", 400), account("Pub", 400, open_value=300)]
    found = shape.scored(figures(*rows), Targeting()).set_index("customer")["score"]
    assert found["Pub"] > found["Bar"]


def test_a_targeting_that_would_class_nobody_is_refused_with_everything_that_is_wrong():
    wrong = Targeting(
        (Segment("", ()),), {"size": Decimal(-1), "luck": Decimal(1)}, keep=Decimal(2), first=Decimal("0.9"),
        second=Decimal("0.9"), contacts={"must keep": -1}, most=0,
    )  # fmt: skip
    with pytest.raises(PlansError) as told:
        shape.check(wrong)
    for each in (
        "has no name", "nothing says who belongs", "no criterion 'luck'", "size: a weight below zero",
        "no criterion of worth", "keep: 200%", "A and B together", "must keep: contacts below zero", "most: 0",
    ):  # fmt: skip
        assert each in str(told.value)


def test_a_list_is_held_against_what_came_beside_last_years_sales_and_the_best_that_was_possible():
    rows = figures(*(account(f"c{n}", 100 * n, open_value=5000 if n == 3 else 0) for n in range(1, 11)))
    scored = shape.scored(rows, Targeting(weights={"open": Decimal(1), "size": Decimal("0.001")}))
    came = pd.Series({"c3": 5000, "c10": 1000, "stranger": 4000})
    found = trial.trial(scored, came)
    row = found.parts.set_index("part").loc[0.1]
    assert (row["revenue"], row["revenue_by_sales"], row["revenue_best"]) == (0.5, 0.1, 0.5)
    # Growth: 4,700 of c3, and 4,000 of an account that nobody knew.
    assert row["growth"] == pytest.approx(4700 / 8700)
    assert row["growth_by_sales"] == 0
    assert found.unknown == 0.4
    assert "more than last year's sales alone" in found.says
    assert found.prospects.empty


def test_no_list_finds_more_than_the_best_and_classes_add_up_to_what_came(planned):
    found = targeting.trial(planned)
    assert (found.parts["revenue"] <= found.parts["revenue_best"] + 1e-9).all()
    assert (found.parts["growth"] <= found.parts["growth_best"] + 1e-9).all()
    assert found.parts["revenue"].is_monotonic_increasing
    assert found.classes["revenue_share"].sum() + found.unknown == pytest.approx(1)
    # The weights to start from find as much as last year's sales alone, and must keep accounts stay.
    row = found.parts.set_index("part").loc[0.2]
    assert row["revenue"] > row["revenue_by_sales"] - 0.02
    assert found.classes.set_index("priority").loc[MUST_KEEP, "stayed"] > 0.95


def test_a_targeting_is_kept_for_everybody_by_the_planner_alone(planned):
    first = targeting.targeting(planned)
    assert first.version == 0
    assert {each.name for each in first.segments} >= {"Hotel", "Café"}
    kept = targeting.keep(planned, replace(first, weights={**first.weights, "size": Decimal(9)}), "planner")
    assert targeting.targeting(planned) == kept
    with pytest.raises(PlansError, match="changed meanwhile"):
        targeting.keep(planned, first, "planner")
    with pytest.raises(AccessError, match="Only a planner may set who is targeted"):
        targeting.keep(as_person(planned, MANAGER, "manager"), kept, MANAGER)


def test_one_sees_the_accounts_that_are_ones_business_and_scores_rest_on_all_of_them(planned):
    whole = targeting.in_view(planned).set_index("customer")
    mine = targeting.in_view(as_person(planned, REP, "rep")).set_index("customer")
    assert set(mine["rep"]) - {""} <= {REP} | (set(whole["rep"]) - set(seen(planned).reps["rep"]))
    assert 0 < len(mine) < len(whole)
    assert (mine["score"] == whole["score"].reindex(mine.index)).all()
    assert len(targeting.in_view(as_person(planned, "Vera", "viewer"))) == 0
    other = next(name for name in whole.index[whole["rep"] == OTHER])
    with pytest.raises(PlansError, match="no account in view"):
        targeting.explained(as_person(planned, REP, "rep"), other)


CAN = named.Capacity(1000, 100, 4)


def test_named_accounts_are_proposed_in_the_order_of_classes_as_long_as_contacts_suffice():
    rows = figures(*(account(f"c{n:02d}", 1000 * (n + 1)) for n in range(20)))
    scored = shape.scored(rows, Targeting())
    found = named.proposed(scored, CAN, Targeting())
    priority = scored.set_index("customer")["priority"]
    assert [priority[each] for each in found[:2]] == [MUST_KEEP, MUST_KEEP]
    assert named.wanted(scored, found, Targeting()) <= 100
    without = named.proposed(scored, named.capacity(None, Targeting(most=3)), Targeting(most=3))
    assert len(without) == 3


def test_a_list_that_could_not_be_served_is_refused_with_what_to_leave_out():
    scored = shape.scored(figures(*(account(f"c{n}", 1000 * (n + 1)) for n in range(8))), Targeting())
    names = list(scored["customer"][:5])
    with pytest.raises(PlansError) as told:
        named.check(
            "Ana", [*names, names[0], "Nobody"], scored, replace(CAN, named=60), Targeting(), {names[1]: "Ben"}
        )
    for each in (
        "'Nobody' is no account", f"{names[0]} is on the list twice", f"{names[1]} is on the list of Ben",
        "7 accounts, and 4 are the most: leave 3 out", "calls and visits a year, and Ana has 60",
    ):  # fmt: skip
        assert each in str(told.value)


def test_a_list_is_kept_within_capacity_and_an_account_stands_on_one_list_alone(planned):
    first = naming.named(planned, REP)
    assert first.version == 0
    assert first.wanted <= first.can.named < first.can.contacts
    naming.keep(planned, REP, first.names[:3], REP, 0)
    again = naming.named(planned, REP)
    assert (again.names, again.version) == (first.names[:3], 1)
    many = list(seen(planned).accounts["customer"][:40])
    with pytest.raises(PlansError, match="are the most"):
        naming.keep(planned, REP, many, REP, 1)
    with pytest.raises(PlansError, match=f"is on the list of {REP} already"):
        naming.keep(planned, OTHER, first.names[:1], OTHER, 0)
    with pytest.raises(PlansError, match="changed meanwhile"):
        naming.keep(planned, REP, first.names[:2], REP, 0)
    with pytest.raises(AccessError, match="between them and those who lead them"):
        naming.named(as_person(planned, OTHER, "rep"), REP)
