"""`planning goals ...`: set, split and explained to the cent."""

from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Owner, Scenario, Territory, Workspace, Year, decimal, pair
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(no_args_is_help=True, help="What is asked for: set, split and explained to the cent.")

STEPS: dict[str, Kind] = {"amount": "money"}


@app.command("set")
def set_(
    target: Annotated[str, typer.Option(help="The company's goal in major units, such as 120000000.")] = "",
    growth: Annotated[str, typer.Option(help="Or as growth over last year's result, such as 8%.")] = "",
    reason: Annotated[str, typer.Option(help="Why more or less is asked for than is expected.")] = "",
    method: Annotated[
        list[str],
        typer.Option(metavar="NAME[:WEIGHT]", help="How it is handed out, such as potential:1; several times."),
    ] = [],  # noqa: B006
    driver: Annotated[
        list[str],
        typer.Option(metavar="METRIC[:WEIGHT]", help="For the method drivers, such as revenue:0.5; several times."),
    ] = [],  # noqa: B006
    over: Annotated[
        list[str],
        typer.Option(metavar="LEVEL:PERCENT", help="Passed down on top, such as territory:5%; several times."),
    ] = [],  # noqa: B006
    missing: Annotated[bool, typer.Option("--if-missing", help="Only if no goals were set yet.")] = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Set the company's goal and split it to every rep, product, channel and month.

    Without a target or a growth, what the assumptions lead to expect is asked for. Methods: planning goals methods.
    """
    from planning.amounts import to_minor
    from planning.assumptions.assumption import fraction
    from planning.workbook import goals as planned
    from planning.workbook.place import stand
    from planning.workbook.setting import asked as setting

    context = stand(workspace, year, scenario)
    if missing and planned.begun(context):
        say(f"The goals of FY{context.year} are set already.")
        return
    say(f"Setting the goals of FY{context.year} ...")
    amount = to_minor(target, context.settings.minor_digits) if target else None
    weights = {name: decimal(weight or "1") for name, weight in map(pair, method)}
    ratios = {name: fraction(ratio) for name, ratio in map(pair, over)}
    drivers = {name: decimal(weight or "1") for name, weight in map(pair, driver)}
    asked = {"weights": weights or {"drivers": decimal("1")}} if weights or drivers else {}
    setting.set_goals(
        context,
        actor,
        setting.Asked(amount, fraction(growth) if growth else None, reason, over=ratios, drivers=drivers, **asked),
    )
    say(f"The goals of FY{context.year} are set. See them with: planning goals show")


@app.command()
def methods(
    target: Annotated[str, typer.Option(help="The company's goal in major units; without, what is expected.")] = "",
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold side by side what each method of handing out the company's number would ask of whom."""
    from planning.amounts import to_minor
    from planning.workbook.place import stand
    from planning.workbook.setting import methods as ways

    context = stand(workspace, year, scenario, territory)
    table = ways.compared(context, to_minor(target, context.settings.minor_digits) if target else None)
    table = table[table["territory"] == territory] if territory else table
    kinds: dict[str, Kind] = dict.fromkeys(table.columns[2:], "money")
    show(table, kinds, form, context.settings)


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
def teams(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Show what the team of each manager carries."""
    from planning.workbook import goals as planned
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(planned.teams(context), {"reps": "count", "goal": "money"}, form, context.settings)


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
        str, typer.Option(help="product, channel, week, month, quarter, half, year, rep or territory.")
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


@app.command()
def chances(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    raised: Annotated[bool, typer.Option("--raised", help="What raising all goals would do instead.")] = False,
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say with what probability each goal is reached, and what growth it asks."""
    from planning.workbook import chances as found
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    seen = found.attainable(context)
    if raised:
        show(seen.raised, {"extra": "percent", "people": "number", "low": "number", "high": "number", "of": "count"},
             form, context.settings)  # fmt: skip
        return
    table = seen.owners[seen.owners["territory"] == territory] if territory else seen.owners
    kinds: dict[str, Kind] = {"goal": "money", "base": "money", "growth": "percent", "probability": "percent"}
    show(table.drop(columns=["owner", "rep"]), kinds, form, context.settings)


@app.command()
def log(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """List everything that was posted to the book: what, when, by whom and why."""
    from planning.workbook.editing import book
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    show(book.log(context), {"number": "count", "moved": "money"}, form, context.settings)
