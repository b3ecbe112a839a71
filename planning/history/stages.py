"""The funnel stage by stage: how many deals go on, how many are lost, how long they sit, and where most leaks.

A stage begins on the day that an opportunity carries for it and ends with the next one: opened, qualified, presented,
proposed, won. Only stages that the data has dates for are there; a pipeline that tells no more than its first and
last day has one stage, from opened to won.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planning.history.engine import History
from planning.history.shrink import wilson
from planning.history.sums import Sums
from planning.periods import add_months, first_day, last_day

STEPS = ("opened", "qualified", "presented", "proposed")
"""Columns that say when an opportunity came into a stage, in their order."""

COUNTS = ("entered", "went_on", "lost", "still")
FIGURES = (*COUNTS, "conversion", "low", "high", "median_days", "mean_days", "lost_value")
AGAINST = ("team", "past")

TOO_FEW = "too few to tell"

RULES = (
    "A deal counts in every stage that it came into during these months, by the day it came in; one that skipped a "
    "stage counts in it from the day of the next.",
    "Went on: reached a later stage or was won. Lost there: lost without a later stage. Still there: neither yet.",
    "Conversion = went on / (went on + lost there): deals that are still there say nothing yet. Where many are, the "
    "last months look worse or better than they will end.",
    "Days in a stage: from its first day to that of the next stage, or to the day of losing.",
    "Value lost is the value that the lost deals carried.",
)

METHOD = (
    "The interval of a conversion is Wilson's (1927); the team is everything in the scope that a row is a part of. "
    "The past is the same months a year earlier, and the interval of the difference is Newcombe's (1998). Where the "
    f"interval holds the other value, the row says '{TOO_FEW}'. Value at stake = (the other's conversion - own) x deals "
    "decided in the stage x the part of deals past the stage that are won in the end x the average value of a won "
    "deal. The biggest leak is the stage with most at stake among those that are below beyond chance; where none is, "
    "no leak is named."
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


def compared(
    history: History,
    by: list[str],
    first: str,
    last: str,
    where: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Hold the stages against the team's and against the same months a year earlier.

    Parameters
    ----------
    history, by, where
        As for `stages`. Split by something, each row is held against everything in the scope; without a split, the
        scope is held against the whole company.
    first, last
        ISO months, both included.

    Returns
    -------
    What `stages` gives, then for each of `AGAINST`: ``<other>`` (its conversion), ``<other>_points`` (own less other,
    a fraction), ``<other>_says`` (``above``, ``below`` or `TOO_FEW`; empty where one of the two has none),
    ``<other>_at_stake`` (whole minor units; empty where it cannot be told); and ``leak``, true for the stage of a
    group where most is at stake against the team. Rules: `RULES`, `METHOD`.

    Raises
    ------
    PlanningError
        If a dimension or value is not known.
    """
    own = stages(history, by, first, last, where)
    team = stages(history, [], first, last, where if by else None)
    past = stages(history, by, add_months(first, -12), add_months(last, -12), where)
    table = _beside(own, team, ["stage"], "team")
    table = _beside(table, past, [*by, "stage"], "past")
    table["team_says"] = _says(table["conversion"] - table["team"], table["low"] - table["team"],
                               table["high"] - table["team"])  # fmt: skip
    table["past_says"] = _says(table["conversion"] - table["past"], *_newcombe(table))
    table = _with_stakes(table)
    seen = [f"{other}{part}" for other in AGAINST for part in ("", "_points", "_says", "_at_stake")]
    return table.assign(leak=_leaks(table, by))[[*own.columns, *seen, "leak"]]


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
    of = {}
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
    until = f"coalesce({', '.join([*later, 'fact.closed'])})" if later else "fact.closed"
    sums = asked.sums({})
    deals = sums.rows({"entered": _entered(steps, place), "until": until})
    split = ", ".join([*asked.by, "days"])
    picked = ", ".join([*asked.by, "date_diff('day', entered, until) as days"])
    return history.rows(
        f"select {split}, count(*) as deals "
        f"from (select {picked} from ({deals}) as deal where until >= entered and {asked.within('entered')}) as timed "
        f"group by {split}",
        **sums.values(),
    )


def _with_conversion(table: pd.DataFrame) -> pd.DataFrame:
    went, decided = table["went_on"].astype("float64"), (table["went_on"] + table["lost"]).astype("float64")
    low, high = wilson(went, decided)
    return table.assign(conversion=went / decided.where(decided > 0), low=low, high=high)


def _beside(table: pd.DataFrame, other: pd.DataFrame, keys: list[str], name: str) -> pd.DataFrame:
    """Put another's figures beside the own ones, and the difference in points."""
    names = {"conversion": name, "low": f"{name}_low", "high": f"{name}_high", "won": f"{name}_won",
             "won_value": f"{name}_won_value", "ended": f"{name}_ended"}  # fmt: skip
    wide = table.merge(other[[*keys, *names]].rename(columns=names), on=keys, how="left")
    return wide.assign(**{f"{name}_points": wide["conversion"] - wide[name]})


def _says(difference: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """Say in words whether a difference is one, from its interval."""
    said = np.select([low > 0, high < 0], ["above", "below"], TOO_FEW)
    return pd.Series(said, difference.index).where(difference.notna())


def _newcombe(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the interval of the difference from the past: method 10 of Newcombe (1998, Statist. Med. 17, 873-890)."""
    own, past = table["conversion"], table["past"]
    below = np.sqrt((own - table["low"]) ** 2 + (table["past_high"] - past) ** 2)
    above = np.sqrt((table["high"] - own) ** 2 + (past - table["past_low"]) ** 2)
    return own - past - below, own - past + above


def _with_stakes(table: pd.DataFrame) -> pd.DataFrame:
    """Value what would be won if a stage converted as the other's does; the team's figures stand in for missing own."""
    decided = (table["went_on"] + table["lost"]).astype("float64")
    in_the_end = _over(table["won"], table["ended"]).fillna(_over(table["team_won"], table["team_ended"]))
    size = _over(table["won_value"], table["won"]).fillna(_over(table["team_won_value"], table["team_won"]))
    worth = decided * in_the_end * size
    stakes = {f"{other}_at_stake": (-table[f"{other}_points"]).clip(lower=0) * worth for other in AGAINST}
    return table.assign(**{name: stake.round().astype("Int64") for name, stake in stakes.items()})


def _over(above: pd.Series, below: pd.Series) -> pd.Series:
    whole = below.astype("float64")
    return above.astype("float64") / whole.where(whole > 0)


def _leaks(table: pd.DataFrame, by: list[str]) -> pd.Series:
    """Mark the stage of each group where most is at stake, among those below the team beyond chance."""
    stake = table["team_at_stake"].astype("float64").where(table["team_says"] == "below").where(lambda each: each > 0)
    most = stake.groupby([table[name] for name in by], dropna=False).transform("max") if by else stake.max()
    return stake.notna() & (stake == most)
