"""`planning goals ...`: set, split and explained to the cent."""

from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(no_args_is_help=True, help="What is asked for: set, split and explained to the cent.")

STEPS: dict[str, Kind] = {"amount": "money"}
Owner = Annotated[str, typer.Argument(metavar="OWNER", help="A rep, a territory, a region or: company.")]


@app.command("set")
def set_(
    target: Annotated[str, typer.Option(help="The company's goal in major units, such as 120000000.")] = "",
    growth: Annotated[str, typer.Option(help="Or as growth over last year's result, such as 8%.")] = "",
    reason: Annotated[str, typer.Option(help="Why more or less is asked for than is expected.")] = "",
    missing: Annotated[bool, typer.Option("--if-missing", help="Only if no goals were set yet.")] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Set the company's goal and split it to every rep, product, channel and month.

    Without a target or a growth, what the assumptions lead to expect is asked for.
    """
    from planning.amounts import to_minor
    from planning.assumptions.assumption import fraction
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    if missing and planned.begun(context):
        say(f"The goals of FY{context.year} are set already.")
        return
    say(f"Setting the goals of FY{context.year} ...")
    amount = to_minor(target, context.settings.minor_digits) if target else None
    planned.set_goals(context, actor, amount, fraction(growth) if growth else None, reason)
    say(f"The goals of FY{context.year} are set. See them with: planning goals show")


@app.command("show")
def shown(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what company, regions, territories and reps carry, pass down, and have not placed."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    table = planned.goals(context)
    if territory:
        table = table[table["territory"] == territory]
    columns = ["kind", "name", "territory", "rep", "assigned", "allocated", "unplaced"]
    show(table[columns], dict.fromkeys(columns[4:], "money"), form, context.settings)


@app.command()
def explain(
    owner: Owner,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Account for a goal step by step, from last year's result; the steps add up to the goal exactly."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(planned.explain(context, owner), STEPS, form, context.settings)


@app.command()
def split(
    owner: Owner,
    by: Annotated[
        str, typer.Option(help="product, channel, month, quarter, half, year, rep or territory.")
    ] = "month",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Split a goal by product, channel, time, rep or territory."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(planned.split(context, owner, by), {"goal": "money"}, form, context.settings)
