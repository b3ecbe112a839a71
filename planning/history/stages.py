"""The funnel stage by stage: how many deals go on, how many are lost, and how long they sit.

A stage begins on the day that an opportunity carries for it and ends with the next one: opened, qualified, presented,
proposed, won. Only stages that the data has dates for are there; a pipeline that tells no more than its first and
last day has one stage, from opened to won.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from planning.history.engine import History
from planning.history.shrink import wilson
from planning.history.sums import Sums
from planning.periods import first_day, last_day

STEPS = ("opened", "qualified", "presented", "proposed")
"""Columns that say when an opportunity came into a stage, in their order."""

COUNTS = ("entered", "went_on", "lost", "still")
FIGURES = (*COUNTS, "conversion", "low", "high", "median_days", "mean_days", "lost_value")

RULES = (
    "A deal counts in every stage that it came into during these months, by the day it came in; one that skipped a "
    "stage counts in it from the day of the next.",
    "Went on: reached a later stage or was won. Lost there: lost without a later stage. Still there: neither yet.",
    "Conversion = went on / (went on + lost there): deals that are still there say nothing yet. Where many are, the "
    "last months look worse or better than they will end.",
    "Days in a stage: from its first day to that of the next stage, or to the day of losing.",
    "Value lost is the value that the lost deals carried.",
)


@dataclass(frozen=True)
class _Asked:
    """Deals of a scope, split by dimensions, over the months in which they came into a stage."""

    by: list[str]
    first: str | None
    last: str | None
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def bounds(self) -> dict[str, object]:
        """Days between which a stage must have been entered."""
        found: dict[str, object] = {"begins": first_day(self.first)} if self.first else {}
        return found | ({"ends": last_day(self.last)} if self.last else {})

    def within(self, day: str) -> str:
        """Write the condition that a day lies in the months."""
        bounds = [f"{day} >= $begins"] if self.first else []
        return " and ".join([*bounds, *([f"{day} <= $ends"] if self.last else [])]) or "true"

    def sums(self, of: Mapping[str, str]) -> Sums:
        """Ask for sums over the deals."""
        return Sums("opportunities", of, self.by, STEPS[0], where=self.where, parameters=self.bounds)


def steps_of(history: History) -> list[str]:
    """Name the stages that the opportunities carry dates for, in their order; none where there are no dates."""
    counted = ", ".join(f"count({step}) as {step}" for step in STEPS)
    counts = history.rows(f"select {counted} from opportunities").iloc[0]
    return [step for step in STEPS if counts[step]]


def stages(
    history: History,
    by: list[str],
    first: str | None = None,
    last: str | None = None,
    where: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Follow deals through the stages.

    Parameters
    ----------
    history
        The history.
    by
        Dimensions.
    first, last
        ISO months in which a deal came into the stage, both included; without them, everything.
    where
        Dimensions that must have a value.

    Returns
    -------
    A row a group and stage, in the order of the stages: the columns of `by`, ``stage`` and ``next`` (the step that
    ends it), `COUNTS`, ``conversion`` (a fraction, with Wilson's interval ``low`` to ``high``), ``median_days`` and
    ``mean_days``, ``lost_value`` (whole minor units); then, over the deals that came into the stage, ``won``,
    ``won_value``, and ``ended``, those won or lost after they went on. What has no denominator is empty.

    Raises
    ------
    PlanningError
        If a dimension or value is not known.
    """
    scope = dict(where or {})
    history.check("opportunities", by, scope)
    asked, steps = _Asked(by, first, last, scope), steps_of(history)
    if not steps:
        return pd.DataFrame(columns=[*by, "stage", "next", *FIGURES, "won", "won_value", "ended"])
    found = history.sums(asked.sums(_sums(asked, steps))).fillna(0)
    parts = [_stage(found, by, step, place) for place, step in enumerate(steps)]
    table = pd.concat(parts, ignore_index=True).assign(next=lambda rows: rows["stage"].map(_next(steps)))
    table = table[table["entered"] > 0].merge(_days(history, asked, steps), on=[*by, "stage"], how="left")
    ordered = table.assign(place=table["stage"].map(steps.index)).sort_values([*by, "place"], ignore_index=True)
    return _with_conversion(ordered)[[*by, "stage", "next", *FIGURES, "won", "won_value", "ended"]]


def _next(steps: list[str]) -> dict[str, str]:
    """Name the step that ends each stage."""
    return dict(zip(steps, [*steps[1:], "won"], strict=True))


def _entered(steps: list[str], place: int) -> str:
    """Write the day a deal came into a stage: its own day, that of a later stage, or that of being won."""
    days = [f"fact.{step}" for step in steps[place:]]
    return f"coalesce({', '.join([*days, _WON_ON])})"


_WON_ON = "case when fact.status = 'won' then fact.closed end"


def _conditions(asked: _Asked, steps: list[str], place: int) -> dict[str, str]:
    """Write what became of the deals that came into a stage."""
    entered = _entered(steps, place)
    came = f"{entered} is not null and {asked.within(entered)}"
    later = " or ".join([*(f"fact.{step} is not null" for step in steps[place + 1 :]), "fact.status = 'won'"])
    return {
        "entered": came,
        "went_on": f"{came} and ({later})",
        "lost": f"{came} and fact.status = 'lost' and not ({later})",
        "still": f"{came} and fact.status = 'open' and not ({later})",
        "won": f"{came} and fact.status = 'won'",
        "ended": f"{came} and ({later}) and fact.status <> 'open'",
    }


def _sums(asked: _Asked, steps: list[str]) -> dict[str, str]:
    """Write everything that is added up, a set of names a stage."""
    of: dict[str, str] = {}
    for place in range(len(steps)):
        conditions = _conditions(asked, steps, place)
        of |= {f"{name}_{place}": f"case when {each} then 1 else 0 end" for name, each in conditions.items()}
        of |= {
            f"{name}_value_{place}": f"case when {conditions[name]} then fact.amount end" for name in ("lost", "won")
        }
    return of


def _stage(found: pd.DataFrame, by: list[str], step: str, place: int) -> pd.DataFrame:
    names = [*COUNTS, "won", "ended", "lost_value", "won_value"]
    part = found[[*by, *(f"{name}_{place}" for name in names)]]
    return part.set_axis([*by, *names], axis=1).assign(stage=step)


def _days(history: History, asked: _Asked, steps: list[str]) -> pd.DataFrame:
    """Give the mean and the median of days in each stage; the engine counts the deals of each number of days."""
    parts = [_counted_days(history, asked, steps, place).assign(stage=step) for place, step in enumerate(steps)]
    keys = [*asked.by, "stage"]
    counted = pd.concat(parts, ignore_index=True).sort_values([*keys, "days"], ignore_index=True)
    deals = counted["deals"].astype("float64")
    grouped = deals.groupby([counted[key] for key in keys], dropna=False)
    upto, total = grouped.cumsum(), grouped.transform("sum")
    # Of an even number of deals the median lies between the two in the middle.
    halves = [counted[upto * 2 >= total], counted[upto * 2 > total]]
    lower, upper = (half.groupby(keys, dropna=False)["days"].first() for half in halves)
    summed = counted.assign(product=counted["days"] * deals, deals=deals).groupby(keys, dropna=False)
    mean = summed["product"].sum() / summed["deals"].sum()
    return pd.DataFrame({"median_days": (lower + upper) / 2, "mean_days": mean}).reset_index()


def _counted_days(history: History, asked: _Asked, steps: list[str], place: int) -> pd.DataFrame:
    later = [f"fact.{step}" for step in steps[place + 1 :]]
    ended_on = f"coalesce({', '.join([*later, 'fact.closed'])})" if later else "fact.closed"
    sums = asked.sums({})
    deals = sums.rows({"entered": _entered(steps, place), "ended_on": ended_on})
    split = ", ".join([*asked.by, "days"])
    picked = ", ".join([*asked.by, "date_diff('day', entered, ended_on) as days"])
    return history.rows(
        f"select {split}, count(*) as deals "
        f"from (select {picked} from ({deals}) as deal where ended_on >= entered and {asked.within('entered')}) "
        f"as timed group by {split}",
        **sums.values(),
    )


def _with_conversion(table: pd.DataFrame) -> pd.DataFrame:
    went, decided = table["went_on"].astype("float64"), (table["went_on"] + table["lost"]).astype("float64")
    low, high = wilson(went, decided)
    return table.assign(conversion=went / decided.where(decided > 0), low=low, high=high)
