"""A settled goal is changed during the year: by the same protocol, in the months that are left, with nothing lost."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_negotiation import EITHER, EUROS, MONTHS, SIGNED, TREE, book, exchange, say
from test_settling import logged_in, moved

from planning.errors import AccessError, LedgerError, NegotiationError
from planning.forms.page import Page
from planning.forms.settle.carrying import Carrying
from planning.forms.settle.said import exchange as exchange_of
from planning.forms.settle.seat import Seat
from planning.goals import ledger, originals, telling
from planning.goals.editing import company as editing
from planning.negotiation import agreement
from planning.negotiation.changes import changes
from planning.negotiation.moves import Say
from planning.negotiation.rules import Rules, allowed, decide
from planning.negotiation.thread import Thread
from planning.workbook import goals
from planning.workbook.editing import book as edited
from planning.workbook.editing import company, edits
from planning.workbook.leading import managers
from planning.workbook.negotiation import (
    adjusted,
    adjusting,
    carrying,
    evidence,
    moving,
    proof,
    proposing,
    signed,
    talks,
)
from planning.workbook.negotiation.proposing import Wish

TERMS = {"trigger": "market", "since": "2021-05", "absorbed": "territory"}
LOWER = {"Bikes": 3000, "Helmets": 200}


def wish(role, lines, since="2021-05", **terms):
    return ("reopen", role, lines, {**TERMS, "since": since, **terms})


def posted(thread, rows, seal=""):
    return agreement.transaction(thread, TREE, rows, MONTHS, "Mia", EUROS, seal).entries


ASKED = exchange(*SIGNED, wish("manager", LOWER))
TALKED = exchange(*SIGNED, wish("manager", LOWER), ("consent", "rep"))


def test_a_wish_brings_its_version_which_is_on_the_table_once_the_other_side_consents():
    assert (ASKED.state, ASKED.version, ASKED.waits) == ("reopening", 2, "rep")
    assert (TALKED.state, TALKED.version, TALKED.offer.lines, TALKED.waits) == ("proposed", 3, LOWER, "rep")
    assert TALKED.accepted_by == frozenset()
    by_rep = exchange(*SIGNED, wish("rep", LOWER), ("consent", "manager"))
    assert (by_rep.state, by_rep.waits) == ("countered", "manager")


def test_what_was_settled_stands_until_another_version_is_signed_by_both():
    for thread in (ASKED, TALKED, exchange(*SIGNED, wish("manager", LOWER), ("consent", "rep"), ("accept", "rep"))):
        assert thread.settled
        assert thread.in_force.version == 2
    done = exchange(*SIGNED, wish("manager", LOWER), ("consent", "rep"), ("accept", "rep"), ("accept", "manager"))
    assert (done.state, done.in_force.version, done.reopened) == ("agreed", 3, None)
    # A goal that is opened as a whole, before the year, is open.
    assert not exchange(*SIGNED, ("reopen", "manager"), ("consent", "rep")).settled


@pytest.mark.parametrize("end", [("refuse", "rep"), ("withdraw", "manager")])
def test_what_is_refused_or_withdrawn_leaves_the_settled_goal_as_if_nothing_had_been_asked(end):
    asked = exchange(*SIGNED, wish("manager", LOWER), end)
    assert asked.standing == exchange(*SIGNED).standing
    if end[0] == "withdraw":
        talked = exchange(*SIGNED, wish("manager", LOWER), ("consent", "rep"), end)
        assert talked.standing == exchange(*SIGNED).standing
        # A version between is withdrawn for itself.
        two = exchange(
            *SIGNED, wish("manager", LOWER), ("consent", "rep"), ("counter", "rep", LOWER), ("withdraw", "rep")
        )
        assert (two.state, two.version, two.in_force.version) == ("proposed", 3, 2)


def test_every_version_carries_the_month_that_it_holds_from_so_that_both_sign_it():
    countered = exchange(*SIGNED, wish("manager", LOWER), ("consent", "rep"), ("counter", "rep", LOWER))
    assert countered.offer.detail == TERMS
    later = exchange(
        *SIGNED, wish("manager", LOWER), ("consent", "rep"), ("counter", "rep", LOWER, {"since": "2021-07"})
    )
    assert later.offer.detail["since"] == "2021-07"
    assert later.offer.detail["trigger"] == "market"
    with pytest.raises(NegotiationError, match="no change of a settled goal is being talked about"):
        exchange(("propose", "manager", LOWER, {"since": "2021-05"}))


def test_a_wish_that_lacks_something_is_refused_with_all_of_it():
    told = Say("reopen", "", {}, {"trigger": "whim", "since": "2021-05"})
    missing = r"(?s)a reason.*trigger: one of market.*'whim'.*absorbed.*what the goal"
    with pytest.raises(NegotiationError, match=missing):
        decide(exchange(*SIGNED), told, "manager", "Mia", len(SIGNED), EITHER)
    with pytest.raises(NegotiationError, match="moved on since you looked"):
        say(ASKED, "reopen", "rep", LOWER, TERMS, seen=len(SIGNED))


def test_what_each_side_offered_is_told_of_this_change_and_not_of_an_earlier_one():
    assert TALKED.last_offer("manager").lines == LOWER
    assert TALKED.last_offer("rep") is None
    assert "escalate" not in allowed(TALKED, "rep", EITHER)
    both = exchange(*SIGNED, wish("manager", LOWER), ("consent", "rep"), ("counter", "rep", LOWER))
    assert "escalate" in allowed(both, "rep", EITHER)


def test_only_a_rule_that_was_made_known_changes_a_settled_goal_without_its_owner():
    assert "lapse" not in allowed(ASKED, "planner", EITHER)
    stand = Rules("either", at_deadline="stand")
    assert "lapse" in allowed(ASKED, "planner", stand)
    assert "lapse" not in allowed(exchange(*SIGNED, wish("rep", LOWER)), "planner", stand)
    made = decide(ASKED, Say("lapse", "By the rule", LOWER), "planner", "Pat", len(ASKED.moves), stand)
    after = Thread("Ana", (*ASKED.moves, made))
    assert (after.state, after.in_force.detail["since"]) == ("set", "2021-05")
    told = ledger.explain(TREE, posted(after, book()), "Ana").iloc[0]["reason"]
    assert told == "Adjusted from 2021-05 on, as the market changed: set by the rule that was made known, without " \
        "agreement, by Pat, version 4: By the rule"  # fmt: skip


def test_what_became_of_every_change_is_told():
    thread = exchange(
        *SIGNED, wish("manager", LOWER), ("refuse", "rep"), wish("rep", LOWER), ("consent", "manager"),
        ("propose", "manager", {"Bikes": 3500, "Helmets": 200}), ("accept", "rep"), ("accept", "manager"),
        wish("manager", {"Bikes": 4000, "Helmets": 200}, trigger="reversal"), ("consent", "rep"),
    )  # fmt: skip
    told = [(each.state, each.asked.role, each.total, each.difference) for each in changes(thread)]
    assert told == [
        ("refused", "manager", 3200, -1000), ("agreed", "rep", 3700, -500), ("talked about", "manager", 4200, 500),
    ]  # fmt: skip


def test_a_change_moves_the_months_that_are_left_in_their_profile_and_no_other():
    before = book()
    thread = exchange(("propose", "manager", {"Bikes": 4212}), ("accept", "rep"), ("accept", "manager"),
                      wish("manager", {"Bikes": 3000}, "2021-07"), ("consent", "rep"), ("accept", "rep"),
                      ("accept", "manager"))  # fmt: skip
    entries = posted(thread, before, "f" * 64)
    assert entries["period"].min() == "2021-07"
    assert set(entries["step"]) == {"adjusted"}
    after = pd.concat([before, entries], ignore_index=True)
    months = ledger.of(TREE, after, "Ana").groupby("period")["amount"].sum()
    assert months.loc[:"2021-06"].tolist() == [401] * 6
    assert months.loc["2021-07":].tolist() == [99] * 6
    assert months.sum() == 3000
    told = originals.originals(TREE, after).set_index("owner")
    assert told.loc["company", ["original", "changed", "goal"]].tolist() == [4262, 0, 4262]
    assert told.loc["territory:Peru", "changed"] == 0
    assert (told.loc["position:Peru:Ana", "original"], told.loc["position:Peru:Ana", "changed"]) == (3612, -1212)
    accounts = originals.on_accounts(TREE, after).set_index("territory")
    assert accounts.loc["Peru"].to_dict() == {"conceded": 1212, "company": 0, "left": 1212}
    seen = telling.told(ledger.explain(TREE, after, "Ana"))
    assert (seen.original, seen.goal, seen.parts["adjusted"]) == (4212, 3000, -1212)


def test_a_year_is_not_given_less_than_the_months_before_hold():
    thread = exchange(("propose", "manager", {"Bikes": 4212}), ("accept", "rep"), ("accept", "manager"),
                      wish("manager", {"Bikes": 2405}, "2021-07"), ("consent", "rep"), ("accept", "rep"),
                      ("accept", "manager"))  # fmt: skip
    with pytest.raises(
        NegotiationError, match=r"Bikes: the months before hold 24\.06 EUR already, more than 24\.05 EUR"
    ):
        posted(thread, book())


def test_a_line_with_nothing_in_the_months_left_is_laid_over_them_evenly():
    thread = exchange(("propose", "manager", {"Bikes": 4212}), ("accept", "rep"), ("accept", "manager"),
                      wish("manager", {"Bikes": 4212, "Tents": 24}, "2021-11"), ("consent", "rep"), ("accept", "rep"),
                      ("accept", "manager"))  # fmt: skip
    entries = posted(thread, book())
    mine = entries[entries["owner"].str.startswith("position:")]
    assert set(mine["period"]) == {"2021-11", "2021-12"}
    assert mine["amount"].tolist() == [6] * 4


ASKS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 9000), st.integers(0, 99), st.sampled_from(["", "change", "amount"])),
    min_size=1, max_size=3,
)  # fmt: skip


@given(ASKS)
@settings(max_examples=15)
def test_after_any_changes_the_identities_hold_and_months_that_are_over_are_as_they_were(asks):
    """The company carries the sum of its grants; originals never move; nothing before the month of a change does."""
    rows, month = book(), 0
    grants, first = int(rows["amount"].sum()), originals.originals(TREE, rows)["original"]
    thread = exchange(("propose", "manager", {"Bikes": 4212}), ("accept", "rep"), ("accept", "manager"))
    for later, bikes, helmets, taken in asks:
        month = min(month + later, 11)
        since, before = MONTHS[month], rows
        over = ledger.of(TREE, rows, "Ana").query("period < @since").groupby("product")["amount"].sum()
        wanted = {"Bikes": bikes, "Helmets": helmets}
        lines = {line: max(amount, int(over.get(line, 0))) for line, amount in wanted.items()}
        for made in (wish("manager", lines, since), ("consent", "rep"), ("accept", "rep"), ("accept", "manager")):
            thread = Thread("Ana", (*thread.moves, say(thread, *made)))
        rows = pd.concat([rows, posted(thread, rows)], ignore_index=True)
        for each in of_company(rows, thread, taken, MONTHS[month:]):
            ledger.check(each, TREE)
            rows = pd.concat([rows, each.entries], ignore_index=True)
            grants += int(each.entries["amount"].sum())
        assert ledger.assigned(TREE, rows).set_index("owner").loc["company", "assigned"] == grants
        held = ledger.of(TREE, rows, "Ana").groupby("product")["amount"].sum()
        assert {line: int(held.get(line, 0)) for line in lines} == lines
        assert (originals.originals(TREE, rows)["original"] == first).all()
        assert until(rows, since).equals(until(before, since))


def of_company(rows, thread, taken, months):
    """Change the company's goal by what the last change left, by an amount, or not at all."""
    source = agreement.source("Ana", thread.version)
    cells = editing.of_adjustment(TREE, rows, source) if taken == "change" else pd.DataFrame()
    if taken == "amount" and ledger.of(TREE, rows, "company").query("period in @months")["amount"].sum() > 0:
        cells = editing.by_amount(TREE, rows, "company", 7, months, EUROS)
    return editing.change(cells, "openly", "Pat", source) if len(cells) else []


def until(rows, since):
    sums = rows[rows["period"] < since].groupby(["owner", "product", "period"])["amount"].sum()
    return sums[sums != 0]


def test_the_companys_goal_is_changed_by_no_more_than_is_carried():
    with pytest.raises(LedgerError, match=r"^42\.62 EUR is carried in .* so -42\.63 EUR cannot be spread"):
        editing.by_amount(TREE, book(), "company", -4263, MONTHS, EUROS)
    with pytest.raises(LedgerError, match="changes nothing"):
        editing.change(editing.of_adjustment(TREE, book(), "nothing"), "why", "Pat", "nothing")


REP, LEFT = "Aiko Tanabe", [f"2027-{month:02d}" for month in range(4, 13)]


@pytest.fixture(scope="module")
def settled(planned_company, tmp_path_factory):
    """Make a workspace in which the goals of two people of one team are settled."""
    here = moved(planned_company, tmp_path_factory.mktemp("adjusting"), "")
    for rep in (REP, colleague(here)):
        manager = talks.talk(here, rep).manager
        for person, what in ((manager, "propose"), (manager, "accept"), (rep, "accept")):
            moving.move(here, rep, Say(what, "As it stands"), person, len(talks.talk(here, rep).thread.moves))
    return here


@pytest.fixture
def begun(monkeypatch):
    """Let the first quarter of the year be over."""
    for room in (adjusting, company):
        monkeypatch.setattr(room, "open_months", lambda context: LEFT)


@pytest.fixture
def own(settled, begun, tmp_path):
    """Make a copy of it of one's own, in which the first quarter of the year is over."""
    return moved(settled.settings.workspace, tmp_path, "")


@pytest.fixture(params=["sqlite", "postgresql"])
def guarded(request, settled, begun, tmp_path):
    """Make such a copy on each kind of database: the one guards rows by itself."""
    url = request.getfixturevalue("postgresql").url() if request.param == "postgresql" else ""
    return moved(settled.settings.workspace, tmp_path, url)


def colleague(context):
    leads = managers(context)
    reps = set(goals.goals(context)["rep"])
    return next(name for name in sorted(reps) if leads.get(name) == leads[REP] and name != REP)


def by(context, rep, part, since="2027-04", **more):
    """Wish for a part of a goal."""
    begin = adjusting.outset(context, rep)
    lines = adjusting.in_proportion(begin, round(sum(begin.talk.held.values()) * part), since)
    return Wish(lines, since, "market", "A competitor opened a warehouse", **more)


def ask(context, rep, part, person, **more):
    thread = talks.talk(context, rep).thread
    return proposing.propose(context, rep, by(context, rep, part, **more), person, len(thread.moves))


def answer(context, rep, *moves):
    for kind, person in moves:
        after = moving.move(context, rep, Say(kind), person, len(talks.talk(context, rep).thread.moves))
    return after


def test_a_goal_is_changed_from_proposal_to_ledger_and_everything_is_accounted_for(guarded):
    """The walk: as the rep and the manager are logged in, on a database that lets nobody post what is not theirs."""
    manager = talks.talk(guarded, REP).manager
    rep, lead, planner = (logged_in(guarded, name, role) for name, role in
                          ((REP, "rep"), (manager, "manager"), ("Pat Planner", "planner")))  # fmt: skip
    before = goals.originals(guarded).set_index("owner")
    months = goals.split(guarded, REP, "month").set_index("month")["goal"]
    assert ask(rep, REP, 0.9, REP, absorbed="company", evidence=[{"what": "Pace", "amount": -5}]).state == "reopening"
    assert adjusted.listing(rep)["state"].tolist() == ["asked"]
    assert answer(lead, REP, ("consent", manager), ("accept", manager)).settled
    assert answer(rep, REP, ("accept", REP)).state == "agreed"
    told = goals.originals(guarded).set_index("owner")
    mine, company_ = told[told["rep"] == REP].sum(numeric_only=True), told.loc["company"]
    assert (told["original"] == before["goal"]).all()
    assert mine["goal"] == round(mine["original"] * 0.9)
    assert (company_["original"], company_["goal"]) == (before.loc["company", "goal"],) * 2
    after = goals.split(guarded, REP, "month").set_index("month")["goal"]
    assert (after[:"2027-03"] == months[:"2027-03"]).all()
    assert (after["2027-04":] < months["2027-04":]).all()
    step = goals.explain(guarded, REP).iloc[-1]
    assert (step["step"], step["amount"]) == ("adjusted", mine["changed"])
    assert "from 2027-04 on, as the market changed" in step["reason"]
    row = adjusted.listing(guarded).iloc[0]
    assert (row["state"], row["original"], row["goal"], row["change"]) == (
        "agreed", mine["original"], mine["goal"], mine["changed"],
    )  # fmt: skip
    assert proof.verify(guarded, signed.signed(guarded, REP).hash).problems == []
    with pytest.raises(AccessError, match="Only a planner"):
        company.take_over(lead, REP, "The market", manager)
    assert adjusted.to_place(guarded)["left"].tolist() == [-mine["changed"]]
    assert company.left(lead, REP) == -mine["changed"]
    now = company.take_over(planner, REP, "The market", "Pat Planner")
    told = goals.originals(guarded).set_index("owner")
    assert now == told.loc["company", "goal"] == told.loc["company", "original"] + mine["changed"]
    assert adjusted.to_place(guarded)["left"].tolist() == [0]
    assert company.left(lead, REP) == 0
    with pytest.raises(LedgerError, match="changes nothing"):
        company.take_over(planner, REP, "Twice", "Pat Planner")


def test_months_that_are_over_are_refused_when_a_change_is_offered_and_again_when_it_is_signed(own, monkeypatch):
    manager = talks.talk(own, REP).manager
    with pytest.raises(NegotiationError, match=r"2027-03 on: months from 2027-04 to 2027-12 are not over"):
        ask(own, REP, 0.9, REP, since="2027-03")
    with pytest.raises(NegotiationError, match="FY2027 has begun"):
        moving.move(own, REP, Say("reopen", "As a whole"), REP, 3)
    with pytest.raises(NegotiationError, match=r"hold [\d,]+\.\d\d USD already, more than 1\.00 USD"):
        adjusting.in_proportion(adjusting.outset(own, REP), 100, "2027-04")
    ask(own, REP, 0.9, REP)
    answer(own, REP, ("consent", manager), ("accept", manager))
    monkeypatch.setattr(adjusting, "open_months", lambda context: LEFT[1:])
    with pytest.raises(NegotiationError, match="2027-04 on: months from 2027-05"):
        answer(own, REP, ("accept", REP))
    thread = talks.talk(own, REP).thread
    assert (thread.state, thread.in_force.version) == ("countered", 1)
    lines = dict(thread.offer.lines)
    moving.move(own, REP, Say("propose", "From May", lines, {"since": "2027-05"}), manager, len(thread.moves))
    assert answer(own, REP, ("accept", REP), ("accept", manager)).state == "agreed"
    assert adjusted.listing(own).iloc[0]["since"] == "2027-05"


def test_a_goal_that_is_talked_about_again_is_moved_by_nobody_else(own):
    manager = talks.talk(own, REP).manager
    ask(own, REP, 0.9, REP)
    answer(own, REP, ("consent", manager))
    with pytest.raises(LedgerError, match="changes by agreement alone"):
        edits.apply(own, edits.pinned(REP, 60_000_000), "Why", "planner")
    assert "agreed" in edited.held(own).values()


def test_a_change_is_undone_by_another_agreement_alone_and_the_original_is_seen_through_both(own):
    manager = talks.talk(own, REP).manager
    first = dict(talks.talk(own, REP).held)
    ask(own, REP, 0.9, manager)
    answer(own, REP, ("consent", REP), ("accept", REP), ("accept", manager))
    with pytest.raises(LedgerError, match="no edit to undo"):
        edited.undo(own, "planner")
    thread = talks.talk(own, REP).thread
    back = Wish(first, "2027-06", "reversal", "The competitor left")
    proposing.propose(own, REP, back, REP, len(thread.moves))
    answer(own, REP, ("consent", manager), ("accept", manager), ("accept", REP))
    told = goals.originals(own)
    assert told.loc[told["rep"] == REP, "changed"].sum() == 0
    assert adjusted.listing(own)["trigger"].tolist() == ["reversal", "market"]
    assert goals.split(own, REP, "product").set_index("product")["goal"].to_dict() == first


def test_colleagues_absorb_a_change_each_by_their_own_agreement_and_the_rep_does_not_read_who(guarded):
    other, manager = colleague(guarded), talks.talk(guarded, REP).manager
    rep, lead = logged_in(guarded, REP, "rep"), logged_in(guarded, manager, "manager")
    goal = sum(talks.talk(guarded, REP).held.values())
    given = goal - round(goal * 0.9)
    with pytest.raises(
        NegotiationError, match=r"(?s)would take on 0\.05 USD, and [\d,]+\.\d\d USD is to be absorbed"
    ):
        ask(lead, REP, 0.9, manager, absorbed="others", others={other: 5})
    with pytest.raises(AccessError, match="What colleagues are asked for"):
        ask(rep, REP, 0.9, REP, absorbed="others", others={other: given})
    ask(lead, REP, 0.9, manager, absorbed="others", others={other: given})
    assert proposing.others(lead, REP) == {other: given}
    assert proposing.others(rep, REP) == {}
    with pytest.raises(NegotiationError, match="No change of the goal of"):
        proposing.ask_others(lead, REP, manager)
    answer(guarded, REP, ("consent", REP), ("accept", REP), ("accept", manager))
    assert proposing.ask_others(lead, REP, manager) == [other]
    assert proposing.ask_others(lead, REP, manager) == []
    asked = talks.talk(guarded, other).thread
    assert (asked.state, asked.reopened.detail["trigger"]) == ("reopening", "absorbing")
    assert adjusted.to_place(guarded)["left"].sum() == given
    answer(guarded, other, ("consent", other), ("accept", other), ("accept", manager))
    assert adjusted.to_place(guarded)["left"].sum() == 0
    told = goals.originals(guarded).set_index("owner")
    assert told.loc["company", "changed"] == 0
    assert told[told["rep"] == other]["changed"].sum() == given


def test_the_effect_says_what_a_change_does_before_it_is_proposed(own):
    begin = adjusting.outset(own, REP)
    found = adjusting.effect(begin, by(own, REP, 0.9).lines, "2027-04")
    now, then = found.beside.to_dict("records")
    assert then["goal"] - now["goal"] == found.difference == then["rest"] - now["rest"] < 0
    assert then["probability"] > now["probability"]
    assert now["company"] == then["company"]
    assert then["company_changed"] == now["company"] + found.difference
    same = found.months["month"] < "2027-04"
    assert (found.months.loc[same, "goal"] == found.months.loc[same, "proposed"]).all()
    assert found.months["proposed"].sum() == then["goal"]
    with pytest.raises(NegotiationError, match=r"(?s)cannot hold from 2027-01.*'Rockets'.*below zero"):
        adjusting.effect(begin, {"Rockets": 5, "Cookware": -5}, "2027-01")
    assert talks.talk(own, REP).thread.state == "agreed"


def test_the_companys_goal_is_changed_openly_up_or_down_by_the_planner(own):
    before = goals.originals(own).set_index("owner")
    now = company.change_company(own, 12_345, "A new market", "Pat", "2027-05", "Harbour Coast")
    told = goals.originals(own).set_index("owner")
    assert now == told.loc["company", "goal"] == before.loc["company", "goal"] + 12_345
    assert told.loc["territory:Harbour Coast", "changed"] == 12_345
    assert company.change_company(own, -12_345, "It closed", "Pat", "2027-06") == before.loc["company", "goal"]
    with pytest.raises(NegotiationError, match=r"(?s)cannot hold from 2027-01.*why"):
        company.change_company(own, 5, " ", "Pat", "2027-01")
    # What was edited before can be undone still.
    edits.apply(own, edits.pinned(unsettled(own), 50_000_000), "Why", "Pat")
    company.change_company(own, 1, "A little", "Pat", "2027-06")
    assert edited.undo(own, "Pat") == "Why"


def unsettled(context):
    table = goals.goals(context)
    return next(name for name in table["rep"] if name and name not in (REP, colleague(context)))


def test_what_may_speak_for_a_change_is_gathered_from_the_history(own):
    said = [each["what"] for each in evidence.evidence(own, REP)]
    assert any(each.startswith("Competitor entry, Harbour Coast") for each in said)
    assert not any("Pine Hills" in each for each in said)
    with pytest.raises(AccessError):
        evidence.evidence(logged_in(own, colleague(own), "rep"), REP)


@given(st.lists(st.tuples(st.sampled_from(MONTHS[:6]), st.integers(-300, 351)), min_size=1, max_size=6),
       st.integers(6, 11))  # fmt: skip
@settings(max_examples=25)
def test_what_is_carried_moves_between_months_and_leaves_every_year_and_the_companys_months_as_they_were(
    asked, place
):
    rows, since = book(), MONTHS[place]
    carry = {month: {"Bikes": amount} for month, amount in asked if amount}
    if not carry:
        return
    moved = sum(parts["Bikes"] for parts in carry.values())
    thread = exchange(("propose", "manager", {"Bikes": 4212}), ("accept", "rep"), ("accept", "manager"),
                      wish("manager", {"Bikes": 4212}, since, trigger="carried", carry=carry), ("consent", "rep"),
                      ("accept", "rep"), ("accept", "manager"))  # fmt: skip
    agreed = pd.concat([rows, posted(exchange(*thread_start()), rows)], ignore_index=True)
    try:
        entries = posted(thread, agreed)
    except NegotiationError as error:
        assert moved < 0
        assert "are to be taken off them" in str(error)  # noqa: PT017
        return
    ledger.check(agreement.transaction(thread, TREE, agreed, MONTHS, "Mia", EUROS), TREE)
    after = pd.concat([agreed, entries], ignore_index=True)
    months = entries[entries["owner"].str.startswith("position:")].groupby("period")["amount"].sum()
    assert {month: -int(months.get(month, 0)) for month in carry} == {m: p["Bikes"] for m, p in carry.items()}
    assert int(months.loc[since:].sum()) == moved
    assert set(months[months != 0].index) <= {*carry, *MONTHS[place:]}
    for whose in ("Ana", "territory:Peru", "company"):
        year = (ledger.of(TREE, each, whose).groupby("product")["amount"].sum() for each in (agreed, after))
        assert next(year).equals(next(year))
    monthly = (ledger.of(TREE, each, "company").groupby("period")["amount"].sum() for each in (agreed, after))
    assert next(monthly).equals(next(monthly))
    assert (originals.originals(TREE, after)["original"] == originals.originals(TREE, agreed)["original"]).all()
    assert (originals.on_accounts(TREE, after)["left"] == 0).all()
    assert editing.of_adjustment(TREE, after, agreement.source("Ana", thread.version)).empty
    seen = telling.told(ledger.explain(TREE, after, "Ana"))
    assert (seen.carried, seen.original) == (moved, seen.goal)


def thread_start():
    return ("propose", "manager", {"Bikes": 4212}), ("accept", "rep"), ("accept", "manager")


def test_what_is_carried_and_that_it_is_carried_are_said_together():
    for terms in ({"trigger": "carried"}, {"carry": {"2021-01": {"Bikes": 5}}}):
        with pytest.raises(NegotiationError, match="carry: what is carried from which months"):
            exchange(*SIGNED, wish("manager", LOWER, **terms))
    with pytest.raises(NegotiationError, match=r"(?s)no goal is held.*Tents in 2021-01"):
        agreement.carried_over({"2021-01": {"Tents": 5}}, book(), "2021-07", EUROS)


def test_what_months_that_are_over_missed_is_carried_by_both_signatures_and_stands_in_the_account(guarded):
    manager = talks.talk(guarded, REP).manager
    rep, lead = (logged_in(guarded, name, role) for name, role in ((REP, "rep"), (manager, "manager")))
    begin = adjusting.outset(rep, REP)
    assert set(begin.over["month"]) == {"2027-01", "2027-02", "2027-03"}
    assert (begin.over["short"] == begin.over["goal"]).all()  # nothing has come of this year yet
    carry = carrying.carry_of(begin.over, ["2027-02"], (), Decimal("0.5"))
    moved = sum(carry["2027-02"].values())
    before = goals.originals(guarded).set_index("owner")
    months = goals.split(guarded, REP, "month").set_index("month")["goal"]
    company_ = goals.split(guarded, "company", "month").set_index("month")["goal"]
    seen = adjusting.effect(begin, {}, "2027-06", carry)
    asked = proposing.propose_to_carry(
        rep, REP, carry, "2027-06", "February was lost", REP, len(begin.talk.thread.moves)
    )
    assert asked.state == "reopening"
    assert goals.split(guarded, REP, "month").set_index("month")["goal"].equals(months)
    answer(lead, REP, ("consent", manager), ("accept", manager))
    assert answer(rep, REP, ("accept", REP)).state == "agreed"
    after = goals.split(guarded, REP, "month").set_index("month")["goal"]
    assert after["2027-02"] == months["2027-02"] - moved
    assert after["2027-06":].sum() == months["2027-06":].sum() + moved
    assert (
        after[["2027-01", "2027-03", "2027-04", "2027-05"]] == months[["2027-01", "2027-03", "2027-04", "2027-05"]]
    ).all()
    assert after.tolist() == seen.months["proposed"].tolist()
    assert goals.split(guarded, "company", "month").set_index("month")["goal"].equals(company_)
    told = goals.originals(guarded).set_index("owner")
    assert (told["goal"] == before["goal"]).all()
    assert (told["original"] == before["original"]).all()
    steps = goals.explain(guarded, REP).set_index("step")
    assert (steps.loc["carried", "amount"], steps.loc["adjusted", "amount"]) == (-moved, moved)
    assert "months that are over missed their goal" in steps.loc["carried", "reason"]
    assert "February was lost" in adjusted.listing(rep)["note"].iloc[0]
    assert company.left(lead, REP) == 0
    # What was carried once is not there to be carried again.
    again = adjusting.outset(rep, REP).over.set_index(["month", "product"])["short"]
    assert again["2027-02"].sum() == begin.over.set_index("month")["short"]["2027-02"].sum() - moved


@pytest.mark.parametrize(
    ("carry", "lines", "why"),
    [
        ({"2027-02": {"Cookware": 10**12}}, {}, r"2027-02 leaves [\d,.]+ USD of Cookware to be carried"),
        ({"2027-02": {"Cookware": -5}}, {}, "not -0.05 USD"),
        ({"2027-05": {"Cookware": 5}}, {}, "2027-05 is not over"),
        ({"2027-02": {"Cookware": 5}}, {"Cookware": 5}, "leaves the goal of the year as it is"),
    ],
)
def test_no_more_is_carried_than_a_month_missed_and_nothing_of_the_year(own, carry, lines, why):
    asked = Wish(lines, "2027-06", "carried", "Why", carry=carry)
    with pytest.raises(NegotiationError, match=why):
        proposing.propose(own, REP, asked, REP, len(talks.talk(own, REP).thread.moves))


def test_what_cannot_be_carried_is_refused_before_it_is_proposed(own):
    with pytest.raises(NegotiationError, match="not started. What is not settled yet is changed by an offer"):
        proposing.propose_to_carry(own, unsettled(own), {}, "2027-06", "Why", unsettled(own), 0)
    over = adjusting.outset(own, REP).over
    with pytest.raises(NegotiationError, match=r"(?s)'2027-08'.*'Rockets'.*part of 0%"):
        carrying.carry_of(over, ["2027-08"], ["Rockets"], Decimal(0))
    with pytest.raises(NegotiationError, match="brought what was asked"):
        carrying.carry_of(over.assign(short=0))


def test_the_form_proposes_to_carry_what_the_month_chosen_missed(own):
    manager = talks.talk(own, REP).manager
    here = Page(own, "6_negotiation.ipynb", manager)
    seat = Seat(here, lambda: None, lambda: None)
    seat._rep.control.value = REP
    form = Carrying(here, seat, lambda: None)
    form._month.control.value, form._part.control.value = "2027-02", "50%"
    shown = "".join(each.value for each in form._does.view.children)
    assert "the goal of the year and the company" in shown
    form._why.control.value = "February was lost"
    assert "until both have signed" in form._propose()
    offer = talks.talk(own, REP).thread.moves[-1]
    assert (offer.kind, offer.detail["trigger"], set(offer.detail["carry"])) == ("reopen", "carried", {"2027-02"})
    assert "Carried from Feb 2027" in exchange_of(talks.talk(own, REP), here)._repr_html_()
    form.redraw()
    assert "away" in form.view._dom_classes
