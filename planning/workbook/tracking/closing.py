"""Close a month: freeze what was reported for it, and show what is corrected later as what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from planning.errors import TrackingError, unknown_name
from planning.history import monthly, results
from planning.history.engine import History, open_history
from planning.store import books, documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.tracking import closing as shape
from planning.tracking.closing import CELL, FIGURES, Closing
from planning.workbook.context import Context
from planning.workbook.goals import begun
from planning.workbook.ground import begun_until
from planning.workbook.leading import concerned
from planning.workbook.place import PLANNER, plan, reading, writing

KIND = "closing"
"""Documents that say which months are closed; they are everybody's."""
KEPT = "closed_figures"
"""Documents that hold what was reported of somebody in a month; they are theirs, and of those who lead them."""

BY = (*CELL, "month", "metric")


def in_course(context: Context, month: str = "", year: int = 0) -> Context:
    """Stand in the year of a month; without one, in the year asked for, else in that of the last results."""
    if year and not month:
        return context
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
    return replace(context, year=context.calendar.year_of_month(month or last))


def year_to_close(context: Context) -> Context | None:
    """Stand in the year whose months are closed: the one in course, and after its last month the one that it was.

    Returns
    -------
    None where no month of a year with goals is in yet.
    """
    view = context if begun_until(context) else in_course(context)
    return view if view.year == context.year or begun(view) else None


def close(context: Context, month: str, actor: str, reason: str = "") -> Closing:
    """Close a month of the year in view: what its results are now is what was reported, whatever comes later.

    Frozen are revenue and every metric that goals were set on, by rep, territory, product line and channel.

    Parameters
    ----------
    context, month
        Where one stands, and which month.
    actor
        Who closes it, where nobody logs in.
    reason
        By which rule it is closed; empty where somebody does it.

    Raises
    ------
    TrackingError
        If it is no month of the year, is closed already, is not told whole yet, or one before it is open.
    AccessError
        If the person who is logged in is no planner.
    """
    with plan(context.settings) as database, database.reading() as connection:
        metrics = _metrics(context, connection)
    with open_history(context.settings) as history:
        shape.refuse_close(month, closings(context), results.is_complete(history, context.calendar, month))
        metrics = [name for name in metrics if history.metrics[name].table]
        figures = _now(history, metrics, [month])
    with writing(context, "close a month", PLANNER) as connection:
        before = _closings(context, connection)
        shape.refuse_close(month, before, complete=True)
        _freeze(context, connection, month, figures, context.actor(actor))
        body = {"state": "closed", "metrics": metrics, "totals": _totals(figures), "reason": reason}
        _keep(context, connection, month, body, context.actor(actor))
    return _of(context, month)


def reopen(context: Context, month: str, reason: str, actor: str) -> Closing:
    """Open the last closed month again, for a reason; what was reported before stays on record.

    Raises
    ------
    TrackingError
        If it is not closed, a later month is, or no reason is given.
    AccessError
        If the person who is logged in is no planner.
    """
    with writing(context, "reopen a month", PLANNER) as connection:
        shape.refuse_reopen(month, _closings(context, connection), reason)
        body = {"state": "reopened", "reason": reason.strip()}
        _keep(context, connection, month, body, context.actor(actor))
    return _of(context, month)


def closings(context: Context) -> list[Closing]:
    """Say of every month of the year in view where it stands, in order."""
    with plan(context.settings) as database, database.reading() as connection:
        return _closings(context, connection)


def closed_months(context: Context) -> list[str]:
    """Name the months of the year in view that are closed, in order."""
    return [each.month for each in closings(context) if each.closed]


def corrections(context: Context, by: Sequence[str] = ("rep",), metric: str = "") -> pd.DataFrame:
    """Show what changed in closed months since they were closed.

    Parameters
    ----------
    context
        Where one stands, and who is asking: figures of others are left out; a territory in view leaves others out.
    by
        Of `BY`; month and metric are always among them.
    metric
        One that was reported; empty for all.

    Returns
    -------
    ``month``, ``metric``, `by`, ``reported``, ``difference`` (now minus reported), ``now``, ``more_rows`` and
    ``why``; only what changed, in whole units of the metric.
    """
    table = _beside(context, metric)
    keys = list(dict.fromkeys(["month", "metric", *_known(by)]))
    changed = table[(table["difference"] != 0) | (table["more_rows"] != 0)]
    cells = table[table.set_index(keys).index.isin(changed.set_index(keys).index)]
    why = changed.groupby(keys)["why"].agg(lambda said: "; ".join(sorted(set(said))))
    return shape.summed(cells, keys).merge(why.reset_index(), on=keys, how="left")


def reported(context: Context, by: Sequence[str] = ("month",), metric: str = "revenue") -> pd.DataFrame:
    """Give results as they are reported: of closed months what was frozen, of open ones what is there now.

    Returns
    -------
    `by`, ``amount`` (whole units) and ``closed`` (whether all of it is frozen).
    """
    frozen = _beside(context, metric)
    known = frozen[["month", "metric", *CELL]].assign(amount=frozen["reported"], closed=True)
    closed = closed_months(context)
    months = [month for month in context.calendar.months(context.year) if month not in closed]
    with open_history(context.settings) as history:
        still = _in_view(context, _now(history, [history.metric(metric).name], months))
    both = pd.concat([known, still[["month", "metric", *CELL, "amount"]].assign(closed=False)], ignore_index=True)
    keys = _known(by)
    return both.groupby(keys, as_index=False).agg(amount=("amount", "sum"), closed=("closed", "all"))


def standing(context: Context) -> pd.DataFrame:
    """Say of every month where it stands, and what its revenue was reported to be and is now.

    Returns
    -------
    ``month``, ``state`` (``closed``, ``reopened``, ``open``, or ``to close`` for the next that can be), ``actor``,
    ``at``, ``reason``, ``reported``, ``difference`` and ``now`` (whole minor units; empty where nothing is).
    """
    found = closings(context)
    revenue = shape.summed(_beside(context, "revenue"), ["month"]).set_index("month")
    with open_history(context.settings) as history:
        now = _in_view(context, _now(history, ["revenue"], [each.month for each in found]))
        open_ones = [each.month for each in found if not each.closed]
        ready = {m for m in open_ones[:1] if results.is_complete(history, context.calendar, m)}
    sums = now.groupby("month")["amount"].sum()
    table = pd.DataFrame(
        {
            "month": each.month,
            "state": "to close" if each.month in ready else each.state,
            "actor": each.actor,
            "at": each.at,
            "reason": each.reason,
            "reported": revenue["reported"].get(each.month),
            "difference": revenue["difference"].get(each.month),
            "now": sums.get(each.month),
        }
        for each in found
    )
    return table.astype(dict.fromkeys(("reported", "difference", "now"), "Int64"))


def _known(by: Sequence[str]) -> list[str]:
    for name in by:
        if name not in BY:
            raise TrackingError(unknown_name("column of reported figures", name, BY))
    return list(by)


def _metrics(context: Context, connection: Connection) -> list[str]:
    """Name revenue and what goals were set on; of a ratio its parts."""
    number = books.find(connection, context.year, context.scenario)
    asked = books.metrics(connection, number) if number is not None else []
    return list(dict.fromkeys(["revenue", *(name.rpartition("/")[2] for name in asked)]))


def _now(history: History, metrics: Sequence[str], months: Sequence[str]) -> pd.DataFrame:
    """Give the results of metrics in some months, with the rows that make them up: columns `FIGURES`."""
    parts = [monthly.cells(history, history.metrics[name], months, CELL).assign(metric=name) for name in metrics]
    return pd.concat([pd.DataFrame(columns=list(FIGURES)), *parts], ignore_index=True)[list(FIGURES)]


def _beside(context: Context, metric: str) -> pd.DataFrame:
    """Set what was reported in closed months beside what is there now, as far as it is the business of who asks."""
    found = [each for each in closings(context) if each.closed]
    with reading(context) as connection:
        kept = {each.month: documents.documents(connection, context.year, context.scenario, KEPT, key=each.month)
                for each in found}  # fmt: skip
    frozen = [shape.unpacked(month, each.whom, each.body["parts"]) for month, mine in kept.items() for each in mine]
    then = pd.concat([pd.DataFrame(columns=list(FIGURES)), *frozen], ignore_index=True)
    with open_history(context.settings) as history:
        now = [_now(history, each.metrics, [each.month]) for each in found]
    here = pd.concat([pd.DataFrame(columns=list(FIGURES)), *now], ignore_index=True)
    both = [each[each["metric"] == metric] if metric else each for each in (then, here)]
    return shape.compared(*(_in_view(context, each) for each in both))


def _in_view(context: Context, figures: pd.DataFrame) -> pd.DataFrame:
    mine = figures[figures["rep"].isin(concerned(context, figures["rep"]))]
    return mine[mine["territory"] == context.territory] if context.territory else mine


def _freeze(context: Context, connection: Connection, month: str, figures: pd.DataFrame, actor: str) -> None:
    """Keep what was reported of everybody; of whom nothing is any more, that nothing is."""
    stored = documents.documents(connection, context.year, context.scenario, KEPT, key=month)
    versions = {each.whom: each.version for each in stored}
    parts: Mapping[str, list[dict[str, object]]] = {**dict.fromkeys(versions, []), **shape.packed(figures)}
    for rep, mine in parts.items():
        written = Document(KEPT, rep, {"parts": mine}, month, versions.get(rep, 0))
        documents.keep(connection, context.year, context.scenario, written, actor)


def _totals(figures: pd.DataFrame) -> dict[str, int]:
    return {str(name): int(amount) for name, amount in figures.groupby("metric")["amount"].sum().items()}


def _keep(context: Context, connection: Connection, month: str, body: Mapping[str, object], actor: str) -> None:
    version = _closings(context, connection)[context.calendar.months(context.year).index(month)].version
    documents.keep(connection, context.year, context.scenario, Document(KIND, "", body, month, version), actor)


def _closings(context: Context, connection: Connection) -> list[Closing]:
    kept = {each.key: each for each in documents.documents(connection, context.year, context.scenario, KIND)}
    return [_read(month, kept.get(month)) for month in context.calendar.months(context.year)]


def _of(context: Context, month: str) -> Closing:
    return next(each for each in closings(context) if each.month == month)


def _read(month: str, kept: Document | None) -> Closing:
    if kept is None:
        return Closing(month)
    said = kept.body
    return Closing(
        month,
        said["state"],
        tuple(said.get("metrics", ())),
        said.get("reason", ""),
        kept.actor,
        kept.at,
        kept.version,
    )
