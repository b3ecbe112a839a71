"""Who sells where and when: seats, the people who hold them, and how much of each account's care is given."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planning.sample.causes import (
    ACCOUNTS_WITHOUT_REP,
    DEPARTURES,
    EARLIER_HANDOVERS,
    RAMP_MONTHS,
    RAMP_START,
    Handover,
)
from planning.sample.company import (
    DIRECTOR,
    FIRST_REPS,
    FOUR_SEATS,
    HIRES,
    HIRES_OF_COURSE,
    MANAGERS,
    REGIONS,
    SEATS_OF_FOUR,
    TERRITORIES,
    THREE_SEATS,
)
from planning.sample.course_causes import DEPARTURE, FADING_SEAT
from planning.sample.months import COURSE_MONTHS, MONTH_COUNT, NEVER, Numbers, Places, first_days, month_number

FROM_THE_BEGINNING = -1
STILL_THERE = 1_000
"""First and last month of a stint that has no such month."""
SKILL_SPREAD = 0.18


@dataclass(frozen=True)
class Stint:
    """A rep's time in a seat, in months given by their places; both ends are included."""

    rep: str
    seat: int
    first: int
    last: int


@dataclass(frozen=True)
class Staff:
    """The sales force over the simulated months.

    Parameters
    ----------
    reps
        Names; the arrays below hold places in it.
    seats
        A row a seat: its territory and the channels that it serves.
    stints
        Who held which seat, in the order of their beginning.
    credited
        Rep credited with a seat's sales, by seat and month: the holder, or the colleague who covers.
    ramp
        Part of a rep's work that a seat gets, by seat and month: 0 while it is vacant.
    skill
        Ability of each rep to win business; 1 is usual.
    """

    reps: tuple[str, ...]
    seats: pd.DataFrame
    stints: tuple[Stint, ...]
    credited: Places
    ramp: Numbers
    skill: Numbers

    def care(self) -> Numbers:
        """Give an account's sales over its usual ones for the care that it gets, by seat and month."""
        return ACCOUNTS_WITHOUT_REP + (1 - ACCOUNTS_WITHOUT_REP) * self.ramp


def staff(random: np.random.Generator) -> Staff:
    """Fill the seats and let people come, go and move."""
    reps = (*FIRST_REPS, *HIRES)
    return _staff(reps, (*EARLIER_HANDOVERS, *DEPARTURES), MONTH_COUNT, _skill(len(reps), random))


def staff_in_course(force: Staff, random: np.random.Generator) -> Staff:
    """Carry the sales force on through the year in course."""
    reps = (*force.reps, *HIRES_OF_COURSE)
    skill = np.concatenate([force.skill, _skill(len(HIRES_OF_COURSE), random)])
    return _staff(reps, (*EARLIER_HANDOVERS, *DEPARTURES, DEPARTURE), COURSE_MONTHS[-1] + 1, skill)


def as_known(force: Staff, month: int) -> Staff:
    """Give the sales force as it is known at the end of a month: who comes and goes later is not told yet."""
    stints = [
        replace(stint, last=stint.last if stint.last <= month else STILL_THERE)
        for stint in force.stints
        if stint.first <= month
    ]
    there = {stint.rep for stint in stints}
    return replace(force, stints=tuple(stints), reps=tuple(rep for rep in force.reps if rep in there))


def fading_seat(force: Staff) -> int:
    """Place of the seat whose activity falls off in the year in course."""
    return _place(force.seats, FADING_SEAT)


def people(force: Staff, random: np.random.Generator) -> pd.DataFrame:
    """Director, managers and reps with their first and last days."""
    region_of = {territory: region for region, territories in REGIONS.items() for territory in territories}
    rows: list[tuple[object, ...]] = [(DIRECTOR, "", "Sales director", np.datetime64("2011-03-01", "D"), NEVER)]
    rows += [
        (manager, DIRECTOR, "Regional sales manager", np.datetime64(f"{2013 + number}-09-01", "D"), NEVER)
        for number, manager in enumerate(MANAGERS.values())
    ]
    long_ago = first_days(random.integers(-132, -12, len(force.reps)))
    for number, rep in enumerate(force.reps):
        own = [stint for stint in force.stints if stint.rep == rep]
        manager = MANAGERS[region_of[force.seats["territory"][own[0].seat]]]
        hired = long_ago[number] if own[0].first == FROM_THE_BEGINNING else _first_day(own[0])
        rows.append((rep, manager, "Sales representative", hired, _last_day(own[-1])))
    return pd.DataFrame(rows, columns=["rep", "manager", "role", "hired", "left"])


def assignments(force: Staff) -> pd.DataFrame:
    """Which rep covered which territory, and when."""
    rows = [
        (
            stint.rep,
            force.seats["territory"][stint.seat],
            NEVER if stint.first == FROM_THE_BEGINNING else _first_day(stint),
            _last_day(stint),
        )
        for stint in force.stints
    ]
    return pd.DataFrame(rows, columns=["rep", "territory", "effective_from", "effective_to"])


def _staff(reps: tuple[str, ...], handovers: tuple[Handover, ...], months: int, skill: Numbers) -> Staff:
    seats = _seats()
    stints = _stints(seats, handovers)
    holder, ramp = _held(stints, reps, (len(seats), months))
    return Staff(reps, seats, tuple(stints), _credited(holder, seats["territory"]), ramp, skill)


def _skill(reps: int, random: np.random.Generator) -> Numbers:
    return np.clip(1 + SKILL_SPREAD * random.standard_normal(reps), 0.6, 1.45)


def _seats() -> pd.DataFrame:
    rows = [
        (territory, channels)
        for territory in TERRITORIES
        for channels in (FOUR_SEATS if territory in SEATS_OF_FOUR else THREE_SEATS)
    ]
    return pd.DataFrame(rows, columns=["territory", "channels"])


def _stints(seats: pd.DataFrame, handovers: tuple[Handover, ...]) -> list[Stint]:
    current = [Stint(rep, seat, FROM_THE_BEGINNING, STILL_THERE) for seat, rep in enumerate(FIRST_REPS)]
    ended = []
    hires = iter((*HIRES, *HIRES_OF_COURSE))
    for change in handovers:
        seat = _place(seats, (change.territory, change.seat))
        rep = next(hires) if change.by is None else current[_place(seats, change.by)].rep
        ended.append(_until(current[seat], change))
        current[seat] = Stint(rep, seat, month_number(change.taken_over), STILL_THERE)
    return sorted([*ended, *current], key=lambda stint: (stint.first, stint.seat))


def _until(stint: Stint, change: Handover) -> Stint:
    return Stint(stint.rep, stint.seat, stint.first, month_number(change.last_month))


def _place(seats: pd.DataFrame, seat: tuple[str, int]) -> int:
    territory, number = seat
    return int(np.flatnonzero(seats["territory"] == territory)[number])


def _held(stints: list[Stint], reps: tuple[str, ...], shape: tuple[int, int]) -> tuple[Places, Numbers]:
    """Holder (-1 while vacant) and ramp of each seat and month; only new hires ramp, not those who move."""
    holder = np.full(shape, -1)
    ramp = np.zeros(shape)
    for stint in stints:
        months = np.arange(max(stint.first, 0), min(stint.last + 1, shape[1]))
        holder[stint.seat, months] = reps.index(stint.rep)
        new = stint.rep in HIRES or stint.rep in HIRES_OF_COURSE
        done = (months - stint.first) / RAMP_MONTHS
        ramp[stint.seat, months] = np.minimum(RAMP_START + (1 - RAMP_START) * done, 1.0) if new else 1.0
    return holder, ramp


def _credited(holder: Places, territory: pd.Series) -> Places:
    """Let the next seat of the territory that is held cover a vacant one."""
    credited = holder.copy()
    for seat, month in np.argwhere(holder < 0):
        same = np.flatnonzero(territory == territory[seat])
        after = np.roll(same, -int(np.flatnonzero(same == seat)[0]))
        credited[seat, month] = next(holder[other, month] for other in after if holder[other, month] >= 0)
    return credited


def _first_day(stint: Stint) -> np.datetime64:
    return first_days(np.array([stint.first]))[0]


def _last_day(stint: Stint) -> np.datetime64:
    return NEVER if stint.last == STILL_THERE else first_days(np.array([stint.last + 1]))[0] - 1
