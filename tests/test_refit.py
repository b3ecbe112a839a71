"""Two cuts of a goal at once: products and quarters, with the whole and everybody's goal conserved."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import LedgerError
from planning.goals import owners
from planning.goals.editing.refit import refit
from planning.workbook import goals
from planning.workbook.editing import within
from planning.workbook.editing.book import undo

TREE = owners.build(
    pd.DataFrame({"territory": ["Canada"], "region": ["North"]}),
    pd.DataFrame({"territory": ["Canada"] * 2, "rep": ["Ana", "Ben"]}),
    "Acme",
)
LABELS = {"2027-01": "Q1", "2027-02": "Q1", "2027-04": "Q2"}
CELLS = [
    (f"position:Canada:{rep}", product, "", month)
    for rep in ("Ana", "Ben")
    for product in ("Bikes", "Parts")
    for month in LABELS
]


def book(amounts):
    rows = [(*cell, amount) for cell, amount in zip(CELLS, amounts, strict=True)]
    return pd.DataFrame(rows, columns=["owner", "product", "channel", "period", "amount"])


def after(rows, moved):
    both = pd.concat([rows, moved])
    return both.groupby("product")["amount"].sum(), both.groupby(both["period"].map(LABELS))["amount"].sum()


@given(st.lists(st.integers(1, 10**6), min_size=12, max_size=12), st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_both_cuts_hold_at_once_and_the_whole_stays(amounts, part, early):
    rows = book(amounts)
    whole = sum(amounts)
    bikes, first = whole * part // 100, whole * early // 100
    moved = refit(TREE, rows, "company", {"Bikes": bikes}, {"Q1": first}, LABELS)
    products, quarters = after(rows, moved)
    assert (products["Bikes"], products.sum()) == (bikes, whole)
    assert (quarters["Q1"], quarters.sum()) == (first, whole)
    assert (pd.concat([rows, moved]).groupby(["owner", "product", "period"])["amount"].sum() >= 0).all()


def test_what_is_not_named_shares_what_is_left_and_returns_stay():
    rows = pd.concat(
        [
            book([100] * 12),
            pd.DataFrame([("territory:Canada", "Bikes", "", "2027-01", -50)], columns=book([1] * 12).columns),
        ]
    )
    moved = refit(TREE, rows, "company", {"Bikes": 650}, {}, LABELS)
    products, _ = after(rows, moved)
    assert products.to_dict() == {"Bikes": 650, "Parts": 500}
    assert "territory:Canada" not in set(moved["owner"])


def test_what_cannot_be_is_said_with_by_how_much():
    with pytest.raises(LedgerError, match=r"(?s)no product line 'Boats'.*over the whole goal"):
        refit(TREE, book([100] * 12), "company", {"Boats": 1, "Bikes": 5000}, {}, LABELS)


def test_the_sample_company_is_fitted_and_undone(planned):
    before = goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"]
    carried = goals.goals(planned).set_index("owner")["assigned"]
    line = str(before.idxmax())
    asked = int(before[line]) + 10_000_000
    table = within.refit(planned, "Harbour Coast", {line: asked}, {"FY2027 Q1": 60_000_000}, "A campaign", "planner")
    assert table.set_index("product").loc[line].sum() == asked
    assert table["FY2027 Q1"].sum() == 60_000_000
    assert (
        goals.goals(planned).set_index("owner")["assigned"]["territory:Harbour Coast"]
        == carried["territory:Harbour Coast"]
    )
    undo(planned, "planner")
    assert goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"].equals(before)
