"""Named accounts: proposed, kept, and no more of them than a rep's calls and visits can serve."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd

from planning.errors import LedgerError, PlansError, unknown_name
from planning.plans import named as shape
from planning.plans.named import Capacity
from planning.store import documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.workbook.activity.standing import Standing
from planning.workbook.activity.standing import standing as working
from planning.workbook.context import Context
from planning.workbook.place import EVERYBODY, plan, reading, writing
from planning.workbook.plans.sides import see, speaker
from planning.workbook.plans.targeting import Seen, seen

KIND = "named_accounts"
CONTACTS = ("call", "visit")


@dataclass(frozen=True)
class Named:
    """A rep's named accounts.

    Parameters
    ----------
    rep
        Whose.
    names
        The accounts, as kept; proposed where `version` is 0.
    table
        The same, scored, with ``contacts`` (a year) and ``taken`` (by whom, if it is on another's list).
    can
        What the rep can serve.
    version
        Told by the store; 0 for a list that nobody has kept.
    """

    rep: str
    names: tuple[str, ...]
    table: pd.DataFrame
    can: Capacity
    version: int

    @property
    def wanted(self) -> int:
        """Calls and visits a year that they want."""
        return int(self.table["contacts"].sum())


def named(context: Context, rep: str, found: Seen | None = None) -> Named:
    """Give a rep's named accounts, or what is proposed where nobody kept a list.

    Raises
    ------
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If there is no such rep.
    """
    see(context, rep)
    found = found or seen(context)
    refuse_unknown(found, rep)
    with plan(context.settings) as database, database.reading() as connection:
        # Which accounts are on somebody's list is told to all: two reps are not to plan with the same one.
        lists = _lists(connection, context)
    can = capacity(context, rep, found)
    mine = lists.get(rep)
    taken = _taken(lists, rep)
    free = found.open_to(rep)
    free = free[~free["customer"].isin(taken)]
    names = tuple(mine.body["accounts"]) if mine else tuple(shape.proposed(free, can, found.targeting))
    table = found.accounts.set_index("customer", drop=False).reindex(list(names)).dropna(subset="customer")
    wants = table["priority"].map(found.targeting.contacts).fillna(0).astype("int64")
    table = table.assign(contacts=wants, taken=[taken.get(each, "") for each in table["customer"]])
    return Named(rep, names, table.reset_index(drop=True), can, mine.version if mine else 0)


def keep(context: Context, rep: str, names: Sequence[str], actor: str, version: int) -> None:
    """Keep a rep's named accounts; more than the rep can serve are refused in words.

    Parameters
    ----------
    context, rep, names
        Where one stands, whose list, and the accounts on it.
    actor
        Who does it, where nobody logs in.
    version
        Version of the list that it was made from.

    Raises
    ------
    PlansError
        If the rep could not serve them, an account is another's or unknown, or somebody changed the list meanwhile.
    AccessError
        If it is none of the business of who is asking.
    """
    found = seen(context)
    refuse_unknown(found, rep)
    who, _ = speaker(context, rep, actor)
    can = capacity(context, rep, found)
    with writing(context, "name accounts", EVERYBODY) as connection:
        with plan(context.settings) as database, database.reading() as whole:
            lists = _lists(whole, context)
        shape.check(rep, list(names), found.accounts, can, found.targeting, _taken(lists, rep))
        written = Document(KIND, rep, {"accounts": list(names)}, version=version)
        documents.keep(connection, context.year, context.scenario, written, who)


def lists(context: Context) -> dict[str, tuple[str, ...]]:
    """Give the named accounts that were kept and are in view, by rep."""
    with reading(context) as connection:
        return {rep: tuple(each.body["accounts"]) for rep, each in _lists(connection, context).items()}


def capacity(context: Context, rep: str, found: Seen) -> Capacity:
    """Say how many calls and visits a year a rep can make, and how many of them are for named accounts."""
    contacts = None
    # Without goals nobody is known to be there; the number of accounts alone limits the list.
    with suppress(LedgerError):
        contacts = contacts_a_year(working(context), rep)
    return shape.capacity(contacts, found.targeting)


def contacts_a_year(on: Standing, rep: str) -> float | None:
    """Count the calls and visits that a rep makes in the year at last year's pace; nothing where none are counted."""
    kinds = [each for each in CONTACTS if each in on.rhythm.per_week]
    if not kinds or rep not in on.rhythm.per_week.index or rep not in on.weeks.index:
        return None
    return float(on.rhythm.per_week.loc[rep, kinds].sum() * on.weeks[rep])


def refuse_unknown(found: Seen, rep: str) -> None:
    """Refuse a rep whom nobody knows.

    Raises
    ------
    PlansError
        With the nearest name.
    """
    if rep not in set(found.reps["rep"]):
        raise PlansError(unknown_name("rep", rep, set(found.reps["rep"])))


def _lists(connection: Connection, context: Context) -> dict[str, Document]:
    found = documents.documents(connection, context.year, context.scenario, KIND)
    return {each.whom: each for each in found}


def _taken(lists: dict[str, Document], rep: str) -> dict[str, str]:
    return {name: other for other, each in lists.items() if other != rep for name in each.body["accounts"]}
