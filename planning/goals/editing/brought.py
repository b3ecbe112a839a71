"""A plan that was taken out into a file, and what comes back of it, held against the book as it is now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from planning.amounts import Tell
from planning.errors import LedgerError, bulleted
from planning.goals.editing.typed import Typed
from planning.goals.owners import Owners

State = Literal["change", "same", "already", "conflict"]
ROWS = ("owner", "cell", "kind", "name", "territory", "exported", "now", "typed", "state")


@dataclass(frozen=True)
class Marks:
    """What tells one file that was taken out from another.

    Parameters
    ----------
    plan
        Which book: its year, its scenario, and when it was begun.
    version
        Number of its last posting.
    export
        The file itself.
    currency, digits
        Currency of the amounts, and its decimals.
    """

    plan: str
    version: int
    export: str
    currency: str
    digits: int


@dataclass(frozen=True)
class Taken:
    """A plan as it is taken out.

    Parameters
    ----------
    marks
        What tells the file from others.
    title
        Company, year and scenario, for people.
    goals
        A row an owner, each followed by all below it: ``owner``, ``kind``, ``region``, ``territory``, ``rep``,
        ``name``, ``last_year``, ``expected``, ``goal``, ``unplaced`` (whole minor units) and ``note``.
    quarters, products
        ``owner`` and a column each quarter or product line, whole minor units; same rows as `goals`.
    """

    marks: Marks
    title: str
    goals: pd.DataFrame
    quarters: pd.DataFrame
    products: pd.DataFrame


@dataclass(frozen=True)
class Brought:
    """What a file says that comes back.

    Parameters
    ----------
    marks
        Of the file that was taken out.
    rows
        A row each goal that was typed: ``owner``, ``cell`` (its address), ``exported`` (the goal when it was taken
        out) and ``typed``; whole minor units.
    """

    marks: Marks
    rows: pd.DataFrame


@dataclass(frozen=True)
class Comparison:
    """What comes back from a file, held against the book.

    Parameters
    ----------
    rows
        A row each typed goal, columns of `ROWS`. Its state is ``change``, ``same`` (typed as it was), ``already``
        (stands in the book) or ``conflict``.
    problems
        All that keeps it from being posted, each with the address of its cell.
    does
        What posting would do; none if nothing would change, or there are problems.
    """

    rows: pd.DataFrame
    problems: list[str]
    does: Typed | None = None

    @property
    def changes(self) -> pd.DataFrame:
        """The goals that would change."""
        return self.rows[self.rows["state"] == "change"]

    @property
    def goals(self) -> dict[str, int]:
        """What is to be met, by owner: changes, and goals typed as they are."""
        kept = self.rows[self.rows["state"] != "conflict"]
        return dict(zip(kept["owner"], kept["typed"].tolist(), strict=True))

    @property
    def said(self) -> str:
        """What it comes to, in words."""
        if self.problems:
            return bulleted("Nothing of this can be posted:", self.problems)
        count, already = len(self.changes), int((self.rows["state"] == "already").sum())
        if count:
            return f"{count} {'goal changes' if count == 1 else 'goals change'}."
        if already:
            return "Nothing to post: what was typed stands in the book already."
        return "Nothing to post: no goal was changed."


def held_against(
    brought: Brought, owners: Owners, carried: Mapping[str, int], tell: Tell, since: Callable[[str], str]
) -> Comparison:
    """Hold typed goals against the book: what they were when taken out, what they are now, and what was typed.

    Parameters
    ----------
    brought
        What the file says.
    owners, carried
        The book's owners, and what each carries now.
    tell
        Writes an amount for a message.
    since
        Says who changed an owner's goal since the file was taken out, and why.
    """
    known = owners.frame.set_index("owner")
    strangers = [each for each in brought.rows.itertuples() if each.owner not in known.index]
    problems = [f"{each.cell}: {each.owner!r} is not in this book" for each in strangers]
    table = brought.rows[brought.rows["owner"].isin(known.index)]
    table = table.assign(now=[carried[owner] for owner in table["owner"]])
    for name in ("kind", "name", "territory"):
        table[name] = table["owner"].map(known[name])
    table["state"] = [_state(row.exported, row.now, row.typed) for row in table.itertuples()]
    problems += [
        f"{row.cell}, {row.name_}: was {tell(row.exported)} when it was taken out, is {tell(row.now)} now"
        f"{since(row.owner)}, and {tell(row.typed)} was typed. Leave it empty, or begin anew from what it is now"
        for row in table[table["state"] == "conflict"].rename(columns={"name": "name_"}).itertuples()
    ]
    return Comparison(table[list(ROWS)].reset_index(drop=True), problems)


def check_marks(marks: Marks, here: Marks) -> None:
    """Refuse a file that was taken out of another book.

    Raises
    ------
    LedgerError
        With which book it is of, or in which currency.
    """
    if marks.plan != here.plan:
        raise LedgerError(
            f"This file was taken out of another plan ({_of(marks)}); here is {_of(here)}. Take out this plan, and "
            "type into that file."
        )
    if (marks.currency, marks.digits) != (here.currency, here.digits):
        raise LedgerError(
            f"This file is in {marks.currency} with {marks.digits} decimals, the plan in {here.currency}."
        )


def _state(exported: int, now: int, typed: int) -> State:
    if typed == now:
        return "same" if exported == now else "already"
    if typed == exported:
        # Nobody asked for a change here; the goal was changed in the book since, and stays so.
        return "same"
    return "change" if exported == now else "conflict"


def _of(marks: Marks) -> str:
    *named, begun = marks.plan.split("|")
    return f"{' '.join(named)}, begun {begun}"
