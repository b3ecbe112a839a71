"""Activity arithmetic: from a goal back through the funnel to what is to be done each week, and forwards again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planning.amounts import Real, Whole, apportion
from planning.errors import HistoryError, PlanningError, bulleted, unknown_name
from planning.history.rhythm import WORKING_WEEK, Rhythm
from planning.periods import FiscalCalendar, first_day, last_day

WON = "won"
_LABELS = {
    "call": "Calls", "visit": "Visits", "demo": "Demos", "presentation": "Presentations", "proposal": "Proposals",
    "opened": "Opportunities opened", "qualified": "Opportunities qualified", "presented": "Presentations",
    "proposed": "Proposals", WON: "Deals won",
}  # fmt: skip
FOUR_IN_FIVE = 1.2815515655446004
"""Standard deviations on either side that hold four of five cases."""

METHOD = (
    "Backwards: the part of the goal that comes through the pipeline, over the size of a deal, gives the deals, "
    "rounded up once for the year; over the part of deals in a step that are won in the end, what must come into "
    "that step, rounded up too. Each is spread over the weeks by their working days and by the goal of the month in "
    "which deals of that week are won: the mean days from the step to the win later. Work of the last weeks is for "
    "deals of the year after, taken to ask as much in each month as this one; as much must be under way when "
    "the year begins. Calls and visits belong to the opportunities of their week. "
    "Forwards: what is planned, times the part that is won in the end, times the size of a deal; the least of what "
    "the activities carry is the result to expect, since no deal skips a step. Four times in five it lies in the "
    "interval: chance in the number and size of deals, and what is not known of conversion and size (lognormal)."
)


@dataclass(frozen=True)
class Backwards:
    """What a goal asks for, step by step.

    Parameters
    ----------
    goal, through_pipeline
        The year's goal and the part that comes through the pipeline, minor units.
    year
        A row an activity, from the first to deals won: ``count`` of the year, ``a_week`` (in a working week that is
        worked in full), ``reach`` (part that is won in the end; for kinds of activity of the opportunities that they
        bring), ``lag`` (mean days to the win), ``next_year`` (of the count, for deals of the year after).
    pieces
        A row a week of a month: ``week`` (Monday), ``month``, ``first``, ``last``, ``days`` (worked), and a column
        an activity; they add up to the year exactly.
    """

    goal: int
    through_pipeline: int
    year: pd.DataFrame
    pieces: pd.DataFrame

    @property
    def activities(self) -> list[str]:
        """Names of the activities, in the order of the funnel."""
        return list(self.year.index)

    def by(self, column: str) -> pd.DataFrame:
        """Add up by ``week`` or ``month``: that column, the days worked, and a column an activity."""
        return self.pieces.groupby(column, as_index=False)[["days", *self.activities]].sum()


def label(name: str) -> str:
    """Say how people call a kind of activity or a step.

    Examples
    --------
    >>> label("opened"), label("site survey")
    ('Opportunities opened', 'Site survey')
    """
    return _LABELS.get(name, name[:1].upper() + name[1:])


def needed(deals: ArrayLike, rates: ArrayLike) -> Whole:
    """Count what must come into each step for some deals to be won.

    Parameters
    ----------
    deals
        Deals to win, whole.
    rates
        Conversion of each step, from the last (proposal to deal) back to the first.

    Examples
    --------
    >>> needed(14, [0.4, 0.5, 0.35, 0.1])
    array([  35,   70,  200, 2000])
    """
    return whole_up(np.asarray(deals, dtype=float) / np.cumprod(np.asarray(rates, dtype=float)))


def whole_up(numbers: ArrayLike) -> Whole:
    """Round up to whole things; what only the float makes more than whole stays.

    Examples
    --------
    >>> whole_up([2.33, 3.0000000001, 60])
    array([ 3,  3, 60])
    """
    return np.ceil(np.round(np.asarray(numbers, dtype=float), 6)).astype(np.int64)


def pieces(calendar: FiscalCalendar, year: int) -> pd.DataFrame:
    """Cut a fiscal year into weeks of months: ``week`` (Monday), ``month``, ``first``, ``last``, working ``days``."""
    rows = []
    for month in calendar.months(year):
        begins, ends = first_day(month), last_day(month)
        monday = begins - timedelta(days=begins.weekday())
        while monday <= ends:
            first, last = max(monday, begins), min(monday + timedelta(days=6), ends)
            rows.append((monday, month, first, last, calendar.working_days(first, last)))
            monday += timedelta(weeks=1)
    return pd.DataFrame(rows, columns=["week", "month", "first", "last", "days"])


def backwards(rhythm: Rhythm, rep: str, goal: pd.Series, calendar: FiscalCalendar, year: int) -> Backwards:
    """Go from a rep's goal back through the funnel (`METHOD`).

    Parameters
    ----------
    rhythm
        How people work.
    rep
        Who.
    goal
        Minor units by ISO month of the fiscal year; a month below zero asks for nothing.
    calendar, year
        The fiscal year.

    Raises
    ------
    HistoryError
        If the history has no pipeline, or does not know the rep.
    """
    require(rhythm, rep)
    person = rhythm.reps.loc[rep]
    months = goal.reindex(calendar.months(year), fill_value=0).clip(lower=0).astype("float64")
    part = round(float(months.sum()) * float(person["part"]))
    table = _year(rhythm, rep, part / float(person["deal_size"]))
    cut = pieces(calendar, year)
    weights, later = _weights(cut, months, table["lag"].to_numpy(dtype=float))
    counts = _spread(table["count"].to_numpy(), weights, pd.factorize(cut["month"])[0])
    weeks = float(cut["days"].sum()) / WORKING_WEEK
    table = table.assign(a_week=table["count"] / weeks, next_year=np.where(later, counts, 0).sum(axis=1))
    spread = cut.assign(**dict(zip(table.index, counts, strict=True)))
    return Backwards(int(goal.sum()), part, table, spread)


def require(rhythm: Rhythm, rep: str = "") -> None:
    """Raise a HistoryError, with what is missing, where there is no pipeline or a rep is not known."""
    if not rhythm.pipeline:
        missing = [] if rhythm.steps else ["no opportunity has a day on which it was opened, presented or proposed"]
        missing += (
            [] if rhythm.reps["won"].sum() else [f"no opportunity was won from {rhythm.first} to {rhythm.last}"]
        )
        head = (
            "The history has no pipeline to reckon through. Bring in opportunities with rep, status, days and amount:"
        )
        raise HistoryError(bulleted(head, missing))
    if rep and rep not in rhythm.reps.index:
        raise HistoryError(unknown_name("rep", rep, rhythm.reps.index))


def forwards(rhythm: Rhythm, rep: str, planned: Mapping[str, float], weeks: float) -> pd.DataFrame:
    """Say what result a planned activity leads to (`METHOD`).

    Parameters
    ----------
    rhythm
        How people work.
    rep
        Who.
    planned
        How many in a working week, of some of the kinds and steps.
    weeks
        Working weeks.

    Returns
    -------
    A row a planned activity: ``activity``, ``a_week``, ``count``, ``reach`` (part that is won; of a call: wins a
    call), ``deals``, ``result`` (minor units through the pipeline), ``low``, ``high`` (four times in five), and
    ``binds``: true for the one that carries least, which is the result to expect.

    Raises
    ------
    PlanningError
        With all activities that are not known or below zero, or if none is planned.
    """
    require(rhythm, rep)
    _check(rhythm, planned)
    wins = wins_each(rhythm).loc[rep, list(planned)].to_numpy(dtype=float)
    counts = np.array(list(planned.values()), dtype=float) * weeks
    person, deals = rhythm.reps.loc[rep], counts * wins
    step = [name if name in rhythm.steps else rhythm.steps[0] for name in planned]
    doubt = np.hypot(rhythm.reach_doubt.loc[rep, step].to_numpy(dtype=float), float(person["size_doubt"]))
    result = deals * float(person["deal_size"])
    low, high = interval(result, deals, doubt, rhythm.spread)
    table = pd.DataFrame({"activity": list(planned), "a_week": list(planned.values()), "count": counts, "reach": wins,
                          "deals": deals, "result": result, "low": low, "high": high})  # fmt: skip
    table[["result", "low", "high"]] = table[["result", "low", "high"]].round().astype("int64")
    return table.assign(binds=table.index == table["result"].idxmin())


def _check(rhythm: Rhythm, planned: Mapping[str, float]) -> None:
    known = [*rhythm.kinds, *rhythm.steps]
    problems = [unknown_name("activity", name, known) for name in planned if name not in known]
    problems += [f"{name}: {count:g} a week is below zero" for name, count in planned.items() if count < 0]
    if not planned:
        problems = [f"nothing is planned; known: {', '.join(known)}"]
    if problems:
        raise PlanningError(bulleted("The planned activity cannot be reckoned:", problems))


def wins_each(rhythm: Rhythm) -> pd.DataFrame:
    """Give the wins that each activity leads to, by rep, a column a kind and a step."""
    reach = rhythm.reach
    openings = 1 / rhythm.per_opening.where(rhythm.per_opening > 0)
    return pd.concat([openings.mul(reach.iloc[:, 0], axis=0), reach], axis=1)


def interval(result: Real, deals: Real, doubt: Real, spread: float) -> tuple[Real, Real]:
    r"""Give the ends between which a sum of deals lies four times in five.

    The variance of a sum of a Poisson number of deals, :math:`(1 + s^2) / m` relative to its square, and that of the
    estimates; a lognormal with this mean and variance has the ends.
    """
    chance = np.divide(1 + spread**2, deals, out=np.zeros_like(deals), where=deals > 0) + doubt**2
    sigma = np.sqrt(np.log1p(chance))
    middle = result / np.sqrt(1 + chance)
    return middle * np.exp(-FOUR_IN_FIVE * sigma), middle * np.exp(FOUR_IN_FIVE * sigma)


def _year(rhythm: Rhythm, rep: str, deals: float) -> pd.DataFrame:
    """Count what the year needs of each activity, from the first to deals won."""
    won = int(whole_up(deals))
    reach, lag = rhythm.reach.loc[rep], rhythm.lags.loc[rep]
    if not (reach > 0).all():
        raise HistoryError(
            f"No deal that came into {reach.index[~(reach > 0)][0]} went on, so nothing can be reckoned."
        )
    steps = needed(won, rhythm.onward.loc[rep].to_numpy(dtype=float)[::-1])[::-1]
    kinds = whole_up(won / reach.iloc[0] * rhythm.per_opening.loc[rep].fillna(0.0).to_numpy(dtype=float))
    first = len(rhythm.kinds)
    return pd.DataFrame({
        "count": [*kinds, *steps, won],
        "reach": [*[reach.iloc[0]] * first, *reach, 1.0],
        "lag": [*[lag.iloc[0]] * first, *lag, 0.0],
    }, index=[*rhythm.kinds, *rhythm.steps, WON])  # fmt: skip


def _weights(cut: pd.DataFrame, months: pd.Series, lags: Real) -> tuple[Real, np.ndarray]:
    """Weigh each piece of the year for each lag by its days and by the goal a day of the month that it works for.

    Also says which pieces work for the year after.
    """
    days = cut.groupby("month")["days"].sum().reindex(months.index)
    a_day = (months / days.where(days > 0)).fillna(0.0).to_numpy(dtype=float)
    middle = np.array([_middle(*ends) for ends in zip(cut["first"], cut["last"], strict=True)])
    starts = np.array([first_day(month).toordinal() for month in months.index])
    length = last_day(months.index[-1]).toordinal() + 1 - starts[0]
    due = middle[None, :] + lags[:, None] - starts[0]
    place = np.searchsorted(starts - starts[0], due % length, side="right") - 1
    weights = cut["days"].to_numpy(dtype=float) * a_day[place]
    # Where the months that are worked for ask for nothing on any working day, the goal's own days are taken.
    bare = weights.sum(axis=1) == 0
    weights[bare] = cut["days"].to_numpy(dtype=float)
    return weights, due >= length


def _spread(totals: Whole, weights: Real, month: np.ndarray) -> Whole:
    """Split counts over months, and those of each month over its weeks, so that few things do not gather in one.

    Parameters
    ----------
    totals
        One an activity.
    weights
        A row an activity, a column a piece.
    month
        Number of the month of each piece.
    """
    rows, months = len(totals), int(month.max()) + 1
    code = (np.arange(rows)[:, None] * months + month[None, :]).ravel()
    monthly = np.bincount(code, weights.ravel(), minlength=rows * months).reshape(rows, months)
    split = apportion(totals, monthly)
    return apportion(split.ravel(), weights.ravel(), groups=code).reshape(weights.shape)


def _middle(first: date, last: date) -> float:
    return (first.toordinal() + last.toordinal() + 1) / 2
