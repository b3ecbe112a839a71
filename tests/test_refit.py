"""Two cuts of a goal at once: products and quarters, with the whole and everybody's goal conserved."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.errors import LedgerError
from planning.forms import cuts as form_of_cuts
from planning.forms.page import Page
from planning.goals import owners
from planning.goals.editing.refit import refit
from planning.workbook import goals
from planning.workbook.editing import within
from planning.workbook.editing.book import hold, undo
from planning.workbook.editing.within import Cuts

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
    with pytest.raises(LedgerError, match=r"(?s)no product line 'Boats'.*3,800 more than the whole goal"):
        refit(TREE, book([100] * 12), "company", {"Boats": 1, "Bikes": 5000}, {}, LABELS)


@given(st.lists(st.integers(1, 10**6), min_size=12, max_size=12), st.integers(0, 100), st.integers(0, 11))
@settings(max_examples=60, deadline=None)
def test_a_line_in_a_period_and_a_person_that_are_held_stay_or_what_clashes_is_named(amounts, part, place):
    rows, owner = book(amounts), CELLS[place][0]
    keys = ["product", "period"]
    asked = ({"Bikes": sum(amounts) * part // 100}, {}, LABELS, [owner], [("Parts", "Q1")])
    own = rows[rows["owner"] == owner].groupby("product")["amount"].sum()
    others = rows[rows["owner"] != owner]
    still = others.loc[(others["product"] == "Parts") & (others["period"].map(LABELS) == "Q1"), "amount"].sum()
    most = sum(amounts) - int(own["Parts"]) - int(still)
    if not own["Bikes"] <= asked[0]["Bikes"] <= most:
        with pytest.raises(LedgerError, match=r"stays as it is|cannot go below|cannot reach|than the whole goal"):
            refit(TREE, rows, "company", *asked)
        return
    try:
        moved = refit(TREE, rows, "company", *asked)
    except LedgerError:
        # The quarters share what is left by what they hold, which the held line may leave no room for.
        with pytest.raises(LedgerError, match=r"in the way stand what is held|cannot"):
            raise
        return
    assert owner not in set(moved["owner"])
    held = moved[(moved["product"] == "Parts") & (moved["period"].map(LABELS) == "Q1")]
    assert held.groupby(keys)["amount"].sum().abs().sum() == 0
    products, _ = after(rows, moved)
    assert products["Bikes"] == sum(amounts) * part // 100


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (({"Bikes": 100}, {}, ["position:Canada:Ana"]), "Bikes: 300 of it stays as it is, more than the 100 asked"),
        (({"Bikes": 600}, {"Q1": 300}, (), [("Bikes", "Q1")]), "Q1 cannot go below 400, 100 past its total of 300"),
        (({"Bikes": 700}, {"Q1": 800}, (), [("Parts", "Q1"), ("Bikes", "Q2")]), "in the way stand what is held"),
        (({}, {}, (), [("Boats", "Q1")]), "'Boats' in 'Q1'"),
        (({"Bikes": 100, "Parts": 100}, {}), "1,000 less than the whole goal"),
    ],
)
def test_bounds_that_clash_are_called_by_their_names_and_by_how_much(asked, says):
    products, periods, *rest = asked
    with pytest.raises(LedgerError, match=says):
        refit(TREE, book([100] * 12), "company", products, periods, LABELS, *rest)


def test_a_fit_is_seen_before_it_is_applied_and_goals_that_are_held_stay(planned):
    position = str(goals.goals(planned).query("territory == 'Harbour Coast' and kind == 'position'")["owner"].iloc[0])
    hold(planned, position, "Is new", "planner")
    before = goals.goals(planned).set_index("owner")["assigned"]
    line = str(goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"].idxmax())
    cuts = Cuts({line: 100_000_000}, {})
    seen = within.refitted(planned, "Harbour Coast", cuts)
    assert goals.goals(planned).set_index("owner")["assigned"].equals(before)
    done = within.refit(planned, "Harbour Coast", cuts, "A campaign", "planner")
    pd.testing.assert_frame_equal(seen, done)
    assert goals.goals(planned).set_index("owner")["assigned"][position] == before[position]
    with pytest.raises(LedgerError, match=r"USD|\$"):
        within.refitted(planned, "Harbour Coast", Cuts({line: 10**15}, {}))
    with pytest.raises(LedgerError, match="changes nothing"):
        within.refit(planned, "Harbour Coast", cuts, "Once more", "planner")


def test_the_sample_company_is_fitted_and_undone(planned):
    before = goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"]
    carried = goals.goals(planned).set_index("owner")["assigned"]
    line = str(before.idxmax())
    asked = int(before[line]) + 10_000_000
    cuts = Cuts({line: asked}, {"FY2027 Q1": 60_000_000})
    table = within.refit(planned, "Harbour Coast", cuts, "A campaign", "planner")
    assert table.groupby("product")["after"].sum()[line] == asked
    assert table.groupby("period")["after"].sum()["FY2027 Q1"] == 60_000_000
    assert table.groupby("product")["before"].sum().to_dict() == before.to_dict()
    assert (
        goals.goals(planned).set_index("owner")["assigned"]["territory:Harbour Coast"]
        == carried["territory:Harbour Coast"]
    )
    undo(planned, "planner")
    assert goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"].equals(before)


def test_the_form_shows_a_fit_before_it_is_done_says_what_clashes_and_undoes_it(planned):
    before = goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"].to_dict()
    changed = []
    form = form_of_cuts._Form(Page(planned, "4_goals.ipynb", ""), lambda: changed.append(1))
    form._who.control.value = "territory:Harbour Coast"
    line, quarter = form._lines["Cookware"], form._quarters["FY2027 Q1"]
    line.control.value, quarter.control.value = "7000000", "500000"
    assert "more than the whole goal" in form._does.view.children[0].value
    line.control.value = "700000"
    assert "$700,000.00" in form._does.view.children[1].value
    assert goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"].to_dict() == before
    press(form, "Fit it")
    assert "Why both cuts: this is needed" in form._messages.view.value
    form._why.control.value = "A campaign"
    press(form, "Fit it")
    after = goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"]
    assert (int(after["Cookware"]), int(after.sum())) == (70_000_000, sum(before.values()))
    assert goals.split(planned, "Harbour Coast", "quarter").set_index("quarter")["goal"]["FY2027 Q1"] == 50_000_000
    assert form._lines["Cookware"].control.value == ""
    press(form, "Undo the last change")
    assert goals.split(planned, "Harbour Coast", "product").set_index("product")["goal"].to_dict() == before
    assert len(changed) == 2


def press(form, label):
    row = next(
        each for each in form.view.children if any(hasattr(one, "click") for one in getattr(each, "children", []))
    )
    next(one for one in row.children if getattr(one, "description", "") == label).click()
