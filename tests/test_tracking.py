"""The year in course in the workbook: who sees what, what was answered, what commands print, what pages draw."""

import html
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from planning import charts
from planning.charts.course import Ahead
from planning.cli.main import app
from planning.errors import AccessError, TrackingError
from planning.forms import page
from planning.forms.settle.adjusting import Adjusting
from planning.forms.settle.seat import Seat
from planning.forms.track import dashboard, leading, top, warnings
from planning.goals import ledger
from planning.history.engine import open_history
from planning.history.intake.importing import import_source
from planning.negotiation.moves import Say
from planning.settings import load
from planning.store import books
from planning.store.people import Person
from planning.tracking.alerts import NOTHING
from planning.tracking.bands import Ends, Standards
from planning.tracking.rules import Chosen
from planning.workbook import access, goals, start
from planning.workbook.leading import managers
from planning.workbook.negotiation import moving, talks
from planning.workbook.place import plan, stand
from planning.workbook.tracking import actions, alerts, seats, standards, views
from planning.workbook.tracking.course import asked
from planning.workbook.tracking.progress import BY, COLUMNS, progress, standing

ROOT = Path(__file__).resolve().parent.parent
MAY = date(2027, 5, 31)
REP = "Viktor Halasz"
KEY = f"activity:{REP}:2027-03-31"


@pytest.fixture(scope="module")
def company(planned_company, tmp_path_factory):
    """Take the planned sample company to the end of May."""
    workspace = tmp_path_factory.mktemp("may") / "workspace"
    shutil.copytree(planned_company, workspace)
    start.sample(str(workspace), lambda _: None, "2027-05")
    return workspace


@pytest.fixture(scope="module")
def seen(company):
    return stand(str(company), 2027)


@pytest.fixture
def mine(company, tmp_path):
    """Make a copy to write in."""
    shutil.copytree(company, tmp_path / "workspace")
    return stand(str(tmp_path / "workspace"), 2027)


def somebody(context, name, role):
    who = Person(name.split()[0].lower(), name, role)
    access.add(context.settings, who, "a long password", "planner")
    return replace(context, person=who)


def run(*words, workspace):
    done = CliRunner().invoke(app, ["track", *words, "--workspace", str(workspace), "--year", "2027"])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_progress_adds_up_from_reps_to_the_company(seen):
    tables = {by: progress(seen, by) for by in BY}
    assert all(list(table.columns) == COLUMNS for table in tables.values())
    for column in ("goal", "original", "result", "landing"):
        sums = {by: int(table[column].sum()) for by, table in tables.items() if by != "product_line"}
        assert len(set(sums.values())) == 1, (column, sums)
    assert tables["company"].at[0, "goal"] == goals.goals(seen)["assigned"].iloc[0]
    assert tables["product_line"]["result"].sum() == tables["company"]["result"].sum()
    assert set(tables["rep"]["band"]) <= {"on track", "watch", "off", ""}


def test_the_month_in_course_is_due_in_part_and_what_comes_later_is_not_known(seen):
    whole, part = (
        standing(seen, "company", as_of=date(2027, 4, 30)),
        standing(seen, "company", as_of=date(2027, 4, 15)),
    )
    assert part.table.at[0, "expected"] < whole.table.at[0, "expected"]
    assert part.table.at[0, "result"] < whole.table.at[0, "result"]
    assert part.at.days_left > whole.at.days_left
    quarter = standing(seen, "company", as_of=MAY, period="FY2027 Q1").table.iloc[0]
    assert quarter["expected"] == quarter["goal"] < whole.table.at[0, "goal"]
    assert pd.isna(quarter["landing"])


def test_before_the_year_begins_it_is_said_what_to_do(planned):
    with pytest.raises(TrackingError, match=r"FY2027 has not begun: results reach to 2026-12-31.*--through 2027-03"):
        progress(planned)


def test_names_that_are_not_known_are_refused(seen):
    with pytest.raises(TrackingError, match="Did you mean 'territory'"):
        progress(seen, "teritory")
    with pytest.raises(TrackingError, match="FY2027 has no 'FY2026 Q1'"):
        standing(seen, period="FY2026 Q1")
    with pytest.raises(TrackingError, match="Nothing was asked of margin"):
        progress(seen, metric="margin")


def test_every_metric_with_a_goal_is_told_and_a_ratio_is_one_sum_over_another(sample_company):
    past = stand(str(sample_company), 2026)
    names = {each.name for each in asked(past)}
    assert {"revenue", "units", "margin", "opportunities", "margin_rate", "closing_ratio"} <= names
    margin, revenue = (progress(past, "company", name, date(2026, 6, 30)).iloc[0] for name in ("margin", "revenue"))
    rate = progress(past, "company", "margin_rate", date(2026, 6, 30)).iloc[0]
    for column in ("goal", "expected", "result", "landing"):
        assert rate[column] == pytest.approx(margin[column] / revenue[column])
    assert pd.isna(rate["probability"])


def open_by_hand(context):
    """Add up what is open now from the rows themselves."""
    with open_history(context.settings) as history:
        return history.rows(
            "select o.stage, o.rep, o.territory, p.product_line, o.amount from opportunities as o "
            "left join products as p on p.product = o.product where o.status = 'open' and o.rep is not null"
        )


@pytest.mark.parametrize("by", ["rep", "territory", "product_line"])
def test_what_is_open_in_a_stage_is_told_by_whatever_is_shown(seen, by):
    rows = open_by_hand(seen)
    place = rows["territory"].mode()[0]
    mine = rows[(rows["stage"] == "Proposal") & (rows["territory"] == place)]
    found = views.stages(seen, by, {"stage": ["Proposal"], "territory": [place]})
    assert dict(zip(found["name"], found["value"], strict=True)) == mine.groupby(by)["amount"].sum().to_dict()
    assert found["deals"].sum() == len(mine) > 0


def test_a_manager_sees_the_open_opportunities_of_the_team_alone(mine):
    rows = open_by_hand(mine)
    leader = managers(mine)[REP]
    team = {name for name, manager in managers(mine).items() if manager == leader} | {leader}
    found = views.stages(somebody(mine, leader, "manager"))
    assert found["deals"].sum() == rows["rep"].isin(team).sum() < len(rows)


def test_a_stage_that_is_chosen_narrows_what_is_open_and_leaves_results_as_they_are(mine):
    here = page.open_page("8_tracking", str(mine.settings.workspace), 2027, "", "")
    form = dashboard.Dashboard(here)

    before = [each.value for each in form._live.view.children]
    assert "What is open now, by stage" in before[-1]
    form._stage.control.value = "Proposal"
    after = [each.value for each in form._live.view.children]
    assert "What is open now in the stage Proposal" in after[-1]
    assert "A result has no stage" in after[-2]
    assert before[:-1] == after[:-2]


def test_a_rep_sees_themselves_and_all_others_together_and_a_manager_the_team(mine):
    leader = managers(mine)[REP]
    own = progress(somebody(mine, REP, "rep"))
    assert set(own["name"]) == {REP, seats.OTHERS}
    assert own["goal"].sum() == progress(mine, "company")["goal"].iloc[0]
    team = progress(somebody(mine, leader, "manager"))
    assert {name for name, manager in managers(mine).items() if manager == leader} >= set(team["name"]) - {
        seats.OTHERS,
        leader,
    }
    assert REP in set(team["name"])


def test_no_choice_of_a_rep_brings_out_what_a_peer_did(mine):
    me, place = somebody(mine, REP, "rep"), "Capital East"
    peer = next(each for each in progress(mine)["name"] if each not in (REP, seats.NOBODY))
    for by in BY:
        table = standing(me, by, where={"rep": [peer]}).table
        assert table["result"].sum() == 0 or set(table["name"]) <= {seats.OTHERS}, by
    own = progress(mine).set_index("name").at[REP, "result"]
    assert standing(replace(me, territory=place), "company").table["result"].tolist() == [own]
    assert set(views.leading(me)["rep"]) == {REP}
    assert views.by_month(me)["result"].dropna().iloc[-1] == own
    assert {each.whom for each in alerts.alerts(me)} <= {REP, place}


def test_what_was_changed_during_the_year_stands_beside_what_was_first_agreed(mine):
    tree, _ = goals.book(mine)
    places = tree.positions[tree.positions["rep"] == REP].iloc[0]
    moved = pd.DataFrame(
        [
            {"owner": places["owner"], "amount": -1_000_00},
            {"owner": f"territory:{places['territory']}", "amount": 1_000_00},
        ]
    )
    rows = ledger.entries(
        moved, metric="revenue", period="2027-11", step="adjusted", reason="A market closed", source="test"
    )
    with plan(mine.settings) as database, database.writing() as connection:
        number = books.find(connection, 2027, "plan")
        books.post(connection, number, [ledger.Transaction("agreement", "A market closed", "Ana", rows)])
    row = progress(mine).set_index("name").loc[REP]
    assert row["original"] - row["goal"] == 1_000_00
    course = views.by_month(mine, where={"rep": [REP]})
    assert (course["original"] - course["goal"]).tolist() == [0] * 10 + [1_000_00] * 2


def test_a_chosen_response_is_an_action_that_is_followed_up(mine):
    alerts.answer(mine, KEY, "Go along in the field for a day", "Ana", "Ana", date(2027, 6, 10))
    kept = actions.actions(mine, REP)[0]
    assert (kept.source, kept.owner, kept.due) == (f"alert:{KEY}", "Ana", date(2027, 6, 10))
    actions.keep(mine, replace(kept, state="done", note="Three visits"), "Ana")
    assert [(each.what, each.state, each.note) for each in alerts.answers(mine)[KEY]] == [
        ("Go along in the field for a day", "done", "Three visits")
    ]
    # The warning is the same one a month later, and so is what was answered.
    assert KEY in {each.key for each in alerts.alerts(mine, date(2027, 4, 30))}


def test_that_nothing_is_to_be_done_is_an_answer_if_it_says_why(mine):
    with pytest.raises(TrackingError, match="Say why"):
        alerts.answer(mine, KEY, NOTHING, "Ana")
    alerts.answer(mine, KEY, NOTHING, "Ana", note="Back from leave")
    alerts.answer(mine, KEY, NOTHING, "Ana", note="Back from parental leave")
    assert [(each.what, each.note, each.owner) for each in alerts.answers(mine)[KEY]] == [
        (NOTHING, "Back from parental leave", "Ana")
    ]


def test_an_answer_that_cannot_be_followed_up_or_is_none_of_ones_business_is_refused(mine):
    with pytest.raises(TrackingError, match="warning that stands"):
        alerts.answer(mine, "pace:Nobody:2027-03-31", NOTHING, "Ana", note="x")
    with pytest.raises(TrackingError, match=r"who does it\n.*until when"):
        alerts.answer(mine, KEY, "Ask what is in the way, and clear it", "Ana")
    other = somebody(mine, "Aiko Tanabe", "rep")
    with pytest.raises(TrackingError):
        alerts.answer(other, KEY, NOTHING, "Aiko Tanabe", note="x")
    viewer = replace(somebody(mine, "Vera", "viewer"), territory="")
    with pytest.raises((AccessError, TrackingError)):
        alerts.answer(viewer, KEY, NOTHING, "Vera", note="x")


def test_an_answer_of_a_territory_is_the_business_of_who_leads_it(mine):
    key = next(each.key for each in alerts.alerts(mine) if each.territory == "Southern Bays" and not each.rep)
    leader = somebody(mine, "Lucia Ferreira", "manager")
    alerts.answer(
        leader, key, "Ask the accounts that buy less what changed", "x", "Lucia Ferreira", date(2027, 6, 30)
    )
    assert [each.owner for each in alerts.answers(leader)[key]] == ["Lucia Ferreira"]
    assert alerts.answers(somebody(mine, "Tomas Brandt", "manager")) == {}


def test_only_a_planner_sets_rules_and_standards_and_they_hold(mine):
    manager = somebody(mine, managers(mine)[REP], "manager")
    with pytest.raises(AccessError):
        alerts.choose(manager, Chosen(switched={"activity": False}), "x")
    with pytest.raises(AccessError):
        standards.keep(manager, Standards(), "x")
    alerts.choose(mine, Chosen(switched={"activity": False}), "Ana")
    assert KEY not in {each.key for each in alerts.alerts(mine)}
    standards.keep(mine, Standards("attainment", {"": Ends(1.5, 1.4)}), "Ana")
    assert set(progress(mine).query("attainment < 1.4")["band"]) == {"off"}


def test_commands_print_what_the_page_shows(company):
    told = json.loads(run("status", "--by", "company", "--format", "json", workspace=company))
    assert told[0]["name"] == "Alder & Finch"
    assert "activity:Viktor Halasz:2027-03-31" in run("alerts", "--format", "csv", workspace=company)
    listed = json.loads(run("rules", "--preview", "--threshold", "pace=85%", "--format", "json", workspace=company))
    assert {row["rule"]: row["threshold"] for row in listed}["pace"] == 0.85
    assert '"never_warned"' in json.dumps(listed)
    assert "rep" in run("replay", "--landings", workspace=company)
    assert run("standards", workspace=company).startswith("Everybody: On track")


def test_commands_answer_set_and_refuse(mine):
    folder = mine.settings.workspace
    run(
        "respond",
        KEY,
        "--do",
        "Agree on ten visits a week",
        "--owner",
        "Ana",
        "--due",
        "2027-06-01",
        workspace=folder,
    )
    assert "Agree on ten visits a week (open)" in run("alerts", "--format", "csv", workspace=folder)
    run("rules", "--off", "activity", "--most", "1", workspace=folder)
    assert KEY not in run("alerts", "--format", "csv", workspace=folder)
    assert "90%" in run("standards", "--on-track", "90%", "--off-below", "80%", workspace=folder)


def test_the_replay_of_a_real_company_prints_its_hit_rate_month_by_month(real_data, tmp_path, capsys):
    import_source("adventureworks", real_data / "adventureworks", load(tmp_path))
    context = stand(str(tmp_path))
    table = alerts.month_by_month(context)
    last = table[table["year"] == 2020].set_index("month")
    with capsys.disabled():
        print(f"\nAdventureWorks, FY2020 to May: warnings at each month end\n{last.round(3)}")
    assert list(last.index) == list(range(1, 12))
    assert (last.loc[2:10, "hit_rate"] > 0.9).all()
    assert (last.loc[2:10, "found"] > 0.7).all()


def test_parts_of_the_page_are_drawn_and_escape_what_people_typed(mine, monkeypatch):
    alerts.answer(mine, KEY, "<b>Call</b> them", "Ana", "Ana <i>", date(2027, 6, 10))
    here = page.open_page("8_tracking", str(mine.settings.workspace), 2027, "", "")
    shown = top.stands(here)._repr_html_()
    assert "The chance of making the goal is" in shown
    assert shown.count("<svg") == 4
    listed = [child.value for child in warnings.standing(here).children[0].children]
    assert any("&lt;b&gt;Call&lt;/b&gt; them" in each for each in listed)
    assert not any("<b>Call" in each for each in listed)
    assert "Viktor Halasz" in leading.signals(here)._repr_html_()
    assert "Southern Bays" in dashboard.months(here)._repr_html_()
    assert "landed again" in top.trust(here)._repr_html_()


def settle(context, rep):
    """Let both sides sign a rep's goal as it stands."""
    manager = talks.talk(context, rep).manager
    for person, what in ((manager, "propose"), (manager, "accept"), (rep, "accept")):
        moving.move(context, rep, Say(what, "As it stands"), person, len(talks.talk(context, rep).thread.moves))


def test_a_warning_leads_to_the_form_that_changes_the_goal_with_itself_as_evidence(mine, monkeypatch):
    settle(mine, REP)
    open_page = partial(page.open_page, workspace=str(mine.settings.workspace), year=2027, scenario="", territory="")
    tracking = open_page("8_tracking")
    found = {each.key: each for each in alerts.alerts(mine)}
    assert "<a " not in warnings._change(tracking, found[KEY])
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    shown = warnings._change(tracking, found[KEY])
    query, _, heading = html.unescape(re.search(r'href="[^?]*\?([^"]*)"', shown)[1]).partition("#")
    given = dict(parse_qsl(query))
    assert given == {"territory": found[KEY].territory, "year": "2027", "rep": REP, "warning": KEY}
    assert f"## {heading.replace('-', ' ')}\n" in (ROOT / "notebooks" / "6_negotiation.ipynb").read_text(
        "utf-8"
    ).replace("\\n", "\n")
    assert not warnings._change(replace(tracking, context=somebody(mine, "Vera", "viewer")), found[KEY])
    monkeypatch.delenv("VOILA_BASE_URL")
    monkeypatch.setenv("QUERY_STRING", query)
    form = Adjusting(open_page("6_negotiation"), Seat(open_page("6_negotiation"), lambda: None, lambda: None), print)
    assert form._seat.rep == REP
    # In the year, a settled goal is changed by the form alone.
    assert "away" in form._seat._buttons["reopen"]._dom_classes
    assert "away" not in form._seat._buttons["comment"]._dom_classes
    assert [each["what"] for each in form._evidence.chosen] == [f"Warned since 2027-03-31: {found[KEY].says}"]
    monkeypatch.setenv("QUERY_STRING", query.replace("2027-03-31", "2027-02-28"))
    form = Adjusting(open_page("6_negotiation"), Seat(open_page("6_negotiation"), lambda: None, lambda: None), print)
    assert not form._evidence.chosen
    assert "does not stand any more" in form._messages.view.value


def test_a_page_of_a_year_that_has_not_begun_says_what_to_do(planned):
    here = page.open_page("8_tracking", str(planned.settings.workspace), 2027, "", "")
    assert "planning sample --through 2027-03" in top.stands(here)._repr_html_()
    for part in (warnings.standing, dashboard.dashboard, dashboard.months, leading.signals, leading.needed):
        assert "Here " in part(here)._repr_html_()


def test_bullets_are_each_on_the_scale_of_their_own_goal(seen):
    frame = pd.DataFrame({
        "name": ["Large", "Small", "None"], "goal": [1000.0, 10.0, 0.0], "expected": [500.0, 5.0, 0.0],
        "result": [600.0, 4.0, 3.0], "landing": [1100.0, 9.0, np.nan], "low": [1000.0, 8.0, np.nan],
        "high": [1200.0, 10.0, np.nan], "told": ["one", "two", "three"],
    })  # fmt: skip
    drawn = charts.bullets(frame, "How it goes.")
    assert "Large: one; Small: two" in drawn.reading
    widths = {
        round(mark.x2 - mark.x, 1)
        for mark in drawn.wide.marks
        if isinstance(mark, charts.bullets.__globals__["Box"]) and mark.color == "#d9dfe5" and mark.x2 > mark.x
    }
    assert len(widths) == 1
    for drawing in (drawn.wide, drawn.narrow):
        assert all(0 <= mark.x <= drawing.width for mark in drawing.marks if hasattr(mark, "x2"))


@pytest.mark.parametrize("ahead", [None, Ahead(2.5, 1150.0, 1000.0, 1300.0)])
def test_the_course_of_a_year_says_where_it_leads(seen, ahead):
    frame = pd.DataFrame({
        "month": [f"2027-{number:02d}" for number in range(1, 13)], "goal": np.arange(1, 13) * 100_00,
        "original": np.arange(1, 13) * 110_00,
        "result": pd.Series([90_00, 210_00, 240_00] + [None] * 9, dtype="Int64"),
    })  # fmt: skip
    drawn = charts.course(frame, ahead, seen.settings, "The year.", original=True)
    assert ("Landing" in drawn.reading) == (ahead is not None)
    for drawing in (drawn.wide, drawn.narrow):
        texts = " ".join(" ".join(mark.lines) for mark in drawing.marks if hasattr(mark, "lines"))
        assert re.search(r"Goal \$1[.,]2", texts)
        assert "As first agreed" in texts
    assert charts.course(frame.assign(result=pd.NA), None, seen.settings, "The year.").empty


def test_the_map_of_months_writes_each_figure_and_leaves_out_what_is_not_known(seen):
    table = pd.DataFrame([[0.5, np.nan], [1.0, 1.2]], ["A", "B"], ["2027-01", "2027-02"])
    drawn = charts.heat(table, seen.settings, "Months.", (0.92, 0.97))
    texts = [line for mark in drawn.wide.marks if hasattr(mark, "lines") for line in mark.lines]
    assert texts == ["Jan", "Feb", "A", "50", "B", "100", "120"]
    assert charts.heat(table.iloc[:, :0], seen.settings, "Months.", (0.9, 1.0)).empty
