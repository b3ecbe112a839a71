"""Customers: who they are, how much they buy of what, when they come and when they go."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.sample.company import (
    CUSTOMER_FIRST,
    CUSTOMER_LAST,
    CUSTOMER_SECOND,
    MIX,
    SEGMENTS,
)
from planning.sample.months import COURSE_MONTHS, MONTH_COUNT, Numbers, Places, first_days
from planning.sample.staff import Staff


@dataclass(frozen=True)
class Tier:
    """How customers of a tier behave.

    Parameters
    ----------
    name
        A, B or C.
    at_start, gained_each_year
        Customers a seat at the beginning; customers of all seats together that are gained in a year.
    value, spread
        Yearly sales of the middle customer at list prices, in cents, and their spread (log scale).
    interval
        Months between two orders.
    lines
        Product lines bought, the largest of the segment's mix.
    leave
        Share that is lost in a year.
    discount
        Usual discount off the list price.
    """

    name: str
    at_start: int
    gained_each_year: int
    value: int
    spread: float
    interval: int
    lines: int
    leave: float
    discount: float


TIERS = (
    Tier("A", 2, 2, 20_000_000, 0.25, 1, 3, 0.02, 0.12),
    Tier("B", 5, 15, 3_800_000, 0.30, 3, 3, 0.07, 0.07),
    Tier("C", 8, 37, 900_000, 0.35, 6, 2, 0.11, 0.03),
)
CHANNEL_DISCOUNT = {"Retail": 0.0, "Hospitality": 0.01, "Online": 0.02}
DISCOUNT_SPREAD = 0.01
MIX_SPREAD = 0.25
TIERS_GAINED_IN_COURSE = TIERS[1:]
"""One of the largest customers alone would move a territory more than what is planted there."""
GAINED_IN_COURSE_FROM = 3
"""Month of the year in course, from 0, in which its first customers come: what won them was opened in its first."""


@dataclass(frozen=True)
class Customers:
    """Customers and what drives their orders.

    Parameters
    ----------
    frame
        The canonical columns and, in places or numbers: ``seat``, ``value`` (cents a year at list
        prices), ``discount``, ``interval`` and ``phase`` of the orders, ``first`` and ``last`` month.
    mix
        Share of each line in a customer's purchases, by customer and line.
    """

    frame: pd.DataFrame
    mix: Numbers


def customers(force: Staff, random: np.random.Generator) -> Customers:
    """Make up the customers of all seats, those gained in later years included."""
    frame = pd.concat([_tier(tier, force, random) for tier in TIERS], ignore_index=True)
    return _described(frame, force, random, ())


def customers_in_course(force: Staff, accounts: Customers, random: np.random.Generator) -> Customers:
    """Add those who are gained in the year in course to the customers of the history."""
    gained = pd.concat([_gained_in_course(tier, force, random) for tier in TIERS_GAINED_IN_COURSE], ignore_index=True)
    new = _described(gained, force, random, accounts.frame["customer"])
    frame = pd.concat([accounts.frame, new.frame], ignore_index=True)
    return Customers(frame, np.concatenate([accounts.mix, new.mix]))


def _described(frame: pd.DataFrame, force: Staff, random: np.random.Generator, others: Iterable[str]) -> Customers:
    """Say where customers are, what they are and what they buy; no name is one of the others'."""
    frame["territory"] = force.seats["territory"].to_numpy()[frame["seat"]]
    frame["channel"] = _channels(frame["seat"].to_numpy(), force.seats["channels"])
    frame["segment"] = _segments(frame["channel"], random)
    frame["discount"] += frame["channel"].map(CHANNEL_DISCOUNT)
    frame["customer"] = _names(frame["segment"], random, others)
    return Customers(frame, _mix(frame["segment"], frame["lines"].to_numpy(), random))


def _tier(tier: Tier, force: Staff, random: np.random.Generator) -> pd.DataFrame:
    years, seats = MONTH_COUNT // 12, len(force.seats)
    old, new = tier.at_start * seats, tier.gained_each_year * years
    count = old + new
    gained = np.arange(new) % years * 12 + random.integers(0, 12, new)
    first = np.concatenate([random.integers(-150, -1, old), gained])
    stay = np.floor(-np.log(1 - random.random(count)) / -np.log(1 - tier.leave) * 12).astype(np.int64)
    # Old customers are dealt in turn, so that no rep starts with a lean year.
    seat = np.concatenate([np.arange(old) % seats, _gained_by(force, gained, random)])
    return _drawn(tier, seat, first, stay, random)


def _gained_in_course(tier: Tier, force: Staff, random: np.random.Generator) -> pd.DataFrame:
    months = COURSE_MONTHS[GAINED_IN_COURSE_FROM:]
    first = random.choice(months, round(tier.gained_each_year * len(months) / 12))
    # Nobody who came in the year is lost in it.
    return _drawn(tier, _gained_by(force, first, random), first, np.zeros(len(first), np.int64), random)


def _drawn(tier: Tier, seat: Places, first: Places, stay: Places, random: np.random.Generator) -> pd.DataFrame:
    count = len(seat)
    return pd.DataFrame(
        {
            "tier": tier.name,
            "seat": seat,
            "value": tier.value * np.exp(tier.spread * random.standard_normal(count)),
            "discount": tier.discount + DISCOUNT_SPREAD * random.uniform(-1, 1, count),
            "interval": tier.interval,
            "phase": random.integers(0, tier.interval, count),
            "lines": tier.lines,
            "first": first,
            # Nobody stops before having been a customer for a year.
            "last": np.maximum(first, 0) + np.maximum(stay, 11),
            "since": np.busday_offset(first_days(first), 0, roll="forward"),
        }
    )


def _gained_by(force: Staff, months: Places, random: np.random.Generator) -> Places:
    """Pick who gains a customer in each month: an able rep more often than others, a vacant seat never."""
    upto = np.cumsum(force.skill[force.credited] ** 2 * force.ramp, axis=0)
    chance = random.random(len(months)) * upto[-1, months]
    return (chance >= upto[:, months]).sum(axis=0)


def _channels(seat: Places, served: pd.Series) -> list[str]:
    """Deal the channels of a seat to its customers in turn."""
    turn = pd.Series(seat).groupby(seat).cumcount()
    return [served[place][number % len(served[place])] for place, number in zip(seat, turn, strict=True)]


def _segments(channel: pd.Series, random: np.random.Generator) -> list[str]:
    chance = random.random(len(channel))
    choices = [SEGMENTS[name] for name in channel]
    return [choice[int(each * len(choice))] for choice, each in zip(choices, chance, strict=True)]


def _names(segment: pd.Series, random: np.random.Generator, others: Iterable[str]) -> list[str]:
    """Give every customer a name of its own: two words that nobody else has, and what it is."""
    stems = random.permutation(len(CUSTOMER_FIRST) * len(CUSTOMER_SECOND))
    stems = stems[~np.isin(stems, [_stem(name) for name in others])][: len(segment)]
    firsts, seconds = np.divmod(stems, len(CUSTOMER_SECOND))
    return [
        f"{CUSTOMER_FIRST[first]} {CUSTOMER_SECOND[second]} {CUSTOMER_LAST[kind][(first + second) % 2]}"
        for first, second, kind in zip(firsts, seconds, segment, strict=True)
    ]


def _stem(name: str) -> int:
    first, second = name.split(" ")[:2]
    return CUSTOMER_FIRST.index(first) * len(CUSTOMER_SECOND) + CUSTOMER_SECOND.index(second)


def _mix(segment: pd.Series, lines: Places, random: np.random.Generator) -> Numbers:
    """Spread the segment's mix a little and keep the largest lines only."""
    mix = np.array([MIX[name] for name in segment])
    mix = mix * np.exp(MIX_SPREAD * random.standard_normal(mix.shape))
    rank = np.argsort(np.argsort(-mix, axis=1), axis=1)
    mix = np.where(rank < lines[:, None], mix, 0.0)
    return mix / mix.sum(axis=1, keepdims=True)
