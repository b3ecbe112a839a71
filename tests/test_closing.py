"""Months that are closed: what was reported stays, what changes later shows as a correction; and the year's end."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from planning.assumptions.assumption import Assumption
from planning.cli.main import app
from planning.errors import AccessError, PlanningError, TrackingError
from planning.forms.page import Page
from planning.forms.track import closing as part
from planning.forms.track.closing import Closing as Form
from planning.history import results
from planning.history.engine import open_history
from planning.metrics import writer
from planning.sample import deliver
from planning.settings import Settings
from planning.store.people import Person
from planning.tracking import closing as shape
from planning.tracking import handing_over
from planning.tracking.closing import FIGURES, Closing
from planning.workbook import goals, history, imports, start
from planning.workbook.expected import review
from planning.workbook.place import stand
from planning.workbook.tracking import closing, handover

JANUARY, FEBRUARY = "2027-01", "2027-02"


# The rules, without a workspace

WRITE = writer(Settings(workspace=Path("nowhere"), currency="EUR"))
PAGE = "8_tracking.ipynb"
YEAR = [f"2027-{month:02d}" for month in range(1, 13)]


def year_with(*closed):
    return [Closing(month, "closed" if month in closed else "open", actor="Ana") for month in YEAR]


@pytest.mark.parametrize(
    ("month", "closed", "complete", "says"),
    [
        ("2027-03", ("2027-01", "2027-02"), False, "2027-03 cannot be closed yet"),
        ("2027-03", ("2027-01",), True, "2027-03 cannot be closed before 2027-02"),
        ("2027-01", ("2027-01",), True, "2027-01 is closed already, by Ana"),
        ("2026-12", (), True, "no month of the year in view: it goes from 2027-01 to 2027-12"),
    ],
)
def test_a_month_is_closed_whole_in_order_and_once(month, closed, complete, says):
    with pytest.raises(TrackingError, match=says):
        shape.refuse_close(month, year_with(*closed), complete)


@pytest.mark.parametrize(
    ("month", "reason", "says"),
    [
        ("2027-01", "A warehouse was booked twice", "cannot be reopened while 2027-02 is closed"),
        ("2027-02", " ", "Say why 2027-02 is reopened"),
        ("2027-03", "Why not", "2027-03 is not closed"),
    ],
)
def test_only_the_last_closed_month_is_reopened_and_for_a_reason(month, reason, says):
    with pytest.raises(TrackingError, match=says):
        shape.refuse_reopen(month, year_with("2027-01", "2027-02"), reason)


def figures(*rows):
    return pd.DataFrame(rows, columns=list(FIGURES)) if rows else pd.DataFrame(columns=list(FIGURES))


def cell(rep, amount, rows=1, line="Lamps", month=JANUARY):
    return (month, "revenue", rep, "North", line, "Retail", amount, rows)


def test_what_was_corrected_came_late_or_went_is_told_apart_to_the_cent():
    then = figures(cell("Ana", 100_05), cell("Bo", 50_00), cell("Cy", 20_00), cell("Di", 7_00))
    now = figures(cell("Ana", 100_04), cell("Bo", 60_00, rows=2), cell("Di", 7_00), cell("Ed", 5_00))

    table = shape.compared(then, now).set_index("rep")

    assert table["difference"].to_dict() == {"Ana": -1, "Bo": 10_00, "Cy": -20_00, "Di": 0, "Ed": 5_00}
    assert table["why"].to_dict() == {
        "Ana": "corrected", "Bo": "late rows came in", "Cy": "rows went elsewhere", "Di": "",
        "Ed": "late rows came in",
    }  # fmt: skip
    whole = shape.summed(table.reset_index(), ["month"]).iloc[0]
    assert (whole["reported"], whole["difference"], whole["now"]) == (177_05, -5_01, 172_04)


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Bo"]),
        st.integers(-(2**40), 2**40),
        st.integers(1, 9),
        st.sampled_from(["", "Lamps"]),
    ),
    max_size=8,
    unique_by=lambda row: (row[0], row[3]),
)


@settings(max_examples=40)
@given(then=CELLS, now=CELLS)
def test_reported_and_difference_make_up_what_is_there_now_in_every_cell(then, now):
    table = shape.compared(*(figures(*(cell(*row) for row in rows)) for rows in (then, now)))
    assert (table["reported"] + table["difference"] == table["now"]).all()
    assert table["now"].sum() == sum(row[1] for row in now)
    assert table["reported"].sum() == sum(row[1] for row in then)


@settings(max_examples=40)
@given(rows=CELLS)
def test_figures_that_are_kept_are_read_back_as_they_were(rows):
    table = figures(*(cell(*row) for row in rows))
    kept = [shape.unpacked(JANUARY, rep, parts) for rep, parts in shape.packed(table).items()]
    again = pd.concat([figures(), *kept], ignore_index=True)
    assert shape.compared(table, again)["difference"].eq(0).all()
    assert again["rows"].sum() == table["rows"].sum()


# The sample company


@pytest.fixture(scope="module")
def february(planned_company, tmp_path_factory):
    """The sample company whose January was closed before February was delivered; read only."""
    workspace = tmp_path_factory.mktemp("february") / "workspace"
    shutil.copytree(planned_company, workspace)
    start.sample(str(workspace), lambda _: None, through=JANUARY)
    closing.close(stand(str(workspace)), JANUARY, "Planner")
    folder = workspace.parent / FEBRUARY
    deliver(folder, FEBRUARY)
    imports.bring_in(str(workspace), "sample", folder, add=True)
    return workspace


@pytest.fixture
def running(february, tmp_path):
    shutil.copytree(february, tmp_path / "workspace")
    return stand(str(tmp_path / "workspace"))


def test_a_closed_month_keeps_what_was_reported_and_shows_late_and_corrected_rows_as_such(february):
    context = stand(str(february))
    by_rep = closing.corrections(context)
    whole = closing.corrections(context, ["month"]).iloc[0]
    with open_history(context.settings) as held:
        now = int(
            held.rows("select sum(amount) as a from orders where strftime(date, '%Y-%m') = $m", m=JANUARY)["a"][0]
        )

    assert context.year == 2027
    assert (whole["now"], whole["more_rows"]) == (now, 6)
    assert whole["why"] == "corrected; late rows came in"
    assert by_rep["difference"].sum() == whole["difference"] != 0
    assert (by_rep["reported"] + by_rep["difference"] == by_rep["now"]).all()
    told = closing.reported(context).set_index("month")
    assert told.loc[JANUARY].tolist() == [whole["reported"], True]
    assert not told.loc[FEBRUARY, "closed"]
    standing = closing.standing(context).set_index("month")
    assert standing["state"].head(3).tolist() == ["closed", "to close", "open"]
    assert standing.loc[JANUARY, "now"] - standing.loc[JANUARY, "reported"] == whole["difference"]


def test_a_territory_in_view_shows_its_own_corrections_and_they_make_up_the_whole(february):
    context = stand(str(february))
    by_territory = closing.corrections(context, ["territory"]).set_index("territory")["difference"]
    for territory, difference in by_territory.items():
        mine = closing.corrections(replace(context, territory=str(territory)), ["month"])
        assert mine["difference"].sum() == difference
    assert by_territory.sum() == closing.corrections(context, ["month"])["difference"].sum()


def test_a_month_that_is_reopened_and_closed_again_reports_what_is_there_then(running):
    closing.reopen(running, JANUARY, "Six lines came late", "Planner")
    assert [each.state for each in closing.closings(running)[:2]] == ["reopened", "open"]
    again = closing.close(running, JANUARY, "Planner")
    assert (again.state, again.version) == ("closed", 3)
    assert closing.corrections(running).empty


def test_closing_reopening_and_handing_over_are_the_planners(running):
    rep = replace(running, person=Person("ana", "Ana", "rep"))
    for tried in (
        lambda: closing.close(rep, FEBRUARY, "Ana"),
        lambda: closing.reopen(rep, JANUARY, "Why not", "Ana"),
    ):
        with pytest.raises(AccessError, match="Only a planner may"):
            tried()


def test_a_rep_sees_their_own_corrections_alone(february):
    context = stand(str(february))
    everybody = closing.corrections(context)
    name = str(everybody["rep"].iloc[0])
    theirs = closing.corrections(replace(context, person=Person("me", name, "rep")))
    assert set(theirs["rep"]) == {name}
    assert set(closing.reported(replace(context, person=Person("me", name, "rep")), ["rep"])["rep"]) == {name}


def test_the_form_closes_the_next_month_and_shows_what_was_corrected(running):
    form = Form(Page(running, PAGE), running)
    assert "Feb 2027" in form._close()
    assert closing.closed_months(running) == [JANUARY, FEBRUARY]
    with pytest.raises(TrackingError, match="2027-03 cannot be closed yet"):
        form._close()


def told(widget):
    """Give the text of a widget and of all inside it."""
    if hasattr(widget, "children"):
        return " ".join(told(each) for each in widget.children)
    return str(getattr(widget, "value", "")) + str(getattr(widget, "outputs", ""))


def test_once_the_year_is_told_whole_the_form_still_closes_its_months(over):
    next_year = stand(str(over))
    assert next_year.year == 2028
    shown = part.months(Page(next_year, PAGE))
    assert "Months of FY2027, revenue" in told(shown)
    with pytest.raises(PlanningError, match="Every month of FY2027 is closed"):
        Form(Page(next_year, PAGE), stand(str(over), year=2027))._close()


def test_before_the_year_begins_there_is_no_month_to_close(planned):
    assert "No month of FY2027 is in yet" in str(part.months(Page(planned, PAGE)))


def test_the_command_line_closes_reopens_and_tells_corrections_to_the_cent(running, monkeypatch):
    monkeypatch.setenv("PLANNING_WORKSPACE", str(running.settings.workspace))

    def run(*words):
        return CliRunner().invoke(app, list(words))

    told = json.loads(run("corrections", "--by", "territory", "-f", "json").stdout, parse_float=Decimal)
    assert all(each["reported"] + each["difference"] == each["now"] for each in told)
    months = json.loads(run("close", FEBRUARY, "-f", "json").stdout)
    assert [each["state"] for each in months[:3]] == ["closed", "closed", "open"]
    assert run("reopen", FEBRUARY, "--why", "Booked twice").exit_code == 0
    refused = run("handover")
    assert "2027-02 is not closed" in str(refused.exception)
    added = run("import", "sample", "--from", str(running.settings.workspace / "sample"), "--add", "-f", "json")
    assert {each["part"] for each in json.loads(added.stdout)} == {"source", "change", "file", "table"}


# The end of the year


@pytest.fixture(scope="module")
def over(planned_company, tmp_path_factory):
    """The sample company at the end of FY2027, every month closed; read only."""
    workspace = tmp_path_factory.mktemp("over") / "workspace"
    shutil.copytree(planned_company, workspace)
    start.sample(str(workspace), lambda _: None, through="2027-12")
    context = stand(str(workspace), year=2027)
    for month in YEAR:
        closing.close(context, month, "Planner")
    return workspace


def test_a_year_is_not_handed_over_while_months_are_missing_or_open_and_all_are_named(running):
    with pytest.raises(TrackingError) as caught:
        handover.handover(running, "Planner")
    assert "2027-02 is not closed: planning close 2027-02" in str(caught.value)
    assert "2027-12 is not told whole yet" in str(caught.value)
    assert "2027-01" not in str(caught.value)


def test_a_year_becomes_history_with_its_goals_to_the_cent_and_the_next_is_planned(over, tmp_path):
    shutil.copytree(over, tmp_path / "workspace")
    workspace = str(tmp_path / "workspace")
    year = stand(workspace, year=2027)
    assert closing.in_course(stand(workspace)).year == 2027
    found = handover.handover(year, "Planner")

    table = history.attainment(year, "revenue", ["rep"], "2027-01", "2027-12").set_index("rep")
    carried = goals.goals(year)
    carried = carried[carried["rep"] != ""].groupby("rep")["assigned"].sum()
    assert table["goal"].dropna().astype(int).to_dict() == carried.to_dict()
    assert found.totals == {"revenue": int(carried.sum())}
    assert ("nobody had accepted" in handover.told(found)) == (found.unaccepted > 0)
    nobodys = int(goals.goals(year).set_index("owner").loc["company", "assigned"]) - found.totals["revenue"]
    assert found.left == (f"{nobodys / 100:,.2f} USD of revenue, which no rep was asked for",)

    assert stand(workspace).year == 2028
    judged = review.reviewed(stand(workspace))
    assert (judged["year"] == 2027).all()
    assert set(judged["kind"]) == {"market_growth", "price_change", "rep_turnover"}
    assert judged["happened"].notna().all()

    before = {file.name: file.read_bytes() for file in (year.settings.history / "plan").iterdir()}
    assert not handover.handover(year, "Planner").changed
    assert before == {file.name: file.read_bytes() for file in (year.settings.history / "plan").iterdir()}
    assert start.sample(workspace, lambda _: None) is None
    with open_history(year.settings) as held:
        assert results.months_in(held) == ("2024-01", "2027-12")


def goal(metric="revenue", amount=100, line="Lamps", channel="Retail", rep="Ana"):
    return (metric, rep, "North", line, channel, JANUARY, amount)


def written(*rows, taken=()):
    columns = ["metric", "rep", "territory", "product_line", "channel", "month", "amount"]
    return handing_over.goals(pd.DataFrame(rows, columns=columns), WRITE, taken)


def test_parts_of_a_ratio_become_goals_of_their_own_unless_there_are_some():
    table, left = written(goal("closing_ratio/deals_won", 3), goal("closing_ratio/presentations", 9))
    assert table.set_index("metric")["target"].to_dict() == {"deals_won": 3, "presentations": 9}
    assert left == []
    table, left = written(goal("deals_won", 4), goal("closing_ratio/deals_won", 3))
    assert table["target"].tolist() == [4]
    assert left == ["goals of closing_ratio/deals_won: deals_won has goals of its own"]


def test_goals_that_the_history_holds_already_are_not_counted_twice():
    table, left = written(goal(), goal("units", 5), taken=["revenue"])
    assert table["metric"].tolist() == ["units"]
    assert left == ["goals of revenue: the history holds goals of revenue for this year"]


def test_what_stays_behind_is_told_in_the_unit_of_its_metric():
    _, left = written(goal(amount=-123456), goal("units", -1200), goal("margin_rate/margin", -5))
    assert sorted(left) == [
        "-0.05 EUR of margin of Ana in 2027-01: no goal is below zero",
        "-1,200 of units of Ana in 2027-01: no goal is below zero",
        "-1,234.56 EUR of revenue of Ana in 2027-01: no goal is below zero",
    ]


@given(amounts=st.lists(st.integers(-50, 1000), min_size=1, max_size=6))
def test_goals_below_zero_are_put_together_so_that_the_sum_stays(amounts):
    table, left = written(*(goal(amount=amount, line=f"Line {place}") for place, amount in enumerate(amounts)))
    assert (table["target"] > 0).all()
    assert table["target"].sum() == max(sum(amounts), 0)
    assert bool(left) == (sum(amounts) < 0)


def assumption(**said):
    return Assumption("price_change", *([pd.NA] * 3), "Ana", "A list", **said)


def test_assumptions_that_the_history_cannot_hold_are_named():
    narrow = assumption(channel="Retail", identity=2)
    twice, rejected = assumption(identity=3), assumption(status="rejected", identity=4)
    table, unaccepted, left = handing_over.assumptions(2027, [assumption(identity=1), narrow, twice, rejected])
    assert (len(table), unaccepted) == (1, 1)
    assert handing_over.assumptions(2027, [assumption(identity=1, status="accepted")])[1] == 0
    assert [each.split(":")[0].split(",")[0] for each in left] == ["assumption 2", "assumption 3", "assumption 4"]
