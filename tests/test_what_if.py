"""The pages of assumptions and what-ifs, part by part: the company, a territory, a history that lacks most things."""

import re
from decimal import Decimal

import pytest
from made_history import write_history

from planning.assumptions.assumption import Assumption
from planning.charts import curve, histogram
from planning.charts.canvas import Box, Line, Text
from planning.forms.page import Page, together
from planning.forms.whatif import carry, keep, market, scenarios, sure
from planning.history.intake import landing
from planning.history.intake.importing import ImportReport
from planning.settings import load
from planning.workbook.expected import assumptions, capacity
from planning.workbook.expected import scenarios as sets
from planning.workbook.place import stand


def page(workspace, territory=""):
    return Page(stand(str(workspace), territory=territory), "3_what_if.ipynb")


def markup(shown):
    if isinstance(shown, list):
        return together(shown).markup
    if hasattr(shown, "_repr_html_"):
        return shown._repr_html_()
    return " ".join(markup(each) for each in shown.children) if hasattr(shown, "children") else getattr(
        shown, "value", ""
    )  # fmt: skip


def text(shown):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", str(markup(shown))))


@pytest.fixture(scope="module")
def company(sample_company):
    return page(sample_company)


@pytest.fixture
def bare(tmp_path):
    """Look at a history of seven months, without customers, costs, tiers or markets."""
    months = [f"2026-{month:02}" for month in range(1, 8)]
    write_history(
        tmp_path / "history",
        territories=[{"territory": "Here"}, {"territory": "Nowhere"}],
        people=[{"rep": "Ada"}],
        products=[{"product": "Pan", "product_line": "Pans"}],
        orders=[
            {"order_id": month, "line": 1, "date": f"{month}-10", "rep": "Ada", "territory": "Here", "product": "Pan",
             "quantity": 3, "amount": 10_000}
            for month in months
        ],
    )  # fmt: skip
    report = ImportReport("made", (), (), alone=False, minor_digits=2, fingerprint="")
    (tmp_path / "history" / "made" / landing.REPORT).write_text(report.to_json(), encoding="utf-8")
    return page(tmp_path)


@pytest.mark.parametrize(
    "part", [sure.sure, carry.capacity, keep.growth, market.market], ids=lambda part: part.__name__
)
def test_every_figure_has_a_table_behind_it(company, part):
    shown = markup(part(company))
    assert shown.count("<figure") >= 1
    assert shown.count("<table") >= shown.count("<figure")


def test_how_sure_the_number_is_is_told_in_words_for_the_company_and_a_territory(company, sample_company):
    told = text(sure.sure(company))
    assert re.search(r"is expected to bring \$27,\d{3},\d{3} in FY2027\. Four times in five", told)
    assert "held 80% of the results by rep in a territory ( 85 cases" in told or "(85 cases of 2 years)" in told
    place = text(sure.sure(page(sample_company, "Pine Hills")))
    assert "Pine Hills is expected to bring" in re.sub(r"\s+", " ", place)


def test_who_cannot_carry_what_is_asked_is_named(company):
    told = text(carry.capacity(company))
    stretched = capacity.carried(company.context).territories
    names = stretched.loc[stretched["verdict"] == "over capacity", "territory"]
    assert f"More is asked than can be carried in {', '.join(names)}." in told
    assert "42 people can carry" in told


def test_the_bank_case_can_be_typed_into_the_form(company):
    form = keep._Balance(company)
    for name, share, attrition, grown in form._classes:
        share.fill("50%" if name in ("A", "B") else "0%")
        attrition.fill("17%")
        grown.fill("0%")
    form._growth.fill("10%")
    form._new.fill("15%")
    told = text(form._answer.view)
    assert "Not as things are." in told
    assert "needs 18.5% from new customers" in told
    assert "so that 3.5% is missing" in told
    assert "average attrition of 5.0% at most" in told
    form._new.fill("20%")
    assert "Yes." in text(form._answer.view)
    form._classes[0][1].fill("90%")
    assert "add up to 140.0%, not to 100%" in text(form._answer.view)


def test_scenarios_side_by_side_show_what_differs_by_territory(planned):
    here = Page(planned, "3_what_if.ipynb")
    assert "There is only the plan." in text(scenarios.board(here).compared)
    sets.add(planned, "Downside", "plan", "A rival in the west", "planner")
    down = stand(str(planned.settings.workspace), scenario="Downside")
    assumptions.state(
        down, Assumption("competitor", *[Decimal("0.2")] * 3, "Sales", "As last year", territory="Capital West"), "p"
    )
    told = text(scenarios.board(here).compared)
    assert "A rival in the west" in told
    rows = sets.compared(planned, ["plan", "Downside"]).set_index("territory")
    differ = rows.index[rows["plan"] != rows["Downside"]]
    assert set(differ) == {"", "Capital West"}


def test_a_history_that_lacks_nearly_everything_breaks_nothing(bare):
    told = {
        "sure": text(sure.sure(bare)),
        "people": text(carry.capacity(bare)),
        "growth": text(keep.growth(bare)),
        "even": text(keep.even(bare)),
        "market": text(market.market(bare)),
        "scenarios": text(scenarios.board(bare).compared),
    }
    assert "too short" in told["sure"]
    assert "has no costs" in told["even"]
    assert "no market figures" in told["market"]
    assert "Fill in your own figures." in told["growth"]
    assert all("nan" not in each.lower().split() and "None" not in each.split() for each in told.values())


def test_a_histogram_marks_what_is_expected_and_darkens_the_middle():
    draws = [round(1_000_000 * (1 + 0.001 * place)) for place in range(-200, 201)]
    picture = histogram(draws, load("."), "What may come", [("Expected", 1_000_000)])
    for drawing in (picture.wide, picture.narrow):
        boxes = [mark for mark in drawing.marks if isinstance(mark, Box)]
        assert len({box.color for box in boxes}) == 2
        assert all(0 <= box.x <= box.x2 <= drawing.width and 0 <= box.y <= box.y2 <= drawing.height for box in boxes)
        assert any(isinstance(mark, Text) and "Expected" in mark.lines[0] for mark in drawing.marks)
    assert "80% of the draws lie between" in picture.reading
    assert histogram([5, 5, 5], load("."), "All the same").empty
    assert histogram([], load("."), "Nothing").empty


def test_a_curve_shows_its_limit_and_where_one_stands():
    picture = curve([(0.17, 0.27), (0.0, 0.10)], "Trade-off", ("Attrition", "Needed"), (str, str), ("Most", 0.15),
                    ("Here", 0.17, 0.27))  # fmt: skip
    texts = [mark.lines[0] for mark in picture.wide.marks if isinstance(mark, Text)]
    assert {"Most", "Here", "Attrition", "Needed"} <= set(texts)
    lines = [mark for mark in picture.wide.marks if isinstance(mark, Line)]
    assert all(0 <= line.y <= picture.wide.height for line in lines)
    assert curve([(0, 1)], "One point", ("a", "b"), (str, str)).empty
