"""What next year looks like if nothing changes: sums, ranges, rules for short and broken series, and past errors."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from planning.errors import HistoryError, PlanningError
from planning.history.engine import open_history
from planning.history.outlook.candidates import forecasts, known
from planning.history.outlook.coherence import adding_up, bounded, reconcile
from planning.history.outlook.forecast import FIGURES, forecast
from planning.history.outlook.projection import Projection
from planning.history.outlook.series import NODE, Panel, panel
from planning.history.outlook.trials import Choice
from planning.history.outlook.whole import whole
from planning.metrics import METRICS
from planning.periods import FiscalCalendar, add_months, first_day, last_day
from planning.workbook.place import stand

CALENDAR = FiscalCalendar()
LAST = {"rep": "Ann", "territory": "East", "customer": "Acme", "product": "Bike", "quantity": 1}


def orders(first, amounts, **told):
    """Write an order on the last working day of each month, with its amount; a month of None has no order."""
    row = {**LAST, **told}
    return [
        {**row, "order_id": f"{row['rep']} to {row['customer']} {place}", "line": 1, "amount": amount,
         "date": str(end(add_months(first, place)))}
        for place, amount in enumerate(amounts)
        if amount is not None
    ]  # fmt: skip


def end(month):
    day = last_day(month)
    return day - timedelta(days=max(0, day.weekday() - 4))


def people(*names, **left):
    return [{"rep": name, "left": left.get(name)} for name in (*names, *left)]


BIKES = [{"product": "Bike", "product_line": "Bikes"}]
SEASON = [80, 90, 120, 130, 110, 100, 70, 60, 90, 110, 120, 150]


@pytest.fixture(scope="module")
def alder(sample_company):
    """Open the sample company's history."""
    context = stand(str(sample_company))
    with open_history(context.settings) as history:
        yield context, history


@pytest.fixture(scope="module")
def revenue(alder):
    context, history = alder
    return forecast(history, context.calendar, "revenue", 2027)


def of(table, level):
    return table[table["level"].isin([level] if isinstance(level, str) else level)]


def add_up(found):
    """Hold every level against the company, month by month, and the months against the year."""
    months = found.months
    company = of(months, "company").set_index("month")["expected"]
    for level in (["region"], ["territory"], ["position", "unassigned"], ["product_line"]):
        rows = of(months, level)
        if len(rows):
            assert (rows.groupby("month")["expected"].sum() == company).all(), level
    for parent, rows in of(months, ["position", "unassigned"]).groupby("parent"):
        above = months[months["node"] == parent].set_index("month")["expected"]
        assert (rows.groupby("month")["expected"].sum() == above).all(), parent
    years = found.years.set_index("node")["expected"]
    assert (months.groupby("node")["expected"].sum().reindex(years.index) == years).all()


# Sums and ranges


def test_reps_add_up_to_territories_and_the_company_month_by_month_and_for_the_year(revenue):
    add_up(revenue)
    assert revenue.months["expected"].dtype == "Int64"
    assert revenue.months.groupby("node").size().eq(12).all()
    assert of(revenue.years, "position").shape[0] == 42


def test_ranges_lie_inside_each_other_around_what_is_expected(revenue):
    for table in (revenue.months, revenue.years):
        ordered = table[["low_95", "low_80", "expected", "high_80", "high_95"]].astype(float)
        assert (ordered.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_the_range_of_a_year_is_not_the_sum_of_the_ranges_of_its_months(revenue):
    months = of(revenue.months, "company")
    year = of(revenue.years, "company").iloc[0]
    assert year["high_80"] - year["low_80"] < (months["high_80"] - months["low_80"]).sum()


def test_the_growth_that_was_planted_lies_inside_the_range(revenue):
    # Units grow by 2% a year and list prices rise by 2% each January: planning/sample/causes.py.
    year = of(revenue.years, "company").iloc[0]
    assert year["low_80"] < year["last_12_months"] * 1.04 < year["high_80"]


def test_forecasts_are_nearer_than_last_years_months_taken_again(revenue):
    tested = revenue.tested.set_index("level")
    for level in ("company", "region", "territory", "product_line"):
        assert tested.loc[level, "off"] < tested.loc[level, "naive_off"]
    assert (tested["inside_80"].drop("company").between(0.65, 0.95)).all()
    assert tested.loc["position", "years"] == 5 * 42


def test_the_same_history_gives_the_same_forecast(alder, revenue):
    context, history = alder
    again = forecast(history, context.calendar, "revenue", 2027)
    pd.testing.assert_frame_equal(again.months, revenue.months)
    pd.testing.assert_frame_equal(again.years, revenue.years)


def test_the_past_beside_it_is_the_results_of_the_last_24_months_without_one_offs(alder, revenue):
    _, history = alder
    plain = history.rows(
        "select cast(sum(amount) as bigint) as amount from orders where date >= date '2025-01-01' "
        "and order_id not in (select order_id from one_offs)"
    )["amount"].iloc[0]
    assert of(revenue.past, "company")["result"].sum() == plain
    assert of(revenue.past, ["position", "unassigned"])["result"].sum() == plain
    assert revenue.left_out == ["One one-off order is left out: it will not come again."]


def test_every_node_says_how_it_was_forecast_and_why(revenue):
    assert revenue.years["note"].str.len().gt(20).all()
    company = of(revenue.years, "company").iloc[0]
    assert company["note"].startswith("Nearest in trials: months off by ")
    assert list(revenue.years.columns) == [*NODE, "last_12_months", *FIGURES, "method", "note"]


# Ratios, averages, and what stands in the last month


def test_a_ratio_is_one_forecast_over_another_and_a_part_never_exceeds_its_whole(alder):
    context, history = alder
    found = forecast(history, context.calendar, "win_rate", 2027)
    won, closed = (forecast(history, context.calendar, name, 2027) for name in ("deals_won", "deals_closed"))
    company = of(found.years, "company").iloc[0]
    parts = [of(each.years, "company")["expected"].iloc[0] for each in (won, closed)]
    assert company["expected"] == pytest.approx(parts[0] / parts[1], rel=0.01)
    assert company["low_80"] < company["last_12_months"] < company["high_80"]
    assert found.years["high_95"].dropna().le(1).all()
    assert found.years["low_95"].dropna().ge(0).all()


def test_the_year_of_an_average_is_the_mean_of_its_months(alder):
    context, history = alder
    found = forecast(history, context.calendar, "proposals_in_process", 2027)
    mean = found.months.groupby("node")["expected"].mean()
    assert found.years.set_index("node")["expected"].to_numpy(float) == pytest.approx(
        mean.reindex(found.years["node"]).to_numpy(float)
    )


def test_the_year_of_what_is_counted_at_the_end_is_its_last_month(alder):
    context, history = alder
    found = forecast(history, context.calendar, "active_customers", 2027)
    december = found.months[found.months["month"] == "2027-12"].set_index("node")["expected"]
    assert (found.years.set_index("node")["expected"] == december).all()


# What series are made of


def test_accounts_of_a_rep_who_left_stand_with_whoever_serves_them_now(history_of):
    history = history_of(
        people=people("Ann", Bob="2025-06-30"),
        orders=[
            *orders("2024-01", SEASON * 2),
            *orders("2024-01", [50] * 18, rep="Bob", customer="Bell"),
            *orders("2025-07", [50] * 6, customer="Bell"),
            *orders("2024-01", [7] * 18, rep="Bob", customer="Core"),
        ],
        products=BIKES,
    )
    seen = panel(history, CALENDAR, METRICS["revenue"], 2026)
    values = dict(zip(seen.nodes["node"], seen.values.sum(axis=1), strict=True))
    assert values["position:East:Ann"] == 2 * sum(SEASON) + 24 * 50
    assert values["unassigned:East"] == 18 * 7
    assert values["company"] == values["territory:East"] == values["product_line:Bikes"]
    years = forecast(history, CALENDAR, "revenue", 2026).years.set_index("node")
    assert years.loc["unassigned:East", "expected"] == 0
    assert years.loc["unassigned:East", "method"] == "ended"


def test_a_rep_who_moved_to_another_territory_leaves_the_accounts_behind(history_of):
    history = history_of(
        people=people("Ann", "Bob"),
        assignments=[
            {"rep": "Bob", "territory": "East", "effective_to": "2025-06-30"},
            {"rep": "Bob", "territory": "West", "effective_from": "2025-07-01"},
        ],
        orders=[
            *orders("2025-01", [10] * 6, rep="Bob"),
            *orders("2025-07", [10] * 6),
            *orders("2025-07", [30] * 6, rep="Bob", territory="West", customer="Wool"),
        ],
        products=BIKES,
    )
    seen = panel(history, CALENDAR, METRICS["revenue"], 2026)
    values = dict(zip(seen.nodes["node"], seen.values.sum(axis=1), strict=True))
    assert "position:East:Bob" not in values
    assert values["position:East:Ann"] == 120
    assert values["position:West:Bob"] == 180


def test_a_month_that_is_still_going_is_left_out_and_said_so(history_of):
    history = history_of(
        people=people("Ann"),
        orders=[
            *orders("2024-01", SEASON * 2),
            {**LAST, "order_id": "x", "line": 1, "amount": 5, "date": "2026-01-08"},
        ],
        products=BIKES,
    )
    seen = panel(history, CALENDAR, METRICS["revenue"], 2027)
    assert seen.months[-1] == "2025-12"
    assert seen.values[0].sum() == 2 * sum(SEASON)
    assert seen.left_out == [
        "2026-01 is left out, it is not whole yet: its last entry is of 2026-01-08, 16 working days before its end; "
        "at most 2 are usual."
    ]


def test_nothing_from_the_first_day_of_the_year_on_is_looked_at(history_of):
    known_then = orders("2023-01", SEASON * 2)
    history = history_of(people=people("Ann"), orders=known_then, products=BIKES)
    before = forecast(history, CALENDAR, "revenue", 2025)
    later = history_of(
        people=people("Ann"), orders=[*known_then, *orders("2025-01", [9_999] * 6, customer="New")], products=BIKES
    )
    pd.testing.assert_frame_equal(forecast(later, CALENDAR, "revenue", 2025).months, before.months)


def test_months_without_orders_are_zero_inside_a_series(history_of):
    history = history_of(people=people("Ann"), orders=orders("2025-01", [5, None, None, 5]), products=BIKES)
    assert panel(history, CALENDAR, METRICS["revenue"], 2026).values[0].tolist() == [5, 0, 0, 5]


# Rules


def test_a_year_that_repeats_itself_is_expected_to_repeat(history_of):
    amounts = [each * 1_000 for each in SEASON]
    history = history_of(people=people("Ann"), orders=orders("2023-01", amounts * 3), products=BIKES)
    found = forecast(history, CALENDAR, "revenue", 2026)
    assert of(found.months, "company")["expected"].tolist() == amounts
    assert set(found.years["method"]) == {"seasonal naive"}
    assert found.tested.set_index("level").loc["company", "naive_off"] == 0


def test_short_ended_and_intermittent_series_are_forecast_by_rule(history_of):
    history = history_of(
        people=people("Ann", "New", "Old", "Rare"),
        orders=[
            *orders("2023-01", [each * 100 for each in SEASON] * 3),
            *orders("2025-09", [3_000] * 4, rep="New", customer="Nord"),
            *orders("2023-01", [3_000] * 20, rep="Old", customer="Orion"),
            *orders("2023-01", ([1_200] + [None] * 5) * 5 + [1_200], rep="Rare", customer="Rex"),
        ],
        products=BIKES,
    )
    found = forecast(history, CALENDAR, "revenue", 2026)
    method = found.years.set_index("node")["method"]
    assert method["position:East:New"] == "average so far"
    assert method["position:East:Old"] == "ended"
    assert method["position:East:Rare"] == "intermittent"
    expected = found.years.set_index("node")["expected"]
    assert expected["position:East:Old"] == 0
    assert expected["position:East:New"] == pytest.approx(36_000, rel=0.25)
    assert expected["position:East:Rare"] == pytest.approx(2_400, rel=0.25)
    add_up(found)


def test_under_a_year_of_history_there_is_a_forecast_and_no_last_twelve_months(history_of):
    history = history_of(people=people("Ann"), orders=orders("2025-04", [100_000] * 9), products=BIKES)
    found = forecast(history, CALENDAR, "revenue", 2026)
    company = of(found.years, "company").iloc[0]
    assert company["expected"] == pytest.approx(1_200_000, rel=0.02)
    assert pd.isna(company["last_12_months"])
    assert company["note"] == "Less than a year of months: their average goes on, with the company's season."
    assert found.tested["naive_off"].isna().all()


def test_a_few_months_give_a_forecast_without_ranges(history_of):
    history = history_of(people=people("Ann"), orders=orders("2025-10", [100_000] * 3), products=BIKES)
    found = forecast(history, CALENDAR, "revenue", 2026)
    company = of(found.years, "company").iloc[0]
    assert company["expected"] == pytest.approx(1_200_000, rel=0.05)
    assert pd.isna(company["low_80"])
    assert found.tested.empty


def test_returns_can_be_expected_only_where_there_were_some(history_of):
    history = history_of(
        people=people("Ann", "Ret"),
        orders=[
            *orders("2023-01", [each * 100 for each in SEASON] * 3),
            *orders("2023-01", [-500] * 36, rep="Ret", customer="Back"),
        ],
        products=BIKES,
    )
    found = forecast(history, CALENDAR, "revenue", 2026)
    years = found.years.set_index("node")
    assert years.loc["position:East:Ret", "expected"] == pytest.approx(-6_000, rel=0.2)
    assert (found.months[found.months["rep"] == "Ann"]["low_95"] >= 0).all()
    add_up(found)


def test_without_results_before_the_year_it_says_so(history_of):
    history = history_of(people=people("Ann"), orders=orders("2025-01", [5] * 12), products=BIKES)
    with pytest.raises(HistoryError, match="Revenue has no results before 2025-01-01"):
        forecast(history, CALENDAR, "revenue", 2025)
    with pytest.raises(HistoryError, match="Deals won has no results"):
        forecast(history, CALENDAR, "deals_won", 2026)


def test_a_year_too_far_ahead_names_the_one_that_can_be_forecast(history_of):
    history = history_of(people=people("Ann"), orders=orders("2025-01", [5] * 12), products=BIKES)
    with pytest.raises(HistoryError, match=r"FY2028 ends in 2028-12, 36 months after .* 2025-12; .* Choose FY2026"):
        forecast(history, CALENDAR, "revenue", 2028)


def test_a_metric_that_is_not_known_is_refused(history_of):
    history = history_of(people=people("Ann"), orders=orders("2025-01", [5] * 12), products=BIKES)
    with pytest.raises(PlanningError, match="revenue"):
        forecast(history, CALENDAR, "revenu", 2026)


# Laws

amounts = st.floats(0, 1e6)


def tree(territories):
    """Make a panel of a company with so many positions in each territory, and two product lines."""
    rows = [("company", "", "company")]
    rows += [(f"t{place}", "company", "territory") for place in range(len(territories))]
    rows += [
        (f"p{place}-{seat}", f"t{place}", "position")
        for place, size in enumerate(territories)
        for seat in range(size)
    ]
    rows += [("l0", "company", "product_line"), ("l1", "company", "product_line")]
    nodes = pd.DataFrame(rows, columns=["node", "parent", "level"])
    return Panel(nodes, np.zeros((len(rows), 1), np.int64), ["2025-01"], [])


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4).flatmap(
        lambda sizes: st.tuples(st.just(sizes), arrays.arrays(float, (sum(sizes), 12), elements=amounts))
    ),
    st.floats(0, 1),
)
def test_whole_units_add_up_everywhere_and_no_year_drifts(drawn, part):
    sizes, leaves = drawn
    seen = tree(sizes)
    months = np.vstack([seen.summing() @ leaves, leaves.sum(axis=0) * part, leaves.sum(axis=0) * (1 - part)])
    floor = np.zeros(len(months))
    periods = bounded(np.column_stack([months, months.sum(axis=1)]), np.zeros((len(months), 13)), floor)
    found = whole(seen, Projection([Choice("theta")] * len(months), periods, floor))
    assert (found >= 0).all()
    assert (found[:-2] == seen.summing() @ found[-2 - len(leaves) : -2]).all()
    assert (found[-2:].sum(axis=0) == found[0]).all()
    assert abs(found[0].sum() - months[0].sum()) <= 0.5 + 1e-6
    assert np.abs(found.sum(axis=1) - months.sum(axis=1)).max() <= len(leaves) + 1


@given(
    arrays.arrays(float, (5, 13), elements=amounts),
    arrays.arrays(float, 5, elements=st.one_of(st.just(np.nan), st.floats(0, 1e7))),
)
def test_reconciled_forecasts_add_up(points, spread):
    summing = np.array([[1.0, 1, 1, 1], *np.eye(4)])
    found = reconcile(summing, points, spread)
    assert found[0] == pytest.approx(found[1:].sum(axis=0), rel=1e-6, abs=1e-3)


@given(arrays.arrays(float, (4, 3), elements=st.floats(-1e6, 1e6)), arrays.arrays(float, 3, elements=amounts))
def test_what_parts_lack_of_their_total_goes_to_them_by_size(parts, total):
    assert adding_up(parts, total).sum(axis=0) == pytest.approx(total, abs=1e-3)


def test_what_is_better_known_is_moved_less():
    summing = np.array([[1.0, 1], [1, 0], [0, 1]])
    points = np.array([[130.0], [50.0], [50.0]])
    found = reconcile(summing, points, np.array([10.0, 1.0, 20.0]))
    assert found[1, 0] - 50 < 0.1 < found[2, 0] - 50


def test_a_trial_does_not_see_what_came_after_it():
    values = np.array([[100.0 + place for place in range(36)]])
    changed = values.copy()
    changed[:, 24:] = 0
    days = np.ones(36)
    one, other = (forecasts(known(each, days, 24, 12)) for each in (values, changed))
    for name, expected in one.items():
        assert expected == pytest.approx(other[name], nan_ok=True)


def test_longer_months_are_expected_to_bring_more():
    days = np.array([CALENDAR.working_days(first_day(month), last_day(month)) for month in
                     (add_months("2023-01", place) for place in range(48))], float)  # fmt: skip
    values = (1_000 * days[:36])[None, :]
    found = forecasts(known(values, days / days.mean(), 36, 12))
    for name in ("average of 12 months", "exponential smoothing"):
        assert found[name][0] == pytest.approx(1_000 * days[36:], rel=0.02)


# Real companies


def test_the_bicycles_add_up_and_beat_the_seasonal_naive(real_data, tmp_path):
    from planning.history.intake.importing import import_source
    from planning.settings import load

    settings = load(tmp_path)
    import_source("adventureworks", real_data / "adventureworks", settings)
    with open_history(settings) as history:
        found = forecast(history, FiscalCalendar(7), "revenue", 2021)
    add_up(found)
    assert of(found.past, "company")["month"].iloc[-1] == "2020-05"
    company = of(found.years, "company").iloc[0]
    assert company["last_12_months"] == 3_313_974_807 + 199_024_925
    assert company["low_80"] < company["last_12_months"] < company["high_80"]
    tested = found.tested.set_index("level")
    assert (tested["off"] < tested["naive_off"]).all()
    assert tested.loc["company", "year_off"] < tested.loc["company", "naive_year_off"]
    assert tested["inside_80"].between(0.7, 1.0).all()


def test_the_pipeline_of_ten_months_is_forecast_and_its_year_is_not_compared(real_data, tmp_path):
    from planning.history.intake.importing import import_source
    from planning.settings import load

    settings = load(tmp_path)
    import_source("crm", real_data / "crm", settings)
    with open_history(settings) as history:
        found = forecast(history, CALENDAR, "won_value", 2018)
    add_up(found)
    company = of(found.years, "company").iloc[0]
    assert company["expected"] == pytest.approx(1_000_553_400 / 10 * 12, rel=0.02)
    assert company["method"] == "average so far"
    assert found.tested["naive_off"].isna().all()


def test_dates_of_hand_made_orders_are_working_days():
    assert end("2025-08") == date(2025, 8, 29)
