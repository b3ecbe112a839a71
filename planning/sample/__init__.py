"""The sample company, generated from a seed: made up, with planted causes whose size is known.

`data/sample/README.md` tells its story.
"""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from planning.errors import SourceError
from planning.sample.causes import planted
from planning.sample.course import Course, course, known
from planning.sample.course_causes import planted_in_course
from planning.sample.files import texts, write, write_texts
from planning.sample.history import Made, history, streams
from planning.sample.months import COURSE, month_number

__all__ = ["COURSE", "MONTHS", "SEED", "deliver", "generate", "month_in_course"]

SEED = 2026
MONTHS = tuple(f"{COURSE}-{month:02d}" for month in range(1, 13))
"""Months of the year in course, which are brought in one by one."""


def generate(folder: Path, seed: int = SEED, through: str = "") -> None:
    """Write the sample company's fourteen canonical tables and `planted.csv` as CSV files.

    The same seed gives the same bytes. Money is in major units with two decimals.

    Parameters
    ----------
    folder
        Where the files go; made if it is not there. Files of the same names are replaced.
    seed
        Any whole number from 0; planted causes are the same for all of them.
    through
        Last month that is told, one of `MONTHS`; empty for the history alone.

    Raises
    ------
    SourceError
        If there is no such month.
    """
    if not through:
        write(folder, {**_history(seed).tables, "planted": planted()})
        return
    month = month_in_course(through)
    tables = known(_year(seed), month, seed)
    write(folder, {**tables, "planted": pd.concat([planted(), planted_in_course(month)])})


def deliver(folder: Path, month: str, seed: int = SEED) -> None:
    """Write what a month of the year in course brings: rows that are new, that come late, and that are corrected.

    Parameters
    ----------
    folder
        Where the files go: one for each table that something is brought for.
    month
        One of `MONTHS`.
    seed
        That of the history.

    Raises
    ------
    SourceError
        If there is no such month.
    """
    place = month_in_course(month)
    year = _year(seed)
    before, now = known(year, place - 1, seed), known(year, place, seed)
    changed = [name for name in now if now[name] is not before[name]]
    new = {name: _new(texts(name, before[name]), texts(name, now[name])) for name in changed}
    write_texts(folder, {name: rows for name, rows in new.items() if len(rows)})


@lru_cache(maxsize=1)
def _history(seed: int) -> Made:
    """Make the history; kept, since the year in course goes on from it. Nobody changes it."""
    return history(streams(seed))


@lru_cache(maxsize=1)
def _year(seed: int) -> Course:
    """Make the year in course; kept, since it is drawn whole and brought in month by month. Nobody changes it."""
    return course(_history(seed), streams(seed))


def _new(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    told = now.merge(before.drop_duplicates(), how="left", indicator="_told")["_told"]
    return now[(told == "left_only").to_numpy()]


def month_in_course(month: str) -> int:
    """Place of a month of the year in course.

    Raises
    ------
    SourceError
        If it is none of `MONTHS`.
    """
    if month not in MONTHS:
        raise SourceError(
            f"The sample company's year goes from {MONTHS[0]} to {MONTHS[-1]}; {month!r} is none of its months."
        )
    return month_number(month)
