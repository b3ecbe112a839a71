"""Everything that activity is reckoned from: goals, the rhythm of the past, who is there, what is open."""

from dataclasses import dataclass

import pandas as pd

from planning.goals.setting import baseline
from planning.history.engine import History, open_history
from planning.history.rhythm import Rhythm, rhythm, working_weeks
from planning.history.seats import served
from planning.periods import first_day, last_day
from planning.workbook.context import Context
from planning.workbook.goals import book
from planning.workbook.ground import depends_on
from planning.workbook.kept import kept


@dataclass(frozen=True)
class Standing:
    """Everything that activity is reckoned from.

    Parameters
    ----------
    context
        Where one stands; a territory in view limits the reps to those with a position there.
    rhythm
        How people work.
    goals
        Goal by rep and month, minor units, of all positions of a rep.
    base
        Last year's result by rep, made whole and with the accounts that came or went, minor units.
    present
        Who serves where next year: ``territory``, ``rep``, ``month``, ``served``, ``ramped``.
    weeks
        Working weeks of the year by rep, ramping months in part.
    pipeline
        Open opportunities by rep, ``step`` (the last one reached) and day on which it was ``reached``: ``deals`` and
        ``amount`` (minor units).
    booked
        Value won in the year so far by rep, minor units.
    """

    context: Context
    rhythm: Rhythm
    goals: pd.DataFrame
    base: pd.Series
    present: pd.DataFrame
    weeks: pd.Series
    pipeline: pd.DataFrame
    booked: pd.Series

    @property
    def reps(self) -> list[str]:
        """Names of those who have a goal."""
        return list(self.goals.index)


def standing(context: Context) -> Standing:
    """Gather what activity is reckoned from.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    """
    tree, rows = book(context)
    places = tree.positions
    if context.territory:
        here = places.loc[places["territory"] == context.territory, "rep"]
        places = places[places["rep"].isin(here)]
    cells = rows[rows["metric"] == "revenue"].merge(places[["owner", "rep"]], on="owner")
    months = context.calendar.months(context.year)
    names = sorted(set(places["rep"]))
    goals = cells.pivot_table(index="rep", columns="period", values="amount", aggfunc="sum", fill_value=0)
    goals = goals.reindex(index=names, columns=months, fill_value=0).astype("int64")
    base = cells[cells["step"].isin(baseline.STEPS)].groupby("rep")["amount"].sum()
    everybody = sorted(set(tree.positions["rep"]))
    on = depends_on(context)
    told = None if on is None else (on, everybody)
    found, present, pipeline, booked = kept(context.settings, "rhythm", told, lambda: _past(context, everybody))
    present = present.merge(tree.positions[["territory", "rep"]], on=["territory", "rep"])
    weeks = _worked(present, working_weeks(context.calendar, months), names)
    return Standing(
        context, found, goals, base.reindex(names, fill_value=0), present, weeks, pipeline,
        booked.reindex(names, fill_value=0),
    )  # fmt: skip


_Past = tuple[Rhythm, pd.DataFrame, pd.DataFrame, pd.Series]


def _past(context: Context, names: list[str]) -> _Past:
    months = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        found = rhythm(history, context.calendar, names)
        present = served(history, months, context.settings.ramp_months)
        return found, present, _open(history, found.steps), _booked(history, months)


def _worked(presence: pd.DataFrame, weeks: pd.Series, reps: list[str]) -> pd.Series:
    """Count the working weeks of each rep, a ramping month in part."""
    counted = presence["ramped"] * presence["month"].map(weeks)
    return counted.groupby(presence["rep"]).sum().reindex(reps, fill_value=0.0)


def _open(history: History, steps: list[str]) -> pd.DataFrame:
    """Sum up the open opportunities by rep and the last step that each reached."""
    if not steps:
        return pd.DataFrame({name: [] for name in ("rep", "step", "reached", "deals", "amount")})
    named = " ".join(f"when {step} is not null then '{step}'" for step in reversed(steps))
    found = history.rows(
        f"select rep, case {named} else '{steps[0]}' end as step, coalesce({', '.join(reversed(steps))}) as reached, "
        "count(*) as deals, cast(sum(amount) as bigint) as amount "
        "from opportunities where status = 'open' and rep is not null group by 1, 2, 3 order by 1, 2, 3"
    )
    return found.fillna({"amount": 0})


def _booked(history: History, months: list[str]) -> pd.Series:
    rows = history.rows(
        "select rep, cast(sum(amount) as double) as booked from opportunities where status = 'won' "
        "and rep is not null and closed between $first and $last group by rep order by rep",
        first=first_day(months[0]),
        last=last_day(months[-1]),
    )
    return rows.set_index("rep")["booked"].astype("float64").fillna(0.0)
