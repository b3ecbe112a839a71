"""How far the season is, as every page's header shows it: told in a few short queries."""

from dataclasses import dataclass
from typing import Literal

from planning.history import results
from planning.history.engine import open_history
from planning.store import aims, assumed, books, documents, records
from planning.store.database import Connection
from planning.workbook.context import PLAN, Context
from planning.workbook.history import names
from planning.workbook.leading import territories
from planning.workbook.place import plan

State = Literal["open", "begun", "done"]


@dataclass(frozen=True)
class Season:
    """Where one can go, and how far each step is.

    Parameters
    ----------
    states
        By step, in the order of the season.
    years
        Fiscal years that have goals, and the one in view.
    scenarios
        Those in use, the plan first.
    territories
        Those that are the business of who is asking.
    whole
        Whether the whole company is their business too.
    """

    states: dict[str, State]
    years: list[int]
    scenarios: list[str]
    territories: list[str]
    whole: bool


def season(context: Context) -> Season:
    """Say how far the season of the year in view is, and where else one can stand."""
    mine = territories(context)
    with plan(context.settings) as database, database.reading() as connection:
        known = assumed.scenarios(connection, context.year)
        years = sorted({context.year, *books.years(connection)})
        in_use = [name for name, each in known.items() if not each.archived]
        states = _states(connection, context, len(in_use))
    places = names(context.settings, "territory") if mine is None else mine
    return Season(states, years, in_use or [PLAN], places, mine is None)


def _states(connection: Connection, context: Context, scenarios: int) -> dict[str, State]:
    year, scenario = context.year, context.scenario
    book = books.find(connection, year, scenario)

    def written(kind: str) -> State:
        return "begun" if documents.documents(connection, year, scenario, kind) else "open"

    return {
        "history": "done",
        "assumptions": _done(bool(assumed.assumptions(connection, year, scenario))),
        "what_if": _done(scenarios > 1),
        "goals": _done(book is not None),
        "takes": _done(bool(aims.aims(connection, year, scenario))),
        "negotiation": "open" if book is None else _agreed(connection, book),
        "plans": written("territory_plan"),
        "tracking": _told(context),
        "checkpoints": written("checkpoint"),
        "week": written("action"),
        "evaluation": written("evaluation"),
    }


def _told(context: Context) -> State:
    """Say whether results of the year have come, or all of them."""
    months = context.calendar.months(context.year)
    with open_history(context.settings) as history:
        _, last = results.months_in(history)
    return "open" if last < months[0] else "begun" if last < months[-1] else "done"


def _agreed(connection: Connection, book: int) -> State:
    threads = records.threads(connection, book)
    settled = {rep for rep, thread in threads.items() if thread.settled}
    if settled >= set(books.reps(connection, book)):
        return "done"
    return "begun" if threads else "open"


def _done(done: bool) -> State:
    return "done" if done else "open"
