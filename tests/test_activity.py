"""Activity arithmetic: back from a goal to each week, forwards to a result, and where numbers disagree."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import HistoryError, LedgerError, PlanningError
from planning.goals.activity import arithmetic as goals_activity
from planning.goals.activity import gap
from planning.goals.activity.arithmetic import forwards, needed, pieces, whole_up
from planning.goals.activity.coverage import coverage, weighted
from planning.goals.activity.standards import ABOVE, BELOW, NO_BAND, WITHIN, held_to_bands
from planning.goals.activity.triangle import AGREE, APART, BETWEEN, NOT_KNOWN, TWO, finding, triangle
from planning.history.rhythm import Rhythm, rhythm
from planning.periods import FiscalCalendar

CALENDAR = FiscalCalendar(1)
MONTHS = CALENDAR.months(2027)


def working(conversion=0.5, lag=60.0, size=100_00, part=1.0, opened=1.0, calls=10.0, doubt=0.1):
    """Make the rhythm of one rep, Ana, with two steps and calls."""
    index, steps = pd.Index(["Ana"], name="rep", dtype="str"), ["opened", "proposed"]
    reps = pd.DataFrame({"role": "", "weeks": 52.0, "revenue": 1e6, "won": 20.0, "won_value": 2e5, "deal_size": size,
                         "size_doubt": doubt, "part": part}, index=index)  # fmt: skip

    def wide(**columns):
        return pd.DataFrame(columns, index=index, dtype="float64")

    a_week = wide(call=opened * calls, opened=opened, proposed=opened * conversion)
    return Rhythm(
        "2025-01", "2026-01", "2026-12", steps, ["call"], reps, wide(opened=conversion, proposed=conversion),
        wide(opened=doubt, proposed=doubt), wide(opened=lag, proposed=lag / 2), a_week * 52, a_week,
        wide(call=calls), 1.0,
    )  # fmt: skip


def back(goal, seen=None, calendar=CALENDAR):
    return goals_activity.backwards(seen or working(), "Ana", pd.Series(goal, MONTHS), calendar, 2027)


def test_the_funnel_is_gone_back_step_by_step_to_the_figure():
    # E43: 14 deals; close 40%, proposal 50%, second meeting 35%, first meeting 10%.
    assert needed(14, [0.4, 0.5, 0.35, 0.1]).tolist() == [35, 70, 200, 2000]


def test_customers_and_quotations_follow_from_what_a_customer_is_worth():
    # E49: 1,000,000 at 50,000 a customer, one of three quotations won.
    customers = whole_up([1_000_000 / 50_000])
    assert customers.tolist() == [20]
    assert needed(customers, [1 / 3]).tolist() == [60]


def test_required_coverage_is_one_over_the_win_rate():
    # E44: "3x" coverage of 2M at 22% is short by 680k.
    found = coverage(2_000_000_00, 0, 6_000_000_00, 0.22)
    assert (found.covers, found.short) == (1_320_000_00, 680_000_00)
    assert found.required == pytest.approx(4.5454545)
    assert found.pipeline_needed == 9_090_909_09
    # E45
    assert coverage(1_000_000_00, 0, 4_000_000_00, 1.0).ratio == 4.0


def test_what_a_goal_still_needs_in_the_middle_of_a_quarter():
    # E46
    found = coverage(100_000_00, 65_000_00, 120_000_00, 0.3)
    assert (found.gap, found.attainment, found.pipeline_needed) == (35_000_00, 0.65, 116_666_67)
    assert round(found.ratio, 2) == 3.43
    assert whole_up([found.gap / 15_000_00]).tolist() == [3]


def test_a_pipeline_is_weighted_in_the_month_in_which_its_deals_close():
    # E48: three deals of 100,000 at 50% June, 50% July, 100% August.
    closes = [date(2026, 6, 30), date(2026, 7, 15), date(2026, 8, 1)]
    found = weighted([100_000_00] * 3, [0.5, 0.5, 1.0], closes)
    assert found["month"].tolist() == ["2026-06", "2026-07", "2026-08"]
    assert found["amount"].tolist() == [50_000_00, 50_000_00, 100_000_00]


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.01, float("nan")])
def test_a_win_rate_that_is_none_is_refused(rate):
    with pytest.raises(PlanningError, match="covers nothing"):
        coverage(100, 0, 100, rate)


def test_a_met_goal_needs_no_pipeline():
    found = coverage(100, 120, 50, 0.5)
    assert (found.gap, found.short, found.pipeline_needed) == (0, 0, 0)
    assert np.isnan(found.ratio)


def test_a_retail_year_has_53_weeks_when_its_last_saturday_falls_so():
    # E59: the fiscal year ends on the last Saturday of August.
    september = FiscalCalendar(9)
    ends = {year: september.weeks_445(year + 1)[0][0] for year in (2006, 2007, 2008)}
    assert ends == {2006: date(2006, 8, 27), 2007: date(2007, 8, 26), 2008: date(2008, 8, 31)}
    assert [len(september.weeks_445(year)) for year in (2007, 2008, 2009)] == [52, 53, 52]
    periods = [period for _, period in september.weeks_445(2008)]
    assert [periods.count(number) for number in range(1, 13)] == [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]


@given(st.integers(1, 12), st.integers(1990, 2100))
def test_weeks_cover_each_fiscal_year_without_gap_or_spare_week(start, year):
    calendar = FiscalCalendar(start)
    weeks, months = calendar.weeks(year), calendar.months(year)
    assert all((later - earlier).days == 7 for earlier, later in zip(weeks, weeks[1:], strict=False))
    cut = pieces(calendar, year)
    assert sorted(set(cut["week"])) == weeks
    assert [*dict.fromkeys(cut["month"])] == months
    days = sum((last - first).days + 1 for first, last in zip(cut["first"], cut["last"], strict=True))
    assert days == (date(year + (start == 1), start, 1) - date(year - (start > 1), start, 1)).days
    assert all(monday.weekday() == 0 for monday in weeks)


def test_a_goal_becomes_deals_and_these_opportunities_and_calls():
    found = back([200_00] * 12)
    # 2,400 at 100 a deal are 24 deals; half of the proposals and a quarter of the opportunities are won.
    assert found.year["count"].to_dict() == {"call": 960, "opened": 96, "proposed": 48, "won": 24}
    assert found.year.at["opened", "reach"] == 0.25


def test_only_the_part_that_comes_through_the_pipeline_is_asked_of_it():
    found = back([200_00] * 12, working(part=0.25))
    assert (found.goal, found.through_pipeline) == (2400_00, 600_00)
    assert found.year.at["won", "count"] == 6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 10**7), min_size=12, max_size=12), st.floats(0.05, 1.0), st.floats(0, 900),
    st.integers(1, 10**6),
)  # fmt: skip
def test_weeks_and_months_add_up_to_the_year_exactly(goal, conversion, lag, size):
    found = back(goal, working(conversion=conversion, lag=lag, size=size))
    for by in ("week", "month"):
        assert found.by(by)[found.activities].sum().equals(found.year["count"].rename(None))
    assert (found.pieces[found.activities] >= 0).all(axis=None)
    assert found.year.at["won", "count"] == np.ceil(round(sum(goal) / size, 6))


def test_an_opportunity_is_opened_its_cycle_before_it_is_won():
    goal = [0] * 12
    goal[6] = 100_000_00
    found = back(goal, working(lag=61.0))
    months = found.by("month").set_index("month")
    assert months["won"].idxmax() == "2027-07"
    assert months.loc[["2027-05"], "opened"].sum() > 0.9 * months["opened"].sum()
    assert months.loc["2027-07":, "opened"].sum() == 0


def test_what_is_opened_late_is_for_the_year_after_and_as_much_must_be_under_way():
    goal = [0] * 12
    goal[0] = 100_000_00
    found = back(goal, working(lag=61.0))
    months = found.by("month").set_index("month")
    assert months["opened"].idxmax() == "2027-11"
    assert found.year.at["opened", "next_year"] == found.year.at["opened", "count"]
    assert found.year.at["won", "next_year"] == 0


def test_a_week_with_a_holiday_gets_less_and_one_of_holidays_nothing():
    off = (date(2027, 3, 10), *(date(2027, 7, day) for day in range(5, 10)))
    weeks = back([200_000_00] * 12, calendar=FiscalCalendar(1, off)).by("week").set_index("week")
    assert weeks.at[date(2027, 7, 5), "call"] == 0
    assert weeks.at[date(2027, 3, 8), "days"] == 4
    assert weeks.at[date(2027, 3, 8), "call"] == pytest.approx(weeks.at[date(2027, 3, 15), "call"] * 4 / 5, rel=0.01)


def test_few_deals_do_not_gather_in_some_months():
    months = back([100_00] * 12).by("month")
    assert months["won"].tolist() == [1] * 12
    assert months["opened"].between(3, 5).all()


def test_a_goal_of_nothing_asks_for_nothing():
    assert (back([0] * 12).year["count"] == 0).all()


def test_forwards_comes_back_to_what_backwards_asked_for():
    seen, found = working(), back([1000_00] * 12)
    weeks = found.pieces["days"].sum() / 5
    planned = {name: found.year.at[name, "a_week"] for name in ("call", "opened", "proposed")}
    table = forwards(seen, "Ana", planned, weeks)
    assert table["result"].tolist() == pytest.approx([12_000_00] * 3, rel=0.01)


def test_the_activity_that_carries_least_is_the_result_to_expect():
    table = forwards(working(), "Ana", {"call": 20, "opened": 1, "proposed": 2}, 50).set_index("activity")
    assert table["deals"].to_dict() == pytest.approx({"call": 25, "opened": 12.5, "proposed": 50})
    assert table["binds"].to_dict() == {"call": False, "opened": True, "proposed": False}


def test_the_interval_is_wider_where_conversion_is_less_known_and_where_deals_are_few():
    def width(seen, opened):
        row = forwards(seen, "Ana", {"opened": opened}, 50).iloc[0]
        assert row["low"] < row["result"] < row["high"]
        return (row["high"] - row["low"]) / row["result"]

    assert width(working(doubt=0.4), 1) > width(working(doubt=0.1), 1)
    assert width(working(), 0.2) > width(working(), 5)


def test_four_of_five_years_drawn_lie_in_the_interval():
    random = np.random.default_rng(1)
    deals = np.array([40.0])
    low, high = goals_activity.interval(deals * 100, deals, np.array([0.15]), 1.0)
    rates = random.lognormal(-0.5 * np.log1p(0.15**2), np.sqrt(np.log1p(0.15**2)), 20_000)
    counts = random.poisson(deals[0] * rates)
    sums = random.gamma(np.maximum(counts, 1e-9), 100.0)  # deals of exponential size: spread 1
    assert ((sums >= low) & (sums <= high)).mean() == pytest.approx(0.8, abs=0.02)


def test_a_plan_that_cannot_be_reckoned_is_refused_with_all_that_is_wrong():
    with pytest.raises(PlanningError, match=r"(?s)'dance'.*call: -1 a week is below zero"):
        forwards(working(), "Ana", {"dance": 1, "call": -1}, 50)
    with pytest.raises(PlanningError, match="nothing is planned"):
        forwards(working(), "Ana", {}, 50)
    with pytest.raises(HistoryError, match="no rep 'Ann'"):
        forwards(working(), "Ann", {"call": 1}, 50)


def gap_of(goal, **seen):
    index = pd.Index(["Ana"])
    return gap.gaps(working(**seen), pd.Series([goal], index), pd.Series([50.0], index)).iloc[0]


def test_each_way_to_close_a_gap_closes_it_alone():
    row = gap_of(2000_00)
    assert (row["asked"], row["expected"], row["verdict"]) == (2000_00, 1250_00, "falls short")
    assert row["opened_needed"] * 50 * row["win_rate"] * row["deal_size"] == pytest.approx(2000_00)
    assert row["opened"] * 50 * row["win_rate_needed"] * row["deal_size"] == pytest.approx(2000_00)
    assert row["opened"] * 50 * row["win_rate"] * row["deal_size_needed"] == pytest.approx(2000_00)


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [(1300_00, "fits"), (1000_00, "more than asked"), (1700_00, "within chance"), (9000_00, "falls short")],
)
def test_a_goal_beyond_chance_contradicts_the_plan(goal, verdict):
    assert gap_of(goal)["verdict"] == verdict


def test_the_words_say_what_closes_the_gap_and_what_cannot():
    def told(goal):
        return gap.in_words(gap_of(goal), lambda minor: f"{minor / 100:.0f}", "{:.0%}".format, "{:.2f}".format)

    assert told(1300_00).endswith("that fits.")
    assert "1.60 a week instead of 1.00" in told(2000_00)
    assert "40% of them won instead of 25%" in told(2000_00)
    assert "deals of 160 on average instead of 100" in told(2000_00)
    assert "contradict each other" in told(9000_00)
    assert "A better conversion alone cannot close it." in told(9000_00)


def test_a_plan_counts_instead_of_last_years_rhythm():
    index = pd.Index(["Ana"])
    found = gap.gaps(working(), pd.Series([2500_00], index), pd.Series([50.0], index), pd.Series({"Ana": 2.0}))
    assert found.iloc[0]["verdict"] == "fits"


def corners(goal, capacity, funnel, low=None, high=None):
    row = {"goal": goal, "capacity": capacity, "funnel": funnel, "low": low or funnel, "high": high or funnel}
    return triangle(pd.DataFrame([row], dtype="Int64"), 0.1).iloc[0]


@pytest.mark.parametrize(
    ("numbers", "alone", "said"),
    [
        ((100, 101, 99), AGREE, "They agree"),
        ((150, 101, 99), "goal", "goal stands alone, above"),
        ((50, 101, 99), "goal", "goal stands alone, below"),
        ((100, 150, 99), "capacity", "capacity stands alone, above"),
        ((100, 101, 50), "funnel", "funnel stands alone, below"),
        ((100, 150, 50), APART, "all say something else"),
        ((100, 82, 90), f"funnel{BETWEEN}", "goal and capacity differ"),
        ((90, 100, 82), f"goal{BETWEEN}", "capacity and the funnel differ"),
        ((100, 150, None), TWO, "capacity lies above the goal"),
        ((100, 101, None), AGREE, "They agree"),
        ((100, None, None), NOT_KNOWN, "Too little"),
    ],
)
def test_the_triangle_names_the_number_that_stands_alone(numbers, alone, said):
    row = corners(*numbers)
    assert row["alone"] == alone
    assert said in finding(row)
    assert row["talk"] == (alone not in (AGREE, NOT_KNOWN))


def test_the_funnel_agrees_with_what_lies_in_its_interval():
    assert corners(130, 128, 100)["alone"] == "funnel"
    assert corners(130, 128, 100, 70, 140)["alone"] == AGREE


def levels(values, role="Rep", tenured=True):
    names = [f"{role}{number}" for number in range(len(values))]
    return pd.DataFrame({"rep": names, "role": role, "group": "Activity", "measure": "Calls", "value": values,
                         "tenured": tenured})  # fmt: skip


def test_a_band_reaches_over_the_middle_half_of_tenured_peers():
    newcomer = levels([100.0], tenured=False).assign(rep="New")
    table = held_to_bands(pd.concat([levels([10.0, 20.0, 30.0, 40.0, 50.0]), newcomer])).set_index("rep")
    assert table.loc["Rep0", ["low", "middle", "high", "peers"]].tolist() == [20, 30, 40, 5]
    assert table["says"].tolist() == [BELOW, WITHIN, WITHIN, WITHIN, ABOVE, ABOVE]


def test_roles_have_bands_of_their_own_and_few_peers_none():
    table = held_to_bands(pd.concat([levels([10.0, 20.0, 30.0, 40.0]), levels([900.0, np.nan], "Manager")]))
    manager = table[table["role"] == "Manager"]
    assert manager["says"].iloc[0] == NO_BAND
    assert manager["says"].isna().iloc[1]
    assert manager["low"].isna().all()
    assert table["high"].max() < 100


def deal(number, rep, won, amount=100_00):
    return {"opportunity": f"{rep}{number}", "rep": rep, "stage": "end", "status": "won" if won else "lost",
            "opened": "2026-03-01", "proposed": "2026-03-31" if won else None, "closed": "2026-04-30",
            "amount": amount}  # fmt: skip


def line(number, rep, amount):
    return {
        "order_id": f"{rep}{number}", "line": 1, "date": f"2026-{number:02d}-15", "rep": rep, "territory": "North",
        "customer": "C", "product": "P", "channel": "Shops", "quantity": 1, "amount": amount,
    }  # fmt: skip


def history_with(history_of, **more):
    orders = [line(month, rep, 1000_00) for rep in ("Ana", "Ben") for month in range(1, 13)]
    people = [{"rep": rep, "role": "Rep"} for rep in ("Ana", "Ben", "Cleo")]
    return history_of(orders=orders, people=people, products=[{"product": "P", "product_line": "L"}], **more)


def test_the_rhythm_is_counted_from_the_history(history_of):
    deals = [deal(number, rep, number < 6) for rep in ("Ana", "Ben") for number in range(12)]
    calls = [{"activity": f"{rep}{week}", "date": "2026-05-04", "rep": rep, "kind": kind, "count": 60}
             for rep in ("Ana", "Ben") for week, kind in enumerate(("call", "proposal"))]  # fmt: skip
    found = rhythm(history_with(history_of, opportunities=deals, activities=calls), CALENDAR, ["Cleo"])
    assert found.pipeline
    assert (found.steps, found.kinds) == (["opened", "proposed"], ["call"])
    assert found.reach["opened"].tolist() == pytest.approx([0.5] * 3)
    assert found.lags.loc["Ana"].to_dict() == {"opened": 60, "proposed": 30}
    assert found.reps["deal_size"].tolist() == pytest.approx([100_00] * 3)
    assert found.reps["part"].tolist() == pytest.approx([600 / 12_000] * 3)
    assert found.per_opening["call"].tolist() == pytest.approx([5.0] * 3)
    assert found.counted.loc[["Ana", "Cleo"], "opened"].tolist() == [12, 0]
    weeks = 261 / 5
    assert found.per_week["opened"].tolist() == pytest.approx([12 / weeks] * 3)


def test_own_conversion_is_drawn_towards_that_of_all_where_cases_are_few(history_of):
    many = [deal(number, "Ana", number < 90) for number in range(100)]
    few = [deal(number, "Ben", False) for number in range(2)]
    some = [deal(number, "Cleo", number < 7) for number in range(10)]
    found = rhythm(history_with(history_of, opportunities=many + few + some), CALENDAR).reach["opened"]
    assert found["Ana"] == pytest.approx(0.9, abs=0.02)
    assert 0.7 < found["Cleo"] < 0.9


def test_who_has_won_nothing_yet_is_not_taken_to_win_never(history_of):
    deals = [deal(number, "Ana", number < 90) for number in range(100)] + [
        deal(0, "Ben", False),
        deal(1, "Ben", False),
    ]
    found = rhythm(history_with(history_of, opportunities=deals), CALENDAR)
    assert found.reach.at["Ben", "opened"] >= 0.5 / 3
    goal = pd.Series(1000_00, MONTHS)
    assert goals_activity.backwards(found, "Ben", goal, CALENDAR, 2027).year["count"].max() < 100_000


def test_without_a_pipeline_it_says_what_is_missing(history_of):
    found = rhythm(history_with(history_of), CALENDAR)
    assert not found.pipeline
    with pytest.raises(HistoryError, match=r"(?s)opportunities with rep, status.*no opportunity was won from"):
        goals_activity.backwards(found, "Ana", pd.Series(100_00, MONTHS), CALENDAR, 2027)


def test_the_sample_company_is_asked_back_and_forth(planned_company):
    from planning.workbook.activity import arithmetic as activity
    from planning.workbook.activity import standards
    from planning.workbook.activity.standing import standing
    from planning.workbook.goals import goals
    from planning.workbook.place import stand

    context = stand(str(planned_company))
    seen = standing(context)
    carried = goals(context)
    assert seen.goals.sum(axis=1).sum() == carried.loc[carried["kind"] == "position", "assigned"].sum()
    rep = seen.reps[0]
    found = activity.backwards(seen, rep)
    assert found.goal == seen.goals.loc[rep].sum()
    assert found.by("week")[found.activities].sum().tolist() == found.year["count"].tolist()
    with pytest.raises(LedgerError, match="no rep with a goal"):
        activity.backwards(seen, "Nobody")
    planned = activity.forwards(seen, rep, {"opened": float(found.year.at["opened", "a_week"])})
    assert planned.result == planned.through_pipeline + planned.besides
    assert activity.against_plan(seen, rep, planned).at[rep, "expected"] == pytest.approx(
        planned.through_pipeline, abs=1
    )
    table = activity.set_against(seen)
    assert table["goal"].tolist() == seen.goals.sum(axis=1).tolist()
    assert (table["funnel"] - table["goal"]).equals(table["to_funnel"])
    covered = activity.covered(seen)
    assert (covered["due"] <= covered["needed"]).all()
    assert activity.coming(seen)["amount"].sum() == pytest.approx(covered["expected"].sum(), abs=2000)
    bands = standards.standards(context)
    assert set(bands["group"]) == {standards.ACTIVITY, standards.MIX, standards.ACCURACY}
    mix = bands[bands["group"] == standards.MIX].groupby("rep")["value"].sum()
    assert mix.to_numpy() == pytest.approx(1.0)
