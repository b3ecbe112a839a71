"""Standards of the year in course: from where somebody is on track, to be watched, or off, by role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from planning.errors import TrackingError, bulleted

Band = Literal["on track", "watch", "off", ""]
ON, WATCH, OFF = "on track", "watch", "off"
Measure = Literal["landing", "attainment"]
MEASURES: dict[Measure, str] = {
    "landing": "where the year lands, over the goal",
    "attainment": "result so far, over what was due",
}


@dataclass(frozen=True)
class Ends:
    """Where bands end: at `on` and above one is on track, below `watch` off, between the two to be watched."""

    on: float = 0.97
    watch: float = 0.92


@dataclass(frozen=True)
class Standards:
    """The standards that everybody is held to.

    Parameters
    ----------
    measure
        What is held against them. Early in a year the landing swings less than attainment does.
    ends
        Ends of the bands by role; under the empty text, those of all other roles.
    """

    measure: Measure = "landing"
    ends: Mapping[str, Ends] = field(default_factory=lambda: {"": Ends()})

    def of(self, role: str) -> Ends:
        """Give the ends of a role's bands."""
        return self.ends.get(role, self.ends[""])

    def in_words(self, role: str = "") -> str:
        """Say what the standard is."""
        ends = self.of(role)
        return (
            f"On track: {MEASURES[self.measure]} is {ends.on:.0%} or more. Off: it is below {ends.watch:.0%}. "
            "Watch: between the two."
        )


def check(standards: Standards) -> None:
    """Refuse standards that nobody could be held to.

    Raises
    ------
    TrackingError
        With everything that is wrong with them.
    """
    problems = (
        []
        if standards.measure in MEASURES
        else [f"{standards.measure!r} is no measure; known: {', '.join(MEASURES)}"]
    )
    problems += [] if "" in standards.ends else ["they name no ends for all other roles"]
    for role, ends in standards.ends.items():
        if not 0 < ends.watch < ends.on <= 2:
            problems.append(
                f"{role or 'all roles'}: off below {ends.watch:.0%} and on track from {ends.on:.0%}; the first must "
                "be above 0%, the second above the first, and at most 200%"
            )
    if problems:
        raise TrackingError(bulleted("These standards cannot be kept:", problems))


def band(value: float | None, ends: Ends) -> Band:
    """Give the band of a value; none where it is not known.

    Examples
    --------
    >>> [band(value, Ends(0.97, 0.92)) for value in (1.02, 0.97, 0.95, 0.5, None)]
    ['on track', 'on track', 'watch', 'off', '']
    """
    if value is None or pd.isna(value):
        return ""
    return "on track" if value >= ends.on else "watch" if value >= ends.watch else "off"


def body(standards: Standards) -> dict[str, Any]:
    """Write standards as JSON can hold them."""
    return {
        "measure": standards.measure,
        "ends": {role: {"on": each.on, "watch": each.watch} for role, each in standards.ends.items()},
    }


def read(said: Mapping[str, Any]) -> Standards:
    """Read standards as `body` wrote them."""
    return Standards(said["measure"], {role: Ends(**each) for role, each in said["ends"].items()})
