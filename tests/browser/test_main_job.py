"""The main job as people do it: in two tabs, from the front page to an agreed goal."""

import csv
import shutil
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from planning.workbook import assumptions, goals, negotiation
from planning.workbook.place import stand

REP = "Aiko Tanabe"
PLACE = "Harbour Coast"
PAGES = ("index", "1_history", "2_assumptions", "4_goals", "5_negotiation", "report_territory")
PATIENCE = 60_000


@pytest.fixture(scope="module")
def workspace(planned_company, tmp_path_factory):
    """Make a workspace that the tests of this file share, as the tabs of a company do."""
    folder = tmp_path_factory.mktemp("job") / "workspace"
    shutil.copytree(planned_company, folder)
    return folder


@pytest.fixture
def forms(serve_forms, workspace):
    return serve_forms(workspace)


def go(tab, address, title):
    tab.goto(address)
    expect(tab.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=PATIENCE)


def answer(tab, text):
    expect(tab.locator(".message-area").get_by_text(text)).to_be_visible(timeout=PATIENCE)


def row(tab, name):
    return tab.get_by_role("row").filter(has=tab.get_by_role("rowheader", name=name, exact=True))


def sit_down(tab, forms, role, name):
    go(tab, forms.page("5_negotiation", territory=PLACE), "4 · What we agree")
    tab.get_by_label("Rep", exact=True).select_option(REP)
    tab.get_by_label("I am").select_option(role)
    # The form answers a choice by filling in the name that goes with it.
    expect(tab.get_by_label("My name")).to_have_value(name, timeout=PATIENCE)


def press(tab, verb):
    tab.get_by_role("button", name=verb, exact=True).click()


def test_from_the_front_page_to_an_agreed_goal(open_tab, forms, workspace):
    context = stand(str(workspace))
    company = int(goals.goals(context)["assigned"].iloc[0])
    manager, rep = open_tab(), open_tab()

    # The planner opens the front page and goes on to the assumptions.
    go(manager, forms.address, "Sales planning")
    expect(row(manager, PLACE)).to_contain_text("Goals set")
    manager.get_by_role("link", name="2 · Assumptions").click()
    expect(manager.get_by_role("heading", level=1, name="2 · What we expect")).to_be_visible(timeout=PATIENCE)
    manager.get_by_label("Kind").select_option("Price change")
    manager.get_by_label("Territory").select_option(PLACE)
    for label, value in (("Low", "1%"), ("Likely", "1.5%"), ("High", "2%")):
        manager.get_by_label(label, exact=True).fill(value)
    press(manager, "Save")
    answer(manager, "Owner: this is needed.")
    manager.get_by_label("Owner").fill("Pricing")
    manager.get_by_label("Evidence").fill("The list of January")
    manager.get_by_label("Evidence").press("Tab")
    press(manager, "Save")
    answer(manager, f"Price change on {PLACE} is kept.")
    expect(row(manager, "Price change").filter(has_text="The list of January").first).to_be_visible()
    assert [each.owner for each in assumptions.stated(context)][-1] == "Pricing"

    # The manager proposes, with a justification, which is asked for if it is missing.
    sit_down(manager, forms, "The manager", negotiation.talk(context, REP).manager)
    press(manager, "Propose")
    answer(manager, "it needs a justification")
    manager.get_by_label("Reason or comment").fill("Last year, the market and the price list <b>")
    manager.get_by_label("Reason or comment").press("Tab")
    press(manager, "Propose")
    answer(manager, "You proposed (version 1).")

    # The rep sees it and counters.
    sit_down(rep, forms, "The rep", REP)
    expect(rep.get_by_text("Last year, the market and the price list <b>")).to_be_visible()
    rep.get_by_label("Cookware").fill("150,000")
    rep.get_by_label("Reason or comment").fill("The competitor took two of my accounts")
    rep.get_by_label("Reason or comment").press("Tab")
    press(rep, "Counter")
    answer(rep, "You made a counter-proposal (version 2).")

    # The manager's page still shows version 1: accepting it is refused, and what came since is shown.
    press(manager, "Accept")
    answer(manager, "it is version 2 now")
    expect(manager.get_by_text("The competitor took two of my accounts")).to_be_visible()
    press(manager, "Accept")
    answer(manager, "You accepted (version 2).")
    press(rep, "Accept")
    answer(rep, "it is agreed and posted")

    # The front page shows it after a reload, and the company's goal is what it was.
    go(manager, forms.address, "Sales planning")
    manager.reload()
    expect(row(manager, PLACE)).to_contain_text("1 of 4 agreed", timeout=PATIENCE)
    assert negotiation.talk(context, REP).held["Cookware"] == 15_000_000
    assert int(goals.goals(context)["assigned"].iloc[0]) == company


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_breaks_off_nowhere(open_tab, forms, name):
    tab = open_tab()
    tab.goto(forms.page(name, territory=PLACE))
    expect(tab.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    tab.wait_for_load_state("networkidle")
    if name == "1_history":  # its last part comes when all others are there
        expect(tab.get_by_text("How this is forecast")).to_be_visible(timeout=PATIENCE)
    assert tab.locator(".later").count() == 0
    assert tab.locator("h2").count() >= 2
    assert tab.get_by_text("could not be shown").count() == 0
    assert tab.get_by_text("could not be drawn").count() == 0
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_and_tables_are_saved_as_files(open_tab, forms, tmp_path):
    tab = open_tab()
    go(tab, forms.page("1_history"), "What happened")
    figure = tab.locator("figure.picture").filter(has_text="Revenue of FY2026 by territory.").first
    figure.wait_for(timeout=PATIENCE)
    with tab.expect_download() as download:
        figure.locator("button.save").click()
    download.value.save_as(tmp_path / "figure.png")
    assert download.value.suggested_filename == "revenue-of-fy2026-by-territory.png"
    picture = (tmp_path / "figure.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") > 1400
    with tab.expect_download() as download:
        tab.locator("a.save").first.click()
    download.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert sum(Decimal(row["Difference"]) for row in rows) < 0


def test_a_wrong_address_is_said_and_the_whole_company_shown(open_tab, forms):
    tab = open_tab()
    go(tab, forms.page("index", territory="<b>Nowhere"), "Sales planning")
    expect(tab.get_by_text("There is no territory '<b>Nowhere'.")).to_be_visible()
    expect(row(tab, PLACE)).to_be_visible()


def test_a_workspace_without_history_says_what_to_do(open_tab, serve_forms, tmp_path, complaints):
    tab = open_tab()
    go(tab, serve_forms(tmp_path).page("index"), "Sales planning")
    expect(tab.get_by_text("planning import").first).to_be_visible(timeout=PATIENCE)
