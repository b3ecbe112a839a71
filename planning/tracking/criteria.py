"""Criteria by which a year is judged, made known beforehand: what counts, with which weight, on which scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from planning.errors import TrackingError, bulleted

GROUPS = ("goal", "activity", "behaviour")
"""What a criterion is about: a goal that is attained, what somebody did against a standard, how somebody works."""

SCALE = {
    "below what is expected": Decimal("0.5"),
    "as expected": Decimal(1),
    "above what is expected": Decimal("1.2"),
}
"""The usual scale: name of each level and what it counts, where 1 is as expected."""


@dataclass(frozen=True)
class Criterion:
    """One thing that counts.

    Parameters
    ----------
    group
        One of `GROUPS`.
    name
        Metric of the catalogue, for a goal or an activity; else what is judged, in words.
    weight
        Part of the whole, a fraction.
    standard
        For an activity: how many a year are expected; none takes the goal that was set on it, else the middle of
        the role.
    """

    group: str
    name: str
    weight: Decimal
    standard: Decimal | None = None


@dataclass(frozen=True)
class Criteria:
    """By what the year of a role is judged.

    Parameters
    ----------
    role
        Whose; empty for everybody whose role has none of its own.
    parts
        What counts; weights add up to 1.
    scale
        Levels that behaviour is rated by, with what each counts.
    cap
        Attainment above which a part counts no more.
    reason
        Why they were changed; empty for the first ones.
    version, actor, at
        Told by the store: which version, who made it known, and when (UTC).
    late
        Whether they were made known after the year had begun.
    """

    role: str
    parts: Sequence[Criterion]
    scale: Mapping[str, Decimal]
    cap: Decimal = Decimal("1.2")
    reason: str = ""
    version: int = 0
    actor: str = ""
    at: datetime | None = None
    late: bool = False

    def of(self, group: str) -> list[Criterion]:
        """Give the parts of a group."""
        return [each for each in self.parts if each.group == group]


def check(criteria: Criteria, metrics: Sequence[str], needs_reason: bool) -> None:
    """Refuse criteria by which nobody could be judged.

    Parameters
    ----------
    criteria
        The criteria.
    metrics
        Metrics that results are known of.
    needs_reason
        Whether it must be said why: they change others, or the year has begun.

    Raises
    ------
    TrackingError
        With everything that is wrong with them.
    """
    problems = [f"{each.name}: {each.group!r} is none of {', '.join(GROUPS)}" for each in criteria.parts
                if each.group not in GROUPS]  # fmt: skip
    problems += [f"{each.name or 'something'}: a weight of {each.weight} is not above 0" for each in criteria.parts
                 if each.weight <= 0]  # fmt: skip
    problems += [f"{each.name!r} is no metric that results are known of" for each in criteria.parts
                 if each.group in ("goal", "activity") and each.name not in metrics]  # fmt: skip
    problems += [f"{each.name}: a standard of {each.standard} is not above 0" for each in criteria.parts
                 if each.standard is not None and each.standard <= 0]  # fmt: skip
    names = [(each.group, each.name) for each in criteria.parts]
    problems += [
        f"{name} stands there twice" for group, name in dict.fromkeys(names) if names.count((group, name)) > 1
    ]
    whole = sum((each.weight for each in criteria.parts), Decimal(0))
    problems += [] if whole == 1 else [f"the weights add up to {whole * 100:f}%, not 100%"]
    problems += [] if criteria.cap >= 1 else [f"a cap of {criteria.cap} would cut off what is as expected"]
    if criteria.of("behaviour") and len(criteria.scale) < 2:
        problems.append("behaviour needs a scale of two levels or more")
    if needs_reason and not criteria.reason.strip():
        problems.append("say why they are changed, or made known only now that the year has begun")
    if problems:
        raise TrackingError(bulleted("By these criteria nobody can be judged:", problems))


def scale_as_typed(scale: Mapping[str, Decimal]) -> str:
    """Write a scale as people type it: a level a line, with what it counts in percent."""
    return "\n".join(f"{name}: {(counts * 100).normalize():f}%" for name, counts in scale.items())


def typed_scale(text: str) -> dict[str, Decimal]:
    """Read a scale as `scale_as_typed` writes it.

    Raises
    ------
    TrackingError
        With every line that cannot be read, and every level that stands there twice.

    Examples
    --------
    >>> typed_scale("misses it: 50%")
    {'misses it': Decimal('0.5')}
    """
    scale: dict[str, Decimal] = {}
    problems = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, counts = (each.strip() for each in line.rpartition(":"))
        try:
            value = Decimal(counts.removesuffix("%").strip()) / 100
        except InvalidOperation:
            value = Decimal(-1)
        if not name or not value.is_finite() or value < 0:
            problems.append(f"{line!r} is no level: write it such as as expected: 100%")
        elif name in scale:
            problems.append(f"{name!r} stands there twice")
        else:
            scale[name] = value
    if problems:
        raise TrackingError(bulleted("The rating scale cannot be read:", problems))
    return scale


def body(criteria: Criteria) -> dict[str, Any]:
    """Write criteria as JSON can hold them."""
    return {
        "parts": [
            {"group": each.group, "name": each.name, "weight": str(each.weight),
             "standard": str(each.standard) if each.standard is not None else ""}
            for each in criteria.parts
        ],
        "scale": {name: str(counts) for name, counts in criteria.scale.items()},
        "levels": list(criteria.scale),
        "cap": str(criteria.cap),
        "reason": criteria.reason.strip(),
        "late": criteria.late,
    }  # fmt: skip


def read(said: Mapping[str, Any], role: str, version: int, actor: str, at: datetime | None) -> Criteria:
    """Read criteria as `body` wrote them."""
    parts = tuple(
        Criterion(each["group"], each["name"], Decimal(each["weight"]),
                  Decimal(each["standard"]) if each["standard"] else None)
        for each in said["parts"]
    )  # fmt: skip
    scale = {name: Decimal(said["scale"][name]) for name in said["levels"]}
    return Criteria(role, parts, scale, Decimal(said["cap"]), said["reason"], version, actor, at, bool(said["late"]))
