"""`planning whatif ...`: how sure the number is, and what it asks of people, customers and costs."""

from typing import Annotated

import typer

from planning.cli.options import Form, Scenario, Territory, Workspace, Year
from planning.cli.output import Format, Kind, say, show

app = typer.Typer(no_args_is_help=True, help="How sure the number is, and what it asks of people and customers.")

Draws = Annotated[int, typer.Option(help="How often next year is drawn.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same figures.")]

_ENDS = {"low_95": 0.025, "low_80": 0.1, "middle": 0.5, "high_80": 0.9, "high_95": 0.975}


@app.command()
def simulate(
    by: Annotated[str, typer.Option(help="company, territory or rep.")] = "company",
    draws: Draws = 10_000,
    seed: Seed = 2026,
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Draw next year's result from the ranges of assumptions and the errors of the forecast, together."""
    from planning.workbook.expected import simulation
    from planning.workbook.place import stand

    if by not in ("company", "territory", "rep"):
        raise typer.BadParameter(f"choose company, territory or rep, not {by}")
    context = stand(workspace, year, scenario, territory)
    table = simulation.quantiles(context, by, _ENDS, draws, seed)
    kinds: dict[str, Kind] = dict.fromkeys(("expected", *_ENDS), "money")
    show(table, {**kinds, "reaches": "percent"}, form, context.settings)


@app.command()
def tornado(
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say which assumptions matter: what their low and high ends do, the widest first."""
    from planning.workbook.expected import simulation
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    kinds: dict[str, Kind] = dict.fromkeys(("likely", "low", "high", "swing"), "money")
    show(simulation.tornado(context), kinds, form, context.settings)


@app.command()
def calibration(year: Year = 0, workspace: Workspace = "", form: Form = Format.table) -> None:
    """Plan past years again as of their first day, and say how often the result fell inside the intervals."""
    from planning.assumptions import calibration as rules
    from planning.workbook.expected import simulation
    from planning.workbook.place import stand

    context = stand(workspace, year)
    table = rules.table(simulation.past(context))
    if table.empty:
        say("The history is too short: no past year can be planned again as of its first day.")
    kinds: dict[str, Kind] = {name: "percent" for name in table.columns if name.startswith(("inside", "widened"))}
    kinds |= {"cases": "count", "years": "count", "width": "fraction"}
    show(table, kinds, form, context.settings)


@app.command()
def capacity(
    by: Annotated[str, typer.Option(help="company, territory, month or both.")] = "territory",
    selling_time: Annotated[str, typer.Option(help="Time for selling over last year's, such as 110%.")] = "100%",
    year: Year = 0,
    scenario: Scenario = "",
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Hold what the people can carry against what the expected result asks for."""
    from planning.assumptions.assumption import fraction
    from planning.workbook.expected import capacity as people
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario, territory)
    found = people.carried(context, float(fraction(selling_time)))
    views = {"company": found.year, "territory": found.territories, "month": found.months, "both": found.grid}
    if by not in views:
        raise typer.BadParameter(f"choose {', '.join(views)}, not {by}")
    kinds: dict[str, Kind] = dict.fromkeys(("capacity", "asked", "spare"), "money")
    kinds |= {"heads": "number", "ramped": "number", "implied": "percent"}
    show(views[by], kinds, form, context.settings)


@app.command()
def balance(
    growth: Annotated[str, typer.Option(help="Growth wanted, such as 10%.")],
    keep: Annotated[str, typer.Option(help="Tier or segment of which nobody is to leave.")] = "",
    capacity: Annotated[str, typer.Option(help="What new customers can bring; by default as last year.")] = "",
    year: Year = 0,
    territory: Territory = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say how much must come from new customers, whether they can bring it, and what would have to be true."""
    from planning.assumptions.assumption import fraction
    from planning.workbook.expected import balance as customers
    from planning.workbook.place import stand

    context = stand(workspace, year, "", territory)
    told = customers.customers(context)
    new = fraction(capacity) if capacity else told.new
    answer = customers.answered(told.classes, fraction(growth), new, customers.known(told.classes, keep))
    say("Possible." if answer.kept.possible else "Not as things are: one of the levers would have to be true.")
    show(customers.told(answer), dict.fromkeys(("now", "kept"), "percent"), form, context.settings)


@app.command()
def market(year: Year = 0, territory: Territory = "", workspace: Workspace = "", form: Form = Format.table) -> None:
    """Show last year's market by territory: size, growth, share, and what share and size did to sales."""
    from planning.workbook import history
    from planning.workbook.place import stand

    context = stand(workspace, year, "", territory)
    table = history.market(context)
    table = table[table["territory"] == territory] if territory else table
    money = ("size", "sales", "size_effect", "share_effect", "potential")
    kinds: dict[str, Kind] = dict.fromkeys(money, "money")
    kinds |= {"growth": "percent", "share": "percent", "share_before": "percent"}
    show(table, kinds, form, context.settings)


@app.command()
def breakeven(
    fixed: Annotated[str, typer.Option(help="Fixed cost of the year in major units.")],
    profit: Annotated[str, typer.Option(help="Profit wanted in major units.")] = "0",
    year: Year = 0,
    scenario: Scenario = "",
    workspace: Workspace = "",
    form: Form = Format.table,
) -> None:
    """Say what must be sold to cover a fixed cost and to reach a profit, by territory and for the company."""
    from planning.amounts import to_minor
    from planning.workbook.expected import balance as costs
    from planning.workbook.place import stand

    context = stand(workspace, year, scenario)
    digits = context.settings.minor_digits
    found = costs.even(context, to_minor(fixed, digits), to_minor(profit, digits))
    kinds: dict[str, Kind] = dict.fromkeys(("fixed", "revenue", "for_profit", "expected"), "money")
    kinds |= {"margin_rate": "percent", "safety": "percent", "units": "count"}
    show(costs.with_company(found), kinds, form, context.settings)
