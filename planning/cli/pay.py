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
    """Print a pay plan to begin with, every entry explained; its figures are made up."""
    from planning.goals.pay.written import EXAMPLE

    typer.echo(EXAMPLE, nl=False)


@app.command("set")
def set_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plan as planning pay example prints one.")],
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Keep the pay plan of a role; one that is there gets a new version.

    The file says role, base and incentive (or at_target and mix, such as "60/40"), and for each goal that is paid for
    a [[component]]: metric, weight, threshold, at_threshold, above, cap and bonus. A [commission] pays a part of what
    is sold: tiers, per and gate. To see one: planning pay example.
    """
    from dataclasses import replace

    from planning.errors import PlanningError
    from planning.goals.pay.written import read
    from planning.workbook.pay import kept
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanningError(f"{file} cannot be read: {error}.") from error
    made = read(text, context.settings.minor_digits)
    there = {each.role: each.version for each in kept.plans(context)}
    stored = kept.keep(context, replace(made, version=there.get(made.role, 0)), actor)
    say(f"The pay plan of {stored.named} is kept (version {stored.version}).")


@app.command("file")
def file_(role: Role = "", year: Year = 0, scenario: Scenario = "", workspace: Workspace = "") -> None:
    """Print the pay plan of a role as a file, to change it and set it again."""
    from planning.goals.pay.written import written
    from planning.workbook.pay import kept
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    typer.echo(written(kept.of(context, role), context.settings.minor_digits), nl=False)


@app.command("show")
def shown(
    role: Role = "", year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table
) -> None:
    """Show what a plan pays by attainment; commission for the goal in the middle of the role."""
    from planning.workbook.pay import kept, paid
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    made = kept.of(context, role)
    goal = paid.usual_goal(context, made) if made.commission else ()
    show(paid.at_levels(made, goal), {"attainment": "percent", "pay": "money"}, form, context.settings)


@app.command()
def withdraw(
    role: Role = "", actor: Actor = "planner", year: Year = 0, scenario: Scenario = "", workspace: Workspace = ""
) -> None:
    """Withdraw the pay plan of a role."""
    from planning.workbook.pay import kept
    from planning.workbook.place import stand

    gone = kept.withdraw(stand(workspace, year, scenario), role, actor)
    say(f"The pay plan of {gone.named} is withdrawn.")


@app.command()
def result(
    rep: Annotated[str, typer.Argument(metavar="REP", help="Name of a rep with a goal.")],
    sold: Annotated[str, typer.Option(help="Revenue of the year, such as 950000; by default the goal.")] = "",
    attained: Annotated[
        list[str] | None, typer.Option(help="Attainment of another goal, such as calls=90%; by default 100%.")
    ] = None,
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show part by part what a rep is paid for a result."""
    from planning.amounts import to_minor
    from planning.goals.pay.written import attainments
    from planning.workbook.pay import paid
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    amount = to_minor(sold, context.settings.minor_digits) if sold else None
    table = paid.for_result(context, rep, amount, attainments(attained or []))
    kinds: dict[str, Kind] = {"attainment": "percent", "share": "percent", "amount": "money"}
    show(table, kinds, form, context.settings)
    if form == Format.table:
        from planning import sheets

        say(f"Together: {sheets.money(int(table['amount'].sum()), context.settings)}")


@app.command()
def earned(
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Show what each rep earns at target, and in all that next year may bring."""
    from planning.workbook.pay import paid
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    found = paid.paid(context)
    kinds: dict[str, Kind] = dict.fromkeys(paid.MONEY, "money")
    kinds |= dict.fromkeys(("there", *paid.CHANCES), "percent")
    show(found.people.drop(columns="plan"), kinds, form, context.settings)
    if found.without:
        say(f"Without a pay plan: {', '.join(found.without)}.")


@app.command()
def cost(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Show what the pay plans cost, as expected and at the tails."""
    import pandas as pd

    from planning.workbook.pay import paid
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    found = paid.paid(context)
    kinds: dict[str, Kind] = dict.fromkeys(found.cost, "money")
    table = pd.DataFrame([{**found.cost, "cost_of_sales": found.cost_of_sales}])
    show(table, kinds | {"cost_of_sales": "percent"}, form, context.settings)


@app.command()
def check(year: Year = 0, scenario: Scenario = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Say where pay and goals pull apart, and what would mend it."""
    from planning.workbook.pay import paid
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    found = paid.paid(context).findings
    if found.empty:
        say("Pay and goals pull the same way.")
        return
    show(found, {}, form, context.settings)
