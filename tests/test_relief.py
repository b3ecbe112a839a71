"""Relief: what is taken off a goal for leave, a late start, ramp or attrition."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from planning.amounts import apportion
from planning.cli.edits import app
from planning.errors import LedgerError
from planning.forms import ask
from planning.forms.page import Page
from planning.goals import owners
from planning.goals.editing.profile import typed
from planning.goals.editing.relief import Relief, asked_for, relieved, share_of_months
from planning.periods import FiscalCalendar
from planning.workbook import goals
from planning.workbook.editing import book, relief

CALENDAR = FiscalCalendar(1)
MONTHS = CALENDAR.months(2027)
TREE = owners.build(
    pd.DataFrame({"territory": ["North"], "region": "All"}),
    pd.DataFrame({"territory": "North", "rep": ["Ann", "Ben", "Cleo"]}),
    "Acme",
)
ANN, BEN, CLEO = (f"position:North:{name}" for name in ("Ann", "Ben", "Cleo"))
NORTH = "territory:North"


def entries(monthly, owner=ANN, step="last_year", product="A"):
    return pd.DataFrame(
        {"owner": owner, "product": product, "channel": "", "period": MONTHS, "amount": monthly, "step": step}
    )


def taken(rows, given_relief, whose=(ANN,), kept=()):
    shares = pd.Series(share_of_months(CALENDAR, MONTHS, given_relief), MONTHS)
    return relieved(TREE, rows, whose, given_relief, shares, kept)


def relief_of(*parts, first=MONTHS[0], last=MONTHS[-1], **more):
    days = asked_for(CALENDAR, 2027, f"{first}-01" if len(first) == 7 else first, "", "1%", "goal", "above")
    end = last if len(last) == 10 else str(pd.Period(last).end_time.date())
    return Relief(days.first, date.fromisoformat(end), tuple(Decimal(each) / 100 for each in parts), **more)


def left(rows, moved, owner=ANN):
    return int(rows.loc[rows["owner"] == owner, "amount"].sum() + moved.loc[moved["owner"] == owner, "amount"].sum())


def test_a_part_of_the_goal_multiplies_with_growth_and_a_part_of_last_year_adds_to_it():
    rows = pd.concat([entries([1_000_000] * 10 + [0, 0]), entries([100_000] * 10 + [0, 0], step="growth")])
    assert left(rows, taken(rows, relief_of(2))) == 10_780_000
    assert left(rows, taken(rows, relief_of(2, of="last_year"))) == 10_800_000


@pytest.mark.parametrize(
    ("start", "carries"),
    [("2027-03", 8_666_667), ("2027-10", 4_000_000), ("2027-11", 2_666_667), ("2027-12", 1_333_333)],
)
def test_a_late_start_leaves_what_the_months_after_it_carry(start, carries):
    rows = entries(apportion(10_000_000, typed([Decimal(each) for each in (20, 20, 20, 40)])))
    before = str((pd.Period(start) - 1).end_time.date())
    assert abs(left(rows, taken(rows, relief_of(100, last=before))) - carries) <= 1


def test_ramp_is_relief_by_month_of_the_full_quota():
    rows = entries([4_500_000] * 12)
    parts = [Decimal(35) * 100 / 45, Decimal(25) * 100 / 45, Decimal(15) * 100 / 45]
    moved = taken(rows, relief_of(*parts, last="2027-03"))
    assert left(rows, moved) == 46_500_000
    assert -moved.loc[moved["owner"] == ANN].groupby("period")["amount"].sum().to_numpy() == pytest.approx(
        [3_500_000, 2_500_000, 1_500_000]
    )


def test_a_ramp_of_three_quarters_leaves_three_quarters_of_the_quota():
    rows = entries(apportion(10_000_000, [1] * 12))
    assert left(rows, taken(rows, relief_of(25))) == 7_500_000


def test_a_quarter_of_ramp_at_nothing_a_quarter_and_a_half_carries_a_quarter():
    rows = entries([1_000_000] * 12)
    moved = taken(rows, relief_of(100, 75, 50, last="2027-03"))
    quarter = rows["period"].isin(MONTHS[:3])
    assert rows.loc[quarter, "amount"].sum() + moved.loc[moved["owner"] == ANN, "amount"].sum() == 750_000


def test_part_of_a_month_counts_by_its_working_days():
    shares = share_of_months(CALENDAR, MONTHS, relief_of(50, first="2027-02-15", last="2027-02-28"))
    assert shares.tolist() == [0, 0.25, *[0] * 10]


def test_what_is_taken_off_stands_above_or_is_shared_by_those_beside():
    rows = pd.concat([entries([1_200] * 12), entries([300] * 12, BEN), entries([100] * 12, CLEO)])
    half = {"first": "2027-01", "last": "2027-06"}
    above = taken(rows, relief_of(50, **half)).groupby("owner")["amount"].sum()
    assert above.to_dict() == {ANN: -3_600, NORTH: 3_600}
    beside = taken(rows, relief_of(50, goes="beside", **half)).groupby("owner")["amount"].sum()
    assert beside.to_dict() == {ANN: -3_600, BEN: 2_700, CLEO: 900}
    # Who keeps their goal takes none of it; where nobody carries the product in that month, it stands above.
    kept = taken(rows, relief_of(50, goes="beside", **half), kept={BEN}).groupby("owner")["amount"].sum()
    assert kept.to_dict() == {ANN: -3_600, CLEO: 3_600}
    other = pd.concat([entries([1_200] * 12), entries([300] * 12, BEN, product="B")])
    assert set(taken(other, relief_of(50, goes="beside"))["owner"]) == {ANN, NORTH}


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(st.integers(0, 10_000), min_size=36, max_size=36),
    part=st.integers(1, 100),
    span=st.tuples(st.integers(0, 11), st.integers(0, 11)),
    goes=st.sampled_from(["above", "beside"]),
)
def test_relief_loses_no_unit_and_never_makes_a_goal_negative(amounts, part, span, goes):
    rows = pd.concat([entries(amounts[12 * each : 12 * each + 12], who) for each, who in enumerate((ANN, BEN, CLEO))])
    first, last = sorted(span)
    asked = relief_of(part, first=MONTHS[first], last=MONTHS[last], goes=goes)
    if sum(amounts[first : last + 1]) * part <= 50:
        with pytest.raises(LedgerError, match="nothing to take off"):
            taken(rows, asked)
        return
    moved = taken(rows, asked)
    assert (moved.groupby(["product", "channel", "period"])["amount"].sum() == 0).all()
    after = pd.concat([rows, moved]).groupby(["owner", "period"])["amount"].sum()
    assert (after >= 0).all()
    mine = moved[moved["owner"] == ANN]
    assert set(mine["period"]) <= set(MONTHS[first : last + 1])


def test_all_that_is_wrong_with_relief_is_said_at_once():
    with pytest.raises(LedgerError) as told:
        asked_for(CALENDAR, 2027, "1 March", "", "half", "goal", "above")
    assert "'1 March' is not a day" in str(told.value)
    assert "'half' is not a part" in str(told.value)
    with pytest.raises(LedgerError, match="neither which days nor what part"):
        asked_for(CALENDAR, 2027, "", " ", "", "goal", "above")
    wrong = Relief(date(2027, 3, 1), date(2027, 2, 1), (Decimal(2), Decimal(0)), "turnover", "away")
    with pytest.raises(LedgerError) as told:
        share_of_months(CALENDAR, MONTHS, wrong)
    for words in ("before it begins", "200", "2 parts", "'turnover' is not known", "'away' is not known"):
        assert words in str(told.value)
    rows = pd.concat([entries([100] * 12), entries([-90] * 12, step="outlook")])
    with pytest.raises(LedgerError, match=r"600 minor units would be taken off, but only 120 minor units is carried"):
        taken(rows, relief_of(50, of="last_year"))


def test_relief_stands_in_the_account_of_the_goal_and_is_undone(planned):
    before = goals.goals(planned).set_index("owner")
    asked = asked_for(planned.calendar, 2027, "2027-03-01", "2027-05-31", "50%", "goal", "beside")
    seen = relief.previewed(planned, "Aiko Tanabe", asked)
    assert goals.goals(planned).set_index("owner").equals(before)
    told = relief.give(planned, "Aiko Tanabe", asked, "Parental leave", "planner")
    assert told.equals(seen)
    assert int(told["change"].sum()) == 0
    after = goals.goals(planned).set_index("owner")
    assert after.loc["company", "assigned"] == before.loc["company", "assigned"]
    step = goals.explain(planned, "Aiko Tanabe").iloc[-1]
    assert (step["step"], step["reason"]) == ("relief", "Parental leave")
    assert step["source"] == "50% of the goal, 2027-03-01 to 2027-05-31, to those beside, by planner"
    assert book.undo(planned, "planner") == "Parental leave"
    assert goals.goals(planned).set_index("owner").equals(before)
    book.hold(planned, "Aiko Tanabe", "Settled", "planner")
    with pytest.raises(LedgerError, match="is held"):
        relief.give(planned, "Aiko Tanabe", asked, "Parental leave", "planner")
    with pytest.raises(LedgerError, match="is not a person"):
        relief.previewed(planned, "Harbour Coast", asked)


def test_the_form_shows_what_relief_would_do_and_gives_it(planned):
    form = ask.relief._Form(Page(replace(planned, territory="Harbour Coast"), "4_goals.ipynb"), lambda: None)
    assert "Fill in the days or the part" in form._does.view.children[0].value
    form._who.control.value = "Aiko Tanabe"
    form._part.control.value = "half"
    assert "is not a part" in form._does.view.children[0].value
    form._part.control.value = "50%"
    assert "Harbour Coast, to be placed" in form._does.view.children[0].value
    form._why.control.value = "Half days"
    assert form._give().startswith("Relief for Aiko Tanabe: 50% of the goal")
    assert goals.explain(planned, "Aiko Tanabe").iloc[-1]["reason"] == "Half days"


def test_the_command_shows_what_relief_would_do_before_it_gives_it(planned):
    run, place = CliRunner().invoke, ["--workspace", str(planned.settings.workspace)]
    asked = ["relieve", "Aiko Tanabe", "--why", "Leave", "--from", "2027-03-01", "--to", "2027-05-31", *place]
    seen = run(app, [*asked, "--preview"])
    assert "nothing was changed yet" in seen.stderr
    assert run(app, asked).stdout == seen.stdout
    assert goals.explain(planned, "Aiko Tanabe").iloc[-1]["step"] == "relief"
