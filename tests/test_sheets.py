"""Numbers as people write them, and tables that say what they hold."""

import base64
import csv
import io
import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planning import sheets
from planning.amounts import LARGEST
from planning.errors import PlanningError, SettingsError
from planning.settings import Settings
from planning.sheets import Field
from planning.sheets.entry import read_money, read_percent

US = Settings(workspace="/tmp")
GERMANY = Settings(workspace="/tmp", currency="EUR", locale="de_DE")
JAPAN = Settings(workspace="/tmp", currency="JPY", locale="ja_JP", minor_digits=0)
KUWAIT = Settings(workspace="/tmp", currency="KWD", minor_digits=3)

FRANCE = Settings(workspace="/tmp", currency="EUR", locale="fr_FR")

AMOUNTS = st.integers(-(10**17), 10**17)


class Outline(HTMLParser):
    """Read elements, their attributes and all text."""

    def __init__(self, markup):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(markup)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def classes(self, name):
        return [place for place, (_, given) in enumerate(self.elements) if name in given.get("class", "").split()]


def outline(table):
    """Read a table without what saves it."""
    return Outline(re.sub(r'<p class="saves">.*?</p>', "", table._repr_html_(), flags=re.DOTALL))


def saved(table):
    """Read the file that a table saves."""
    link = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]*)" download="([^"]*)"', table._repr_html_())
    rows = list(csv.reader(io.StringIO(base64.b64decode(link[1]).decode("utf-8-sig"))))
    return rows, link[2]


# --- figures -----------------------------------------------------------------------------------


@given(AMOUNTS)
def test_money_keeps_every_cent(minor):
    written = sheets.money(minor, US)
    assert int(re.sub(r"[$,.]", "", written).replace(sheets.MINUS, "-")) == minor


@given(AMOUNTS)
def test_a_difference_and_its_opposite_differ_in_the_sign_alone(minor):
    above, below = (sheets.money(each, GERMANY, signed=True) for each in (abs(minor), -abs(minor)))
    assert above.lstrip("+") == below.lstrip(sheets.MINUS)
    assert above.startswith("+") == below.startswith(sheets.MINUS) == (minor != 0)


@given(AMOUNTS)
def test_the_sign_of_money_is_a_real_minus_and_stands_first(minor):
    for settings in (US, GERMANY, JAPAN, KUWAIT):
        written = sheets.money(minor, settings)
        assert written.startswith(sheets.MINUS) == (minor < 0)
        assert "-" not in written


@pytest.mark.parametrize(
    ("minor", "settings", "written"),
    [
        (123456789, US, "$1,234,567.89"),
        (123456789, GERMANY, "1.234.567,89\xa0€"),
        (-1234567, JAPAN, "−￥1,234,567"),
        (1234567, KUWAIT, "KWD\xa01,234.567"),
        (-1, US, "−$0.01"),
        (0, US, "$0.00"),
    ],
)
def test_money_is_written_as_the_country_writes_it(minor, settings, written):
    assert sheets.money(minor, settings) == written


@pytest.mark.parametrize(
    ("major", "settings", "written"),
    [
        (1_234_567, US, "$1.2M"),
        (Decimal("999.60"), US, "$1,000"),
        (Decimal("0.50"), US, "$1"),
        (999_999, US, "$1M"),
        (999_949, US, "$999.9K"),
        (1_349_999, US, "$1.3M"),
        (850_000, US, "$850K"),
        (-950, US, "−$950"),
        (0, US, "$0"),
        (850_000, GERMANY, "850.000\xa0€"),
        (1_234_567, GERMANY, "1,2\xa0Mio.\xa0€"),
    ],
)
def test_compact_money_has_about_three_figures(major, settings, written):
    assert sheets.money(int(major * 100), settings, compact=True) == written


def test_compact_money_can_be_had_finer():
    assert sheets.money(1_023_456_700, US, compact=True, digits=2) == "$10.23M"
    assert sheets.money(99_999_999, US, compact=True, digits=2) == "$1M"


@given(AMOUNTS)
def test_what_is_written_is_read_back_as_the_same_amount(minor):
    assume(abs(minor) <= LARGEST)
    for settings in (US, GERMANY, JAPAN, KUWAIT, FRANCE):
        assert read_money(sheets.money(minor, settings), settings) == minor


def test_what_is_rounded_to_zero_has_no_sign():
    assert sheets.money(-3, US, compact=True, signed=True) == "$0"
    assert sheets.percent(-0.0004, US) == "0.0%"
    assert sheets.points(0.0004, US) == "0.0\xa0pts"


def test_halves_are_rounded_up_as_people_expect():
    assert sheets.percent(0.98450, US) == "98.5%"
    assert sheets.number(0.25, US) == "0.3"
    assert sheets.number(-0.25, US) == "−0.3"


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, ""])
@pytest.mark.parametrize(
    "write", [sheets.money, sheets.percent, sheets.points, sheets.count, sheets.number, sheets.month, sheets.day]
)
def test_what_has_no_value_is_a_dash_and_not_zero(write, nothing):
    assert write(nothing, US) == "–"


@pytest.mark.parametrize("amount", [Decimal("1234.00"), 12.5, "12"])
def test_money_is_never_guessed_from_something_else(amount):
    with pytest.raises(TypeError, match="minor units"):
        sheets.money(amount, US)


def test_a_column_with_gaps_is_read_although_it_holds_floats():
    amounts = pd.Series([123450, None])
    assert [sheets.money(each, US) for each in amounts] == ["$1,234.50", "–"]


def test_percentages_have_the_spacing_of_the_country():
    assert sheets.percent(0.984, GERMANY) == "98,4\xa0%"
    assert sheets.percent(0.042, US, signed=True) == "+4.2%"


def test_months_and_days_are_words():
    assert sheets.month("2020-07", US) == "Jul 2020"
    assert sheets.month("2020-07", US, short=True) == "Jul"
    assert sheets.day(date(2020, 7, 1), US) == sheets.day("2020-07-01", US) == "Jul 1, 2020"
    assert sheets.day(date(2020, 7, 1), GERMANY) == "01.07.2020"
    assert sheets.period("FY2021 Q2", US) == "FY2021 Q2"


def test_times_say_that_they_are_in_utc():
    assert sheets.moment("2020-07-01T16:05:00+02:00", GERMANY) == "01.07.2020, 14:05 UTC"
    assert sheets.moment("2020-07-01T14:05:00", GERMANY) == "01.07.2020, 14:05 UTC"


def test_an_unknown_locale_is_refused_with_its_name():
    with pytest.raises(SettingsError, match="xx_YY.*en_US"):
        sheets.money(1, Settings(workspace="/tmp", locale="xx_YY"))


# --- what people type --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "settings", "minor"),
    [
        ("1234.5", US, 123450),
        ("1,234.50", US, 123450),
        ("$ 1,234.50", US, 123450),
        ("-7 USD", US, -700),
        ("1.234,50 €", GERMANY, 123450),
        ("1 234,50", FRANCE, 123450),
        ("12,345", JAPAN, 12345),
        ("0.005", KUWAIT, 5),
    ],
)
def test_amounts_are_read_as_the_country_writes_them(text, settings, minor):
    assert read_money(text, settings) == minor


@pytest.mark.parametrize("text", ["", "  ", "abc", "1,23.50", "1e6", "12.345", "1.5.0", "$", "--5", "NaN", "9" * 30])
def test_what_is_no_amount_is_refused_and_quoted(text):
    with pytest.raises(PlanningError, match=re.escape(repr(text.strip()))):
        read_money(text, US)


def test_a_decimal_comma_is_not_taken_for_thousands():
    with pytest.raises(PlanningError, match=r"Write it such as 1,234\.5"):
        read_money("1234,50", US)


def test_a_percentage_is_read_as_a_fraction():
    assert read_percent("4.5 %", US) == read_percent("4,5", GERMANY) == Decimal("0.045")
    assert read_percent("−12%", US) == Decimal("-0.12")


# --- tables ------------------------------------------------------------------------------------

ROWS = pd.DataFrame(
    {
        "territory": ["Canada", "United Kingdom"],
        "goal": [1_000_000, 2_000_050],
        "difference": [-50_000, 7_000],
        "attainment": [0.95, None],
    }
)
FIELDS = [
    Field("territory", "Territory"),
    Field("goal", "Goal", "money"),
    Field("difference", "Against goal", "difference"),
    Field("attainment", "Attainment", "percent"),
]


def shown(frame=ROWS, fields=FIELDS, **more):
    return outline(sheets.table(frame, fields, US, caption="Territories of FY2027", **more))


def test_a_table_says_what_it_shows_and_what_its_rows_and_columns_are():
    seen = shown()
    assert "Territories of FY2027" in seen.texts
    assert [given.get("scope") for tag, given in seen.elements if tag == "th"] == ["col"] * 4 + ["row"] * 2


def test_figures_are_marked_as_such_in_heads_and_cells():
    seen = shown()
    assert len(seen.classes("number")) == 3 + 2 * 3


def test_a_shortfall_is_told_by_its_sign_and_not_by_colour_alone():
    seen = shown()
    assert len(seen.classes("negative")) == len(seen.classes("positive")) == 1
    assert "−$500" in seen.texts
    assert "+$70" in seen.texts


def test_cents_are_shown_for_a_whole_column_as_soon_as_one_amount_has_some():
    seen = shown()
    assert "$10,000.00" in seen.texts
    assert "$20,000.50" in seen.texts


def test_cents_in_the_total_bring_cents_to_the_column():
    seen = shown(ROWS[:1], total=pd.DataFrame({"territory": ["Total"], "goal": [1]}))
    assert {"$10,000.00", "$0.01"} <= set(seen.texts)


def test_the_total_is_shown_as_given_and_blank_where_nothing_was_given():
    seen = shown(total=pd.DataFrame({"territory": ["All"], "goal": [3_000_050]}))
    assert seen.texts.index("All") < seen.texts.index("$30,000.50")
    foot = [tag for tag, _ in seen.elements].index("tfoot")
    assert [tag for tag, _ in seen.elements[foot:]] == ["tfoot", "tr", "th", "td", "td", "td"]


def test_a_table_without_rows_says_so():
    seen = shown(ROWS[:0], empty="No goals yet.")
    assert "No goals yet." in seen.texts
    assert [given["colspan"] for tag, given in seen.elements if "colspan" in given] == ["4"]


def test_a_column_that_the_frame_lacks_is_named():
    with pytest.raises(KeyError, match="gaol"):
        shown(fields=[Field("gaol", "Goal", "money")])


@given(st.text())
def test_texts_of_people_stay_texts(text):
    nasty = f'</td><script>alert("{text}")</script>&amp;'
    seen = outline(sheets.table(pd.DataFrame({"x": [nasty]}), [Field("x", nasty)], US, caption=nasty))
    assert {tag for tag, _ in seen.elements} == {"div", "table", "caption", "thead", "tbody", "tr", "th"}
    assert "".join(seen.texts).count("</td><script>alert(") == 3


@pytest.mark.parametrize("address", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "", None])
def test_a_link_that_would_run_a_script_is_no_link(address):
    frame = pd.DataFrame({"name": ["Canada"], "to": [address]})
    seen = outline(sheets.table(frame, [Field("name", "Name", "link", address="to")], US, caption="Places"))
    assert "a" not in [tag for tag, _ in seen.elements]
    assert "Canada" in seen.texts


def test_a_link_leads_where_it_should():
    frame = pd.DataFrame({"name": ["R&D"], "to": ["4_goals.ipynb?territory=R%26D&year=2027"]})
    seen = outline(sheets.table(frame, [Field("name", "Name", "link", address="to")], US, caption="Places"))
    assert ("a", {"href": "4_goals.ipynb?territory=R%26D&year=2027"}) in seen.elements


def test_a_total_leads_nowhere_unless_it_says_where():
    frame, total = pd.DataFrame({"name": ["Canada"], "to": ["x"]}), pd.DataFrame({"name": ["All"]})
    seen = outline(sheets.table(frame, [Field("name", "Name", "link", "to")], US, caption="Places", total=total))
    assert [tag for tag, _ in seen.elements].count("a") == 1


def test_every_kind_of_column_can_be_shown():
    values = {"text": "x", "link": "x", "month": "2020-07", "period": "FY2021", "day": "2020-07-01"}
    kinds = list(sheets.Kind.__args__)
    frame = pd.DataFrame({kind: [values.get(kind, 1), None] for kind in kinds} | {"moment": ["2020-07-01", None]})
    seen = shown(frame, [Field(kind, kind, kind) for kind in kinds])
    assert seen.texts.count("–") == len(kinds)


def test_a_table_saves_itself_with_figures_one_can_calculate_with():
    frame = pd.DataFrame({"name": ["Ada", "=cmd()"], "goal": [123456, None], "share": [0.985, None]}).astype(
        {"goal": "Int64"}
    )
    fields = [Field("name", "Rep"), Field("goal", "Goal", "money"), Field("share", "Attainment", "percent")]
    rows, name = saved(sheets.table(frame, fields, US, caption="Goals of FY2026, by rep"))
    assert rows == [["Rep", "Goal", "Attainment"], ["Ada", "1234.56", "0.985"], ["'=cmd()", "", ""]]
    assert name == "goals-of-fy2026-by-rep.csv"
    assert "saves" not in sheets.table(frame.iloc[:0], fields, US, caption="Goals")._repr_html_()


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
def test_a_saved_table_keeps_every_cent(amounts):
    frame = pd.DataFrame({"name": "x", "goal": amounts})
    rows, _ = saved(sheets.table(frame, [Field("name", "Rep"), Field("goal", "Goal", "money")], US, caption="Goals"))
    assert [round(Decimal(goal) * 100) for _, goal in rows[1:]] == amounts
