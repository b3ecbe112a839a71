import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import LedgerError
from planning.goals import ledger, owners
from planning.goals.ledger import Transaction

TERRITORIES = pd.DataFrame({"territory": ["Canada", "France", "Peru"], "region": ["America", "Europe", None]})
PLACES = pd.DataFrame({"territory": ["Canada", "Canada", "France"], "rep": ["Ana", "Ben", "Ana"]})
TREE = owners.build(TERRITORIES, PLACES, "Acme")
POSITIONS = list(TREE.positions["owner"])
ALL = list(TREE.frame["owner"])


def rows(*triples, step="last_year"):
    frame = pd.DataFrame([(owner, amount) for owner, amount in triples], columns=["owner", "amount"])
    return ledger.entries(frame, metric="revenue", step=step, reason="because", source="test")


def test_a_rep_is_all_their_positions_and_a_territory_everyone_in_it():
    assert TREE.resolve("Ana") == ["position:Canada:Ana", "position:France:Ana"]
    assert TREE.under(TREE.resolve("Canada")) == ["territory:Canada", "position:Canada:Ana", "position:Canada:Ben"]
    assert TREE.resolve("America") == ["region:America"]
    with pytest.raises(LedgerError, match="Did you mean 'Canada'"):
        TREE.resolve("Canda")


def test_only_a_grant_on_the_company_brings_goal_into_being():
    ledger.check(Transaction("grant", "plan", "me", rows(("company", 100))), TREE)
    with pytest.raises(LedgerError, match="not on 'territory:Canada'"):
        ledger.check(Transaction("grant", "plan", "me", rows(("territory:Canada", 100))), TREE)
    with pytest.raises(LedgerError, match=r"\+1 minor units would come from nowhere"):
        ledger.check(Transaction("move", "more", "me", rows(("company", -99), ("territory:Canada", 100))), TREE)


def test_everything_that_is_wrong_with_a_transaction_is_said_at_once():
    bad = rows(("company", 5), ("nobody", 6)).assign(step="")
    with pytest.raises(
        LedgerError, match=r"(?s)'nobody' is not an owner.*no step.*no reason or no actor.*sum to zero"
    ):
        ledger.check(Transaction("move", "", "me", bad), TREE)


def test_an_over_assignment_stands_on_the_parents_own_account():
    posted = pd.concat(
        [rows(("company", 100)), rows(("company", -100), ("territory:Canada", 100)),
         rows(("territory:Canada", -110), ("position:Canada:Ana", 60), ("position:Canada:Ben", 50), step="hedge")]
    )  # fmt: skip
    canada = ledger.assigned(TREE, posted).set_index("owner").loc["territory:Canada"]
    assert (canada["assigned"], canada["allocated"], canada["unplaced"]) == (100, 110, -10)


amounts = st.dictionaries(st.sampled_from(POSITIONS + ["territory:Peru"]), st.integers(-(10**9), 10**9), min_size=1)


@given(st.lists(st.tuples(st.sampled_from(["last_year", "growth"]), amounts), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_placing_goal_keeps_every_identity(steps):
    wanted = pd.concat([rows(*parts.items(), step=step) for step, parts in steps], ignore_index=True)
    transactions = ledger.place(wanted, "plan", "me")
    for transaction in transactions:
        ledger.check(transaction, TREE)
    posted = pd.concat([each.entries for each in transactions], ignore_index=True)
    told = ledger.assigned(TREE, posted).set_index("owner")
    assert told.loc["company", "assigned"] == wanted["amount"].sum()
    assert told.loc["company", "unplaced"] == 0
    for owner in ALL:
        children = told[told["parent"] == owner]["assigned"].sum()
        if told.loc[owner, "kind"] != "position":
            assert told.loc[owner, "assigned"] == children + told.loc[owner, "unplaced"]
            assert told.loc[owner, "allocated"] == children
        explained = ledger.explain(TREE, posted, owner)
        assert explained["amount"].sum() == told.loc[owner, "assigned"]


moves = st.lists(st.tuples(st.sampled_from(ALL), st.sampled_from(ALL), st.integers(1, 10**9)), max_size=12)


@given(moves)
@settings(max_examples=60, deadline=None)
def test_the_company_total_survives_any_sequence_of_moves(sequence):
    posted = [rows(("company", 10**6))]
    for giver, taker, amount in sequence:
        move = Transaction("move", "shift", "me", rows((giver, -amount), (taker, amount)))
        ledger.check(move, TREE)
        posted.append(move.entries)
    told = ledger.assigned(TREE, pd.concat(posted)).set_index("owner")
    assert told.loc["company", "assigned"] == 10**6


@given(st.lists(amounts, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_reversal_leaves_nothing_and_touches_nothing(parts):
    posted = pd.concat([rows(*each.items()) for each in parts], ignore_index=True)
    before = posted.copy()
    undone = ledger.reversal(posted, "again", "me")
    ledger.check(undone, TREE)
    assert posted.equals(before)
    assert ledger.explain(TREE, pd.concat([posted, undone.entries]), "company").empty


def test_steps_stand_in_the_order_in_which_they_were_last_posted():
    first = [rows(("company", 5), step=step) for step in ("last_year", "old", "growth")]
    again = [
        rows(("company", -5), step="old"),
        rows(("company", 1), step="last_year"),
        rows(("company", 1), step="growth"),
    ]
    explained = ledger.explain(TREE, pd.concat([*first, rows(("company", 7), step="late"), *again]), "company")
    assert list(explained["step"]) == ["late", "last_year", "growth"]
