"""The year in course, FY2027: what happens after the history, and what is known of it at the end of each month.

The whole year is drawn at once and cut at the month that is asked for: a month is the same whatever comes after.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.sample.course_causes import BOOKED_TOO_HIGH, CORRECTED_LINES, LATE_LINES, course_events
from planning.sample.customers import Customers, customers_in_course
from planning.sample.history import Made, Streams, streams
from planning.sample.months import COURSE_MONTHS, last_day
from planning.sample.orders import orders, products
from planning.sample.pipeline import activities, followed_in_course, seen
from planning.sample.sharing import credits
from planning.sample.staff import Staff, as_known, assignments, people, staff_in_course
from planning.sample.support import support

_ORDER = {"orders": ["date", "order_id", "line"], "credits": ["order_id", "line", "rep"]}


@dataclass(frozen=True)
class Course:
    """A whole year after a history.

    Parameters
    ----------
    made
        The history.
    force, accounts
        Who sells and who buys, those of the history included.
    lines
        Order lines of the year; ``late`` and ``corrected`` say which the next delivery brings or mends.
    deals
        Opportunities of the history and the year, followed to their end.
    activities
        Records of the year.
    """

    made: Made
    force: Staff
    accounts: Customers
    lines: pd.DataFrame
    deals: pd.DataFrame
    activities: pd.DataFrame


def course(made: Made, stream: Streams) -> Course:
    """Go on from a history for a year, each step from its stream."""
    before = made.tables
    force = staff_in_course(made.force, stream["staff in course"])
    accounts = customers_in_course(force, made.accounts, stream["customers in course"])
    taken = before["orders"]["order_id"].str
    numbered = tuple(int(taken[1:][taken[0] == letter].max()) for letter in "SR")
    lines = orders(force, accounts, products(), stream["orders in course"], COURSE_MONTHS, (numbered[0], numbered[1]))
    random = stream["opportunities in course"]
    new = followed_in_course(force, accounts, lines, len(before["opportunities"]), random)
    deals = pd.concat([made.deals, new], ignore_index=True)
    closed = seen(deals, force, accounts, last_day(COURSE_MONTHS[-1]))
    there = before["activities"]["activity"].str[0].value_counts()
    acts = activities(force, closed, stream["activities in course"], _mondays(), int(there["A"]))
    helped = support(force, acts, stream["support in course"], COURSE_MONTHS, int(there["S"]))
    records = pd.concat([acts, helped], ignore_index=True)
    return Course(made, force, accounts, _delivered_late(lines, stream["late lines"]), deals, records)


def known(year: Course, month: int, seed: int) -> dict[str, pd.DataFrame]:
    """Give the tables as they are known at the end of a month, given by its place; before the year, the history's."""
    if month < COURSE_MONTHS[0]:
        return year.made.tables
    before, day = year.made.tables, last_day(month)
    lines, there = _lines_known(year.lines, month), as_known(year.force, month)
    happened = course_events(month, len(before["events"]))
    pipeline = seen(year.deals, year.force, year.accounts, day)
    return before | {
        "people": people(there, streams(seed)["people"]),
        "assignments": assignments(there),
        "products": products(month),
        "customers": _met(year.accounts.frame, pipeline, day),
        "orders": _with(before, "orders", lines),
        "credits": _with(before, "credits", credits(year.made.shared, lines)),
        "opportunities": pipeline,
        "activities": _with(before, "activities", year.activities[year.activities["date"] <= day]),
        "events": _with(before, "events", happened),
    }


def _met(customers: pd.DataFrame, pipeline: pd.DataFrame, day: np.datetime64) -> pd.DataFrame:
    """Keep customers who have bought, and those whom an opportunity is pursued with."""
    return customers[(customers["since"] <= day) | customers["customer"].isin(pipeline["customer"])]


def _with(before: dict[str, pd.DataFrame], name: str, new: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat([before[name], new], ignore_index=True)
    return both.sort_values(_ORDER[name], kind="stable", ignore_index=True) if name in _ORDER else both


def _mondays() -> np.ndarray:
    first, last = last_day(COURSE_MONTHS[0] - 1), last_day(COURSE_MONTHS[-1])
    days = np.arange(first + 1, last + 1)
    return days[np.is_busday(days, weekmask="Mon")]


def _delivered_late(lines: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Pick the lines of each month, but for the last, that come late or are corrected; shared ones are in time."""
    lines = lines.assign(late=False, corrected=False)
    for month in COURSE_MONTHS[:-1]:
        ours = np.flatnonzero((lines["month"] == month) & (lines["quantity"] > 0))
        chosen = random.choice(ours, LATE_LINES + CORRECTED_LINES, replace=False)
        lines.loc[chosen[:LATE_LINES], "late"] = True
        lines.loc[chosen[LATE_LINES:], "corrected"] = True
    return lines


def _lines_known(lines: pd.DataFrame, month: int) -> pd.DataFrame:
    last = lines["month"] == month
    there = lines[(lines["month"] <= month) & ~(last & lines["late"])]
    wrong = there["corrected"] & (there["month"] == month)
    booked = np.rint(there["amount"] * BOOKED_TOO_HIGH).astype(np.int64)
    return there.assign(amount=there["amount"].where(~wrong, booked))
