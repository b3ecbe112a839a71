"""A book, read once: entries are only ever added to it, and owners too, so a process reads what was posted since.

Where all of a metric was reversed meanwhile, what it had read stands no more, and it reads anew.
"""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from planning.goals.owners import Owners
from planning.store import books
from planning.store.database import Connection


@dataclass(frozen=True)
class _Read:
    """What was read of a book: all entries up to a posting, which was made then."""

    book: int
    last: int
    at: datetime | None
    owners: Owners
    rows: pd.DataFrame


_READ: dict[str, _Read] = {}
"""By address of the plan; one book of each is kept. It is known again by a posting and its time, not by what is open:
whoever is forked from this process has it, too, and another plan at an old address is not taken for what was read."""


def posted(connection: Connection, book: int) -> tuple[Owners, pd.DataFrame]:
    """Give the owners of a book, and all entries in the order of posting, in the ledger's shape (`books.entries`).

    A page asks for them a dozen times, and most of what it does is reading them. To be asked where the workbook
    itself reads the plan (`place.plan`): what a single person may see of it is not for the next.
    """
    address = connection.engine.url.render_as_string()
    last = books.last_posting(connection, book)
    known = _READ.get(address)
    if known is None or known.book != book or not _still_stands(connection, known):
        owners, rows = fresh(connection, book)
    elif (last, books.owners_of(connection, book)) == (known.last, len(known.owners.frame)):
        return known.owners, known.rows
    else:
        since = books.entries(connection, book, after=known.last)
        owners, rows = books.owners(connection, book), pd.concat([known.rows, since], ignore_index=True)
    _READ[address] = _Read(book, last, books.posted_at(connection, last), owners, rows)
    return owners, rows


def fresh(connection: Connection, book: int) -> tuple[Owners, pd.DataFrame]:
    """Read the owners of a book and all entries from the database, for whoever is asking there."""
    return books.owners(connection, book), books.entries(connection, book)


def _still_stands(connection: Connection, known: _Read) -> bool:
    """Say whether all that was read is there and counts."""
    if books.posted_at(connection, known.last) != known.at:
        return False
    return all(each <= known.last for each in books.swept(connection, known.book).values())
