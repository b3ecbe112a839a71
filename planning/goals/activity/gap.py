"""Where a goal and an activity plan contradict each other, and what would close the gap."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from planning.goals.activity.arithmetic import interval, require
from planning.history.rhythm import Rhythm

TOLERANCE = 0.1
"""Part by which two numbers may differ and still be called the same."""


def gaps(
    rhythm: Rhythm, goals: pd.Series, weeks: pd.Series, opened: pd.Series | None = None, tolerance: float = TOLERANCE
) -> pd.DataFrame:
    """Hold what goals ask of the pipeline against what the rhythm, or a plan, brings through it.

    Parameters
    ----------
    rhythm
        How people work.
    goals, weeks
        The year's goal (minor units) and the working weeks, by rep.
    opened
        Opportunities that reps plan to open a week; without, or where empty, those of the last twelve months.
    tolerance
        Part by which the two may differ.

    Returns
    -------
    A row a rep of `goals`: ``asked`` and ``expected`` of the pipeline, ``low``, ``high`` (minor units), ``gap``
    (expected less asked); ``weeks`` that are worked, ``opened`` a week, ``win_rate``, ``deal_size``, and what each
    alone would have to be: ``opened_needed``, ``win_rate_needed`` (empty where it would have to be above 1),
    ``deal_size_needed``; and ``verdict``: ``fits``, ``within chance``, ``falls short`` or ``more than asked``.

    Raises
    ------
    HistoryError
        If the history has no pipeline.
    """
    require(rhythm)
    step, names = rhythm.steps[0], goals.index
    people, rate = rhythm.reps.loc[names], rhythm.reach.loc[names, step]
    own, there = rhythm.per_week.loc[names, step], weeks.reindex(names).fillna(0.0)
    a_week = own if opened is None else opened.reindex(names).fillna(own)
    asked = goals.clip(lower=0) * people["part"]
    deals = (a_week * there * rate).to_numpy(dtype=float)
    expected = deals * people["deal_size"]
    doubt = np.hypot(rhythm.reach_doubt.loc[names, step], people["size_doubt"]).to_numpy(dtype=float)
    low, high = interval(expected.to_numpy(dtype=float), deals, doubt, rhythm.spread)
    factor = asked / expected.where(expected > 0)
    win = (rate * factor).where(lambda each: each <= 1)
    money = {"asked": asked, "expected": expected, "low": low, "high": high, "gap": expected - asked,
             "deal_size": people["deal_size"], "deal_size_needed": people["deal_size"] * factor}  # fmt: skip
    table = pd.DataFrame(money, index=names).round().astype("Int64")
    table = table.assign(
        weeks=there, opened=a_week, opened_needed=a_week * factor, win_rate=rate, win_rate_needed=win
    )
    close, within = (expected - asked).abs() <= tolerance * asked, (asked <= high).to_numpy()
    said = np.select([close, expected > asked, within], ["fits", "more than asked", "within chance"], "falls short")
    return table.assign(verdict=said)


def in_words(
    row: Mapping[str, Any], money: Callable[[Any], str], percent: Callable[[Any], str], number: Callable[[Any], str]
) -> str:
    """Say how a goal and an activity plan go together, and what would close the gap, each alone.

    Parameters
    ----------
    row
        A row of `gaps`.
    money, percent, number
        How figures are written.
    """
    start = f"The goal asks for {money(row['asked'])} through the pipeline; the activity leads to"
    start = f"{start} {money(row['expected'])} ({money(row['low'])} to {money(row['high'])} four times in five)"
    verdict = str(row["verdict"])
    if verdict in _PLAIN:
        return f"{start}: {_PLAIN[verdict]}"
    if not row["expected"] > 0:
        return f"{start}: nothing comes of it, since no opportunities are opened or nobody is there."
    more, now, weeks = row["opened_needed"], row["opened"], row["weeks"]
    ways = [f"{number(more * weeks)} opportunities opened in the year instead of {number(now * weeks)}"]
    ways[0] += f" ({number(more)} a week instead of {number(now)})"
    possible = not np.isnan(float(row["win_rate_needed"]))
    ways += (
        [f"{percent(row['win_rate_needed'])} of them won instead of {percent(row['win_rate'])}"] if possible else []
    )
    ways.append(f"deals of {money(row['deal_size_needed'])} on average instead of {money(row['deal_size'])}")
    beyond = "" if possible else " A better conversion alone cannot close it."
    return f"{start}: {_CONTRADICTS[verdict]} Any of these alone would close the gap: {', or '.join(ways)}.{beyond}"


_PLAIN = {"fits": "that fits.", "more than asked": "that is more than it asks for."}
_CONTRADICTS = {
    "within chance": "good luck alone could close the gap, and is not to be counted on.",
    "falls short": "they contradict each other.",
}
