"""Whether the goals of a book can be met: by whom, with what probability, and what would even it out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.assumptions.simulation import Simulation
from planning.goals import chances, ledger
from planning.goals.owners import Owners
from planning.goals.setting import baseline
from planning.workbook import goals
from planning.workbook.context import Context
from planning.workbook.editing import edits
from planning.workbook.expected.simulation import uncertain
from planning.workbook.unchanged import unchanged

RAISES = (-0.1, -0.05, 0.0, 0.05, 0.1, 0.15)
"""By how much all goals are raised, to see what each extra percent does."""


@dataclass(frozen=True)
class Chances:
    """Whether goals can be met.

    Parameters
    ----------
    owners
        A row an owner of the book: ``owner``, ``kind``, ``name``, ``territory``, ``goal``, ``base`` (last year's
        result, made whole), ``growth`` (fraction), ``probability`` and ``verdict``.
    raised
        What raising all goals does: ``extra``, ``people`` (expected to reach theirs), ``low``, ``high``, ``of``.
    unevenness
        Standard deviation of the probabilities of the positions.
    """

    owners: pd.DataFrame
    raised: pd.DataFrame
    unevenness: float


@unchanged("chances", of_book=True)
def attainable(context: Context) -> Chances:
    """Say for every goal of the book with what probability it is reached, wherever one stands.

    Raises
    ------
    LedgerError
        If no goals were set for the year yet.
    AssumptionError
        If the history is too short to say how sure anything is.
    """
    tree, rows = goals.book(context)
    drawn = uncertain(context).drawn
    table = ledger.assigned(tree, rows).rename(columns={"assigned": "goal"})
    past = ledger.assigned(tree, rows[rows["step"].isin(baseline.STEPS)])["assigned"]
    table = table.assign(base=past.to_numpy())
    table["growth"] = table["goal"] / table["base"].where(table["base"] > 0) - 1
    draws = [draws_of(drawn, tree, row) for row in table.to_dict("records")]
    table["probability"] = [chances.probability(each, goal) for each, goal in zip(draws, table["goal"], strict=True)]
    table["verdict"] = [chances.verdict(each) for each in table["probability"]]
    leaf = ((table["kind"] == "position") & (table["goal"] > 0)).to_numpy()
    asked = table.loc[leaf, "goal"].to_numpy(dtype=float)
    stack = np.column_stack([draws[place] for place in np.flatnonzero(leaf)] or [np.empty((1, 0))])
    raised = [(extra, *chances.makes_it(stack, asked, extra), int(leaf.sum())) for extra in RAISES]
    columns = ["owner", "kind", "name", "territory", "rep", "goal", "base", "growth", "probability", "verdict"]
    return Chances(
        table[columns],
        pd.DataFrame(raised, columns=["extra", "people", "low", "high", "of"]),
        chances.spread(table.loc[leaf, "probability"]),
    )


def evened(context: Context, territory: str) -> edits.Asked:
    """Ask for the goals of a territory to be split so that they are equally hard, at the same total.

    Raises
    ------
    AssumptionError
        If the history is too short to say how sure anything is.
    """
    drawn = uncertain(context).drawn
    places = drawn.positions.reset_index(drop=True)
    mine = places[(places["territory"] == territory) & (places["rep"] != "")]
    owners = [f"position:{territory}:{rep}" for rep in mine["rep"]]
    stack = drawn.years[:, mine.index.to_numpy()].astype(float)
    return edits.by_weights(territory, owners, lambda total: chances.evened(stack, total))


def draws_of(drawn: Simulation, tree: Owners, row: dict[str, object]) -> np.ndarray:
    """Give the draws of what an owner brings in the year, minor units, a value a draw.

    Parameters
    ----------
    drawn, tree
        The draws, and the owners.
    row
        The owner, as a row of the owners' frame.
    """
    kind, territory, rep = row["kind"], str(row["territory"]), str(row["rep"])
    if kind == "company":
        return drawn.of()
    if kind == "region":
        mine = tree.frame.loc[tree.frame["parent"] == row["owner"], "territory"]
        inside = drawn.positions["territory"].isin(mine).to_numpy()
        return drawn.years[:, inside].sum(axis=1, dtype=np.float64)
    return drawn.of(territory, rep if kind == "position" else "")
