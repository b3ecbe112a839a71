"""Where a year is going to land: what past years of the same people taught about the rest of a year.

After some months, what is left of a year can be told in four ways (`ANCHORS`): the rep's own pace or the whole
group's, held against the goal or against the same months of last year. How much each counts is learned from past
years, month by month, as the mixture whose absolute error was least. How far off such landings were is learned by
playing past years again, each with a mixture learned from the others.

Landings are made of the smallest units (a rep in a territory) and added up, so that reps, territories and company
agree to the unit. Ranges do not add up: what one misses another may make. They come from draws in which the parts
do (`planning.tracking.spread`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from planning.amounts import Real, Whole
from planning.tracking.spread import Case, Spread, drawn, spread

ANCHORS = ("own pace", "the group's pace", "own growth", "the group's growth")
"""What is left of the goal at one's own and at the group's attainment so far; last year's same months at one's own
and at the group's growth so far."""
GOAL_ALONE = 2
"""How many of the anchors need no last year."""
MONTHS = 12
_STEP = 10
_STEEPEST = 3.0
"""Pace and growth beyond which a few months are not taken for a year."""
_ALONE = 2**0.5
"""How much wider the errors of a year are if another tells it than if it does itself, both being as uncertain."""
_AROUND = 1
"""Months on either side whose cases are learned from, too: neighbouring months teach nearly the same."""


@dataclass(frozen=True)
class Course:
    """A year as it goes, by unit and month.

    Parameters
    ----------
    year
        Fiscal year.
    units
        A row a unit: ``territory`` (empty where goals tell none), ``rep``.
    goals, results, before
        A row a unit, a column a month, whole units: goals, results, and results of the year before. Months that are
        not in yet are zero.
    told
        Months of which results are in, from the first.
    stays
        Whether the unit goes on selling: false of who left, and of what nobody carries.
    """

    year: int
    units: pd.DataFrame
    goals: Whole
    results: Whole
    before: Whole
    told: int
    stays: np.ndarray

    @property
    def known(self) -> "Course":
        """The year as far as it is told, as if it ended there: what can be judged of it."""
        mask = np.arange(MONTHS) < self.told
        return Course(
            self.year, self.units, self.goals * mask, self.results * mask, self.before * mask, self.told, self.stays
        )

    @property
    def landed(self) -> Whole:
        """What each unit ended with."""
        return self.results.sum(axis=1)


@dataclass(frozen=True)
class Learned:
    """What past years teach of landings.

    Parameters
    ----------
    years
        The years that it was learned from.
    blends
        By months that are over (1 to 11): weights of all `ANCHORS`, and of those without a last year.
    spreads
        By months that are over: how far off such landings were, and those that were told without a last year.
    """

    years: tuple[int, ...]
    blends: dict[int, tuple[Real, Real]]
    spreads: dict[int, tuple[Spread, Spread]]


@dataclass(frozen=True)
class Landing:
    """Where a year lands.

    Parameters
    ----------
    course
        The year.
    to_date
        Results so far, a unit each, whole units.
    rest
        What is still to come, a unit each, whole units.
    draws
        A row a draw, a column a unit; nothing if no past year tells how far off landings are.
    """

    course: Course
    to_date: Whole
    rest: Whole
    draws: Real | None

    @property
    def lands(self) -> Whole:
        """Where each unit lands, whole units."""
        return self.to_date + self.rest

    def of(self, picked: np.ndarray) -> tuple[int, Real | None]:
        """Give where some units land together, and the draws of it.

        Parameters
        ----------
        picked
            Whether each unit is one of them.
        """
        return int(self.lands[picked].sum()), None if self.draws is None else self.draws[:, picked].sum(axis=1)


def landing(course: Course, learned: Learned, place: float, to_date: Whole, parts: Real) -> Landing:
    """Say where a year lands.

    Parameters
    ----------
    course
        The year in course.
    learned
        What past years taught.
    place
        Months that are over, the one in course in part.
    to_date
        Results so far, a unit each.
    parts
        Part of each month that is over.
    """
    month = int(np.clip(round(place), 1, MONTHS - 1))
    over = place >= MONTHS
    anchors = _anchors(course, to_date, parts)
    rest = np.zeros(len(anchors)) if over else _blended(anchors, *learned.blends.get(month, _EVEN))
    whole = np.rint(rest).astype(np.int64)
    if over:
        return Landing(course, to_date, whole, np.asarray(to_date + rest)[None, :])
    if month not in learned.spreads:
        return Landing(course, to_date, whole, None)
    error = learned.spreads[month][0 if _remembers(course) else 1]
    return Landing(course, to_date, whole, to_date + drawn(rest, course.units["territory"], error))


def learn(courses: Sequence[Course]) -> Learned:
    """Learn from past years how to tell a landing, and how far off such landings are.

    Parameters
    ----------
    courses
        Past years; each is judged as far as it is told.
    """
    years = [each.known for each in courses]
    if not years:
        return Learned((), {}, {})
    blends = {month: _blend(years, month) for month in range(1, MONTHS)}
    told: dict[bool, dict[int, list[Case]]] = {False: {}, True: {}}
    for month in blends:
        others = [_blend([each for each in years if each is not one] or [one], month) for one in years]
        for forget, cases in told.items():
            cases[month] = _missed(years, others, month, forget)
    spreads = {}
    for month in blends:
        near = range(month - _AROUND, month + _AROUND + 1)
        found = [[case for each in near for case in told[forget].get(each, [])] for forget in (False, True)]
        if all(found):
            spreads[month] = (spread(found[0], len(years)), spread(found[1], len(years)))
    return Learned(tuple(each.year for each in courses), blends, spreads)


def after(course: Course, months: int) -> tuple[Whole, Real]:
    """Give the results of a year after some months, and the part of each month that is over then."""
    parts = (np.arange(MONTHS) < months).astype(float)
    return course.results[:, :months].sum(axis=1), parts


def _missed(years: Sequence[Course], blends: Sequence[tuple[Real, Real]], month: int, forget: bool) -> list[Case]:
    """Tell what was left of each year by the others, or by itself if there are none, and hold it against what came.

    A year that tells its own rest tells it too well: its errors are taken as if it had been told by one other year.
    """
    cases = []
    for course, blend in zip(years, blends, strict=True):
        if month >= course.told:
            continue
        seen = replace(course, before=np.zeros_like(course.before)) if forget else course
        to_date, parts = after(seen, month)
        told = _blended(_anchors(seen, to_date, parts), *blend)
        counted = (told > 0) & (seen.goals != 0).any(axis=1)
        come = (seen.landed - to_date)[counted].astype(float)
        wider = 1.0 if len(years) > 1 else _ALONE
        cases.append(
            Case(
                seen.units["territory"].to_numpy(str)[counted],
                told[counted],
                told[counted] + wider * (come - told[counted]),
            )
        )
    return [each for each in cases if len(each.told)]


def _remembers(course: Course) -> bool:
    """Say whether most units know a last year."""
    asked = (course.goals != 0).any(axis=1)
    return bool(asked.any() and (course.before != 0).any(axis=1)[asked].mean() > 0.5)


def _anchors(course: Course, to_date: Whole, parts: Real) -> Real:
    """Tell what is left in each of the four ways: a row a unit; nothing where a way leads nowhere."""
    due, past = ((table * parts).sum(axis=1) for table in (course.goals, course.before))
    asked, came = course.goals.sum(axis=1) - due, course.before.sum(axis=1) - past
    carried, sold = course.goals.any(axis=1), course.before.any(axis=1)
    season = _over(float(asked.sum()), float(due.sum()))
    own = np.where(carried, _times(asked, to_date, due), to_date * season)
    group = np.where(carried, asked * _over(float(to_date[carried].sum()), float(due.sum())), np.nan)
    growth = _over(float(to_date[sold].sum()), float(past.sum()))
    of_past = np.where(sold, _times(came, to_date, past), np.nan)
    found = np.column_stack([own, group, of_past, np.where(sold, came * growth, np.nan)])
    # Who left sells no more; what is left of their goal is then told by their own pace alone, which fades as months
    # pass without them, while whoever looks after their accounts sells more.
    found[~course.stays, 1::2] = np.nan
    ends = np.where(carried, asked <= 0, ~course.stays)
    return np.where(ends[:, None], 0.0, np.clip(found, 0.0, None))


def _times(left: Real, to_date: Whole, due: Real) -> Real:
    """Take what is left at the pace so far; nothing where none is told."""
    pace = np.divide(to_date, due, out=np.full(len(due), np.nan), where=due > 0)
    return left * np.clip(pace, 0.0, _STEEPEST)


def _over(above: float, below: float) -> float:
    return above / below if below > 0 else np.nan


def _blended(anchors: Real, all_weights: Real, goal_weights: Real) -> Real:
    """Mix the ways in which the rest was told; where last year tells nothing, by the weights for that."""
    with_past = np.isfinite(anchors[:, GOAL_ALONE:]).all(axis=1, keepdims=True)
    weights = np.where(with_past, all_weights, np.append(goal_weights, np.zeros(GOAL_ALONE)))
    known = np.isfinite(anchors)
    weights = np.where(known, weights, 0.0)
    whole = weights.sum(axis=1)
    even = known / np.maximum(known.sum(axis=1, keepdims=True), 1)
    shares = np.where(whole[:, None] > 0, weights / np.where(whole > 0, whole, 1.0)[:, None], even)
    return (np.nan_to_num(anchors) * shares).sum(axis=1)


def _blend(years: Sequence[Course], month: int) -> tuple[Real, Real]:
    """Find the weights whose absolute error was least, over a month and its neighbours."""
    cases = [_cases(each, m) for each in years for m in range(month - _AROUND, month + _AROUND + 1)
             if 1 <= m < min(each.told, MONTHS)]  # fmt: skip
    if not cases:
        return _EVEN
    anchors, come = np.vstack([a for a, _ in cases]), np.concatenate([c for _, c in cases])
    whole = np.isfinite(anchors).all(axis=1)
    told = np.isfinite(anchors[:, :GOAL_ALONE]).all(axis=1)
    goal_alone = _best(anchors[told][:, :GOAL_ALONE], come[told])
    if not whole.any():
        return np.append(goal_alone, np.zeros(GOAL_ALONE)), goal_alone
    return _best(anchors[whole], come[whole]), goal_alone


def _cases(course: Course, month: int) -> tuple[Real, Real]:
    to_date, parts = after(course, month)
    counted = (course.goals != 0).any(axis=1) & course.stays
    return _anchors(course, to_date, parts)[counted], (course.landed - to_date)[counted].astype(float)


def _best(anchors: Real, come: Real) -> Real:
    if not len(come):
        return np.full(anchors.shape[1], 1 / anchors.shape[1])
    tried = _GRIDS[anchors.shape[1]]
    off = np.abs(anchors @ tried.T - come[:, None]).sum(axis=0)
    return tried[int(off.argmin())]


def _grid(count: int) -> Real:
    """Give all mixtures of some ways in steps of a tenth."""
    tenths = [each for each in product(range(_STEP + 1), repeat=count) if sum(each) == _STEP]
    return np.array(tenths) / _STEP


_GRIDS = {count: _grid(count) for count in (GOAL_ALONE, len(ANCHORS))}
_EVEN = (np.full(len(ANCHORS), 1 / len(ANCHORS)), np.full(GOAL_ALONE, 1 / GOAL_ALONE))
