"""`planning assumptions ...` and `planning goals ...`."""

from typing import Annotated

import typer

from planning.cli.options import Actor, Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

assumptions = typer.Typer(no_args_is_help=True, help="What is expected of the coming year, and what it does.")
goals = typer.Typer(no_args_is_help=True, help="What is asked for: set, split and explained to the cent.")

STEPS: dict[str, Kind] = {"amount": "money"}
Owner = Annotated[str, typer.Argument(metavar="OWNER", help="A rep, a territory, a region or: company.")]


@assumptions.command("list")
def listed(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """List the assumptions in force with their range, owner, evidence and effect in money."""
    from planning.workbook import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    kinds: dict[str, Kind] = dict.fromkeys(("low", "likely", "high"), "percent")
    kinds |= dict.fromkeys(("effect_low", "effect_likely", "effect_high"), "money")
    show(stated.priced(context), kinds, form, context.settings)


@assumptions.command()
def add(
    kind: Annotated[str, typer.Argument(help="market_growth, price_change or rep_turnover.")],
    likely: Annotated[str, typer.Option(help="Likely value, such as 4% or 0.04.")],
    owner: Annotated[str, typer.Option(help="Who stands for it.")],
    evidence: Annotated[str, typer.Option(help="Why it is believed.")],
    low: Annotated[str, typer.Option(help="Low end; by default the likely value.")] = "",
    high: Annotated[str, typer.Option(help="High end; by default the likely value.")] = "",
    territory: Annotated[str, typer.Option("--territory", "-t", help="Only in this territory.")] = "",
    product_line: Annotated[str, typer.Option(help="Only for this product line.")] = "",
    number: Annotated[
        list[str], typer.Option("--number", metavar="NAME=VALUE", help="Further number, such as months_to_fill=4.")
    ] = [],  # noqa: B006
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """State an assumption."""
    from planning.assumptions.assumption import Assumption, fraction
    from planning.workbook import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    value = fraction(likely)
    new = Assumption(
        kind=kind,
        low=fraction(low) if low else value,
        likely=value,
        high=fraction(high) if high else value,
        owner=owner,
        evidence=evidence,
        territory=territory,
        product_line=product_line,
        numbers={name: fraction(text) for name, text in _pairs(number).items()},
    )
    kept = stated.state(context, new, actor)
    say(f"Assumption {kept.identity} is kept for FY{context.year}.")


@assumptions.command()
def withdraw(
    identity: Annotated[int, typer.Argument(help="Number of the assumption.")],
    actor: Actor = "planner",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
) -> None:
    """Take an assumption back; what was said stays on record."""
    from planning.workbook import assumptions as stated
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    stated.withdraw(context, identity, actor)
    say(f"Assumption {identity} is withdrawn for FY{context.year}.")


@goals.command("set")
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


@goals.command("show")
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


@goals.command()
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


@goals.command()
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


def _pairs(texts: list[str]) -> dict[str, str]:
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        raise typer.BadParameter(f"write NAME=VALUE, not {', '.join(wrong)}")
    return dict(text.split("=", 1) for text in texts)
