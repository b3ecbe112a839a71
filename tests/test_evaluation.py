"""A year is judged by criteria that were made known; every figure is told, and both sides are heard."""

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_settling import logged_in, moved

from planning.errors import AccessError, LedgerError, TrackingError
from planning.forms import page
from planning.forms.judge.publishing import Publishing
from planning.goals.pay.written import EXAMPLE, read
from planning.negotiation.moves import Say
from planning.papers.evaluation import evaluation as paper
from planning.papers.html import html
from planning.papers.pdf import picture
from planning.store import documents
from planning.store.documents import Document
from planning.store.people import Person
from planning.tracking import criteria as shape
from planning.tracking import judging, scoring
from planning.tracking.criteria import SCALE, Criteria, Criterion
from planning.tracking.judging import Said
from planning.workbook.negotiation import moving, proposing, talks
from planning.workbook.negotiation.proposing import Wish
from planning.workbook.pay import kept, paid
from planning.workbook.place import plan, reading, writing
from planning.workbook.tracking import attained, criteria, evaluating
from planning.workbook.tracking.evaluation import evaluation, share, standing

REP, MANAGER, ROLE = "Aiko Tanabe", "Tomas Brandt", "Sales representative"
KEEPS = "Keeps what was promised"
PARTS = (
    Criterion("goal", "revenue", Decimal("0.5")), Criterion("goal", "margin", Decimal("0.1")),
    Criterion("activity", "visits", Decimal("0.1"), Decimal(320)), Criterion("activity", "proposals", Decimal("0.1")),
    Criterion("behaviour", KEEPS, Decimal("0.2")),
)  # fmt: skip
ASKED = Criteria(ROLE, PARTS, SCALE, reason="The first year that is judged so")


@pytest.fixture(scope="module")
def judged(sample_company, tmp_path_factory):
    """Make a workspace with the sample company, in the last year that is over, with criteria for its reps."""
    here = replace(moved(sample_company, tmp_path_factory.mktemp("judged"), ""), year=2026)
    criteria.publish(here, ASKED, "Pat")
    return here


@pytest.fixture
def own(judged, tmp_path):
    """Make a copy of it of one's own."""
    return replace(moved(judged.settings.workspace, tmp_path, ""), year=2026)


@pytest.fixture(params=["sqlite", "postgresql"])
def guarded(request, judged, tmp_path):
    """Make a copy of it on each kind of database: the one guards rows by itself."""
    url = request.getfixturevalue("postgresql").url() if request.param == "postgresql" else ""
    return replace(moved(judged.settings.workspace, tmp_path, url), year=2026)


@pytest.fixture(scope="module")
def seen(judged):
    return evaluation(judged, REP)


def people(context):
    roles = (
        (REP, "rep"),
        (MANAGER, "manager"),
        ("Elena Petrova", "rep"),
        ("Lucia Ferreira", "manager"),
        ("Pat", "planner"),
    )
    return {name: logged_in(context, name, role) for name, role in roles}


@given(st.lists(st.tuples(st.integers(1, 9), st.one_of(st.none(), st.fractions(0, 2))), min_size=1, max_size=6))
def test_a_score_lies_between_its_parts_and_a_part_that_is_not_told_counts_for_nothing(parts):
    weights, points = [Decimal(each) for each, _ in parts], [each for _, each in parts]
    score, told = scoring.together(weights, points)
    known = [each for each in points if each is not None]
    if not known:
        assert (score, told) == (None, 0)
        return
    assert min(known) <= score <= max(known)
    assert told == sum(Fraction(weight) for weight, each in parts if each is not None)
    halved = scoring.together([each / 2 for each in weights], points)
    assert halved[0] == score


@given(st.lists(st.floats(0, 2), min_size=0, max_size=30), st.integers(0, 29))
def test_bands_name_nobody_and_hold_everybody_once(scores, place):
    mine = scores[place % len(scores)] if scores else 0.0
    table = scoring.bands(scores, mine)
    if len(scores) < scoring.FEWEST_PEERS:
        assert table.empty
        return
    assert table["mine"].sum() == 1
    row = table[table["mine"]].iloc[0]
    assert row["least"] <= mine <= row["most"]
    assert table["least"].iloc[-1] == -math.inf
    assert set(table.columns) == {"band", "least", "most", "mine"}


def test_criteria_by_which_nobody_could_be_judged_are_refused_with_all_that_is_wrong():
    parts = (
        Criterion("luck", "revenue", Decimal(0)),
        Criterion("goal", "wishes", Decimal("0.5"), Decimal(0)),
        *[Criterion("behaviour", "Kind", Decimal("0.2"))] * 2,
    )
    bad = Criteria("", parts, {"so so": Decimal(1)}, Decimal("0.9"))
    with pytest.raises(TrackingError) as told:
        shape.check(bad, ["revenue"], needs_reason=True)
    for what in ("none of goal", "not above 0", "'wishes' is no metric", "standard of 0", "twice", "add up to 90",
                 "cap of 0.9", "two levels", "say why"):  # fmt: skip
        assert what in str(told.value)
    written = shape.body(ASKED)
    assert shape.read(written, ROLE, 0, "", None) == ASKED


@pytest.mark.parametrize("state", judging.TABLE)
@pytest.mark.parametrize("side", ["lead", "rep"])
@pytest.mark.parametrize("done", ["rate", "share", "answer", "say", "close"])
def test_every_cell_of_the_state_table_holds(state, side, done):
    moves = {
        "draft": [],
        "shared": ["share"],
        "answered": ["share", "answer"],
        "closed": ["share", "answer", "close"],
    }
    said = [Said(each, "somebody", None, "") for each in moves[state]]
    assert judging.stands(said) == state
    if done in judging.TABLE[state][side]:
        judging.allow(said, side, done, "because", agrees=True)
    else:
        with pytest.raises(TrackingError, match=f"is {state}"):
            judging.allow(said, side, done, "because", agrees=True)


def test_what_needs_a_text_is_refused_without_one():
    shared = [Said("share", MANAGER, None, "")]
    for done, agrees in (("answer", False), ("say", None)):
        with pytest.raises(TrackingError, match="in words"):
            judging.allow(shared, "rep", done, " ", agrees)
    with pytest.raises(TrackingError, match="whether you agree"):
        judging.allow(shared, "rep", "answer", "Well", None)
    judging.allow(shared, "rep", "answer", "", True)


def test_every_figure_is_told_and_adds_up_to_the_score(seen):
    rows = seen.parts.set_index("name")
    assert list(rows.index) == [each.name for each in PARTS]
    revenue = rows.loc["revenue"]
    assert revenue["attainment"] == Fraction(int(revenue["result"]), int(revenue["goal"]))
    assert (revenue["original"], revenue["against_original"]) == (revenue["goal"], revenue["attainment"])
    assert "goals of the history" in revenue["how"]
    assert (rows.loc["visits", "goal"], rows.loc["visits", "how"][:33]) == (
        320,
        "Result over the standard of the cr",
    )[:1] + ("Result over the standard of the c",)
    assert rows.loc[KEEPS, "how"] == "Not rated yet."
    told = [(each.weight, rows.loc[each.name, "points"]) for each in PARTS[:4]]
    assert seen.score == sum(Fraction(weight) * point for weight, point in told) / Fraction(4, 5)
    assert (seen.told, seen.whole) == (Fraction(4, 5), False)


def test_what_the_market_did_stands_beside_the_gap_to_the_cent_and_is_netted_with_nothing(seen):
    revenue = seen.parts.set_index("name").loc["revenue"]
    gap = seen.circumstances.gap
    assert gap["amount"].sum() == revenue["result"] - revenue["goal"]
    entered = gap[gap["what"].str.startswith("Competitor entry, Harbour Coast")]
    assert len(entered) == 2
    assert (entered["amount"] < 0).all()
    assert ((entered["low"] <= entered["amount"]) & (entered["amount"] <= entered["high"])).all()
    assert gap["what"].iloc[-1] == "Everything else"
    why = seen.circumstances.why.set_index("effect")["amount"]
    assert why["goal"] + why.drop(["goal", "result"]).sum() == why["result"] == revenue["result"]
    grown = seen.circumstances.assumed.set_index(["kind", "where"]).loc[("market_growth", "Harbour Coast")]
    assert grown["happened"] < grown["likely"]
    assert grown["amount"] < 0
    assert revenue["points"] == revenue["attainment"]


def test_peers_are_bands_and_no_name_is_told(judged, seen):
    assert seen.of > 20
    assert seen.peers["mine"].sum() == 1
    written = html(paper(judged, REP))
    others = set(standing(judged)["rep"]) - {REP, MANAGER}
    assert not [name for name in others if name in written]


def test_criteria_that_are_changed_or_late_bear_their_reason_and_what_was_before_is_seen(own):
    with pytest.raises(TrackingError, match="say why"):
        criteria.publish(own, replace(ASKED, reason=" "), "Pat")
    with pytest.raises(TrackingError, match="Did you mean"):
        criteria.publish(own, replace(ASKED, role="Sales representativ"), "Pat")
    seen = people(own)
    with pytest.raises(AccessError, match="Only a planner"):
        criteria.publish(seen[MANAGER], ASKED, MANAGER)
    criteria.publish(own, replace(ASKED, parts=(Criterion("goal", "revenue", Decimal(1)),), reason="Simpler"), "Pat")
    told = criteria.published(seen[REP])
    assert [(each.version, each.reason, each.late) for each in told] == [
        (1, ASKED.reason, True),
        (2, "Simpler", True),
    ]
    assert criteria.of_role(own, ROLE).version == 2
    # Before its first day a year is free to be told by what it will be judged.
    assert not criteria.publish(replace(own, year=2030), replace(ASKED, reason=""), "Pat").late
    with pytest.raises(TrackingError, match="No criteria were made known for FY2031"):
        criteria.of_role(replace(own, year=2031), ROLE)
    with pytest.raises(LedgerError):
        criteria.role_of(own, "Nobody")


def test_an_evaluation_is_prepared_shared_answered_and_closed_and_everybody_sees_what_is_theirs(guarded):
    """The walk, as those who are logged in, on a database that shows and takes what is theirs alone."""
    who = people(guarded)
    lead, rep = who[MANAGER], who[REP]
    with pytest.raises(TrackingError, match="not shared with you yet"):
        evaluation(rep, REP)
    with pytest.raises(TrackingError, match="Still missing: Keeps what was promised"):
        share(lead, REP, "", MANAGER)
    with pytest.raises(TrackingError, match=r"(?s)'shouting'.*no.*'splendid'.*does not say why"):
        evaluating.rate(lead, REP, {"shouting": ("as expected", "x"), KEEPS: ("splendid", " ")}, "", MANAGER)
    evaluating.rate(lead, REP, {KEEPS: ("as expected", "Every promise was kept")}, "A hard year", MANAGER)
    with reading(rep) as connection:
        for name in (evaluating.DRAFT, evaluating.SHARED):
            found = documents.documents(connection, 2026, "plan", name)
            assert not found or connection.dialect.name != "postgresql"
    assert evaluating.record(rep, REP).ratings == {}
    assert share(lead, REP, "Let us talk", MANAGER) == "shared"
    seen = evaluation(rep, REP)
    assert seen.parts.set_index("name").loc[KEEPS, "how"] == f"{MANAGER}: Every promise was kept"
    assert (seen.whole, seen.moved, seen.record.summary) == (True, False, "A hard year")
    for other in ("Elena Petrova", "Lucia Ferreira"):
        with pytest.raises(AccessError, match="between them and those who lead them"):
            evaluation(who[other], REP)
    with pytest.raises(TrackingError, match="the rep may answer, say, not close"):
        evaluating.step(rep, REP, "close", "Done", REP)
    assert evaluating.step(rep, REP, "answer", "The warehouse cost me the gap", REP, agrees=False) == "answered"
    assert evaluating.step(lead, REP, "say", "It did", MANAGER) == "answered"
    assert evaluating.step(lead, REP, "close", "We look at the territory again", MANAGER) == "closed"
    assert evaluating.step(rep, REP, "say", "Thank you", REP) == "closed"
    told = evaluating.record(rep, REP)
    assert [(each.done, each.by, each.agrees) for each in told.said] == [
        ("share", MANAGER, None), ("answer", REP, False), ("say", MANAGER, None), ("close", MANAGER, None),
        ("say", REP, None),
    ]  # fmt: skip
    table = standing(lead).set_index("rep")
    assert (table.loc[REP, "state"], round(float(seen.score), 6)) == ("closed", table.loc[REP, "score"])
    assert list(standing(rep)["rep"]) == [REP]
    assert "does not agree" in html(paper(rep, REP))
    assert len(picture(paper(lead, REP))) <= 2


def test_nobody_signs_for_somebody_else_whatever_was_written(guarded):
    """What a rep writes as shared or closed counts as something that was said."""
    evaluating.rate(guarded, REP, {KEEPS: ("as expected", "Kept")}, "", MANAGER)
    share(guarded, REP, "", MANAGER)
    rep = people(guarded)[REP]
    body = {
        "done": "share",
        "text": "",
        "agrees": None,
        "ratings": {KEEPS: {"level": "above", "reason": "me", "by": REP}},
    }
    with writing(rep, "write", ("rep",)) as connection:
        documents.keep(connection, 2026, "plan", Document(evaluating.SHARED, REP, body, "", 1), REP)
    told = evaluating.record(guarded, REP)
    assert told.said[-1].done == "say"
    assert told.ratings[KEEPS]["level"] == "as expected"
    with plan(guarded.settings) as database, database.reading() as connection:
        assert len(documents.versions(connection, 2026, "plan", evaluating.SHARED, REP)) == 2
    evaluating.step(guarded, REP, "answer", "", REP, agrees=True)
    with pytest.raises(TrackingError, match="whoever leads the rep may"):
        evaluating.step(guarded, REP, "answer", "", MANAGER, agrees=True)


def test_a_goal_that_was_changed_is_judged_as_it_stands_with_the_original_beside_it_and_pays_by_the_plan(
    planned, monkeypatch
):
    for person, kind in ((MANAGER, "propose"), (MANAGER, "accept"), (REP, "accept")):
        moving.move(planned, REP, Say(kind, "As it stands"), person, len(talks.talk(planned, REP).thread.moves))
    held = talks.talk(planned, REP).held
    lower = {line: amount // 2 for line, amount in held.items()}
    proposing.propose(planned, REP, Wish(lower, "2027-01", "out_of_reach", "The market is gone"), REP, 3)
    for person, kind in ((MANAGER, "consent"), (MANAGER, "accept"), (REP, "accept")):
        moving.move(planned, REP, Say(kind), person, len(talks.talk(planned, REP).thread.moves))
    criteria.publish(
        planned, Criteria(ROLE, (Criterion("goal", "revenue", Decimal(1)),), SCALE, reason="Late"), "Pat"
    )
    part_year = evaluation(planned, REP)
    assert (part_year.pay, "once all of its months" in part_year.pay_says) == (None, True)
    monkeypatch.setattr(attained, "months", lambda context: ("2027-01", "2027-12"))
    seen = evaluation(planned, REP)
    revenue = seen.parts.iloc[0]
    assert (revenue["original"], revenue["goal"]) == (sum(held.values()), sum(lower.values()))
    assert "the goal ledger" in revenue["how"]
    assert "No plan" in seen.pay_says or "no pay plan" in seen.pay_says
    kept.keep(planned, read(EXAMPLE.replace("Account manager", ROLE), 2), "Pat")
    assert evaluation(planned, REP).pay.equals(paid.for_result(planned, REP, 0))


def test_the_planner_changes_the_rating_scale_on_the_page_and_it_is_not_lost_again(own):
    here = page.open_page("11_evaluation", str(own.settings.workspace), 2026, "", "")
    form = Publishing(replace(here, context=own), lambda: None)
    form._role.control.value = ROLE
    assert form._scale.control.value.splitlines()[1] == "as expected: 100%"
    form._scale.control.value = "misses it: 40%\nmeets it: 100%\nleads the way: 112.5%"
    form._why.fill("Three levels were read differently")
    form._publish()
    kept = criteria.of_role(own, ROLE)
    assert kept.scale == {"misses it": Decimal("0.4"), "meets it": Decimal(1), "leads the way": Decimal("1.125")}
    assert "leads the way: 112.5%" in form._known.view.children[0].value
    # Another change keeps the scale that is in force.
    again = Publishing(replace(here, context=own), lambda: None)
    again._role.control.value = ROLE
    again._cap.fill("150%")
    again._why.fill("More than was asked counts more")
    again._publish()
    assert criteria.of_role(own, ROLE).scale == kept.scale
    again._scale.control.value = "fine\ngood: x%\ngood: 90%\ngood: 100%"
    with pytest.raises(TrackingError) as refused:
        again._publish()
    for each in ("'fine' is no level", "'good: x%' is no level", "'good' stands there twice"):
        assert each in str(refused.value)
    rep = replace(own, person=Person("aiko", REP, "rep"))
    read = Publishing(replace(here, context=rep), lambda: None)
    assert not hasattr(read, "_scale")
    assert "leads the way" in read._known.view.children[0].value
