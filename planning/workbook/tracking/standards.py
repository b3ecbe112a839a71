"""The standards of the year in course, as a planner writes them: bands by role."""

from planning.errors import TrackingError, unknown_name
from planning.history import results
from planning.history.engine import open_history
from planning.store import documents
from planning.store.documents import Document
from planning.tracking import bands
from planning.tracking.bands import Measure, Standards
from planning.workbook.context import Context
from planning.workbook.place import PLANNER, plan, writing

KIND = "tracking_standards"


def standards(context: Context) -> Standards:
    """Give the standards in force; those that the workbook comes with until somebody writes others."""
    with plan(context.settings) as database, database.reading() as connection:
        found = documents.document(connection, context.year, context.scenario, KIND, "")
    return bands.read(found.body) if found is not None else Standards()


def measured(name: str) -> Measure:
    """Look up what may be held against the standards.

    Raises
    ------
    TrackingError
        If it is not known.
    """
    found = next((each for each in bands.MEASURES if each == name), None)
    if found is None:
        raise TrackingError(unknown_name("measure", name, bands.MEASURES))
    return found


def roles(context: Context) -> list[str]:
    """Name the roles that people have."""
    with open_history(context.settings) as history:
        return sorted(set(results.roles(history).values()) - {""})


def keep(context: Context, written: Standards, actor: str) -> None:
    """Write the standards; those before stay on record.

    Raises
    ------
    TrackingError
        With everything that is wrong with them.
    AccessError
        If it is not a planner who is asking.
    """
    bands.check(written)
    with writing(context, "set standards", PLANNER) as connection:
        before = documents.document(connection, context.year, context.scenario, KIND, "")
        version = before.version if before is not None else 0
        body = Document(KIND, "", bands.body(written), version=version)
        documents.keep(connection, context.year, context.scenario, body, context.actor(actor))
