"""What a conversation looks at: planned and actual of the period, deals that are open, and what was promised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from planning.errors import HistoryError, TrackingError
from planning.goals.activity.arithmetic import label
from planning.history import during
from planning.history.engine import open_history
from planning.history.stages import STEPS
from planning.periods import first_day
from planning.store import books
from planning.tracking import spans
from planning.tracking.agenda import AGENDAS, Agenda
from planning.tracking.cadence import Planned
from planning.tracking.promised import promised
from planning.workbook.activity import arithmetic
from planning.workbook.activity.standing import Standing, standing
from planning.workbook.context import Context
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept
from planning.workbook.place import plan
from planning.workbook.tracking.actions import actions
from planning.workbook.tracking.checkpoints import Held, records
from planning.workbook.tracking.progress import progress
from planning.workbook.tracking.team import Pair, pair


@dataclass(frozen=True)
class Pace:
    """Where a rep's year lands, as `planning.workbook.tracking.progress` tells it; empty is what cannot be told.

    Parameters
    ----------
    attainment
        Result over what was due, a fraction.
    landing, low, high
        Expected at the year's end, and where four in five years land, minor units.
    probability
        Of making the goal.
    needed_per_week
        What is left of the goal over the weeks that are left, minor units.
    band
        ``on track``, ``watch`` or ``off``.
    """

    attainment: float | None
    landing: int | None
    low: int | None
    high: int | None
    probability: float | None
    needed_per_week: int | None
    band: str


@dataclass(frozen=True)
class Compared:
    """Planned and actual of one rep.

    Parameters
    ----------
    goal, result
        What was due in the period, and what was sold in it, minor units; no result where the history does not reach
        into the period.
    goal_to_date, result_to_date
        The same from the first day of the year to the last of the period.
    year
        Goal of the year, minor units.
    through
        Last day with results.
    activities
        ``name``, ``label``, ``planned`` (what the goal takes in the period; empty where it cannot be told) and
        ``done``.
    deals
        Open deals as of the last day of the period that the history reaches (`planning.history.during.open_deals`).
    says
        What could not be compared, in words; empty if everything was.
    pace
        Where the year lands; none where that cannot be told yet.
    """

    goal: int
    result: int | None
    goal_to_date: int
    result_to_date: int | None
    year: int
    through: date | None
    activities: pd.DataFrame
    deals: pd.DataFrame
    says: str = ""
    pace: Pace | None = None

    @property
    def stages(self) -> pd.DataFrame:
        """Open deals added up by step: ``step``, ``deals``, ``amount`` (minor units), ``over`` (too long)."""
        table = self.deals.assign(amount=self.deals["amount"].fillna(0).astype("int64"))
        grouped = table.groupby("step", sort=False)
        found = grouped.agg(deals=("opportunity", "count"), amount=("amount", "sum"), over=("over", "sum"))
        return found.reindex([each for each in STEPS if each in found.index]).reset_index()


@dataclass(frozen=True)
class Meeting:
    """Everything that stands on the sheet of a conversation.

    Parameters
    ----------
    pair
        Who sits there.
    planned
        Which conversation.
    agenda
        How it is held.
    compared
        Planned and actual.
    promised
        What was promised at the last conversations (`planning.tracking.promised`).
    last
        The last conversation before it, if there was one.
    held
        The record of this one, if there is one.
    """

    pair: Pair
    planned: Planned
    agenda: Agenda
    compared: Compared
    promised: pd.DataFrame
    last: Held | None
    held: Held | None


class Facts:
    """Planned and actual of a period for everybody at once, so that many sheets cost hardly more than one.

    Parameters
    ----------
    context
        Where one stands.
    first, last
        First and last day of the period.
    """

    def __init__(self, context: Context, first: date, last: date) -> None:
        self._context, self._first, self._last = context, first, last
        self._seen: Standing = standing(context)
        begins = first_day(context.calendar.months(context.year)[0])
        with open_history(context.settings) as history:
            self._through = during.through(history)
            self._sold = during.sold(history, first, last)
            self._sold_to_date = during.sold(history, begins, last)
            self._acted = during.acted(history, first, last)
            self._deals = during.open_deals(history, min(last, self._through or last))
        self._begins = begins
        self._progress = self._told(last)

    def _told(self, last: date) -> pd.DataFrame:
        """Ask where everybody's year lands; nothing where the year has not begun."""
        try:
            table = progress(self._context, "rep", "revenue", min(last, self._through or last))
        except (TrackingError, HistoryError):
            return pd.DataFrame(index=pd.Index([], name="rep"))
        return table.set_index("rep")

    def of(self, rep: str) -> Compared:
        """Compare planned with actual for one rep."""
        months = {str(month): int(amount) for month, amount in self._seen.goals.loc[rep].items()}
        calendar, last = self._context.calendar, self._last
        table, says = self._activities(rep)
        deals = self._deals[self._deals["rep"] == rep].reset_index(drop=True)
        return Compared(
            spans.due(months, calendar, self._first, last),
            self._result(self._sold, rep, self._first),
            spans.due(months, calendar, self._begins, last),
            self._result(self._sold_to_date, rep, self._begins),
            sum(months.values()), self._through, table, deals, says, self._pace(rep),
        )  # fmt: skip

    def _pace(self, rep: str) -> Pace | None:
        if rep not in self._progress.index:
            return None
        row = self._progress.loc[rep]
        whole = {
            name: None if pd.isna(row[name]) else int(row[name])
            for name in ("landing", "low_80", "high_80", "needed_per_week")
        }
        parts = {name: None if pd.isna(row[name]) else float(row[name]) for name in ("attainment", "probability")}
        return Pace(
            parts["attainment"], whole["landing"], whole["low_80"], whole["high_80"], parts["probability"],
            whole["needed_per_week"], str(row["band"]),
        )  # fmt: skip

    def _result(self, sold: pd.Series, rep: str, since: date) -> int | None:
        """Give what was sold; nothing at all where the history does not reach into the days asked for."""
        return None if self._through is None or self._through < since else int(sold.get(rep, 0))

    def _activities(self, rep: str) -> tuple[pd.DataFrame, str]:
        done = self._acted[self._acted["rep"] == rep].set_index("name")["count"]
        try:
            found = arithmetic.backwards(self._seen, rep)
        except HistoryError as error:
            # How to mend it is for the page of what a goal takes; here it is enough that it is not told.
            says = f"{str(error).partition('. ')[0]}, so what the goal takes in activity is not told."
            return _activities((str(name), None, int(count)) for name, count in done.items()), says
        part = found.pieces[(found.pieces["first"] <= self._last) & (found.pieces["last"] >= self._first)]
        reached = self._through is not None and self._through >= self._first
        rows = [
            (name, int(part[name].sum()), int(done.get(name, 0)) if reached else None) for name in found.activities
        ]
        return _activities(rows), ""


def facts(context: Context, first: date, last: date) -> Facts:
    """Gather planned and actual of a period, or give what another process of the same workspace gathered.

    In a batch every sheet is a process of its own, and nearly all that it does is this. Who is logged in is told what
    is their business alone: theirs is gathered for them.

    Parameters
    ----------
    context
        Where one stands.
    first, last
        First and last day of the period.
    """
    on = depends_on(context)
    if context.person is not None or on is None:
        return Facts(context, first, last)
    with plan(context.settings) as database, database.reading() as connection:
        state = books.state(connection)
    depends = (on, state, context.year, context.scenario, first, last)
    return kept(context.settings, "facts", depends, lambda: Facts(context, first, last))


def _activities(rows: Iterable[tuple[str, int | None, int | None]]) -> pd.DataFrame:
    told = [(name, label(name), planned, done) for name, planned, done in rows]
    table = pd.DataFrame(told, columns=["name", "label", "planned", "done"])
    return table.astype({"planned": "Int64", "done": "Int64"})


def meeting(context: Context, rep: str, planned: Planned, day: date, of: Facts | None = None) -> Meeting:
    """Gather what stands on the sheet of a conversation.

    Parameters
    ----------
    context, rep
        With whom.
    planned
        Which conversation.
    day
        As of when what was promised is late.
    of
        Planned and actual of the period, where several sheets of it are made.

    Raises
    ------
    TrackingError
        If nobody of the name carries a goal.
    AccessError
        If it is none of the business of who is asking.
    """
    both = pair(context, rep)
    held = records(context, [rep]).get(rep, [])
    this = next((each for each in held if each.record.key == planned.key), None)
    # What this conversation promised is for the next sheet.
    until = this.record.held if this else max(planned.day, day)
    before = [each for each in held if each.record.held < until and each is not this]
    found = (of or facts(context, planned.first, planned.last)).of(rep)
    keys = [each.record.key for each in before]
    return Meeting(
        both, planned, AGENDAS[planned.kind], found, promised(actions(context, rep), keys, day),
        before[-1] if before else None, this,
    )  # fmt: skip
