import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.sample import SEED, causes, company, generate
from planning.sample.company import REGIONS
from planning.sample.months import MONTH_COUNT, month_number, working_day
from planning.sample.orders import product_shares
from planning.settings import ROOT
from planning.tables import TABLES, Column

FY2026_MONTHS = pd.period_range("2026-01", "2026-12", freq="M")


@dataclass(frozen=True)
class Sample:
    folder: Path
    tables: dict[str, pd.DataFrame]

    @property
    def lines(self) -> pd.DataFrame:
        catalogue = self.tables["products"][["product", "product_line", "list_price"]]
        lines = self.tables["orders"].merge(catalogue, on="product", validate="many_to_one")
        return lines.assign(month=lines["date"].dt.to_period("M"))


def read(folder: Path) -> Sample:
    dates = {name: [c.name for c in table.columns if c.type == "date"] for name, table in TABLES.items()}
    tables = {
        name: pd.read_csv(folder / f"{name}.csv", parse_dates=dates.get(name, []), keep_default_na=True)
        for name in (*TABLES, "planted")
    }
    return Sample(folder, tables)


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    made = {}

    def by_seed(seed: int) -> Sample:
        if seed not in made:
            folder = tmp_path_factory.mktemp(f"sample{seed}")
            generate(folder, seed=seed)
            made[seed] = read(folder)
        return made[seed]

    return by_seed


@pytest.fixture(scope="module")
def sample(generated) -> Sample:
    return generated(SEED)


@pytest.fixture(scope="module", params=(SEED, 2, 3))
def any_sample(request, generated) -> Sample:
    return generated(request.param)


def checksums(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


# The files


def test_one_seed_gives_the_same_bytes_and_another_seed_gives_others(sample, tmp_path):
    generate(tmp_path / "other", seed=99)
    # The company that was made last is kept; after another one, it is made anew.
    generate(tmp_path / "again")

    again, other = checksums(tmp_path / "again"), checksums(tmp_path / "other")

    assert again == checksums(sample.folder)
    assert again["orders.csv"] != other["orders.csv"]
    assert again["planted.csv"] == other["planted.csv"]


def test_there_is_a_file_for_every_table_and_nothing_half_written(sample):
    assert {file.name for file in sample.folder.iterdir()} == {f"{name}.csv" for name in (*TABLES, "planted")}


def test_every_file_has_the_columns_of_its_contract_in_their_order(sample):
    for name, table in TABLES.items():
        header = (sample.folder / f"{name}.csv").read_text(encoding="utf-8").split("\n", 1)[0]
        assert header == ",".join(table.names)


def test_all_files_together_stay_under_five_and_a_half_megabytes(sample):
    assert sum(file.stat().st_size for file in sample.folder.iterdir()) < 5_500_000


def test_files_end_lines_with_a_line_feed_alone(sample):
    assert not any(b"\r" in file.read_bytes() for file in sample.folder.iterdir())


PATTERNS = {
    "money": r"-?\d+\.\d\d",
    "date": r"\d{4}-\d\d-\d\d",
    "whole": r"-?\d+",
    "decimal": r"-?0\.\d{1,6}|0",
    "text": r"\S.*\S|\S",
}


def badly_written(column: Column, texts: pd.Series) -> pd.Series:
    pattern = f"(?:{PATTERNS[column.type]})" + ("" if column.required else "|")
    return texts[~texts.str.fullmatch(pattern)]


def test_every_value_is_written_as_its_type_says_and_what_is_required_is_there(sample):
    for name, table in TABLES.items():
        texts = pd.read_csv(sample.folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for column in table.columns:
            if (name, column.name) != ("goals", "target"):
                assert badly_written(column, texts[column.name]).empty, (name, column.name)


def test_goals_in_money_have_two_decimals_and_counts_none(sample):
    texts = pd.read_csv(sample.folder / "goals.csv", dtype=str)
    money = texts["metric"].isin(["revenue", "margin"])

    assert set(texts["metric"]) == {
        "revenue", "units", "margin", "opportunities", "presentations", "proposals", "deals_won",
    }  # fmt: skip
    assert texts.loc[money, "target"].str.fullmatch(r"\d+\.\d\d").all()
    assert texts.loc[~money, "target"].str.fullmatch(r"\d+").all()


# Consistency


def test_no_two_rows_share_a_key(any_sample):
    for name, table in TABLES.items():
        assert not any_sample.tables[name].duplicated(list(table.key)).any(), name


def test_every_reference_leads_to_a_row(any_sample):
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers_to:
                known = set(any_sample.tables[column.refers_to][TABLES[column.refers_to].key[0]])
                assert set(any_sample.tables[name][column.name].dropna()) <= known, (name, column.name)


def outside_employment(sample: Sample, table: str, date: str) -> pd.DataFrame:
    rows = sample.tables[table][["rep", date]].dropna()
    rows = rows.merge(sample.tables["people"][["rep", "hired", "left"]], on="rep")
    return rows[(rows[date] < rows["hired"]) | (rows[date] > rows["left"].fillna(rows[date]))]


@pytest.mark.parametrize(
    ("table", "date"), [("orders", "date"), ("activities", "date"), ("goals", "month"), ("opportunities", "closed")]
)
def test_reps_are_credited_and_asked_only_while_they_are_employed(any_sample, table, date):
    assert outside_employment(any_sample, table, date).empty


@pytest.mark.parametrize(("table", "date"), [("orders", "date"), ("goals", "month"), ("opportunities", "closed")])
def test_reps_are_credited_and_asked_only_where_they_are_assigned(any_sample, table, date):
    rows = any_sample.tables[table][["rep", "territory", date]].dropna().reset_index()
    stints = rows.merge(any_sample.tables["assignments"], on=["rep", "territory"])
    inside = (stints["effective_from"].fillna(stints[date]) <= stints[date]) & (
        stints[date] <= stints["effective_to"].fillna(stints[date])
    )
    assert set(stints.loc[inside, "index"]) == set(rows["index"])


def test_open_opportunities_belong_to_reps_who_are_there(any_sample):
    deals, people = any_sample.tables["opportunities"], any_sample.tables["people"]
    gone = set(people.loc[people["left"].notna(), "rep"])
    assert not gone & set(deals.loc[deals["status"] == "open", "rep"])


def test_customers_buy_in_their_own_territory_and_channel_and_not_before_they_are_customers(any_sample):
    lines = any_sample.lines.merge(any_sample.tables["customers"], on="customer", suffixes=("", "_own"))

    assert (lines["territory"] == lines["territory_own"]).all()
    assert (lines["channel"] == lines["channel_own"]).all()
    assert (lines["date"] >= lines["since"]).all()


def test_nobody_buys_the_new_product_before_its_launch(any_sample):
    sold = any_sample.lines.query("product == @causes.LAUNCH_PRODUCT")["month"]
    assert sold.min() == pd.Period(causes.LAUNCH_FROM)


def test_amounts_are_quantity_times_a_whole_price_at_the_customers_discount(any_sample):
    lines = any_sample.lines
    cents = (lines["amount"] * 100).round().astype("int64")
    price = cents // lines["quantity"]
    rises = (1 + company_rise(lines)) * 1.02 ** (lines["date"].dt.year - 2026)
    discount = 1 - price / (lines["list_price"] * 100 / rises_at_the_end(lines) * rises)

    assert (price * lines["quantity"] == cents).all()
    # Small change weighs more on cheap products: half a cent of list price and half of the price paid.
    slack = 1 / (lines["list_price"] * 100)
    assert discount.between(0.02 - slack * 2, 0.15 + slack * 2)[lines["quantity"] > 0].all()


def company_rise(lines: pd.DataFrame) -> pd.Series:
    dearer = (lines["product_line"] == causes.PRICE_LINE) & (lines["month"] >= pd.Period(causes.PRICE_FROM))
    return dearer * causes.PRICE_RISE


def rises_at_the_end(lines: pd.DataFrame) -> pd.Series:
    return 1 + (lines["product_line"] == causes.PRICE_LINE) * causes.PRICE_RISE


def test_sales_bring_more_than_they_cost(any_sample):
    sums = any_sample.lines.groupby("product_line")[["amount", "cost"]].sum()
    assert (1 - sums["cost"] / sums["amount"]).between(0.25, 0.60).all()


def test_one_to_two_in_a_hundred_lines_are_returns_with_a_negative_amount(any_sample):
    lines = any_sample.lines
    assert ((lines["quantity"] < 0) == (lines["amount"] < 0)).all()
    assert 0.01 < (lines["quantity"] < 0).mean() < 0.02


def test_steps_of_an_opportunity_follow_each_other_and_none_lies_after_the_history(any_sample):
    deals = any_sample.tables["opportunities"]
    steps = deals[["opened", "qualified", "presented", "proposed", "closed"]]
    assert (steps.ffill(axis=1).diff(axis=1).iloc[:, 1:].fillna(pd.Timedelta(0)) >= pd.Timedelta(0)).all(axis=None)
    assert steps.max().max() <= pd.Timestamp("2026-12-31")


def test_stage_and_dates_of_an_opportunity_say_the_same(any_sample):
    deals = any_sample.tables["opportunities"]
    taken = deals[["qualified", "presented", "proposed"]].notna().sum(axis=1)
    stages = pd.Series(["Qualified", "Presentation", "Proposal"])
    is_open = deals["status"] == "open"

    assert (deals["closed"].isna() == is_open).all()
    assert (deals.loc[is_open, "stage"] == stages.loc[taken[is_open] - 1].to_numpy()).all()
    assert (deals.loc[~is_open, "stage"].str.lower() == deals.loc[~is_open, "status"]).all()
    assert (taken[deals["status"] == "won"] == 3).all()


# The company


def test_the_company_is_as_large_as_its_story_says(sample):
    counts = {name: len(sample.tables[name]) for name in ("territories", "products", "people")}
    reps = sample.tables["people"].query("role == 'Sales representative'")

    assert counts == {"territories": 12, "products": 33, "people": 51}
    assert len(reps) == 47
    assert sample.tables["products"].groupby("product_line").size().between(6, 10).all()
    assert len(sample.tables["customers"]) >= 600
    assert 2_500 < len(sample.tables["opportunities"]) < 3_800
    assert len(sample.tables["activities"]) < 26_000


@pytest.mark.parametrize("day", [str(month.end_time.date()) for month in FY2026_MONTHS])
def test_at_least_forty_reps_are_there_at_every_month_end(sample, day):
    reps = sample.tables["people"].query("role == 'Sales representative'")
    there = (reps["hired"] <= day) & ~(reps["left"] < day)
    assert there.sum() >= 40


def test_every_rep_has_the_manager_of_the_region_and_managers_have_the_director(sample):
    managers = sample.tables["people"].set_index("rep")["manager"]
    regions = sample.tables["territories"].set_index("territory")["region"]
    for assignment in sample.tables["assignments"].itertuples():
        assert managers[assignment.rep] == company.MANAGERS[regions[assignment.territory]]
    assert set(managers[list(company.MANAGERS.values())]) == {company.DIRECTOR}


def test_one_rep_moves_to_another_territory_in_mid_year(sample):
    stints = sample.tables["assignments"].groupby("rep")
    moved = stints.filter(lambda own: own["territory"].nunique() > 1)

    assert moved["territory"].tolist() == ["Capital West", "River Cities"]
    assert moved["effective_to"].iloc[0] == pd.Timestamp("2025-06-30")
    assert moved["effective_from"].iloc[1] == pd.Timestamp("2025-07-01")


def test_the_largest_fifth_of_customers_buys_most(any_sample):
    bought = any_sample.lines.groupby("customer")["amount"].sum().sort_values(ascending=False)
    assert 0.6 < bought.iloc[: len(bought) // 5].sum() / bought.sum() < 0.8


def test_sales_grow_by_about_four_percent_a_year(sample):
    sums = sample.lines.groupby(sample.lines["date"].dt.year)["amount"].sum()
    assert (sums[2026] / sums[2024]) ** 0.5 - 1 == pytest.approx(0.04, abs=0.02)


def test_goals_fit_the_company_but_not_every_rep(sample):
    goals = sample.tables["goals"].query("metric == 'revenue'")
    asked = goals.groupby(["rep", goals["month"].dt.year])["target"].sum()
    lines = sample.lines
    sold = lines.groupby(["rep", lines["date"].dt.year])["amount"].sum()
    attainment = (sold / asked).to_numpy()

    assert (sold.groupby(level=1).sum() / asked.groupby(level=1).sum()).between(0.95, 1.03).all()
    assert (attainment < 0.8).sum() >= 3
    assert (attainment > 1.2).sum() >= 3


def test_unit_goals_fit_the_company_too(sample):
    goals = sample.tables["goals"].query("metric == 'units'")
    asked = goals.groupby(goals["month"].dt.year)["target"].sum()
    sold = sample.lines.groupby(sample.lines["date"].dt.year)["quantity"].sum()
    assert (sold / asked).between(0.93, 1.05).all()


@pytest.mark.parametrize(
    ("metric", "date"), [("opportunities", "opened"), ("presentations", "presented"), ("proposals", "proposed")]
)
def test_goals_for_the_pipeline_fit_the_company_but_not_every_rep(sample, metric, date):
    goals = sample.tables["goals"].query("metric == @metric and month >= '2026-01-01'")
    deals = sample.tables["opportunities"]
    done = deals[deals[date] >= "2026-01-01"].groupby("rep").size()
    asked = goals.groupby("rep")["target"].sum()

    assert 0.8 < done.sum() / asked.sum() < 1.2
    assert (done / asked < 0.8).sum() >= 3
    assert (done / asked > 1.2).sum() >= 3


def test_margin_is_asked_at_the_rate_of_the_year_before(sample):
    goals = sample.tables["goals"]
    years = goals["month"].dt.year
    asked = goals.groupby(["metric", years])["target"].sum()
    lines = sample.lines
    sold = lines.groupby(lines["date"].dt.year)[["amount", "cost"]].sum()
    before = 1 - sold["cost"] / sold["amount"]

    for year in (2025, 2026):
        assert asked["margin", year] / asked["revenue", year] == pytest.approx(before[year - 1], abs=0.005)


def test_reps_win_differently_and_a_third_on_the_whole(any_sample):
    closed = any_sample.tables["opportunities"].query("status != 'open'")
    rates = (closed["status"] == "won").groupby(closed["rep"]).mean()
    assert 0.25 < (closed["status"] == "won").mean() < 0.42
    assert rates.quantile(0.9) - rates.quantile(0.1) > 0.15


def test_an_opportunity_won_before_a_new_customer_is_worth_the_first_years_orders(any_sample):
    customers, lines = any_sample.tables["customers"], any_sample.lines
    new = customers[customers["since"].between("2024-06-01", "2025-12-31")][["customer", "since"]]
    won = any_sample.tables["opportunities"].query("status == 'won'").merge(new, on="customer")
    won = won[won["closed"] < won["since"]].set_index("customer")
    bought = lines.merge(new, on="customer")
    early = bought[bought["date"] < bought["since"].dt.to_period("M").dt.to_timestamp() + pd.DateOffset(months=12)]
    ratio = won["amount"] / early.groupby("customer")["amount"].sum()

    assert len(won) > 50
    assert ratio.dropna().between(0.7, 1.4).mean() > 0.95


def test_reps_who_present_more_win_more(any_sample):
    done = any_sample.tables["activities"].query("kind == 'presentation'").groupby("rep")["count"].sum()
    won = any_sample.tables["opportunities"].query("status == 'won'").groupby("rep").size()
    assert done.corr(won) > 0.5


def test_every_assumption_has_an_owner_evidence_and_a_likely_value_inside_its_range(sample):
    assumed = sample.tables["assumptions"]
    assert (assumed["low"] <= assumed["likely"]).all()
    assert (assumed["likely"] <= assumed["high"]).all()
    assert assumed[["owner", "evidence"]].notna().all(axis=None)
    assert set(assumed["year"]) == {2024, 2025, 2026}
    assert set(assumed["owner"]) <= set(sample.tables["people"]["rep"])


# What was planted is found again in the tables


def year_on_year(lines: pd.DataFrame, first: str, last: str = "2026-12", column: str = "amount") -> float:
    """Give the sum over some months of FY2026 over that of the same months of FY2025."""
    now = lines["month"].between(pd.Period(first), pd.Period(last))
    before = lines["month"].between(pd.Period(first) - 12, pd.Period(last) - 12)
    return lines.loc[now, column].sum() / lines.loc[before, column].sum()


def of_lasting_customers(sample: Sample) -> pd.DataFrame:
    """Keep who bought before FY2025 and still buys at the end, so that gains and losses do not blur a cause."""
    lines, customers = sample.lines, sample.tables["customers"]
    old = set(customers.loc[customers["since"] < "2024-12-01", "customer"])
    last = lines.groupby("customer")["month"].max()
    return lines[lines["customer"].isin(old & set(last[last >= pd.Period("2026-07")].index))]


def untouched(lines: pd.DataFrame) -> pd.Series:
    touched = [causes.COMPETITOR_TERRITORY, *(departure.territory for departure in causes.DEPARTURES)]
    return ~lines["territory"].isin(touched)


def rival_lines(lines: pd.DataFrame) -> pd.Series:
    return lines["product_line"].isin(causes.COMPETITOR_LINES)


def test_the_competitor_takes_its_share(any_sample):
    lines = of_lasting_customers(any_sample)
    lines = lines[rival_lines(lines)]
    there = lines[lines["territory"] == causes.COMPETITOR_TERRITORY]
    elsewhere = lines[untouched(lines)]

    change = year_on_year(there, causes.COMPETITOR_FROM) / year_on_year(elsewhere, causes.COMPETITOR_FROM) - 1

    assert change == pytest.approx(-causes.COMPETITOR_TAKES, abs=0.05)


def test_the_competitor_takes_nothing_of_the_other_lines(any_sample):
    lines = of_lasting_customers(any_sample)
    lines = lines[~rival_lines(lines)]
    there = lines[lines["territory"] == causes.COMPETITOR_TERRITORY]

    change = year_on_year(there, causes.COMPETITOR_FROM) / year_on_year(
        lines[untouched(lines)], causes.COMPETITOR_FROM
    )

    assert change == pytest.approx(1, abs=0.07)


def test_the_price_of_the_line_rises_as_planted_beside_the_yearly_rise(any_sample):
    lines = any_sample.lines

    def price(of: pd.DataFrame) -> float:
        return year_on_year(of, causes.PRICE_FROM) / year_on_year(of, causes.PRICE_FROM, column="quantity")

    dearer, others = lines[lines["product_line"] == causes.PRICE_LINE], lines[rival_lines(lines)]

    assert price(dearer) / price(others) - 1 == pytest.approx(causes.PRICE_RISE, abs=0.015)
    assert price(others) - 1 == pytest.approx(0.02, abs=0.01)


def test_units_of_the_line_fall_by_the_elasticity(any_sample):
    lines = of_lasting_customers(any_sample)
    lines = lines[untouched(lines)]
    dearer, others = lines[lines["product_line"] == causes.PRICE_LINE], lines[rival_lines(lines)]

    units = year_on_year(dearer, causes.PRICE_FROM, column="quantity") / year_on_year(
        others, causes.PRICE_FROM, column="quantity"
    )

    assert units - 1 == pytest.approx((1 + causes.PRICE_RISE) ** causes.PRICE_ELASTICITY - 1, abs=0.03)
    elasticity = math.log(units) / math.log(1 + causes.PRICE_RISE)
    assert elasticity == pytest.approx(causes.PRICE_ELASTICITY, abs=0.5)


def usual_sales(line: pd.DataFrame, first: str) -> tuple[float, float]:
    """Sales of the line, and of the sibling, had they moved as the line's other products did."""
    moved = [causes.LAUNCH_PRODUCT, causes.LAUNCH_SIBLING]
    others = year_on_year(line[~line["product"].isin(moved)], first)
    before = line[line["month"].between(pd.Period(first) - 12, pd.Period("2025-12"))]
    sibling = before.loc[before["product"] == causes.LAUNCH_SIBLING, "amount"].sum()
    return before["amount"].sum() * others, sibling * others


def test_the_launch_reaches_its_share_and_takes_from_its_sibling(any_sample):
    line = any_sample.lines.query("product_line == @causes.LAUNCH_LINE")
    established = str(pd.Period(causes.LAUNCH_FROM) + causes.LAUNCH_MONTHS)
    usual, usual_sibling = usual_sales(line, established)
    sold = line[line["month"] >= pd.Period(established)].groupby("product")["amount"].sum()

    new, lost = sold[causes.LAUNCH_PRODUCT], usual_sibling - sold[causes.LAUNCH_SIBLING]

    assert new / usual == pytest.approx(causes.LAUNCH_SHARE, abs=0.015)
    assert lost / new == pytest.approx(causes.LAUNCH_CANNIBALISED, abs=0.06)


def test_the_launch_ramps_in_equal_steps(any_sample):
    line = any_sample.lines.query("product_line == @causes.LAUNCH_LINE")
    rest = line[~line["product"].isin([causes.LAUNCH_PRODUCT, causes.LAUNCH_SIBLING])]
    new = line[line["product"] == causes.LAUNCH_PRODUCT]
    months = pd.period_range(causes.LAUNCH_FROM, periods=causes.LAUNCH_MONTHS, freq="M")
    shares = new.groupby("month")["amount"].sum()[months] / rest.groupby("month")["amount"].sum()[months]

    assert (shares / shares.iloc[-1]).tolist() == pytest.approx([0.25, 0.5, 0.75, 1.0], abs=0.12)


@pytest.mark.parametrize("departure", causes.DEPARTURES, ids=lambda departure: departure.territory)
def test_accounts_of_a_rep_who_left_buy_less_while_the_seat_is_vacant(any_sample, departure):
    people, lines = any_sample.tables["people"], of_lasting_customers(any_sample)
    assigned = any_sample.tables["assignments"].merge(people, on="rep")
    gone = assigned[assigned["left"].dt.strftime("%Y-%m") == departure.last_month]
    leaver = gone.loc[gone["territory"] == departure.territory, "rep"].item()
    accounts = set(lines.loc[(lines["rep"] == leaver) & (lines["month"] >= pd.Period("2025-01")), "customer"])
    vacant = str(pd.Period(departure.last_month) + 1), str(pd.Period(departure.taken_over) - 1)

    own, others = lines[lines["customer"].isin(accounts)], lines[untouched(lines)]
    change = year_on_year(own, *vacant) / year_on_year(others, *vacant) - 1

    assert change == pytest.approx(causes.ACCOUNTS_WITHOUT_REP - 1, abs=0.08)
    vacancy = lines["month"].between(*map(pd.Period, vacant)) & lines["customer"].isin(accounts)
    covering = set(lines.loc[vacancy, "rep"])
    assert leaver not in covering
    assert len(covering) == 1


@pytest.mark.parametrize(
    ("kind", "region", "first", "last", "size"),
    [
        (
            "marketing-qualified lead",
            causes.CAMPAIGN_REGION,
            causes.CAMPAIGN_FROM,
            causes.CAMPAIGN_TO,
            causes.CAMPAIGN_RISE,
        ),
        ("coaching hour", causes.COACHING_REGION, causes.COACHING_FROM, "2026-12", causes.COACHING_RISE),
    ],
)
def test_leads_and_coaching_rise_as_planted_against_the_other_regions(any_sample, kind, region, first, last, size):
    tables = any_sample.tables
    places = tables["assignments"].merge(tables["territories"], on="territory").drop_duplicates("rep", keep="last")
    done = tables["activities"].query("kind == @kind").merge(places[["rep", "region"]], on="rep")
    there, during = done["region"] == region, done["date"].dt.strftime("%Y-%m").between(first, last)
    count = done["count"].groupby([there, during]).sum()
    rise = (count[True, True] / count[True, False]) / (count[False, True] / count[False, False]) - 1
    assert rise == pytest.approx(size, abs=0.35 * (1 + size))


def test_leads_that_sales_qualify_are_some_of_those_that_came_and_demos_some_of_the_presentations(any_sample):
    counts = any_sample.tables["activities"].groupby("kind")["count"].sum()
    assert counts["sales-qualified lead"] / counts["marketing-qualified lead"] == pytest.approx(0.4, abs=0.03)
    assert counts["demo"] / counts["presentation"] == pytest.approx(0.5, abs=0.05)
    assert 1 < counts["coaching hour"] / counts["coaching"] < 2


def test_planted_numbers_are_written_down_with_the_sizes_of_the_generator(sample):
    sizes = {(row.kind, row.product_line): row.size for row in sample.tables["planted"].itertuples(index=False)}
    wanted = {
        "price_rise": causes.PRICE_RISE,
        "price_elasticity": causes.PRICE_ELASTICITY,
        "launch": causes.LAUNCH_SHARE,
        "cannibalisation": -causes.LAUNCH_CANNIBALISED,
    }
    found = dict(zip(sample.tables["planted"]["kind"], sample.tables["planted"]["size"], strict=True))

    assert {kind: found[kind] for kind in wanted} == wanted
    assert [sizes["competitor", line] for line in causes.COMPETITOR_LINES] == [-causes.COMPETITOR_TAKES] * 2
    assert found["one_off"] == sum(causes.ONE_OFF_UNITS.values())
    assert found["shared_credit"] == causes.SHARED_PART
    assert (found["lead_campaign"], found["coaching"]) == (causes.CAMPAIGN_RISE, causes.COACHING_RISE)
    assert found["vacancy"] == pytest.approx(causes.ACCOUNTS_WITHOUT_REP - 1)
    assert sample.tables["planted"]["how_it_shows"].notna().all()


def test_every_planted_cause_is_an_event_with_its_date(sample):
    events = sample.tables["events"]
    dated = {(row.kind, str(row.date.date())) for row in events.itertuples()}
    assert dated == {
        ("competitor_entry", "2026-04-01"),
        ("price_rise", "2026-04-01"),
        ("launch", "2026-03-01"),
        ("departure", "2026-03-01"),
        ("departure", "2026-06-01"),
    }


# Shared credit, and an order that will not come again


def shared_lines(sample: Sample) -> pd.DataFrame:
    lines = sample.lines.merge(sample.tables["credits"], on=["order_id", "line"], suffixes=("", "_credited"))
    return lines.assign(is_own=lines["rep"] == lines["rep_credited"])


def test_a_few_accounts_are_shared_by_their_rep_and_one_colleague_of_the_territory(any_sample):
    shared = shared_lines(any_sample)
    reps = shared.groupby("customer")["rep_credited"].unique()
    assigned = any_sample.tables["assignments"].groupby("territory")["rep"].agg(set)

    assert len(reps) == causes.SHARED_ACCOUNTS
    assert set(reps.map(len)) == {2}
    assert all(set(reps[row.customer]) <= assigned[row.territory] for row in shared.itertuples())
    assert set(shared["territory"]) <= set(causes.calm_territories())
    assert shared["territory"].nunique() == causes.SHARED_ACCOUNTS


def test_every_line_of_a_shared_account_is_shared_as_planted_from_then_on(any_sample):
    shared, lines = shared_lines(any_sample), any_sample.lines
    both = lines[lines["customer"].isin(shared["customer"]) & (lines["month"] >= pd.Period(causes.SHARED_FROM))]

    assert 30 < len(both) < 100
    assert len(shared) == 2 * len(both)
    assert set(shared.loc[shared["is_own"], "share"]) == {1 - causes.SHARED_PART}
    assert set(shared.loc[~shared["is_own"], "share"]) == {causes.SHARED_PART}


def test_one_order_of_the_last_year_will_not_come_again_and_is_far_larger_than_others(any_sample):
    lines = any_sample.lines
    once = lines[lines["order_id"] == any_sample.tables["one_offs"]["order_id"].item()]
    usual = lines[lines["order_id"] != once["order_id"].iloc[0]].groupby("order_id")["amount"].sum()

    assert set(once["territory"]) == {causes.ONE_OFF_TERRITORY}
    assert causes.ONE_OFF_TERRITORY in causes.calm_territories()
    assert set(once["month"]) == {pd.Period(causes.ONE_OFF_MONTH)}
    assert dict(zip(once["product"], once["quantity"], strict=True)) == causes.ONE_OFF_UNITS
    assert once["amount"].sum() > 2 * usual.max()


def test_the_order_that_will_not_come_again_lies_outside_of_every_other_cause(any_sample):
    once = any_sample.lines.merge(any_sample.tables["one_offs"], on="order_id")
    assert once["month"].max() < min(map(pd.Period, (causes.COMPETITOR_FROM, causes.PRICE_FROM, causes.LAUNCH_FROM)))
    assert not set(once["product_line"]) & {causes.PRICE_LINE, causes.LAUNCH_LINE}


# The story


def test_the_readme_tells_the_planted_causes_with_their_sizes():
    text = (ROOT / "data" / "sample" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]

    def told(*words: str) -> bool:
        return any(all(word in row for word in words) for row in rows)

    assert told(causes.COMPETITOR_TERRITORY, *causes.COMPETITOR_LINES, causes.COMPETITOR_FROM)
    assert told(causes.COMPETITOR_TERRITORY, f"takes {causes.COMPETITOR_TAKES:.0%}")
    for departure in causes.DEPARTURES:
        vacant = f"{pd.Period(departure.last_month) + 1} to {pd.Period(departure.taken_over) - 1}"
        assert told(departure.territory, vacant, f"{1 - causes.ACCOUNTS_WITHOUT_REP:.0%} less")
    assert told(causes.PRICE_LINE, causes.PRICE_FROM, f"{causes.PRICE_RISE:.0%} on top")
    assert told(causes.PRICE_LINE, str(causes.PRICE_ELASTICITY))
    assert told(causes.LAUNCH_PRODUCT, causes.LAUNCH_LINE, causes.LAUNCH_FROM, f"{causes.LAUNCH_SHARE:.0%}")
    assert told(causes.LAUNCH_PRODUCT, f"after {causes.LAUNCH_MONTHS} months")
    assert told(causes.LAUNCH_SIBLING, f"{causes.LAUNCH_CANNIBALISED:.0%}")
    assert told(*REGIONS[causes.CAMPAIGN_REGION], causes.CAMPAIGN_FROM, f"{causes.CAMPAIGN_RISE:.0%} more")
    assert told(*REGIONS[causes.COACHING_REGION], causes.COACHING_FROM, f"{causes.COACHING_RISE:.0%} more")
    units = sum(causes.ONE_OFF_UNITS.values())
    assert told(causes.ONE_OFF_TERRITORY, causes.ONE_OFF_MONTH, f"{units:,} units", "$122,185")


def test_the_readme_tells_the_company_with_its_numbers():
    text = re.sub(r"\s+", " ", (ROOT / "data" / "sample" / "README.md").read_text(encoding="utf-8"))
    for words in (
        company.COMPANY,
        f"**{len(company.REGIONS)} regions**",
        f"**{len(company.TERRITORIES)} territories**",
        f"**{len(company.FIRST_REPS)} seats**",
        f"{len(company.FIRST_REPS) + len(company.HIRES)} reps held them",
        f"with {sum(map(len, company.PRODUCTS.values()))} products",
        f"buys {causes.ACCOUNTS_WITHOUT_REP:.0%} of its usual",
        f"gives {causes.RAMP_START:.0%} of the missing care",
        f"after {causes.RAMP_MONTHS} months",
        f"{1 - causes.SHARED_PART:.0%} of every line counts for the account's rep",
        f"and {causes.SHARED_PART:.0%} for the colleague",
    ):
        assert words in text


# Laws of the parts


@given(line=st.sampled_from(company.LINES), month=st.integers(0, MONTH_COUNT - 1))
def test_shares_of_products_are_never_negative_and_make_up_their_line(line, month):
    shares = product_shares(line, month)
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1)


@given(month=st.integers(0, MONTH_COUNT - 1), chance=st.floats(0, 1, exclude_max=True))
def test_an_order_is_placed_on_a_working_day_of_its_month(month, chance):
    day = working_day(np.array([month]), np.array([chance]))[0]
    assert np.is_busday(day)
    assert month_number(str(day)[:7]) == month
