"""An assumption: what is expected, by whom, on what evidence, and over which cells."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from planning.assumptions.kinds import Values, kind
from planning.errors import AssumptionError, bulleted


@dataclass(frozen=True)
class Assumption:
    """One assumption about a fiscal year.

    Parameters
    ----------
    kind
        Name of a kind, such as ``market_growth``.
    low, likely, high
        The range and the likely value, as fractions: 0.04 is 4%.
    owner
        Who stands for it.
    evidence
        Why it is believed.
    territory, product_line
        Scope; empty means all.
    numbers
        Further numbers that the kind asks for, by name.
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
    identity: int = 0
    version: int = 0

    @property
    def scope(self) -> str:
        """Scope in words."""
        return ", ".join(part for part in (self.territory, self.product_line) if part) or "everything"

    def change(self, value: Decimal) -> Decimal:
        """Relative change of the baseline in its scope if `value` comes true."""
        rule = kind(self.kind)
        numbers = {each.name: each.default for each in rule.fields} | dict(self.numbers)
        return rule.change(value, numbers)


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


def check(assumption: Assumption, territories: list[str], product_lines: list[str]) -> None:
    """Refuse an assumption that is incomplete or contradicts itself.

    Raises
    ------
    AssumptionError
        With everything that is wrong with it.
    """
    rule = kind(assumption.kind)
    problems = []
    low, likely, high = assumption.low, assumption.likely, assumption.high
    if not low <= likely <= high:
        problems.append(f"low {low:%}, likely {likely:%}, high {high:%} do not rise in this order")
    outside = [v for v in (low, likely, high) if not rule.minimum <= v <= rule.maximum]
    problems += [f"{value:%} lies outside {rule.minimum:%} to {rule.maximum:%}" for value in outside]
    if not assumption.owner.strip():
        problems.append("it has no owner: name who stands for it")
    if not assumption.evidence.strip():
        problems.append("it has no evidence: say why it is believed")
    if assumption.territory and assumption.territory not in territories:
        problems.append(f"there is no territory {assumption.territory!r}")
    if assumption.product_line and assumption.product_line not in product_lines:
        problems.append(f"there is no product line {assumption.product_line!r}")
    problems += _number_problems(assumption)
    if problems:
        raise AssumptionError(bulleted(f"This assumption ({rule.label}) cannot be kept:", problems))


def _number_problems(assumption: Assumption) -> list[str]:
    fields = {each.name: each for each in kind(assumption.kind).fields}
    unknown = [f"it has no number called {name!r}" for name in assumption.numbers if name not in fields]
    return unknown + [
        f"{fields[name].label}: {value} lies outside {fields[name].minimum} to {fields[name].maximum}"
        for name, value in assumption.numbers.items()
        if name in fields and not fields[name].minimum <= value <= fields[name].maximum
    ]
