"""Where everybody stands in the year in course: due, done, still needed, where it lands, and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from planning.amounts import Real, Whole
from planning.errors import TrackingError, unknown_name
from planning.goals.aims.aiming import keys
from planning.goals.chances import probability
from planning.history import results as past
from planning.history.engine import open_history
from planning.metrics import Metric
from planning.tracking import bands, trials
from planning.tracking.landing import Landing, Learned, landing, learn
from planning.tracking.pace import Elapsed, elapsed, paced, ratio
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept
from planning.workbook.tracking import seats, standards
from planning.workbook.tracking.course import UNIT, Told, Where, told

COLUMNS = [
    "name", "territory", "rep", "goal", "original", "expected", "result", "attainment", "needed_per_week", "landing",
    "low_80", "high_80", "probability", "band",
]  # fmt: skip
MORE = ["difference", "reached", "projected", "low_50", "high_50"]
BY = ("rep", "territory", "region", "manager", "company", "product_line")
_TOLD = [*(each for each in COLUMNS if each != "band"), *MORE]
_WHOLE = ("goal", "original", "expected", "result", "difference")
_MAYBE = ("needed_per_week", "projected", "landing", "low_80", "low_50", "high_50", "high_80")
_NO_LANDING = dict.fromkeys(("landing", "low_80", "low_50", "high_50", "high_80", "probability"), np.nan)
_ENDS = {"low_80": 0.1, "low_50": 0.25, "high_50": 0.75, "high_80": 0.9}


@dataclass(frozen=True)
class Standing:
    """Where a metric stands on a day.

    Parameters
    ----------
    metric
        Which.
    at
        How far the year has gone.
    table
        A row a name: `COLUMNS` and `MORE`; whole units, of a ratio fractions.
    learned
        Past years that landings were learned from; none where there were none.
    """

    metric: Metric
    at: Elapsed
    table: pd.DataFrame
    learned: tuple[int, ...]


def progress(context: Context, by: str = "rep", metric: str = "revenue", as_of: date | None = None) -> pd.DataFrame:
    """Say where everybody stands in the year in course.

    Parameters
    ----------
    context
        Where one stands, and who is asking: a rep sees themselves, a manager their team; others stand together in one
        row, `seats.OTHERS`. A territory in view leaves the other territories out.
    by
        One of `BY`.
    metric
        A metric with a goal.
    as_of
        The day; none for the last one that anything is known of.

    Returns
    -------
    A row a name: ``name``, ``territory``, ``rep``, ``goal`` (of the year), ``original`` (before it was adjusted),
    ``expected`` (due by the day, by the goal's own months), ``result`` (to date), ``attainment`` (over expected),
    ``needed_per_week`` (what is left of the goal over the weeks that are left), ``landing`` (at the year's end),
    ``low_80`` and ``high_80`` (four in five years land between), ``probability`` (of making the goal) and ``band``
    (``on track``, ``watch``, ``off``). Whole units, for a ratio fractions; empty is what cannot be told.

    Raises
    ------
    TrackingError
        If the year has not begun, or nothing was asked of the metric.
    """
    return standing(context, by, metric, as_of).table[COLUMNS]


def standing(
    context: Context, by: str = "rep", metric: str = "revenue", as_of: date | None = None,
    where: Where | None = None, period: str = "",
) -> Standing:  # fmt: skip
    """Say where everybody stands, with more than `progress` tells.

    Parameters
    ----------
    context, by, metric, as_of
        As for `progress`.
    where
        ``territory``, ``rep`` or ``product_line`` that must have one of some values.
    period
        A quarter or half, such as ``FY2027 Q1``: its months alone, without a landing; empty for the year.

    Raises
    ------
    TrackingError
        If the year has not begun, or nothing was asked of the metric.
    """
    if by not in BY:
        raise TrackingError(unknown_name("view", by, BY))
    with open_history(context.settings) as history:
        measured = history.metric(metric)
    at, parts = begun(context, measured, as_of)
    tables = [_of_part(context, part, at, by, where or {}, period) for part in parts]
    table = _quotient(measured, *tables) if measured.over else tables[0]
    learned = lessons(parts[0]).years
    return Standing(measured, at, _judged(context, table, by, measured.higher_is_better), learned)


def not_begun(context: Context) -> str:
    """Say what is missing where the year in view has no results yet; empty where it has."""
    with open_history(context.settings) as history:
        measured = history.metric("revenue")
    try:
        begun(context, measured)
    except TrackingError as error:
        return str(error)
    return ""


def drawn(context: Context, rep: str) -> Real | None:
    """Give where a rep's revenue lands at the year's end, minor units, a value a draw.

    Returns
    -------
    None where no past year tells how far off landings are.

    Raises
    ------
    TrackingError
        If the year has not begun, or no revenue was asked for.
    """
    with open_history(context.settings) as history:
        measured = history.metric("revenue")
    at, (part,) = begun(context, measured)
    course = part.course(context.year)
    whole = landing(course, lessons(part), at.place, course.results.sum(axis=1), at.parts)
    return whole.of((course.units["rep"] == rep).to_numpy())[1]


def begun(context: Context, measured: Metric, as_of: date | None = None) -> tuple[Elapsed, list[Told]]:
    """Gather what a metric is told from, and say how far the year has gone.

    Raises
    ------
    TrackingError
        If the year has not begun, or nothing was asked of the metric.
    """
    parts = [told(context, name, as_of) for name in keys(measured)]
    day = parts[0].day
    months = context.calendar.months(context.year)
    if f"{day:%Y-%m}" < months[0]:
        raise TrackingError(
            f"FY{context.year} has not begun: results reach to {day}. Bring in the results of its first month, and "
            "this page tells where everybody stands. For the sample company: planning sample --through 2027-03."
        )
    if not all((part.goals.loc[part.goals["month"].isin(months), "amount"] != 0).any() for part in parts):
        raise TrackingError(
            f"Nothing was asked of {measured.label.lower()} for FY{context.year}, so there is no pace."
        )
    return elapsed(context.calendar, context.year, day), parts


def landed_before(context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say how well landings of past years did (`planning.tracking.trials`).

    Returns
    -------
    How often years ended within the ranges, by level; and probabilities held against how often they came true.
    """
    part = told(context)
    tried = kept(
        context.settings, "landed", depends_on(context), lambda: trials.trials([part.course(y) for y in part.years])
    )
    return trials.kept(tried), trials.came_true(tried)


def _of_part(context: Context, part: Told, at: Elapsed, by: str, where: Where, period: str) -> pd.DataFrame:
    """Tell one additive metric: a row a name."""
    unit = UNIT if by != "product_line" else ("territory", "product_line")
    limits = _within(context, by, where)
    course = part.course(context.year, unit, limits)
    whole = landing(course, lessons(part, unit, limits), at.place, course.results.sum(axis=1), at.parts)
    first = part.course(context.year, unit, limits, "original").goals
    shown = seats.named(context, course.units, by, where)
    measured = part.metric
    if period:
        inside = _span(context, period)
        course = replace(course, goals=course.goals * inside, results=course.results * inside)
        whole, first = replace(whole, course=course, draws=None), first * inside
    names = [each for each in dict.fromkeys(shown["name"]) if each]
    rows = [_row(whole, first, at, (shown["name"] == name).to_numpy(), measured) for name in names]
    same = shown[shown["name"] != ""].groupby("name")[["territory", "rep"]].agg(_same).reindex(names)
    told = pd.DataFrame(rows, columns=_TOLD).assign(
        name=names, **{column: same[column].to_numpy() for column in same}
    )
    if period:
        told = told.assign(**_NO_LANDING)
    whole_units = [each for each in _WHOLE if each in told]
    told = told.astype({**dict.fromkeys(whole_units, "Int64"), **dict.fromkeys(_MAYBE, "Int64")})
    return told[(told["goal"] != 0) | (told["result"] != 0)].reset_index(drop=True)


def lessons(part: Told, unit: Sequence[str] = UNIT, where: Where | None = None) -> Learned:
    """Give what past years teach of a metric; kept, since every view of a page asks for it."""
    on = depends_on(part.context)
    narrowed = tuple((name, *sorted(each)) for name, each in (where or {}).items())
    told = None if on is None else (on, part.metric.name, part.last, tuple(unit), narrowed)
    return kept(
        part.context.settings,
        f"lessons-{part.metric.name}",
        told,
        lambda: learn([part.course(y, unit, where) for y in part.years]),
    )


def _within(context: Context, by: str, where: Where) -> Where:
    """Say what units are limited to before they land: to lines always, to people and places where lines are shown."""
    if by != "product_line":
        return {name: values for name, values in where.items() if name == "product_line"}
    place = {"territory": [context.territory]} if context.territory else {}
    mine = seats.limited(context)
    people = {} if mine is None else {"rep": sorted(mine & set(where.get("rep", mine)))}
    return {**where, **place, **people}


def _span(context: Context, period: str) -> np.ndarray:
    """Say which months of the year a period holds; all for none."""
    months = context.calendar.months(context.year)
    inside = np.array([period in ("", context.calendar.label(month, "quarter"), context.calendar.label(month, "half"))
                       for month in months])  # fmt: skip
    if not inside.any():
        raise TrackingError(f"FY{context.year} has no {period!r}. Write it such as FY{context.year} Q1.")
    return inside


def _row(whole: Landing, first: Whole, at: Elapsed, picked: np.ndarray, measured: Metric) -> dict[str, object]:
    """Tell one name: its units together."""
    goals, results = (
        table[picked].sum(axis=0, keepdims=True) for table in (whole.course.goals, whole.course.results)
    )
    asked, came = levelled(measured, goals, at), levelled(measured, results, at)
    row = paced(asked, came.sum(axis=1), at, measured.higher_is_better).iloc[0].to_dict()
    row["original"] = int(levelled(measured, first[picked].sum(axis=0, keepdims=True), at).sum())
    lands, draws = whole.of(picked)
    if measured.over_time == "last":
        return {**row, **_NO_LANDING, "needed_per_week": np.nan, "needed_per_day": np.nan}
    over = len(whole.course.goals[0]) if measured.over_time == "average" else 1
    row["landing"] = round(lands / over)
    if draws is None:
        return {**_NO_LANDING, **row}
    made = probability(draws / over, row["goal"])
    row["probability"] = made if measured.higher_is_better or np.isnan(made) else 1 - made
    return row | {name: round(float(np.quantile(draws, end)) / over) for name, end in _ENDS.items()}


def levelled(measured: Metric, table: Whole, at: Elapsed) -> Whole:
    """Give amounts by month so that they add up to what people know of the metric, over the year as to date.

    An average of months counts each month for its part; of what stands at a month's end, the last whole month counts.
    """
    if measured.over_time == "average":
        return np.rint(table / table.shape[1]).astype(np.int64)
    if measured.over_time == "last":
        return np.where(np.arange(table.shape[1]) == max(at.whole - 1, 0), table, 0)
    return table


def _quotient(measured: Metric, above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    """Tell a ratio from its two parts: each summed first, then one over the other; it has no range of its own."""
    both = above.merge(below, on=["name", "territory", "rep"], suffixes=("", "_below"))
    told = both[["name", "territory", "rep"]].copy()
    for column in ("goal", "original", "expected", "result", "landing"):
        told[column] = ratio(both[column].to_numpy(), both[f"{column}_below"].to_numpy())
    attained = ratio(told["result"].to_numpy(), told["expected"].to_numpy())
    told["attainment"] = attained if measured.higher_is_better else 1 / attained
    told["difference"] = told["result"] - told["expected"]
    told["reached"] = ratio(told["result"].to_numpy(), told["goal"].to_numpy())
    rest = {name: np.nan for name in (*COLUMNS, *MORE) if name not in told}
    return told.assign(**rest)


def _judged(context: Context, table: pd.DataFrame, by: str, higher_is_better: bool) -> pd.DataFrame:
    """Say for each row in which band it is, by the standards of the role."""
    held = standards.standards(context)
    with open_history(context.settings) as history:
        roles = past.roles(history) if by == "rep" else {}
    over = ratio(table["landing"].to_numpy(float), table["goal"].to_numpy(float))
    value = table["attainment"].to_numpy(float)
    if held.measure == "landing":
        value = np.where(np.isnan(over), value, over if higher_is_better else 1 / over)
    told = [bands.band(each, held.of(roles.get(rep, ""))) for each, rep in zip(value, table["rep"], strict=True)]
    told = ["" if goal <= 0 else each for each, goal in zip(told, table["goal"], strict=True)]
    return table.assign(band=told)[[*COLUMNS, *MORE]]


def _same(values: pd.Series) -> str:
    """Give what all rows of a name have in common; nothing if they differ."""
    return str(values.iloc[0]) if values.nunique() == 1 else ""
