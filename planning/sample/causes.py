"""What was done to the sample on purpose: the one place where each planted cause has its size.

The generator reads the sizes here, `planted.csv` is written from here, and the tests measure the
generated tables against here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.sample.company import LINES, REGIONS, TERRITORIES
from planning.sample.months import Numbers, Places, first_days, month_number

COMPETITOR_TERRITORY = "Harbour Coast"
COMPETITOR_LINES = ("Tableware", "Glassware")
COMPETITOR_FROM = "2026-04"
COMPETITOR_TAKES = 0.22
"""Share of the territory's sales in these lines that go to the competitor from then on."""

PRICE_LINE = "Cookware"
PRICE_FROM = "2026-04"
PRICE_RISE = 0.06
"""Rise of every list price of the line, on top of the yearly one."""
PRICE_ELASTICITY = -1.3
"""Units change by ``(1 + PRICE_RISE) ** PRICE_ELASTICITY``."""

LAUNCH_LINE = "Kitchen Tools"
LAUNCH_PRODUCT = "Bamboo Prep Board"
LAUNCH_FROM = "2026-03"
LAUNCH_SHARE = 0.15
"""Sales of the new product once it is established, over those of its line without it."""
LAUNCH_MONTHS = 4
"""Months until it is established; sales rise in equal steps."""
LAUNCH_SIBLING = "Maple Cutting Board"
LAUNCH_CANNIBALISED = 0.40
"""Share of the new product's sales that its sibling loses."""

ACCOUNTS_WITHOUT_REP = 0.60
"""Sales of an account that nobody looks after, over its usual ones; the rest is the rep's doing."""
RAMP_START = 0.30
RAMP_MONTHS = 9
"""A new hire does this part of the rep's share in the first month, and all of it after so many months."""

ONE_OFF_TERRITORY = "Vineyard Hills"
ONE_OFF_MONTH = "2026-02"
ONE_OFF_REASON = "Opening of a hotel"
ONE_OFF_DISCOUNT = 0.14
ONE_OFF_UNITS = {
    "Linden Dinner Plate": 2400, "Linden Soup Bowl": 2400, "Linden Side Plate": 1800, "Fieldstone Mug": 1500,
    "Serving Bowl": 300, "Espresso Cup Set": 400, "Meadow Wine Glass": 1800, "Meadow Water Glass": 1800,
}  # fmt: skip
"""The order of a hotel that opens, before the other causes begin and where none of them works."""

CAMPAIGN_REGION = "Central"
CAMPAIGN_FROM, CAMPAIGN_TO = "2026-05", "2026-08"
CAMPAIGN_RISE = 0.60
"""More marketing-qualified leads in the region while a campaign runs."""

COACHING_REGION = "South"
COACHING_FROM = "2026-07"
COACHING_RISE = 1.0
"""More coaching in the region from then on: twice as many hours."""

SHARED_FROM = "2025-01"
SHARED_ACCOUNTS = 3
SHARED_PART = 0.35
"""Part of the sales to these accounts that counts for a colleague of the account's rep."""


PLANTED = ("kind", "territory", "product_line", "product", "first_month", "last_month", "size", "how_it_shows")
"""Columns of `planted`."""


@dataclass(frozen=True)
class Handover:
    """A seat that changes hands at a month's end.

    Parameters
    ----------
    territory, seat
        Which seat: its territory and its place there, from 0.
    last_month
        Last month of the one who goes.
    taken_over
        First month of the one who comes; the months between are vacant.
    by
        Seat whose rep moves here, as territory and place; None for a new hire.
    """

    territory: str
    seat: int
    last_month: str
    taken_over: str
    by: tuple[str, int] | None = None


EARLIER_HANDOVERS = (
    Handover("Granite Valley", 1, "2024-05", "2024-08"),
    Handover("Old Plains", 0, "2024-09", "2025-01"),
    Handover("River Cities", 1, "2025-04", "2025-07", by=("Capital West", 1)),
    Handover("Capital West", 1, "2025-06", "2025-09"),
)
"""Two leave in FY2024, one in FY2025, whose seat a rep of the next territory takes over in mid-year."""

DEPARTURES = (
    Handover("Pine Hills", 0, "2026-02", "2026-07"),
    Handover("Salt Islands", 1, "2026-05", "2026-10"),
)
"""The two departures planted in FY2026, each with four vacant months."""


def calm_territories() -> list[str]:
    """Territories where nobody came or went, and no competitor, in the order of `TERRITORIES`."""
    touched = {COMPETITOR_TERRITORY, *(each.territory for each in (*EARLIER_HANDOVERS, *DEPARTURES))}
    return [territory for territory in TERRITORIES if territory not in touched]


def demand_factor(territory: Places, line: Places, month: Places) -> Numbers:
    """Give what the planted causes leave of the usual units: competitor, price rise and launch.

    Parameters
    ----------
    territory, line, month
        Places in `TERRITORIES`, `LINES` and the simulated months, one of each a row.
    """
    rivals = [LINES.index(name) for name in COMPETITOR_LINES]
    rival = (territory == TERRITORIES.index(COMPETITOR_TERRITORY)) & np.isin(line, rivals)
    rival &= month >= month_number(COMPETITOR_FROM)
    dearer = (line == LINES.index(PRICE_LINE)) & (month >= month_number(PRICE_FROM))
    extra = np.where(line == LINES.index(LAUNCH_LINE), launch_share(month) * (1 - LAUNCH_CANNIBALISED), 0.0)
    fewer_units = (1 + PRICE_RISE) ** PRICE_ELASTICITY
    return np.where(rival, 1 - COMPETITOR_TAKES, 1.0) * np.where(dearer, fewer_units, 1.0) * (1 + extra)


def lead_factor(territory: Places, month: Places) -> Numbers:
    """Give how many more marketing-qualified leads a campaign brings, by places of territories and months."""
    there = np.isin(territory, [TERRITORIES.index(name) for name in REGIONS[CAMPAIGN_REGION]])
    runs = (month >= month_number(CAMPAIGN_FROM)) & (month <= month_number(CAMPAIGN_TO))
    return np.where(there & runs, 1 + CAMPAIGN_RISE, 1.0)


def coaching_factor(territory: Places, month: Places) -> Numbers:
    """Give how much more coaching there is, by places of territories and months."""
    there = np.isin(territory, [TERRITORIES.index(name) for name in REGIONS[COACHING_REGION]])
    return np.where(there & (month >= month_number(COACHING_FROM)), 1 + COACHING_RISE, 1.0)


def launch_share(month: Places) -> Numbers:
    """Sales of the launched product over those of its line without it, by month."""
    since = np.asarray(month) - month_number(LAUNCH_FROM) + 1
    return LAUNCH_SHARE * np.clip(since / LAUNCH_MONTHS, 0.0, 1.0)


def events() -> pd.DataFrame:
    """Events of FY2026 that the company knows of, oldest first."""
    rows = [
        *(
            (each.last_month, 1, "departure", each.territory, "", "A rep left; colleagues cover the accounts.")
            for each in DEPARTURES
        ),
        (LAUNCH_FROM, 0, "launch", "", LAUNCH_LINE, f"{LAUNCH_PRODUCT} goes on sale."),
        (PRICE_FROM, 0, "price_rise", "", PRICE_LINE, f"List prices rise by {PRICE_RISE:.0%} after dearer metal."),
        *(
            (COMPETITOR_FROM, 0, "competitor_entry", COMPETITOR_TERRITORY, line, "A competitor opens a warehouse.")
            for line in COMPETITOR_LINES
        ),
    ]
    frame = pd.DataFrame(rows, columns=["month", "offset", "kind", "territory", "product_line", "note"])
    frame["date"] = first_days(frame["month"].map(month_number).to_numpy(np.int64) + frame["offset"].to_numpy())
    frame = frame.sort_values(["date", "kind", "territory", "product_line"], ignore_index=True)
    return frame.assign(event=[f"E{number:02d}" for number in range(1, len(frame) + 1)])


def planted() -> pd.DataFrame:
    """Every planted number: kind, where, when, size and how it shows; a row a number."""
    competitor = [
        ("competitor", COMPETITOR_TERRITORY, line, "", COMPETITOR_FROM, "", -COMPETITOR_TAKES,
         "Sales of the line in the territory, against the same line in other territories")
        for line in COMPETITOR_LINES
    ]  # fmt: skip
    vacancies = [
        ("vacancy", each.territory, "", "", vacant[0], vacant[1], ACCOUNTS_WITHOUT_REP - 1,
         "Sales of the leaver's accounts in the vacant months, against accounts of other reps")
        for each in DEPARTURES
        for vacant in [vacant_months(each)]
    ]  # fmt: skip
    people = [
        (kind, territory, "", "", first, last, size, shows)
        for kind, region, first, last, size, shows in (
            ("lead_campaign", CAMPAIGN_REGION, CAMPAIGN_FROM, CAMPAIGN_TO, CAMPAIGN_RISE,
             "Marketing-qualified leads of the region in these months, against the other regions"),
            ("coaching", COACHING_REGION, COACHING_FROM, "", COACHING_RISE,
             "Coaching hours of the region from then on, against the other regions"),
        )
        for territory in REGIONS[region]
    ]  # fmt: skip
    others = [
        ("price_rise", "", PRICE_LINE, "", PRICE_FROM, "", PRICE_RISE,
         "Amount over quantity by product, against the other lines"),
        ("price_elasticity", "", PRICE_LINE, "", PRICE_FROM, "", PRICE_ELASTICITY,
         "Log change of units over log change of price, against the other lines"),
        ("launch", "", LAUNCH_LINE, LAUNCH_PRODUCT, LAUNCH_FROM, "", LAUNCH_SHARE,
         f"Sales of the product over those of its line without it, in full after {LAUNCH_MONTHS} months"),
        ("cannibalisation", "", LAUNCH_LINE, LAUNCH_SIBLING, LAUNCH_FROM, "", -LAUNCH_CANNIBALISED,
         "Sales that the sibling loses over those of the new product"),
        ("one_off", ONE_OFF_TERRITORY, "", "", ONE_OFF_MONTH, ONE_OFF_MONTH, sum(ONE_OFF_UNITS.values()),
         "Units of the order that is named in one_offs"),
        ("shared_credit", "", "", "", SHARED_FROM, "", SHARED_PART,
         "Part of the lines named in credits that counts for another rep than the one on the line"),
    ]  # fmt: skip
    return pd.DataFrame([*competitor, *vacancies, *others, *people], columns=list(PLANTED))


def vacant_months(departure: Handover) -> tuple[str, str]:
    """First and last month in which nobody holds the seat."""
    first = np.datetime64(departure.last_month, "M") + 1
    last = np.datetime64(departure.taken_over, "M") - 1
    return str(first), str(last)
