"""`planning week ...`: a manager's own hours."""

from typing import Annotated

import typer

from planning.cli.options import Form, Scenario, Workspace, Year, day, stand
from planning.cli.output import Format, say, show

app = typer.Typer(no_args_is_help=True, help="A manager's own week: hours planned and spent, and whether they fit.")

Manager = Annotated[str, typer.Argument(metavar="MANAGER", help="Whose week.")]
Hours = Annotated[
    list[str],
    typer.Option(
        metavar="KIND=HOURS", help="one_to_ones, coaching, field, customers, associations, fairs or reading."
    ),
]


@app.command("show")
def shown(
    manager: Manager,
    as_of: Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="As of when.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold what was done against what was planned, and say what contradicts the plan."""
    from planning.workbook.plans import own
    from planning.workbook.tracking import team

    context = stand(workspace, year, scenario)
    found = own.of(context, manager, day(as_of) if as_of else team.day(context))
    for each in found.contradictions:
        say(f"{each.says} {each.mend}")
    talks = found.talks
    besides = f", {talks['besides']} held besides" if talks["besides"] else ""
    say(f"Conversations: {talks['planned']} planned, {talks['held']} held, {talks['missed']} missed{besides}.")
    kinds = dict.fromkeys(("planned", "done", "difference"), "number") | {"told": "count"}
    show(found.against.drop(columns="kind"), kinds, form, context.settings)  # type: ignore[arg-type]


@app.command()
def plan(
    manager: Manager,
    hours: Hours,
    working: Annotated[float, typer.Option(help="Hours a week that are worked.")] = 40.0,
    admin: Annotated[float, typer.Option(help="Of them, hours for everything else.")] = 12.0,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Plan how many hours a week go into what."""
    from dataclasses import replace

    from planning.plans.own import OwnPlan
    from planning.workbook.plans import own

    context = stand(workspace, year, scenario)
    now = own.plan_of(context, manager) or OwnPlan()
    own.keep(context, manager, replace(now, hours=_hours(hours), working=working, admin=admin), manager)
    say(f"The week of {manager} is planned.")


@app.command()
def log(
    manager: Manager,
    monday: Annotated[str, typer.Argument(metavar="MONDAY", help="First day of the week, as YYYY-MM-DD.")],
    hours: Hours = [],  # noqa: B006
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Say what a week was spent on; without hours, as it was planned."""
    from planning.workbook.plans import own

    own.log(stand(workspace, year, scenario), manager, day(monday), _hours(hours) or None, manager)
    say("Kept.")


def _hours(texts: list[str]) -> dict[str, float]:
    found = {}
    for each in texts:
        kind, _, hours = each.partition("=")
        try:
            found[kind.strip()] = float(hours)
        except ValueError as error:
            raise typer.BadParameter(f"write KIND=HOURS, not {each!r}") from error
    return found
