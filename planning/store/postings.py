"""What was posted to a book, without reading the entries: a large company's are millions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Connection, cast, func, select

from planning.store import schema


@dataclass(frozen=True)
class Posting:
    """What is known of a transaction that was posted, besides its entries.

    Parameters
    ----------
    number
        How the store knows it.
    kind, reason, actor, reference
        As in `planning.goals.ledger.Transaction`.
    at
        When, in UTC.
    """

    number: int
    kind: str
    reason: str
    actor: str
    reference: str
    at: datetime


def postings(connection: Connection, book: int, after: int = 0) -> list[Posting]:
    """Read what was posted to a book after a posting, in order, without the entries."""
    table = schema.posting
    query = select(*(table.c[name] for name in ("posting", "kind", "reason", "actor", "reference", "at")))
    query = query.where(table.c.book == book, table.c.posting > after).order_by(table.c.posting)
    return [Posting(*row) for row in connection.execute(query)]


def steps(connection: Connection, book: int, metric: str) -> dict[int, set[str]]:
    """Give the steps of a metric that each posting of a book has entries of; postings without any are left out."""
    posting, line = schema.posting, schema.line
    query = select(line.c.posting, line.c.step).select_from(line.join(posting))
    found: dict[int, set[str]] = {}
    for number, step in connection.execute(query.where(posting.c.book == book, line.c.metric == metric).distinct()):
        found.setdefault(number, set()).add(step)
    return found


def moved(connection: Connection, book: int) -> dict[int, int]:
    """Add up by posting what its entries give somebody; what they take is the same, but for a grant or a reversal."""
    posting, line, entry = schema.posting, schema.line, schema.entry
    query = select(line.c.posting, cast(func.sum(entry.c.amount), BigInteger))
    query = query.select_from(entry.join(line).join(posting)).where(posting.c.book == book, entry.c.amount > 0)
    return {number: int(amount) for number, amount in connection.execute(query.group_by(line.c.posting))}


def touched(connection: Connection, book: int, after: int) -> dict[int, set[str]]:
    """Give whose accounts each posting after one has entries on."""
    posting, line, entry = schema.posting, schema.line, schema.entry
    query = select(line.c.posting, entry.c.owner).select_from(entry.join(line).join(posting)).distinct()
    found: dict[int, set[str]] = {}
    for number, owner in connection.execute(query.where(posting.c.book == book, posting.c.posting > after)):
        found.setdefault(number, set()).add(owner)
    return found
