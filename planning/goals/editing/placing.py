"""Where the entries of goals that were typed come to stand: on which accounts, products, channels and months."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planning.amounts import Tell, apportion
from planning.goals.editing.spreading import spread
from planning.goals.owners import Owners

CELL = ("owner", "product", "channel", "period")


@dataclass(frozen=True)
class Ground:
    """What goals are typed on.

    Parameters
    ----------
    owners, rows
        The book's owners and its entries of one metric; of one product or one quarter, if that alone is typed.
    months
        Months over which whoever carries nothing yet gets a goal evenly.
    held
        Owners whose goal does not move.
    product
        The product that is typed; empty for all.
    tell
        Writes an amount for a message.
    """

    owners: Owners
    rows: pd.DataFrame
    months: Sequence[str]
    held: Collection[str] = ()
    product: str = ""
    tell: Tell = "{:,} minor units".format

    @property
    def carried(self) -> dict[str, int]:
        """Whole minor units by owner."""
        found = self.owners.roll_up(self.rows.groupby("owner")["amount"].sum())
        return {str(owner): int(amount) for owner, amount in found.items()}

    @property
    def families(self) -> dict[str, list[str]]:
        """Children of each owner that has some, parents before their children."""
        below: dict[str, list[str]] = {owner: [] for owner in self.owners.frame["owner"]}
        for owner, parent in self.owners.parents.items():
            below[parent].append(owner)
        return {owner: children for owner, children in below.items() if children}

    def name(self, owner: str) -> str:
        """Give the name of an owner; a position says its territory as well."""
        row = self.owners.frame[self.owners.frame["owner"] == owner].iloc[0]
        return f"{row['name']} in {row['territory']}" if row["kind"] == "position" else str(row["name"])


def onto_accounts(ground: Ground, changes: Mapping[str, int]) -> pd.DataFrame:
    """Move each change between the owner and the own account of its parent, cell by cell."""
    cells = _cells(ground, changes)
    above = cells.assign(owner=cells["owner"].map(ground.owners.parents), amount=-cells["amount"])
    return _summed(pd.concat([cells, above]))


def within(ground: Ground, changes: Mapping[str, int]) -> pd.DataFrame:
    """Post what each account changes by: of a parent, what its children do not change by."""
    families = ground.families
    return _summed(
        _cells(
            ground,
            {
                owner: changes.get(owner, 0) - sum(changes.get(each, 0) for each in families.get(owner, []))
                for owner in ground.owners.frame["owner"]
            },
        )
    )


def _cells(ground: Ground, changes: Mapping[str, int]) -> pd.DataFrame:
    """Spread changes in proportion to the products, channels and months of each owner and all below."""
    rows, parents = ground.rows, set(ground.families)
    known = set(rows.loc[rows["amount"] > 0, "owner"])
    changing = {owner: change for owner, change in changes.items() if change}
    # Whoever has cells and nobody below is spread in one go: a plan has thousands of these, and few others.
    alone = {owner: change for owner, change in changing.items() if owner in known and owner not in parents}
    others = [
        spread(ground.owners, rows, {owner: change}, list(ground.months), ()).assign(owner=owner)
        for owner, change in changing.items()
        if owner not in alone
    ]
    found = pd.concat([_at_once(rows, alone), *others], ignore_index=True)
    return found.assign(product=ground.product) if ground.product else found


def _at_once(rows: pd.DataFrame, changes: Mapping[str, int]) -> pd.DataFrame:
    """Spread the changes of owners over their own cells, in proportion to what these hold."""
    if not changes:
        return pd.DataFrame(columns=[*CELL, "amount"]).astype({**dict.fromkeys(CELL, "str"), "amount": "int64"})
    mine = rows[rows["owner"].isin(list(changes))]
    place = mine["owner"].map({owner: place for place, owner in enumerate(changes)}).to_numpy(dtype=np.intp)
    weights = mine["amount"].clip(lower=0).to_numpy(dtype=float)
    return mine.assign(amount=apportion(list(changes.values()), weights, groups=place))


def _summed(moves: pd.DataFrame) -> pd.DataFrame:
    summed = moves.groupby(list(CELL), as_index=False)["amount"].sum()
    return summed[summed["amount"] != 0].reset_index(drop=True)
