from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.assumptions import assumption as rules
from planning.assumptions import effects
from planning.assumptions.assumption import Assumption, fraction
from planning.errors import AssumptionError

BASELINE = pd.DataFrame(
    {"territory": ["Canada", "Canada", "Peru"], "product": ["Bikes", "Helmets", "Bikes"], "amount": [1000, 333, 777]}
)


def made(kind="market_growth", low="0.01", likely="0.03", high="0.05", **more):
    given = {"owner": "Sales operations", "evidence": "Trade association", **more}
    return Assumption(kind, Decimal(low), Decimal(likely), Decimal(high), **given)


def test_growth_applies_to_its_scope_alone():
    change = effects.effect(BASELINE, made(likely="0.10", high="0.2", territory="Canada"))
    assert change["amount"].tolist() == [100, 33]


def test_a_price_change_on_one_line_leaves_the_others():
    change = effects.effect(BASELINE, made("price_change", "0.05", "0.05", "0.05", product_line="Helmets"))
    assert change["amount"].tolist() == [17]


def test_turnover_costs_the_sales_of_empty_seats():
    # 12% leave, a seat is empty for 3 of 12 months, half of its sales are lost: 1.5%.
    turnover = made("rep_turnover", "0.12", "0.12", "0.12", numbers={"months_to_fill": Decimal(3)})
    assert turnover.change(turnover.likely) == Decimal("-0.015")
    assert effects.effect(BASELINE.assign(amount=100_000), turnover)["amount"].tolist() == [-1500, -1500, -1500]


@given(
    st.lists(st.integers(-(10**9), 10**12), min_size=1, max_size=40),
    st.lists(st.decimals("-0.9", "5", places=4), min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_effects_add_up_to_the_rounded_whole_in_any_order(amounts, changes):
    cells = pd.DataFrame({"territory": "A", "product": "B", "amount": amounts})
    assumed = [made(low=str(c), likely=str(c), high=str(c)) for c in changes]
    totals = [int(effects.effect(cells, each)["amount"].sum()) for each in assumed]
    assert all(abs(t - sum(amounts) * c) <= Decimal("0.5") for t, c in zip(totals, changes, strict=True))
    assert [int(effects.effect(cells, each)["amount"].sum()) for each in reversed(assumed)] == totals[::-1]


def test_the_range_is_priced_from_low_to_high():
    table = effects.summary(BASELINE.assign(amount=100_000), [made()])
    assert table.iloc[0].tolist() == [0, 3000, 9000, 15000]


def test_all_that_is_wrong_with_an_assumption_is_said_at_once():
    nowhere = {"territory": "Atlantis", "product_line": "Boats", "numbers": {"speed": Decimal(1)}}
    wrong = made(low="0.5", likely="0.1", high="9", owner=" ", evidence="", **nowhere)
    with pytest.raises(AssumptionError) as caught:
        rules.check(wrong, ["Canada"], ["Bikes"])
    for part in ("do not rise", "lies outside", "no owner", "no evidence", "'Atlantis'", "'Boats'", "'speed'"):
        assert part in str(caught.value)


def test_a_number_of_a_kind_has_its_own_range():
    with pytest.raises(AssumptionError, match="Months until a seat is filled: 13 lies outside 0 to 12"):
        rules.check(made("rep_turnover", numbers={"months_to_fill": Decimal(13)}), [], [])


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(AssumptionError, match="Did you mean 'price_change'"):
        rules.check(made("price_chnge"), [], [])


@pytest.mark.parametrize("text", ["", "four", "4%%", "1,5", "nan", "inf%"])
def test_a_share_that_is_not_plain_is_refused(text):
    with pytest.raises(AssumptionError, match="is not a share"):
        fraction(text)
