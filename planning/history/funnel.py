"""The pipeline, counted: what was opened, what became of it, and how long it took."""

from collections.abc import Mapping

import pandas as pd

from planning.history.engine import History
from planning.history.sums import Sums
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
    scope = dict(where or {})
    history.check("opportunities", by, scope)
    bounds = {"first": first_day(first)} if first else {}
    bounds |= {"last": last_day(last)} if last else {}
    sums = _sums(first, last)
    found = history.sums(Sums("opportunities", sums, by, "opened", where=scope, parameters=bounds)).fillna(
        dict.fromkeys(sums, 0)
    )
    seen = found[(found[list(COUNTS)] != 0).any(axis=1)]
    return _with_ratios(seen.sort_values(by, ignore_index=True) if by else seen)[
        [*by, *COUNTS, "win_rate", "won_value", "open_value", "deal_size", "cycle_days"]
    ]


def _sums(first: str | None, last: str | None) -> dict[str, str]:
    """Write what is added up, for the months asked for."""
    opened, closed = _between("fact.opened", first, last), _between("fact.closed", first, last)
    still = f"status = 'open' and {_between('fact.opened', None, last)}"
    won = f"status = 'won' and {closed}"
    timed = f"{won} and fact.opened is not null and fact.closed is not null"
    return {
        "opened": f"case when {opened} then 1 else 0 end",
        "open": f"case when {still} then 1 else 0 end",
        "won": f"case when {won} then 1 else 0 end",
        "lost": f"case when status = 'lost' and {closed} then 1 else 0 end",
        "won_value": f"case when {won} then amount end",
        "open_value": f"case when {still} then amount end",
        "days": f"case when {timed} then date_diff('day', fact.opened, fact.closed) end",
        "timed": f"case when {timed} then 1 else 0 end",
    }


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
