"""Goals typed for many at once, and a plan that goes to a spreadsheet and back: exact, safe, or refused in words."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from planning.amounts import to_major
from planning.errors import LedgerError, PlanningError, SourceError
from planning.goals import ledger, owners
from planning.goals.editing import typed
from planning.goals.editing.brought import Brought, Marks, Taken, check_marks, held_against
from planning.goals.editing.placing import Ground
from planning.settings import Settings
from planning.sheets.plan_file import GOALS, HEAD, HIDDEN, plain, write_plan
from planning.sheets.plan_reading import read_plan
from planning.workbook import goals
from planning.workbook.editing import book, exchange

MONTHS = [f"2027-{month:02}" for month in range(1, 13)]
QUARTERS = {month: f"FY2027 Q{place // 3 + 1}" for place, month in enumerate(MONTHS)}
US = Settings(workspace="/tmp")
MARKS = Marks("FY2027|plan|2026-11-01T08:00:00", 3, "0a1b", "USD", 2)
NEW = "G"


def ground(sizes, held=()):
    """Make a book: territories by name with the goals of their reps, by two products and twelve months."""
    territories = pd.DataFrame(
        {"territory": list(sizes), "region": ["West" if name == "West" else "Rest" for name in sizes]}
    )
    places = [(name, f"{name}{number}") for name, reps in sizes.items() for number in range(len(reps))]
    tree = owners.build(territories, pd.DataFrame(places, columns=["territory", "rep"]), "Company")
    rows = []
    for name, reps in sizes.items():
        for number, size in enumerate(reps):
            parts = np.diff(np.linspace(0, size, 25).astype("int64"))
            cells = [(product, month) for product in ("Bikes", "Helmets") for month in MONTHS]
            rows += [
                {"owner": f"position:{name}:{name}{number}", "product": product, "channel": "Shops", "period": month,
                 "amount": int(part)}
                for (product, month), part in zip(cells, parts, strict=True)
            ]  # fmt: skip
    shaped = pd.DataFrame(rows, columns=["owner", "product", "channel", "period", "amount"])
    entries = ledger.entries(shaped, metric="revenue", step="start", reason="Start", source="Test")
    return Ground(tree, entries, MONTHS, held)


def carried(ground, found=None):
    rows = ground.rows if found is None else pd.concat([ground.rows, found.entries])
    return ground.owners.roll_up(rows.groupby("owner")["amount"].sum())


def own(ground, found):
    """Give what stands on each own account after posting."""
    return pd.concat([ground.rows, found.entries]).groupby("owner")["amount"].sum()


SIZES = {"East": [100_00, 200_00, 300_00], "North": [50_00], "West": [400_00, 500_00]}
EAST = [f"position:East:East{number}" for number in range(3)]


def test_a_typed_goal_is_met_and_the_difference_stands_on_the_account_of_the_territory():
    book = ground(SIZES)
    found = typed.typed(book, {EAST[0]: 150_00, EAST[1]: 190_00})
    after = carried(book, found)
    assert after[EAST].tolist() == [150_00, 190_00, 300_00]
    assert after["territory:East"] == 600_00
    assert own(book, found)["territory:East"] == -40_00
    # Product by product and month by month: nothing moves between them.
    assert (found.entries.groupby(["product", "period"])["amount"].sum() == 0).all()
    table = found.table.set_index("owner")
    assert table.loc["territory:East", ["unplaced_before", "unplaced_after"]].tolist() == [0, -40_00]
    assert table["typed"].to_dict() == {"territory:East": False, EAST[0]: True, EAST[1]: True}


def test_those_beside_share_the_difference_in_proportion_if_asked_for():
    book = ground(SIZES)
    found = typed.typed(book, {EAST[0]: 150_00}, share=True)
    assert carried(book, found)[EAST].tolist() == [150_00, 180_00, 270_00]
    assert found.table["unplaced_after"].eq(0).all()
    # A territory that is typed takes from the territories beside, and hands it to all of its own.
    grown = typed.typed(book, {"territory:East": 640_00}, share=True)
    after = carried(book, grown)
    assert after["territory:East"] == 640_00
    assert after["territory:North"] == 10_00
    assert after[EAST].tolist() == [106_67, 213_33, 320_00]
    assert after["region:Rest"] == 650_00


def test_goals_of_a_territory_and_of_all_its_reps_agree_or_are_refused_with_by_how_much():
    book = ground(SIZES)
    reps = {EAST[0]: 110_00, EAST[1]: 210_00, EAST[2]: 310_00}
    for share in (False, True):
        with pytest.raises(
            LedgerError, match=r"East was typed as 62,000 .*come to 63,000 minor units: 1,000 .*too much"
        ):
            typed.typed(book, {"territory:East": 620_00, **reps}, share)
    found = typed.typed(book, {"territory:East": 630_00, **reps})
    assert carried(book, found)["territory:East"] == 630_00
    assert own(book, found)["region:Rest"] == -30_00
    # Over-assignment that stays what it was agrees as well.
    over = typed.typed(book, {EAST[0]: 120_00})
    held = Ground(book.owners, pd.concat([book.rows, over.entries]), MONTHS)
    again = typed.typed(held, {"territory:East": 610_00, **reps})
    assert own(held, again)["territory:East"] == -20_00


def test_everything_that_is_wrong_is_said_at_once_and_held_goals_by_name():
    book = ground(SIZES, held={EAST[1]})
    with pytest.raises(LedgerError) as error:
        typed.typed(book, {EAST[0]: -1, EAST[1]: 1, "company": 5})
    assert "East0 in East: a goal of -1 minor units is below zero" in str(error.value)
    assert "East1 in East: the goal is agreed or held, and stays 20,000" in str(error.value)
    assert "The goal of the company is set" in str(error.value).replace("the goal of the", "The goal of the")
    with pytest.raises(LedgerError, match="'position:East:Nobody' is not an owner"):
        typed.typed(book, {"position:East:Nobody": 1})
    assert typed.typed(book, {EAST[1]: 200_00}).entries.empty


def test_nobody_left_to_share_and_more_than_those_beside_carry_are_refused_by_name():
    book = ground(SIZES, held={EAST[1], EAST[2]})
    with pytest.raises(LedgerError, match=r"East: those below come to 5,000 minor units too much, and nobody"):
        typed.typed(book, {EAST[0]: 150_00}, share=True)
    book = ground(SIZES)
    with pytest.raises(LedgerError, match=r"East: .* 51,000 .*those beside carry less"):
        typed.typed(book, {EAST[0]: 610_00}, share=True)
    assert own(book, typed.typed(book, {EAST[0]: 610_00}))["territory:East"] == -510_00


def test_goals_are_typed_for_a_product_line_a_quarter_and_a_product_line_in_a_quarter():
    book = ground(SIZES)
    bikes = typed.typed_in(book, {EAST[0]: 60_00}, QUARTERS, product="Bikes")
    before = book.rows[book.rows["owner"] == EAST[0]].groupby("product")["amount"].sum()
    rows = pd.concat([book.rows, bikes.entries])
    after = rows[rows["owner"] == EAST[0]].groupby("product")["amount"].sum()
    assert after.to_dict() == before.to_dict() | {"Bikes": 60_00}
    assert own(book, bikes)["territory:East"] == before["Bikes"] - 60_00
    quarter = typed.typed_in(book, {EAST[0]: 40_00}, QUARTERS, quarter="FY2027 Q1", share=True)
    rows = pd.concat([book.rows, quarter.entries])
    first = rows[rows["period"].isin(MONTHS[:3])]
    assert first[first["owner"] == EAST[0]]["amount"].sum() == 40_00
    assert (quarter.entries["period"].isin(MONTHS[:3])).all()
    assert carried(book, quarter)["territory:East"] == 600_00
    both = typed.typed_in(book, {EAST[0]: 7_77}, QUARTERS, "Bikes", "FY2027 Q2").entries
    rows = pd.concat([book.rows, both])
    cut = rows[(rows["owner"] == EAST[0]) & (rows["product"] == "Bikes") & rows["period"].isin(MONTHS[3:6])]
    assert cut["amount"].sum() == 7_77
    assert set(both["product"]) == {"Bikes"}
    assert set(both["period"]) == set(MONTHS[3:6])
    with pytest.raises(LedgerError, match=r"(?s)'Skis'.*'Q9'"):
        typed.typed_in(book, {EAST[0]: 1}, QUARTERS, "Skis", "Q9")
    with pytest.raises(LedgerError, match="below zero"):
        typed.typed_in(book, {EAST[0]: -1}, QUARTERS, quarter="FY2027 Q1")


def test_a_quarter_typed_over_scales_its_months_and_products_alike():
    book = ground({"East": [100_00, 20_00]})
    now = typed.typed_in(book, {EAST[0]: 100_00}, QUARTERS, quarter="FY2027 Q1").entries
    book = replace(book, rows=pd.concat([book.rows, now]))
    more = typed.typed_in(book, {EAST[0]: 110_00}, QUARTERS, quarter="FY2027 Q1").entries
    cell = ["owner", "product", "channel", "period"]
    before = book.rows.groupby(cell)["amount"].sum()
    change = more[more["owner"] == EAST[0]].set_index(cell)["amount"]
    assert change.sum() == 10_00
    assert (change - before.reindex(change.index) * 0.1).abs().max() < 1


def test_somebody_without_a_goal_gets_one_evenly_over_the_months_of_what_is_typed():
    book = ground({"East": [0, 120_00]})
    found = typed.typed_in(book, {EAST[0]: 30}, QUARTERS, quarter="FY2027 Q2")
    mine = found.entries[found.entries["owner"] == EAST[0]]
    assert mine.set_index("period")["amount"].to_dict() == dict.fromkeys(MONTHS[3:6], 10)
    line = typed.typed_in(book, {EAST[0]: 12}, QUARTERS, product="Bikes").entries
    assert set(line["product"]) == {"Bikes"}


ANY = ["territory:East", "territory:North", "territory:West", "region:Rest", *EAST, "position:North:North0",
       "position:West:West0", "position:West:West1"]  # fmt: skip


@given(
    st.lists(st.integers(0, 100_000), min_size=6, max_size=6),
    st.dictionaries(st.sampled_from(ANY), st.integers(0, 120_000), min_size=1, max_size=6),
    st.sets(st.sampled_from(ANY), max_size=2),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_typed_goals_are_met_exactly_the_company_stays_and_nobody_else_moves(sizes, wanted, held, share):
    book = ground({"East": sizes[:3], "North": sizes[3:4], "West": sizes[4:]}, held)
    before = carried(book)
    try:
        found = typed.typed(book, wanted, share)
    except LedgerError:
        return
    after = carried(book, found)
    assert found.entries["amount"].sum() == 0
    assert after["company"] == before["company"]
    assert after[list(wanted)].to_dict() == wanted
    assert after[list(held)].equals(before[list(held)])
    if share:
        assert (after[list(book.owners.positions["owner"])] >= 0).all()
    else:
        rest = [owner for owner in before.index if owner not in wanted]
        assert after[rest].equals(before[rest])


# The file --------------------------------------------------------------------------------------------------------


def plan_of(names, amounts=None, marks=MARKS):
    """Make a plan to be taken out: a territory with a rep for each name."""
    sizes = list(amounts or range(100, 100 * len(names) + 1, 100))
    rows = [{"owner": "territory:T", "kind": "territory", "region": "R", "territory": "T", "rep": "", "name": "T",
             "last_year": sum(sizes), "expected": sum(sizes), "goal": sum(sizes), "note": ""}]  # fmt: skip
    rows += [
        {"owner": f"position:T:{name}", "kind": "position", "region": "R", "territory": "T", "rep": name,
         "name": name, "last_year": size, "expected": size, "goal": size, "note": name}
        for name, size in zip(names, sizes, strict=True)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    cut = pd.DataFrame({"owner": table["owner"], "=cmd()": table["goal"]})
    return Taken(marks, "=Title", table, cut, cut)


def file_of(names=("Ann", "Ben", "Cas"), **kwargs):
    return write_plan(plan_of(list(names), **kwargs), US, 2027)


def changed(content, change):
    """Open a file as a person does, change something, and save it."""
    book = load_workbook(io.BytesIO(content))
    change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_cells(content, **cells):
    def change(book):
        for address, value in cells.items():
            book[GOALS][address] = value

    return changed(content, change)


def remade(content, alter):
    """Rewrite the parts of the container."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        alter(parts)
        for name, part in parts.items():
            new.writestr(name, part)
    return made.getvalue()


def test_a_file_that_nobody_typed_into_says_nothing():
    found = read_plan(file_of(), US)
    assert found.marks == MARKS
    assert found.rows.empty
    again = read_plan(changed(file_of(), lambda book: None), US)
    assert again.rows.empty


def test_what_is_typed_is_read_to_the_minor_unit_whichever_way_it_is_written():
    typed_in = with_cells(file_of(), G5="1,234.50", G6=0.1 + 0.2, G7=640000, G8=" $7 ")
    found = read_plan(typed_in, US).rows
    assert found["typed"].tolist() == [1234_50, 30, 640000_00, 7_00]
    assert found["cell"].tolist() == ["G5", "G6", "G7", "G8"]
    assert found["exported"].tolist() == [6_00, 1_00, 2_00, 3_00]


DANGEROUS = [
    start + rest
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "'=", "|")
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)", "IMPORTXML(1)", "A1",
                 "_x0041_", "@SUM(1)", "DDE()", '"&A1', "1", "(1)", "é", "<b>", "&amp;", "]]>", "\x00", "\ufffe",
                 "'", " ")
]  # fmt: skip


def test_two_hundred_dangerous_texts_stay_texts_and_come_back_as_they_went():
    assert len(DANGEROUS) == 200
    content = file_of(DANGEROUS)
    book = load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                formula = cell.data_type == "f"
                own_column = sheet.title == GOALS and cell.row > HEAD and cell.column_letter in "HI"
                assert not formula or own_column, f"{sheet.title} {cell.coordinate}: {cell.value!r}"
    assert [book[GOALS].cell(HEAD + 2 + place, 3).value for place in (0, 20)] == ["=1+1", "+1+1"]
    assert read_plan(content, US).rows.empty


def test_a_thousand_amounts_below_zero_stay_numbers_to_the_cent():
    amounts = [-(place * 1_000_003 + 7) for place in range(1000)]
    content = file_of([f"R{place}" for place in range(1000)], amounts=amounts)
    sheet = load_workbook(io.BytesIO(content))[GOALS]
    read = [sheet.cell(HEAD + 2 + place, 6) for place in range(1000)]
    assert {cell.data_type for cell in read} == {"n"}
    assert [round(cell.value * 100) for cell in read] == amounts
    assert read_plan(content, US).rows.empty


def test_cells_that_cannot_be_read_for_certain_are_named_all_at_once():
    import datetime

    names = [f"R{place}" for place in range(8)]
    bad = with_cells(
        file_of(names),
        G5="1,23",
        G6=1.005,
        G7="=F7*2",
        G8="#REF!",
        G9=True,
        G10=datetime.date(2027, 1, 1),
        G11=-5,
        G12=1e15,
    )
    with pytest.raises(SourceError) as error:
        read_plan(bad, US)
    told = str(error.value)
    for part in ("G5: '1,23' is not an amount", "G6: 1.005 is finer than USD", "G7: the formula was never calculated",
                 "G8: the formula is broken (#REF!)", "G9: True is not an amount", "G10: 2027-01-01",
                 "G11: -5 is below zero", "G12: 1"):  # fmt: skip
        assert part in told
    german = Settings(workspace="/tmp", locale="de_DE")
    assert read_plan(with_cells(file_of(), G6="1.234,50"), german).rows["typed"].tolist() == [1234_50]


def cached(content, address, formula, value, kind="n"):
    """Put a formula with its cached value into the sheet of goals, as a spreadsheet program saves it."""
    marked = with_cells(content, **{address: 424242})

    def alter(parts):
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        before, after = sheet.split("<v>424242</v>")
        opened = before.rindex("<c ")
        start = before[opened:].replace(' t="n"', "").replace(">", f' t="{kind}">', 1)
        parts["xl/worksheets/sheet1.xml"] = f"{before[:opened]}{start}<f>{formula}</f><v>{value}</v>{after}".encode()

    return remade(marked, alter)


def test_a_formula_counts_by_the_value_it_was_saved_with():
    assert read_plan(cached(file_of(), "G6", "F6*640", 640), US).rows["typed"].tolist() == [640_00]
    with pytest.raises(SourceError, match=r"G6: the formula is broken \(#DIV/0!\)"):
        read_plan(cached(file_of(), "G6", "F6/0", "#DIV/0!", "e"), US)
    with pytest.raises(SourceError, match=r"G6: 33.3333333333333 is finer .*=ROUND"):
        read_plan(cached(file_of(), "G6", "F6*100/3", 33.333333333333336), US)


def test_altered_locked_cells_rows_and_headings_are_named():
    with pytest.raises(SourceError) as error:
        read_plan(with_cells(file_of(), F6=999, C7="Bea", K8="r99"), US)
    told = str(error.value)
    assert "F6: held '1.00' when the plan was taken out, and '999' now" in told
    assert "C7: held 'Ben' when the plan was taken out, and 'Bea' now" in told
    assert "K8: this row was not in the plan" in told
    with pytest.raises(SourceError, match="K7: this row stands in K6 already"):
        read_plan(with_cells(file_of(), K7="r2"), US)
    with pytest.raises(SourceError, match=r"(?s)headings .* were altered.*'Goal now' is missing"):
        read_plan(with_cells(file_of(), F4="Goals"), US)
    with pytest.raises(SourceError, match="L4: the heading .* stands in G4 already"):
        read_plan(with_cells(file_of(), L4="  new\u00a0GOAL "), US)
    fullwidth = with_cells(file_of(), G4="  ＮＥＷ\u00a0goal ", G6=5)
    assert read_plan(fullwidth, US).rows["typed"].tolist() == [5_00]


def test_rows_may_be_sorted_or_left_out_since_each_bears_its_number():
    def turn(book):
        sheet = book[GOALS]
        sheet["G6"] = 5
        sheet.move_range("A6:K6", rows=10)

    found = read_plan(changed(file_of(), turn), US).rows
    assert found[["owner", "cell", "typed"]].to_numpy().tolist() == [["position:T:Ann", "G16", 5_00]]


def test_a_file_that_was_not_taken_out_here_or_whose_hidden_sheet_was_altered_is_refused():
    def exported(book):
        kept = json.loads(book[HIDDEN]["A3"].value)
        book[HIDDEN]["A3"] = json.dumps({**kept, "goal": "5.00"}, sort_keys=True)

    for change in (
        exported,
        lambda book: book.remove(book[HIDDEN]),
        lambda book: book[HIDDEN].delete_rows(3),
        lambda book: setattr(book[HIDDEN]["A1"], "value", "{}"),
    ):
        with pytest.raises(SourceError, match="was not taken out of this workbook"):
            read_plan(changed(file_of(), change), US)


def test_files_that_are_not_safe_to_open_are_refused_with_the_reason():
    content = file_of()
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    cases = {
        "holds macros": remade(content, lambda parts: parts.update({"xl/vbaProject.bin": b"x"})),
        "links to other files": remade(
            content, lambda parts: parts.update({"xl/externalLinks/externalLink1.xml": b"x"})
        ),
        "connected to data elsewhere": remade(content, lambda parts: parts.update({"xl/connections.xml": b"x"})),
        "holds other files": remade(content, lambda parts: parts.update({"xl/embeddings/a.bin": b"x"})),
        "old Excel workbook": old,
        "protected by a password": old + "EncryptedPackage".encode("utf-16-le"),
        "no Excel workbook": b"Region;Territory\n",
        "damaged": content[: len(content) // 2],
        "MB are read at most": content + b"\x00" * 9_000_000,
    }
    for reason, case in cases.items():
        with pytest.raises(SourceError, match=reason):
            read_plan(case, US)


def test_a_file_that_would_grow_beyond_measure_is_refused_before_anything_is_unpacked(monkeypatch):
    content = remade(file_of(), lambda parts: parts.update({"xl/worksheets/sheet9.xml": b"0" * 100_000_000}))
    assert len(content) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(SourceError, match="would grow to 95 MB"):
        read_plan(content, US)
    many = io.BytesIO()
    monkeypatch.undo()
    with zipfile.ZipFile(many, "w") as archive:
        for place in range(500):
            archive.writestr(f"xl/part{place}.xml", "x")
    with pytest.raises(SourceError, match="500 parts"):
        read_plan(many.getvalue(), US)


def test_entities_that_multiply_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    for each in (bomb, bomb.decode().encode("utf-16")):
        with pytest.raises(SourceError, match="declares entities"):
            read_plan(remade(file_of(), lambda parts, each=each: parts.update({"xl/workbook.xml": each})), US)


@given(st.text(max_size=60), st.integers(-(10**14), 10**14), st.sampled_from([0, 2, 3]))
@settings(max_examples=15, deadline=None)
def test_any_text_and_any_amount_come_back_as_they_went(text, amount, digits):
    marks = Marks("FY2027|plan|x", 1, "e", "USD", digits)
    money = Settings(workspace="/tmp", minor_digits=digits)
    content = write_plan(plan_of([text or "x"], amounts=[amount], marks=marks), money, 2027)
    assert read_plan(content, money).rows.empty
    book = load_workbook(io.BytesIO(content))
    assert book[GOALS]["C6"].value in (plain(text or "x"), None)
    book[GOALS]["G6"] = to_major(abs(amount), digits)
    written = io.BytesIO()
    book.save(written)
    assert read_plan(written.getvalue(), money).rows["typed"].tolist() == [abs(amount)]


# Held against the book -------------------------------------------------------------------------------------------


def compared(exported, now, wanted):
    book = ground({"East": [now]})
    brought = Brought(MARKS, pd.DataFrame([{"owner": EAST[0], "cell": "G6", "exported": exported, "typed": wanted}]))
    return held_against(brought, book.owners, book.carried, book.tell, lambda owner: " (Ann: the review)")


@pytest.mark.parametrize(
    ("exported", "now", "wanted", "state"),
    [(100, 100, 120, "change"), (100, 100, 100, "same"), (100, 120, 120, "already"), (100, 120, 130, "conflict"),
     (100, 120, 100, "same")],
)  # fmt: skip
def test_a_typed_goal_is_held_against_what_was_taken_out_and_what_is_now(exported, now, wanted, state):
    found = compared(exported, now, wanted)
    assert found.rows["state"].tolist() == [state]
    assert bool(found.problems) == (state == "conflict")
    assert len(found.changes) == (state == "change")


def test_a_conflict_says_who_changed_what_and_a_stranger_is_named():
    told = compared(100, 120, 130).said
    assert "G6, East0: was 100 minor units when it was taken out, is 120 minor units now (Ann: the review)" in told
    book = ground({"East": [5]})
    brought = Brought(MARKS, pd.DataFrame([{"owner": "position:East:X", "cell": "G6", "exported": 1, "typed": 2}]))
    assert (
        "G6: 'position:East:X' is not in this book" in held_against(brought, book.owners, book.carried, str, str).said
    )


def test_a_file_of_another_plan_or_currency_is_refused():
    with pytest.raises(LedgerError, match=r"another plan \(FY2026 plan, begun x\); here is FY2027 plan"):
        check_marks(Marks("FY2026|plan|x", 1, "e", "USD", 2), MARKS)
    with pytest.raises(LedgerError, match="in EUR with 2 decimals, the plan in USD"):
        check_marks(Marks(MARKS.plan, 1, "e", "EUR", 2), MARKS)


def typed_into(context, content, **names):
    """Type goals into the rows of reps."""

    def change(book):
        rows = {row[2].value: row[0].row for row in book[GOALS].iter_rows(min_row=HEAD + 1)}
        for name, goal in names.items():
            book[GOALS][f"{NEW}{rows[name.replace('_', ' ')]}"] = goal

    return read_plan(changed(content, change), context.settings)


def test_a_plan_goes_out_and_comes_back_once_and_what_was_changed_meanwhile_is_a_conflict(planned):
    taken = exchange.taken_out(planned)
    content = write_plan(taken, planned.settings, planned.year)
    assert (
        exchange.compared(planned, read_plan(content, planned.settings)).said
        == "Nothing to post: no goal was changed."
    )
    assert (taken.quarters.set_index("owner").sum(axis=1).to_numpy() == taken.goals["goal"].to_numpy()).all()
    assert (taken.products.set_index("owner").sum(axis=1).to_numpy() == taken.goals["goal"].to_numpy()).all()

    brought = typed_into(planned, content, Aiko_Tanabe=700_000, Luis_Ortega=600_000)
    before = goals.goals(planned).set_index("owner")
    assert exchange.compared(planned, brought).said == "2 goals change."
    assert goals.goals(planned).set_index("owner").equals(before)
    done = exchange.brought_in(planned, brought, "The file of March", "Ingrid")
    assert len(done.changes) == 2
    after = goals.goals(planned).set_index("owner")
    aiko, luis = "position:Harbour Coast:Aiko Tanabe", "position:Harbour Coast:Luis Ortega"
    assert after.loc[[aiko, luis], "assigned"].tolist() == [70_000_000, 60_000_000]
    rest = [owner for owner in before.index if owner not in (aiko, luis)]
    assert after.loc[rest, "assigned"].equals(before.loc[rest, "assigned"])
    moved = before.loc[[aiko, luis], "assigned"].sum() - 130_000_000
    assert after.loc["territory:Harbour Coast", "unplaced"] == moved

    # The same file again posts nothing, and says so.
    count = len(book.log(planned))
    assert "stands in the book already" in exchange.brought_in(planned, brought, "Again", "Ingrid").said
    assert len(book.log(planned)) == count

    # Somebody else's change since is a conflict, by name; nothing of the file is posted.
    later = typed_into(planned, content, Aiko_Tanabe=650_000, Ruth_Abelson=1)
    with pytest.raises(
        LedgerError, match=r"(?s)Aiko Tanabe: was .* is 700,000.00 USD now \(Ingrid: The file of March\)"
    ):
        exchange.brought_in(planned, later, "Late", "Ann")
    assert len(book.log(planned)) == count
    assert book.undo(planned, "Ingrid") == "The file of March"
    assert goals.goals(planned).set_index("owner").equals(before)


def test_many_goals_are_typed_explained_and_refused_when_held(planned):
    names = {"Aiko Tanabe": 70_000_000, "Maya Lindqvist": 60_000_000}
    before = exchange.previewed(planned, names).table
    exchange.typed(planned, names, "The review", "Ingrid", share=True)
    explained = goals.explain(planned, "Aiko Tanabe")
    assert explained["amount"].sum() == 70_000_000
    assert explained.iloc[-1][["step", "reason"]].tolist() == ["typed", "The review"]
    assert int(before["before"].sum()) > 0
    with pytest.raises(LedgerError, match="stand in the book already"):
        exchange.typed(planned, names, "Again", "Ingrid")
    book.hold(planned, "Aiko Tanabe", "Signed off", "Ingrid")
    with pytest.raises(
        LedgerError, match="Aiko Tanabe in Harbour Coast: the goal is agreed or held, and stays 700,000.00 USD"
    ):
        exchange.typed(planned, {"Aiko Tanabe": 1}, "Why", "Ingrid")
    found = exchange.typed(planned, {"Luis Ortega": 10_000_000}, "Spring", "Ingrid", quarter="FY2027 Q1")
    assert found.entries["amount"].sum() == 0
    split = goals.split(planned, "Luis Ortega", "quarter").set_index("quarter")["goal"]
    assert split["FY2027 Q1"] == 10_000_000


def test_commands_take_the_plan_out_and_bring_it_back(planned, tmp_path):
    from typer.testing import CliRunner

    from planning.cli.exchange import app

    file, workspace = tmp_path / "plan.xlsx", str(planned.settings.workspace)
    run = CliRunner().invoke
    assert run(app, ["export", str(file), "--workspace", workspace]).exit_code == 0
    seen = run(app, ["import", str(file), "--preview", "--workspace", workspace])
    assert "Nothing to post: no goal was changed." in seen.stderr
    refused = run(app, ["import", str(file), "--workspace", workspace])
    assert isinstance(refused.exception, PlanningError)
    assert "--why" in str(refused.exception)
