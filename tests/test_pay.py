"""Pay plans: what attainment earns, to the cent; what it costs; and whether pay and goals pull the same way."""

import shutil
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from planning.errors import LedgerError
from planning.forms.page import Page
from planning.forms.takes import pay as earns
from planning.goals.pay.alignment import Asked, findings
from planning.goals.pay.commission import GATES, Commission
from planning.goals.pay.curve import Bonus, Curve, Tier
from planning.goals.pay.earned import Sold, at_level, attained, by_period, pay, spread
from planning.goals.pay.plan import Component, PayPlan, check, of_role
from planning.goals.pay.written import EXAMPLE, attainments, read, written
from planning.history.engine import open_history
from planning.history.results import employed
from planning.periods import PERIODS
from planning.workbook import goals
from planning.workbook.pay import asked, kept, paid
from planning.workbook.place import stand

METRICS = ["revenue", "opportunities", "calls"]


@pytest.fixture(scope="module")
def place(planned_company, tmp_path_factory):
    """Make one workspace for all tests that draw the year, since the first draw takes seconds."""
    workspace = tmp_path_factory.mktemp("pay") / "workspace"
    shutil.copytree(planned_company, workspace)
    return stand(str(workspace))


@pytest.fixture
def priced(place):
    """Give that workspace, without pay plans of other tests."""
    yield place
    for each in kept.plans(place):
        kept.withdraw(place, each.role, "planner")


def curve(*tiers, **more):
    return Curve(**more, tiers=tuple(Tier(Decimal(begins), Decimal(rate)) for begins, rate in tiers))


def commission(*pairs, **more):
    return Commission(tuple((begins * 100, Decimal(rate) / 100) for begins, rate in pairs), **more)


STEEP = curve((1, "1.5"), ("1.2", 2), threshold=Decimal("0.5"), at_threshold=Decimal("0.5"), cap=Decimal("2.5"))


def test_a_deal_that_passes_a_tier_earns_each_part_at_its_own_rate():
    # 145,000 closed, a deal of 20,000: 5,000 at 4% and 15,000 at 6%, which is 5.5% of it.
    steps = commission((0, 4), (150_000, 6), (250_000, 8))
    assert steps.of(2_000_000, since=14_500_000) == 110_000
    assert steps.of(2_000_000, since=14_500_000) / 2_000_000 == Fraction("0.055")
    assert steps.parts(2_000_000, since=14_500_000) == [(500_000, Decimal("0.04")), (1_500_000, Decimal("0.06"))]


def test_a_month_past_its_tier_earns_the_higher_rate_on_what_is_beyond_alone():
    assert commission((0, 4), (200_000, 6)).of(22_000_000) == 920_000


def test_an_accelerator_may_wait_until_the_year_is_met():
    steps = commission((0, 5), (100_000, 6), (125_000, 7), per="quarter")
    assert steps.of(15_000_000) == 825_000
    sold, quota = [5_000_000, 7_500_000, 20_000_000], [10_000_000] * 4
    assert steps.by_period(sold, quota) == [250_000, 375_000, 500_000 + 150_000 + 525_000]
    # 325,000 to date is above the 300,000 due so far, and below the 400,000 of the year.
    assert replace(steps, gate="year_to_date").by_period(sold, quota)[2] == 1_175_000
    assert replace(steps, gate="year").by_period(sold, quota)[2] == 1_000_000


LADDERS = st.lists(st.tuples(st.integers(1, 90_000), st.integers(0, 20)), max_size=3, unique_by=lambda each: each[0])


@settings(max_examples=200)
@given(LADDERS, st.lists(st.integers(0, 10_000_000), min_size=1, max_size=8))
def test_commission_does_not_depend_on_how_sales_are_cut_into_deals(ladder, deals):
    steps, sold, whole = commission((0, 4), *sorted(ladder)), 0, Fraction(0)
    for deal in deals:
        whole += steps.of(deal, since=sold)
        sold += deal
    assert whole == steps.of(sold)


@settings(max_examples=200)
@given(LADDERS, st.integers(0, 20_000_000), st.integers(1, 1_000))
def test_commission_never_falls_and_nothing_jumps_where_a_tier_begins(ladder, amount, more):
    steps = commission((0, 4), *sorted(ladder))
    assert 0 <= steps.of(amount + more) - steps.of(amount) <= more * max(rate for _, rate in steps.tiers)


@settings(max_examples=60)
@given(
    LADDERS, st.sampled_from(list(GATES)),
    st.lists(st.tuples(st.integers(-1_000_000, 20_000_000), st.integers(0, 20_000_000)), min_size=4, max_size=4),
)  # fmt: skip
def test_commission_in_all_draws_is_commission_for_each(ladder, gate, year):
    steps = commission((0, 4), *sorted(ladder), per="quarter", gate=gate)
    amounts, quotas = ([each[place] for each in year] for place in (0, 1))
    exact = [float(each) for each in steps.by_period(amounts, quotas)]
    assert steps.by_period_all(np.array([amounts], dtype=float), quotas)[0] == pytest.approx(exact)


def test_pay_begins_at_the_threshold_reaches_all_at_the_target_and_ends_at_the_cap():
    points = {"0.49": 0, "0.5": "0.5", "0.75": "0.75", "1": 1, "1.1": "1.15", "1.2": "1.3", "1.3": "1.5", "3": "2.5"}
    for attainment, earned in points.items():
        assert STEEP.pays(Fraction(attainment)) == Fraction(earned)
    assert STEEP.reaches_cap_at == Fraction("1.8")
    assert Curve().pays(Fraction("1.3")) == Fraction("1.3")
    assert Curve().reaches_cap_at is None
    all_or_nothing = Curve(threshold=Decimal(1), at_threshold=Decimal(1))
    assert [all_or_nothing.pays(Fraction(each)) for each in ("0.99", 1, "1.5")] == [0, 1, Fraction("1.5")]


PARTS = st.integers(0, 100).map(lambda each: Decimal(each) / 100)


@settings(max_examples=200)
@given(
    PARTS, PARTS, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 400)), max_size=3),
    st.none() | st.integers(100, 400), st.lists(st.integers(0, 400), min_size=2, max_size=6),
)  # fmt: skip
def test_more_attainment_never_earns_less_and_past_the_threshold_nothing_jumps(low, at, steps, cap, attained_percent):
    rising = dict(sorted((Decimal(100 + begins) / 100, Decimal(rate) / 100) for begins, rate in steps))
    made = Curve(low, at, tuple(Tier(*each) for each in rising.items()), None if cap is None else Decimal(cap) / 100)
    points = sorted(Fraction(each, 100) for each in attained_percent)
    paid = [made.pays(each) for each in points]
    assert paid == sorted(paid)
    assert made.pays_all(np.array(points, dtype=float)) == pytest.approx([float(each) for each in paid])
    steepest = max([Fraction(4), *(rate for *_, rate in made.segments)])
    little = Fraction(1, 10_000)
    for each in points:
        if each >= Fraction(low) and each > 0:
            assert made.pays(each + little) - made.pays(each) <= steepest * little


def test_what_is_wrong_with_a_plan_is_said_at_once():
    wrong = PayPlan(
        "", 0, 100, (
            Component("revenue", Decimal("0.5"),
                      curve(("1.2", 1), ("1.1", -1), threshold=Decimal(2), cap=Decimal("0.5")),
                      (Bonus(Decimal(1), 0),)),
            Component("revenu", Decimal(0), Curve(at_threshold=Decimal("0.3"))),
            Component("revenue", Decimal("0.1"), Curve(Decimal(1))),
        ),
        Commission(((100, Decimal("1.5")), (50, Decimal(-1))), "week", "never"),
    )  # fmt: skip
    with pytest.raises(LedgerError) as told:
        check(wrong, METRICS)
    for words in ("paid for twice", "Did you mean 'revenue'", "come to 0.6", "threshold of 200%", "do not rise",
                  "rate of -1", "cap of 50%", "earned for nothing", "not above the target",
                  "weight of 0", "0% at a threshold that is the target", "does not begin at 0", "tiers do not rise",
                  "150% pays more than is sold", "-100% is below zero", "'week'", "'never'"):  # fmt: skip
        assert words in str(told.value)
    with pytest.raises(LedgerError, match="pays nothing"):
        check(PayPlan("", 0, 0, ()), METRICS)
    with pytest.raises(LedgerError, match="share an incentive of nothing"):
        check(PayPlan("", 100, 0, (Component("revenue", Decimal(1)),)), METRICS)
    check(PayPlan("", 0, 0, (), commission((0, 5))), METRICS)


def test_a_plan_is_read_as_it_is_written_and_what_cannot_be_is_named_by_its_place():
    plan = read(EXAMPLE, 2)
    check(plan, METRICS)
    assert (plan.base, plan.incentive, at_level(plan, Fraction(1))) == (6_000_000, 4_000_000, 10_000_000)
    assert plan.components[0].curve == STEEP
    assert plan.components[0].bonuses == (Bonus(Decimal("1.2"), 500_000),)
    with pytest.raises(LedgerError) as told:
        read('bas = "1"\nincentive = "x"\n[[component]]\nmetric = "a"\nabove = "100%"\ncap = "much"\n', 2)
    for words in ("Did you mean 'base'", "incentive:", "component 1: weight is missing", "component 1, above",
                  "component 1, cap: 'much'"):  # fmt: skip
        assert words in str(told.value)
    with pytest.raises(LedgerError, match="not valid TOML"):
        read("base = = 1", 2)


def test_base_and_incentive_may_be_said_as_pay_at_target_and_its_mix():
    plan = read('at_target = "100000.01"\nmix = "60/40"', 2)
    assert (plan.base, plan.incentive) == (6_000_001, 4_000_000)
    with pytest.raises(LedgerError, match="'60/30' is no split of 100"):
        read('at_target = "1"\nmix = "60/30"', 2)
    for half in ('mix = "60/40"', 'at_target = "1"', 'base = "1"\nat_target = "1"\nmix = "60/40"'):
        with pytest.raises(LedgerError, match="state either base and incentive, or at_target and mix"):
            read(half, 2)


def test_a_commission_is_read_from_its_own_table():
    told = '[commission]\ntiers = ["0: 5%", "100000: 6%"]\nper = "quarter"\ngate = "year"'
    assert read(told, 2).commission == commission((0, 5), (100_000, 6), per="quarter", gate="year")
    with pytest.raises(LedgerError) as wrong:
        read("commission = 5", 2)
    assert "write it as a table" in str(wrong.value)
    with pytest.raises(LedgerError) as wrong:
        read('[commission]\nrate = "nan"\ntiers = ["0: nan"]', 2)
    assert "no entry 'rate'" in str(wrong.value)
    assert "commission, tiers: 'nan' is not a part" in str(wrong.value)


PLANS = st.builds(
    PayPlan, st.sampled_from(["", "Clerk", 'The "first" \\ of São Paulo']), st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.lists(
        st.builds(
            Component, st.sampled_from(METRICS), PARTS,
            st.builds(
                lambda low, at, steps, cap: Curve(low, at if low else Decimal(0), tuple(steps), cap),
                PARTS, PARTS, st.lists(st.builds(Tier, PARTS, PARTS), max_size=2), st.none() | PARTS,
            ),
            st.lists(st.builds(Bonus, PARTS, st.integers(0, 10**7)), max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    st.none() | st.builds(
        Commission, st.lists(st.tuples(st.integers(0, 10**9), PARTS), min_size=1, max_size=3).map(tuple),
        st.sampled_from(PERIODS), st.sampled_from(list(GATES)),
    ),
)  # fmt: skip


@settings(max_examples=60)
@given(PLANS, st.sampled_from([0, 2, 3]))
def test_a_plan_that_is_written_is_read_as_the_same(plan, digits):
    assert read(written(plan, digits), digits) == plan


def test_attainment_is_typed_by_the_name_of_its_goal():
    assert attainments(["calls=90%", "revenue = 1.2"]) == {"calls": Fraction(9, 10), "revenue": Fraction(6, 5)}
    with pytest.raises(LedgerError, match="attained, calls: 'many' is not a part"):
        attainments(["calls=many"])


def by_part(table):
    return table.groupby(["part", "metric"])["amount"].sum().to_dict()


def test_pay_for_a_result_is_told_part_by_part_to_the_cent():
    plan = read(EXAMPLE, 2)
    found = pay(plan, {"revenue": attained(121, 100), "opportunities": attained(2, 3)})
    assert by_part(found) == {
        ("base", ""): 6_000_000, ("incentive", "revenue"): round(Fraction("1.32") * 3_200_000),
        ("bonus", "revenue"): 500_000, ("incentive", "opportunities"): 533_333,
    }  # fmt: skip
    revenue = found[(found["metric"] == "revenue") & (found["part"] == "incentive")]
    assert revenue[["why", "amount"]].to_numpy().tolist() == [
        ["at 50%", 1_600_000],
        ["from 50% to 100%, 1% for each percent", 1_600_000],
        ["from 100% to 120%, 1.5% for each percent", 960_000],
        ["from 120% to 121%, 2% for each percent", 64_000],
    ]
    most = pay(plan, {"revenue": Fraction(3), "opportunities": Fraction(0)})
    assert by_part(most)["incentive", "revenue"] == 8_000_000
    assert "beyond the cap of 250%" in set(most["why"])
    told = [set(pay(plan, {"revenue": Fraction(each)})["why"]) for each in ("1.19", "1.2")]
    assert ["120% is not reached" in each for each in told] == [True, False]
    assert "for reaching 120%" in told[1]
    nothing = pay(plan, {"revenue": None})
    assert nothing["amount"].sum() == plan.base
    assert "without a goal" in set(nothing["why"])
    assert "below the threshold of 50%" in set(pay(plan, {"revenue": Fraction(1, 4)})["why"])
    assert attained(50, 40, higher_is_better=False) == Fraction(4, 5)


@settings(max_examples=60)
@given(st.integers(0, 400), st.integers(1, 10**7))
def test_stretches_add_up_to_the_part_rounded_as_a_whole(percent, incentive):
    plan = PayPlan("", 0, incentive, (Component("revenue", Decimal(1), STEEP),))
    found = pay(plan, {"revenue": Fraction(percent, 100)})
    assert found["amount"].sum() == round(STEEP.pays(Fraction(percent, 100)) * incentive)


def test_whoever_is_there_for_part_of_a_year_is_paid_that_part():
    plan = replace(read(EXAMPLE, 2), commission=commission((0, 1)))
    half = Fraction(1, 2)
    assert at_level(plan, Fraction(1), [100_000] * 12, half) == 5_000_000 + 12_000
    assert (
        at_level(plan, Fraction("1.2"), (), half)
        == 3_000_000 + round(Fraction("1.3") * 1_600_000) + 250_000 + 480_000
    )
    assert "50.0% of the year" in set(pay(plan, {}, there=half)["why"])


def test_commission_is_told_by_period_and_says_where_the_gate_is_shut():
    plan = PayPlan("", 0, 0, (), commission((0, 5), (100_000, 6), (125_000, 7), per="quarter", gate="year"))
    months = [10_000_000, 0, 0] * 4
    came = [0, 0, 5_000_000, 7_500_000, 0, 0, 20_000_000, 0, 0, 10_000_000, 0, 0]
    assert by_period(came, 3) == [5_000_000, 7_500_000, 20_000_000, 10_000_000]
    quarters = replace(plan, base=0)
    found = pay(quarters, {}, Sold(months, came)).iloc[1:]
    assert found["amount"].tolist() == [250_000, 375_000, 1_000_000, 500_000]
    assert found["why"].tolist()[2:] == [
        "quarter 3, at the first rate alone: the quota is not met yet", "quarter 4"
    ]  # fmt: skip


def test_pay_in_all_draws_is_pay_for_each():
    plan = read(EXAMPLE, 2)
    drawn = np.array([0.2, 0.5, 0.93, 1.0, 1.25, 2.0])
    found = spread(plan, {"revenue": drawn, "opportunities": 1.0}, len(drawn))
    exact = [
        pay(plan, {"revenue": Fraction(float(each)), "opportunities": Fraction(1)})["amount"].sum() for each in drawn
    ]
    assert found.pay == pytest.approx(np.array(exact), abs=1)
    assert found.capped.tolist() == [False] * 5 + [True]
    assert (found.threshold, found.target) == (pytest.approx(5 / 6), pytest.approx(3 / 6))
    assert found.beyond[:4].tolist() == [0, 0, 0, 0]
    assert found.beyond[4] == pytest.approx(3_200_000 * 0.4 + 500_000)


def test_commission_in_the_draws_is_what_each_year_would_earn():
    plan = PayPlan("", 1_000, 0, (), commission((0, 5), (10_000, 10), per="quarter", gate="year_to_date"))
    goal, drawn = [100_000, 300_000, 500_000] * 4, np.array([0.5, 1.0, 1.5])
    found = spread(plan, {"revenue": drawn}, 3, goal)
    assert found.pay.tolist() == [at_level(plan, Fraction(each), goal) for each in drawn]
    assert found.beyond[:2].tolist() == [0, 0]
    assert found.beyond[2] == found.pay[2] - found.pay[1]
    assert (found.threshold, found.target) == (1.0, pytest.approx(2 / 3))


def people(**more):
    names = ["Ann", "Ben", "Cleo", "Dee"]
    table = {"rep": names, "role": "", "plan": "", "goal": [100, 110, 90, 300], "pay": 10, "threshold": 0.8,
             "capped": 0.0}  # fmt: skip
    return pd.DataFrame(table | more)


def found_in(plan, table=None, carried=None, over=0.0, stretched=()):
    goals = Asked(carried or {}, set(stretched), {"revenue": "Revenue", "calls": "Calls"}, {"calls"}, over)
    table = findings([plan], people() if table is None else table, goals)
    return " ".join(table["about"] + ": " + table["finding"])


def test_where_pay_and_goals_pull_apart_is_found():
    fair = PayPlan("", 6, 4, (Component("revenue", Decimal(1), STEEP),))
    assert found_in(fair) == "Dee: A goal of 30.0 times pay at target; the middle of the role is 10.5."
    even = people(goal=100)
    assert found_in(fair, even) == ""
    assert "Reps carry 5.0% more" in found_in(fair, even, over=0.05)
    assert "asks for nothing" in found_in(fair, people(goal=100, threshold=0.99))
    hopeless = people(goal=100, threshold=[0.3, 0.9, 0.9, 0.4])
    assert "Ann, Dee: the threshold is missed more often than passed (2 of 4" in found_in(fair, hopeless)
    assert "The cap holds in 20%" in found_in(fair, people(goal=100, capped=0.2))
    assert "Calls is a goal of 1 of 4 people and earns nothing" in found_in(fair, even, {"calls": {"Ann"}})
    calls = replace(fair, components=(Component("revenue", Decimal("0.05")), Component("calls", Decimal("0.95"))))
    told = found_in(calls, even, {"calls": {"Ann"}}, stretched=["calls"])
    for words in ("hardly felt", "95% of the incentive is earned by activity", "3 of 4 people have no goal on it",
                  "Revenue has no stretch", "Calls names a stretch that earns nothing"):  # fmt: skip
        assert words in told
    many = tuple(Component(f"m{each}", Decimal("0.2")) for each in range(5))
    told = found_in(replace(fair, components=many), even)
    assert "5 goals at once" in told
    assert "Revenue is everybody's goal and earns nothing" in told
    assert "everybody's goal" not in found_in(replace(fair, components=many, commission=commission((0, 5))), even)


def test_a_flatter_tier_above_the_target_is_no_stretch():
    flat = Component("revenue", Decimal(1), curve((1, "0.5")))
    assert "Revenue has no stretch" in found_in(PayPlan("", 6, 4, (flat,)), people(goal=100))


def test_a_role_without_a_plan_of_its_own_is_paid_by_the_plan_of_everybody_else():
    mine, rest = PayPlan("Manager", 1, 0, ()), PayPlan("", 2, 0, ())
    assert [of_role([mine, rest], role) for role in ("Manager", "Clerk")] == [mine, rest]
    assert of_role([mine], "Clerk") is None


def test_a_plan_is_kept_changed_withdrawn_and_kept_again(planned):
    made = replace(read(EXAMPLE, 2), role="", commission=commission((0, 1), (100_000, 2), per="half", gate="year"))
    first = kept.keep(planned, made, "Ann")
    assert kept.plans(planned) == [made]
    with pytest.raises(LedgerError, match=r"changed meanwhile \(version 1, yours is 0\)"):
        kept.keep(planned, made, "Ben")
    with pytest.raises(LedgerError, match="'Clown'"):
        kept.keep(planned, replace(made, role="Clown"), "Ann")
    with pytest.raises(LedgerError, match="no role with a pay plan of its own 'Clown'"):
        kept.of(planned, "Clown")
    own = replace(made, commission=None, version=first.version)
    assert kept.keep(planned, own, "Ann").version == 2
    assert kept.of(planned, "") == own
    assert kept.withdraw(planned, "", "Ann").version == 3
    assert kept.plans(planned) == []
    with pytest.raises(LedgerError, match="Roles with one: none yet"):
        kept.withdraw(planned, "", "Ann")
    assert kept.keep(planned, made, "Ann").version == 4


def test_plans_are_priced_and_held_against_the_goals(priced):
    with pytest.raises(LedgerError, match="no pay plan yet"):
        paid.paid(priced)
    made = replace(read(EXAMPLE, 2), role="")
    at_target = made.base + made.incentive
    found = paid.paid(priced, [made])
    assert len(found.people) == 42
    assert found.cost["at_target"] == 42 * at_target
    assert found.cost["low"] < found.cost["middle"] < found.cost["high"]
    assert abs(found.cost["expected"] - int(found.people["expected"].sum())) <= 42
    assert found.cost_of_sales == pytest.approx(found.cost["expected"] / found.cost["sold"])
    assert (found.people["low"] >= made.base).all()
    assert "have no goal on it" in " ".join(found.findings["finding"])
    assert len(paid.paid(replace(priced, territory="Harbour Coast"), [made]).people) == 4
    own = replace(made, components=(replace(made.components[0], weight=Decimal(1)),))
    assert paid.paid(priced, [own]).cost["expected"] > found.cost["expected"]
    levels = paid.at_levels(own).set_index("attainment")["pay"]
    assert levels[1.0] == at_target
    assert levels[1.8] == own.base + round(own.incentive * 2.5) + 500_000
    nobody = paid.paid(priced, [replace(made, role="Sales director")])
    assert (len(nobody.people), len(nobody.without), nobody.cost_of_sales) == (0, 42, None)


def test_commission_is_priced_by_each_ones_own_goal(priced):
    made = PayPlan("", 0, 0, (), commission((0, 1), (50_000, 2), per="quarter", gate="year"))
    found = paid.paid(priced, [made])
    one = asked.people(priced, goals.book(priced))[0]
    quarters = by_period(one.months, 3)
    assert found.people["pay"].iloc[0] == sum(map(round, made.commission.by_period(quarters, quarters)))
    goal = found.usual[""]
    assert sum(goal) == pytest.approx(found.people["goal"].median(), rel=0.05)
    points = dict(paid.line(made, goal))
    assert points[0.0] == 0
    assert points[1.0] > max(value for at, value in points.items() if at < 1)
    assert asked.usual([]) == ()
    kept.keep(priced, made, "Ann")
    assert paid.usual_goal(priced, made) == goal


def test_days_before_hiring_and_after_leaving_are_not_employed(priced):
    with open_history(priced.settings) as history:
        found = employed(history, priced.calendar, 2026)
    days = {"Naomi Fischer": 92, "Rosa Delgado": 184, "Greta Johansen": 151, "Aiko Tanabe": 365}
    assert {name: found[name] for name in days} == {name: Fraction(each, 365) for name, each in days.items()}


def test_pay_for_a_result_follows_the_plan_and_goal_of_the_rep(priced):
    with pytest.raises(LedgerError, match="has no pay plan"):
        paid.for_result(priced, "Aiko Tanabe")
    made = replace(read(EXAMPLE, 2), role="", commission=commission((0, 1), per="quarter"))
    kept.keep(priced, made, "Ann")
    goal = next(each.goal for each in asked.people(priced, goals.book(priced)) if each.rep == "Aiko Tanabe")
    at_goal = paid.for_result(priced, "Aiko Tanabe")
    assert by_part(at_goal)["incentive", "revenue"] == 3_200_000
    assert by_part(at_goal)["incentive", "opportunities"] == 0
    assert abs(by_part(at_goal)["commission", "revenue"] - goal / 100) <= 2
    more = paid.for_result(priced, "Aiko Tanabe", goal * 2, {"opportunities": Fraction(1, 2)})
    assert by_part(more)["incentive", "revenue"] == 8_000_000
    assert by_part(more)["incentive", "opportunities"] == 400_000
    with pytest.raises(LedgerError) as told:
        paid.for_result(priced, "Aiko Tanabe", -1, {"calls": Fraction(1)})
    assert "'calls'" in str(told.value)
    assert "below zero" in str(told.value)
    with pytest.raises(LedgerError, match="Did you mean 'Aiko Tanabe'"):
        paid.for_result(priced, "Aiko Tanab")


def test_commands_keep_a_plan_from_a_file_and_say_what_it_earns_and_costs(priced, tmp_path):
    from planning.cli.pay import app

    run, place = CliRunner().invoke, ["--workspace", str(priced.settings.workspace)]
    file = tmp_path / "pay.toml"
    file.write_text(run(app, ["example"]).stdout.replace('"Account manager"', '""'), encoding="utf-8")
    assert run(app, ["set", str(file), *place]).exit_code == 0
    assert "$100,000.00" in run(app, ["show", *place]).stdout
    assert "Aiko Tanabe" in run(app, ["earned", "--territory", "Harbour Coast", *place]).stdout
    assert "$4,200,000.00" in run(app, ["cost", *place]).stdout
    assert "cost of sales" in " ".join(run(app, ["cost", *place]).stdout.split())
    assert "no goal on it" in run(app, ["check", *place]).stdout
    stood = kept.of(priced, "")
    file.write_text(run(app, ["file", *place]).stdout, encoding="utf-8")
    assert run(app, ["set", str(file), *place]).exit_code == 0
    assert (kept.of(priced, ""), kept.of(priced, "").version) == (stood, stood.version + 1)
    told = run(app, ["result", "Aiko Tanabe", "--sold", "0", "--attained", "opportunities=50%", *place]).output
    assert "Together: $64,000.00" in told
    assert run(app, ["withdraw", *place]).exit_code == 0
    assert isinstance(run(app, ["show", *place]).exception, LedgerError)


def test_the_form_prices_a_plan_as_one_types_and_keeps_it(priced):
    form = earns._Form(Page(priced, "5_what_it_takes.ipynb"))

    def shown():
        return "".join(child.value for child in form._does.view.children)

    assert "No plan is kept for this role yet" in shown()
    assert form._example() == "Filled in; nothing is kept yet."
    assert "42 people are paid <strong>$4.2M</strong> at target" in shown()
    assert "Pay at 110.0% of all goals, part by part" in shown()
    assert kept.plans(priced) == []
    form._for.control.value = "revenue 70%"
    assert "weights come to 0.7" in shown()
    form._for.control.value = "revenue 100%"
    form._commission["tiers"].control.value = "0: 1%; 100000: 2%"
    assert "the middle one" in shown()
    assert form._keep().startswith("The pay plan of everybody else is kept")
    example = read(EXAMPLE, 2).components[0]
    assert kept.of(priced, "").components == (replace(example, weight=Decimal(1)),)
    assert kept.of(priced, "").commission == commission((0, 1), (100_000, 2))
    again = earns._Form(Page(priced, "5_what_it_takes.ipynb"))
    assert [each.control.value for each in again._fields] == [each.control.value for each in form._fields]
    assert again._withdraw() == "The pay plan of everybody else is withdrawn."
    assert again._base.control.value == ""


def test_the_form_keeps_the_curves_that_it_does_not_show(priced):
    own = curve((1, 2), threshold=Decimal("0.8"), cap=Decimal(3))
    made = PayPlan("", 100, 100, (
        Component("revenue", Decimal("0.5"), STEEP),
        Component("calls", Decimal("0.5"), own, (Bonus(Decimal("1.1"), 5),)),
    ))  # fmt: skip
    kept.keep(priced, made, "Ann")
    form = earns._Form(Page(priced, "5_what_it_takes.ipynb"))
    form._base.control.value = "2"
    form._keep()
    assert kept.of(priced, "") == replace(made, base=200)
