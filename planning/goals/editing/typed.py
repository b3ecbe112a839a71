"""Goals typed for many owners at once, as in a grid or a spreadsheet: each is met exactly, or all are refused.

Two ways to treat what the typed numbers do not settle:

- *onto the account above* (the usual way): nobody's goal but those typed is altered. What a typed owner gains comes
  off the own account of the parent, and what it gives goes there, product by product and month by month. It shows
  there as unplaced, or below zero as over-assigned.
- *shared*: the accounts stay what they are, and the owners beside who were not typed share the difference in
  proportion to what they carry.

Either way the entries sum to zero, so the total of the company stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planning.amounts import apportion
from planning.errors import LedgerError, bulleted, unknown_name
from planning.goals import ledger
from planning.goals.editing.placing import CELL, Ground, onto_accounts, within
from planning.goals.owners import COMPANY

STEP = "typed"


@dataclass(frozen=True)
class Typed:
    """What typed goals do.

    Parameters
    ----------
    table
        A row an owner that was typed, whose goal changes or whose own account does, in the order of the tree:
        ``owner``, ``kind``, ``name``, ``territory``, ``before``, ``after``, ``typed`` (whether it was),
        ``unplaced_before``, ``unplaced_after`` (own account of a parent); whole minor units.
    entries
        What is to be posted: ``owner``, ``product``, ``channel``, ``period``, ``amount``; sums to zero.
    """

    table: pd.DataFrame
    entries: pd.DataFrame


def typed(ground: Ground, goals: Mapping[str, int], share: bool = False) -> Typed:
    """Work out what typed goals do.

    Parameters
    ----------
    ground
        What they are typed on.
    goals
        Whole minor units by owner: regions, territories and positions.
    share
        Whether the owners beside share the difference; else it goes onto the account of the parent.

    Raises
    ------
    LedgerError
        With everything that is wrong: nobody is called so, a goal is below zero, agreed or held, goals of a parent
        and of all below it do not agree, or nobody is left to share a difference.
    """
    moved, problems = _worked_out(ground, goals, share)
    if problems:
        raise LedgerError(bulleted("These goals cannot be posted:", problems))
    return Typed(_table(ground, goals, moved), moved)


def typed_in(
    ground: Ground,
    goals: Mapping[str, int],
    labels: Mapping[str, str],
    product: str = "",
    quarter: str = "",
    share: bool = False,
) -> Typed:
    """Work out what goals do that were typed for a product line, a quarter, or a product line in a quarter.

    Parameters
    ----------
    ground
        The whole book.
    goals
        Whole minor units by owner: what they carry of it.
    labels
        The quarter of each month of the year.
    product, quarter
        Of what; empty for all.
    share
        As for `typed`, within the product line and quarter.

    Raises
    ------
    LedgerError
        As for `typed`, or if a product line or quarter is not in the book.
    """
    problems = [
        unknown_name(kind, name, known)
        for kind, name, known in (
            ("product line", product, sorted(set(ground.rows["product"]) - {""})),
            ("quarter", quarter, list(dict.fromkeys(labels.values()))),
        )
        if name and name not in known
    ]
    if problems:
        raise LedgerError(bulleted("These goals cannot be posted:", problems))
    months = [month for month in ground.months if quarter in ("", labels[month])]
    rows = ground.rows if not product else ground.rows[ground.rows["product"] == product]
    rows = rows if not quarter else rows[rows["period"].isin(months)]
    return typed(replace(ground, rows=rows, product=product, months=months), goals, share)


def _worked_out(ground: Ground, goals: Mapping[str, int], share: bool) -> tuple[pd.DataFrame, list[str]]:
    """Give the entries to post, or what is wrong."""
    cells = ground.rows.groupby(list(CELL), as_index=False)["amount"].sum()
    ground, before = replace(ground, rows=cells), ground.carried
    problems = _wrong(ground, goals, before)
    if problems:
        return pd.DataFrame(), problems
    changes = {owner: goal - before[owner] for owner, goal in goals.items()}
    if not share:
        return onto_accounts(ground, changes), []
    everybody, problems = _shared(ground, goals, changes, before)
    return (pd.DataFrame(), problems) if problems else (within(ground, everybody), [])


def _wrong(ground: Ground, goals: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """Find what is wrong with typed goals whichever way the rest is treated."""
    strangers = [owner for owner in goals if owner not in before]
    problems = [f"{owner!r} is not an owner of this book" for owner in strangers]
    for owner, goal in goals.items():
        if owner in strangers:
            continue
        if owner == COMPANY and goal != before[owner]:
            problems.append("the goal of the company is set, not typed: its total survives every change")
        if goal < 0:
            problems.append(f"{ground.name(owner)}: a goal of {ground.tell(goal)} is below zero")
        if owner in ground.held and goal != before[owner]:
            problems.append(
                f"{ground.name(owner)}: the goal is agreed or held, and stays {ground.tell(before[owner])}"
            )
    return problems if strangers else [*problems, *_disagreements(ground, goals, before)]


def _disagreements(ground: Ground, goals: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """Find parents whose typed goal is not what the goals typed for all below it come to.

    They agree if they are equal, or if what the parent has not placed stays what it was.
    """
    problems = []
    for parent, family in ground.families.items():
        if parent not in goals or not all(each in goals for each in family):
            continue
        below = sum(goals[each] for each in family)
        unplaced = before[parent] - sum(before[each] for each in family)
        if goals[parent] - below not in (0, unplaced):
            off = below - goals[parent]
            problems.append(
                f"{ground.name(parent)} was typed as {ground.tell(goals[parent])}, but all below it come to "
                f"{ground.tell(below)}: {ground.tell(abs(off))} too {'much' if off > 0 else 'little'}"
            )
    return problems


def _shared(
    ground: Ground, goals: Mapping[str, int], changes: Mapping[str, int], before: Mapping[str, int]
) -> tuple[dict[str, int], list[str]]:
    """Let the owners beside who were not typed share what is left, from the top down."""
    families, everybody, problems = ground.families, dict(changes), []
    fixed = _fixed(ground, set(goals) | set(ground.held))
    for parent, family in families.items():
        rest = everybody.get(parent, 0) - sum(everybody.get(each, 0) for each in family)
        settled = parent in goals and all(each in goals for each in family)
        if not rest or settled:
            continue
        free = [each for each in family if each not in fixed]
        total = sum(before[each] for each in free) + rest
        if not free or total < 0:
            who = "nobody beside is left to share it" if not free else "those beside carry less than that"
            problems.append(
                f"{ground.name(parent)}: those below come to {ground.tell(abs(rest))} too "
                f"{'little' if rest > 0 else 'much'}, and {who}"
            )
            continue
        sizes = np.array([max(before[each], 0) for each in free], dtype=float)
        after = apportion(total, sizes if sizes.sum() > 0 else np.ones(len(free)))
        everybody |= {each: int(goal) - before[each] for each, goal in zip(free, after, strict=True)}
    return everybody, problems


def _fixed(ground: Ground, named: set[str]) -> set[str]:
    """Give all who can take nothing: those named, and parents all of whose children can take nothing."""
    fixed = set(named)
    for parent, family in reversed(list(ground.families.items())):
        if all(each in fixed for each in family):
            fixed.add(parent)
    return fixed


def _table(ground: Ground, goals: Mapping[str, int], moved: pd.DataFrame) -> pd.DataFrame:
    was = ledger.assigned(ground.owners, ground.rows.assign(metric="")[["owner", "metric", "amount"]], "")
    rows = pd.concat([ground.rows[["owner", "amount"]], moved[["owner", "amount"]]]).assign(metric="")
    now = ledger.assigned(ground.owners, rows, "")
    table = was[["owner", "kind", "name", "territory"]].assign(
        before=was["assigned"],
        after=now["assigned"],
        typed=was["owner"].isin(list(goals)),
        unplaced_before=was["unplaced"],
        unplaced_after=now["unplaced"],
    )
    touched = table["typed"] | (table["before"] != table["after"])
    touched |= table["unplaced_before"] != table["unplaced_after"]
    return table[touched].reset_index(drop=True)
