"""A pay plan: base, what the target earns, by which goals, and along which curve."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from planning.amounts import to_major, to_minor
from planning.errors import LedgerError, PlanningError, bulleted, unknown_name
from planning.goals.pay.curve import Bonus, Curve, Tier, percent

EXAMPLE = """\
role = "Account manager"  # empty: everybody whose role has no plan of its own
base = "60000"            # the year's salary, in major units
incentive = "40000"       # what all targets earn together, in a year

[[component]]             # a goal that is paid for; their weights come to 100%
metric = "revenue"
weight = "80%"
threshold = "50%"         # below this attainment nothing is earned
at_threshold = "50%"      # what is earned there; from there it rises evenly to 100% at the target
above = ["100%: 150%", "120%: 200%"]   # from 100% on each percent earns 1.5, from 120% on 2
cap = "250%"              # pay is not more than this; leave it out for no end
bonus = ["120%: 5000"]    # for reaching the stretch

[[component]]
metric = "opportunities"
weight = "20%"
"""


@dataclass(frozen=True)
class Component:
    """A goal that is paid for.

    Parameters
    ----------
    metric
        Metric of the catalogue.
    weight
        Part of the incentive that its target earns, a fraction.
    curve
        What its attainment earns of that part.
    bonuses
        What reaching a stretch earns on top.
    """

    metric: str
    weight: Decimal
    curve: Curve = Curve()
    bonuses: tuple[Bonus, ...] = ()


@dataclass(frozen=True)
class PayPlan:
    """What people of a role are paid in a year.

    Parameters
    ----------
    role
        Job title; empty for everybody whose role has no plan of its own.
    base, incentive
        Salary, and what all targets earn together; whole minor units.
    components
        What the incentive is earned by.
    version
        0 until it is kept.
    """

    role: str
    base: int
    incentive: int
    components: tuple[Component, ...]
    version: int = field(default=0, compare=False)

    @property
    def at_target(self) -> int:
        """Pay at target, whole minor units."""
        return self.base + self.incentive

    @property
    def named(self) -> str:
        """How it is called."""
        return self.role or "everybody else"


def check(plan: PayPlan, metrics: Sequence[str]) -> None:
    """Refuse a plan that cannot be paid by.

    Raises
    ------
    LedgerError
        With everything that is wrong.
    """
    problems = [f"{name} is below zero" for name in ("base", "incentive") if getattr(plan, name) < 0]
    if plan.at_target <= 0:
        problems.append("it pays nothing: state a base, an incentive or both")
    names = [each.metric for each in plan.components]
    problems += [f"{name} is paid for twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [unknown_name("metric", name, metrics) for name in names if name not in metrics]
    whole = sum((each.weight for each in plan.components), Decimal(0))
    if plan.incentive > 0 and whole != 1:
        problems.append(f"weights come to {float(whole):.4g} of the incentive, not to 1 (100%)")
    for each in plan.components:
        wrong = [f"a weight of {each.weight} is not above zero"] if each.weight <= 0 else []
        wrong += each.curve.problems()
        wrong += [f"a bonus at {float(b.at):.0%} is not above the target" for b in each.bonuses if b.at <= 1]
        wrong += [f"a bonus of {b.amount:,} is not above zero" for b in each.bonuses if b.amount <= 0]
        problems += [f"{each.metric}: {one}" for one in wrong]
    if problems:
        raise LedgerError(bulleted(f"The pay plan of {plan.named} cannot be kept:", problems))


def read(text: str, digits: int) -> PayPlan:
    """Read a plan as it is written in a file (`EXAMPLE`).

    Parameters
    ----------
    text
        TOML.
    digits
        Minor digits of the currency.

    Raises
    ------
    LedgerError
        With everything that cannot be read, by its place.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(f"The pay plan is not valid TOML: {error}. See: planning pay example.") from error
    return as_said(said, digits)


def as_said(said: Mapping[str, Any], digits: int) -> PayPlan:
    """Read a plan from its entries, as a file holds them.

    Raises
    ------
    LedgerError
        With everything that cannot be read, by its place.
    """
    reader = _Reader(digits)
    plan = reader.plan(said)
    if reader.problems:
        raise LedgerError(bulleted("The pay plan cannot be read (see: planning pay example):", reader.problems))
    return plan


def in_words(component: Component, digits: int) -> dict[str, str]:
    """Write the curve of a component as one would type it, by the names that a file gives its entries."""
    made = component.curve
    return {
        "threshold": percent(made.threshold),
        "at_threshold": percent(made.at_threshold),
        "above": "; ".join(f"{percent(each.begins)}: {percent(each.rate)}" for each in made.tiers),
        "cap": "" if made.cap is None else percent(made.cap),
        "bonus": "; ".join(f"{percent(each.at)}: {to_major(each.amount, digits)}" for each in component.bonuses),
    }


class _Reader:
    """Reads values, and keeps what is wrong with them."""

    def __init__(self, digits: int) -> None:
        self._digits, self.problems = digits, list[str]()

    def plan(self, said: Mapping[str, Any]) -> PayPlan:
        self._strangers("", said, ("role", "base", "incentive", "component"))
        parts = said.get("component", [])
        if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
            self.problems.append("component: write each as a table of its own, [[component]]")
            parts = []
        base, incentive = (self._money(name, said.get(name, "0")) for name in ("base", "incentive"))
        components = tuple(self._component(f"component {place}", part) for place, part in enumerate(parts, 1))
        return PayPlan(str(said.get("role", "")), base, incentive, components)

    def _component(self, place: str, said: Mapping[str, Any]) -> Component:
        self._strangers(place, said, ("metric", "weight", "threshold", "at_threshold", "above", "cap", "bonus"))
        for name in ("metric", "weight"):
            if name not in said:
                self.problems.append(f"{place}: {name} is missing")
        threshold = self._part(f"{place}, threshold", said.get("threshold", "0%"))
        at = self._part(f"{place}, at_threshold", said.get("at_threshold", said.get("threshold", "0%")))
        pairs = {name: self._pairs(f"{place}, {name}", said.get(name, [])) for name in ("above", "bonus")}
        tiers = tuple(Tier(begins, self._part(f"{place}, above", rate)) for begins, rate in pairs["above"])
        bonuses = tuple(Bonus(at, self._money(f"{place}, bonus", amount)) for at, amount in pairs["bonus"])
        cap = self._part(f"{place}, cap", said["cap"]) if "cap" in said else None
        weight = self._part(f"{place}, weight", said.get("weight", "0%"))
        return Component(str(said.get("metric", "")), weight, Curve(threshold, at, tiers, cap), bonuses)

    def _strangers(self, place: str, said: Mapping[str, Any], known: Sequence[str]) -> None:
        named = f"{place}, " if place else ""
        self.problems += [named + unknown_name("entry", name, known) for name in said if name not in known]

    def _pairs(self, place: str, said: Any) -> list[tuple[Decimal, str]]:
        if not isinstance(said, list):
            self.problems.append(f'{place}: write a list, such as ["100%: 150%"]')
            return []
        split = [str(each).partition(":") for each in said]
        return [(self._part(place, left), right.strip()) for left, _, right in split]

    def _part(self, place: str, said: Any) -> Decimal:
        try:
            bare = str(said).strip()
            return Decimal(bare.removesuffix("%").strip()) / (100 if bare.endswith("%") else 1)
        except ArithmeticError:
            self.problems.append(f"{place}: {said!r} is not a part: write it as 50%")
            return Decimal(0)

    def _money(self, place: str, said: Any) -> int:
        try:
            return to_minor(str(said), self._digits)
        except PlanningError as error:
            self.problems.append(f"{place}: {error}")
            return 0


def of_role(plans: Sequence[PayPlan], role: str) -> PayPlan | None:
    """Give the plan that somebody of a role is paid by; none if there is none."""
    found = {plan.role: plan for plan in plans}
    return found.get(role, found.get(""))
