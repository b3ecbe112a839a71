"""Whether goals can be met: probabilities, how many reach theirs, and what evens the difficulty out."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.forms import ask
from planning.forms.met import met
from planning.forms.page import Page, together
from planning.goals import chances
from planning.workbook import chances as book_chances
from planning.workbook import goals
from planning.workbook.editing import edits


def text(parts):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", together(parts).markup))


def test_nobody_is_certain_to_reach_a_goal_of_nothing():
    assert np.isnan(chances.probability(np.array([1.0, 2.0]), 0))
    assert chances.probability(np.array([1.0, 2.0]), 2) == 0.5


def test_the_probability_of_a_goal_is_the_part_of_the_draws_that_reach_it():
    draws = np.arange(1, 101, dtype=float)
    assert chances.probability(draws, 51) == 0.5
    assert chances.probability(draws, 1000) == 0
    assert np.isnan(chances.probability(np.empty(0), 1))


def test_last_years_seven_hundred_thousand_and_next_years_five_million_is_called_what_it_is():
    draws = np.random.default_rng(1).normal(700_000, 140_000, 10_000)
    assert chances.verdict(chances.probability(draws, 5_000_000)) == "out of reach"
    assert chances.verdict(chances.probability(draws, 700_000)) == "balanced"
    assert chances.verdict(chances.probability(draws, 400_000)) == "certain"


def test_raising_all_goals_lets_fewer_people_reach_theirs():
    draws = np.random.default_rng(2).normal(100, 10, (5_000, 20))
    people = [chances.makes_it(draws, np.full(20, 100.0), extra)[0] for extra in (-0.1, 0.0, 0.1)]
    assert people == sorted(people, reverse=True)
    assert people[1] == pytest.approx(10, abs=0.3)


@given(st.integers(0, 1000), st.integers(1, 6), st.floats(0.5, 1.5))
@settings(max_examples=60, deadline=None)
def test_evened_goals_add_up_and_are_equally_hard(seed, people, part):
    random = np.random.default_rng(seed)
    draws = random.lognormal(random.uniform(10, 13, people), random.uniform(0.05, 0.5, people), (4_000, people))
    total = round(float(np.median(draws.sum(axis=1))) * part)
    found = chances.evened(draws, total)
    assert found.sum() == pytest.approx(total, rel=1e-9)
    hard = [(draws[:, place] >= found[place]).mean() for place in range(people)]
    # Where a total lies outside all draws, nothing can be even.
    if min(hard) > 0.02 and max(hard) < 0.98:
        assert max(hard) - min(hard) < 0.02


def test_every_goal_of_a_book_has_its_probability(planned):
    found = book_chances.attainable(planned)
    table = found.owners.set_index("owner")
    assert table["probability"].between(0, 1).all()
    assert table.loc["company", "goal"] == goals.goals(planned)["assigned"].iloc[0]
    now = found.raised.set_index("extra").loc[0.0, "people"]
    assert now == pytest.approx(table.loc[table["kind"] == "position", "probability"].sum(), abs=0.01)
    edits.apply(planned, edits.pinned("Aiko Tanabe", 200_000_000), "Far too much", "planner")
    after = book_chances.attainable(planned)
    aiko = after.owners[after.owners["name"] == "Aiko Tanabe"].iloc[0]
    assert (aiko["verdict"], aiko["growth"] > 1.5) == ("out of reach", True)
    assert after.unevenness > found.unevenness
    told = text(met(Page(planned, "4_goals.ipynb")))
    assert re.search(r"Out of reach as things are: .*Aiko Tanabe \(\+\d+", told)


def test_a_territory_is_made_equally_hard_for_all_at_the_same_total(planned):
    edits.apply(planned, edits.pinned("Aiko Tanabe", 90_000_000), "Much", "planner")
    before = goals.goals(planned).set_index("owner")["assigned"]
    edits.apply(planned, book_chances.evened(planned, "Harbour Coast"), "Equally hard", "planner")
    found = book_chances.attainable(planned).owners
    mine = found[(found["territory"] == "Harbour Coast") & (found["kind"] == "position")]
    assert mine["probability"].max() - mine["probability"].min() < 0.02
    assert (
        goals.goals(planned).set_index("owner")["assigned"]["territory:Harbour Coast"]
        == (before["territory:Harbour Coast"])
    )


def test_the_form_previews_posts_and_undoes(planned):
    here = Page(replace(planned, territory="Harbour Coast"), "4_goals.ipynb")
    form = ask.change._Form(here, lambda: None)
    named = {label: owner for label, owner in form._who.control.options if owner}
    form._who.control.value = named["Aiko Tanabe, Harbour Coast"]
    form._amount.control.value = "700,000"
    assert "What this would do" in form._does.view.children[0].value
    form._why.control.value = "Two accounts move to her"
    assert form._apply().startswith("Aiko Tanabe fixed.")
    assert goals.goals(planned).set_index("name")["assigned"]["Aiko Tanabe"] == 70_000_000
    assert form._undo() == "Undone: Two accounts move to her."
    form._way.control.value = "round"
    assert "Choose a territory" in form._does.view.children[0].value
    form._who.control.value = "territory:Harbour Coast"
    form._apply()
    assert goals.goals(planned).set_index("name")["assigned"]["Aiko Tanabe"] % 100_000 == 0
