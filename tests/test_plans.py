"""The plans of a year: filled in from the data, kept in versions, talked about, signed, held against the goals."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import docx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.errors import AccessError, PlansError
from planning.papers import Columns, Heading, Note, Paper, Points, Signatures, Words
from planning.papers.docx import docx as as_docx
from planning.papers.files import save, written
from planning.papers.plans import plan_paper
from planning.plans import contradictions, gaps, sections, signing
from planning.plans.gaps import MEASURES
from planning.plans.plans import (
    DEVELOPMENT,
    RELATIONSHIP,
    SORTS,
    SUPPORT,
    TERRITORY,
    Account,
    Activity,
    Development,
    Help,
    Practice,
    Result,
    Risk,
    Support,
    Territory,
)
from planning.plans.signing import CHANGED, DRAFT, RETURNED, SIGNED, SUBMITTED, Word, stand
from planning.plans.targeting import MUST_EXPAND, MUST_KEEP
from planning.store import documents
from planning.store.documents import Document
from planning.store.people import Person
from planning.workbook import access
from planning.workbook.place import plan as opened
from planning.workbook.plans import checked, coverage, kept, named, proposals

REP, OTHER, MANAGER, PLANNER = "Aiko Tanabe", "Ruth Abelson", "Tomas Brandt", "Pat"
AT = datetime(2026, 12, 1, tzinfo=UTC)


def as_person(context, name, role):
    who = Person(name.split()[0].lower(), name, role)
    access.add(context.settings, who, "long enough for it", "planner")
    return replace(context, person=who)


@pytest.fixture(scope="module")
def year(planned_company):
    from planning.workbook.place import stand as at

    return proposals.year(at(str(planned_company)))


# What a plan holds


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
PLANS = st.builds(
    Territory, rep=st.just("Ana"), aims=TEXT, strategy=TEXT, marketing=TEXT, on_track=TEXT,
    accounts=st.lists(st.builds(Account, customer=TEXT, expected=st.none() | st.integers(0, 10**12)), max_size=3)
    .map(tuple),
    results=st.lists(st.builds(Result, product=TEXT, q1=st.none() | st.integers(0, 10**12)), max_size=3).map(tuple),
    activities=st.lists(st.builds(Activity, activity=TEXT, a_week=st.none() | st.decimals(0, 99, places=3)),
                        max_size=3).map(tuple),
    risks=st.lists(st.builds(Risk, what=TEXT, answer=TEXT), max_size=3).map(tuple),
    origins=st.dictionaries(st.sampled_from(["accounts", "results"]), TEXT), version=st.integers(0, 9),
)  # fmt: skip


@given(PLANS)
def test_a_plan_is_read_as_it_was_written(plan):
    assert sections.read(Territory, sections.body(plan), rep="Ana", version=plan.version) == plan


def test_a_plan_that_cannot_be_followed_up_is_refused_with_everything_that_is_wrong():
    wrong = Territory(
        "Ana", aims="x" * 4001, accounts=(Account(" "), Account("Inn", expected=-1, next_step="y" * 201)),
        activities=(Activity("Calls", a_week=Decimal(-1)),),
    )  # fmt: skip
    with pytest.raises(PlansError) as told:
        sections.check(wrong, "It")
    for each in ("4,001 characters", "a row does not say account", "Inn: expected is below zero",
                 "what will be done has 201", "Calls: planned a week is below zero"):  # fmt: skip
        assert each in str(told.value)


# Signing


def said(did, version, actor, text="x"):
    return Word(did, version, text, "", actor, AT)


def test_a_plan_goes_from_writing_to_signed_and_a_change_is_to_be_signed_again():
    first, second = (1, "Ana", AT), (2, "Ana", AT)
    words = []
    assert stand(TERRITORY, "Ana", [], words).state == signing.NONE
    assert stand(TERRITORY, "Ana", [first], words).state == DRAFT
    words.append(said("submit", 1, "Ana"))
    assert stand(TERRITORY, "Ana", [first], words).state == SUBMITTED
    words.append(said("return", 1, "Mia"))
    assert stand(TERRITORY, "Ana", [first], words).state == RETURNED
    assert stand(TERRITORY, "Ana", [first, second], words).state == DRAFT
    words += [said("submit", 2, "Ana"), said("sign", 2, "Mia"), said("comment", 2, "Ana")]
    found = stand(TERRITORY, "Ana", [first, second], words)
    assert (found.state, found.by, found.signed) == (SIGNED, "Mia", 2)
    changed = stand(TERRITORY, "Ana", [first, second, (3, "Ana", AT)], words)
    assert (changed.state, changed.signed) == (CHANGED, 2)


def test_nobody_signs_their_own_plan_whatever_the_store_was_given():
    words = [said("submit", 1, "Ana"), said("sign", 1, "Ana")]
    assert stand(TERRITORY, "Ana", [(1, "Ana", AT)], words).state == SUBMITTED
    # The manager's support is signed by the rep, and not by another manager.
    words = [said("submit", 1, "Mia"), said("sign", 1, "Noor")]
    assert stand(SUPPORT, "Ana", [(1, "Mia", AT)], words).state == SUBMITTED
    assert stand(SUPPORT, "Ana", [(1, "Mia", AT)], [*words, said("sign", 1, "Ana")]).state == SIGNED


@pytest.mark.parametrize(
    ("words", "word", "side", "told"),
    [
        ([], Word("sign", 1), "leader", "in writing, not submitted"),
        ([], Word("submit", 1), "leader", "for the rep to submit"),
        ([], Word("submit", 2), "rep", "changed meanwhile"),
        ([], Word("bless", 1), "leader", "not known"),
        ([("submit", "Ana")], Word("sign", 1), "rep", "for who leads the rep to sign"),
        ([("submit", "Ana")], Word("sign", 1), "planner", "for who leads the rep to sign"),
        ([("submit", "Ana")], Word("submit", 1), "rep", "submitted already"),
        ([("submit", "Ana")], Word("return", 1), "leader", "Say what must change"),
        ([], Word("comment", 1), "planner", "needs a text"),
    ],
)
def test_a_word_that_is_not_ones_to_say_or_comes_at_the_wrong_moment_is_refused(words, word, side, told):
    now = stand(TERRITORY, "Ana", [(1, "Ana", AT)], [said(did, 1, who) for did, who in words])
    with pytest.raises(PlansError, match=told):
        signing.decide(TERRITORY, now, word, side)


# Gaps and contradictions


def test_who_closes_less_is_to_work_on_closing_and_not_on_more_calls(year):
    found = proposals.gaps_of(year, "Adaeze Eze")
    below = found[found["below"].astype(bool)]
    assert below["measure"].iloc[0] == "closing"
    own, peers = below[["own", "peers"]].iloc[0]
    assert own < peers
    # What closing it would bring is the year's result with the peers' ratio, less the result with the own one.
    rhythm, work = year.rhythm, year.work
    first = rhythm.steps[0]
    won = rhythm.per_week.at["Adaeze Eze", first] * work.weeks["Adaeze Eze"] * rhythm.reach.at["Adaeze Eze", first]
    won *= rhythm.reps.at["Adaeze Eze", "deal_size"]
    assert below["worth"].iloc[0] == pytest.approx(won * (peers / own - 1), abs=1)


def test_with_too_few_peers_there_are_no_gaps(year):
    assert gaps.gaps(year.rhythm, year.seen.accounts, "Adaeze Eze", ["Adaeze Eze", REP], 40.0).empty


GOAL = pd.DataFrame(
    {"FY Q1": [1000, 200], "FY Q2": [1000, 0], "FY Q3": [0, 0], "FY Q4": [0, 0]}, index=["Pans", "Cups"]
)


def test_results_are_held_against_the_goal_by_line_and_quarter():
    plan = Territory(
        "Ana", accounts=(Account("Inn", expected=5000),),
        results=(Result("Pans", 1000, 981, 0, 0), Result("Cups", 190, 0, 0, 0), Result("Forks", 50)),
    )  # fmt: skip
    found = contradictions.against_goal(plan, GOAL)
    told = [(each.what, int(each.by)) for each in found]
    assert (("results", "Cups", "FY Q1"), 10) in told
    assert (("accounts", "results"), 5000 - 2221) in told
    assert any(each.what == ("results", "Forks") for each in found)
    # Pans in the second quarter are short by less than a fiftieth.
    assert len(found) == 3
    missing = contradictions.against_goal(replace(plan, results=(), accounts=()), GOAL)
    assert [each.what[1] for each in missing] == ["Pans", "Pans", "Cups"]
    assert all("Nothing is said of" in each.text and each.mend for each in missing)


def test_activities_are_held_against_what_the_goal_takes_and_what_people_keep_up():
    plan = Territory("Ana", activities=(Activity("Calls", a_week=Decimal(20)), Activity("Visits", a_week=Decimal(9))))
    found = contradictions.against_activity(plan, {"call": 25.0, "visit": 5.0, "proposed": 1.0}, {"visit": 8.0})
    assert [(each.what[1], each.asked, each.follows) for each in found] == [
        ("Calls", 25, 20), ("Proposals", 1, 0), ("Visits", 9, 8)
    ]  # fmt: skip


def test_visits_are_held_against_the_days_there_are_and_accounts_against_the_calls_planned():
    plan = Territory(
        "Ana", accounts=(Account("Inn", contacts=60), Account("Bar", contacts=60)),
        activities=(Activity("Visits", a_week=Decimal(21)), Activity("Calls", a_week=Decimal(2))),
    )  # fmt: skip
    assert [each.text for each in contradictions.against_days(plan, 40.0, 4)] == [
        "More visits are planned than there are days for."
    ]
    few = replace(plan, activities=(Activity("Visits", a_week=Decimal(1)), Activity("Calls", a_week=Decimal(1))))
    assert [(each.asked, each.follows) for each in contradictions.against_days(few, 40.0, 4)] == [(120, 80)]
    assert contradictions.against_days(replace(few, activities=()), 40.0, 4) == []


def test_an_account_that_two_reps_plan_with_is_told_once():
    ana, ben = (Territory(name, accounts=(Account("Inn", expected=7), Account(name))) for name in ("Ana", "Ben"))
    found = contradictions.between_reps([ana, ben])
    assert [(each.rep, int(each.by)) for each in found] == [("Ana and Ben", 7)]
    assert "Inn is planned by Ana and Ben" in found[0].text


def test_development_is_tied_to_a_gap_begins_with_the_largest_and_is_answered_by_support():
    table = pd.DataFrame({"measure": ["closing", "size"], "worth": [900, 0], "below": [True, False]})
    closing, size = MEASURES["closing"].label, MEASURES["size"].label
    plan = Development("Ana", steps=(Practice("More calls", "luck"), Practice("Larger deals", size)))
    texts = [each.text for each in contradictions.of_development(plan, table, None)]
    assert "tied to no result that is measured" in texts[0]
    assert f"tied to {size}, where the rep is not below peers" in texts[1]
    assert f"{closing} is the largest gap" in texts[2]
    good = Development("Ana", steps=(Practice("Rehearse", closing),))
    assert contradictions.of_development(good, table, None) == []
    assert len(contradictions.of_development(good, table, Support("Ana"))) == 1
    assert (
        contradictions.of_development(good, table, Support("Ana", helps=(Help("Come along", measure=closing),))) == []
    )


# The sample company


def test_a_territory_plan_is_filled_in_and_each_figure_says_where_it_comes_from(planned, year):
    found = proposals.territory_plan(planned, REP, year)
    assert found.stand.version == 0
    plan = found.plan
    assert [each.customer for each in plan.accounts] == list(named.named(planned, REP).names)
    asked = proposals.goal(planned, year, REP)
    made = pd.DataFrame({each.product: each.quarters for each in plan.results}, index=asked.columns).T
    # Rounded up to whole units, so that the plan makes the goal.
    assert ((made - asked.loc[made.index]) >= 0).all(axis=None)
    assert ((made - asked.loc[made.index]) < 100).all(axis=None)
    assert {"accounts", "results", "activities", "risks", "strategy"} <= set(plan.origins)
    assert any("Competitor entry in Glassware" in each.what for each in plan.risks)
    assert all(each.a_week >= each.takes for each in plan.activities)
    assert contradictions.against_goal(plan, asked) == []


def test_every_must_keep_and_must_expand_account_has_a_relationship_plan_to_start_from(planned, year):
    musts = proposals.relationships(planned, REP, year)
    rows = year.seen.of(REP).set_index("customer")
    assert set(rows.loc[musts, "priority"]) <= {MUST_KEEP, MUST_EXPAND}
    for name in musts:
        plan = proposals.relationship_plan(planned, REP, name, year).plan
        assert sum(each.last_year for each in plan.lines) == rows.loc[name, "revenue"]
        assert plan.steps
    with pytest.raises(PlansError, match="no account of"):
        proposals.relationship_plan(planned, REP, "Nobody", year)


def test_support_answers_what_the_rep_works_on(planned, year):
    plan = proposals.development_plan(planned, "Adaeze Eze", year).plan
    assert plan.steps[0].measure == MEASURES["closing"].label
    support = proposals.support_plan(planned, "Adaeze Eze", year).plan
    assert [each.measure for each in support.helps] == [each.measure for each in plan.steps]


def test_a_plan_is_written_returned_signed_and_is_open_again_when_it_was_changed(planned, year):
    plan = proposals.territory_plan(planned, REP, year).plan
    first = kept.keep(planned, plan, REP)
    assert (first.plan.version, first.stand.state) == (1, DRAFT)
    with pytest.raises(PlansError, match="changed meanwhile"):
        kept.keep(planned, plan, REP)
    kept.say(planned, TERRITORY, REP, Word("submit", 1), REP)
    back = kept.say(planned, TERRITORY, REP, Word("return", 1, "Fewer calls", "activities"), MANAGER)
    assert (back.state, back.words[-1].section) == (RETURNED, "activities")
    second = kept.keep(planned, replace(first.plan, aims="Two hotels"), REP)
    kept.say(planned, TERRITORY, REP, Word("submit", 2), REP)
    signed = kept.say(planned, TERRITORY, REP, Word("sign", 2), MANAGER)
    assert (signed.state, signed.by) == (SIGNED, MANAGER)
    third = kept.keep(planned, replace(second.plan, aims="Three hotels"), REP)
    assert (third.stand.state, third.stand.signed) == (CHANGED, 2)
    told = kept.versions(planned, TERRITORY, REP)
    assert [(each.aims, document.actor) for each, document in told] == [
        ("", REP), ("Two hotels", REP), ("Three hotels", REP)
    ]  # fmt: skip


def test_a_signature_that_was_slipped_into_the_store_by_the_writer_counts_for_nothing(planned, year):
    kept.keep(planned, proposals.territory_plan(planned, REP, year).plan, REP)
    body = {"of": TERRITORY.kind, "key": "", "did": "sign", "version": 1, "section": "", "text": ""}
    with opened(planned.settings) as database, database.writing() as connection:
        documents.keep(connection, planned.year, planned.scenario, Document(kept.WORD, REP, body, "k"), REP)
    assert kept.find(planned, TERRITORY, REP).stand.state == DRAFT


def test_each_writes_what_is_theirs_and_sees_what_is_their_business(planned, year):
    rep, other = as_person(planned, REP, "rep"), as_person(planned, OTHER, "rep")
    manager, planner = as_person(planned, MANAGER, "manager"), as_person(planned, PLANNER, "planner")
    viewer = as_person(planned, "Vera", "viewer")
    plan = kept.keep(rep, proposals.territory_plan(rep, REP, year).plan, "somebody else").plan
    assert kept.versions(planner, TERRITORY, REP)[0][1].actor == REP
    for who in (manager, planner):
        assert kept.find(who, TERRITORY, REP).plan == plan
        with pytest.raises(AccessError, match="to write"):
            kept.keep(who, plan, REP)
    for who in (other, viewer):
        for act in (lambda who=who: kept.find(who, TERRITORY, REP),
                    lambda who=who: proposals.development_plan(who, REP, year),
                    lambda who=who: kept.say(who, TERRITORY, REP, Word("comment", 1, "x"), REP)):  # fmt: skip
            with pytest.raises(AccessError, match="between them and those who lead them"):
                act()
        assert (REP, "") not in kept.everybody(who, TERRITORY)
    assert kept.may_write(manager, SUPPORT, REP, MANAGER)
    assert not kept.may_write(rep, SUPPORT, REP, REP)
    kept.say(rep, TERRITORY, REP, Word("submit", 1), REP)
    with pytest.raises(PlansError, match="for who leads the rep to sign"):
        kept.say(planner, TERRITORY, REP, Word("sign", 1), PLANNER)
    with pytest.raises(PlansError, match="for who leads the rep to sign"):
        kept.say(rep, TERRITORY, REP, Word("sign", 1), MANAGER)
    assert kept.say(manager, TERRITORY, REP, Word("sign", 1), MANAGER).state == SIGNED
    assert proposals.reps(rep, year) == [REP]
    assert set(proposals.reps(manager, year)) > {REP, OTHER}
    assert proposals.reps(viewer, year) == []


def test_what_one_is_writing_is_kept_until_it_is_a_version_and_nobody_else_sees_it(planned, year):
    plan = replace(proposals.territory_plan(planned, REP, year).plan, aims="half a sen")
    kept.keep_draft(planned, plan, REP)
    kept.keep_draft(planned, replace(plan, aims="half a sentence"), REP)
    assert kept.draft(planned, TERRITORY, REP, REP).aims == "half a sentence"
    assert kept.draft(planned, TERRITORY, REP, MANAGER) is None
    kept.keep(planned, plan, REP)
    assert kept.draft(planned, TERRITORY, REP, REP) is None
    kept.keep_draft(planned, replace(plan, version=1), REP)
    kept.drop_draft(planned, TERRITORY, REP, REP)
    assert kept.draft(planned, TERRITORY, REP, REP) is None


def test_coverage_says_who_has_which_plan_and_what_the_planned_accounts_stand_for(planned, year):
    before = coverage.coverage(planned, year).set_index("rep")
    assert (before["territory_plan"] == signing.NONE).all()
    plan = proposals.territory_plan(planned, REP, year).plan
    kept.keep(planned, plan, REP)
    kept.say(planned, TERRITORY, REP, Word("submit", 1), REP)
    kept.say(planned, TERRITORY, REP, Word("sign", 1), MANAGER)
    largest = year.seen.of(REP).sort_values("revenue", ascending=False)["customer"].iloc[0]
    kept.keep(planned, proposals.relationship_plan(planned, REP, largest, year).plan, REP)
    row = coverage.coverage(planned, year).set_index("rep").loc[REP]
    assert (row["territory_plan"], row["by"], row["top"], row["top_planned"]) == (SIGNED, MANAGER, 5, 1)
    assert row["musts_planned"] == 1
    assert row["planned"] == sum(each.expected or 0 for each in plan.accounts)
    assert row["covered"] == row["planned"] / row["goal"]


def test_what_plans_contradict_is_listed_with_what_would_mend_it(planned, year):
    plan = proposals.territory_plan(planned, REP, year).plan
    short = replace(plan, results=plan.results[1:], activities=(Activity("Visits", a_week=Decimal(30)),))
    kept.keep(planned, short, REP)
    other = proposals.territory_plan(planned, OTHER, year).plan
    kept.keep(planned, replace(other, accounts=(*other.accounts, plan.accounts[0])), OTHER)
    found = checked.checked(planned, REP, year)
    texts = " ".join(each.text for each in found.clashes)
    for each in (f"Nothing is said of {plan.results[0].product}", "More visits are planned than there are days",
                 "nothing is planned, and the goal takes them", f"is planned by {REP} and {OTHER}"):  # fmt: skip
        assert each in texts
    assert all(each.mend for each in found.clashes)
    assert found.unknown == []


def test_growth_and_retention_are_balanced_for_each_rep(planned, year):
    table = coverage.balances(planned, year).set_index("rep")
    assert len(table) == len(proposals.reps(planned, year))
    # Growth is what stays, grown, and what is new.
    assert (table["growth"] + table["lost"] - table["expanded"] - table["new"]).abs().max() < 1e-4
    assert (table["new_kept"] <= table["new"]).all()
    assert ((table["missing"] > 0) == ~table["says"].str.startswith("In balance:")).all()


# Papers


HOSTILE = '=1+1 <b>x</b> #set page(paper: "a3") {HYPERLINK "http://x"} \x0b\ud800'.replace("\ud800", "")


def test_every_paper_is_had_as_docx_and_texts_in_it_are_text():
    paper = Paper(
        HOSTILE, "Acme", [Heading(HOSTILE), Words(HOSTILE), Note(HOSTILE), Points([HOSTILE], numbered=True),
                          Columns(["What", "How much"], [[HOSTILE, "5"], ["Together", "5"]], numbers=1, total=True),
                          Signatures([("Ana", HOSTILE)])], HOSTILE)  # fmt: skip
    content = as_docx(paper)
    assert content == as_docx(paper)
    assert {each.date_time for each in ZipFile(BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    read = docx.Document(BytesIO(content))
    plain = HOSTILE.replace("\x0b", "")
    texts = [each.text for each in read.paragraphs]
    assert texts.count(plain) == 5
    assert read.tables[0].cell(1, 0).text == plain
    assert read.tables[0].cell(2, 1).text == "5"
    assert read.tables[1].cell(0, 0).text == f"Ana\n{plain}"
    # The page number is the only field, and there is no link.
    xml = read.sections[0].footer._element.xml + read.element.xml
    assert xml.count("instrText") == 2
    assert "w:hyperlink" not in xml


def test_each_plan_is_written_as_docx_pdf_and_html(planned, year, tmp_path):
    customer = proposals.relationships(planned, REP, year)[0]
    for sort in SORTS.values():
        paper = plan_paper(planned, sort, REP, customer if sort is RELATIONSHIP else "")
        for ending in ("docx", "html"):
            assert REP.encode() in written(paper, ending) or ending == "docx"
        save(paper, tmp_path / f"{sort.kind}.docx")
    assert written(paper, "pdf").startswith(b"%PDF")
    read = docx.Document(str(tmp_path / f"{TERRITORY.kind}.docx"))
    assert "Expected results" in [each.text for each in read.paragraphs]
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    assert "Wild Bell Inn" in cells
    assert "$163,171" in cells


def test_a_paper_says_who_signed_and_what_does_not_hold(planned, year):
    plan = replace(proposals.territory_plan(planned, REP, year).plan, results=())
    kept.keep(planned, plan, REP)
    kept.say(planned, TERRITORY, REP, Word("submit", 1, "Look at this"), REP)
    kept.say(planned, TERRITORY, REP, Word("sign", 1), MANAGER)
    text = written(plan_paper(planned, TERRITORY, REP), "html").decode()
    for each in ("Version 1, signed: Tomas Brandt", "What does not hold yet", "Nothing is said of Cookware",
                 "Look at this", "submitted, "):  # fmt: skip
        assert each in text


def test_days_and_figures_are_kept_as_they_are():
    plan = Development("Ana", steps=(Practice("Rehearse", "Closing ratio", Decimal("0.469"), date(2027, 6, 30)),))
    said_ = sections.body(plan)
    assert said_["steps"][0]["reach"] == "0.469"
    assert sections.read(DEVELOPMENT.of, said_, rep="Ana") == plan
