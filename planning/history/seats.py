"""Seats: who sits in them, how long already, and what a ramped seat sells."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from planning.amounts import Real
from planning.history.engine import History
from planning.history.shrink import shrunk_means
from planning.history.sums import Sums
from planning.periods import first_day, last_day

STEADY = 12.0
"""Ramped months of the company's average that a territory's own productivity is drawn towards: one seat's year."""
DAYS_IN_MONTH = 365.25 / 12
CLOSED_AFTER = timedelta(days=366)
"""A seat that nobody took over within this time is closed."""

METHOD = (
    "A ramped seat's sales a month are last year's sales of its territory over the months that its people served, a "
    f"new hire's months counted in part; drawn towards the company's average by {STEADY:.0f} months of it, since a "
    "single territory's year is a small sample."
)


def served(history: History, months: list[str], ramp_months: int, stay_from: date | None = None) -> pd.DataFrame:
    """Say which months people serve in which territory, and how far they are in their ramp.

    Parameters
    ----------
    history
        The history. A rep without assignments serves every territory that the rep has sold in.
    months
        ISO months.
    ramp_months
        Months after which a new hire sells as much as the others, in even steps.
    stay_from
        Whoever is there on this day stays, and nobody comes after it, whatever became known later.

    Returns
    -------
    A row a territory, rep and month: ``territory``, ``rep``, ``month``, ``served`` (part of the month: split evenly
    where somebody serves several territories at once) and ``ramped`` (the same times the ramp).
    """
    seats = assigned(history)
    if stay_from is not None:
        day = pd.Timestamp(stay_from)
        seats = seats[seats["begins"] <= day]
        seats = seats.assign(ends=seats["ends"].mask(seats["ends"] >= day, pd.Timestamp(_LATEST)))
    ends = pd.DataFrame({"month": months, "first": [*map(first_day, months)], "last": [*map(last_day, months)]})
    each = seats.merge(ends, how="cross")
    first, last, begins, until, hired = (_days(each[name]) for name in ("first", "last", "begins", "ends", "hired"))
    part = np.clip(np.minimum(last, until) - np.maximum(first, begins) + 1, 0, None) / (last - first + 1)
    at_once = pd.Series(part).groupby([each["rep"], each["month"]]).transform("sum").clip(lower=1)
    ramp = np.clip(((first + last) / 2 - hired) / max(ramp_months * DAYS_IN_MONTH, 1e-9), 0, 1)
    table = each.assign(served=part / at_once, ramped=part / at_once * ramp)[part > 0]
    return table.groupby(["territory", "rep", "month"], as_index=False)[["served", "ramped"]].sum()


def assigned(history: History) -> pd.DataFrame:
    """Give who serves which territory from when to when.

    Returns
    -------
    ``territory``, ``rep``, ``begins``, ``ends`` and ``hired`` (times; far away where not told: who was there when the
    history begins is no new hire), by territory and end.
    """
    found = history.rows(_SERVED)
    for name, instead in (("begins", _EARLIEST), ("ends", _LATEST), ("hired", _EARLIEST)):
        found[name] = pd.to_datetime(found[name]).astype("datetime64[s]").fillna(pd.Timestamp(instead))
    return found.sort_values(["territory", "ends", "rep"], ignore_index=True)


def vacancies(seats: pd.DataFrame, seen_until: date) -> pd.DataFrame:
    """Match those who left a territory with those who started after them there, the first with the first.

    Parameters
    ----------
    seats
        As `assigned` gives them.
    seen_until
        Last day of the history.

    Returns
    -------
    ``vacant_from`` and ``vacant_to`` by row of `seats`; a seat that is still vacant is so until far away.
    """
    empty = pd.DataFrame({"vacant_from": [], "vacant_to": []}, dtype="datetime64[s]")
    return pd.concat([empty, *(_vacancies(each, seen_until) for _, each in seats.groupby("territory"))])


def _vacancies(seats: pd.DataFrame, seen_until: date) -> pd.DataFrame:
    """Match those who left a territory with those who started after them, the first with the first."""
    starts = sorted(each for each in seats["begins"] if each.date() > _EARLIEST)
    found = {}
    for row, left in zip(seats.index, seats["ends"], strict=True):
        if left.date() > seen_until:
            continue
        taken = next((start for start in starts if left < start <= left + CLOSED_AFTER), None)
        if taken is not None:
            starts.remove(taken)
            found[row] = (left + timedelta(days=1), taken - timedelta(days=1))
        elif left.date() + CLOSED_AFTER > seen_until:
            found[row] = (left + timedelta(days=1), pd.Timestamp(_LATEST))
    columns = ["vacant_from", "vacant_to"]
    return pd.DataFrame.from_dict(found, orient="index", columns=columns).astype("datetime64[s]")


def productivity(history: History, months: list[str], ramp_months: int) -> pd.DataFrame:
    """Say what a ramped seat sold a month in some months (`METHOD`).

    Returns
    -------
    A row a territory that has served months: ``territory``, ``sold`` (minor units), ``ramped`` (months), ``own`` and
    ``drawn`` (sales of a ramped month, minor units).
    """
    counted = served(history, months, ramp_months).groupby("territory")["ramped"].sum()
    asked = Sums("orders", {"sold": "amount"}, ["territory"], "date", months[0], months[-1])
    sold = history.sums(asked).set_index("territory")["sold"].astype(float)
    table = pd.DataFrame({"sold": sold, "ramped": counted}).dropna(subset="ramped").fillna({"sold": 0.0})
    whole = table["ramped"].sum()
    mean = table["sold"].sum() / whole if whole > 0 else np.nan
    table["own"] = table["sold"] / table["ramped"].where(table["ramped"] > 0)
    table["drawn"] = (table["sold"] + STEADY * mean) / (table["ramped"] + STEADY)
    return table.rename_axis("territory").reset_index()


def of_each(history: History, months: list[str], ramp_months: int) -> pd.DataFrame:
    """Say what each rep sold in a ramped month, drawn towards the others by how much months swing.

    Returns
    -------
    A row a rep who served: ``rep``, ``ramped`` (months), ``own`` and ``drawn`` (sales of a ramped month, minor units;
    `planning.history.shrink.shrunk_means`). Who was never ramped has the value of all.
    """
    counted = served(history, months, ramp_months).groupby(["rep", "month"])["ramped"].sum()
    sold = history.sums(Sums("orders", {"sold": "amount"}, ["rep", "month"], "date", months[0], months[-1]))
    both = pd.DataFrame({"ramped": counted, "sold": sold.set_index(["rep", "month"])["sold"].astype(float)})
    both = both.dropna(subset="ramped").fillna({"sold": 0.0})
    table = both.groupby("rep").sum()
    table["own"] = table["sold"] / table["ramped"].where(table["ramped"] > 0)
    # A month that is ramped by a tenth swings ten times as much a ramped month: what is off counts by its ramp.
    off = both["sold"] - both["ramped"] * both.index.get_level_values("rep").map(table["own"])
    freedom = len(both) - int(table["own"].notna().sum())
    swing = float((off**2 / both["ramped"].where(both["ramped"] > 0)).sum() / freedom) if freedom > 0 else np.inf
    table["drawn"] = shrunk_means(table["own"], swing / table["ramped"])["value"].to_numpy()
    return table.reset_index()[["rep", "ramped", "own", "drawn"]]


def _days(column: pd.Series) -> Real:
    """Count days, so that they can be reckoned with."""
    return column.to_numpy("datetime64[D]").astype(np.float64)


_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)

_SERVED = """
with sold as (
    select distinct rep, territory from orders where rep not in (select rep from assignments)
),
placed as (
    select rep, territory, effective_from, effective_to from assignments
    union all
    select rep, territory, cast(null as date), cast(null as date) from sold
)
select placed.territory, placed.rep,
       coalesce(greatest(effective_from, hired), effective_from, hired) as begins,
       coalesce(least(effective_to, "left"), effective_to, "left") as ends,
       hired
from placed
left join people on people.rep = placed.rep
order by 1, 2, 3
"""
