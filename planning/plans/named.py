"""Named accounts: the few that a rep mines deeply, no more than the rep's calls and visits can serve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planning.errors import PlansError, bulleted
from planning.plans.targeting import CLASSES, Targeting

METHOD = (
    "What a rep can serve is the rep's calls and visits of a working week, as in the last twelve months and drawn "
    "towards all, times the working weeks of the year, times the part that is for named accounts. Each account wants "
    "as many a year as its class says. The list is proposed in the order of the classes and of the score, as long as "
    "both the contacts and the number of accounts suffice."
)


@dataclass(frozen=True)
class Capacity:
    """What a rep can serve.

    Parameters
    ----------
    contacts
        Calls and visits of the year; none where the history counts none.
    named
        Those for named accounts; none likewise.
    most
        Named accounts at most.
    """

    contacts: int | None
    named: int | None
    most: int


def capacity(contacts: float | None, targeting: Targeting) -> Capacity:
    """Say what a rep can serve with the calls and visits of a year."""
    whole = None if contacts is None else int(contacts)
    return Capacity(whole, None if contacts is None else int(contacts * float(targeting.part)), targeting.most)


def proposed(accounts: pd.DataFrame, can: Capacity, targeting: Targeting) -> list[str]:
    """Propose a rep's named accounts.

    Parameters
    ----------
    accounts
        The rep's accounts, and prospects that are open to the rep, as `planning.plans.targeting.scored` gives them.
    can, targeting
        What the rep can serve, and what each class wants.
    """
    place = accounts["priority"].map(CLASSES.index)
    ordered = accounts.assign(place=place).sort_values(["place", "score", "customer"], ascending=[True, False, True])
    found, used = list[str](), 0
    for row in ordered.to_dict("records"):
        wants = targeting.contacts.get(row["priority"], 0)
        if len(found) < can.most and (can.named is None or used + wants <= can.named):
            found.append(str(row["customer"]))
            used += wants
    return found


def wanted(accounts: pd.DataFrame, names: Sequence[str], targeting: Targeting) -> int:
    """Count the contacts a year that some accounts want."""
    inside = accounts[accounts["customer"].isin(names)]
    return int(inside["priority"].map(targeting.contacts).fillna(0).sum())


def check(rep: str, names: Sequence[str], accounts: pd.DataFrame, can: Capacity, targeting: Targeting,
          taken: Mapping[str, str]) -> None:  # fmt: skip
    """Refuse a list of named accounts that a rep could not serve.

    Parameters
    ----------
    rep, names
        Whose list, and the accounts on it.
    accounts
        All accounts, scored.
    can, targeting
        What the rep can serve, and what each class wants.
    taken
        Who has an account on their list already, by account.

    Raises
    ------
    PlansError
        With everything that is wrong, and what would mend it.
    """
    known = set(accounts["customer"])
    problems = [f"{name!r} is no account of the history" for name in names if name not in known]
    problems += [f"{name} is on the list twice" for name in sorted({one for one in names if names.count(one) > 1})]
    problems += [f"{name} is on the list of {taken[name]} already" for name in names if taken.get(name, rep) != rep]
    if len(names) > can.most:
        problems.append(f"{len(names)} accounts, and {can.most} are the most: leave {len(names) - can.most} out")
    used = wanted(accounts, names, targeting)
    if can.named is not None and used > can.named:
        problems.append(
            f"they want {used:,} calls and visits a year, and {rep} has {can.named:,} for named accounts: leave out "
            f"{_least(accounts, names, used - can.named, targeting)}, or see accounts of a class less often"
        )
    if problems:
        raise PlansError(bulleted(f"These cannot be the named accounts of {rep}:", problems))


def _least(accounts: pd.DataFrame, names: Sequence[str], over: int, targeting: Targeting) -> str:
    """Name the last of a list that would have to go for some contacts to be saved."""
    inside = accounts[accounts["customer"].isin(names)].sort_values("score")
    saved, gone = 0, list[str]()
    rows: list[dict[Any, Any]] = inside.to_dict("records")
    for row in rows:
        if saved >= over:
            break
        saved += targeting.contacts.get(row["priority"], 0)
        gone.append(str(row["customer"]))
    return " and ".join(gone)
