"""Whether what was drawn for past years came as often as it should have, and by how much to widen what is drawn now.

A case is a year of the company, of a territory or of a position, planned as of its first day and held against what
came. Its score is how many standard deviations the result lay from the middle of what was drawn, so that scores of a
calibrated plan have a mean square of one.

Intervals are widened by the root of that mean square, steadied by `STEADY` cases of a calibrated plan, so that few
cases widen little; they are never narrowed. How the widened intervals would have done is tried without the year that
is judged: each year is widened by what the other years say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.assumptions.simulation import END, Simulation

LEVELS = ("company", "territory", "position")
WITHIN = {50: 0.6744897501960817, 80: END, 95: 1.959963984540054}
"""Percent of cases that should lie within so many standard deviations of the middle."""
STEADY = 5
_FARTHEST = 4.0
"""One result far outside, such as that of a rep who went in mid-year, counts as one this far outside."""


@dataclass(frozen=True)
class Case:
    """A past year of a level, planned as of its first day.

    Parameters
    ----------
    year
        Fiscal year.
    level, name
        What it is of; the name is empty for the company.
    expected
        Middle of what was drawn, minor units.
    came
        What came, minor units.
    score
        How many standard deviations above (or below) the middle that is.
    """

    year: int
    level: str
    name: str
    expected: int
    came: int
    score: float


def cases(year: int, drawn: Simulation, came: pd.DataFrame) -> list[Case]:
    """Hold what was drawn for a year against what came.

    Parameters
    ----------
    year
        Fiscal year.
    drawn
        What was drawn as of its first day.
    came
        Columns ``territory``, ``rep``, ``amount``; positions as they were on that day.
    """
    found = [_case(year, "company", "", drawn.of(), int(came["amount"].sum()))]
    by_territory = came.groupby("territory")["amount"].sum()
    for territory in sorted(set(drawn.positions["territory"])):
        found.append(_case(year, "territory", territory, drawn.of(territory), int(by_territory.get(territory, 0))))
    by_position = came.set_index(["territory", "rep"])["amount"]
    for place, (territory, rep) in enumerate(drawn.positions[["territory", "rep"]].itertuples(index=False)):
        if rep:
            amount = int(by_position.get((territory, rep), 0))
            found.append(_case(year, "position", f"{rep}, {territory}", drawn.years[:, place].astype(float), amount))
    return [each for each in found if np.isfinite(each.score)]


def widths(found: Sequence[Case]) -> dict[str, float]:
    """Say by how much the errors of each level are to be widened; a level without cases stays as it is."""
    return {level: _width([each for each in found if each.level == level]) for level in LEVELS}


def table(found: Sequence[Case]) -> pd.DataFrame:
    """Say how often results fell inside the intervals, by level.

    Returns
    -------
    A row a level that has cases: ``level``, ``cases``, ``years``; ``inside_50``, ``inside_80``, ``inside_95`` as
    drawn then; ``width`` (1 means not widened); ``widened_50``, ``widened_80``, ``widened_95``: the same with
    intervals widened by what the other years say, empty with fewer than two years.
    """
    rows = []
    for level in LEVELS:
        mine = [each for each in found if each.level == level]
        if not mine:
            continue
        years = sorted({each.year for each in mine})
        plain = np.array([abs(each.score) for each in mine])
        others = {year: _width([each for each in mine if each.year != year]) for year in years}
        wide = np.array([abs(each.score) / others[each.year] for each in mine])
        rows.append(
            {
                "level": level,
                "cases": len(mine),
                "years": len(years),
                **{f"inside_{percent}": float((plain <= end).mean()) for percent, end in WITHIN.items()},
                "width": _width(mine),
                **{
                    f"widened_{percent}": float((wide <= end).mean()) if len(years) > 1 else np.nan
                    for percent, end in WITHIN.items()
                },
            }
        )
    columns = ["level", "cases", "years", *(f"inside_{each}" for each in WITHIN), "width"]
    return pd.DataFrame(rows, columns=[*columns, *(f"widened_{each}" for each in WITHIN)])


def _case(year: int, level: str, name: str, drawn: np.ndarray, came: int) -> Case:
    low, middle, high = np.quantile(drawn, [0.1, 0.5, 0.9])
    # A deviation for each side: what is drawn is not symmetric where ranges are not, or where zero is near.
    side = (high - middle if came >= middle else middle - low) / END
    score = (came - middle) / side if side > 0 else np.nan
    return Case(year, level, name, round(float(middle)), came, float(score))


def _width(found: Sequence[Case]) -> float:
    squares = sum(min(abs(each.score), _FARTHEST) ** 2 for each in found)
    return float(max(1.0, np.sqrt((STEADY + squares) / (STEADY + len(found)))))
