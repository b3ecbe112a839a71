"""The number from the bottom: own numbers of reps, beside what is asked, and goals that are held."""

from dataclasses import replace
from decimal import Decimal

import pytest

from planning.errors import LedgerError
from planning.workbook import goals
from planning.workbook.editing import book, edits
from planning.workbook.setting import asked as setting
from planning.workbook.setting import bottom
from planning.workbook.setting.asked import Asked

PLACE = "Harbour Coast"
REPS = ("Aiko Tanabe", "Kwame Boateng", "Luis Ortega", "Ruth Abelson")


def carried(context):
    table = goals.goals(context)
    return table.set_index("owner")["assigned"]


def position(rep):
    return f"position:{PLACE}:{rep}"


def test_an_answer_that_is_missing_is_not_zero(planned):
    empty = bottom.reconciled(planned)
    assert empty.positions["own"].isna().all()
    assert empty.territories["own"].isna().all()
    bottom.say_own(planned, PLACE, REPS[0], 0, "On leave all year", REPS[0])
    found = bottom.reconciled(planned)
    mine = found.positions.set_index(["territory", "rep"]).loc[(PLACE, REPS[0])]
    assert mine["own"] == 0
    assert mine["gap"] == -mine["goal"]
    there = found.territories.set_index("territory").loc[PLACE]
    assert (there["answered"], there["of"]) == (1, 4)
    assert there["rest"] == there["goal"]


def test_the_last_answer_counts_and_can_be_taken_back(planned):
    bottom.say_own(planned, PLACE, REPS[0], 10, "A", REPS[0])
    bottom.say_own(planned, PLACE, REPS[0], 20, "B", REPS[0])
    assert bottom.reconciled(planned).positions["own"].sum() == 20
    bottom.say_own(planned, PLACE, REPS[0], None, "", REPS[0])
    assert bottom.reconciled(planned).positions["own"].isna().all()


def test_everything_wrong_with_an_own_number_is_said_at_once(planned):
    with pytest.raises(LedgerError, match=r"(?s)no position in Pine Hills.*below zero.*what it rests on"):
        bottom.say_own(planned, "Pine Hills", REPS[0], -5, " ", REPS[0])
    with pytest.raises(LedgerError, match="no rep in this book 'Aiko Tanabo'. Did you mean 'Aiko Tanabe'"):
        bottom.say_own(planned, PLACE, "Aiko Tanabo", 5, "x", "x")


def test_who_answered_keeps_the_answer_and_the_others_share_what_is_left(planned):
    before = carried(planned)
    bottom.say_own(planned, PLACE, REPS[0], 70_000_000, "Two hotels reopen", REPS[0])
    bottom.say_own(planned, PLACE, REPS[1], 40_000_000, "A hotel closes", REPS[1])
    edits.apply(planned, bottom.taken(PLACE), "As proposed", "planner")
    after = carried(planned)
    assert after[position(REPS[0])] == 70_000_000
    assert after[position(REPS[1])] == 40_000_000
    assert after[f"territory:{PLACE}"] == before[f"territory:{PLACE}"]
    assert after["company"] == before["company"]
    ratio = [after[position(rep)] / before[position(rep)] for rep in REPS[2:]]
    assert ratio[0] == pytest.approx(ratio[1], rel=1e-6)


def test_what_is_passed_down_on_top_is_another_layer(planned):
    setting.set_goals(planned, "planner", Asked(over={"territory": Decimal("0.1")}))
    bottom.say_own(planned, PLACE, REPS[0], 70_000_000, "Two hotels reopen", REPS[0])
    table = goals.explain(planned, REPS[0]).set_index("step")["amount"]
    edits.apply(planned, bottom.taken(PLACE), "As proposed", "planner")
    assert carried(planned)[position(REPS[0])] == 70_000_000 + table["over_assignment"]
    mine = bottom.reconciled(planned).positions.set_index(["territory", "rep"]).loc[(PLACE, REPS[0])]
    assert (mine["goal"], mine["gap"]) == (70_000_000, 0)


def test_nobody_who_answered_is_refused(planned):
    with pytest.raises(LedgerError, match="Nobody in Harbour Coast"):
        edits.previewed(planned, bottom.taken(PLACE))


def test_a_goal_that_is_held_stays_for_everybody_until_it_is_released(planned):
    before = carried(planned)
    book.hold(planned, REPS[2], "On leave until May", "planner")
    assert book.held(planned) == {position(REPS[2]): "On leave until May"}
    edits.apply(planned, edits.pinned(REPS[0], 70_000_000), "More", "somebody else")
    assert carried(planned)[position(REPS[2])] == before[position(REPS[2])]
    with pytest.raises(LedgerError, match=r"held \(On leave until May\)"):
        edits.previewed(planned, edits.pinned(REPS[2], 5))
    book.release(planned, REPS[2], "planner")
    edits.apply(planned, edits.pinned(REPS[0], 71_000_000), "More", "planner")
    assert carried(planned)[position(REPS[2])] < before[position(REPS[2])]
    with pytest.raises(LedgerError, match="is not held"):
        book.release(planned, REPS[2], "planner")
    with pytest.raises(LedgerError, match="Say why"):
        book.hold(planned, REPS[2], "", "planner")


def test_positions_add_up_to_territories_in_both_numbers(planned):
    for place, rep, amount in ((PLACE, REPS[0], 5), (PLACE, REPS[3], 7), ("Pine Hills", "Marcus Whitfield", 11)):
        known = set(
            zip(
                bottom.reconciled(planned).positions["territory"],
                bottom.reconciled(planned).positions["rep"],
                strict=True,
            )
        )
        if (place, rep) in known:
            bottom.say_own(planned, place, rep, amount, "x", rep)
    found = bottom.reconciled(replace(planned, territory=""))
    by = found.positions.groupby("territory")[["goal", "own"]].sum()
    places = found.territories.set_index("territory")
    assert (by["goal"] == places["goal"]).all()
    assert (by["own"] == places["own"].fillna(0)).all()
