"""Goals on any metric: stated, handed out to the unit, changed and withdrawn; metrics of the company's own."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import LedgerError, PlanningError
from planning.goals import owners
from planning.goals.aims import aiming, library, sharing, stating
from planning.goals.aims.aim import Aim, as_level, levels, overlapping, target
from planning.metrics import METRICS, brought, catalogue
from planning.settings import Settings
from planning.workbook.aims import kept as aims
from planning.workbook.aims import wording
from planning.workbook.aims.aimed import carried
from planning.workbook.goals import book

MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]
TREE = owners.build(
    pd.DataFrame({"territory": ["North", "South", "Void"], "region": ["All", "All", "All"]}),
    pd.DataFrame({"territory": ["North", "North", "South"], "rep": ["Ana", "Ben", "Cleo"]}),
    "We",
)
PLACES = TREE.positions[["territory", "rep", "owner"]]
SEATS = pd.DataFrame({"territory": ["North", "South", "Nowhere"], "rep": ["Gone", "Gone", "Lost"]})


def aim(name="deals_won", way="by", value="0.1", **words):
    said = {"kind": "company", "serves": "market coverage", "start": "2027-01", "end": "2027-12"} | words
    return Aim(metric=name, way=way, value=Decimal(value), **said)


def results(*rows):
    return pd.DataFrame(rows, columns=["territory", "rep", "period", "amount"]).astype({"amount": "int64"})


def sums(cells):
    return cells.groupby("owner")["amount"].sum().to_dict()


# What a goal must say


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "deals_one"}, "Did you mean 'deals_won'"),
        ({"name": "days_to_win"}, "only a part of a ratio"),
        ({"value": "-0.1"}, "more is better, but it asks for less"),
        ({"name": "sales_cycle", "value": "0.08"}, "less is better, but it asks for more"),
        ({"name": "win_rate", "way": "to", "value": "45"}, "above 100%"),
        ({"end": "2026-12"}, "before it starts"),
        ({"end": "2028-01"}, "not in the year that is planned"),
        ({"checkpoints": ("2028-03",)}, "not between start and end"),
        ({"floor": "110%"}, "floor is better than the target"),
        ({"stretch": "much"}, "write a part of the target"),
        ({"stretch": "110%", "challenge": "105%"}, "challenge is worse than the stretch"),
        ({"kind": "team", "whom": "Ana"}, "Ana is a position: no goal of kind team"),
        ({"kind": "company", "whom": "Zed"}, "no owner in this book 'Zed'"),
        ({"impact": 4}, "must be 1, 2 or 3"),
        ({"name": "acquisition_cost", "value": "-0.1"}, "cost of marketing and sales: bring last year's figure"),
        ({"name": "rep_turnover", "value": "-0.1", "kind": "individual"}, "one region or territory that you name"),
        ({"name": "rep_turnover", "value": "-0.1", "kind": "team"}, "one region or territory that you name"),
    ],
)
def test_a_goal_that_does_not_say_what_it_must_is_refused_with_the_reason(wrong, said, tmp_path):
    with pytest.raises(LedgerError, match=said):
        stating.check(aim(**wrong), catalogue(Settings(workspace=tmp_path)), TREE, MONTHS)


def test_everything_wrong_with_a_goal_is_said_at_once():
    with pytest.raises(LedgerError) as told:
        stating.check(aim(name="deals_one", end="2026-12", fit=0), METRICS, TREE, MONTHS)
    assert all(each in str(told.value) for each in ("deals_one", "before it starts", "fit is 0"))


def test_targets_follow_from_last_year_in_every_way():
    base = Decimal(200)
    assert target(aim(value="0.1"), base) == 220
    assert target(aim(way="to", value="250"), base) == 250
    assert target(aim(way="under", value="150"), base) == 150
    assert target(aim(way="under", value="300"), base) == 200  # what is better already stays
    assert target(aim(way="over", value="150"), base) == 200
    # A tenth more of a loss would be a larger loss.
    for nothing, says in ((Decimal(0), "is zero"), (Decimal(-5), "is below zero"), (None, "is not known")):
        with pytest.raises(LedgerError, match=f"nothing to change by a fraction: last year's figure {says}"):
            target(aim(), nothing)


def test_levels_are_parts_of_the_target_or_figures():
    stated = aim(floor="90%", stretch="450", challenge="120%")
    assert levels(stated, Decimal(400)) == {"floor": 360, "target": 400, "stretch": 450, "challenge": 480}
    assert as_level("a lot", Decimal(1)) is None


def test_a_second_goal_for_the_same_people_months_and_metric_is_named():
    first = aim(identity=1)
    assert overlapping(aim(kind="individual", whom="Ana"), [first], TREE)
    assert not overlapping(aim("calls"), [first], TREE)
    assert not overlapping(aim(start="2027-07"), [replace(first, end="2027-06")], TREE)
    assert not overlapping(replace(first, value=Decimal("0.2")), [first], TREE)


# Last year's results, given to those who sit there now


def test_results_of_people_who_left_go_to_their_territory_by_what_each_brought():
    rows = results(("North", "Ana", "2027-01", 6), ("North", "Ben", "2027-02", 2), ("North", "Gone", "2027-01", 4))
    found = sharing.past(rows, PLACES, SEATS)
    assert sums(found.kept) == {"position:North:Ana": 6, "position:North:Ben": 2}
    assert sums(found.taken) == {"position:North:Ana": 3, "position:North:Ben": 1}
    assert found.total == 12


def test_a_territory_without_anybody_keeps_what_was_brought_there():
    found = sharing.past(results(("Void", "Gone", "2027-01", 5)), PLACES, SEATS)
    assert sums(found.taken) == {"territory:Void": 5}


def test_activities_tell_no_territory_so_people_who_left_are_found_by_where_they_served():
    rows = results((None, "Ana", "2027-01", 7), (None, "Gone", "2027-01", 6), (None, "Lost", "2027-03", 3))
    found = sharing.past(rows.drop(columns="territory"), PLACES, SEATS)
    assert sums(found.kept) == {"position:North:Ana": 7}
    # Three of Gone's to each territory; what nobody can place goes to all.
    assert found.total == 16
    assert sums(found.taken)["position:South:Cleo"] >= 3


ROW = st.tuples(
    st.sampled_from(["North", "South", "Void"]),
    st.sampled_from(["Ana", "Cleo", "Gone", "Lost"]),
    st.sampled_from(MONTHS),
    st.integers(-50, 500),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=20))
def test_no_result_is_lost_whoever_brought_it_and_wherever(rows):
    given_ = results(*rows)
    found = sharing.past(given_, PLACES, SEATS)
    assert found.total == given_["amount"].sum()
    by_month = found.whole.groupby("period")["amount"].sum()
    told = given_.groupby("period")["amount"].sum()
    assert (by_month.reindex(told.index).fillna(0) == told).all()


# The step that is asked on top


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=3, max_size=3), st.integers(0, 2000))
def test_what_is_asked_on_top_adds_up_to_the_target(amounts, wanted):
    base = pd.DataFrame({"owner": PLACES["owner"], "period": ["2027-01", "2027-02", "2027-01"], "amount": amounts})
    step = aiming.asked(
        base, dict.fromkeys(PLACES["owner"], "company"), {"company": wanted}, MONTHS[:3], "{:,}".format
    )
    assert base["amount"].sum() + step["amount"].sum() == wanted


def test_a_goal_for_each_person_is_met_by_each():
    base = pd.DataFrame({"owner": PLACES["owner"], "period": "2027-01", "amount": [10, 20, 0]})
    groups = dict(zip(PLACES["owner"], PLACES["rep"], strict=True))
    step = aiming.asked(base, groups, dict.fromkeys(groups.values(), 24), MONTHS[:2], "{:,}".format)
    assert sums(pd.concat([base, step])) == dict.fromkeys(PLACES["owner"], 24)


def test_shares_stop_at_all_of_them_and_the_others_take_the_rest():
    base = pd.DataFrame({"owner": PLACES["owner"], "period": "2027-01", "amount": [9, 5, 4]})
    most = dict.fromkeys(PLACES["owner"], 10)
    step = aiming.asked(base, dict.fromkeys(PLACES["owner"], "all"), {"all": 24}, MONTHS[:1], "{:,}".format, most)
    assert sums(pd.concat([base, step])) == dict(zip(PLACES["owner"], [10, 8, 6], strict=True))
    with pytest.raises(LedgerError, match="more than 100%"):
        aiming.asked(base, dict.fromkeys(PLACES["owner"], "all"), {"all": 31}, MONTHS[:1], "{:,}".format, most)


def test_newcomers_start_from_the_average_of_their_territory():
    base = pd.DataFrame(
        {"owner": ["position:North:Ana", "position:South:Cleo"], "period": "2027-01", "amount": [8, 20]}
    )
    found = aiming.newcomers(base, TREE.positions, MONTHS)
    assert sums(found) == {"position:North:Ben": 8}


# Metrics


def test_kinds_of_activities_are_counted_as_they_are_written(history_of):
    kinds = ["Demo", "Discovery call", "qualified conversation", "Marketing-qualified lead", "coaching hour"]
    history = history_of(
        activities=[
            {"activity": f"A{place}", "date": "2026-01-05", "rep": "Ana", "kind": kind, "count": place + 1}
            for place, kind in enumerate(kinds)
        ]
    )
    names = ("demos", "discovery_calls", "qualified_conversations", "marketing_leads", "coaching_hours")
    for place, name in enumerate(names):
        found = history.rows(f"select sum({METRICS[name].expression}) as n from activities")
        assert int(found["n"].iloc[0]) == place + 1


OWN = """
[referrals]
label = "Referrals"
unit = "count"
better = "higher"
table = "activities"
expression = "case when lower(kind) = 'call' then count end"
date = "date"

[visits_a_call]
label = "Visits a call"
unit = "ratio"
better = "higher"
over = ["visits", "referrals"]
"""


def test_a_company_adds_metrics_of_its_own(tmp_path):
    (tmp_path / "metrics.toml").write_text(OWN)
    known = catalogue(Settings(workspace=tmp_path))
    assert known["referrals"].table == "activities"
    assert known["visits_a_call"].over == ("visits", "referrals")
    assert known["revenue"] is METRICS["revenue"]


def test_everything_wrong_with_own_metrics_is_said_at_once_with_file_and_entry(tmp_path):
    (tmp_path / "metrics.toml").write_text(
        '[revenue]\nlabel = "R"\nunit = "count"\nbetter = "higher"\n'
        'table = "orders"\nexpression = "1"\ndate = "date"\n'
        '[Odd]\nlabel = ""\nunit = "furlong"\nbetter = "more"\nover = ["calls", "nothing"]\ncolour = "red"\n'
    )
    with pytest.raises(PlanningError) as told:
        catalogue(Settings(workspace=tmp_path))
    parts = ("metrics.toml", "revenue: a metric of this name", "Odd: a name is small letters", "furlong", "'more'",
             "label must be a text", "'nothing'", "'colour'")  # fmt: skip
    assert [part for part in parts if part not in str(told.value)] == []


# The whole way, on the sample company

WANTED = {
    "deals_won": ("by", "10%"),
    "calls": ("by", "5%"),
    "closing_ratio": ("by", "8%"),
    "win_rate": ("by", "8%"),
    "sales_cycle": ("by", "-8%"),
    "new_customers": ("by", "10%"),
    "retention": ("over", "93%"),
    "margin": ("by", "5%"),
    "proposals_in_process": ("to", "50"),
    "units": ("by", "20%"),
}


def test_goals_on_ten_metrics_add_up_from_reps_to_the_company_and_are_taken_back_whole(planned):
    made = {
        name: aims.state(planned, wording.from_words(planned, name, way=way, value=value), "planner")
        for name, (way, value) in WANTED.items()
    }
    tree, rows = book(planned)
    revenue = rows.loc[rows["metric"] == "revenue", "amount"].sum()
    for name, each in made.items():
        told = carried(tree, rows, each.measured)
        company = told[told["kind"] == "company"].iloc[0]
        assert float(company["goal"]) == pytest.approx(float(each.target), rel=0.004), name
        assert company["base"] == each.base
        _adds_up(tree, rows, each)
    changed = replace(aims.find(aims.stated(planned), 1), value=Decimal("0.2"))
    assert aims.state(planned, changed, "planner").target == 464  # 387 deals and a fifth
    _, rows = book(planned)
    assert rows.loc[rows["metric"] == "deals_won", "amount"].sum() == 464
    with pytest.raises(LedgerError, match="changed meanwhile"):
        aims.state(planned, changed, "somebody else")
    with pytest.raises(LedgerError, match="second goal for the same people"):
        aims.state(planned, replace(changed, identity=0, version=0), "planner")
    for stated in aims.stated(planned):
        aims.withdraw(planned, stated.identity, "Enough", "planner")
    assert aims.stated(planned) == []
    left = book(planned)[1].groupby(["metric", "owner", "period"])["amount"].sum()
    assert left[left != 0].index.get_level_values("metric").unique().tolist() == ["revenue"]
    assert left["revenue"].sum() == revenue


def _adds_up(tree, rows, made):
    """Each parent is the sum of its children in every metric of the ledger, and the ratios are theirs."""
    for key in aiming.keys(made.measured):
        own = rows[rows["metric"] == key].groupby("owner")["amount"].sum()
        total = tree.roll_up(own)
        children = total.groupby(pd.Series(tree.parents)).sum()
        assert (children == total[children.index] - own.reindex(children.index).fillna(0)).all()
        months = rows[rows["metric"] == key].groupby("period")["amount"].sum()
        assert months[months.index != ""].sum() == total["company"]
    if made.measured.over and made.measured.unit == "ratio":
        assert made.owners["goal"].map(lambda ratio: ratio is None or ratio <= 1).all()


def test_goals_on_a_metric_of_ones_own_are_handed_out_and_a_wrong_one_is_said(planned):
    file = planned.settings.workspace / "metrics.toml"
    file.write_text(OWN)
    made = aims.state(planned, wording.from_words(planned, "referrals", value="10%", end="2027-06"), "planner")
    assert made.target == (made.base * Decimal("1.1")).to_integral_value()
    file.write_text(OWN.replace("activities", "activitis", 1))
    with pytest.raises(PlanningError, match="Did you mean 'activities'"):
        aims.previewed(planned, wording.from_words(planned, "referrals", value="20%", start="2027-07"))
    file.write_text(OWN.replace("lower(kind) =", "lower(kid) =", 1))
    with pytest.raises(PlanningError, match="its expression is not understood"):
        aims.previewed(planned, wording.from_words(planned, "referrals", value="20%", start="2027-12"))


@pytest.mark.parametrize("ready", library.LIBRARY.values(), ids=lambda each: each.name)
def test_every_ready_goal_is_one_that_can_be_stated(ready, tmp_path):
    known = catalogue(Settings(workspace=tmp_path))
    typed = Decimal(100) if brought(known[ready.metric], known) else None
    fitted = library.fitted(ready, known[ready.metric], MONTHS, typed=typed)
    stating.check(fitted, known, TREE, MONTHS)
    assert fitted.months[-1] == MONTHS[ready.term - 1]
