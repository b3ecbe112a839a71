"""The pages of the year in course as people use them: plans, tracking, conversations, evaluation."""

import shutil
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from browser.test_main_job import PATIENCE, barriers
from planning.negotiation.moves import Say
from planning.plans.plans import TERRITORY
from planning.plans.signing import SIGNED, Word
from planning.tracking.cadence import Cadence
from planning.tracking.criteria import SCALE, Criteria, Criterion
from planning.workbook import start
from planning.workbook.negotiation import moving, talks
from planning.workbook.place import stand
from planning.workbook.plans import kept
from planning.workbook.tracking import cadences, checkpoints, criteria

REP, MANAGER = "Daniel Okafor", "Tomas Brandt"
"""Somebody whose goal is out of reach by March."""


@pytest.fixture(scope="module")
def spring(planned_company, tmp_path_factory):
    """Take a planned company to the end of March: a settled goal, a cadence with hours, criteria."""
    folder = tmp_path_factory.mktemp("year") / "workspace"
    shutil.copytree(planned_company, folder)
    start.sample(str(folder), lambda _: None, "2027-03")
    here = stand(str(folder), 2027)
    for person, what in ((MANAGER, "propose"), (MANAGER, "accept"), (REP, "accept")):
        moving.move(here, REP, Say(what, "As it stands"), person, len(talks.talk(here, REP).thread.moves))
    cadences.keep(here, Cadence(begins=date(2027, 3, 1)), "planner")
    parts = (Criterion("goal", "revenue", Decimal("0.8")), Criterion("behaviour", "Keeps promises", Decimal("0.2")))
    criteria.publish(here, Criteria("Sales representative", parts, SCALE, reason="The first ones"), "planner")
    return here


@pytest.fixture
def opened(serve_forms, open_tab, spring):
    """Open a page of the year, all of it drawn."""

    def open_one(name, **place):
        tab = open_tab()
        tab.goto(serve_forms(spring.settings.workspace).page(name, year="2027", **place))
        drawn(tab)
        return tab

    return open_one


def drawn(tab):
    tab.wait_for_selector("body > header.page-header", timeout=PATIENCE)
    tab.wait_for_load_state("networkidle")
    expect(tab.locator(".later")).to_have_count(0, timeout=PATIENCE)


def fits(tab, scheme):
    """Nobody is kept out, on a desk and on a telephone; a scheme a page, since all pages have one style sheet."""
    assert tab.get_by_text("could not be").count() == 0
    for width in (390, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.emulate_media(color_scheme=scheme)
    assert barriers(tab) == []


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).first.click()


def says(tab, text):
    expect(tab.locator(".message-area").get_by_text(text).first).to_be_visible(timeout=PATIENCE)


def test_an_open_page_of_plans_shows_what_the_other_side_did_and_keeps_what_is_typed(opened, spring):
    tab = opened("7_plans", person=REP)
    fits(tab, "dark")
    press(tab, "Keep this version")
    says(tab, "version 1 is kept")
    press(tab, "Submit it")
    says(tab, "You submitted version 1.")
    tab.get_by_label("Comment, or what must change").fill("Half a sen")
    kept.say(spring, TERRITORY, REP, Word("sign", 1), MANAGER)
    says(tab, f"Meanwhile: {MANAGER} signed version 1.")
    expect(tab.get_by_label("Comment, or what must change")).to_have_value("Half a sen")
    assert kept.find(spring, TERRITORY, REP).stand.state == SIGNED


def test_a_warning_leads_to_the_form_and_a_stage_narrows_what_is_open(opened):
    tab = opened("8_tracking")
    fits(tab, "light")
    expect(tab.get_by_role("columnheader", name="50% passed")).to_be_visible()
    tab.get_by_label("Stage", exact=True).select_option("Proposal")
    expect(tab.get_by_text("What is open now in the stage Proposal")).to_be_visible(timeout=PATIENCE)
    tab.locator("li.alert").filter(has_text=REP).get_by_role("link").first.click()
    drawn(tab)
    expect(tab.get_by_label("Rep", exact=True).first).to_have_value(REP)
    expect(tab.locator("li").filter(has_text="Warned since").first).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_role("button", name="Ask to reopen")).to_be_hidden()


def test_a_conversation_that_was_not_planned_is_recorded(opened, spring):
    tab = opened("9_checkpoints", person=MANAGER)
    fits(tab, "dark")
    tab.get_by_label("Rep", exact=True).first.select_option(REP)
    tab.get_by_label("Held on", exact=True).last.fill("2027-03-25")
    press(tab, "Write it down")
    says(tab, "to be written down")
    tab.get_by_label("Problems", exact=True).fill("Two hotels wait for the price list")
    tab.get_by_label("Problems", exact=True).press("Tab")
    press(tab, "Keep the record")
    says(tab, "Kept as version 1.")
    found = [each.record for each in checkpoints.checkpoints(spring, REP)]
    assert [(each.key, each.extra) for each in found] == [("weekly:2027-03-25", True)]


def test_the_planner_sees_and_changes_the_rating_scale(opened, spring):
    tab = opened("11_evaluation")
    fits(tab, "light")
    tab.get_by_label("Rating scale", exact=True).fill("misses it: 40%\nmeets it: 100%")
    tab.get_by_label("Rating scale", exact=True).press("Tab")
    tab.get_by_label("Why", exact=True).last.fill("Two levels are enough")
    tab.get_by_label("Why", exact=True).last.press("Tab")
    press(tab, "Make them known")
    says(tab, "Made known for Sales representative, version 2.")
    known = criteria.of_role(spring, "Sales representative").scale
    assert known == {"misses it": Decimal("0.4"), "meets it": Decimal(1)}
