"""A year of the sample company, month by month: planned, met, warned of, changed by agreement, judged, handed on."""

from datetime import date
from decimal import Decimal

import pytest

from planning.goals import ledger, originals
from planning.history import attainment
from planning.history.engine import open_history
from planning.negotiation.moves import Say
from planning.periods import first_day, last_day
from planning.plans.plans import TERRITORY
from planning.plans.signing import Word
from planning.sample import deliver
from planning.tracking.actions import Action
from planning.tracking.checkpoint import Checkpoint, Decision
from planning.tracking.criteria import SCALE, Criteria, Criterion
from planning.workbook import goals, imports
from planning.workbook.negotiation import moving, proposing, talks
from planning.workbook.negotiation.proposing import Wish
from planning.workbook.place import stand
from planning.workbook.plans import kept, proposals
from planning.workbook.setting import asked as setting
from planning.workbook.tracking import (
    actions,
    alerts,
    checkpoints,
    closing,
    criteria,
    evaluating,
    evaluation,
    handover,
    progress,
)

PLANNER = "Sales operations"
RIVAL = "Southern Bays"
"""Where a competitor enters in March."""
COUNTS = (Criterion("goal", "revenue", Decimal("0.8")), Criterion("behaviour", "Plans ahead", Decimal("0.2")))
MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]


def settle(context, rep, say, *signers):
    for person, each in [(signers[0], say), *((person, Say("accept", "So be it")) for person in signers)]:
        moving.move(context, rep, each, person, len(talks.talk(context, rep).thread.moves))


def company(context):
    tree, rows = goals.book(context)
    return int(ledger.assigned(tree, rows).set_index("owner").at["company", "assigned"])


@pytest.fixture(scope="module")
def year(planned_company, tmp_path_factory):
    """Live through the year, and give what was seen on the way."""
    import shutil

    workspace = tmp_path_factory.mktemp("year") / "workspace"
    shutil.copytree(planned_company, workspace)
    here = stand(str(workspace))
    seen = {"total": company(here), "warned": {}, "pace": {}, "place": {}}
    tree, _ = goals.book(here)
    rep = seen["rep"] = str(tree.positions.loc[tree.positions["territory"] == RIVAL, "rep"].iloc[0])
    manager = seen["manager"] = talks.talk(here, rep).manager
    settle(here, rep, Say("propose", "Last year and what the market brings"), manager, rep)

    plan = kept.keep(here, proposals.territory_plan(here, rep).plan, rep)
    kept.say(here, TERRITORY, rep, Word("submit", plan.plan.version), rep)
    seen["plan"] = kept.say(here, TERRITORY, rep, Word("sign", plan.plan.version), manager)
    criteria.publish(
        here,
        Criteria("", COUNTS, SCALE, reason="The first ones"),
        PLANNER,
    )  # fmt: skip

    for month in MONTHS:
        delivery = workspace / "deliveries" / month
        deliver(delivery, month)
        imports.bring_in(str(workspace), "sample", delivery, add=True)
        here = stand(str(workspace), year=2027)
        seen["stands"] = stand(str(workspace)).year
        closing.close(here, month, PLANNER)
        standing = progress.progress(here).set_index("rep")
        seen["pace"][month] = standing.loc[rep]
        places = progress.progress(here, by="territory").set_index("territory")
        seen["place"][month] = places.at[RIVAL, "landing"] / places.at[RIVAL, "goal"]
        seen["warned"][month] = found = [each for each in alerts.alerts(here) if each.territory == RIVAL]
        if month == "2027-06":
            meet(here, seen, month, found)
        if month == "2027-07":
            change(here, seen)
    seen["here"] = here
    return seen


def meet(here, seen, month, found):
    """Answer a warning and talk about it: what was promised is on top of the next sheet."""
    rep, manager = seen["rep"], seen["manager"]
    alerts.answer(here, found[0].key, found[0].responses[0], manager, owner=rep, due=date(2027, 7, 16))
    said = Checkpoint(
        "monthly", rep, manager, last_day(month), first_day(month), last_day(month), 45,
        problems=("A competitor delivers within a day",),
        decisions=(Decision("revise", "Visit the ten largest accounts first"),),
        for_manager="Knows what the competitor offers", for_rep="Help with two offers",
    )  # fmt: skip
    visit = Action("Visit the ten largest accounts", rep, rep, date(2027, 7, 16))
    held = checkpoints.record(here, said, [visit], rep)
    seen["held"] = checkpoints.confirm(here, rep, held.record.key, held.record.version, manager)
    seen["promised"] = checkpoints.promised(here, rep, date(2027, 7, 31), date(2027, 7, 20))


def change(here, seen):
    """Take a part off what is left of the goal, by agreement: the months that are over stay as they were."""
    rep, manager = seen["rep"], seen["manager"]
    sat = talks.talk(here, rep)
    seen["before"], rows = sum(sat.held.values()), goals.book(here)[1]
    seen["over"] = months(here, rep, rows)
    lines = {line: amount - amount // 20 for line, amount in sat.held.items()}
    wish = Wish(lines, "2027-08", "market", "The competitor that entered in March",
                evidence=[{"what": "Orders lost since March", "amount": None, "link": ""}])  # fmt: skip
    proposing.propose(here, rep, wish, rep, len(sat.thread.moves))
    moving.move(here, rep, Say("consent", "We looked at it"), manager, len(sat.thread.moves) + 1)
    for person in (manager, rep):
        moving.move(here, rep, Say("accept", "Agreed"), person, len(talks.talk(here, rep).thread.moves))


def months(here, rep, rows):
    tree, _ = goals.book(here)
    mine = ledger.of(tree, rows[rows["metric"] == "revenue"], rep)
    return mine[mine["period"] <= "2027-07"].groupby("period")["amount"].sum()


def test_the_plan_is_signed_by_the_other_side_before_the_year(year):
    assert year["plan"].state == "signed"


def test_the_year_is_stood_in_until_it_is_over_and_then_the_next_is_planned(year):
    assert year["stands"] == 2028


def test_the_competitor_is_warned_of_in_its_second_month_while_the_territory_still_seemed_to_land(year):
    falling = [month for month, found in year["warned"].items() if any(each.rule == "lines" for each in found)]
    assert falling[0] == "2027-04"
    assert year["place"]["2027-02"] > year["place"]["2027-04"] > year["place"]["2027-12"]


def test_what_was_answered_and_promised_is_on_top_of_the_next_conversation(year):
    assert year["held"].whole
    [row] = year["promised"].to_dict("records")
    assert (row["what"], row["owner"], row["due"]) == (
        "Visit the ten largest accounts",
        year["rep"],
        date(2027, 7, 16),
    )
    [answer] = [each for each in actions.actions(year["here"]) if each.source.startswith("alert")]
    assert answer.owner == year["rep"]


def test_the_goal_is_changed_by_agreement_in_the_months_left_and_the_companys_stays(year):
    here, rep = year["here"], year["rep"]
    tree, rows = goals.book(here)
    told = originals.originals(tree, rows).set_index("owner")
    mine = told.loc[[f"position:{RIVAL}:{rep}"]].sum(numeric_only=True)
    assert mine["original"] == year["before"]
    assert mine["changed"] < 0
    assert mine["goal"] == mine["original"] + mine["changed"]
    assert months(here, rep, rows).equals(year["over"])
    assert company(here) == year["total"]
    assert year["pace"]["2027-12"]["original"] == year["before"]
    assert year["pace"]["2027-12"]["goal"] == mine["goal"]


def test_what_came_late_or_was_corrected_is_shown_beside_what_was_reported(year):
    told = closing.corrections(year["here"], by=("month",))
    assert len(told)
    assert closing.closed_months(year["here"]) == MONTHS


def test_the_year_is_judged_and_answered_and_handed_to_the_next(year):
    here, rep, manager = year["here"], year["rep"], year["manager"]
    level = list(SCALE)[1]
    evaluating.rate(here, rep, {"Plans ahead": (level, "Every week has its plan")}, "A hard year, well run", manager)
    evaluation.share(here, rep, "Let us talk about it", manager)
    evaluating.step(here, rep, "answer", "The competitor is told of as it was", rep, agrees=True)
    told = evaluation.evaluation(here, rep)
    assert told.record.state == "answered"
    asked = year["pace"]["2027-12"]
    made = told.parts.set_index(["group", "name"]).loc[("goal", "revenue")]
    assert (int(made["goal"]), int(made["result"])) == (int(asked["goal"]), int(asked["result"]))

    handover.handover(here, PLANNER)
    with open_history(here.settings) as history:
        found = attainment.attainment(history, here.calendar, "revenue", ["rep"], MONTHS[0], MONTHS[-1])
    row = found.set_index("rep").loc[rep]
    assert (int(row["goal"]), int(row["result"])) == (int(asked["goal"]), int(asked["result"]))
    setting.set_goals(stand(str(here.settings.workspace)), PLANNER)
    after = stand(str(here.settings.workspace))
    assert after.year == 2028
    tree, rows = goals.book(after)
    carried = ledger.explain(tree, rows, rep).set_index("step")["amount"]
    assert carried.sum() == ledger.of(tree, rows[rows["metric"] == "revenue"], rep)["amount"].sum()
