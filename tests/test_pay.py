"""Pay plans: what attainment earns, to the cent; what it costs; and whether pay and goals pull the same way."""

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
from planning.goals.pay.alignment import findings
from planning.goals.pay.curve import Bonus, Curve, Tier, by_period, commission
from planning.goals.pay.earned import attained, pay, spread
from planning.goals.pay.plan import EXAMPLE, Component, PayPlan, check, of_role, read
from planning.workbook import pay as book
from planning.workbook.aims import kept as aims

METRICS = ["revenue", "opportunities", "calls"]


def curve(*tiers, **more):
    return Curve(**more, tiers=tuple(Tier(Decimal(begins), Decimal(rate)) for begins, rate in tiers))


def tiers(*pairs):
    return [(begins * 100, Decimal(rate) / 100) for begins, rate in pairs]


STEEP = curve((1, "1.5"), ("1.2", 2), threshold=Decimal("0.5"), at_threshold=Decimal("0.5"), cap=Decimal("2.5"))


def test_a_deal_that_passes_a_tier_earns_each_part_at_its_own_rate():
    # 145,000 closed, a deal of 20,000: 5,000 at 4% and 15,000 at 6%.
    assert commission(2_000_000, tiers((0, 4), (150_000, 6), (250_000, 8)), since=14_500_000) == 110_000


def test_a_month_past_its_tier_earns_the_higher_rate_on_what_is_beyond_alone():
    assert commission(22_000_000, tiers((0, 4), (200_000, 6))) == 920_000


def test_an_accelerator_may_wait_until_the_year_is_met():
    steps = tiers((0, 5), (100_000, 6), (125_000, 7))
    assert commission(15_000_000, steps) == 825_000
    sold, quota = [5_000_000, 7_500_000, 20_000_000], [10_000_000] * 4
    assert by_period(sold, quota, steps) == [250_000, 375_000, 500_000 + 150_000 + 525_000]
    # 325,000 to date is above the 300,000 due so far, and below the 400,000 of the year.
    assert by_period(sold, quota, steps, "year_to_date")[2] == 1_175_000
    assert by_period(sold, quota, steps, "year")[2] == 1_000_000


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_commission_does_not_depend_on_how_sales_are_cut_into_deals(deals):
    steps, sold, paid = tiers((0, 4), (15_000, 6), (25_000, 8)), 0, Fraction(0)
    for deal in deals:
        paid += commission(deal, steps, since=sold)
        sold += deal
    assert paid == commission(sold, steps)


def test_pay_begins_at_the_threshold_reaches_all_at_the_target_and_ends_at_the_cap():
    points = {"0.49": 0, "0.5": "0.5", "0.75": "0.75", "1": 1, "1.1": "1.15", "1.2": "1.3", "1.3": "1.5", "3": "2.5"}
    for attainment, paid in points.items():
        assert STEEP.pays(Fraction(attainment)) == Fraction(paid)
    assert STEEP.reaches_cap_at == Fraction("1.8")
    assert Curve().pays(Fraction("1.3")) == Fraction("1.3")
    assert Curve().reaches_cap_at is None
    all_or_nothing = Curve(threshold=Decimal(1), at_threshold=Decimal(1))
    assert [all_or_nothing.pays(Fraction(each)) for each in ("0.99", 1, "1.5")] == [0, 1, Fraction("1.5")]


PARTS = st.integers(0, 100).map(lambda each: Decimal(each) / 100)


@given(
    PARTS, PARTS, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 400)), max_size=3),
    st.none() | st.integers(100, 400), st.lists(st.integers(0, 400), min_size=2, max_size=6),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
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
            Component("revenue", Decimal("0.1")),
        ),
    )  # fmt: skip
    with pytest.raises(LedgerError) as told:
        check(wrong, METRICS)
    for words in ("paid for twice", "Did you mean 'revenue'", "come to 0.6", "threshold of 200%", "do not rise",
                  "rate of -1", "cap of 50%", "earned for nothing", "not above the target",
                  "weight of 0"):  # fmt: skip
        assert words in str(told.value)


def test_a_plan_is_read_as_it_is_written_and_what_cannot_be_is_named_by_its_place():
    plan = read(EXAMPLE, 2)
    check(plan, METRICS)
    assert (plan.base, plan.incentive, plan.at_target) == (6_000_000, 4_000_000, 10_000_000)
    assert plan.components[0].curve == STEEP
    assert plan.components[0].bonuses == (Bonus(Decimal("1.2"), 500_000),)
    with pytest.raises(LedgerError) as told:
        read('bas = "1"\nincentive = "x"\n[[component]]\nmetric = "a"\nabove = "100%"\ncap = "much"\n', 2)
    for words in ("Did you mean 'base'", "incentive:", "component 1: weight is missing", "component 1, above",
                  "component 1, cap: 'much'"):  # fmt: skip
        assert words in str(told.value)
    with pytest.raises(LedgerError, match="not valid TOML"):
        read("base = = 1", 2)


def test_pay_for_a_result_is_told_part_by_part_to_the_cent():
    plan = read(EXAMPLE, 2)
    found = pay(plan, {"revenue": attained(121, 100), "opportunities": attained(2, 3)})
    assert found["amount"].tolist() == [
        6_000_000, round(Fraction("1.32") * 3_200_000), 500_000, round(Fraction(2, 3) * 800_000)
    ]  # fmt: skip
    assert found["amount"].tolist()[3] == 533_333
    nothing = pay(plan, {"revenue": None})
    assert nothing["amount"].sum() == plan.base
    assert attained(50, 40, higher_is_better=False) == Fraction(4, 5)


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


def people(**more):
    names = ["Ann", "Ben", "Cleo", "Dee"]
    table = {"rep": names, "role": "", "plan": "", "goal": [100, 110, 90, 300], "pay": 10, "threshold": 0.8,
             "capped": 0.0}  # fmt: skip
    return pd.DataFrame(table | more)


def found_in(plan, table=None, goals=None, over=False):
    table = findings([plan], people() if table is None else table, goals or {}, {}, {"calls"}, over)
    return " ".join(table["about"] + ": " + table["finding"])


def test_where_pay_and_goals_pull_apart_is_found():
    fair = PayPlan("", 6, 4, (Component("revenue", Decimal(1), STEEP),))
    assert found_in(fair) == "Dee: A goal of 30.0 times pay at target; the middle of the role is 10.5."
    even = people(goal=100)
    assert found_in(fair, even) == ""
    assert "passed down on top" in found_in(fair, even, over=True)
    assert "asks for nothing" in found_in(fair, people(goal=100, threshold=0.99))
    assert "with a probability of only 30%" in found_in(fair, people(goal=100, threshold=0.3))
    assert "The cap holds in 20%" in found_in(fair, people(goal=100, capped=0.2))
    assert "is a goal of 1 people and earns nothing" in found_in(fair, even, {"calls": {"Ann"}})
    calls = replace(fair, components=(Component("revenue", Decimal("0.05")), Component("calls", Decimal("0.95"))))
    told = found_in(calls, even, {"calls": {"Ann"}})
    for words in ("hardly felt", "95% of the incentive is earned by activity", "3 of 4 people have no goal on it",
                  "no more than the way to it"):  # fmt: skip
        assert words in told
    many = tuple(Component(f"m{each}", Decimal("0.2")) for each in range(5))
    assert "5 goals at once" in found_in(replace(fair, components=many), even)


def test_a_role_without_a_plan_of_its_own_is_paid_by_the_plan_of_everybody_else():
    mine, rest = PayPlan("Manager", 1, 0, ()), PayPlan("", 2, 0, ())
    assert [of_role([mine, rest], role) for role in ("Manager", "Clerk")] == [mine, rest]
    assert of_role([mine], "Clerk") is None


def test_a_plan_is_kept_priced_and_held_against_the_goals(planned):
    with pytest.raises(LedgerError, match="no pay plan yet"):
        book.paid(planned)
    made = replace(read(EXAMPLE, 2), role="")
    kept = book.keep(planned, made, "Ann")
    assert book.plans(planned) == [made]
    with pytest.raises(LedgerError, match=r"changed meanwhile \(version 1, yours is 0\)"):
        book.keep(planned, made, "Ben")
    with pytest.raises(LedgerError, match="'Clown'"):
        book.keep(planned, replace(made, role="Clown"), "Ann")
    found = book.paid(planned)
    assert len(found.people) == 42
    assert found.cost["at_target"] == 42 * made.at_target
    assert found.cost["low"] < found.cost["middle"] < found.cost["high"]
    assert abs(found.cost["expected"] - int(found.people["expected"].sum())) <= 42
    assert (found.people["low"] >= made.base).all()
    assert "have no goal on it" in " ".join(found.findings["finding"])
    alone = book.paid(replace(planned, territory="Harbour Coast"))
    assert len(alone.people) == 4
    own = replace(made, components=(replace(made.components[0], weight=Decimal(1)),))
    assert book.paid(planned, [own]).cost["expected"] > found.cost["expected"]
    assert book.keep(planned, replace(own, version=kept.version), "Ann").version == 2
    levels = book.at_levels(own).set_index("attainment")["pay"]
    assert levels[1.0] == own.at_target
    assert levels[1.8] == own.base + round(own.incentive * 2.5) + 500_000
    assert book.withdraw(planned, "", "Ann").version == 3
    assert book.plans(planned) == []
    assert book.keep(planned, made, "Ann").version == 4
    assert aims.stated(planned) == []


def test_commands_keep_a_plan_from_a_file_and_say_what_it_earns_and_costs(planned, tmp_path):
    from planning.cli.pay import app

    run, place = CliRunner().invoke, ["--workspace", str(planned.settings.workspace)]
    file = tmp_path / "pay.toml"
    file.write_text(run(app, ["example"]).stdout.replace('"Account manager"', '""'), encoding="utf-8")
    assert run(app, ["set", str(file), *place]).exit_code == 0
    assert "$100,000.00" in run(app, ["show", *place]).stdout
    assert "Aiko Tanabe" in run(app, ["earned", "--territory", "Harbour Coast", *place]).stdout
    assert "$4,200,000.00" in run(app, ["cost", *place]).stdout
    assert "no goal on it" in run(app, ["check", *place]).stdout
    assert run(app, ["withdraw", *place]).exit_code == 0
    assert isinstance(run(app, ["show", *place]).exception, LedgerError)


def test_the_form_prices_a_plan_as_one_types_and_keeps_it(planned):
    form = earns._Form(Page(planned, "5_what_it_takes.ipynb"))

    def shown():
        return "".join(child.value for child in form._does.view.children)

    assert "No plan is kept for this role yet" in shown()
    assert form._example() == "Filled in; nothing is kept yet."
    assert "42 people are paid <strong>$4.2M</strong> at target" in shown()
    assert book.plans(planned) == []
    form._for.control.value = "revenue 70%"
    assert "weights come to 0.7" in shown()
    form._for.control.value = "revenue 100%"
    assert form._keep() == "The pay plan of everybody else is kept (version 1)."
    kept = book.plans(planned)[0]
    assert kept.components == (replace(read(EXAMPLE, 2).components[0], weight=Decimal(1)),)
    again = earns._Form(Page(planned, "5_what_it_takes.ipynb"))
    assert [each.control.value for each in again._fields] == [each.control.value for each in form._fields]
    assert again._withdraw() == "The pay plan of everybody else is withdrawn."
    assert again._base.control.value == ""
