"""Goals besides revenue in the draws: how past changes are told, drawn with revenue, and tried on the past."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from planning.goals.pay import besides
from planning.goals.pay.written import EXAMPLE, read
from planning.workbook.aims import kept as aims
from planning.workbook.aims import wording
from planning.workbook.pay import paid


def past(people=60, years=8, together=0.6, own=0.2, common=0.1, seed=1):
    random = np.random.default_rng(seed)
    rows = []
    for year in range(2015, 2015 + years):
        shared = common * random.standard_normal()
        for person in range(people):
            revenue = random.standard_normal()
            mixed = together * revenue + np.sqrt(1 - together**2) * random.standard_normal()
            rows.append((f"Rep {person}", year, shared + own * mixed, 0.15 * revenue))
    return pd.DataFrame(rows, columns=["rep", "year", "change", "revenue"])


def test_what_changes_were_drawn_from_is_told_from_them():
    seen = besides.spread(past())
    assert seen.others == pytest.approx(0.2, rel=0.1)
    assert seen.together == pytest.approx(0.6, abs=0.1)
    assert 0.03 < seen.years < 0.25
    assert (seen.cases, seen.times) == (480, 8)


def test_few_changes_say_nothing_and_a_loose_tie_to_revenue_is_none():
    assert besides.spread(past(people=1, years=7)) is None
    assert besides.spread(past(people=5, years=2, together=0.0, seed=3)).together == 0.0
    unknown = past().assign(revenue=np.nan)
    assert besides.spread(unknown).together == 0.0


def test_one_year_of_changes_is_no_proof_that_all_years_are_like_it():
    risen = past(years=1).assign(change=lambda rows: rows["change"] + 1.0)
    seen = besides.spread(risen)
    assert seen.mean == pytest.approx(risen["change"].mean() / 6)
    assert seen.years > 0.5


def test_a_persons_spread_is_their_own_as_far_as_it_is_known():
    table = past()
    table.loc[table["rep"] == "Rep 0", "change"] *= 4
    seen = besides.spread(table)
    assert 1.5 * seen.others < seen.of("Rep 0") < 4 * seen.others
    assert seen.of("Nobody") == seen.others


def test_places_of_draws_are_standard_normal_in_their_order():
    draws = np.random.default_rng(2).lognormal(size=2000)
    found = besides.places(draws)
    assert (np.argsort(found) == np.argsort(draws)).all()
    assert found.mean() == pytest.approx(0, abs=1e-9)
    assert found.std() == pytest.approx(1, abs=0.01)


def test_eight_of_ten_changes_fall_where_they_are_to_fall():
    inside, of = besides.within(past(years=12))
    assert of == 60 * 11
    assert 0.7 < inside / of < 0.9


def test_draws_go_with_revenue_as_past_changes_did():
    seen, random = besides.spread(past()), np.random.default_rng(4)
    revenue, own, common = random.standard_normal((3, 20_000))
    factor = np.log(besides.drawn(seen, "Rep 1", 0 * common, own, revenue))
    assert np.corrcoef(factor, revenue)[0, 1] == pytest.approx(seen.together, abs=0.02)
    assert factor.std() == pytest.approx(seen.of("Rep 1"), rel=0.02)


@pytest.fixture(scope="module")
def asked(planned_company, tmp_path_factory):
    """Give the sample company with goals on margin and deals won for everybody, and a plan that pays for both."""
    import shutil

    from planning.workbook.place import stand

    workspace = tmp_path_factory.mktemp("besides") / "workspace"
    shutil.copytree(planned_company, workspace)
    context = stand(str(workspace))
    for name in ("margin", "deals_won"):
        aims.state(context, wording.from_words(context, name, kind="individual", value="5%"), "planner")
    plan = read(EXAMPLE, 2)
    first = plan.components[0]
    parts = [("margin", "0.3"), ("deals_won", "0.2")]
    others = [replace(first, metric=name, weight=Decimal(weight), bonuses=()) for name, weight in parts]
    return context, replace(plan, role="", components=(replace(first, weight=Decimal("0.5")), *others))


def test_what_is_paid_for_besides_revenue_is_drawn_and_the_page_can_say_how(asked):
    context, plan = asked
    found = paid.paid(context, [plan])
    assert set(found.besides["metric"]) == {"margin", "deals_won"}
    assert found.as_attained == []
    table = found.besides.set_index("metric")
    assert table.loc["margin", "together"] > 0.5
    assert table.loc["margin", "cases"] > 50
    tried = table["within"].dropna()
    # Calibrated on past years: of those that were to hold eight of ten, about so many did.
    assert tried.between(0.65, 0.95).all()
    assert len(tried)
    again = paid.paid(context, [plan])
    assert again.cost == found.cost


def test_without_a_history_a_goal_counts_as_attained_and_is_named(asked, monkeypatch):
    context, plan = asked
    monkeypatch.setattr(besides, "LEAST", 10_000)
    found = paid.paid(context, [plan])
    assert found.besides.empty
    assert found.as_attained == ["Deals won", "Margin"]
