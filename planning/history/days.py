"""What came day by day."""

import pandas as pd

from planning.errors import HistoryError
from planning.history.engine import History


def by_rep(history: History, name: str, first: str, last: str) -> pd.DataFrame:
    """Add a metric up by rep and day.

    Parameters
    ----------
    history
        The history.
    name
        A metric whose months add up.
    first, last
        ISO days, both included.

    Returns
    -------
    ``name`` (the rep), ``day`` (ISO) and ``amount`` (whole minor units or counts).

    Raises
    ------
    HistoryError
        If the metric is a ratio, or what stands at a month's end: neither comes day by day.
    """
    measured = history.metric(name)
    if not measured.table or measured.over_time != "sum":
        raise HistoryError(f"{measured.label} does not come day by day, so nobody can say when a part was passed.")
    day, amount = f"cast({measured.date} as date)", f"cast(sum({measured.expression}) as bigint)"
    told = history.rows(
        f"select rep as name, {day} as day, {amount} as amount from {measured.table} "
        f"where {measured.date} >= $first and {measured.date} <= $last and rep is not null "
        f"and ({measured.expression}) is not null group by 1, 2 order by 1, 2",
        first=first,
        last=last,
    )
    return told.assign(day=pd.to_datetime(told["day"]).dt.strftime("%Y-%m-%d"))
