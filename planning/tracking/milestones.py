"""When somebody passed a part of the year's goal: half, nine tenths, all of it."""

import pandas as pd

PARTS = {"half": 0.5, "nine_tenths": 0.9, "whole": 1.0}
"""Parts of a goal that are told when they are passed."""


def passed(daily: pd.DataFrame, goals: pd.Series) -> pd.DataFrame:
    """Give the day on which each part of a goal was passed and not fallen below since.

    Parameters
    ----------
    daily
        ``name``, ``day`` and ``amount``: what came, whole units; below zero where something was returned.
    goals
        Goal of the year by name, whole units.

    Returns
    -------
    A row a name of `goals`, a column each of `PARTS`: the day, empty where it is not passed.

    Examples
    --------
    >>> came = pd.DataFrame({"name": "Ana", "day": ["2027-01-05", "2027-02-01", "2027-02-03"], "amount": [50, 45, 5]})
    >>> passed(came, pd.Series({"Ana": 100})).loc["Ana"].tolist()
    ['2027-01-05', '2027-02-01', '2027-02-03']
    """
    ordered = daily.sort_values(["name", "day"], kind="stable")
    total = ordered.groupby("name")["amount"].cumsum()
    goal = ordered["name"].map(goals)
    found = {}
    for part, share in PARTS.items():
        there = (total >= share * goal) & (goal > 0)
        # The last day that it was not there: the one after it counts.
        below = ordered["day"].where(~there).groupby(ordered["name"]).max()
        since = ordered[there & ~(ordered["day"] <= ordered["name"].map(below)).fillna(False)]
        found[part] = since.groupby("name")["day"].min()
    return pd.DataFrame(found, index=goals.index)
