import pandas as pd
import pytest
from made_history import write_history

from planning.errors import HistoryError, PlanningError
from planning.history.engine import open_history
from planning.history.sums import Sums
from planning.periods import PERIODS, FiscalCalendar, month_range
from planning.settings import Settings
from planning.tables import TABLES


def order(number, rep, amount, day="2019-08-15", **more):
    return {"order_id": str(number), "line": 1, "date": day, "rep": rep, "territory": "Peru", "product": "Bike",
            "quantity": 1, "amount": amount, **more}  # fmt: skip


BASE = {
    "people": [{"rep": "Ana", "manager": "Mia"}, {"rep": "Mia"}],
    "products": [{"product": "Bike", "product_line": "Bikes"}],
    "orders": [order(1, "Ana", 2**53 + 1, cost=5), order(2, "Ana", -1, channel="Web"), order(3, "Mia", 40)],
}


def test_a_table_that_nobody_brings_is_empty_with_the_columns_of_its_contract(history_of):
    history = history_of()
    for name, table in TABLES.items():
        found = history.rows(f"select * from {name}")
        assert found.empty
        assert tuple(found.columns) == table.names


def test_whole_numbers_stay_whole_and_exact(history_of):
    found = history_of(**BASE).rows("select sum(amount) as total, max(cost) as cost, count(cost) as n from orders")
    assert found["total"].tolist() == [2**53 + 40]
    assert [str(dtype) for dtype in found.dtypes] == ["int64"] * 3


def test_empty_whole_numbers_are_empty_and_not_float(history_of):
    found = history_of(**BASE).rows("select cost from orders order by order_id")
    assert str(found["cost"].dtype) == "Int64"
    assert found["cost"].isna().tolist() == [False, True, True]


def test_values_are_bound_whatever_they_say(history_of):
    history = history_of(**BASE)
    sql = "select count(*) as n from orders where rep = $rep"
    assert history.rows(sql, rep="' or 1 = 1 --")["n"].tolist() == [0]
    assert history.rows(sql, rep="Ana")["n"].tolist() == [2]


def test_the_rows_of_all_sources_are_taken_together(tmp_path, history_of):
    history_of(orders=[order(1, "Ana", 10)])
    (tmp_path / "made").rename(tmp_path / "it's other")
    both = history_of(orders=[order(2, "Zoe", 5)])
    assert both.rows("select sum(amount) as total from orders")["total"].tolist() == [15]


def test_names_are_listed_from_where_they_are_kept(history_of):
    deal = {"opportunity": "1", "rep": "Ana", "territory": "Peru", "stage": "Talking", "status": "open",
            "channel": "Fair"}  # fmt: skip
    history = history_of(**BASE, opportunities=[deal])
    listed = {name: history.names(name) for name in ("rep", "manager", "product_line", "channel", "stage", "segment")}
    assert listed == {
        "rep": ["Ana", "Mia"], "manager": ["Mia"], "product_line": ["Bikes"], "channel": ["Fair", "Web"],
        "stage": ["Talking"], "segment": [],
    }  # fmt: skip
    with pytest.raises(PlanningError, match="Did you mean 'channel'"):
        history.names("chanel")


def test_everything_that_cannot_be_asked_is_said_at_once(history_of):
    with pytest.raises(PlanningError) as refused:
        history_of(**BASE).check("orders", ["reps", "stage", "rep", "rep"], {"rep": "Anna"})
    for part in ("Did you mean 'rep'", "Orders do not tell stage", "rep is named twice", "Did you mean 'Ana'"):
        assert part in str(refused.value)


@pytest.mark.parametrize("start", range(1, 13))
@pytest.mark.parametrize("period", PERIODS)
def test_the_engine_and_the_calendar_put_a_month_in_the_same_period(history_of, start, period):
    months = month_range("2018-01", "2020-12")
    history = history_of(orders=[order(n, "Ana", 1, f"{month}-28") for n, month in enumerate(months)])
    calendar = FiscalCalendar(start)
    found = history.sums(Sums("orders", {"n": "amount"}, [period], "date"), calendar)
    expected = pd.Series([calendar.label(month, period) for month in months]).value_counts()
    assert found.set_index(period)["n"].to_dict() == expected.to_dict()


def test_a_query_joins_only_what_it_is_asked_for():
    plain = Sums("orders", {"n": "amount"}, ["rep"], "date").query()
    assert "join" not in plain
    region = Sums("orders", {"n": "amount"}, ["region"], "date", where={"segment": "Retail"}).query()
    assert region.count("left join") == 2
    assert "Retail" not in region


def test_the_fingerprint_follows_what_is_held(tmp_path, history_of):
    before = history_of(**BASE).fingerprint()
    again = history_of(**BASE).fingerprint()
    after = history_of(orders=[order(1, "Ana", 2)]).fingerprint()
    assert before == again
    assert before != after


def test_a_broken_file_is_said_to_be_broken(tmp_path):
    settings = Settings(workspace=tmp_path)
    (settings.history / "made").mkdir(parents=True)
    (settings.history / "made" / "orders.parquet").write_bytes(b"not Parquet at all")
    with pytest.raises(HistoryError, match="Import it again"), open_history(settings) as history:
        history.names("territory")


def test_a_history_stays_open_until_its_files_change(tmp_path):
    settings = Settings(workspace=tmp_path)
    write_history(settings.history, territories=[{"territory": "North"}])
    with open_history(settings) as first, open_history(settings) as second:
        assert first is second
        assert second.names("territory") == ["North"]
    write_history(settings.history, territories=[{"territory": "North"}, {"territory": "South"}])
    with open_history(settings) as third:
        assert third is not first
        assert third.names("territory") == ["North", "South"]


def test_a_workspace_without_any_history_opens_empty(tmp_path):
    with open_history(Settings(workspace=tmp_path)) as history:
        assert history.names("rep") == []


@pytest.mark.parametrize("name", ["all*", "plan[1]", "what?"])
def test_the_name_of_a_workspace_is_not_taken_for_a_pattern(tmp_path, name):
    for workspace, amount in ((name, 10), ("all of it", 5), ("plan1", 5), ("whats", 5)):
        write_history(tmp_path / workspace / "history", orders=[order(1, "Ana", amount)])
    with open_history(Settings(workspace=tmp_path / name)) as history:
        assert history.rows("select sum(amount) as total from orders")["total"].tolist() == [10]


def test_a_history_that_stepped_aside_when_the_machine_stopped_is_found(tmp_path):
    place = Settings(workspace=tmp_path)
    write_history(place.workspace / ".replaced", source="ours", territories=[{"territory": "Canada"}])
    with open_history(place) as history:
        assert history.names("territory") == ["Canada"]
