"""`planning pay ...`: what goals earn, what the pay plan costs, and whether both pull the same way."""

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(
    no_args_is_help=True, help="What goals earn: pay plans, their cost, and whether they fit the goals."
)

Role = Annotated[str, typer.Option(help="Job title; by default everybody whose role has no plan of its own.")]


@app.command()
def example() -> None:
    """Print a pay plan to begin with; its figures are made up."""
    from planning.goals.pay.plan import EXAMPLE

    typer.echo(EXAMPLE, nl=False)


@app.command("set")
def set_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plan as planning pay example prints one.")],
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Keep the pay plan of a role; one that is there gets a new version."""
    from dataclasses import replace

    from planning.errors import PlanningError
    from planning.goals.pay.plan import read
    from planning.workbook import pay
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanningError(f"{file} cannot be read: {error}.") from error
    made = read(text, context.settings.minor_digits)
    there = {each.role: each.version for each in pay.plans(context)}
    kept = pay.keep(context, replace(made, version=there.get(made.role, 0)), actor)
    say(f"The pay plan of {kept.named} is kept (version {kept.version}).")


@app.command("show")
def shown(
    role: Role = "", year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Show what a plan pays by attainment."""
    from planning.errors import LedgerError, unknown_name
    from planning.workbook import pay
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    found = {each.role: each for each in pay.plans(context)}
    if role not in found:
        raise LedgerError(unknown_name("role with a pay plan", role, found) + " See: planning pay example.")
    show(pay.at_levels(found[role]), {"attainment": "percent", "pay": "money"}, form, context.settings)


@app.command()
def withdraw(
    role: Role = "", actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Withdraw the pay plan of a role."""
    from planning.workbook import pay
    from planning.workbook.place import stand

    gone = pay.withdraw(stand(workspace, year, scenario), role, actor)
    say(f"The pay plan of {gone.named} is withdrawn.")


@app.command()
def earned(
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what each rep earns at target, and in all that next year may bring."""
    from planning.workbook import pay
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    found = pay.paid(context)
    kinds: dict[str, Kind] = dict.fromkeys(("goal", "pay", "expected", "low", "middle", "high"), "money")
    kinds |= dict.fromkeys(("threshold", "target", "capped"), "percent")
    show(found.people.drop(columns="plan"), kinds, form, context.settings)
    if found.without:
        say(f"Without a pay plan: {', '.join(found.without)}.")


@app.command()
def cost(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Show what the pay plans cost, as expected and at the tails."""
    import pandas as pd

    from planning.workbook import pay
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    found = pay.paid(context).cost
    show(pd.DataFrame([found]), dict.fromkeys(found, "money"), form, context.settings)


@app.command()
def check(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say where pay and goals pull apart, and what would mend it."""
    from planning.workbook import pay
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    found = pay.paid(context).findings
    if found.empty:
        say("Pay and goals pull the same way.")
        return
    show(found, {}, form, context.settings)
