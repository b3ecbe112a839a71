"""Changes of settled goals during the year: who asked for what, what became of it, and what is left to place."""

import pandas as pd

from planning.goals import originals
from planning.negotiation.changes import OPEN, Change, changes
from planning.store import books, records
from planning.workbook.context import Context
from planning.workbook.negotiation.seats import seats
from planning.workbook.negotiation.talks import find
from planning.workbook.place import reading

METRIC = "revenue"
COLUMNS = (
    "rep", "state", "trigger", "since", "original", "before", "goal", "change", "absorbed", "person", "role", "at",
    "note", "version",
)  # fmt: skip
_MONEY = ("original", "before", "goal", "change")


def listing(context: Context) -> pd.DataFrame:
    """List the changes during the year that one may see, with what became of them; what is open first.

    Returns
    -------
    ``rep``, ``state``, ``trigger``, ``since``, ``original`` (before any change), ``before``, ``goal`` (that was asked
    for or settled), ``change``, ``absorbed``, ``person`` (who asked), ``role``, ``at`` (UTC), ``note`` and
    ``version``. Whole minor units.
    """
    with reading(context) as connection:
        number = find(connection, context)
        threads, tree = records.threads(connection, number), books.owners(connection, number)
        entries = books.sums(connection, number, METRIC, ["owner", "step"])
    here = seats(context)
    first = entries[~entries["step"].isin(originals.CHANGES)]
    reps = tree.positions.set_index("owner")["rep"]
    original = first["amount"].groupby(first["owner"].map(reps)).sum()
    rows = [
        {"rep": rep, "original": int(original.get(rep, 0)), **_told(each)}
        for rep, thread in threads.items()
        if here.sees(thread)
        for each in changes(thread)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(_MONEY, "int64"))
    order = table.assign(closed=~table["state"].isin(OPEN)).sort_values(["closed", "at"], ascending=[True, False])
    return order.drop(columns="closed").reset_index(drop=True)


def to_place(context: Context) -> pd.DataFrame:
    """Say what changes left on the accounts of territories (`planning.goals.originals.on_accounts`)."""
    with reading(context) as connection:
        number = find(connection, context)
        return originals.on_accounts(books.owners(connection, number), books.entries(connection, number))


def _told(change: Change) -> dict[str, object]:
    detail = change.offer.detail
    return {
        "state": change.state,
        "trigger": str(change.asked.detail.get("trigger", "")),
        "since": str(detail.get("since", "")),
        "before": sum(change.before.values()),
        "goal": change.total,
        "change": change.difference,
        "absorbed": str(detail.get("absorbed", "")),
        "person": change.asked.person,
        "role": change.asked.role,
        "at": change.asked.at,
        "note": change.offer.note,
        "version": change.offer.version,
    }
