import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from planning.errors import NegotiationError
from planning.goals import ledger, owners
from planning.negotiation import agreement
from planning.negotiation.moves import Thread, decide

MONTHS = [f"2021-{month:02d}" for month in range(1, 13)]
TERRITORIES = pd.DataFrame({"territory": ["Canada", "Peru"], "region": ["America", "America"]})
PLACES = pd.DataFrame({"territory": ["Canada", "Canada", "Peru"], "rep": ["Ana", "Ben", "Ana"]})
TREE = owners.build(TERRITORIES, PLACES, "Acme")


def book():
    cells = [("position:Canada:Ana", "Bikes", m, 100) for m in MONTHS[:6]]
    cells += [("position:Peru:Ana", "Bikes", m, 301) for m in MONTHS] + [
        ("position:Canada:Ben", "Bikes", "2021-01", 50)
    ]
    frame = pd.DataFrame(cells, columns=["owner", "product", "period", "amount"])
    wanted = ledger.entries(frame, metric="revenue", step="last_year", reason="r", source="s")
    return pd.concat([each.entries for each in ledger.place(wanted, "plan", "me")], ignore_index=True)


def exchange(*moves, rep="Ana"):
    thread = Thread(rep)
    for kind, role, lines in moves:
        person = "Mia" if role == "manager" else rep
        made = decide(thread, kind, role, person, thread.version, "because", lines)
        thread = Thread(rep, (*thread.moves, made))
    return thread


PROPOSED = ("propose", "manager", {"Bikes": 5000})
COUNTERED = ("counter", "rep", {"Bikes": 4000})


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        ([], "not started"),
        ([PROPOSED], "proposed"),
        ([PROPOSED, COUNTERED], "countered"),
        ([PROPOSED, COUNTERED, ("accept", "manager", None)], "countered"),
        ([PROPOSED, COUNTERED, ("accept", "manager", None), ("accept", "rep", None)], "agreed"),
        ([PROPOSED, ("accept", "rep", None), COUNTERED], "countered"),
        ([PROPOSED, ("comment", "rep", None), ("accept", "rep", None), ("accept", "manager", None)], "agreed"),
    ],
)
def test_moves_lead_to_their_state(moves, state):
    assert exchange(*moves).state == state


@pytest.mark.parametrize(
    ("moves", "kind", "role"),
    [
        ([], "accept", "manager"),
        ([], "counter", "rep"),
        ([], "propose", "rep"),
        ([PROPOSED], "counter", "manager"),
        ([PROPOSED, ("accept", "manager", None)], "accept", "manager"),
        ([PROPOSED, ("accept", "manager", None), ("accept", "rep", None)], "propose", "manager"),
    ],
)
def test_moves_that_the_rules_do_not_allow_are_refused(moves, kind, role):
    thread = exchange(*moves)
    with pytest.raises(NegotiationError, match="may"):
        decide(thread, kind, role, "Mia", thread.version, "because", {"Bikes": 1})


def test_an_answer_to_an_offer_that_is_gone_is_refused_with_what_came_since():
    thread = exchange(PROPOSED, COUNTERED)
    with pytest.raises(NegotiationError, match=r"(?s)version 1.*version 2 now.*Ana \(rep\): counter, version 2"):
        decide(thread, "accept", "manager", "Mia", 1, "")


def test_an_offer_without_reasons_or_goals_is_refused_with_all_that_is_missing():
    with pytest.raises(NegotiationError, match=r"(?s)who sends it.*justification.*below zero.*nothing"):
        decide(Thread("Ana"), "propose", "manager", " ", 0, "", {"Bikes": -5})


def agreed(lines, rep="Ana"):
    moves = (("propose", "manager", lines), ("accept", "rep", None), ("accept", "manager", None))
    return exchange(*moves, rep=rep)


@pytest.mark.parametrize("goal", [4212, 4000, 5001, 0])
def test_an_agreed_goal_stands_in_the_ledger_to_the_cent_and_the_company_total_stays(goal):
    before = book()
    thread = agreed({"Bikes": goal, "Helmets": 77})
    posted = agreement.transaction(thread, TREE, before, MONTHS, "Mia")
    ledger.check(posted, TREE)
    after = pd.concat([before, posted.entries], ignore_index=True)
    assert agreement.held_by_product(TREE, after, "Ana") == {"Bikes": goal, "Helmets": 77}
    told = ledger.assigned(TREE, after).set_index("owner")
    assert told.loc["company", "assigned"] == before["amount"].sum()
    assert told.loc["territory:Canada", "assigned"] == 650
    assert told["unplaced"].sum() == 4212 - goal - 77


def test_the_waterfall_names_the_agreement():
    before = book()
    posted = agreement.transaction(agreed({"Bikes": 4000}), TREE, before, MONTHS, "Mia")
    last = ledger.explain(TREE, pd.concat([before, posted.entries]), "Ana").iloc[-1]
    assert last.to_dict() == {
        "step": "agreed", "amount": -212, "reason": "Agreed by Mia and Ana, version 1: because",
        "source": "negotiation of Ana, version 1",
    }  # fmt: skip


def test_nothing_is_posted_before_both_have_accepted():
    with pytest.raises(NegotiationError, match="only an agreed goal is posted"):
        agreement.transaction(exchange(PROPOSED), TREE, book(), MONTHS, "Mia")


class Negotiation(RuleBasedStateMachine):
    """Any moves by anyone: allowed ones are kept, others refused; agreement only on one version."""

    def __init__(self):
        super().__init__()
        self.thread = Thread("Ana")

    @rule(
        kind=st.sampled_from(["propose", "counter", "comment", "accept"]),
        role=st.sampled_from(["manager", "rep"]),
        behind=st.integers(0, 1),
        amount=st.integers(1, 10**9),
    )
    def move(self, kind, role, behind, amount):
        seen = self.thread.version - behind
        allowed = behind == 0 and kind in self.thread.allowed(role)
        before = self.thread
        try:
            made = decide(before, kind, role, "X", seen, "why", {"Bikes": amount})
        except NegotiationError:
            assert not allowed
        else:
            assert allowed
            self.thread = Thread("Ana", (*before.moves, made))

    @invariant()
    def moves_are_in_order(self):
        assert [each.sequence for each in self.thread.moves] == list(range(1, len(self.thread.moves) + 1))

    @precondition(lambda self: self.thread.state == "agreed")
    @invariant()
    def agreement_rests_on_two_acceptances_of_the_last_offer(self):
        accepts = [m for m in self.thread.moves if m.kind == "accept" and m.version == self.thread.offer.version]
        assert {each.role for each in accepts} == {"manager", "rep"}


TestNegotiation = Negotiation.TestCase
TestNegotiation.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
