"""The sample company's year in course: it goes on from the history, and a month stays what it is."""

import hashlib

import pandas as pd
import pytest

from planning.errors import SourceError
from planning.sample import MONTHS, causes, course_causes, deliver, generate
from planning.settings import ROOT
from planning.tables import TABLES

DATES = {name: [column.name for column in table.columns if column.type == "date"] for name, table in TABLES.items()}


def read(folder):
    return {file.stem: pd.read_csv(file, parse_dates=DATES.get(file.stem, [])) for file in folder.glob("*.csv")}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    generate(folder / "history")
    for month in ("2027-05", "2027-06"):
        generate(folder / month, through=month)
    deliver(folder / "delivery", "2027-06")
    # The year that was made last is kept; after another one, it is made anew.
    generate(tmp_path_factory.mktemp("another"), seed=2, through="2027-01")
    generate(folder / "2027-12", through="2027-12")
    return folder


@pytest.fixture(scope="module")
def year(folders):
    return read(folders / "2027-12")


def lines_of(tables):
    lines = tables["orders"].merge(tables["products"][["product", "product_line"]], on="product")
    return lines.assign(month=lines["date"].dt.strftime("%Y-%m"))


def rows(frame):
    return set(frame.astype(str).itertuples(index=False, name=None))


def test_the_history_stays_what_it_is_whatever_comes_after(folders, year):
    history = read(folders / "history")
    for name in ("orders", "credits", "activities", "goals", "assumptions", "events", "markets", "one_offs"):
        assert rows(history[name]) <= rows(year[name]), name


def test_the_history_alone_keeps_every_byte_it_had_before_there_was_a_year_in_course(folders):
    # Taken when the company ended with December 2026; a generator that gives other bytes makes another company.
    written = (folders / "history" / "orders.csv").read_bytes() + (folders / "history" / "goals.csv").read_bytes()
    assert hashlib.sha256(written).hexdigest() == HISTORY


HISTORY = "ed197434bc37760fb7980a675dddda04f2ce3798f884314b6f72789a06a7b4ff"


def test_a_month_is_the_same_whatever_month_is_asked_for_but_for_what_comes_late(folders, year):
    early, late = lines_of(read(folders / "2027-05")), lines_of(year)
    closed, now = early[early["month"] <= "2027-04"], late[late["month"] <= "2027-04"]
    assert rows(closed.drop(columns="product_line")) == rows(now.drop(columns="product_line"))


def test_late_lines_come_and_wrong_amounts_are_mended_with_the_next_month(folders):
    before, after = (
        lines_of(read(folders / month)).set_index(["order_id", "line"]) for month in ("2027-05", "2027-06")
    )
    may, june = (each[each["month"] == "2027-05"] for each in (before, after))

    assert len(june) - len(may) == course_causes.LATE_LINES
    both = may.join(june, suffixes=("_then", "_now"))
    changed = both[both["amount_then"] != both["amount_now"]]
    assert len(changed) == course_causes.CORRECTED_LINES
    ratio = changed["amount_then"] / changed["amount_now"]
    assert ratio.tolist() == pytest.approx([course_causes.BOOKED_TOO_HIGH] * len(changed), rel=1e-3)


def test_a_delivery_brings_what_is_new_and_what_changed_and_nothing_else(folders):
    before, after, delivered = (read(folders / name) for name in ("2027-05", "2027-06", "delivery"))
    for name in TABLES:
        key = list(TABLES[name].key)
        merged = before[name]
        if name in delivered:
            assert not rows(delivered[name]) & rows(before[name])
            merged = pd.concat([merged, delivered[name]]).drop_duplicates(key, keep="last")
        assert rows(merged) == rows(after[name]), name


def test_opportunities_that_were_open_go_on_and_reach_their_end(folders, year):
    history = read(folders / "history")["opportunities"]
    open_then = set(history.loc[history["status"] == "open", "opportunity"])
    now = year["opportunities"].set_index("opportunity")
    assert len(open_then) > 50
    assert set(now.loc[list(open_then), "status"]) == {"won", "lost"}
    assert now.loc[list(open_then), "closed"].min() > pd.Timestamp("2026-12-31")


def test_nobody_is_told_of_before_they_come_or_go(folders):
    may = read(folders / "2027-05")
    assert set(may["orders"]["customer"]) | set(may["opportunities"]["customer"]) <= set(may["customers"]["customer"])
    assert "Tariq Benali" not in set(may["people"]["rep"])
    assert "Tariq Benali" in set(read(folders / "2027-12")["people"]["rep"])
    assert may["people"]["left"].max() == pd.Timestamp("2027-04-30")


def change(lines, chosen, first, last="2027-12"):
    """Growth over the same months of the year before, against everybody else's."""

    def growth(of):
        months = of["month"].str[5:]
        same = of[(months >= first[5:]) & (months <= last[5:])]
        by_year = same.groupby(same["month"].str[:4])["amount"].sum()
        return by_year["2027"] / by_year["2026"]

    return growth(lines[chosen]) / growth(lines[~chosen]) - 1


def test_the_competitor_takes_its_share_of_two_lines_and_nothing_of_the_others(year):
    lines = lines_of(year)
    there = lines["territory"] == course_causes.RIVAL_TERRITORY
    struck = lines["product_line"].isin(course_causes.RIVAL_LINES)

    lost = change(lines[struck], there[struck], course_causes.RIVAL_FROM)
    others = change(lines[~struck], there[~struck], course_causes.RIVAL_FROM)

    assert course_causes.RIVAL_TERRITORY in causes.calm_territories()
    assert lost == pytest.approx(-course_causes.RIVAL_TAKES, abs=0.07)
    assert others == pytest.approx(0, abs=0.08)


def test_one_territory_runs_ahead(year):
    lines = lines_of(year)
    last = lines.groupby("customer")["month"].max()
    old = set(year["customers"].query("since < '2025-12'")["customer"]) & set(last[last >= "2027-07"].index)
    lines = lines[~lines["order_id"].isin(year["one_offs"]["order_id"]) & lines["customer"].isin(old)]
    ahead = change(lines, lines["territory"] == course_causes.AHEAD_TERRITORY, course_causes.AHEAD_FROM)
    assert ahead == pytest.approx(course_causes.AHEAD_BY, abs=0.07)


def test_activity_of_one_rep_falls_a_quarter_before_the_results_do(year):
    territory, seat = course_causes.FADING_SEAT
    rep = year["assignments"].query("territory == @territory")["rep"].iloc[seat]
    lines, done = lines_of(year), year["activities"]
    done = done[done["kind"].isin(["call", "visit"])].assign(
        month=done["date"].dt.strftime("%Y-%m"), amount=done["count"]
    )

    def of(table, first, last):
        return change(table, table["rep"] == rep, first, last)

    assert of(done, "2027-03", "2027-05") == pytest.approx(course_causes.FADING_ACTIVITY - 1, abs=0.12)
    assert of(lines, "2027-03", "2027-05") > -0.1
    assert of(lines, "2027-06", "2027-12") == pytest.approx(course_causes.FADING_RESULTS - 1, abs=0.1)


def test_what_is_planted_is_written_down_up_to_the_month_that_is_asked_for(folders, year):
    kinds = ["competitor", "ahead", "fading_activity", "fading_results", "vacancy", "late_lines", "corrected_lines"]
    told = year["planted"].query("first_month >= '2027'").groupby("kind")["size"].first()
    assert set(told.index) == set(kinds)
    assert told["competitor"] == -course_causes.RIVAL_TAKES
    assert told["fading_results"] == pytest.approx(course_causes.FADING_RESULTS - 1)
    assert "fading_results" not in set(read(folders / "2027-05")["planted"].query("first_month >= '2027'")["kind"])


def test_the_readme_tells_the_planted_causes_of_the_year_with_their_sizes():
    text = (ROOT / "data" / "sample" / "README.md").read_text(encoding="utf-8")
    found = [line for line in text.splitlines() if line.startswith("| ")]

    def told(*words):
        return any(all(word in row for word in words) for row in found)

    assert told(course_causes.RIVAL_TERRITORY, *course_causes.RIVAL_LINES, course_causes.RIVAL_FROM)
    assert told(course_causes.RIVAL_FROM, f"takes {course_causes.RIVAL_TAKES:.0%}")
    assert told(course_causes.AHEAD_TERRITORY, course_causes.AHEAD_FROM, f"{course_causes.AHEAD_BY:.0%} more")
    assert told(
        course_causes.FADING_SEAT[0], course_causes.FADING_FROM, f"{1 - course_causes.FADING_ACTIVITY:.0%} less"
    )
    assert told(course_causes.FADING_RESULTS_FROM, f"{1 - course_causes.FADING_RESULTS:.0%} less")
    assert told(course_causes.DEPARTURE.territory, " to ".join(causes.vacant_months(course_causes.DEPARTURE)))
    assert told(f"{course_causes.LATE_LINES} lines a month")
    assert told(f"{course_causes.CORRECTED_LINES} lines a month, by {course_causes.BOOKED_TOO_HIGH - 1:.0%}")


@pytest.mark.parametrize("month", ["2026-12", "2028-01", "March"])
def test_a_month_outside_of_the_year_is_refused_with_the_months_there_are(tmp_path, month):
    with pytest.raises(SourceError, match=f"goes from {MONTHS[0]} to {MONTHS[-1]}"):
        generate(tmp_path, through=month)
