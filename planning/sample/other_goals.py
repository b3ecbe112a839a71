"""What was asked beside revenue and units: margin, and how much was to be done in the pipeline."""

import numpy as np
import pandas as pd

from planning.sample.months import SIMULATED_FROM, YEARS, Numbers, first_days, working_days
from planning.sample.past_years import GROWTH_ASKED, JUDGEMENT_SPREAD, POOLED, relief
from planning.sample.staff import Staff

STEPS = {"opportunities": "opened", "presentations": "presented", "proposals": "proposed", "deals_won": "closed"}
"""Metrics of the pipeline that goals are set on, and the day that each counts by."""
ACTIVITY_GOALS_FROM = 2025
"""First year with goals for the pipeline: the history tells no pipeline of the year before FY2024."""
KEYS = ["rep", "metric", "month", "territory", "product_line", "channel"]


def other_goals(
    asked: pd.DataFrame, force: Staff, lines: pd.DataFrame, deals: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    """Set goals for margin and for steps of the pipeline, by rep and territory.

    Margin is asked at the rate that each line brought the year before. Steps are asked as revenue is: the number of
    the year before and something on top, some of it evened out inside the territory, moved by judgement.

    Parameters
    ----------
    asked
        Goals for revenue, as `planning.sample.past_years.goals` gives them.
    force, lines, deals
        Who was there, what was sold, and what was pursued.
    random
        Chance of the managers' judgement.

    Returns
    -------
    The canonical columns; targets in cents for margin, else whole numbers.
    """
    years = [year for year in YEARS if year >= ACTIVITY_GOALS_FROM]
    steps = [_steps(year, metric, force, deals, random) for year in years for metric in STEPS]
    return pd.concat([_margin(asked, lines), *steps], ignore_index=True)


def _margin(asked: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    sold = lines.groupby([lines["date"].dt.year + 1, "product_line"])[["amount", "cost"]].sum()
    rate = 1 - sold["cost"] / sold["amount"]
    revenue = asked[asked["metric"] == "revenue"]
    cells = pd.MultiIndex.from_arrays([pd.to_datetime(revenue["month"]).dt.year, revenue["product_line"]])
    margin = revenue.assign(
        metric="margin", channel="", product_line="", target=revenue["target"] * rate[cells].array
    )
    summed = margin.groupby(KEYS, as_index=False)["target"].sum()
    return summed.assign(target=(np.rint(summed["target"] / 10_000) * 10_000).astype(np.int64))


def _steps(year: int, metric: str, force: Staff, deals: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Ask every seat for a number of one step, month by month; a colleague who covers a seat is asked for it."""
    day = deals[STEPS[metric]]
    counted = deals[(day.dt.year == year - 1) & ((metric != "deals_won") | (deals["status"] == "won"))]
    before = pd.Series(np.bincount(counted["seat"], minlength=len(force.seats)).astype(float))
    territory = force.seats["territory"]
    evened = (1 - POOLED) * before + POOLED * before.groupby(territory).transform("mean")
    judged = evened * np.exp(JUDGEMENT_SPREAD * random.standard_normal(len(before)))
    yearly = (judged * before.sum() / judged.sum() * (1 + GROWTH_ASKED[year])).to_numpy()
    months = (year - int(str(SIMULATED_FROM)[:4])) * 12 + np.arange(12)
    shape = working_days()[months] / working_days()[months].sum()
    monthly = _whole(yearly[:, None] * shape * relief(force)[:, months])
    seat, place = np.indices(monthly.shape).reshape(2, -1)
    frame = pd.DataFrame(
        {
            "rep": np.array(force.reps)[force.credited[seat, months[place]]],
            "metric": metric,
            "month": first_days(months[place]),
            "territory": territory.to_numpy()[seat],
            "product_line": "",
            "channel": "",
            "target": monthly.ravel(),
        }
    )
    return frame[frame["target"] > 0].groupby(KEYS, as_index=False)["target"].sum()


def _whole(monthly: Numbers) -> np.ndarray:
    """Round month by month so that the months so far are never off by more than a half."""
    so_far = np.rint(np.cumsum(monthly, axis=1)).astype(np.int64)
    return np.diff(so_far, axis=1, prepend=0)
