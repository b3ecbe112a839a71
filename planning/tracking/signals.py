"""Signals that turn before results do: activity, openings and pipeline against what is usual and what is needed.

Usual is what somebody did themselves over a year, so that nobody is held to others here; the season is that of all
together. What a few deals show is drawn towards everybody: a rep's own win rate and days to the win by how few they
are (`planning.history.shrink`); what the pipeline needs is reckoned with those of everybody.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.shrink import shrunk_means, shrunk_rates
from planning.periods import add_months, month_range

WEEKS, USUAL_WEEKS = 6, 52
"""Weeks that are looked at, and those before them that make up what is usual."""
FEWEST_WEEKS = 26
"""Weeks of one's own without which nothing is usual."""
MONTHS, USUAL_MONTHS = 3, 12
SEEN_MONTHS = 24
DEAL_MONTHS, USUAL_DEAL_MONTHS = 6, 24
"""Months of deals that are looked at, and those before them that make up what is usual: deals are few."""
DAYS_IN_MONTH = 365.25 / 12

METHOD = (
    f"Activity: all that was done in the last {WEEKS} weeks over what the same person does in as many weeks, from "
    f"the {USUAL_WEEKS} weeks before, at the season of everybody a year ago. Opportunities opened: the last {MONTHS} "
    f"months over as many of the {USUAL_MONTHS} before. Coverage: the value of opportunities open at the month's end "
    "over what the goal needs from the pipeline within one sales cycle; needed is one over the part of value that is "
    f"won. Win rate, days to the win and the part of revenue that comes through the pipeline are of everybody, of "
    f"the last {SEEN_MONTHS} months as they were known then. A rep's own win rate is of deals decided, and the sales "
    f"cycle of deals won, in the last {DEAL_MONTHS} months, over those of the {USUAL_DEAL_MONTHS} before; both are "
    "drawn towards everybody's by how few deals there are (empirical Bayes)."
)


@dataclass(frozen=True)
class Rates:
    """What deals of everybody showed up to a month.

    Parameters
    ----------
    won
        Part of the value decided that was won.
    cycle
        Months from opening to winning.
    part
        Part of the revenue that came through the pipeline, at most all.
    """

    won: float
    cycle: float
    part: float


def by_week(done: pd.DataFrame) -> pd.DataFrame:
    """Give activities with a row a rep and a column a week, from ``rep``, ``week`` and ``done``."""
    return done.pivot_table(index="rep", columns="week", values="done", aggfunc="sum").astype("float64")


def of_usual(done: pd.DataFrame, week: int) -> pd.DataFrame:
    """Hold the activity of the last weeks against what is usual.

    Parameters
    ----------
    done
        A row a rep, a column a week (`by_week`).
    week
        The last week that is over.

    Returns
    -------
    A row a rep: ``activity`` (over usual, a fraction), ``activity_a_week`` and ``usual_a_week`` (at the season); only
    those of whom enough weeks are known.
    """
    first = week - WEEKS - USUAL_WEEKS + 1
    wide = done.reindex(columns=range(first, week + 1))
    before, now = wide.iloc[:, :USUAL_WEEKS], wide.iloc[:, USUAL_WEEKS:].fillna(0.0)
    enough = before.notna().sum(axis=1) >= FEWEST_WEEKS
    usual = before[enough].mean(axis=1) * _season(before)
    rate = now[enough].mean(axis=1)
    told = pd.DataFrame({"activity": rate / usual.where(usual > 0), "activity_a_week": rate, "usual_a_week": usual})
    return told.rename_axis("rep")


def opened(pipeline: pd.DataFrame, month: str) -> pd.DataFrame:
    """Hold the opportunities opened lately against what is usual.

    Returns
    -------
    A row a rep: ``openings`` (over usual, a fraction), ``opened_a_month`` and ``usual_a_month``.
    """
    begins = add_months(month, -(MONTHS + USUAL_MONTHS - 1))
    months = month_range(begins, month)
    wide = pipeline.pivot_table(index="rep", columns="month", values="opened", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=months, fill_value=0).astype("float64")
    usual, now = wide.iloc[:, :USUAL_MONTHS].mean(axis=1), wide.iloc[:, USUAL_MONTHS:].mean(axis=1)
    return pd.DataFrame({"openings": now / usual.where(usual > 0), "opened_a_month": now, "usual_a_month": usual})


def deals(pipeline: pd.DataFrame, month: str) -> pd.DataFrame:
    """Hold a rep's win rate and sales cycle of late against what is usual.

    Parameters
    ----------
    pipeline
        By rep and month (`planning.history.signs.pipeline`).
    month
        The last month.

    Returns
    -------
    A row a rep: ``winning`` and ``cycling`` (of late over usual, fractions), ``win_rate`` and ``usual_win_rate``
    (fractions), ``cycle`` and ``usual_cycle`` (days); each drawn towards everybody's by how few deals there are, and
    told only of those with deals in both spans.
    """
    begins = add_months(month, 1 - DEAL_MONTHS)
    now, before = (
        pipeline[(pipeline["month"] >= first) & (pipeline["month"] <= last)].groupby("rep").sum(numeric_only=True)
        for first, last in ((begins, month), (add_months(begins, -USUAL_DEAL_MONTHS), add_months(begins, -1)))
    )
    table = pd.DataFrame({
        "win_rate": _won(now), "usual_win_rate": _won(before), "cycle": _days(now), "usual_cycle": _days(before),
    }).rename_axis("rep")  # fmt: skip
    return table.assign(
        winning=table["win_rate"] / table["usual_win_rate"], cycling=table["cycle"] / table["usual_cycle"]
    )


def rates(pipeline: pd.DataFrame, revenue: float, month: str) -> Rates | None:
    """Say what deals of everybody showed in the last months; nothing if none was won.

    Parameters
    ----------
    pipeline
        By rep and month (`planning.history.signs.pipeline`).
    revenue
        Of everybody in these months, minor units.
    month
        The last month.
    """
    seen = pipeline[(pipeline["month"] <= month) & (pipeline["month"] > add_months(month, -SEEN_MONTHS))].sum(
        numeric_only=True
    )
    if not seen.get("won_value", 0) or not seen["timed"] or revenue <= 0:
        return None
    cycle = float(seen["days"] / seen["timed"]) / DAYS_IN_MONTH
    return Rates(float(seen["won_value"] / seen["closed_value"]), cycle, min(float(seen["won_value"] / revenue), 1.0))


def coverage(pipeline: pd.DataFrame, needed: pd.Series, found: Rates, month: str) -> pd.DataFrame:
    """Hold the pipeline open at a month's end against what goals need of it.

    Parameters
    ----------
    pipeline
        By rep and month.
    needed
        By rep: what the goal asks for in an average month to come, minor units.
    found
        What deals showed.
    month
        The month.

    Returns
    -------
    A row a rep in `needed`: ``open`` (value), ``proposals``, ``coverage`` (open over what is needed within one
    cycle), ``required`` (one over the part that is won), ``covered`` (the one over the other).
    """
    now = pipeline[pipeline["month"] == month].set_index("rep")[["value", "proposals"]].reindex(needed.index)
    now = now.astype("float64").fillna(0.0)
    due = needed.astype(float) * found.cycle * found.part
    ratio = now["value"] / due.where(due > 0)
    return pd.DataFrame({
        "open": now["value"], "proposals": now["proposals"], "coverage": ratio, "required": 1 / found.won,
        "covered": ratio * found.won,
    })  # fmt: skip


def lines_falling(results: Real, before: Real, names: pd.DataFrame, months: int) -> pd.DataFrame:
    """Say where lines of a territory fall together while they do not elsewhere.

    Parameters
    ----------
    results, before
        A row a territory and line, a column a month: this year's and last year's results.
    names
        ``territory`` and ``product_line`` of each row.
    months
        Months that are over; the last `MONTHS` of them are looked at.

    Returns
    -------
    A row a territory with two lines or more: ``lines`` (the two that fell most, in words), ``together`` (growth of
    the better of the two over that of the same line elsewhere, a fraction).
    """
    window = slice(max(months - MONTHS, 0), months)
    table = names.assign(now=results[:, window].sum(axis=1), past=before[:, window].sum(axis=1))
    table = table[(table["past"] > 0) & (table["territory"] != "") & (table["product_line"] != "")]
    whole = table.groupby("product_line")[["now", "past"]].transform("sum")
    elsewhere = (whole["now"] - table["now"]) / (whole["past"] - table["past"]).where(whole["past"] > table["past"])
    table = table.assign(index=table["now"] / table["past"] / elsewhere).dropna(subset="index").sort_values("index")
    found = [
        (territory, " and ".join(rows["product_line"].iloc[:2]), float(rows["index"].iloc[1]))
        for territory, rows in table.groupby("territory")
        if len(rows) > 1
    ]
    return pd.DataFrame(found, columns=["territory", "lines", "together"])


def _won(sums: pd.DataFrame) -> pd.Series:
    """Give each rep's part of the deals decided that was won, drawn towards everybody's."""
    decided = sums["won"] + sums["lost"]
    return pd.Series(shrunk_rates(sums["won"], decided)["value"].to_numpy(), sums.index)[decided > 0]


def _days(sums: pd.DataFrame) -> pd.Series:
    """Give each rep's mean days from opening to winning, drawn towards everybody's.

    How far chance takes a mean is told from the spread of days within reps, all of them together: the deals of one
    are too few to tell a spread of their own.
    """
    sums = sums[sums["timed"] > 0].astype("float64")
    mean = sums["days"] / sums["timed"]
    free = sums["timed"].sum() - len(sums)
    within = (sums["days_squared"] - sums["timed"] * mean**2).sum() / free if free > 0 else np.inf
    return pd.Series(shrunk_means(mean, within / sums["timed"])["value"].to_numpy(), sums.index)


def _season(before: pd.DataFrame) -> float:
    """Give the weeks a year before those that are looked at over the average of the year, of everybody."""
    whole = before.sum()
    same, mean = float(whole.iloc[:WEEKS].mean()), float(whole.mean())
    return same / mean if same > 0 and mean > 0 and np.isfinite(same) else 1.0
