"""A goal split over the accounts that are to bring it: as somebody has said, and for the rest as they bought.

An account's goal is no number of its own beside the ledger: it is a part of what its rep carries, so that all parts
add up to that to the unit, and follow when it changes. Typed numbers stay; who has none shares what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from planning.amounts import Tell, apportion
from planning.errors import LedgerError, bulleted

NEW = "New customers"
"""What accounts are to bring that nobody has sold to yet."""
OPEN = "On no account"
"""What of a goal stands on no account; below zero, accounts are asked for more than the goal is."""
NO_GROUP = "No group"
RULE = (
    "Numbers that somebody gave an account or a customer group stay. The others share what is left of the rep's goal "
    "by what is to be expected of them: first the groups, then the accounts in each. Of an account that is what it "
    "bought last year, times the part that the company's accounts bought again of what they had bought the year "
    "before. Of new customers it is the part of the company's sales that accounts brought which were new last year, "
    "on what the rep sold. Who bought nothing gets nothing, unless "
    "somebody says a number: nothing said is not zero."
)
COLUMNS = ("customer", "group", "last_year", "typed", "goal")


@dataclass(frozen=True)
class Usual:
    """What was usual in the company, from one year to the next; single reps are too small to tell.

    Parameters
    ----------
    kept
        Part of what accounts had bought in a year that they bought again in the next, above 1 where they grew; none
        where the history does not reach back so far.
    new
        Part of last year's sales that came from accounts whose first order was in it.
    """

    kept: float | None = None
    new: float = 0.0


@dataclass(frozen=True)
class Said:
    """What somebody has said of accounts: whole minor units of the year.

    Parameters
    ----------
    accounts, groups
        By account, and by customer group; who is not named has no number.
    """

    accounts: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)


def split(goal: int, sold: pd.DataFrame, said: Said, usual: Usual) -> pd.DataFrame:
    """Split a goal over accounts.

    Parameters
    ----------
    goal
        What the rep carries, whole minor units.
    sold
        A row an account: ``customer`` (once), ``group`` (may be empty) and ``amount`` (bought last year, whole minor
        units).
    said
        Numbers that stay.
    usual
        What accounts weigh by, and new customers.

    Returns
    -------
    Columns `COLUMNS`, ``typed`` empty where nothing was said: the accounts, `NEW`, and `OPEN` where what was said
    leaves no other way; ``goal`` adds up to the goal exactly.
    """
    rows = _rows(sold, said, usual)
    codes, names = pd.factorize(rows["group"])
    typed = rows["typed"].astype("float64").to_numpy()
    low, high = np.nan_to_num(typed), np.where(np.isnan(typed), np.inf, typed)
    least, most = np.bincount(codes, low, len(names)), np.bincount(codes, high, len(names))
    told = np.array([float(said.groups.get(name, np.nan)) for name in names])
    # A group is asked for no less than its accounts were, whatever was said of it.
    told = np.clip(told, least, most)
    least, most = (np.where(np.isnan(told), each, told) for each in (least, most))
    placed = int(np.clip(goal, least.sum(), most.sum()))
    weights = rows["last_year"].clip(lower=0).astype("float64").to_numpy()
    weights = np.where(rows["customer"] == NEW, weights, weights * (1.0 if usual.kept is None else usual.kept))
    of_group = np.bincount(codes, weights, len(names))
    # A group that brought nothing and is asked for something shares it evenly.
    weights = np.where(of_group[codes] > 0, weights, 1.0)
    # With nothing sold to go by, what is left can only come from new customers.
    of_group = of_group if of_group.sum() > 0 else (names == NEW).astype(float)
    groups = apportion(placed, of_group, lower=least, upper=most)
    parts = apportion(groups, weights, lower=low, upper=high, groups=codes)
    table = rows.assign(goal=parts)
    if placed != goal:
        table.loc[len(table)] = [OPEN, "", 0, None, goal - placed]
    return table[list(COLUMNS)].astype({"goal": "int64", "last_year": "int64", "typed": "Int64"})


def check(goal: int, sold: pd.DataFrame, said: Said, usual: Usual, money: Tell = "{:,}".format) -> None:
    """Refuse numbers of accounts that cannot be parts of a goal.

    Parameters
    ----------
    goal, sold, said, usual
        As for `split`.
    money
        Writes an amount.

    Raises
    ------
    LedgerError
        With everything that clashes, and by how much.
    """
    rows = _rows(sold, said, usual)
    known = {"account": set(sold["customer"]) | {NEW}, "customer group": set(rows["group"])}
    problems = [
        f"{name!r} is no {kind} of this rep"
        for kind, named in (("account", said.accounts), ("customer group", said.groups))
        for name in named
        if name not in known[kind]
    ]
    problems += [
        f"{name}: {money(amount)} is below zero"
        for name, amount in {**said.groups, **said.accounts}.items()
        if amount < 0
    ]
    if not problems:
        inside = rows.groupby("group")["typed"].agg(["sum", "count", "size"])
        for name, amount in said.groups.items():
            of_accounts, full = int(inside.loc[name, "sum"]), inside.loc[name, "count"] == inside.loc[name, "size"]
            if of_accounts > amount or (full and of_accounts < amount):
                problems.append(f"{name} is to bring {money(amount)}, and its accounts {money(of_accounts)}")
        left = goal - int(split(goal, sold, said, usual).query("customer != @OPEN")["goal"].sum())
        if not problems and left:
            more = f"{money(-left)} more than the goal" if left < 0 else f"{money(left)} less than the goal"
            problems.append(
                f"together they are {more} of {money(goal)}: change a number, or leave one empty to take it"
            )
    if problems:
        raise LedgerError(bulleted("These cannot be the goals of accounts:", problems))


def _rows(sold: pd.DataFrame, said: Said, usual: Usual) -> pd.DataFrame:
    """Give the accounts and what is new, with what was said of each."""
    brought = round(usual.new * int(sold["amount"].clip(lower=0).sum()))
    table = sold.rename(columns={"amount": "last_year"})[["customer", "group", "last_year"]]
    table = table.assign(group=table["group"].replace("", NO_GROUP))
    table.loc[len(table)] = [NEW, NEW, brought]
    typed = [said.accounts.get(str(name)) for name in table["customer"]]
    return table.reset_index(drop=True).assign(typed=pd.array(typed, dtype="Int64"))
