"""The entries of a book, read once: they are only ever added to, so a process reads what was posted since.

Where all of a metric was reversed meanwhile, what it had read stands no more, and it reads anew.
"""

from weakref import WeakKeyDictionary

import pandas as pd

from planning.store import books
from planning.store.database import Connection, Database

_READ: WeakKeyDictionary[Database, dict[int, tuple[int, pd.DataFrame]]] = WeakKeyDictionary()
"""By database and book: the last posting that was read, and all entries up to it. One book of each is kept."""


def posted(database: Database, connection: Connection, book: int) -> pd.DataFrame:
    """Give all entries of a book, in the order of posting, in the ledger's shape (`books.entries`).

    A page asks for them a dozen times, and most of what it does is reading them.
    """
    last = books.last_posting(connection, book)
    known, rows = _READ.get(database, {}).get(book, (0, None))
    reversed_since = any(each > known for each in books.swept(connection, book).values())
    if rows is None or last < known or reversed_since:
        rows = books.entries(connection, book)
    elif last > known:
        rows = pd.concat([rows, books.entries(connection, book, after=known)], ignore_index=True)
    _READ[database] = {book: (last, rows)}
    return rows
