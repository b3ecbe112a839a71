"""Open the place where a person stands: the workspace, its history and its plan."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from planning import settings as config
from planning.errors import AccessError, PlanningError, unknown_name
from planning.history import results
from planning.history.engine import History, open_history
from planning.settings import Settings
from planning.store import assumed, books, people
from planning.store.database import Connection, Database
from planning.workbook.context import PLAN, Context
from planning.workbook.leading import asking

PLANNER = ("planner",)
LEADERS = ("planner", "manager")
EVERYBODY = ("planner", "manager", "rep")
"""Roles that may write something; a viewer may write nothing."""

_FEW = 4
_OPEN: dict[tuple[int, str, int], Database] = {}
"""Plans that are open, by process, address and file."""


def stand(workspace: str = "", year: int = 0, scenario: str = "", territory: str = "") -> Context:
    """Say where a person stands, and refuse a place that does not exist.

    Parameters
    ----------
    workspace
        Folder of the company; empty means the environment's, or the default one.
    year
        Fiscal year to plan; 0 means the year in course, if goals were set for it and it is not told whole yet, else
        the one after the last month of results.
    scenario
        Name of the book's scenario; empty means the plan.
    territory
        Territory in view; empty means the whole company.

    Raises
    ------
    PlanningError
        If the territory or the scenario is not known.
    """
    settings = config.load(workspace)
    context = Context(settings, year, scenario or PLAN, territory)
    with open_history(settings) as history:
        if not year:
            context = Context(settings, _year(settings, history), context.scenario, territory)
        known = list(results.territories(history)["territory"])
    if territory and territory not in known:
        raise PlanningError(unknown_name("territory", territory, known))
    if context.scenario != PLAN:
        _check_scenario(context)
    return context


def _year(settings: Settings, history: History) -> int:
    """Give the year in course where it has goals and months to come, else the one after the results."""
    calendar = Context(settings, 0).calendar
    _, last = results.months_in(history)
    year = calendar.year_of_month(last)
    if results.is_complete(history, calendar, calendar.months(year)[-1]):
        return year + 1
    with plan(settings) as database, database.reading() as connection:
        return year if books.find(connection, year, PLAN) is not None else year + 1


def _check_scenario(context: Context) -> None:
    with plan(context.settings) as database, database.reading() as connection:
        scenarios = assumed.scenarios(connection, context.year)
    if context.scenario not in scenarios:
        raise PlanningError(unknown_name("scenario", context.scenario, scenarios))


@contextmanager
def plan(settings: Settings) -> Iterator[Database]:
    """Open the plan's database of a workspace.

    A process keeps the few that it opened last: opening one costs more than most of what is done with it.
    """
    url = settings.database_url
    file = Path(url.removeprefix("sqlite:///"))
    # A child does not share connections with its parent, and a new file at an old place is another plan.
    key = (os.getpid(), url, file.stat().st_ino if url.startswith("sqlite") and file.exists() else 0)
    if key not in _OPEN:
        while len(_OPEN) >= _FEW:
            _OPEN.pop(next(iter(_OPEN))).close()
        opened = Database(url)
        key = (*key[:2], file.stat().st_ino if url.startswith("sqlite") else 0)
        _OPEN[key] = opened
    yield _OPEN[key]


def leave() -> None:
    """Close the plans that this process has open, as before it is forked: connections are nobody's to inherit."""
    while _OPEN:
        _OPEN.popitem()[1].close()


@contextmanager
def reading(context: Context) -> Iterator[Connection]:
    """Open the plan for what the person who is logged in may see: where the database can, it gives nothing else.

    What rests on everybody's goals, such as a probability, is read by the workbook itself (`plan`), and shown as what
    comes out of it.
    """
    with plan(context.settings) as database, database.reading(asking(context)) as connection:
        yield connection


@contextmanager
def writing(context: Context, what: str, roles: Sequence[str]) -> Iterator[Connection]:
    """Open the plan for something that some roles may do.

    Who is logged in is looked up again within the transaction of the write: a role that was taken away meanwhile is
    gone, whatever the page still shows. Where the database can, it refuses besides what is not theirs.

    Parameters
    ----------
    context
        Where one stands, and who is asking.
    what
        What is done, in words.
    roles
        Who may do it; where nobody logs in, whoever uses this machine may.

    Raises
    ------
    AccessError
        If it is not for the person who is asking.
    """
    with plan(context.settings) as database, database.writing(asking(context)) as connection:
        if context.person is not None:
            now = people.people(connection).get(context.person.user)
            if now is None or now.role not in roles or now.name != context.person.name:
                held = f"is logged in as {now.role}" if now else "may not log in any more"
                raise AccessError(f"Only a {' or a '.join(roles)} may {what}; {context.person.name} {held}.")
        yield connection
