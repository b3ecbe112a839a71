import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from planning.amounts import in_money
from planning.errors import NegotiationError
from planning.goals import ledger, owners
from planning.negotiation import advice, agreement, chain
from planning.negotiation.chain import Anchor, Event
from planning.negotiation.moves import KINDS, OFFERS, PLANNERS, SETS, Say
from planning.negotiation.rules import Rules, allowed, decide
from planning.negotiation.table import STATES, TABLE
from planning.negotiation.thread import Thread

MONTHS = [f"2021-{month:02d}" for month in range(1, 13)]
TERRITORIES = pd.DataFrame({"territory": ["Canada", "Peru"], "region": ["America", "America"]})
PLACES = pd.DataFrame({"territory": ["Canada", "Canada", "Peru"], "rep": ["Ana", "Ben", "Ana"]})
TREE = owners.build(TERRITORIES, PLACES, "Acme")
EUROS = in_money("EUR")


def book():
    cells = [("position:Canada:Ana", "Bikes", m, 100) for m in MONTHS[:6]]
    cells += [("position:Peru:Ana", "Bikes", m, 301) for m in MONTHS] + [
        ("position:Canada:Ben", "Bikes", "2021-01", 50)
    ]
    frame = pd.DataFrame(cells, columns=["owner", "product", "period", "amount"])
    wanted = ledger.entries(frame, metric="revenue", step="last_year", reason="r", source="s")
    return pd.concat([each.entries for each in ledger.place(wanted, "plan", "me")], ignore_index=True)


ROLES = ("manager", "rep", "senior", "planner")
NAMES = {"manager": "Mia", "senior": "Sam", "planner": "Pat"}
EITHER = Rules(opening="either")


def say(thread, kind, role, lines=None, detail=None, rules=EITHER, seen=None):
    """Make one move, with all that its kind needs."""
    needs = {"return": {"to": "rep"}, "hand_over": {"to": "Nina"}, "delegate": {"to": "Dan"}}
    told = Say(kind, "because", lines or ({"Bikes": 100} if kind in (*OFFERS, *SETS) else {}),
               needs.get(kind, {}) if detail is None else detail)  # fmt: skip
    person = NAMES.get(role, thread.rep)
    return decide(thread, told, role, person, len(thread.moves) if seen is None else seen, rules)


def exchange(*moves, rep="Ana"):
    thread = Thread(rep)
    for kind, role, *more in moves:
        thread = Thread(rep, (*thread.moves, say(thread, kind, role, *more)))
    return thread


PROPOSED = ("propose", "manager", {"Bikes": 5000, "Helmets": 200})
COUNTERED = ("counter", "rep", {"Bikes": 4000, "Helmets": 200})
BOTH = (PROPOSED, COUNTERED)
SIGNED = (*BOTH, ("accept", "manager"), ("accept", "rep"))
CHANGED = (
    "reopen", "manager", {"Bikes": 3000, "Helmets": 200},
    {"trigger": "market", "since": "2021-05", "absorbed": "territory"},
)  # fmt: skip
TO = {
    "not started": (),
    "proposed": (COUNTERED, PROPOSED),
    "countered": BOTH,
    "returned": (*BOTH, ("return", "manager")),
    "escalated": (*BOTH, ("escalate", "rep")),
    "agreed": SIGNED,
    "reopening": (*SIGNED, ("reopen", "manager")),
    "set": (*BOTH, ("escalate", "rep"), ("decide", "senior", {"Bikes": 4500, "Helmets": 200})),
    "ended": (*BOTH, ("leave", "planner")),
}
"""Moves that lead to each state."""


@pytest.mark.parametrize("state", STATES)
def test_moves_lead_to_their_state(state):
    assert exchange(*TO[state]).state == state


LEADS_TO = {
    "propose": "proposed", "counter": "countered", "return": "returned", "escalate": "escalated", "decide": "set",
    "lapse": "set", "reopen": "reopening", "leave": "ended",
}  # fmt: skip
"""The state that a move leads to, wherever it was made from; all others depend on what was said before."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_the_state_table_holds_allowed_or_not(state, role, kind):
    thread = exchange(*TO[state])
    listed = kind in TABLE[state].get(role, set())
    may = kind in allowed(thread, role, EITHER)
    assert listed or not may
    if not may:
        with pytest.raises(NegotiationError, match=re.escape(f"not {kind}.")):
            say(thread, kind, role)
        return
    after = Thread("Ana", (*thread.moves, say(thread, kind, role)))
    if kind in LEADS_TO:
        assert after.state == LEADS_TO[kind]
    if kind in ("comment", "question", "delegate", "hand_over"):
        assert after.standing == thread.standing


def test_what_the_table_lists_and_the_rest_of_the_rules_forbid_is_little_and_known():
    """Every move that a cell lists is allowed in some thread of that state, but for what these lines say."""
    more = {
        "proposed": [(("propose", "manager"),), (*BOTH, ("escalate", "rep"), ("propose", "senior"))],
        "countered": [(("counter", "rep"),), (*BOTH, ("accept", "manager", None, {"lines": ["Bikes"]}))],
        "returned": [(("propose", "manager"), ("return", "rep", None, {"to": "manager"}))],
        "reopening": [(*SIGNED, ("reopen", "rep")), (*SIGNED, CHANGED)],
    }
    found = {
        (state, role, kind)
        for state in STATES
        for moves in [TO[state], *more.get(state, [])]
        for role in ROLES
        for kind in allowed(exchange(*moves), role, Rules("either", at_deadline="stand"))
    }
    listed = {(state, role, kind) for state in STATES for role in ROLES for kind in TABLE[state].get(role, set())}
    assert found == listed


def test_the_document_says_what_the_table_says():
    text = (Path(__file__).parent.parent / "docs" / "negotiation.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if line[:1] == "|"]
    heads, told = rows[0], {row[0]: row[1:] for row in rows[2:] if row[0] in STATES}
    assert heads == ["state", "manager", "rep", "senior", "planner"]
    assert set(told) == set(STATES)
    for state, cells in told.items():
        for role, cell in zip(ROLES, cells, strict=True):
            named = {each.strip().replace(" ", "_") for each in cell.replace("-", "").split(",") if each.strip()}
            assert named == TABLE[state].get(role, set()) - {"comment", "question"}, (state, role)
            assert {"comment", "question"} <= TABLE[state].get(role, {"comment", "question"})


def test_who_makes_the_first_offer_is_as_the_planner_has_set():
    empty = Thread("Ana")
    assert "propose" in allowed(empty, "manager", Rules("manager"))
    assert "counter" not in allowed(empty, "rep", Rules("manager"))
    assert "propose" not in allowed(empty, "manager", Rules("rep"))
    assert "counter" in allowed(empty, "rep", Rules("rep"))
    with pytest.raises(NegotiationError, match=r"(?s)not by 'nobody'.*not 'shout'"):
        Rules("nobody", None, "shout")


def test_agreement_takes_all_lines_of_the_same_version_from_both():
    part = exchange(*BOTH, ("accept", "manager", None, {"lines": ["Helmets"]}), ("accept", "rep"))
    assert (part.state, part.accepted_by, part.waits) == ("countered", {"rep"}, "manager")
    whole = exchange(*BOTH, ("accept", "manager", None, {"lines": ["Helmets"]}), ("accept", "rep"),
                     ("accept", "manager", None, {"lines": ["Bikes"]}))  # fmt: skip
    assert whole.state == "agreed"
    # A new version begins without any signature, also on lines that stay as they were.
    again = exchange(*BOTH, ("accept", "rep"), PROPOSED, ("accept", "manager"))
    assert (again.state, again.accepted_by) == ("proposed", {"manager"})
    with pytest.raises(NegotiationError, match="'Rockets' is not a line of version 2"):
        say(exchange(*BOTH), "accept", "rep", None, {"lines": ["Rockets"]})


def test_what_is_withdrawn_leaves_the_version_before_it_on_the_table():
    back = exchange(*BOTH, ("withdraw", "rep"))
    assert (back.state, back.version, back.waits) == ("proposed", 1, "rep")
    # A number is never used again.
    assert say(back, "counter", "rep").version == 3
    assert exchange(PROPOSED, ("withdraw", "manager")).state == "not started"
    signed = exchange(*BOTH, ("accept", "manager", None, {"lines": ["Bikes"]}))
    assert "withdraw" not in allowed(signed, "rep", EITHER)


def test_a_return_goes_straight_to_the_one_who_has_to_change_something():
    thread = exchange(*BOTH, ("escalate", "manager"), ("return", "senior", None, {"to": "rep"}))
    assert (thread.state, thread.waits) == ("returned", "rep")
    with pytest.raises(NegotiationError, match="who has to change something"):
        say(exchange(*BOTH), "return", "manager", None, {})


def test_a_settled_goal_opens_by_consent_and_stands_until_then():
    asked = exchange(*TO["reopening"])
    assert asked.settled
    assert asked.waits == "rep"
    assert "consent" not in allowed(asked, "manager")
    assert exchange(*TO["reopening"], ("refuse", "rep")).state == "agreed"
    assert exchange(*TO["reopening"], ("withdraw", "manager")).state == "agreed"
    opened = exchange(*TO["reopening"], ("consent", "rep"))
    assert (opened.state, opened.version, opened.accepted_by) == ("countered", 2, frozenset())


def test_a_question_stays_open_until_the_other_side_answers_it_on_its_line():
    asked = (PROPOSED, ("question", "rep", None, {"line": "Bikes"}), ("question", "rep"))
    assert [each.detail.get("line") for each in exchange(*asked).questions] == ["Bikes", None]
    assert len(exchange(*asked, ("comment", "rep", None, {"line": "Bikes"})).questions) == 2
    assert len(exchange(*asked, ("comment", "manager", None, {"line": "Bikes"})).questions) == 1
    assert exchange(*asked, PROPOSED).questions == []


def test_who_speaks_for_the_manager():
    given = exchange(PROPOSED, ("delegate", "manager", None, {"to": "Dan", "until": "2026-12-24"}))
    assert given.delegate(date(2026, 12, 24)) == "Dan"
    assert given.delegate(date(2026, 12, 25)) == ""
    assert given.manager("Mia") == "Mia"
    over = exchange(PROPOSED, ("delegate", "manager"), ("hand_over", "planner"))
    assert (over.manager("Mia"), over.delegate(date(2026, 1, 1))) == ("Nina", "")


def test_an_answer_that_comes_too_late_is_refused_with_what_came_since():
    thread = exchange(*BOTH)
    with pytest.raises(NegotiationError, match=r"(?s)countered now, version 2.*Ana \(rep\): counter, version 2"):
        say(thread, "accept", "manager", seen=1)
    # What somebody says meanwhile makes nobody's answer late; and one may say something whatever has come.
    talked = exchange(*BOTH, ("comment", "rep"), ("question", "manager"))
    assert say(talked, "accept", "manager", seen=2).version == 2
    assert say(thread, "comment", "manager", seen=1).kind == "comment"
    # A signature that came meanwhile is told before a new version sweeps it away.
    with pytest.raises(NegotiationError, match=r"Ana \(rep\): accept"):
        say(exchange(PROPOSED, ("accept", "rep")), "propose", "manager", seen=1)


def test_an_offer_without_reasons_or_goals_is_refused_with_all_that_is_missing():
    with pytest.raises(NegotiationError, match=r"(?s)who sends it.*justification.*below zero.*nothing"):
        decide(Thread("Ana"), Say("propose", "", {"Bikes": -5}), "manager", " ", 0)


def agreed(lines, rep="Ana"):
    moves = (("propose", "manager", lines), ("accept", "rep"), ("accept", "manager"))
    return exchange(*moves, rep=rep)


@pytest.mark.parametrize("goal", [4212, 4000, 5001, 0])
def test_an_agreed_goal_stands_in_the_ledger_to_the_cent_and_the_company_total_stays(goal):
    before = book()
    thread = agreed({"Bikes": goal, "Helmets": 77})
    posted = agreement.transaction(thread, TREE, before, MONTHS, "Mia", EUROS)
    ledger.check(posted, TREE)
    after = pd.concat([before, posted.entries], ignore_index=True)
    assert ledger.of(TREE, after, "Ana").groupby("product")["amount"].sum().to_dict() == {
        "Bikes": goal,
        "Helmets": 77,
    }
    told = ledger.assigned(TREE, after).set_index("owner")
    assert told.loc["company", "assigned"] == before["amount"].sum()
    assert told.loc["territory:Canada", "assigned"] == 650
    assert told["unplaced"].sum() == 4212 - goal - 77


def test_the_waterfall_names_the_agreement():
    before = book()
    posted = agreement.transaction(agreed({"Bikes": 4000}), TREE, before, MONTHS, "Mia", EUROS)
    last = ledger.explain(TREE, pd.concat([before, posted.entries]), "Ana").iloc[-1]
    assert last.to_dict() == {
        "step": "agreed", "amount": -212, "reason": "Agreed by Mia and Ana, version 1: because",
        "source": "negotiation of Ana, version 1",
    }  # fmt: skip


def test_nothing_is_posted_before_both_have_accepted():
    with pytest.raises(NegotiationError, match="only a settled goal is posted"):
        agreement.transaction(exchange(PROPOSED), TREE, book(), MONTHS, "Mia", EUROS)


def test_a_decision_is_posted_as_what_it_is_and_names_its_event():
    posted = agreement.transaction(exchange(*TO["set"]), TREE, book(), MONTHS, "Sam", EUROS, "f" * 64)
    assert posted.reason == "Decided by Sam, version 3: because"
    assert posted.reference == f"negotiation of Ana, version 3, {'f' * 64}"


def test_a_phased_goal_asks_for_less_at_first_and_for_the_same_in_the_year():
    before = book()
    thread = exchange(("propose", "manager", {"Bikes": 4000}, {"phase": [85, 95, 105, 115]}), ("accept", "rep"),
                      ("accept", "manager"))  # fmt: skip
    posted = agreement.transaction(thread, TREE, before, MONTHS, "Mia", EUROS)
    after = pd.concat([before, posted.entries], ignore_index=True)
    peru = after[after["owner"] == "position:Peru:Ana"].groupby("period")["amount"].sum()
    assert ledger.of(TREE, after, "Ana").groupby("product")["amount"].sum().to_dict() == {"Bikes": 4000}
    assert (peru / 301).round(2).tolist() == pytest.approx([0.85 * peru.iloc[-1] / 301 / 1.15] * 3
                                                          + [0.95 * peru.iloc[-1] / 301 / 1.15] * 3
                                                          + [1.05 * peru.iloc[-1] / 301 / 1.15] * 3
                                                          + [peru.iloc[-1] / 301] * 3, abs=0.011)  # fmt: skip


def test_suggestions_lie_between_both_sides_and_say_why_they_are_fair():
    company, rep = {"Bikes": 5001, "Helmets": 200, "Tents": 900}, {"Bikes": 4000, "Helmets": 210, "Tents": 500}
    thread = exchange(("propose", "manager", company), ("counter", "rep", rep))
    found = {each.name: each for each in advice.suggestions(thread)}
    middle = found["Split the difference"]
    assert middle.total == (6101 + 4710) // 2
    assert all(min(company[each], rep[each]) - 1 <= amount <= max(company[each], rep[each]) + 1
               for each, amount in middle.lines.items())  # fmt: skip
    trade = found["Trade line for line"]
    assert all(trade.lines[each] in (company[each], rep[each]) for each in company)
    assert trade.why == "The company keeps its number for Tents; the rep keeps theirs for Bikes, Helmets." or (
        "The company keeps" in trade.why
    )
    assert found["Phase it over the year"].lines == company
    assert found["Stretch instead of base"].lines == rep
    assert found["Stretch instead of base"].detail == {"stretch": 6101}
    assert advice.suggestions(exchange(PROPOSED)) == []
    assert advice.suggestions(exchange(PROPOSED, ("counter", "rep", PROPOSED[2]))) == []


AT = datetime(2026, 11, 2, 9, 30)


def chained(thread, start=0, at=AT):
    """Keep the moves of a thread as the store does."""
    events, before = [], chain.START
    for number, move in enumerate(thread.moves, start=start + 1):
        timed = replace(move, at=at)
        before = chain.seal("FY2027 plan", before, number, thread.rep, timed, "mia")
        events.append(Event(number, thread.rep, timed, "mia", before))
    return events


WHOLE = exchange(*TO["reopening"], ("consent", "rep"), PROPOSED, ("accept", "rep"))


def test_a_chain_that_nobody_touched_is_whole_whatever_the_clock_says():
    events = chained(WHOLE)
    assert chain.check("FY2027 plan", events, [Anchor(3, events[2].hash), Anchor(8, events[7].hash)]) == []
    assert chain.check("FY2027 plan", []) == []


CHANGES = {
    "note": "nothing was said", "person": "Eve", "role": "senior", "kind": "comment", "version": 90, "sequence": 70,
    "lines": {"Bikes": 1}, "detail": {"to": "rep"}, "at": datetime(2026, 11, 2, 9, 31),
}  # fmt: skip


@given(st.integers(0, len(WHOLE.moves) - 1), st.sampled_from(sorted(CHANGES)))
@settings(max_examples=60)
def test_whatever_is_edited_is_found_at_its_place(place, field):
    events = chained(WHOLE)
    told = replace(events[place].move, **{field: CHANGES[field]})
    events[place] = replace(events[place], move=told)
    problems = chain.check("FY2027 plan", events)
    assert problems
    assert problems[0].startswith(f"event {place + 1} ")


@given(st.integers(0, len(WHOLE.moves) - 2))
def test_what_is_removed_inserted_or_reordered_is_found_at_its_place(place):
    events = chained(WHOLE)
    removed = events[:place] + events[place + 1 :]
    assert chain.check("FY2027 plan", removed)[0].startswith(f"event {place + 2} ")
    swapped = [*events[:place], events[place + 1], events[place], *events[place + 2 :]]
    assert chain.check("FY2027 plan", swapped)
    again = [*events[: place + 1], *events[place:]]
    assert chain.check("FY2027 plan", again)
    # Renumbered so that the places are right again, the hashes tell it.
    numbered = [replace(each, number=number) for number, each in enumerate(removed, start=1)]
    assert chain.check("FY2027 plan", numbered)


@given(st.integers(1, len(WHOLE.moves)))
def test_an_end_that_was_cut_off_or_written_anew_is_told_by_the_anchor(cut):
    events = chained(WHOLE)
    anchor = Anchor(len(events), events[-1].hash)
    assert chain.check("FY2027 plan", events[:-cut]) == []
    assert "its end was cut off" in chain.check("FY2027 plan", events[:-cut], [anchor])[0]
    rewritten = chained(WHOLE, at=datetime(2026, 11, 3))
    assert chain.check("FY2027 plan", rewritten) == []
    assert "is not the one that was anchored" in chain.check("FY2027 plan", rewritten, [anchor])[0]
    assert chain.check("FY2026 plan", events)


class Negotiation(RuleBasedStateMachine):
    """Any moves by anyone: allowed ones are kept, others refused; agreement only on one version."""

    def __init__(self):
        super().__init__()
        self.thread = Thread("Ana")

    @rule(
        kind=st.sampled_from(KINDS),
        role=st.sampled_from(ROLES),
        behind=st.integers(0, 2),
        lines=st.sampled_from([{}, {"lines": ["Bikes"]}, {"lines": ["Helmets"]}]),
    )
    def move(self, kind, role, behind, lines):
        before = self.thread
        seen = max(len(before.moves) - behind, 0)
        may = kind in allowed(before, role, EITHER) and (kind in ("comment", "question") or not before.since(seen))
        detail = lines if kind == "accept" else None
        try:
            made = say(before, kind, role, {"Bikes": 5, "Helmets": 6} if kind in (*OFFERS, *SETS) else None, detail,
                       seen=seen)  # fmt: skip
        except NegotiationError:
            assert not may
        else:
            assert may
            self.thread = Thread("Ana", (*before.moves, made))

    @invariant()
    def moves_are_in_order_and_no_version_is_used_twice(self):
        assert [each.sequence for each in self.thread.moves] == list(range(1, len(self.thread.moves) + 1))
        versions = [each.version for each in self.thread.moves if each.lines]
        assert versions == sorted(set(versions))

    @invariant()
    def somebody_has_to_move_while_something_is_to_be_settled(self):
        waits = self.thread.waits
        if self.thread.state in ("agreed", "set", "ended"):
            assert waits == ""
        elif self.thread.state != "not started":
            assert set(allowed(self.thread, waits, EITHER)) - {"comment", "question", "delegate"}

    @invariant()
    def only_the_planner_ends_it_for_others(self):
        assert all(each.role == "planner" for each in self.thread.moves if each.kind in PLANNERS)

    @precondition(lambda self: self.thread.state == "agreed")
    @invariant()
    def agreement_rests_on_signatures_of_both_under_every_line_of_the_version_on_the_table(self):
        offer, signed = self.thread.offer, {"manager": set(), "rep": set()}
        for each in self.thread.moves:
            if each.kind == "accept" and each.version == offer.version:
                signed[each.side] |= set(each.detail.get("lines") or offer.lines)
        assert signed == {"manager": set(offer.lines), "rep": set(offer.lines)}


TestNegotiation = Negotiation.TestCase
TestNegotiation.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
