"""The company's goal is changed during the year, openly: by an amount, or by what a change of a rep's goal left."""

import pandas as pd

from planning.errors import NegotiationError, bulleted
from planning.goals.editing import company
from planning.goals.owners import COMPANY
from planning.negotiation import agreement
from planning.negotiation.changes import changes
from planning.store import books, records
from planning.store.database import Connection
from planning.workbook.context import Context
from planning.workbook.negotiation.adjusting import open_months, span
from planning.workbook.negotiation.talks import find
from planning.workbook.place import PLANNER, reading, writing


def change_company(context: Context, amount: int, reason: str, actor: str, since: str, territory: str = "") -> int:
    """Change the company's goal openly, up or down, in the months from one on; gives what it is now.

    Parameters
    ----------
    context
        Which book.
    amount
        Whole minor units; negative takes goal away.
    reason, actor
        Why, and who; both stand in the account of the goal.
    since
        Month from which it holds.
    territory
        Which territory's account it is passed on to; empty leaves it on the company's own account, to be placed.

    Raises
    ------
    NegotiationError
        If the month is over, or no reason is given.
    LedgerError
        If less is carried in these months than is to be taken away.
    AccessError
        If the one who is asking is not a planner.
    """
    left = open_months(context)
    problems = [] if since in left else [f"it cannot hold from {since or 'no month'} on: {span(left)}"]
    problems += [] if reason.strip() else ["it does not say why"]
    if problems:
        raise NegotiationError(bulleted("The company's goal cannot be changed:", problems))
    with writing(context, "change the company's goal", PLANNER) as connection:
        number = find(connection, context)
        tree, rows = books.owners(connection, number), books.entries(connection, number)
        owner = tree.resolve(territory)[0] if territory else COMPANY
        months = [month for month in left if month >= since]
        cells = company.by_amount(tree, rows, owner, amount, months, context.tell)
        source = f"change of the company's goal from {since} on"
        books.post(connection, number, company.change(cells, reason.strip(), context.actor(actor), source))
        return _carried(connection, number)


def take_over(context: Context, rep: str, reason: str, actor: str) -> int:
    """Change the company's goal by what the last agreed change of a rep's goal left at the territory.

    Gives what the company's goal is now, whole minor units.

    Raises
    ------
    NegotiationError
        If no change of the rep's goal was settled, or no reason is given.
    LedgerError
        If nothing of it stands on the territory's account.
    AccessError
        If the one who is asking is not a planner.
    """
    if not reason.strip():
        raise NegotiationError("Say why the company's goal is changed.")
    with writing(context, "change the company's goal", PLANNER) as connection:
        number = find(connection, context)
        source, cells = _left(connection, number, rep)
        books.post(connection, number, company.change(cells, reason.strip(), context.actor(actor), source))
        return _carried(connection, number)


def left(context: Context, rep: str) -> int:
    """Say what the last change of a rep's goal left on the territory's account, whole minor units."""
    with reading(context) as connection:
        try:
            _, cells = _left(connection, find(connection, context), rep)
        except NegotiationError:
            return 0
    return -int(cells["amount"].sum())


def _left(connection: Connection, number: int, rep: str) -> tuple[str, pd.DataFrame]:
    """Give the source of the last settled change of a rep's goal, and the cells that would take over what it left."""
    settled = [each for each in changes(records.thread(connection, number, rep)) if each.state in ("agreed", "set")]
    if not settled:
        raise NegotiationError(f"No change of the goal of {rep} was settled during the year.")
    source = agreement.source(rep, settled[-1].offer.version)
    rows = books.entries(connection, number)
    return source, company.of_adjustment(books.owners(connection, number), rows, source)


def _carried(connection: Connection, number: int) -> int:
    return int(books.sums(connection, number, "revenue", [])["amount"].sum())
