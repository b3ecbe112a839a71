"""How good rules are: past years gone through month by month, as they were known then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.tracking.rules import EXCEEDED, Rule, raised

MONTHS = 12


@dataclass(frozen=True)
class Replayed:
    """A past year gone through.

    Parameters
    ----------
    year
        Fiscal year.
    reps, territories
        Signs at each month end: ``place``, ``whom`` and what rules look at.
    ended
        How it ended: a row a rep or territory by ``whom``, with ``of`` (rep or territory), ``goal`` and ``landed``.
    """

    year: int
    reps: pd.DataFrame
    territories: pd.DataFrame
    ended: pd.DataFrame

    def signs(self, rule: Rule) -> pd.DataFrame:
        """Give the signs that a rule looks at."""
        return self.reps if rule.of == "rep" else self.territories

    def outcome(self, rule: Rule) -> pd.Series:
        """Say of whom came true what a rule warns of."""
        held = self.ended[(self.ended["of"] == rule.of) & (self.ended["goal"] > 0)].set_index("whom")
        if rule.outcome == "exceeded":
            return held["landed"] >= EXCEEDED * held["goal"]
        return held["landed"] < held["goal"]


@dataclass(frozen=True)
class Record:
    """How good a rule was.

    Parameters
    ----------
    rule
        Its name.
    years
        Years gone through.
    cases
        Reps' or territories' years.
    warned, right
        Of how many it warned, and how often that came true.
    usual
        How often it came true of all.
    early
        Months between the first warning that came true and the year's end, the middle one.
    came, unwarned
        How often it came true, and how often that was never warned of.
    """

    rule: str
    years: tuple[int, ...]
    cases: int
    warned: int
    right: int
    usual: float
    early: float
    came: int
    unwarned: int

    @property
    def hit_rate(self) -> float:
        """How often a warning came true; nothing if there was none."""
        return self.right / self.warned if self.warned else np.nan


def record(rule: Rule, replayed: Sequence[Replayed]) -> Record:
    """Say how good a rule was in past years.

    Parameters
    ----------
    rule
        The rule, whether it is switched on or not.
    replayed
        Past years.
    """
    rows = pd.concat([_of_year(rule, each) for each in replayed]) if replayed else _EMPTY
    warned, true = rows["first"].notna(), rows["true"]
    early = (MONTHS - rows.loc[warned & true, "first"]).median()
    return Record(
        rule.name, tuple(each.year for each in replayed), len(rows), int(warned.sum()), int((warned & true).sum()),
        float(true.mean()) if len(rows) else np.nan, float(early), int(true.sum()), int((true & ~warned).sum()),
    )  # fmt: skip


def by_month(rules: Sequence[Rule], replayed: Sequence[Replayed]) -> pd.DataFrame:
    """Hold all warnings that stood at each month end against how the year ended.

    Returns
    -------
    A row a year and month: ``year``, ``month`` (1 to 11), ``warned`` (cases with a warning of a goal missed),
    ``right`` (of these, missed), ``hit_rate``, ``missed`` (of all cases), ``found`` (part of the misses warned of).
    """
    missed = [rule for rule in rules if rule.outcome == "missed"]
    rows = []
    for year in replayed:
        levels = {rule.of: year.outcome(rule) for rule in missed}
        stood = {
            level: _stood([rule for rule in missed if rule.of == level], year, true) for level, true in levels.items()
        }
        came = sum(int(true.sum()) for true in levels.values())
        for place in sorted(year.reps["place"].unique()):
            warned = sum(int(table[place].sum()) for table in stood.values())
            right = sum(int((table[place] & levels[level]).sum()) for level, table in stood.items())
            rows.append((year.year, int(place), warned, right, right / warned if warned else np.nan, came,
                         right / came if came else np.nan))  # fmt: skip
    return pd.DataFrame(rows, columns=["year", "month", "warned", "right", "hit_rate", "missed", "found"])


def _stood(rules: Sequence[Rule], year: Replayed, cases: pd.Series) -> pd.DataFrame:
    """Say at which month ends any of some rules warned of each case."""
    places = sorted(year.reps["place"].unique())
    any_of = pd.DataFrame(False, index=cases.index, columns=places)
    for rule in rules:
        any_of |= raised(rule, year.signs(rule)).reindex(index=cases.index, columns=places, fill_value=False)
    return any_of


_EMPTY = pd.DataFrame({"first": pd.Series(dtype=float), "true": pd.Series(dtype=bool)})


def _of_year(rule: Rule, year: Replayed) -> pd.DataFrame:
    true = year.outcome(rule)
    stood = raised(rule, year.signs(rule))
    first = stood.apply(lambda row: next((place for place, hit in row.items() if hit), np.nan), axis=1)
    first = first.reindex(true.index).astype(float) if len(stood) else pd.Series(np.nan, true.index)
    return pd.DataFrame({"first": first, "true": true})
