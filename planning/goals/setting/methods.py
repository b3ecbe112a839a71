"""Methods to hand out the company's number: each says whom it asks for how much, and several can be combined.

Combined by weight, each method hands out its own part of the number down the same tree. So every method has a step of
its own in the account of every goal, and the steps add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from planning.amounts import Real, apportion
from planning.errors import LedgerError, bulleted, unknown_name
from planning.goals.setting.cascade import LEVELS, Step, cascade, expected

EXPECTED = "expected"
DRIVERS = "drivers"


@dataclass(frozen=True)
class Method:
    """A way to hand out the company's number.

    Parameters
    ----------
    name, label
        How commands and how pages call it.
    says
        In proportion to what, and whom it suits.
    """

    name: str
    label: str
    says: str


METHODS = {
    each.name: each
    for each in (
        Method(EXPECTED, "What is expected", "what each is expected to bring: the forecast and the assumptions"),
        Method("last_year", "Last year's share", "last year's result, made whole: the same growth for everybody"),
        Method("potential", "Potential", "what the market of each territory would bring at a good share of it"),
        Method("capacity", "Capacity", "what the people can carry: months they are there, at a ramped seat's sales"),
        Method("equal_size", "Equal size", "months that people are there: the same goal for everybody"),
        Method(
            "attainment",
            "Goal and result",
            "the geometric mean of last year's goal and result: half of what was missed or beaten is carried on",
        ),
        Method(
            DRIVERS, "Drivers", "several metrics of last year by weight: among regions, then territories, then reps"
        ),
    )
}
RULE = (
    "Where a method knows nothing of somebody (no market figure, no goal last year), they get what they would by "
    "what is expected: empty is not zero. Product lines, channels and months within a position are as expected."
)


def checked(weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Give the parts of the whole that methods stand for.

    Raises
    ------
    LedgerError
        With every unknown method, and if weights are negative or all zero.

    Examples
    --------
    >>> checked({"expected": Decimal(3), "potential": Decimal(1)})["potential"]
    Decimal('0.25')
    """
    problems = [unknown_name("method", name, METHODS) for name in weights if name not in METHODS]
    problems += [f"{name}: a weight of {weight} is below zero" for name, weight in weights.items() if weight < 0]
    total = sum(weights.values(), Decimal(0))
    problems += ["the weights add up to nothing"] if not problems and total <= 0 else []
    if problems:
        raise LedgerError(bulleted("The goals cannot be handed out so:", problems))
    return {name: weight / total for name, weight in weights.items() if weight}


def weighed(cells: pd.DataFrame, values: pd.DataFrame) -> Real:
    """Turn a value by position or territory into a weight by cell.

    Parameters
    ----------
    cells
        Columns of `LEVELS` and ``amount``: what is expected.
    values
        ``value`` and what it is told by: ``territory``, or ``territory`` and ``rep``; empty means not known.

    Returns
    -------
    A weight a cell: the value, spread as expected; where there is none, what is expected, times what the known ones
    are over what is expected of them.
    """
    by = [name for name in ("territory", "rep") if name in values]
    amount = cells["amount"].clip(lower=0).astype("float64")
    keys = cells[by].astype("str")
    whole = amount.groupby([keys[name] for name in by]).transform("sum").to_numpy()
    told = pd.MultiIndex.from_frame(values[by].astype("str")), values["value"].astype("float64").to_numpy()
    value = pd.Series(told[1], told[0]).reindex(pd.MultiIndex.from_frame(keys)).to_numpy(dtype=float)
    known = ~np.isnan(value)
    # Each group once, however many cells it has.
    once = amount.to_numpy() / np.where(whole > 0, whole, 1.0)
    expected_of_known = amount.to_numpy()[known].sum()
    ratio = (value[known] * once[known]).sum() / expected_of_known if expected_of_known > 0 else 1.0
    return np.where(known, np.nan_to_num(value) * once, amount.to_numpy() * ratio)


def handed_out(
    steps: list[Step], target: int, parts: Mapping[str, Decimal], values: Mapping[str, pd.DataFrame], reason: str,
    source: str,
) -> list[Step]:  # fmt: skip
    """Give the steps from what is expected to the goal, one a method.

    Parameters
    ----------
    steps
        What is expected.
    target
        The company's goal in whole minor units.
    parts
        Part of the number by method, as `checked` gives them.
    values
        What each method goes by, as `weighed` takes it; not for what is expected.
    reason, source
        Why the company asks for this, and who says so.

    Raises
    ------
    LedgerError
        If the target is not above zero.
    """
    if target <= 0:
        raise LedgerError("A company goal that is not above zero cannot be handed out.")
    cells = expected(steps)
    names = list(parts)
    shares = np.array([float(parts[name]) for name in names])
    totals = apportion(target, shares)
    held = apportion(cells["amount"].to_numpy(), np.tile(shares, (len(cells), 1)))
    found = []
    for place, name in enumerate(names):
        mine = cells.assign(amount=held[:, place])
        if name == EXPECTED:
            # What is expected stays to the unit where no more is asked for.
            asked = cascade(int(totals[place] - held[:, place].sum()), cells, "amount")
        else:
            asked = _less(_by(name, int(totals[place]), cells, values[name]), mine)
        if asked["amount"].any():
            found.append(Step(_step(name, parts), _reason(name, parts, reason), source, asked))
    return found


def _by(name: str, total: int, cells: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    weight = weighed(cells, values)
    if not weight.sum() > 0:
        raise LedgerError(f"{METHODS[name].label} asks nothing of anybody, so it hands nothing out: leave it out.")
    return cascade(total, cells.assign(weight=weight), "weight")


def _less(cells: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat([cells, other.assign(amount=-other["amount"])], ignore_index=True)
    return both.groupby(list(LEVELS), as_index=False, observed=True)["amount"].sum()


def _step(name: str, parts: Mapping[str, Decimal]) -> str:
    return "ambition" if list(parts) == [EXPECTED] else f"by_{name}"


def _reason(name: str, parts: Mapping[str, Decimal], reason: str) -> str:
    if list(parts) == [EXPECTED]:
        return reason
    return f"{parts[name]:.0%} of the number by {METHODS[name].says}: {reason}"
