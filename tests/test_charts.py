"""Pictures: true to their figures, readable at both widths, safe with any text."""

import re
import struct
from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning import charts, sheets
from planning.charts.canvas import LINE, NARROW, ORANGE, SLATE, WIDE, Box, Line, Text, width_of, wrapped
from planning.charts.months import ticks
from planning.settings import Settings

US = Settings(workspace="/tmp")
NASTY = "</text><script>alert(\"x\")</script> & 'Söhne' 🙂 \x00"
SVG = "{http://www.w3.org/2000/svg}"

NAMES = st.text(max_size=90)
AMOUNTS = st.integers(-(10**12), 10**12)


def waterfall(steps, end=None):
    rows = [{"label": label, "amount": amount, "role": "step"} for label, amount in steps]
    if end is not None:
        rows.append({"label": end, "amount": sum(amount for _, amount in steps), "role": "total"})
    return charts.waterfall(pd.DataFrame(rows, columns=["label", "amount", "role"]), US, "How the goal came about.")


def against(rows, **more):
    frame = pd.DataFrame(rows, columns=["name", "goal", "result", "told"]).astype(
        {"goal": "Int64", "result": "Int64"}
    )
    return charts.against_goal(frame, US, "Results against goals.", **more)


def months(values, names=("FY2026", "FY2025", "goal of FY2026")):
    frame = pd.DataFrame({"month": [f"2026-{number:02d}" for number in range(1, 13)]})
    for place, column in enumerate(values):
        frame[f"s{place}"] = pd.array(column, dtype="Int64")
    series = {f"s{place}": name for place, name in zip(range(len(values)), names, strict=False)}
    return charts.months(frame, series, US, "Revenue by month.")


def marks(drawing, kind):
    return [mark for mark in drawing.marks if isinstance(mark, kind)]


def words(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def extent(text):
    """Left, top, right and bottom of a text."""
    width = max(width_of(line, text.size, text.bold) for line in text.lines)
    left = {"left": text.x, "center": text.x - width / 2, "right": text.x - width}[text.align]
    return left, text.y - LINE / 2, left + width, text.y - LINE / 2 + LINE * len(text.lines)


def check_that_all_can_be_read(picture):
    """No text leaves the paper or lies over another one."""
    for drawing in (picture.wide, picture.narrow):
        extents = [extent(text) for text in marks(drawing, Text)]
        for left, top, right, bottom in extents:
            assert left >= -0.01
            assert right <= drawing.width + 0.01
            assert top >= -0.01
            assert bottom <= drawing.height + 0.01
        for place, (left, top, right, bottom) in enumerate(extents):
            for other in extents[place + 1 :]:
                assert right <= other[0] + 0.01 or other[2] <= left + 0.01 or bottom <= other[1] or other[3] <= top


# --- texts ---------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1), st.integers(20, 300))
def test_wrapping_loses_no_letter_and_no_line_is_too_wide(word, width):
    lines = wrapped(f"{word} {word}", width)
    assert "".join(lines).replace(" ", "") == word * 2
    assert all(width_of(line) <= width or len(line) == 1 for line in lines)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, AMOUNTS), min_size=1, max_size=8), NAMES)
def test_in_a_waterfall_all_can_be_read_whatever_the_names(steps, end):
    check_that_all_can_be_read(waterfall(steps, end))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, st.none() | AMOUNTS, st.none() | AMOUNTS), min_size=1, max_size=8))
def test_results_against_goals_can_all_be_read_whatever_the_names(rows):
    check_that_all_can_be_read(against([(name, goal, result, "$118K  98.3%") for name, goal, result in rows]))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.none() | AMOUNTS, min_size=12, max_size=12), min_size=1, max_size=3), st.tuples(*[NAMES] * 3)
)
def test_months_can_all_be_read_wherever_the_series_end(values, names):
    check_that_all_can_be_read(months(values, names))


# --- the waterfall -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.lists(AMOUNTS.filter(bool), min_size=2, max_size=8))
def test_each_step_begins_where_the_one_before_it_ended(amounts):
    bars = marks(waterfall([("step", amount) for amount in amounts]).wide, Box)
    ends = [(bar.x2, bar.x) if amount < 0 else (bar.x, bar.x2) for bar, amount in zip(bars, amounts, strict=True)]
    for (_, end), (begin, _) in pairwise(ends):
        assert begin == pytest.approx(end, abs=1e-6)


def test_bars_are_as_long_as_their_amounts():
    first, second, total = marks(waterfall([("Last year", 100_000), ("Growth", 300_000)], "Goal").wide, Box)
    assert second.x2 - second.x == pytest.approx(3 * (first.x2 - first.x))
    assert total.x2 - total.x == pytest.approx(4 * (first.x2 - first.x))


def test_more_less_and_what_stands_by_itself_are_told_by_sign_and_by_colour():
    picture = waterfall([("Last year", 100_000_00), ("Market", 50_000_00), ("Competitor", -60_000_00)], "Goal")
    assert {"$100K", "+$50K", "−$60K", "$90K"} <= set(words(picture.svg))
    first, more, less, total = (bar.color for bar in marks(picture.wide, Box))
    assert first == total == SLATE
    assert less == ORANGE != more


def test_small_steps_on_large_amounts_are_seen_and_the_cut_is_said():
    picture = waterfall([("Last year", 100_000_000), ("Market", 1_000_000), ("Price", -500_000)], "Goal")
    _, market, price, _ = marks(picture.wide, Box)
    assert market.x2 - market.x > 100
    assert market.x2 - market.x == pytest.approx(2 * (price.x2 - price.x))
    assert "cut" in picture.note
    assert picture.note in picture._repr_html_()


@pytest.mark.parametrize(
    "steps", [[("a", 100), ("b", 90)], [("a", 0), ("b", 0)], [("a", -500), ("b", 10)], [("a", 7)]]
)
def test_bars_are_not_cut_where_they_can_be_seen_from_zero(steps):
    assert waterfall(steps, "Goal").note == ""


def test_a_step_too_small_for_a_bar_is_still_seen():
    picture = waterfall([("Last year", 100_000_000), ("Market", 90_000_000), ("Turnover", -1)], "Goal")
    assert ORANGE in [line.color for line in marks(picture.wide, Line)]


def test_a_total_that_the_steps_do_not_add_up_to_is_refused():
    rows = [("Last year", 100, "total"), ("Market", 10, "step"), ("Goal", 111, "total")]
    with pytest.raises(ValueError, match="'Goal' is 111, but the steps before it add up to 110"):
        charts.waterfall(pd.DataFrame(rows, columns=["label", "amount", "role"]), US, "Wrong.")


# --- results against goals -----------------------------------------------------------------------


def test_a_mark_stands_where_the_goal_is():
    picture = against([("Below", 200, 100, "50%"), ("Above", 100, 200, "200%")])
    below, above = marks(picture.wide, Box)
    first, second = marks(picture.wide, Line)
    assert first.x == pytest.approx(above.x2)
    assert second.x == pytest.approx(below.x2)
    assert below.color == ORANGE != above.color
    assert picture.note == "The upright mark is the goal."


def test_what_is_empty_is_not_drawn_as_zero():
    picture = against([("No goal", None, 500, "$5"), ("No result", 400, None, "–"), ("Zero", 400, 0, "$0")])
    assert len(marks(picture.wide, Line)) == 2 + 1  # two goals, and the line of the result that is zero
    assert len(marks(picture.wide, Box)) == 2


def test_without_any_goal_nothing_is_said_of_marks():
    assert against([("No goal", None, 500, "$5")]).note == ""


def test_a_result_below_zero_lies_left_of_zero():
    picture = against([("Returns", 100, -100, "−100%"), ("Sales", 100, 100, "100%")])
    returns, sales = marks(picture.wide, Box)
    assert returns.x2 == pytest.approx(sales.x)


def test_who_cannot_see_the_picture_hears_its_figures():
    picture = against([("Canada", 20_000_00, 10_000_00, "$10K  50.0%")], compared="result of last year")
    label = ElementTree.fromstring(picture.svg).get("aria-label")
    assert label.startswith("Results against goals.")
    assert "Canada: $10K\u200350.0%" in label
    assert "Result of last year: Canada $20K" in label


# --- the funnel ----------------------------------------------------------------------------------


def funnel(rows):
    return charts.funnel(pd.DataFrame(rows, columns=["name", "count", "told", "share"]), "From opening to order.")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(0, 10**9), st.just("1,234"), NAMES), min_size=1, max_size=6))
def test_a_funnel_can_be_read_whatever_the_names(rows):
    check_that_all_can_be_read(funnel(rows))


def test_a_funnel_is_as_wide_as_its_numbers_and_says_what_went_on():
    picture = funnel(
        [("Opened", 400, "400", "50% went on"), ("Proposed", 200, "200", "10% went on"), ("Won", 20, "20", "")]
    )
    opened, proposed, won = marks(picture.wide, Box)
    assert (
        opened.x2 - opened.x == pytest.approx(2 * (proposed.x2 - proposed.x)) == pytest.approx(20 * (won.x2 - won.x))
    )
    assert opened.x + opened.x2 == pytest.approx(won.x + won.x2)  # one in the middle of the other
    assert {"Opened", "400", "50% went on", "10% went on"} <= set(words(picture.svg))
    assert picture.reading == "Opened: 400, 50% went on; Proposed: 200, 10% went on; Won: 20."


# --- months --------------------------------------------------------------------------------------


def test_a_month_without_a_value_has_no_column():
    picture = months([[100_000] * 7 + [None] * 5])
    assert len(marks(picture.wide, Box)) == len(marks(picture.narrow, Box)) == 7


def test_a_line_has_a_gap_where_a_month_has_no_value():
    whole, gap = (months([[None] * 12, values]).wide for values in ([5] * 12, [5] * 6 + [None] + [5] * 5))
    segments = [[line for line in marks(each, Line) if line.width == 2] for each in (whole, gap)]
    assert [len(each) for each in segments] == [11, 9]


def test_each_series_bears_its_name_and_a_series_without_values_none():
    picture = months([[100] * 12, [None] * 12, [120] * 12])
    assert {"FY2026", "goal of FY2026"} <= set(words(picture.svg))
    assert "FY2025" not in picture._repr_html_()
    assert picture.note == "Columns: FY2026, marks: goal of FY2026."


def test_months_are_named_in_the_language_of_the_company_and_read_out():
    picture = months([[100_000] * 12])
    assert [name for name in words(picture.svg) if re.fullmatch("[A-Z][a-z]{2}", name)][::11] == ["Jan", "Dec"]
    assert "Jan 2026 $1K" in picture.reading


@given(st.integers(-(10**15), 0), st.integers(0, 10**15))
def test_axes_have_a_few_even_values_within_the_range(low, high):
    found = ticks(low, high, least=1)
    assert 0 in found
    assert 1 <= len(found) <= 7
    assert low <= min(found)
    assert max(found) <= high
    assert len({second - first for first, second in pairwise(found)}) <= 1


@given(st.floats(1e-4, 1e4), st.floats(0, 1))
def test_axes_of_shares_have_round_values_too(high, part):
    found = ticks(-high * part, high)
    assert 1 <= len(found) <= 7
    assert all(-high * part <= each <= high for each in found)


def test_months_can_be_in_any_unit_and_have_ranges():
    frame = pd.DataFrame({"month": [f"2026-{m:02}" for m in range(1, 13)], "rate": 0.25, "low": 0.2, "high": 0.4})
    picture = charts.months(
        frame,
        {"rate": "win rate"},
        US,
        "Win rate",
        write=lambda value: sheets.percent(value, US),
        band=("low", "high", "range of 80%"),
    )
    assert "Jan 2026 25%" in picture.reading.replace(".0%", "%")
    assert picture.note == "Columns: win rate, upright lines: range of 80%."
    assert len(picture.wide.marks) > len(charts.months(frame, {"rate": "win rate"}, US, "Win rate").wide.marks)


def test_ranges_are_drawn_from_end_to_end_with_a_mark_and_empty_ones_are_told():
    frame = pd.DataFrame(
        [("Rival", -0.3, -0.1, -0.2, "−20%"), ("Launch", 0.1, 0.2, 0.15, "+15%"), ("Trip", None, None, None, "–")],
        columns=["name", "low", "high", "value", "told"],
    )
    picture = charts.ranges(frame, "What events did", "what is most likely")
    boxes = [mark for mark in picture.wide.marks if isinstance(mark, Box)]
    assert len(boxes) == 2
    assert len({box.color for box in boxes}) == 2
    assert "Trip: –" in picture.reading


# --- every picture -------------------------------------------------------------------------------

EVERY = {
    "waterfall": lambda: waterfall([(NASTY, 100_000), (NASTY, -50_000)], NASTY),
    "against_goal": lambda: against([(NASTY, 100, 200, NASTY)]),
    "months": lambda: months([[100] * 12], [NASTY]),
    "empty": lambda: waterfall([]),
}


@pytest.fixture(params=EVERY)
def picture(request):
    return EVERY[request.param]()


def test_a_picture_is_drawn_for_wide_and_for_narrow_screens(picture):
    markup = picture._repr_html_()
    figure = ElementTree.fromstring(markup)
    shown = [(each.get("class"), each.find(f"{SVG}svg")) for each in figure.findall("div")]
    assert [name for name, _ in shown] == ["wide", "narrow"]
    assert [float(svg.get("width")) for _, svg in shown] == [WIDE, NARROW]
    assert figure.find("figcaption").text.startswith(picture.caption)


def test_a_picture_is_announced_as_one_image_with_its_caption(picture):
    for svg in ElementTree.fromstring(picture._repr_html_()).iter(f"{SVG}svg"):
        assert svg.get("role") == "img"
        assert svg.get("aria-label").startswith(picture.caption)


def test_texts_of_people_stay_texts_in_a_picture(picture):
    for svg in ElementTree.fromstring(picture._repr_html_()).iter(f"{SVG}svg"):
        assert {each.tag.removeprefix(SVG) for each in svg.iter()} <= {
            "svg",
            "g",
            "rect",
            "path",
            "line",
            "text",
            "tspan",
        }


def test_a_picture_asks_nothing_of_the_network(picture):
    markup = re.sub(r' (xmlns(:\w+)?|onclick)="[^"]*"', "", picture._repr_html_())
    assert "http" not in markup
    assert "url(" not in markup
    assert "href" not in markup


def test_a_picture_can_be_had_as_a_file(picture):
    file = picture.png(scale=2)
    assert file.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", file[16:24])
    assert (width, height) == (2 * picture.wide.width, 2 * picture.wide.height)


@pytest.mark.parametrize(
    "empty",
    [
        lambda: waterfall([]),
        lambda: against([]),
        lambda: months([[None] * 12]),
        lambda: charts.ranges(pd.DataFrame(), "Nothing", "nothing"),
        lambda: funnel([]),
    ],
)
def test_without_figures_a_picture_says_so(empty):
    assert "Nothing to show yet." in words(empty().svg)
    assert "button" not in empty()._repr_html_()


def test_the_widths_are_those_that_the_style_sheet_counts_on():
    picture = against([("Canada", 100, 200, sheets.percent(2, US))])
    assert (picture.wide.width, picture.narrow.width) == (WIDE, NARROW) == (720, 340)
