"""Who is how far, and when they passed half, nine tenths and all of their goal."""

from datetime import date

import pandas as pd

from planning.history import days
from planning.history.engine import open_history
from planning.periods import first_day
from planning.tracking.milestones import PARTS, passed
from planning.workbook.context import Context
from planning.workbook.tracking import seats
from planning.workbook.tracking.progress import standing

COLUMNS = ("place", "name", "territory", "goal", "result", "reached", *PARTS)


def leaderboard(context: Context, metric: str = "revenue", as_of: date | None = None) -> pd.DataFrame:
    """Put those in view in the order in which they have reached their goals of the year.

    Parameters
    ----------
    context
        Where one stands, and who is asking: a rep sees their own row and all others as one.
    metric
        A metric with a goal whose months add up.
    as_of
        The day; none for the last one that anything is known of.

    Returns
    -------
    ``place`` (equal where equally far; empty for others who stand together), ``name``, ``territory``, ``goal`` (of
    the year), ``result`` (to date), ``reached`` (a fraction of the year's goal), and the day on which each of
    `planning.tracking.milestones.PARTS` was passed, empty where it is not; the furthest first.

    Raises
    ------
    TrackingError
        If the year has not begun, or nothing was asked of the metric.
    HistoryError
        If the metric does not come day by day.
    """
    seen = standing(context, "rep", metric, as_of)
    # What nobody carries passes nothing.
    table = seen.table[(seen.table["goal"] > 0) & (seen.table["name"] != seats.NOBODY)].reset_index(drop=True)
    with open_history(context.settings) as history:
        begins = first_day(context.calendar.months(context.year)[0])
        daily = days.by_rep(history, metric, str(begins), f"{seen.at.as_of:%Y-%m-%d}")
    when = passed(daily, table.set_index("name")["goal"])
    table = table.merge(when, left_on="name", right_index=True, how="left")
    alone = table["reached"].astype(float).where(table["name"] != seats.OTHERS)
    table["place"] = alone.rank(method="min", ascending=False).astype("Int64")
    ordered = table.sort_values(["reached", "name"], ascending=[False, True], ignore_index=True)
    return ordered[list(COLUMNS)]
