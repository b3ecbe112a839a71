"""A goal split over the accounts that are to bring it: as somebody has said, and for the rest as they bought.

An account's goal is no number of its own beside the ledger: it is a part of what its rep carries, so that all parts
add up to that to the unit, and follow when it changes. Typed numbers stay; who has none shares what is left.
"""

from collections.abc import Mapping, Sequence
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
    "by what they bought last year: first the groups, then the accounts in each. New customers get what accounts "
    "brought last year that were new in it. Who bought nothing gets nothing, unless somebody says a number: nothing "
    "said is not zero."
)
COLUMNS = ("customer", "group", "last_year", "typed", "goal")


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


def split(goal: int, sold: pd.DataFrame, said: Said) -> pd.DataFrame:
    """Split a rep's goal over accounts.

    Parameters
    ----------
    goal
        What the rep carries, whole minor units.
    sold
        A row an account: ``customer`` (once), ``group`` (may be empty), ``amount`` (bought last year, whole minor
        units) and ``new`` (whether its first order was last year).
    said
        Numbers that stay.

    Returns
    -------
    Columns `COLUMNS`, ``typed`` empty where nothing was said: the accounts, `NEW`, and `OPEN` where what was said
    leaves no other way; ``goal`` adds up to the goal exactly.
    """
    return splits({"": goal}, sold.assign(rep=""), {"": said})[list(COLUMNS)]


def splits(goals: Mapping[str, int], sold: pd.DataFrame, said: Mapping[str, Said]) -> pd.DataFrame:
    """Split the goals of many reps over their accounts at once, each as `split` does.

    Parameters
    ----------
    goals
        By rep, whole minor units.
    sold
        As for `split`, with ``rep``; rows of others are left out.
    said
        By rep; who is not named has said nothing.

    Returns
    -------
    ``rep`` and `COLUMNS`, in the order of `goals`.
    """
    reps = list(goals)
    rows = _rows(sold[sold["rep"].isin(reps)], said, reps)
    codes = rows.groupby(["rep", "group"], sort=False).ngroup().to_numpy()
    named = rows[["rep", "group"]].drop_duplicates()
    of_rep = pd.Index(reps).get_indexer(named["rep"])
    typed = rows["typed"].astype("float64").to_numpy()
    low, high = np.nan_to_num(typed), np.where(np.isnan(typed), np.inf, typed)
    least, most = np.bincount(codes, low, len(named)), np.bincount(codes, high, len(named))
    told = np.array([float(said.get(rep, Said()).groups.get(group, np.nan)) for rep, group in named.to_numpy()])
    # A group is asked for no less than its accounts were, whatever was said of it.
    told = np.clip(told, least, most)
    least, most = (np.where(np.isnan(told), each, told) for each in (least, most))
    wanted = np.array([goals[rep] for rep in reps], dtype="int64")
    bounds = [np.bincount(of_rep, each, len(reps)) for each in (least, most)]
    placed = np.clip(wanted, *bounds).astype("int64")
    weights = rows["last_year"].clip(lower=0).astype("float64").to_numpy()
    of_group = np.bincount(codes, weights, len(named))
    # A group that brought nothing and is asked for something shares it evenly.
    weights = np.where(of_group[codes] > 0, weights, 1.0)
    # With nothing sold to go by, what is left can only come from new customers.
    brought = np.bincount(of_rep, of_group, len(reps))[of_rep] > 0
    of_group = np.where(brought, of_group, named["group"] == NEW)
    groups = apportion(placed, of_group, lower=least, upper=most, groups=of_rep)
    parts = apportion(groups, weights, lower=low, upper=high, groups=codes)
    table = rows.assign(goal=parts)
    left = (wanted - placed).astype("int64")
    rest = pd.DataFrame({"rep": reps, "customer": OPEN, "group": "", "last_year": 0, "typed": None, "goal": left})
    table = pd.concat([table, rest[left != 0].astype({"typed": "Int64"})], ignore_index=True)
    order = np.argsort(pd.Index(reps).get_indexer(table["rep"]), kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    return table[["rep", *COLUMNS]].astype({"goal": "int64", "last_year": "int64", "typed": "Int64"})


def check(goal: int, sold: pd.DataFrame, said: Said, money: Tell = "{:,}".format) -> None:
    """Refuse numbers of accounts that cannot be parts of a goal.

    Parameters
    ----------
    goal, sold, said
        As for `split`.
    money
        Writes an amount.

    Raises
    ------
    LedgerError
        With everything that clashes, and by how much.
    """
    rows = _rows(sold.assign(rep=""), {"": said}, [""])
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
        left = goal - int(split(goal, sold, said).query("customer != @OPEN")["goal"].sum())
        if not problems and left:
            more = f"{money(-left)} more than the goal" if left < 0 else f"{money(left)} less than the goal"
            problems.append(
                f"together they are {more} of {money(goal)}: change a number, or leave one empty to take it"
            )
    if problems:
        raise LedgerError(bulleted("These cannot be the goals of accounts:", problems))


def _rows(sold: pd.DataFrame, said: Mapping[str, Said], reps: Sequence[str]) -> pd.DataFrame:
    """Give the accounts and what is new of each rep, with what was said of each."""
    table = sold.rename(columns={"amount": "last_year"})[["rep", "customer", "group", "last_year"]]
    table = table.assign(group=table["group"].replace("", NO_GROUP))
    brought = sold["amount"].clip(lower=0).where(sold["new"], 0).groupby(sold["rep"]).sum()
    fresh = pd.DataFrame(
        {"rep": reps, "customer": NEW, "group": NEW, "last_year": brought.reindex(reps, fill_value=0)}
    )
    table = pd.concat([table, fresh], ignore_index=True)
    given = {(rep, name): amount for rep, each in said.items() for name, amount in each.accounts.items()}
    typed = [given.get(each) for each in zip(table["rep"], table["customer"].astype(str), strict=True)]
    return table.assign(typed=pd.array(typed, dtype="Int64"))
