"""The main job as people do it: in two tabs, from the front page to an agreed goal."""

import csv
import shutil
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from planning.negotiation.moves import Say
from planning.workbook import goals
from planning.workbook.expected import assumptions
from planning.workbook.negotiation import moving, proof, talks
from planning.workbook.place import stand

REP = "Aiko Tanabe"
PLACE = "Harbour Coast"
PAGES = (
    "index", "1_history", "2_assumptions", "3_what_if", "4_goals", "5_what_it_takes", "6_negotiation",
    "report_territory",
)  # fmt: skip
LAST = {
    "1_history": "How this is forecast",
    "2_assumptions": "Take it into the form",
    "3_what_if": "How this is found",
    "4_goals": "bring it back here",
    "5_what_it_takes": "each against the band",
}
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


def sit_down(tab, forms, person):
    go(tab, forms.page("6_negotiation", territory=PLACE), "6 · What we agree")
    tab.get_by_label("Rep", exact=True).select_option(REP)
    tab.get_by_label("I am").select_option(person)
    expect(tab.locator(".later")).to_have_count(0, timeout=PATIENCE)


def press(tab, verb):
    tab.get_by_role("button", name=verb, exact=True).click()


def assume(tab, forms, context):
    # The planner opens the front page and goes on to the assumptions.
    go(tab, forms.address, "Sales planning")
    expect(row(tab, PLACE)).to_contain_text("Goals set")
    tab.get_by_role("link", name="2 · Assumptions").click()
    expect(tab.get_by_role("heading", level=1, name="2 · What we expect")).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_role("button", name="Take it into the form")).to_be_visible(timeout=PATIENCE)
    tab.get_by_label("Kind").select_option("Price change")
    expect(tab.get_by_text("How much prices change over last year")).to_be_visible(timeout=PATIENCE)
    tab.get_by_label("Territory", exact=True).select_option(PLACE)
    for label, value in (("Low", "1%"), ("Likely", "1.5%"), ("High", "2%")):
        tab.get_by_label(label, exact=True).fill(value)
    tab.get_by_label("High", exact=True).press("Tab")
    expect(tab.get_by_text("What this would do, if it were kept")).to_be_visible(timeout=PATIENCE)
    press(tab, "Save")
    answer(tab, "Owner: this is needed.")
    tab.get_by_label("Owner").fill("Pricing")
    tab.get_by_label("Evidence").fill("The list of January")
    tab.get_by_label("Evidence").press("Tab")
    press(tab, "Save")
    answer(tab, f"Price change on {PLACE} is kept.")
    expect(row(tab, "4 · Price change").filter(has_text="The list of January").first).to_be_visible()
    assert [each.owner for each in assumptions.stated(context)][-1] == "Pricing"


def negotiate(manager, rep, forms, context):
    # The manager proposes, with a justification, which is asked for if it is missing.
    leads = talks.talk(context, REP).manager
    sit_down(manager, forms, f"{leads}, manager")
    press(manager, "Propose")
    answer(manager, "it needs a justification")
    manager.get_by_label("Reason or comment").fill("Last year, the market and the price list <b>")
    manager.get_by_label("Reason or comment").press("Tab")
    press(manager, "Propose")
    answer(manager, "You proposed (version 1).")

    # The rep sees it and makes an own proposal; what was typed is there again after a reload.
    sit_down(rep, forms, f"{REP}, rep")
    expect(rep.get_by_text("Last year, the market and the price list <b>")).to_be_visible()
    rep.get_by_label("Cookware", exact=True).fill("150,000")
    rep.get_by_label("Reason or comment").fill("The competitor took two of my accounts")
    rep.get_by_label("Reason or comment").press("Tab")
    expect(rep.get_by_text("Read as $150,000.00")).to_be_visible(timeout=PATIENCE)
    sit_down(rep, forms, f"{REP}, rep")
    noted = "The competitor took two of my accounts"
    expect(rep.get_by_label("Reason or comment")).to_have_value(noted, timeout=PATIENCE)
    expect(rep.get_by_label("Cookware", exact=True)).to_have_value("$150,000.00", timeout=PATIENCE)
    press(rep, "Propose my own")
    answer(rep, "You made an own proposal (version 2).")

    # It shows on the manager's page by itself, beside what the manager was writing.
    answer(manager, f"Meanwhile: {REP} made an own proposal")
    expect(manager.get_by_text("The competitor took two of my accounts")).to_be_visible()
    # A conflict: the rep moves just before the manager presses. The manager is told, and nothing is signed.
    manager.get_by_label("Reason or comment").fill("Let us take it")
    manager.get_by_label("Reason or comment").press("Tab")
    expect(manager.get_by_role("button", name="Accept", exact=True)).to_be_enabled()
    seen = len(talks.talk(context, REP).thread.moves)
    moving.move(context, REP, Say("counter", "One more account", {"Cookware": 14_900_000}), REP, seen)
    press(manager, "Accept")
    answer(manager, "has moved on since you looked at it")
    expect(manager.get_by_label("Reason or comment")).to_have_value("Let us take it")
    assert talks.talk(context, REP).thread.accepted_by == frozenset()
    press(manager, "Accept")
    answer(manager, "You accepted (version 3).")
    answer(rep, f"{leads} accepted")
    rep.wait_for_timeout(3_000)  # what has just come cannot be signed unread
    press(rep, "Accept")
    answer(rep, "it is agreed and posted")
    press(rep, "Make the papers")
    expect(rep.get_by_role("link", name="Save: Agreement (PDF)")).to_be_visible(timeout=PATIENCE)
    assert proof.verify(context).problems == []


def test_from_the_front_page_to_an_agreed_goal(open_tab, forms, workspace):
    context = stand(str(workspace))
    company = int(goals.goals(context)["assigned"].iloc[0])
    manager, rep = open_tab(), open_tab()
    assume(manager, forms, context)
    negotiate(manager, rep, forms, context)

    # The front page shows it after a reload, and the company's goal is what it was.
    go(manager, forms.address, "Sales planning")
    manager.reload()
    expect(row(manager, PLACE)).to_contain_text("1 of 4 agreed", timeout=PATIENCE)
    assert talks.talk(context, REP).held["Cookware"] == 14_900_000
    assert int(goals.goals(context)["assigned"].iloc[0]) == company


def test_two_who_change_one_assumption_never_overwrite_each_other(open_tab, forms, workspace):
    context = stand(str(workspace))
    one, other = open_tab(), open_tab()
    for tab, likely in ((one, "2%"), (other, "4%")):
        go(tab, forms.page("2_assumptions"), "2 · What we expect")
        expect(tab.get_by_role("button", name="Take it into the form")).to_be_visible(timeout=PATIENCE)
        which = tab.get_by_role("combobox", name="Assumption", exact=True)
        which.first.select_option(label="1 · Market growth on everything")
        expect(tab.get_by_label("Likely", exact=True)).to_have_value("3.00%", timeout=PATIENCE)
        tab.get_by_label("Likely", exact=True).fill(likely)
        tab.get_by_label("Likely", exact=True).press("Tab")
    press(one, "Save")
    answer(one, "Market growth on everything is kept.")
    press(other, "Save")
    answer(other, "Assumption 1 was changed meanwhile")
    assert str(assumptions.stated(context)[0].likely) == "0.02"

    # Whoever is asked challenges it, with a reason, and the page says so after a reload.
    asked = one.get_by_role("combobox", name="Assumption", exact=True).nth(1)
    asked.select_option(label="1 · Market growth on everything")
    one.get_by_label("Is", exact=True).select_option("Challenged")
    one.get_by_label("Who says so").fill("Ingrid Solheim")
    press(one, "Say so")
    answer(one, "cannot be challenged without a reason")
    one.get_by_label("Why").fill("Orders of March are low")
    one.get_by_label("Why").press("Tab")
    press(one, "Say so")
    answer(one, "Market growth on everything is challenged.")
    one.reload()
    expect(row(one, "1 · Market growth").first).to_contain_text("Challenged", timeout=PATIENCE)


def test_what_was_typed_and_not_saved_comes_back_after_a_reload(open_tab, forms, workspace):
    tab, typed = open_tab(), {"Low": "1%", "Likely": "1.5%", "High": "2%", "Owner": "Ingrid Solheim"}
    go(tab, forms.page("2_assumptions"), "2 · What we expect")
    expect(tab.get_by_role("button", name="Take it into the form")).to_be_visible(timeout=PATIENCE)
    tab.get_by_label("Kind").select_option("Price change")
    expect(tab.get_by_text("How much prices change over last year")).to_be_visible(timeout=PATIENCE)
    for label, value in typed.items():
        tab.get_by_label(label, exact=True).first.fill(value)
    tab.reload()
    expect(tab.get_by_text("How much prices change over last year")).to_be_visible(timeout=PATIENCE)
    for label, value in typed.items():
        expect(tab.get_by_label(label, exact=True).first).to_have_value(value, timeout=PATIENCE)
    expect(tab.get_by_text("What this would do, if it were kept")).to_be_visible(timeout=PATIENCE)
    before = len(assumptions.stated(stand(str(workspace))))
    tab.get_by_label("Evidence", exact=True).fill("Price list of March")
    tab.get_by_label("Evidence", exact=True).press("Tab")
    press(tab, "Save")
    answer(tab, "Price change on everything is kept.")
    assert len(assumptions.stated(stand(str(workspace)))) == before + 1
    # What was saved is not typed any more.
    tab.reload()
    expect(tab.get_by_role("button", name="Take it into the form")).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_label("Owner", exact=True).first).to_have_value("")


def test_a_scenario_is_begun_and_opened_and_a_growth_answered_as_one_types(open_tab, forms):
    tab = open_tab()
    go(tab, forms.page("3_what_if"), "3 · What if")
    tab.get_by_label("New name").fill("Downside")
    tab.get_by_label("New name").press("Tab")
    press(tab, "Begin from it")
    answer(tab, "Downside is begun.")
    expect(tab.get_by_text("Not as things are.")).to_be_visible(timeout=PATIENCE)
    tab.get_by_label("Growth wanted").fill("1%")
    tab.get_by_label("Growth wanted").press("Tab")
    expect(tab.get_by_text("Yes.", exact=True)).to_be_visible(timeout=PATIENCE)
    tab.get_by_label("Fixed cost of the year").fill("5,000,000")
    tab.get_by_label("Fixed cost of the year").press("Tab")
    expect(tab.get_by_text("breaks even at")).to_be_visible(timeout=PATIENCE)
    tab.get_by_role("link", name="Downside").click()
    expect(tab.get_by_role("heading", level=1, name="2 · What we expect")).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_text("What-if Downside")).to_be_visible()


def barriers(tab):
    """Give what axe-core finds serious or worse, a line each."""
    found = Axe().run(tab).response["violations"]
    return [
        f"{each['id']}: {each['help']} ({len(each['nodes'])} times, as in {each['nodes'][0]['html'][:200]})"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_breaks_off_nowhere(open_tab, forms, name):
    tab = open_tab()
    tab.goto(forms.page(name, territory=PLACE))
    expect(tab.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    tab.wait_for_load_state("networkidle")
    if name in LAST:  # what comes late on the page; what is drawn later than the page still has to come
        expect(tab.get_by_text(LAST[name])).to_be_visible(timeout=PATIENCE)
    expect(tab.locator(".later")).to_have_count(0, timeout=PATIENCE)
    assert tab.locator("h2").count() >= 2
    assert tab.get_by_text("could not be shown").count() == 0
    assert tab.get_by_text("could not be drawn").count() == 0
    for width in (1280, 390, 2560):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    # Nobody is kept out: who uses a reader, needs contrast, has a dark screen, or a keyboard alone.
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        assert barriers(tab) == [], scheme
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


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
