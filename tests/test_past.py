"""The page of the past, part by part: a good, a bad and an empty territory, and histories that lack this or that."""

import re

import pytest
from made_history import write_history

from planning.forms.page import Page, together
from planning.forms.past import ahead, assumed, attained, fairness, happened, pipeline, room, story, why
from planning.history.drivers import VIEWS
from planning.history.intake import landing
from planning.history.intake.importing import ImportReport
from planning.metrics import METRICS
from planning.workbook import history
from planning.workbook.place import stand

GOOD, BAD = "Capital West", "Harbour Coast"


def page(workspace, territory=""):
    return Page(stand(str(workspace), territory=territory), "1_history.ipynb")


def text(parts):
    markup = together(parts).markup if isinstance(parts, list) else parts._repr_html_()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup))


@pytest.fixture(scope="module")
def company(sample_company):
    return page(sample_company)


@pytest.fixture
def empty(tmp_path):
    """Look at a territory with a rep and a goal, where nothing was sold; next to one that sells every month."""
    months = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    write_history(
        tmp_path / "history",
        territories=[{"territory": "Here", "region": "All"}, {"territory": "Nowhere", "region": "All"}],
        people=[{"rep": "Ada", "manager": "Mia"}, {"rep": "Ben", "manager": "Mia"}],
        assignments=[
            {"rep": "Ada", "territory": "Here", "effective_from": "2024-01-01"},
            {"rep": "Ben", "territory": "Nowhere", "effective_from": "2024-01-01"},
        ],
        products=[{"product": "Pan", "product_line": "Pans"}],
        customers=[{"customer": "C1"}],
        orders=[
            {"order_id": month, "line": 1, "date": f"{month}-10", "rep": "Ada", "territory": "Here", "customer": "C1",
             "product": "Pan", "quantity": 3 + place % 5, "amount": 10_000 + 700 * place}
            for place, month in enumerate(months)
        ],
        goals=[
            {"rep": rep, "territory": territory, "metric": "revenue", "month": f"{month}-01", "target": 12_000}
            for rep, territory in (("Ada", "Here"), ("Ben", "Nowhere"))
            for month in months[12:]
        ],
    )  # fmt: skip
    report = ImportReport("made", (), (), alone=False, minor_digits=2, fingerprint="")
    (tmp_path / "history" / "made" / landing.REPORT).write_text(report.to_json(), encoding="utf-8")
    return page(tmp_path, "Nowhere")


def test_a_good_and_a_bad_territory_are_told_in_a_sentence(sample_company):
    assert "115.5% of its goal" in text(story.sentence(page(sample_company, GOOD))).replace(" ,", ",").replace(
        "  ", " "
    )
    told = text(story.sentence(page(sample_company, BAD)))
    assert "93.6%" in told
    assert "less than the year before" in told


def test_the_result_is_told_with_and_without_one_off_deals(company):
    assert "Without one-off deals: $26,121,521.46, 98.9% of the goal." in text(story.sentence(company))


@pytest.mark.parametrize("metric", ["revenue", "units", "win_rate", "deals_won", "sales_cycle", "calls"])
def test_every_kind_of_metric_has_a_figure_and_a_table(company, metric):
    parts = attained.attained(company, "rep", metric)
    markup = together(parts).markup
    assert markup.count("<figure") == markup.count("<table") == 1
    assert METRICS[metric].label in parts[0].caption


@pytest.mark.parametrize("part", [
    lambda here: fairness.judged(here, "revenue", "territory"),
    lambda here: why.account(here, "sales"),
    happened.told,
    story.months,
    pipeline.all_together,
    room.ranked,
    room.beside_peers,
    ahead.ahead,
])  # fmt: skip
def test_every_figure_of_the_page_has_a_table_behind_it_and_both_can_be_saved(company, part):
    shown = part(company)
    markup = together(shown).markup if isinstance(shown, list) else shown._repr_html_()
    assert markup.count("<figure") >= 1
    assert markup.count("<table") >= markup.count("<figure")
    assert markup.count('class="save"') == markup.count("<figure") + markup.count("<table")


def test_the_outlook_of_a_ratio_is_told_in_percent(company):
    told = text(ahead.ahead(company, "win_rate"))
    assert re.search(r"win rate of FY2027 is expected at\s+[\d.]+%", told)


@pytest.mark.parametrize("seen", [name for name in VIEWS if name != "pipeline"])
def test_an_empty_territory_breaks_nothing(empty, seen):
    parts = [
        lambda: story.sentence(empty),
        lambda: attained.attained(empty, "rep"),
        lambda: fairness.judged(empty, "revenue", "product_line"),
        lambda: why.account(empty, seen),
        lambda: happened.told(empty),
        lambda: assumed.nothing(empty),
        lambda: story.months(empty),
        lambda: pipeline.all_together(empty),
        lambda: room.ranked(empty),
        lambda: room.beside_peers(empty),
        lambda: ahead.ahead(empty),
        lambda: story.rules(empty),
    ]
    told = " ".join(text(part()) for part in parts)
    assert "nan" not in told.lower().split()
    assert "None" not in told.split()
    assert "no opportunities" in told


def test_an_empty_territory_says_that_nothing_was_sold(empty):
    told = text(story.sentence(empty))
    assert "Nowhere" in told
    assert "0.0%" in told or "$0" in told
    assert history.months(empty.context) == ("2026-01", "2026-12")
