"""The goal ledger: a goal is the sum of its entries, and entries are only ever added.

A *transaction* is a set of entries with one kind and one actor. Three identities hold by construction,
since `check` refuses any transaction that would break them:

- only a *grant*, posted on the company's own account, brings goal into being; every other transaction
  sums to zero within each metric, so the company total survives every edit;
- what an owner carries is its own account plus all accounts below it, so every parent equals the sum
  of its children and its own account;
- an owner's goal is the sum of its entries by step: the waterfall that explains it, to the cent.

A parent's own account is what it has not passed down: positive where goal is still to be placed,
negative where more was passed down than it carries (over-assignment).
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from planning.errors import LedgerError, bulleted
from planning.goals.owners import COMPANY, Owners

Kind = Literal["grant", "split", "move", "agreement", "reversal"]

CELL = ("owner", "metric", "product", "channel", "period")
LINE = ("step", "reason", "source")
COLUMNS = (*CELL, "amount", *LINE)


@dataclass(frozen=True)
class Transaction:
    """Entries that are posted together, or not at all.

    Parameters
    ----------
    kind
        ``grant`` brings goal into being, all others move it.
    reason
        Why, in words.
    actor
        Who.
    entries
        Columns of `COLUMNS`: the cell (owner, metric, product, channel, period; empty means not split
        by it), the amount in whole minor units, and the step, reason and source of the line.
    reference
        What it rests on, such as an agreement; empty if it stands by itself.
    """

    kind: Kind
    reason: str
    actor: str
    entries: pd.DataFrame
    reference: str = ""


def entries(rows: pd.DataFrame, **same: str) -> pd.DataFrame:
    """Bring rows to the shape of entries: absent cell columns are empty, zero amounts are left out."""
    shaped = rows.assign(**same)
    for column in COLUMNS:
        if column not in shaped:
            shaped = shaped.assign(**{column: ""})
    shaped = shaped.loc[shaped["amount"] != 0, list(COLUMNS)]
    return shaped.astype({"amount": "int64"}).reset_index(drop=True)


def texts(values: "pd.Series | NDArray[Any]") -> ExtensionArray:
    """Give texts, each of which is made once however often it stands there: entries are millions."""
    codes, names = pd.factorize(values)
    return pd.array(np.asarray(names, dtype=object), dtype="str").take(codes)


def check(transaction: Transaction, owners: Owners) -> None:
    """Refuse a transaction that would break an identity of the ledger.

    Raises
    ------
    LedgerError
        With everything that is wrong with it.
    """
    rows = transaction.entries
    problems = []
    if rows["amount"].dtype != "int64":
        problems.append(f"amounts are {rows['amount'].dtype}, not whole minor units")
    strangers = sorted(set(rows["owner"].unique()) - set(owners.frame["owner"]))
    problems += [f"{owner!r} is not an owner of this book" for owner in strangers[:20]]
    problems += [f"an entry has no {column}" for column in ("metric", "step") if (rows[column] == "").any()]
    if not transaction.reason.strip() or not transaction.actor.strip():
        problems.append("it says no reason or no actor")
    if transaction.kind == "grant":
        elsewhere = sorted(set(rows["owner"]) - {COMPANY})
        problems += [f"a grant is posted on the company's account, not on {owner!r}" for owner in elsewhere[:20]]
    elif transaction.kind != "reversal":
        sums = rows.groupby("metric")["amount"].sum()
        problems += [
            f"{metric} does not sum to zero: {total:+,} minor units would come from nowhere"
            for metric, total in sums.items()
            if total != 0
        ]
    if problems:
        raise LedgerError(bulleted(f"The {transaction.kind} cannot be posted:", problems))


def reversal(rows: pd.DataFrame, reason: str, actor: str) -> Transaction:
    """Undo entries by their opposite; nothing that was posted is touched.

    Parameters
    ----------
    rows
        The entries to undo: all of a book's, to begin it again.
    reason, actor
        Why, and who.
    """
    summed = rows.groupby([*CELL, *LINE], sort=False, as_index=False)["amount"].sum()
    return Transaction("reversal", reason, actor, entries(summed.assign(amount=-summed["amount"])))


def assigned(owners: Owners, rows: pd.DataFrame, metric: str = "revenue") -> pd.DataFrame:
    """Say what each owner carries, what it passes down, and the difference.

    Returns
    -------
    A row an owner in the order of the tree: ``owner``, ``parent``, ``kind``, ``name``, ``territory``,
    ``rep``, ``assigned`` (carried), ``allocated`` (sum of its children), ``unplaced`` (assigned less
    allocated, zero for a position; negative is over-assignment). Whole minor units.
    """
    own = rows.loc[rows["metric"] == metric].groupby("owner")["amount"].sum()
    carried = owners.roll_up(own)
    kept = own.reindex(owners.frame["owner"], fill_value=0).astype("int64").to_numpy()
    leaf = (owners.frame["kind"] == "position").to_numpy()
    total = carried.reindex(owners.frame["owner"]).to_numpy()
    return owners.frame.assign(
        assigned=total,
        allocated=pd.Series(total - kept).where(~leaf, 0).to_numpy(),
        unplaced=pd.Series(kept).where(~leaf, 0).to_numpy(),
    )


def of(owners: Owners, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Entries that make up the goal of a rep, a territory, a region or the company."""
    return rows[rows["owner"].isin(owners.under(owners.resolve(name)))]


def explain(owners: Owners, rows: pd.DataFrame, name: str, metric: str = "revenue") -> pd.DataFrame:
    """Account for a goal: its entries summed by step, in the order in which they were last posted.

    Steps that were posted and reversed cancel out and are left out.

    Returns
    -------
    Columns ``step``, ``amount`` (whole minor units), ``reason``, ``source``; the amounts add up to the
    goal exactly.
    """
    found = of(owners, rows[rows["metric"] == metric], name)
    found = found.assign(place=range(len(found)))
    steps = found.groupby(list(LINE), as_index=False).agg(amount=("amount", "sum"), place=("place", "max"))
    steps = steps.sort_values("place")
    return steps.loc[steps["amount"] != 0, ["step", "amount", "reason", "source"]].reset_index(drop=True)


def place(entry_rows: pd.DataFrame, reason: str, actor: str) -> list[Transaction]:
    """Post goal on positions through the company: a grant of each line's total, then its split.

    Parameters
    ----------
    entry_rows
        Entries on positions and territories, as they shall stand in the end.
    reason, actor
        Why, and who.

    Returns
    -------
    The grant, and the split that moves all of it from the company's account.
    """
    totals = entry_rows.groupby(["metric", *LINE], sort=False, as_index=False)["amount"].sum()
    granted = entries(totals, owner=COMPANY)
    passed_down = entries(pd.concat([granted.assign(amount=-granted["amount"]), entry_rows], ignore_index=True))
    grant = Transaction("grant", reason, actor, granted)
    return [grant, replace(grant, kind="split", entries=passed_down)]
