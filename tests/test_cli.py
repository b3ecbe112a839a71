"""The command line: what it prints for people and machines, and its exit codes."""

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from planning.cli.main import app
from planning.errors import PlanningError
from planning.workbook import goals

COMMANDS = typer.main.get_command(app)
REP = "Aiko Tanabe"
README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


@pytest.fixture
def run(planned, monkeypatch):
    """Run a command in a planned workspace, and give what it printed."""
    monkeypatch.setenv("PLANNING_WORKSPACE", str(planned.settings.workspace))

    def command(*words):
        result = CliRunner().invoke(app, [str(word) for word in words])
        if isinstance(result.exception, PlanningError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return command


def records(text):
    return json.loads(text, parse_float=Decimal)


def test_attainment_is_a_list_of_flat_records_with_cents(run):
    told = records(run("history", "attainment", "--by", "rep", "--from", "2026-01", "--to", "2026-12", "-f", "json"))
    assert set(told[0]) == {"rep", "goal", "result", "difference", "attainment"}
    aiko = next(each for each in told if each["rep"] == REP)
    assert aiko["difference"] == aiko["result"] - aiko["goal"]
    assert aiko["attainment"] == pytest.approx(aiko["result"] / aiko["goal"])
    assert all(each["result"] == each["result"].quantize(Decimal("0.01")) for each in told)


def test_csv_says_the_same_as_json(run):
    words = ("history", "attainment", "--by", "territory,quarter", "--format")
    rows = list(csv.DictReader(io.StringIO(run(*words, "csv"))))
    told = records(run(*words, "json"))
    assert [(row["territory"], row["quarter"], Decimal(row["result"])) for row in rows] == [
        (each["territory"], each["quarter"], each["result"]) for each in told
    ]


def test_the_account_by_rep_adds_up_to_the_company_in_every_view(run):
    for view in ("sales", "customers", "people", "days"):
        whole = records(run("history", "drivers", "--view", view, "-f", "json"))
        parts = records(run("history", "drivers", "--view", view, "--by", "rep", "-f", "json"))
        for step in whole:
            assert sum(part["amount"] for part in parts if part["effect"] == step["effect"]) == step["amount"]
        assert sum(step["amount"] for step in whole[:-1]) == whole[-1]["amount"]


def test_the_planted_causes_are_told_inside_their_intervals(run):
    told = records(run("history", "events", "-f", "json"))
    entered = [row for row in told if row["kind"] == "competitor_entry" and row["measure"] == "sales"]
    assert entered
    assert all(row["low"] <= Decimal("-0.22") <= row["high"] for row in entered)


def test_the_review_is_told_by_assumption_and_by_verdict(run):
    each = records(run("history", "review", "-f", "json"))
    by = records(run("history", "review", "--by", "verdict", "-f", "json"))
    assert sum(row["assumptions"] for row in by) == len(each) > 0
    assert sum(row["effect"] or 0 for row in by) == sum(row["effect"] or 0 for row in each)


def test_the_forecast_of_the_reps_of_a_territory_adds_up_to_it(run):
    whole = records(run("history", "forecast", "--territory", "Harbour Coast", "-f", "json"))
    reps = records(run("history", "forecast", "--territory", "Harbour Coast", "--by", "position", "-f", "json"))
    months = records(run("history", "forecast", "--territory", "Harbour Coast", "--by", "month", "-f", "json"))
    assert len(whole) == 1
    assert sum(rep["expected"] for rep in reps) == whole[0]["expected"]
    assert sum(month["expected"] for month in months) == whole[0]["expected"]
    tested = records(run("history", "forecast", "--tested", "-f", "json"))
    assert {"off", "naive_off"} <= set(tested[0])


def test_growth_stages_and_bias_are_told(run):
    prizes = [row["prize"] for row in records(run("history", "growth", "--by", "territory", "-f", "json"))]
    assert prizes == sorted(prizes, reverse=True)
    stages = records(run("history", "funnel", "--by", "territory", "--stages", "-f", "json"))
    assert {row["stage"] for row in stages} >= {"qualified", "presented", "proposed"}
    assert all(row["entered"] == row["went_on"] + row["lost"] + row["still"] for row in stages)
    assert records(run("history", "bias", "--by", "tenure", "-f", "json"))


def test_the_steps_of_a_goal_add_up_to_it(run, planned):
    steps = records(run("goals", "explain", REP, "--format", "json"))
    assert set(steps[0]) == {"step", "amount", "reason", "source"}
    table = goals.goals(planned)
    assert sum(each["amount"] for each in steps) * 100 == int(table.loc[table["rep"] == REP, "assigned"].sum())


def test_people_get_a_table(run):
    shown = run("goals", "show")
    assert "Harbour Coast" in shown
    assert "$" in shown


def test_a_goal_is_negotiated_to_agreement(run):
    before = records(run("goals", "show", "-f", "json"))
    told = {each["rep"]: each for each in records(run("negotiation", "list", "-f", "json"))}
    manager = told[REP]["manager"]
    run("negotiation", "propose", REP, "--as", manager, "--note", "Last year and the market")
    run("negotiation", "counter", REP, "--note", "A competitor came", "--line", "Cookware=150000.50", "--support",
        "Hotel Bristol closes=-20000")  # fmt: skip
    run("negotiation", "comment", REP, "--as", manager, "--note", "Understood")
    run("negotiation", "accept", REP, "--as", manager, "--version", "2")
    with pytest.raises(PlanningError, match="version 2"):
        run("negotiation", "accept", REP, "--as", REP, "--version", "1")
    run("negotiation", "accept", REP, "--as", REP, "--version", "2")
    moves = records(run("negotiation", "show", REP, "-f", "json"))
    assert [each["kind"] for each in moves] == ["propose", "counter", "comment", "accept", "accept"]
    split = records(run("goals", "split", REP, "--by", "product", "-f", "json"))
    assert {"product": "Cookware", "goal": Decimal("150000.50")} in split
    after = records(run("goals", "show", "-f", "json"))
    assert after[0]["assigned"] == before[0]["assigned"]
    standing = records(run("negotiation", "list", "-f", "json"))
    assert {each["rep"] for each in standing if each["state"] == "agreed"} == {REP}
    assert moves[1]["detail"] == "Hotel Bristol closes -20000.00"
    teams = records(run("negotiation", "teams", "-f", "json"))
    assert sum(each["agreed"] for each in teams if each["manager"]) == 1
    run("negotiation", "question", REP, "--as", REP, "--note", "And the lamps?", "--line", "Cookware")
    run("negotiation", "reopen", REP, "--as", manager, "--note", "A hotel opens after all")
    assert [each["person"] for each in records(run("negotiation", "waiting", "-f", "json"))].count(REP) == 1
    run("negotiation", "reopen", REP, "--as", REP, "--note", "Right", "--answer", "consent")
    run("negotiation", "verify")


def test_assumptions_are_stated_listed_and_withdrawn(run):
    run("assumptions", "add", "rep_turnover", "--likely", "10%", "--owner", "HR", "--evidence", "Last year",
        "--number", "months_to_fill=4", "--territory", "Harbour Coast")  # fmt: skip
    told = records(run("assumptions", "list", "-f", "json"))[-1]
    assert (told["kind"], told["scope"], told["likely"]) == ("rep_turnover", "Harbour Coast", Decimal("0.1"))
    assert told["effect_likely"] < 0
    run("assumptions", "withdraw", told["identity"])
    assert told["identity"] not in [each["identity"] for each in records(run("assumptions", "list", "-f", "json"))]


def test_an_assumption_is_written_in_the_unit_of_its_kind(run):
    words = ("--owner", "Product", "--evidence", "Two buyers have committed")
    run("assumptions", "add", "launch", "--likely", "400000", "--low", "200000", "--high", "500000", *words,
        "--product-line", "Glassware", "--from", "2027-03", "--channel", "Retail")  # fmt: skip
    run("assumptions", "add", "headcount", "--likely", "2", *words, "--confidence", "high",
        "--review-on", "2027-03-31", "--indicator", "Seats approved", "--link", "https://hiring.example")  # fmt: skip
    launch, heads = records(run("assumptions", "list", "-f", "json"))[-2:]
    assert (launch["unit"], launch["low"], launch["likely"], launch["high"]) == ("money", 200000, 400000, 500000)
    assert (heads["unit"], heads["likely"], heads["confidence"]) == ("heads", 2, "high")
    assert "$400,000.00" in run("assumptions", "list")
    with pytest.raises(PlanningError, match="no channel 'Retial'"):
        run("assumptions", "add", "launch", "--likely", "1", *words, "--channel", "Retial")


def test_an_assumption_is_changed_challenged_and_accepted_and_all_of_it_stays_on_record(run):
    run("assumptions", "change", 1, "--likely", "4%", "--evidence", "A newer forecast", "--as", "Ana")
    with pytest.raises(PlanningError, match="without a reason"):
        run("assumptions", "judge", 1, "challenged")
    run("assumptions", "judge", 1, "challenged", "--why", "Orders of March are low", "--as", "Ben")
    run("assumptions", "judge", 1, "accepted")
    told = records(run("assumptions", "versions", 1, "-f", "json"))
    assert [(each["likely"], each["status"], each["actor"]) for each in told] == [
        (Decimal("0.03"), "proposed", "Sales operations"),
        (Decimal("0.04"), "proposed", "Ana"),
        (Decimal("0.04"), "challenged", "Ben"),
        (Decimal("0.04"), "accepted", "planner"),
    ]


def test_contradictions_kinds_and_proposals_are_listed_and_one_is_taken_over(run):
    assert {each["finding"] for each in records(run("assumptions", "check", "-f", "json"))} == {"no response"}
    kinds = {each["kind"]: each for each in records(run("assumptions", "kinds", "-f", "json"))}
    assert len(kinds) == 17
    assert all(each["formula"] and each["source"] for each in kinds.values())
    proposed = [each["kind"] for each in records(run("assumptions", "propose", "-f", "json"))]
    assert "customer_attrition" in proposed
    run("assumptions", "propose", "--take", "customer_attrition", "--owner", "Sales operations")
    assert records(run("assumptions", "list", "-f", "json"))[-1]["kind"] == "customer_attrition"


def test_scenarios_are_begun_changed_compared_renamed_put_away_and_adopted(run):
    run("scenarios", "add", "Upside", "--note", "Hotels open")
    run("assumptions", "change", 1, "--likely", "5%", "--scenario", "Upside")
    run("scenarios", "copy", "Upside", "Boom")
    run("scenarios", "rename", "Boom", "Best case")
    company = records(run("scenarios", "compare", "-f", "json"))[0]
    assert company["plan"] < company["Upside"] == company["Best case"]
    run("scenarios", "archive", "Best case")
    assert "Best case" not in records(run("scenarios", "compare", "-f", "json"))[0]
    run("scenarios", "restore", "Best case")
    states = {each["name"]: each["archived"] for each in records(run("scenarios", "list", "-f", "json"))}
    assert states == {"plan": False, "Upside": False, "Boom": True, "Best case": False}
    run("scenarios", "adopt", "Upside")
    assert records(run("scenarios", "compare", "plan", "-f", "json"))[0]["plan"] == company["Upside"]
    with pytest.raises(PlanningError, match="Did you mean 'Upside'"):
        run("scenarios", "compare", "Upsid")


def test_what_ifs_say_how_sure_the_number_is_and_what_it_asks_for(run):
    whole = records(run("whatif", "simulate", "-f", "json"))[0]
    ends = [whole[name] for name in ("low_95", "low_80", "middle", "high_80", "high_95")]
    assert ends == sorted(ends)
    assert whole == records(run("whatif", "simulate", "-f", "json"))[0]
    places = records(run("whatif", "simulate", "--by", "territory", "-f", "json"))
    assert sum(each["expected"] for each in places) == whole["expected"]
    assert len(records(run("whatif", "simulate", "--by", "rep", "--territory", "Pine Hills", "-f", "json"))) == 3
    assert [each["kind"] for each in records(run("whatif", "tornado", "-f", "json"))][0] == "market_growth"
    assert [each["level"] for each in records(run("whatif", "calibration", "-f", "json"))] == [
        "company", "territory", "position",
    ]  # fmt: skip
    carried = records(run("whatif", "capacity", "-f", "json"))
    assert sum(each["asked"] for each in carried) == whole["expected"]
    balance = {each["what"]: each for each in records(run("whatif", "balance", "--growth", "10%", "--keep", "A",
                                                          "-f", "json"))}  # fmt: skip
    assert balance["new"]["kept"] < balance["new"]["now"]
    with pytest.raises(PlanningError, match="class of customers"):
        run("whatif", "balance", "--growth", "10%", "--keep", "Z")
    even = records(run("whatif", "breakeven", "--fixed", "5000000", "--profit", "1000000", "-f", "json"))
    assert sum(each["fixed"] for each in even[:-1]) == even[-1]["fixed"] == 5_000_000
    assert {each["basis"] for each in records(run("whatif", "market", "-f", "json"))} == {"stated", "estimated"}


def test_a_batch_writes_reports_and_makes_none_twice(run, planned):
    first = CliRunner().invoke(app, ["batch", "Harbour Coast"])
    assert first.exit_code == 0, first.output
    assert "1 reports made" in first.output
    folder = planned.settings.reports / "report-territory" / "FY2027"
    page = (folder / "Harbour-Coast.html").read_text(encoding="utf-8")
    assert "What we ask for" in page
    assert 'src="http' not in page
    assert "1 were there already" in CliRunner().invoke(app, ["batch", "Harbour Coast"]).output


def test_a_parameter_that_the_report_does_not_have_is_refused_before_anything_runs(run, planned):
    with pytest.raises(PlanningError, match="yaer"):
        run("batch", "-p", "yaer=2027")
    assert not (planned.settings.reports / "report-territory").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["goals", "explain", "Nobody"], 1, "There is no owner in this book 'Nobody'"),
        (["history", "attainment", "--metric", "revnue"], 1, "Did you mean 'revenue'"),
        (["history", "attainment", "--nonsense"], 2, "No such option"),
        (["--help"], 0, "The steps, in the order of the season"),
    ],
)
def test_exit_codes_and_messages_without_a_traceback(planned, words, code, said):
    place = {"PLANNING_WORKSPACE": str(planned.settings.workspace), "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    done = subprocess.run([sys.executable, "-m", "planning", *words], capture_output=True, text=True, env=place)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_readme_names_only_commands_that_there_are():
    from planning import settings

    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in readme.splitlines() if line.startswith("    planning ")]
    assert len(lines) > 5
    named = {tuple(word for word in line.split()[1:3] if word.isalpha()) for line in lines}
    for words in sorted(named):
        with pytest.raises(SystemExit) as ended:
            COMMANDS.main([*words, "--help"], prog_name="planning")
        assert ended.value.code == 0, words


@pytest.mark.parametrize("line", re.findall(r"^    planning (.*)$", README, re.MULTILINE))
def test_every_command_of_the_readme_is_one(line):
    command, words = COMMANDS, shlex.split(line.partition(" > ")[0])
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    # As it is read, and not run.
    command.make_context("planning", words)
