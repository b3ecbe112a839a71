"""Reading files strictly: what stands there is what is read, or it is refused with its place."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.history.intake.lines import records
from planning.history.intake.reading import UnreadableError, read_texts
from planning.history.intake.source import File
from planning.history.intake.staging import open_engine, stage
from planning.history.intake.writing import Writing

GERMAN = {"decimal_mark": ",", "thousands_mark": "."}
ENGLISH = {"decimal_mark": ".", "thousands_mark": ","}
FRENCH = {"decimal_mark": ",", "thousands_mark": "\u202f"}
ARABIC = {"decimal_mark": "٫", "thousands_mark": "٬"}


@pytest.fixture
def read(tmp_path):
    """Read bytes as a file of two text columns, or those given."""

    def reading(content, columns=("a", "b"), **writing):
        (tmp_path / "f.csv").write_bytes(content)
        file = File("f", "f.csv", Writing(**writing), dict.fromkeys(columns, "text"))
        return read_texts(tmp_path / "f.csv", file)

    return reading


@pytest.fixture
def refused(read):
    """Say why bytes are refused."""

    def refusing(content, *more, **writing):
        with pytest.raises(UnreadableError) as caught:
            read(content, *more, **writing)
        return list(caught.value.problems)

    return refusing


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """Read values of one type; give back the values, or what is wrong with them."""
    folder = tmp_path_factory.mktemp("typed")

    def reading(values, type, minor_digits=2, **writing):
        content = "".join(f"{value}\n" for value in ("a", *(f'"{value}"' for value in values)))
        (folder / "f.csv").write_text(content, encoding="utf-8")
        file = File("f", "f.csv", Writing(**writing), {"a": type})
        engine.execute("drop table if exists f")
        _, problems = stage(engine, folder, file, minor_digits)
        return problems or [value for (value,) in engine.sql("select a from f order by _line").fetchall()]

    with open_engine(folder) as engine:
        yield reading


def lines(table):
    return table["_line"].to_pylist()


# ------------------------------------------------------------------------------------------- files


def test_texts_are_read_as_they_stand(read):
    table = read(b'a,b\n00123,1E5\nNA,null\n9007199254740993,"say ""x"", y"\n =1 ,\n')
    assert table["a"].to_pylist() == ["00123", "NA", "9007199254740993", " =1 "]
    assert table["b"].to_pylist() == ["1E5", "null", 'say "x", y', ""]
    assert set(table["_file"].to_pylist()) == {"f.csv"}


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\n\n"])
def test_line_ends_of_every_system_are_read(read, end, last):
    table = read((b"a,b\n1,2\n3,4" + last).replace(b"\n", end))
    assert (table["b"].to_pylist(), lines(table)) == (["2", "4"], [2, 3])


def test_lines_are_counted_as_an_editor_does_also_after_line_breaks_in_quotes(read):
    table = read(b'\na,b\r\n"x\r\ny\nz",1\r\n\r\n2,"\n"\r\n3,4')
    assert table["a"].to_pylist() == ["x\r\ny\nz", "2", "3"]
    assert lines(table) == [3, 7, 9]


@pytest.mark.parametrize(
    "header", ["\ufeffa,b", " a , b", "a\u00a0,B", "\uff41,b", "b,x,a", '"a","b"', "a,b,,", "a,other,b"]
)
def test_headers_are_matched_without_case_and_odd_spaces_in_any_order(read, header):
    names = [name.strip('" \u00a0\ufeff').casefold() for name in header.split(",")]
    row = ",".join({"a": "1", "\uff41": "1", "b": "2"}.get(name, "9") for name in names)
    table = read(f"{header}\n{row}\n".encode())
    assert (table["a"].to_pylist(), table["b"].to_pylist()) == (["1"], ["2"])


def test_a_file_with_a_header_alone_has_no_rows(read):
    table = read(b"a,b\n")
    assert (len(table), table.column_names) == (0, ["a", "b", "_line", "_file"])


def test_all_rows_with_too_few_or_too_many_fields_are_counted_and_the_first_named(refused):
    assert refused(b'a,b\n1,2\n"x\ny",3\n4\n\n5,6,7\n') == [
        "the header has 2 fields, but line 5 has 1, line 7 has 3"
    ]  # fmt: skip
    (many,) = refused(b"a,b\n" + b"1\n" * 12)
    assert many.endswith("line 6 has 1 and 7 more")


def test_ragged_rows_are_found_where_the_file_is_read_in_pieces(refused):
    content = b"a,b\n" + b"0123456789,0123456789\n" * 1_000_000 + b"1,2,3\n"
    assert refused(content) == ["the header has 2 fields, but line 1000002 has 3"]


def test_doubled_headers_are_refused(refused):
    assert refused("a,b,A\u00a0\n1,2,3\n".encode()) == ["the header 'a' stands in columns 1 and 3"]


def test_missing_columns_are_all_named_with_the_nearest(refused):
    assert refused(b"aa,c\n1,2\n") == [
        "There is no column 'a'. Did you mean 'aa'? Known: aa, c.",
        "There is no column 'b'. Known: aa, c.",
    ]


@pytest.mark.parametrize("content", [b"", b"\n\r\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(refused, content):
    assert "is empty" in refused(content)[0]


def test_a_file_in_another_encoding_is_refused_and_read_once_it_is_declared(read, refused):
    western, wide = "a,b\n1,2\nJosé,3\n".encode("cp1252"), "a,b\n1,2\nJosé,3\n".encode("utf-16")
    assert refused(western)[0].startswith("line 3: byte e9 is not utf-8, which is declared.")
    assert refused(wide)[0].startswith("is written in UTF-16; utf-8 is declared.")
    assert refused("a,b\n1,2".encode("utf-16-le"))[0].startswith("line 1: holds a NUL byte")
    for content, encoding in ((western, "cp1252"), (wide, "utf-16")):
        assert read(content, encoding=encoding)["a"].to_pylist() == ["1", "José"]


def test_a_nul_byte_is_refused_with_its_line(refused):
    assert refused(b"a,b\n1,2\n3,\x004\n")[0].startswith("line 3: holds a NUL byte")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'a,b\n1,2\n3,5" pipe\n', "line 3: a quote stands inside a field"),
        (b'a,b\n"1"x,2\n', "line 2: a quote stands inside a field"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "line 3: a quote is opened here and never closed"),
    ],
)
def test_a_misplaced_quote_is_refused_with_its_line(refused, content, message):
    assert refused(content)[0].startswith(message)


def test_quotes_mean_nothing_where_none_are_declared(read):
    assert read(b'a,b\n1,5" pipe\n"2",3\n', quote="")["a"].to_pylist() == ["1", '"2"']


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(*[st.text("ab \",;\n\r'é", max_size=6)] * 2), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, rows, end):
    def field(text):
        return '"' + text.replace('"', '""') + '"'

    path = tmp_path_factory.mktemp("written") / "f.csv"
    path.write_bytes("".join(f"{field(a)},{field(b)}{end}" for a, b in [("a", "b"), *rows]).encode())
    table = read_texts(path, File("f", "f.csv", Writing(), {"a": "text", "b": "text"}))
    assert list(zip(table["a"].to_pylist(), table["b"].to_pylist(), strict=True)) == rows


@settings(deadline=None)
@given(st.text("ab\n\r", max_size=30))
def test_records_without_quotes_are_the_lines_of_the_file(text):
    found = records(text.encode(), ",", "")
    pieces = [text.encode()[start:end].decode() for start, end in zip(found.starts, found.ends, strict=True)]
    assert pieces == text.splitlines() or not text
    assert found.lines.tolist() == list(range(1, len(pieces) + 1))


# ------------------------------------------------------------------------------------------ amounts


@pytest.mark.parametrize(
    ("marks", "text", "minor"),
    [
        (GERMAN, "1.234,56", 123_456), (GERMAN, "1.234", 123_400), (GERMAN, "12,5", 1_250), (GERMAN, "-5", -500),
        (ENGLISH, "1,234.56", 123_456), (ENGLISH, "1,234", 123_400), (ENGLISH, "12.5", 1_250),
        (FRENCH, "1\u202f234,56", 123_456), (FRENCH, "12,5", 1_250),
        (ARABIC, "1٬234٫56", 123_456),
        ({}, "1234.56", 123_456), ({}, "-0.01", -1), ({}, "0", 0), ({}, " 7 ", 700),
        ({}, "92233720368547758.07", 2**63 - 1), ({}, "-92233720368547758.08", -(2**63)),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_cent_by_its_marks(typed, marks, text, minor):
    assert typed([text], "money", **marks) == [minor]


@pytest.mark.parametrize(
    ("marks", "texts"),
    [
        (GERMAN, ["12.5", "1.23", "1,234.5", "1.2345,00", "1..234", ".234", "1,", "1,234"]),
        (ENGLISH, ["1,23", "1.234,56", "12,34.00", "1234,567", "1,234,56", "1.234"]),
        (FRENCH, ["1 234,56", "1.234,56", "12.5"]),
        (ARABIC, ["1,234.56", "١٢"]),
        ({}, ["1,234", "inf", "nan", "NaN", "1E5", "0x10", "1_000", "+5", "5-", "(5)", "5%", "−5", "--5", "$5",
              "1.005", ".5", "5.", "- 5", "92233720368547758.08"]),
    ],
)  # fmt: skip
def test_an_amount_that_does_not_follow_its_marks_is_refused(typed, marks, texts):
    for text in texts:
        (problem,) = typed(["1", text], "money", **marks)
        assert f"column 'a': line 3 has {text!r}; expected an amount such as 1" in problem


def test_the_currency_says_how_many_decimals_there_are(typed):
    assert typed(["700"], "money", 0) == [700]
    assert typed(["0.007"], "money", 3) == [7]
    assert "without decimals" in typed(["700.0"], "money", 0)[0]


def test_empty_is_not_zero(typed):
    for type in ("text", "whole", "money", "decimal", "date"):
        assert typed(["", "  "], type) == [None, None]


@settings(deadline=None)
@given(
    amounts=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20),
    digits=st.integers(0, 4),
    marks=st.permutations([".", ",", " ", "'", "\u00a0", "|", "^", "]", "\\", "*"]),
    grouped=st.booleans(),
)
def test_any_amount_in_any_writing_is_read_back_exactly(typed, amounts, digits, marks, grouped):
    decimal_mark, thousands_mark = marks[0], marks[1] if grouped else ""

    def written(minor):
        whole, fraction = divmod(abs(minor), 10**digits)
        text = f"{whole:,}".replace(",", thousands_mark)
        text += f"{decimal_mark}{fraction:0{digits}d}" if digits else ""
        return f"-{text}" if minor < 0 else text

    texts = [written(minor) for minor in amounts]
    assert typed(texts, "money", digits, decimal_mark=decimal_mark, thousands_mark=thousands_mark) == amounts


def test_whole_numbers_and_decimals_are_exact(typed):
    assert typed(["007", "-3", "9007199254740993"], "whole") == [7, -3, 9_007_199_254_740_993]
    assert typed(["0.1", "-999999999999.999999"], "decimal") == [Decimal("0.1"), Decimal("-999999999999.999999")]
    assert "expected a whole number such as 1234 or -5" in typed(["5.0"], "whole")[0]
    assert "with at most 6 decimals" in typed(["0.1234567"], "decimal")[0]


# -------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("yyyy/mm/dd", "2017/08/25", date(2017, 8, 25)),
        ("dd-mm-yy", "20-10-16", date(2016, 10, 20)),
        ("d.m.yyyy", "1.12.2026", date(2026, 12, 1)),
        ("d.m.yyyy", "01.2.2026", date(2026, 2, 1)),
        ("mm/dd/yyyy", "02/13/2026", date(2026, 2, 13)),
        ("yyyymmdd", "20240229", date(2024, 2, 29)),
        ("yyyy-mm-dd 00:00:00", "2024-02-29 00:00:00", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_in_the_declared_form(typed, form, text, day):
    assert typed([text], "date", dates=form) == [day]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("yyyy/mm/dd", "2017/02/30"), ("yyyy/mm/dd", "2019/02/29"), ("yyyy/mm/dd", "2017-08-25"),
        ("yyyy/mm/dd", "17/08/25"), ("yyyy/mm/dd", "2017/8/25"), ("yyyy/mm/dd", "2017/08/25 02:30"),
        ("yyyy/mm/dd", "0217/08/25"), ("dd-mm-yy", "20-13-16"), ("dd-mm-yy", "20-10-2016"),
        ("dd/mm/yyyy", "02/13/2026"), ("mm/dd/yyyy", "13/02/2026"), ("dd.mm.yyyy", "31.04.2026"),
        ("dd.mm.yyyy", "01x04x2026"), ("yyyy-mm-dd", "9999-12-31"),
    ],
)  # fmt: skip
def test_a_date_in_another_form_or_on_no_calendar_is_refused(typed, form, text):
    (problem,) = typed([text], "date", dates=form)
    assert f"line 2 has {text!r}; expected a date written {form}" in problem
