"""What comes from the bottom, in the store: numbers of reps' own, and goals that are held."""

import pandas as pd
from sqlalchemy import Connection, insert, select

from planning.store import schema
from planning.store.clock import now

OWN = ("territory", "rep", "amount", "detail", "actor", "at")


def keep_own(
    connection: Connection, year: int, territory: str, rep: str, amount: int | None, detail: str, actor: str
) -> None:
    """Add what a rep says of a position; no amount takes back what was said before."""
    row = {"year": year, "territory": territory, "rep": rep, "amount": amount, "detail": detail}
    connection.execute(insert(schema.own_number).values(**row, actor=actor, at=now()))


def own(connection: Connection, year: int) -> pd.DataFrame:
    """Read the last number on every position that has one: columns `OWN`."""
    table = schema.own_number
    query = select(*(table.c[name] for name in OWN)).where(table.c.year == year).order_by(table.c.row)
    rows = pd.DataFrame(connection.execute(query).all(), columns=list(OWN))
    last = rows.drop_duplicates(["territory", "rep"], keep="last")
    return last[last["amount"].notna()].astype({"amount": "int64"}).reset_index(drop=True)


def keep_hold(connection: Connection, book: int, owner: str, held: bool, reason: str, actor: str) -> None:
    """Say that an owner's goal is held, or is not any more."""
    row = {"book": book, "owner": owner, "held": held, "reason": reason}
    connection.execute(insert(schema.hold).values(**row, actor=actor, at=now()))


def held(connection: Connection, book: int) -> dict[str, str]:
    """Name the owners whose goal is held, each with the reason."""
    table = schema.hold
    query = select(table.c.owner, table.c.held, table.c.reason).where(table.c.book == book).order_by(table.c.row)
    last = {row.owner: row for row in connection.execute(query)}
    return {owner: row.reason for owner, row in last.items() if row.held}
