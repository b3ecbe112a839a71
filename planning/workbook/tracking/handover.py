"""Hand a year over: its goals and assumptions become history, so that the next year is planned from them."""

from dataclasses import dataclass

import pandas as pd

from planning.errors import LedgerError
from planning.history import results
from planning.history.engine import open_history
from planning.history.intake import own
from planning.metrics import writer
from planning.periods import first_day, last_day
from planning.store import assumed, books, documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.tracking import handing_over as shape
from planning.tracking.handing_over import Handed
from planning.workbook.context import Context
from planning.workbook.place import PLANNER, plan, writing
from planning.workbook.tracking import closing
from planning.workbook.tracking.course import over_the_year

KIND = "handover"
"""Document that says that a year was handed over."""


@dataclass(frozen=True)
class Handover:
    """A year that was handed over.

    Parameters
    ----------
    year
        Fiscal year.
    totals
        Goals by metric as the history holds them now, whole units.
    goals, assumptions
        How many rows.
    unaccepted
        How many of the assumptions nobody had accepted: goals were set on them all the same.
    left
        What stays behind, and why, in words.
    changed
        Whether anything was written.
    """

    year: int
    totals: dict[str, int]
    goals: int
    assumptions: int
    unaccepted: int
    left: tuple[str, ...]
    changed: bool


def handover(context: Context, actor: str) -> Handover:
    """Write a year's goals and assumptions into the history, under the name of the plan itself.

    Goals are those of the ledger as they stand, changes by agreement during the year included, of every rep, to the
    minor unit; assumptions are all that counted, which is all that the goals were set on: those that nobody accepted
    too, unless they were rejected. The same again changes nothing.

    Parameters
    ----------
    context
        The year that is over.
    actor
        Who hands it over.

    Raises
    ------
    TrackingError
        If months are missing or not closed, naming them.
    LedgerError
        If no goals were set for the year.
    AccessError
        If the person who is logged in is no planner.
    """
    _refuse_early(context)
    with writing(context, "hand a year over", PLANNER) as connection:
        handed = _handed(context, connection)
        report = own.keep(context.settings, _with_other_years(context, handed))
        totals = {str(name): int(sum_) for name, sum_ in handed.goals.groupby("metric")["target"].sum().items()}
        _keep(context, connection, totals, context.actor(actor))
    rows = (len(handed.goals), len(handed.assumptions))
    return Handover(context.year, totals, *rows, handed.unaccepted, handed.left, report.changed)


def told(found: Handover) -> str:
    """Say what was handed over, in a sentence."""
    said = f"{found.goals:,} goals and {found.assumptions} assumptions"
    if not found.unaccepted:
        return f"{said}."
    return (
        f"{said}. {found.unaccepted} of these nobody had accepted; they are handed over as well, since the goals "
        "were set on all that was not rejected."
    )


def handed_over(context: Context) -> Document | None:
    """Give who handed the year over, and when; nothing if nobody has."""
    with plan(context.settings) as database, database.reading() as connection:
        return documents.document(connection, context.year, context.scenario, KIND, "")


def _refuse_early(context: Context) -> None:
    closed = closing.closed_months(context)
    months = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        missing = [month for month in months if not results.is_complete(history, context.calendar, month)]
    shape.refuse(context.year, missing, [month for month in months if month not in closed])


def _handed(context: Context, connection: Connection) -> Handed:
    carried, unplaced = _carried(context, connection)
    goals, left = shape.goals(carried, writer(context.settings), _taken(context))
    stated = assumed.assumptions(connection, context.year, context.scenario)
    assumptions, unaccepted, behind = shape.assumptions(context.year, stated)
    return Handed(goals, assumptions, unaccepted, (*unplaced, *left, *behind))


def _carried(context: Context, connection: Connection) -> tuple[pd.DataFrame, list[str]]:
    """Read what reps carry by cell and month; what was never handed to anybody stays behind, and is named."""
    number = books.find(connection, context.year, context.scenario)
    if number is None:
        raise LedgerError(f"No goals were set for FY{context.year}, so there is nothing to hand over.")
    tree = books.owners(connection, number).frame.set_index("owner")
    months = context.calendar.months(context.year)
    parts, left, write = [], [], writer(context.settings)
    for metric in books.metrics(connection, number):
        rows = books.sums(connection, number, metric, ["owner", "product", "channel", "period"])
        rows = rows.assign(rep=rows["owner"].map(tree["rep"]), territory=rows["owner"].map(tree["territory"]))
        placed = rows[rows["rep"] != ""].rename(columns={"product": "product_line", "period": "month"})
        parts.append(over_the_year(placed.assign(original=placed["amount"]), months).assign(metric=metric))
        behind = int(rows.loc[rows["rep"] == "", "amount"].sum())
        left += [f"{write(metric, behind)} of {metric}, which no rep was asked for"] if behind else []
    columns = ["metric", "rep", "territory", "product_line", "channel", "month", "amount"]
    return pd.concat([pd.DataFrame(columns=columns), *parts], ignore_index=True)[columns], left


def _taken(context: Context) -> list[str]:
    """Name the metrics that other sources hold goals of for months of the year."""
    months = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        found = history.rows(
            "select metric, count(*) as goals from goals where month between $first and $last group by metric",
            first=first_day(months[0]),
            last=last_day(months[-1]),
        ).set_index("metric")["goals"]
    own_rows = _before(context, "goals")
    mine = own_rows[_of_year(context, own_rows)]["metric"].value_counts()
    return [str(name) for name, count in found.items() if count > mine.get(name, 0)]


def _with_other_years(context: Context, handed: Handed) -> dict[str, pd.DataFrame]:
    """Put the year's rows beside those that other years handed over."""
    goals, assumptions = _before(context, "goals"), _before(context, "assumptions")
    others = goals[~_of_year(context, goals)], assumptions[assumptions["year"] != context.year]
    return {
        "goals": pd.concat([others[0], handed.goals], ignore_index=True),
        "assumptions": pd.concat([others[1], handed.assumptions], ignore_index=True),
    }


def _before(context: Context, name: str) -> pd.DataFrame:
    return own.held(context.settings, name)


def _of_year(context: Context, goals: pd.DataFrame) -> pd.Series:
    months = context.calendar.months(context.year)
    day = pd.to_datetime(goals["month"])
    return (day >= pd.Timestamp(first_day(months[0]))) & (day <= pd.Timestamp(last_day(months[-1])))


def _keep(context: Context, connection: Connection, totals: dict[str, int], actor: str) -> None:
    found = documents.document(connection, context.year, context.scenario, KIND, "")
    if found is None or found.body != {"totals": totals}:
        version = found.version if found else 0
        written = Document(KIND, "", {"totals": totals}, version=version)
        documents.keep(connection, context.year, context.scenario, written, actor)
