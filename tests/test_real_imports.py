"""Two real histories through the whole import, held to figures that are known to the cent."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from planning import settings as config
from planning.history.intake.importing import import_source, last_report


@pytest.fixture(scope="module")
def imported(real_data, tmp_path_factory):
    """Import a real history; give its tables and the report."""
    done = {}

    def importing(source):
        if source not in done:
            workspace = config.load(tmp_path_factory.mktemp(source))
            report = import_source(source, real_data / source, workspace)
            folder = workspace.history / source
            tables = {table.table: pq.read_table(folder / f"{table.table}.parquet") for table in report.tables}
            done[source] = workspace, report, tables
        return done[source]

    return importing


def rows(report):
    return {table.table: (table.rows, table.kept) for table in report.tables}


def test_every_row_of_the_bicycle_maker_is_kept(imported):
    _, report, tables = imported("adventureworks")
    assert {name: len(table) for name, table in tables.items()} == {
        "territories": 10, "people": 18, "assignments": 39, "products": 397, "customers": 701,
        "orders": 57_851, "goals": 809,
    }  # fmt: skip
    assert rows(report) == {name: (len(table), len(table)) for name, table in tables.items()}
    assert report.quarantined == 0


@pytest.mark.parametrize(
    ("year", "sales"),
    [(2017, 8_069_755_58), (2018, 24_328_786_25), (2019, 32_500_005_58), (2020, 12_650_022_79)],
)
def test_sales_by_calendar_year(imported, year, sales):
    orders = imported("adventureworks")[2]["orders"]
    assert pc.sum(orders.filter(pc.equal(pc.year(orders["date"]), year))["amount"]).as_py() == sales


def test_the_report_reconciles_the_sales(imported):
    _, report, tables = imported("adventureworks")
    orders = next(table for table in report.tables if table.table == "orders")
    assert orders.total_in == orders.total_out == pc.sum(tables["orders"]["amount"]).as_py() == 77_548_570_20


def test_reps_report_to_the_manager_of_their_group_and_managers_to_the_director(imported):
    people = {row["rep"]: row["manager"] for row in imported("adventureworks")[2]["people"].to_pylist()}
    assert people["Brian Welcker"] is None
    assert {name for name, manager in people.items() if manager == "Brian Welcker"} == {
        "Stephen Jiang", "Amy Alberts", "Syed Abbas",
    }  # fmt: skip
    assert (people["Lynn Tsoflias"], people["Jae Pak"], people["José Saraiva"]) == (
        "Syed Abbas", "Amy Alberts", "Stephen Jiang",
    )  # fmt: skip


def test_products_that_share_a_name_are_told_apart_by_their_key(imported):
    products = imported("adventureworks")[2]["products"]["product"].to_pylist()
    assert len(set(products)) == 397
    assert {"AWC Logo Cap (223)", "AWC Logo Cap (224)", "AWC Logo Cap (225)"} <= set(products)
    assert "HL Road Frame - Black, 58" in products


def test_targets_past_the_sales_are_kept(imported):
    goals = imported("adventureworks")[2]["goals"]
    assert str(pc.max(goals["month"]).as_py()) == "2021-12-01"
    assert goals["territory"].null_count == goals["product_line"].null_count == goals["channel"].null_count == 809


def test_the_fiscal_year_comes_with_the_source(imported):
    workspace = config.load(imported("adventureworks")[0].workspace)
    assert (workspace.fiscal_year_start, workspace.currency, workspace.company) == (7, "USD", "Adventure Works")


def test_every_opportunity_of_the_pipeline_is_kept(imported):
    _, report, tables = imported("crm")
    assert {name: len(table) for name, table in tables.items()} == {
        "territories": 3, "people": 41, "assignments": 35, "products": 7, "customers": 85,
        "orders": 4_238, "opportunities": 8_800,
    }  # fmt: skip
    assert rows(report) == {name: (len(table), len(table)) for name, table in tables.items()}
    assert report.quarantined == 0


def test_stages_statuses_and_value_of_the_pipeline(imported):
    deals = imported("crm")[2]["opportunities"]
    counted = deals.group_by(["stage", "status"]).aggregate([([], "count_all"), ("amount", "sum")])
    found = {(row["stage"], row["status"]): (row["count_all"], row["amount_sum"]) for row in counted.to_pylist()}
    assert found == {
        ("Prospecting", "open"): (500, None),
        ("Engaging", "open"): (1_589, None),
        ("Won", "won"): (4_238, 10_005_534_00),
        ("Lost", "lost"): (2_473, 0),
    }
    assert deals["customer"].null_count == 1_425


def test_won_deals_are_order_lines_of_the_same_value(imported):
    orders = imported("crm")[2]["orders"]
    assert pc.sum(orders["amount"]).as_py() == 10_005_534_00
    assert set(orders["quantity"].to_pylist()) == set(orders["line"].to_pylist()) == {1}


def test_replaced_texts_are_counted(imported):
    _, report, tables = imported("crm")
    pairs = {(pair.found, pair.written): pair.rows for file in report.files for pair in file.replaced}
    assert pairs == {("GTXPro", "GTX Pro"): 1_480, ("technolgy", "technology"): 12}
    assert "GTXPro" not in tables["opportunities"]["product"].to_pylist()


def test_the_report_is_kept_in_the_workspace(imported):
    for source in ("adventureworks", "crm"):
        workspace, report, _ = imported(source)
        assert last_report(workspace, source) == report
