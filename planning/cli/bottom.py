"""`planning goals own` and `bottomup`: what reps say they can bring, beside what is asked."""

from typing import Annotated

import typer

from planning.cli.edits import carry_out
from planning.cli.options import Actor, Dry, Form, Scenario, Territory, Why, Workspace, Year
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(no_args_is_help=True, help="From the bottom.")


@app.command()
def own(
    rep: Annotated[str, typer.Argument(metavar="REP", help="Who says so.")],
    amount: Annotated[str, typer.Argument(help="What they can bring, in major units; none: takes it back.")],
    detail: Annotated[str, typer.Option(help="What it rests on: accounts, pipeline, plans.")] = "",
    territory: Territory = "",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Keep the number that a rep says they can bring."""
    from planning.amounts import to_minor
    from planning.workbook.place import stand
    from planning.workbook.setting import bottom

    context = stand(workspace, year, scenario)
    minor = None if amount == "none" else to_minor(amount, context.settings.minor_digits)
    bottom.say_own(context, territory, rep, minor, detail, rep)
    say(f"{rep}'s own number is {'taken back' if minor is None else 'kept'}.")


@app.command()
def bottomup(
    reps: Annotated[bool, typer.Option("--reps", help="By rep instead of by territory.")] = False,
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold what is asked from the top against what reps say, what the market would bear and what people can carry."""
    from planning.workbook.place import stand
    from planning.workbook.setting import bottom

    context = stand(workspace, year, scenario, territory)
    found = bottom.reconciled(context)
    table = found.positions if reps else found.territories
    table = table[table["territory"] == territory] if territory else table
    kinds: dict[str, Kind] = dict.fromkeys([*bottom.FIGURES, "rest"], "money")
    counted: dict[str, Kind] = {"answered": "count", "of": "count", "before": "percent"}
    show(table, kinds | counted, form, context.settings)


@app.command("take-own")
def take_own(
    territory: Annotated[str, typer.Argument(help="Territory whose reps' own numbers become their goals.")],
    why: Why = "As the reps proposed",
    preview: Dry = False,
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Make own numbers goals; whoever did not answer shares what is left of the territory's goal."""
    from planning.workbook.place import stand
    from planning.workbook.setting import bottom

    carry_out(stand(workspace, year, scenario), bottom.taken(territory), why, actor, preview, form)
