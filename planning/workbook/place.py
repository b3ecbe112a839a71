"""Open the place where a person stands: the workspace, its history and its plan."""

from planning import settings as config
from planning.errors import PlanningError, unknown_name
from planning.history import results
from planning.history.engine import open_history
from planning.settings import Settings
from planning.store import assumed
from planning.store.database import Database
from planning.workbook.context import PLAN, Context


def stand(workspace: str = "", year: int = 0, scenario: str = "", territory: str = "") -> Context:
    """Say where a person stands, and refuse a place that does not exist.

    Parameters
    ----------
    workspace
        Folder of the company; empty means the environment's, or the default one.
    year
        Fiscal year to plan; 0 means the one after the last month of results.
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
            _, last = results.months_in(history)
            context = Context(settings, context.calendar.year_of_month(last) + 1, context.scenario, territory)
        known = list(results.territories(history)["territory"])
    if territory and territory not in known:
        raise PlanningError(unknown_name("territory", territory, known))
    if context.scenario != PLAN:
        _check_scenario(context)
    return context


def _check_scenario(context: Context) -> None:
    with plan(context.settings) as database, database.reading() as connection:
        scenarios = assumed.scenarios(connection, context.year)
    if context.scenario not in scenarios:
        raise PlanningError(unknown_name("scenario", context.scenario, scenarios))


def plan(settings: Settings) -> Database:
    """Open the plan's database of a workspace."""
    return Database(settings.database_url)
