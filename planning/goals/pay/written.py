"""Pay plans as people write them: read from the entries of a file or a form, and written so as to be read again."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from planning.amounts import to_major, to_minor
from planning.errors import LedgerError, PlanningError, bulleted, unknown_name
from planning.goals.pay.commission import Commission
from planning.goals.pay.curve import Bonus, Curve, Tier, percent
from planning.goals.pay.plan import Component, PayPlan

EXAMPLE = """\
role = "Account manager"  # empty: everybody whose role has no plan of its own
base = "60000"            # the year's salary, in major units
incentive = "40000"       # what all targets earn together, in a year
# or both at once: at_target = "100000" and mix = "60/40"

[[component]]             # a goal that is paid for; their weights come to 100%
metric = "revenue"
weight = "80%"
threshold = "50%"         # below this attainment nothing is earned
at_threshold = "50%"      # what is earned there (left out: as much as the threshold); then evenly up to 100%
above = ["100%: 150%", "120%: 200%"]   # from 100% on each percent earns 1.5, from 120% on 2
cap = "250%"              # this part is not more than this; leave it out for no end
bonus = ["120%: 5000"]    # for reaching the stretch

[[component]]
metric = "opportunities"
weight = "20%"

# Instead of an incentive for revenue, or beside it, a part of what is sold may be paid:
# [commission]
# tiers = ["0: 5%", "100000: 6%", "125000: 7%"]   # 6% on what is beyond 100,000, 7% on what is beyond 125,000
# per = "quarter"         # tiers begin anew each month, quarter, half or year
# gate = "year"           # higher rates hold once the year's quota is met; year_to_date: what is due; none: at once
"""
LISTS = ("above", "bonus", "tiers")
"""Entries that hold several pairs."""
CURVE = ("threshold", "at_threshold", "above", "cap", "bonus")
COMMISSION = ("tiers", "per", "gate")


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


def curve_entries(component: Component, digits: int) -> dict[str, Any]:
    """Give the entries of a component's curve and bonuses; without those that say nothing."""
    made = component.curve
    entries = {
        "threshold": percent(made.threshold) if made.threshold else "",
        "at_threshold": percent(made.at_threshold) if made.threshold else "",
        "above": [f"{percent(each.begins)}: {percent(each.rate)}" for each in made.tiers],
        "cap": "" if made.cap is None else percent(made.cap),
        "bonus": [f"{percent(each.at)}: {_plain(each.amount, digits)}" for each in component.bonuses],
    }
    return {name: value for name, value in entries.items() if value}


def commission_entries(commission: Commission, digits: int) -> dict[str, Any]:
    """Give the entries of a commission."""
    tiers = [f"{_plain(begins, digits)}: {percent(rate)}" for begins, rate in commission.tiers]
    return {"tiers": tiers, "per": commission.per, "gate": commission.gate}


def attainments(typed: Sequence[str]) -> dict[str, Fraction]:
    """Read attainment of goals, each as ``calls=90%``.

    Raises
    ------
    LedgerError
        With everything that cannot be read.
    """
    reader, found = _Reader(0), {}
    for each in typed:
        metric, _, part = each.partition("=")
        found[metric.strip()] = Fraction(reader.part("attained, " + metric.strip(), part))
    if reader.problems:
        raise LedgerError(bulleted("Attainment is written as calls=90%:", reader.problems))
    return found


def written(plan: PayPlan, digits: int) -> str:
    """Write a plan as a file that `read` gives back."""
    lines = _lines({"role": plan.role, **{name: _plain(getattr(plan, name), digits) for name in _AMOUNTS}})
    for each in plan.components:
        entries = {"metric": each.metric, "weight": percent(each.weight), **curve_entries(each, digits)}
        lines += ["", "[[component]]", *_lines(entries)]
    if plan.commission:
        lines += ["", "[commission]", *_lines(commission_entries(plan.commission, digits))]
    return "\n".join(lines) + "\n"


def _plain(amount: int, digits: int) -> str:
    return f"{to_major(amount, digits).normalize():f}"


def _lines(entries: Mapping[str, Any]) -> list[str]:
    # What JSON writes of texts and lists of texts, TOML reads as the same.
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entries.items()]


_AMOUNTS = ("base", "incentive")


class _Reader:
    """Reads values, and keeps what is wrong with them."""

    def __init__(self, digits: int) -> None:
        self._digits, self.problems = digits, list[str]()

    def plan(self, said: Mapping[str, Any]) -> PayPlan:
        self._strangers("", said, ("role", *_AMOUNTS, "at_target", "mix", "component", "commission"))
        parts = said.get("component", [])
        if not isinstance(parts, list) or not all(isinstance(each, dict) for each in parts):
            self.problems.append("component: write each as a table of its own, [[component]]")
            parts = []
        base, incentive = self._amounts(said)
        components = tuple(self._component(f"component {place}", part) for place, part in enumerate(parts, 1))
        commission = self._commission(said["commission"]) if "commission" in said else None
        return PayPlan(str(said.get("role", "")), base, incentive, components, commission)

    def _amounts(self, said: Mapping[str, Any]) -> tuple[int, int]:
        """Read base and incentive, or the two from pay at target and their mix."""
        if "at_target" not in said and "mix" not in said:
            base, incentive = (self._money(name, said.get(name, "0")) for name in _AMOUNTS)
            return base, incentive
        both = [name for name in _AMOUNTS if name in said]
        if both or "at_target" not in said or "mix" not in said:
            self.problems.append("state either base and incentive, or at_target and mix")
            return 0, 0
        whole = self._money("at_target", said["at_target"])
        base_part, _, other = str(said["mix"]).partition("/")
        fixed, variable = (self.part("mix", f"{each.strip()}%") for each in (base_part, other or "?"))
        if fixed + variable != 1 or min(fixed, variable) < 0:
            self.problems.append(f'mix: {said["mix"]!r} is no split of 100, such as "60/40"')
        base = int((whole * fixed).to_integral_value(ROUND_HALF_EVEN))
        return base, whole - base

    def _component(self, place: str, said: Mapping[str, Any]) -> Component:
        self._strangers(place, said, ("metric", "weight", *CURVE))
        self._missing(place, said, ("metric", "weight"))
        threshold = self.part(f"{place}, threshold", said.get("threshold", "0%"))
        at = self.part(f"{place}, at_threshold", said["at_threshold"]) if "at_threshold" in said else threshold
        pairs = {name: self._pairs(f"{place}, {name}", said.get(name, [])) for name in ("above", "bonus")}
        tiers = tuple(
            Tier(self.part(f"{place}, above", begins), self.part(f"{place}, above", rate))
            for begins, rate in pairs["above"]
        )
        bonuses = tuple(
            Bonus(self.part(f"{place}, bonus", reached), self._money(f"{place}, bonus", amount))
            for reached, amount in pairs["bonus"]
        )
        cap = self.part(f"{place}, cap", said["cap"]) if "cap" in said else None
        weight = self.part(f"{place}, weight", said.get("weight", "0%"))
        return Component(str(said.get("metric", "")), weight, Curve(threshold, at, tiers, cap), bonuses)

    def _commission(self, said: Any) -> Commission | None:
        if not isinstance(said, dict):
            self.problems.append("commission: write it as a table, [commission]")
            return None
        self._strangers("commission", said, COMMISSION)
        self._missing("commission", said, ("tiers",))
        tiers = tuple(
            (self._money("commission, tiers", begins), self.part("commission, tiers", rate))
            for begins, rate in self._pairs("commission, tiers", said.get("tiers", []))
        )
        return Commission(tiers, str(said.get("per", "year")), str(said.get("gate", "none")))

    def _missing(self, place: str, said: Mapping[str, Any], names: Sequence[str]) -> None:
        self.problems += [f"{place}: {name} is missing" for name in names if name not in said]

    def _strangers(self, place: str, said: Mapping[str, Any], known: Sequence[str]) -> None:
        named = f"{place}, " if place else ""
        self.problems += [named + unknown_name("entry", name, known) for name in said if name not in known]

    def _pairs(self, place: str, said: Any) -> list[tuple[str, str]]:
        if not isinstance(said, list):
            self.problems.append(f'{place}: write a list, such as ["100%: 150%"]')
            return []
        split = [str(each).partition(":") for each in said]
        return [(left.strip(), right.strip()) for left, _, right in split]

    def part(self, place: str, said: Any) -> Decimal:
        bare = str(said).strip()
        try:
            found = Decimal(bare.removesuffix("%").strip()) / (100 if bare.endswith("%") else 1)
        except ArithmeticError:
            found = Decimal("nan")
        if found.is_finite():
            return found
        self.problems.append(f"{place}: {bare!r} is not a part: write it as 50%")
        return Decimal(0)

    def _money(self, place: str, said: Any) -> int:
        try:
            return to_minor(str(said), self._digits)
        except PlanningError as error:
            self.problems.append(f"{place}: {error}")
            return 0
