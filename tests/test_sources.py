"""Sources: what they declare, and that an import is right and whole or does not happen."""

import csv
import hashlib
import json
import re
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planning import settings as config
from planning.errors import HistoryError, SourceError
from planning.history.intake import landing
from planning.history.intake.contracts import arrow_schema
from planning.history.intake.importing import held, import_source, last_report
from planning.history.intake.source import IMPLIED, names, read_source
from planning.history.intake.writing import Writing
from planning.sample import files as sample_files
from planning.tables import TABLES

SHOP = """
about = "A shop in Vienna"
company = "Kaufladen"
currency = "EUR"
fiscal_year_start = 4

[writing]
separator = ";"
decimal_mark = ","
thousands_mark = "."
dates = "dd.mm.yyyy"

[files.staff]
file = "Staff.csv"
columns = { Name = "text", Boss = "text" }

[files.areas]
file = "Areas.csv"
columns = { Area = "text" }

[files.goods]
file = "Goods.csv"
columns = { Article = "text", Line = "text" }

[files.sales]
file = "Sales.csv"
[files.sales.columns]
No = "text"
Day = "date"
Who = "text"
Area = "text"
Article = "text"
Pieces = "whole"
Net = "money"

[files.sales.replace.Article]
"Cheir" = "Chair"

[[files.sales.leave_out]]
where = "No = 'Total'"
reason = "sum of the month"

[tables]
territories = "select Area as territory, _line, _file from areas"
people = "select Name as rep, Boss as manager, _line, _file from staff"
products = "select Article as product, Line as product_line, _line, _file from goods"
orders = "orders.sql"
"""

ORDERS = """
select No as order_id, 1 as line, Day as date, Who as rep, Area as territory, Article as product,
       Pieces as quantity, Net as amount, _line, _file
from sales -- one line each
"""

FILES = {
    "Staff.csv": "Name;Boss\nAnna;Bert\nBert;\n",
    "Areas.csv": "Area\nWien\nGraz\n",
    "Goods.csv": "Article;Line\nChair;Seating\n00123;1E5\n",
    "Sales.csv": "No;Day;Who;Area;Article;Pieces;Net\n"
    "A1;01.04.2026;Anna;Wien;Cheir;2;1.234,56\n"
    "A2;02.04.2026;Bert;Graz;00123;-1;-100\n"
    "Total;;;;;;1.134,56\n",
}


class Shop:
    """A source, its files and a workspace, in folders of their own."""

    def __init__(self, folder, name="shop"):
        self.source, self.files = folder / name, folder / f"{name} files"
        self.settings = config.load(folder / "workspace")
        for each in (self.source, self.files):
            each.mkdir()
        (self.source / "source.toml").write_text(SHOP, encoding="utf-8")
        (self.source / "orders.sql").write_text(ORDERS, encoding="utf-8")
        for file, text in FILES.items():
            self.write(file, text)

    def write(self, file, text):
        (self.files / file).write_text(text, encoding="utf-8")

    def add(self, file, *rows):
        self.write(file, FILES[file] + "".join(f"{row}\n" for row in rows))

    def declare(self, old, new):
        assert old in SHOP
        (self.source / "source.toml").write_text(SHOP.replace(old, new), encoding="utf-8")

    def load(self, say=None):
        return import_source(self.source, self.files, self.settings, say)

    def refused(self):
        with pytest.raises(SourceError) as caught:
            self.load()
        return str(caught.value)

    def rows(self, table):
        return pq.read_table(self.settings.history / self.source.name / f"{table}.parquet").to_pylist()

    def quarantine(self):
        file = self.settings.history / self.source.name / landing.QUARANTINE
        with file.open(encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text))

    def bytes(self):
        files = sorted(file for file in self.settings.workspace.rglob("*") if file.is_file())
        return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def table_of(report, name):
    return next(table for table in report.tables if table.table == name)


# --------------------------------------------------------------------------------- what is imported


def test_tables_have_the_columns_and_types_of_their_contract(shop):
    report = shop.load()
    assert [table.table for table in report.tables] == ["territories", "people", "products", "orders"]
    for table in report.tables:
        file = shop.settings.history / "shop" / f"{table.table}.parquet"
        assert pq.read_schema(file) == arrow_schema(TABLES[table.table])


def test_values_arrive_as_they_stand_in_the_files(shop):
    shop.load()
    first, second = shop.rows("orders")
    assert (first["order_id"], str(first["date"]), first["product"]) == ("A1", "2026-04-01", "Chair")
    assert (first["quantity"], first["amount"], first["cost"], first["customer"]) == (2, 123_456, None, None)
    assert (second["product"], second["quantity"], second["amount"]) == ("00123", -1, -100_00)
    assert {"product": "00123", "product_line": "1E5"}.items() <= shop.rows("products")[0].items()


def test_the_report_reconciles_what_was_read_with_what_was_kept(shop):
    shop.add("Sales.csv", "A3;03.04.2026;Nobody;Wien;Chair;1;50,00")
    report = shop.load()
    sales = next(file for file in report.files if file.file == "Sales.csv")
    orders = table_of(report, "orders")
    assert (sales.rows, sales.left_out) == (4, {"sum of the month": 1})
    assert [(pair.column, pair.found, pair.written, pair.rows) for pair in sales.replaced] == [
        ("Article", "Cheir", "Chair", 1)
    ]
    assert (orders.rows, orders.kept, orders.quarantined) == (3, 2, {"rep is not among the people": 1})
    assert (orders.total_in, orders.total_out) == (1_184_56, 1_134_56)
    assert sales.rows == orders.kept + report.quarantined


def test_the_report_is_kept_and_prints_as_flat_records(shop):
    report = shop.load()
    assert last_report(shop.settings, "shop") == report
    records = report.records()
    assert list(records.columns) == ["part", "name", "what", "rows", "total"]
    said = {(row["name"], row["what"]): (row["rows"], row["total"]) for row in records.to_dict("records")}
    assert said["shop", "imported"] == (8, "")
    assert said["Sales.csv", "Article: 'Cheir' taken as 'Chair'"] == (1, "")
    assert said["Sales.csv", "left out: sum of the month"] == (1, "")
    assert said["orders", "kept"] == (2, "1,134.56")
    assert said["people", "kept"] == (2, "")


def test_progress_is_told(shop):
    told = []
    shop.load(told.append)
    assert told[0] == "Reading Staff.csv ..."
    assert "Checking orders ..." in told
    assert told[-1] == "Imported shop: 8 rows; 1 put aside, see quarantine.csv."


# -------------------------------------------------------------------------------------- quarantine


def test_a_row_that_breaks_a_contract_is_put_aside_with_every_reason_and_its_place(shop):
    shop.add("Sales.csv", ";03.04.2026;Nobody;Wien;Chair;1;50,00", "A4;;Anna;Linz;Chair;1;7,00")
    report = shop.load()
    assert table_of(report, "orders").quarantined == {
        "date is empty; territory is not among the territories": 1,
        "order_id is empty; rep is not among the people": 1,
    }
    kept = [(row["table"], row["file"], row["line"], row["reason"]) for row in shop.quarantine()]
    assert kept == [
        ("", "Sales.csv", "4", "sum of the month"),
        ("orders", "Sales.csv", "5", "order_id is empty; rep is not among the people"),
        ("orders", "Sales.csv", "6", "date is empty; territory is not among the territories"),
    ]
    assert json.loads(shop.quarantine()[1]["row"])["rep"] == "Nobody"


def test_rows_that_refer_to_rows_put_aside_are_put_aside_too(shop):
    shop.add("Staff.csv", "Carl;Nobody", "Dora;Carl")
    shop.add("Sales.csv", "A3;03.04.2026;Dora;Wien;Chair;1;50,00")
    report = shop.load()
    assert table_of(report, "people").quarantined == {"manager is not among the people": 2}
    assert table_of(report, "orders").quarantined == {"rep is not among the people": 1}
    assert [row["rep"] for row in shop.rows("people")] == ["Anna", "Bert"]


def test_values_out_of_range_and_out_of_the_list_are_put_aside(shop):
    shop.declare(
        'orders = "orders.sql"',
        """opportunities = '''
        select No as opportunity, Who as rep, Area as territory, 'x' as stage,
               case when Pieces > 0 then 'won' else 'maybe' end as status from sales'''
        goals = "select Who as rep, 'units' as metric, Day as month, Pieces as target from sales" """,
    )
    report = shop.load()
    assert table_of(report, "opportunities").quarantined == {"status is none of open, won, lost": 1}
    assert table_of(report, "goals").quarantined == {"target is below 0": 1}


def test_no_quarantine_file_is_written_where_nothing_is_put_aside(shop):
    shop.write("Sales.csv", FILES["Sales.csv"].replace("Total;;;;;;1.134,56\n", ""))
    assert shop.load().quarantined == 0
    assert not (shop.settings.history / "shop" / landing.QUARANTINE).exists()


# ----------------------------------------------------------------------------------------- refusal


def test_everything_that_is_wrong_in_all_files_is_said_at_once(shop):
    shop.write("Staff.csv", "Name;Name\nAnna;Bert\n")
    (shop.files / "Areas.csv").write_bytes("Area\nKöln\n".encode("cp1252"))
    (shop.files / "Goods.csv").unlink()
    shop.write(
        "Sales.csv",
        "No;Day;Who;Area;Article;Pieces;Net\n"
        '"A\n1";30.02.2026;Anna;Wien;Chair;1.5;12.5\n'
        "A2;2026-04-02;Anna;Wien;Chair;2;inf\n",
    )
    assert shop.refused().splitlines() == [
        f"shop was not imported from {shop.files}; nothing was changed:",
        "  - Staff.csv: the header 'Name' stands in columns 1 and 2",
        "  - Staff.csv: There is no column 'Boss'. Known: Name, Name.",
        "  - Areas.csv: line 2: byte f6 is not utf-8, which is declared. Save the file so, or declare how it is "
        "written (cp1252, perhaps)",
        "  - Goods.csv: There is no file 'Goods.csv'. Known: Areas.csv, Sales.csv, Staff.csv.",
        "  - Sales.csv: column 'Day': line 2 has '30.02.2026', line 4 has '2026-04-02'; expected a date written "
        "dd.mm.yyyy, from 1900 to 2199",
        "  - Sales.csv: column 'Pieces': line 2 has '1.5'; expected a whole number such as 1.234 or -5",
        "  - Sales.csv: column 'Net': line 2 has '12.5', line 4 has 'inf'; expected an amount such as 1.234,56 or "
        "-5, with at most 2 decimals",
    ]


def test_many_wrong_values_of_a_column_are_counted(shop):
    shop.add("Sales.csv", *(f"B{number};01.04.2026;Anna;Wien;Chair;1;x{number}" for number in range(1_300)))
    assert "line 5 has 'x0', line 6 has 'x1', line 7 has 'x2', line 8 has 'x3', line 9 has 'x4' and 1,295 more" in (
        shop.refused()
    )


def test_a_key_that_occurs_twice_is_refused_with_its_rows(shop):
    shop.add("Sales.csv", "A1;03.04.2026;Anna;Wien;Chair;1;50,00")
    shop.add("Staff.csv", "Anna;")
    message = shop.refused()
    assert "people: rep must be unique, but rep 'Anna' occurs 2 times (Staff.csv 2, 4)" in message
    assert (
        "orders: order_id and line must be unique, but order_id 'A1' line '1' occurs 2 times (Sales.csv 2, 5)"
        in message
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "select No as order_id, Net * 1.5e0 as amount from sales",
            "the query gives amount as DOUBLE; it must be bigint",
        ),
        (
            "select No as order_id, Net / 7 as amount from sales",
            "the query gives amount as DOUBLE; it must be bigint",
        ),
        ("select No as order_id, Net * 0.001 as amount from sales", "the query gives amount as 123.456"),
        ("select No as order, 1 as line from sales", "the query"),
        (
            "select Nr as order_id from sales",
            'the query cannot be run: Binder Error: Referenced column "Nr" not found',
        ),
        (
            "select No as order_id, colour from (select *, 1 as colour from sales)",
            "a column 'colour', which the table",
        ),
        ("select * from read_csv('/etc/hosts')", "the query cannot be run: Permission Error"),
    ],
)
def test_a_query_that_does_not_give_the_table_is_refused_in_words(shop, query, message):
    (shop.source / "orders.sql").write_text(query, encoding="utf-8")
    assert message in shop.refused()


def test_a_missing_folder_and_an_unknown_source_are_refused(shop):
    with pytest.raises(SourceError, match="There is no folder"):
        import_source(shop.source, shop.files / "none", shop.settings)
    with pytest.raises(SourceError, match="There is no source 'adventurework'. Did you mean 'adventureworks'"):
        import_source("adventurework", shop.files, shop.settings)
    with pytest.raises(SourceError, match="has no source.toml"):
        import_source(shop.files, shop.files, shop.settings)


def test_a_report_of_a_source_never_imported_is_refused(shop):
    with pytest.raises(HistoryError, match="There is no imported source 'shop'"):
        last_report(shop.settings, "shop")


# ------------------------------------------------------------------------------------ all or nothing


def test_importing_again_changes_nothing_and_says_so(shop):
    first = shop.load()
    before, told = shop.bytes(), []
    again = shop.load(told.append)
    assert shop.bytes() == before
    assert (again.changed, again.tables, again.files) == (False, first.tables, first.files)
    assert told == ["Nothing has changed since the last import of shop."]
    assert "nothing has changed since the last import" in set(again.records()["what"])


def test_the_same_files_give_the_same_bytes_in_another_workspace_and_in_any_order_of_rows(shop, tmp_path):
    shop.load()
    head, *rows = FILES["Sales.csv"].splitlines()
    shop.write("Sales.csv", "\n".join([head, *reversed(rows)]))
    elsewhere = config.load(tmp_path / "elsewhere")
    import_source(shop.source, shop.files, elsewhere)
    for table in ("territories", "people", "products", "orders"):
        name = f"shop/{table}.parquet"
        assert (elsewhere.history / name).read_bytes() == (shop.settings.history / name).read_bytes()


@pytest.mark.parametrize("change", ["file", "declaration", "query", "table gone"])
def test_importing_again_after_a_change_replaces_the_tables(shop, change):
    shop.load()
    if change == "file":
        shop.add("Sales.csv", "A3;03.04.2026;Anna;Wien;Chair;1;50,00")
    elif change == "declaration":
        shop.declare('"sum of the month"', '"a sum"')
    elif change == "query":
        (shop.source / "orders.sql").write_text(ORDERS.replace("1 as line", "2 as line"), encoding="utf-8")
    else:
        (shop.settings.history / "shop" / "orders.parquet").unlink()
    assert shop.load().changed
    assert len(shop.rows("orders")) == (3 if change == "file" else 2)
    assert not shop.load().changed


def test_a_refused_import_leaves_what_was_there_before(shop):
    shop.load()
    before = shop.bytes()
    shop.add("Sales.csv", "A3;03.04.2026;Anna;Wien;Chair;1;12.5")
    shop.refused()
    assert shop.bytes() == before


@pytest.mark.parametrize("first", [True, False])
def test_an_import_that_is_killed_between_two_tables_leaves_what_was_there_before(shop, monkeypatch, first):
    if not first:
        shop.load()
        shop.add("Sales.csv", "A3;03.04.2026;Anna;Wien;Chair;1;50,00")
    before, write = shop.bytes(), landing.write_table

    def killed(file, rows):
        if file.stem == "orders":
            raise KeyboardInterrupt
        write(file, rows)

    monkeypatch.setattr(landing, "write_table", killed)
    with pytest.raises(KeyboardInterrupt):
        shop.load()
    assert shop.bytes() == before
    monkeypatch.undo()
    assert shop.load().changed


def test_an_import_that_is_killed_between_the_renames_is_put_right_by_the_next_look(shop, monkeypatch):
    shop.load()
    before = shop.bytes()
    shop.add("Sales.csv", "A3;03.04.2026;Anna;Wien;Chair;1;50,00")
    rename = Path.rename

    def killed(path, target):
        if path.parent.parent == shop.settings.scratch:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        shop.load()
    monkeypatch.undo()
    assert held(shop.settings) == ["shop"]
    assert shop.bytes() == before


def test_a_move_that_fails_puts_back_what_was_there_before(shop, monkeypatch):
    shop.load()
    before = shop.bytes()
    shop.add("Sales.csv", "A3;03.04.2026;Anna;Wien;Chair;1;50,00")
    rename = Path.rename

    def failing(path, target):
        if path.parent.parent == shop.settings.scratch:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert "Input/output error" in shop.refused()
    assert shop.bytes() == before


def test_a_folder_in_place_of_a_file_is_refused(shop):
    (shop.files / "Staff.csv").unlink()
    (shop.files / "Staff.csv").mkdir()
    assert "Staff.csv: cannot be opened: Is a directory" in shop.refused()


def test_a_disk_that_is_full_is_said_and_leaves_what_was_there_before(shop, monkeypatch):
    shop.load()
    before = shop.bytes()
    shop.add("Sales.csv", "A3;03.04.2026;Anna;Wien;Chair;1;50,00")

    def full(file, rows):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(landing, "write_table", full)
    assert "cannot be written to: [Errno 28] No space left on device" in shop.refused()
    assert shop.bytes() == before


# ------------------------------------------------------------------------------- settings and company


def test_a_new_workspace_takes_over_the_settings_of_the_source(shop):
    shop.load()
    settings = config.load(shop.settings.workspace)
    assert (settings.company, settings.currency, settings.fiscal_year_start) == ("Kaufladen", "EUR", 4)


def test_settings_that_the_workspace_has_of_its_own_stand(shop):
    config.update(shop.settings, company="Ours", currency="EUR")
    shop.settings, told = config.load(shop.settings.workspace), []
    shop.load(told.append)
    assert told[0] == "The fiscal year of this workspace begins in month 1; the source's gives way."
    settings = config.load(shop.settings.workspace)
    assert (settings.company, settings.fiscal_year_start) == ("Ours", 1)


def test_amounts_in_another_currency_are_refused(shop):
    config.update(shop.settings, currency="USD")
    assert "shop has currency EUR, this workspace has USD" in shop.refused()


def test_a_source_with_other_decimals_is_read_with_them(shop):
    shop.declare('currency = "EUR"', 'currency = "KWD"\nminor_digits = 3')
    shop.load()
    assert shop.rows("orders")[0]["amount"] == 1_234_560
    assert config.load(shop.settings.workspace).minor_digits == 3
    assert not shop.load().changed


def second_shop(shop, tmp_path, **changes):
    other = Shop(tmp_path, "branch")
    for file, text in FILES.items():
        for old, new in changes.items():
            text = text.replace(old, new)
        other.write(file, text)
    return other


def test_two_sources_stand_side_by_side_and_may_refer_to_each_other(shop, tmp_path):
    shop.load()
    other = second_shop(shop, tmp_path)
    other.write("Staff.csv", "Name;Boss\nEmil;Bert\n")
    other.write("Areas.csv", "Area\nLinz\n")
    other.write("Goods.csv", "Article;Line\n")
    other.write("Sales.csv", FILES["Sales.csv"].replace("A1", "B1").replace("A2", "B2").replace("Wien", "Linz"))
    report = other.load()
    assert (table_of(report, "people").kept, table_of(report, "orders").kept) == (1, 2)
    assert held(shop.settings) == ["branch", "shop"]


def test_a_key_that_another_source_brings_already_is_refused_with_its_names(shop, tmp_path):
    shop.load()
    before = shop.bytes()
    other = second_shop(shop, tmp_path, A1="B1", A2="B2")
    message = other.refused()
    assert "people: shop already brings rep 'Anna', rep 'Bert'; one workspace cannot hold both" in message
    assert "orders" not in message
    assert shop.bytes() == before


def test_rows_put_aside_for_want_of_another_source_come_in_once_it_is_there(shop, tmp_path):
    other = second_shop(shop, tmp_path, A1="B1", A2="B2")
    other.declare('people = "select Name as rep, Boss as manager, _line, _file from staff"', "")
    other.write("Areas.csv", "Area\n")
    other.write("Goods.csv", "Article;Line\n")
    assert table_of(other.load(), "orders").kept == 0
    shop.load()
    assert table_of(other.load(), "orders").kept == 2


@pytest.mark.parametrize("alone_first", [True, False])
def test_a_source_that_wants_to_be_alone_is_not_mixed_with_others(shop, tmp_path, alone_first):
    other = second_shop(shop, tmp_path)
    other.declare('about = "A shop in Vienna"', "alone = true")
    first, second = (other, shop) if alone_first else (shop, other)
    first.load()
    assert "branch cannot share a workspace with shop" in second.refused()
    assert held(shop.settings) == [first.source.name]


# ------------------------------------------------------------------------------------ other currencies


FOREIGN = 'Net = "money"\nCur = "text"\n[files.sales.currency]\nNet = "Cur"\n'
RATES = '[rates]\nUSD = "0.9250"\nJPY = "0.0061"\n\n[tables]\n'


def foreign_shop(shop, *rows):
    (shop.source / "source.toml").write_text(SHOP.replace('Net = "money"\n', FOREIGN).replace("[tables]\n", RATES))
    head = "No;Day;Who;Area;Article;Pieces;Net;Cur\n"
    shop.write(
        "Sales.csv", head + "".join(f"A{n};01.04.2026;Anna;Wien;Chair;1;{row}\n" for n, row in enumerate(rows))
    )


def test_amounts_in_other_currencies_are_converted_at_the_plan_rate_to_whole_minor_units(shop):
    foreign_shop(shop, "1.000,00;EUR", "1.000,00;USD", "5.000;JPY", "-12,3456;USD", "0,02;USD")
    shop.load()
    assert [row["amount"] for row in shop.rows("orders")] == [1_000_00, 925_00, 30_50, -11_42, 2]


@pytest.mark.parametrize(("text", "cents"), [("1", 5), ("-1", -5), ("0,9999", 4), ("-0,9999", -4), ("2", 9)])
def test_a_half_is_rounded_away_from_zero(shop, text, cents):
    foreign_shop(shop, f"{text};USD")
    file = shop.source / "source.toml"
    file.write_text(file.read_text().replace("0.9250", "0.045"))
    shop.load()
    assert [row["amount"] for row in shop.rows("orders")] == [cents]


def test_conversion_is_exact_where_a_float_would_not_be(shop):
    foreign_shop(shop, "9.007.199.254.740,99;USD")
    file = shop.source / "source.toml"
    file.write_text(file.read_text().replace("0.9250", "1.000000001"))
    shop.load()
    exact = Decimal("9007199254740.99") * Decimal("1.000000001")
    assert [row["amount"] for row in shop.rows("orders")] == [int(exact.scaleb(2).to_integral_value(ROUND_HALF_UP))]


def test_the_report_says_how_much_was_converted_at_which_rate(shop):
    foreign_shop(shop, "10,00;EUR", "1.000,01;USD", "-1;USD", "5.000;JPY")
    report = shop.load()
    assert last_report(shop.settings, "shop") == report
    assert [(each.column, each.currency, each.rate, each.rows, each.found, each.written)
            for file in report.files for each in file.converted] == [
        ("Net", "JPY", "0.0061", 1, "5000.0000", 30_50),
        ("Net", "USD", "0.9250", 2, "999.0100", 925_01 - 93),
    ]  # fmt: skip
    said = {(row["what"], row["rows"], row["total"]) for row in report.records().to_dict("records")}
    assert ("Net: 999.0100 USD converted at 0.9250", 2, "924.08") in said


def test_a_row_in_a_currency_without_a_plan_rate_is_put_aside_and_said(shop):
    foreign_shop(shop, "10,00;EUR", "10,00;GBP", "10,00;", "20,00;GBP", ";GBP")
    report = shop.load()
    assert report.files[3].left_out == {"no plan rate for GBP": 2, "no currency: Cur is empty": 1}
    assert [row["order_id"] for row in shop.rows("orders")] == ["A0"]
    assert [(row["line"], row["reason"]) for row in shop.quarantine()] == [
        ("3", "no plan rate for GBP"),
        ("4", "no currency: Cur is empty"),
        ("5", "no plan rate for GBP"),
        ("6", "amount is empty"),
    ]


def test_an_amount_with_more_decimals_than_its_currency_may_have_is_refused(shop):
    foreign_shop(shop, "10,001;EUR", "10,00001;USD")
    assert (
        "column 'Net': line 2 has '10,001', line 3 has '10,00001'; expected an amount such as 1.234,56 or -5, with "
        "at most 2 decimals in EUR, and at most 4 decimals in other currencies"
    ) in shop.refused()


def test_a_declaration_of_rates_that_cannot_be_used_is_refused_with_every_reason(shop):
    foreign_shop(shop)
    file = shop.source / "source.toml"
    text = file.read_text().replace('USD = "0.9250"', 'USD = "0"\nGBP = 1.1\nEUR = "1"\nEuro = "1"\nCHF = "1,05"')
    file.write_text(text.replace('Net = "Cur"', 'Cur = "Net"\nGross = "Cur"'))
    message = shop.refused()
    for expected in (
        "rates: USD is '0'; write a rate above 0 such as \"1.08\", with at most 9 decimals",
        "rates: CHF is '1,05'; write a rate above 0",
        "rates: GBP is 1.1; write a text in quotes",
        "rates: 'Euro' is no currency; write its three letters, such as EUR",
        "rates: EUR is the currency of the source itself; leave it out",
        "files.sales: currency: Cur has the type text; it must be money",
        "files.sales: currency: Net has the type money; it must be text",
        "files.sales: currency: There is no column 'Gross'",
    ):
        assert expected in message


def test_rates_that_nothing_uses_and_a_rate_of_the_companys_own_currency_are_refused(shop):
    shop.declare("[tables]\n", RATES)
    assert "rates: no file says in [files.NAME.currency] which column holds the currency" in shop.refused()
    foreign_shop(shop, "1;USD")
    file = shop.source / "source.toml"
    file.write_text(file.read_text().replace('currency = "EUR"\n', ""))
    assert "[rates] names USD, the company's own currency: leave it out." in shop.refused()


def test_another_rate_imports_anew(shop):
    foreign_shop(shop, "10,00;USD")
    shop.load()
    file = shop.source / "source.toml"
    file.write_text(file.read_text().replace("0.9250", "0.93"))
    assert shop.load().changed
    assert shop.rows("orders")[0]["amount"] == 9_30


# -------------------------------------------------------------------------- shared lines, one-off orders


CREDITS = """
[files.shares]
file = "Shares.csv"
columns = { No = "text", Line = "whole", Who = "text", Part = "decimal" }
[files.special]
file = "Special.csv"
columns = { No = "text", Why = "text" }
[tables]
credits = "select No as order_id, Line as line, Who as rep, Part as share, _line, _file from shares"
one_offs = "select No as order_id, Why as reason, _line, _file from special"
"""


def sharing_shop(shop, *rows, special=()):
    shop.declare("[tables]\n", CREDITS.lstrip())
    shop.write("Shares.csv", "No;Line;Who;Part\n" + "".join(f"{row}\n" for row in rows))
    shop.write("Special.csv", "No;Why\n" + "".join(f"{row}\n" for row in special))
    return shop.load()


def test_shares_that_make_up_their_line_are_kept(shop):
    report = sharing_shop(shop, "A1;1;Anna;0,35", "A1;1;Bert;0,65", "A2;1;Anna;1")
    assert table_of(report, "credits").quarantined == {}
    assert [(row["order_id"], row["rep"], str(row["share"])) for row in shop.rows("credits")] == [
        ("A1", "Anna", "0.350000"), ("A1", "Bert", "0.650000"), ("A2", "Anna", "1.000000"),
    ]  # fmt: skip


def test_shares_written_as_percentages_become_fractions_exactly(shop):
    sharing_shop(shop, "A1;1;Anna;33,3333", "A1;1;Bert;66,6667")
    file = shop.source / "source.toml"
    file.write_text(file.read_text().replace("Part as share", "Part * 0.01 as share"))
    assert table_of(shop.load(), "credits").kept == 2
    assert [str(row["share"]) for row in shop.rows("credits")] == ["0.333333", "0.666667"]


def test_shares_that_do_not_make_up_their_line_are_put_aside_together(shop):
    report = sharing_shop(shop, "A1;1;Anna;0,333333", "A1;1;Bert;0,666666", "A2;1;Anna;1")
    assert table_of(report, "credits").quarantined == {"share does not add up to 1 over order_id and line": 2}
    first = json.loads(shop.quarantine()[1]["row"])
    assert (shop.quarantine()[1]["line"], first["order_id"], first["line"], first["rep"]) == ("2", "A1", 1, "Anna")
    assert [row["order_id"] for row in shop.rows("credits")] == ["A2"]


def test_a_share_whose_fellow_was_put_aside_is_put_aside_too(shop):
    report = sharing_shop(shop, "A1;1;Anna;0,5", "A1;1;Carl;0,5", "A2;1;Anna;0", "A2;1;Bert;1")
    assert table_of(report, "credits").quarantined == {
        "rep is not among the people": 1,
        "share does not add up to 1 over order_id and line": 1,
        "share is not above 0": 1,
    }


def test_shares_and_marks_of_orders_that_are_not_there_are_put_aside(shop):
    report = sharing_shop(shop, "A1;2;Anna;1", ";1;Anna;1", special=["A1;Fair", "A9;Fair"])
    assert table_of(report, "credits").quarantined == {
        "order_id and line are not among the orders": 1,
        "order_id is empty": 1,
    }
    assert table_of(report, "one_offs").quarantined == {"order_id is not among the orders": 1}


def test_a_line_that_two_sources_share_out_keeps_the_shares_of_the_first(shop, tmp_path):
    sharing_shop(shop, "A1;1;Anna;1")
    other = Shop(tmp_path, "branch")
    (other.source / "source.toml").write_text("writing.separator = ';'\n" + CREDITS)
    other.write("Shares.csv", "No;Line;Who;Part\nA1;1;Bert;1\nA2;1;Bert;1\n")
    other.write("Special.csv", "No;Why\n")
    credits = table_of(other.load(), "credits")
    assert credits.quarantined == {"order_id and line are shared out by another source already": 1}
    assert [row["order_id"] for row in other.rows("credits")] == ["A2"]


# ---------------------------------------------------------------------------------- the declaration


@pytest.mark.parametrize("name", names())
def test_sources_that_ship_can_be_read(name):
    assert read_source(name).tables


def test_everything_that_is_wrong_with_a_declaration_is_said_at_once(shop):
    (shop.source / "source.toml").write_text(
        """
        compny = "X"
        currency = "Euro"
        fiscal_year_start = 13
        alone = "yes"
        [writing]
        separator = "--"
        decimal_mark = "."
        quote = "é"
        thousands_mark = "."
        encoding = "utf-9"
        dates = "dd.mm"
        [files.sales]
        columns = { No = "txt", " no" = "text" }
        replace.Nr = { a = "b" }
        [[files.sales.leave_out]]
        where = "true"
        [files.2nd]
        file = 5
        leave_out = "No = 1"
        [files.2nd.writing]
        separator = "'"
        quote = "'"
        decimal_mark = "-"
        [tables]
        order = "from sales"
        people = "people.sql"
        """
    )
    message = shop.refused()
    for expected in (
        "There is no key 'compny'. Did you mean 'company'?",
        "currency is 'Euro'; write its three letters, such as EUR",
        "fiscal_year_start is 13; write a whole number from 1 to 12",
        "alone is 'yes'; write true or false",
        "writing: separator is '--'; write one character",
        "writing: separator and quote must be plain characters, and no line ends",
        "writing: decimal_mark and thousands_mark are both '.'",
        "writing: encoding 'utf-9' is not known",
        "writing: dates is 'dd.mm'; write where day, month and year stand, such as dd.mm.yyyy",
        "files.sales: file is missing",
        "files.sales.columns: No: There is no type 'txt'. Did you mean 'text'?",
        "files.sales.columns:  no is declared twice",
        "files.sales: replace: There is no column 'Nr'. Known: ",
        "files.sales.leave_out[1]: reason is missing",
        "files.2nd: the name is used in queries",
        "files.2nd: file is 5; write a text in quotes",
        "files.2nd: leave_out must be written in double brackets",
        "files.2nd.writing: separator and quote are both",
        "files.2nd.writing: decimal_mark and thousands_mark cannot be letters, digits or a minus",
        "files.2nd.columns: no columns are declared",
        "[tables]: There is no table 'order'. Did you mean 'orders'?",
        "tables: people: there is no file",
    ):
        assert expected in message


@pytest.mark.parametrize("text", ["about = ", "files = 3", ""])
def test_a_declaration_that_is_none_is_refused(shop, text):
    (shop.source / "source.toml").write_text(text)
    assert "source.toml" in shop.refused()


def test_a_condition_or_a_view_that_cannot_be_run_is_refused_in_words(shop):
    shop.declare("No = 'Total'", "Number = 'Total'")
    assert "leave_out of the file sales cannot be used: Binder Error" in shop.refused()
    shop.declare("[tables]", '[views]\nodd = "select Nr from sales"\n[tables]')
    assert "the view odd: the query cannot be run: Binder Error" in shop.refused()


def test_views_are_shared_by_tables(shop):
    shop.declare("[tables]", '[views]\nodd = "from sales"\neven = "from odd"\n[tables]')
    (shop.source / "orders.sql").write_text(ORDERS.replace("from sales", "from even"), encoding="utf-8")
    assert table_of(shop.load(), "orders").kept == 2


@pytest.mark.parametrize("name", ["quarantine", "Kept_people", "texts_read"])
def test_names_that_the_import_uses_itself_are_refused(shop, name):
    shop.declare("[tables]", f'[views]\n{name} = "from sales"\n[tables]')
    assert f"a file or view cannot be called {name!r}" in shop.refused()


def test_names_that_queries_cannot_tell_apart_are_refused(shop):
    shop.declare("[tables]", '[views]\nSALES = "from staff"\n[tables]')
    assert "'sales' is the name of two files or views" in shop.refused()


@pytest.mark.parametrize("path", ["../Sales.csv", "/etc/hostname"])
def test_a_file_outside_the_folder_is_refused(shop, path):
    shop.declare('file = "Sales.csv"', f'file = "{path}"')
    assert "it must lie in the folder that is imported" in shop.refused()


def test_a_query_may_end_with_a_semicolon(shop):
    shop.declare('from staff"', 'from staff; "')
    assert table_of(shop.load(), "orders").kept == 2


# ------------------------------------------------------------------------------ the sample's source


def test_the_sample_source_brings_every_table_with_every_column():
    source = read_source("sample")
    assert list(source.tables) == list(TABLES)
    assert {file.name: tuple(file.columns) for file in source.files} == {
        table.name: table.names for table in TABLES.values()
    }
    assert source.alone


def test_what_the_sample_company_writes_is_read_back(tmp_path):
    from made_history import write_history

    write_history(
        tmp_path,
        territories=[{"territory": "North", "region": "All"}],
        people=[{"rep": "Anna"}],
        goals=[
            {"rep": "Anna", "metric": "revenue", "month": "2026-01-01", "target": 1_234_56},
            {"rep": "Anna", "metric": "units", "month": "2026-01-01", "target": 7},
            {"rep": "Anna", "metric": "deal_size", "month": "2026-01-01", "target": 99},
        ],
    )
    written = {file.stem: pq.read_table(file) for file in (tmp_path / "made").glob("*.parquet")}
    empty = {name: pa.table(arrow_schema(table).empty_table()) for name, table in TABLES.items()}
    frames = {name: written.get(name, empty[name]).to_pandas(types_mapper=_nullable) for name in TABLES}
    sample_files.write(tmp_path / "files", frames)
    workspace = config.load(tmp_path / "workspace")
    assert import_source("sample", tmp_path / "files", workspace).quarantined == 0
    goals = pq.read_table(workspace.history / "sample" / "goals.parquet").to_pylist()
    assert {row["metric"]: row["target"] for row in goals} == {"revenue": 1_234_56, "units": 7, "deal_size": 99}


def _nullable(type):
    import pandas as pd

    return pd.Int64Dtype() if type == pa.int64() else None


# ------------------------------------------------------------------------------------ what is written


def test_the_example_of_the_handbook_does_what_it_says(tmp_path):
    handbook = (config.sources() / "README.md").read_text(encoding="utf-8")
    for file, text in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", handbook, flags=re.M | re.S):
        (tmp_path / file).write_text(text, encoding="utf-8")
    report = import_source(tmp_path, tmp_path, config.load(tmp_path / "workspace"))
    orders = table_of(report, "orders")
    assert [file.rows for file in report.files] == [2, 3]
    assert (report.files[1].replaced[0].rows, report.quarantined) == (1, 1)
    assert (orders.kept, orders.total_out) == (2, 1_135_56)


def test_the_handbook_names_every_key_of_a_source():
    handbook = (config.sources() / "README.md").read_text(encoding="utf-8")
    keys = {*IMPLIED, "about", "alone", *(field.name for field in fields(Writing)), "replace.COLUMN", "leave_out"}
    keys |= {"currency.COLUMN", "[rates]"}
    assert [key for key in sorted(keys) if f"`{key}`" not in handbook] == []
    assert [f"`{name}`" for name in names() if f"`{name}`" not in handbook] == []


def test_the_data_dictionary_describes_every_column_of_every_table_and_nothing_else():
    text = (config.ROOT / "data" / "README.md").read_text(encoding="utf-8")
    described = {}
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (yes|no) \| (.+) \|$", part, flags=re.M)
        described[part.split("\n")[0].strip("` ")] = rows
    assert described == {
        table.name: [
            (column.name, column.type, "yes" if column.required else "no", column.help) for column in table.columns
        ]
        for table in TABLES.values()
    }
