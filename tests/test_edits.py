"""Edits of goals: totals above never change, whoever is held keeps their goal, and what cannot be is refused."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import LedgerError
from planning.goals import ledger, owners
from planning.goals.editing import edits
from planning.goals.editing.bounds import Bounds
from planning.negotiation.moves import Say
from planning.workbook import goals
from planning.workbook.editing import book as kept_book
from planning.workbook.editing import edits as book_edits
from planning.workbook.negotiation import moving, talks

MONTHS = [f"2027-{month:02}" for month in range(1, 13)]


def book(sizes, seed=1):
    """Make owners and entries: territories by name, each with the goals of its reps."""
    territories = pd.DataFrame({"territory": list(sizes), "region": "All"})
    places = [(territory, f"{territory}{number}") for territory, reps in sizes.items() for number in range(len(reps))]
    tree = owners.build(territories, pd.DataFrame(places, columns=["territory", "rep"]), "Company")
    random = np.random.default_rng(seed)
    rows = []
    for territory, reps in sizes.items():
        for number, size in enumerate(reps):
            parts = random.dirichlet(np.ones(24)) * size
            whole = np.floor(parts).astype(int)
            whole[0] += size - whole.sum()
            rows += [
                {"owner": f"position:{territory}:{territory}{number}", "product": line, "channel": "Shops",
                 "period": month, "amount": int(amount)}
                for (line, month), amount in zip([(line, month) for line in ("Bikes", "Helmets") for month in MONTHS],
                                                 whole, strict=True)
            ]  # fmt: skip
    shaped = pd.DataFrame(rows, columns=["owner", "product", "channel", "period", "amount"])
    return tree, ledger.entries(shaped, metric="revenue", step="start", reason="Start", source="Test")


def after(tree, rows, edit, held=()):
    """Post an edit and give what everybody carries."""
    posted = edits.transaction(tree, rows, edit, "Why", "Planner", MONTHS, held)
    ledger.check(posted, tree)
    return pd.concat([rows, posted.entries], ignore_index=True)


def carried(tree, rows):
    return tree.roll_up(rows.groupby("owner")["amount"].sum())


SIZES = {"East": [100_00, 200_00, 300_00], "West": [400_00, 500_00]}


def test_a_typed_total_is_spread_over_the_cells_that_are_not_held():
    # E1: January 10, February 20, March 30; February held and the quarter set to 100: 20, 20, 60.
    tree, rows = book({"East": [10, 20, 30], "West": [100]})
    east = [f"position:East:East{number}" for number in range(3)]
    edit = edits.pin(tree, rows, {"territory:East": 100})
    grown = after(tree, rows, edit, held={east[1]})
    assert carried(tree, grown)[east].tolist() == [20, 20, 60]
    assert carried(tree, grown)["company"] == 160


def test_a_fixed_goal_is_shared_by_the_others_and_the_parent_carries_what_it_did():
    tree, rows = book(SIZES)
    edit = edits.pin(tree, rows, {"position:East:East0": 150_00})
    assert edit.table["after"].tolist() == [150_00, 180_00, 270_00]
    found = carried(tree, after(tree, rows, edit))
    assert found["territory:East"] == 600_00
    assert found["position:West:West0"] == 400_00


def test_whoever_is_held_keeps_the_goal_and_bounds_that_clash_are_named_before_anything_changes():
    tree, rows = book(SIZES)
    edit = edits.pin(tree, rows, {"position:East:East0": 150_00}, held={"position:East:East1"})
    assert edit.table["after"].tolist() == [150_00, 200_00, 250_00]
    with pytest.raises(LedgerError, match=r"(?s)bounds leave no room.*East1, East2.*too little"):
        edits.pin(tree, rows, {"position:East:East0": 150_00}, bounds=Bounds(Decimal("-0.05"), Decimal("0.05")))
    with pytest.raises(LedgerError, match="Nobody is left"):
        edits.pin(tree, rows, {"position:East:East0": 1}, held={"position:East:East1", "position:East:East2"})
    with pytest.raises(LedgerError, match="do not share one parent"):
        edits.pin(tree, rows, {"position:East:East0": 1, "position:West:West0": 1})
    with pytest.raises(LedgerError, match=r"(?s)is held at once.*below zero"):
        edits.pin(tree, rows, {"position:East:East0": -1}, held={"position:East:East0"})


def test_an_empty_weight_is_not_zero():
    tree, rows = book(SIZES)
    east = [f"position:East:East{number}" for number in range(3)]
    edit = edits.resplit(tree, rows, "territory:East", {east[0]: 3.0, east[1]: 1.0})
    # Who gave none counts as the average of the others: 3, 1 and 2 of 6.
    assert edit.table["after"].tolist() == [300_00, 100_00, 200_00]
    zero = edits.resplit(tree, rows, "territory:East", {east[0]: 3.0, east[1]: 0.0, east[2]: 1.0})
    assert zero.table["after"].tolist() == [450_00, 0, 150_00]
    with pytest.raises(LedgerError, match=r"(?s)below zero.*is not below"):
        edits.resplit(tree, rows, "territory:East", {east[0]: -1.0, "position:West:West0": 1.0})


def test_goals_are_rounded_to_what_one_would_say_without_losing_a_unit():
    tree, rows = book({"East": [1234567, 2345678, 3456789]})
    edit = edits.rounded(tree, rows, "territory:East", 100_000)
    assert sum(edit.table["after"] % 100_000 != 0) <= 1
    assert edit.table["after"].sum() == edit.table["before"].sum()
    assert (edit.table["after"] - edit.table["before"]).abs().max() < 100_000
    with pytest.raises(LedgerError, match="not above zero"):
        edits.rounded(tree, rows, "territory:East", 0)


def test_a_transfer_stays_within_each_product_and_month():
    tree, rows = book(SIZES)
    moved = edits.transfer(tree, rows, "position:East:East2", "position:West:West0", 123_45)
    moved = moved.assign(metric="revenue", step="transferred", reason="Why", source="Test")
    assert (moved.groupby(["product", "period"])["amount"].sum() == 0).all()
    found = carried(tree, pd.concat([rows, moved]))
    assert found["position:West:West0"] == 400_00 + 123_45
    assert found["company"] == 1500_00
    with pytest.raises(LedgerError, match=r"carries 30,000 minor units, less than 30,001 minor units"):
        edits.transfer(tree, rows, "position:East:East2", "position:West:West0", 30_001)
    with pytest.raises(LedgerError, match="cannot give to itself"):
        edits.transfer(tree, rows, "position:East:East2", "position:East:East2", 1)


def test_somebody_who_carries_nothing_yet_gets_a_goal_evenly_over_the_year():
    tree, rows = book({"East": [0, 1200, 1200]})
    edit = edits.pin(tree, rows, {"position:East:East0": 120})
    grown = after(tree, rows, edit)
    mine = grown[grown["owner"] == "position:East:East0"]
    assert mine["amount"].tolist() == [10] * 12
    with pytest.raises(LedgerError, match="changes nothing"):
        edits.transaction(tree, rows, edits.pin(tree, rows, {"position:East:East0": 0}), "Why", "P", MONTHS)


def posted(tree, rows, act, one, other, amount, held):
    """Do one edit, and give its entries."""
    if act == "transfer":
        moved = edits.transfer(tree, rows, one, other, amount)
        return moved.assign(metric="revenue", step="transferred", reason="Why", source="Test")
    if act == "pin":
        edit = edits.pin(tree, rows, {one: amount}, held)
    elif act == "team":
        edit = edits.pin_together(tree, rows, sorted({one, other}), amount, held)
    elif act == "even":
        edit = edits.resplit(tree, rows, "territory:East", {}, held)
    else:
        edit = edits.rounded(tree, rows, "territory:West", 1000, held)
    return edits.transaction(tree, rows, edit, "Why", "Planner", MONTHS).entries


STEPS = st.lists(
    st.tuples(st.sampled_from(["pin", "team", "even", "round", "transfer"]), st.integers(0, 4), st.integers(0, 4),
              st.integers(0, 60_000), st.integers(0, 4)),
    min_size=1, max_size=8,
)  # fmt: skip


@given(st.integers(0, 10_000), STEPS)
@settings(max_examples=50, deadline=None)
def test_after_any_sequence_of_edits_the_identities_of_the_ledger_hold(seed, steps):
    random = np.random.default_rng(seed)
    sizes = {"East": random.integers(0, 50_000, 3).tolist(), "West": random.integers(1, 50_000, 2).tolist()}
    tree, rows = book(sizes, seed)
    whole = int(rows["amount"].sum())
    leaves = list(tree.positions["owner"])
    for act, one, other, amount, kept in steps:
        before, held = carried(tree, rows), {leaves[kept]}
        try:
            extra = posted(tree, rows, act, leaves[one], leaves[other], amount, held)
        except LedgerError:
            assert carried(tree, rows).equals(before)
            continue
        rows = pd.concat([rows, extra], ignore_index=True)
        now = carried(tree, rows)
        assert now["company"] == whole
        assert now["company"] == now["territory:East"] + now["territory:West"]
        if act != "transfer":
            if act != "team":
                assert (
                    now[["territory:East", "territory:West"]] == before[["territory:East", "territory:West"]]
                ).all()
            assert now[leaves[kept]] == before[leaves[kept]]
            assert (now >= 0).all()


def total(context):
    return int(goals.goals(context)["assigned"].iloc[0])


def of(context, name):
    table = goals.goals(context).set_index("name")
    return int(table.loc[name, "assigned"])


def test_an_edit_of_a_book_is_previewed_posted_explained_and_undone(planned):
    before, place, mine = total(planned), of(planned, "Harbour Coast"), of(planned, "Aiko Tanabe")
    asked = book_edits.pinned("Aiko Tanabe", 70_000_000)
    assert book_edits.previewed(planned, asked).table["after"].sum() == place
    assert of(planned, "Aiko Tanabe") == mine
    book_edits.apply(planned, asked, "She takes over two accounts", "planner")
    assert (total(planned), of(planned, "Harbour Coast"), of(planned, "Aiko Tanabe")) == (before, place, 70_000_000)
    steps = goals.explain(planned, "Aiko Tanabe")
    assert steps["amount"].sum() == 70_000_000
    assert steps.iloc[-1]["reason"] == "She takes over two accounts"
    book_edits.transfer(planned, "Aiko Tanabe", "Maya Lindqvist", 1_000_000, "The harbour hotel moves", "planner")
    assert of(planned, "Aiko Tanabe") == 69_000_000
    assert kept_book.undo(planned, "planner") == "The harbour hotel moves"
    assert kept_book.undo(planned, "planner") == "She takes over two accounts"
    assert of(planned, "Aiko Tanabe") == mine
    with pytest.raises(LedgerError, match="no edit to undo"):
        kept_book.undo(planned, "planner")
    assert kept_book.log(planned)["kind"].tolist()[-4:] == ["move", "move", "reversal", "reversal"]


def test_what_was_agreed_moves_by_agreement_alone(planned):
    rep = "Aiko Tanabe"
    manager = talks.talk(planned, rep).manager
    moving.move(planned, rep, Say("propose", "Last year plus the market"), manager, 0)
    moving.move(planned, rep, Say("accept"), manager, 1)
    moving.move(planned, rep, Say("accept"), rep, 2)
    agreed = of(planned, rep)
    with pytest.raises(LedgerError, match="is agreed"):
        book_edits.apply(planned, book_edits.pinned(rep, 1), "Why", "planner")
    book_edits.apply(planned, book_edits.split_anew("Harbour Coast", "even"), "Evenly", "planner")
    assert of(planned, rep) == agreed
    others = goals.goals(planned)
    mine = others[(others["territory"] == "Harbour Coast") & (others["kind"] == "position") & (others["rep"] != rep)]
    assert mine["assigned"].max() - mine["assigned"].min() <= 1
    place = of(planned, "Harbour Coast")
    book_edits.apply(planned, book_edits.pinned("Harbour Coast", place - 1_000_000), "Less there", "planner")
    assert of(planned, rep) == agreed
    assert of(planned, "Harbour Coast") == place - 1_000_000


def test_a_team_is_fixed_together_and_all_others_under_the_nearest_parent_take_the_difference():
    tree, rows = book(SIZES)
    team = ["position:East:East0", "position:East:East1"]
    # Both are in one territory: its third position takes the difference, and the territory stays.
    near = edits.pin_together(tree, rows, team, 330_00)
    assert dict(zip(near.table["name"], near.table["after"], strict=True)) == {
        "East0": 110_00, "East1": 220_00, "East2": 270_00
    }  # fmt: skip
    # A whole territory: the other one takes it, by what each carries.
    far = edits.pin_together(tree, rows, [*team, "position:East:East2"], 510_00, held={"position:East:East0"})
    grown = carried(tree, after(tree, rows, far))
    assert (grown["territory:East"], grown["position:East:East0"]) == (510_00, 100_00)
    assert (grown["position:West:West0"], grown["position:West:West1"]) == (440_00, 550_00)
    with pytest.raises(LedgerError, match="these are all positions"):
        edits.pin_together(tree, rows, list(tree.positions["owner"]), 1)
    with pytest.raises(LedgerError, match="all of them are held"):
        edits.pin_together(tree, rows, team, 1, held=team)


def test_a_managers_goal_is_fixed_and_held_with_the_team(planned):
    before = goals.teams(planned).set_index("manager")["goal"]
    manager = "Tomas Brandt"
    target = int(before[manager]) + 50_000_00
    book_edits.apply(planned, book_edits.pinned(manager, target), "The North has the new hospital", "planner")
    after_ = goals.teams(planned).set_index("manager")["goal"]
    assert after_[manager] == target
    assert after_["Ingrid Solheim"] == before["Ingrid Solheim"]
    kept_book.hold(planned, manager, "Agreed by word", "planner")
    with pytest.raises(LedgerError, match="all of them are held"):
        book_edits.previewed(planned, book_edits.pinned(manager, target + 1))
    kept_book.release(planned, manager, "planner")
    assert kept_book.held(planned) == {}


def test_a_goal_is_scaled_by_a_part_of_what_it_is(planned):
    before = of(planned, "Aiko Tanabe")
    book_edits.apply(planned, book_edits.scaled("Aiko Tanabe", Decimal("0.05")), "More", "planner")
    assert of(planned, "Aiko Tanabe") == round(Decimal(before) * Decimal("1.05"))
    far = book_edits.scaled("Aiko Tanabe", Decimal("0.5"), floor=Decimal("-0.01"))
    with pytest.raises(LedgerError, match="leave no room"):
        book_edits.previewed(planned, far)
