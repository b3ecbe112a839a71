"""Results and goals by rep, territory, product line and month, as far as they are known on a day."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from planning.history.engine import History
from planning.history.sums import Sums, told_by
from planning.metrics import Metric

CELL = ("territory", "rep", "product_line")


def results(history: History, measured: Metric, until: date) -> pd.DataFrame:
    """Add the results of a metric up by `CELL` (empty texts where not told) and month, up to a day.

    Returns
    -------
    `CELL`, ``month`` and ``amount`` (whole units).
    """
    asked = Sums(
        measured.table, {"amount": measured.expression}, [*_told(measured.table), "month"], measured.date,
        condition=f"({measured.expression}) is not null and fact.{measured.date} <= $until",
        parameters={"until": until},
    )  # fmt: skip
    return _named(history.sums(asked))


def cells(history: History, measured: Metric, months: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    """Add the results of a metric up by month and some dimensions (empty texts where not told), and count their rows.

    Returns
    -------
    ``month``, `by`, ``amount`` (whole units) and ``rows``.
    """
    if not months:
        return pd.DataFrame(columns=["month", *by, "amount", "rows"])
    there = [name for name in by if told_by(measured.table, name)]
    asked = Sums(
        measured.table, {"amount": measured.expression, "rows": "1"}, [*there, "month"], measured.date,
        min(months), max(months), condition=f"({measured.expression}) is not null",
    )  # fmt: skip
    found = history.sums(asked)
    found = found[found["month"].isin(list(months))]
    texts = {name: found[name].fillna("").astype("str") if name in there else "" for name in by}
    return found.assign(**texts).astype({"amount": "int64", "rows": "int64"})[["month", *by, "amount", "rows"]]


def goals(history: History, metric: str) -> pd.DataFrame:
    """Add up what was asked in past years by `CELL` (empty texts where goals tell none) and month."""
    asked = Sums(
        "goals", {"amount": "target"}, [*CELL, "month"], "month", condition="fact.metric = $metric",
        parameters={"metric": metric},
    )  # fmt: skip
    return _named(history.sums(asked))


def last_day_told(history: History) -> date | None:
    """Give the last day that anything is known of; none if there are no orders."""
    found = history.rows("select max(date) as day from orders")["day"].iloc[0]
    return None if pd.isna(found) else pd.Timestamp(found).date()


def gone(history: History, day: date) -> set[str]:
    """Name those who have left by a day."""
    rows = history.rows('select rep from people where "left" is not null and "left" <= $day order by rep', day=day)
    return set(rows["rep"])


def _told(table: str) -> list[str]:
    return [each for each in CELL if told_by(table, each)]


def _named(table: pd.DataFrame) -> pd.DataFrame:
    texts = {
        name: table[name].astype("object").where(table[name].notna(), "") if name in table else "" for name in CELL
    }
    named = table.assign(**texts, amount=table["amount"].fillna(0).astype("int64"))
    return named[[*CELL, "month", "amount"]].astype(dict.fromkeys(CELL, "object"))
