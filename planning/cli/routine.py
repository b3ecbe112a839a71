"""`planning tick`: routine work, for a scheduler."""

from typing import Annotated

import typer

from planning.cli.options import Scenario, Workspace, Year
from planning.cli.output import say

BUSY = 75
"""A scheduler's word for: try again later (EX_TEMPFAIL of sysexits.h)."""


def tick(
    as_of: Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="As of when; by default today.")] = "",
    ahead: Annotated[int, typer.Option(help="Days that sheets and reminders come beforehand.")] = 3,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Do the routine work that is due: sheets, reminders, reports of the month; run again, it does nothing twice.

    Ends with 0 if all is done or nothing was due, 1 if something could not be done (the rest was), 2 if it was asked
    wrongly, 75 if another tick is at work: try again later.
    """
    from planning.batch.tick import BusyError
    from planning.batch.tick import tick as run
    from planning.cli.options import day
    from planning.workbook.place import stand
    from planning.workbook.tracking import team

    context = stand(workspace, year, scenario)
    try:
        found = run(context, day(as_of) if as_of else team.day(context), ahead)
    except BusyError as error:
        say(str(error))
        raise typer.Exit(BUSY) from error
    for each in found.did:
        say(f"{each}.")
    if not found.did and not found.problems:
        say("Nothing was due.")
    for each in found.problems:
        say(f"Not done: {each}")
    if found.problems:
        raise typer.Exit(1)
