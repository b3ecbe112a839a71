"""Criteria of evaluations: made known by the planner for each role, and read by everybody."""

from collections import Counter
from dataclasses import replace

from planning.errors import LedgerError, TrackingError, unknown_name
from planning.history import results
from planning.history.attainment import measured_by
from planning.history.engine import open_history
from planning.periods import first_day
from planning.store import documents
from planning.store.documents import Document
from planning.tracking import criteria as shape
from planning.tracking.criteria import Criteria
from planning.workbook.context import Context
from planning.workbook.negotiation.seats import today
from planning.workbook.place import PLANNER, reading, writing

KIND = "evaluation_criteria"


def publish(context: Context, criteria: Criteria, actor: str) -> Criteria:
    """Make criteria known for a role, in place of those before; who reads them sees that they were changed, and why.

    Raises
    ------
    TrackingError
        With everything that is wrong with them; also if they change others, or the year has begun, without a reason.
    AccessError
        If the one who is asking is not a planner.
    PlansError
        If somebody changed them meanwhile.
    """
    begins = first_day(context.calendar.months(context.year)[0])
    late = today() >= begins
    metrics, roles = offered(context)
    if criteria.role and criteria.role not in roles:
        raise TrackingError(unknown_name("role", criteria.role, roles))
    with writing(context, "make criteria known", PLANNER) as connection:
        before = documents.versions(connection, context.year, context.scenario, KIND, "", criteria.role)
        shape.check(criteria, metrics, needs_reason=late or bool(before))
        made = replace(criteria, late=late)
        written = Document(KIND, "", shape.body(made), criteria.role, before[-1].version if before else 0)
        return _read(documents.keep(connection, context.year, context.scenario, written, context.actor(actor)))


def published(context: Context) -> list[Criteria]:
    """Give every version of the criteria of the year, the oldest first, so that changes are seen."""
    with reading(context) as connection:
        roles = {each.key for each in documents.documents(connection, context.year, context.scenario, KIND, "")}
        found = [documents.versions(connection, context.year, context.scenario, KIND, "", role) for role in roles]
    return sorted(
        (_read(each) for versions in found for each in versions), key=lambda each: (each.role, each.version)
    )


def of_role(context: Context, role: str) -> Criteria:
    """Give the criteria in force for a role: its own, else those for everybody.

    Raises
    ------
    TrackingError
        If none were made known.
    """
    last = {each.role: each for each in published(context)}
    found = last.get(role) or last.get("")
    if found is None:
        raise TrackingError(
            f"No criteria were made known for FY{context.year}{f' and the role {role}' if role else ''} yet. The "
            "planner does it on the page of evaluation, or by: planning evaluate publish."
        )
    return found


def role_of(context: Context, rep: str) -> str:
    """Give the role of somebody.

    Raises
    ------
    LedgerError
        If nobody is called so.
    """
    with open_history(context.settings) as history:
        roles = results.roles(history)
    if rep not in roles:
        raise LedgerError(unknown_name("person", rep, roles))
    return roles[rep]


def offered(context: Context) -> tuple[list[str], list[str]]:
    """Name the metrics that reps have results of, and the roles that the history tells of, those of most first."""
    with open_history(context.settings) as history:
        roles = Counter(role for role in results.roles(history).values() if role)
        return measured_by(history, ["rep"]), [role for role, _ in roles.most_common()]


def _read(each: Document) -> Criteria:
    return shape.read(each.body, each.key, each.version, each.actor, each.at)
