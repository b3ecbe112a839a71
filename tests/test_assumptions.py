from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.amounts import in_money
from planning.assumptions import assumption as rules
from planning.assumptions import effects
from planning.assumptions.assumption import Assumption, Known, fraction
from planning.assumptions.kinds import KINDS, Scene
from planning.errors import AssumptionError

MONTHS = [f"2027-{month:02}" for month in range(1, 13)]
SCENE = Scene(MONTHS, heads={"Canada": 4, "Peru": 2}, ramp_months=6)
EUROS = in_money("EUR")
KNOWN = Known(["Canada"], ["Bikes"], months=MONTHS)
BASELINE = pd.DataFrame(
    {
        "territory": ["Canada", "Canada", "Peru"],
        "product": ["Bikes", "Helmets", "Bikes"],
        "channel": "Shops",
        "period": "",
        "amount": [1000, 333, 777],
    }
)
YEAR = pd.DataFrame(
    [
        {"territory": place, "product": line, "channel": "Shops", "period": month, "amount": 120_000}
        for place in ("Canada", "Peru")
        for line in ("Bikes", "Helmets")
        for month in MONTHS
    ]
)


def made(kind="market_growth", low="0.01", likely="0.03", high="0.05", **more):
    given = {"owner": "Sales operations", "evidence": "Trade association", **more}
    return Assumption(kind, Decimal(low), Decimal(likely), Decimal(high), **given)


def test_growth_applies_to_its_scope_alone():
    change = effects.effect(BASELINE, made(likely="0.10", high="0.2", territory="Canada"), SCENE)
    assert change["amount"].tolist() == [100, 33]


def test_a_price_change_on_one_line_leaves_the_others():
    change = effects.effect(BASELINE, made("price_change", "0.05", "0.05", "0.05", product_line="Helmets"), SCENE)
    assert change["amount"].tolist() == [17]


def test_turnover_costs_the_sales_of_empty_seats():
    # 12% leave, a seat is empty for 3 of 12 months, half of its sales are lost: 1.5%.
    turnover = made("rep_turnover", "0.12", "0.12", "0.12", numbers={"months_to_fill": Decimal(3)})
    assert effects.effect(BASELINE.assign(amount=100_000), turnover, SCENE)["amount"].tolist() == [
        -1500,
        -1500,
        -1500,
    ]


@given(
    st.lists(st.integers(-(10**9), 10**12), min_size=1, max_size=40),
    st.lists(st.decimals("-0.9", "5", places=4), min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_effects_add_up_to_the_rounded_whole_in_any_order(amounts, changes):
    cells = pd.DataFrame({"territory": "A", "product": "B", "channel": "", "period": "", "amount": amounts})
    assumed = [made(low=str(c), likely=str(c), high=str(c)) for c in changes]
    totals = [int(effects.effect(cells, each, SCENE)["amount"].sum()) for each in assumed]
    assert all(abs(t - sum(amounts) * c) <= Decimal("0.6") for t, c in zip(totals, changes, strict=True))
    assert [int(effects.effect(cells, each, SCENE)["amount"].sum()) for each in reversed(assumed)] == totals[::-1]


def test_the_range_is_priced_from_low_to_high():
    table = effects.summary(BASELINE.assign(amount=100_000), [made()], SCENE)
    assert table.iloc[0].tolist() == [0, 3000, 9000, 15000]


def amounts(assumption, by="territory", scene=SCENE):
    return effects.effect(YEAR, assumption, scene).groupby(by)["amount"].sum()


def same(kind, value, **more):
    return made(kind, str(value), str(value), str(value), **more)


def test_points_of_share_are_worth_what_a_point_brings_now():
    won = amounts(same("share_change", "-0.02", numbers={"share": Decimal("0.25")}))
    assert won.sum() == round(YEAR["amount"].sum() * -0.08)


def test_a_competitor_takes_hold_over_months_and_only_from_when_it_comes():
    lost = amounts(
        same("competitor", "0.3", territory="Peru", first="2027-07", numbers={"months_to_full": Decimal(3)}), "period"
    )
    assert lost.index.min() == "2027-07"
    assert lost["2027-07"] == round(-240_000 * 0.3 * 0.5 / 3)
    assert lost["2027-12"] == -72_000


def test_a_price_rise_meets_the_volume_that_answers_it():
    alone = amounts(same("price_change", "0.06")).sum()
    answered = amounts(same("price_change", "0.06", numbers={"elasticity": Decimal("-1.6")})).sum()
    assert alone == round(YEAR["amount"].sum() * 0.06)
    assert answered == round(YEAR["amount"].sum() * (1.06**-0.6 - 1))


def test_a_launch_adds_its_curve_less_what_it_takes_from_others():
    numbers = {"months_to_full": Decimal(6), "cannibalised": Decimal("0.25")}
    added = amounts(same("launch", "1200000", product_line="Bikes", numbers=numbers), "period")
    # A twelfth a month: 1/12 of its level in the middle of the first of six months, all of it from the seventh on.
    assert added["2027-01"] == round(100_000 / 12 * 0.75)
    assert added["2027-12"] == 75_000
    assert added.sum() == round(sum(min(1, (month + 0.5) / 6) for month in range(12)) * 75_000)


def test_half_of_a_years_attrition_is_felt_within_the_year():
    lost = amounts(same("customer_attrition", "0.17", numbers={"size": Decimal(1)})).sum()
    assert lost == round(-0.17 / 2 * YEAR["amount"].sum())


def test_new_seats_grow_into_their_sales_and_lost_ones_are_missed_at_once():
    grown = amounts(same("headcount", 1, numbers={"worth": Decimal(1)}), "period")
    gone = amounts(same("headcount", -1, numbers={"worth": Decimal(1)}), "period")
    a_seat = 480_000 / 6
    assert abs(grown["2027-01"] - a_seat * 0.5 / 6) < 2
    assert grown["2027-12"] == a_seat
    assert (gone == -a_seat).all()


def test_working_days_move_the_months_that_have_more_or_fewer():
    days = Scene(MONTHS, {"2027-02": 1.05, "2027-03": 0.9})
    moved = amounts(same("working_days", "1"), "period", days)
    assert moved["2027-02"] == 24_000
    assert moved["2027-03"] == -48_000
    assert moved.drop(["2027-02", "2027-03"]).eq(0).all()


def test_a_segment_is_priced_by_its_part_of_each_cell():
    sold = [
        ("Canada", "Bikes", "Chains", 30),
        ("Canada", "Bikes", "Independents", 70),
        ("Peru", "Bikes", "Chains", 50),
    ]
    customers = pd.DataFrame(sold, columns=["territory", "product", "segment", "amount"]).assign(
        channel="Shops", tier=""
    )
    found = amounts(
        same("market_growth", "0.1", segment="Chains"), ["territory", "product"], Scene(MONTHS, customers=customers)
    )
    assert found["Canada", "Bikes"] == round(12 * 120_000 * 0.1 * 0.3)
    assert found["Peru", "Bikes"] == 12 * 12_000
    assert found["Canada", "Helmets"] == 0


EVERY_KIND = st.sampled_from(sorted(KINDS)).flatmap(
    lambda name: st.builds(
        lambda value, place, line, first: same(name, value, territory=place, product_line=line, first=first),
        st.decimals("0", "0.5", places=3) if KINDS[name].unit == "share" else st.integers(0, 50),
        st.sampled_from(["", "Canada", "Peru"]),
        st.sampled_from(["", "Bikes"]),
        st.sampled_from(["", "2027-04"]),
    )
)


@given(st.lists(EVERY_KIND, min_size=1, max_size=6), st.randoms())
@settings(max_examples=150, deadline=None)
def test_steps_and_what_they_do_to_one_another_make_up_the_whole_whatever_the_order(assumed, chance):
    def priced(each):
        return [effects.effect(YEAR, one, SCENE)["amount"].sum() for one in each], effects.together(YEAR, each, SCENE)

    alone, joint = priced(assumed)
    turned = list(assumed)
    chance.shuffle(turned)
    alone_turned, joint_turned = priced(turned)
    assert sorted(alone) == sorted(alone_turned)
    assert abs(joint["amount"] - joint_turned["amount"]).max() <= 1
    exact = YEAR["amount"].to_numpy(dtype=float)
    added = 0
    for one in assumed:
        rows = effects.in_scope(YEAR, one).index
        if KINDS[one.kind].change is None:
            added += effects.effect(YEAR, one, SCENE)["amount"].sum()
            continue
        factor = pd.Series(1.0, YEAR.index)
        factor[rows] += effects.effect(YEAR.assign(amount=10**12), one, SCENE)["amount"] / 10**12
        exact = exact * factor.to_numpy()
    whole = YEAR["amount"].sum() + sum(alone) + joint["amount"].sum()
    assert abs(whole - (exact.sum() + added)) <= len(assumed) + 1


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_it_asks_how_it_is_calculated_and_where_from(name):
    rule = KINDS[name]
    assert rule.asks.endswith(".")
    assert rule.formula
    assert rule.source
    assert (rule.change is None) != (rule.adds is None)
    assert all(each.minimum <= each.default <= each.maximum for each in rule.fields)


def test_the_parts_of_the_territories_add_up_to_the_company():
    one = same("headcount", 1)
    whole = effects.summary(YEAR, [one], SCENE)["likely"].sum()
    assert whole == sum(effects.summary(YEAR, [one], SCENE, place)["likely"].sum() for place in ("Canada", "Peru"))


def test_months_outside_the_year_and_in_the_wrong_order_are_refused():
    with pytest.raises(AssumptionError, match="2026-12 is not a month of the year"):
        rules.check(made(first="2026-12"), KNOWN, EUROS)
    with pytest.raises(AssumptionError, match="ends in 2027-03 before it begins in 2027-05"):
        rules.check(made(first="2027-05", last="2027-03"), KNOWN, EUROS)


def test_all_that_is_wrong_with_an_assumption_is_said_at_once():
    nowhere = {"territory": "Atlantis", "product_line": "Boats", "numbers": {"speed": Decimal(1)}}
    wrong = made(low="0.5", likely="0.1", high="9", owner=" ", evidence="", **nowhere)
    with pytest.raises(AssumptionError) as caught:
        rules.check(wrong, KNOWN, EUROS)
    for part in ("do not rise", "lies outside", "no owner", "no evidence", "'Atlantis'", "'Boats'", "'speed'"):
        assert part in str(caught.value)


def test_amounts_of_an_assumption_are_told_in_money():
    with pytest.raises(AssumptionError) as caught:
        rules.check(made("launch", low="120000", likely="90000", high="100000.5"), KNOWN, EUROS)
    assert "low 1,200.00 EUR, likely 900.00 EUR, high 1,000.00 EUR do not rise" in str(caught.value)
    assert "close to 1,000.00 EUR has more decimals than the currency" in str(caught.value)


def test_a_number_of_a_kind_has_its_own_range():
    with pytest.raises(AssumptionError, match="Months until a seat is filled: 13 lies outside 0 to 12"):
        rules.check(made("rep_turnover", numbers={"months_to_fill": Decimal(13)}), KNOWN, EUROS)


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(AssumptionError, match="Did you mean 'price_change'"):
        rules.check(made("price_chnge"), KNOWN, EUROS)


@pytest.mark.parametrize("text", ["", "four", "4%%", "1,5", "nan", "inf%"])
def test_a_share_that_is_not_plain_is_refused(text):
    with pytest.raises(AssumptionError, match="is not a share"):
        fraction(text)
