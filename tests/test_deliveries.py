"""Deliveries: what comes in month by month makes the same history as all of it at once."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_sources import FILES, Shop, table_of

from planning import settings as config
from planning.errors import SourceError
from planning.history.intake import landing
from planning.history.intake.importing import held, import_source, last_report
from planning.sample import deliver, generate

HEAD = "No;Day;Who;Area;Article;Pieces;Net"
LOOKED_UP = ("Staff.csv", "Areas.csv", "Goods.csv")


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def delivery(shop, name, *sales, **files):
    """Write a folder with some rows of Sales.csv, and other files as they are given."""
    folder = shop.files.parent / name
    folder.mkdir()
    if sales:
        (folder / "Sales.csv").write_text("\n".join([HEAD, *sales, ""]), encoding="utf-8")
    for file, text in files.items():
        (folder / f"{file}.csv").write_text(text, encoding="utf-8")
    return folder


def add(shop, folder, say=None):
    return import_source(shop.source, folder, shop.settings, say, add=True)


def tables(settings):
    return {file.name: file.read_bytes() for file in settings.history.glob("*/*.parquet")}


def change_of(report, table):
    return next(each for each in report.changes if each.table == table)


# What a delivery does


def test_new_rows_come_in_known_ones_are_corrected_and_both_are_counted_by_month(shop):
    shop.load()
    may = delivery(
        shop,
        "may",
        "A3;04.05.2026;Anna;Wien;Chair;1;50,00",
        "A4;30.04.2026;Anna;Wien;Chair;1;20,00",
        "A2;02.04.2026;Bert;Graz;00123;-1;-90",
        "A1;01.04.2026;Anna;Wien;Chair;2;1.234,56",
    )
    report = add(shop, may)
    orders = change_of(report, "orders")
    assert (orders.added, orders.corrected) == ({"2026-04": 1, "2026-05": 1}, {"2026-04": 1})
    assert (orders.unchanged, orders.gone) == (1, 0)
    assert [(row["order_id"], row["amount"]) for row in shop.rows("orders")] == [
        ("A1", 1_234_56), ("A2", -90_00), ("A4", 20_00), ("A3", 50_00),
    ]  # fmt: skip
    assert (table_of(report, "orders").rows, table_of(report, "orders").total_out) == (4, 1_214_56)
    said = set(report.records().query("part == 'change'")["what"])
    assert said == {"added, 2026-04", "added, 2026-05", "corrected, 2026-04", "delivered again as it was"}
    assert last_report(shop.settings, "shop") == report


def test_what_a_delivery_does_not_bring_stays(shop):
    shop.load()
    before = tables(shop.settings)
    report = add(shop, delivery(shop, "people", Staff="Name;Boss\nCarl;Bert\n"))
    after = tables(shop.settings)
    assert {row["rep"] for row in shop.rows("people")} == {"Anna", "Bert", "Carl"}
    assert {name for name in after if after[name] != before[name]} == {"people.parquet"}
    assert change_of(report, "people").added == {"": 1}


def test_the_first_delivery_is_an_import(shop, tmp_path):
    shop.load()
    elsewhere = config.load(tmp_path / "elsewhere")
    import_source(shop.source, shop.files, elsewhere, add=True)
    assert tables(elsewhere) == tables(shop.settings)


def test_the_same_delivery_again_changes_nothing_also_after_a_later_one(shop):
    shop.load()
    wrong = delivery(shop, "april", "A3;30.04.2026;Anna;Wien;Chair;1;54,00")
    right = delivery(shop, "may", "A3;30.04.2026;Anna;Wien;Chair;1;50,00")
    add(shop, wrong)
    add(shop, right)
    before, told = shop.bytes(), []
    again = add(shop, wrong, told.append)
    assert shop.bytes() == before
    assert not again.changed
    assert told == [f"{wrong} was added to shop before; nothing was changed."]
    assert shop.rows("orders")[-1]["amount"] == 50_00


def test_an_import_as_a_whole_takes_the_place_of_what_was_added(shop):
    shop.load()
    whole = tables(shop.settings)
    add(shop, delivery(shop, "may", "A3;04.05.2026;Anna;Wien;Chair;1;50,00"))
    assert shop.load().changed
    assert tables(shop.settings) == whole
    assert last_report(shop.settings, "shop").deliveries == ()


# Checks over everything together


def test_a_row_that_was_put_aside_comes_in_once_what_it_refers_to_is_there(shop):
    shop.add("Sales.csv", "A3;03.04.2026;Carl;Wien;Chair;1;50,00")
    assert table_of(shop.load(), "orders").quarantined == {"rep is not among the people": 1}
    report = add(shop, delivery(shop, "people", Staff="Name;Boss\nCarl;Bert\n"))
    assert change_of(report, "orders").added == {"2026-04": 1}
    assert table_of(report, "orders").quarantined == {}
    assert [row["reason"] for row in shop.quarantine()] == ["sum of the month"]


def test_a_correction_that_breaks_the_contract_is_put_aside_and_the_row_it_was_for_is_said_to_be_gone(shop):
    shop.load()
    report = add(shop, delivery(shop, "may", "A1;01.04.2026;Nobody;Wien;Chair;2;1.000,00"))
    assert change_of(report, "orders").gone == 1
    assert table_of(report, "orders").quarantined == {"rep is not among the people": 1}
    assert "not held any more: put aside" in set(report.records()["what"])


def test_shares_of_a_line_come_and_go_together(shop):
    shares = (
        '\n[files.shares]\nfile = "Shares.csv"\n[files.shares.columns]\nNo = "text"\nWho = "text"\nPart = "decimal"\n'
    )
    query = "credits = 'select No as order_id, 1 as line, Who as rep, Part as share, _line, _file from shares'\n"
    shop.declare("[tables]\n", f"{shares}\n[tables]\n{query}")
    shop.write("Shares.csv", "No;Who;Part\nA1;Anna;0,65\nA1;Bert;0,35\n")
    shop.load()
    add(shop, delivery(shop, "may", Staff="Name;Boss\nCarl;Bert\n", Shares="No;Who;Part\nA1;Anna;0,5\nA1;Carl;0,5\n"))
    assert [(row["rep"], float(row["share"])) for row in shop.rows("credits")] == [("Anna", 0.5), ("Carl", 0.5)]


def test_rows_left_out_before_are_still_kept_aside_and_counted(shop):
    shop.load()
    report = add(shop, delivery(shop, "may", "A3;04.05.2026;Anna;Wien;Cheir;1;50,00", "Total;;;;;;50,00"))
    sales = next(file for file in report.files if file.file == "Sales.csv")
    assert (sales.rows, sales.left_out) == (5, {"sum of the month": 2})
    assert [pair.rows for pair in sales.replaced] == [2]
    assert [row["reason"] for row in shop.quarantine()] == ["sum of the month"] * 2


def test_a_delivery_without_the_files_that_its_rows_are_looked_up_in_is_refused(shop):
    query = "customers = 'select Name as customer, Area as territory, staff._line, staff._file from staff, areas'\n"
    shop.declare("[tables]\n", f"[tables]\n{query}")
    (shop.source / "orders.sql").write_text("select * from (select 1 as x) where false", encoding="utf-8")
    folder = delivery(shop, "people", Staff="Name;Boss\nCarl;Bert\n")
    with pytest.raises(SourceError, match=r"customers is read from Areas.csv too: deliver them together"):
        add(shop, folder)
    assert held(shop.settings) == []


def test_a_folder_without_any_file_of_the_source_is_refused_with_those_it_knows(shop):
    with pytest.raises(SourceError, match=r"holds none of the files of shop: Staff.csv, Areas.csv"):
        add(shop, delivery(shop, "nothing"))


def test_a_key_twice_in_a_delivery_is_refused_and_nothing_is_changed(shop):
    shop.load()
    before = shop.bytes()
    row = "A3;04.05.2026;Anna;Wien;Chair;1;{},00"
    with pytest.raises(SourceError, match="order_id 'A3' line '1' occurs 2 times"):
        add(shop, delivery(shop, "may", row.format(50), row.format(60)))
    assert shop.bytes() == before


@pytest.mark.parametrize("where", ["between two tables", "between the renames"])
def test_a_delivery_that_is_killed_leaves_what_was_there_before(shop, monkeypatch, where):
    shop.load()
    before, write, rename = shop.bytes(), landing.write_table, Path.rename
    folder = delivery(shop, "may", "A3;04.05.2026;Anna;Wien;Chair;1;50,00")

    def killed_at_orders(file, rows):
        if file.stem == "orders":
            raise KeyboardInterrupt
        write(file, rows)

    def killed_at_the_move(path, target):
        if path.parent.parent == shop.settings.scratch:
            raise KeyboardInterrupt
        return rename(path, target)

    if where == "between two tables":
        monkeypatch.setattr(landing, "write_table", killed_at_orders)
    else:
        monkeypatch.setattr(Path, "rename", killed_at_the_move)
    with pytest.raises(KeyboardInterrupt):
        add(shop, folder)
    monkeypatch.undo()
    assert held(shop.settings) == ["shop"]
    assert shop.bytes() == before
    assert change_of(add(shop, folder), "orders").added == {"2026-05": 1}


def test_a_delivery_that_another_import_overtook_is_refused(shop, monkeypatch):
    shop.load()
    first, second = (
        delivery(shop, name, f"{order};04.05.2026;Anna;Wien;Chair;1;50,00")
        for name, order in (("first", "A3"), ("second", "A4"))
    )
    write = landing.write_table

    def overtaken(file, rows):
        monkeypatch.undo()
        add(shop, second)
        write(file, rows)

    monkeypatch.setattr(landing, "write_table", overtaken)
    with pytest.raises(SourceError, match="imported into shop meanwhile; nothing was changed"):
        add(shop, first)
    assert [row["order_id"] for row in shop.rows("orders")] == ["A1", "A2", "A4"]


# The same as all at once

ROWS = [
    f"B{number};{1 + number % 28:02d}.0{4 + number % 3}.2026;Anna;Wien;Chair;1;{number},00" for number in range(1, 9)
]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=st.lists(st.integers(0, 2), min_size=len(ROWS), max_size=len(ROWS)))
def test_however_rows_are_dealt_to_deliveries_the_tables_are_the_same_bytes(tmp_path_factory, months):
    shop = Shop(tmp_path_factory.mktemp("dealt"))
    for month in sorted(set(months)):
        rows = [row for row, place in zip(ROWS, months, strict=True) if place == month]
        looked_up = {file.removesuffix(".csv"): FILES[file] for file in LOOKED_UP}
        add(shop, delivery(shop, f"month {month}", *rows, **looked_up))
    found = tables(shop.settings)
    whole = Shop(tmp_path_factory.mktemp("whole"))
    whole.write("Sales.csv", "\n".join([HEAD, *ROWS, ""]))
    whole.load()
    assert found == tables(whole.settings)


def test_the_sample_company_month_by_month_is_the_same_bytes_as_all_at_once(tmp_path):
    generate(tmp_path / "history")
    generate(tmp_path / "whole", through="2027-02")
    monthly, whole = (config.load(tmp_path / name) for name in ("monthly workspace", "whole workspace"))
    import_source("sample", tmp_path / "history", monthly)
    for month in ("2027-01", "2027-02"):
        deliver(tmp_path / month, month)
        report = import_source("sample", tmp_path / month, monthly, add=True)
    import_source("sample", tmp_path / "whole", whole)
    assert tables(monthly) == tables(whole)
    orders = change_of(report, "orders")
    assert (orders.corrected, orders.added["2027-01"]) == ({"2027-01": 4}, 6)


def by_month(source, folder):
    """Deal the rows of a file of sales to a folder a month, with the other files as they are in each."""
    head, *rows = (source / "Sales.csv").read_text(encoding="utf-8-sig").splitlines()
    day = head.split("|").index("OrderDate")
    months = {}
    for row in rows:
        months.setdefault(row.split("|")[day][:7], []).append(row)
    for month, mine in sorted(months.items()):
        place = folder / month.replace("/", "-")
        shutil.copytree(source, place)
        (place / "Sales.csv").write_text("\n".join([head, *mine, ""]), encoding="utf-8")
        yield place


def test_adventure_works_through_its_last_year_month_by_month_is_the_same_bytes_as_all_at_once(real_data, tmp_path):
    monthly, whole = (config.load(tmp_path / name) for name in ("monthly workspace", "whole workspace"))
    places = list(by_month(real_data / "adventureworks", tmp_path))
    before = [place for place in places if place.name < "2019-07"]
    rows = [row for place in before for row in (place / "Sales.csv").read_text(encoding="utf-8").splitlines()[1:]]
    head = (before[0] / "Sales.csv").read_text(encoding="utf-8").splitlines()[0]
    (before[0] / "Sales.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    import_source("adventureworks", before[0], monthly)
    for place in places[len(before) :]:
        report = import_source("adventureworks", place, monthly, add=True)
        orders = change_of(report, "orders")
        assert set(orders.added) == {place.name}
        assert (orders.corrected, orders.gone) == ({}, 0)
    import_source("adventureworks", real_data / "adventureworks", whole)
    assert tables(monthly) == tables(whole)


def test_the_pipeline_of_the_hardware_seller_takes_deals_that_moved_on_as_corrected(real_data, tmp_path):
    settings = config.load(tmp_path / "workspace")
    import_source("crm", real_data / "crm", settings)
    folder = tmp_path / "moved"
    shutil.copytree(real_data / "crm", folder)
    head, *rows = (folder / "sales_pipeline.csv").read_text(encoding="utf-8").splitlines()
    place = head.split(",").index("deal_stage")
    moved = [row.replace(",Engaging,", ",Lost,") for row in rows if row.split(",")[place] == "Engaging"][:3]
    (folder / "sales_pipeline.csv").write_text("\n".join([head, *moved, ""]), encoding="utf-8")
    report = import_source("crm", folder, settings, add=True)
    assert change_of(report, "opportunities").corrected == {"": 3}
    assert table_of(report, "opportunities").kept == len(rows)
