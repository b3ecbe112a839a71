"""What goals ask of people, as pay needs it: revenue by month, what else is carried, and how long each is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from planning.goals.aims.aim import ELSEWHERE, Aim, carriers, is_activity
from planning.goals.owners import Owners
from planning.goals.pay.alignment import Asked
from planning.goals.pay.plan import MAIN
from planning.goals.setting.over import STEP as OVER
from planning.history.engine import open_history
from planning.history.results import employed, roles
from planning.store import aims
from planning.workbook.aims.aimed import known
from planning.workbook.context import Context
from planning.workbook.place import plan


@dataclass(frozen=True)
class Person:
    """Somebody with a revenue goal.

    Parameters
    ----------
    rep, role
        Who it is.
    there
        Part of the year that they are employed.
    months
        Revenue goal by month, whole minor units.
    """

    rep: str
    role: str
    there: Fraction
    months: tuple[int, ...]

    @property
    def goal(self) -> int:
        """Revenue goal of the year, whole minor units."""
        return sum(self.months)


Book = tuple[Owners, pd.DataFrame]
"""Owners and entries, as `planning.workbook.goals.book` gives them."""


def people(context: Context, book: Book) -> list[Person]:
    """Give everybody with a revenue goal; in a territory, those who have a position there, with all of their goal."""
    tree, rows = book
    with open_history(context.settings) as history:
        role_of, there = roles(history), employed(history, context.calendar, context.year)
    places = tree.positions
    if context.territory:
        here = places.loc[places["territory"] == context.territory, "rep"]
        places = places[places["rep"].isin(here)]
    mine = rows[rows["metric"] == MAIN].merge(places[["owner", "rep"]], on="owner")
    table = mine.pivot_table(index="rep", columns="period", values="amount", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=context.calendar.months(context.year), fill_value=0).astype("int64")
    return [
        Person(str(rep), role_of.get(str(rep), ""), there.get(str(rep), Fraction(1)), tuple(map(int, months)))
        for rep, months in zip(table.index, table.to_numpy(), strict=True)
        if months.sum() > 0
    ]


def usual(goals_of: Sequence[Person]) -> tuple[int, ...]:
    """Give the revenue goal by month in the middle of some people; nothing where there are none."""
    if not goals_of:
        return ()
    middle = np.median([each.months for each in goals_of], axis=0)
    return tuple(round(float(each)) for each in middle)


def other_goals(context: Context, book: Book) -> Asked:
    """Give what is asked besides revenue, and what is passed down on top."""
    tree, rows = book
    with plan(context.settings) as database, database.reading() as connection:
        stated = aims.aims(connection, context.year, context.scenario)
    metrics = known(context)
    return Asked(
        _carried(stated, tree),
        {aim.metric for aim in stated if aim.stretch or aim.challenge},
        {name: each.label for name, each in metrics.items()},
        {name for name, each in metrics.items() if is_activity(each)},
        _on_top(tree, rows),
    )


def _carried(stated: list[Aim], tree: Owners) -> dict[str, set[str]]:
    """Give by metric besides revenue the reps who carry a goal on it."""
    rep_of = dict(zip(tree.positions["owner"], tree.positions["rep"], strict=True))
    found: dict[str, set[str]] = {}
    for aim in stated:
        if aim.metric not in ELSEWHERE and aim.kind != "company":
            reps = {rep_of[owner] for owner in carriers(aim, tree) if owner in rep_of}
            found.setdefault(aim.metric, set()).update(reps)
    return found


def _on_top(tree: Owners, rows: pd.DataFrame) -> float:
    """Give what positions carry by over-assignment, as a fraction of what they would carry without it."""
    mine = rows[(rows["metric"] == MAIN) & rows["owner"].isin(tree.positions["owner"])]
    whole, over = mine["amount"].sum(), mine.loc[mine["step"] == OVER, "amount"].sum()
    return float(over / (whole - over)) if whole > over else 0.0
