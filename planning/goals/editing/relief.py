"""Relief: part of a goal is taken off somebody who is away, new, or there for part of the year.

How much is said in writing, so that everybody is treated alike: which days, what part, and a part of what. A part of
the *goal* makes relief multiply with growth; a part of *last year's result* makes it add to growth. Both are found in
the field, and one is not the other: 100,000 that grow by 10% less 2% are 107,800 the first way, 108,000 the second.

What is taken off does not go away: it stands on the account of whoever is above, to be placed, or those beside share
it, within the same product, channel and month.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd

from planning.amounts import Real, Tell, apportion
from planning.errors import LedgerError, bulleted
from planning.goals import ledger
from planning.goals.owners import Owners
from planning.goals.setting import baseline
from planning.periods import FiscalCalendar, first_day, last_day

STEP = "relief"
OF = {"goal": "the goal", "last_year": "last year's result"}
GOES = {"above": "to the account above", "beside": "to those beside"}
_CUT = ["product", "channel", "period"]


@dataclass(frozen=True)
class Relief:
    """What is taken off a goal, by rule.

    Parameters
    ----------
    first, last
        The days on which it holds, both included.
    parts
        Fractions from 0 to 1: one for all days, or one for each month from the first.
    of
        One of `OF`: a part of the goal of these days, or of last year's result in the same months.
    goes
        One of `GOES`: who carries it instead.
    """

    first: date
    last: date
    parts: tuple[Decimal, ...]
    of: str = "goal"
    goes: str = "above"

    def __str__(self) -> str:
        parts = ", then ".join(f"{float(each):.4%}".rstrip("0%").rstrip(".") + "%" for each in self.parts)
        return f"{parts} of {OF[self.of]}, {self.first} to {self.last}, {GOES[self.goes]}"


def asked_for(calendar: FiscalCalendar, year: int, first: str, last: str, parts: str, of: str, goes: str) -> Relief:
    """Read relief as it was typed.

    An empty day is the first or the last of the year; no parts are all of it, if a day is given. Several parts have
    commas between them.

    Raises
    ------
    LedgerError
        If a day or a part cannot be read; with all that is wrong.
    """
    months = calendar.months(year)
    problems: list[str] = []

    def day(text: str, otherwise: date) -> date:
        try:
            return date.fromisoformat(text.strip()) if text.strip() else otherwise
        except ValueError:
            problems.append(f"{text!r} is not a day: write it as {otherwise}")
            return otherwise

    def part(text: str) -> Decimal:
        try:
            return Decimal(text.strip().removesuffix("%").strip()) / 100
        except ArithmeticError:
            problems.append(f"{text!r} is not a part: write it as 50%")
            return Decimal(0)

    if not (first.strip() or last.strip() or parts.strip()):
        problems.append("it says neither which days nor what part")
    found = Relief(
        day(first, first_day(months[0])),
        day(last, last_day(months[-1])),
        tuple(part(each) for each in (parts.strip() or "100%").split(",")),
        of,
        goes,
    )
    if problems:
        raise LedgerError(bulleted("This relief cannot be read:", problems))
    return found


def share_of_months(calendar: FiscalCalendar, months: Sequence[str], relief: Relief) -> Real:
    """Give the part of each month that is taken off, by its working days.

    Raises
    ------
    LedgerError
        If the days lie outside the year or the wrong way round, a part is not between 0% and 100%, or there are more
        parts than months.
    """
    inside = [first_day(month) <= relief.last and last_day(month) >= relief.first for month in months]
    problems = []
    if relief.last < relief.first:
        problems.append(f"it ends on {relief.last}, before it begins on {relief.first}")
    elif relief.first < first_day(months[0]) or relief.last > last_day(months[-1]):
        problems.append(f"{relief.first} to {relief.last} does not lie within {months[0]} to {months[-1]}")
    problems += [
        f"a part of {each * 100:f}% is not between 0% and 100%" for each in relief.parts if not 0 <= each <= 1
    ]
    if len(relief.parts) not in (1, sum(inside)):
        problems.append(f"it has {len(relief.parts)} parts: give one for all, or one for each of its months")
    problems += [
        f"{name!r} is not known" for name, known in ((relief.of, OF), (relief.goes, GOES)) if name not in known
    ]
    if problems:
        raise LedgerError(bulleted("This relief cannot be given:", problems))
    parts = iter(relief.parts * sum(inside) if len(relief.parts) == 1 else relief.parts)
    return np.array(
        [
            float(next(parts)) * _days(calendar, month, relief) if there else 0.0
            for month, there in zip(months, inside, strict=True)
        ]
    )


def relieved(
    owners: Owners,
    rows: pd.DataFrame,
    whose: Collection[str],
    relief: Relief,
    shares: pd.Series,
    kept: Collection[str] = (),
    tell: Tell = "{:,} minor units".format,
) -> pd.DataFrame:
    """Take relief off the goals of owners.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric.
    whose
        Owners that it is taken off: the positions of a person.
    relief
        What is taken off.
    shares
        The part of each month, by ISO month (`share_of_months`).
    kept
        Owners whose goal stays: they share nothing.
    tell
        Writes an amount where it cannot be given.

    Returns
    -------
    The entries to post; they sum to zero within every product, channel and month.

    Raises
    ------
    LedgerError
        If there is nothing to take off, or more would be taken off than is carried.
    """
    cells = rows[rows["owner"].isin(list(whose))]
    carried = cells.groupby(["owner", *_CUT], as_index=False)["amount"].sum()
    base = cells if relief.of == "goal" else cells[cells["step"].isin(baseline.STEPS)]
    weighed = base["amount"].to_numpy(dtype=float) * shares.reindex(base["period"]).fillna(0).to_numpy()
    amount = Decimal(float(weighed.sum())).quantize(Decimal(1), ROUND_HALF_EVEN)
    carried["share"] = shares.reindex(carried["period"]).fillna(0).to_numpy()
    there = carried[(carried["amount"] > 0) & (carried["share"] > 0)].reset_index(drop=True)
    room = int(there["amount"].sum())
    if amount <= 0:
        raise LedgerError("There is nothing to take off: no goal is carried in these months, or the part is 0%.")
    if amount > room:
        raise LedgerError(
            f"{tell(int(amount))} would be taken off, but only {tell(room)} is carried in these months. "
            "Give a smaller part, or take it off the goal instead of last year's result."
        )
    weights = (there["amount"] * there["share"]).to_numpy(dtype=float)
    taken = there.assign(amount=apportion(int(amount), weights, upper=there["amount"].to_numpy(dtype=float)))
    taken = taken.assign(parent=taken["owner"].map(owners.parents))
    given = _beside(owners, rows, taken, {*whose, *kept}) if relief.goes == "beside" else taken.iloc[:0]
    above = pd.concat([taken, given.assign(amount=-given["amount"])])
    above = above.assign(owner=above["parent"]).groupby(["owner", *_CUT], as_index=False)["amount"].sum()
    return ledger.entries(pd.concat([taken.assign(amount=-taken["amount"]), given, above], ignore_index=True))


def _beside(owners: Owners, rows: pd.DataFrame, taken: pd.DataFrame, out: Collection[str]) -> pd.DataFrame:
    """Share what is taken off over those beside, by what they carry of the same product in the same month."""
    group = ["parent", *_CUT]
    sums = taken.groupby(group, as_index=False)["amount"].sum()
    others = rows.assign(parent=rows["owner"].map(owners.parents))
    others = others[others["parent"].isin(list(sums["parent"])) & ~others["owner"].isin(list(out))]
    cells = others.groupby(["owner", *group], as_index=False)["amount"].sum()
    cells = cells[cells["amount"] > 0].merge(sums.rename(columns={"amount": "whole"}), on=group)
    numbers = cells.groupby(group, sort=False).ngroup().to_numpy()
    wholes = cells.groupby(numbers)["whole"].first().to_numpy()
    if cells.empty:
        return cells.drop(columns="whole")
    return cells.assign(amount=apportion(wholes, cells["amount"].to_numpy(dtype=float), groups=numbers)).drop(
        columns="whole"
    )


def _days(calendar: FiscalCalendar, month: str, relief: Relief) -> float:
    """Part of a month's working days that lie within the days of a relief."""
    first, last = max(first_day(month), relief.first), min(last_day(month), relief.last)
    whole = calendar.working_days(first_day(month), last_day(month))
    return calendar.working_days(first, last) / whole if whole and first <= last else 0.0
