"""Settling goals in a workspace: who may what, what each side sees before it moves, deadlines, proof and papers."""

import shutil
import socketserver
import threading
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import text

from planning import settings as config
from planning.errors import AccessError, LedgerError, NegotiationError, SettingsError
from planning.negotiation.moves import Say
from planning.negotiation.rules import Rules
from planning.papers import Columns, Heading, Paper, Points, Signatures, Words
from planning.papers.agreement import agreement
from planning.papers.files import save
from planning.papers.html import html
from planning.papers.meeting import meeting
from planning.papers.pdf import pdf, picture
from planning.store.people import ROLES, Person
from planning.workbook import access, goals, keeping
from planning.workbook import overview as whole
from planning.workbook.editing import edits
from planning.workbook.leading import territories
from planning.workbook.negotiation import build, moving, outbox, overview, prepare, proof, signed, talks
from planning.workbook.negotiation.seats import today
from planning.workbook.place import plan, stand
from planning.workbook.setting import asked, bottom

REP, COLLEAGUE = "Aiko Tanabe", "Elena Petrova"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request):
    """Give what makes the address of an empty database of each kind; an empty address is the workspace's own file."""
    return request.getfixturevalue("postgresql").url if request.param == "postgresql" else str


@pytest.fixture(scope="module")
def context(database, planned_company, tmp_path_factory):
    """Make a workspace in which one negotiation is under way."""
    here = moved(planned_company, tmp_path_factory.mktemp("settling"), database())
    manager = talks.talk(here, REP).manager
    moving.move(here, REP, Say("propose", "Last year and the market <b>"), manager, 0)
    held = talks.talk(here, REP).held
    lower = {line: amount * 9 // 10 for line, amount in held.items()}
    support = {"support": [{"what": "Hotel Bristol closes", "amount": -2_000_000}]}
    moving.move(here, REP, Say("counter", "An account closes", lower, support), REP, 1)
    moving.move(here, REP, Say("question", "And the lamps?"), REP, 2)
    return here


@pytest.fixture
def own(context, database, tmp_path):
    """Make a copy of it of one's own."""
    return moved(context.settings.workspace, tmp_path, database())


def moved(workspace, folder, url):
    """Copy a workspace, and its plan into another database if one is named."""
    shutil.copytree(workspace, folder / "workspace")
    here = stand(str(folder / "workspace"))
    if url:
        keeping.backup(here.settings, folder / "plan.zip")
        keeping.restore(config.update(here.settings, database=url), folder / "plan.zip")
    return stand(str(folder / "workspace"))


def logged_in(context, name, role):
    """Give a place in which somebody is logged in, as the server would."""
    person = Person(name.split()[0].lower(), name, role)
    access.add(context.settings, person, "a long password", "planner")
    return replace(context, person=person)


def test_whoever_is_logged_in_speaks_as_themselves_whatever_the_form_says(own):
    manager = talks.talk(own, REP).manager
    as_rep = logged_in(own, REP, "rep")
    moving.move(as_rep, REP, Say("comment", "It is me"), manager, 3)
    last = talks.exchange(own, REP).iloc[-1]
    assert (last["person"], last["role"]) == (REP, "rep")
    with pytest.raises(NegotiationError, match="a rep may"):
        moving.move(as_rep, REP, Say("propose", "As my own manager", {}), manager, 4)


def test_a_rep_sees_their_own_thread_alone_and_a_manager_those_of_the_team(context):
    manager = talks.talk(context, REP).manager
    other = next(name for name in sorted(goals.teams(context)["manager"]) if name not in (manager, "Ingrid Solheim"))
    for name, role in ((COLLEAGUE, "rep"), (other, "manager"), ("Guest", "viewer")):
        who = logged_in(context, name, role)
        with pytest.raises(AccessError, match="between them and those who lead them"):
            talks.talk(who, REP)
        with pytest.raises(AccessError):
            moving.move(who, REP, Say("comment", "Hello"), REP, 3)
    assert list(overview.standing(logged_in(context, REP, "rep"))["rep"]) == [REP]
    led = overview.standing(logged_in(context, manager, "manager"))
    assert set(led["manager"]) == {manager}
    assert REP in set(led["rep"])
    assert len(overview.standing(logged_in(context, "Anybody", "planner"))) == len(overview.standing(context))
    with pytest.raises(AccessError, match="What colleagues are asked for"):
        prepare.absorbing(logged_in(context, REP, "rep"), REP)
    with pytest.raises(AccessError, match="Only a planner may set the rules"):
        moving.keep_rules(logged_in(context, manager, "manager"), Rules(), "me")


def test_a_role_that_is_taken_away_is_gone_whatever_a_page_still_shows(own):
    planner = logged_in(own, "Paula Planner", "planner")
    edits.apply(planner, edits.pinned(REP, 60_000_000), "Why", "Paula Planner")
    access.remove(own.settings, "paula", "planner")
    with pytest.raises(AccessError, match="may not log in any more"):
        edits.apply(planner, edits.pinned(REP, 61_000_000), "Why", "Paula Planner")
    logged_in(own, "Paula Planner", "viewer")
    with pytest.raises(AccessError, match="Only a planner may set goals; Paula Planner is logged in as viewer"):
        asked.set_goals(planner, "Paula Planner")
    with pytest.raises(AccessError, match="has no say|is logged in as viewer"):
        moving.move(planner, REP, Say("comment", "Hello"), "Paula Planner", 3)
    with pytest.raises(LedgerError, match="can say it for nobody else"):
        bottom.say_own(logged_in(own, COLLEAGUE, "rep"), "Harbour Coast", REP, 5, "I think so", COLLEAGUE)


def test_a_password_is_the_users_own_and_never_kept_as_it_is(own):
    access.add(own.settings, Person("mia", "Mia", "manager"), "correct horse", "planner")
    assert access.matches(own.settings, "mia", "correct horse")
    assert not access.matches(own.settings, "mia", "correct hors")
    assert not access.matches(own.settings, "nobody", "")
    access.add(own.settings, Person("dan", "Dan", "rep"), "", "planner")
    assert not access.matches(own.settings, "dan", "")
    with plan(own.settings) as database, database.reading() as connection:
        kept = list(connection.execute(text("SELECT secret FROM access")).scalars())
    assert any(kept)
    assert all("correct horse" not in each for each in kept)
    with pytest.raises(AccessError, match="10 characters"):
        access.add(own.settings, Person("eve", "Eve", "rep"), "short", "planner")
    with pytest.raises(AccessError, match="There is no role"):
        access.add(own.settings, Person("eve", "Eve", "king"), "long enough", "planner")
    users = {each.user for each in access.people(own.settings)}
    assert {"dan", "mia"} <= users
    assert "eve" not in users


def test_each_role_opens_its_own_pages_alone():
    pages = sorted(path.name for path in config.notebooks().glob("*.ipynb"))
    year = {"7_plans.ipynb", "8_tracking.ipynb", "9_checkpoints.ipynb", "10_my_week.ipynb", "11_evaluation.ipynb"}
    opens = {role: {page for page in pages if access.may_open(Person("x", "X", role), page)} for role in ROLES}
    assert opens == {
        "planner": set(pages), "rep": {"index.ipynb", "6_negotiation.ipynb", *year},
        "manager": set(pages)
        - {"3_what_if.ipynb", "4_goals.ipynb", "5_what_it_takes.ipynb", "report_checkpoint.ipynb"},
        "viewer": {"index.ipynb", "1_history.ipynb"},
    }  # fmt: skip
    with pytest.raises(AccessError, match="This page is not for a rep"):
        access.open_page(Person("x", "X", "rep"), "4_goals.ipynb")


def test_a_manager_sees_the_territories_of_the_team_and_a_rep_their_own(context):
    manager = talks.talk(context, REP).manager
    team = goals.teams(context)
    places = set(overview.standing(context).set_index("manager").loc[manager, "territories"].str.split(", ").sum())
    lead = logged_in(context, manager, "manager")
    assert set(territories(lead)) >= places
    assert set(whole.overview(lead).territories["territory"]) == set(territories(lead))
    assert set(territories(lead)) < set(whole.overview(context).territories["territory"])
    assert territories(logged_in(context, REP, "rep")) == ["Harbour Coast"]
    assert list(whole.overview(logged_in(context, REP, "rep")).territories["territory"]) == ["Harbour Coast"]
    assert territories(logged_in(context, "Guest", "viewer")) is None
    assert len(team) > 1
    # A page about people opens in a territory of theirs, whatever the address says; the others of all that is theirs.
    assert access.placed(lead, "1_history.ipynb").territory == territories(lead)[0]
    assert access.placed(lead, "2_assumptions.ipynb").territory == ""
    other = next(each for each in whole.overview(context).territories["territory"] if each not in territories(lead))
    for page in ("1_history.ipynb", "report_territory.ipynb", "index.ipynb"):
        with pytest.raises(AccessError, match=f"{other} is not a territory of {manager}"):
            access.placed(replace(lead, territory=other), page)
    with pytest.raises(AccessError, match="leads nobody who has a territory"):
        access.placed(logged_in(context, "Nora Nobody", "manager"), "1_history.ipynb")
    stranger = next(each for each in sorted(team["manager"]) if each not in (manager, "Ingrid Solheim"))
    with pytest.raises(LedgerError, match="can say it for nobody else"):
        bottom.say_own(logged_in(context, stranger, "manager"), "Harbour Coast", REP, 5, "I think so", "")


def test_private_notes_and_drafts_stay_on_their_side(own):
    manager = talks.talk(own, REP).manager
    moving.note(own, REP, "Go down to 600", manager)
    assert [each[1] for each in moving.notes(own, REP, manager)] == ["Go down to 600"]
    assert moving.notes(own, REP, REP) == []
    moving.keep_draft(own, REP, Say("draft", "Half a sentence", {"Cookware": 5}), manager, 3)
    said, seen = moving.draft(own, REP, manager)
    assert (said.note, said.lines, seen) == ("Half a sentence", {"Cookware": 5}, 3)
    assert moving.draft(own, REP, REP) is None
    moving.move(own, REP, Say("comment", "Sent"), manager, 3)
    assert moving.draft(own, REP, manager) is None
    with pytest.raises(NegotiationError, match="needs a text"):
        moving.note(own, REP, " ", manager)


def test_the_senior_decides_what_two_could_not_settle_and_it_is_posted_as_that(own):
    sat = talks.talk(own, REP)
    company = goals.goals(own)["assigned"].iloc[0]
    moving.move(own, REP, Say("escalate", "We are stuck"), REP, 3)
    waiting = overview.waiting(own).set_index("rep")
    assert waiting.loc[REP, "person"] == sat.senior
    lines = dict.fromkeys(sat.held, 10_000_000)
    moving.move(own, REP, Say("decide", "In the middle", lines), sat.senior, 4)
    assert talks.talk(own, REP).held == lines
    assert goals.goals(own)["assigned"].iloc[0] == company
    paper = signed.signed(own, REP)
    assert (paper.state, [each.person for each in paper.signatures]) == ("set", [sat.senior])
    assert proof.verify(own, paper.hash).problems == []


@pytest.mark.parametrize("way", ["escalate", "stand"])
def test_what_is_open_at_the_deadline_is_dealt_with_as_the_rules_say(own, way):
    gone = today() - timedelta(days=1)
    with pytest.raises(NegotiationError, match="none is set"):
        moving.past_deadline(own, "planner")
    moving.keep_rules(own, Rules("manager", gone, way), "planner")
    assert overview.rules_of(own).at_deadline == way
    assert bool(overview.waiting(own)["late"].all())
    first = talks.talk(own, REP).thread.moves[0].lines
    assert moving.past_deadline(own, "planner") == [REP]
    thread = talks.talk(own, REP).thread
    assert thread.state == {"escalate": "escalated", "stand": "set"}[way]
    if way == "stand":
        assert thread.offer.lines == first
        assert moving.past_deadline(own, "planner") == []


def test_a_person_who_leaves_and_one_who_takes_over(own):
    moving.move(own, REP, Say("hand_over", "The manager leaves", {}, {"to": "Nina New"}), "planner", 3)
    assert talks.talk(own, REP).manager == "Nina New"
    assert overview.standing(own).set_index("rep").loc[REP, "waits"] == "Nina New"
    moving.move(own, REP, Say("delegate", "", {}, {"to": "Dan Deputy", "until": today().isoformat()}), "Nina New", 4)
    moving.move(own, REP, Say("accept"), "Dan Deputy", 5)
    assert talks.talk(own, REP).thread.accepted_by == {"manager"}
    moving.move(own, REP, Say("leave", "Gone to a competitor"), "planner", 6)
    with pytest.raises(NegotiationError, match="ended; a rep may do nothing any more"):
        moving.move(own, REP, Say("comment", "Hello?"), REP, 7)


def test_teams_add_up_to_what_was_passed_down(context):
    table = overview.roll_up(context).set_index("manager")
    teams, whole = table.drop(index=""), table.loc[""]
    columns = ["reps", "agreed", "set", "moving", "untouched", "number", "on_table", "over"]
    assert teams[columns].sum().to_dict() == whole[columns].to_dict()
    standing = overview.standing(context).set_index("rep")
    row = standing.loc[REP]
    assert whole["over"] == row["own"] - row["number"]
    assert (row["distance"], row["questions"]) == (row["company"] - row["own"], 1)
    assert (whole["moving"], whole["untouched"]) == (1, whole["reps"] - 1)


def test_those_whom_nobody_leads_are_a_team_and_not_the_whole(context, monkeypatch):
    standing = overview.standing(context)
    first = str(standing["manager"].iloc[0])
    nobodys = standing.assign(manager=standing["manager"].replace(first, ""))
    monkeypatch.setattr(overview, "standing", lambda _: nobodys.copy())
    table = overview.roll_up(context)
    assert table["manager"].is_unique
    whole = table.set_index("manager").loc[""]
    assert whole["reps"] == len(standing)
    assert table.set_index("manager").loc[overview.NOBODY, "reps"] == (standing["manager"] == first).sum()


def test_the_ground_says_how_fair_a_goal_is_and_what_each_step_means(context):
    found = prepare.ground(context, REP)
    assert found.low < found.fair[0] < found.fair[1] < found.high
    assert found.amounts["amount"].is_monotonic_decreasing
    assert found.amounts["probability"].is_monotonic_increasing
    assert (found.amounts["amount"] + found.amounts["gives"]).nunique() == 1
    assert found.capacity is not None
    assert len(found.week)
    table = prepare.suggested(context, REP).set_index("name")
    assert {"Split the difference", "Phase it over the year", "Stretch instead of base"} <= set(table.index)
    assert table.loc["Stretch instead of base", "probability"] > table.loc["Phase it over the year", "probability"]
    assert table["pay"].isna().all()
    room = prepare.absorbing(context, REP)
    assert REP not in set(room["rep"])
    assert (room["room"] > 0).all()
    agenda = prepare.agenda(context, REP)
    assert any("And the lamps?" in each for each in agenda)


def test_a_proposal_from_the_bottom_up_adds_up_and_names_what_it_rests_on(context):
    parts = build.parts(context, REP)
    expected = dict(zip(parts["what"], parts["last_year"], strict=True))
    whole = build.built(context, REP, expected)
    assert whole.total == parts["last_year"].sum()
    assert [each["what"] for each in whole.support] == [what for what, amount in expected.items() if amount]
    more = build.built(context, REP, expected, opened=0.5)
    assert more.total > whole.total
    assert more.total - whole.total == more.support[-1]["amount"]
    with pytest.raises(NegotiationError, match=r"(?s)'Nowhere Inn' is not an account.*below zero"):
        build.built(context, REP, {"Nowhere Inn": 5, parts["what"].iloc[0]: -1})
    with pytest.raises(NegotiationError, match="nothing is expected"):
        build.built(context, REP, {})


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE event SET note = 'Nothing' WHERE number = 1", "event 1 (propose by"),
        ("DELETE FROM event WHERE number = 1", "stands in place 1"),
        ("DELETE FROM event WHERE number = 3", "its end was cut off"),
        ("UPDATE event SET at = '2020-01-01 00:00:00.000000' WHERE number = 2", "event 2 (counter by"),
    ],
)
def test_what_was_altered_behind_the_workbooks_back_is_proved(own, statement, found):
    assert proof.verify(own).problems == []
    with plan(own.settings) as database, database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER event_no_change ON event"))
        else:
            for name in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER event_no_{name}"))
        connection.execute(text(statement))
    assert found in proof.verify(own).problems[0]
    assert "no event has the hash 0000" in proof.verify(own, "0000").problems[-1]


NASTY = "<img src=x onerror=alert(1)> #set page(width: 1pt) $x$ \\ *b*"


def test_a_paper_shows_texts_as_they_are_on_paper_and_on_screen(tmp_path):
    parts = [Heading(NASTY), Words(NASTY), Points([NASTY, "b"], numbered=True), Points([NASTY]),
             Columns(["Name", "Amount"], [[NASTY, "1"], ["Together", "1"]], numbers=1, total=True),
             Signatures([(NASTY, "signed"), ("Ana", "signed")])]  # fmt: skip
    paper = Paper(NASTY, "About", parts, "foot", "en")
    assert "<img" not in html(paper)
    assert html(paper).count("&lt;img") == 8
    assert pdf(paper)[:5] == b"%PDF-"
    assert len(picture(paper)) == 1
    assert save(paper, tmp_path / "paper.html").read_text() == html(paper)
    with pytest.raises(SettingsError, match="not as 'paper.doc'"):
        save(paper, tmp_path / "paper.doc")
    assert [each.name for each in tmp_path.iterdir()] == ["paper.html"]


def test_the_meeting_sheet_has_one_page_with_both_positions_and_an_agenda(context):
    paper = meeting(context, REP)
    assert len(picture(paper)) == 1
    written = html(paper)
    for each in ("An account closes", "Hotel Bristol closes", "Agenda", "And the lamps?", "Last year and the market"):
        assert each in written
    with pytest.raises(NegotiationError, match="no agreement to print yet"):
        agreement(context, REP)


def test_the_agreement_names_both_both_times_the_reasons_and_the_hash(own):
    manager = talks.talk(own, REP).manager
    moving.move(own, REP, Say("accept"), manager, 3)
    moving.move(own, REP, Say("accept"), REP, 4)
    paper = agreement(own, REP)
    names = next(part for part in paper.parts if isinstance(part, Signatures)).names
    assert [name for name, _ in names] == [manager, REP]
    assert all("signed version 2, " in under for _, under in names)
    assert proof.verify(own, paper.foot.split(", ")[1]).problems == []
    assert "An account closes" in html(paper)
    explained = goals.explain(own, REP)
    assert isinstance(explained, pd.DataFrame)
    assert explained.iloc[-1]["reason"] == f"Agreed by {manager} and {REP}, version 2: An account closes"


@pytest.fixture
def mail_server():
    """Run a mail server on this machine that keeps what it is given."""
    received, refuses = [], []

    class Server(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().decode().strip():
                if line.upper() == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    text_ = b""
                    while not text_.endswith(b"\r\n.\r\n"):
                        text_ += self.rfile.readline()
                    received.append(text_.decode())
                    self.wfile.write(b"250 kept\r\n")
                elif line.upper() == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                elif refuses and line.upper().startswith("RCPT"):
                    self.wfile.write(b"550 unknown here\r\n")
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", received, refuses
        server.shutdown()


def test_who_has_to_move_is_reminded_once_a_day_by_mail_or_in_the_folder(own, mail_server):
    address, received, refuses = mail_server
    manager = talks.talk(own, REP).manager
    moving.keep_rules(own, Rules("manager", today() + timedelta(days=3), "remind"), "planner")
    access.add(own.settings, Person("tomas@example.com", manager, "manager"), "a long password", "planner")
    mine = next(each for each in outbox.reminders(own) if each.person == manager)
    assert REP in mine.goals
    folder = own.settings.workspace / "outbox"
    assert set(outbox.remind(own).values()) == {"waits"}  # no mail server is set
    assert len(list(folder.glob("*.eml"))) == len(outbox.reminders(own))
    sending = replace(own, settings=config.update(own.settings, smtp=address, mail_from="plan@example.com"))
    refuses.append(True)
    with pytest.raises(SettingsError, match="did not take the reminders"):
        outbox.remind(sending)
    assert received == []
    refuses.clear()
    became = outbox.remind(sending)
    assert became[manager] == "sent"
    assert set(became.values()) == {"sent", "waits"}
    assert len(received) == 1
    for each in ("To: tomas@example.com", "From: plan@example.com", f"- {REP}: countered", "1 open questions",
                 f"The deadline is {(today() + timedelta(days=3)).isoformat()}"):  # fmt: skip
        assert each in received[0]
    assert outbox.remind(sending)[manager] == "already"
    assert len(received) == 1
    with pytest.raises(AccessError, match="Only a planner may remind people"):
        outbox.remind(logged_in(own, REP, "rep"))


def test_people_who_are_logged_in_set_negotiate_and_agree_with_the_total_unchanged(own):
    planner = logged_in(own, "Paula Planner", "planner")
    asked.set_goals(planner, "Paula Planner")
    before = goals.goals(planner)["assigned"].iloc[0]
    sat = talks.talk(own, REP)
    manager, rep = logged_in(own, sat.manager, "manager"), logged_in(own, REP, "rep")
    moving.move(manager, REP, Say("propose", "Once more", dict(sat.thread.last_offer("rep").lines)), "", 3)
    moving.move(rep, REP, Say("accept", "Yes"), "", 4)
    moving.move(manager, REP, Say("accept", "Agreed"), "", 5)
    assert signed.signed(rep, REP).state == "agreed"
    assert goals.goals(planner)["assigned"].iloc[0] == before
    assert {each.person for each in signed.signed(rep, REP).signatures} == {sat.manager, REP}
    assert proof.verify(own).problems == []
    assert keeping.check(own.settings) == []
