"""How well landings did: past years landed again after each month, each by what the other years taught."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.goals.chances import probability
from planning.history.shrink import wilson
from planning.tracking.landing import MONTHS, Course, Landing, after, landing, learn

LEVELS = ("rep", "territory", "company")
INSIDE = (0.5, 0.8)
ENDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Between which probabilities cases are counted together."""

COLUMNS = ["year", "month", "level", "inside_50", "inside_80", "off", "probability", "made"]


def trials(courses: Sequence[Course]) -> pd.DataFrame:
    """Land past years again.

    Parameters
    ----------
    courses
        Past years; with fewer than two there is nothing to learn from.

    Returns
    -------
    A row a year, month and rep, territory or company with a goal: ``year``, ``month`` (months that were over),
    ``level``, ``inside_50`` and ``inside_80`` (whether the year ended within the range that should hold so many),
    ``off`` (how far from the landing, over what came), ``probability`` (of making the goal, as told then) and
    ``made``.
    """
    rows: list[tuple[object, ...]] = []
    for one in courses:
        others = [each for each in courses if each is not one]
        if not others:
            continue
        learned, course = learn(others), one.known
        for month in range(1, min(course.told, MONTHS)):
            found = landing(course, learned, month, *after(course, month))
            if found.draws is not None:
                rows += [(course.year, month, *row) for row in _judged(found)]
    return pd.DataFrame(rows, columns=COLUMNS)


def kept(table: pd.DataFrame) -> pd.DataFrame:
    """Say how often years ended where landings said.

    Returns
    -------
    A row a level: ``level``, ``cases``, ``years`` that they are of, ``inside_50``, ``inside_80`` and ``off``.
    """
    found = table.groupby("level", as_index=False).agg(
        cases=("made", "size"),
        years=("year", "nunique"),
        inside_50=("inside_50", "mean"),
        inside_80=("inside_80", "mean"),
        off=("off", "median"),
    )
    place = found["level"].map(LEVELS.index)
    return found.loc[place.sort_values().index].reset_index(drop=True)


def left_open(share: float, years: int) -> tuple[float, float]:
    """Say between which shares the true one may lie that so few years leave open, 95 times in 100.

    The months of a year are no cases of their own: a year that lands far off is far off after most of its months. Of
    the whole company a year is therefore one case.

    Examples
    --------
    >>> [round(end, 2) for end in left_open(1 / 3, 3)]
    [0.06, 0.79]
    """
    low, high = wilson([share * years], [years])
    return float(low[0]), float(high[0])


def came_true(table: pd.DataFrame) -> pd.DataFrame:
    """Hold probabilities that reps make their goals against how many did: ``told``, ``came``, ``cases`` by class."""
    reps = table[table["level"] == "rep"]
    bins = pd.cut(reps["probability"], list(ENDS), include_lowest=True)
    found = reps.groupby(bins, observed=True).agg(
        told=("probability", "mean"), came=("made", "mean"), cases=("made", "size")
    )
    return found.reset_index(drop=True)


def _judged(found: Landing) -> Iterator[tuple[object, ...]]:
    course = found.course
    goals, landed = course.goals.sum(axis=1), course.landed
    for level, picked in _groups(course):
        goal, came = int(goals[picked].sum()), int(landed[picked].sum())
        told, draws = found.of(picked)
        if goal <= 0 or came <= 0 or draws is None:
            continue
        inside = [_inside(draws, came, part) for part in INSIDE]
        yield level, *inside, abs(told - came) / came, probability(draws, goal), came >= goal


def _groups(course: Course) -> Iterator[tuple[str, np.ndarray]]:
    for level, column in (("rep", "rep"), ("territory", "territory")):
        for name in course.units[column].unique():
            if name:
                yield level, (course.units[column] == name).to_numpy()
    yield "company", np.ones(len(course.units), dtype=bool)


def _inside(draws: Real, came: int, part: float) -> bool:
    low, high = np.quantile(draws, [(1 - part) / 2, (1 + part) / 2])
    return bool(low <= came <= high)
