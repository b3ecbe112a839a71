"""Actions that were promised: keep, change, list. Checkpoints, plans and warnings all promise through here."""

from dataclasses import replace
from uuid import uuid4

from planning.errors import TrackingError
from planning.store import documents
from planning.store.database import Connection
from planning.store.documents import Document
from planning.tracking import actions as shape
from planning.tracking.actions import Action, State
from planning.workbook.context import Context
from planning.workbook.leading import concerned, speak_of
from planning.workbook.place import EVERYBODY, reading, writing

KIND = "action"


def keep(context: Context, action: Action, actor: str) -> Action:
    """Keep an action, new or changed; gives it back as it is kept.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If somebody changed it meanwhile.
    """
    shape.check(action)
    speak_of(context, action.whom)
    with writing(context, "promise actions", EVERYBODY) as connection:
        return promise(connection, context, action, context.actor(actor))


def promise(connection: Connection, context: Context, action: Action, actor: str) -> Action:
    """Keep an action within a transaction that asked for the right to write; gives it back as it is kept.

    Raises
    ------
    TrackingError
        With everything that is wrong with it.
    PlansError
        If somebody changed it meanwhile.
    """
    shape.check(action)
    named = replace(action, key=action.key or uuid4().hex)
    written = Document(KIND, named.whom, shape.body(named), named.key, named.version)
    kept = documents.keep(connection, context.year, context.scenario, written, actor)
    return replace(named, version=kept.version)


def change(context: Context, key: str, version: int, state: State, actor: str) -> Action:
    """Say that an action is done, dropped, or open again.

    Parameters
    ----------
    context, actor
        Where one stands, and who one is where nobody logs in.
    key, version
        Which one, and the version that one has seen.
    state
        Where it stands now.

    Raises
    ------
    TrackingError
        If there is no such action in view, or no such state.
    AccessError
        If it is none of the business of who is asking.
    PlansError
        If somebody changed it meanwhile.
    """
    found = next((each for each in actions(context) if each.key == key), None)
    if found is None:
        raise TrackingError("There is no such action in view any more.")
    return keep(context, replace(found, state=state, version=version), actor)


def actions(context: Context, whom: str | None = None) -> list[Action]:
    """List actions, those due first at the top.

    Parameters
    ----------
    context
        Where one stands, and who is asking: what is none of their business is left out.
    whom
        Whose goal or plan they serve; None for all in view.
    """
    with reading(context) as connection:
        found = documents.documents(connection, context.year, context.scenario, KIND, whom)
    mine = concerned(context, [each.whom for each in found])
    read = [shape.read(dict(each.body), each.whom, each.key, each.version) for each in found if each.whom in mine]
    return sorted(read, key=lambda each: (each.state != "open", each.due, each.owner, each.what))
