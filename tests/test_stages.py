from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_history import write_history

from planning import settings as config
from planning.errors import PlanningError
from planning.history.engine import History, open_history
from planning.history.funnel import funnel
from planning.history.intake.importing import import_source
from planning.history.leaks import TOO_FEW, compared
from planning.history.stages import stages, steps_of
from planning.workbook.place import stand


def deal(number, status, rep="Ana", amount=100, **days):
    dates = {"opened": "2026-01-05"} | days
    return {"opportunity": str(number), "rep": rep, "territory": "Canada", "stage": status, "status": status,
            "amount": amount, **dates}  # fmt: skip


STEPS = {"qualified": "2026-01-15", "presented": "2026-02-04", "proposed": "2026-02-14"}
DEALS = [
    deal(1, "won", closed="2026-03-01", amount=400, **STEPS),
    deal(2, "lost", closed="2026-03-02", amount=70, **STEPS),
    deal(3, "lost", closed="2026-01-25", amount=30, qualified="2026-01-15"),
    deal(4, "open", qualified="2026-01-17", presented="2026-02-10"),
    deal(5, "open", opened="2026-02-01"),
]


def many(rep, won, lost, year=2026, start=0, amount=100):
    deals = [
        deal(f"{rep}{year}{start + place}", "won" if place < won else "lost", rep, amount,
             opened=f"{year}-02-01", closed=f"{year}-03-01")
        for place in range(won + lost)
    ]  # fmt: skip
    return deals


def counts(table, stage):
    row = table.set_index("stage").loc[stage]
    return row[["entered", "went_on", "lost", "still"]].tolist()


def test_deals_are_followed_from_stage_to_stage(history_of):
    table = stages(history_of(opportunities=DEALS), [])
    assert table["stage"].tolist() == ["opened", "qualified", "presented", "proposed"]
    assert table["next"].tolist() == ["qualified", "presented", "proposed", "won"]
    assert counts(table, "opened") == [5, 4, 0, 1]
    assert counts(table, "qualified") == [4, 3, 1, 0]
    assert counts(table, "presented") == [3, 2, 0, 1]
    assert counts(table, "proposed") == [2, 1, 1, 0]
    assert table["conversion"].tolist() == pytest.approx([1, 3 / 4, 1, 1 / 2])
    assert table["lost_value"].tolist() == [0, 30, 0, 70]


def test_days_in_a_stage_run_to_the_next_stage_or_to_the_loss(history_of):
    table = stages(history_of(opportunities=DEALS), []).set_index("stage")
    # Qualified: 20, 20 and 24 days to the presentation, 10 to the loss.
    assert table.loc["qualified", ["median_days", "mean_days"]].tolist() == [20, 18.5]
    assert table.loc["proposed", ["median_days", "mean_days"]].tolist() == [15.5, 15.5]


def test_a_deal_counts_in_the_months_in_which_it_came_into_the_stage(history_of):
    table = stages(history_of(opportunities=DEALS), [], "2026-02", "2026-02")
    assert counts(table, "opened") == [1, 0, 0, 1]
    assert counts(table, "presented") == [3, 2, 0, 1]
    assert "qualified" not in table["stage"].tolist()


def test_a_stage_that_was_skipped_is_entered_on_the_day_of_the_next(history_of):
    skipped = deal(6, "won", closed="2026-04-11", qualified="2026-01-15", proposed="2026-03-01")
    table = stages(history_of(opportunities=[*DEALS, skipped]), [], "2026-03", "2026-03")
    assert counts(table, "presented") == [1, 1, 0, 0]
    assert counts(table, "proposed") == [1, 1, 0, 0]


def test_a_pipeline_without_stage_dates_has_one_stage_from_opened_to_won(history_of):
    history = history_of(opportunities=many("Ana", 3, 1))
    assert steps_of(history) == ["opened"]
    table = stages(history, [])
    assert table[["stage", "next"]].to_numpy().tolist() == [["opened", "won"]]
    assert counts(table, "opened") == [4, 3, 1, 0]


def test_an_empty_pipeline_has_no_stages_and_an_unknown_dimension_is_refused(history_of):
    history = history_of()
    assert stages(history, ["rep"]).empty
    assert compared(history, [], "2026-01", "2026-12").empty
    with pytest.raises(PlanningError, match="Did you mean 'rep'"):
        stages(history, ["repp"])
    with pytest.raises(PlanningError, match="nobody"):
        compared(history, [], "2026-01", "2026-12", {"rep": "nobody"})


DAYS = st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31))
RANDOM = st.lists(
    st.fixed_dictionaries({
        "status": st.sampled_from(["open", "won", "lost"]), "rep": st.sampled_from(["Ana", "Ben"]),
        "amount": st.none() | st.integers(0, 10**9), "opened": DAYS, "qualified": DAYS, "presented": DAYS,
        "proposed": DAYS, "closed": DAYS,
    }),
    max_size=15,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RANDOM)
def test_whatever_comes_into_a_stage_goes_on_is_lost_or_is_still_there(tmp_path_factory, deals):
    folder = tmp_path_factory.mktemp("deals")
    rows = [
        {"opportunity": str(place), "territory": "Canada", "stage": "x", **each} for place, each in enumerate(deals)
    ]
    write_history(folder, opportunities=rows)
    with History(folder) as history:
        whole, split = stages(history, []), stages(history, ["rep"])
    assert (whole["entered"] == whole["went_on"] + whole["lost"] + whole["still"]).all()
    added = ["entered", "went_on", "lost", "still", "lost_value", "won", "won_value", "ended"]
    together = split.groupby("stage")[added].sum()
    assert together.astype("int64").equals(whole.set_index("stage")[added].sort_index().astype("int64"))


def test_a_rep_far_below_the_team_has_a_leak_with_its_value_at_stake(history_of):
    deals = many("Ana", 10, 90) + many("Ben", 70, 30) + many("Cyd", 70, 30)
    table = compared(history_of(opportunities=deals), ["rep"], "2026-01", "2026-12").set_index("rep")
    ana = table.loc["Ana"]
    assert (ana["conversion"], ana["team"], ana["team_says"]) == (0.1, 0.5, "below")
    assert ana["team_points"] == pytest.approx(-0.4)
    assert 0.1 < ana["shrunk"] < 0.5
    # A hundred deals decided, each worth 100 once won.
    assert ana["team_at_stake"] == round((0.5 - ana["shrunk"]) * 100 * 100)
    assert table["leak"].to_dict() == {"Ana": True, "Ben": False, "Cyd": False}
    assert table.loc["Ben", "team_says"] == "above"


def test_a_few_deals_are_too_few_to_tell_and_no_leak(history_of):
    deals = many("Ana", 1, 2) + many("Ben", 30, 20)
    ana = compared(history_of(opportunities=deals), ["rep"], "2026-01", "2026-12").set_index("rep").loc["Ana"]
    assert (ana["team_says"], ana["leak"]) == (TOO_FEW, False)


def test_groups_that_differ_no_more_than_by_chance_have_nothing_at_stake(history_of):
    deals = [each for rep, won in (("Ana", 11), ("Ben", 9), ("Cyd", 10)) for each in many(rep, won, 20 - won)]
    table = compared(history_of(opportunities=deals), ["rep"], "2026-01", "2026-12")
    assert table["team_at_stake"].tolist() == [0, 0, 0]
    assert not table["leak"].any()


def test_a_fall_since_the_year_before_is_told_apart_from_chance(history_of):
    deals = many("Ana", 20, 80) + many("Ana", 60, 40, 2025) + many("Ben", 5, 5) + many("Ben", 6, 4, 2025)
    table = compared(history_of(opportunities=deals), ["rep"], "2026-01", "2026-12").set_index("rep")
    ana, ben = table.loc["Ana"], table.loc["Ben"]
    assert (ana["past"], ana["past_says"]) == (0.6, "below")
    assert ana["past_at_stake"] == 40 * 100
    assert ben["past_says"] == TOO_FEW
    assert table["past_at_stake"].isna().tolist() == [False, True]


def test_without_a_year_before_the_past_is_empty(history_of):
    table = compared(history_of(opportunities=many("Ana", 3, 1)), ["rep"], "2026-01", "2026-12")
    assert table[["past", "past_points", "past_says", "past_at_stake"]].isna().all(axis=None)


def test_one_scope_shows_the_same_figures_as_its_row_among_the_others(history_of):
    deals = many("Ana", 10, 90) + many("Ben", 70, 30) + many("Cyd", 70, 30)
    history = history_of(opportunities=deals, people=[{"rep": each} for each in ("Ana", "Ben", "Cyd")])
    alone = compared(history, [], "2026-01", "2026-12", {"rep": "Ana"})
    among = compared(history, ["rep"], "2026-01", "2026-12")
    row = among[among["rep"] == "Ana"].drop(columns="rep").reset_index(drop=True)
    assert alone.equals(row)


@pytest.fixture(scope="module")
def sample_history(sample_company):
    with open_history(stand(str(sample_company)).settings) as history:
        yield history


def test_the_last_stage_of_the_sample_ends_with_the_deals_that_the_funnel_counts(sample_history):
    last = stages(sample_history, ["territory"])
    last = last[last["next"] == "won"].set_index("territory")
    counted = funnel(sample_history, ["territory"]).set_index("territory")
    assert last["went_on"].equals(counted["won"])
    assert last["won_value"].astype("int64").equals(counted["won_value"].astype("int64"))


def test_the_engine_agrees_with_its_own_median(sample_history):
    ours = stages(sample_history, []).set_index("stage").loc["proposed", "median_days"]
    theirs = sample_history.rows("select median(date_diff('day', proposed, closed)) as days from opportunities "
                                 "where proposed is not null and closed is not null")  # fmt: skip
    assert ours == theirs["days"].iloc[0]


def test_the_real_pipeline_has_one_stage_and_its_figures_are_those_of_the_files(real_data, tmp_path):
    workspace = config.load(tmp_path)
    import_source("crm", real_data / "crm", workspace)
    with open_history(workspace) as history:
        table = stages(history, [])
        reps = compared(history, ["rep"], "2017-04", "2017-12").set_index("rep")
    # 500 prospects have no day at all.
    assert counts(table, "opened") == [8300, 4238, 2473, 1589]
    assert table["won_value"].tolist() == [10_005_534_00]
    assert set(reps.index[reps["leak"]]) == {"Donn Cantrell", "Lajuana Vencill"}
    assert reps.loc["Maureen Marcano", "team_says"] == "above"
