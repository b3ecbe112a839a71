import pytest

from planning.errors import PlanningError
from planning.history.funnel import funnel


def deal(number, status, rep="Ana", opened="2019-01-10", closed=None, amount=None, **more):
    return {"opportunity": str(number), "rep": rep, "territory": "Canada", "stage": more.pop("stage", status),
            "status": status, "opened": opened, "closed": closed, "amount": amount, **more}  # fmt: skip


DEALS = [
    deal(1, "won", closed="2019-01-30", amount=300),
    deal(2, "won", opened=None, closed="2019-03-02", amount=101),
    deal(3, "lost", closed="2019-02-01"),
    deal(4, "open", opened="2019-02-01", amount=70, stage="Proposal"),
    deal(5, "open", rep="Ben", opened=None, stage="Prospecting"),
]


def test_deals_are_counted_and_divided(history_of):
    table = funnel(history_of(opportunities=DEALS), ["rep"]).set_index("rep")
    ana = table.loc["Ana"]
    assert ana[["opened", "open", "won", "lost", "won_value", "open_value"]].tolist() == [4, 1, 2, 1, 401, 70]
    assert ana["win_rate"] == pytest.approx(2 / 3)
    assert (ana["deal_size"], ana["cycle_days"]) == (200, 20.0)
    assert table.loc["Ben"][["win_rate", "deal_size", "cycle_days"]].isna().all()


def test_a_won_deal_without_a_closing_day_counts_but_tells_no_cycle(history_of):
    row = funnel(history_of(opportunities=[*DEALS, deal(6, "won", amount=10)]), []).iloc[0]
    assert (row["won"], row["won_value"], row["cycle_days"]) == (3, 411, 20.0)


def test_a_part_of_the_company_is_counted_alone(history_of):
    people = [{"rep": "Ana"}, {"rep": "Ben"}]
    history = history_of(opportunities=DEALS, people=people)
    assert funnel(history, [], where={"rep": "Ben"})["open"].tolist() == [1]
    with pytest.raises(PlanningError, match="Did you mean 'Ben'"):
        funnel(history, [], where={"rep": "Benn"})


def test_months_count_openings_by_opening_and_closings_by_closing(history_of):
    row = funnel(history_of(opportunities=DEALS), [], "2019-02", "2019-03").iloc[0]
    assert row[["opened", "open", "won", "lost", "won_value"]].tolist() == [1, 1, 1, 1, 101]


def test_what_was_opened_before_the_months_and_is_open_still_is_open(history_of):
    history = history_of(opportunities=DEALS)
    assert funnel(history, [], "2019-03", "2019-03")["open"].tolist() == [1]
    assert funnel(history, [], "2019-01", "2019-01")["open"].tolist() == [0]


def test_stages_are_counted_as_the_company_calls_them(history_of):
    table = funnel(history_of(opportunities=DEALS), ["stage"])
    assert dict(zip(table["stage"], table["opened"], strict=True)) == {
        "Proposal": 1, "Prospecting": 1, "lost": 1, "won": 2,
    }  # fmt: skip


def test_an_empty_pipeline_is_empty_and_an_unknown_dimension_refused(history_of):
    history = history_of()
    assert funnel(history, ["rep"]).empty
    with pytest.raises(PlanningError, match="Did you mean 'stage'"):
        funnel(history, ["stages"])
