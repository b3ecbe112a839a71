"""Whether the pipeline is large enough for what a goal still needs."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planning.errors import PlanningError


@dataclass(frozen=True)
class Coverage:
    """Pipeline against what a goal still needs; money in whole minor units.

    Parameters
    ----------
    gap
        What the goal still needs, never below zero.
    attainment
        Booked over goal; empty for a goal of zero.
    ratio, required
        Pipeline over the gap (empty without a gap), and what it would have to be: 1 / win rate.
    pipeline_needed
        Pipeline that covers the gap at the win rate.
    covers, short
        What the pipeline is expected to bring, and what the gap then still lacks, never below zero.
    """

    gap: int
    attainment: float
    ratio: float
    required: float
    pipeline_needed: int
    covers: int
    short: int


def coverage(goal: int, booked: int, pipeline: int, win_rate: float) -> Coverage:
    """Hold the pipeline open now against what a goal still needs.

    Parameters
    ----------
    goal, booked, pipeline
        Minor units.
    win_rate
        Part of the pipeline's value that is won, above 0 and at most 1.

    Raises
    ------
    PlanningError
        If the win rate is no such part.

    Examples
    --------
    >>> found = coverage(2_000_000_00, 0, 6_000_000_00, 0.22)
    >>> found.covers, found.short, round(found.required, 2), found.pipeline_needed
    (132000000, 68000000, 4.55, 909090909)
    """
    if not 0 < win_rate <= 1:
        raise PlanningError(f"A win rate of {win_rate:.1%} covers nothing: it lies above 0% and at most at 100%.")
    gap, covers = max(goal - booked, 0), round(pipeline * win_rate)
    return Coverage(
        gap, booked / goal if goal else np.nan, pipeline / gap if gap else np.nan, 1 / win_rate,
        round(gap / win_rate), covers, max(gap - covers, 0),
    )  # fmt: skip


def weighted(amounts: ArrayLike, probabilities: ArrayLike, closes: list[date]) -> pd.DataFrame:
    """Give the expected value of a pipeline by the month in which deals close: ``month`` and ``amount``.

    Amounts are minor units; each deal's part is rounded by itself, so that months add up to the deals.

    Examples
    --------
    >>> days = [date(2026, 6, 30), date(2026, 7, 15), date(2026, 8, 1)]
    >>> weighted([100_000, 100_000, 100_000], [0.5, 0.5, 1.0], days)["amount"].tolist()
    [50000, 50000, 100000]
    """
    parts = np.rint(np.asarray(amounts, dtype=float) * np.asarray(probabilities, dtype=float)).astype(np.int64)
    months = [f"{day:%Y-%m}" for day in closes]
    return pd.DataFrame({"month": months, "amount": parts}).groupby("month", as_index=False)["amount"].sum()
