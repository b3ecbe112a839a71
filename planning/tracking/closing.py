"""A month that is closed: what was reported for it, and what became of it since.

What was reported is kept by cell with the number of rows that made it up, so that what changes later shows as what it
is: late rows, corrected ones, or both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from planning.errors import TrackingError

CELL = ("rep", "territory", "product_line", "channel")
"""What reported figures are kept by, besides metric and month; empty texts where a metric does not tell one."""
FIGURES = ("month", "metric", *CELL, "amount", "rows")
COMPARED = ("month", "metric", *CELL, "reported", "difference", "now", "more_rows", "why")

_NAMES = ("territory", "product_line", "channel")


@dataclass(frozen=True)
class Closing:
    """Where a month stands.

    Parameters
    ----------
    month
        ISO month.
    state
        ``closed``, ``reopened``, or ``open`` where it never was closed.
    metrics
        Metrics that were reported.
    reason
        Why it was reopened, or closed by a rule; empty where somebody closed it.
    actor, at
        Who closed or reopened it, and when (UTC).
    version
        How often it was closed and reopened; 0 where it never was.
    """

    month: str
    state: str = "open"
    metrics: tuple[str, ...] = ()
    reason: str = ""
    actor: str = ""
    at: datetime | None = None
    version: int = 0

    @property
    def closed(self) -> bool:
        """Whether its figures are frozen."""
        return self.state == "closed"


def refuse_close(month: str, closings: Sequence[Closing], complete: bool) -> None:
    """Refuse to close a month out of turn.

    Parameters
    ----------
    month
        The month.
    closings
        Where every month of the year stands, in order.
    complete
        Whether its results are all in, as far as can be told.

    Raises
    ------
    TrackingError
        If it is no month of the year, is closed already, is not told whole yet, or one before it is open.
    """
    place = _place(month, closings)
    if closings[place].closed:
        raise TrackingError(f"{month} is closed already, by {closings[place].actor}.")
    before = [each.month for each in closings[:place] if not each.closed]
    if before:
        raise TrackingError(f"{month} cannot be closed before {', '.join(before)}: close them first, in order.")
    if not complete:
        raise TrackingError(f"{month} cannot be closed yet: its last days have no results. Bring them in first.")


def refuse_reopen(month: str, closings: Sequence[Closing], reason: str) -> None:
    """Refuse to reopen a month without a reason, or one that others rest on.

    Raises
    ------
    TrackingError
        If it is no month of the year, is not closed, a later one is, or no reason is given.
    """
    place = _place(month, closings)
    if not closings[place].closed:
        raise TrackingError(f"{month} is not closed.")
    after = [each.month for each in closings[place + 1 :] if each.closed]
    if after:
        raise TrackingError(f"{month} cannot be reopened while {', '.join(after)} is closed: reopen the last first.")
    if not reason.strip():
        raise TrackingError(f"Say why {month} is reopened: others rely on what was reported for it.")


def packed(figures: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Write the figures of a month as JSON can hold them, by rep: names once, and of each cell its place in them."""
    found = {}
    for rep, mine in figures.groupby("rep", sort=True):
        found[str(rep)] = [
            {"metric": metric, **_columns(cells)} for metric, cells in mine.groupby("metric", sort=True)
        ]
    return found


def unpacked(month: str, rep: str, parts: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Read the figures of a rep as `packed` wrote them: columns `FIGURES`."""
    frames = [
        pd.DataFrame({name: part[name] for name in (*_NAMES, "amount", "rows")}).assign(metric=part["metric"])
        for part in parts
    ]
    empty = pd.DataFrame(columns=list(FIGURES))
    return pd.concat([empty, *frames]).assign(month=month, rep=rep)[list(FIGURES)] if frames else empty


def compared(reported: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Set what was reported beside what stands there now.

    Parameters
    ----------
    reported, now
        Columns `FIGURES`, of the same months and metrics.

    Returns
    -------
    Columns `COMPARED`: ``difference`` is now minus reported, in whole units; ``more_rows`` how many rows there are
    more; ``why`` says in words what happened to a cell that changed, and nothing of others.
    """
    keys = ["month", "metric", *CELL]
    sums = [each.groupby(keys, as_index=False)[["amount", "rows"]].sum() for each in (reported, now)]
    both = sums[0].merge(sums[1], on=keys, how="outer", suffixes=("_then", "_now"))
    whole = {f"{name}_{when}": "int64" for name in ("amount", "rows") for when in ("then", "now")}
    both = both.fillna(dict.fromkeys(whole, 0)).astype(whole)
    table = both.assign(
        reported=both["amount_then"],
        now=both["amount_now"],
        difference=both["amount_now"] - both["amount_then"],
        more_rows=both["rows_now"] - both["rows_then"],
    )
    return table.assign(why=[_why(*pair) for pair in zip(table["difference"], table["more_rows"], strict=True)])[
        list(COMPARED)
    ]


def summed(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Add a comparison up over everything but `by`: ``reported``, ``difference``, ``now`` and ``more_rows``."""
    figures = ["reported", "difference", "now", "more_rows"]
    return table.groupby(list(by), as_index=False)[figures].sum()


def _place(month: str, closings: Sequence[Closing]) -> int:
    months = [each.month for each in closings]
    if month not in months:
        raise TrackingError(f"{month} is no month of the year in view: it goes from {months[0]} to {months[-1]}.")
    return months.index(month)


def _columns(cells: pd.DataFrame) -> dict[str, list[Any]]:
    ordered = cells.sort_values(list(_NAMES), kind="stable")
    return {name: ordered[name].tolist() for name in (*_NAMES, "amount", "rows")}


def _why(difference: int, more_rows: int) -> str:
    if more_rows > 0:
        return "late rows came in"
    if more_rows < 0:
        return "rows went elsewhere"
    return "corrected" if difference else ""
