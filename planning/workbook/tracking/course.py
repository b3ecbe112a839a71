"""The year in course and the years before it, by rep, territory and product line: what pace is told from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from planning.amounts import Whole
from planning.errors import TrackingError
from planning.goals.aims.aiming import keys
from planning.goals.originals import CHANGES
from planning.history import monthly
from planning.history.attainment import goal_metrics
from planning.history.engine import open_history
from planning.metrics import Metric
from planning.periods import add_months, last_day
from planning.store import books
from planning.tracking.landing import Course
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept
from planning.workbook.place import plan

FEWEST_MONTHS = 3
"""Months with goals and results that a past year needs to be learned from."""
UNIT = ("territory", "rep")

Where = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Told:
    """A metric by month, of all years that the history knows, and of the book of the year in view.

    Parameters
    ----------
    context
        Where one stands; the whole company is told, whatever is in view.
    metric
        An additive metric.
    results, goals
        ``territory``, ``rep``, ``product_line`` (empty texts where not told), ``month`` and ``amount``; goals of the
        year in view are those of its book where there is one, and bear ``original``, the amount without what was
        changed during the year.
    gone
        Those who have left by the last day.
    last
        Last day that anything is known of.
    """

    context: Context
    metric: Metric
    results: pd.DataFrame
    goals: pd.DataFrame
    gone: set[str]
    last: date

    @property
    def years(self) -> list[int]:
        """Past fiscal years with goals and results, oldest first."""
        calendar = self.context.calendar
        asked = self.goals.loc[self.goals["amount"] != 0, "month"].drop_duplicates()
        counted = asked.map(calendar.year_of_month).value_counts()
        known = [int(year) for year, months in counted.items() if months >= FEWEST_MONTHS]
        return [year for year in sorted(known) if year < self.context.year and self.told(year) >= FEWEST_MONTHS]

    @property
    def day(self) -> date:
        """The day up to which things are told: the last of a month of whose working days none is left."""
        calendar, end = self.context.calendar, last_day(f"{self.last:%Y-%m}")
        left = calendar.working_days(self.last, end) - calendar.working_days(self.last, self.last)
        return self.last if left else end

    def told(self, year: int) -> int:
        """Count the months of a year whose results are all in."""
        first, day = self.results["month"].min(), self.day
        return sum(first <= each and last_day(each) <= day for each in self.context.calendar.months(year))

    def course(
        self, year: int, by: Sequence[str] = UNIT, where: Where | None = None, column: str = "amount"
    ) -> Course:
        """Give a year by unit and month.

        Parameters
        ----------
        year
            Fiscal year.
        by
            What units are told apart by, of ``territory``, ``rep`` and ``product_line``.
        where
            Dimensions that must have one of some values.
        column
            ``amount`` of the goals, or ``original``.
        """
        months = self.context.calendar.months(year)
        before = [add_months(month, -12) for month in months]
        goals = self.goals[self.goals["month"].isin(months)]
        untold = [each for each in monthly.CELL if len(goals) and not (goals[each] != "").any()]
        results = self.results[self.results["month"].isin([*before, *months])].assign(**dict.fromkeys(untold, ""))
        goals, results = (_picked(table, where or {}) for table in (goals, results))
        keys = list(by)
        named = pd.concat([goals[keys], results[keys]]).drop_duplicates().sort_values(keys, ignore_index=True)
        tables = [_wide(table, named, span, name) for table, span, name in
                  ((goals, months, column), (results, months, "amount"), (results, before, "amount"))]  # fmt: skip
        reps = named["rep"] if "rep" in keys else pd.Series("somebody", named.index)
        stays = ~(reps.isin(self.gone if year == self.context.year else set()) | (reps == "")).to_numpy()
        units = named.assign(**{name: "" for name in UNIT if name not in keys})
        asked, came, past = tables
        return Course(year, units, asked, came, past, self.told(year), stays)


def told(context: Context, metric: str = "revenue", until: date | None = None) -> Told:
    """Gather a metric by month.

    Parameters
    ----------
    context
        Where one stands.
    metric
        An additive metric of the catalogue, or a part of a ratio, as the ledger names it.
    until
        Last day that counts; none for all that is known.

    Raises
    ------
    TrackingError
        If the history does not tell the metric.
    """
    past = _kept(context, metric, until)
    booked = _booked(context, metric)
    if booked is None:
        return past
    months = context.calendar.months(context.year)
    earlier = past.goals[~past.goals["month"].isin(months)]
    return replace(past, goals=pd.concat([earlier, booked], ignore_index=True))


def _kept(context: Context, metric: str, until: date | None) -> Told:
    on = depends_on(context)
    told = None if on is None else (on, metric, until)
    kind = f"told-{metric.rpartition('/')[2]}"
    return replace(kept(context.settings, kind, told, lambda: _past(context, metric, until)), context=context)


def _past(context: Context, metric: str, until: date | None) -> Told:
    with open_history(context.settings) as history:
        measured = history.metric(metric.rpartition("/")[2])
        last = monthly.last_day_told(history)
        if last is None or not measured.table:
            raise TrackingError(f"The history does not tell {measured.label.lower()}, so it cannot be tracked.")
        day = last if until is None else min(last, until)
        goals = monthly.goals(history, measured.name)
        return Told(
            context, measured, monthly.results(history, measured, day), goals.assign(original=goals["amount"]),
            monthly.gone(history, day), day,
        )  # fmt: skip


def asked(context: Context) -> list[Metric]:
    """Name the metrics that something was asked of for the year, and that the history measures."""
    months = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        known = [each for each in history.metrics.values() if (each.table or each.over) and not each.part_only]
        past = set(goal_metrics(history, months[0], months[-1]))
    with plan(context.settings) as database, database.reading() as connection:
        number = books.find(connection, context.year, context.scenario)
        booked = set(books.metrics(connection, number)) if number is not None else set()
    return [each for each in known if each.name in past or booked.issuperset(keys(each))]


def _booked(context: Context, metric: str) -> pd.DataFrame | None:
    """Read the goals of the year's book by cell; none where there is no book, or nothing of the metric in it."""
    with plan(context.settings) as database, database.reading() as connection:
        state = books.state(connection, documents=False)
    kind, on = f"booked-{metric.rpartition('/')[2]}", (state, context.year, context.scenario, metric)
    return kept(context.settings, kind, on, lambda: _from_book(context, metric))


def _from_book(context: Context, metric: str) -> pd.DataFrame | None:
    with plan(context.settings) as database, database.reading() as connection:
        number = books.find(connection, context.year, context.scenario)
        if number is None:
            return None
        tree = books.owners(connection, number).frame.set_index("owner")
        rows = books.sums(connection, number, metric, ["owner", "product", "period", "step"])
    if rows.empty:
        return None
    owned = rows.assign(
        territory=rows["owner"].map(tree["territory"]), rep=rows["owner"].map(tree["rep"]), month=rows["period"],
        product_line=rows["product"], original=rows["amount"].mask(rows["step"].isin(CHANGES), 0),
    )  # fmt: skip
    summed = owned.groupby([*monthly.CELL, "month"], as_index=False)[["amount", "original"]].sum()
    return over_the_year(summed, context.calendar.months(context.year))


def over_the_year(rows: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """Spread what is not split by month as the rest of the metric is; evenly where nothing is."""
    undated = rows[rows["month"] == ""]
    if undated.empty:
        return rows
    dated = rows[rows["month"] != ""]
    weights = dated.groupby("month")["amount"].sum().reindex(months, fill_value=0).clip(lower=0).to_numpy(dtype=float)
    ends = np.cumsum(weights if weights.sum() else np.ones(len(months))) / (weights.sum() or len(months))
    kinds = ("amount", "original")
    parts = [undated.assign(month=month, **{name: _between(undated[name], low, high) for name in kinds})
             for month, low, high in zip(months, [0.0, *ends[:-1]], ends, strict=True)]  # fmt: skip
    return pd.concat([dated, *parts], ignore_index=True)


def _between(amounts: pd.Series, low: float, high: float) -> pd.Series:
    """Give the part of whole amounts between two cumulative shares: the bounds are rounded, so that parts add up."""
    return ((amounts * high).round() - (amounts * low).round()).astype("int64")


def _picked(table: pd.DataFrame, where: Where) -> pd.DataFrame:
    for name, values in where.items():
        table = table[table[name].isin(list(values))]
    return table


def _wide(table: pd.DataFrame, named: pd.DataFrame, months: list[str], column: str) -> Whole:
    """Give a row a unit and a column a month; where nothing is, zero."""
    keys = list(named)
    picked = table[table["month"].isin(months)]
    summed = picked.groupby([*keys, "month"])[column].sum().unstack("month", fill_value=0)
    index = pd.MultiIndex.from_frame(named) if len(keys) > 1 else pd.Index(named[keys[0]])
    return summed.reindex(index=index, columns=months, fill_value=0).fillna(0).to_numpy(dtype=np.int64)
