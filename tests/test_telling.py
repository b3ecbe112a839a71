"""A goal told in few parts, and beside those of others."""

import pandas as pd

from planning.goals import ledger, telling
from planning.workbook import goals
from planning.workbook.editing import edits, exchange


def test_every_step_stands_in_one_part_and_the_parts_add_up():
    steps = [
        ("last_year", 100, ""),
        ("taken_over", 5, ""),
        ("one_off", -20, ""),
        ("outlook", 7, ""),
        ("presence", -3, ""),
        ("by_potential", 2, ""),
    ]
    steps += [("market_growth", 4, "Market growth +3%: said"), ("price_change", -6, "Price change -2%: list")]
    steps += [("over_assignment", 11, ""), ("agreed", 1, ""), ("relief", -3, ""), ("adjusted", -9, "")]
    found = telling.told(pd.DataFrame(steps, columns=["step", "amount", "reason"]))
    assert found.parts == {
        "base": 105,
        "one_off": -20,
        "outlook": 4,
        "assumed": -2,
        "asked": 2,
        "on_top": 11,
        "changed": -2,
        "adjusted": -9,
    }
    assert (found.goal, found.original) == (89, 98)
    assert found.largest == ("Price change -2%", -6)


def test_the_parts_of_every_goal_add_up_to_it(planned):
    edits.apply(planned, edits.pinned("Aiko Tanabe", 70_000_000), "More", "planner")
    exchange.typed(planned, {"position:Harbour Coast:Luis Ortega": 65_000_000}, "Typed", "planner")
    assert goals.told(planned, "Luis Ortega").parts["changed"] != 0
    tree, rows = goals.book(planned)
    carried = ledger.assigned(tree, rows).set_index("owner")["assigned"]
    for owner, amount in carried.items():
        assert goals.told(planned, str(owner)).goal == amount
    assert goals.told(planned, "Aiko Tanabe").parts["changed"] != 0


def test_goals_beside_each_other_say_what_growth_they_ask(planned):
    table = goals.beside(planned)
    assert (table["growth"].dropna() == (table["goal"] / table["base"] - 1)[table["base"] > 0]).all()
    assert (
        table["goal"].sum() + int(goals.goals(planned)["unplaced"].sum()) == goals.goals(planned)["assigned"].iloc[0]
    )
