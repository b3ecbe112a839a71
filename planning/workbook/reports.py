"""What a batch of territory reports is asked to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from planning import settings as config
from planning.errors import PlanningError, bulleted, unknown_name
from planning.history import results
from planning.history.engine import History, open_history
from planning.metrics import catalogue
from planning.settings import Settings
from planning.store import books
from planning.store.runs import Runs
from planning.workbook.context import Context
from planning.workbook.place import plan

NOTEBOOK = "report_territory.ipynb"


@dataclass(frozen=True)
class Order:
    """A batch of reports to make.

    Parameters
    ----------
    notebook
        The report's notebook.
    territories
        In the order in which they are made.
    parameters
        Given to all of them alike.
    fingerprint
        Changes when anything does that a report tells: history, settings, metrics or plan.
    edition
        Folder of the reports, named for what they are about.
    """

    notebook: Path
    territories: list[str]
    parameters: dict[str, object]
    fingerprint: str
    edition: str


def order(context: Context, territories: list[str], parameters: dict[str, str]) -> Order:
    """Say what a batch over these territories, or all, has to do.

    Raises
    ------
    PlanningError
        If a territory is not known; with all that are not.
    """
    with open_history(context.settings) as history:
        known = list(results.territories(history)["territory"])
        held = inputs(context, history)
    strangers = [each for each in territories if each not in known]
    if strangers:
        problems = [unknown_name("territory", each, known) for each in strangers]
        raise PlanningError(bulleted("No report was made:", problems))
    with plan(context.settings) as database, database.reading() as connection:
        planned = books.state(connection)
    given: dict[str, object] = {"year": context.year, "scenario": context.scenario, **parameters}
    edition = f"FY{context.year}" if context.scenario == "plan" else f"FY{context.year} {context.scenario}"
    return Order(config.notebooks() / NOTEBOOK, territories or known, given, f"{held} {planned}", edition)


def inputs(context: Context, history: History) -> str:
    """Give a text that changes with what every report rests on besides the plan: history, settings and metrics."""
    metrics = sorted(catalogue(context.settings).items())
    return f"{history.fingerprint()} {context.settings.figured} {metrics}"


@contextmanager
def record(settings: Settings) -> Iterator[Runs]:
    """Open the record of runs, in the plan's database."""
    with plan(settings) as database:
        yield Runs(database)
