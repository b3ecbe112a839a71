"""`planning scenarios ...`: sets of assumptions that share what they do not change."""

from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Workspace, Year
from planning.cli.output import Format, say, show

app = typer.Typer(no_args_is_help=True, help="What-ifs: begin, copy, rename, put away, compare, adopt.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")]


@app.command("list")
def listed(year: Year = 0, workspace: Workspace = "", form: Form = Format.table) -> None:
    """List the scenarios of the year, the plan first."""
    import pandas as pd

    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    context = stand(workspace, year)
    rows = [
        {"name": each.name, "base": each.base, "note": each.note, "archived": each.archived}
        for each in scenarios.scenarios(context)
    ]
    show(pd.DataFrame(rows), {}, form, context.settings)


@app.command()
def add(
    name: Name,
    base: Annotated[
        str, typer.Option(help="Scenario that it takes everything from until it says otherwise.")
    ] = "plan",
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    actor: Actor = "planner",
    year: Year = 0,
    workspace: Workspace = "",
) -> None:
    """Begin a scenario; then state in it what is different, with --scenario NAME."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    made = scenarios.add(stand(workspace, year), name, base, note, actor)
    say(f"{made.name} is begun from {made.base}.")


@app.command()
def copy(name: Name, new: New, actor: Actor = "planner", year: Year = 0, workspace: Workspace = "") -> None:
    """Begin a scenario with the same base and the same changes as another."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    made = scenarios.copy(stand(workspace, year), name, new, actor)
    say(f"{made.name} is a copy of {name}.")


@app.command()
def rename(name: Name, new: New, actor: Actor = "planner", year: Year = 0, workspace: Workspace = "") -> None:
    """Give a scenario another name."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    made = scenarios.rename(stand(workspace, year), name, new, actor)
    say(f"{name} is called {made.name} now.")


@app.command()
def archive(name: Name, actor: Actor = "planner", year: Year = 0, workspace: Workspace = "") -> None:
    """Put a scenario away."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    scenarios.archive(stand(workspace, year), name, actor)
    say(f"{name} is put away.")


@app.command()
def restore(name: Name, actor: Actor = "planner", year: Year = 0, workspace: Workspace = "") -> None:
    """Take a scenario out again."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    scenarios.archive(stand(workspace, year), name, actor, archived=False)
    say(f"{name} is in use again.")


@app.command()
def adopt(name: Name, actor: Actor = "planner", year: Year = 0, workspace: Workspace = "") -> None:
    """Make what a scenario assumes the plan's; goals that are set stay as they are until they are set again."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    changed = scenarios.adopt(stand(workspace, year), name, actor)
    say(f"The plan assumes what {name} does: {changed} assumptions changed.")


@app.command()
def compare(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME", help="By default all in use.")] = None,
    year: Year = 0,
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold what scenarios expect against each other, territory by territory; the first row is the company."""
    from planning.workbook.expected import scenarios
    from planning.workbook.place import stand

    context = stand(workspace, year)
    in_use = [each.name for each in scenarios.scenarios(context) if not each.archived]
    table = scenarios.compared(context, names or in_use)
    show(table, {name: "money" for name in table.columns if name != "territory"}, form, context.settings)
