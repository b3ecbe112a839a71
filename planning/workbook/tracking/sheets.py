"""What a batch of meeting sheets is asked to do: which conversations, with whom, and what they depend on."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from planning import settings as config
from planning.history.engine import open_history
from planning.store import books, documents
from planning.tracking.cadence import Planned
from planning.workbook import reports
from planning.workbook.context import PLAN, Context
from planning.workbook.place import plan
from planning.workbook.tracking import actions, cadences, checkpoints, standards
from planning.workbook.tracking.checkpoints import Meeting, meetings

NOTEBOOK = "report_checkpoint.ipynb"


@dataclass(frozen=True)
class Order:
    """Sheets of one conversation that everybody has, such as of the week that ends on a day.

    Parameters
    ----------
    notebook
        The sheet's notebook.
    planned
        Which conversation; the day is that of the first of them.
    reps
        With whom.
    parameters
        Given to all of them alike.
    fingerprint
        Changes when anything that stands on a sheet does.
    edition
        Folder of the sheets.
    """

    notebook: Path
    planned: Planned
    reps: list[str]
    parameters: dict[str, object]
    fingerprint: str
    edition: str


def coming(context: Context, day: date, ahead: int) -> list[Order]:
    """Order the sheets of all conversations of the coming days, one order for each that several have together."""
    until = day + timedelta(days=ahead)
    return orders(context, [each for each in meetings(context, day) if day <= each.planned.day <= until])


def orders(context: Context, wanted: Iterable[Meeting]) -> list[Order]:
    """Order the sheets of some conversations; those over the same period make one order, whatever day each is on."""
    together: dict[str, list[Meeting]] = {}
    for each in wanted:
        together.setdefault(each.planned.key, []).append(each)
    print_ = fingerprint(context) if together else ""
    year = f"FY{context.year}" if context.scenario == PLAN else f"FY{context.year} {context.scenario}"
    found = []
    for key, held in together.items():
        planned, given = held[0].planned, {"year": context.year, "scenario": context.scenario, "checkpoint": key}
        edition = f"{year} {planned.kind.replace('_', ' ')} {planned.last}"
        reps = sorted(each.rep for each in held)
        found.append(Order(config.notebooks() / NOTEBOOK, planned, reps, given, print_, edition))
    return found


WRITTEN = (checkpoints.KIND, checkpoints.CONFIRMED, actions.KIND, cadences.KIND, standards.KIND)
"""Documents that a sheet is made from; what else is written during the year makes no sheet anew."""


def fingerprint(context: Context) -> str:
    """Make a checksum of all that sheets depend on: what reports do, and documents that were written (`WRITTEN`)."""
    with open_history(context.settings) as history:
        held = reports.inputs(context, history)
    with plan(context.settings) as database, database.reading() as connection:
        state = books.state(connection, documents=False)
        written = [
            (each.kind, each.whom, each.key, each.version)
            for kind in WRITTEN
            for each in documents.documents(connection, context.year, context.scenario, kind)
        ]
    return hashlib.sha256(json.dumps([held, state, written]).encode()).hexdigest()
