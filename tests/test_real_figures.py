"""Known figures of two real histories, to the cent, through the functions that a planner uses."""

import duckdb
import pytest

from planning import settings as config
from planning.history.attainment import attainment, reconcile
from planning.history.drivers import VIEWS, account
from planning.history.engine import History
from planning.history.funnel import funnel
from planning.history.intake.importing import import_source
from planning.history.results import months_in
from planning.periods import FiscalCalendar

JULY = FiscalCalendar(7)
YEAR_2019 = ("2019-01", "2019-12")

TOTAL_SALES = "select cast(sum(cast(Sales as decimal(18, 2))) * 100 as bigint) from Sales"

WON = """
select cast(sum(cast(close_value as decimal(18, 2))) * 100 as bigint) from pipeline
where deal_stage = 'Won' and strptime(close_date, '%d-%m-%y') between cast(? as date) and cast(? as date)
"""


def imported(name, folder, workspace):
    """Bring a real history in and open it."""
    settings = config.load(workspace)
    import_source(name, folder / name, settings)
    return History(settings.history)


@pytest.fixture(scope="module")
def bike_files(real_data):
    """Open the files themselves as tables of text, for plain SQL beside ours."""
    with duckdb.connect() as files:
        for name in ("Sales", "Targets"):
            file = real_data / "adventureworks" / f"{name}.csv"
            files.execute(f"create table {name} as from read_csv('{file}', delim='|', header=true, all_varchar=true)")
        yield files


@pytest.fixture(scope="module")
def hardware_files(real_data):
    """Open the pipeline itself as a table of text, for plain SQL beside ours."""
    with duckdb.connect() as files:
        file = real_data / "crm" / "sales_pipeline.csv"
        files.execute(f"create table pipeline as from read_csv('{file}', header=true, all_varchar=true)")
        yield files


@pytest.fixture(scope="module")
def bikes(real_data, tmp_path_factory):
    with imported("adventureworks", real_data, tmp_path_factory.mktemp("bikes")) as history:
        yield history


@pytest.fixture(scope="module")
def hardware(real_data, tmp_path_factory):
    with imported("crm", real_data, tmp_path_factory.mktemp("hardware")) as history:
        yield history


@pytest.mark.parametrize(
    ("year", "sales"),
    [(2017, 8_069_755_58), (2018, 24_328_786_25), (2019, 32_500_005_58), (2020, 12_650_022_79)],
)
def test_sales_of_a_calendar_year(bikes, year, sales):
    table = attainment(bikes, JULY, "revenue", [], f"{year}-01", f"{year}-12")
    assert table["result"].tolist() == [sales]


@pytest.mark.parametrize(
    ("rep", "sales", "percent"),
    [
        ("Lynn Tsoflias", 723_896_59, 193.04),
        ("Jillian Carson", 3_656_567_92, 150.79),
        ("Jae Pak", 4_199_916_59, 125.37),
        ("Pamela Ansman-Wolfe", 899_909_25, 7.63),
        ("Brian Welcker", 0, 0.0),
    ],
)
def test_a_reps_sales_and_attainment(bikes, rep, sales, percent):
    row = attainment(bikes, JULY, "revenue", ["rep"], *YEAR_2019).set_index("rep").loc[rep]
    assert (row["result"], round(row["attainment"] * 100, 2)) == (sales, percent)
    assert row["difference"] == row["result"] - row["goal"]


def test_a_director_without_sales_is_held_against_a_goal(bikes):
    row = attainment(bikes, JULY, "revenue", ["rep"], *YEAR_2019, where={"rep": "Brian Welcker"}).iloc[0]
    assert (row["goal"], row["difference"]) == (55_500_000_00, -55_500_000_00)


def test_sales_of_territories_whose_goals_are_not_told(bikes):
    table = attainment(bikes, JULY, "revenue", ["territory"], *YEAR_2019).set_index("territory")
    assert table["result"][["Southwest", "Canada", "Australia"]].tolist() == [
        7_188_401_70, 5_691_150_09, 875_621_82,
    ]  # fmt: skip
    assert table[["goal", "difference", "attainment"]].isna().all().all()


def test_sales_and_cost_of_product_lines(bikes):
    sales, cost = (
        attainment(bikes, JULY, metric, ["product_line"], *YEAR_2019).set_index("product_line")["result"]
        for metric in ("revenue", "cost")
    )
    assert (sales["Bikes"], cost["Bikes"]) == (25_827_772_63, 26_334_161_05)
    assert (sales["Clothing"], cost["Clothing"]) == (884_270_06, 772_781_71)


@pytest.mark.parametrize("by", [["rep"], ["territory", "month"], ["product_line", "quarter"], ["product", "year"]])
def test_every_way_to_split_the_sales_adds_up_to_the_files(bikes, bike_files, by):
    table = attainment(bikes, JULY, "revenue", by, "2017-07", "2020-05")
    (total,) = bike_files.execute(TOTAL_SALES).fetchone()
    assert int(table["result"].sum()) == total
    assert reconcile(bikes, table, "revenue", "2017-07", "2020-05").difference == 0


def test_goals_by_rep_add_up_to_the_files(bikes, bike_files):
    table = attainment(bikes, JULY, "revenue", ["rep", "month"], "2017-07", "2021-12")
    (total,) = bike_files.execute("select sum(cast(TargetAmount as bigint)) * 100 from Targets").fetchone()
    assert int(table["goal"].sum()) == total


@pytest.mark.parametrize("against", ["last_year", "goal"])
@pytest.mark.parametrize("by", [None, "rep"])
@pytest.mark.parametrize("seen", ["sales", "customers", "people", "days"])
def test_the_reasons_of_a_year_add_up(bikes, seen, against, by):
    table = account(bikes, JULY, 2019, by=by, against=against, seen=seen)
    amounts = table.groupby("effect")["amount"].sum()
    assert amounts.drop(["result", against]).sum() == amounts["result"] - amounts[against]


@pytest.mark.parametrize("seen", VIEWS)
def test_the_reasons_of_a_short_pipeline_are_the_same_at_every_level(hardware, hardware_files, seen):
    company = account(hardware, FiscalCalendar(1), 2017, seen=seen, against="months_before")
    told = company.set_index("effect")["amount"]
    for name, first, last in (("months_before", "2017-03-01", "2017-07-31"), ("result", "2017-08-01", "2017-12-31")):
        (won,) = hardware_files.execute(WON, [first, last]).fetchone()
        assert told[name] == won
    for by in ("territory", "rep", "manager"):
        parts = account(hardware, FiscalCalendar(1), 2017, by=by, seen=seen, against="months_before")
        assert parts.groupby("effect")["amount"].sum().to_dict() == told.to_dict()


def test_a_year_that_has_not_ended_is_compared_as_far_as_it_went(bikes, bike_files):
    table = account(bikes, JULY, 2020)
    assert table.attrs["months"] == ("2019-07", "2020-05")
    told = table.set_index("effect")["amount"]
    for name, first, last in (("last_year", "2018/07/01", "2019/05/31"), ("result", "2019/07/01", "2020/05/31")):
        (sales,) = bike_files.execute(f"{TOTAL_SALES} where OrderDate between ? and ?", [first, last]).fetchone()
        assert told[name] == sales


def test_months_run_from_the_first_to_the_last_order(bikes):
    assert months_in(bikes) == ("2017-07", "2020-05")


def test_the_pipeline_has_its_stages(hardware):
    table = funnel(hardware, ["stage"])
    counts = table.set_index("stage")[["opened", "open", "won", "lost"]]
    assert counts["opened"].to_dict() == {"Prospecting": 500, "Engaging": 1_589, "Won": 4_238, "Lost": 2_473}
    assert counts[["open", "won", "lost"]].sum().tolist() == [2_089, 4_238, 2_473]


def test_the_value_won_is_known_to_the_cent(hardware):
    assert funnel(hardware, [])["won_value"].tolist() == [10_005_534_00]
    assert attainment(hardware, JULY, "won_value", [], "2016-01", "2018-12")["result"].tolist() == [10_005_534_00]


@pytest.mark.parametrize(
    ("rep", "rate"), [("Hayden Neloms", 0.7039), ("Maureen Marcano", 0.6995), ("Wilburn Farren", 0.6962)]
)
def test_an_agents_win_rate(hardware, rep, rate):
    counted = funnel(hardware, ["rep"]).set_index("rep").loc[rep]
    measured = attainment(hardware, JULY, "win_rate", ["rep"], "2016-01", "2018-12").set_index("rep").loc[rep]
    assert (round(counted["win_rate"], 4), round(measured["result"], 4)) == (rate, rate)


def test_won_deals_of_every_sector_and_of_no_account_add_up(hardware):
    table = funnel(hardware, ["segment"])
    assert table["opened"].sum() == 8_800
    assert table.loc[table["segment"].isna(), "opened"].tolist() == [1_425]
