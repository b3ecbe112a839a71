"""The pipeline, counted: what was opened, what became of it, and how long it took."""

from collections.abc import Mapping

import pandas as pd

from planning.errors import PlanningError
from planning.history.engine import History, check_dimension, summed, told_by
from planning.periods import first_day, last_day

COUNTS = ("opened", "open", "won", "lost")


def funnel(
    history: History,
    by: list[str],
    first: str | None = None,
    last: str | None = None,
    where: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Count opportunities by any dimensions, or by ``stage``.

    Parameters
    ----------
    history
        The history.
    by
        Dimensions, or ``stage``.
    first, last
        ISO months, both included: opened counts by opening date, won and lost by closing date, open what
        was opened by the last month and is open still. Without them, everything.
    where
        Dimensions that must have a value.

    Returns
    -------
    The columns of `by`, then ``opened``, ``open``, ``won``, ``lost`` (counts), ``win_rate`` = won / (won +
    lost), ``won_value``, ``open_value`` (whole minor units), ``deal_size`` = won value / won, rounded to a
    minor unit, and ``cycle_days``, mean days from opening to closing of what was won. What has no
    denominator is empty.
    """
    for dimension in (*by, *(where or {})):
        check_dimension(dimension)
        if not told_by("opportunities", dimension):
            raise PlanningError(f"Opportunities do not tell {dimension}.")
    opened = _between("fact.opened", first, last)
    closed = _between("fact.closed", first, last)
    still = _between("fact.opened", None, last) if last else "true"
    won = f"status = 'won' and {closed}"
    timed = f"{won} and fact.opened is not null"
    sums = {
        "opened": f"case when {opened} then 1 else 0 end",
        "open": f"case when status = 'open' and {still} then 1 else 0 end",
        "won": f"case when {won} then 1 else 0 end",
        "lost": f"case when status = 'lost' and {closed} then 1 else 0 end",
        "won_value": f"case when {won} then coalesce(amount, 0) else 0 end",
        "open_value": f"case when status = 'open' and {still} then coalesce(amount, 0) else 0 end",
        "days": f"case when {timed} then date_diff('day', fact.opened, fact.closed) else 0 end",
        "timed": f"case when {timed} then 1 else 0 end",
    }
    scope = dict(where or {})
    values: dict[str, object] = {f"where_{dimension}": value for dimension, value in scope.items()}
    values |= {"first": first_day(first)} if first else {}
    values |= {"last": last_day(last)} if last else {}
    found = history.rows(summed("opportunities", sums, by, scope, "opened"), **values)
    found = found.astype(dict.fromkeys(sums, "Int64")).fillna(dict.fromkeys(sums, 0))
    seen = found[(found[list(COUNTS)] != 0).any(axis=1)]
    return _with_ratios(seen.sort_values(by, ignore_index=True) if by else seen)[
        [*by, *COUNTS, "win_rate", "won_value", "open_value", "deal_size", "cycle_days"]
    ]


def _between(date: str, first: str | None, last: str | None) -> str:
    """Write the condition that a date lies within the months; without any, that the row counts at all."""
    bounds = [f"{date} >= $first"] if first else []
    bounds += [f"{date} <= $last"] if last else []
    return " and ".join(bounds) or "true"


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    won, closed = table["won"].astype("Float64"), (table["won"] + table["lost"]).astype("Float64")
    timed = table["timed"].astype("Float64")
    return table.assign(
        win_rate=won / closed.where(closed > 0),
        deal_size=(table["won_value"] / won.where(won > 0)).round().astype("Int64"),
        cycle_days=table["days"] / timed.where(timed > 0),
    )
