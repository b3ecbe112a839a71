"""Contradictions and gaps among assumptions: each is found, and nothing is made up."""

from decimal import Decimal

import pandas as pd

from planning.assumptions.assumption import Assumption
from planning.assumptions.conflicts import findings
from planning.assumptions.kinds import Scene

MONTHS = [f"2027-{month:02}" for month in range(1, 13)]
SCENE = Scene(MONTHS, heads={"East": 4, "West": 2})
BASE = pd.DataFrame(
    [
        {"territory": place, "product": line, "channel": channel, "period": month, "amount": 100_000}
        for place in ("East", "West")
        for line in ("Bikes", "Helmets")
        for channel in ("Shops", "Online")
        for month in MONTHS
    ]
)


def made(identity, kind="market_growth", value="0.03", **more):
    return Assumption(kind, *[Decimal(value)] * 3, "Owner", "Evidence", identity=identity, **more)


def found(*assumptions, seen=None, trend=0.0):
    return [(each.kind, each.identities) for each in findings(BASE, assumptions, SCENE, seen, trend)]


def test_two_of_a_kind_over_the_same_cells_overlap_and_others_do_not():
    assert found(made(1), made(2, territory="East")) == [("overlap", (1, 2))]
    assert found(made(1, territory="West"), made(2, territory="East")) == []
    assert found(made(1), made(2, "productivity")) == []
    assert found(made(1, channel="Shops"), made(2, channel="Online")) == []


def test_months_that_follow_one_another_do_not_overlap():
    assert found(made(1, last="2027-06"), made(2, first="2027-07")) == []
    assert found(made(1, last="2027-07"), made(2, first="2027-07")) == [("overlap", (1, 2))]


def test_what_was_rejected_contradicts_nothing():
    assert found(made(1), made(2, status="rejected")) == []


def test_a_price_rise_to_which_volume_does_not_answer_is_told():
    assert found(made(1, "price_change")) == [("no response", (1,))]
    assert found(made(1, "price_change", numbers={"elasticity": Decimal("-1.6")})) == []
    assert found(made(1, "price_change", "-0.05")) == []


def test_shares_of_one_whole_cannot_be_more_than_the_whole():
    assert found(made(1, "competitor", "0.6"), made(2, "competitor", "0.7", territory="East")) == [
        ("overlap", (1, 2)),
        ("over 100%", (1, 2)),
    ]
    assert ("over 100%", (1, 2)) not in found(
        made(1, "competitor", "0.6", territory="West"), made(2, "competitor", "0.7", territory="East")
    )


def test_growth_that_no_history_has_seen_is_told_by_territory():
    told = findings(BASE, [made(1, value="0.4", territory="East"), made(2, value="0.02", territory="West")], SCENE,
                    (-0.1, 0.2))  # fmt: skip
    assert [each.kind for each in told] == ["unheard of"]
    assert told[0].says.startswith("East is expected to change by +40.0%")


def test_a_frozen_headcount_that_has_to_sell_more_is_told():
    assert ("frozen", (1,)) in found(made(1, "headcount", "0"), made(2, value="0.1"))
    assert ("frozen", (1,)) not in found(made(1, "headcount", "2"), made(2, value="0.1"))
    assert ("frozen", (1,)) not in found(made(1, "headcount", "0"), made(2, value="-0.1"))


def test_a_territory_without_any_assumption_is_named():
    assert found(made(1, territory="East")) == [("gap", ())]
    assert "West" in findings(BASE, [made(1, territory="East")], SCENE)[0].says
    assert found() == [("gap", ())]


def test_growth_that_the_outlook_goes_on_with_already_is_told_unless_it_is_said_how_much():
    assert found(made(1), trend=0.03) == [("held twice", (1,))]
    assert found(made(1, numbers={"usual": Decimal("0.02")}), trend=0.03) == []
    assert found(made(1), trend=-0.03) == []
    assert found(made(1), trend=0.001) == []


def test_every_finding_says_what_to_do():
    several = [made(1), made(2), made(3, "price_change"), made(4, "headcount", "0")]
    for each in findings(BASE, several, SCENE, (-0.01, 0.01), 0.05):
        assert each.says.endswith(".")
        assert len(each.says) > 60
