"""Sums over the history, written as plain SQL that joins only what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from planning.history.relations import columns_of
from planning.periods import FiscalCalendar, first_day, last_day

_FROM_FACT = ("rep", "territory", "product", "product_line", "channel", "customer", "stage")
FROM_TABLE = {
    "manager": ("people", "rep"),
    "region": ("territories", "territory"),
    "product_line": ("products", "product"),
    "segment": ("customers", "customer"),
    "tier": ("customers", "customer"),
}
"""Where a dimension stands that a table does not carry itself: the table, and the column that leads there."""

DIMENSIONS = tuple(dict.fromkeys((*_FROM_FACT, *FROM_TABLE)))

ALL_IF_EMPTY = ("territory", "region", "product_line", "channel")
"""Dimensions where a goal that names none is a goal for all of them."""

LISTED = {
    "rep": ("people",),
    "territory": ("territories",),
    "product": ("products",),
    "customer": ("customers",),
    "channel": ("orders", "opportunities", "goals"),
    "stage": ("opportunities",),
    **{dimension: (table,) for dimension, (table, _) in FROM_TABLE.items()},
}
"""Tables that name all values of a dimension."""

_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def told_by(table: str, dimension: str) -> bool:
    """Say whether the rows of a table tell a dimension, by themselves or by a table they lead to."""
    names = columns_of(table)
    return dimension in names or (dimension in FROM_TABLE and FROM_TABLE[dimension][1] in names)


@dataclass(frozen=True)
class Sums:
    """Sums over a table by dimensions and periods, as plain SQL that joins only what it needs.

    Parameters
    ----------
    table
        Canonical table; its columns may be written plainly in the expressions.
    of
        Name and SQL expression of each sum.
    by
        Dimensions, and at most one of `planning.periods.PERIODS`.
    date
        Column that says when a row counts.
    first, last
        ISO months, both included; empty means without a bound.
    where
        Dimensions that must have a value.
    condition
        Further condition, over the table's own columns.
    parameters
        Values of parameters that the expressions or the condition name.
    """

    table: str
    of: Mapping[str, str]
    by: Sequence[str]
    date: str
    first: str = ""
    last: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)

    def query(self, start_month: int = 1) -> str:
        """Write the query, for the first month of the fiscal year; parameters stay parameters, rows are in order."""
        picked = [f"{self._column(name, start_month)} as {name}" for name in self.by]
        added = [f"cast(sum({expression}) as bigint) as {name}" for name, expression in self.of.items()]
        lines = [f"select {', '.join([*picked, *added])}", f"from {self.table} as fact", *self._joins()]
        conditions = self._conditions()
        lines += [f"where {' and '.join(conditions)}"] if conditions else []
        places = [str(place + 1) for place in range(len(self.by))]
        lines += [f"group by {', '.join(places)}"] if places else []
        lines += [f"order by {', '.join(f'{place} nulls last' for place in places)}"] if places else []
        return "\n".join(lines)

    def rows(self, columns: Mapping[str, str], of_all: bool = False) -> str:
        """Write the query that lists the rows themselves: what they are split by, and an expression each column.

        Parameters
        ----------
        columns
            Name and SQL expression of each column.
        of_all
            Leave `where` aside, and list the rows of the whole company.
        """
        seen = replace(self, where={}) if of_all else self
        picked = [f"{seen._column(name)} as {name}" for name in seen.by]
        listed = ", ".join([*picked, *(f"{expression} as {name}" for name, expression in columns.items())])
        conditions = " and ".join(seen._conditions()) or "true"
        return "\n".join([f"select {listed}", f"from {seen.table} as fact", *seen._joins(), f"where {conditions}"])

    def values(self) -> dict[str, object]:
        """Give the values of the query's parameters."""
        bounds = {"first": first_day(self.first)} if self.first else {}
        bounds |= {"last": last_day(self.last)} if self.last else {}
        return {**bounds, **{f"where_{name}": value for name, value in self.where.items()}, **self.parameters}

    def _joins(self) -> list[str]:
        foreign = {name for name in (*self.by, *self.where) if name not in columns_of(self.table)}
        ways = sorted({FROM_TABLE[name] for name in foreign if name in FROM_TABLE})
        return [f"left join {name} on {name}.{key} = fact.{key}" for name, key in ways]

    def _conditions(self) -> list[str]:
        bounds = [f"fact.{self.date} >= $first"] if self.first else []
        bounds += [f"fact.{self.date} <= $last"] if self.last else []
        equal = [f"{self._column(name)} = $where_{name}" for name in self.where]
        return [*bounds, *equal, *([self.condition] if self.condition else [])]

    def _column(self, name: str, start_month: int = 1) -> str:
        if name in _MONTHS_IN:
            return _period_number(f"fact.{self.date}", name, start_month)
        if name in columns_of(self.table):
            return f"fact.{name}"
        return f"{FROM_TABLE[name][0]}.{name}"


def _period_number(date: str, period: str, start_month: int) -> str:
    """Write the number of the period that a day lies in; numbers group twice as fast as month names."""
    months = f"extract(year from {date}) * 12 + extract(month from {date}) - {start_month}"
    size = _MONTHS_IN[period]
    return months if size == 1 else f"cast(floor(({months}) / {size}.0) as bigint)"


def labels(numbers: pd.Series, period: str, calendar: FiscalCalendar) -> pd.Series:
    """Name periods by the calendar, from numbers as `_period_number` counts them."""
    label = {}
    for number in numbers.dropna().unique():
        months = int(number) * _MONTHS_IN[period] + calendar.start_month - 1
        label[number] = calendar.label(f"{months // 12:04d}-{months % 12 + 1:02d}", period)
    return numbers.map(label).astype("str")
