"""What is accounted for: which months against which, split by what, of what alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from planning.history.engine import History
from planning.history.sums import Sums
from planning.periods import FiscalCalendar, first_day, last_day

ACCOUNT = "account"
"""Column of the value that an account stands for; an empty text where all are accounted for together."""


@dataclass(frozen=True)
class Scope:
    """One question to a view.

    Parameters
    ----------
    history, calendar
        The history and the fiscal calendar.
    base, now
        Months that are compared, in their order; as many on both sides.
    by
        Dimension whose values are accounted for each by itself; None for all together.
    where
        Dimensions that must have a value.
    """

    history: History
    calendar: FiscalCalendar
    base: tuple[str, ...]
    now: tuple[str, ...]
    by: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def split(self) -> list[str]:
        """What is split by: one dimension, or none."""
        return [self.by] if self.by else []

    def both(self, table: str, date: str, by: list[str], condition: str = "") -> Sums:
        """Ask a table for the rows of both sides."""
        return Sums(
            table,
            {},
            by,
            date,
            where=self.where,
            condition=" and ".join([_EITHER.format(date=f"fact.{date}"), *([condition] if condition else [])]),
            parameters=self.bounds,
        )

    def opportunities(self, by: list[str]) -> Sums:
        """Ask for all opportunities; conditions on their dates are the asker's, in the names of `bounds`."""
        return Sums("opportunities", {}, by, "closed", where=self.where, parameters=self.bounds)

    @staticmethod
    def first(months: tuple[str, ...]) -> date:
        """Give the first day of some months."""
        return first_day(months[0])

    @staticmethod
    def last(months: tuple[str, ...]) -> date:
        """Give the last day of some months."""
        return last_day(months[-1])

    @property
    def bounds(self) -> dict[str, object]:
        """First and last days of both sides, as parameters of queries."""
        return {
            "base_first": self.first(self.base),
            "base_last": self.last(self.base),
            "now_first": self.first(self.now),
            "now_last": self.last(self.now),
        }

    def by_account(self, sql: str, values: Mapping[str, object]) -> pd.DataFrame:
        """Answer a query that gives ``account`` and sums; what has no name stands under an empty text."""
        found = self.history.rows(sql, **values)
        return found.assign(account=found[ACCOUNT].fillna("")).set_index(ACCOUNT).fillna(0).astype("int64")

    @property
    def account_of(self) -> str:
        """The SQL of an account's name in a query over rows named ``line`` that are split by `split`."""
        return f"coalesce(cast(line.{self.by} as varchar), '')" if self.by else "''"


_EITHER = "({date} between $base_first and $base_last or {date} between $now_first and $now_last)"


def side(date: str) -> str:
    """Write +1 for a row of this year and -1 for one of the base, in SQL."""
    return f"case when fact.{date} >= $now_first then 1 else -1 end"
