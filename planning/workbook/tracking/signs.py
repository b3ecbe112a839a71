"""What rules look at, at each month end of a year, as it was known then."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from planning.amounts import Real, Whole
from planning.errors import TrackingError
from planning.goals.chances import probability
from planning.history import signs
from planning.history.engine import open_history
from planning.periods import add_months, first_day, last_day
from planning.tracking import signals
from planning.tracking.landing import MONTHS, Course, Learned, after, landing, learn
from planning.tracking.pace import Elapsed, elapsed, paced, ratio
from planning.tracking.replay import Replayed
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.tracking.course import UNIT, Told, told

METRIC = "revenue"


@dataclass(frozen=True)
class Known:
    """All that warnings are told from, up to a day.

    Parameters
    ----------
    part
        Revenue by month.
    pipeline, done
        Pipeline by rep and month (`planning.history.signs`); activities, a row a rep and a column a week.
    """

    part: Told
    pipeline: pd.DataFrame
    done: pd.DataFrame


def known(context: Context, as_of: date | None = None) -> Known:
    """Gather what warnings are told from.

    Raises
    ------
    TrackingError
        If there is nothing to tell.
    """
    part = told(context, METRIC, as_of)
    with open_history(context.settings) as history:
        return Known(part, signs.pipeline(history, part.day), signals.by_week(signs.activity(history, part.day)))


def at_ends(seen: Known, year: int) -> Replayed:
    """Tell the signs of a year at each month end, and on the last day told: each from what was known then.

    Landings are learned from years before, so that nobody is warned by what came later. How the year ended is as far
    as it is told.
    """
    part = seen.part
    course, lines = part.course(year), part.course(year, ("territory", "product_line"))
    before = [part.course(each) for each in part.years if each < year]
    learned = learn(before) if before else Learned((), {}, {})
    days = _days(part, year)
    reps = [_of_reps(seen, course, learned, at).assign(place=place, day=at.as_of) for place, at in days]
    places = [_of_territories(course, lines, at).assign(place=place, day=at.as_of) for place, at in days]
    return Replayed(year, pd.concat(reps, ignore_index=True), pd.concat(places, ignore_index=True), _ended(course))


_REPLAYED: dict[object, list[Replayed]] = {}
_MOST = 4


def replayed(context: Context) -> list[Replayed]:
    """Go through the past years that have years before them to learn from, oldest first."""
    seen = known(context)
    on = depends_on(context)
    if on is None or on not in _REPLAYED:
        while len(_REPLAYED) >= _MOST:
            _REPLAYED.pop(next(iter(_REPLAYED)))
        _REPLAYED[on] = [at_ends(seen, year) for year in seen.part.years[1:]]
    return _REPLAYED[on]


def _days(part: Told, year: int) -> list[tuple[int, Elapsed]]:
    calendar = part.context.calendar
    months = calendar.months(year)
    if part.day < first_day(months[0]):
        raise TrackingError(f"FY{year} has not begun: results reach to {part.day}.")
    ends = [last_day(month) for month in months[:-1] if last_day(month) <= part.day]
    now = (
        [part.day] if year == part.context.year and part.day not in ends and part.day <= last_day(months[-1]) else []
    )
    return [(place, elapsed(calendar, year, day)) for place, day in enumerate([*ends, *now], 1)]


def _of_reps(seen: Known, course: Course, learned: Learned, at: Elapsed) -> pd.DataFrame:
    """Tell pace, landing, activity and pipeline of each rep on a day; of who has left, nothing."""
    to_date = after(course, at.whole)[0] if at.whole == at.place else course.results.sum(axis=1)
    found = landing(course, learned, at.place, to_date, at.parts)
    reps = [name for name in course.units["rep"].unique() if name]
    mine = (course.units["rep"].to_numpy()[:, None] == np.array(reps, dtype=object)).astype(np.int64)
    goals, lands = mine.T @ course.goals, mine.T @ found.lands
    goal, stays = goals.sum(axis=1), (mine.T @ course.stays) > 0
    paces = paced(goals, mine.T @ to_date, at)
    chance = np.full(len(reps), np.nan)
    if found.draws is not None:
        summed = found.draws @ mine
        chance = np.array([probability(summed[:, place], each) for place, each in enumerate(goal)])
    places = course.units.groupby("rep")["territory"].agg(_one).reindex(reps).to_numpy()
    table = pd.DataFrame({
        "whom": reps, "rep": reps, "territory": places, "goal": goal, "attainment": paces["attainment"],
        "over": np.where(np.isnan(chance), np.nan, ratio(lands, goal)), "short": goal - lands, "probability": chance,
        "ahead": _ahead(goals, at),
    })[(goal > 0) & stays]  # fmt: skip
    return table.merge(
        _leading(seen, table.set_index("rep")["ahead"], at), left_on="rep", right_index=True, how="left"
    )


def _leading(seen: Known, needed: pd.Series, at: Elapsed) -> pd.DataFrame:
    """Tell activity and pipeline of each rep on a day; months in course are left aside."""
    month = f"{at.as_of:%Y-%m}"
    month = month if at.as_of == last_day(month) else add_months(month, -1)
    table = pd.DataFrame(index=needed.index)
    if len(seen.done):
        table = table.join(signals.of_usual(seen.done, signs.week_of(at.as_of)))
    if len(seen.pipeline):
        table = table.join(signals.opened(seen.pipeline, month)).join(signals.deals(seen.pipeline, month))
        found = signals.rates(seen.pipeline, _revenue(seen.part, month), month)
        if found is not None:
            table = table.join(signals.coverage(seen.pipeline, needed, found, month))
    return table


def _revenue(part: Told, month: str) -> float:
    rows = part.results
    inside = (rows["month"] <= month) & (rows["month"] > add_months(month, -signals.SEEN_MONTHS))
    return float(rows.loc[inside, "amount"].sum())


def _ahead(goals: Whole, at: Elapsed) -> Real:
    """Give what goals ask for in an average month of the next few that are left; of the last ones, at the end."""
    place = min(at.whole, MONTHS - signals.MONTHS)
    return goals[:, place : place + signals.MONTHS].mean(axis=1)


def _of_territories(course: Course, lines: Course, at: Elapsed) -> pd.DataFrame:
    """Tell where lines fall together, by territory; from the second month on, since one month is noise."""
    if at.whole < 2:
        return pd.DataFrame(columns=["whom", "rep", "territory", "lines", "together", "goal", "short"])
    names = lines.units[["territory", "product_line"]]
    table = signals.lines_falling(lines.results.astype(float), lines.before.astype(float), names, at.whole)
    due = pd.Series(((course.goals * at.parts).sum(axis=1) - after(course, at.whole)[0]), course.units["territory"])
    goals = pd.Series(course.goals.sum(axis=1), course.units["territory"]).groupby(level=0).sum()
    short = due.groupby(level=0).sum()
    return table.assign(
        whom=table["territory"], rep="", goal=table["territory"].map(goals), short=table["territory"].map(short)
    )


def _ended(course: Course) -> pd.DataFrame:
    known = course.known
    sums = known.units[list(UNIT)].assign(goal=known.goals.sum(axis=1), landed=known.landed)
    parts = [
        sums.groupby(level)[["goal", "landed"]].sum().rename_axis("whom").reset_index().assign(of=level)
        for level in ("rep", "territory")
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[table["whom"] != ""].reset_index(drop=True)


def _one(values: pd.Series) -> str:
    names = [each for each in dict.fromkeys(values) if each]
    return names[0] if len(names) == 1 else ""
