"""The pipeline: opportunities from opening to closing, and what reps did week by week."""

import numpy as np
import pandas as pd

from planning.sample.company import LINES, PRODUCTS
from planning.sample.course_causes import activity_factor
from planning.sample.customers import Customers
from planning.sample.months import (
    COURSE_MONTHS,
    FIRST_DAY,
    LAST_DAY,
    MONTH_COUNT,
    Days,
    Numbers,
    Places,
    month_of,
    working_day,
)
from planning.sample.orders import product_shares
from planning.sample.staff import Staff, fading_seat

OPENED_A_MONTH = 2.0
OPENED_FROM_MONTH = 8
"""Opportunities are opened from September of the year before the history, so that it starts with a pipeline."""
WIN_RATE = 0.33
DEAL_SHARE = (0.08, 0.32)
"""Value of an opportunity with a customer of old, over the customer's yearly sales."""
STEP_DAYS = {"qualified": (0, 8), "presented": (8, 30), "proposed": (7, 28), "closed": (10, 45)}
STEPS = tuple(STEP_DAYS)
STAGES = ("Qualified", "Presentation", "Proposal")
LOST_AFTER = (0.3, 0.3, 0.4)
"""Where the lost ones stop: after qualification, presentation or proposal."""
CALLS_A_WEEK = 18.0
VISITS_A_WEEK = 6.0
SUMMER_QUIET = {7: 0.8, 8: 0.7, 12: 0.85}
HISTORY_MONDAYS: Days = np.arange(FIRST_DAY, LAST_DAY, 7)


def followed(force: Staff, accounts: Customers, lines: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Generate the opportunities that were open at some time in the history, and follow each to its end.

    Customers gained in the history came through an opportunity that was won just before their first
    month and is worth what they bought in their first year.

    Returns
    -------
    pd.DataFrame
        A row a deal, in the order of their numbers, with the day of each step, also after the history; `seen` gives
        what is known of them on a day.
    """
    pursued = _pursued(force, accounts, np.arange(MONTH_COUNT), random)
    gained = np.flatnonzero(accounts.frame["since"] >= FIRST_DAY)
    deals = pd.concat([pursued, _first_deals(accounts, gained, lines, random)], ignore_index=True)
    deals = deals[(deals["qualified"] <= LAST_DAY) & (deals["closed"] >= FIRST_DAY)]
    return _numbered(deals, 0, random)


def followed_in_course(
    force: Staff, accounts: Customers, lines: pd.DataFrame, numbered_from: int, random: np.random.Generator
) -> pd.DataFrame:
    """Generate the opportunities that are opened in the year in course, as `followed` does those of the history.

    Parameters
    ----------
    force, accounts, lines
        Those of the year in course.
    numbered_from
        Opportunities of the history.
    random
        Its own stream of chance.
    """
    pursued = _pursued(force, accounts, COURSE_MONTHS, random)
    gained = np.flatnonzero(accounts.frame["since"] > LAST_DAY)
    return _numbered(
        pd.concat([pursued, _first_deals(accounts, gained, lines, random)], ignore_index=True), numbered_from, random
    )


def seen(deals: pd.DataFrame, force: Staff, accounts: Customers, day: np.datetime64) -> pd.DataFrame:
    """Give the opportunities as they are known on a day; one is known once it is qualified.

    Returns
    -------
    pd.DataFrame
        The canonical columns, and ``seat`` in places.
    """
    known = deals[deals["qualified"] <= day].reset_index(drop=True)
    return _named(_as_seen(known, day), force, accounts, day)


def activities(
    force: Staff,
    deals: pd.DataFrame,
    random: np.random.Generator,
    mondays: Days = HISTORY_MONDAYS,
    numbered_from: int = 0,
) -> pd.DataFrame:
    """Sum up each rep's week by kind; presentations and proposals are those of the opportunities.

    Parameters
    ----------
    force, deals
        Who was there, and the opportunities as they are known on the last day.
    random
        Its own stream of chance.
    mondays
        First days of the weeks; by default those of the history.
    numbered_from
        Records that were there before.
    """
    week = np.repeat(mondays, len(force.seats))
    seat = np.tile(np.arange(len(force.seats)), len(mondays))
    month = month_of(week)
    rep = force.credited[seat, month]
    quiet = np.array([SUMMER_QUIET.get(number, 1.0) for number in range(1, 13)])[month % 12]
    effort = quiet * np.sqrt(force.skill)[rep] * np.sqrt(force.ramp[seat, month])
    effort *= activity_factor(seat, month, fading_seat(force))
    counts = {
        "call": random.poisson(CALLS_A_WEEK * effort),
        "visit": random.poisson(VISITS_A_WEEK * effort),
        "presentation": _in_week(deals, "presented", week, seat),
        "proposal": _in_week(deals, "proposed", week, seat),
    }
    parts = [pd.DataFrame({"date": week, "place": rep, "kind": kind, "count": n}) for kind, n in counts.items()]
    summed = pd.concat(parts).groupby(["date", "place", "kind"], as_index=False)["count"].sum()
    done = summed[summed["count"] > 0].reset_index(drop=True)
    names = [f"A{number:05d}" for number in range(numbered_from + 1, numbered_from + len(done) + 1)]
    return done.assign(activity=names, rep=np.array(force.reps)[done["place"]], customer="")


def _pursued(force: Staff, accounts: Customers, months: Places, random: np.random.Generator) -> pd.DataFrame:
    """Open opportunities with customers of old, and follow each to its end."""
    worked = activity_factor(np.arange(len(force.seats))[:, None], months, fading_seat(force))
    count = random.poisson(OPENED_A_MONTH * force.ramp[:, months] * worked)
    count[:, months < OPENED_FROM_MONTH] = 0
    seat, place = [np.repeat(each, count.ravel()) for each in np.indices(count.shape).reshape(2, -1)]
    month = months[place]
    customer = _someone(seat, month, accounts, random)
    chance = WIN_RATE * force.skill[force.credited[seat, month]] ** 2 * np.sqrt(force.ramp[seat, month])
    won = random.random(len(seat)) < chance
    deals = _walked(working_day(month, random.random(len(seat))), random)
    yearly = accounts.frame["value"].to_numpy()[customer]
    reached = np.where(won, len(LOST_AFTER), 1 + random.choice(len(LOST_AFTER), len(seat), p=LOST_AFTER))
    return deals.assign(
        seat=seat,
        customer=customer,
        line=_bought(accounts.mix[customer], random),
        amount=_rounded(yearly * random.uniform(*DEAL_SHARE, len(seat))),
        status=np.where(won, "won", "lost"),
        reached=reached,
    )


def _someone(seat: Places, month: Places, accounts: Customers, random: np.random.Generator) -> Places:
    """Pick a customer of each seat at random among those who buy in the month."""
    frame = accounts.frame
    first, last = frame["first"].to_numpy(), frame["last"].to_numpy()
    own = [np.flatnonzero(frame["seat"] == number) for number in range(int(seat.max()) + 1)]
    chosen = np.empty(len(seat), dtype=np.int64)
    for row, chance in enumerate(random.random(len(seat))):
        there = own[seat[row]]
        there = there[(first[there] <= month[row]) & (month[row] <= last[there])]
        chosen[row] = there[int(chance * len(there))]
    return chosen


def _walked(opened: Days, random: np.random.Generator) -> pd.DataFrame:
    """Give the days on which each step is taken, weekends left out."""
    deals = {"opened": opened}
    day = opened
    for step, (fewest, most) in STEP_DAYS.items():
        day = np.busday_offset(day + random.integers(fewest, most, len(day)), 0, roll="forward")
        deals[step] = day
    return pd.DataFrame(deals)


def _first_deals(
    accounts: Customers, gained: Places, lines: pd.DataFrame, random: np.random.Generator
) -> pd.DataFrame:
    """Put a won opportunity before the first month of every customer gained."""
    frame = accounts.frame
    first = frame["first"].to_numpy()
    place = pd.Series(np.arange(len(frame)), index=frame["customer"])
    buyer = place[lines["customer"]].to_numpy()
    early = lines["amount"].to_numpy() * (lines["month"].to_numpy() < first[buyer] + 12)
    bought = np.bincount(buyer, weights=early, minlength=len(frame))[gained]
    gained, bought = gained[bought > 0], bought[bought > 0]
    since = frame["since"].to_numpy("datetime64[D]")[gained]
    deals = _walked(since, random)
    # The whole walk is moved back, so that it ends shortly before the first day as a customer.
    late = deals["closed"].to_numpy("datetime64[D]") - since + random.integers(3, 20, len(gained))
    for column in deals:
        moved = deals[column].to_numpy("datetime64[D]") - late
        deals[column] = np.busday_offset(moved, 0, roll="backward")
    return deals.assign(
        seat=frame["seat"].to_numpy()[gained],
        customer=gained,
        line=_bought(accounts.mix[gained], random),
        amount=_rounded(bought * random.uniform(0.92, 1.08, len(gained))),
        status="won",
        reached=len(STAGES),
    )


def _bought(mix: Numbers, random: np.random.Generator) -> Places:
    """Pick a line for each row of shares."""
    chance = random.random(len(mix))[:, None]
    return (chance >= np.cumsum(mix, axis=1)[:, :-1]).sum(axis=1)


def _products(deals: pd.DataFrame, random: np.random.Generator) -> list[str]:
    """Pick a product of each deal's line among those on sale when it was opened."""
    months = month_of(deals["opened"].to_numpy("datetime64[D]"))
    names = []
    for line, month, chance in zip(deals["line"], months, random.random(len(deals)), strict=True):
        cuts = np.cumsum(product_shares(LINES[line], int(month)))[:-1]
        names.append(PRODUCTS[LINES[line]][int(np.searchsorted(cuts, chance, side="right"))][0])
    return names


def _rounded(cents: Numbers) -> Places:
    """Round to ten whole units of the currency, as people do when they estimate."""
    return (np.maximum(np.rint(cents / 1000), 1) * 1000).astype(np.int64)


def _numbered(deals: pd.DataFrame, numbered_from: int, random: np.random.Generator) -> pd.DataFrame:
    """Give deals numbers by the day they were opened, and say what each is about."""
    deals = deals.sort_values(["opened", "customer"], kind="stable", ignore_index=True)
    numbers = range(numbered_from + 1, numbered_from + len(deals) + 1)
    return deals.assign(product=_products(deals, random), opportunity=[f"O{number:04d}" for number in numbers])


def _as_seen(deals: pd.DataFrame, day: np.datetime64) -> pd.DataFrame:
    """Forget the steps that a lost one never took, and those that lie after a day."""
    deals = deals.copy()
    for number, step in enumerate(("qualified", "presented", "proposed"), start=1):
        deals[step] = deals[step].where(number <= deals["reached"])
    running = deals["closed"] > day
    deals["status"] = deals["status"].where(~running, "open")
    for step in STEPS:
        deals[step] = deals[step].where(deals[step] <= day)
    taken = deals[["qualified", "presented", "proposed"]].notna().sum(axis=1)
    stage = np.array(STAGES)[np.maximum(taken.to_numpy() - 1, 0)]
    ended = deals["status"].map({"won": "Won", "lost": "Lost"})
    return deals.assign(stage=ended.fillna(pd.Series(stage, index=deals.index)))


def _named(deals: pd.DataFrame, force: Staff, accounts: Customers, day: np.datetime64) -> pd.DataFrame:
    """Put names in the place of places; a deal goes with the account to whoever is credited at its end."""
    buyer = accounts.frame.iloc[deals["customer"]].reset_index(drop=True)
    end = deals["closed"].fillna(pd.Timestamp(day)).to_numpy("datetime64[D]")
    month = np.maximum(month_of(end), 0)
    return deals.assign(
        rep=np.array(force.reps)[force.credited[deals["seat"], month]],
        territory=buyer["territory"],
        customer=buyer["customer"],
        channel=buyer["channel"],
    )


def _in_week(deals: pd.DataFrame, step: str, week: Days, seat: Places) -> Places:
    """Count the steps taken in each week and seat."""
    taken = deals[deals[step].notna()]
    monday = _monday(taken[step].to_numpy("datetime64[D]"))
    counts = pd.Series(1, index=[monday, taken["seat"].to_numpy()]).groupby(level=[0, 1]).sum()
    wanted = pd.MultiIndex.from_arrays([week, seat])
    return counts.reindex(wanted, fill_value=0).to_numpy(np.int64)


def _monday(days: Days) -> Days:
    """Give the first day of the week that each day is counted in.

    In the year in course a month is told whole once it is over: its days before its first Monday go with the week
    that follows.
    """
    monday = days - (days - FIRST_DAY).astype(np.int64) % 7
    torn = (days > LAST_DAY) & (monday.astype("datetime64[M]") < days.astype("datetime64[M]"))
    return np.where(torn, monday + 7, monday)
