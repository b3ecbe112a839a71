"""Who leads whom, as the history says; kept, since every look at a negotiation asks for it."""

from collections.abc import Iterable, Mapping

from planning.errors import AccessError
from planning.goals.owners import team
from planning.history import results
from planning.history.engine import open_history, stamp
from planning.store.rights import Asking
from planning.workbook.context import Context

_KEPT: dict[object, dict[str, str]] = {}
"""Who managed whom when the history was read last, by where it lies and when it was written."""


def managers(context: Context) -> Mapping[str, str]:
    """Give the manager of each person who has one."""
    where = stamp(context.settings)
    if where not in _KEPT or context.settings.history_url:
        _KEPT.clear()
        with open_history(context.settings) as history:
            _KEPT[where] = results.managers(history)
    return _KEPT[where]


def led(context: Context) -> set[str]:
    """Give everybody who reports to the person who is logged in, directly or through others."""
    return team(managers(context), context.person.name) if context.person is not None else set()


def asking(context: Context) -> Asking | None:
    """Say to the store who is asking; none where nobody logs in."""
    if context.person is None:
        return None
    managed = sorted(managers(context)) if context.person.role == "manager" else []
    return Asking(context.person.user, sorted(led(context)), managed)


def concerned(context: Context, names: Iterable[str]) -> set[str]:
    """Of some people, give those whose plans and year are the business of who is asking; nobody's is everybody's.

    They are one's own, and of those whom one leads; a planner sees all, and so does whoever uses this machine
    where nobody logs in.
    """
    me = context.person
    if me is None or me.role == "planner":
        return set(names)
    return set(names) & {"", me.name, *led(context)}


def speak_of(context: Context, whom: str) -> None:
    """Refuse to write about somebody to whom it is none of their business.

    Raises
    ------
    AccessError
        If it is none of theirs.
    """
    me = context.person
    if me is None or me.role == "planner":
        return
    if not whom or me.role == "viewer" or not concerned(context, [whom]):
        about = whom or "everybody"
        raise AccessError(f"{me.name} can write of nobody but themselves and whom they lead, and not of {about}.")


def territories(context: Context) -> list[str] | None:
    """Give the territories that are the business of who is asking: their own, and those of whom they lead.

    Returns
    -------
    In alphabetical order; none stands for all of them, which a planner and a viewer may see.
    """
    me = context.person
    if me is None or me.role in ("planner", "viewer"):
        return None
    people = {me.name, *led(context)}
    with open_history(context.settings) as history:
        places = results.assignments(history, context.calendar, context.year - 1)
    return sorted(set(places.loc[places["rep"].isin(people), "territory"]))
