"""Where the funnel leaks: each stage held against the team's and against its own past, and what is at stake."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planning.history.engine import History
from planning.history.shrink import shrunk_rates
from planning.history.stages import stages
from planning.periods import add_months

AGAINST = ("team", "past")

TOO_FEW = "too few to tell"

METHOD = (
    "The interval of a conversion is Wilson's (1927); the team is everything in the scope that a row is a part of. "
    "The past is the same months a year earlier, and the interval of the difference is Newcombe's (1998). Where the "
    f"interval holds the other value, the row says '{TOO_FEW}'. Value at stake = (the other's conversion - own) x "
    "deals decided in the stage x the part of deals past the stage that are won in the end x the average value of a "
    "won deal. Against the team, own is the conversion drawn towards the team's by how much data there is "
    "(beta-binomial, Kleinman 1973), so that nobody leads the list by chance: where the groups differ no more than "
    "chance makes them, nothing is at stake. The biggest leak is the stage with most at stake among those that are "
    "below the team beyond chance; where none is, no leak is named. Against the past, the value is given only where "
    "the difference is beyond chance."
)


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
    history, by
        As for `stages`.
    first, last
        ISO months, both included.
    where
        Dimensions that must have a value. Split by something, each row is held against everything in this scope.
        Without a split, the scope is one of its kind: it is held against what the dimensions before the last leave,
        such as a territory against its region, or against the company if only the territory is named.

    Returns
    -------
    What `stages` gives, then ``shrunk`` (conversion drawn towards the team's), and for each of `AGAINST`:
    ``<other>`` (its conversion), ``<other>_points`` (own less other, a fraction), ``<other>_says`` (``above``,
    ``below`` or `TOO_FEW`; empty where one of the two has none), ``<other>_at_stake`` (whole minor units; empty where
    it cannot be told); and ``leak``, true for the stage of a group where most is at stake against the team.
    Rules: `METHOD`, and those of the stages.

    Raises
    ------
    PlanningError
        If a dimension or value is not known.
    """
    if by or not where:
        return _compared(history, by, first, last, dict(where or {}))
    history.check("opportunities", by, where)
    *around, kind = where
    table = _compared(history, [kind], first, last, {name: where[name] for name in around})
    return table[table[kind] == where[kind]].drop(columns=kind).reset_index(drop=True)


def _compared(history: History, by: list[str], first: str, last: str, where: Mapping[str, str]) -> pd.DataFrame:
    own = stages(history, by, first, last, where)
    team = stages(history, [], first, last, where) if by else own
    past = stages(history, by, add_months(first, -12), add_months(last, -12), where)
    table = _beside(own.assign(shrunk=_shrunk(own)), team, ["stage"], "team")
    table = _beside(table, past, [*by, "stage"], "past")
    bounds = table["low"] - table["team"], table["high"] - table["team"]
    table["team_says"] = _says(table["team_points"], *bounds)
    table["past_says"] = _says(table["past_points"], *_newcombe(table))
    table = _with_stakes(table)
    seen = [f"{other}{part}" for other in AGAINST for part in ("", "_points", "_says", "_at_stake")]
    return table.assign(leak=_leaks(table, by))[[*own.columns, "shrunk", *seen, "leak"]]


def _shrunk(table: pd.DataFrame) -> pd.Series:
    """Draw the conversions of each stage towards that of all groups together."""
    drawn = pd.Series(np.nan, table.index)
    for _, rows in table.groupby("stage"):
        drawn[rows.index] = shrunk_rates(rows["went_on"], rows["went_on"] + rows["lost"])["value"].to_numpy()
    return drawn


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
    """Value what would be won if a stage converted as the other's does; the team's figures stand in for own ones."""
    decided = (table["went_on"] + table["lost"]).astype("float64")
    in_the_end = _over(table["won"], table["ended"]).fillna(_over(table["team_won"], table["team_ended"]))
    size = _over(table["won_value"], table["won"]).fillna(_over(table["team_won_value"], table["team_won"]))
    worth = decided * in_the_end * size
    told = table["past_says"] != TOO_FEW
    own = {"team": table["shrunk"].where(table["conversion"].notna()), "past": table["conversion"].where(told)}
    stakes = {f"{other}_at_stake": (table[other] - own[other]).clip(lower=0) * worth for other in AGAINST}
    return table.assign(**{name: stake.round().astype("Int64") for name, stake in stakes.items()})


def _over(above: pd.Series, below: pd.Series) -> pd.Series:
    whole = below.astype("float64")
    return above.astype("float64") / whole.where(whole > 0)


def _leaks(table: pd.DataFrame, by: list[str]) -> pd.Series:
    """Mark the stage of each group where most is at stake, among those below the team beyond chance."""
    stake = table["team_at_stake"].astype("float64").where(table["team_says"] == "below").where(lambda each: each > 0)
    most = stake.groupby([table[name] for name in by], dropna=False).transform("max") if by else stake.max()
    return stake.notna() & (stake == most)
