"""Goals of accounts and of customer groups: parts of a rep's goal, whatever was said of some of them."""

import re
from contextlib import suppress

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import AccessError, LedgerError, PlansError
from planning.goals.setting import accounts
from planning.goals.setting.accounts import NEW, OPEN, Said, Usual
from planning.history import accounts as history_of
from planning.history.engine import open_history
from planning.store.people import Person
from planning.workbook import goals
from planning.workbook.setting import accounts as kept

SOLD = pd.DataFrame(
    [
        ("Alpha", "Hotels", 600),
        ("Beta", "Hotels", 300),
        ("Gamma", "Shops", 100),
        ("Delta", "", 0),
    ],
    columns=["customer", "group", "amount"],
)
USUAL = Usual(new=0.1)
"""What is new brought 100, so that all weights together are 1,100."""


def goal_of(goal=2200, **said):
    table = accounts.split(goal, SOLD, Said(**said), USUAL)
    assert table["goal"].sum() == goal
    return table.set_index("customer")["goal"].to_dict()


def test_a_goal_is_shared_by_what_accounts_bought_and_what_is_new_brought():
    assert goal_of() == {"Alpha": 1200, "Beta": 600, "Gamma": 200, "Delta": 0, NEW: 200}


def test_who_has_a_number_keeps_it_and_the_rest_share_what_is_left():
    found = goal_of(accounts={"Alpha": 1000})
    assert found == {"Alpha": 1000, "Beta": 800, "Gamma": 200, "Delta": 0, NEW: 200}


def test_nothing_said_is_not_zero():
    assert goal_of(accounts={"Beta": 0})["Beta"] == 0
    assert goal_of()["Beta"] > 0
    assert goal_of(accounts={"Delta": 50})["Delta"] == 50


def test_accounts_are_asked_for_what_they_buy_again_and_new_customers_for_what_new_ones_brought():
    found = accounts.split(900, SOLD, Said(), Usual(0.8, 0.1)).set_index("customer")["goal"].to_dict()
    assert found == {"Alpha": 480, "Beta": 240, "Gamma": 80, "Delta": 0, NEW: 100}


def test_a_group_with_a_number_shares_it_among_its_accounts():
    found = goal_of(groups={"Hotels": 900}, accounts={"Beta": 100})
    assert (found["Alpha"], found["Beta"]) == (800, 100)
    assert found["Gamma"] + found[NEW] + found["Delta"] == 1300


def test_with_nothing_sold_all_of_it_is_to_come_from_new_customers():
    nothing = SOLD.assign(amount=0)
    assert accounts.split(50, nothing, Said(), USUAL).set_index("customer")["goal"][NEW] == 50


def test_what_was_said_stays_when_the_goal_falls_below_it_and_the_difference_is_shown():
    found = goal_of(goal=500, accounts={"Alpha": 800})
    assert found["Alpha"] == 800
    assert found[OPEN] == -300


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (Said({"Nobody": 1}), "'Nobody' is no account of this rep"),
        (Said({}, {"Castles": 1}), "'Castles' is no customer group of this rep"),
        (Said({"Alpha": -1}), "Alpha: -1 is below zero"),
        (Said({"Alpha": 2500}), "300 more than the goal of 2,200"),
        (Said({"Alpha": 1000}, {"Hotels": 900}), "Hotels is to bring 900, and its accounts 1,000"),
        (Said({"Alpha": 1, "Beta": 1, "Gamma": 1, "Delta": 1, NEW: 1}), "2,195 less than the goal of 2,200"),
        (Said({"Alpha": 1, "Beta": 1}, {"Hotels": 5}), "Hotels is to bring 5, and its accounts 2"),
    ],
)
def test_numbers_that_cannot_be_parts_of_the_goal_are_refused_with_how_much(said, says):
    with pytest.raises(LedgerError, match=re.escape(says)):
        accounts.check(2200, SOLD, said, USUAL)


numbers = st.integers(0, 3000)


@given(
    st.integers(0, 5000),
    st.lists(st.tuples(st.sampled_from(["A", "B", ""]), st.integers(-50, 900)), max_size=8),
    st.data(),
)
def test_parts_add_up_whatever_was_said_and_what_was_accepted_is_kept(goal, rows, data):
    sold = pd.DataFrame(
        [(f"C{place}", *row) for place, row in enumerate(rows)], columns=["customer", "group", "amount"]
    ).astype({"customer": "str", "group": "str", "amount": "int64"})
    names, groups = [*sold["customer"], NEW], sorted({*sold["group"].replace("", accounts.NO_GROUP)})
    said = Said(
        data.draw(st.dictionaries(st.sampled_from(names), numbers, max_size=4)),
        data.draw(st.dictionaries(st.sampled_from(groups), numbers, max_size=2)) if groups else {},
    )
    table = accounts.split(goal, sold, said, USUAL)
    found = table.set_index("customer")["goal"]
    assert found.sum() == goal
    assert {name: found[name] for name in said.accounts} == dict(said.accounts)
    assert (found.drop(OPEN, errors="ignore") >= 0).all()
    with suppress(LedgerError):
        accounts.check(goal, sold, said, USUAL)
        assert OPEN not in found
        sums = table.groupby("group")["goal"].sum()
        assert {name: sums[name] for name in said.groups} == dict(said.groups)


@pytest.fixture(scope="module")
def context(planned_company, tmp_path_factory):
    import shutil

    from planning.workbook.place import stand

    workspace = tmp_path_factory.mktemp("accounts") / "workspace"
    shutil.copytree(planned_company, workspace)
    return stand(str(workspace))


def test_a_reps_accounts_add_up_to_what_the_rep_carries_and_follow_what_was_said(context):
    rep = str(goals.goals(context).query("kind == 'position'")["rep"].iloc[0])
    first = kept.of(context, rep)
    assert first.table["goal"].sum() == first.goal > 0
    assert first.version == 0
    largest = str(first.table["customer"].iloc[0])
    then = kept.keep(context, rep, Said({largest: 123_456_00}), "segment", "planner", 0)
    assert then.table.set_index("customer")["goal"][largest] == 123_456_00
    assert then.table["goal"].sum() == first.goal
    with pytest.raises(PlansError, match="changed meanwhile"):
        kept.keep(context, rep, Said(), "segment", "planner", 0)
    with pytest.raises(LedgerError, match="more than the goal"):
        kept.keep(context, rep, Said({largest: 2 * first.goal}), "segment", "planner", then.version)


@pytest.mark.parametrize("by", ["segment", "tier", "channel", "customer"])
def test_customer_groups_add_up_to_the_company(context, by):
    table = kept.summed(context, by)
    company = goals.goals(context).query("kind == 'company'")["assigned"].iloc[0]
    assert table["goal"].sum() == company
    assert table["group"].is_unique
    assert len(table) > 2


def test_others_accounts_are_nobody_elses_business(context):
    from dataclasses import replace

    reps = sorted(set(goals.goals(context)["rep"]) - {""})
    as_rep = replace(context, person=Person("someone", reps[0], "rep"))
    with pytest.raises(AccessError):
        kept.of(as_rep, reps[1])
    assert kept.of(as_rep, reps[0]).rep == reps[0]


def test_what_accounts_buy_again_is_told_where_the_history_reaches_back_so_far(context):
    with open_history(context.settings) as history:
        months = [context.calendar.months(year) for year in (2024, 2026)]
        both = history.rows(
            "select customer, year(date) as year, sum(amount) as amount from orders where year(date) >= 2025 "
            "and customer is not null group by 1, 2"
        ).pivot_table(index="customer", columns="year", values="amount", fill_value=0)
        assert history_of.kept(history, months[0]) is None
        told = history_of.kept(history, months[1])
    before = both[both[2025] > 0]
    assert told == pytest.approx(before[2026].sum() / before[2025].sum())
    assert kept.of(context, str(goals.goals(context).query("kind == 'position'")["rep"].iloc[0])).usual.kept == told
