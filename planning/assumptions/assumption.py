"""An assumption: what is expected, by whom, on what evidence, and over which cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from planning.amounts import Tell
from planning.assumptions.kinds import Unit, Values, kind
from planning.errors import AssumptionError, bulleted

STATUSES = ("proposed", "challenged", "accepted", "rejected")
CONFIDENCES = ("low", "medium", "high")


@dataclass(frozen=True)
class Known:
    """What an assumption can be about.

    Parameters
    ----------
    territories, product_lines, channels, segments, tiers
        All names of each dimension.
    months
        ISO months of the year that is planned.
    """

    territories: Sequence[str] = ()
    product_lines: Sequence[str] = ()
    channels: Sequence[str] = ()
    segments: Sequence[str] = ()
    tiers: Sequence[str] = ()
    months: Sequence[str] = ()


@dataclass(frozen=True)
class Assumption:
    """One assumption about a fiscal year.

    Parameters
    ----------
    kind
        Name of a kind, such as ``market_growth``.
    low, likely, high
        The range and the likely value, in the unit of its kind: fractions (0.04 is 4%), whole minor units or people.
    owner
        Who stands for it.
    evidence
        Why it is believed.
    territory, product_line, channel, segment, tier
        Scope; empty means all.
    first, last
        ISO months from and until which it holds; empty means the whole year.
    numbers
        Further numbers that the kind asks for, by name.
    link
        Where the evidence is to be found.
    confidence
        One of `CONFIDENCES`.
    status
        One of `STATUSES`; what is rejected is not priced.
    remark
        What was said when its status changed last.
    review_on
        ISO day on which to look at it again.
    indicator
        What would show that it was wrong.
    identity, version
        How the store knows it; 0 if it is not stored yet. Each change is a new version.
    """

    kind: str
    low: Decimal
    likely: Decimal
    high: Decimal
    owner: str
    evidence: str
    territory: str = ""
    product_line: str = ""
    numbers: Values = field(default_factory=dict)
    channel: str = ""
    segment: str = ""
    tier: str = ""
    first: str = ""
    last: str = ""
    link: str = ""
    confidence: str = "medium"
    status: str = "proposed"
    remark: str = ""
    review_on: str = ""
    indicator: str = ""
    identity: int = 0
    version: int = 0

    @property
    def scope(self) -> str:
        """Scope in words."""
        named = [self.territory, self.product_line, self.channel, self.segment, self.tier]
        months = f"{self.first or '...'} to {self.last or '...'}" if self.first or self.last else ""
        return ", ".join(part for part in (*named, months) if part) or "everything"

    @property
    def unit(self) -> Unit:
        """What its values are."""
        return kind(self.kind).unit

    @property
    def counts(self) -> bool:
        """Whether it is priced."""
        return self.status != "rejected"


def fraction(text: str) -> Decimal:
    """Read a share as people write it: ``4%``, ``4.5 %`` or ``0.045``.

    Raises
    ------
    AssumptionError
        If it is neither.

    Examples
    --------
    >>> fraction("4%"), fraction("0.045"), fraction("-2 %")
    (Decimal('0.04'), Decimal('0.045'), Decimal('-0.02'))
    """
    plain = text.strip()
    try:
        value = Decimal(plain.removesuffix("%").strip())
    except InvalidOperation as error:
        raise AssumptionError(f"{text!r} is not a share. Write 4% or 0.04.") from error
    if not value.is_finite():
        raise AssumptionError(f"{text!r} is not a share. Write 4% or 0.04.")
    return value.scaleb(-2) if plain.endswith("%") else value


def check(assumption: Assumption, known: Known, money: Tell) -> None:
    """Refuse an assumption that is incomplete or contradicts itself.

    Parameters
    ----------
    assumption, known
        What is stated, and what it can be about.
    money
        Writes an amount in a message.

    Raises
    ------
    AssumptionError
        With everything that is wrong with it.
    """
    rule = kind(assumption.kind)
    problems = _value_problems(assumption, money) + _scope_problems(assumption, known)
    if not assumption.owner.strip():
        problems.append("it has no owner: name who stands for it")
    if not assumption.evidence.strip():
        problems.append("it has no evidence: say why it is believed")
    if assumption.confidence not in CONFIDENCES:
        problems.append(f"{assumption.confidence!r} is no confidence: choose {', '.join(CONFIDENCES)}")
    if assumption.status not in STATUSES:
        problems.append(f"{assumption.status!r} is no status: choose {', '.join(STATUSES)}")
    if assumption.review_on and not _is_day(assumption.review_on):
        problems.append(f"{assumption.review_on!r} is not a day to look at it again: write it as 2027-03-31")
    problems += _number_problems(assumption)
    if problems:
        raise AssumptionError(bulleted(f"This assumption ({rule.label}) cannot be kept:", problems))


def told(value: Decimal, unit: Unit, money: Tell) -> str:
    """Write a value of a kind in words for messages: a percentage, an amount or people.

    Examples
    --------
    >>> from planning.amounts import in_money
    >>> [told(Decimal(value), unit, in_money("EUR"))
    ...  for value, unit in (("0.045", "share"), (120000, "money"), (3, "heads"))]
    ['4.5%', '1,200.00 EUR', '3 people']
    """
    if unit == "share":
        return f"{(value * 100).normalize():f}%"
    return money(round(value)) if unit == "money" else f"{value.normalize():,f} people"


def _value_problems(assumption: Assumption, money: Tell) -> list[str]:
    rule = kind(assumption.kind)
    values = (assumption.low, assumption.likely, assumption.high)
    low, likely, high = (told(value, rule.unit, money) for value in values)
    problems = []
    if not values[0] <= values[1] <= values[2]:
        problems.append(f"low {low}, likely {likely}, high {high} do not rise in this order")
    bounds = f"{told(rule.minimum, rule.unit, money)} to {told(rule.maximum, rule.unit, money)}"
    outside = [value for value in values if not rule.minimum <= value <= rule.maximum]
    problems += [f"{told(value, rule.unit, money)} lies outside {bounds}" for value in dict.fromkeys(outside)]
    if rule.unit == "money":
        parts = [value for value in dict.fromkeys(values) if value != value.to_integral_value()]
        problems += [
            f"an amount close to {money(round(value))} has more decimals than the currency" for value in parts
        ]
    return problems


def _scope_problems(assumption: Assumption, known: Known) -> list[str]:
    scopes = {
        "territory": known.territories,
        "product_line": known.product_lines,
        "channel": known.channels,
        "segment": known.segments,
        "tier": known.tiers,
    }
    problems = [
        f"there is no {name.replace('_', ' ')} {getattr(assumption, name)!r}"
        for name, names in scopes.items()
        if getattr(assumption, name) and getattr(assumption, name) not in names
    ]
    ends = [month for month in (assumption.first, assumption.last) if month]
    wrong = [
        month for month in ends if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) or month not in known.months
    ]
    year = f" ({known.months[0]} to {known.months[-1]})" if known.months else ""
    problems += [f"{month} is not a month of the year{year}" for month in wrong]
    if len(ends) == 2 and not wrong and assumption.last < assumption.first:
        problems.append(f"it ends in {assumption.last} before it begins in {assumption.first}")
    return problems


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _number_problems(assumption: Assumption) -> list[str]:
    fields = {each.name: each for each in kind(assumption.kind).fields}
    unknown = [f"it has no number called {name!r}" for name in assumption.numbers if name not in fields]
    return unknown + [
        f"{fields[name].label}: {value} lies outside {fields[name].minimum} to {fields[name].maximum}"
        for name, value in assumption.numbers.items()
        if name in fields and not fields[name].minimum <= value <= fields[name].maximum
    ]
