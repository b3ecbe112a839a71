"""A goal told in few parts, and beside those of others: what a person asks first."""

from dataclasses import dataclass

import pandas as pd

from planning.goals import ledger
from planning.goals.editing.relief import STEP as RELIEF
from planning.goals.originals import CARRIED, CHANGES
from planning.goals.owners import Owners
from planning.goals.setting.baseline import ONE_OFF, OUTLOOK, STEPS
from planning.goals.setting.methods import METHODS
from planning.goals.setting.over import STEP as OVER
from planning.goals.setting.presence import PRESENCE

PARTS = ("base", "one_off", "outlook", "assumed", "asked", "on_top", "changed", "adjusted")
"""Parts of a goal in their order: last year made whole; what of it will not come again; as history goes on; what is
assumed; what is asked beyond; passed down on top; changed, transferred, relieved and agreed since; and changed during
the year, without which it is the original."""

_PART = {
    **dict.fromkeys(STEPS, "base"),
    ONE_OFF: "one_off",
    **dict.fromkeys((OUTLOOK, PRESENCE), "outlook"),
    **dict.fromkeys(("ambition", *(f"by_{name}" for name in METHODS)), "asked"),
    OVER: "on_top",
    **dict.fromkeys(("edited", "transferred", "agreed", "profile", "fitted", "typed", RELIEF), "changed"),
    **dict.fromkeys(CHANGES, "adjusted"),
}


@dataclass(frozen=True)
class Told:
    """A goal in few parts.

    Parameters
    ----------
    parts
        Whole minor units by part of `PARTS`; they add up to the goal.
    largest
        Reason and amount of the assumption that changes most; empty if none does.
    carried
        What was carried from months that are over to the months left, by agreement: whole minor units, below zero
        where these had brought more. The goal of the year holds nothing of it.
    """

    parts: dict[str, int]
    largest: tuple[str, int]
    carried: int = 0

    @property
    def goal(self) -> int:
        """The goal in minor units."""
        return sum(self.parts.values())

    @property
    def original(self) -> int:
        """The goal before it was changed during the year, in minor units."""
        return self.goal - self.parts["adjusted"]


def told(steps: pd.DataFrame) -> Told:
    """Sum the steps of a goal by part.

    Parameters
    ----------
    steps
        As `planning.goals.ledger.explain` gives them.
    """
    part = steps["step"].map(_PART).fillna("assumed")
    sums = steps["amount"].groupby(part).sum()
    assumed = steps[part == "assumed"]
    largest = ("", 0)
    if len(assumed):
        row = assumed.loc[assumed["amount"].abs().idxmax()]
        largest = (str(row["reason"]).split(":")[0], int(row["amount"]))
    carried = -int(steps.loc[steps["step"] == CARRIED, "amount"].sum())
    return Told({name: int(sums.get(name, 0)) for name in PARTS}, largest, carried)


def beside(owners: Owners, rows: pd.DataFrame, metric: str = "revenue") -> pd.DataFrame:
    """Give what is asked of every position over last year, so that one sees oneself beside others.

    Returns
    -------
    ``territory``, ``rep``, ``base`` (last year made whole), ``goal`` (whole minor units), ``growth`` (a fraction;
    empty without a result last year).
    """
    mine = rows[rows["metric"] == metric]
    table = ledger.assigned(owners, mine, metric)
    base = ledger.assigned(owners, mine[mine["step"].isin(STEPS)], metric)["assigned"]
    table = table.assign(base=base.to_numpy(), goal=table["assigned"])
    table["growth"] = table["goal"] / table["base"].where(table["base"] > 0) - 1
    places = table[table["kind"] == "position"]
    return places[["territory", "rep", "base", "goal", "growth"]].reset_index(drop=True)
