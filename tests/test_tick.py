"""Routine work from a scheduler: done when it is due, and never twice."""

import re
import sys
from dataclasses import replace
from datetime import date

import pytest
from typer.testing import CliRunner

from planning.batch import tick as ticking
from planning.batch.tick import BusyError, tick
from planning.cli.main import app
from planning.errors import AccessError
from planning.forms import page
from planning.forms.track import closing as track_closing
from planning.store.people import Person
from planning.tracking.actions import Action
from planning.tracking.cadence import Cadence
from planning.tracking.checkpoint import Checkpoint
from planning.workbook import access, outbox, start
from planning.workbook.place import stand
from planning.workbook.tracking import actions, cadences, checkpoints, closing, reminders, routine

REP, MANAGER = "Aiko Tanabe", "Tomas Brandt"
MONDAY = date(2027, 3, 1)


@pytest.fixture
def here(planned):
    """Make a workspace in which the first conversations are those of the first of March."""
    cadences.keep(planned, Cadence(monthly=None, quarterly=None, half_yearly=None, begins=MONDAY), "planner")
    return planned


def letters(context):
    return sorted(context.settings.workspace.joinpath("outbox").glob("*.eml"))


def test_people_are_reminded_of_what_comes_is_late_or_was_missed_once_each(here):
    actions.keep(here, Action("Call", REP, REP, date(2027, 2, 26)), MANAGER)
    became = reminders.remind(here, date(2027, 2, 27))
    assert became[REP] == "waits"
    told = next(each for each in letters(here) if "Aiko" in each.name).read_text()
    assert "Was due 2027-02-26: Call" in told
    assert re.search(r"2027-03-01: weekly one-to-one with\s+Tomas Brandt", told)
    count = len(letters(here))
    assert reminders.remind(here, date(2027, 2, 27)) == {}
    # Others come nearer meanwhile; who was told is not told again.
    assert REP not in reminders.remind(here, MONDAY)
    # A week later the manager is told once of what was missed, and both of what comes.
    later = reminders.remind(here, date(2027, 3, 5))
    assert MANAGER in later
    assert len(letters(here)) > count
    last = next(each for each in letters(here) if each.name.startswith("2027-03-05") and "Tomas" in each.name)
    assert "No record yet: weekly one-to-one with Aiko Tanabe" in last.read_text()


def test_what_a_mail_server_did_not_take_is_sent_by_a_later_tick(here, monkeypatch):
    access.add(here.settings, Person("aiko@example.com", REP, "rep"), "a long password", "planner")
    actions.keep(here, Action("Call\nInjected: yes", REP, REP, date(2027, 2, 26)), MANAGER)
    reminders.remind(here, date(2027, 2, 20))
    reminders.remind(here, date(2027, 2, 27))
    sent = []

    class Server:
        def __init__(self, host, port, timeout):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def send_message(self, message):
            sent.append(message)

    monkeypatch.setattr(outbox.smtplib, "SMTP", Server)
    settings = here.settings.model_copy(update={"smtp": "mail.example.com:25"})
    assert outbox.send_waiting(settings) == len(sent) > 0
    assert {each["To"] for each in sent} == {"aiko@example.com"}
    assert all(each["Injected"] is None for each in sent)
    assert outbox.send_waiting(settings) == 0
    assert outbox.send_waiting(here.settings) == 0


def test_a_tick_does_what_is_due_and_then_nothing_and_says_so_to_a_scheduler(here, monkeypatch):
    # One rep is enough to see it.
    known = ticking.coming
    monkeypatch.setattr(ticking, "coming", lambda *given: [replace(each, reps=[REP]) for each in known(*given)])
    runner = CliRunner()
    command = ["tick", "--day", "2027-03-01", "--workspace", str(here.settings.workspace)]
    done = runner.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "1 sheet of FY2027 weekly 2027-02-28: " in done.output
    assert "people were reminded (waiting in the outbox)" in done.output
    page = next(here.settings.reports.glob("report-checkpoint/*/Aiko-Tanabe.html")).read_text()
    for each in ("Weekly one-to-one: Aiko Tanabe", "What was promised last time", "data:application/pdf"):
        assert each in page
    again = runner.invoke(app, command)
    assert (again.exit_code, again.output.strip()) == (0, "Nothing was due.")


def test_what_fails_stops_nothing_else_and_is_told(here, monkeypatch):
    def broken(*_):
        raise ticking.BatchError("the disk is full")

    monkeypatch.setattr(ticking, "coming", broken)
    found = tick(here, MONDAY)
    assert found.problems == ["Sheets: the disk is full"]
    assert any("reminded" in each for each in found.did)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_second_tick_at_once_does_nothing_and_says_try_later(here):
    with ticking._alone(here.settings):
        with pytest.raises(BusyError):
            tick(here, MONDAY)
        busy = CliRunner().invoke(app, ["tick", "--day", "2027-03-01", "-w", str(here.settings.workspace)])
        assert busy.exit_code == 75


def test_months_are_over_when_their_results_are_in(here):
    assert routine.months_over(here, date(2027, 12, 31)) == []
    past = replace(here, year=2026)
    assert routine.months_over(past, date(2026, 3, 15)) == ["2026-01", "2026-02"]
    assert not routine.done(past, "reports 2026-02")
    routine.note(past, "reports 2026-02", "somewhere")
    assert routine.done(past, "reports 2026-02")


@pytest.fixture
def spring(planned, tmp_path):
    """Take a planned company to the end of February, without conversations."""
    start.sample(str(planned.settings.workspace), lambda _: None, "2027-02")
    return stand(str(planned.settings.workspace), 2027)


def with_rule(context, days):
    return replace(context, settings=context.settings.model_copy(update={"close_after_days": days}))


def test_months_are_closed_by_themselves_only_where_the_workspace_says_so_and_when(spring, monkeypatch):
    assert routine.close_due(spring, date(2027, 12, 31)) == []
    assert routine.close_due(with_rule(spring, 10), date(2027, 2, 9)) == []
    # Only what is told whole: March is over as of the day, and its results are not in.
    monkeypatch.setattr(ticking, "coming", lambda *_: [])
    monkeypatch.setattr(ticking, "_reports", lambda *_: [])
    did = tick(with_rule(spring, 10), date(2027, 5, 1)).did
    assert [each for each in did if "closed" in each] == [
        f"{month} was closed, as the workspace's rule says" for month in ("2027-01", "2027-02")
    ]
    assert not any("closed" in each for each in tick(with_rule(spring, 10), date(2027, 5, 1)).did)
    kept = closing.closings(spring)[0]
    assert (kept.state, kept.actor) == ("closed", "planning tick")
    table = closing.standing(spring).set_index("month")
    assert "10 days after the month's end" in table.at["2027-01", "reason"]
    here = page.open_page("8_tracking", str(spring.settings.workspace), 2027, "", "")
    shown = track_closing.months(here).children[0].children
    assert any("By the rule of the workspace" in getattr(each, "value", "") for each in shown)
    assert any("planning tick" in getattr(each, "value", "") for each in shown)


def test_a_month_that_somebody_opened_again_is_not_closed_behind_their_back(spring):
    ruled = with_rule(spring, 10)
    assert routine.close_due(ruled, date(2027, 3, 5)) == ["2027-01"]
    closing.reopen(spring, "2027-01", "A credit came late", "planner")
    assert routine.close_due(ruled, date(2027, 5, 1)) == []
    assert [each.state for each in closing.closings(spring)[:2]] == ["reopened", "open"]
    rep = replace(ruled, person=Person("aiko", REP, "rep"))
    closing.close(spring, "2027-01", "planner")
    with pytest.raises(AccessError):
        routine.close_due(rep, date(2027, 5, 1))


def test_the_commands_record_confirm_and_show(here):
    runner, workspace = CliRunner(), ["-w", str(here.settings.workspace)]

    def run(*given):
        done = runner.invoke(app, [*given, *workspace])
        assert done.exit_code == 0, done.output
        return done.output

    assert "version 1, with 1 action" in run(
        "checkpoint", "record", REP, "weekly:2027-02-28", "--as", MANAGER, "--problem", "Late list",
        "--revise", "Visits",
        "--surprise", "A forecast: last week's", "--action", "Call;Aiko Tanabe;2027-03-09",
    )  # fmt: skip
    assert "Tomas Brandt and Aiko Tanabe" in run("checkpoint", "confirm", REP, "weekly:2027-02-28", "--as", REP,
                                                  "--version", "1")  # fmt: skip
    assert "revise: Visits" in run("checkpoint", "show", REP, "--format", "csv")
    assert "Call" in run("checkpoint", "promised", REP, "--day", "2027-03-05")
    listed = run("checkpoint", "list", "--rep", REP, "--state", "confirmed", "--format", "csv")
    assert "weekly:2027-02-28" in listed
    assert "Adaeze Eze" in run("checkpoint", "missed", "--day", "2027-03-05", "--format", "csv")
    file = here.settings.workspace / "aiko.ics"
    run("checkpoint", "ical", REP, "--out", str(file), "--day", "2027-03-05")
    assert b"BEGIN:VTODO" in file.read_bytes()
    run("checkpoint", "sheet", REP, "weekly:2027-02-28", "--out", str(here.settings.workspace / "s.html"))
    run("week", "plan", MANAGER, "--hours", "one_to_ones=8")
    run("week", "log", MANAGER, "2027-03-01")
    assert "One-to-ones" in run("week", "show", MANAGER, "--day", "2027-03-05")
    assert "every 2 weeks" in run("checkpoint", "cadence", "--every", "2", "--weekly", "Tuesday")
    wrong = runner.invoke(app, ["checkpoint", "record", REP, "weekly:2027-02-28", "--as", MANAGER, "--action", "x",
                                *workspace])  # fmt: skip
    assert wrong.exit_code == 2
    assert checkpoints.checkpoints(here, REP)[0].record == replace(
        Checkpoint("weekly", REP, MANAGER, MONDAY, date(2027, 2, 22), date(2027, 2, 28), 40, ("Late list",)),
        decisions=checkpoints.checkpoints(here, REP)[0].record.decisions,
        surprises=checkpoints.checkpoints(here, REP)[0].record.surprises, version=1,
    )  # fmt: skip
