import numpy as np
import pandas as pd
import pytest

from planning.history.distribution import GROUPS, Asked, bias, over_years, part_of_year, spread
from planning.periods import FiscalCalendar

CALENDAR = FiscalCalendar()


def reps(count):
    return [f"R{number:02d}" for number in range(count)]


def made(results, territory=lambda number: "North", hired=lambda number: None, goal=1000, years=(2026,)):
    """Give a history in which reps reach results against goals of the same size."""
    return {
        "people": [{"rep": rep, "hired": hired(n)} for n, rep in enumerate(reps(len(results)))],
        "territories": [{"territory": "North"}, {"territory": "South"}],
        "products": [{"product": "Pan", "product_line": "Pans"}],
        "orders": [
            {"order_id": f"O{n}-{year}", "line": 1, "date": f"{year}-05-04", "rep": rep, "territory": territory(n),
             "product": "Pan", "quantity": 1, "amount": result}
            for year in years for n, (rep, result) in enumerate(zip(reps(len(results)), results, strict=True))
        ],
        "goals": [
            {"rep": rep, "metric": "revenue", "month": f"{year}-05-01", "territory": territory(n), "target": goal}
            for year in years for n, rep in enumerate(reps(len(results)))
        ],
    }  # fmt: skip


def asked(history, year=2026):
    return Asked(history, CALENDAR, "revenue", f"{year}-01", f"{year}-12")


def test_the_spread_counts_reps_in_bands_and_gives_the_middle(history_of):
    table = asked(history_of(**made([500, 900, 1000, 1100, 1500]))).by("rep")
    told = spread(table)
    assert [told[f"band_{place}"] for place in range(4)] == [1, 1, 2, 1]
    assert (told["reps"], told["made"], told["share"], told["median"], told["together"]) == (5, 3, 0.6, 1.0, 1.0)
    assert (told["lower"], told["upper"]) == (0.9, 1.1)
    assert told["deviation"] == pytest.approx(np.std([0.5, 0.9, 1.0, 1.1, 1.5], ddof=1))


def test_nobody_with_a_goal_has_no_spread():
    assert spread(pd.DataFrame({"attainment": pd.Series([None], dtype="Float64")})) == {"reps": 0, "made": 0}


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([800, 850, 900, 1100], "too high"),
        ([1100, 1150, 1200, 1050, 900], "too low"),
        ([800, 850, 900, 1500], "badly shared"),
        ([950, 1000, 1010, 1040], "in order"),
    ],
)
def test_goals_are_judged_by_who_made_them_and_by_the_sum(history_of, results, verdict):
    table = over_years(history_of(**made(results)), CALENDAR, "revenue", [2025, 2026])
    assert table[["year", "verdict"]].to_numpy().tolist() == [[2026, verdict]]


def test_every_year_with_goals_is_judged(history_of):
    table = over_years(history_of(**made([900, 950], years=(2025, 2026))), CALENDAR, "revenue", [2024, 2025, 2026])
    assert table["year"].tolist() == [2025, 2026]
    assert table["reps"].tolist() == [2, 2]


def test_a_territory_that_was_asked_more_is_found_with_its_shift(history_of):
    low, high = [790, 800, 810, 805, 795, 798, 803, 807], [990, 1000, 1010, 1005, 995, 998, 1003, 1007]
    history = history_of(**made([*low, *high], territory=lambda n: "South" if n < 8 else "North"))
    table = bias(asked(history), "territory").set_index("group")
    assert table["verdict"].to_dict() == {"South": "asked more", "North": "asked less"}
    assert table.loc["South", "shift"] == pytest.approx(-0.2, abs=0.005)
    assert table.loc["South", "low"] < -0.2 < table.loc["South", "high"]
    assert table.loc["North", "low"] == -table.loc["South", "high"]


def test_chance_alone_is_seldom_taken_for_a_bias(history_of):
    random = np.random.default_rng(5)
    found = 0
    for _ in range(40):
        results = [int(each) for each in random.normal(1000, 150, 24)]
        table = bias(
            asked(history_of(**made(results, territory=lambda n: "South" if n % 2 else "North"))), "territory"
        )
        found += int(table["verdict"].isin(["asked more", "asked less"]).any())
    assert found <= 6


def test_too_few_reps_are_said_to_be_too_few(history_of):
    history = history_of(**made([500, 510, 1000, 1010, 1020], territory=lambda n: "South" if n < 2 else "North"))
    assert set(bias(asked(history), "territory")["verdict"]) == {"too few"}


def test_one_group_alone_is_held_against_nobody(history_of):
    assert bias(asked(history_of(**made([900, 1000, 1100]))), "territory").empty


def test_new_hires_are_a_group_of_their_own(history_of):
    days = ["2025-06-01"] * 3 + ["2024-01-02"] * 3 + [None] * 3
    history = history_of(**made([600, 610, 620, 1000, 1010, 1020, 1030, 1040, 1050], hired=lambda n: days[n]))
    table = bias(asked(history), "tenure").set_index("group")
    assert table["reps"].to_dict() == {"Under a year": 3, "One to three years": 3, "Three years and more": 3}
    assert table.index[0] == "Under a year"


def test_the_sample_was_asked_more_of_the_line_that_became_dearer_and_less_of_the_launched_one(sample_history):
    table = bias(asked(sample_history), "product_line").set_index("group")
    assert table.loc["Cookware", "verdict"] == "asked more"
    assert table.loc["Kitchen Tools", "verdict"] == "asked less"
    assert all(len(bias(asked(sample_history), group)) > 1 for group in GROUPS)


def test_reps_with_goals_for_a_part_of_the_year_are_named(history_of):
    history = history_of(**made([900]))
    assert part_of_year(history, "revenue", "2026-01", "2026-12") == ["R00"]
    assert part_of_year(history, "revenue", "2026-05", "2026-05") == []


@pytest.fixture
def sample_history(sample_company):
    from planning.history.engine import open_history
    from planning.workbook.place import stand

    with open_history(stand(str(sample_company)).settings) as history:
        yield history
