"""What every page of a workspace reads first, read once in the warm process: all pages have it then, and share it."""

from collections.abc import Callable
from contextlib import suppress

from planning.history import answers
from planning.history.engine import stamp
from planning.settings import Settings
from planning.workbook import chances, goals, overview, place
from planning.workbook.context import Context
from planning.workbook.expected import simulation
from planning.workbook.season import season
from planning.workbook.unchanged import state

_LOOKS: tuple[Callable[[Context], object], ...] = (
    season,
    goals.book,
    goals.goals,
    goals.outlook,
    simulation.uncertain,
    chances.attainable,
    overview.overview,
)


def read(workspace: str) -> None:
    """Read what pages read first, as far as others have kept it; nothing is left open.

    Parameters
    ----------
    workspace
        Folder of the company; empty means the environment's, or the default one.
    """
    # Whatever is missing or broken is left to the pages, which say so.
    with answers.kept_alone(), suppress(Exception):
        here = place.stand(workspace)
        for look in _LOOKS:
            with suppress(Exception):
                look(here)
    place.leave()


def rests_on(settings: Settings) -> object:
    """Give what changes whenever something does of what was read."""
    return stamp(settings), state(settings)
