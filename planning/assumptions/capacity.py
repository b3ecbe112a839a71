"""Capacity: what the people can carry, against what is asked of them.

Capacity of a territory in a month = ramped-rep equivalents x sales of a ramped seat in such a month x selling time,
and what assumptions on people change about it: turnover, ramp of new hires, headcount, productivity. They change it
by the arithmetic of their kinds (`planning.assumptions.kinds.people`), so that capacity and expected result never
tell two stories of the same people.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import numpy as np
import pandas as pd

from planning.assumptions import effects
from planning.assumptions.assumption import Assumption
from planning.assumptions.kinds import Scene, people

OVER, UNDER = Decimal("0.9"), Decimal("1.15")
"""Capacity over what is asked: below the first a goal is over capacity, above the second under (rule of practice)."""
PEOPLE = tuple(each.name for each in people.KINDS)
"""Kinds of assumption that are about people."""

Verdict = Literal["over capacity", "in balance", "under capacity", ""]


def equivalents(groups: Iterable[tuple[float, float, float]]) -> float:
    """Add people up as ramped-rep equivalents: heads x ramp x attainment.

    Parameters
    ----------
    groups
        Heads, their ramp and their attainment: fractions of what a ramped rep at goal carries.

    Examples
    --------
    Twenty ramped reps at 85%, and five at half their ramp and 70%:

    >>> equivalents([(20, 1, 0.85), (5, 0.5, 0.7)])
    18.75
    """
    return sum(heads * ramp * attainment for heads, ramp, attainment in groups)


def implied_attainment(capacity: float, asked: float) -> float | None:
    """Say what share of what is asked can be carried; none where nothing is asked.

    Examples
    --------
    A seat of a million at a ramp of 85%, asked for a million:

    >>> implied_attainment(0.85e6, 1e6)
    0.85
    """
    return capacity / asked if asked > 0 else None


def verdict(implied: float | None) -> Verdict:
    """Say whether what is asked fits the people.

    Examples
    --------
    >>> verdict(0.85), verdict(1.0), verdict(1.2), verdict(None)
    ('over capacity', 'in balance', 'under capacity', '')
    """
    if implied is None or np.isnan(implied):
        return ""
    return "over capacity" if implied < OVER else "under capacity" if implied > UNDER else "in balance"


def over_assignment(target: float, street_quota: float) -> tuple[float, float]:
    """Give the attainment factor (target over the quotas carried on the street), and the over-assignment, 1 over it.

    Examples
    --------
    >>> over_assignment(800_000, 1_000_000)
    (0.8, 1.25)
    """
    return target / street_quota, street_quota / target


def capacity(
    present: pd.DataFrame, worth: pd.Series, season: pd.Series, assumptions: Sequence[Assumption], scene: Scene,
    selling_time: float = 1.0,
) -> pd.DataFrame:  # fmt: skip
    """Say what the people can carry, by territory and month.

    Parameters
    ----------
    present
        Columns ``territory``, ``period``, ``served`` and ``ramped``: the people there are, in full seats and in
        ramped-rep equivalents.
    worth
        Sales of a ramped seat in an average month by territory, minor units.
    season
        Share of the year that a month brings, by ISO month; they add up to one.
    assumptions, scene
        Those that are about people count; others do not.
    selling_time
        Time for selling over last year's: 1.1 is a tenth more.

    Returns
    -------
    A row a territory and month: ``territory``, ``period``, ``heads``, ``ramped``, ``people`` (what those who are here
    carry), a column a kind of assumption that changes it, and ``capacity``, their sum; whole minor units.
    """
    months = present["period"].map(season).to_numpy(dtype=float) * len(season)
    each = present["territory"].map(worth).fillna(worth.mean()).to_numpy(dtype=float)
    carried = np.rint(present["ramped"].to_numpy(dtype=float) * each * months * selling_time).astype(np.int64)
    rows = present[["territory", "period"]].assign(product="", channel="", amount=carried).reset_index(drop=True)
    found = rows[["territory", "period"]].assign(
        heads=present["served"].to_numpy(), ramped=present["ramped"].to_numpy()
    )
    found["people"] = rows["amount"]
    for one in assumptions:
        if one.kind not in PEOPLE:
            continue
        change = effects.effect(rows, one, scene)["amount"].reindex(rows.index, fill_value=0)
        found[one.kind] = found.get(one.kind, 0) + change
    found["capacity"] = found[[name for name in ("people", *PEOPLE) if name in found]].sum(axis=1)
    return found


def against(table: pd.DataFrame, asked: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Hold capacity against what is asked.

    Parameters
    ----------
    table
        As `capacity` gives it.
    asked
        Columns ``territory``, ``period`` and ``amount``: the expected result, or a goal.
    by
        ``territory``, ``period``, both, or neither for the company's year.

    Returns
    -------
    The columns `by`, ``heads`` and ``ramped`` (averages over the months), ``capacity``, ``asked``, ``spare``
    (capacity less asked), ``implied`` attainment (fraction) and ``verdict``.
    """
    both = table.merge(asked.rename(columns={"amount": "asked"}), on=["territory", "period"], how="outer")
    both = both.fillna({"heads": 0.0, "ramped": 0.0, "capacity": 0, "asked": 0})
    months = both["period"].nunique() if "period" not in by else 1
    groups = both.groupby(list(by)) if by else both.groupby(np.zeros(len(both), dtype=int))
    found = groups[["heads", "ramped", "capacity", "asked"]].sum().reset_index(drop=not by)
    found = found.assign(heads=found["heads"] / months, ramped=found["ramped"] / months)
    found = found.astype({"capacity": "int64", "asked": "int64"})
    found["spare"] = found["capacity"] - found["asked"]
    implied = [implied_attainment(*each) for each in zip(found["capacity"], found["asked"], strict=True)]
    return found.assign(
        implied=pd.Series(implied, found.index, dtype="float64"), verdict=[verdict(each) for each in implied]
    )
