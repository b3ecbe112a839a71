"""What owners said of past assumptions, in the store."""

import pandas as pd
from sqlalchemy import Connection, insert, select

from planning.store import schema
from planning.store.clock import now

KEY = ("year", "kind", "territory", "product_line")


def keep(connection: Connection, key: dict[str, object], verdict: str, happened: str, actor: str) -> None:
    """Add an answer; earlier ones stay on record."""
    row = {**key, "verdict": verdict, "happened": happened, "actor": actor, "at": now()}
    connection.execute(insert(schema.review).values(**row))


def answers(connection: Connection) -> pd.DataFrame:
    """Read the last answer on every assumption: columns `KEY`, ``verdict``, ``happened``, ``actor``, ``at``."""
    columns = [*KEY, "verdict", "happened", "actor", "at"]
    rows = connection.execute(select(*(schema.review.c[name] for name in columns)).order_by(schema.review.c.review))
    return pd.DataFrame(list(rows), columns=columns).drop_duplicates(list(KEY), keep="last", ignore_index=True)
