"""What was done on purpose to the year in course: the one place where its planted causes have their size.

As `causes` is for the history. No cause reaches back into the history: before its first month every factor is 1.
"""

import numpy as np
import pandas as pd

from planning.sample.causes import ACCOUNTS_WITHOUT_REP, PLANTED, Handover, vacant_months
from planning.sample.company import LINES, TERRITORIES
from planning.sample.months import Numbers, Places, first_days, month_number

RIVAL_TERRITORY = "Southern Bays"
RIVAL_LINES = ("Cookware", "Kitchen Tools")
RIVAL_FROM = "2027-03"
RIVAL_TAKES = 0.25
"""Share of the territory's sales in these lines that go to a competitor from then on."""

AHEAD_TERRITORY = "Vineyard Hills"
AHEAD_FROM = "2027-02"
AHEAD_BY = 0.14
"""Sales over the territory's usual ones from then on; nobody planned for the guest houses that opened there."""

FADING_SEAT = ("Capital East", 1)
FADING_FROM = "2027-03"
FADING_ACTIVITY = 0.45
"""Calls, visits and new opportunities of the seat over its usual ones from then on."""
FADING_RESULTS_FROM = "2027-06"
FADING_RESULTS = 0.78
"""Sales of the seat's accounts over their usual ones from then on: results follow activity a quarter later."""

DEPARTURE = Handover("Granite Valley", 0, "2027-04", "2027-09")
"""A rep leaves at the end of April; the seat is vacant for four months, and a new hire takes it."""

LATE_LINES = 6
"""Order lines of a month that arrive only with the next month's delivery."""
CORRECTED_LINES = 4
BOOKED_TOO_HIGH = 1.08
"""Amount of a corrected line as it was delivered first, over the right one that the next delivery brings."""


def course_factor(seat: Places, territory: Places, line: Places, month: Places, fading: int) -> Numbers:
    """Give what the causes of the year in course leave of the usual units.

    Parameters
    ----------
    seat, territory, line, month
        Places, one of each a row.
    fading
        Place of `FADING_SEAT`.
    """
    rivals = [LINES.index(name) for name in RIVAL_LINES]
    rival = (territory == TERRITORIES.index(RIVAL_TERRITORY)) & np.isin(line, rivals)
    rival &= month >= month_number(RIVAL_FROM)
    ahead = (territory == TERRITORIES.index(AHEAD_TERRITORY)) & (month >= month_number(AHEAD_FROM))
    faded = (seat == fading) & (month >= month_number(FADING_RESULTS_FROM))
    return (
        np.where(rival, 1 - RIVAL_TAKES, 1.0)
        * np.where(ahead, 1 + AHEAD_BY, 1.0)
        * np.where(faded, FADING_RESULTS, 1.0)
    )


def activity_factor(seat: Places, month: Places, fading: int) -> Numbers:
    """Activity of a seat in a month over its usual one."""
    return np.where((seat == fading) & (month >= month_number(FADING_FROM)), FADING_ACTIVITY, 1.0)


def course_events(known: int, numbered_from: int) -> pd.DataFrame:
    """Events of the year in course that the company knows of: each from the month after it began.

    Parameters
    ----------
    known
        Place of the month that is looked back from.
    numbered_from
        Events of the history.
    """
    rows = [
        *((RIVAL_FROM, "competitor_entry", RIVAL_TERRITORY, line, "A competitor came.") for line in RIVAL_LINES),
        (vacant_months(DEPARTURE)[0], "departure", DEPARTURE.territory, "", "A rep left; colleagues help out."),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["month", "kind", "territory", "product_line", "note"])
    began = frame["month"].map(month_number).to_numpy(np.int64)
    frame = frame.assign(
        date=first_days(began), event=[f"E{numbered_from + number:02d}" for number in range(1, len(frame) + 1)]
    )
    return frame[began < known]


def planted_in_course(known: int) -> pd.DataFrame:
    """Every number that is planted in the year in course up to a month, as `causes.planted` gives the history's."""
    vacant = vacant_months(DEPARTURE)
    rows = [
        *(
            ("competitor", RIVAL_TERRITORY, line, "", RIVAL_FROM, "", -RIVAL_TAKES,
             "Sales of the line in the territory, against the same line in other territories")
            for line in RIVAL_LINES
        ),
        ("ahead", AHEAD_TERRITORY, "", "", AHEAD_FROM, "", AHEAD_BY,
         "Sales of the territory, against other territories"),
        ("fading_activity", FADING_SEAT[0], "", "", FADING_FROM, "", FADING_ACTIVITY - 1,
         "Calls and visits of one rep of the territory, against colleagues"),
        ("fading_results", FADING_SEAT[0], "", "", FADING_RESULTS_FROM, "", FADING_RESULTS - 1,
         "Sales of the same rep's accounts, against accounts of colleagues"),
        ("vacancy", DEPARTURE.territory, "", "", vacant[0], vacant[1], ACCOUNTS_WITHOUT_REP - 1,
         "Sales of the leaver's accounts in the vacant months, against accounts of other reps"),
        ("late_lines", "", "", "", "2027-01", "2027-11", LATE_LINES,
         "Order lines of each month that come with the next month's delivery"),
        ("corrected_lines", "", "", "", "2027-01", "2027-11", CORRECTED_LINES,
         f"Order lines of each month booked at {BOOKED_TOO_HIGH:.2f} times their amount until the next delivery"),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(PLANTED))
    return frame[frame["first_month"].map(month_number) <= known]
