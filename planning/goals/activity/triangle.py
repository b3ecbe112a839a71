"""What is asked from the top, what capacity carries and what the funnel yields: three numbers that should agree."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

CORNERS = ("goal", "capacity", "funnel")
NOT_KNOWN, AGREE, TWO, APART = "not known", "agree", "two differ", "all differ"
BETWEEN = " between"
"""After the name of a corner: it agrees with both others, which do not agree with one another."""


def triangle(numbers: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Set the three numbers of each rep against each other.

    Two numbers agree when they differ by no more than the tolerance of the larger; the funnel agrees with whatever
    lies in its interval too. Where two agree and the third agrees with neither, the third stands alone.

    Parameters
    ----------
    numbers
        A row a rep: `CORNERS`, minor units, empty where not known; ``low`` and ``high`` of the funnel.
    tolerance
        A fraction.

    Returns
    -------
    The same with ``to_capacity`` (capacity less goal), ``to_funnel`` (funnel less goal), ``alone`` (a corner that
    stands alone, one with `BETWEEN`, `AGREE`, `APART`, `TWO` where only two are known, or `NOT_KNOWN`) and ``talk``,
    whether there is something to talk about.
    """
    money = numbers[[*CORNERS, "low", "high"]].astype("float64")
    goal, capacity, funnel = (money[name] for name in CORNERS)
    carries = _same(goal, capacity, tolerance)
    yields = _same(goal, funnel, tolerance) | goal.between(money["low"], money["high"])
    both = _same(capacity, funnel, tolerance) | capacity.between(money["low"], money["high"])
    known = money[list(CORNERS)].notna().sum(axis=1)
    agreeing = carries.astype(int) + yields.astype(int) + both.astype(int)
    cases = [
        (known < 2, NOT_KNOWN),
        ((known == 2) & (agreeing == 0), TWO),
        ((known == 2) | (agreeing == 3), AGREE),
        (agreeing == 0, APART),
        (carries & yields, f"goal{BETWEEN}"),
        (carries & both, f"capacity{BETWEEN}"),
        (yields & both, f"funnel{BETWEEN}"),
        (carries, "funnel"),
        (yields, "capacity"),
    ]
    alone = np.select([case for case, _ in cases], [name for _, name in cases], "goal")
    found = numbers.assign(
        to_capacity=numbers["capacity"] - numbers["goal"], to_funnel=numbers["funnel"] - numbers["goal"], alone=alone
    )
    return found.assign(talk=~found["alone"].isin([AGREE, NOT_KNOWN]))


def finding(row: Mapping[str, Any]) -> str:
    """Say in words, without figures, which number stands alone and what that asks about.

    Parameters
    ----------
    row
        A row of `triangle`.
    """
    alone = str(row["alone"])
    if alone == TWO:
        more, less = sorted((name for name in CORNERS if pd.notna(row[name])), key=lambda name: -float(row[name]))
        return f"Talk about it: {_NAMES[more]} lies above {_NAMES[less]}; the third number is not known."
    if alone not in CORNERS:
        return _TOLD[alone]
    others = [float(row[name]) for name in CORNERS if name != alone]
    return _ALONE[alone, float(row[alone]) > max(others)]


_NAMES = {"goal": "the goal", "capacity": "capacity", "funnel": "the funnel"}
_TOLD = {
    NOT_KNOWN: "Too little is known to compare.",
    AGREE: "They agree.",
    APART: "Talk about it: the goal, capacity and the funnel all say something else.",
    f"goal{BETWEEN}": "Talk about it: capacity and the funnel differ, the goal lies between them.",
    f"capacity{BETWEEN}": "Talk about it: the goal and the funnel differ, capacity lies between them.",
    f"funnel{BETWEEN}": "Talk about it: the goal and capacity differ, and the funnel is too uncertain to tell "
    "which of them holds.",
}
_ALONE = {
    ("goal", True): "Talk about it: the goal stands alone, above what capacity carries and the funnel yields.",
    ("goal", False): "Talk about it: the goal stands alone, below what capacity carries and the funnel yields.",
    ("capacity", True): "Talk about it: capacity stands alone, above the goal and the funnel. Is time used for what "
    "sells?",
    ("capacity", False): "Talk about it: capacity stands alone, below the goal and the funnel. Is there enough time, "
    "and is everybody counted?",
    ("funnel", True): "Talk about it: the funnel stands alone, above the goal and capacity. Will last year's rhythm "
    "and conversion last?",
    ("funnel", False): "Talk about it: the funnel stands alone, below the goal and capacity. What would bring more "
    "opportunities, a better conversion or larger deals?",
}


def _same(one: pd.Series, other: pd.Series, tolerance: float) -> pd.Series:
    return (one - other).abs() <= tolerance * np.maximum(one.abs(), other.abs())
