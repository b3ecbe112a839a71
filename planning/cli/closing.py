"""`planning close`, `reopen`, `corrections`, `handover`: months that are frozen, a year that becomes history."""

from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year, parted
from planning.cli.output import Format, Kind, say, show

Month = Annotated[str, typer.Argument(metavar="YYYY-MM", help="Month of the year in course.")]


def close(
    month: Annotated[str, typer.Argument(metavar="[YYYY-MM]", help="Month to close; without, all are listed.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Close a month: what its results are now is what was reported; what changes later is shown as a correction.

    Example: planning close 2027-03
    """
    from planning.workbook.place import stand
    from planning.workbook.tracking import closing

    context = closing.in_course(stand(workspace, year, scenario), month, year)
    if month:
        closing.close(context, month, actor)
        say(f"{month} is closed.")
    table = closing.standing(context).drop(columns="at")
    show(table, dict.fromkeys(("reported", "difference", "now"), "money"), form, context.settings)


def reopen(
    month: Month,
    why: Annotated[str, typer.Option(help="Why; it stays on record, as what was reported before does.")] = "",
    actor: Actor = "planner",
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Open the last closed month again, for a reason.

    Example: planning reopen 2027-03 --why "A warehouse was booked twice"
    """
    from planning.workbook.place import stand
    from planning.workbook.tracking import closing

    context = closing.in_course(stand(workspace, 0, scenario), month)
    closing.reopen(context, month, why, actor)
    say(f"{month} is open again.")


def corrections(
    by: Annotated[
        list[str], typer.Option("--by", metavar="DIMENSION", help="rep, territory, product_line or channel.")
    ] = ["rep"],  # noqa: B006
    metric: Annotated[str, typer.Option(help="Metric that was reported, such as revenue.")] = "revenue",
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what changed in closed months since they were closed: reported, the difference, and now.

    Example: planning corrections --by territory
    """
    from planning.metrics import catalogue
    from planning.workbook.place import stand
    from planning.workbook.tracking import closing

    context = closing.in_course(stand(workspace, year, scenario, territory), year=year)
    table = closing.corrections(context, parted(by), metric).drop(columns="metric")
    unit: Kind = "money" if catalogue(context.settings)[metric].unit == "money" else "count"
    kinds: dict[str, Kind] = dict.fromkeys(("reported", "difference", "now"), unit)
    show(table, {**kinds, "more_rows": "count"}, form, context.settings)


def handover(
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Hand a year over: its goals and assumptions become history, and the next year is planned from them.

    Refused while months are missing or not closed. Again, it changes nothing.

    Example: planning handover
    """
    from planning.workbook.place import stand
    from planning.workbook.tracking import closing
    from planning.workbook.tracking import handover as handing

    context = closing.in_course(stand(workspace, year, scenario), year=year)
    found = handing.handover(context, actor)
    done = "is handed over" if found.changed else "was handed over already; nothing was changed"
    say(f"FY{found.year} {done}: {handing.told(found)}")
    for each in found.left:
        say(f"  not handed over: {each}")
