"""Tests of the page around a step, of the parts that forms are made of, and of the server."""

import http.client
import json
import logging
import os
import re
import socket
import subprocess
import sys
from decimal import Decimal
from urllib.parse import parse_qs, urlencode, urlsplit

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as some
from ipywidgets import Button

from planning import sheets
from planning.errors import PlanningError, SettingsError
from planning.forms import blocks, inputs, messages, serve, shell
from planning.settings import Settings, notebooks
from planning.sheets import Html
from planning.sheets.entry import read_money, read_percent
from planning.workbook.context import Context
from planning.workbook.season import Season

US = Settings(workspace="/tmp/company", company="Brown & Söhne <GmbH>")
GERMANY = Settings(workspace="/tmp/company", currency="EUR", locale="de_DE")


@pytest.fixture
def served(monkeypatch):
    """As in a page of the server."""
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


@pytest.fixture
def published(monkeypatch):
    """As in a batch run."""
    monkeypatch.delenv("VOILA_BASE_URL", raising=False)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def place(territory="", scenario="plan"):
    return Context(US, 2027, scenario, territory)


def words(html):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


# The page ------------------------------------------------------------------------------------------------------


def test_the_query_gives_the_names_it_knows_and_leaves_out_the_rest(monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "territory=R%26D+North&year=2027&token=secret&territory=South")
    assert shell.query() == {"territory": "South", "year": "2027"}


def test_a_page_without_a_query_asks_for_nothing(monkeypatch):
    monkeypatch.delenv("QUERY_STRING", raising=False)
    assert shell.query() == {}


@given(territory=some.text(min_size=1), person=some.text(min_size=1))
def test_an_address_carries_territory_and_person_unharmed(territory, person):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILA_BASE_URL", "/plans/")
        # An address is text of the web: half of a surrogate pair is none.
        territory, person = (text.encode("utf-8", "replace").decode() for text in (territory, person))
        parts = urlsplit(shell.address("4_goals.ipynb", place(territory), person))
    assert parts.path == "/plans/voila/render/4_goals.ipynb"
    assert parse_qs(parts.query) == {"territory": [territory], "year": ["2027"], "person": [person]}


def test_the_address_names_a_scenario_only_if_it_is_a_what_if(served):
    assert "scenario" not in shell.address("4_goals.ipynb", place())
    assert "scenario=bold" in shell.address("4_goals.ipynb", place(scenario="bold"))


def test_a_link_can_lead_from_one_territory_to_another_and_to_the_whole_company(served):
    assert "territory=South" in shell.address(shell.FRONT_PAGE, place("North"), territory="South")
    assert "territory" not in shell.address(shell.FRONT_PAGE, place("North"), territory="")


def test_links_lead_to_the_file_in_an_editor_and_nowhere_in_a_published_report(published, monkeypatch):
    assert shell.link("Goals & co", "4_goals.ipynb", place()) == "Goals &amp; co"
    monkeypatch.setenv("JPY_SESSION_NAME", "4_goals.ipynb")
    assert shell.link("Goals", "4_goals.ipynb", place()) == '<a href="4_goals.ipynb">Goals</a>'


def test_the_header_says_where_one_stands_and_marks_the_current_step_alone(served):
    html = shell.header(place("North"), "2_assumptions.ipynb", "Ana")._repr_html_()
    assert "Goals for FY2027 Territory North" in words(html)
    assert "You act as Ana" in words(html)
    assert len(re.findall("aria-current", html)) == 1
    assert re.search(r'<a href="[^"]*2_assumptions[^"]*" aria-current="page">', html)


def test_the_header_takes_nothing_from_people_for_markup(served):
    html = shell.header(place("<img src=x onerror=alert(1)>"), shell.FRONT_PAGE, '"><script>')._repr_html_()
    assert "<img" not in html
    assert "<script" not in html
    assert "Brown &amp; Söhne &lt;GmbH&gt;" in html


def season(**more):
    states = dict.fromkeys((name for _, _, name in shell.STEPS[1:]), "open") | {"History": "done", "Goals": "begun"}
    return Season(states, more.get("years", [2026, 2027]), more.get("scenarios", ["plan"]), ["North", "S<b>"], True)


def test_one_goes_to_another_year_or_territory_from_the_header_and_stays_on_the_page(served):
    html = shell.header(place("North"), "4_goals.ipynb", "Ana", season())._repr_html_()
    assert 'action="/voila/render/4_goals.ipynb"' in html
    assert '<option value="2027" selected>FY2027</option>' in html
    assert '<option value="North" selected>North</option>' in html
    assert '<option value="">Whole company</option>' in html
    assert '<option value="S&lt;b&gt;">' in html
    assert '<input type="hidden" name="person" value="Ana">' in html
    # There is one scenario, so there is nothing to choose.
    assert "Scenario The plan" in words(html)
    assert 'name="scenario"' not in html


def test_the_navigation_says_how_far_each_step_is_also_to_those_who_do_not_see_it(served):
    html = shell.header(place(), "4_goals.ipynb", season=season())._repr_html_()
    assert {"1 History, done", "4 Goals, begun", "2 Assumptions, not begun"} <= {
        words(item).replace(" ,", ",") for item in re.findall("<li.*?</li>", html)
    }


def test_a_published_report_brings_its_style_and_a_served_page_has_it_already(published, monkeypatch):
    assert "<style>" in shell.header(place(), shell.REPORT)._repr_html_()
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    assert "<style>" not in shell.header(place(), shell.REPORT)._repr_html_()


def test_every_step_of_the_navigation_is_a_notebook_that_ships():
    pages = [page for page, *_ in shell.STEPS] + [shell.REPORT]
    assert [page for page in pages if not (notebooks() / page).exists()] == []


def test_style_and_page_ask_for_nothing_from_outside():
    files = [serve.FORMS / "planning.css", *(serve.FORMS / "template").iterdir()]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    assert {name for name, text in texts.items() if re.search(r"https?://|url\(|@import|font-awesome", text)} == set()


# What a form says ----------------------------------------------------------------------------------------------


def pressed(action):
    said, button = messages.Messages(), Button()
    messages.guarded(said, action)(button)
    assert not button.disabled
    return said.view.value


def refuse(error):
    raise error


def test_an_action_that_worked_says_what_it_did():
    html = pressed(lambda: "Kept 3 goals <of> Ana.")
    assert 'role="status"' in html
    assert "Done Kept 3 goals &lt;of&gt; Ana." in words(html)


def test_a_refusal_is_shown_as_written_line_by_line():
    html = pressed(lambda: refuse(PlanningError("Two things are wrong:\n  - <b>no</b> owner\n  - low & high")))
    assert 'role="alert"' in html
    assert "wrong:\n  - &lt;b&gt;no&lt;/b&gt; owner\n  - low &amp; high" in html


def test_a_defect_is_apologised_for_with_a_reference_under_which_the_log_has_the_cause(caplog, monkeypatch):
    log = logging.getLogger("forms under test")
    monkeypatch.setattr(messages, "get_logger", lambda: log)
    with caplog.at_level(logging.ERROR, log.name):
        html = pressed(lambda: refuse(ZeroDivisionError("a secret of the house")))
    reference = re.search(r"reference: ([0-9a-f]{8})\.", html)
    assert "secret" not in html
    assert reference[1] in caplog.records[0].getMessage()
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


def test_a_button_cannot_be_pressed_again_while_it_is_at_work():
    button, seen = Button(), []
    messages.guarded(messages.Messages(), lambda: seen.append(button.disabled) or "Done.")(button)
    assert seen == [True]


def test_a_message_replaces_the_one_before_it():
    said = messages.Messages()
    said.say("refused", "first")
    said.say("info", "second")
    assert words(said.view.value) == "Note second"
    said.clear()
    assert said.view.value == ""


# Inputs --------------------------------------------------------------------------------------------------------


def note(asked):
    return words(asked.view.children[1].value)


def test_money_is_read_as_it_is_written_in_the_country_and_echoed():
    asked = inputs.money("Goal", GERMANY, required=True)
    asked.control.value = "1.234,50"
    assert asked.read() == 123450
    assert "1.234,50" in note(asked)


def test_money_of_another_country_is_refused_with_an_example():
    asked = inputs.money("Goal", GERMANY)
    asked.control.value = "1,234.50"
    with pytest.raises(PlanningError, match=r"Goal: '1,234\.50' is not an amount\. Write it such as 1\.234,56"):
        asked.read()
    assert "is not an amount" in note(asked)


@given(minor=some.integers(-(10**13), 10**13), settings=some.sampled_from([US, GERMANY]))
def test_an_amount_that_is_filled_in_is_read_back_to_the_cent(minor, settings):
    assert inputs.money("Goal", settings, value=minor).read() == minor


@given(hundredths=some.integers(-99_999, 99_999), settings=some.sampled_from([US, GERMANY]))
def test_a_percentage_that_is_filled_in_is_read_back_exactly(hundredths, settings):
    fraction = Decimal(hundredths).scaleb(-4)
    assert inputs.percent("Growth", settings, value=fraction).read() == fraction


LOCALES = some.sampled_from(["en_US", "de_DE", "fr_FR", "de_CH", "en_IN", "pl_PL", "pt_BR", "ja_JP"])


@given(minor=some.integers(-(10**15), 10**15), locale=LOCALES, currency=some.sampled_from(["USD", "EUR", "CHF"]))
def test_an_amount_as_it_is_shown_is_read_as_the_same_amount_everywhere(minor, locale, currency):
    settings = Settings(workspace="/tmp/company", locale=locale, currency=currency)
    assert read_money(sheets.money(minor, settings), settings) == minor


@pytest.mark.parametrize(
    ("typed", "locale", "minor"),
    [
        (" - 5 USD ", "en_US", -500),
        ("$5", "en_US", 500),
        ("1 234,50", "fr_FR", 123450),  # the space of a keyboard, where the locale has a narrow one
        ("1'000", "de_CH", 100000),
    ],
)
def test_an_amount_is_read_as_a_keyboard_of_the_place_writes_it(typed, locale, minor):
    assert read_money(typed, Settings(workspace="/tmp/company", locale=locale)) == minor


@pytest.mark.parametrize("typed", ["1.234,50", "1,23", "1 234", "1e5", "nan", "--5", "5-", "abc", "1.234", "9" * 17])
def test_an_amount_that_could_mean_something_else_is_refused_with_its_text(typed):
    with pytest.raises(PlanningError, match=re.escape(typed)):
        read_money(typed, US)


def test_a_percentage_is_read_with_and_without_its_sign():
    assert read_percent("4,5 %", GERMANY) == read_percent("4,5", GERMANY) == Decimal("0.045")


def test_empty_is_nothing_where_it_may_be_and_a_problem_where_it_may_not():
    assert inputs.money("Goal", US).read() is None
    assert inputs.text("Owner").read() is None
    with pytest.raises(PlanningError, match="^Owner: this is needed"):
        inputs.text("Owner", value="  ", required=True).read()


def test_a_form_shows_no_problem_before_anything_was_typed():
    asked = inputs.text("Owner", hint="Who stands for it", required=True)
    assert note(asked) == "Who stands for it"
    asked.control.value = "Ana"
    asked.fill("")
    assert note(asked) == "Who stands for it"


def test_everything_wrong_in_a_form_is_said_at_once():
    asked = {
        "goal": inputs.money("Goal", US, required=True),
        "growth": inputs.percent("Growth", US),
        "owner": inputs.text("Owner", value="Ana"),
    }
    asked["growth"].control.value = "much"
    with pytest.raises(PlanningError) as raised:
        inputs.read_all(**asked)
    assert [line.split(":")[0] for line in str(raised.value).splitlines()[1:]] == ["  - Goal", "  - Growth"]


def test_a_text_is_kept_without_spaces_around_it_and_no_longer_than_there_is_room():
    asked = inputs.text("Owner", value="  Ana ", longest=3)
    assert asked.read() == "Ana"
    asked.control.value = "Anna"
    with pytest.raises(PlanningError, match="4 characters; 3 are kept"):
        asked.read()


def test_what_was_typed_is_never_taken_for_markup():
    asked = inputs.money("Goal", US)
    asked.control.value = "<img src=x>"
    assert "<img" not in asked.view.children[1].value


def test_months_are_offered_by_name_and_given_as_text_that_sorts():
    asked = inputs.month("From", US, "2026-11", "2027-01", value="2026-12")
    assert [label for label, _ in asked.control.options[1:]] == ["Nov 2026", "Dec 2026", "Jan 2027"]
    assert asked.read() == "2026-12"


def test_a_choice_that_nobody_made_is_no_choice():
    asked = inputs.choice("Kind", {"Market growth": "market_growth"})
    assert asked.control.label == "Choose …"
    with pytest.raises(PlanningError, match="Kind: this is needed"):
        asked.read()


# Blocks --------------------------------------------------------------------------------------------------------


def test_a_form_shows_tables_and_widgets_alike():
    panel = blocks.panel("A & B", Html("<p>table</p>"), Button(description="Save"))
    title, table, button = panel.children
    assert "A &amp; B" in title.value
    assert "<p>table</p>" in table.value
    assert isinstance(button, Button)


def test_where_there_is_nothing_yet_the_page_says_what_to_do():
    html = blocks.nothing_yet("No goals for <b>2027</b>.", '<a href="x">Set them</a>')._repr_html_()
    assert "No goals for &lt;b&gt;2027&lt;/b&gt;." in html
    assert '<a href="x">Set them</a>' in html


# The server ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ip", ["0.0.0.0", "192.168.1.7", "::", "planning.example"])
def test_an_address_that_others_could_reach_is_refused(ip):
    with pytest.raises(SettingsError, match=re.escape(ip)):
        serve.local_address(ip)


def test_a_port_that_is_taken_gives_way_to_the_next_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = serve.free_sockets("127.0.0.1", port)
        numbers = [each.getsockname()[1] for each in found]
        for each in found:
            each.close()
    assert port < numbers[0] <= port + serve.PORTS_TRIED


def test_without_a_free_port_the_range_that_was_tried_is_named(monkeypatch):
    def taken(*_, **__):
        raise OSError

    monkeypatch.setattr("socket.create_server", taken)
    with pytest.raises(SettingsError, match=r"No port from 8866 to 8886 is free on 127\.0\.0\.1"):
        serve.free_sockets("127.0.0.1", 8866)


def test_a_folder_without_a_front_page_is_not_served(tmp_path):
    with pytest.raises(SettingsError, match=r"no index\.ipynb"):
        serve.serve(US, folder=tmp_path)


SHOWS_WHERE_ONE_STANDS = """from planning import settings
from planning.forms import shell
from planning.workbook.context import Context
hidden_in_the_source = 1
shell.header(Context(settings.load(), 2027), "index.ipynb", shell.query().get("person", ""))"""


def write_page(file, code):
    page = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "", "language": ""}})
    page.cells = [nbformat.v4.new_markdown_cell("# Goals & <more>"), nbformat.v4.new_code_cell(code)]
    nbformat.write(page, file)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Serve a folder with a page, its data and its program; gives the port."""
    folder, log = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("server") / "log"
    write_page(folder / "index.ipynb", SHOWS_WHERE_ONE_STANDS)
    write_page(folder / "fails.ipynb", "1 / 0")
    for name in ("plan.sqlite", "private.py", "picture.png"):
        (folder / name).write_text("secret")
    program = (
        "import sys; from pathlib import Path; from planning import settings; "
        "from planning.forms.serve import serve; "
        "serve(settings.load(sys.argv[1]), port=0, folder=Path(sys.argv[2]))"
    )
    company = tmp_path_factory.mktemp("company")
    (company / "workspace.json").write_text(json.dumps({"company": "Acme & Sons"}))
    command = [sys.executable, "-c", program, str(company), str(folder)]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=dict(os.environ))
    said = process.stdout.readline()
    process.stdout.close()
    assert "http://127.0.0.1:" in said, log.read_text()
    yield int(said.split("127.0.0.1:")[1].split("/")[0])
    process.terminate()
    process.wait(timeout=20)


def ask(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer, text


def test_the_root_leads_to_the_front_page(server):
    answer, _ = ask(server, "/")
    assert (answer.status, answer.headers["Location"]) == (302, "/voila/render/index.ipynb")


@pytest.mark.parametrize("place", ["voila/files", "files", "api/contents", "voila/tree", "tree", "voila/render"])
@pytest.mark.parametrize("name", ["plan.sqlite", "private.py", "picture.png", ""])
def test_files_and_folders_are_not_served(server, place, name):
    answer, text = ask(server, f"/{place}/{name}")
    if answer.status == 302:
        answer, text = ask(server, answer.headers["Location"])
    assert answer.status == 404
    assert "secret" not in text
    assert "plan.sqlite" not in text


def test_the_source_of_a_page_is_not_served(server):
    for path in ("/voila/files/index.ipynb", "/files/index.ipynb", "/api/contents/index.ipynb"):
        answer, _ = ask(server, path)
        assert answer.status == 404


def test_an_address_without_a_page_is_answered_in_words(server):
    answer, text = ask(server, "/nowhere")
    assert answer.status == 404
    assert "There is no such page" in text


def test_a_name_that_leads_here_from_elsewhere_is_not_answered(server):
    answer, _ = ask(server, "/voila/render/index.ipynb", Host="planning.example")
    assert answer.status == 403


def test_every_answer_forbids_what_comes_from_another_host(server):
    answer, _ = ask(server, "/nowhere")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture(scope="module")
def front(server):
    return ask(server, "/voila/render/index.ipynb?person=Ana")


def test_the_root_keeps_what_was_asked_for(server):
    answer, _ = ask(server, "/?territory=North")
    assert answer.headers["Location"] == "/voila/render/index.ipynb?territory=North"


def test_a_page_bears_the_title_of_its_notebook_and_the_company(front):
    assert "<title>Goals &amp; &lt;more&gt; · Acme &amp; Sons</title>" in front[1]


def test_a_page_knows_its_workspace_and_who_asks_and_shows_no_source(front):
    assert "Acme &amp; Sons</p>" in front[1]
    assert "You act as <strong>Ana" in front[1]
    assert "hidden_in_the_source" not in front[1]


def test_a_page_names_its_language_and_its_main_part_and_says_that_it_is_coming(front):
    assert '<html lang="en">' in front[1]
    assert 'role="main"' in front[1]
    assert 'id="loading_text">Starting' in front[1]


def test_what_a_page_loads_comes_from_this_server(front):
    loaded = re.findall(r'(?:<script[^>]* src|<link[^>]* href|<img[^>]* src)="([^"]*)"', front[1])
    assert loaded
    assert [address for address in loaded if not address.startswith(("/voila/", "data:"))] == []


def test_a_page_whose_step_fails_says_so_without_its_insides(server):
    answer, text = ask(server, "/voila/render/fails.ipynb")
    assert answer.status == 200
    assert "This part of the page could not be shown" in text
    assert "ZeroDivisionError" not in text
    assert "show_tracebacks" not in text


def test_closing_a_page_frees_its_process(server, front):
    answer, text = front
    kernel = re.search(r'"kernelId": "([^"]+)"', text)[1]
    cookies = "; ".join(each.split(";")[0] for each in answer.headers.get_all("Set-Cookie"))
    token = re.search(r"_xsrf=([^;]+)", cookies)[1]
    assert ask(server, f"/api/kernels/{kernel}")[0].status == 200
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=20)
    goodbye = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/voila/api/shutdown/{kernel}", urlencode({"_xsrf": token}), goodbye)
    assert connection.getresponse().status == 204
    connection.close()
    assert ask(server, f"/api/kernels/{kernel}")[0].status == 404
