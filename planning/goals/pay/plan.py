"""A pay plan: base, what the target earns, by which goals, along which curve, and commission on what is sold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from planning.errors import LedgerError, bulleted, unknown_name
from planning.goals.pay.commission import Commission
from planning.goals.pay.curve import Bonus, Curve

MAIN = "revenue"
"""The metric that commission is paid on, and that is drawn for the coming year."""


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
        Salary, and what all targets earn together; whole minor units, of a whole year.
    components
        What the incentive is earned by.
    commission
        What revenue itself earns, besides the incentive; none for nothing.
    version
        0 until it is kept.
    """

    role: str
    base: int
    incentive: int
    components: tuple[Component, ...]
    commission: Commission | None = None
    version: int = field(default=0, compare=False)

    @property
    def named(self) -> str:
        """How it is called."""
        return self.role or "everybody else"

    @property
    def main(self) -> Component | None:
        """The component that is paid for revenue, if there is one."""
        return next((each for each in self.components if each.metric == MAIN), None)

    @property
    def jumps(self) -> set[Fraction]:
        """The attainments at which something is earned at once: thresholds, bonuses, a gate."""
        found = {Fraction(bonus.at) for each in self.components for bonus in each.bonuses}
        found |= {Fraction(each.curve.threshold) for each in self.components}
        return found | ({Fraction(1)} if self.commission and self.commission.gate != "none" else set())


def check(plan: PayPlan, metrics: Sequence[str]) -> None:
    """Refuse a plan that cannot be paid by.

    Raises
    ------
    LedgerError
        With everything that is wrong.
    """
    problems = [f"{name} is below zero" for name in ("base", "incentive") if getattr(plan, name) < 0]
    if plan.base + plan.incentive <= 0 and plan.commission is None:
        problems.append("it pays nothing: state a base, an incentive or a commission")
    names = [each.metric for each in plan.components]
    problems += [f"{name} is paid for twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [unknown_name("metric", name, metrics) for name in names if name not in metrics]
    whole = sum((each.weight for each in plan.components), Decimal(0))
    if plan.incentive > 0 and whole != 1:
        problems.append(f"weights come to {float(whole):.4g} of the incentive, not to 1 (100%)")
    if plan.incentive == 0 and plan.components:
        problems.append(f"{', '.join(names)} would share an incentive of nothing: state the incentive")
    for each in plan.components:
        problems += [f"{each.metric}: {one}" for one in _wrong(each)]
    if plan.commission:
        problems += [f"commission: {one}" for one in plan.commission.problems()]
    if problems:
        raise LedgerError(bulleted(f"The pay plan of {plan.named} cannot be kept:", problems))


def _wrong(component: Component) -> list[str]:
    found = [f"a weight of {component.weight} is not above zero"] if component.weight <= 0 else []
    found += component.curve.problems()
    found += [f"a bonus at {float(b.at):.0%} is not above the target" for b in component.bonuses if b.at <= 1]
    return found + [f"the bonus at {float(b.at):.0%} is not above zero" for b in component.bonuses if b.amount <= 0]


def of_role(plans: Sequence[PayPlan], role: str) -> PayPlan | None:
    """Give the plan that somebody of a role is paid by; none if there is none."""
    found = {plan.role: plan for plan in plans}
    return found.get(role, found.get(""))
