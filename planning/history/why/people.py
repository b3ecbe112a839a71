r"""People: how many seats, how long vacant, how much was lost to ramp, and what a working day brought.

For a person :math:`r` in a territory :math:`t`: working days served :math:`D` (shared where a person covers several
territories at once), working days :math:`U` that the seat stood vacant after the person left, and days :math:`L`
lost to ramp. With :math:`v` the territory's revenue per effective day :math:`D - L`, the mean of the two years,

.. math::

    headcount = v\,\Delta(D + U), \quad vacancy = -v\,\Delta U, \quad ramp = -v\,\Delta L, \quad
    productivity = \Delta m - v\,\Delta(D - L)
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planning.amounts import Real, settle
from planning.history.seats import DAYS_IN_MONTH, assigned, vacancies
from planning.history.why.scope import ACCOUNT, Scope, side

EFFECTS = ("headcount", "vacancy", "ramp", "productivity")
CAN_TELL = ("rep", "manager", "territory", "region")
RULES = (
    "Headcount counts seats: a seat that is vacant still counts, and the vacancy is an effect of its own.",
    "A seat is vacant from the day after its rep left until somebody starts in the territory; one that nobody took "
    "over within a year is closed from the day its rep left.",
    "A new hire's working days count in part, rising evenly from nothing to the whole over the months of ramp set "
    "for the workspace.",
    "Who covers several territories at once serves each for an equal part of the day. A territory's sales of people "
    "who do not serve it are its productivity.",
)

Days = NDArray[np.datetime64]


def effects(scope: Scope, ramp_months: int) -> pd.DataFrame:
    """Account for the difference in revenue by the people who sold.

    Parameters
    ----------
    scope
        What is accounted for; split by and limited to `CAN_TELL` alone.
    ramp_months
        Months after which a new hire's day counts in full.

    Returns
    -------
    Index: the accounts. Columns `EFFECTS`, and the amounts ``base`` and ``now``, whole minor units.
    """
    served = _assignments(scope)
    sold = _sold(scope)
    time = pd.concat(
        [_time(served, _working_days(scope, months), ramp_months).add_suffix(end)
         for months, end in ((scope.base, "0"), (scope.now, "1"))],
        axis=1,
    )  # fmt: skip
    rows = time.join(sold, how="outer").fillna(0)
    parts = _parts(rows)
    base, now = (rows[name].to_numpy(dtype=np.int64) for name in ("m0", "m1"))
    whole = settle(parts, now - base) if len(rows) else np.zeros((0, len(EFFECTS)), dtype=np.int64)
    found = pd.DataFrame(whole, rows.index, list(EFFECTS)).assign(base=base, now=now)
    return _asked_for(found, scope)


def _parts(rows: pd.DataFrame) -> Real:
    """Give the effects of each person in a territory, unrounded."""
    worth = np.zeros((len(rows), 2))
    for place in (0, 1):
        effective = (rows[f"served{place}"] - rows[f"ramp{place}"]).groupby(level="territory").transform("sum")
        amount = rows[f"m{place}"].groupby(level="territory").transform("sum")
        worth[:, place] = (amount / effective.where(effective > 0)).astype(float)
    told = ~np.isnan(worth)
    value = np.where(told, worth, 0).sum(axis=1) / np.maximum(told.sum(axis=1), 1)
    served, vacant, ramp, amount = (
        (rows[f"{name}1"] - rows[f"{name}0"]).to_numpy(dtype=float) for name in ("served", "vacant", "ramp", "m")
    )
    return np.column_stack(
        [value * (served + vacant), -value * vacant, -value * ramp, amount - value * (served - ramp)]
    )


def _time(served: pd.DataFrame, days: Days, ramp_months: int) -> pd.DataFrame:
    """Count working days served, vacant and lost to ramp, by territory and rep."""
    begins, ends, hired = (served[name].to_numpy("datetime64[D]")[:, None] for name in ("begins", "ends", "hired"))
    there = (begins <= days) & (days <= ends)
    at_once = pd.DataFrame(there).groupby(served["rep"].to_numpy()).transform("sum").to_numpy()
    part = there / np.maximum(at_once, 1)
    since = (days - hired) / np.timedelta64(1, "D") + 1
    full = np.clip(since / max(ramp_months * DAYS_IN_MONTH, 1e-9), 0, 1)
    empty = (served["vacant_from"].to_numpy("datetime64[D]")[:, None] <= days) & (
        days <= served["vacant_to"].to_numpy("datetime64[D]")[:, None]
    )
    counted = served[["territory", "rep"]].assign(
        served=part.sum(axis=1), vacant=empty.sum(axis=1).astype(float), ramp=(part * (1 - full)).sum(axis=1)
    )
    return counted.groupby(["territory", "rep"]).sum()


def _working_days(scope: Scope, months: tuple[str, ...]) -> Days:
    first, last = (np.datetime64(each, "D") for each in (scope.first(months), scope.last(months)))
    days = np.arange(first, last + 1)
    return days[np.is_busday(days, holidays=list(scope.calendar.holidays))]


def _assignments(scope: Scope) -> pd.DataFrame:
    """Give who served which territory from when to when, and how long the seat was vacant afterwards."""
    found = assigned(scope.history)
    return found.join(vacancies(found, scope.last(scope.now)))


def _sold(scope: Scope) -> pd.DataFrame:
    asked = scope.both("orders", "date", ["territory", "rep"])
    lines = asked.rows({"side": side("date"), "amount_": "fact.amount"}, of_all=True)
    found = scope.history.rows(
        f"""
        with line as ({lines})
        select territory, rep, cast(sum(case when side = -1 then amount_ else 0 end) as bigint) as m0,
               cast(sum(case when side = 1 then amount_ else 0 end) as bigint) as m1
        from line
        group by territory, rep
        """,
        **scope.bounds,
    )
    return found.set_index(["territory", "rep"]).astype("int64")


def _asked_for(found: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Add the rows up to the accounts that were asked for, inside the limits."""
    regions = scope.history.rows("select territory, region from territories").set_index("territory")["region"]
    managers = scope.history.rows("select rep, manager from people").set_index("rep")["manager"]
    rows = found.reset_index()
    rows = rows.assign(region=rows["territory"].map(regions), manager=rows["rep"].map(managers))
    for dimension, value in scope.where.items():
        rows = rows[rows[dimension] == value]
    accounts = rows[scope.by].fillna("") if scope.by else pd.Series("", rows.index, dtype="str")
    return rows.groupby(accounts.rename(ACCOUNT))[[*EFFECTS, "base", "now"]].sum()
