"""The rhythm that people work in: how deals go on from step to step, how large they are, how long they take.

Everything is a rep's own, drawn towards all reps by how little of it there is (`shrink`); a rep without any history
has what all have together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.engine import History
from planning.history.relations import OWN
from planning.history.results import months_in
from planning.history.seats import served
from planning.history.shrink import Z, shrunk_means, shrunk_rates
from planning.history.stages import stages, steps_of
from planning.history.sums import Sums
from planning.periods import FiscalCalendar, add_months, first_day, last_day, month_range

SEEN_MONTHS = 24
"""Months of the past that conversions, sizes and days are taken from; activities are those of the last twelve."""
WORKING_WEEK = 5.0

_SAME = {"presentation": "presented", "demo": "presented", "proposal": "proposed", "opportunity": "opened"}
"""Kinds of activity that the opportunities tell by a day of their own, where they carry it; a demo is shown in a
presentation."""

METHOD = (
    f"Conversion of a step: deals that went on, over those decided there, of the last {SEEN_MONTHS} months. Deal "
    "size, days to the win, and the part of revenue that comes through the pipeline (value won over revenue, at most "
    "all of it) are of the same months; activities a week are of the last twelve, over the weeks that somebody was "
    "there. Each is drawn towards that of all reps by how few cases there are (beta-binomial for conversions, "
    "Kleinman 1973; normal for means, Efron and Morris 1975). Who had no success in a step yet "
    "is taken to have had half a one."
)


@dataclass(frozen=True)
class Rhythm:
    """How people work, by rep; every frame has the same reps as its index.

    Parameters
    ----------
    first, begins, last
        ISO months: what is seen, and the last twelve of them, reach from the first two to the last.
    steps
        Steps that opportunities carry days for, in their order; none without a pipeline.
    kinds
        Kinds of activity besides the steps, such as calls and visits.
    reps
        ``role`` (empty where not known), ``weeks`` (working weeks there in the last twelve months), ``revenue`` and
        ``won_value`` of all months seen (minor units), ``won`` (deals), ``deal_size`` (minor units) and
        ``size_doubt`` (standard deviation of its estimate, relative), ``part`` (of revenue that comes through the
        pipeline, 0 to 1).
    onward, doubt
        A column a step: conversion to the next step, and the standard deviation of its estimate, relative.
    lags
        A column a step: mean days from there until a deal is won.
    counted, per_week
        A column a kind and a step: how many in the last twelve months, and in a working week, drawn towards all.
    per_opening
        A column a kind: how many for each opportunity that comes in.
    spread
        Standard deviation of the value of won deals of one rep, relative to their mean.
    """

    first: str
    begins: str
    last: str
    steps: list[str]
    kinds: list[str]
    reps: pd.DataFrame
    onward: pd.DataFrame
    doubt: pd.DataFrame
    lags: pd.DataFrame
    counted: pd.DataFrame
    per_week: pd.DataFrame
    per_opening: pd.DataFrame
    spread: float

    @property
    def pipeline(self) -> bool:
        """Whether the opportunities tell how a deal comes about."""
        return bool(self.steps) and bool(self.reps["won"].sum())

    @property
    def reach(self) -> pd.DataFrame:
        """Part of the deals in each step that are won in the end, a column a step."""
        return self.onward.iloc[:, ::-1].cumprod(axis=1).iloc[:, ::-1]

    @property
    def reach_doubt(self) -> pd.DataFrame:
        """Standard deviation of the estimate of `reach`, relative: steps are taken as independent."""
        return ((self.doubt**2).iloc[:, ::-1].cumsum(axis=1).iloc[:, ::-1]) ** 0.5


def rhythm(history: History, calendar: FiscalCalendar, reps: Sequence[str] = ()) -> Rhythm:
    """Say in what rhythm people work, from the last months of the history.

    Parameters
    ----------
    history
        The history.
    calendar
        Says which days are worked.
    reps
        People who are wanted whether the history knows them or not; who sold or had a deal is there in any case.

    Raises
    ------
    HistoryError
        If there are no orders at all.
    """
    earliest, last = months_in(history)
    first, begins = (max(add_months(last, 1 - count), earliest) for count in (SEEN_MONTHS, 12))
    steps = steps_of(history)
    sold = history.sums(Sums("orders", {"revenue": "amount"}, ["rep"], "date", first, last))
    deals, acts = _won(history, steps, first, last), _done(history, steps, begins, last)
    seen = _by_step(history, steps, first, last)
    names = [*sold["rep"].dropna(), *deals.index, *acts.index, *seen["rep"].dropna(), *reps]
    index = pd.Index(sorted(set(names)), name="rep", dtype="str")
    weeks = _weeks(history, calendar, month_range(begins, last)).reindex(index, fill_value=0.0)
    onward, doubt = _conversions(seen, steps, index)
    entered = _by_step(history, steps, begins, last).pivot(index="rep", columns="stage", values="entered")
    entered = entered.reindex(index=index, columns=steps, fill_value=0).fillna(0)
    acts = acts.reindex(index, fill_value=0).fillna(0)
    done = pd.concat([acts, entered], axis=1).astype("float64")
    deals = deals.reindex(index, fill_value=0.0)
    money = sold.dropna(subset="rep").set_index("rep")["revenue"].reindex(index, fill_value=0).astype("float64")
    table, spread = _people(history, deals, money, weeks)
    return Rhythm(
        first, begins, last, steps, list(acts), table, onward, doubt, _lags(deals, steps),
        done, _a_week(done, weeks), _an_opening(acts, entered.iloc[:, :1].sum(axis=1)), spread,
    )  # fmt: skip


def working_weeks(calendar: FiscalCalendar, months: Sequence[str]) -> pd.Series:
    """Count the working weeks of each month: its working days over five."""
    days = [calendar.working_days(first_day(month), last_day(month)) for month in months]
    return pd.Series(days, list(months), dtype="float64") / WORKING_WEEK


def _weeks(history: History, calendar: FiscalCalendar, months: list[str]) -> pd.Series:
    """Count the working weeks that each rep was there."""
    there = served(history, months, 1)
    return (there["served"] * there["month"].map(working_weeks(calendar, months))).groupby(there["rep"]).sum()


def _won(history: History, steps: list[str], first: str, last: str) -> pd.DataFrame:
    """Sum up what each rep won: deals, value, and days from each step, with their squares."""
    days = {step: f"date_diff('day', coalesce({', '.join([*steps[place:], 'closed'])}), closed)"
            for place, step in enumerate(steps)}  # fmt: skip
    summed = {"won": "1", "won_value": "amount", "value_squared": "cast(amount as double) * amount"}
    for step, count in days.items():
        summed |= {step: count, f"{step}_squared": f"cast({count} as double) * {count}"}
    added = ", ".join(f"cast(sum({what}) as double) as {name}" for name, what in summed.items())
    found = history.rows(
        f"select rep, {added} from opportunities "
        "where status = 'won' and rep is not null and closed between $first and $last group by rep order by rep",
        first=first_day(first),
        last=last_day(last),
    )
    return found.set_index("rep").astype("float64").fillna(0.0)


def _done(history: History, steps: list[str], first: str, last: str) -> pd.DataFrame:
    """Count what each rep did, a column a kind; what the opportunities tell by a day of their own is left to them."""
    found = history.rows(
        "select rep, kind, sum(count) as done from activities "
        f"where date between $first and $last and {OWN} group by rep, kind order by rep, kind",
        first=first_day(first),
        last=last_day(last),
    )
    told = found["kind"].map(_SAME).isin(steps)
    kept = found[~told].astype({"done": "float64"})
    return kept.pivot(index="rep", columns="kind", values="done").fillna(0.0).rename_axis(columns=None)


def _by_step(history: History, steps: list[str], first: str, last: str) -> pd.DataFrame:
    table = stages(history, ["rep"], first, last)
    return table[table["rep"].notna() & table["stage"].isin(steps)]


def _conversions(seen: pd.DataFrame, steps: list[str], index: pd.Index) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the conversion of each step towards that of all reps."""
    onward, doubt = {}, {}
    for step in steps:
        own = seen[seen["stage"] == step].set_index("rep")[["went_on", "lost"]]
        own = own.reindex(index, fill_value=0).astype("float64")
        tries = (own["went_on"] + own["lost"]).to_numpy()
        drawn = shrunk_rates(own["went_on"], tries)
        # Where reps differ much, one without a success keeps a rate of nearly 0, which no goal can be divided by.
        none = (own["went_on"] == 0).to_numpy() & (tries > 0)
        drawn["value"] = drawn["value"].mask(none, np.maximum(drawn["value"], 0.5 / (tries + 1)))
        onward[step] = drawn["value"].to_numpy()
        half = (drawn["high"] - drawn["low"]) / (2 * Z)
        doubt[step] = (half / drawn["value"].where(drawn["value"] > 0)).to_numpy()
    return pd.DataFrame(onward, index), pd.DataFrame(doubt, index)


def _people(
    history: History, deals: pd.DataFrame, revenue: pd.Series, weeks: pd.Series
) -> tuple[pd.DataFrame, float]:
    """Say how large deals are and which part of revenue they make up."""
    role = history.rows("select rep, role from people order by rep").set_index("rep")["role"].reindex(deals.index)
    size, variance = _drawn(deals["won"], deals["won_value"], deals["value_squared"])
    mean = deals["won_value"].sum() / max(deals["won"].sum(), 1.0)
    spread = variance**0.5 / mean if mean > 0 else 0.0
    doubt = (size["high"] - size["low"]) / (2 * Z) / size["value"].where(size["value"] > 0)
    table = pd.DataFrame({
        "role": role.fillna(""), "weeks": weeks, "revenue": revenue, "won": deals["won"],
        "won_value": deals["won_value"], "deal_size": size["value"].to_numpy(), "size_doubt": doubt.to_numpy(),
        "part": _part(deals, revenue, mean, spread),
    }, index=deals.index)  # fmt: skip
    return table, spread


def _part(deals: pd.DataFrame, revenue: pd.Series, mean: float, spread: float) -> Real:
    """Draw the part of revenue that comes through the pipeline towards that of all: few deals tell little of it."""
    whole = revenue.clip(lower=0)
    part = min(float(deals["won_value"].sum() / whole.sum()), 1.0) if whole.sum() > 0 else 0.0
    if not part:
        return np.zeros(len(whole))
    own = np.minimum(deals["won_value"] / whole.where(whole > 0), 1.0).to_numpy(dtype=float)
    expected = (whole * part / mean).to_numpy(dtype=float)
    chance = np.divide(part**2 * (1 + spread**2), expected, out=np.full(len(whole), np.inf), where=expected > 0)
    return np.clip(shrunk_means(own, chance)["value"].to_numpy(dtype=float), 0.0, 1.0)


def _drawn(count: pd.Series, total: pd.Series, squares: pd.Series) -> tuple[pd.DataFrame, float]:
    """Draw means towards that of all, and give the variance within one rep."""
    own = total / count.where(count > 0)
    within = float((squares - total * own.fillna(0)).clip(lower=0).sum())
    freedom = float(count.sum() - (count > 0).sum())
    # Where nobody has two cases, nothing tells how much they swing: then they swing as much as they are large.
    mean = float(total.sum() / max(count.sum(), 1.0))
    variance = within / freedom if freedom > 0 else mean**2
    chance = np.divide(variance, count, out=np.full(len(count), np.inf), where=(count > 0).to_numpy())
    return shrunk_means(own, chance), variance


def _lags(deals: pd.DataFrame, steps: list[str]) -> pd.DataFrame:
    lags = {step: _drawn(deals["won"], deals[step], deals[f"{step}_squared"])[0]["value"] for step in steps}
    return pd.DataFrame(lags).set_axis(deals.index).clip(lower=0)


def _a_week(done: pd.DataFrame, weeks: pd.Series) -> pd.DataFrame:
    """Draw counts a week towards those of all, counts swinging as those of rare things do (Poisson)."""
    whole = float(weeks.sum())
    drawn = {}
    for name in done:
        rate = float(done[name].where(weeks > 0, 0.0).sum()) / whole if whole > 0 else np.nan
        chance = np.divide(rate, weeks, out=np.full(len(weeks), np.inf), where=(weeks > 0).to_numpy())
        drawn[name] = shrunk_means(done[name] / weeks.where(weeks > 0), chance)["value"].to_numpy()
    return pd.DataFrame(drawn, done.index)


def _an_opening(acts: pd.DataFrame, opened: pd.Series) -> pd.DataFrame:
    """Draw activities for each opportunity that comes in towards those of all."""
    drawn = {}
    for kind in acts:
        done = float(acts[kind].where(opened > 0, 0.0).sum())
        ratio = done / opened.sum() if opened.sum() else np.nan
        # Both counts swing; the part of the activities is taken as expected, so that none at all is not certain.
        rare = 1 / (opened * ratio).where(opened > 0) + 1 / opened.where(opened > 0)
        chance = (ratio**2 * rare).fillna(np.inf).replace(0.0, np.inf)
        drawn[kind] = shrunk_means(acts[kind] / opened.where(opened > 0), chance)["value"].to_numpy()
    return pd.DataFrame(drawn, acts.index)
