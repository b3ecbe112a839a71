"""What counts as a result of orders: whose credit, returns, one-off orders, and that nothing got lost.

The account begins with the order lines as they were loaded, each wholly the rep's on it, takes off what is credited
to others, adds what is credited from others' lines, and arrives at the results. It closes to the unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

import pandas as pd

from planning.history.engine import History
from planning.history.intake import importing
from planning.history.intake.report import ImportReport
from planning.history.sums import Sums
from planning.settings import Settings

ONE_OFF = "exists (select 1 from one_offs where one_offs.order_id = fact.order_id)"
"""Condition of a row of orders: its order will not come again."""
NOT_ONE_OFF = f"not {ONE_OFF}"
SHARED = "exists (select 1 from credits where credits.order_id = fact.order_id and credits.line = fact.line)"
"""Condition of a row of orders: its line is shared between reps."""

_PERSON = {
    "rep": "{row}.rep = $where_rep",
    "manager": "exists (select 1 from people where people.rep = {row}.rep and people.manager = $where_manager)",
}
"""When a row belongs to the people asked for; in all other dimensions the parts of a line are alike."""


@dataclass(frozen=True)
class Tally:
    """How many order lines, and what they are worth in whole minor units; a shared line is one line."""

    lines: int = 0
    amount: int = 0

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(self.lines - other.lines, self.amount - other.amount)


@dataclass(frozen=True)
class Counted:
    """What counted as a result.

    Parameters
    ----------
    loaded
        Order lines as they were loaded, each wholly the rep's on it.
    given
        Parts of them that are credited to others.
    received
        Parts of others' lines that are credited here.
    results
        Lines as credited: what every report shows.
    returns, shared, one_offs
        Lines of the results that are returns, are shared between reps, or belong to orders that will not come again.
    one_off_orders
        How many such orders.
    imports
        Reports of the imports that the history comes from; they are of the whole history, not of a part of it.
    """

    loaded: Tally
    given: Tally
    received: Tally
    results: Tally
    returns: Tally
    shared: Tally
    one_offs: Tally
    one_off_orders: int
    imports: tuple[ImportReport, ...] = ()

    @property
    def sales(self) -> Tally:
        """Results before returns."""
        return self.results - self.returns

    @property
    def without_one_offs(self) -> Tally:
        """Results that may come again: the baseline to plan from."""
        return self.results - self.one_offs

    @property
    def difference(self) -> int:
        """What the results hold beyond what was loaded and passed on; anything but 0 is a defect."""
        return self.results.amount - (self.loaded.amount - self.given.amount + self.received.amount)

    @property
    def put_aside(self) -> pd.DataFrame:
        """Rows that no import kept: ``source``, ``name`` of the file or table, ``reason``, ``rows``."""
        found = [
            (report.source, name, reason, rows)
            for report in self.imports
            for name, reasons in [
                *((file.file, file.left_out) for file in report.files),
                *((table.table, table.quarantined) for table in report.tables),
            ]
            for reason, rows in reasons.items()
        ]
        return pd.DataFrame(found, columns=["source", "name", "reason", "rows"])

    @property
    def converted(self) -> pd.DataFrame:
        """Amounts in other currencies: ``source``, ``file``, and the columns of `report.Converted`."""
        found = [
            {"source": report.source, "file": file.file, **asdict(amounts)}
            for report in self.imports
            for file in report.files
            for amounts in file.converted
        ]
        columns = ["source", "file", "column", "currency", "rate", "rows", "found", "written"]
        return pd.DataFrame(found, columns=columns)

    def table(self) -> pd.DataFrame:
        """Give the account line by line: ``what`` in words, ``lines``, ``amount`` in whole minor units."""
        rows = [
            ("Order lines loaded", self.loaded),
            ("Credited to others", Tally() - self.given),
            ("Credited from lines of others", self.received),
            ("Results", self.results),
            ("of which sales", self.sales),
            ("of which returns", self.returns),
            ("of which shared between reps", self.shared),
            ("of which orders that will not come again", self.one_offs),
            ("Results without orders that will not come again", self.without_one_offs),
        ]
        return pd.DataFrame(
            [(what, tally.lines, tally.amount) for what, tally in rows], columns=["what", "lines", "amount"]
        )


def what_counts(
    history: History,
    first: str = "",
    last: str = "",
    where: Mapping[str, str] | None = None,
    imports: Iterable[ImportReport] = (),
) -> Counted:
    """Say what counts as a result of orders, every figure added up by the engine.

    Parameters
    ----------
    history
        Where the orders lie.
    first, last
        ISO months of the order date, both included; empty means without a bound.
    where
        Dimensions that must have a value.
    imports
        As `import_reports` gives them, to be shown beside.

    Raises
    ------
    PlanningError
        If orders do not tell a dimension, or nobody has the value.
    """
    asked = Sums("orders", {}, [], "date", first, last, where or {})
    history.check("orders", [], asked.where)
    lines = _lines(history, asked)
    given, received = _passed(history, asked)
    return Counted(
        loaded=_loaded(history, asked),
        given=given,
        received=received,
        results=_tally(lines),
        returns=_tally(lines[lines["is_return"]]),
        shared=_tally(lines[lines["is_shared"]]),
        one_offs=_tally(lines[lines["is_one_off"]]),
        one_off_orders=len(one_offs(history, first, last, where)),
        imports=tuple(imports),
    )


def one_offs(
    history: History, first: str = "", last: str = "", where: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """List the orders that will not come again, the largest first, as far as they are credited to what is asked for.

    Returns
    -------
    ``order_id``, ``date``, ``territory``, ``customer``, ``reason``, and ``amount`` in whole minor units.
    """
    asked = Sums("orders", {}, [], "date", first, last, where or {}, ONE_OFF)
    names = ("order_id", "date", "territory", "customer", "amount")
    lines = asked.rows({name: f"fact.{name}" for name in names})
    return history.rows(
        "select part.order_id, part.date, part.territory, part.customer, one_offs.reason, "
        f"cast(sum(part.amount) as bigint) as amount from ({lines}) as part "
        "join one_offs on one_offs.order_id = part.order_id "
        "group by 1, 2, 3, 4, 5 order by 6 desc, 1",
        **asked.values(),
    )


def import_reports(settings: Settings) -> list[ImportReport]:
    """Give the reports of the imports that the history of a workspace comes from; a warehouse has none."""
    if settings.history_url:
        return []
    return [importing.last_report(settings, name) for name in importing.held(settings)]


def _loaded(history: History, asked: Sums) -> Tally:
    sums = history.sums(replace(asked, table="loaded_orders", of={"lines": "1", "amount": "fact.amount"}))
    return _tally(sums.fillna(0))


def _lines(history: History, asked: Sums) -> pd.DataFrame:
    """Count order lines, and add up what is credited of them, by what they are.

    The parts of a shared line are put together first, so that it is one line. Only those few are grouped by line.
    """
    columns = {"order_id": "fact.order_id", "line": "fact.line", "amount": "fact.amount"}
    whole = _and(asked, f"not {SHARED}").rows(columns)
    parts = _and(asked, SHARED).rows(columns)
    return history.rows(
        "select is_shared, found.amount < 0 as is_return, one_offs.order_id is not null as is_one_off, "
        "count(*) as lines, cast(sum(found.amount) as bigint) as amount from ("
        f"select order_id, amount, false as is_shared from ({whole}) as whole union all "
        f"select order_id, sum(amount), true from ({parts}) as part group by order_id, line"
        ") as found left join one_offs on one_offs.order_id = found.order_id group by 1, 2, 3",
        **asked.values(),
    )


def _passed(history: History, asked: Sums) -> tuple[Tally, Tally]:
    """Tally what passes from the people asked for to others by shared credit, and from others to them."""
    people = [name for name in asked.where if name in _PERSON]
    if not people:
        return Tally(), Tally()
    here = " and ".join(_PERSON[name] for name in people)
    line = "whole.order_id = fact.order_id and whole.line = fact.line"
    from_here = f"exists (select 1 from loaded_orders as whole where {line} and {here.format(row='whole')})"
    to_here = f"({here.format(row='fact')})"
    every = replace(
        asked,
        where={name: value for name, value in asked.where.items() if name not in people},
        parameters={f"where_{name}": asked.where[name] for name in people},
    )
    given = _lines(history, _and(every, f"{from_here} and not {to_here}"))
    received = _lines(history, _and(every, f"{to_here} and not {from_here}"))
    return _tally(given), _tally(received)


def _and(asked: Sums, condition: str) -> Sums:
    return replace(asked, condition=f"{asked.condition} and {condition}" if asked.condition else condition)


def _tally(lines: pd.DataFrame) -> Tally:
    return Tally(int(lines["lines"].sum()), int(lines["amount"].sum()))
