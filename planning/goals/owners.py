"""The tree of those who carry a goal: company, regions, territories, and the positions in them.

A *position* is one rep in one territory. A rep's goal is the sum of their positions; a territory's is
the sum of the positions in it and of its own account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from planning.errors import LedgerError, unknown_name

COMPANY = "company"
COLUMNS = ("owner", "parent", "kind", "name", "territory", "rep")
NO_REGION = "No region"


@dataclass(frozen=True)
class Owners:
    """The owner tree of one book.

    Parameters
    ----------
    frame
        A row an owner: ``owner`` (unique), ``parent`` (empty for the company), ``kind`` (company,
        region, territory, position), ``name``, ``territory`` and ``rep`` (empty where it has none).
        Parents stand before their children.
    """

    frame: pd.DataFrame

    @cached_property
    def parents(self) -> dict[str, str]:
        """Parent of each owner; the company has none and is left out."""
        pairs = zip(self.frame["owner"], self.frame["parent"], strict=True)
        return {owner: parent for owner, parent in pairs if parent}

    @cached_property
    def positions(self) -> pd.DataFrame:
        """The leaves: one row a position."""
        return self.frame[self.frame["kind"] == "position"].reset_index(drop=True)

    def resolve(self, name: str) -> list[str]:
        """Owners that a person means by a name: all positions of a rep, or one territory, region or company.

        Names are tried as: an owner's own id, ``company``, a rep, a territory, a region.

        Raises
        ------
        LedgerError
            If nobody in the book is called so, with the nearest name.
        """
        frame = self.frame
        if name in set(frame["owner"]):
            return [name]
        for kind, column in (("position", "rep"), ("territory", "name"), ("region", "name")):
            found = frame[(frame["kind"] == kind) & (frame[column] == name)]
            if len(found):
                return list(found["owner"])
        raise LedgerError(unknown_name("owner in this book", name, sorted({*frame["name"], *frame["rep"]} - {""})))

    def name(self, owner: str) -> str:
        """Give what people call an owner; an owner that is not in the tree is called by its id."""
        found = self.frame.loc[self.frame["owner"] == owner, "name"]
        return str(found.iloc[0]) if len(found) else owner

    def above(self, owner: str) -> list[str]:
        """Give those above an owner, from its parent up to the company."""
        found = []
        while owner in self.parents:
            owner = self.parents[owner]
            found.append(owner)
        return found

    def under(self, owners: list[str]) -> list[str]:
        """Give the owners and everyone below them."""
        inside = set(owners)
        for owner, parent in self.parents.items():
            if parent in inside:
                inside.add(owner)
        return [owner for owner in self.frame["owner"] if owner in inside]

    def roll_up(self, own: pd.Series) -> pd.Series:
        """Sum each owner's own account and all accounts below it.

        Parameters
        ----------
        own
            Whole units by owner; owners that are missing have nothing on their own account.

        Returns
        -------
        Whole units by owner: what each one carries.
        """
        carried = own.reindex(self.frame["owner"], fill_value=0).astype("int64")
        totals = dict(zip(carried.index, carried.to_numpy().tolist(), strict=True))
        for owner in reversed(list(self.frame["owner"])):
            if owner in self.parents:
                totals[self.parents[owner]] += totals[owner]
        return pd.Series(totals, dtype="int64")


def team(managers: Mapping[str, str], name: str) -> set[str]:
    """Give everybody who reports to a person, directly or through others.

    Parameters
    ----------
    managers
        Manager by person.
    name
        Whose team.
    """
    found, new = set[str](), {name}
    while new:
        new = {person for person, manager in managers.items() if manager in new} - found
        found |= new
    return found


def build(territories: pd.DataFrame, positions: pd.DataFrame, company: str) -> Owners:
    """Build the tree from the territories and the positions in them.

    Parameters
    ----------
    territories
        Columns ``territory`` and ``region`` (may be empty).
    positions
        Columns ``territory`` and ``rep``, each pair once.
    company
        Name of the company.
    """
    regions = territories["region"].fillna(NO_REGION)
    rows = [(COMPANY, "", "company", company, "", "")]
    rows += [(f"region:{region}", COMPANY, "region", region, "", "") for region in sorted(set(regions))]
    rows += [
        (f"territory:{territory}", f"region:{region}", "territory", territory, territory, "")
        for territory, region in sorted(zip(territories["territory"], regions, strict=True))
    ]
    rows += [
        (f"position:{territory}:{rep}", f"territory:{territory}", "position", rep, territory, rep)
        for territory, rep in sorted(zip(positions["territory"], positions["rep"], strict=True))
    ]
    return Owners(pd.DataFrame(rows, columns=list(COLUMNS)))
